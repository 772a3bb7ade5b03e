"""How fast `povexit.estimate` is, beside numpy's bincount and beside svy.

A sample of a million rows in 20,000 clusters, 120 strata and twelve counties; headcount,
gap and squared gap (FGT 0, 1, 2) of each county with standard errors. Seconds are of one
processor (CPU time), the least of some runs that take turns: machines are noisy, so read
the ratios. ``python benchmarks/estimate_speed.py``; about a minute.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# one thread each, so that CPU time is the work done
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("POLARS_MAX_THREADS", "1")

import numpy as np
import pandas as pd

from povexit import estimate
from povexit.estimate import Design, Mean, Resampling, resampling

FGT = ["fgt0", "fgt1", "fgt2"]
CLUSTERS, STRATA, COUNTIES = 20_000, 120, 12
RUNS = 15


def households(rows: int, ordered: bool) -> pd.DataFrame:
    """Return a sample, by county as deliveries come or in any order."""
    draw = np.random.default_rng(20160601)
    village = np.sort(draw.integers(0, CLUSTERS, rows, dtype=np.int32))
    if not ordered:
        village = draw.permutation(village)
    gap = np.where(draw.random(rows) < 0.08, draw.random(rows), 0.0)
    return pd.DataFrame(
        {
            "county": (village * COUNTIES // CLUSTERS).astype(np.int16),
            "stratum": (village * STRATA // CLUSTERS).astype(np.int16),
            "village": village,
            "weight": draw.uniform(5, 15, rows),
            "fgt0": (gap > 0).astype(float),
            "fgt1": gap,
            "fgt2": gap**2,
        }
    )


def least(runs: int = RUNS, **tasks: Callable[[], Any]) -> dict[str, float]:
    """Return the least CPU seconds of each task; they take turns."""
    seconds = dict.fromkeys(tasks, np.inf)
    for _ in range(runs):
        for name, task in tasks.items():
            start = time.process_time()
            task()
            seconds[name] = min(seconds[name], time.process_time() - start)
    return seconds


def counted(table: pd.DataFrame) -> Callable[[], list[np.ndarray]]:
    """Return the bare sums of the same: weights and three variables by (county, village)."""
    cell = table["county"].to_numpy(np.int64) * CLUSTERS + table["village"].to_numpy(np.int64)
    cell = np.unique(cell, return_inverse=True)[1]
    weight, values = table["weight"].to_numpy(), [table[n].to_numpy() for n in FGT]
    return lambda: [np.bincount(cell, weight), *(np.bincount(cell, weight * v) for v in values)]


def asked(design: Design) -> list[pd.DataFrame]:
    """Return the three tables of twelve counties."""
    found = estimate.sums(design, FGT, by="county")
    return [estimate.mean(found, name) for name in FGT]


def made(table: pd.DataFrame) -> Design:
    """Return the design."""
    return Design(table, "weight", "stratum", "village")


def say(label: str, value: float, unit: str, goal: str = "") -> None:
    """Print one line."""
    print(f"{label:<64} {value:9.3f} {unit:<3} {goal}", flush=True)


def against_bincount(table: pd.DataFrame, name: str) -> None:
    """Compare with bincount, once the design has met its counties."""
    design, bare = made(table), counted(table)
    asked(design)
    took = least(ours=lambda: asked(design), bincount=bare)
    say(f"FGT 0/1/2 x 12 counties, rows {name}", took["ours"], "s")
    say("  numpy bincount of the same sums", took["bincount"], "s")
    say("  ratio", took["ours"] / took["bincount"], "x", "(at most 3)")


def against_svy(table: pd.DataFrame) -> None:
    """Compare with svy, both from the table to the numbers."""
    import polars as pl
    import svy

    frame, plan = pl.from_pandas(table), svy.Design(stratum="stratum", psu="village", wgt="weight")

    def theirs() -> Any:
        return svy.Sample(frame, plan).estimation.mean(FGT, by="county")

    took = least(2, theirs=theirs, ours=lambda: asked(made(table)))
    for mine, other in zip(asked(made(table)), theirs(), strict=True):
        numbers = other.to_polars().sort("county")
        np.testing.assert_allclose(mine["se"], numbers["se"], rtol=1e-9)
    say("the same from the table, design included", took["ours"], "s")
    say("  svy 0.35, design included", took["theirs"], "s")
    say("  ratio svy / ours", took["theirs"] / took["ours"], "x", "(at least 10)")


def bootstrap(table: pd.DataFrame) -> None:
    """Time 500 replicates of three indicators, from the rows."""
    design = made(table)
    asked(design)

    def run() -> None:
        resampling._draws.cache_clear()  # draws are kept for the next indicator
        found = estimate.sums(design, FGT, by="county")
        for name in FGT:
            estimate.replicate(found, Mean(name), Resampling(replicates=500))

    say("500 bootstrap replicates of FGT 0/1/2 x 12 counties", least(run=run)["run"], "s", "(0.5)")


def memory(rows: int) -> None:
    """Run on more rows in a process of its own and print what it needed at most."""
    code = f"from estimate_speed import *; asked(made(households({rows}, True)))"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    say(f"{rows:.0e} rows, table and all: peak memory", peak, "GB", "(1.5)")


def main() -> None:
    """Run all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    for name, ordered in (("by county", True), ("in any order", False)):
        against_bincount(households(rows, ordered), name)
    bootstrap(households(rows, False))
    memory(10 * rows)
    against_svy(households(rows, True))


if __name__ == "__main__":
    main()
