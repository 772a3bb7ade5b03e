"""What changed between two months is taken apart into parts that add up, and few are not shown."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.household_tables import as_engine, table

from povexit import progress
from povexit.progress.between import (
    CITY,
    DATA,
    HOUSEHOLDS,
    PARTS,
    QUANTITIES,
    SHARES,
    Decided,
    Stages,
)
from povexit.progress.between_shown import LINKED, SHOWN

A, B = "451002", "451021"
COUNTS = [f"moved_{part}" for part in PARTS]
Home = dict[str, Any]


def home(id: str, meets: bool | None, county: str = A, **other: Any) -> Home:
    base = {"register_status": "poor", "household_size": 4, "village_code": f"{county}103209"}
    return {"household_id": id, "county_code": county, "meets_standard": meets, **base, **other}


def decided(homes: list[Home], people: int | None = 1000, meets: bool | None = None) -> Decided:
    """Decisions on the households, and on one village and its county for each of their counties."""
    rows = [
        {
            "county_code": c,
            "village_code": f"{c}103209",
            "persons_total": people,
            "meets_standard": meets,
        }
        for c in (A, B)
    ]
    return Decided(
        table("decisions_households", homes),
        table("decisions_villages", rows),
        table("decisions_counties", rows_of_counties(rows)),
    )


def rows_of_counties(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k != "village_code"} for row in rows]


def by_data(then: Decided, now: Decided) -> Stages:
    """Stages of one edition and one code."""
    return Stages(then, then, now, now, now)


def row(found: pd.DataFrame, quantity: str, county: str = CITY) -> pd.Series:
    return found[(found["quantity"] == quantity) & (found["county_code"] == county)].iloc[0]


def moves(found: pd.DataFrame, quantity: str, county: str = A) -> dict[str, int]:
    """Return the parts that are not nothing."""
    own = row(found, quantity, county)[list(PARTS)]
    return {part: int(value) for part, value in own.items() if value != 0}


STAYS = home("z", True)
MONTHS: list[tuple[str, list[Home], list[Home], str, dict[str, int]]] = [
    ("newly on the register", [], [home("a", True)], "households_meeting", {"entered": 1}),
    ("gone from it", [home("a", True)], [], "households_meeting", {"left": -1}),
    ("repaired its house", [home("a", False)], [home("a", True)], "households_meeting", {"changed": 1}),
    ("its answer came in", [home("a", None)], [home("a", True)], "households_meeting", {"answered": 1}),
    ("its answer went missing", [home("a", False)], [home("a", None)], "households_failing", {"answered": -1}),
    (
        "an unknown one left",
        [home("a", None)],
        [],
        "households_unknown",
        {"left": -1},
    ),
    (
        "a child was born",
        [home("a", True)],
        [home("a", True, household_size=5)],
        "persons_meeting",
        {"changed": 1},
    ),
    (
        "its size was not stated before",
        [home("a", True, household_size=None)],
        [home("a", True)],
        "persons_poor",
        {"answered": 4},
    ),
    (
        "it exited",
        [home("a", True)],
        [home("a", True, register_status="exited_new")],
        "households_exited",
        {"changed": 1},
    ),
    (
        "it exited and is poor no more",
        [home("a", True)],
        [home("a", True, register_status="exited_new")],
        "persons_poor",
        {"changed": -4},
    ),
    (
        "it returned to poverty and stays poor",
        [home("a", True)],
        [home("a", True, register_status="returned")],
        "households_poor",
        {},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("said", "then", "now", "quantity", "parts"), MONTHS)
def test_a_household_moves_a_number_by_its_cause(
    said: str, then: list[Home], now: list[Home], quantity: str, parts: dict[str, int]
) -> None:
    found = progress.apart(by_data(decided([STAYS, *then]), decided([STAYS, *now])))
    assert moves(found, quantity) == parts, said
    assert moves(found, quantity, B) == {}
    assert moves(found, quantity, CITY) == parts


def test_a_household_that_moves_leaves_one_county_and_enters_another() -> None:
    then, now = decided([STAYS, home("a", True)]), decided([STAYS, home("a", True, B)])
    found = progress.apart(by_data(then, now))
    assert moves(found, "households_judged", A) == {"left": -1}
    assert moves(found, "households_judged", B) == {"entered": 1}
    assert row(found, "households_judged")["difference"] == 0


def test_code_data_and_rule_each_have_their_part() -> None:
    stages = Stages(
        then=decided([home("a", False), home("b", False)]),
        then_again=decided([home("a", True), home("b", False)]),
        now_by_then=decided([home("a", True), home("b", True), home("c", True)]),
        now_again=decided([home("a", False), home("b", False), home("c", True)]),
        now=decided([home("a", False), home("b", True), home("c", True)]),
    )
    found = progress.apart(stages)
    expected = {"code": 2, "entered": 1, "changed": 1, "rule": -2}
    assert moves(found, "households_meeting") == expected
    of_share = row(found, "meets_share")
    assert of_share["then"] == 0
    assert of_share["now"] == pytest.approx(2 / 3)
    # one after the other: 0/2, 1/2, 2/3 (one entered), 3/3, 1/3, 2/3
    assert of_share["code"] == pytest.approx(1 / 2 + 1 / 3)
    assert of_share["entered"] == pytest.approx(2 / 3 - 1 / 2)
    assert of_share["changed"] == pytest.approx(1 / 3)
    assert of_share["rule"] == pytest.approx(-2 / 3)


def test_an_unknown_population_leaves_the_headcount_ratio_unknown_and_nothing_else() -> None:
    then, now = decided([STAYS]), decided([STAYS, home("a", True)], people=None)
    found = progress.apart(by_data(then, now))
    ratio = row(found, "headcount_ratio", A)
    assert ratio["then"] == pytest.approx(4 / 1000)
    assert pd.isna(ratio["now"])
    assert pd.isna(ratio["difference"])
    assert row(found, "persons_poor", A)["difference"] == 4
    back = progress.apart(by_data(now, then))
    assert row(back, "headcount_ratio", A)["now"] == pytest.approx(4 / 1000)
    assert pd.isna(row(back, "headcount_ratio", A)["difference"])
    never = progress.apart(by_data(now, now))
    assert pd.isna(row(never, "population")["difference"])


def test_villages_and_counties_are_counted_by_their_own_verdicts() -> None:
    found = progress.apart(by_data(decided([STAYS], meets=None), decided([STAYS], meets=True)))
    for unit in ("villages", "counties"):
        assert moves(found, f"{unit}_meeting", CITY) == {"answered": 2}
        assert moves(found, f"{unit}_unknown", CITY) == {"answered": -2}
    judged = Stages(*[decided([STAYS], meets=m) for m in (True, True, True, False, False)])
    assert moves(progress.apart(judged), "villages_failing", CITY) == {"rule": 2}


@pytest.mark.parametrize("engine", ["pandas", "duckdb", "plain"])
def test_any_engine_gives_the_same(engine: str) -> None:
    then = decided([STAYS, home("a", None), home("b", True, household_size=None)])
    now = decided([STAYS, home("a", True), home("c", True, B)], people=None)
    expected = progress.apart(by_data(then, now))
    other = [
        Decided(*(as_engine(t, engine) for t in (d.households, d.villages, d.counties)))
        for d in (then, now)
    ]
    pd.testing.assert_frame_equal(progress.apart(by_data(*other)), expected)


HOMES = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.builds(
        lambda meets, county, status, size: {
            "meets_standard": meets,
            "county_code": county,
            "register_status": status,
            "household_size": size,
        },
        st.sampled_from([True, False, None]),
        st.sampled_from([A, B]),
        st.sampled_from(["poor", "returned", "exited_new", "exited_before", None]),
        st.sampled_from([1, 4, None]),
    ),
)
PLACES = st.tuples(st.sampled_from([1000, 20, None]), st.sampled_from([True, False, None]))
DECIDED = st.builds(
    lambda homes, places: decided(
        [home(i, **_own(h)) for i, h in homes.items()] + [STAYS], *places
    ),
    HOMES,
    PLACES,
)


def _own(found: Home) -> Home:
    return {"meets": found["meets_standard"], "county": found["county_code"]} | {
        k: found[k] for k in ("register_status", "household_size")
    }


STAGES = st.builds(Stages, DECIDED, DECIDED, DECIDED, DECIDED, DECIDED)


def _sums(frame: pl.DataFrame) -> tuple[int, int]:
    meets = frame.filter(pl.col("meets_standard"))
    return meets.height, int(meets["household_size"].sum())


@settings(max_examples=12, deadline=None)
@given(STAGES)
def test_parts_add_up_and_counties_make_the_city(stages: Stages) -> None:
    found = progress.apart(stages)
    assert set(found["quantity"]) == {*QUANTITIES, *SHARES}
    added = found[list(PARTS)].sum(axis=1, skipna=False)
    known = found["difference"].notna() & added.notna()
    assert (added - found["difference"])[known].abs().max() < 1e-9
    assert known[found["quantity"].isin(HOUSEHOLDS)].all()
    counts = found[~found["quantity"].isin(list(SHARES))]
    columns = ["then", "now", "difference", *PARTS]
    counties = counts[counts["county_code"] != CITY].groupby("quantity")[columns]
    whole = counts[counts["county_code"] == CITY].set_index("quantity")[columns]
    city = counties.agg(lambda c: c.sum(skipna=False)).loc[whole.index]
    pd.testing.assert_frame_equal(city.astype("Float64"), whole.astype("Float64"))
    for end, at in (("then", stages.then), ("now", stages.now)):
        numbers = [whole.loc[q, end] for q in ("households_meeting", "persons_meeting")]
        assert tuple(map(int, numbers)) == _sums(at.households)


@settings(max_examples=6, deadline=None)
@given(DECIDED)
def test_nothing_changed_is_nothing(same: Decided) -> None:
    found = progress.apart(by_data(same, same))
    assert not found[COUNTS].fillna(0).any(axis=None)
    assert not found["difference"].fillna(0).any()


# what may be shown


def apart_of(moved: list[list[int]], sign: list[list[int]]) -> pd.DataFrame:
    """A table as `progress.apart` gives it, of counties whose parts rest on ``moved`` households."""
    codes = [f"4510{n:02d}" for n in range(len(moved))]
    rows = []
    for quantity in (*QUANTITIES, *SHARES):
        own = moved if quantity in HOUSEHOLDS else [[0] * len(PARTS) for _ in moved]
        parts = [
            [m * s for m, s in zip(ms, ss, strict=True)] for ms, ss in zip(own, sign, strict=True)
        ]
        city = (
            [sum(c) for c in zip(*own, strict=True)],
            [sum(c) for c in zip(*parts, strict=True)],
        )
        for code, m, p in zip([*codes, CITY], [*own, city[0]], [*parts, city[1]], strict=True):
            ends = {"then": 500, "now": 500 + sum(p), "difference": sum(p)}
            named = dict(zip(PARTS, p, strict=True)) | dict(zip(COUNTS, m, strict=True))
            rows.append({"county_code": code, "quantity": quantity, **ends, **named})
    return pd.DataFrame(rows).astype(
        dict.fromkeys(["then", "now", "difference", *PARTS], "Float64")
    )


MOVED = st.integers(1, 4).flatmap(
    lambda n: st.tuples(
        *[
            st.lists(
                st.lists(numbers, min_size=len(PARTS), max_size=len(PARTS)), min_size=n, max_size=n
            )
            for numbers in (st.sampled_from([0, 0, 1, 3, 9, 10, 40]), st.sampled_from([-1, 1]))
        ]
    )
)


@settings(max_examples=15, deadline=None)
@given(MOVED)
@example(([[3 if part == "rule" else 0 for part in PARTS]], [[1] * len(PARTS)]))
@example(([[3 if part == "left" else 0 for part in PARTS]] * 2, [[1] * len(PARTS)] * 2))
def test_no_part_of_few_is_shown_nor_left_alone(
    given_: tuple[list[list[int]], list[list[int]]],
) -> None:
    table_ = apart_of(*given_)
    found = progress.shown_apart(table_).set_index(["quantity", "county_code"])
    raw = table_.set_index(["quantity", "county_code"])
    for names in LINKED:
        own = found.loc[[names[0]]]
        moved = raw.loc[[names[0]], COUNTS].set_axis(list(PARTS), axis=1).astype(int)
        hidden = own[list(PARTS)].isna()
        few = (moved > 0) & (moved < 10)
        lines = moved.columns[moved.any()]
        is_alone = len(lines) == 1 and lines[0] not in DATA  # then it is the difference itself
        assert is_alone or (hidden | ~few).all(axis=None)
        if hidden.any(axis=None) and len(lines) > 1:
            assert not (hidden[lines].sum(axis=1) == 1).any()
            assert not (hidden[lines].sum(axis=0) == 1).any()
        for name in names[1:]:
            same = found.loc[[name], list(PARTS)].isna().to_numpy()
            assert (same == hidden.to_numpy()).all()
    parts = found[[*PARTS, "other"]].fillna(0).sum(axis=1)
    counts = found.index.get_level_values("quantity").isin(HOUSEHOLDS)
    assert (parts - found["difference"])[counts].abs().max() == 0


def test_what_many_moved_is_shown_with_its_cause() -> None:
    zeros = [0] * len(PARTS)
    many = [12 if part in ("entered", "rule") else 0 for part in PARTS]
    found = progress.shown_apart(apart_of([many, zeros], [[1] * len(PARTS)] * 2))
    own = row(found, "households_meeting", "451000")
    assert (own["entered"], own["rule"], own["data"]) == (12, 12, 12)
    assert pd.isna(own["other"])
    assert set(found["status"]) == {"shown"}


def test_a_county_of_few_households_is_not_shown_and_another_goes_with_it() -> None:
    few = [home(f"f{n}", True, B) for n in range(3)]
    many = [home(f"m{n}", True) for n in range(30)]
    stages = by_data(decided([*few, *many]), decided([*few[:2], *many]))
    found = progress.shown_apart(progress.apart(stages))
    for quantity in ("households_meeting", "meets_share"):
        for county in (A, B):
            own = row(found, quantity, county)
            assert own["status"] == "suppressed"
            assert own[["then", "now", "difference", *SHOWN]].isna().all()
        assert row(found, quantity)["status"] == "shown"
    city = row(found, "households_meeting")
    assert (city["then"], city["now"], city["other"]) == (33, 32, -1)
    assert pd.isna(city["left"])


def test_causes_of_shares_are_not_shown_and_their_parts_only_with_those_of_their_counts() -> None:
    many = [home(f"m{n}", n % 2 == 0) for n in range(60)]
    turned = [h | {"meets_standard": True} for h in many]
    one_more = Stages(*[decided(h) for h in (many, many, many, turned[:1] + turned[1:], turned)])
    found = progress.shown_apart(progress.apart(one_more))
    own = row(found, "meets_share")
    assert own["rule"] == pytest.approx(0.5)
    assert own[list(DATA)].isna().all()
    richer = [*many[:30], *turned[30:]]
    few = [*turned[:2], *richer[2:]]
    little = progress.apart(Stages(*[decided(h) for h in (many, many, richer, few, few)]))
    own = row(progress.shown_apart(little), "meets_share")
    assert own["difference"] == pytest.approx(16 / 60)
    assert own[["code", "data", "rule"]].isna().all()


def test_a_rule_that_alone_moves_few_is_the_difference_and_a_cause_is_not_told() -> None:
    many = [home(f"{c}{n}", n % 2 == 0, c) for n in range(60) for c in (A, B)]
    one = [
        h | {"meets_standard": h["meets_standard"] or h["household_id"] == f"{A}1"} for h in many
    ]
    then, now = decided(many), decided(one)
    by_rule = progress.shown_apart(progress.apart(Stages(then, then, then, now, now)))
    own = row(by_rule, "households_meeting", A)
    assert (own["rule"], own["data"], own["difference"]) == (1, 0, 1)
    data = progress.shown_apart(progress.apart(by_data(then, now)))
    own = row(data, "households_meeting", A)
    assert (own["data"], own["other"], own["rule"]) == (1, 1, 0)
    assert pd.isna(own["changed"])
