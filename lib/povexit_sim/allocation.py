"""City totals shared out to the twelve counties: published bases kept, the rest by weight.

``bases.csv`` holds what was published for a county, else the weight it is given
in the rest; both columns and their sources are told in ``docs/simulator.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from povexit_sim.noise import largest_remainder
from povexit_sim.settings import settings


@dataclass(frozen=True)
class Base:
    """What a county has at the start of 2016, at full scale."""

    county_code: str
    villages: int
    poor_villages: int
    poor_households: int
    poor_persons: int
    rural_persons: int
    wrong_exit_share: float
    omission_share: float


@cache
def bases() -> dict[str, Base]:
    """Return each county's base; every city total holds exactly."""
    with (files("povexit_sim") / "bases.csv").open(encoding="utf-8") as file:
        table = pd.read_csv(file, dtype={"county_code": str})
    for name, total in settings()["city"].items():
        table[name] = _filled(table[name], table[f"{name}_weight"], total)
    names = list(Base.__dataclass_fields__)
    return {r["county_code"]: Base(**{n: r[n] for n in names}) for r in table.to_dict("records")}


def _filled(published: pd.Series, weight: pd.Series, total: int) -> pd.Series:
    rest = total - int(published.sum())
    shared = largest_remainder(rest, weight.fillna(0).to_numpy(dtype=np.float64))
    return published.fillna(pd.Series(shared, index=published.index)).astype(int)
