"""Clean a simulated month with every kind of mess and hold it against its truth.

Prints, for each kind of defect, how many can be found and were found, and how many clean
cells were left as they were. ``tests/test_clean.py`` holds the same numbers on a smaller month.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl

from povexit_sim.allocation import bases
from povexit_sim.mess import ORDINARY
from povexit_sim.month import make_month
from povexit_sim.score import HOPELESS, score

MONTH, SCALE, SEED = "2016-06", 0.025, 2016


def main() -> None:
    """Simulate, clean, score and print."""
    with tempfile.TemporaryDirectory() as folder:
        out, truth = Path(folder) / MONTH, Path(folder) / "truth"
        make_month(MONTH, out, SCALE, SEED, ORDINARY, truth)
        defects, cells = score(MONTH, out, truth, list(bases()))
    with pl.Config(tbl_rows=60, tbl_hide_column_data_types=True, tbl_hide_dataframe_shape=True):
        print(defects)
        print(cells)
    for kind, why in HOPELESS.items():
        print(f"cannot be found: {kind}: {why}")


if __name__ == "__main__":
    main()
