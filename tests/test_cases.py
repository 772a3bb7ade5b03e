"""The situations of tests/cases, in plain words, judged as they say."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.household_tables import table

from povexit import decide, indicators
from povexit.decide import reason_label
from povexit.standards import Leaf, Standard, Variant, load

FOLDER = Path(__file__).parent / "cases"
MEMBERS = ("head", "wife", "child", "grandmother")
VERDICT = {"pass": True, "fail": False, "unknown": None}
KEYS = {"zh", "en", "criterion", "expect", "reason", "household", "missing", "without", *MEMBERS}
EDITIONS = ("2016", "2017")
MONTHS = {"2016": "2016-06", "2017": "2017-06"}


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


@cache
def cases(edition: str) -> list[dict[str, Any]]:
    return read(f"household_exit_{edition}.toml")["case"]


def household_of(case: dict[str, Any], number: int, month: str) -> dict[str, Any]:
    row = read("base.toml")["household"] | case.get("household", {})
    row |= {"household_id": f"{number:03d}", "month": month}
    return {k: v for k, v in row.items() if k not in case.get("missing", ())}


def persons_of(case: dict[str, Any], number: int, month: str) -> list[dict[str, Any]]:
    rows = []
    for member in (m for m in MEMBERS if m not in case.get("without", ())):
        row = read("base.toml")[member] | case.get(member, {})
        row |= {"person_id": member, "household_id": f"{number:03d}", "month": month}
        missing = {m.partition(".")[2] for m in case.get("missing", ()) if m.startswith(member)}
        rows.append({k: v for k, v in row.items() if k not in missing})
    return rows


@cache
def known(edition: str) -> pl.DataFrame:
    numbered, month = list(enumerate(cases(edition))), MONTHS[edition]
    return indicators.household(
        table("cleaned_households", [household_of(c, n, month) for n, c in numbered]),
        table("cleaned_persons", [p for n, c in numbered for p in persons_of(c, n, month)]),
    )


@cache
def decided(edition: str) -> pl.DataFrame:
    return judged(edition, load("household_exit", edition))


def judged(edition: str, standard: Standard) -> pl.DataFrame:
    return decide.household(known(edition), standard, int(MONTHS[edition][:4]))


ALL = [
    pytest.param(edition, number, id=f"{edition}-{number:03d}-{case['criterion']}-{case['expect']}")
    for edition in EDITIONS
    for number, case in enumerate(cases(edition))
]


@pytest.mark.parametrize(("edition", "number"), ALL)
def test_situation(edition: str, number: int) -> None:
    case, row = cases(edition)[number], decided(edition).row(number, named=True)
    assert set(case) <= KEYS, case["en"]
    assert row[case["criterion"]] is VERDICT[case["expect"]], case["en"]
    if case["criterion"] != "meets_standard":
        assert row[f"{case['criterion']}_reason"] == case["reason"], case["en"]
        assert reason_label(case["reason"], "zh") != reason_label(case["reason"], "en")


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_situation_fails_what_it_speaks_of(edition: str) -> None:
    """No situation fails a criterion by the way, save those whose income is the point."""
    for case, row in zip(cases(edition), decided(edition).iter_rows(named=True), strict=True):
        failed = {c.id for c in load("household_exit", edition).criteria if row[c.id] is False}
        by_the_way = failed - {case["criterion"]} - {"income", "income_source"}
        assert not by_the_way or case["criterion"] == "meets_standard", case["en"]
        assert case["zh"].endswith("。")
        assert case["en"].endswith(".")


def without_leaf(standard: Standard, leaf: Leaf) -> Standard:
    """Return the edition as if it had never had the leaf."""

    def of(variant: Variant) -> Variant:
        groups = (tuple(x for x in g if x is not leaf) for g in (variant.all, variant.any))
        asked, one_of = groups
        applies = tuple(x for x in variant.applies_to if x is not leaf)
        return replace(variant, applies_to=applies, all=asked, any=one_of)

    criteria = []
    for criterion in standard.criteria:
        variants = [of(v) for v in criterion.variants]
        kept = tuple(v for v in variants if v.all or v.any or v.is_unknown)
        if kept:
            criteria.append(replace(criterion, variants=kept))
    return replace(standard, criteria=tuple(criteria))


LEAVES = [
    pytest.param(edition, number, id=f"{edition}-{number}-{leaf.indicator}")
    for edition in EDITIONS
    for number, leaf in enumerate(load("household_exit", edition).leaves)
]


@pytest.mark.parametrize(("edition", "number"), LEAVES)
def test_every_clause_decides_a_situation(edition: str, number: int) -> None:
    """Take one clause away, and some situation is judged otherwise."""
    standard = load("household_exit", edition)
    fewer = without_leaf(standard, standard.leaves[number])
    ids = [c.id for c in fewer.criteria]
    if len(ids) < len(standard.criteria):
        return
    # whom a criterion concerns may show in the reason only: it does not apply
    ids += [f"{i}_reason" for i in ids]
    assert not judged(edition, fewer).select(ids).equals(decided(edition).select(ids))


def test_there_are_enough_situations() -> None:
    assert sum(len(cases(e)) for e in EDITIONS) >= 40
