"""Judge 172,500 households with 682,000 persons by one function on three engines.

The same `indicators.household` and `decide.household` take Polars, DuckDB and pandas tables;
the verdicts must be equal. Printed as ratios to the fastest. Households are the demo month's,
repeated under new identifiers up to the size of the city's register.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from povexit import clean, decide, indicators, raw, standards

HOUSEHOLDS = 172_500
MONTH = "2016-06"
FOLDER = Path(__file__).parents[1] / "data" / "raw" / MONTH
KEYS = {"cleaned_households": ["household_id"], "cleaned_persons": ["household_id", "person_id"]}


def city() -> dict[str, pl.DataFrame]:
    """Return households and persons of the whole city, at full size."""
    done = [clean.county(MONTH, c, FOLDER).tables for c in raw.find_deliveries(MONTH, FOLDER)]
    demo = {name: pl.concat([d[name] for d in done]) for name in KEYS}
    copies = -(-HOUSEHOLDS // demo["cleaned_households"].height)
    return {name: pl.concat([_copy(t, name, i) for i in range(copies)]) for name, t in demo.items()}


def _copy(table: pl.DataFrame, name: str, number: int) -> pl.DataFrame:
    return table.with_columns((pl.col(k) + f"_{number}").alias(k) for k in KEYS[name])


def engines(tables: dict[str, pl.DataFrame]) -> dict[str, Callable[[], tuple[Any, Any]]]:
    """Return, by engine, what gives households and persons as its own tables."""
    homes, people = tables["cleaned_households"], tables["cleaned_persons"]
    frames = (homes.to_pandas(), people.to_pandas())
    arrow = (homes.to_arrow(), people.to_arrow())
    return {
        "polars": lambda: (homes.lazy(), people.lazy()),
        "duckdb": lambda: (duckdb.from_arrow(arrow[0]), duckdb.from_arrow(arrow[1])),
        "pandas": lambda: frames,
    }


def meets(decided: Any) -> dict[Any, int]:
    """Return how many households meet the standard, do not, or are unknown."""
    if isinstance(decided, pl.LazyFrame):
        decided = decided.collect()
    elif hasattr(decided, "pl"):
        decided = decided.pl()
    else:
        decided = pl.from_pandas(decided)
    return dict(decided["meets_standard"].value_counts().iter_rows())


def main() -> None:
    """Time each engine once warm, and compare."""
    tables, standard = city(), standards.load("household_exit", "2016")
    rows = {name: f"{t.height:,}" for name, t in tables.items()}
    print(f"{rows['cleaned_households']} households, {rows['cleaned_persons']} persons")
    seconds, verdicts = {}, {}
    for name, give in engines(tables).items():
        start = time.perf_counter()
        verdicts[name] = meets(decide.household(indicators.household(*give()), standard, 2016))
        seconds[name] = time.perf_counter() - start
    fastest = min(seconds.values())
    for name, taken in seconds.items():
        print(f"  {name:<8} {taken:6.2f} s   {taken / fastest:5.1f} x the fastest")
    assert len({str(sorted(v.items(), key=str)) for v in verdicts.values()}) == 1, verdicts
    print(f"  verdicts equal on all three: {verdicts['polars']}")


if __name__ == "__main__":
    main()
