"""One household or village, its look-alikes, and the map of any indicator."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from tests.lab_month import COUNTIES

import povexit as px
from povexit import decide, geography, maps, standards, store
from povexit.errors import UnknownNameError
from povexit.explore.alike import alike
from povexit.explore.sorting import worded

HOUSEHOLD = standards.load("household_exit", "2016")
GOOD = {"is_true": True, "is_false": False}


def mended(row: pd.Series, lacking: pd.DataFrame) -> pd.Series:
    """Return a household in which everything that is lacking has been changed."""
    row = row.copy()
    firsts = lacking[lacking["group"] == "any"].drop_duplicates("criterion")
    for need in pd.concat([lacking[lacking["group"] == "all"], firsts]).to_dict("records"):
        name, test, limit = need["indicator"], need["test"], need["threshold"]
        if test in GOOD:
            row[name] = GOOD[test]
        elif test == "in":
            row[name] = limit[0]
        else:
            row[name] = limit + {">": 1, "<": -1}.get(test, 0)
    return row


class TestLacking:
    """What keeps a household from meeting the standard."""

    def test_one_that_meets_lacks_nothing_and_one_that_fails_something(self, lab: str) -> None:
        known = px.load("indicators_households", lab, "西林")
        verdicts = decide.household(known, HOUSEHOLD, 2016)["meets_standard"]
        for meets, place in ((True, 0), (False, 1)):
            row = known[(verdicts == meets).fillna(False)].iloc[place]
            assert decide.lacking(row, HOUSEHOLD).empty == meets

    def test_with_all_of_it_changed_the_household_meets_the_standard(self, lab: str) -> None:
        known = px.load("indicators_households", lab, "西林")
        verdicts = decide.household(known, HOUSEHOLD, 2016)["meets_standard"]
        failing = known[(~verdicts).fillna(False)].head(60)
        rows = [mended(row, decide.lacking(row, HOUSEHOLD)) for _, row in failing.iterrows()]
        # a change may bring up what was not asked before, such as of a new dwelling
        again = [mended(row, decide.lacking(row, HOUSEHOLD)) for row in rows]
        after = decide.household(pd.DataFrame(again).astype(known.dtypes), HOUSEHOLD, 2016)
        assert after["meets_standard"].all()

    def test_a_gap_is_in_the_indicators_unit_and_positive(self, lab: str) -> None:
        near = px.near_misses(lab, "田东县")
        one = px.household(near["household_id"][0], month=lab)
        row = one.lacking.iloc[0]
        assert row["gap"] == pytest.approx(near["gap"][0])
        assert row["gap"] >= 0
        assert row["threshold"] - row["value"] == pytest.approx(row["gap"])

    def test_an_unknown_answer_is_lacking_as_unknown(self) -> None:
        row = {"month": "2016-06", "net_income_per_capita_yuan": None}
        found = decide.lacking(row, HOUSEHOLD)
        income = found[found["criterion"] == "income"].iloc[0]
        assert income["status"] == "unknown"
        assert pd.isna(income["gap"])
        assert set(found.loc[found["criterion"] == "income_source", "group"]) >= {"any"}


class TestNearMisses:
    """Households that fail by one number."""

    def test_each_fails_that_criterion_and_no_other(self, lab: str) -> None:
        near = px.near_misses(lab)
        decided = px.load("decisions_households", lab).set_index("household_id")
        for row in near.to_dict("records"):
            own = decided.loc[row["household_id"]]
            assert (own["n_failed"], own["n_unknown"]) == (1, 0)
            assert own[f"{row['criterion']}_reason"] == f"fail:{row['indicator']}"
        assert near["gap_share"].is_monotonic_increasing

    def test_a_county_where_nobody_is_near(self, own_lab: Path) -> None:
        good = store.scan("indicators_households", "2016-06", COUNTIES[0]).collect()
        good = good.with_columns(
            net_income_per_capita_yuan=9e4, floor_area_per_person_m2=99.0, new_house_built_share=1.0
        )
        store.save(good, "indicators_households", "2016-06", COUNTIES[0])
        assert px.near_misses("2016-06", COUNTIES[0]).empty
        panel = px.OnePanel("2016-06", COUNTIES[0], "en")
        assert panel.found is None
        assert "No household" in panel.text.value


class TestAlike:
    """Nearest neighbours on standardised indicators."""

    TABLE = pd.DataFrame(
        {
            "id": list("abcde"),
            "x": [0.0, 1.0, 2.0, 10.0, None],
            "y": [100.0, 100.0, 100.0, 100.0, 100.0],
            "z": pd.array([True, True, None, False, True], dtype="boolean"),
        }
    )

    def test_the_nearest_first_without_the_unit_itself(self) -> None:
        assert alike(self.TABLE, "id", "a", ["x", "y"], 2)["id"].tolist() == ["b", "c"]

    def test_who_lacks_an_answer_is_no_candidate(self) -> None:
        assert set(alike(self.TABLE, "id", "a", ["x", "z"], 9)["id"]) == {"b", "d"}

    def test_what_the_unit_does_not_know_is_not_compared(self) -> None:
        assert set(alike(self.TABLE, "id", "c", ["x", "z"], 9)["id"]) == {"a", "b", "d"}

    def test_nothing_to_compare_by_gives_none(self) -> None:
        found = alike(self.TABLE, "id", "a", ["y"], 5)
        assert found.empty
        assert "distance" in found

    def test_a_unit_that_is_not_there(self) -> None:
        with pytest.raises(UnknownNameError):
            alike(self.TABLE, "id", "q", ["x"], 5)

    @given(
        st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=3, max_size=30),
        st.floats(0.1, 100),
    )
    def test_agrees_with_measuring_every_distance_and_not_with_units(
        self, points: list[tuple[int, int]], factor: float
    ) -> None:
        table = pd.DataFrame(points, columns=["x", "y"]).assign(id=range(len(points)))
        spread = table[["x", "y"]].std(ddof=0)
        names = [n for n in ("x", "y") if spread[n] > 0]
        found = alike(table, "id", 0, ["x", "y"], len(points))  # type: ignore[arg-type]
        if not names:
            assert found.empty
            return
        scaled = table[names] / spread[names]
        far = np.sqrt(((scaled - scaled.iloc[0]) ** 2).sum(axis=1) / len(names))
        assert found["distance"].to_numpy() == pytest.approx(np.sort(far.iloc[1:]))
        other = alike(table.assign(x=table["x"] * factor), "id", 0, ["x", "y"], len(points))  # type: ignore[arg-type]
        assert other["distance"].to_numpy() == pytest.approx(found["distance"].to_numpy(), abs=1e-6)


class TestOne:
    """What `px.household` and `px.village` give."""

    def test_words_table_and_look_alikes(self, lab: str) -> None:
        key = px.near_misses(lab)["household_id"][0]
        for lang, word in (("zh", "未达标"), ("en", "not met")):
            one = px.household(key, month=lab, lang=lang)
            assert word in str(one.why())
            assert len(one.near().frame) == len(one.lacking)
            assert key not in str(one.why()) + one.near()._repr_html_()
        assert key not in set(one.alike["household_id"])
        assert eval(one.call, {"px": px}).key == key

    def test_another_edition_judges_by_its_own_clauses(self, lab: str) -> None:
        key = px.near_misses(lab)["household_id"][0]
        one = px.household(key, month=lab, edition="2017", lang="en")
        assert one.standard.edition == "2017"
        assert "that counts for exit" in str(one.why())

    def test_a_village_by_code_or_by_name(self, lab: str) -> None:
        code = px.load("indicators_villages", lab, "西林")["village_code"].iloc[0]
        one = px.village(code, month=lab, lang="en")
        named = px.village(one.row["village_name"], county="西林", month=lab, lang="en")
        assert named.key == code
        assert "poverty incidence" in str(one.why())
        assert not one.near().frame.empty

    def test_wrong_names_are_answered(self, lab: str) -> None:
        with pytest.raises(UnknownNameError, match="no such household"):
            px.household("h0", month=lab)
        known = str(px.load("indicators_villages", lab)["village_name"].dropna().iloc[0])
        with pytest.raises(UnknownNameError, match="no such village"):
            px.village(known + "村村", month=lab)

    def test_a_name_of_several_villages_asks_which(self, own_lab: Path) -> None:
        known = store.scan("indicators_villages", "2016-06", COUNTIES[0]).collect()
        import polars as pl

        store.save(
            known.with_columns(village_name=pl.lit("同名村")),
            "indicators_villages",
            "2016-06",
            COUNTIES[0],
        )
        with pytest.raises(UnknownNameError, match="several villages") as told:
            px.village("同名村")
        assert str(known["village_code"][0]) in str(told.value)

    def test_the_panel_shows_what_the_functions_give(self, lab: str) -> None:
        panel = px.OnePanel(lab, "田东县", "en")
        assert panel.found is not None
        assert panel.found.unit == "household"
        panel.controls["unit"].value = "village"
        assert panel.found.unit == "village"
        assert panel.line.line == panel.found.call
        panel.controls["edition"].value = "2017"
        assert panel.found.standard.edition == "2017"
        panel.controls["county"].value = COUNTIES[1]
        assert panel.found.key.startswith(COUNTIES[1])


class TestByCounty:
    """One indicator, county by county."""

    def test_a_share_is_of_all_units_the_unknown_among_them(self, lab: str) -> None:
        found = px.by_county("meets_standard", month=lab).table.set_index("county_code")
        verdicts = decide.verdicts(px.load("decisions_summary", lab), ["county_code"])
        expected = verdicts.set_index("county_code")["meets_share"]
        for code in COUNTIES:
            assert found.at[code, "value"] == pytest.approx(expected[code])
            assert (
                found.at[code, "units"] == verdicts.set_index("county_code").at[code, "households"]
            )

    @pytest.mark.parametrize("count", ["households", "persons"])
    def test_a_median_is_that_of_the_known(self, lab: str, count: str) -> None:
        found = px.by_county("net_income_per_capita_yuan", month=lab, count=count).table
        known = px.load("indicators_households", lab, COUNTIES[0]).dropna(
            subset=["net_income_per_capita_yuan"]
        )
        repeats = (
            known["household_size"].fillna(0)
            if count == "persons"
            else known["household_size"] * 0 + 1
        )
        values = np.repeat(
            known["net_income_per_capita_yuan"].to_numpy(float), repeats.to_numpy(int)
        )
        lowest = np.sort(values)[int(np.ceil(len(values) / 2)) - 1]
        assert found.set_index("county_code").at[COUNTIES[0], "value"] == pytest.approx(lowest)

    def test_villages_are_counted_as_villages(self, lab: str) -> None:
        found = px.by_county("has_clinic", month=lab, count="villages").table
        ledger = px.load("indicators_villages", lab).groupby("county_code").size()
        assert found.set_index("county_code")["units"].to_dict() == ledger.to_dict()

    def test_every_mappable_indicator_can_be_mapped(self, lab: str) -> None:
        for count in ("households", "persons", "villages"):
            for name in px.mappable(count).index[::7]:
                found = px.by_county(name, month=lab, count=count, lang="en")
                assert isinstance(found.map(), maps.CountyMap)

    def test_map_says_unit_simulated_and_opens_pages(self, lab: str) -> None:
        found = px.by_county("floor_area_per_person_m2", month=lab, lang="zh")
        text = found.map({COUNTIES[0]: "county_451022.html"}).svg()
        assert "平方米/人" in text
        assert "模拟数据" in text
        assert 'href="county_451022.html"' in text
        assert isinstance(found.axes(), Axes)

    def test_small_counties_are_hidden(self, own_lab: Path) -> None:
        few = store.scan("indicators_households", "2016-06", COUNTIES[1]).head(5).collect()
        store.save(few, "indicators_households", "2016-06", COUNTIES[1])
        found = px.by_county("net_income_per_capita_yuan").table
        assert set(found["status"]) == {"suppressed"}
        assert found["value"].isna().all()

    @pytest.mark.parametrize(
        ("name", "count"), [("net_incom", "households"), ("housing", "people")]
    )
    def test_wrong_names_are_answered(self, lab: str, name: str, count: str) -> None:
        with pytest.raises(UnknownNameError):
            px.by_county(name, month=lab, count=count)

    def test_the_panel_shows_what_the_function_gives(self, lab: str) -> None:
        panel = px.MapPanel(lab, "en")
        panel.controls["indicator"].value = "housing"
        assert panel.line.line == f"px.by_county('housing', month='{lab}', count='households')"
        panel.controls["count"].value = "villages"
        assert panel.found.indicator == "housing"
        panel.controls["indicator"].value = "collective_income_yuan"
        panel.controls["count"].value = "persons"
        assert panel.found.indicator == "meets_standard"
        assert panel.found.count == "persons"
        assert panel.map.svg == panel.found.map().svg()

    def test_counties_with_a_report_are_links(self, own_lab: Path) -> None:
        page = store.reports_dir("2016-06") / f"county_{COUNTIES[0]}.html"
        page.parent.mkdir(parents=True)
        page.write_text("x")
        text = px.MapPanel("2016-06").map.svg
        assert re.findall(r'href="([^"]+\.html)"', text) == [f"reports/2016-06/{page.name}"]


def test_a_sortable_table_is_in_words() -> None:
    frame = pd.DataFrame(
        {
            "county_code": [COUNTIES[0]],
            "indicator": ["floor_area_per_person_m2"],
            "is_water_clear": pd.array([None], dtype="boolean"),
            "gap": [1234.5678],
            "status": ["suppressed"],
            "units": pd.array([12.0], dtype="Float64"),
        }
    )
    told: dict[str, Any] = worded(frame, "en").iloc[0].to_dict()
    assert told["county"] == geography.county_name(COUNTIES[0], "en")
    assert told["indicator"] == "floor area per person"
    assert told["gap"] == 1235.0
    assert str(told["units"]) == "12"
    assert told["shown"] == "too few, not shown"
    assert "unknown" in told.values()
    table = px.sortable(frame, "zh")
    assert "cdn" not in type(table)._esm if isinstance(type(table)._esm, str) else True
