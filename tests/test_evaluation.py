"""The survey's rates: who is counted, in which unit, and what an interval can settle."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pytest
from tests.household_tables import as_engine, table, to_polars

from povexit import decide, evaluation, indicators, standards
from povexit.errors import DesignError

RULE = standards.load("national_person", "2016")
GOOD = {
    "month": "2016-06",
    "county_code": "451002",
    "stratum": "poor_village",
    "household_group": "exited",
    "village_probability": 0.5,
    "household_probability": 0.5,
    "household_size": 4,
    "school_dropouts": 0,
    "insured_members": 4,
    "gross_income_yuan": 20000.0,
    "production_cost_yuan": 2000.0,
    "is_food_secure": True,
    "is_clothing_secure": True,
    "dwelling_grade": "B",
    "is_water_safe": True,
    "is_recognising": True,
}


def interviews(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return interviews, four villages in turn; what a row does not say is as it should be."""
    full = [
        {**GOOD, "interview_id": f"q{i}", "village_code": f"v{i % 4}", **row}
        for i, row in enumerate(rows)
    ]
    return table("cleaned_survey_households", full)


def decided(rows: list[dict[str, Any]], engine: str = "polars") -> pd.DataFrame:
    known = indicators.interview(as_engine(interviews(rows), engine))
    made = to_polars(decide.interview(known, RULE, 2016))
    return made.to_pandas().convert_dtypes()


@pytest.mark.parametrize(
    ("change", "meets", "reason"),
    [
        ({}, True, None),
        (
            {"gross_income_yuan": 13808.0},
            False,
            "income_reason",
        ),  # 2,952 a head: not above the line
        ({"gross_income_yuan": 13812.0}, True, None),
        ({"gross_income_yuan": None}, None, "income_reason"),
        ({"production_cost_yuan": None}, None, "income_reason"),
        ({"school_dropouts": 1}, False, "education_reason"),
        ({"insured_members": 3}, False, "medical_reason"),
        ({"insured_members": None}, None, "medical_reason"),
        ({"dwelling_grade": "C"}, False, "housing_reason"),
        ({"is_water_safe": False}, False, "water_reason"),
        ({"is_clothing_secure": False}, False, "food_clothing_reason"),
        ({"is_food_secure": None, "dwelling_grade": "D"}, False, "housing_reason"),
    ],
)
@pytest.mark.parametrize("engine", ["polars", "duckdb", "pandas", "plain"])
def test_an_interview_is_judged_by_the_national_rule(
    change: dict[str, Any], meets: bool | None, reason: str | None, engine: str
) -> None:
    row = decided([change], engine).iloc[0]
    assert (None if pd.isna(row["meets_standard"]) else bool(row["meets_standard"])) is meets
    if reason:
        assert row[reason].startswith("unknown:" if meets is None else "fail:")


def rates(rows: list[dict[str, Any]], **by: Any) -> pd.DataFrame:
    return evaluation.rates(decided(rows), **by).set_index("measure")


def test_wrong_exit_counts_persons_of_exited_households_only() -> None:
    rows: list[dict[str, Any]] = [{"household_size": 2, "insured_members": 2} for _ in range(8)]
    rows += [{"household_size": 6, "dwelling_grade": "D", "insured_members": 6} for _ in range(4)]
    rows += [{"household_group": "poor", "dwelling_grade": "D"} for _ in range(4)]
    found = rates(rows)
    assert found.loc["wrong_exit_rate", "estimate"] == pytest.approx(24 / 40)
    assert found.loc["wrong_exit_rate", "n"] == 12
    assert pd.isna(found.loc["omission_rate", "estimate"])
    assert found.loc["omission_rate", "reason"] == "no_rows"
    assert found.loc["omission_rate", "verdict"] == "undetermined"


def test_recognition_counts_households_of_every_group_by_weight() -> None:
    rows: list[dict[str, Any]] = [
        {"household_group": g} for g in ("exited", "poor", "unregistered") * 4
    ]
    rows += [{"is_recognising": False, "household_probability": 0.25}] * 4
    found = rates(rows).loc["recognition_rate"]
    assert found["estimate"] == pytest.approx(12 / (12 + 8))
    assert found["n"] == 16


def test_an_answer_nobody_gave_is_counted_as_unknown() -> None:
    rows: list[dict[str, Any]] = [{} for _ in range(12)] + [{"is_water_safe": None}] * 3
    rows += [{"household_size": None}]
    found = rates(rows).loc["wrong_exit_rate"]
    assert (found["n"], found["unknown"]) == (12, 4)
    assert found["estimate"] == 0


def test_no_event_gives_an_interval_and_no_certainty() -> None:
    found = rates([{} for _ in range(40)]).loc["wrong_exit_rate"]
    assert found["low"] == 0
    # the rule of three gives 3 / 40; four villages leave three degrees of freedom, which widens it
    assert 3 / 40 < found["high"] < 0.25
    assert found["verdict"] == "undetermined"
    assert (
        "未发现一例" in evaluation.worded(rates([{} for _ in range(40)]).reset_index())["reason"][0]
    )


def test_a_verdict_is_given_only_where_the_interval_lies_on_one_side() -> None:
    large: list[dict[str, Any]] = [{} for _ in range(600)]
    assert rates(large).loc["wrong_exit_rate", "verdict"] == "meets"
    # the first village each time: failing in every village alike
    failing = [{"dwelling_grade": "D"} if i % 5 == 0 else {} for i in range(600)]
    assert rates(failing).loc["wrong_exit_rate", "verdict"] == "fails"


def test_a_countys_estimate_is_the_same_alone_and_beside_others() -> None:
    one = [{"dwelling_grade": "D"} if i % 7 == 0 else {} for i in range(60)]
    two = [{**r, "county_code": "451022", "village_code": f"w{i % 5}"} for i, r in enumerate(one)]
    both = evaluation.rates(decided([*one, *two]))
    alone = evaluation.rates(decided(one))
    columns = ["measure", "estimate", "se", "df", "low", "high", "n", "clusters", "verdict"]
    left = both[both["county_code"] == "451002"][columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(left, alone[columns], rtol=1e-12)


def test_every_place_together_is_one_row_a_measure() -> None:
    assert len(evaluation.rates(decided([{} for _ in range(12)]), by=[])) == 3


def test_the_design_is_told_as_numbers() -> None:
    facts = evaluation.design_facts(evaluation.rates(decided([{} for _ in range(12)])))
    assert (facts["n"], facts["clusters"], facts["unknown"]) == (12, 4, 0)
    assert facts["df_low"] <= facts["df_high"] == 3


def test_a_chance_above_one_is_refused() -> None:
    with pytest.raises(DesignError, match="probability"):
        evaluation.rates(decided([{"village_probability": 1.5, "household_probability": 1.0}]))


@pytest.mark.parametrize("measure", evaluation.measures())
def test_every_measure_names_denominator_threshold_and_source(measure: evaluation.Measure) -> None:
    assert measure.denominator
    assert measure.denominator_en
    assert measure.source
    assert 0 < measure.threshold < 1
    assert (measure.test, measure.unit) in {("<", "persons"), (">=", "households")}
