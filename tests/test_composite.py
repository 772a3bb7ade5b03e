"""The composite rate: register counts and two sampled rates, with an error and a verdict."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.survey_tables import BAD, decided

from povexit import estimate, evaluation
from povexit.errors import SchemaError, UnknownNameError
from povexit.estimate import Ratio, Resampling

GOLDEN = Path(__file__).parent / "golden" / "r_composite"
COUNTS = pd.DataFrame(
    {
        "county_code": ["451022", "451002"],
        "poor_persons": [800, 1200],
        "exited_persons": [14000, 9000],
        "unregistered_persons": [90000, 61000],
        "rural_persons": [105000, 72000],
    }
)


@pytest.fixture(scope="module")
def asked() -> pd.DataFrame:
    table = pd.read_csv(GOLDEN / "interviews.csv", dtype={"county_code": str})
    return table.convert_dtypes()


def test_it_is_rs_svycontrast(asked: pd.DataFrame) -> None:
    found = evaluation.composite(asked, COUNTS).set_index("county_code")
    told = json.loads((GOLDEN / "composite.json").read_text())
    for county in found.index:
        assert found.loc[county, "estimate"] == pytest.approx(
            told[county]["estimate"][0], rel=1e-12
        )
        assert found.loc[county, "se"] == pytest.approx(told[county]["se"][0], rel=1e-10)


def test_it_is_a_function_of_two_ratios(asked: pd.DataFrame) -> None:
    counts = COUNTS.set_index("county_code").loc[["451002", "451022"]]
    poor, out, rest, people = (counts[c].to_numpy(float) for c in counts)
    parts = [
        Ratio(id, "_persons", where={"household_group": group})
        for id, group in (("wrong_exit_rate", "exited"), ("omission_rate", "unregistered"))
    ]
    same = estimate.function(
        evaluation.design(asked),
        lambda wrong, missed: (poor + out * wrong + rest * missed) / people,
        parts,
        by=["county_code"],
    )
    found = evaluation.composite(asked, COUNTS)
    for column in ("estimate", "se", "df"):
        np.testing.assert_allclose(found[column], same[column], rtol=1e-12)


def test_replicates_show_the_same_error(asked: pd.DataFrame) -> None:
    straight = evaluation.composite(asked, COUNTS)
    again = evaluation.composite(
        asked, COUNTS, how=Resampling("bootstrap", replicates=2000, seed=5)
    )
    assert again["estimate"].tolist() == straight["estimate"].tolist()
    # the delta method is linear and 11 villages are few: the two are near, not equal
    np.testing.assert_allclose(again["se"], straight["se"], rtol=0.15)
    assert again["bound"].tolist() == straight["bound"].tolist()


def test_the_denominator_is_the_one_asked_for(asked: pd.DataFrame) -> None:
    counts = COUNTS.assign(rural_registered_persons=COUNTS["rural_persons"] * 1.25)
    one = evaluation.composite(asked, counts)
    other = evaluation.composite(asked, counts, denominator="rural_registered_population")
    np.testing.assert_allclose(other["estimate"] * 1.25, one["estimate"])
    for end in ("low", "high"):
        np.testing.assert_allclose(other[end] * 1.25, one[end])
    assert set(other["denominator_zh"]) == {"农村户籍人口（年末）"}


def test_the_west_and_the_centre_have_thresholds_of_their_own(asked: pd.DataFrame) -> None:
    west, centre = (
        evaluation.composite(asked, COUNTS, region=r)["threshold"][0] for r in ("west", "centre")
    )
    assert (west, centre) == (0.03, 0.02)


ROWS: list[dict[str, Any]] = [
    {"household_group": g} for g in ("exited", "unregistered") for _ in range(900)
]
ONE = pd.DataFrame(
    {
        "county_code": ["451002"],
        "poor_persons": [500],
        "exited_persons": [9000],
        "unregistered_persons": [60000],
        "rural_persons": [70000],
    }
)


def of(rows: list[dict[str, Any]], villages: int = 60, **counts: int) -> pd.Series:
    return evaluation.composite(decided(rows, villages=villages), ONE.assign(**counts)).iloc[0]


def test_without_any_event_the_counts_remain_and_are_not_certain() -> None:
    found = of(ROWS)
    assert found["estimate"] == pytest.approx(500 / 70000)
    assert (found["se"], found["reason"]) == (0, "no_events")
    assert found["estimate"] < found["bound"] < found["high"]
    assert found["verdict"] == "meets"
    assert found["p_meets"] < 0.05


def test_the_bound_adds_the_distances_of_both_rates() -> None:
    rows = [{**r, **(BAD if i % 150 == 0 else {})} for i, r in enumerate(ROWS)]
    table = decided(rows, villages=60)
    rates = evaluation.rates(table).set_index("measure")
    found = evaluation.composite(table, ONE).iloc[0]
    added = (
        9000 * rates.loc["wrong_exit_rate", "bound"] + 60000 * rates.loc["omission_rate", "bound"]
    )
    assert found["bound"] == pytest.approx((500 + added) / 70000)


def test_many_failings_fail() -> None:
    found = of([{**r, **(BAD if i % 8 == 0 else {})} for i, r in enumerate(ROWS)])
    assert (found["verdict"], found["bound_side"]) == ("fails", "lower")
    assert found["bound"] > 0.03
    assert found["p_fails"] < 0.05
    assert pd.isna(found["more_villages"])


def test_poor_persons_beyond_the_threshold_fail_whatever_the_sample_says() -> None:
    found = of(ROWS, poor_persons=2800)
    assert (found["estimate"], found["verdict"]) == (0.04, "fails")


def test_an_open_composite_rate_names_the_sample_that_settles_it() -> None:
    short = ROWS[:150] + ROWS[900:1050]
    found = of(short, villages=15)
    assert found["verdict"] == "undetermined"
    more = int(found["more_villages"])
    assert found["more_households"] == 20 * more
    each = 10 * (15 + more)
    rows = [{"household_group": g} for g in ("exited", "unregistered") for _ in range(each)]
    assert of(rows, villages=15 + more)["verdict"] == "meets"


def test_where_nobody_exited_the_wrong_exit_rate_plays_no_part() -> None:
    found = of(ROWS[900:], exited_persons=0)
    assert found["estimate"] == pytest.approx(500 / 70000)
    assert (found["reason"], found["verdict"]) == ("no_events", "meets")
    missing = of(ROWS[900:])
    assert pd.isna(missing["estimate"])
    assert (missing["reason"], missing["verdict"]) == ("no_rows", "undetermined")
    assert pd.isna(missing["bound"])


def test_where_nobody_is_concerned_the_rate_is_certain() -> None:
    found = of(ROWS, exited_persons=0, unregistered_persons=0)
    assert found["estimate"] == found["low"] == found["high"] == pytest.approx(500 / 70000)
    assert found["verdict"] == "meets"


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (ONE.assign(poor_persons=-1), "cannot be one"),
        (ONE.assign(unregistered_persons="许多"), "cannot be one"),
        (ONE.assign(rural_persons=np.inf), "cannot be one"),
        (ONE.assign(rural_persons=0), "zero"),
        (ONE.assign(county_code="451022"), "no counts"),
        (pd.concat([ONE, ONE]), "two rows"),
        (ONE.drop(columns="rural_persons"), "missing"),
    ],
)
def test_counts_that_cannot_be_are_refused(counts: pd.DataFrame, message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        evaluation.composite(decided(ROWS[:20]), counts)


@pytest.mark.parametrize(
    "column", ["poor_persons", "exited_persons", "unregistered_persons", "rural_persons"]
)
def test_where_a_count_was_not_found_the_rate_is_unknown(column: str) -> None:
    found = evaluation.composite(decided(ROWS, villages=60), ONE.assign(**{column: pd.NA})).iloc[0]
    assert found[["estimate", "se", "low", "high", "bound", "more_villages"]].isna().all()
    assert (found["reason"], found["verdict"]) == ("no_counts", "undetermined")
    assert "人数" in evaluation.worded(pd.DataFrame([found]), "zh")["reason"].iloc[0]


def register(sizes: Sequence[tuple[str, int | None]]) -> pd.DataFrame:
    rows = [{"county_code": "451021", "register_status": s, "household_size": n} for s, n in sizes]
    return pd.DataFrame(rows).astype({"household_size": "Int64"})


def ledger(*persons: int | None) -> pd.DataFrame:
    rows = [{"county_code": "451021", "persons_total": n} for n in persons]
    return pd.DataFrame(rows).astype({"persons_total": "Int64"})


HOMES = [("poor", 4), ("returned", 3), ("exited_before", 5), ("exited_new", 2)]


def test_register_counts_add_up_to_the_villages() -> None:
    counts = evaluation.register_counts(register(HOMES), ledger(60, 40)).iloc[0]
    assert counts["county_code"] == "451021"
    assert counts[["poor_persons", "exited_persons"]].tolist() == [7, 7]
    assert counts[["rural_persons", "unregistered_persons"]].tolist() == [100, 86]


@pytest.mark.parametrize(
    ("homes", "villages", "missing"),
    [
        (HOMES, (60, None), ["rural_persons", "unregistered_persons"]),
        ([*HOMES, ("poor", None)], (60, 40), ["poor_persons", "unregistered_persons"]),
        (HOMES, (6, 4), ["unregistered_persons"]),
    ],
)
def test_a_register_count_that_cannot_be_had_is_missing(
    homes: list[tuple[str, int | None]], villages: tuple[int | None, ...], missing: list[str]
) -> None:
    counts = evaluation.register_counts(register(homes), ledger(*villages)).iloc[0]
    assert list(counts.index[counts.isna()]) == missing


def test_everyone_together_needs_one_row_of_counts() -> None:
    table = decided(ROWS, villages=60)
    found = evaluation.composite(table, ONE, by=[])
    assert len(found) == 1
    with pytest.raises(SchemaError, match="one row"):
        evaluation.composite(table, pd.concat([ONE, ONE]), by=[])


@pytest.mark.parametrize("wrong", [{"denominator": "everyone"}, {"region": "east"}])
def test_a_name_that_is_none_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(UnknownNameError, match=r"no such denominator|no threshold"):
        evaluation.composite(decided(ROWS[:20]), ONE, **wrong)


def test_every_denominator_names_what_it_is_and_where_from() -> None:
    rule = evaluation.edition("2017").composite
    assert {d.id for d in rule.denominator} >= {"rural_population", "rural_registered_population"}
    assert all(d.name and d.name_en and d.source and d.confidence for d in rule.denominator)
