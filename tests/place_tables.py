"""Villages and counties of the situations in tests/cases, built from base_place.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from tests.household_tables import table

from povexit import indicators

FOLDER = Path(__file__).parent / "cases"
COUNTY = "451002"
ANSWERS = {"pass": True, "fail": False, "unknown": None}
CRITERIA = (
    "income_source",
    "housing",
    "medical",
    "education",
    "road",
    "water",
    "electricity",
    "television",
    "income",
)
OTHER = ("number", "meets_standard", "labour_unknown")
Row = dict[str, Any]


@cache
def base() -> Row:
    return tomllib.loads((FOLDER / "base_place.toml").read_text(encoding="utf-8"))


def cases(name: str) -> list[Row]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["case"]


def without(row: Mapping[str, Any], missing: Sequence[str]) -> Row:
    return {k: v for k, v in row.items() if k not in missing}


def homes(spec: Mapping[str, Any]) -> Iterator[Row]:
    """Give the register's households of a village: the groups that differ, then the others."""
    groups = list(spec.get("register", ()))
    rest = spec.get("homes", base()["homes"]) - sum(g["number"] for g in groups)
    for group in [*groups, {"number": rest}]:
        answers = {c: ANSWERS[group.get(c, "pass")] for c in CRITERIA}
        states = list(answers.values())
        whole = False if False in states else None if None in states else True
        given = {k: v for k, v in group.items() if k not in (*CRITERIA, *OTHER)}
        given |= {"has_labour": None} if group.get("labour_unknown") else {}
        meets = ANSWERS[group["meets_standard"]] if "meets_standard" in group else whole
        yield from [base()["home"] | answers | {"meets_standard": meets} | given] * group["number"]


class Places:
    """Ledger, households and decisions of any number of villages, and what is set by hand."""

    def __init__(self) -> None:
        self.ledger: list[Row] = []
        self.homes: list[Row] = []
        self.known: list[Row] = []

    def add(self, spec: Mapping[str, Any], month: str, number: int = 0) -> None:
        """Add a village that differs from the base as ``spec`` says."""
        code = f"451002{number:06d}"
        key = {"village_code": code, "month": month, "county_code": COUNTY}
        missing = spec.get("missing", ())
        if spec.get("has_ledger", True):
            self.ledger.append(key | without(base()["ledger"] | spec.get("ledger", {}), missing))
        own = homes(spec)
        self.homes += [
            key | row | {"household_id": f"{month}{code}{n}"} for n, row in enumerate(own)
        ]
        known = base()["village"] | spec.get("village", {})
        self.known.append(key | known | dict.fromkeys(m for m in missing if m in known))

    def tables(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Return ledger, household indicators and decisions, as Polars."""
        names = ("cleaned_villages", "indicators_households", "decisions_households")
        parts = zip(names, (self.ledger, self.homes, self.homes), strict=True)
        ledger, known, decided = (
            table(n, [{k: v for k, v in row.items() if k in columns_of(n)} for row in rows])
            for n, rows in parts
        )
        return ledger, known, decided

    def villages(self) -> pl.DataFrame:
        """Return the villages' indicators, what no ledger holds set as the situations say."""
        return overlaid(indicators.village(*self.tables()), self.known, ["village_code", "month"])


@cache
def columns_of(name: str) -> frozenset[str]:
    from povexit.schema import columns

    return frozenset(columns(name))


def overlaid(frame: pl.DataFrame, rows: Sequence[Row], keys: list[str]) -> pl.DataFrame:
    """Return the frame with the columns the rows name set to their values."""
    names = list(dict.fromkeys(k for row in rows for k in row if k not in (*keys, "county_code")))
    typed = pl.DataFrame(
        [{k: row.get(k) for k in (*keys, *names)} for row in rows],
        schema={k: frame.schema[k] for k in (*keys, *names)},
    )
    return frame.drop(names).join(typed, on=keys, how="left").select(frame.columns)


def village_indicators(given: Sequence[Row]) -> pl.DataFrame:
    """Return the indicators of one village a case; its month is the case's number."""
    places = Places()
    for number, case in enumerate(given):
        places.add(case, f"{number:03d}")
    return places.villages().sort("month")


def county_indicators(given: Sequence[Row]) -> pl.DataFrame:
    """Return the indicators of one county a case; its month is the case's number."""
    places, known = Places(), []
    for number, case in enumerate(given):
        groups = list(case.get("villages", ()))
        rest = case.get("total", base()["villages"]) - sum(g["number"] for g in groups)
        specs = [g for g in groups for _ in range(g["number"])] + [{}] * rest
        for at, spec in enumerate(specs):
            places.add(spec, f"{number:03d}", at)
        own = base()["county"] | case.get("county", {})
        own |= dict.fromkeys(m for m in case.get("missing", ()) if m in own)
        known.append(own | {"month": f"{number:03d}", "county_code": COUNTY})
    found = indicators.county(places.villages())
    return overlaid(found, known, ["month"]).sort("month")
