"""Standards as data: what the files say, and what the loader refuses."""

from __future__ import annotations

import datetime as dt
from dataclasses import FrozenInstanceError, replace

import pytest

from povexit.errors import StandardError, UnknownNameError
from povexit.schema import codes, columns
from povexit.standards import (
    check_editions,
    definition,
    editions,
    for_month,
    in_force,
    load,
    parse,
    series,
)

ITEMS = [
    "income_source",
    "housing",
    "medical",
    "education",
    "road",
    "water",
    "electricity",
    "television",
    "income",
]
HEAD = """
id = "household_exit"
name = "八有一超"
name_en = "eight haves, one above"
edition = "2099"
unit = "household"
from = 2099-01-01
source = "S0"
confidence = "V"
"""
BLOCK = """
[[criterion]]
id = "housing"
name = "有住房保障"
name_en = "secure housing"
"""
GOOD = 'all = [{ indicator = "dwelling_grade", test = "in", value = ["A", "B"] }]\n'


def leaf(text: str) -> str:
    return f"{HEAD}{BLOCK}all = [{{ {text} }}]\n"


@pytest.mark.parametrize("edition", ["2016", "2017"])
def test_each_edition_has_the_eight_haves_and_the_one_above(edition: str) -> None:
    standard = load("household_exit", edition)
    assert [c.id for c in standard.criteria] == ITEMS
    assert standard.source
    assert standard.confidence == "V"
    assert all(v.source for c in standard.criteria for v in c.variants)
    assert set(standard.indicators) <= set(columns("indicators_households"))
    assert set(standard.distances) <= set(columns("decisions_households"))


def test_a_standard_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        load("household_exit", "2016").edition = "2018"  # type: ignore[misc]


def thresholds(edition: str) -> dict[str, object]:
    leaves = load("household_exit", edition).leaves
    return {x.indicator: x.value for x in leaves if isinstance(x.value, int | float)}


def test_thresholds_are_those_of_the_texts() -> None:
    of_2016, of_2017 = thresholds("2016"), thresholds("2017")
    assert of_2016["cultivated_land_per_person_mu"] == 0.5
    assert of_2016["forest_land_per_person_mu"] == 1
    assert of_2016["floor_area_per_person_m2"] == of_2017["pooled_floor_area_per_person_m2"] == 13
    assert of_2016["new_house_built_share"] == 0.5
    assert of_2016["hamlet_households"] == of_2017["hamlet_households"] == 20
    assert [
        of_2017[f"stable_{land}_per_person_mu"]
        for land in ("paddy_land", "dry_land", "cash_forest", "forest_land")
    ] == [0.5, 1, 1.5, 5]
    assert of_2017["hamlet_road_width_m"] == 3.5
    assert of_2017["water_litres_per_person_day"] == 35
    assert of_2017["water_reliable_share"] == 0.9
    assert of_2017["water_round_trip_minutes"] == 20
    assert of_2017["water_distance_m"] == 800
    assert of_2017["other_dropouts_fewest_home_visits"] == 2


@pytest.mark.parametrize(
    ("day", "edition"),
    [
        ("2016-08-04", "2016"),
        ("2017-05-15", "2016"),
        ("2017-05-16", "2017"),
        ("2020-01-01", "2017"),
    ],
)
def test_the_edition_in_force_on_a_day(day: str, edition: str) -> None:
    assert in_force("household_exit", dt.date.fromisoformat(day)).edition == edition


def test_before_the_first_edition_nothing_was_in_force() -> None:
    with pytest.raises(StandardError, match="no edition") as error:
        in_force("household_exit", dt.date(2016, 8, 3))
    assert "2016-08-04" in str(error.value)


def test_june_2016_is_judged_by_the_first_edition_and_says_so() -> None:
    standard, note = for_month("household_exit", "2016-06")
    assert standard is editions("household_exit")[0]
    assert note is not None
    assert "2016-08-04" in note
    assert "not found" in str(for_month("household_exit", "2016-06", "en")[1])


@pytest.mark.parametrize(("month", "edition"), [("2016-08", "2016"), ("2017-05", "2017")])
def test_a_month_is_judged_by_the_edition_of_its_last_day(month: str, edition: str) -> None:
    standard, note = for_month("household_exit", month)
    assert (standard.edition, note) == (edition, None)


def test_unknown_standard_and_edition_are_named() -> None:
    with pytest.raises(UnknownNameError, match="household_exist"):
        editions("household_exist")
    with pytest.raises(UnknownNameError) as error:
        load("household_exit", "2018")
    assert "2017" in str(error.value)


def test_a_standard_of_one_criterion_is_read() -> None:
    standard = parse(HEAD + BLOCK + GOOD, "x.toml")
    (criterion,) = standard.criteria
    assert criterion.label("en") == "secure housing"
    assert criterion.variants[0].all[0].value == ("A", "B")
    assert standard.start == dt.date(2099, 1, 1)


def test_a_rule_that_was_not_found_is_marked() -> None:
    standard = parse(HEAD + BLOCK + 'status = "unknown"\n', "x.toml")
    assert standard.criteria[0].variants[0].is_unknown


SOUND = 'indicator = "is_dwelling_sound", test = "is_true"'
AREA = 'indicator = "floor_area_per_person_m2", test = ">="'
WRONG = {
    "not TOML": ("id = ", "not TOML"),
    "unknown key of the standard": (f"colour = 1\n{HEAD}{BLOCK}{GOOD}", "colour"),
    "unknown key of a criterion": (HEAD + BLOCK + GOOD + "none = []\n", "none"),
    "unknown key of a leaf": (leaf(SOUND + ", weight = 2"), "weight"),
    "key missing": (HEAD.replace('source = "S0"', "") + BLOCK + GOOD, "source"),
    "wrong type": (HEAD.replace("2099-01-01", '"2099"') + BLOCK + GOOD, "wrong type of from"),
    "no criterion": (HEAD, "criterion"),
    "unknown unit": (HEAD.replace('"household"', '"planet"') + BLOCK + GOOD, "planet"),
    "criterion without names": (HEAD + '[[criterion]]\nid = "road"\n' + GOOD, "name"),
    "criterion named twice": (HEAD + BLOCK + GOOD + BLOCK + GOOD, "named once"),
    "criterion not in the catalogue": (
        HEAD + BLOCK.replace('"housing"', '"house"') + GOOD,
        "house",
    ),
    "nothing asked": (HEAD + BLOCK, "unknown"),
    "asked and unknown": (HEAD + BLOCK + GOOD + 'status = "unknown"\n', "unknown"),
    "other status": (HEAD + BLOCK + 'status = "draft"\n', "draft"),
    "leaf not a table": (HEAD + BLOCK + "all = [1]\n", "table"),
    "indicator not in the catalogue": (
        leaf('indicator = "rooms", test = ">=", value = 2'),
        "rooms",
    ),
    "unknown test": (leaf('indicator = "floor_area_per_person_m2", test = "!=", value = 2'), "!="),
    "no value": (leaf(AREA), "one value"),
    "value and parameter": (
        leaf(AREA + ', value = 1, parameter = "poverty_line_yuan"'),
        "one value",
    ),
    "value for a truth": (leaf(SOUND + ", value = 1"), "one value"),
    "text for a number": (leaf(AREA + ', value = "13"'), "does not fit"),
    "truth for a number": (leaf(AREA + ", value = true"), "wrong type of value"),
    "number for a truth": (
        leaf('indicator = "is_dwelling_sound", test = ">=", value = 1'),
        "does not fit",
    ),
    "truth asked of a code": (leaf('indicator = "dwelling_grade", test = "is_true"'), "not fit"),
    "empty list": (leaf('indicator = "dwelling_grade", test = "in", value = []'), "not fit"),
    "code not in the list": (
        leaf('indicator = "dwelling_grade", test = "in", value = ["E"]'),
        "not fit",
    ),
    "list of numbers": (
        leaf('indicator = "floor_area_per_person_m2", test = "in", value = [13]'),
        "not fit",
    ),
    "unknown series": (leaf(AREA + ', parameter = "line"'), "line"),
    "distance of a truth": (leaf(SOUND + ', distance = "floor_area_distance_m2"'), "distance"),
    "distance in another unit": (
        leaf(AREA + ', value = 13, distance = "income_distance_yuan"'),
        "m2/person",
    ),
    "distance not in the catalogue": (leaf(AREA + ', value = 13, distance = "gap"'), "gap"),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_loader_refuses(name: str) -> None:
    text, said = WRONG[name]
    with pytest.raises(StandardError) as error:
        parse(text, "household_exit_2099.toml")
    assert said in str(error.value)
    assert "household_exit_2099.toml" in str(error.value)


def test_two_editions_on_one_day_or_of_one_name_are_refused() -> None:
    first, second = editions("household_exit")
    with pytest.raises(StandardError, match="one day"):
        check_editions([first, replace(second, start=first.start)])
    with pytest.raises(StandardError, match="twice"):
        check_editions([first, replace(second, edition=first.edition)])


def test_the_poverty_line_has_a_source_where_it_has_a_value() -> None:
    line = series("poverty_line_yuan")
    values = {year: line.at(year).value for year in range(2010, 2017)}
    assert list(values.values()) == [2300, 2536, 2625, 2736, 2800, 2855, 2952]
    assert {line.at(y).confidence for y in values} == {"V"}
    assert (line.at(2017).value, line.at(2017).source, line.at(2017).confidence) == (
        2952,
        "S35",
        "1S",
    )
    for year in (2009, 2018, 2019, 2020, 2021):
        assert line.at(year).value is None


def test_unknown_series_and_definitions_are_named() -> None:
    with pytest.raises(UnknownNameError, match="poverty_line"):
        series("poverty_line")
    with pytest.raises(UnknownNameError, match="school_age"):
        definition("school_age")


@pytest.mark.parametrize(
    ("word", "list_name"),
    [
        ("labour_ability", "labour"),
        ("sick", "health"),
        ("basic_medical_insurance", "medical_insurance"),
        ("resident_medical_insurance", "medical_insurance"),
        ("equal_medical_cover", "medical_insurance"),
        ("compulsory_schooling_done", "schooling"),
        ("dibao_received", "dibao_class"),
        ("dibao_counted", "dibao_class"),
    ],
)
def test_definitions_name_codes_that_exist(word: str, list_name: str) -> None:
    assert set(definition(word).values) <= {c.value for c in codes(list_name)}
    assert definition(word).source
