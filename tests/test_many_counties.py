"""Twelve counties at once: adjusted verdicts, ranks, funnel limits, and which choice flips what."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.survey_tables import BAD, decided

from povexit import evaluation
from povexit.errors import DesignError, UnknownNameError
from povexit_sim import coverage, simulate_county

# R 4.2.2: p.adjust(p, "holm"), p.adjust(p, "BH")
P = [0.001, 0.008, 0.012, 0.02, 0.03, 0.04, 0.05, 0.2, 0.3, 0.5, 0.7, 0.9]
HOLM = [0.012, 0.088, 0.12, 0.18, 0.24, 0.28, 0.3, 1, 1, 1, 1, 1]
BH = [0.012, 0.048, 0.048, 0.06, 0.072, 0.08, 6 / 70, 0.3, 0.4, 0.6, 8.4 / 11, 0.9]


@pytest.mark.parametrize(
    ("adjust", "expected"), [(evaluation.holm, HOLM), (evaluation.benjamini_hochberg, BH)]
)
def test_adjusted_p_values_are_rs(adjust: Any, expected: list[float]) -> None:
    order = np.random.default_rng(1).permutation(len(P))
    found = adjust(pd.Series(P)[order])
    np.testing.assert_allclose(found.sort_index(), expected, rtol=1e-12)


def test_a_county_without_an_estimate_does_not_count_as_judged() -> None:
    found = evaluation.holm(pd.Series([0.01, np.nan, 0.04]))
    assert found.tolist()[::2] == pytest.approx([0.02, 0.04])
    assert np.isnan(found[1])


def counties(shares: list[int], households: int = 600, villages: int = 40) -> pd.DataFrame:
    """Return a sample of as many counties; one of so many households fails (0: none)."""
    rows = [
        {
            **(BAD if every and i % every == 0 else {}),
            "county_code": f"4510{k:02d}",
            "stratum": "poor_village",
            "village_code": f"{k}v{i % villages}",
        }
        for k, every in enumerate(shares)
        for i in range(households)
    ]
    return decided(rows)


def wrong_exits(found: pd.DataFrame) -> pd.DataFrame:
    return found[found["measure"] == "wrong_exit_rate"].reset_index(drop=True)


def test_many_verdicts_at_once_are_fewer() -> None:
    found = evaluation.rates(counties([0, 0, 0, 0, 0, 0, 0, 0, 7, 11, 25, 40]))
    alone = wrong_exits(found)["verdict"].value_counts()
    holm, bh = (
        wrong_exits(evaluation.adjusted(found, m))["verdict_adjusted"].value_counts()
        for m in ("holm", "bh")
    )
    for verdict in ("meets", "fails"):
        assert holm.get(verdict, 0) <= bh.get(verdict, 0) <= alone.get(verdict, 0)
    assert alone["meets"] == 8
    assert holm["fails"] >= 1


def test_an_adjustment_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="adjustment"):
        evaluation.adjusted(evaluation.rates(counties([0], 20, 4)), "bonferroni")


def test_ranks_tell_apart_what_differs_and_nothing_else() -> None:
    table = counties([0, 0, 5, 5, 1])
    found = evaluation.ranks(evaluation.rates(table, level=evaluation.joint_level(5)))
    ranks = wrong_exits(found)[["rank_low", "rank_high"]].to_numpy().tolist()
    assert ranks == [[4, 5], [4, 5], [2, 3], [2, 3], [1, 1]]
    # nobody fails to recognise: no rank is any county's
    recognised = found[found["measure"] == "recognition_rate"]
    assert recognised[["rank_low", "rank_high"]].to_numpy().tolist() == [[1, 5]] * 5


def test_a_county_without_an_estimate_may_have_any_rank() -> None:
    table = counties([0, 4, 2])
    table.loc[table["county_code"] == "451001", "meets_standard"] = pd.NA
    found = wrong_exits(evaluation.ranks(evaluation.rates(table, level=evaluation.joint_level(3))))
    assert found[["rank_low", "rank_high"]].to_numpy().tolist() == [[2, 3], [1, 3], [1, 2]]


def test_ranks_by_intervals_that_hold_one_by_one_are_refused() -> None:
    with pytest.raises(DesignError, match="hold together"):
        evaluation.ranks(evaluation.rates(counties([0, 4], 40, 4)))


def test_funnel_limits_narrow_with_the_sample_and_hold_the_target() -> None:
    small, large = counties([40], 200, 20), counties([40], 1000, 100)
    large = large.assign(
        county_code="451099",
        village_code="w" + large["village_code"],
        interview_id="w" + large["interview_id"],
    )
    found = evaluation.rates(pd.concat([small, large], ignore_index=True))
    limits = wrong_exits(evaluation.funnel(found, target=0.02))
    assert (limits["limit_low"] <= 0.02).all()
    assert (limits["limit_high"] >= 0.02).all()
    widths = limits.set_index(["county_code", "level"])["limit_high"]
    for level in (0.95, 0.998):
        assert widths["451099", level] < widths["451000", level]
    assert widths["451000", 0.998] > widths["451000", 0.95]
    assert not limits["is_outside"].any()


def test_a_county_far_off_lies_outside_the_funnel() -> None:
    found = wrong_exits(evaluation.funnel(evaluation.rates(counties([40, 40, 3]))))
    outside = found[found["level"] == 0.998].set_index("county_code")["is_outside"]
    assert outside.tolist() == [False, False, True]
    assert found["target"].nunique() == 1


def test_the_funnel_of_a_good_share_is_turned_over() -> None:
    found = evaluation.funnel(evaluation.rates(counties([0, 0])), target=0.9)
    recognised = found[found["measure"] == "recognition_rate"]
    assert (recognised["limit_low"] < 0.9).all()
    assert (recognised["limit_high"] > 0.9).all()
    assert recognised["is_outside"].all()


def test_a_funnel_of_percentages_is_refused() -> None:
    with pytest.raises(DesignError, match="shares"):
        evaluation.funnel(evaluation.rates(counties([0], 20, 4)), levels=(95,))


# specifications -------------------------------------------------------------------------------


def judged() -> dict[str, pd.DataFrame]:
    """Return a county whose verdict hangs on the line's year and on missing answers."""
    rows: list[dict[str, Any]] = [{} for _ in range(560)]
    # 13,812 yuan less cost for four is 2,953 a head: above the line of 2016, below 2018's
    rows += [{"gross_income_yuan": 13812.0} for _ in range(60)]
    rows += [{"is_water_safe": None} for _ in range(80)]
    return {str(year): decided(rows, villages=50, year=year) for year in (2016, 2018)}


TRIED = {"unit": ["stated"], "weighting": ["county", "surveyed"], "lonely": ["adjust"]}


def test_specifications_say_which_choice_flips_a_verdict() -> None:
    found = wrong_exits(evaluation.specifications(judged(), TRIED))
    assert len(found) == 2 * 2 * 3
    assert found["is_stated"].sum() == 1
    stated = found[found["is_stated"]].iloc[0]
    assert (stated["judged_by"], stated["missing"], stated["verdict"]) == (
        "2016",
        "left_out",
        "meets",
    )
    assert not stated["flips"]
    single = found[found["n_changed"] == 1]
    flipped = single[single["flips"]]
    assert set(zip(flipped["judged_by"], flipped["missing"], strict=True)) == {
        ("2018", "left_out"),
        ("2016", "failing"),
    }


def test_the_composite_rate_is_tried_by_every_denominator_known() -> None:
    counts = pd.DataFrame(
        {
            "county_code": ["451002"],
            "poor_persons": [700],
            "exited_persons": [9000],
            "unregistered_persons": [0],
            "rural_persons": [40000],
            "rural_registered_persons": [90000],
        }
    )
    tried = {**TRIED, "weighting": ["county"], "missing": ["left_out"]}
    found = evaluation.specifications({"2016": judged()["2016"]}, tried, counts)
    rows = found[found["measure"] == "composite_rate"].set_index("denominator")
    assert rows.index.tolist() == ["rural_population", "rural_registered_population"]
    assert rows["is_stated"].tolist() == [True, False]
    assert rows["estimate"].iloc[0] == pytest.approx(700 / 40000)
    assert rows["n_changed"].tolist() == [0, 1]


def test_every_choice_is_tried_where_none_is_named() -> None:
    table = counties([0], 24, 4)
    found = evaluation.specifications({"2016": table})
    assert len(wrong_exits(found)) == 2 * 3 * 3 * 3
    assert found["is_stated"].sum() == 3


def test_the_rule_for_a_lone_village_is_tried_where_there_is_one() -> None:
    table = counties([2], 40, 4)
    first = table["village_code"].iloc[0]
    lone = table.assign(stratum=table["stratum"].mask(table["village_code"] == first, "alone"))
    tried = {"unit": ["stated"], "weighting": ["county"], "missing": ["left_out"]}
    for given, apart in ((table, 1), (lone, 2)):
        found = wrong_exits(evaluation.specifications({"2016": given}, tried))
        assert found["lonely"].tolist() == ["adjust", "certainty", "average"]
        assert found["n_changed"].tolist() == [0, 1, 1]
        assert (found["high"].nunique() == 1) == (apart == 1)


@pytest.mark.parametrize("lonely", ["fail", "guessed"])
def test_a_rule_that_would_fail_is_not_passed_over(lonely: str) -> None:
    table = counties([0], 8, 4)
    lone = table.assign(stratum=table["village_code"])
    with pytest.raises(DesignError):
        evaluation.specifications({"2016": lone}, {"lonely": ["adjust", lonely]})


def test_choices_are_spelled_by_measure_and_name_what_differs_from_what_is_stated() -> None:
    tried = {"lonely": ["adjust"], "missing": ["left_out", "failing"]}
    found = evaluation.specifications({"line of 2016": counties([0], 24, 4)}, tried)
    told = evaluation.spelled(found, "en")
    assert told.loc[told["is_stated"], "changed"].tolist() == ["as stated"] * 3
    single = told[told["n_changed"] == 1].groupby("measure")["changed"].agg(set)
    assert single["wrong_exit_rate"] - single["recognition_rate"] == {"by households"}
    assert single["recognition_rate"] - single["wrong_exit_rate"] == {"by persons"}
    assert told["changed"].str.count(", ").add(1).where(~told["is_stated"], 0).tolist() == (
        told["n_changed"].tolist()
    )
    chinese = evaluation.spelled(found)
    assert set(chinese["weighting"]) == {"全县加权", "抽中村加权", "不加权"}
    assert not chinese["missing"].str.contains("[a-z]").any()


def test_nothing_to_try_and_unknown_choices_are_refused() -> None:
    with pytest.raises(DesignError, match="nothing to try"):
        evaluation.specifications({})
    table = {"2016": counties([0], 8, 4)}
    with pytest.raises(UnknownNameError, match="try"):
        evaluation.specifications(table, {"colour": ["red"]})
    with pytest.raises(UnknownNameError, match="no such choice"):
        evaluation.specifications(table, {"missing": ["guessed"]})


# coverage -------------------------------------------------------------------------------------


def test_the_projects_own_surveys_are_covered_by_its_own_intervals() -> None:
    """60 surveys of a simulated county whose truth is known."""
    found = coverage.checked(simulate_county("451022", "2016-06", 0.1), range(1, 61))
    held = coverage.held(found)
    assert (held["surveys"] == 60).all()
    # 60 x 95 % less three standard errors
    assert (held["interval"] > 0.86).all()
    assert (held["korn_graubard"] > 0.86).all()
    assert (held["one_sided"] > 0.86).all()
    assert (held[["false_meets", "false_fails"]] <= 0.05 + 0.09).all(axis=None)
    assert (held["width"] >= held["korn_graubard_width"]).all()
