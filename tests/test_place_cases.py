"""The situations of villages, counties and the evaluation in tests/cases, judged as they say."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import polars as pl
import pytest
from tests.place_tables import ANSWERS, cases, county_indicators, village_indicators
from tests.test_cases import without_leaf

from povexit import decide, evaluation
from povexit.decide import reason_label
from povexit.standards import Leaf, Standard, load

FILES = [f"{unit}_exit_{edition}" for unit in ("village", "county") for edition in (2016, 2017)]
JUDGE = {"village": decide.village, "county": decide.county}
BUILD = {"village": village_indicators, "county": county_indicators}
KEYS = {"zh", "en", "criterion", "expect", "reason", "year", "missing", "clause"}
OWN = {
    "village": {"ledger", "village", "register", "homes", "has_ledger"},
    "county": {"villages", "county", "total"},
}


def parts(file: str) -> tuple[str, str]:
    unit, _, edition = file.split("_")
    return unit, edition


@cache
def known(file: str) -> pl.DataFrame:
    return BUILD[parts(file)[0]](cases(file))


@cache
def standard_of(file: str) -> Standard:
    unit, edition = parts(file)
    return load(f"{unit}_exit", edition)


def judged(file: str, standard: Standard) -> pl.DataFrame:
    """Return the verdicts, each in the year its case names."""
    years = [case.get("year", int(parts(file)[1])) for case in cases(file)]
    found = []
    for year in sorted(set(years)):
        rows = known(file).filter(pl.Series([y == year for y in years]))
        found.append(JUDGE[parts(file)[0]](rows, standard, year))
    return pl.concat(found).sort("month")


@cache
def decided(file: str) -> pl.DataFrame:
    return judged(file, standard_of(file))


ALL = [
    pytest.param(file, number, id=f"{file}-{number:03d}-{case['criterion']}-{case['expect']}")
    for file in FILES
    for number, case in enumerate(cases(file))
]


@pytest.mark.parametrize(("file", "number"), ALL)
def test_situation(file: str, number: int) -> None:
    case, row, unit = cases(file)[number], decided(file).row(number, named=True), parts(file)[0]
    assert set(case) <= KEYS | OWN[unit], case["en"]
    assert case["zh"].endswith("。")
    assert case["en"].endswith(".")
    assert row[case["criterion"]] is ANSWERS[case["expect"]], case["en"]
    if case["criterion"] != "meets_standard":
        assert row[f"{case['criterion']}_reason"] == case["reason"], case["en"]
        told = [reason_label(case["reason"], lang, unit) for lang in ("zh", "en")]
        assert told[0] != told[1]


@pytest.mark.parametrize("file", FILES)
def test_a_situation_fails_what_it_speaks_of(file: str) -> None:
    for case, row in zip(cases(file), decided(file).iter_rows(named=True), strict=True):
        failed = {c.id for c in standard_of(file).criteria if row[c.id] is False}
        assert not failed - {case["criterion"]} or case["criterion"] == "meets_standard", case["en"]


LEAVES = [
    pytest.param(file, number, id=f"{file}-{number}-{leaf.indicator}")
    for file in FILES
    for number, leaf in enumerate(standard_of(file).leaves)
]


def alone(standard: Standard, leaf: Leaf) -> Standard:
    """Return the criterion of a leaf as a standard of its own."""
    own = (c for c in standard.criteria if any(leaf in v.leaves for v in c.variants))
    return replace(standard, criteria=(next(own),))


def told(file: str, standard: Standard) -> list[object]:
    """Return verdicts, reasons and clauses: whom a clause concerns may show in the last only."""
    (criterion,) = standard.criteria
    clauses = decide.clauses(known(file), standard, int(parts(file)[1]))
    verdicts = judged(file, standard).select(criterion.id, f"{criterion.id}_reason")
    return [verdicts.to_dicts(), clauses["status"].to_list()]


@pytest.mark.parametrize(("file", "number"), LEAVES)
def test_every_clause_decides_a_situation(file: str, number: int) -> None:
    """Take one clause away, and some situation is judged otherwise."""
    leaf = standard_of(file).leaves[number]
    one = alone(standard_of(file), leaf)
    fewer = without_leaf(one, leaf)
    if fewer.criteria:
        assert told(file, fewer) != told(file, one)


@cache
def statuses(file: str) -> set[tuple[str, str]]:
    rows = decide.clauses(known(file), standard_of(file), int(parts(file)[1]))
    return set(zip(rows["indicator"].fillna(""), rows["status"], strict=True))


@pytest.mark.parametrize("unit", ["village", "county"])
def test_every_clause_is_passed_failed_unknown_and_where_it_may_not_applicable(unit: str) -> None:
    file = f"{unit}_exit_2017"
    found = statuses(file)
    for criterion in standard_of(file).criteria:
        for variant in criterion.variants:
            for leaf in variant.all:
                wanted = {"pass", "fail", "unknown"}
                if leaf.parameter == "national_rural_income_growth_share":
                    wanted = {"unknown"}  # that of the nation was not found
                if variant.applies_to:
                    wanted.add("not_applicable")
                seen = {s for i, s in found if i == leaf.indicator}
                assert wanted <= seen, (leaf.indicator, wanted - seen)


EVALUATION = cases("evaluation")


@pytest.mark.parametrize("number", range(len(EVALUATION)))
def test_evaluation(number: int) -> None:
    case = EVALUATION[number]
    measure = next(m for m in evaluation.measures() if m.id == case["measure"])
    low, high = (case.get(end, float("nan")) for end in ("low", "high"))
    assert evaluation.verdict(low, high, measure) == case["expect"], case["en"]
    assert measure.denominator == case["denominator"]


def test_there_are_enough_situations() -> None:
    assert sum(len(cases(f)) for f in FILES) + len(EVALUATION) >= 60
