"""Poverty and inequality: as R where R is defined, lawful everywhere, honest at the edges."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import r_poverty
from tests.household_tables import as_engine

from povexit import estimate, poverty
from povexit.errors import DesignError
from povexit.estimate import Design, Interval
from povexit.poverty import (
    FGT,
    GE,
    SST,
    Atkinson,
    Gini,
    Line,
    QuintileRatio,
    Sen,
    Watts,
    change_parts,
    linearised,
    measure,
)
from povexit.poverty.lines import Rows

MONEY = ("income", None)
LINE = Line(2000, "<=")
POOR: list[Any] = [FGT(*MONEY, LINE, a) for a in (0, 1, 2)]
POOR += [Watts(*MONEY, LINE), Sen(*MONEY, LINE), SST(*MONEY, LINE)]
UNEQUAL: list[Any] = [Gini(*MONEY), QuintileRatio(*MONEY)]
UNEQUAL += [GE(*MONEY, a) for a in (-1, 0, 0.5, 1, 2)]
UNEQUAL += [Atkinson(*MONEY, e) for e in (0.5, 1, 2)]


def village(incomes: Any, weights: Any = 1.0, **columns: Any) -> Design:
    """Return a design of one household a cluster."""
    return Design(pd.DataFrame({"income": incomes, "w": weights, **columns}), weights="w")


def value(design: Design, one: Any, **asked: Any) -> float:
    """Return one measure's estimate."""
    return float(measure(design, one, **asked)["estimate"].iloc[0])


# ------------------------------------------------------------------------------- R


@pytest.mark.parametrize(("name", "mine", "theirs"), r_poverty.ineq())
def test_agrees_with_ineq(name: str, mine: float, theirs: float) -> None:
    assert mine == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize("key", list(r_poverty.results("poverty")))
def test_agrees_with_survey_and_laeken(key: str) -> None:
    r, table = r_poverty.results("poverty")[key], r_poverty.ours(key)
    assert r_poverty.difference(table["estimate"], r["est"]) < 1e-12
    if r["se"]:
        assert r_poverty.difference(table["se"], r["se"]) < 1e-11


# --------------------------------------------------------- the linearised variable


def some_households() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"w": rng.uniform(1, 5, 40), "size": rng.integers(1, 7, 40)})
    table["income"] = rng.lognormal(7.5, 0.8, 40).round()
    table["line"] = rng.choice([1500.0, 2000.0], 40)
    table.loc[5, "income"] = table.loc[9, "income"]
    table["month"] = np.where(np.arange(40) < 20, 1, 2)
    return table


PERSONS = ("income", "size")
OWN = Line("line", "<")
SMOOTH: list[Any] = [FGT(*PERSONS, OWN, a) for a in (0, 1, 2, 1.5)]
SMOOTH += [
    Watts(*PERSONS, OWN),
    Sen(*PERSONS, OWN),
    SST(*PERSONS, OWN),
    SST(*PERSONS, OWN, "convey"),
]
SMOOTH += [Gini(*PERSONS, d) for d in ("lorenz", "unbiased", "convey")]
SMOOTH += [GE(*PERSONS, a) for a in (-1, 0, 1, 2)] + [Atkinson(*PERSONS, e) for e in (0.5, 1, 2)]


def shifted(table: pd.DataFrame, row: int, by: float) -> Design:
    """Return the design with one row's weight moved."""
    moved = table.assign(w=table["w"] + by * (table.index == row))
    return Design(moved, weights="w")


@pytest.mark.parametrize("one", SMOOTH, ids=lambda m: f"{m.name} {getattr(m, 'definition', '')}")
def test_linearised_variable_is_the_derivative_by_the_weight(one: Any) -> None:
    table = some_households()
    score = linearised(Design(table, weights="w"), one)
    for row in (0, 5, 9, 33):
        up, down = (value(shifted(table, row, h), one) for h in (1e-4, -1e-4))
        assert (up - down) / 2e-4 == pytest.approx(score[row], abs=1e-6 * np.abs(score).max())


@pytest.mark.parametrize("one", [*SMOOTH, QuintileRatio(*PERSONS)], ids=lambda m: m.name)
def test_any_design_gives_the_variance_from_the_linearised_variable(one: Any) -> None:
    table = some_households().assign(half=lambda t: np.where(t.index % 2, "a", "b"))
    design = Design(table, weights="w", strata="half")
    asked = measure(design, one, by="month", where={"half": "a"})
    score = linearised(design, one, by="month", where={"half": "a"})
    again = Design(table.assign(score=score), weights="w", strata="half")
    total = estimate.total(again, "score", by="month", where={"half": "a"})
    assert asked["se"].to_numpy() == pytest.approx(total["se"].to_numpy(), rel=1e-10)
    assert (score[table["half"] == "b"] == 0).all()


@pytest.mark.parametrize("one", [*SMOOTH, QuintileRatio(*PERSONS)], ids=lambda m: m.name)
def test_calibrated_weights_keep_their_errors(one: Any) -> None:
    table = some_households().assign(part=lambda t: t.index % 3)
    known = pd.DataFrame({"part": [0, 1, 2], "households": [50, 60, 30]})
    design = estimate.poststratify(Design(table, weights="w"), known)
    score = linearised(design, one, by="month")
    again = estimate.poststratify(Design(table.assign(score=score), weights="w"), known)
    asked = measure(design, one, by="month")["se"].to_numpy()
    total = estimate.total(again, "score", by="month")["se"].to_numpy()
    assert asked == pytest.approx(total, rel=1e-9)
    assert (asked > 0).all()


def test_linearised_variables_add_up_to_nothing() -> None:
    table = some_households()
    for one in (m for m in SMOOTH if getattr(m, "definition", "") != "convey"):
        assert table["w"] @ linearised(Design(table, weights="w"), one) == pytest.approx(
            0, abs=1e-12
        )


# ----------------------------------------------------------------------------- laws

incomes = st.lists(st.integers(1, 9999), min_size=2, max_size=25)
ALL = [*POOR, *UNEQUAL]
STEADY = [m for m in ALL if not isinstance(m, QuintileRatio)]
LAWS = settings(max_examples=60)


def level(one: Any, incomes: Any, weights: Any = 1.0, line: float = 2000) -> float:
    """Return a measure by its definition alone, without a design."""
    x = np.asarray(incomes, dtype=float)
    flat = np.ones(len(x))
    found: float = one.influence(Rows(x, flat, line * flat, weights * flat))[0]
    return found


@given(incomes)
@settings(max_examples=10)
def test_estimates_are_the_definitions(given_: list[int]) -> None:
    found = measure(village(given_), ALL)["estimate"]
    assert found.tolist() == pytest.approx([level(m, given_) for m in ALL], rel=1e-9, abs=1e-12)


@given(incomes, st.integers(2, 50))
@LAWS
def test_nothing_depends_on_the_unit_of_money(given_: list[int], factor: int) -> None:
    for one in ALL:
        there = level(one, np.array(given_) * factor, line=2000 * factor)
        assert there == pytest.approx(level(one, given_), rel=1e-9, abs=1e-12)


@given(incomes, st.integers(2, 4))
@LAWS
def test_a_weight_of_three_is_three_households(given_: list[int], times: int) -> None:
    for one in STEADY:  # of S80/S20, whether a fifth is met exactly is rounding
        again = level(one, given_ * times)
        assert level(one, given_, float(times)) == pytest.approx(again, rel=1e-9, abs=1e-12)
        assert level(one, given_) == pytest.approx(again, rel=1e-9, abs=1e-12)


@given(incomes, st.data())
@LAWS
def test_taking_from_the_poorer_for_the_richer_makes_it_worse(
    given_: list[int], data: st.DataObject
) -> None:
    before = sorted(given_)
    poor = data.draw(st.integers(0, len(before) - 2))
    rich = data.draw(st.integers(poor + 1, len(before) - 1))
    taken = data.draw(st.integers(0, before[poor] - 1))
    after = list(before)
    after[poor], after[rich] = after[poor] - taken, after[rich] + taken
    # a headcount, and Sen's with it, may fall when a poor person is lifted over the line
    for one in (m for m in STEADY if m.name not in ("fgt0", "sen")):
        assert level(one, after) >= level(one, before) - 1e-9


@given(incomes)
@LAWS
def test_bounds(given_: list[int]) -> None:
    found = {m.name: level(m, given_) for m in ALL}
    assert 0 <= found["fgt2"] <= found["fgt1"] <= found["fgt0"] <= 1
    assert found["fgt1"] <= found["sst"] + 1e-12 <= 2 * found["fgt1"] + 1e-9
    assert found["fgt1"] <= found["sen"] + 1e-12 <= found["fgt0"] + 1e-9
    assert -1e-12 <= found["gini"] <= 1 - 1 / len(given_) + 1e-12
    assert -1e-12 <= found["theil"] <= np.log(len(given_)) + 1e-12
    assert all(-1e-12 <= found[f"atkinson{e:g}"] < 1 for e in (0.5, 1, 2))


@given(incomes, incomes)
@settings(max_examples=10)
def test_a_city_is_the_sum_of_its_counties(first: list[int], second: list[int]) -> None:
    both = village(first + second)
    for measures in (POOR[:4], [m for m in UNEQUAL if isinstance(m, (GE, Atkinson))]):
        parts = [poverty.sums(village(x), measures) for x in (first, second)]
        city, whole = measure(parts[0] + parts[1], measures), measure(both, measures)
        for column in ("estimate", "se", "low", "high"):
            assert city[column].to_numpy() == pytest.approx(
                whole[column].to_numpy(), rel=1e-7, abs=1e-9, nan_ok=True
            )
        assert city["n"].tolist() == whole["n"].tolist()


@given(incomes, incomes)
@LAWS
def test_fgt_is_the_mean_of_its_parts(first: list[int], second: list[int]) -> None:
    for one in POOR[:4]:
        parts = [level(one, x) for x in (first, second)]
        mean = np.average(parts, weights=[len(first), len(second)])
        assert mean == pytest.approx(level(one, first + second), rel=1e-10, abs=1e-14)


@given(incomes, incomes)
@LAWS
def test_theil_is_what_lies_within_and_between(first: list[int], second: list[int]) -> None:
    theil = GE(*MONEY, 1)
    within = np.array([level(theil, first), level(theil, second)])
    share = np.array([sum(first), sum(second)]) / (sum(first) + sum(second))
    size = np.array([len(first), len(second)]) / (len(first) + len(second))
    whole = share @ within + share @ np.log(share / size)
    assert level(theil, first + second) == pytest.approx(whole, rel=1e-9, abs=1e-12)


def test_equal_incomes_are_equal() -> None:
    found = measure(village([3100.0] * 7, [1.0, 2, 3, 4, 5, 6, 7]), UNEQUAL)
    assert found["estimate"].to_numpy()[0] == pytest.approx(0, abs=1e-15)
    rest = found[~found["measure"].isin(["gini", "s80s20"])]
    assert rest["estimate"].to_numpy() == pytest.approx(0, abs=1e-14)
    # with everyone at the quantile nobody stands above it
    assert found.set_index("measure").loc["s80s20", "estimate"] == 0


def test_one_household_is_equal_to_itself() -> None:
    alone = Design(pd.DataFrame({"income": [3100.0], "w": [1.0]}), "w", lonely="certainty")
    found = measure(alone, [Gini(*MONEY), GE(*MONEY, 1), FGT(*MONEY, LINE, 1)])
    assert found["estimate"].tolist() == pytest.approx([0, 0, 0], abs=1e-15)
    assert found["se"].isna().all()
    assert set(found["reason"]) == {"one_cluster"}


@given(st.lists(st.tuples(st.integers(1, 999), st.integers(1, 5)), min_size=2, max_size=12))
@LAWS
def test_gini_is_half_the_relative_mean_difference(rows: list[tuple[int, int]]) -> None:
    x, w = np.array(rows, dtype=float).T
    pairs = np.abs(x[:, None] - x[None, :]) * w[:, None] * w[None, :]
    wanted = pairs.sum() / (2 * w.sum() ** 2 * np.average(x, weights=w))
    assert level(Gini(*MONEY), x, w) == pytest.approx(wanted, rel=1e-10, abs=1e-13)


def test_the_three_weighted_ginis_differ() -> None:
    design = village([1.0, 2.0, 6.0], [2.0, 5.0, 3.0])
    found = [value(design, Gini(*MONEY, d)) for d in ("lorenz", "unbiased", "convey")]
    # N Y = 10 x 30; sum of v (2 r - v) x = 4 + 90 + 306 = 400; sum of v (2 r - 1) x = 6 + 130 + 342
    assert found == pytest.approx([400 / 300 - 1, (400 / 300 - 1) * 3 / 2, 478 / 300 - 1])


# ------------------------------------------------------------------- line and persons


def test_who_stands_at_the_line_is_said() -> None:
    design = village([1999.0, 2000.0, 2001.0, 2000.0])
    assert value(design, FGT(*MONEY, Line(2000, "<"), 0)) == 0.25
    assert value(design, FGT(*MONEY, Line(2000, "<="), 0)) == 0.75
    assert value(design, FGT(*MONEY, Line(2000, "<="), 1)) == 0.25 / 2000


def test_persons_or_households() -> None:
    design = village([1000.0, 3000.0], size=[6, 2])
    assert value(design, FGT("income", "size", LINE, 0)) == 0.75
    assert value(design, FGT("income", None, LINE, 0)) == 0.5
    assert measure(design, FGT("income", "size", LINE, 0))["n"][0] == 2


def test_a_line_by_month() -> None:
    design = village([1000.0, 1000.0, 1000.0], month=["a", "b", "b"], line=[900.0, 1100.0, None])
    found = measure(design, FGT(*MONEY, Line("line", "<"), 0), by="month")
    assert found["estimate"].tolist() == [0.0, 1.0]
    assert found["unknown"].tolist() == [0, 1]


def test_all_poor_and_none_poor() -> None:
    poor = measure(village([100.0, 200.0, 400.0]), POOR).set_index("measure")
    assert poor.loc["fgt0", ["estimate", "reason"]].tolist() == [1.0, "all_events"]
    assert (poor["estimate"] > 0).all()
    rich = measure(village([4100.0, 4200.0, 4400.0]), POOR).set_index("measure")
    assert (rich["estimate"] == 0).all()
    assert rich.loc["fgt0", "reason"] == "no_events"
    assert rich.loc["fgt0", "high"] > 0.5
    # a standard error of 0 is no certainty: no interval rather than one of no width
    others = rich.drop(index="fgt0")
    assert set(others["reason"]) == {"no_poor"}
    assert others[["low", "high"]].isna().all(axis=None)


# ------------------------------------------------------------------------------ edges


def test_unknown_incomes_are_counted() -> None:
    design = village([1000.0, None, 3000.0, 5000.0], size=[1, 2, None, 3])
    found = measure(design, [*POOR, *UNEQUAL])
    assert set(found["n"]) == {3}
    assert set(found["unknown"]) == {1}
    persons = measure(design, [FGT("income", "size", LINE, 0), Gini("income", "size")])
    assert persons["n"].tolist() == [2, 2]
    assert persons["unknown"].tolist() == [2, 2]
    assert np.isnan(linearised(design, Gini("income", "size"))[[1, 2]]).all()


def test_no_income_known() -> None:
    design = village([None, None, 900.0, 800.0], place=["a", "a", "b", "b"])
    found = measure(design, [Gini(*MONEY), GE(*MONEY, 1), FGT(*MONEY, LINE)], by="place")
    unknown = found[found["place"] == "a"]
    assert set(unknown["reason"]) == {"all_unknown"}
    assert unknown["estimate"].isna().all()
    assert unknown["unknown"].tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    ("incomes", "without"),
    [
        ([0, 1000, 3000], {"watts", "mean_log_deviation", "ge-1", "atkinson1", "atkinson2"}),
        (
            [-5, 1000, 3000],
            {m.name for m in ALL if isinstance(m, (Watts, GE, Atkinson))},
        ),
    ],
)
def test_incomes_a_measure_cannot_take(incomes: list[float], without: set[str]) -> None:
    found = measure(village([*incomes, 4000.0]), STEADY).set_index("measure")
    lost = found[found["estimate"].isna()]
    assert set(lost.index) == without
    assert set(lost["reason"]) == {"nonpositive_incomes"}
    assert (lost["outside"] == 1).all()
    assert lost[["se", "low", "high"]].isna().all(axis=None)
    assert (found["n"] == 4).all()


def test_incomes_a_measure_cannot_take_can_be_left_out_by_saying_so() -> None:
    design = village([0.0, 1000.0, 3000.0, 4000.0], positive=[False, True, True, True])
    found = measure(design, GE(*MONEY, 0), where="positive")
    assert found["reason"][0] == ""
    assert found["estimate"][0] == value(village([1000.0, 3000.0, 4000.0]), GE(*MONEY, 0))


def test_zero_incomes_a_measure_can_take() -> None:
    design = village([0.0, 0.0, 0.0, 8.0])
    assert value(design, GE(*MONEY, 1)) == pytest.approx(np.log(4))
    assert value(design, GE(*MONEY, 2)) == pytest.approx(1.5)
    assert value(design, Atkinson(*MONEY, 0.5)) == pytest.approx(0.75)
    assert value(design, Gini(*MONEY)) == 0.75


def test_negative_incomes_are_told_where_they_count() -> None:
    found = measure(village([-100.0, 100.0, 400.0, 900.0]), [Gini(*MONEY), Sen(*MONEY, LINE)])
    assert found["reason"].tolist() == ["negative_incomes"] * 2
    assert found["outside"].tolist() == [1, 1]
    assert found["estimate"].notna().all()


def test_incomes_that_add_up_to_nothing() -> None:
    for given_ in ([0.0, 0.0, 0.0], [-100.0, 50.0, 50.0]):
        found = measure(village(given_), [Gini(*MONEY), QuintileRatio(*MONEY), GE(*MONEY, 1)])
        assert found["estimate"].isna().all()
        assert set(found["reason"]) <= {"mean_not_positive", "nonpositive_incomes"}
        assert found["n"].tolist() == [3, 3, 3]


def test_s80s20_by_hand() -> None:
    design = village([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 11.0])
    assert value(design, QuintileRatio(*MONEY)) == 20 / 3


@pytest.mark.parametrize("code", ["nonpositive_incomes", "negative_incomes", "no_poor", "no_rows"])
def test_reasons_have_words(code: str) -> None:
    assert poverty.reason_label(code, "en") != poverty.reason_label(code, "zh")
    assert len(poverty.reason_label(code)) > 10


# ------------------------------------------------------------------------- bad input


def refused(**columns: Any) -> DesignError:
    """Return what is said of a table that cannot be answered."""
    filled = {"income": [1.0, 2.0], "line": [1.0, 2.0], "size": [1, 2]} | columns
    with pytest.raises(DesignError) as told:
        measure(village(**{"incomes": filled.pop("income"), **filled}), FGT("income", "size", OWN))
    return told.value


@pytest.mark.parametrize(
    ("columns", "where", "found"),
    [
        ({"line": [0.0, 5.0]}, "line", "row 1 (0)"),
        ({"line": [5.0, -1.0]}, "line", "row 2 (-1)"),
        ({"size": [1, -2]}, "size", "row 2 (-2)"),
        ({"income": [np.inf, 1.0]}, "income", "row 1 (inf)"),
        ({"income": ["many", "few"]}, "income", "many"),
    ],
)
def test_bad_columns_are_refused_by_row(columns: Any, where: str, found: str) -> None:
    told = refused(**columns)
    assert told.where == where
    assert found in str(told.found)
    assert told.expected
    assert told.hint


@pytest.mark.parametrize(
    "make",
    [
        lambda: Line(0, "<"),
        lambda: Line(-5, "<"),
        lambda: Line(float("nan"), "<"),
        lambda: Line(float("inf"), "<"),
        lambda: Line(2000, "="),
        lambda: FGT(*MONEY, LINE, 0.5),
        lambda: FGT(*MONEY, LINE, -1),
        lambda: Atkinson(*MONEY, 0),
        lambda: Gini(*MONEY, "best"),
        lambda: QuintileRatio(*MONEY, "steep"),
    ],
)
def test_senseless_measures_are_refused(make: Any) -> None:
    with pytest.raises(DesignError) as told:
        make()
    assert told.value.expected


def test_sums_that_do_not_add_up_are_refused() -> None:
    design = village([1.0, 2.0])
    with pytest.raises(DesignError, match="cannot share"):
        poverty.sums(design, [Gini(*MONEY)])  # type: ignore[list-item]
    with pytest.raises(DesignError, match="cannot share"):
        poverty.sums(design, [GE(*MONEY), FGT(*MONEY, LINE)])
    found = poverty.sums(design, GE(*MONEY))
    with pytest.raises(DesignError, match="needs the rows"):
        measure(found, Gini(*MONEY))
    with pytest.raises(DesignError, match="already have"):
        measure(found, GE(*MONEY), by="income")
    with pytest.raises(DesignError, match="do not hold"):
        measure(found, GE(*MONEY, 2))
    with pytest.raises(DesignError, match="do not hold"):
        measure(poverty.sums(design, FGT(*MONEY, LINE)), FGT(*MONEY, Line(2000, "<")))


# --------------------------------------------------------------- growth, redistribution


def two_months(seed: int = 5) -> Design:
    table = some_households().assign(village=lambda t: t.index % 10)
    return Design(table, weights="w", clusters="village")


@pytest.mark.parametrize("alpha", [0, 1, 2])
def test_parts_add_up_to_the_change(alpha: float) -> None:
    one = FGT(*PERSONS, OWN, alpha)
    levels = measure(two_months(), one, by="month")["estimate"].to_numpy()
    for method in ("shapley", "datt_ravallion"):
        found = change_parts(two_months(), one, {"month": (1, 2)}, method=method)
        parts = found.set_index("component")["estimate"]
        assert parts["change"] == pytest.approx(levels[1] - levels[0])
        assert parts.drop("change").sum() == pytest.approx(parts["change"])
        assert (found["se"] > 0).all()


def test_growth_alone_and_redistribution_alone() -> None:
    start = np.array([800.0, 1500.0, 2500.0, 5000.0])
    for after, nothing in ((start * 1.3, "redistribution"), (start[::-1], "growth")):
        table = pd.DataFrame({"income": [*start, *after], "w": 1.0, "month": [1] * 4 + [2] * 4})
        found = change_parts(
            Design(table, weights="w"), FGT(*MONEY, LINE, 1), {"month": (1, 2)}
        ).set_index("component")
        assert found.loc[nothing, "estimate"] == pytest.approx(0, abs=1e-15)
    spread = pd.DataFrame({"income": [1, 3, 2, 2], "w": 1.0, "month": [1, 1, 2, 2]})
    found = change_parts(
        Design(spread, weights="w"), FGT(*MONEY, Line(1.5, "<"), 1), {"month": (1, 2)}
    ).set_index("component")
    assert found.loc["growth", "estimate"] == 0
    assert found.loc["redistribution", "estimate"] == pytest.approx(-1 / 6)


@pytest.mark.parametrize("alpha", [1, 2])
def test_errors_of_the_parts_count_the_means_too(alpha: float) -> None:
    table, one = some_households(), FGT(*PERSONS, OWN, alpha)

    def parts(design: Design) -> pd.Series:
        found = change_parts(design, one, {"month": (1, 2)})
        return found.set_index("component")["estimate"]

    slopes = pd.DataFrame(
        [
            (parts(shifted(table, r, 1e-4)) - parts(shifted(table, r, -1e-4))) / 2e-4
            for r in table.index
        ]
    )
    se = change_parts(Design(table, weights="w"), one, {"month": (1, 2)}).set_index("component")[
        "se"
    ]
    for component in slopes:
        scored = Design(table.assign(z=slopes[component].to_numpy()), weights="w")
        wanted = estimate.total(scored, "z")["se"][0]
        assert se[component] == pytest.approx(wanted, rel=1e-5)


def test_a_month_that_is_not_there() -> None:
    with pytest.raises(DesignError) as told:
        change_parts(two_months(), FGT(*PERSONS, OWN), {"month": (1, 3)})
    assert told.value.expected == "3"
    with pytest.raises(DesignError, match="no such method"):
        change_parts(two_months(), FGT(*PERSONS, OWN), {"month": (1, 2)}, method="oaxaca")


def test_a_place_without_one_of_the_months() -> None:
    table = some_households().assign(place=lambda t: np.where(t.index < 10, "first only", "both"))
    found = change_parts(
        Design(table, weights="w"), FGT(*PERSONS, OWN, 1), {"month": (1, 2)}, by="place"
    )
    lost = found[found["place"] == "first only"]
    assert lost["estimate"].isna().all()
    assert set(lost["reason"]) == {"mean_not_positive"}
    assert found[found["place"] == "both"]["estimate"].notna().all()


# ----------------------------------------------------------------- engines, intervals


@pytest.mark.parametrize("engine", ["polars", "lazy", "duckdb", "pandas", "arrow", "plain"])
def test_every_engine_gives_the_same(engine: str) -> None:
    frame = pl.from_pandas(some_households()).with_columns(
        pl.when(pl.col("size") == 3).then(None).otherwise(pl.col("income")).alias("income")
    )
    here = measure(Design(as_engine(frame, engine), weights="w"), SMOOTH, by="month")
    there = measure(Design(frame, weights="w"), SMOOTH, by="month")
    pd.testing.assert_frame_equal(here, there, check_dtype=False, check_exact=True)


def test_one_sided_intervals_and_other_levels() -> None:
    design = village([900.0, 1100.0, 2500.0, 3000.0, 8000.0])
    asked = [POOR[0], Gini(*MONEY)]
    both = measure(design, asked, interval=Interval("wilson", 0.9))
    upper = measure(design, asked, interval=Interval("wilson", 0.95, "upper"))
    assert upper["high"].to_numpy() == pytest.approx(both["high"].to_numpy())
    assert upper["low"].tolist() == [0.0, -np.inf]


def test_measures_can_be_compared_between_places() -> None:
    table = some_households()
    design = Design(table, weights="w")
    parts = [poverty.estimates(design, Gini(*PERSONS), where={"month": m}) for m in (1, 2)]
    found = estimate.table(estimate.combined(lambda a, b: b - a, parts))
    each = measure(design, Gini(*PERSONS), by="month")
    assert found["estimate"][0] == pytest.approx(each["estimate"][1] - each["estimate"][0])
    scores = [linearised(design, Gini(*PERSONS), where={"month": m}) for m in (1, 2)]
    scored = Design(table.assign(z=scores[1] - scores[0]), weights="w")
    assert found["se"][0] == pytest.approx(estimate.total(scored, "z")["se"][0])


def test_measures_of_one_base_share_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    from povexit.poverty import scoring

    passes: list[Any] = []
    real = scoring.row_sums
    monkeypatch.setattr(scoring, "row_sums", lambda *a: passes.append(a) or real(*a))
    measure(village([900.0, 1100.0]), POOR[:4])
    assert len(passes) == 1
