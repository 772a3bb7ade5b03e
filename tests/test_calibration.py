"""Calibration: known totals come out, take their part out of the error, or are refused with reasons."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.r_survey import designs, difference
from tests.r_weights import answers, calibrated, entries, results, tolerance
from tests.test_estimate import design, households

from povexit import estimate
from povexit.errors import DesignError
from povexit.estimate import Design, Mean

ENTRIES = [e for e in entries() if e[0] == "04_calibration" or "weights" in results(e[0])[e[1]]]


@pytest.mark.parametrize(("file", "key"), ENTRIES)
def test_agrees_with_r(file: str, key: str) -> None:
    for quantity, ours, theirs in answers(file, key):
        assert difference(ours, theirs) <= tolerance(key), quantity


def test_where_r_takes_margins_out_ten_times_going_on_leads_to_ours() -> None:
    d = calibrated("rake_partial")
    rows = designs()["clus1"].frame.to_native()
    mean = estimate.mean(d, "api00").iloc[0]
    margins = [rows.groupby(["stype", "sch.wide"]).ngroup(), rows["comp.imp"]]

    def error(rounds: int) -> float:
        left = (rows["api00"] - mean["estimate"]) / d.weight.sum()
        for _ in range(rounds):
            for margin in margins:
                left = left - left.groupby(margin).transform("mean")
        total = (left * d.weight).groupby(rows["dnum"]).sum()
        n, size = len(total), rows["fpc"].iloc[0]
        return float(np.sqrt((1 - n / size) * n * total.var()))

    theirs = results("04_calibration")["rake_partial.mean.api00"]["se"][0]
    assert error(10) == pytest.approx(theirs, rel=1e-10)
    assert error(200) == pytest.approx(mean["se"], rel=1e-10)


# ---------------------------------------------------------------- households in three counties

COUNTIES = pd.DataFrame({"county": ["a", "b", "c"], "households": [420.0, 380.0, 450.0]})
STRATA = pd.DataFrame({"stratum": ["hill", "plain"], "n": [700.0, 550.0]})
PERSONS = {"persons": 5200.0}
METHODS: dict[str, Callable[[Design], Design]] = {
    "post-stratified": lambda d: estimate.poststratify(d, COUNTIES),
    "raked": lambda d: estimate.rake(d, [COUNTIES, STRATA]),
    "regression": lambda d: estimate.calibrate(d, [COUNTIES, STRATA], PERSONS),
    "regression within bounds": lambda d: estimate.calibrate(
        d, [COUNTIES], PERSONS, bounds=(0.5, 2.0)
    ),
    "logit": lambda d: estimate.calibrate(d, [COUNTIES, STRATA], PERSONS, "logit", (0.3, 2.5)),
}


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000).map(households), st.sampled_from(list(METHODS)))
def test_known_totals_come_out_without_error(table: pd.DataFrame, method: str) -> None:
    d = METHODS[method](design(table))
    found = estimate.total(d, "persons", by="county")
    counts = estimate.mean(d, "persons", by="county")["population"].to_numpy()
    assert counts == pytest.approx(COUNTIES["households"].to_numpy(), rel=1e-9)
    if method not in ("post-stratified", "raked"):
        assert found["estimate"].sum() == pytest.approx(5200, rel=1e-9)
        assert estimate.total(d, "persons")["se"][0] < 1e-6


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("stages", [1, 2])
def test_the_error_is_that_of_residuals_row_by_row(method: str, stages: int) -> None:
    table = households(7).assign(row=lambda t: t.index, villages=90, rows=45)
    table["one"] = 1.0
    more = {"clusters": ["village", "row"], "fpc": ["villages", "rows"]} if stages == 2 else {}
    before = design(table, **more)
    d = METHODS[method](before)
    answered = table["income"].notna().to_numpy()
    inside = answered & (table["county"] == "b").to_numpy()
    income = table["income"].fillna(0).to_numpy(dtype=float)
    mean = (d.weight * income)[inside].sum() / d.weight[inside].sum()
    influence = np.where(inside, income - mean, 0.0) / d.weight[inside].sum()
    x = [pd.get_dummies(table["county"], dtype=float)]
    if method not in ("post-stratified", "regression within bounds"):
        x.append(pd.get_dummies(table["stratum"], dtype=float))
    if method not in ("post-stratified", "raked"):
        x.append(table[["persons"]].astype(float))
    x, half = np.column_stack(x), np.sqrt(before.weight)
    slope = np.linalg.lstsq(x * half[:, None], influence * half, rcond=None)[0]
    left = table.assign(left=influence - x @ slope, weight=d.weight)
    expected = estimate.total(design(left, **more), "left")["se"][0]
    found = estimate.mean(d, "income", where={"county": "b"}).iloc[0]
    assert found["estimate"] == pytest.approx(mean, rel=1e-12)
    assert found["se"] == pytest.approx(expected, rel=1e-9)
    by = estimate.mean(d, "income", by="county").iloc[1]
    assert by["se"] == pytest.approx(expected, rel=1e-9)
    plain = estimate.mean(before, "income", where={"county": "b"}).iloc[0]
    for name in ("n", "unknown", "clusters", "df"):
        assert found[name] == plain[name]


def test_what_explains_the_answer_takes_its_part_out_of_the_error() -> None:
    table = households(3)
    table["income"] = table["persons"] * 700.0 + np.arange(len(table)) % 7
    before, after = design(table), estimate.calibrate(design(table), [COUNTIES], PERSONS)
    wide, narrow = (estimate.total(d, "income")["se"][0] for d in (before, after))
    assert narrow < 0.05 * wide


def test_counties_calibrated_apart_add_up_to_the_city() -> None:
    table = households(5)
    table["village"] = table["county"] + table["village"].astype(str)
    table["stratum"] = table["county"] + table["stratum"].astype(str)
    kinds = table.groupby("stratum", as_index=False)["weight"].sum()
    margin = kinds.assign(weight=kinds["weight"] * [1.1, 0.9, 1.2, 1.0, 0.8, 1.05])
    whole = estimate.poststratify(design(table), margin.rename(columns={"weight": "n"}))
    parts = []
    for county in "abc":
        mine = margin[margin["stratum"].str.startswith(county)].rename(columns={"weight": "n"})
        rows = table[table["county"] == county].reset_index(drop=True)
        parts.append(estimate.sums(estimate.poststratify(design(rows), mine), ["persons"]))
    joint = parts[0] + pickle.loads(pickle.dumps(parts[1])) + parts[2]
    for ask in (estimate.mean, estimate.total):
        pd.testing.assert_frame_equal(ask(joint, "persons"), ask(whole, "persons"), rtol=1e-9)


def test_totals_the_sample_meets_already_change_no_weight() -> None:
    table = households(2)
    d = design(table)
    own = table.groupby("county", as_index=False)["weight"].sum()
    own = own.rename(columns={"weight": "n"})
    again = estimate.rake(d, [own])
    assert again.weight == pytest.approx(d.weight, rel=1e-12)
    a, b = (estimate.total(x, "persons").iloc[0] for x in (d, again))
    assert b["estimate"] == pytest.approx(a["estimate"], rel=1e-12)
    assert b["se"] != pytest.approx(a["se"], rel=1e-3)  # but they are known now


@pytest.mark.parametrize("method", ["linear", "logit"])
def test_factors_keep_to_their_bounds(method: str) -> None:
    d = design(households(11))
    made = estimate.calibrate(d, [COUNTIES], {"persons": 5600.0}, method, (0.75, 1.6))
    factor = made.weight / d.weight
    assert factor.min() >= 0.75 - 1e-12
    assert factor.max() <= 1.6 + 1e-12
    if method == "linear":
        assert (np.abs(factor - 0.75) < 1e-12).any()


def test_a_calibrated_design_is_another_and_answers_everything() -> None:
    d = design(households())
    before = d.weight.copy()
    made = estimate.rake(d, [COUNTIES, pl.from_pandas(STRATA)])
    assert (d.weight == before).all()
    assert d.calibration is None
    assert "calibrated weights add up to 1250" in repr(made)
    with pytest.raises(ValueError, match="read-only"):
        made.weight[0] = 1
    again = pickle.loads(pickle.dumps(made))
    for ask in (
        lambda d: estimate.share(d, "poor", by="county"),
        lambda d: estimate.ratio(d, "poor_persons", "persons", by="county", interval="beta"),
        lambda d: estimate.quantile(d, "income", [0.25, 0.5]),
        lambda d: estimate.difference(
            d, Mean("income", where={"county": "a"}), Mean("income", where={"county": "b"})
        ),
    ):
        found = ask(made)
        assert found["se"].notna().all()
        pd.testing.assert_frame_equal(ask(again), found)


def test_the_order_of_rows_and_of_categories_does_not_matter() -> None:
    table = households(4)
    other = table.sample(frac=1, random_state=1).reset_index(drop=True)
    a = estimate.calibrate(design(table), [COUNTIES, STRATA], PERSONS)
    b = estimate.calibrate(design(other), [STRATA.iloc[::-1], COUNTIES.iloc[[2, 0, 1]]], PERSONS)
    pd.testing.assert_frame_equal(
        estimate.mean(a, "income", by="county"), estimate.mean(b, "income", by="county"), rtol=1e-9
    )


def test_a_category_of_nobody_may_be_in_the_margin() -> None:
    more = pd.concat([COUNTIES, pd.DataFrame({"county": ["d"], "households": [0.0]})])
    a, b = (estimate.poststratify(design(households()), m) for m in (COUNTIES, more))
    assert (a.weight == b.weight).all()


# ------------------------------------------------------------------------ bad input


def margin(**changes: Any) -> pd.DataFrame:
    return COUNTIES.assign(**changes)


BAD: dict[str, tuple[Callable[[Design], Any], str]] = {
    "a county not covered": (
        lambda d: estimate.poststratify(d, COUNTIES.iloc[:2]),
        "does not cover",
    ),
    "a county of nobody in which somebody lives": (
        lambda d: estimate.poststratify(d, margin(households=[0, 5, 5])),
        "does not cover",
    ),
    "a county without a row": (
        lambda d: estimate.poststratify(
            d, pd.concat([COUNTIES, pd.DataFrame({"county": ["x"], "households": [9.0]})])
        ),
        "no row of a category",
    ),
    "a county twice": (
        lambda d: estimate.poststratify(d, COUNTIES.iloc[[0, 1, 2, 2]]),
        "more than once",
    ),
    "a negative count": (
        lambda d: estimate.poststratify(d, margin(households=[-1, 5, 5])),
        "missing or negative",
    ),
    "a missing count": (
        lambda d: estimate.poststratify(d, margin(households=[None, 5, 5])),
        "missing or negative",
    ),
    "two columns of counts": (
        lambda d: estimate.poststratify(d, margin(other=1)),
        "not clear",
    ),
    "no column of the sample": (
        lambda d: estimate.poststratify(d, pd.DataFrame({"kind": ["a"], "n": [1]})),
        "not clear",
    ),
    "margins of two populations": (
        lambda d: estimate.rake(d, [COUNTIES, STRATA.assign(n=[1, 2])]),
        "different populations",
    ),
    "totals that contradict one another": (
        lambda d: estimate.calibrate(d, [COUNTIES], {"weight": 10.0, "twice": 30.0}),
        "contradict",
    ),
    "a negative total of persons": (
        lambda d: estimate.calibrate(d, [], {"persons": -5.0}),
        "negative or zero",
    ),
    "a total that is no number": (
        lambda d: estimate.calibrate(d, [], {"persons": np.nan}),
        "not a number",
    ),
    "an unknown answer": (
        lambda d: estimate.calibrate(d, [], {"income": 5.0}),
        "value is missing",
    ),
    "an unknown category": (
        lambda d: estimate.poststratify(
            d, pd.DataFrame({"poor": [True, False], "n": [500.0, 700.0]})
        ),
        "category is missing",
    ),
    "bounds a county cannot keep": (
        lambda d: estimate.calibrate(d, [COUNTIES], bounds=(0.99, 1.01)),
        "bounds cannot be kept",
    ),
    "bounds too narrow together": (
        lambda d: estimate.calibrate(d, [COUNTIES], {"persons": 7500.0}, "logit", (0.6, 1.7)),
        "no such weights",
    ),
    "persons beyond reach": (
        lambda d: estimate.calibrate(d, [COUNTIES], {"persons": 99_000.0}, "raking"),
        "no such weights",
    ),
    "bounds on one side of 1": (
        lambda d: estimate.calibrate(d, [COUNTIES], bounds=(1.1, 2.0)),
        "around 1",
    ),
    "raking with bounds": (
        lambda d: estimate.calibrate(d, [COUNTIES], method="raking", bounds=(0.5, 2.0)),
        "logit needs bounds",
    ),
    "logit without bounds": (
        lambda d: estimate.calibrate(d, [COUNTIES], method="logit"),
        "logit needs bounds",
    ),
    "unknown method": (lambda d: estimate.calibrate(d, [COUNTIES], method="greg"), "no such cal"),
    "nothing known": (lambda d: estimate.calibrate(d), "no totals are known"),
    "calibrated twice": (
        lambda d: estimate.rake(estimate.rake(d, [COUNTIES]), [STRATA]),
        "calibrated already",
    ),
    "quantiles of negative weights": (
        lambda d: estimate.quantile(
            estimate.calibrate(d, [COUNTIES], {"persons": 8200.0}), "income"
        ),
        "negative weights",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named(case: str) -> None:
    make, problem = BAD[case]
    table = households().assign(twice=lambda t: t["weight"] * 2)
    with pytest.raises(DesignError, match=problem) as error:
        make(design(table))
    assert error.value.where or error.value.found
    assert error.value.expected or error.value.hint or error.value.found


def test_an_error_names_the_category_and_what_it_needs() -> None:
    with pytest.raises(DesignError) as error:
        estimate.calibrate(design(households()), [COUNTIES], bounds=(0.5, 1.05))
    assert "c needs" in str(error.value.found)
