"""A changed rule is a copy that says so; who flips is what judging everything anew would give."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from tests.lab_month import COUNTIES

import povexit as px
from povexit import decide, indicators, maps, narrative, standards, store
from povexit.errors import StandardError, StoreError, UnknownNameError
from povexit.explore.ground import ground, rules_of
from povexit.explore.whatif import changed
from povexit.indicators.villages import from_members, recounted

HOUSEHOLD = standards.load("household_exit", "2016")
LINE = "poverty_line_yuan"
ANY_RULE = {
    LINE: st.integers(500, 9000),
    "floor_area_per_person_m2": st.floats(1, 60),
    "cultivated_land_per_person_mu": st.floats(0.1, 3),
    "remaining_poor_persons": st.floats(0.0, 1.0),
}
CHANGES = st.fixed_dictionaries({}, optional=ANY_RULE)  # type: ignore[arg-type]
here = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


def leaf_of(rule: standards.Standard, key: str) -> Any:
    return standards.changeable(rule)[key]


class TestHypothetical:
    """The copy of an edition."""

    def test_it_says_what_it_is_wherever_it_is_named(self) -> None:
        copy = standards.hypothetical(HOUSEHOLD, {LINE: 3200})
        assert copy.is_hypothetical
        assert copy.label("zh") == "八有一超（假设）"
        assert "hypothetical" in copy.label("en")
        assert copy.edition != HOUSEHOLD.edition
        assert (copy.source, copy.confidence) == ("假设/hypothetical",) * 2

    def test_the_original_is_not_touched(self) -> None:
        before = repr(HOUSEHOLD)
        standards.hypothetical(HOUSEHOLD, {LINE: 3200})
        assert repr(HOUSEHOLD) == before
        assert not HOUSEHOLD.is_hypothetical

    def test_nothing_changed_is_the_edition_itself(self) -> None:
        assert standards.hypothetical(HOUSEHOLD, {"floor_area_per_person_m2": 13.0}) is HOUSEHOLD
        assert standards.hypothetical(HOUSEHOLD, {}) is HOUSEHOLD

    def test_a_change_on_a_change_is_said_once_in_the_name(self) -> None:
        first = standards.hypothetical(HOUSEHOLD, {LINE: 3200})
        both = standards.hypothetical(first, {"floor_area_per_person_m2": 15})
        assert both.label("en").count("hypothetical") == 1
        assert both.edition.count("hypothetical") == 1
        assert len(both.changes) == 2

    def test_only_the_clause_named_changes(self) -> None:
        copy = standards.hypothetical(HOUSEHOLD, {"floor_area_per_person_m2": 15})
        assert leaf_of(copy, "floor_area_per_person_m2 >=").value == 15
        others = [c for c in copy.criteria if c.id != "housing"]
        assert others == [c for c in HOUSEHOLD.criteria if c.id != "housing"]

    def test_a_denominator_can_be_another_count_of_the_same_kind(self) -> None:
        village = standards.load("village_exit", "2016")
        copy = standards.hypothetical(village, {"remaining_poor_persons of": "register_persons"})
        assert leaf_of(copy, "remaining_poor_persons <").of == "register_persons"
        with pytest.raises(StandardError, match="not of one kind"):
            standards.hypothetical(village, {"remaining_poor_persons of": "households_total"})

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"floor_area_per_persn_m2": 15}, "floor_area_per_person_m2"),
            ({"poverty_line": 3000}, "poverty_line_yuan"),
        ],
    )
    def test_a_name_nobody_compares_is_answered_with_the_nearest(
        self, changes: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(UnknownNameError) as told:
            standards.hypothetical(HOUSEHOLD, changes)
        assert said in str(told.value)

    @pytest.mark.parametrize("value", ["much", True, (1, 2), None])
    def test_a_value_that_does_not_fit_is_refused(self, value: Any) -> None:
        with pytest.raises(StandardError):
            standards.hypothetical(HOUSEHOLD, {"floor_area_per_person_m2": value})

    def test_a_share_above_one_is_refused(self) -> None:
        with pytest.raises(StandardError):
            standards.hypothetical(
                standards.load("village_exit", "2016"), {"remaining_poor_persons": 3}
            )

    def test_an_indicator_compared_twice_must_be_named_with_its_test(self) -> None:
        village = standards.load("village_exit", "2017")
        with pytest.raises(UnknownNameError, match="more than one way") as told:
            standards.hypothetical(village, {"local_industries": 2})
        assert "local_industries >=" in str(told.value)
        copy = standards.hypothetical(village, {"local_industries >=": 2})
        assert leaf_of(copy, "local_industries <=").value == 3

    def test_one_change_concerns_every_standard_that_asks_it(self) -> None:
        rules = changed(rules_of("2016-06"), {"remaining_poor_persons": 0.05})
        assert [u for u, r in rules.items() if r.is_hypothetical] == ["village", "county"]
        with pytest.raises(UnknownNameError, match="no standard compares"):
            changed(rules, {"remaining_por_persons": 0.05})


class TestJudgedAgain:
    """Only what moves is judged anew, and the outcome is that of judging everything."""

    @here
    @given(changes=CHANGES, edition=st.sampled_from(["2016", "2017"]))
    def test_equals_judging_everything(
        self, lab: str, changes: dict[str, Any], edition: str
    ) -> None:
        start, rules = ground(lab), rules_of(lab, edition)
        there = {k for r in rules.values() for k in standards.changeable(r)}
        fits = {k: v for k, v in changes.items() if any(t.split(" ")[0] == k for t in there)}
        rules = changed(rules, fits)
        found = start.judged(rules)
        known = store.scan("indicators_households", lab).collect()
        whole = decide.household(known, rules["household"], start.year)
        ids = [*(c.id for c in rules["household"].criteria), "meets_standard"]
        assert (
            found.homes.sort("household_id")
            .select(ids)
            .equals(whole.sort("household_id").select(ids))
        )
        ledger = store.scan("cleaned_villages", lab).collect()
        villages = indicators.village(ledger, known, whole)
        assert found.known.equals(villages)
        decided = decide.village(villages, rules["village"], start.year).to_pandas()
        expected = decided["meets_standard"].astype("boolean")
        assert found.villages["meets_standard"].equals(expected)
        counties = decide.county(indicators.county(villages), rules["county"], start.year)
        verdicts = counties.to_pandas()["meets_standard"].astype("boolean")
        assert found.counties["meets_standard"].equals(verdicts)

    def test_counting_the_poor_anew_equals_counting_everything(self, lab: str) -> None:
        start = ground(lab)
        homes = start.judged(changed(rules_of(lab), {LINE: 4000})).homes
        members = nw.from_native(homes.lazy())
        again = recounted(start.base.known, start.ledger, members)
        assert again.equals(from_members(start.ledger, members))

    def test_a_month_run_again_is_read_again(self, own_lab: Path) -> None:
        first = ground("2016-06")
        assert ground("2016-06") is first
        path = store.partition("indicators_households", "2016-06", COUNTIES[0])
        shutil.copy(path, path.with_suffix(".x"))
        path.with_suffix(".x").replace(path)
        assert ground("2016-06") is not first


class TestView:
    """What `px.what_if` gives."""

    def test_a_line_of_nothing_makes_all_known_incomes_pass(self, lab: str) -> None:
        found = px.what_if({LINE: -100_000}, month=lab)
        assert found.counties["lost"].sum() == 0
        assert found.counties["gained"].sum() > 0
        homes = found.after.homes
        assert homes["income"].sum() >= found.before.homes["income"].sum()

    def test_counts_agree_with_households_one_by_one(self, lab: str) -> None:
        found = px.what_if({LINE: 4000}, month=lab)
        was, now = (
            side.homes["meets_standard"].fill_null(False) for side in (found.before, found.after)
        )
        row = found.counties[["gained", "lost"]].sum()
        assert (int(row["gained"]), int(row["lost"])) == ((now & ~was).sum(), (was & ~now).sum())
        total = found.totals.set_index(["level", "edition"]).loc["households"]
        assert total["meets"].tolist() == [was.sum(), now.sum()]

    @pytest.mark.parametrize(("count", "of"), [("persons", "all"), ("households", "known")])
    def test_a_share_has_the_denominator_asked_for(self, lab: str, count: str, of: str) -> None:
        row = px.what_if(month=lab, county="田东县", count=count, of=of).counties.iloc[0]
        homes = px.load("decisions_households", lab, "田东县")
        weight = homes["household_size"] if count == "persons" else homes["household_size"] * 0 + 1
        base = homes["meets_standard"].notna() if of == "known" else homes["month"].notna()
        meets = homes["meets_standard"].fillna(False)
        assert row["share_before"] == pytest.approx(weight[meets].sum() / weight[base].sum())

    def test_the_line_gives_the_same_again(self, lab: str) -> None:
        found = px.what_if({LINE: 3500}, month=lab, county="西林", count="persons", lang="en")
        again = eval(found.call, {"px": px})
        pd.testing.assert_frame_equal(found.counties, again.counties)

    def test_everything_made_from_it_says_hypothetical(self, lab: str) -> None:
        for lang, word in (("zh", "假设"), ("en", "hypothetical")):
            found = px.what_if({LINE: 3500}, month=lab, lang=lang)
            pieces = [str(found.said()), found.table()._repr_html_(), found.map().svg()]
            pieces.append(" ".join(t.get_text() for t in found.axes().figure.texts))
            for piece in pieces:
                assert word in piece.lower(), piece[:80]
            assert any(word in e for e in found.totals["edition"])

    def test_another_edition_on_request_is_not_hypothetical(self, lab: str) -> None:
        found = px.what_if(month=lab, edition="2017", lang="en")
        assert not found.is_hypothetical
        assert "ypothetical" not in found.map().svg() + str(found.said())
        assert found.counties["lost"].sum() > 0

    def test_simulated_data_are_said_to_be(self, lab: str) -> None:
        assert "模拟数据" in px.what_if(month=lab, lang="zh").map().svg()

    def test_villages_that_flip_are_dots_with_both_verdicts(self, lab: str) -> None:
        found = px.what_if({"remaining_poor_persons": 0.9}, month=lab, lang="en")
        assert len(found.villages) > 0
        dots = re.findall(r'class="px-dot"[^>]*><title>([^<]*)</title>', found.map().svg())
        assert len(dots) == len(found.villages)
        assert all(re.search(r": .+ → .+", dot) for dot in dots)

    def test_a_county_of_few_households_is_hidden_everywhere(self, own_lab: Path) -> None:
        few = store.scan("indicators_households", "2016-06", COUNTIES[1]).head(4).collect()
        store.save(few, "indicators_households", "2016-06", COUNTIES[1])
        found = px.what_if({LINE: 3500}, lang="en")
        # the only other county is hidden with it: one gap in a sum is no secret
        assert set(found.counties["status"]) == {"suppressed"}
        assert "too few, not shown (2)" in found.map().svg()
        assert "…" in found.table()._repr_html_()

    def test_maps_and_axes(self, lab: str) -> None:
        found = px.what_if({LINE: 3500}, month=lab)
        assert isinstance(found.map("share"), maps.CountyMap)
        assert isinstance(found.axes("share"), Axes)
        with pytest.raises(UnknownNameError):
            found.map("sahre")

    def test_what_there_is_to_change(self, lab: str) -> None:
        known = px.thresholds(lab, lang="en")
        assert known.loc[LINE, "value"] == 2952
        assert known.loc["floor_area_per_person_m2 >=", "unit"] == "m² a person"
        for key in known.index.unique():
            if not key.endswith(" of"):
                px.what_if({key: 0.5}, month=lab)

    def test_wrong_names_are_answered(self, lab: str) -> None:
        with pytest.raises(UnknownNameError):
            px.what_if(month=lab, county="田冬")
        with pytest.raises(StoreError, match="2016-06"):
            px.what_if(month="2016-09")
        with pytest.raises(UnknownNameError):
            px.what_if(month=lab, count="people")


class TestPanel:
    """The controls; what they show is what `px.what_if` gives."""

    def test_each_control_moves_what_is_shown(self, lab: str) -> None:
        panel = px.WhatIfPanel(lab, lang="en")
        assert panel.line.line == f"px.what_if(month='{lab}')"
        before = panel.map.svg
        panel.controls["line"].value = 4000.0
        assert panel.line.line == f"px.what_if({{'{LINE}': 4000}}, month='{lab}')"
        assert panel.map.svg != before
        assert "Hypothetical" in panel.text.value
        panel.controls["count"].value = "persons"
        panel.controls["whole"].value = "register_persons"
        assert panel.found.counties.equals(eval(panel.line.line, {"px": px}).counties)

    def test_a_clause_starts_at_its_value_in_force(self, lab: str) -> None:
        panel = px.WhatIfPanel(lab)
        panel.controls["key"].value = "floor_area_per_person_m2 >="
        slider = panel.controls["value"]
        assert (slider.value, slider.disabled) == (13.0, False)
        assert slider.min < 13 < slider.max
        assert not panel.found.is_hypothetical
        slider.value = slider.max
        assert panel.found.counties["lost"].sum() > 0

    def test_another_edition_offers_its_own_clauses(self, lab: str) -> None:
        panel = px.WhatIfPanel(lab)
        panel.controls["key"].value = "floor_area_per_person_m2 >="
        panel.controls["value"].value = 20.0
        panel.controls["edition"].value = "2017"
        keys = [key for _, key in panel.controls["key"].options]
        assert "water_litres_per_person_day >=" in keys
        assert panel.line.line == f"px.what_if(month='{lab}', edition='2017')"

    def test_every_control_has_a_name(self, lab: str) -> None:
        for control in px.WhatIfPanel(lab).controls.values():
            assert control.description
            assert control.tooltip


def test_a_hypothetical_rule_is_told_in_both_languages() -> None:
    village = standards.load("village_exit", "2016")
    copy = standards.hypothetical(village, {"remaining_poor_persons": 0.02})
    assert narrative.rule_changes([copy], "zh") == ["未达标的贫困人口低于0.02，原为0.03"]
    assert narrative.rule_changes([copy, copy], "en") == [
        "poor persons who do not meet the standard below 0.02, was 0.03"
    ]
