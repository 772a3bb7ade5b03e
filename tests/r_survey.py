"""What R's survey package gives, beside what `povexit.estimate` gives for the same call.

Used by the tests and by ``benchmarks/r_agreement.py``. Each entry of the reference
files is answered by `answers`: the quantity's name, ours, R's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from povexit import estimate
from povexit.errors import DesignError
from povexit.estimate import Design, Interval, Mean, Share, Total

GOLDEN = Path(__file__).parent / "golden" / "r_survey"
FILES = ("01_api", "03_lonely_psu", "11_zero_events")
METHODS = {"mean": "wald", "xlogit": "logit"}
RULES = {"hf1": "math"}
#: R's "logit" is a fitted model that stops short of the closed form it converges to
#: (R's own "xlogit", which agrees to 1e-13): it is right to nine digits.
LOOSE = {"logit": 1e-9}

Answer = tuple[str, Any, Any]


@cache
def results(file: str) -> dict[str, dict[str, Any]]:
    """Return the entries of one reference file."""
    found: dict[str, dict[str, Any]] = json.loads((GOLDEN / f"{file}.json").read_text())["results"]
    return found


def entries() -> list[tuple[str, str]]:
    """Return the file and key of every entry."""
    return [(file, key) for file in FILES for key in results(file)]


def tolerance(key: str) -> float:
    """Return how far apart the two may be, relative to R's."""
    return LOOSE.get(key.rsplit(".", 1)[-1], 1e-10)


@cache
def answers(file: str, key: str) -> list[Answer]:
    """Return (quantity, ours, R's) for one entry; empty where R has nothing to compare."""
    return list(READERS[file](key, results(file)[key]))


@cache
def api(name: str) -> pd.DataFrame:
    """Return an api sample with the conditions used in the entries."""
    table = pd.read_csv(GOLDEN / f"{name}.csv", dtype={"dnum": str, "snum": str})
    for kind in "EHM":
        table[f"is_{kind}"] = table["stype"] == kind
    for answer in ("Yes", "No"):
        table[f"wide_{answer}"] = table["sch.wide"] == answer
    table["comp_no"] = table["comp.imp"] == "No"
    return table


@cache
def designs() -> dict[str, Design]:
    """Return the eight designs of 01_api."""
    srs, strat, one, two = (api(f"api{n}") for n in ("srs", "strat", "clus1", "clus2"))
    return {
        "srs": Design(srs, fpc="fpc"),
        "srs_nofpc": Design(srs, weights="pw"),
        "strat": Design(strat, weights="pw", strata="stype", fpc="fpc"),
        "strat_nofpc": Design(strat, weights="pw", strata="stype"),
        "clus1": Design(one, weights="pw", clusters="dnum", fpc="fpc"),
        "clus1_nofpc": Design(one, weights="pw", clusters="dnum"),
        "clus2": Design(two, clusters=["dnum", "snum"], fpc=["fpc1", "fpc2"]),
        "clus2_wr": Design(two, weights="pw", clusters=["dnum", "snum"]),
    }


def value_and_se(table: pd.DataFrame, r: dict[str, Any]) -> Iterator[Answer]:
    """Compare estimates and standard errors."""
    yield "estimate", table["estimate"].to_numpy(), r["est"]
    yield "se", table["se"].to_numpy(), r["se"]


def _api(key: str, r: dict[str, Any]) -> Iterator[Answer]:
    name, what = key.split(".", 1)
    d = designs()[name]
    for start, reader in API.items():
        if what.startswith(start):
            yield from reader(d, what, r)
            return


def _parts(d: Design, parts: list[Any], r: dict[str, Any]) -> Iterator[Answer]:
    """Compare several estimates and, by the variances of their sums, covariances."""
    asked = [estimate.function(d, lambda a: a, [p]) for p in parts]
    yield from value_and_se(pd.concat(asked), r)
    se = [float(t["se"].iloc[0]) for t in asked]
    for i in range(len(parts)):
        for j in range(i):
            both = estimate.function(d, lambda a, b: a + b, [parts[i], parts[j]])["se"].iloc[0]
            ours = (both**2 - se[i] ** 2 - se[j] ** 2) / 2
            yield "covariance", ours, r["vcov"][i][j]


def _degf(d: Design, what: str, r: dict[str, Any]) -> Iterator[Answer]:
    where = "wide_Yes" if what.startswith("subset") else None
    yield "df", estimate.mean(d, "api00", where=where)["df"].to_numpy(), [r["value"]]


def _sum_weights(d: Design, what: str, r: dict[str, Any]) -> Iterator[Answer]:
    yield "population", estimate.mean(d, "api00")["population"].to_numpy(), [r["value"]]


def _mean(d: Design, what: str, r: dict[str, Any]) -> Iterator[Answer]:
    yield from _parts(d, [Mean(n) for n in r["names"]], r)


def _total(d: Design, what: str, r: dict[str, Any]) -> Iterator[Answer]:
    names = [f"is_{n[-1]}" if n.startswith("stype") else n for n in r["names"]]
    yield from _parts(d, [Total(n) for n in names], r)


def _prop(d: Design, what: str, r: dict[str, Any]) -> Iterator[Answer]:
    yield from _parts(d, [Share(f"is_{n[-1]}") for n in r["names"]], r)


def _ratio(d: Design, what: str, r: dict[str, Any]) -> Iterator[Answer]:
    yield from value_and_se(estimate.ratio(d, "api.stu", "enroll"), r)


def _var(d: Design, what: str, r: dict[str, Any]) -> Iterator[Answer]:
    """Compare the variance of a variable: R's svyvar, as a function of two means."""
    n = len(d.weight)
    table = d.frame.to_native().assign(square=lambda t: t["api00"] ** 2)
    again = Design(table, **_arguments(d))

    def spread(square: Any, mean: Any) -> Any:
        return n / (n - 1) * (square - mean**2)

    yield from value_and_se(estimate.function(again, spread, [Mean("square"), Mean("api00")]), r)


def _arguments(d: Design) -> dict[str, Any]:
    names = ("weights", "strata", "clusters", "fpc")
    return {n: getattr(d, n) for n in names}


def _deff(d: Design, what: str, r: dict[str, Any]) -> Iterator[Answer]:
    found = estimate.mean(d, "api00").iloc[0]
    yield "deff", found["deff"], r["deff"]
    left = (found["population"] - found["n"]) / found["population"]
    yield "deff, with replacement", found["deff"] * left, r["deff_replace"]


def _confint(d: Design, what: str, r: dict[str, Any]) -> Iterator[Answer]:
    found = estimate.mean(d, "api00").iloc[0]
    yield "interval", [found["low"], found["high"]], r["ci"]


def _by_table(table: pd.DataFrame, r: dict[str, Any], names: list[str]) -> Iterator[Answer]:
    """Compare one estimate by domain; R turns the first key fastest, we the last."""
    keys = list(r["groups"])
    theirs = {f"r_{q}": r["table"][n] for q, n in zip(("estimate", "se"), names, strict=True)}
    both = table.merge(
        pd.DataFrame({**r["groups"], **theirs}), on=keys, how="outer", validate="1:1"
    )
    for quantity in ("estimate", "se"):
        yield quantity, both[quantity].to_numpy(), both[f"r_{quantity}"].to_numpy()


def _by(d: Design, what: str, r: dict[str, Any]) -> Iterator[Answer]:
    keys = list(r["groups"])
    for name in (c for c in r["cols"] if not c.startswith("se")):
        se = f"se.{name}" if f"se.{name}" in r["table"] else "se"
        if "/" in name:
            yield from _by_table(estimate.ratio(d, *name.split("/"), by=keys), r, [name, se])
        else:
            ask = estimate.total if ".total." in what else estimate.mean
            yield from _by_table(ask(d, name, by=keys), r, [name, se])


def _covmat(d: Design, what: str, r: dict[str, Any]) -> Iterator[Answer]:
    parts = [Mean("api00", where=f"is_{n}") for n in r["names"]]
    se = [float(estimate.mean(d, "api00", where=p.where)["se"].iloc[0]) for p in parts]
    yield "variance", np.square(se), np.diag(r["vcov"])
    for i, j in ((0, 1), (0, 2), (1, 2)):
        both = estimate.function(d, lambda a, b: a + b, [parts[i], parts[j]])["se"].iloc[0]
        ours = (both**2 - se[i] ** 2 - se[j] ** 2) / 2
        # independent domains: R's covariance is rounding around 0, and so is ours
        scale = se[i] * se[j] if abs(r["vcov"][i][j]) < 1e-12 * se[i] * se[j] else 0.0
        yield "covariance", ours + scale, r["vcov"][i][j] + scale


def _contrast(d: Design, what: str, r: dict[str, Any]) -> Iterator[Answer]:
    pair = (Mean("api00", where={"stype": "E"}), Mean("api00", where={"stype": "H"}))
    yield from value_and_se(estimate.difference(d, *pair), r)


def _subset(d: Design, what: str, r: dict[str, Any]) -> Iterator[Answer]:
    if what.startswith("subset_compimpNo_H"):
        yield from value_and_se(
            estimate.mean(d, "api00", where={"comp.imp": "No", "stype": "H"}), r
        )
    elif "total" in what:
        yield from value_and_se(estimate.total(d, "enroll", where="wide_Yes"), r)
    else:
        yield from value_and_se(estimate.mean(d, "api00", where="wide_Yes"), r)


def _ciprop(d: Design, what: str, r: dict[str, Any]) -> Iterator[Answer]:
    method = what.rsplit(".", 1)[1]
    level = 0.90 if what.startswith("ciprop90") else 0.95
    how = Interval(METHODS.get(method, method), level)
    found = estimate.share(d, "comp_no", interval=how).iloc[0]
    yield "estimate", found["estimate"], r["est"]
    yield "interval", [found["low"], found["high"]], r["ci"]


def _quantile(d: Design, what: str, r: dict[str, Any]) -> Iterator[Answer]:
    last = what.rsplit(".", 1)[1]
    rule = "math" if what.startswith("quantile_interval") else RULES.get(last, last)
    how = METHODS.get(last, last) if what.startswith("quantile_interval") else "wald"
    found = estimate.quantile(d, "api00", r["q"], rule=rule, interval=how)
    for ours, theirs in (("estimate", "est"), ("low", "ci_l"), ("high", "ci_u"), ("se", "se")):
        yield ours, found[ours].to_numpy(), r[theirs]


def _ttest(d: Design, what: str, r: dict[str, Any]) -> Iterator[Answer]:
    found = estimate.difference(
        d, Mean("api00", where="wide_Yes"), Mean("api00", where="wide_No")
    ).iloc[0]
    yield "estimate", found["estimate"], r["diff"]
    yield "t", found["estimate"] / found["se"], r["t"]


API = {
    "degf": _degf,
    "subset_schwideYes.degf": _degf,
    "sum_weights": _sum_weights,
    "mean": _mean,
    "total": _total,
    "prop": _prop,
    "ratio": _ratio,
    "var": _var,
    "deff": _deff,
    "confint_t": _confint,
    "by.stype.mean.covmat": _covmat,
    "by": _by,
    "contrast": _contrast,
    "subset": _subset,
    "ciprop": _ciprop,
    "quantile": _quantile,
    "ttest": _ttest,
}


def _lonely(key: str, r: dict[str, Any]) -> Iterator[Answer]:
    """Compare the treatments of a stratum of one cluster; R's error by ours."""
    if key.endswith("row_dropped"):
        return
    tag, rule, *rest = key.split(".")
    d, column, where = _lonely_design(tag, {"remove": "certainty"}.get(rule, rule))
    ask = estimate.total if rest[-1] == "total" else estimate.mean
    try:
        found = ask(d, column, where=where)
    except DesignError:
        yield "refused", 1.0, float("error" in r)
        return
    if "error" in r:
        yield "refused", 0.0, 1.0
    else:
        yield from value_and_se(found, r)


def _lonely_design(tag: str, rule: str) -> tuple[Design, str, str | None]:
    if tag == "tiny":
        tiny = pd.read_csv(GOLDEN / "tiny_singleton.csv")
        return Design(tiny, "W", "Stratum", "PSU", lonely=rule), "Age", None
    table = pd.read_csv(GOLDEN / "lonely_fpc.csv")
    if tag == "bydesign":
        return Design(table, "pw", "dnum", lonely=rule), "api00", None
    if tag == "fpc":
        return Design(table, "pw", "dnum", fpc="fpc_lonely", lonely=rule), "api00", None
    table = table[table["dnum"] != 413].reset_index(drop=True)
    table["kept"] = table.index != 30  # the row R's script drops after making the design
    within = tag.endswith("adjustdomain")
    return Design(table, "pw", "dnum", lonely=rule, lonely_domains=within), "api00", "kept"


def _zero(key: str, r: dict[str, Any]) -> Iterator[Answer]:
    """Compare shares in two strata, one of which has no event."""
    d = Design(pd.read_csv(GOLDEN / "zero_events.csv"), "w", "county", "village")
    county, what = key.split(".", 1)
    where = {"county": int(county[-1])}
    if what in ("mean", "se") and "df" in r:
        found = estimate.mean(d, "err", where=where)
        yield from (
            (n, found[n].to_numpy(), [r[k]])
            for n, k in (("estimate", "est"), ("se", "se"), ("df", "df"))
        )
        return
    if county == "county1" and not what.startswith("sat"):
        return  # R has no interval worth having here: see test_zero_events_...
    level, method = (0.90 if "level90" in what else 0.95), what.rsplit(".", 1)[-1]
    column = "sat" if what.startswith("sat") else "err"
    how = Interval(METHODS.get(method, method), level)
    found = estimate.share(d, column, where=where, interval=how).iloc[0]
    yield "estimate", found["estimate"], r["est"]
    yield "interval", [found["low"], found["high"]], r["ci"]


READERS = {"01_api": _api, "03_lonely_psu": _lonely, "11_zero_events": _zero}


def difference(ours: Any, theirs: Any) -> float:
    """Return the largest relative difference; infinite where only one of two is a number."""
    a = np.atleast_1d(np.asarray(ours, dtype=float))
    b = np.atleast_1d(np.array([np.nan if x is None else x for x in np.atleast_1d(theirs)], float))
    if (np.isnan(a) != np.isnan(b)).any():
        return np.inf
    known = ~np.isnan(b)
    size = np.where(b[known] == 0, 1.0, np.abs(b[known]))
    return float(np.max(np.abs(a[known] - b[known]) / size, initial=0.0))
