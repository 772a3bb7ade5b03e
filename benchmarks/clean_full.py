"""Read and clean a month of deliveries, two counties at a time, and say where the time goes.

``python benchmarks/clean_full.py FOLDER`` where FOLDER is the month's folder, such as
the one ``povexit-sim --month 2016-06 --scale full --out FOLDER`` writes. Ends with the largest
memory of any process. The peer is pandas with openpyxl, reading the largest household sheet alone.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from povexit import clean, privacy, raw
from povexit.clean.context import Context

JOBS = 2


def one(month: str, county: str, folder: Path) -> tuple[str, float, float, int]:
    """Read and clean one county; return its code, seconds of each and rows in."""
    delivery = raw.find_delivery(month, county, folder)
    start = time.perf_counter()
    sheets = raw.read(delivery)
    read = time.perf_counter()
    made, _ = clean.tables(sheets, Context(county, month, privacy.DEMO_KEY))
    done = time.perf_counter()
    return county, read - start, done - read, int(made["cleaning_counts"]["rows_in"].sum())


def peak_gb() -> float:
    """Return the largest memory of this process and of any one of its workers, added, in GB."""
    own, theirs = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return (resource.getrusage(own).ru_maxrss + JOBS * resource.getrusage(theirs).ru_maxrss) / 1e6


def peer(path: Path) -> float:
    """Return the seconds that pandas with openpyxl takes to read a workbook's first sheet as text."""
    import pandas as pd

    start = time.perf_counter()
    pd.read_excel(path, sheet_name=0, header=None, dtype=str, engine="openpyxl")
    return time.perf_counter() - start


def main() -> None:
    """Clean every county of the folder and print the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peer", action="store_true", help="also time pandas with openpyxl")
    given = parser.parse_args()
    month, folder = given.folder.name, given.folder
    counties = sorted(raw.find_deliveries(month, folder), key=lambda c: _size(month, c, folder))
    start = time.perf_counter()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(JOBS, mp_context=context) as pool:
        tasks = [pool.submit(one, month, c, folder) for c in reversed(counties)]
        done = [task.result() for task in tasks]
    wall = time.perf_counter() - start
    rows = sum(d[3] for d in done)
    print(f"{len(done)} counties, {rows:,} rows in {wall:.1f} s with {JOBS} processes")
    print(f"  reading  {sum(d[1] for d in done):.1f} s of processes' time")
    print(f"  cleaning {sum(d[2] for d in done):.1f} s of processes' time")
    print(f"  memory   at most {peak_gb():.2f} GB in all")
    if given.peer:
        largest = raw.find_delivery(month, counties[-1], folder).path("register")
        ours = next(d for d in done if d[0] == counties[-1])
        alone = peer(largest)
        print(f"  largest register: pandas with openpyxl reads its first sheet in {alone:.1f} s;")
        print(
            f"  reading and cleaning its county here took {(ours[1] + ours[2]) / alone:.2f} of that"
        )


def _size(month: str, county: str, folder: Path) -> int:
    return sum(p.stat().st_size for p in raw.find_delivery(month, county, folder).files)


if __name__ == "__main__":
    main()
