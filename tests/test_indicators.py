"""Indicators of a household: equal on every engine, unknown where nobody answered."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.household_tables import ENGINES, TYPES, as_engine, table, to_polars

from povexit import indicators
from povexit.errors import SchemaError
from povexit.schema import codes, columns

NAN = float("nan")
MONTH = "2016-06"


def household_row(**values: Any) -> dict[str, Any]:
    return {"household_id": "a", "month": MONTH, "household_size": 2} | values


def person_row(**values: Any) -> dict[str, Any]:
    return {"household_id": "a", "month": MONTH} | values


def of(households: list[dict[str, Any]], persons: list[dict[str, Any]]) -> pl.DataFrame:
    return indicators.household(
        table("cleaned_households", households), table("cleaned_persons", persons)
    )


def one(household: dict[str, Any], *persons: dict[str, Any]) -> dict[str, Any]:
    return of([household_row(**household)], [person_row(**p) for p in persons]).row(0, named=True)


MIXED = (
    [
        household_row(household_id="c", wage_income_yuan=NAN, floor_area_m2=NAN),
        household_row(
            household_id="a",
            floor_area_m2=26.0,
            is_split_household=False,
            paddy_land_mu=1.0,
            is_income_stable=None,
            dibao_class="A",
            **dict.fromkeys(indicators.INCOME_COLUMNS, 100.25),
        ),
        household_row(household_id="b", household_size=0, dry_land_mu=3.0, is_income_stable=False),
        household_row(household_id="d", household_size=None),
        household_row(
            household_id="e", total_income_yuan=9.5, wage_income_yuan=9.5, net_income_yuan=9.5
        ),
    ],
    [
        person_row(age_years=40, labour="ordinary", medical_insurance="rural", months_away=NAN),
        person_row(age_years=8, labour="none", medical_insurance=None, student_status="primary"),
        person_row(household_id="c", medical_insurance="none", months_away=7.5),
        person_row(household_id="d", labour="lost", health="chronic", age_years=30),
        person_row(household_id="nobody", labour="ordinary"),
    ],
)
TABLES = {
    "mixed": MIXED,
    "one row": (MIXED[0][:1], MIXED[1][2:3]),
    "no persons": (MIXED[0], []),
    "no households": ([], MIXED[1]),
    "nothing": ([], []),
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("engine", ENGINES[1:])
def test_every_engine_says_the_same(engine: str, name: str) -> None:
    households = table("cleaned_households", TABLES[name][0])
    persons = table("cleaned_persons", TABLES[name][1])
    expected = indicators.household(households, persons)
    native = indicators.household(as_engine(households, engine), as_engine(persons, engine))
    if engine in ("pandas", "arrow", "plain"):
        assert {str(t) for t in native.dtypes} <= {"string", "Int64", "Float64", "boolean"}
    found = to_polars(native)
    assert found.schema == expected.schema
    assert found.to_dicts() == expected.to_dicts()


def test_the_table_is_the_catalogues() -> None:
    found = of(*MIXED)
    known = columns(indicators.TABLE)
    assert dict(found.schema) == {name: TYPES[c.dtype] for name, c in known.items()}
    assert found["household_id"].to_list() == ["a", "b", "c", "d", "e"]


def test_a_missing_column_is_named() -> None:
    households, persons = (table(t, []) for t in ("cleaned_households", "cleaned_persons"))
    with pytest.raises(SchemaError) as error:
        indicators.household(households.drop("has_tv", "fishery_income_yuan"), persons)
    assert "fishery_income_yuan, has_tv" in str(error.value)


def test_two_months_of_one_household_stay_apart() -> None:
    found = of(
        [household_row(household_size=1, month=m) for m in ("2016-05", "2016-06")],
        [person_row(month="2016-06", medical_insurance="rural")],
    )
    assert found["all_members_insured"].to_list() == [None, True]


@pytest.mark.parametrize(
    ("insurances", "expected"),
    [
        (["rural", "urban_resident"], True),
        (["rural", "employee"], True),
        (["rural", "commercial"], False),
        (["rural", "none"], False),
        (["rural", None], None),
        (["none", None], False),
        (["rural"], None),
        (["none"], False),
        ([], None),
        (["rural", "rural", "rural"], True),
    ],
)
def test_all_members_insured(insurances: list[str | None], expected: bool | None) -> None:
    row = one({}, *({"medical_insurance": i} for i in insurances))
    assert row["all_members_insured"] is expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([(40, "ordinary", "not_student"), (38, "skilled", "not_student")], (True, True)),
        ([(40, "ordinary", "not_student"), (38, "lost", None)], (True, False)),
        ([(40, "ordinary", "not_student"), (17, "none", "senior_2")], (True, True)),
        ([(40, "ordinary", "not_student"), (17, "none", "not_student")], (True, False)),
        ([(40, "ordinary", "not_student"), (70, "none", "not_student")], (True, True)),
        ([(40, "ordinary", "not_student"), (8, "none", "primary")], (True, True)),
        ([(40, "lost", "not_student"), (8, "none", "primary")], (False, False)),
        ([(40, None, "not_student"), (8, "none", "primary")], (None, None)),
        ([(40, None, "not_student"), (38, "lost", None)], (None, False)),
    ],
)
def test_labour_ability(
    members: list[tuple[int, str | None, str | None]], expected: tuple[bool | None, bool | None]
) -> None:
    names = ("age_years", "labour", "student_status")
    row = one({}, *(dict(zip(names, m, strict=True)) for m in members))
    assert (row["has_labour"], row["has_full_labour"]) == expected


@pytest.mark.parametrize(
    ("stays", "known", "longest"),
    [
        ([("in_county", 7.0), (None, None)], 7.0, 7.0),
        ([("in_county", 7.0), ("in_county", None)], 7.0, None),
        ([(None, None), (None, None)], 0.0, 0.0),
        ([(None, 3.0), (None, None)], 3.0, 3.0),
        ([("in_county", 7.0)], 7.0, None),
        ([], None, None),
    ],
)
def test_months_away(
    stays: list[tuple[str | None, float | None]], known: float | None, longest: float | None
) -> None:
    row = one({}, *({"work_place": p, "months_away": m} for p, m in stays))
    assert row["months_away_longest_known"] == known
    assert row["months_away_longest_member"] == longest


CHILD = {"age_years": 10, "student_status": "not_student"}


@pytest.mark.parametrize(
    ("child", "poverty", "other"),
    [
        ({"age_years": 10, "student_status": "primary"}, 0, 0),
        (CHILD | {"out_of_school_reason": "hardship"}, 1, 0),
        (CHILD | {"out_of_school_reason": "unwilling"}, 0, 1),
        (CHILD | {"out_of_school_reason": "severe_disability_or_illness"}, 0, 1),
        (CHILD, None, None),
        (CHILD | {"student_status": None, "out_of_school_reason": "hardship"}, 1, 0),
        (CHILD | {"student_status": None}, None, None),
        (CHILD | {"age_years": 5, "out_of_school_reason": "hardship"}, 0, 0),
        (CHILD | {"age_years": 6, "out_of_school_reason": "hardship"}, 1, 0),
        (CHILD | {"age_years": 15, "out_of_school_reason": "hardship"}, 1, 0),
        (CHILD | {"age_years": 16, "out_of_school_reason": "hardship"}, 0, 0),
        (CHILD | {"age_years": None, "out_of_school_reason": "hardship"}, None, 0),
        (CHILD | {"age_years": 15, "schooling": "junior_high"}, 0, 0),
        (CHILD | {"age_years": 6, "student_status": "preschool"}, 0, 0),
    ],
)
def test_out_of_school(child: dict[str, Any], poverty: int | None, other: int | None) -> None:
    row = one({"household_size": 1}, child)
    assert row["school_age_out_for_poverty_count"] == poverty
    assert row["other_dropouts_count"] == other


def test_one_known_hardship_is_counted_though_another_child_is_unknown() -> None:
    row = one({}, CHILD | {"out_of_school_reason": "hardship"}, CHILD)
    assert row["school_age_out_for_poverty_count"] == 1


def test_home_visits_are_the_fewest_of_those_out_for_other_reasons() -> None:
    out = CHILD | {"out_of_school_reason": "unwilling"}
    visited = [out | {"school_home_visits": n, "has_three_party_signature": True} for n in (3, 1)]
    row = one({}, *visited)
    assert row["other_dropouts_fewest_home_visits"] == 1
    assert row["are_other_dropouts_signed"] is True
    row = one({}, visited[0], out | {"has_three_party_signature": False})
    assert row["other_dropouts_fewest_home_visits"] is None
    assert row["are_other_dropouts_signed"] is False


@pytest.mark.parametrize(
    ("area", "is_stable", "expected"),
    [(2.0, True, 1.0), (2.0, False, 0.0), (2.0, None, None), (0.0, None, 0.0), (None, False, None)],
)
def test_land_counts_with_stable_income(
    area: float | None, is_stable: bool | None, expected: float | None
) -> None:
    row = one({"paddy_land_mu": area, "is_income_stable": is_stable})
    assert row["stable_paddy_land_per_person_mu"] == expected


@pytest.mark.parametrize(("is_split", "expected"), [(False, 10.0), (True, 14.0), (None, None)])
def test_split_households_pool_their_area(is_split: bool | None, expected: float | None) -> None:
    row = one(
        {
            "floor_area_m2": 20.0,
            "is_split_household": is_split,
            "pooled_floor_area_m2": 70.0,
            "pooled_persons": 5,
        }
    )
    assert row["pooled_floor_area_per_person_m2"] == expected
    assert row["floor_area_per_person_m2"] == 10.0


NOTHING = {**dict.fromkeys(indicators.SOURCES, 0.0), "production_cost_yuan": 0.0}


def test_income_exactly_at_the_line_stays_there() -> None:
    """A sum of amounts with fen is not a hair above the line, whatever binary fractions do."""
    parts = {"wage_income_yuan": 1563.99, "crop_income_yuan": 531.69, "other_income_yuan": 856.32}
    assert sum(parts.values()) > 2952
    row = one(NOTHING | parts | {"household_size": 1})
    assert row["net_income_per_capita_yuan"] == 2952.0


@pytest.mark.parametrize(
    ("changes", "net"),
    [
        ({"wage_income_yuan": 100.0}, 50.0),
        ({"wage_income_yuan": 100.0, "production_cost_yuan": 300.0}, -100.0),
        ({"wage_income_yuan": 100.0, "crop_income_yuan": None, "total_income_yuan": 100.0}, 50.0),
        ({"wage_income_yuan": 100.0, "crop_income_yuan": NAN, "total_income_yuan": 100.0}, 50.0),
        ({"wage_income_yuan": 100.0, "crop_income_yuan": None, "total_income_yuan": 150.0}, None),
        ({"wage_income_yuan": 100.0, "crop_income_yuan": None}, None),
        ({"wage_income_yuan": 100.0, "production_cost_yuan": None}, None),
        (
            {"wage_income_yuan": 100.0, "production_cost_yuan": None, "net_income_yuan": 100.0},
            50.0,
        ),
        ({"household_size": 0}, None),
        ({"household_size": None}, None),
    ],
)
def test_net_income(changes: dict[str, Any], net: float | None) -> None:
    assert one(NOTHING | changes)["net_income_per_capita_yuan"] == net


LOST = {"age_years": 40, "labour": "lost"}
ABLE = {"age_years": 40, "labour": "ordinary"}


@pytest.mark.parametrize(
    ("dibao", "kind", "members", "counted"),
    [
        (200.0, "A", (ABLE, LOST), 100.0),
        (200.0, "B", (LOST, LOST), 100.0),
        (200.0, "C", (ABLE, LOST), 0.0),
        (200.0, "none", (ABLE, LOST), 0.0),
        (200.0, "A", (ABLE, ABLE), 0.0),
        (200.0, None, (ABLE, LOST), None),
        (200.0, None, (ABLE, ABLE), 0.0),
        (0.0, None, (ABLE, LOST), 0.0),
        (200.0, "A", (ABLE,), None),
    ],
)
def test_dibao_that_counts_for_exit(
    dibao: float, kind: str | None, members: tuple[Any, ...], counted: float | None
) -> None:
    paid = {
        "dibao_income_yuan": dibao,
        "relief_income_yuan": 40.0,
        "basic_pension_income_yuan": 60.0,
    }
    row = one(NOTHING | paid | {"dibao_class": kind}, *members)
    assert row["net_income_per_capita_yuan"] == (dibao + 100) / 2
    assert row["exit_income_per_capita_yuan"] == counted


def answers(name: str) -> st.SearchStrategy[Any]:
    """Return any answer the catalogue allows for a column of persons, or none."""
    column = columns("cleaned_persons")[name]
    if column.codes:
        return st.sampled_from([None, *(c.value for c in codes(column.codes))])
    if column.dtype == "bool":
        return st.sampled_from([None, True, False])
    return st.one_of(st.none(), st.integers(int(column.minimum or 0), int(column.maximum or 0)))


ASKED = [c for c in indicators.PERSON_COLUMNS if c not in ("household_id", "month")]
ROLLED_UP = (
    "has_labour",
    "has_full_labour",
    "all_members_insured",
    "all_members_covered",
    "has_sick_member",
    "are_other_dropouts_signed",
)
# place and months answer one question together; status, reason and schooling another
PAIRED = ("work_place", "months_away", "out_of_school_reason", "student_status", "schooling")


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.fixed_dictionaries({c: answers(c) for c in ASKED}), min_size=1, max_size=4),
    st.data(),
)
def test_a_forgotten_answer_never_turns_a_rollup(
    members: list[dict[str, Any]], data: st.DataObject
) -> None:
    """What was known stays or becomes unknown; what was unknown stays unknown."""
    size = {"household_size": len(members)}
    who = data.draw(st.integers(0, len(members) - 1))
    what = data.draw(st.sampled_from([c for c in ASKED if c not in PAIRED]))
    full = one(size, *members)
    poorer = one(size, *(m | {what: None} if n == who else m for n, m in enumerate(members)))
    for name in ROLLED_UP:
        assert poorer[name] in (None, full[name]), (name, what)
