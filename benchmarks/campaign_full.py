"""Time one month's campaign tables at the size of the city: 172,500 households, with ledgers.

Targets in every county, their standing, causes of change, the register's flow, levels side by
side and the tables behind targets, from cleaned tables. Households are the demo month's, repeated
under new identifiers up to the size of the register; last month's likewise. Goal: 60 s, 3 GB.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl

from povexit import clean, decide, indicators, progress, raw, standards

HOUSEHOLDS = 172_500
MONTHS = ("2016-05", "2016-06")
RAW = Path(__file__).parents[1] / "data" / "raw"
#: What tells one household, person, village or project from another.
KEYS = ("household_id", "person_id", "village_code", "project_id", "unit_id", "finding_id")
Tables = dict[str, pl.DataFrame]


def county_month(month: str, code: str) -> Tables:
    """Return one county's cleaned tables and its verdicts."""
    made = clean.county(month, code, RAW / month).tables
    homes, people = made["cleaned_households"], made["cleaned_persons"]
    standard = standards.load("household_exit", "2016")
    known = indicators.household(homes, people)
    return {**made, "decisions_households": decide.household(known, standard, int(month[:4]))}


def grown(tables: Tables, copies: int) -> Tables:
    """Return the tables repeated under new identifiers."""
    return {name: pl.concat([_copy(t, i) for i in range(copies)]) for name, t in tables.items()}


def _copy(table: pl.DataFrame, number: int) -> pl.DataFrame:
    own = [key for key in KEYS if key in table.columns]
    return table.with_columns((pl.col(key) + f"_{number}").alias(key) for key in own)


def targets(city: dict[str, Tables]) -> pd.DataFrame:
    """Count every target in every county."""
    wanted = progress.tables()
    parts = [
        progress.county({n: t for n, t in own.items() if n in wanted}, MONTHS[1], code)
        for code, own in city.items()
    ]
    return pl.concat(parts).to_pandas()


def whole(city: dict[str, Tables], table: str) -> pl.DataFrame:
    """Return a table of all counties."""
    return pl.concat([own[table] for own in city.values()])


def reconcile(city: dict[str, Tables], rows: pd.DataFrame) -> pd.DataFrame:
    """Put every level side by side."""
    decisions, villages = whole(city, "decisions_households"), whole(city, "cleaned_villages")
    levels = {
        "households": progress.of_households(decisions),
        "villages": progress.of_villages(decisions, villages),
        "counties": progress.of_counties(rows),
        "ledger": progress.of_ledger(villages),
    }
    return progress.reconciled(levels)


def timed(label: str, work: Callable[[], Any]) -> Any:
    """Do something and print its seconds."""
    start = time.perf_counter()
    found = work()
    print(f"{label:<58} {time.perf_counter() - start:8.1f} s", flush=True)
    return found


def main() -> None:
    """Make the city twice, then time what a month's campaign pages need."""
    codes = sorted(raw.find_deliveries(MONTHS[1], RAW / MONTHS[1]))
    demo = {m: {c: county_month(m, c) for c in codes} for m in MONTHS}
    size = sum(own["cleaned_households"].height for own in demo[MONTHS[1]].values())
    copies = -(-HOUSEHOLDS // size)
    last, city = ({c: grown(own, copies) for c, own in demo[m].items()} for m in MONTHS)
    del demo
    print(f"{copies * size:,} households in {len(codes)} counties")
    start = time.perf_counter()
    rows = timed("every target in every county", lambda: targets(city))
    timed("standing of every target", lambda: progress.judged(rows, MONTHS[1]))
    both = [whole(x, "decisions_households") for x in (last, city)]
    timed("causes of change", lambda: progress.causes(*both))
    homes = [whole(x, "cleaned_households") for x in (last, city)]
    timed("the register's flow", lambda: progress.register_flow(*homes))
    timed("levels side by side", lambda: reconcile(city, rows))
    timed("funds by age", lambda: progress.funds_balance(whole(city, "cleaned_funds"), MONTHS[1]))
    timed("moves", lambda: progress.moves(whole(city, "cleaned_relocations")))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{'one month of campaign tables (goal 60 s)':<58} {seconds:8.1f} s")
    print(f"{'  peak memory, both months held (goal 3 GB)':<58} {peak:8.2f} GB")


if __name__ == "__main__":
    main()
