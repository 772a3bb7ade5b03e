"""Calibration and replicates in R's survey package, beside the same in `povexit.estimate`.

As ``tests/r_survey.py``, whose pieces it uses, for entries that move or replicate weights.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from tests.r_survey import GOLDEN, Answer, designs

from povexit import estimate
from povexit.errors import DesignError
from povexit.estimate import Design, Mean, Ratio, Resampling, Total

FILES = ("04_calibration", "replicates", "03_lonely_jkn")

#: Where R stops before the end, and how many digits it has by then.
EARLY = {
    "rake_default_eps": 1e-4,  # its tolerance is one household
    "rake_partial": 1e-5,  # ten rounds of taking out margins that overlap
    "cal_raking_api99": 1e-8,  # its tolerance is 1e-7 of a total
    "cal_logit_bounds": 1e-6,
    "rake_rep": 1e-8,
}


@cache
def results(file: str) -> dict[str, dict[str, Any]]:
    """Return the entries of one reference file."""
    found: dict[str, dict[str, Any]] = json.loads((GOLDEN / f"{file}.json").read_text())["results"]
    return found


def entries() -> list[tuple[str, str]]:
    """Return the file and key of every entry that is a result."""
    return [(file, key) for file in FILES for key in results(file) if key != "poptotals"]


def tolerance(key: str) -> float:
    """Return how far apart the two may be, relative to R's."""
    return max((EARLY[part] for part in key.split(".") if part in EARLY), default=1e-10)


@cache
def answers(file: str, key: str) -> list[Answer]:
    """Return (quantity, ours, R's) for one entry."""
    r = results(file)[key]
    if file == "03_lonely_jkn":
        return list(_lonely(key, r))
    if file == "replicates":
        return list(_replicates(key, r))
    return list(_kalton(key, r) if key.startswith("kalton") else _calibration(key, r))


def pair(table: pd.DataFrame, r: dict[str, Any]) -> Iterator[Answer]:
    """Compare estimates and standard errors; R's rounding around 0 is 0."""
    est, se = (np.atleast_1d(np.array(r[k], dtype=float)) for k in ("est", "se"))
    known = se < 1e-8 * np.abs(est)
    yield "estimate", table["estimate"].to_numpy(), est
    ours = table["se"].to_numpy()
    yield "se", np.where(known & (ours < 1e-8 * np.abs(est)), 0.0, ours), np.where(known, 0.0, se)


def known(name: str) -> pd.DataFrame:
    """Return a table of population counts."""
    return pd.DataFrame(results("04_calibration")["poptotals"][name])


API99 = {"api99": 3914069.0}
KINDS: dict[str, Callable[[Design], Design]] = {
    "poststrat": lambda d: estimate.poststratify(d, known("stype")),
    "rake": lambda d: estimate.rake(d, [known("stype"), known("schwide")]),
    "rake_partial": lambda d: estimate.rake(d, [known("stype_schwide"), known("compimp")]),
    "cal_linear_stype": lambda d: estimate.calibrate(d, [known("stype")]),
    "greg_stype_api99": lambda d: estimate.calibrate(d, [known("stype")], API99),
    "cal_raking_api99": lambda d: estimate.calibrate(d, [known("stype")], API99, "raking"),
    "cal_linear_bounds": lambda d: estimate.calibrate(
        d, [known("stype")], API99, bounds=(0.5, 1.8)
    ),
    "cal_logit_bounds": lambda d: estimate.calibrate(
        d, [known("stype")], API99, "logit", (0.5, 1.8)
    ),
}
SAME = {"rake_default_eps": "rake", "greg": "greg_stype_api99"}


@cache
def calibrated(kind: str) -> Design:
    """Return apiclus1 calibrated."""
    return KINDS[SAME.get(kind, kind)](designs()["clus1"])


def _calibration(key: str, r: dict[str, Any]) -> Iterator[Answer]:
    kind, what = key.split(".", 1)
    d = calibrated(kind.removesuffix("_rep"))
    ask = _again("JK1") if kind.endswith("_rep") else _straight
    if what == "mean.api00":
        yield from pair(ask(d, Mean("api00")), r)
        if not kind.endswith("_rep"):
            weights = pd.read_csv(GOLDEN / "calibrated_weights_apiclus1.csv")
            yield "weights", d.weight, weights[kind].to_numpy()
    elif what == "total.enroll":
        yield from pair(ask(d, Total("enroll")), r)
    elif kind == "rake_default_eps" and what == "total.stype":
        return  # known totals that R has not met yet
    elif what == "total.stype":
        yield from pair(pd.concat([ask(d, Total(f"is_{k}")) for k in "EHM"]), r)
    elif what == "ratio":
        yield from pair(ask(d, Ratio("api.stu", "enroll")), r)
    else:
        by = {"est": r["table"]["api00"], "se": r["table"]["se"]}
        yield from pair(ask(d, Mean("api00"), "stype"), by)


def _straight(d: Design, what: Any, by: Any = ()) -> pd.DataFrame:
    if isinstance(what, Ratio):
        return estimate.ratio(d, what.y, what.x, by)
    return (estimate.total if isinstance(what, Total) else estimate.mean)(d, what.y, by)


def _again(how: Any) -> Callable[..., pd.DataFrame]:
    return lambda d, what, by=(): estimate.replicate(d, what, how, by)


def _kalton(key: str, r: dict[str, Any]) -> Iterator[Answer]:
    """Compare factors by cell with R's, of Kalton & Flores-Cervantes (2003)."""
    cells = pd.read_csv(GOLDEN / "kalton.csv")
    rows = cells.loc[cells.index.repeat(cells["sample_n"]), ["a", "b"]].reset_index(drop=True)
    d = Design(rows.assign(one=1.0, x=rows["a"], y=rows["b"]), "one")
    a, b = (cells.groupby(c, as_index=False)["pop_n"].sum() for c in "ab")
    count = cells["pop_n"].sum()
    greg = {
        "one": count,
        "x": cells["a"] @ cells["pop_n"],
        "y": cells["b"] @ cells["pop_n"],
    }
    cross = cells[["a", "b", "pop_n"]]
    made = {
        "A_poststrat": lambda: estimate.poststratify(d, cross),
        "A_calibrate": lambda: estimate.calibrate(d, [cross]),
        "B_rake": lambda: estimate.rake(d, [a, b]),
        "B_calraking": lambda: estimate.calibrate(d, [a, b], method="raking"),
        "C_linear": lambda: estimate.calibrate(d, [a, b]),
        "D_greg": lambda: estimate.calibrate(d, (), greg),
        "G_trunclinear": lambda: estimate.calibrate(d, [a, b], bounds=(0.5, 2.2)),
        "G_logit": lambda: estimate.calibrate(d, [a, b], method="logit", bounds=(0.5, 2.2)),
    }[key.split(".")[1]]()
    factor = rows.assign(w=made.weight).groupby(["a", "b"])["w"].mean().unstack()
    theirs = np.array(r["adj_factor_rows_a_cols_b"])
    yield "factors", factor.to_numpy().ravel(), theirs.ravel()


WIDE = pd.DataFrame({"sch.wide": ["No", "Yes"], "n": [1072, 5122]})
COMP = pd.DataFrame({"comp.imp": ["No", "Yes"], "n": [1712, 4482]})
UNEQUAL: dict[str, Callable[[Design], Design]] = {
    "poststratify": lambda d: estimate.poststratify(d, WIDE),
    "linear": lambda d: estimate.calibrate(d, [WIDE, COMP], API99),
    "raking": lambda d: estimate.calibrate(d, [WIDE, COMP], API99, "raking"),
    "logit": lambda d: estimate.calibrate(d, [WIDE, COMP], API99, "logit", (0.3, 2.5)),
    "bounded": lambda d: estimate.calibrate(d, [WIDE, COMP], API99, bounds=(0.3, 2.5)),
}
HOW = {"JK1mse": Resampling("JK1", mse=True), "Fay": Resampling("Fay", rho=0.3)}


@cache
def small() -> Design:
    """Return R's scd, two ambulance services in each of three areas (Levy & Lemeshow 1999)."""
    rows = pd.DataFrame({"ESA": [1, 1, 2, 2, 3, 3], "ambulance": [1, 2, 1, 2, 1, 2], "w": 1.0})
    rows["arrests"], rows["alive"] = [120, 78, 185, 228, 670, 530], [25, 24, 30, 49, 80, 70]
    return Design(rows, "w", "ESA", "ambulance", nest=True)


def _replicates(key: str, r: dict[str, Any]) -> Iterator[Answer]:
    name, what = key.split(".")
    d = small() if name == "scd" else designs()[name]
    if what.removesuffix("_rep") in UNEQUAL:
        d = UNEQUAL[what.removesuffix("_rep")](d)
        method = "JKn" if name == "strat" else "JK1"
        ask = _again(method) if what.endswith("_rep") else _straight
    else:
        ask = _again(HOW.get(what, what))
    y, num, den = ("alive", "alive", "arrests") if name == "scd" else ("api00", "enroll", "api.stu")
    yield from pair(ask(d, Mean(y)), r["mean"])
    yield from pair(ask(d, Total(num)), r["total"])
    yield from pair(ask(d, Ratio(num, den)), r["ratio"])
    if "by" in r:
        yield from pair(ask(d, Mean("api00"), "stype"), r["by"])
    if "weights" in r:
        yield "weights", d.weight, r["weights"]


def _lonely(key: str, r: dict[str, Any]) -> Iterator[Answer]:
    tag, rule, _ = key.split(".")
    table = pd.read_csv(GOLDEN / "lonely_fpc.csv")
    rule = {"remove": "certainty"}.get(rule, rule)
    d = Design(table, "pw", "dnum", fpc="fpc_lonely" if tag == "fpc" else None, lonely=rule)
    try:
        found = estimate.replicate(d, Mean("api00"), "JKn")
    except DesignError:
        yield "refused", 1.0, float("error" in r)
        return
    yield from pair(found, r)
