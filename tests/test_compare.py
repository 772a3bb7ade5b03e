"""Rates side by side: those of the reports, with the design kept in their differences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from tests.lab_month import COUNTIES

import povexit as px
from povexit import estimate, evaluation, store
from povexit.errors import StoreError, UnknownNameError

SURVEY = "decisions_survey_households"


def test_estimates_are_those_of_the_reports(lab: str) -> None:
    found = px.compare("omission_rate", months=lab).estimates.set_index("county_code")
    rates = evaluation.rates(px.load(SURVEY, lab)).query("measure == 'omission_rate'")
    report = rates.set_index("county_code")
    for code in COUNTIES:
        assert found.at[code, "estimate"] == pytest.approx(report.at[code, "estimate"])
        assert found.at[code, "low"] == pytest.approx(report.at[code, "plain_low"])
        assert found.at[code, "high"] == pytest.approx(report.at[code, "plain_high"])
        assert found.at[code, "n"] == report.at[code, "n"]


def test_counties_are_independent_and_their_variances_add_up(lab: str) -> None:
    found = px.compare("meets_standard", months=lab, county=list(COUNTIES))
    row, both = found.differences.iloc[0], found.estimates
    assert row["estimate"] == pytest.approx(both["estimate"][1] - both["estimate"][0])
    assert row["se"] == pytest.approx(np.hypot(*both["se"]))


def test_groups_share_villages_and_that_is_counted(lab: str) -> None:
    found = px.compare(
        "meets_standard", "household_group", months=lab, count="households", against="exited"
    )
    asked = px.load(SURVEY, lab)
    table = asked.assign(
        y=asked["meets_standard"].astype("Float64"),
        first=(asked["household_group"] == "poor"),
        second=(asked["household_group"] == "exited"),
    )
    drawn = evaluation.design(table)
    parts = [estimate.Ratio("y", "_households", w) for w in ("first", "second")]
    expected = estimate.difference(drawn, *parts).iloc[0]
    row = found.differences.set_index("household_group").loc["poor"]
    assert row["estimate"] == pytest.approx(expected["estimate"])
    assert row["se"] == pytest.approx(expected["se"])
    alone = found.estimates.set_index("household_group")["se"]
    assert row["se"] != pytest.approx(np.hypot(alone["poor"], alone["exited"]))


@pytest.fixture
def two_months(own_lab: Path) -> Path:
    """The survey of June saved as that of May too, under other names of interviews."""
    for code in COUNTIES:
        asked = store.load(SURVEY, "2016-06", code)
        earlier = asked.assign(month="2016-05", interview_id="m" + asked["interview_id"])
        store.save(earlier, SURVEY, "2016-05", code)
    return own_lab


def test_the_same_answers_in_two_months_do_not_differ_at_all(two_months: Path) -> None:
    found = px.compare("meets_standard", "month")
    row = found.differences.iloc[0]
    assert found.months == ("2016-05", "2016-06")
    assert row["estimate"] == pytest.approx(0)
    # the same villages answered the same: what the months have in common is all there is
    assert row["se"] == pytest.approx(0, abs=1e-9)


def test_joint_intervals_are_wider_than_single_ones(lab: str) -> None:
    found = px.compare("meets_standard", "household_group", months=lab)
    row = found.differences.iloc[0]
    assert (row["high"] - row["low"]) / row["se"] > 2 * 1.96
    assert row["differs"] == (not row["low"] <= 0 <= row["high"])


def test_no_interval_where_a_sample_shows_no_spread(own_lab: Path) -> None:
    asked = store.load(SURVEY, "2016-06", COUNTIES[0]).assign(housing=True)
    store.save(asked, SURVEY, "2016-06", COUNTIES[0])
    other = store.load(SURVEY, "2016-06", COUNTIES[1])
    other["housing"] = np.arange(len(other)) % 3 == 0
    store.save(other, SURVEY, "2016-06", COUNTIES[1])
    found = px.compare("housing", lang="en")
    assert found.against == COUNTIES[1]
    assert found.differences[["se", "low", "differs"]].isna().all(axis=None)
    assert found.sure.empty
    assert "—" in found.table_of_differences()._repr_html_()


def test_few_households_are_not_shown(own_lab: Path) -> None:
    few = store.load(SURVEY, "2016-06", COUNTIES[1]).head(6)
    store.save(few, SURVEY, "2016-06", COUNTIES[1])
    found = px.compare("housing", lang="en")
    row = found.estimates.set_index("county_code").loc[COUNTIES[1]]
    assert row["status"] == "suppressed"
    assert row[["estimate", "low", "high"]].isna().all()
    assert found.differences.empty
    assert "…" in found.table()._repr_html_()


def test_whom_a_measure_does_not_concern_has_no_row(lab: str) -> None:
    found = px.compare("wrong_exit_rate", "household_group", months=lab)
    assert found.estimates["household_group"].tolist() == ["exited"]


def test_the_line_and_the_figure(lab: str) -> None:
    found = px.compare("recognition_rate", months=lab, against="西林", lang="en")
    assert found.against == COUNTIES[1]
    pd.testing.assert_frame_equal(
        eval(found.call, {"px": px}).differences.drop(columns="name"),
        found.differences.drop(columns="name"),
    )
    assert isinstance(found.axes(), Axes)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"what": "omision_rate"}, UnknownNameError),
        ({"by": "county"}, UnknownNameError),
        ({"against": "平果县"}, UnknownNameError),
        ({"months": "2016-12"}, StoreError),
        ({"count": "villages"}, UnknownNameError),
    ],
)
def test_wrong_names_are_answered(lab: str, given: dict[str, str], error: type) -> None:
    with pytest.raises(error):
        px.compare(**{"what": "omission_rate", **given})  # type: ignore[arg-type]


def test_the_panel_shows_what_the_function_gives(lab: str) -> None:
    panel = px.ComparePanel(lab, "en")
    panel.controls["by"].value = "stratum"
    panel.controls["county"].value = COUNTIES[0]
    assert panel.line.line == panel.found.call
    assert panel.found.estimates["name"].tolist() == ["non-poor village", "poor village"]
    assert panel.figure.value.startswith("<svg")
