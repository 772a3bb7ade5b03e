"""Verdicts: three answers, the first reason, distances; equal on every engine."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pandas as pd
import polars as pl
import pytest
from tests.household_tables import ENGINES, TYPES, as_engine, table, to_polars

from povexit import decide
from povexit.errors import SchemaError, UnknownNameError
from povexit.schema import codes, columns
from povexit.standards import Standard, load, parse

EDITIONS = ("2016", "2017")
YEAR = 2016
NAN = float("nan")
TABLE = "indicators_households"


def edition(name: str) -> Standard:
    return load("household_exit", name)


def standard_of(*blocks: str) -> Standard:
    """Return a standard of one criterion, housing, with the given blocks."""
    head = """
id = "toy"
name = "玩具"
name_en = "toy"
edition = "1"
unit = "household"
from = 2000-01-01
source = "none"
confidence = "D"
"""
    names = 'name = "住房"\nname_en = "housing"\n'
    parts = [
        f'[[criterion]]\nid = "housing"\n{names * (n == 0)}{b}\n' for n, b in enumerate(blocks)
    ]
    return parse(head + "".join(parts), "toy.toml")


def judge(standard: Standard, **values: Any) -> dict[str, Any]:
    row = {"household_id": "a", "month": "2016-06", "household_size": 4} | values
    return decide.household(table(TABLE, [row]), standard, YEAR).row(0, named=True)


def any_answer(name: str, draw: random.Random) -> Any:
    column = columns(TABLE)[name]
    if draw.random() < 0.2:
        return None
    if column.codes and not column.codes.startswith("foreign"):
        return draw.choice(codes(column.codes)).value
    if column.dtype == "bool":
        return draw.random() < 0.8
    if column.dtype == "str":
        return draw.choice("xyz")
    top = 8000 if "yuan" in name else 40
    number = draw.choice([0, 1, 2, 13, 20, 35, 2952, draw.randint(0, top)])
    return number if column.dtype == "int" else draw.choice([float(number), number / 10, NAN])


@cache
def anyone(households: int = 60) -> pl.DataFrame:
    """Return made-up indicators with nulls and NaN in every column but the keys."""
    draw = random.Random(20160630)
    rows = [
        {name: any_answer(name, draw) for name in columns(TABLE)}
        | {"household_id": f"{n:03d}", "month": "2016-06", "county_code": "451002"}
        | {"village_code": draw.choice(["v1", "v2", "v3"])}
        for n in range(households)
    ]
    return table(TABLE, rows)


SIZES = {"many": 60, "one row": 1, "empty": 0}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", EDITIONS)
@pytest.mark.parametrize("engine", ENGINES[1:])
def test_every_engine_says_the_same(engine: str, name: str, size: str) -> None:
    given = anyone().head(SIZES[size])
    expected = decide.household(given, edition(name), YEAR)
    native = decide.household(as_engine(given, engine), edition(name), YEAR)
    if engine in ("pandas", "arrow", "plain"):
        assert isinstance(native, pd.DataFrame)
        assert {str(t) for t in native.dtypes} <= {"string", "Int64", "Float64", "boolean"}
    found = to_polars(native)
    assert found.schema == expected.schema
    assert found.to_dicts() == expected.to_dicts()
    counted = decide.summary(native, edition(name))
    pd.testing.assert_frame_equal(
        counted, decide.summary(expected, edition(name)), check_dtype=False
    )


@pytest.mark.parametrize("name", EDITIONS)
def test_the_table_is_the_catalogues(name: str) -> None:
    found = decide.household(anyone(), edition(name), YEAR)
    known = columns("decisions_households")
    assert set(found.columns) <= set(known)
    assert all(found.schema[c] == TYPES[known[c].dtype] for c in found.columns)
    assert found.height == anyone().height
    assert found["household_id"].to_list() == anyone()["household_id"].to_list()


@pytest.mark.parametrize("name", EDITIONS)
def test_verdict_counts_and_reasons_agree(name: str) -> None:
    ids = [c.id for c in edition(name).criteria]
    kinds = {True: {"pass", "not_applicable"}, False: {"fail"}, None: {"unknown"}}
    for row in decide.household(anyone(), edition(name), YEAR).iter_rows(named=True):
        states = [row[i] for i in ids]
        assert row["n_failed"] == states.count(False)
        assert row["n_unknown"] == states.count(None)
        whole = False if False in states else None if None in states else True
        assert row["meets_standard"] is whole
        for i in ids:
            reason = row[f"{i}_reason"]
            assert reason.partition(":")[0] in kinds[row[i]]
            assert decide.reason_label(reason, "zh")
            assert decide.reason_label(reason, "en")


@pytest.mark.parametrize("name", EDITIONS)
def test_a_forgotten_answer_never_turns_a_verdict(name: str) -> None:
    """What was true or false stays or becomes unknown; what was unknown stays unknown."""
    ids = [c.id for c in edition(name).criteria]
    full = decide.household(anyone(), edition(name), YEAR).select(ids)
    for indicator in edition(name).indicators:
        poorer = anyone().with_columns(
            pl.lit(None, dtype=anyone().schema[indicator]).alias(indicator)
        )
        found = decide.household(poorer, edition(name), YEAR).select(ids)
        for i in ids:
            pairs = zip(full[i].to_list(), found[i].to_list(), strict=True)
            assert all(after is None or after is before for before, after in pairs), (indicator, i)


SOUND = 'all = [{ indicator = "is_dwelling_sound", test = "is_true" }]'
GRADE = 'all = [{ indicator = "dwelling_grade", test = "in", value = ["A", "B"] }]'
IS_NEW = 'applies_to = [{ indicator = "dwelling_status", test = "in", value = ["new"] }]\n'
EITHER = """any = [
  { indicator = "has_tv", test = "is_true" },
  { indicator = "has_tv_reception", test = "is_false" },
]"""
T, F, U = True, False, None


@pytest.mark.parametrize(
    ("blocks", "values", "verdict", "reason"),
    [
        ([SOUND], {"is_dwelling_sound": T}, T, "pass"),
        ([SOUND], {"is_dwelling_sound": F}, F, "fail:is_dwelling_sound"),
        ([SOUND], {}, U, "unknown:is_dwelling_sound"),
        ([GRADE], {"dwelling_grade": "B"}, T, "pass"),
        ([GRADE], {"dwelling_grade": "D"}, F, "fail:dwelling_grade"),
        ([GRADE], {}, U, "unknown:dwelling_grade"),
        ([EITHER], {"has_tv": T}, T, "pass"),
        ([EITHER], {"has_tv_reception": F}, T, "pass"),
        ([EITHER], {"has_tv": F}, U, "unknown:has_tv_reception"),
        ([EITHER], {"has_tv": F, "has_tv_reception": T}, F, "fail:has_tv"),
        ([SOUND + "\n" + EITHER], {"is_dwelling_sound": F}, F, "fail:is_dwelling_sound"),
        ([SOUND + "\n" + EITHER], {"is_dwelling_sound": T, "has_tv": T}, T, "pass"),
        ([SOUND + "\n" + EITHER], {"has_tv": T}, U, "unknown:is_dwelling_sound"),
        (
            [SOUND + "\n" + EITHER],
            {"is_dwelling_sound": U, "has_tv": F, "has_tv_reception": T},
            F,
            "fail:has_tv",
        ),
        ([IS_NEW + SOUND], {"dwelling_status": "existing"}, T, "not_applicable"),
        ([IS_NEW + SOUND], {"dwelling_status": "new", "is_dwelling_sound": T}, T, "pass"),
        (
            [IS_NEW + SOUND],
            {"dwelling_status": "new", "is_dwelling_sound": F},
            F,
            "fail:is_dwelling_sound",
        ),
        ([IS_NEW + SOUND], {"is_dwelling_sound": T}, T, "pass"),
        ([IS_NEW + SOUND], {"is_dwelling_sound": F}, U, "unknown:dwelling_status"),
        ([SOUND, GRADE], {"dwelling_grade": "C"}, F, "fail:dwelling_grade"),
        ([SOUND, GRADE], {"dwelling_grade": "A"}, U, "unknown:is_dwelling_sound"),
        ([SOUND, IS_NEW + GRADE], {"is_dwelling_sound": T, "dwelling_status": "none"}, T, "pass"),
        (['status = "unknown"'], {}, U, "unknown:rule"),
        ([IS_NEW + 'status = "unknown"'], {"dwelling_status": "new"}, U, "unknown:rule"),
        ([IS_NEW + 'status = "unknown"'], {"dwelling_status": "none"}, T, "not_applicable"),
        ([IS_NEW + 'status = "unknown"'], {}, U, "unknown:dwelling_status"),
        (['status = "unknown"', SOUND], {"is_dwelling_sound": F}, F, "fail:is_dwelling_sound"),
    ],
)
def test_three_answers(
    blocks: list[str], values: dict[str, Any], verdict: bool | None, reason: str
) -> None:
    row = judge(standard_of(*blocks), **values)
    assert (row["housing"], row["housing_reason"]) == (verdict, reason)
    assert row["meets_standard"] is verdict


@pytest.mark.parametrize(("test", "at"), [(">=", T), (">", F), ("<=", T), ("<", F), ("==", T)])
def test_exactly_at_the_threshold(test: str, at: bool) -> None:
    asked = f'all = [{{ indicator = "water_distance_m", test = "{test}", value = 800 }}]'
    assert judge(standard_of(asked), water_distance_m=800.0)["housing"] is at
    assert judge(standard_of(asked), water_distance_m=NAN)["housing"] is None


def test_a_distance_is_positive_on_the_right_side() -> None:
    least = 'all = [{ indicator = "floor_area_per_person_m2", test = ">=", value = 13, distance = "floor_area_distance_m2" }]'
    most = 'all = [{ indicator = "water_distance_m", test = "<=", value = 800, distance = "water_walk_distance_m" }]'
    row = judge(standard_of(least, most), floor_area_per_person_m2=12.5, water_distance_m=600.0)
    assert row["floor_area_distance_m2"] == -0.5
    assert row["water_walk_distance_m"] == 200
    assert judge(standard_of(least, most))["floor_area_distance_m2"] is None


def test_a_distance_is_given_where_the_rule_applies_only() -> None:
    row = {"floor_area_per_person_m2": 12.5}
    assert (
        judge(edition("2016"), dwelling_status="existing", **row)["floor_area_distance_m2"] == -0.5
    )
    moved = judge(edition("2016"), dwelling_status="relocated_dispersed", **row)
    assert moved["floor_area_distance_m2"] is None
    assert judge(edition("2016"), **row)["floor_area_distance_m2"] is None


def test_the_year_names_the_line() -> None:
    given = table(TABLE, [{"household_id": "a", "net_income_per_capita_yuan": 2900.0}])
    found = {
        year: decide.household(given, edition("2016"), year).row(0, named=True)
        for year in (2015, 2016, 2018)
    }
    assert [found[y]["income"] for y in found] == [True, False, None]
    assert [found[y]["income_distance_yuan"] for y in found] == [45, -52, None]
    assert found[2018]["income_reason"] == "unknown:poverty_line_yuan"
    assert decide.reason_label("unknown:poverty_line_yuan", "zh") == "农村贫困标准"


def test_a_missing_indicator_is_named() -> None:
    with pytest.raises(SchemaError) as error:
        decide.household(anyone().drop("has_tv"), edition("2016"), YEAR)
    assert "has_tv" in str(error.value)


def test_what_is_no_reason_is_refused() -> None:
    with pytest.raises(UnknownNameError):
        decide.reason_label("fail:colour")
    with pytest.raises(UnknownNameError):
        decide.reason_label("maybe")


COUNTS = ("households", "passed", "failed", "unknown", "not_applicable")


@pytest.mark.parametrize("name", EDITIONS)
def test_counts_of_parts_add_up_to_the_whole(name: str) -> None:
    decisions = decide.household(anyone(), edition(name), YEAR)
    counts = [*COUNTS, "persons", *(f"persons_{c}" for c in COUNTS[1:])]
    parts = pd.concat(
        decide.summary(decisions.filter(pl.col("village_code") == v), edition(name))
        for v in ("v1", "v2", "v3")
    )
    together = parts.groupby(["county_code", "criterion"], sort=False)[counts].sum().reset_index()
    whole = decide.summary(decisions, edition(name), by=["county_code"])
    pd.testing.assert_frame_equal(
        together.sort_values("criterion", ignore_index=True),
        whole[together.columns].sort_values("criterion", ignore_index=True),
        check_dtype=False,
    )
    assert (whole["households"] == decisions.height).all()
    assert (whole["households"] == whole["passed"] + whole["failed"] + whole["unknown"]).all()
    assert (whole["not_applicable"] <= whole["passed"]).all()
    assert whole["persons"].iloc[0] == decisions["household_size"].sum()
    for criterion in edition(name).criteria:
        row = whole.set_index("criterion").loc[criterion.id]
        assert row["failed"] == (~decisions[criterion.id]).sum()
        assert row["name_zh"] == criterion.name


def test_explain_says_what_is_short_and_by_how_much() -> None:
    row = {
        "month": "2016-06",
        "dwelling_status": "existing",
        "dwelling_structure": "wood",
        "floor_area_per_person_m2": 11.5,
        "is_dwelling_sound": False,
        "net_income_per_capita_yuan": 2952.0,
        "hamlet_households": 12,
        "has_electricity": True,
    }
    zh = decide.explain(row, edition("2016"), "zh")
    en = decide.explain(pd.Series(row), edition("2016"), "en")
    assert len(zh) == len(en) == 9
    assert en[1] == (
        "secure housing: not met. floor area per person is 11.5 (asked: at least 13);"
        " dwelling main body sound: no (asked: yes)."
    )
    assert "2,952（要求高于2,952）" in zh[8]
    assert en[4].endswith("does not apply, counts as met.")
    assert en[6] == "electricity: met."
    assert "未知" in zh[7]


def test_explain_names_every_way_that_is_closed_and_rules_not_found() -> None:
    nothing = {i: False for i in edition("2017").indicators if i.startswith("has_")}
    row = {"month": "2017-06", "is_in_nature_reserve": True, "hamlet_households": 30} | nothing
    en = decide.explain(row, edition("2017"), "en")
    assert en[4] == "road to the village: cannot be decided. the rule itself was not found."
    assert "none of these holds" in en[7]
    assert "has a smartphone: no (asked: yes)" in en[7]
