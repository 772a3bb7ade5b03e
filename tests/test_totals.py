"""Counts add up from village to city, shares name their denominator, and movements balance."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.household_tables import as_engine

from povexit import decide, privacy, standards
from povexit.schema import columns

STANDARD = standards.load("household_exit", "2016")
ITEMS = [c.id for c in STANDARD.criteria]


def decisions(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return decisions that fail or pass in income alone; other criteria pass."""
    known = columns("decisions_households")
    base: dict[str, Any] = dict.fromkeys(ITEMS, True) | {f"{i}_reason": "pass" for i in ITEMS}
    base |= {"month": "2016-06", "county_code": "451002", "village_code": "v1"}
    base |= {"register_status": "poor", "household_size": 4}
    full = []
    for number, row in enumerate(rows):
        verdict = row.get("meets_standard", True)
        own = {"household_id": f"h{number}", "income": verdict, "meets_standard": verdict}
        full.append({**dict.fromkeys(known), **base, **own, **row})
    types = {"str": pl.String, "int": pl.Int64, "float": pl.Float64, "bool": pl.Boolean}
    return pl.DataFrame(full, schema={n: types[c.dtype] for n, c in known.items()})


def test_verdicts_add_up_over_villages_and_the_unknown_stay_in_the_denominator() -> None:
    rows = [
        {"meets_standard": v, "village_code": f"v{i % 2}"}
        for i, v in enumerate([True, False, None, True])
    ]
    summary = decide.summary(decisions(rows), STANDARD)
    whole = decide.verdicts(summary).iloc[0]
    assert whole[["households", "meets", "fails", "unknown"]].tolist() == [4, 2, 1, 1]
    assert whole["persons"] == 16
    assert whole["meets_share"] == pytest.approx(0.5)
    by_village = decide.verdicts(summary, by=["village_code"])
    assert by_village["meets"].sum() == 2
    assert list(by_village["village_code"]) == ["v0", "v1"]


def test_totals_keep_the_criteria_in_their_order_with_the_verdict_last() -> None:
    summary = decide.summary(decisions([{}, {"meets_standard": False}]), STANDARD)
    assert list(decide.totals(summary)["criterion"]) == [*ITEMS, "meets_standard"]
    two = decide.totals(summary, by=["county_code"])
    assert list(two["county_code"].unique()) == ["451002"]


@given(
    st.lists(
        st.tuples(st.sampled_from([True, False, None]), st.integers(0, 3)), min_size=1, max_size=30
    )
)
def test_every_place_adds_up_to_the_whole(drawn: list[tuple[bool | None, int]]) -> None:
    rows = [{"meets_standard": v, "village_code": f"v{place}"} for v, place in drawn]
    summary = decide.summary(decisions(rows), STANDARD)
    parts, whole = decide.totals(summary, ["village_code"]), decide.totals(summary)
    for count in ("households", "persons", "passed", "failed", "unknown", "persons_failed"):
        by_criterion = parts.groupby("criterion")[count].sum()
        assert (by_criterion.loc[whole["criterion"]].to_numpy() == whole[count].to_numpy()).all()
    shares = whole[["passed_share", "failed_share", "unknown_share"]].sum(axis=1)
    assert shares.to_numpy(dtype=float) == pytest.approx(1.0)


@pytest.mark.parametrize("engine", ["polars", "duckdb", "pandas"])
def test_households_are_followed_from_last_month_to_this(engine: str) -> None:
    before = [{"meets_standard": v} for v in (True, False, None, True)]
    now = [{"meets_standard": v} for v in (True, True, False)] + [{"household_id": "new"}]
    table = decide.changes(*(as_engine(decisions(rows), engine) for rows in (before, now)))
    assert table.loc["meets"].to_dict() == {
        "meets": 1,
        "fails": 0,
        "unknown": 0,
        "absent": 1,
        "households": 2,
    }
    assert table.loc["fails", "meets"] == 1
    assert table.loc["unknown", "fails"] == 1
    assert table.loc["absent", "meets"] == 1
    assert table["households"].sum() - table["absent"].sum() == 4


@pytest.mark.parametrize("engine", ["polars", "duckdb", "pandas"])
def test_those_who_left_the_register_and_fail_are_counted(engine: str) -> None:
    rows = [
        {"register_status": "exited_new", "meets_standard": False},
        {"register_status": "exited_new"},
        {"register_status": "poor", "meets_standard": None},
    ]
    table = decide.by_status(as_engine(decisions(rows), engine)).set_index("register_status")
    assert table.loc["exited_new", ["households", "meets", "fails", "unknown"]].tolist() == [
        2,
        1,
        1,
        0,
    ]
    assert table.loc["poor", "unknown"] == 1


def test_a_county_that_was_not_delivered_last_month_has_no_change() -> None:
    now = decide.verdicts(
        decide.summary(decisions([{}, {"county_code": "451022"}]), STANDARD), by=["county_code"]
    )
    before = now[now["county_code"] == "451002"].assign(meets=0)
    both = decide.compared(now, before).set_index("county_code")
    assert both.loc["451002", "meets_change"] == 1
    assert pd.isna(both.loc["451022", "meets_change"])
    assert decide.compared(now, None)["meets_change"].isna().all()


def test_the_criteria_failed_most_come_first() -> None:
    summary = decide.summary(
        decisions([{"housing": False}, {"meets_standard": False}, {"housing": False}]), STANDARD
    )
    worst = decide.most_failed(decide.totals(summary, by=["county_code"]), 2)
    assert [table["criterion"].iloc[0] for table in worst] == ["housing", "income"]


def test_a_map_never_gets_the_value_of_a_small_place() -> None:
    table = pd.DataFrame(
        {
            "county_code": ["a", "b", "c", "d"],
            "households": [9, 10, None, 11],
            "meets_share": [0.1, 0.2, 0.3, 0.4],
        }
    )
    shown = privacy.for_map(table, "meets_share").set_index("county_code")
    # b goes with a: the city's total would else tell a's value
    assert shown["status"].to_list() == ["suppressed", "suppressed", "unknown", "shown"]
    assert shown["value"].isna().to_list() == [True, True, False, False]


def test_a_household_that_flips_is_counted_under_the_clause_that_decides() -> None:
    second = standards.load("household_exit", "2017")
    before = [{}, {}, {}, {"meets_standard": None}, {"meets_standard": False}]
    after = [{}, {"meets_standard": False, "housing": False, "income": True}]
    after += [
        {"meets_standard": None, "water": None, "income": True},
        {},
        {"meets_standard": False},
    ]
    found = decide.flips(decisions(before), decisions(after), STANDARD, second)
    rows = found.set_index("criterion")
    # where everything is passed now, the clause is the one that was not passed before
    assert sorted(rows.index) == ["housing", "income", "water"]
    assert not rows.loc["housing", "to_verdict"]
    assert pd.isna(rows.loc["water", "to_verdict"])
    assert pd.isna(rows.loc["income", "from_verdict"])
    assert found["households"].sum() == 3
    assert set(found["to_edition"]) == {"2017"}


def test_a_village_is_followed_month_by_month_and_a_month_not_run_is_missing() -> None:
    may = decide.summary(decisions([{"meets_standard": v} for v in (True, False)]), STANDARD)
    june = decide.summary(decisions([{"village_code": "v2"}]), STANDARD)
    trend = decide.by_month({"2016-06": june, "2016-05": may, "2016-04": None}, "v1")
    assert trend["month"].tolist() == ["2016-04", "2016-05", "2016-06"]
    assert trend["meets"].isna().tolist() == [True, False, True]
    assert trend.loc[1, ["households", "meets", "fails"]].tolist() == [2, 1, 1]
