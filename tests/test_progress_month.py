"""The month: why numbers changed, whether they agree, where they will end, and who is best."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.household_tables import table

from povexit import progress
from povexit.progress.balance import CLOSING, LINES, OPENING
from povexit.progress.pace import LEVEL

COUNTY = "451002"


def decided(*rows: dict[str, Any]) -> pl.DataFrame:
    """Decisions of a month: what a row does not say is a poor household of four that fails."""
    base = {"register_status": "poor", "household_size": 4, "meets_standard": False}
    base |= {"county_code": COUNTY, "village_code": "v", "income_source_reason": "pass"}
    return table("decisions_households", [base | row for row in rows])


def cause_of(before: dict[str, Any] | None, now: dict[str, Any] | None, again: Any = None) -> str:
    """Return the one cause of a household's move into or out of the standard."""
    old = decided(*([{"household_id": "a", **before}] if before is not None else []))
    new = decided(*([{"household_id": "a", **now}] if now is not None else []))
    third = None if again is None else decided({"household_id": "a", **before, **again})
    found = progress.causes(old, new, third)
    assert found.attrs["difference"] == 0
    (cause,) = found.loc[found["households"] > 0, "cause"]
    return cause


YES, NO, OPEN = ({"meets_standard": x} for x in (True, False, None))
LAND = {"income_source_reason": "fail:cultivated_land_per_person_mu"}
INCOME = {"income_source_reason": "fail:months_away_longest_known"}
MOVES = [
    ("it failed and meets now: something really changed", NO, YES, None, "real"),
    ("it met and fails now: also a real change", YES, NO, None, "real"),
    ("it was not in last month's register", None, YES, None, "newly_identified"),
    ("it is not in the register any more", YES, None, None, "left"),
    ("it is marked as returned to poverty", YES, NO | {"register_status": "returned"}, None, "returned"),
    ("an answer was missing last month", OPEN, YES, None, "answered"),
    ("an answer went missing", YES, OPEN, None, "answered"),
    ("its land grew within a month: the record was corrected", NO | LAND, YES, None, "corrected"),
    ("a member came to work away: a real change", NO | INCOME, YES, None, "real"),
    ("by this month's edition it met last month as well", NO, YES, YES, "edition"),
    ("another edition, but last month it failed by that one too", NO, YES, NO, "real"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "before", "now", "again", "cause"), MOVES, ids=[m[0] for m in MOVES]
)
def test_cause(said: str, before: Any, now: Any, again: Any, cause: str) -> None:
    assert cause_of(before, now, again) == cause, said


def test_persons_follow_the_household_and_a_growing_one_is_a_real_change() -> None:
    old = decided({"household_id": "a", **YES}, {"household_id": "b", **NO})
    new = decided({"household_id": "a", "household_size": 6, **YES}, {"household_id": "b", **YES})
    real = progress.causes(old, new).set_index("cause").loc["real"]
    assert (real["gained"], real["persons_gained"], real["persons_net"]) == (1, 6, 6)


def test_causes_of_few_households_stand_together_and_the_total_stays() -> None:
    old = [{"household_id": f"{i}", **NO} for i in range(12)] + [{"household_id": "x", **OPEN}]
    new = [{"household_id": f"{i}", **YES} for i in range(12)] + [{"household_id": "x", **YES}]
    found = progress.causes(decided(*old), decided(*new))
    shown = progress.shown_causes(found).set_index("cause")
    assert shown.loc["other", "households"] == 13  # one alone could be had by subtraction
    assert "real" not in shown.index
    assert shown["net"].sum() == found["net"].sum() == 13


STATES = st.sampled_from([True, False, None])
HOMES = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.tuples(
        STATES,
        st.sampled_from(["poor", "returned", "exited_new", "exited_before"]),
        st.integers(1, 9),
    ),
)


def month_of(homes: dict[str, tuple[bool | None, str, int]]) -> pl.DataFrame:
    rows = [
        {"household_id": h, "meets_standard": m, "register_status": s, "household_size": n}
        for h, (m, s, n) in homes.items()
    ]
    return decided(*rows)


@settings(max_examples=60, deadline=None)
@given(HOMES, HOMES)
def test_last_month_and_the_causes_make_this_month(before: Any, now: Any) -> None:
    found = progress.causes(month_of(before), month_of(now))
    assert found.attrs["meets_before"] == sum(m is True for m, _, _ in before.values())
    assert found.attrs["meets_now"] == sum(m is True for m, _, _ in now.values())
    assert found.attrs["difference"] == 0
    persons = [sum(n for m, _, n in x.values() if m) for x in (before, now)]
    assert found["persons_net"].sum() == persons[1] - persons[0]


# flows


def homes_of(homes: dict[str, tuple[bool | None, str, int]]) -> pl.DataFrame:
    rows = [
        {"household_id": h, "county_code": COUNTY, "register_status": s, "household_size": n}
        for h, (_, s, n) in homes.items()
    ]
    return table("cleaned_households", rows)


@settings(max_examples=60, deadline=None)
@given(HOMES, HOMES)
def test_the_registers_flow_always_balances(before: Any, now: Any) -> None:
    flow = progress.register_flow(homes_of(before), homes_of(now))
    if flow.empty:
        return
    found = progress.balanced(flow).set_index("unit")
    assert (found["difference"] == 0).all()
    poor = [[n for _, s, n in x.values() if s in ("poor", "returned")] for x in (before, now)]
    assert found.loc["persons", [OPENING, CLOSING]].tolist() == [sum(p) for p in poor]
    assert found.loc["households", [OPENING, CLOSING]].tolist() == [len(p) for p in poor]


STEPS = [
    ("a household is identified", None, ("poor", 4), "newly_identified", 4),
    ("one that had left is marked as returned", ("exited_before", 4), ("returned", 4), "returned", 4),
    ("one that had left is poor again without being marked", ("exited_new", 4), ("poor", 4), "corrected", 4),
    ("a child is born", ("poor", 4), ("poor", 5), "born_or_joined", 1),
    ("somebody dies", ("poor", 4), ("poor", 3), "died_or_left", -1),
    ("the household is struck off", ("poor", 4), None, "struck_off", -4),
    ("the household exits", ("poor", 4), ("exited_new", 4), "exits", -4),
]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "before", "now", "line", "persons"), STEPS, ids=[s[0] for s in STEPS]
)
def test_a_step_of_the_flow(said: str, before: Any, now: Any, line: str, persons: int) -> None:
    sides = [homes_of({"a": (None, *x)} if x else {}) for x in (before, now)]
    flow = progress.register_flow(*sides).query("unit == 'persons'").set_index("line")["value"]
    moved = flow.drop([OPENING, CLOSING])
    assert moved[moved != 0].to_dict() == {line: persons}, said


#: Published flows: S18 (那坡), S17 (田林), S45 (百坭村); differences are closing less opening and exits.
PUBLISHED = {
    ("那坡县", "households"): -16,
    ("那坡县", "persons"): -130,
    ("田林县", "households"): 671,
    ("田林县", "persons"): 3469,
    ("百坭村", "households"): 0,
    ("百坭村", "persons"): 0,
}


def test_the_published_flows_of_two_counties_do_not_balance_and_a_villages_does() -> None:
    found = progress.balanced(progress.flows(), "place").set_index(["place", "unit"])["difference"]
    assert found.to_dict() == PUBLISHED
    assert progress.flows()["source"].notna().all()


def test_a_flow_without_an_end_has_no_difference() -> None:
    flow = progress.flows().query("line != 'closing'")
    assert progress.balanced(flow, "place")["difference"].isna().all()


def test_steps_of_few_households_stand_together_and_the_sum_stays() -> None:
    values = {OPENING: 500, "newly_identified": 3, "exits": -40, "struck_off": -12, "returned": 0}
    values |= {CLOSING: 451}
    flow = pd.DataFrame(
        [
            {"county_code": COUNTY, "unit": "households", "line": n, "value": v}
            for n, v in values.items()
        ]
    )
    found = progress.city_steps(flow, "households").set_index("line")["value"]
    assert "newly_identified" not in found
    assert found["other"] == 3 - 12  # one alone could be had by subtraction
    assert found.drop([CLOSING]).sum() == found[CLOSING]
    assert set(found.index) <= {OPENING, CLOSING, "other", "difference", *LINES}


# levels side by side


def test_city_counties_villages_and_households_agree_or_say_where_not() -> None:
    rows = [
        {"household_id": "a", "village_code": "v", "meets_standard": True},
        {"household_id": "b", "village_code": "w"},
        {"household_id": "c", "village_code": "lost"},
        {"household_id": "d", "village_code": "v", "register_status": "exited_before"},
    ]
    decisions = decided(*rows)
    villages = table(
        "cleaned_villages",
        [
            {"village_code": "v", "county_code": COUNTY, "poor_households": 1, "poor_persons": 4},
            {"village_code": "w", "county_code": COUNTY, "poor_households": 2, "poor_persons": 8},
        ],
    )
    levels = {
        "households": progress.of_households(decisions),
        "villages": progress.of_villages(decisions, villages),
        "ledger": progress.of_ledger(villages),
    }
    found = progress.reconciled(levels).set_index(["quantity", "county_code"])
    on_register = found.loc["households_on_register", "all"]
    assert (on_register["households"], on_register["villages"]) == (3, 2)
    assert on_register["difference"] == 1  # a household of a village that the ledger does not have
    assert found.loc["households_poor", COUNTY]["ledger"] == 3
    assert found.loc["households_meeting", "all"]["difference"] == 0
    assert pd.isna(found.loc["persons_meeting", "all"]["ledger"])


def test_a_level_that_does_not_know_leaves_the_difference_unknown() -> None:
    villages = table("cleaned_villages", [{"village_code": "v", "county_code": COUNTY}])
    levels = {
        "households": progress.of_households(decided({"household_id": "a"})),
        "ledger": progress.of_ledger(villages),
    }
    found = progress.reconciled(levels).set_index(["quantity", "county_code"])
    assert pd.isna(found.loc["households_poor", "all"]["difference"])


# the pace


def months(numbers: list[float | None]) -> pd.DataFrame:
    names = progress.months(2016)[: len(numbers)]
    return pd.DataFrame({"month": names, "number": pd.array(numbers, dtype="Float64")})


def test_a_steady_pace_goes_on_and_is_no_certainty() -> None:
    found = progress.forecast(months([10, 20, 30, 40]), "2016-12")
    assert found.estimate == pytest.approx(120)
    assert found.low < 120 < found.high


def test_the_interval_by_hand() -> None:
    """Steps 10, 30, 20 in three months: d = 20, s2 = 100; two months on t(2) sqrt(100 (2 + 4/3))."""
    found = progress.forecast(months([0, 10, 40, 60]), "2016-06")
    reach = 1.8856180831641267 * np.sqrt(100 * (2 + 4 / 3))
    assert found.estimate == pytest.approx(100)
    assert found.high - found.estimate == pytest.approx(reach)
    assert LEVEL == 0.8


def test_months_not_run_are_gaps_and_not_noughts() -> None:
    found = progress.forecast(months([10, None, 30, None, 50]), "2016-12")
    assert found.estimate == pytest.approx(120)
    assert found.months == 3


def test_two_months_are_too_few_and_a_day_past_is_over() -> None:
    assert progress.forecast(months([10, 20]), "2016-12").reason == "few_months"
    assert progress.forecast(months([10, 20, 30]), "2016-03").reason == "over"


def test_what_only_grows_does_not_fall_and_nobody_passes_the_denominator() -> None:
    falling = progress.forecast(months([50, 40, 42]), "2016-12", only_grows=True)
    assert falling.low == falling.estimate == 42
    assert progress.forecast(months([10, 40, 90]), "2016-12", most=100).high == 100


def test_the_real_months_of_2020_hold_villages_and_miss_the_jump_in_persons() -> None:
    """S7: from February to April the pace knows nothing of May; the README of the method says so."""
    real = progress.monthly_2020()
    inside = {}
    for name in ("villages", "persons"):
        table_ = real.rename(columns={name: "number"})[["month", "number"]]
        found = progress.forecast(table_.iloc[:3], "2020-06", only_grows=True)
        last = float(table_["number"].iloc[-1])
        inside[name] = found.low <= last <= found.high
        one_on = progress.forecast(table_.iloc[:4], "2020-06", only_grows=True)
        assert one_on.low <= last <= one_on.high
    assert inside == {"villages": False, "persons": False}


# red and black


def test_nobody_is_ranked_where_intervals_overlap() -> None:
    table_ = pd.DataFrame({"low": [0.1, 0.15, 0.5, 0.9], "high": [0.2, 0.3, 0.6, 0.95]})
    found = progress.ranked(table_, most=1)
    assert found["rank"].astype(object).where(found["rank"].notna(), None).tolist() == [
        None,
        None,
        2,
        1,
    ]
    assert found["list"].tolist() == ["", "", "", "red"]


def test_a_county_without_an_interval_is_neither_best_nor_worst() -> None:
    table_ = pd.DataFrame({"low": [0.1, None, 0.5], "high": [0.2, None, 0.6]}, dtype="Float64")
    found = progress.ranked(table_, most=1)
    assert found["list"].tolist() == ["black", "", "red"]
    assert found["better"].isna().tolist() == [False, True, False]


def test_a_low_rate_may_be_the_good_one() -> None:
    table_ = pd.DataFrame({"low": [0.1, 0.5], "high": [0.2, 0.6]})
    assert progress.ranked(table_, most=1, higher_is_better=False)["list"].tolist() == [
        "red",
        "black",
    ]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.3)), min_size=1, max_size=9))
def test_two_ranked_places_never_overlap(pairs: list[tuple[float, float]]) -> None:
    table_ = pd.DataFrame([{"low": a, "high": a + w} for a, w in pairs])
    found = progress.ranked(table_).dropna(subset=["rank"]).sort_values("rank")
    assert (found["low"].iloc[:-1].to_numpy() > found["high"].iloc[1:].to_numpy()).all()
    assert found["rank"].is_unique


def test_bounds_run_from_no_unknown_counting_to_every_one() -> None:
    table_ = pd.DataFrame(
        {"number": [40.0, 0.0], "denominator": [100.0, 0.0], "unknown": [10.0, 0.0]}
    )
    found = progress.bounds(table_)
    assert found.loc[0, ["estimate", "low", "high"]].tolist() == [0.4, 0.4, 0.5]
    assert found.loc[1, ["estimate", "low", "high"]].isna().all()


# money, moves, findings


def test_what_is_left_of_funds_by_age_and_what_cannot_be_told() -> None:
    funds = table(
        "cleaned_funds",
        [
            {
                "county_code": COUNTY,
                "fund_source": "city",
                "fund_year": 2014,
                "granted_yuan": 100.0,
                "paid_yuan": 60.0,
            },
            {"county_code": COUNTY, "fund_source": "city", "fund_year": 2014, "granted_yuan": 50.0},
            {
                "county_code": COUNTY,
                "fund_source": "city",
                "fund_year": 2016,
                "granted_yuan": 10.0,
                "paid_yuan": 20.0,
            },
        ],
    )
    found = progress.funds_balance(funds, "2016-06").set_index("age_years")
    assert found.loc[2, ["granted_yuan", "paid_yuan", "balance_yuan", "unknown_yuan"]].tolist() == [
        150,
        60,
        40,
        50,
    ]
    assert found.loc[0, ["balance_yuan", "unknown_yuan"]].tolist() == [0, 10]


def test_a_move_counts_once_and_an_unknown_destination_is_kept() -> None:
    day = pd.Timestamp("2016-05-02").date()
    moved = {
        "household_id": "a",
        "county_code": "451027",
        "persons": 4,
        "to_county_code": "451021",
        "moved_date": day,
    }
    ledger = table(
        "cleaned_relocations",
        [moved, moved, {"household_id": "b", "county_code": "451027", "persons": 3}],
    )
    found = progress.moves(ledger)
    assert found["households"].tolist() == [1, 1]
    assert found["persons_moved"].tolist() == [4, 0]
    assert found["to_county_code"].isna().tolist() == [False, True]


def test_works_are_counted_by_kind_and_an_unknown_one_is_not_done() -> None:
    work = {"county_code": "451022", "village_code": "451022001201", "work_kind": "house"}
    rows = [{**work, "is_done": d, "served_households": 3} for d in (True, False, None)]
    rows.append({**work, "work_kind": "road", "is_done": True, "served_households": None})
    found = progress.works_done(table("cleaned_works", rows), ["village_code"])
    assert found["work_kind"].tolist() == ["house", "road"]
    assert found[["planned", "done", "unknown", "households"]].to_numpy().tolist() == [
        [3, 1, 1, 9],
        [1, 1, 0, 0],
    ]


def test_open_findings_by_their_age() -> None:
    days = ["2016-06-29", "2016-05-01", "2016-01-01", None]
    rows = [
        {"finding_id": str(i), "county_code": COUNTY, "opened_date": d and pd.Timestamp(d).date()}
        for i, d in enumerate(days)
    ]
    rows.append(
        {"finding_id": "x", "county_code": COUNTY, "closed_date": pd.Timestamp("2016-06-01").date()}
    )
    found = progress.open_findings(table("cleaned_findings", rows), "2016-06")
    assert found["findings"].tolist() == [1, 1, 1, 1]
    assert found["from_days"].fillna(-1).tolist() == [0, 60, 90, -1]


def test_published_exit_years_are_those_of_the_county_table() -> None:
    from povexit.geography import counties

    known = counties().set_index("county_code")["exit_year_approved"]
    own = progress.exit_years().set_index("county_code")["exit_year"]
    assert own.to_dict() == known.to_dict()
