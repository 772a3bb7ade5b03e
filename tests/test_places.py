"""Villages and counties: rolled up once, judged with reasons, and what they still lack."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from functools import cache, reduce
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.household_tables import ENGINES, TYPES, as_engine, table, to_polars
from tests.place_tables import CRITERIA, Places, county_indicators, village_indicators

from povexit import decide, indicators
from povexit.errors import SchemaError, StandardError, UnknownNameError
from povexit.schema import columns
from povexit.standards import Standard, load, parse, series

ROOT = Path(__file__).parents[1]
VILLAGE, COUNTY = load("village_exit", "2017"), load("county_exit", "2017")
YEAR = 2017
WHOLE = [c for c, column in columns("cleaned_villages").items() if column.dtype == "int"]


def anywhere(villages: int = 40, seed: int = 20160630) -> tuple[pl.DataFrame, ...]:
    """Return a made-up ledger and register that often contradict themselves and one another."""
    draw = random.Random(seed)
    codes = [f"4510{draw.choice(['02', '21', '81'])}{n:06d}" for n in range(villages)]
    maybe = [True, True, True, False, None]
    ledger = [
        {c: draw.choice([None, 0, 6, draw.randint(0, 60), 80]) for c in WHOLE}
        | {
            c: draw.choice(maybe)
            for c, x in columns("cleaned_villages").items()
            if x.dtype == "bool"
        }
        | {"village_code": v, "month": "2017-06", "county_code": v[:6], "planned_exit_year": 2017}
        | {
            "collective_income_yuan": draw.choice([float("nan"), 20000.0, 1e4]),
            "village_name": "村",
        }
        for v in codes[1:]
    ]
    homes = []
    for n in range(8 * villages):
        village = draw.choice(codes)
        row = {c: draw.choice(maybe) for c in (*CRITERIA, "has_labour", "meets_standard")}
        row |= {"village_code": village, "month": "2017-06", "county_code": village[:6]}
        row |= {"household_id": f"{n:04d}", "household_size": draw.randint(1, 7)}
        row |= {"hamlet_name": draw.choice([None, "上屯", "下屯"]), "other_dropouts_count": 0}
        row |= {"register_status": draw.choice(["poor", "returned", "exited_before"])}
        homes.append(row | {"months_away_longest_member": draw.choice([None, 0.0, 6.0])})
    names = ("cleaned_villages", "indicators_households", "decisions_households")
    return tuple(
        table(n, [{k: v for k, v in r.items() if k in columns(n)} for r in rows])
        for n, rows in zip(names, (ledger, homes, homes), strict=True)
    )


@cache
def villages() -> pl.DataFrame:
    return indicators.village(*anywhere())


def native(tables: tuple[pl.DataFrame, ...], engine: str) -> list[Any]:
    if engine != "duckdb":
        return [as_engine(t, engine) for t in tables]
    connection = duckdb.connect()
    return [connection.from_arrow(t.to_arrow()) for t in tables]


SIZES = {"many": 40, "one row": 2, "empty": 1}


FEW = [(e, s) for e in ("lazy", "duckdb", "pandas") for s in ("one row", "empty")]


@pytest.mark.parametrize(("engine", "size"), [*((e, "many") for e in ENGINES[1:]), *FEW])
def test_every_engine_says_the_same(engine: str, size: str) -> None:
    tables = anywhere(SIZES[size]) if size != "empty" else tuple(t.head(0) for t in anywhere())
    expected = indicators.village(*tables)
    found = indicators.village(*native(tables, engine))
    same(found, expected)
    same(indicators.hamlets(*native(tables[1:], engine)), indicators.hamlets(*tables[1:]))
    same(decide.village(found, VILLAGE, YEAR), decide.village(expected, VILLAGE, YEAR))
    clauses = decide.clauses(found, VILLAGE, YEAR)
    pd.testing.assert_frame_equal(clauses, decide.clauses(expected, VILLAGE, YEAR))


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_every_engine_adds_up_the_same(engine: str) -> None:
    expected = indicators.county(villages())
    (given_,) = native((villages(),), engine)
    found = indicators.county(given_)
    same(found, expected)
    same(decide.county(found, COUNTY, YEAR), decide.county(expected, COUNTY, YEAR))
    clauses = decide.clauses(found, COUNTY, YEAR)
    pd.testing.assert_frame_equal(clauses, decide.clauses(expected, COUNTY, YEAR))


def same(found: Any, expected: pl.DataFrame) -> None:
    """Compare tables; a share may differ in the last digit between engines."""
    ours = to_polars(found)
    assert ours.schema == expected.schema
    for left, right in zip(ours.to_dicts(), expected.to_dicts(), strict=True):
        for name, value in right.items():
            if isinstance(value, float):
                assert left[name] == pytest.approx(value, abs=1e-12), name
            else:
                assert left[name] == value, name


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("indicators_villages", lambda: villages()),
        ("indicators_counties", lambda: indicators.county(villages())),
        ("decisions_villages", lambda: decide.village(villages(), VILLAGE, YEAR)),
        (
            "decisions_counties",
            lambda: decide.county(indicators.county(villages()), COUNTY, YEAR),
        ),
        (
            "clauses_villages",
            lambda: table(
                "clauses_villages", decide.clauses(villages(), VILLAGE, YEAR).to_dict("records")
            ),
        ),
    ],
)
def test_the_tables_are_the_catalogues(name: str, found: Any) -> None:
    made, known = found(), columns(name)
    assert made.columns == list(known)
    assert all(made.schema[c] == TYPES[known[c].dtype] for c in made.columns)
    for c in (c for c, column in known.items() if not column.nullable):
        assert made[c].null_count() == 0, c


def test_no_village_is_lost_and_none_twice() -> None:
    ledger, known, decided = anywhere()
    seen = {*ledger["village_code"], *decided["village_code"]}
    assert villages()["village_code"].to_list() == sorted(seen)
    assert villages()["register_persons"].sum() == decided["household_size"].sum()
    bare = villages().filter(~pl.col("has_ledger"))
    assert bare["village_code"].to_list() == sorted(seen - set(ledger["village_code"]))
    assert bare["households_total"].null_count() == bare.height
    assert known.height == villages()["register_households"].sum()


def test_a_count_lies_within_its_whole_or_is_unknown() -> None:
    wholes = {x.indicator: x.of for x in VILLAGE.leaves if x.of}
    for name, whole in wholes.items():
        counted, unknown = villages()[name], villages()[f"{name}_unknown"]
        assert counted.is_null().equals(unknown.is_null()), name
        assert ((counted >= 0) & (unknown >= 0)).fill_null(True).all(), name
        if name != "remaining_poor_persons":  # the register alone counts these
            assert (counted + unknown <= villages()[str(whole)]).fill_null(True).all(), name


def test_a_county_is_the_sum_of_its_villages() -> None:
    made = village_indicators([{}, {"register": [{"number": 3, "water": "unknown"}]}, {}])
    made = made.with_columns(pl.lit("2017-06").alias("month"))
    whole = indicators.county(made).row(0, named=True)
    for name in ("persons_total", "households_with_water", "households_with_water_unknown"):
        assert whole[name] == made[name].sum()
    assert whole["households_with_water_unknown"] == 3
    assert whole["villages_with_hardened_road"] == whole["villages_total"] == 3


def test_a_village_without_its_total_is_counted_and_leaves_the_county_unknown() -> None:
    spec = {"villages": [{"number": 1, "missing": ["households_total"]}], "total": 5}
    row = county_indicators([spec]).row(0, named=True)
    assert (row["villages_total"], row["villages_without_totals"]) == (5, 1)
    assert row["households_total"] is None
    assert row["households_with_water"] is None
    assert row["persons_with_medical_cover"] == 2000


def test_an_unknown_county_is_named() -> None:
    strange = villages().with_columns(pl.lit("999999").alias("county_code"))
    with pytest.raises(UnknownNameError, match="no such county") as error:
        indicators.county(strange)
    assert "999999" in str(error.value)


def test_a_missing_column_is_named() -> None:
    ledger, known, decided = anywhere()
    with pytest.raises(SchemaError, match="missing"):
        indicators.village(ledger.drop("insured_persons"), known, decided)
    with pytest.raises(SchemaError, match="missing"):
        decide.village(villages().drop("persons_total"), VILLAGE, YEAR)


def test_without_a_ledger_everything_it_would_say_is_unknown() -> None:
    ledger, known, decided = anywhere()
    found = decide.village(indicators.village(ledger.head(0), known, decided), VILLAGE, YEAR)
    ids = [c.id for c in VILLAGE.criteria]
    assert found.height == decided["village_code"].n_unique()
    assert all(found[i].null_count() == found.height for i in ids if i != "industry")
    assert found["meets_standard"].drop_nulls().to_list() == []


SOME = ("industry", "road", "collective_income", "incidence", "education")


@pytest.mark.parametrize("standard", [VILLAGE, COUNTY], ids=["village", "county"])
def test_a_forgotten_answer_never_turns_a_verdict(standard: Standard) -> None:
    judge = decide.village if standard is VILLAGE else decide.county
    base = village_indicators([{}]) if standard is VILLAGE else county_indicators([{"total": 3}])
    spoilt = village_indicators(
        [{"ledger": {"collective_income_yuan": 1.0, "safe_water_households": 50}}]
    )
    every = [base, spoilt if standard is VILLAGE else base, villages()[:5]]
    frame = pl.concat(every[: 3 if standard is VILLAGE else 1])
    standard = replace(standard, criteria=tuple(c for c in standard.criteria if c.id in SOME))
    ids = [c.id for c in standard.criteria]
    full = judge(frame, standard, YEAR).select(ids)
    for name in standard.indicators:
        poorer = frame.with_columns(pl.lit(None, dtype=frame.schema[name]).alias(name))
        found = judge(poorer, standard, YEAR).select(ids)
        for i in ids:
            pairs = zip(full[i].to_list(), found[i].to_list(), strict=True)
            assert all(after is None or after is before for before, after in pairs), (name, i)


# What must still change.


WHOLES = list(dict.fromkeys(x.of for x in VILLAGE.leaves if x.of))


def applied(row: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """Return a village's indicators after one thing of the list was done, and no more."""
    name, limit, test = item["indicator"], item["threshold"], item["test"]
    good = 1 if test in (">=", ">") else -1
    if test.startswith("is_"):
        return row | {name: test == "is_true"}
    if name in WHOLES and pd.isna(item["to_change"]):
        poor = row["remaining_poor_persons"] + row["remaining_poor_persons_unknown"]
        return row | {name: 50 * poor + 50}
    if f"{name}_unknown" not in row:
        return row | {name: limit if row[name] is None else row[name] + good * item["to_change"]}
    if pd.isna(item["to_change"]):  # nothing was counted: it is now, and well
        base = row[next(str(x.of) for x in VILLAGE.leaves if x.indicator == name)] or 0
        return row | {name: base if good > 0 else 0, f"{name}_unknown": 0}
    change, record = int(item["to_change"]), int(item["to_record"])
    counted = row[name] + (change + record if good > 0 else -change)
    return row | {name: counted, f"{name}_unknown": row[f"{name}_unknown"] - record}


def verdicts(*rows: dict[str, Any]) -> list[bool | None]:
    frame = table("indicators_villages", rows)
    return decide.village(frame, VILLAGE, YEAR)["meets_standard"].to_list()


@st.composite
def a_village(draw: st.DrawFn) -> dict[str, Any]:
    """Return a village of any state: totals known, counts within them, answers or none."""
    row: dict[str, Any] = {"village_code": "451002000000", "month": "2017-06"}
    row |= {"county_code": "451002", "has_ledger": True}
    row |= {w: draw(st.one_of(st.none(), st.integers(0, 400))) for w in WHOLES}
    for leaf in VILLAGE.leaves:
        name, column = leaf.indicator, columns("indicators_villages")[leaf.indicator]
        if leaf.of:
            is_bare = row[leaf.of] is None and name != "remaining_poor_persons"
            whole = 400 if row[leaf.of] is None else row[leaf.of]
            counted = draw(st.integers(0, whole))
            row[name] = None if is_bare else counted
            row[leaf.unknown] = None if is_bare else draw(st.integers(0, whole - counted))
        elif column.dtype == "bool":
            row[name] = draw(st.sampled_from([True, True, False, None]))
        elif name not in row:
            number = draw(st.one_of(st.none(), st.integers(0, 7), st.just(19999)))
            row[name] = float(number) if column.dtype == "float" and number is not None else number
    return row


@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(rows=st.lists(a_village(), min_size=3, max_size=5))
def test_the_list_is_enough_and_nothing_on_it_can_be_left_out(rows: list[dict[str, Any]]) -> None:
    rows = [row | {"village_code": f"{n}"} for n, row in enumerate(rows)]
    frame = table("indicators_villages", rows)
    needed = decide.shortest(decide.clauses(frame, VILLAGE, YEAR))
    assert needed["is_within_reach"].all()
    tried, expected = [], []
    for row in rows:
        items = needed[needed["village_code"] == row["village_code"]].to_dict("records")
        parts = [items[:n] + items[n + 1 :] for n in range(len(items))]
        tried += [reduce(applied, p, row) for p in (items, *parts)]
        expected += [True, *(False for _ in parts)]
    assert [found is True for found in verdicts(*tried)] == expected


def test_what_must_change_is_counted_not_told() -> None:
    spec = {
        "ledger": {"safe_water_households": 90, "collective_income_yuan": 15000.0},
        "register": [
            {"number": 5, "meets_standard": "fail"},
            {"number": 1, "meets_standard": "unknown"},
        ],
    }
    found = decide.shortest(decide.clauses(village_indicators([spec]), VILLAGE, YEAR))
    told = found.set_index("indicator")[["to_change", "to_record", "unit", "status"]]
    assert told.loc["households_with_water"].to_list() == [8, 0, "households", "fail"]
    assert told.loc["collective_income_yuan"].to_list() == [5000, 0, "yuan/year", "fail"]
    # 400 persons, below 3 % is at most 11: of the 24 poor and unknown 13 too many, 4 unknown
    assert told.loc["remaining_poor_persons"].to_list() == [9, 4, "persons", "fail"]
    assert len(told) == 3


def test_nothing_at_the_place_settles_a_rule_that_was_not_found() -> None:
    standard = load("village_exit", "2016")
    found = decide.shortest(decide.clauses(village_indicators([{}]), standard, 2016))
    assert len(found) == 11
    assert not found["is_within_reach"].any()
    assert found["to_change"].isna().all()


def test_a_place_that_meets_the_standard_lacks_nothing() -> None:
    assert decide.shortest(decide.clauses(village_indicators([{}]), VILLAGE, YEAR)).empty


def test_a_margin_is_told_at_worst() -> None:
    spec = {"register": [{"number": 1, "water": "unknown"}]}
    rows = decide.clauses(village_indicators([spec]), VILLAGE, YEAR).to_dict("records")
    water = next(r for r in rows if r["indicator"] == "households_with_water")
    assert (water["value_least"], water["value_most"], water["threshold"]) == (0.99, 1.0, 0.98)
    assert water["margin"] == pytest.approx(0.01)
    assert (water["counted"], water["unknown"], water["denominator"]) == (99, 1, 100)
    assert (water["status"], water["source"], water["confidence"]) == ("pass", "S32", "V")
    poor = next(r for r in rows if r["indicator"] == "remaining_poor_persons")
    assert poor["margin"] == pytest.approx(0.02)
    assert math.isclose(poor["value_most"], 0.01)


def test_explain_names_count_whole_and_unknowns() -> None:
    spec = {"register": [{"number": 3, "housing": "unknown"}], "missing": ["has_office"]}
    row = village_indicators([spec]).to_pandas().iloc[0].to_dict() | {"month": "2017-06"}
    en, zh = (decide.explain(row, VILLAGE, lang) for lang in ("en", "zh"))
    assert en[1] == (
        "housing: cannot be decided. households with secure housing: 97 and 3 unknown of 100"
        " (rural households of the village), 97% to 100% (asked: at least 98%)."
    )
    assert "分母全村农户100" in zh[1]
    assert en[7].endswith("village office is unknown.")
    nobody = row | {"households_total": 0}
    assert "is unknown" in decide.explain(nobody, VILLAGE, "en")[1]


# Behind a county's number.


def test_behind_a_county_stand_villages_and_hamlets() -> None:
    places = Places()
    places.add({}, "2017-06", 0)
    places.add(
        {"ledger": {"has_hardened_road": False, "hamlets_20plus_with_road": 4}}, "2017-06", 1
    )
    places.add({"register": [{"number": 2, "road": "fail", "hamlet_name": "那罗屯"}]}, "2017-06", 2)
    places.add({"missing": ["has_hardened_road"]}, "2017-06", 3)
    made = places.villages()
    roads = indicators.lacking(made, "villages_with_hardened_road")
    assert roads[["lacking", "unknown"]].to_numpy().tolist() == [[1, 0], [0, 1]]
    hamlets = indicators.lacking(made, "hamlets_with_road")
    assert hamlets["lacking"].to_list() == [2, 1]
    (_, known, decided) = places.tables()
    named = indicators.hamlets(known, decided)
    assert named.select("hamlet_name", "households", "failing").rows() == [("那罗屯", 2, True)]
    poor = indicators.lacking(made, "remaining_poor_persons")
    assert poor["lacking"].to_list() == [8]
    with pytest.raises(UnknownNameError, match="did you mean"):
        indicators.lacking(made, "villages_with_road")


# Editions.


def test_a_village_that_flips_is_told_with_its_clause_and_persons() -> None:
    first = load("village_exit", "2016")
    specs = [
        {"register": [{"number": 3, "meets_standard": "fail"}]},
        {"ledger": {"has_office": False}},
        {},
    ]
    made = village_indicators(specs).with_columns(
        pl.Series("village_code", ["a", "b", "c"]), pl.lit("2017-06").alias("month")
    )
    before, after = (decide.village(made, s, YEAR) for s in (first, VILLAGE))
    moved = decide.flipped(before, after, first, VILLAGE)
    assert moved["village_code"].to_list() == ["b", "c"]
    assert moved["criterion"].to_list() == ["services", "industry"]
    counted = decide.flips(before, after, first, VILLAGE)
    assert counted["villages"].to_list() == [1, 1]
    assert counted["persons"].to_list() == [400, 400]
    assert set(counted["to_verdict"].to_list()) == {True, False}
    assert counted["from_verdict"].isna().all()


# Rules as data.

HEAD = """
id = "toy"
name = "玩具"
name_en = "toy"
edition = "1"
unit = "village"
from = 2000-01-01
source = "none"
confidence = "D"
[[criterion]]
id = "housing"
name = "住房"
name_en = "housing"
"""
HOMES = 'indicator = "households_with_housing", of = "households_total"'
WRONG = {
    "persons of households": (
        'all = [{ indicator = "households_with_housing", of = "persons_total", test = ">=", value = 0.9 }]',
        "not of one kind",
    ),
    "all households for those industry concerns": (
        'all = [{ indicator = "households_in_industry", of = "households_total", test = ">=", value = 0.6 }]',
        "not of one kind",
    ),
    "children of persons": (
        'all = [{ indicator = "children_out_of_school", of = "persons_total", test = "<=", value = 0 }]',
        "school-age children",
    ),
    "no denominator": (
        'all = [{ indicator = "households_with_housing", test = ">=", value = 98 }]',
        "share of its denominator",
    ),
    "a denominator for what is no count": (
        'all = [{ indicator = "collective_income_yuan", of = "households_total", test = ">=", value = 1 }]',
        "share of its denominator",
    ),
    "unknown denominator": (
        'all = [{ indicator = "households_with_housing", of = "families", test = ">=", value = 0.9 }]',
        "families",
    ),
    "percent for share": (f'all = [{{ {HOMES}, test = ">=", value = 98 }}]', "from 0 to 1"),
    "equal to a share": (f'all = [{{ {HOMES}, test = "==", value = 1 }}]', "from 0 to 1"),
    "yuan for a share": (
        f'all = [{{ {HOMES}, test = ">=", parameter = "village_collective_income_yuan" }}]',
        "another unit",
    ),
    "share for yuan": (
        'all = [{ indicator = "collective_income_yuan", test = ">=", parameter = "compulsory_schooling_share" }]',
        "another unit",
    ),
    "any of a place": ('any = [{ indicator = "has_office", test = "is_true" }]', "everything"),
    "unknown key": (f'all = [{{ {HOMES}, test = ">=", value = 0.9, per = 1 }}]', "unknown key"),
    "an indicator of counties": (
        'all = [{ indicator = "county_hospitals", test = ">=", value = 1 }]',
        "not in the catalogue",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_loader_refuses(name: str) -> None:
    text, told = WRONG[name]
    with pytest.raises(StandardError) as error:
        parse(HEAD + text, "toy.toml")
    assert told in str(error.value)
    assert "toy.toml" in str(error.value)


def test_every_share_has_a_denominator_of_its_kind() -> None:
    for standard in (VILLAGE, COUNTY, load("national_county", "2016")):
        known = columns(f"indicators_{'villages' if standard.unit == 'village' else 'counties'}")
        shares = [x for x in standard.leaves if x.of]
        assert shares
        assert all(known[x.indicator].unit == known[str(x.of)].unit for x in shares)


def test_thresholds_are_those_of_the_forms() -> None:
    asked = {x.indicator: x.value for x in VILLAGE.leaves if x.of}
    for name in ("housing", "water", "power", "television"):
        assert asked[f"households_with_{name}"] == 0.98
    assert asked["persons_with_medical_cover"] == 0.98
    assert asked["households_in_industry"] == 0.6
    assert asked["pension_insured_persons"] == 0.9
    assert asked["remaining_poor_persons"] == 0.03
    roads = {x.indicator: x.value for x in COUNTY.leaves}
    assert roads["villages_with_hardened_road"] == roads["hamlets_with_road"] == 0.98
    for edition in ("2016", "2017"):
        for id, count in (("village_exit", 12), ("county_exit", 10)):
            assert len(load(id, edition).criteria) == count


def test_yearly_values_are_dated_and_not_extrapolated() -> None:
    income = series("village_collective_income_yuan")
    assert [income.at(y).value for y in range(2016, 2021)] == [None, 20000, None, None, 50000]
    houses, school = (
        series(f"{n}_share") for n in ("renovated_poor_houses", "compulsory_schooling")
    )
    assert (houses.at(2017).value, houses.at(2020).value) == (0.9, 1.0)
    assert (school.at(2017).value, school.at(2020).value) == (0.9, 0.93)
    assert all(income.at(y).source == "S32" for y in (2017, 2020))


def test_only_the_poverty_rate_of_2016_is_known() -> None:
    for id in ("village_exit", "county_exit"):
        standard = load(id, "2016")
        known = [c.id for c in standard.criteria if not c.variants[0].is_unknown]
        assert known == ["incidence"]
        assert all(v.confidence and v.source for c in standard.criteria for v in c.variants)


def test_what_no_ledger_holds_is_told_in_the_docs() -> None:
    text = (ROOT / "docs" / "standards.md").read_text(encoding="utf-8")
    for name in ("indicators_villages", "indicators_counties"):
        for column in columns(name).values():
            if column.role == "unrecorded" and not column.name.endswith("_unknown"):
                assert f"`{column.name}`" in text, column.name


def test_a_rule_of_one_household_is_unchanged_by_shares() -> None:
    leaves = load("household_exit", "2017").leaves
    assert all(x.of is None for x in leaves)
    assert replace(leaves[0]).columns == (leaves[0].indicator,)
