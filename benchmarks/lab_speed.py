"""How fast the lab answers: first figure, loading, a move of *what if*, at the city's full size.

The month is the demo month cleaned and judged here; households are repeated under new
identifiers up to the city's register of 172,500, in five times the demo's villages, whose ledgers
grow with them. Medians of the wall clock, with the processor's seconds beside: on a busy machine
read those, of all threads together. Each goal stands beside.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from povexit import clean, decide, indicators, raw, standards, store

HOUSEHOLDS, VILLAGE_COPIES, MONTH = 172_500, 5, "2016-06"
RAW = Path(__file__).parents[1] / "data" / "raw" / MONTH
#: What the ledger of a village counts that grows with its register.
GROWING = ("households_total", "persons_total", "poor_households", "poor_persons")
FIRST_FIGURE = """
import matplotlib.pyplot as plt
import povexit as px
px.by_county("meets_standard").axes()
plt.show()
"""
MEMORY = """
import resource
import povexit as px
homes, people = px.load("cleaned_households"), px.load("cleaned_persons")
print(len(homes), len(people), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
"""
ASKED = ["county_code", "household_size", "net_income_per_capita_yuan", "floor_area_per_person_m2"]


def county(code: str) -> dict[str, pl.DataFrame]:
    """Return one county's tables as the batch saves them."""
    made = clean.county(MONTH, code, RAW).tables
    known = indicators.household(made["cleaned_households"], made["cleaned_persons"])
    decided = decide.household(known, standards.load("household_exit", "2016"), int(MONTH[:4]))
    names = ("cleaned_households", "cleaned_persons", "cleaned_villages")
    return {
        **{name: made[name] for name in names},
        "indicators_households": known,
        "decisions_households": decided,
    }


def grown(table: pl.DataFrame, name: str, copies: int) -> pl.DataFrame:
    """Return a table repeated under new identifiers; villages five times, larger."""
    is_ledger = name == "cleaned_villages"
    times = VILLAGE_COPIES if is_ledger else copies
    parts = [_copy(table, number) for number in range(times)]
    larger = [pl.col(c) * (copies // VILLAGE_COPIES + 1) for c in GROWING] if is_ledger else []
    return pl.concat(parts).with_columns(*larger)


def _copy(table: pl.DataFrame, number: int) -> pl.DataFrame:
    ends = {"household_id": number, "person_id": number, "village_code": number % VILLAGE_COPIES}
    return table.with_columns(pl.col(k) + f"_{n}" for k, n in ends.items() if k in table.columns)


def furnish(home: Path, tables: dict[str, dict[str, pl.DataFrame]], copies: int) -> None:
    """Save a month in a project of its own, each county's tables so many times."""
    for folder in ("data/raw", "notebooks"):
        (home / folder).mkdir(parents=True)
    os.environ["POVEXIT_HOME"] = str(home)
    for code, own in tables.items():
        for name, table in own.items():
            store.save(grown(table, name, copies) if copies > 1 else table, name, MONTH, code)


def said(label: str, seconds: tuple[float, float], goal: float) -> None:
    """Print wall clock and processor's seconds beside a goal."""
    wall, cpu = seconds
    print(f"  {label:<56} {wall:6.2f} s, CPU {cpu:5.2f} s   (goal {goal:g} s)", flush=True)


def median(work: Callable[[int], Any], times: int = 5) -> tuple[float, float]:
    """Return the median seconds of doing something, once warm."""
    work(0)
    walls, cpus = [], []
    for turn in range(1, times + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        work(turn)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus)


def children() -> float:
    """Return the processor's seconds of all finished child processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def first_figure() -> tuple[float, float]:
    """Return the seconds from starting a kernel to the first figure in its output."""
    import nbformat
    from nbclient import NotebookClient

    cell = nbformat.v4.new_code_cell(FIRST_FIGURE)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    wall, cpu = time.perf_counter(), children()
    NotebookClient(notebook, kernel_name="python3").execute()
    assert any("image/svg+xml" in o.get("data", {}) for o in notebook.cells[0].outputs)
    return time.perf_counter() - wall, children() - cpu


def moves(count: str) -> tuple[float, float]:
    """Return the median seconds of a slider's move: judged, drawn, tabled."""
    import povexit as px

    panel = px.WhatIfPanel(MONTH)
    panel.controls["count"].value = count
    return median(lambda turn: setattr(panel.controls["line"], "value", 3000.0 + turn), 15)


def main() -> None:
    """Make the month small and large, and time what a researcher waits for."""
    codes = sorted(raw.find_deliveries(MONTH, RAW))
    demo = {code: county(code) for code in codes}
    size = sum(own["cleaned_households"].height for own in demo.values())
    copies = -(-HOUSEHOLDS // size)
    with tempfile.TemporaryDirectory() as folder:
        furnish(Path(folder) / "demo", demo, 1)
        said("fresh kernel to the first figure, demo month", first_figure(), 8)
        furnish(Path(folder) / "full", demo, copies)
        largest = max(codes, key=lambda code: demo[code]["cleaned_households"].height)
        rows = copies * demo[largest]["cleaned_households"].height
        import povexit as px

        whole = f"largest county, {rows:,} households, all columns"
        said(whole, median(lambda _: px.load("cleaned_households", MONTH, largest)), 0.5)
        some = f"whole city, {copies * size:,} households, {len(ASKED)} columns"
        load = median(lambda _: px.load("indicators_households", MONTH, columns=ASKED))
        said(some, load, 2)
        said("what if: a move of the poverty line, households", moves("households"), 0.3)
        said("what if: a move of the poverty line, persons", moves("persons"), 0.3)
        done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True)
        homes, people, peak = done.stdout.split()
        label = f"memory of {int(homes):,} households and {int(people):,} persons"
        print(f"  {label:<56} {float(peak):6.2f} GB   (goal 1 GB)")


if __name__ == "__main__":
    main()
