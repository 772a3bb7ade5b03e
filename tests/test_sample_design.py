"""Designing a sample: acceptance numbers, operating characteristics, costs, strata."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from povexit import evaluation
from povexit.errors import DesignError, UnknownNameError
from povexit.evaluation import Field, Rule
from povexit_sim import village_samples as grid

RULE = evaluation.measures()[0].rule
ALIKE = Field(clustering=0.02)


def test_acceptance_sizes_are_the_exact_ones() -> None:
    # R: the smallest n with binom.test(c, n, alternative = "less")$conf.int[2] < 0.02
    sizes = [evaluation.acceptance_size(events, RULE) for events in range(6)]
    assert sizes == [149, 236, 313, 386, 456, 523]


def test_clustering_lowers_the_acceptance_number() -> None:
    numbers = [
        evaluation.acceptance_number(50, 20, Rule(0.02, icc), Field(clustering=0.0))
        for icc in (0.0, 0.02, 0.05, 0.15)
    ]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] > numbers[-1] >= 0


def test_too_few_villages_accept_nobody() -> None:
    assert evaluation.acceptance_number(20, 100, RULE, ALIKE) == -1
    assert evaluation.acceptance_number(1, 1000, RULE, ALIKE) == -1  # no degrees of freedom
    assert evaluation.acceptance_number(30, 20, RULE, Field(0.02, strata=30)) == -1


@pytest.mark.parametrize("field", [Field(0.0), Field(0.05), Field(), Field(0.05, 0.8, 2)])
def test_operating_characteristics_fall_from_meets_to_fails(field: Field) -> None:
    rates = np.linspace(0, 0.3, 13)
    found = evaluation.operating_characteristic(40, 20, RULE, rates.tolist(), field)
    chances = found[["meets", "fails", "undetermined"]]
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)
    assert (chances > -1e-12).all(axis=None)
    assert (found["meets"].diff().dropna() <= 1e-12).all()
    assert (found["fails"].diff().dropna() >= -1e-12).all()
    assert found["meets"].iloc[0] == pytest.approx(1.0)


@pytest.mark.parametrize("icc", [0.0, 0.02, 0.05, 0.15])
def test_at_the_threshold_no_plan_errs_more_often_than_it_may(icc: float) -> None:
    for villages, households in ((25, 20), (40, 10), (100, 20)):
        found = evaluation.operating_characteristic(
            villages, households, RULE, [RULE.threshold], Field(icc)
        )
        assert found["meets"][0] <= 0.05 + 1e-9
        assert found["fails"][0] <= 0.05 + 1e-9


@pytest.mark.parametrize(
    ("icc", "rate"), [(0.0, 0.005), (0.02, 0.005), (0.02, 0.002), (0.05, 0.01)]
)
def test_the_power_planned_is_about_the_power_had(icc: float, rate: float) -> None:
    """Against samples drawn and judged; what a sample shows varies, so it is about."""
    planned = evaluation.operating_characteristic(50, 20, RULE, [rate], Field(icc, 0.83))
    cell = grid.Cell(50, 20, icc, "concentrated" if icc else "beta", rate=rate)
    had = grid.passing(cell, 2000, ("verdict",))["verdict"]
    assert planned["meets"][0] == pytest.approx(had, abs=0.12)


def test_options_have_the_power_wanted_and_the_cheapest_comes_first() -> None:
    found = evaluation.sample_options(0.005, RULE, [5, 10, 20, 30], (300.0, 40.0), ALIKE)
    assert found["cost"].is_monotonic_increasing
    assert (found["power"] >= RULE.power).all()
    first = found.iloc[0]
    assert first["households"] == first["villages"] * first["households_per_village"]
    assert first["cost"] == first["villages"] * 300 + first["households"] * 40
    again = evaluation.operating_characteristic(
        int(first["villages"]), int(first["households_per_village"]), RULE, [0.005], ALIKE
    )
    assert again["meets"][0] == pytest.approx(first["power"])


def test_dear_villages_ask_for_more_households_in_each() -> None:
    def chosen(village: float) -> int:
        found = evaluation.sample_options(0.005, RULE, [5, 10, 20, 30], (village, 40.0), ALIKE)
        return int(found["households_per_village"][0])

    assert chosen(0.0) < chosen(5000.0)


def test_a_county_that_fails_is_found_with_the_power_wanted() -> None:
    found = evaluation.sample_options(0.05, RULE, [10], (300.0, 40.0), ALIKE).iloc[0]
    again = evaluation.operating_characteristic(int(found["villages"]), 10, RULE, [0.05], ALIKE)
    assert again["fails"][0] == pytest.approx(found["power"])
    assert found["refuse"] > found["accept"]


def test_a_rate_near_the_threshold_has_no_sample() -> None:
    found = evaluation.sample_options(0.0199, RULE, [10], (300.0, 40.0), ALIKE)
    assert found.iloc[0][["villages", "power", "cost"]].isna().all()


@pytest.mark.parametrize(
    "call",
    [
        lambda: evaluation.acceptance_size(-1, RULE),
        lambda: evaluation.acceptance_number(0, 20, RULE),
        lambda: evaluation.acceptance_number(20, 0, RULE),
        lambda: evaluation.operating_characteristic(20, 20, RULE, [2.0]),
        lambda: evaluation.sample_options(0.02, RULE, [10], (1.0, 1.0)),
        lambda: evaluation.sample_options(0.01, RULE, [10], (-1.0, 1.0)),
        lambda: Field(clustering=1.0),
        lambda: Field(evenness=0.0),
        lambda: Field(strata=0),
    ],
)
def test_numbers_that_cannot_be_are_refused(call: object) -> None:
    with pytest.raises(DesignError, match="cannot be"):
        call()  # type: ignore[operator]


STRATA = pd.DataFrame(
    {"stratum": ["a", "b", "c"], "size": [100, 3000, 6900], "rate": [0.2, 0.05, 0.005]}
)


def test_neyman_moves_villages_to_where_failings_are() -> None:
    even, moved = (
        evaluation.allocate(STRATA, 40, m)["villages"] for m in ("proportional", "neyman")
    )
    assert even.tolist() == [2, 12, 26]
    assert even.sum() == moved.sum() == 40
    assert moved[1] > even[1]


@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=12), st.integers(0, 200))
def test_allocation_shares_out_all_and_two_at_least(sizes: list[float], more: int) -> None:
    strata = pd.DataFrame({"stratum": range(len(sizes)), "size": sizes})
    villages = 2 * len(sizes) + more
    found = evaluation.allocate(strata, villages)["villages"]
    assert found.sum() == villages
    assert found.min() >= 2
    order = np.argsort(sizes)
    assert (np.diff(found.to_numpy()[order]) >= 0).all() or len(set(sizes)) < len(sizes)


@pytest.mark.parametrize(
    ("strata", "villages", "method", "error"),
    [
        (STRATA, 5, "proportional", DesignError),
        (STRATA.assign(size=[1, 2, -3]), 40, "proportional", DesignError),
        (STRATA.assign(rate=[0.1, 0.2, 0.0]), 40, "neyman", DesignError),
        (STRATA, 40, "equal", UnknownNameError),
    ],
)
def test_strata_that_cannot_be_are_refused(
    strata: pd.DataFrame, villages: int, method: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        evaluation.allocate(strata, villages, method)
