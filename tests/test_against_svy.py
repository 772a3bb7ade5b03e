"""The same questions to `svy`, a survey package by other hands (pinned, for tests only)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import svy
from tests.test_estimate import design, households

from povexit import estimate
from povexit.estimate import Mean, Ratio, Total

COUNTS = {"a": 900.0, "b": 700.0, "c": 900.0}
KNOWN = pd.DataFrame({"county": list(COUNTS), "households": list(COUNTS.values())})
PERSONS = 9500.0


@cache
def rows() -> pd.DataFrame:
    table = households(3, 240).dropna().reset_index(drop=True)
    return table.astype({"poor": int, "income": float})


@cache
def ours() -> estimate.Design:
    return design(rows())


@cache
def theirs() -> Any:
    plan = svy.Design(stratum="stratum", psu="village", wgt="weight")
    return svy.Sample(pl.from_pandas(rows()), plan)


def same(found: pd.DataFrame, made: Any, df: bool = True) -> None:
    other = made.to_polars()
    other = other.sort("county") if "county" in other.columns else other
    for mine, name in (("estimate", "est"), ("se", "se")) + ((("df", "df"),) if df else ()):
        assert found[mine].to_numpy() == pytest.approx(other[name].to_numpy(), rel=1e-10), mine


ASKED: dict[str, tuple[Callable[..., pd.DataFrame], str, tuple[str, ...]]] = {
    "mean": (estimate.mean, "mean", ("income",)),
    "total": (estimate.total, "total", ("persons",)),
    "ratio": (estimate.ratio, "ratio", ("poor_persons", "persons")),
}


@pytest.mark.parametrize("by", [None, "county"])
@pytest.mark.parametrize("question", ASKED)
def test_linearised(question: str, by: str | None) -> None:
    ask, name, columns = ASKED[question]
    made = getattr(theirs().estimation, name)(*columns, by=by)
    same(ask(ours(), *columns, by=by or ()), made)


def test_a_condition_keeps_the_design() -> None:
    made = theirs().estimation.mean("income", where=svy.col("persons") >= 4)
    table = rows().assign(large=lambda t: t["persons"] >= 4)
    same(estimate.mean(design(table), "income", where="large"), made)


@pytest.mark.parametrize("by", [None, "county"])
def test_calibrated(by: str | None) -> None:
    weighted = {
        "post": theirs().weighting.poststratify(controls=COUNTS, cells="county", wgt_name="post"),
        "greg": theirs().weighting.calibrate(
            controls={svy.Cat("county"): COUNTS, "persons": PERSONS}, wgt_name="greg"
        ),
    }
    mine = {
        "post": estimate.poststratify(ours(), KNOWN),
        "greg": estimate.calibrate(ours(), [KNOWN], {"persons": PERSONS}),
    }
    for name, d in mine.items():
        assert d.weight == pytest.approx(weighted[name].data[name].to_numpy(), rel=1e-10)
        found = estimate.ratio(d, "poor_persons", "persons", by=by or ())
        same(found, weighted[name].estimation.ratio("poor_persons", "persons", by=by))


def test_raked_weights() -> None:
    made = theirs().weighting.rake(
        controls={"county": COUNTS, "poor": {0: 1500.0, 1: 1000.0}}, wgt_name="raked"
    )
    poor = pd.DataFrame({"poor": [0, 1], "households": [1500.0, 1000.0]})
    d = estimate.rake(ours(), [KNOWN, poor])
    # it stops at six digits; its standard errors are those of R's rake, see docs/estimation.md
    assert d.weight == pytest.approx(made.data["raked"].to_numpy(), rel=1e-5)


@pytest.mark.parametrize(("how", "by"), [("JKn", None), ("JKn", "county"), ("BRR", None)])
def test_jackknife_and_balanced_halves(how: str, by: str | None) -> None:
    # halves without an answer from a county have no number there, and neither has svy
    weighting = theirs().weighting
    sample = weighting.create_jk_wgts() if how == "JKn" else weighting.create_brr_wgts()
    for e, name, columns in (
        (Mean("income"), "mean", ("income",)),
        (Total("persons"), "total", ("persons",)),
        (Ratio("poor_persons", "persons"), "ratio", ("poor_persons", "persons")),
    ):
        made = getattr(sample.estimation, name)(*columns, by=by, method="replication")
        # it counts the degrees of freedom of the whole design in every domain
        same(estimate.replicate(ours(), e, how, by or ()), made, df=by is None)


def test_a_calibrated_jackknife() -> None:
    jack = theirs().weighting.create_jk_wgts()
    made = jack.weighting.calibrate(
        controls={svy.Cat("county"): COUNTS, "persons": PERSONS}, wgt_name="greg"
    )
    d = estimate.calibrate(ours(), [KNOWN], {"persons": PERSONS})
    found = estimate.replicate(d, Mean("income"), "JKn", "county")
    same(found, made.estimation.mean("income", by="county", method="replication"), df=False)
    assert np.isfinite(found["se"]).all()
