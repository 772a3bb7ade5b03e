"""The survey's rates: who is counted, in which unit, and what an interval can settle."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from tests.survey_tables import BAD, decided

from povexit import estimate, evaluation
from povexit.errors import DesignError, UnknownNameError


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


def rates(rows: list[dict[str, Any]], villages: int = 4, **by: Any) -> pd.DataFrame:
    return evaluation.rates(decided(rows, villages=villages), **by).set_index("measure")


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
    # the rule of three gives 3 / 40; four villages that may be alike inside widen it
    assert 3 / 40 < found["bound"] < found["high"] < 0.75
    assert found["verdict"] == "undetermined"
    told = evaluation.worded(rates([{} for _ in range(40)]).reset_index())["reason"][0]
    assert "未发现一例" in told
    assert "村内相关" in told  # clustering is allowed for, which a plain interval does not


def test_a_verdict_is_given_only_where_the_bound_lies_on_one_side() -> None:
    none = [{} for _ in range(600)]
    assert rates(none, villages=40).loc["wrong_exit_rate", "verdict"] == "meets"
    # four villages of 150: nobody knows how many others are like them
    assert rates(none, villages=4).loc["wrong_exit_rate", "verdict"] == "undetermined"
    failing = [BAD if i % 5 == 0 else {} for i in range(600)]
    found = rates(failing, villages=40).loc["wrong_exit_rate"]
    assert (found["verdict"], found["bound_side"]) == ("fails", "lower")
    assert 0.02 < found["bound"] < found["estimate"]


def test_a_countys_estimate_is_the_same_alone_and_beside_others() -> None:
    one = [{"dwelling_grade": "D"} if i % 7 == 0 else {} for i in range(60)]
    two = [{**r, "county_code": "451022", "village_code": f"w{i % 5}"} for i, r in enumerate(one)]
    both = evaluation.rates(decided([*one, *two]))
    alone = evaluation.rates(decided(one))
    columns = ["measure", "estimate", "se", "df", "low", "high", "n", "clusters", "verdict"]
    columns += ["bound", "more_villages", "more_households", "even_households", "even_villages"]
    left = both[both["county_code"] == "451002"][columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(left, alone[columns], rtol=1e-12)


def test_every_place_together_is_one_row_a_measure() -> None:
    assert len(evaluation.rates(decided([{} for _ in range(12)]), by=[])) == 3


def test_the_design_is_told_as_numbers() -> None:
    facts = evaluation.design_facts(evaluation.rates(decided([{} for _ in range(12)])))
    assert (facts["n"], facts["clusters"], facts["unknown"]) == (12, 4, 0)
    assert facts["df_low"] <= facts["df_high"] == 3
    assert (facts["icc"], facts["level"]) == (0.15, 0.95)


def test_a_chance_above_one_is_refused() -> None:
    with pytest.raises(DesignError, match="probability"):
        evaluation.rates(decided([{"village_probability": 1.5, "household_probability": 1.0}]))


def test_one_bad_answer_is_worth_its_weight_and_no_more() -> None:
    rows = [{} for _ in range(30)] + [{**BAD, "household_probability": 0.05}]
    found = rates(rows, villages=10).loc["wrong_exit_rate"]
    assert found["estimate"] == pytest.approx(10 / 40)
    assert found["even_households"] == pytest.approx(40**2 / (30 + 10**2))
    assert found["even_villages"] < 10


def test_even_villages_are_those_of_equal_weight() -> None:
    found = rates([{} for _ in range(40)], villages=8).loc["wrong_exit_rate"]
    assert (found["even_households"], found["even_villages"]) == (40, 8)


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        (evaluation.Choices(), (2 * 4) / (2 * 4 + 22 * 4)),
        (evaluation.Choices(missing="failing"), (3 * 4) / (25 * 4)),
        (evaluation.Choices(missing="meeting"), (2 * 4) / (25 * 4)),
        (evaluation.Choices(unit="other"), 2 / 24),
    ],
)
def test_choices_say_what_is_counted(choices: evaluation.Choices, expected: float) -> None:
    rows: list[dict[str, Any]] = [{} for _ in range(22)] + [BAD, BAD, {"is_water_safe": None}]
    found = evaluation.rates(decided(rows), choices=choices).set_index("measure")
    assert found.loc["wrong_exit_rate", "estimate"] == pytest.approx(expected)


def test_weighting_says_for_whom_the_sample_speaks() -> None:
    # the failing household stands for 2 x 4 of the county, 4 of its village, itself
    rows = [{} for _ in range(9)] + [{**BAD, "household_probability": 0.25}]
    shares = [
        evaluation.rates(decided(rows), choices=evaluation.Choices(weighting=w))["estimate"][0]
        for w in ("county", "sampled_villages", "surveyed")
    ]
    assert shares == pytest.approx([8 / 44, 4 / 22, 1 / 10])


def test_a_choice_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="no such choice"):
        evaluation.Choices(missing="ignored")
    with pytest.raises(UnknownNameError, match="edition"):
        evaluation.edition("2030")


def test_the_interval_holds_what_the_plain_one_does() -> None:
    rows = [{**(BAD if i % 11 == 0 else {}), "is_recognising": i % 9 > 0} for i in range(150)]
    table = decided(rows, villages=15)
    found = evaluation.rates(table).set_index("measure")
    plain = estimate.ratio(
        evaluation.design(table),
        "wrong_exit_rate",
        "_persons",
        where={"household_group": "exited"},
        interval="beta",
    ).iloc[0]
    row = found.loc["wrong_exit_rate"]
    assert (row["estimate"], row["se"]) == (plain["estimate"], plain["se"])
    assert row["low"] <= plain["low"] < plain["high"] <= row["high"]


def test_a_settled_verdict_whose_interval_crosses_the_threshold_says_so() -> None:
    row = {"estimate": 0.004, "low": 0.0, "high": 0.021, "threshold": 0.02, "verdict": "meets"}
    assert evaluation.remark(row) == "one_sided"
    assert evaluation.remark({**row, "high": 0.019}) == ""
    assert evaluation.remark({**row, "verdict": "undetermined"}) == ""


@pytest.mark.parametrize("measure", evaluation.measures())
def test_every_measure_names_denominator_threshold_and_source(measure: evaluation.Measure) -> None:
    assert measure.denominator
    assert measure.denominator_en
    assert measure.source
    assert 0 < measure.threshold < 1
    assert (measure.test, measure.unit) in {("<", "persons"), (">=", "households")}
    assert 0 <= measure.icc < 1
    assert measure.icc_source


def test_a_remedy_that_the_county_has_no_villages_for_is_none() -> None:
    open_question = [BAD, *[{} for _ in range(79)]]
    asked = decided(open_question, villages=8)
    found = evaluation.rates(asked)
    wrong = found["measure"] == "wrong_exit_rate"
    needed = int(found.loc[wrong, "more_villages"].iloc[0])
    assert needed > 8
    few = evaluation.reachable(found, asked)  # chances of a half: 16 villages, 8 of them left
    assert few["villages"].tolist() == [16, 16, 16]
    assert few.loc[wrong, ["more_villages", "more_households"]].isna().all(axis=None)
    many = asked.assign(village_probability=8 / (8 + needed))
    kept = evaluation.reachable(found, many)
    assert kept.loc[wrong, "more_villages"].tolist() == [needed]
