"""Several deprivations at once: by hand, by law, by the national rule, on every engine."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.household_tables import as_engine

from povexit import estimate, standards
from povexit.errors import DesignError
from povexit.estimate import Design, Ratio
from povexit.poverty import (
    Index,
    Indicator,
    index_of,
    multidimensional,
    multidimensional_change,
    rank_robustness,
    reason_label,
)

NESTED = {"health": ["ill"], "school": ["out"], "living": ["water", "power", "house", "fuel"]}
GLOBAL = {
    "health": ["nutrition", "mortality"],
    "education": ["attendance", "years"],
    "living": ["power", "toilet", "water", "house", "fuel", "assets"],
}


def some_households(rows: int = 240, seed: int = 1) -> pd.DataFrame:
    """Return households of two months and three places with deprivations."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"place": np.repeat(["a", "b", "c"], rows // 3)})
    table["village"] = table["place"] + (table.index % 6).astype(str)
    table["month"] = 1 + (table.index // 6) % 2
    table["weight"] = rng.uniform(1, 4, rows)
    table["size"] = rng.integers(1, 7, rows)
    for column in (c for each in NESTED.values() for c in each):
        table[column] = (rng.random(rows) < rng.uniform(0.2, 0.6)).astype(int)
    return table


def drawn(table: Any) -> Design:
    return Design(table, weights="weight", strata="place", clusters="village")


INDEX = Index.nested(NESTED, "size", "drop")


def cells(found: pd.DataFrame, measure: str, **keys: Any) -> pd.DataFrame:
    """Return the rows of one measure."""
    chosen = found[found["measure"] == measure]
    for column, value in keys.items():
        chosen = chosen[chosen[column] == value]
    return chosen


def one(found: pd.DataFrame, measure: str, **keys: Any) -> float:
    return float(cells(found, measure, **keys)["estimate"].item())


# ------------------------------------------------------------------- weights, cut-offs


def test_two_sixths_are_a_third() -> None:
    # six sixths add up to less than 1 in floating point, and 1/3 is not 0.33
    table = pd.DataFrame({c: [int(i < 2), int(i < 5)] * 2 for i, c in enumerate("abcdef")})
    table = table.assign(w=1.0)
    index = Index(tuple(Indicator(c, "1/6") for c in "abcdef"), None, "drop")
    found = multidimensional(Design(table, weights="w"), index, ["1/3", 1 / 3, 0.33, 0.34, 5 / 6])
    assert cells(found, "H")["estimate"].tolist() == [1, 1, 1, 0.5, 0.5]


@pytest.mark.parametrize(
    ("k", "points"), [("1/3", 6), (0.33, 6), (0.334, 7), (5 / 6, 15), (1, 18), ("union", 1)]
)
def test_the_global_index_in_eighteenths(k: Any, points: int) -> None:
    index = Index.nested(GLOBAL, None, "drop")
    assert index.whole == 18
    assert index.points.tolist() == [3, 3, 3, 3, 1, 1, 1, 1, 1, 1]
    assert index.least(k) == points


def test_weights_are_sixths_or_whole_numbers() -> None:
    whole = Index((Indicator("a", 2), Indicator("b", 1)), None, "drop")
    assert whole.weights == (Fraction(2, 3), Fraction(1, 3))
    again = INDEX.reweighted({"health": "1/2", "school": "1/4", "living": "1/4"})
    assert [str(w) for w in again.weights] == ["1/2", "1/4", *["1/16"] * 4]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Index((Indicator("a", 0.1667), Indicator("b", 0.83)), None, "drop"),
        lambda: Index((Indicator("a", "half"),), None, "drop"),
        lambda: Index((Indicator("a", 1), Indicator("a", 1)), None, "drop"),
        lambda: Index((Indicator("a", 1), Indicator("b", -1)), None, "drop"),
        lambda: Index((), None, "drop"),
        lambda: Index((Indicator("a", 1),), None, "ignore"),
        lambda: INDEX.reweighted({"health": 1}),
        lambda: INDEX.least(0),
        lambda: INDEX.least(33),
        lambda: INDEX.least(float("nan")),
    ],
)
def test_senseless_indices_are_refused(make: Any) -> None:
    with pytest.raises(DesignError) as told:
        make()
    assert told.value.where


# ---------------------------------------------------------------------- by hand, by law


def test_four_households_by_hand() -> None:
    table = pd.DataFrame(
        {"ill": [1, 1, 0, 0], "cold": [1, 0, 1, 0], "dark": [1, 0, 0, 1], "size": [2, 4, 3, 1]}
    ).assign(w=1.0, place=["u", "u", "v", "v"])
    index = Index.nested({"health": ["ill"], "living": ["cold", "dark"]}, "size", "drop")
    found = multidimensional(Design(table, weights="w"), index, "1/2")
    # scores 1, 1/2, 1/4, 1/4: the first two are poor, 6 persons of 10
    assert one(found, "H") == pytest.approx(0.6)
    assert one(found, "A") == pytest.approx(4 / 6)
    assert one(found, "M0") == pytest.approx(0.4)
    assert one(found, "uncensored_headcount", indicator="cold") == pytest.approx(0.5)
    assert one(found, "censored_headcount", indicator="cold") == pytest.approx(0.2)
    assert one(found, "contribution", indicator="ill") == pytest.approx(0.75)
    by_place = multidimensional(Design(table, weights="w"), index, "1/2", by="place")
    assert cells(by_place, "group_contribution")["estimate"].tolist() == [1.0, 0.0]
    assert cells(by_place, "A", place="v")["reason"].item() == "zero_denominator"
    assert cells(by_place, "H", place="v")["reason"].item() == "no_events"
    assert cells(by_place, "H", place="v")["high"].item() > 0.5


@given(st.integers(0, 10**6), st.sampled_from(["1/6", "1/3", "1/2", "union", 1]))
@settings(max_examples=6)
def test_laws(seed: int, k: Any) -> None:
    table = some_households(60, seed)
    found = multidimensional(drawn(table), INDEX, k, by="place")
    for _, place in found[found["estimate"].notna()].groupby("place"):
        if one(place, "H") == 0:
            continue
        level = one(place, "M0")
        assert level == pytest.approx(one(place, "H") * one(place, "A"))
        assert cells(place, "contribution")["estimate"].sum() == pytest.approx(1)
        weights = dict(zip(INDEX.columns, map(float, INDEX.weights), strict=True))
        censored = cells(place, "censored_headcount").set_index("indicator")["estimate"]
        assert sum(censored[c] * w for c, w in weights.items()) == pytest.approx(level)
        plain = cells(place, "uncensored_headcount").set_index("indicator")["estimate"]
        assert (censored <= plain + 1e-12).all()
        assert (censored <= one(place, "H") + 1e-12).all()
        assert INDEX.least(k) / INDEX.whole <= one(place, "A") + 1e-12 <= 1 + 1e-9
    groups = cells(found, "group_contribution")["estimate"]
    assert groups.isna().all() or groups.sum() == pytest.approx(1)


def test_the_whole_is_the_mean_of_its_places() -> None:
    table = some_households()
    table["people"] = table["weight"] * table["size"]
    share = table.groupby("place")["people"].sum() / table["people"].sum()
    found = multidimensional(drawn(table), INDEX, "1/3", by="place")
    whole = multidimensional(drawn(table), INDEX, "1/3")
    for name in ("H", "M0"):
        parts = cells(found, name).set_index("place")["estimate"]
        assert one(whole, name) == pytest.approx((parts * share).sum())


def test_every_number_is_the_ratio_it_says() -> None:
    table = some_households()
    scores = table[list(INDEX.columns)].to_numpy() @ INDEX.points
    table["poor"] = table["size"] * (scores >= 4)
    table["score"] = table["poor"] * scores / 12
    table["cold"] = table["poor"] * table["house"]
    table["in b"] = table["score"] * (table["place"] == "b")
    found = multidimensional(drawn(table), INDEX, "1/3", by="place", where={"month": 2})
    columns = ["estimate", "se", "df", "deff", "n", "unknown", "population", "clusters"]
    for name, pair in {
        "H": ("poor", "size"),
        "A": ("score", "poor"),
        "M0": ("score", "size"),
    }.items():
        wanted = estimate.ratio(drawn(table), *pair, by="place", where={"month": 2})
        got = cells(found, name)[columns].to_numpy(dtype=float)
        assert got == pytest.approx(wanted[columns].to_numpy(dtype=float), rel=1e-9)
    wanted = estimate.ratio(drawn(table), "cold", "size", by="place", where={"month": 2})
    censored = cells(found, "censored_headcount", indicator="house")
    assert censored["se"].to_numpy() == pytest.approx(wanted["se"].to_numpy())
    share = estimate.ratio(drawn(table), "in b", "score", where={"month": 2})
    group = cells(found, "group_contribution", place="b")
    for column in ("estimate", "se", "df", "n"):
        assert group[column].item() == pytest.approx(share[column].item())


def test_calibrated_weights_keep_their_errors() -> None:
    table = some_households()
    scores = table[list(INDEX.columns)].to_numpy() @ INDEX.points
    table["score"] = table["size"] * np.where(scores >= 4, scores, 0) / 12
    table["in b"] = table["score"] * (table["place"] == "b")
    known = pd.DataFrame({"month": [1, 2], "households": [300, 500]})
    design = estimate.poststratify(drawn(table), known)
    found = multidimensional(design, INDEX, "1/3", by="place")
    share = estimate.ratio(design, "in b", "score").iloc[0]
    group = cells(found, "group_contribution", place="b").iloc[0]
    level = estimate.ratio(design, "score", "size", by="place")
    for column in ("estimate", "se", "df", "clusters"):
        assert group[column] == pytest.approx(share[column])
        got = cells(found, "M0")[column].to_numpy()
        assert got == pytest.approx(level[column].to_numpy())


def test_intervals_keep_to_0_and_1() -> None:
    found = multidimensional(drawn(some_households()), INDEX, ["1/6", "2/3"], by="place")
    assert ((found["low"] >= 0) & (found["high"] <= 1)).all()
    assert ((found["low"] <= found["estimate"]) & (found["estimate"] <= found["high"])).all()


# --------------------------------------------------------------------- unknown answers


def test_unknown_indicators_are_left_out_and_counted() -> None:
    table = some_households().astype({"water": "Float64"})
    table.loc[[3, 90, 91], "water"] = pd.NA
    found = multidimensional(drawn(table), INDEX, "1/3", by="place")
    assert cells(found, "H")["unknown"].tolist() == [1, 2, 0]
    assert set(found["unknown_as"]) == {"left_out"}
    assert (found["completed"] == 0).all()


def test_unknown_indicators_are_bounded_from_both_sides() -> None:
    table = some_households().astype({"water": "Float64", "ill": "Float64"})
    truth = multidimensional(drawn(table), INDEX, "1/3", by="place")
    rng = np.random.default_rng(8)
    for column in ("water", "ill"):
        table.loc[rng.random(len(table)) < 0.2, column] = pd.NA
    bounded = Index.nested(NESTED, "size", "bounds")
    found = multidimensional(drawn(table), bounded, "1/3", by="place")
    assert set(found["measure"]) == {"H", "M0", "uncensored_headcount", "censored_headcount"}
    assert (found["unknown"] == 0).all()
    holes = table[["water", "ill"]].isna().any(axis=1).groupby(table["place"]).sum()
    assert cells(found, "H", unknown_as="deprived")["completed"].tolist() == holes.tolist()
    keys = ["place", "measure", "k", "indicator"]
    wide = found.pivot(index=keys, columns="unknown_as", values="estimate")
    known = truth.set_index(keys)["estimate"].loc[wide.index]
    assert (wide["not_deprived"] <= known + 1e-12).all()
    assert (known <= wide["deprived"] + 1e-12).all()
    assert (wide["deprived"] > wide["not_deprived"]).any()


def test_all_unknown_is_no_zero() -> None:
    table = some_households().assign(water=np.nan)
    found = multidimensional(drawn(table), INDEX, "1/3")
    assert found["estimate"].isna().all()
    assert set(cells(found, "H")["reason"]) == {"all_unknown"}
    by_place = multidimensional(drawn(table), INDEX, "1/3", by="place")
    assert by_place["estimate"].isna().all()


@pytest.mark.parametrize(
    ("columns", "where"), [({"water": 2}, "water"), ({"size": -1}, "size"), ({"ill": "yes"}, "ill")]
)
def test_bad_columns_are_refused(columns: dict[str, Any], where: str) -> None:
    with pytest.raises(DesignError) as told:
        multidimensional(drawn(some_households().assign(**columns)), INDEX, "1/3")
    assert told.value.where == where
    assert told.value.hint


# ------------------------------------------------------------------- the national rule


def interviews() -> pd.DataFrame:
    """Return judged interviews: one fails two criteria, one fails none, two are not known."""
    yes = dict.fromkeys(
        ("food_clothing", "education", "medical", "housing", "water", "income"), True
    )
    rows = [yes, yes | {"water": False, "income": False}, yes | {"housing": None}]
    rows += [yes | {"housing": None, "medical": False}, yes]
    table = pd.DataFrame(rows).astype("boolean")
    return table.assign(weight=1.0, household_size=[3, 4, 2, 5, 1], village=list("abcde"))


def test_any_criterion_unmet_is_a_deprivation_of_the_national_rule() -> None:
    rule = standards.load("national_person", "2016")
    design = Design(interviews(), weights="weight", clusters="village")
    left_out = multidimensional(design, index_of(rule, None, "drop"), "union")
    assert one(left_out, "H") == pytest.approx(1 / 3)
    assert cells(left_out, "H")["unknown"].item() == 2
    bounds = multidimensional(design, index_of(rule, None, "bounds"), "union")
    # the fourth fails whatever the house is like; the third may or may not
    assert one(bounds, "H", unknown_as="not_deprived") == pytest.approx(2 / 5)
    assert one(bounds, "H", unknown_as="deprived") == pytest.approx(3 / 5)
    persons = multidimensional(design, index_of(rule, "household_size", "bounds"), "union")
    assert one(persons, "H", unknown_as="not_deprived") == pytest.approx(9 / 15)


def test_union_is_the_verdict_where_nothing_is_unknown() -> None:
    table = interviews().dropna().assign(w2=1.0)
    rule = standards.load("national_person", "2016")
    columns = [c.id for c in rule.criteria]
    meets = table[columns].all(axis=1).mean()
    found = multidimensional(Design(table, weights="w2"), index_of(rule, None, "drop"), "union")
    assert one(found, "H") == pytest.approx(1 - meets)
    houses = standards.load("household_exit", "2016")
    assert len(index_of(houses, "household_size", "bounds").columns) == len(houses.criteria)


# ----------------------------------------------------------------- changes and robustness


def test_change_counts_what_villages_have_in_common() -> None:
    table = some_households()
    scores = table[list(INDEX.columns)].to_numpy() @ INDEX.points
    table["score"] = table["size"] * np.where(scores >= 4, scores, 0) / 12
    months = [Ratio("score", "size", {"month": m}) for m in (1, 2)]
    found = multidimensional_change(drawn(table), INDEX, "1/3", {"month": (1, 2)}, by="place")
    wanted = {
        "absolute": estimate.difference(drawn(table), *reversed(months), by="place"),
        "relative": estimate.function(drawn(table), lambda a, b: b / a - 1, months, by="place"),
    }
    for name, table_ in wanted.items():
        got = cells(found, "M0", change=name)
        for column in ("estimate", "se", "df", "low", "high"):
            assert got[column].to_numpy() == pytest.approx(table_[column].to_numpy())


def test_no_relative_change_from_nothing() -> None:
    table = some_households()
    table.loc[table["month"] == 1, list(INDEX.columns)] = 0
    found = multidimensional_change(drawn(table), INDEX, "1/3", {"month": (1, 2)})
    lost = cells(found, "H", change="relative")
    assert lost["reason"].item() == "no_first"
    assert lost[["estimate", "se", "low", "high"]].isna().all(axis=None)
    assert cells(found, "H", change="absolute")["estimate"].item() > 0
    assert reason_label("no_first", "en").startswith("The first month")
    bounded = Index.nested(NESTED, None, "bounds")
    with pytest.raises(DesignError, match="bounds"):
        multidimensional_change(drawn(table), bounded, "1/3", {"month": (1, 2)})


def test_ranks_under_other_cutoffs_and_weights() -> None:
    variants = {"equal": INDEX, "health": INDEX.reweighted({"health": 2, "school": 1, "living": 1})}
    found = rank_robustness(drawn(some_households()), variants, ["1/3", "1/2"], by="village")
    assert found[["weights", "k"]].to_numpy().tolist() == [
        ["equal", "1/3"],
        ["equal", "1/2"],
        ["health", "1/3"],
        ["health", "1/2"],
    ]
    assert found.loc[0, ["kendall", "spearman", "kept"]].tolist() == pytest.approx([1, 1, 1])
    assert (found["places"] == 18).all()
    assert found["kept"].between(0, 1).all()
    with pytest.raises(DesignError, match="nothing to rank"):
        rank_robustness(drawn(some_households()), {}, ["1/3"], by="village")
    bounded = {"b": Index.nested(NESTED, None, "bounds")}
    with pytest.raises(DesignError, match="nothing to rank"):
        rank_robustness(drawn(some_households()), bounded, ["1/3"], by="village")


def test_other_weights_can_turn_the_order_round() -> None:
    # x lacks a, y lacks b: whichever weighs more decides
    table = pd.DataFrame({"a": [1, 1, 0, 0], "b": [0, 0, 1, 1], "place": list("xxyy")}).assign(
        w=1.0
    )
    heavy = {
        n: Index((Indicator("a", a), Indicator("b", 3 - a)), None, "drop")
        for n, a in (("a", 2), ("b", 1))
    }
    found = rank_robustness(Design(table, weights="w"), heavy, ["union", "1/2"], by="place")
    turned = found.set_index(["weights", "k"])
    other = turned.loc[("b", "union"), ["kendall", "spearman", "pairs", "kept"]]
    assert other.tolist() == pytest.approx([-1, -1, 1, 0])
    assert turned.loc[("a", "union"), "kept"] == 1


# ------------------------------------------------------------------------------ engines


@pytest.mark.parametrize("engine", ["polars", "lazy", "duckdb", "pandas", "arrow", "plain"])
def test_every_engine_gives_the_same(engine: str) -> None:
    frame = pl.from_pandas(some_households()).with_columns(
        pl.when(pl.col("size") == 3).then(None).otherwise(pl.col("ill") == 1).alias("ill")
    )
    here = multidimensional(drawn(as_engine(frame, engine)), INDEX, ["1/3", "union"], by="place")
    there = multidimensional(drawn(frame), INDEX, ["1/3", "union"], by="place")
    pd.testing.assert_frame_equal(here, there, check_dtype=False, check_exact=True)
