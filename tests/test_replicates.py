"""Replicates: factors a cluster on the sums, as R's, and equal to the formula where they must be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.r_survey import difference
from tests.r_weights import answers, entries, results, tolerance
from tests.test_estimate import design, households

from povexit import estimate
from povexit.errors import DesignError
from povexit.estimate import Design, Mean, Ratio, Resampling, Share, Total
from povexit.estimate.hadamard import hadamard

ENTRIES = [
    (file, key)
    for file, key in entries()
    if file != "04_calibration" and "weights" not in results(file)[key]
]


@pytest.mark.parametrize(("file", "key"), ENTRIES)
def test_agrees_with_r(file: str, key: str) -> None:
    for quantity, ours, theirs in answers(file, key):
        assert difference(ours, theirs) <= tolerance(key), quantity


def pairs(rows: int = 120) -> pd.DataFrame:
    """Return households of twelve villages, two in each of six strata."""
    table = households(3, rows)
    number = table["village"].str[1:].astype(int)
    return table.assign(stratum="s" + (number // 2).astype(str))


# ------------------------------------------------------------ equal to the formula


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000).map(households), st.sampled_from([(), "county"]), st.booleans())
def test_leaving_out_a_cluster_gives_totals_the_error_of_the_formula(
    table: pd.DataFrame, by: Any, fpc: bool
) -> None:
    d = design(table.assign(villages=40), **({"fpc": "villages"} if fpc else {}))
    again, straight = (
        estimate.replicate(d, Total("income"), "JKn", by),
        estimate.total(d, "income", by),
    )
    pd.testing.assert_frame_equal(again, straight, rtol=1e-9)


def test_without_strata_both_jackknives_are_one() -> None:
    d = design(households(), strata=None)
    a, b = (estimate.replicate(d, Ratio("poor_persons", "persons"), m) for m in ("JK1", "JKn"))
    pd.testing.assert_frame_equal(a, b)
    assert a["se"][0] == pytest.approx(
        estimate.ratio(d, "poor_persons", "persons")["se"][0], rel=0.1
    )


@pytest.mark.parametrize("how", ["BRR", "Fay", Resampling("Fay", rho=0.0)])
def test_balanced_halves_give_totals_of_pairs_the_error_of_the_formula(how: Any) -> None:
    d = design(pairs())
    again = estimate.replicate(d, Total("income"), how, by="county")
    straight = estimate.total(d, "income", by="county")
    pd.testing.assert_frame_equal(again, straight, rtol=1e-9)


def test_fay_without_rest_is_brr() -> None:
    d = design(pairs())
    a = estimate.resample(d, Mean("income"), "BRR")
    b = estimate.resample(d, Mean("income"), Resampling("Fay", rho=0.0))
    assert (a.values == b.values).all()


@pytest.mark.parametrize("rows", range(1, 80))
def test_hadamard_rows_are_orthogonal(rows: int) -> None:
    matrix = hadamard(rows)
    assert len(matrix) > rows
    assert (matrix[0] == 1).all()
    assert (matrix @ matrix.T == len(matrix) * np.eye(len(matrix))).all()


@pytest.mark.parametrize("fpc", [False, True])
def test_the_bootstrap_tends_to_the_formula(fpc: bool) -> None:
    d = design(households(1).assign(villages=18), **({"fpc": "villages"} if fpc else {}))
    how = Resampling(replicates=6000, seed=3)
    again = estimate.replicate(d, Total("income"), how, by="county")["se"].to_numpy()
    straight = estimate.total(d, "income", by="county")["se"].to_numpy()
    assert again == pytest.approx(straight, rel=0.04)
    mean = estimate.replicate(d, Mean("income"), how)["se"][0]
    assert mean == pytest.approx(estimate.mean(d, "income")["se"][0], rel=0.12)


def test_a_seed_is_a_promise() -> None:
    d = design(households())
    first = estimate.resample(d, Mean("income"), Resampling(replicates=50, seed=9))
    same = estimate.resample(design(households()), Mean("income"), Resampling("bootstrap", 50, 9))
    assert (first.values == same.values).all()
    more = estimate.resample(d, Mean("income"), Resampling(replicates=80, seed=9))
    assert (more.values[:50] == first.values).all()
    other = estimate.resample(d, Mean("income"), Resampling(replicates=50, seed=10))
    assert (other.values != first.values).any()


def test_replicates_of_added_sums_are_those_of_the_whole() -> None:
    table = households(6)
    part = table["village"] < "v05"
    names = ["persons", "poor_persons"]
    whole = estimate.sums(design(table), names, by="county")
    a, b = (
        estimate.sums(design(table[m].reset_index(drop=True)), names, by="county")
        for m in (part, ~part)
    )
    for how in ("bootstrap", "JKn"):
        one, two = (
            estimate.resample(s, Ratio("poor_persons", "persons"), how) for s in (whole, b + a)
        )
        np.testing.assert_allclose(two.values, one.values, rtol=1e-10)


def test_functions_of_replicates() -> None:
    d = design(households())
    parts = [
        estimate.resample(d, Total(n), "JKn", by="county") for n in ("poor_persons", "persons")
    ]
    ratio = estimate.combined(lambda a, b: a / b, parts)
    direct = estimate.replicate(d, Ratio("poor_persons", "persons"), "JKn", by="county")
    found = estimate.table(ratio)
    for name in ("estimate", "se", "df", "low", "high", "n", "clusters"):
        assert found[name].to_numpy() == pytest.approx(direct[name].to_numpy(), rel=1e-12), name
    larger = estimate.combined(np.maximum, parts)
    assert (larger.values == parts[1].values).all()


def test_shares_keep_their_intervals() -> None:
    d = design(households(), strata=None)
    again = estimate.replicate(d, Share("poor"), "JK1", by="county", interval="beta")
    straight = estimate.share(d, "poor", by="county")
    assert again["estimate"].tolist() == straight["estimate"].tolist()
    assert again["low"].to_numpy() == pytest.approx(straight["low"].to_numpy(), abs=0.05)
    assert ((again["low"] > 0) & (again["high"] < 1)).all()


def test_around_the_mean_or_the_estimate() -> None:
    d = design(households(), strata=None)
    made = estimate.resample(d, Ratio("poor_persons", "persons"), "JK1")
    around = estimate.resample(d, Ratio("poor_persons", "persons"), Resampling("JK1", mse=True))
    gap = made.values.mean(axis=0) - made.made.value
    expected = made.variance + made.scales.sum() * gap**2
    assert around.variance == pytest.approx(expected, rel=1e-12)
    assert around.variance[0] > made.variance[0]


# ----------------------------------------------------------------------- calibrated


def test_what_is_known_does_not_vary_between_replicates() -> None:
    margin = pd.DataFrame({"county": ["a", "b", "c"], "n": [420.0, 380.0, 450.0]})
    d = estimate.calibrate(design(households()), [margin], {"persons": 5200.0}, "raking")
    made = estimate.resample(d, Total("persons"), Resampling(replicates=60))
    assert made.values[made.kept] == pytest.approx(5200.0, rel=1e-9)
    assert made.kept.sum() > 50  # the others drew no village of some county
    plain = estimate.resample(design(households()), Total("persons"), Resampling(replicates=60))
    assert plain.values.std() > 50


def test_calibrated_replicates_are_near_the_residuals() -> None:
    margin = pd.DataFrame({"county": ["a", "b", "c"], "n": [420.0, 380.0, 450.0]})
    d = estimate.poststratify(design(households(8, 480)), margin)
    straight = estimate.mean(d, "income", by="stratum")["se"].to_numpy()
    for how in ("JKn", Resampling(replicates=1500)):
        again = estimate.replicate(d, Mean("income"), how, by="stratum")["se"].to_numpy()
        assert again == pytest.approx(straight, rel=0.3)


def test_answers_with_holes_and_a_condition_in_a_calibrated_design() -> None:
    margin = pd.DataFrame({"county": ["a", "b", "c"], "n": [420.0, 380.0, 450.0]})
    table = households(2)
    d = estimate.poststratify(design(table), margin)
    made = estimate.resample(d, Mean("income", where={"county": "b"}), "JKn")
    inside = table.assign(
        income=table["income"].where(table["county"] == "b"), county=table["county"]
    )
    same = estimate.resample(
        estimate.poststratify(design(inside), margin), Mean("income", where={"county": "b"}), "JKn"
    )
    assert made.values == pytest.approx(same.values, rel=1e-12)
    assert made.made.value == pytest.approx(made.values.mean(axis=0), rel=0.05)


# --------------------------------------------------------------- edges and bad input


def test_replicates_without_an_answer_are_left_out_and_told() -> None:
    table = households()
    table["few"] = table["village"].isin(["v01", "v02"])
    found = estimate.replicate(design(table), Mean("persons"), by="few")
    assert found["reason"].tolist() == ["", "lost_replicates"]
    assert found["se"].notna().all()
    made = estimate.resample(design(table), Mean("persons", where="few"))
    assert 0 < (~made.kept).sum() < 150


def test_an_empty_category_in_a_replicate_is_told() -> None:
    table = households().assign(
        kind=lambda t: np.where(t["village"].isin(["v01", "v07"]), "x", "y")
    )
    margin = pd.DataFrame({"kind": ["x", "y"], "n": [200.0, 1000.0]})
    d = estimate.poststratify(design(table), margin)
    found = estimate.replicate(d, Total("persons"))
    assert found["reason"].tolist() == ["lost_replicates"]
    assert found["se"][0] > 0


def test_edges_have_the_reasons_of_the_formula() -> None:
    table = households()
    table["none"] = pd.array([pd.NA] * len(table), dtype="Float64")
    table["one"] = table["village"] == "v03"
    d = design(table)
    for e, by in ((Mean("none"), "county"), (Mean("income", where="one"), ())):
        again, straight = (
            estimate.replicate(d, e, "JKn", by),
            estimate.mean(d, e.y, by, e.where),
        )
        assert again["reason"].tolist() == straight["reason"].tolist()
        assert again["se"].isna().all()


def test_few_replicates_show_few_degrees_of_freedom() -> None:
    d = design(households())
    assert estimate.replicate(d, Mean("income"), Resampling(replicates=5))["df"][0] == 4
    assert estimate.replicate(d, Mean("income"), "JKn")["df"][0] == 10
    assert estimate.replicate(d, Mean("income"), "BRR")["df"][0] == 6


def test_a_stratum_taken_whole_has_no_replicates() -> None:
    table = households().assign(
        villages=lambda t: np.where(t["stratum"] == "hill", 6, 40),
    )
    d = design(table, fpc="villages")
    made = estimate.resample(d, Total("persons"), "JKn")
    assert len(made.scales) == 6
    assert made.variance[0] ** 0.5 == pytest.approx(estimate.total(d, "persons")["se"][0])
    boot = estimate.resample(d, Total("persons", where={"stratum": "hill"}))
    assert boot.values.std() == pytest.approx(0, abs=1e-9)


BAD: dict[str, tuple[Callable[[pd.DataFrame], Any], str]] = {
    "unknown method": (lambda t: Resampling("jackknife"), "no such replicates"),
    "one replicate": (lambda t: Resampling(replicates=1), "no such replicates"),
    "a negative seed": (lambda t: Resampling(seed=-1), "no such replicates"),
    "nothing kept by Fay": (lambda t: Resampling("Fay", rho=1.0), "no such replicates"),
    "JK1 with strata": (
        lambda t: estimate.replicate(design(t), Mean("income"), "JK1"),
        "JK1 knows no strata",
    ),
    "BRR of three villages": (
        lambda t: estimate.replicate(
            design(t[t["village"] != "v00"].reset_index(drop=True)), Mean("income"), "BRR"
        ),
        "in pairs",
    ),
    "BRR with an fpc": (
        lambda t: estimate.replicate(design(t.assign(N=50), fpc="N"), Mean("income"), "BRR"),
        "no place for an fpc",
    ),
    "two stages": (
        lambda t: estimate.replicate(
            design(t.assign(row=t.index, N=50, M=90), clusters=["village", "row"], fpc=["N", "M"]),
            Mean("income"),
        ),
        "one stage",
    ),
    "lonely village": (
        lambda t: estimate.replicate(design(t, strata="village"), Mean("income")),
        "single sampled unit",
    ),
    "bootstrap of an adjusted lonely village": (
        lambda t: estimate.replicate(design(t, strata="village", lonely="adjust"), Mean("income")),
        "cannot adjust",
    ),
    "sums of a calibrated design": (
        lambda t: estimate.replicate(
            estimate.sums(
                estimate.poststratify(
                    design(t), pd.DataFrame({"county": ["a", "b", "c"], "n": [1.0, 1, 1]})
                ),
                ["persons"],
            ),
            Mean("persons"),
        ),
        "cannot be resampled",
    ),
    "domains of sums": (
        lambda t: estimate.replicate(
            estimate.sums(design(t), ["persons"]), Mean("persons"), by="county"
        ),
        "already have their domains",
    ),
    "replicates of two methods": (
        lambda t: estimate.combined(
            lambda a, b: a - b,
            [estimate.resample(design(t), Mean("persons"), m) for m in ("JKn", "bootstrap")],
        ),
        "different methods",
    ),
    "replicates and estimates": (
        lambda t: estimate.combined(
            lambda a, b: a - b,
            [
                estimate.resample(design(t), Mean("persons")),
                Mean("persons").estimates(estimate.sums(design(t), ["persons"])),
            ],
        ),
        "cannot be combined",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named(case: str) -> None:
    make, problem = BAD[case]
    with pytest.raises(DesignError, match=problem) as error:
        make(households())
    assert error.value.where
    assert error.value.expected or error.value.hint or error.value.found


def test_a_lonely_village_that_is_certain_does_not_vary() -> None:
    table = households()
    table.loc[table["village"] == "v00", "stratum"] = "alone"
    d = design(table, lonely="certainty")
    again, straight = (
        estimate.replicate(d, Total("persons"), Resampling(replicates=4000)),
        estimate.total(d, "persons"),
    )
    assert again["se"][0] == pytest.approx(straight["se"][0], rel=0.05)
    assert isinstance(d, Design)
