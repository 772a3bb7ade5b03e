"""What R gives, beside what `povexit.poverty` gives for the same households.

Used by the tests and by ``benchmarks/r_poverty.py``. Provenance of the numbers:
``tests/golden/r_poverty/README.md``.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from povexit import estimate, poverty
from povexit.estimate import Design
from povexit.poverty import FGT, GE, SST, Atkinson, Gini, Index, Indicator, Line, QuintileRatio, Sen

GOLDEN = Path(__file__).parent / "golden" / "r_poverty"
POINTS = {"food": 6, "school": 3, "insurance": 3, "house": 2, "water": 2, "power": 2}
INDEX = Index(tuple(Indicator(c, w) for c, w in POINTS.items()), "size", "drop")
MONTHS = {"month": (1, 2)}

Numbers = dict[str, Any]


@cache
def results(file: str) -> dict[str, Numbers]:
    """Return the entries of one reference file."""
    found: dict[str, Numbers] = json.loads((GOLDEN / f"{file}.json").read_text())["results"]
    return found


@cache
def households() -> Design:
    """Return the households of ``poverty.R`` with their design."""
    table = pd.read_csv(GOLDEN / "households.csv")
    return Design(table, weights="weight", strata="stratum", clusters="village")


def measures() -> dict[str, Any]:
    """Return the measures by the names of ``poverty.R``."""
    money = ("income", "size")
    at, below = Line("line", "<="), Line("line", "<")
    return {
        "fgt0": FGT(*money, at, 0),
        "fgt0.below": FGT(*money, below, 0),
        "fgt1": FGT(*money, at, 1),
        "fgt2": FGT(*money, at, 2),
        "watts": poverty.Watts(*money, at),
        "sen": Sen(*money, at),
        "sst": SST(*money, at),
        "gini": Gini(*money),
        "gini.households": Gini("income", None),
        "gini.convey": Gini(*money, "convey"),
        "theil": GE(*money, 1),
        "mean_log_deviation": GE(*money, 0),
        "ge2": GE(*money, 2),
        "ge0.5": GE(*money, 0.5),
        "ge-1": GE(*money, -1),
        "atkinson0.5": Atkinson(*money, 0.5),
        "atkinson1": Atkinson(*money, 1),
        "atkinson2": Atkinson(*money, 2),
        "s80s20": QuintileRatio(*money),
        "s80s20.kernel": QuintileRatio(*money, "kernel"),
    }


@cache
def ours(key: str) -> pd.DataFrame:
    """Return our table for an entry of ``poverty.R``."""
    name, by = (key.removesuffix(".region"), "region") if key.endswith(".region") else (key, ())
    if name in measures():
        return poverty.measure(households(), measures()[name], by=by)
    kind, _, part = name.partition(".")
    if kind.endswith("change"):
        return _change(part, "relative" if kind.startswith("relative") else "absolute")
    found = poverty.multidimensional(households(), INDEX, "1/3", by=by)
    if kind == "group_contribution":
        found = poverty.multidimensional(households(), INDEX, "1/3", by="region")
        return found[(found["measure"] == kind) & (found["region"] == part)]
    return found[(found["measure"] == kind) & (found["indicator"] == part)]


def _change(name: str, change: str) -> pd.DataFrame:
    if name == "fgt0":
        money = measures()["fgt0"]
        if change == "absolute":
            found = poverty.change_parts(households(), money, MONTHS)
            return found[found["component"] == "change"]
        table = households().frame.to_native()
        table = table.assign(poor=table["size"] * (table["income"] <= table["line"]))
        design = Design(table, weights="weight", strata="stratum", clusters="village")
        months = [estimate.Ratio("poor", "size", {"month": m}) for m in MONTHS["month"]]
        return estimate.function(design, lambda a, b: b / a - 1, months)
    found = poverty.multidimensional_change(households(), INDEX, "1/3", MONTHS)
    return found[(found["measure"] == name) & (found["change"] == change)]


@cache
def ineq() -> list[tuple[str, float, float]]:
    """Return (entry, ours, R's) for the entries of ineq."""
    found = results("ineq")
    table = pd.DataFrame({"w": 1.0, "x": found["x"]["x"]})
    design = Design(table, weights="w")
    wanted: list[tuple[str, Any, float]] = [
        ("Gini", Gini("x", None), found["ineq"]["Gini"]),
        ("Gini, corr=TRUE", Gini("x", None, "unbiased"), found["ineq"]["Gini_corr"]),
        ("Atkinson, 0.5", Atkinson("x", None, 0.5), found["ineq"]["Atkinson_0.5"]),
        ("Atkinson, 1", Atkinson("x", None, 1), found["ineq"]["Atkinson_1"]),
        ("Theil, 0", GE("x", None, 1), found["ineq"]["Theil_T"]),
        ("Theil, 1", GE("x", None, 0), found["ineq"]["Theil_L"]),
        ("entropy, 0.5", GE("x", None, 0.5), found["ineq"]["entropy_0.5"]),
        ("entropy, 0", GE("x", None, 0), found["ineq"]["entropy_0"]),
        ("entropy, 1", GE("x", None, 1), found["ineq"]["entropy_1"]),
        ("var.coeff squared / 2", GE("x", None, 2), found["ineq"]["var_coeff_sq"] / 2),
    ]
    names = {"Foster1": 0, "Foster2": 1, "Foster3": 2}
    for z in (2000, 5000):
        theirs, line = found[f"poverty_line_{z}"], ("x", None, Line(z, "<"))
        poor = {n: FGT(*line, a) for n, a in names.items()}
        poor |= {"Watts": poverty.Watts(*line), "Sen": Sen(*line), "SST": SST(*line)}
        wanted += [(f"{n}, line {z}", m, theirs[n]) for n, m in poor.items() if n in theirs]
    return [(n, float(poverty.measure(design, m)["estimate"].iloc[0]), r) for n, m, r in wanted]


def difference(a: Any, b: Any) -> float:
    """Return the largest relative difference."""
    x, y = np.atleast_1d(np.asarray(a, float)), np.atleast_1d(np.asarray(b, float))
    return float(np.max(np.abs(x - y) / np.abs(y)))
