"""Targets as data, and where they stand: done, on track, late, unknown, and why."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from povexit import progress
from povexit.errors import StandardError, UnknownNameError
from povexit.geography import counties
from povexit.progress.status import COLUMNS, REASONS, STATUSES

MONTH = "2016-06"
GOOD = """
year = 2016
source = "SEED"
[[target]]
id = "one"
name = "一"
name_en = "one"
measure = "persons_by_tourism"
level = "city"
number = 100
deadline = 2016-12-31
kind = "floor"
answers = ["industry"]
confidence = "V"
"""


def one(text: str = GOOD) -> progress.Target:
    (found,) = progress.parse(text, "test.toml")
    return found


# every row of the article


ARTICLE = {
    "counties_meeting": ({1}, "2016-12-31"),
    "county_criteria_met": ({1.0}, "2016-12-31"),
    "villages_meeting": ({112, 249}, "2016-12-31"),
    "persons_meeting": ({200_000, 209_184}, "2016-12-31"),
    "villages_led": ({1.0}, "2016-12-31"),
    "households_led": ({1.0}, "2016-12-31"),
    "persons_moved": ({10_000, 1.0}, "2016-12-31"),
    "loans_of_all": ({0.8}, "2016-08-31"),
    "loans_of_rated": ({0.8}, "2016-08-31"),
    "loans_of_willing": ({0.8}, "2016-08-31"),
    "carry_over_cleared": ({1.0}, "2016-06-30"),
    "zone_persons": ({1, 2}, "2016-12-31"),
    "persons_by_tourism": ({18_307}, "2016-12-31"),
    "villages_connected": ({112}, "2016-12-31"),
}


@pytest.mark.parametrize("measure", ARTICLE)
def test_the_numbers_and_days_are_those_of_the_article(measure: str) -> None:
    own = [t for t in progress.targets() if t.measure.id == measure]
    wanted, day = ARTICLE[measure]
    assert {t.wanted for t in own} == wanted
    assert {t.deadline for t in own} == {dt.date.fromisoformat(day)}


def test_floor_and_stretch_places_and_zones_are_told_apart() -> None:
    by_id = {t.id: t for t in progress.targets()}
    assert by_id["villages_stretch"].kind == by_id["persons_stretch"].kind == "stretch"
    assert by_id["villages_floor"].kind == "floor"
    assert by_id["county_exit"].places == ("451002", "451022")
    assert by_id["relocation_moved"].places == ("451027",)
    assert by_id["zones_city"].at_least == 10_000
    assert by_id["zones_county"].at_least == 5_000


def test_the_five_improvements_and_eight_plans_are_each_a_row() -> None:
    ids = [t.id for t in progress.targets()]
    assert sum(i.startswith("five_") for i in ids) == 5
    assert sum(i.startswith("education_") for i in ids) == 8
    assert sum(i.startswith("inspection_") for i in ids) == 3


def test_three_of_ten_task_groups_stay_blank_and_answer_for_nothing() -> None:
    named = [g for g in progress.groups().values() if g.name and g.id != "headquarters"]
    blank = [g for g in progress.groups().values() if not g.name]
    assert (len(named), len(blank)) == (7, 3)
    assert not {g.id for t in progress.targets() for g in t.answers} & {g.id for g in blank}


def test_every_target_has_a_source_words_in_both_languages_and_someone_who_answers() -> None:
    for target in progress.targets():
        assert target.source
        assert target.answers
        assert target.name != target.name_en
        measure = target.measure
        assert measure.definition_en != measure.definition
        assert measure.denominator_en != measure.denominator


# what the loader refuses


WRONG = [
    ("deadline = 2016-12-31", "", "without a deadline"),
    ("deadline = 2016-12-31", "deadline = 'soon'", "wrong type of deadline"),
    ('measure = "persons_by_tourism"', 'measure = "persons_by_turism"', "unknown measure"),
    ('level = "city"', 'level = "city"\nplaces = ["南宁市"]', "unknown county"),
    ("number = 100", "number = 0", "not positive"),
    ("number = 100", "number = -5", "not positive"),
    ("number = 100", "share = 80", "share above 1"),
    ("number = 100", "", "one number"),
    ("number = 100", "number = 100\nshare = 0.5", "one number"),
    ('answers = ["industry"]', 'answers = ["tourism"]', "unknown task group"),
    ('kind = "floor"', 'kind = "floors"', "unknown kind"),
    ('level = "city"', 'level = "province"', "unknown level"),
    ('level = "city"', 'level = "city"\nwhere = { colour = "red" }', "unknown column"),
    ('confidence = "V"', 'confidence = "V"\ncolour = "red"', "unknown key"),
    ('confidence = "V"', "", "key missing"),
    ('confidence = "V"', 'confidence = "V"\npath = [{ date = 2017-01-31, number = 5 }]', "path"),
    ("[[target]]", "[[target", "not TOML"),
]


@pytest.mark.parametrize(("old", "new", "problem"), WRONG, ids=[w[2] + w[1][-9:] for w in WRONG])
def test_a_wrong_target_is_refused_in_words(old: str, new: str, problem: str) -> None:
    with pytest.raises(StandardError, match=problem) as caught:
        progress.parse(GOOD.replace(old, new), "test.toml")
    assert "test.toml" in str(caught.value)


def test_the_nearest_measure_and_a_code_value_are_named() -> None:
    near = GOOD.replace("persons_by_tourism", "persons_by_turism")
    with pytest.raises(StandardError) as caught:
        progress.parse(near, "test.toml")
    assert "persons_by_tourism" in str(caught.value)
    works = GOOD.replace('"persons_by_tourism"', '"works_done"\nwhere = { work_kind = "toilets" }')
    with pytest.raises(StandardError, match="unknown value of work_kind") as caught:
        progress.parse(works, "test.toml")
    assert "toilet" in str(caught.value)


def test_a_target_twice_and_a_file_that_is_not_there_are_refused() -> None:
    block = GOOD[GOOD.index("[[target]]") :]
    with pytest.raises(StandardError, match="twice"):
        progress.parse(GOOD + block, "test.toml")
    with pytest.raises(UnknownNameError):
        progress.targets("baise_1999")


# where a target stands


def city(
    number: float | None, whole: float = 1000, unknown: float = 0, absent: int = 0
) -> pd.DataFrame:
    """A month in which the first county has it all, and the last ones delivered nothing."""
    codes = sorted(counties()["county_code"])
    lines: list[dict[str, Any]] = []
    for place, code in enumerate(codes):
        is_there = number is not None and place < len(codes) - absent
        values = (number, whole, unknown) if place == 0 else (0, 0, 0)
        found = values if is_there else (None, None, None)
        lines.append(
            dict(zip(("number", "denominator", "unknown"), found, strict=True))
            | {"county_code": code}
        )
    return pd.DataFrame(lines).assign(month=MONTH, target="one", part=None)


def standing(rows: pd.DataFrame, target: progress.Target, month: str = MONTH) -> tuple[str, str]:
    row = progress.judged(rows, month, [target]).iloc[-1]
    assert row["county_code"] == "all"
    return row["status"], row["reason"]


SHARE = GOOD.replace("number = 100", "share = 0.8")
NAMELESS = GOOD.replace("number = 100", "without_number = true")
SINGLE = GOOD.replace("number = 100", "number = 1")
PATH = GOOD.replace("number = 100", "number = 100\npath = [{ date = 2016-06-30, number = 20 }]")
STANDINGS = [
    ("half of the way at half of the year is on track", GOOD, city(50), "on_track", ""),
    ("less is late", GOOD, city(49), "late", ""),
    ("less, but those unknown could make up for it", GOOD, city(45, unknown=5), "unknown", "open"),
    ("reached before its day is done", GOOD, city(100), "done", ""),
    ("nobody delivered the ledger", GOOD, city(None), "unknown", "not_delivered"),
    ("a county is missing and the number is short", GOOD, city(50, absent=1), "unknown", "some_missing"),
    ("a county is missing and the number is reached all the same", GOOD, city(100, absent=1), "done", ""),
    ("a share with a county missing says nothing", SHARE, city(900, absent=1), "unknown", "some_missing"),
    ("a share on its way", SHARE, city(400), "on_track", ""),
    ("a share of nothing", SHARE, city(0, 0), "unknown", "no_denominator"),
    ("the article names no number", NAMELESS, city(5), "unknown", "no_number"),
    ("one thing by the end of the year: nothing to see in June", SINGLE, city(0), "unknown", "no_path"),
    ("the document's own path counts", PATH, city(20), "on_track", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "text", "rows", "status", "reason"), STANDINGS, ids=[s[0] for s in STANDINGS]
)
def test_standing(said: str, text: str, rows: pd.DataFrame, status: str, reason: str) -> None:
    assert standing(rows, one(text)) == (status, reason), said


def test_on_its_day_a_target_is_done_or_late_and_no_longer_on_track() -> None:
    assert standing(city(99), one(), "2016-12") == ("late", "")
    assert standing(city(100), one(), "2016-12") == ("done", "")
    assert standing(city(95, unknown=5), one(), "2016-12") == ("unknown", "open")
    assert standing(city(99), one(), "2017-03") == ("late", "")


def test_a_target_of_each_county_counts_the_counties_that_are_done() -> None:
    each = one(
        GOOD.replace('level = "city"', 'level = "county"').replace("number = 100", "number = 10")
    )
    rows = city(12)
    rows.loc[1:, "denominator"] = 10
    found = progress.judged(rows, MONTH, [each])
    last = found.iloc[-1]
    assert (last["number"], last["wanted"], last["status"]) == (1, 12, "late")
    assert last["unit"] == "counties"
    assert found.iloc[0]["status"] == "done"


def test_counties_of_a_city_target_are_not_judged_one_by_one() -> None:
    found = progress.judged(city(50), MONTH, [one()])
    assert set(found["reason"].iloc[:-1]) == {"no_number"}


def test_what_is_said_of_a_target_is_all_there() -> None:
    found = progress.judged(city(None).iloc[:0], MONTH)
    assert list(found.columns) == COLUMNS
    assert set(found["status"]) <= set(STATUSES)
    assert set(found["reason"]) <= {"", *REASONS}
    assert set(found.loc[found["county_code"] == "all", "status"]) == {"unknown"}


# the simulation's scale, and the path


def test_a_simulated_sample_reduces_numbers_and_leaves_shares() -> None:
    by_id = {
        t.id: progress.scaled(t, {"persons": 0.025, "villages": 0.2}) for t in progress.targets()
    }
    assert by_id["persons_floor"].number == 5000
    assert by_id["villages_floor"].number == 22
    assert by_id["zones_city"].number == 2
    assert by_id["zones_city"].at_least == 250
    assert by_id["loans_of_all"].share == 0.8


def test_the_scale_is_the_delivered_part_of_the_published_register() -> None:
    base = {"households_on_register": 1725, "persons_on_register": 6820, "poor_villages": 377}
    rows = pd.DataFrame([{"target": t, "number": n} for t, n in base.items()])
    real, simulated = (pd.DataFrame({"simulated": [True, flag]}) for flag in (False, True))
    assert progress.scale(rows, real) == {}
    assert progress.scale(rows, simulated) == pytest.approx(
        {"households": 0.01, "persons": 0.01, "villages": 0.5}
    )


@pytest.mark.parametrize(
    ("month", "number"),
    [("2016-01", 8), ("2016-06", 50), ("2016-11", 91), ("2016-12", 100), ("2017-02", 100)],
)
def test_the_path_is_a_straight_line_of_whole_units(month: str, number: int) -> None:
    assert progress.expected(one(), month) == number


def test_a_month_that_was_not_run_is_unknown_and_not_nought() -> None:
    history = {"2016-04": city(30), "2016-05": None, "2016-06": city(50, absent=2)}
    table = progress.series(history, one())
    assert table["month"].tolist() == ["2016-04", "2016-05", "2016-06"]
    assert table["value"].isna().tolist() == [False, True, True]
    assert table["expected"].tolist() == [33, 41, 50]
