"""How often the forecast's interval holds: a year replayed, and the real months of 2020.

``python benchmarks/forecast_coverage.py FOLDER`` where FOLDER holds the months ``2016-01`` to
``2016-12`` that ``povexit-sim --month M --out FOLDER/M`` writes (those missing are made, some minutes).
Every target is counted in every county and month; from March on each month forecasts December, and
the next month, from what was known then. The interval should hold in four of five.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd
import polars as pl

from povexit import clean, decide, indicators, progress, raw, standards
from povexit.progress.pace import FEWEST, LEVEL, later

YEAR = 2016


def simulate(month: str, folder: Path) -> None:
    """Write a month's deliveries if they are not there."""
    if (folder / month / "SOURCES.toml").is_file():
        return
    command = [sys.executable, "-m", "povexit_sim.cli", "--month", month]
    subprocess.run([*command, "--out", str(folder / month)], check=True, capture_output=True)


def counted(month: str, folder: Path) -> pl.DataFrame:
    """Return every target's numbers in every county of one month."""
    standard = standards.load("household_exit", "2016")
    parts = []
    for code in sorted(raw.find_deliveries(month, folder / month)):
        made = clean.county(month, code, folder / month).tables
        known = indicators.household(made["cleaned_households"], made["cleaned_persons"])
        decided = decide.household(known, standard, YEAR)
        parts.append(progress.county({**made, "decisions_households": decided}, month, code))
    return pl.concat(parts)


def replay(rows: pd.DataFrame) -> pd.DataFrame:
    """Forecast from every month on, and say whether the interval held what came."""
    sums = ["number", "denominator"]
    own = rows[rows["target"].isin([t.id for t in progress.targets() if t.at_least is None])]
    by_county = own.groupby(["target", "county_code", "month"], as_index=False)[sums].sum(
        min_count=1
    )
    city = own.groupby(["target", "month"], as_index=False)[sums].sum(min_count=1)
    whole = pd.concat([by_county, city.assign(county_code="all")], ignore_index=True)
    grows = {t.id: t.measure.only_grows for t in progress.targets()}
    found = []
    for (target, place), table in whole.dropna().groupby(["target", "county_code"]):
        found += [r | {"target": target, "place": place} for r in _origins(table, grows[target])]
    return pd.DataFrame(found)


def _origins(table: pd.DataFrame, grows: bool) -> list[dict[str, object]]:
    """Return what each month forecast of the next and of the last month of the year."""
    came = table.set_index("month")["number"]
    if len(came) < 12 or came.max() == came.min():
        return []
    rows: list[dict[str, object]] = []
    for month in progress.months(YEAR)[FEWEST - 1 : -1]:
        known = table[table["month"] <= month]
        whole = float(known["denominator"].iloc[-1])
        for kind, to in (("next month", later(month, 1)), ("December", f"{YEAR}-12")):
            said = progress.forecast(known, to, only_grows=grows, most=whole)
            if said.low is None or said.high is None or said.estimate is None:
                continue
            held = said.low <= came[to] <= said.high
            rows.append({"kind": kind, "from": month, "held": held, "over": came[to] > said.high})
    return rows


def real() -> None:
    """Print what the months of 2020 would have been told."""
    table = progress.monthly_2020()
    for name in ("villages", "persons"):
        one = table.rename(columns={name: "number"})[["month", "number"]]
        for known in (3, 4):
            said = progress.forecast(one.iloc[:known], "2020-06", only_grows=True)
            month, came = one["month"].iloc[known - 1], int(one["number"].iloc[-1])
            held = "held" if said.low <= came <= said.high else "missed"
            span = f"{said.low:,.0f} to {said.high:,.0f}"
            print(f"2020 {name:<9} from {month}: June {span:>18}, was {came:,}: {held}")


def main() -> None:
    """Replay the year and print how often intervals held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    months = progress.months(YEAR)
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(simulate, months, [folder] * 12))
        parts = list(pool.map(counted, months, [folder] * 12))
    found = replay(pl.concat(parts).to_pandas())
    found["place"] = found["place"].where(found["place"] == "all", "a county")
    print(f"forecast interval, nominal {LEVEL:.0%}; held:")
    table = found.groupby(["kind", "place"])[["held", "over"]].mean().round(3)
    print(table.assign(forecasts=found.groupby(["kind", "place"]).size()).to_string())
    late = found.query("kind == 'December'").groupby("from")["held"].mean().round(2)
    print("December, by the month it was forecast from:")
    print(late.to_string())
    real()


if __name__ == "__main__":
    main()
