"""Heaping digits and unusual interviewers: found where they were put, and not elsewhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lab_month import COUNTIES

import povexit as px
from povexit import charts, quality, store
from povexit.errors import SchemaError, UnknownNameError

WHOLE = st.lists(st.integers(1, 99_999), min_size=1, max_size=200)


class TestDigits:
    """Last digits."""

    @given(WHOLE)
    def test_every_number_is_counted_once(self, numbers: list[int]) -> None:
        found = quality.digits(pd.DataFrame({"x": numbers}), "x")
        assert found["digit"].tolist() == list(range(10))
        assert found["n"].sum() == len(numbers) == found["whole"].iloc[0]
        for row in found.to_dict("records"):
            assert row["n"] == sum(str(x).endswith(str(row["digit"])) for x in numbers)
        assert 0 <= found["dissimilarity"].iloc[0] <= 0.9 + 1e-12

    def test_even_digits_need_no_change_and_one_digit_ninety_per_cent(self) -> None:
        even = quality.digits(pd.DataFrame({"x": range(10, 110)}), "x")
        assert even["dissimilarity"].iloc[0] == pytest.approx(0)
        heaped = quality.digits(pd.DataFrame({"x": [10, 20, 500]}), "x")
        assert heaped["dissimilarity"].iloc[0] == pytest.approx(0.9)
        assert heaped.set_index("digit").at[0, "share"] == 1

    def test_what_is_missing_no_whole_number_or_not_above_zero_is_left_out(self) -> None:
        table = pd.DataFrame({"x": pd.array([None, 0, -5, 12.5, 13], dtype="Float64")})
        assert quality.digits(table, "x")["whole"].iloc[0] == 1

    def test_the_digit_before_the_last(self) -> None:
        found = quality.digits(pd.DataFrame({"x": [7, 130, 139]}), "x", place=2)
        assert found.set_index("digit")["n"].loc[[3]].tolist() == [2]
        assert found["whole"].iloc[0] == 2

    def test_groups_are_counted_apart(self) -> None:
        table = pd.DataFrame({"who": list("aab"), "x": [10, 21, 35]})
        found = quality.digits(table, "x", ["who"]).set_index(["who", "digit"])["n"]
        assert (found[("a", 0)], found[("a", 1)], found[("b", 5)], found[("b", 0)]) == (1, 1, 1, 0)

    def test_nothing_to_count_is_unknown(self) -> None:
        found = quality.digits(pd.DataFrame({"x": pd.array([None], dtype="Int64")}), "x")
        assert found[["share", "dissimilarity"]].isna().all(axis=None)
        assert charts.digit_bars(found).texts[0].get_text() in ("没有数据", "no data")

    def test_a_column_that_is_not_there(self) -> None:
        with pytest.raises(SchemaError):
            quality.digits(pd.DataFrame({"x": [1]}), "y")


class TestAges:
    """Whipple and Myers."""

    def test_no_heaping_and_all_heaped(self) -> None:
        ages = pd.Series(range(100))
        assert quality.whipple(ages) == 100
        assert quality.myers(ages) == pytest.approx(0)
        assert quality.whipple(ages[ages % 5 == 0]) == 500
        assert quality.myers(ages[ages % 10 == 0]) == pytest.approx(90)

    def test_half_rounded_to_five(self) -> None:
        true = pd.Series(np.tile(np.arange(23, 63), 100))
        told = true.where(np.arange(len(true)) % 2 == 0, (true / 5).round() * 5)
        # of 23 to 62 half keep 1 in 5; the other half all end in 0 or 5
        assert quality.whipple(told) == pytest.approx(300, abs=8)

    def test_nobody_of_that_age_is_unknown(self) -> None:
        assert np.isnan(quality.whipple(pd.Series([5])))
        assert np.isnan(quality.myers(pd.Series([5])))


def asked(each: int = 60, who: int = 20, seed: int = 1) -> tuple[pd.DataFrame, pd.Series]:
    """Interviews of many interviewers in two counties, one event in five."""
    rng = np.random.default_rng(seed)
    n = each * who
    table = pd.DataFrame(
        {
            "interviewer_id": np.repeat([f"F{i:02d}" for i in range(who)], each),
            "county_code": np.repeat([COUNTIES[0], COUNTIES[1]], n // 2),
            "household_group": np.tile(["poor", "exited"], n // 2),
        }
    )
    return table, pd.Series(rng.random(n) < 0.2).astype("boolean")


class TestInterviewers:
    """Limits of chance."""

    def test_the_one_who_differs_is_first_and_outside(self) -> None:
        table, event = asked()
        event[table["interviewer_id"] == "F07"] = True
        found = quality.interviewers(table, event)
        assert set(found["interviewer_id"].head(2)) == {"F07"}
        assert found.head(2)["is_outside"].all()
        assert (found["limit_low"] <= found["limit_high"]).all()

    def test_by_chance_about_one_in_twenty_lies_outside(self) -> None:
        rates = []
        for seed in range(40):
            found = quality.interviewers(*asked(seed=seed))
            rates.append(found[found["level"] == 0.95]["is_outside"].mean())
        assert 0.02 < np.mean(rates) < 0.07

    def test_who_works_where_the_event_is_frequent_is_not_unusual(self) -> None:
        table, event = asked()
        event[table["county_code"] == COUNTIES[1]] = np.arange(600) % 10 != 0
        found = quality.interviewers(table, event)
        own = found[found["level"] == 0.998]
        assert not own["is_outside"].any()
        assert own["expected"].max() > 0.8 > own["target"].iloc[0]

    def test_an_event_nobody_or_everybody_has_judges_nobody(self) -> None:
        table, event = asked()
        found = quality.interviewers(table, event & False)
        assert found["is_outside"].isna().all()

    def test_unknown_events_are_left_out(self) -> None:
        table, event = asked()
        event[:30] = pd.NA
        found = quality.interviewers(table, event).set_index("interviewer_id")
        assert found["n"].loc["F00"].iloc[0] == 30

    def test_a_missing_column(self) -> None:
        table, event = asked()
        with pytest.raises(SchemaError):
            quality.interviewers(table.drop(columns="county_code"), event)


class TestViews:
    """What px gives of a month."""

    def test_every_event_can_be_drawn_as_a_funnel(self, lab: str) -> None:
        for event in ("short", "round_income", "no_answer", "recognising", "is_water_safe"):
            found = px.interviewers(event, month=lab)
            charts.funnel(found.head(20), "en", title=px.event_label(event, "en"))
            assert found["n"].min() >= 10
        with pytest.raises(UnknownNameError, match="no event"):
            px.interviewers("shrot", month=lab)

    def test_heaping_by_county_hides_small_ones(self, own_lab: Path) -> None:
        few = store.load("cleaned_survey_households", "2016-06", COUNTIES[1]).head(4)
        store.save(few, "cleaned_survey_households", "2016-06", COUNTIES[1])
        found = px.heaping("floor_area_m2", by="county_code").set_index("county_code")
        assert found.loc[COUNTIES[0], "share"].sum() == pytest.approx(1)
        assert found.loc[COUNTIES[1], "share"].isna().all()
        assert set(found.loc[COUNTIES[1], "status"]) == {"suppressed"}

    def test_ages_by_county(self, lab: str) -> None:
        found = px.age_heaping(lab).set_index("county_code")
        ages = px.load("cleaned_persons", lab, COUNTIES[0])["age_years"]
        assert found.at[COUNTIES[0], "whipple"] == pytest.approx(quality.whipple(ages))
        assert found.at[COUNTIES[0], "persons"] == ages.notna().sum()

    def test_the_rules_broken_most_with_their_names(self, lab: str) -> None:
        found = px.rules_that_fire(lab, most=5, lang="en")
        assert found["rule_id"].nunique() <= 5
        assert set(found["county_code"]) == set(COUNTIES)
        assert found["name"].str.len().min() > 0
        charts.quality_heat(found, "en")
