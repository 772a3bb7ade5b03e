"""A month ready to be judged again and again: read and judged once, then only what moves.

Households stand as one row each with what any edition asks and the verdict of the month's own;
a rule that changes is judged alone, villages and counties are rolled up from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pandas as pd

from povexit import geography, indicators, standards, store
from povexit.decide.verdict import KEYS, rejudged
from povexit.indicators.villages import (
    DECISION_COLUMNS,
    HOME_COLUMNS,
    JUDGED,
    from_members,
    recounted,
)
from povexit.schema import columns
from povexit.schema.frames import enter
from povexit.standards import Standard

if TYPE_CHECKING:
    import polars as pl

UNITS = ("household", "village", "county")
VERDICT = "meets_standard"
COUNTS = {"persons_total": "Int64", "poor_persons": "Int64"}
INDICATORS, LEDGER = "indicators_households", "cleaned_villages"


@dataclass(frozen=True, eq=False)
class Judged:
    """Households, villages and counties of a month, judged by one edition.

    Attributes
    ----------
    rules
        The standard of each unit: ``household``, ``village``, ``county``.
    homes
        One row a household: indicators, verdicts, ``meets_standard``.
    known
        The villages' indicators.
    villages, counties
        Each with who it is and ``meets_standard``.
    """

    rules: Mapping[str, Standard]
    homes: pl.DataFrame
    known: pl.DataFrame
    villages: pd.DataFrame
    counties: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Ground:
    """A month's households and village ledgers with the verdicts of the month's own edition."""

    month: str
    ledger: pl.DataFrame
    base: Judged

    @property
    def year(self) -> int:
        """The year whose values of dated series count."""
        return int(self.month[:4])

    @cached_property
    def places(self) -> pd.DataFrame:
        """Where the villages lie: ``village_code``, ``longitude``, ``latitude``."""
        names = ["village_code", "longitude", "latitude"]
        return self.ledger.select(names).unique("village_code").to_pandas()

    def judged(self, rules: Mapping[str, Standard]) -> Judged:
        """Return the month judged by other rules; what they share with its own is kept."""
        base, rule = self.base, rules["household"]
        moved = _moved(base.rules["household"], rule)
        homes, known = base.homes, base.known
        if moved:
            lazy = nw.from_native(homes.lazy())
            again = rejudged(lazy, rule, self.year, base.rules["household"])
            homes = again.collect().to_polars()
        if moved & {*JUDGED, "road"}:
            known = from_members(self.ledger, _members(homes))
        elif moved:
            known = recounted(known, self.ledger, _members(homes))
        return _rolled_up(homes, known, rules, self.year)


def _moved(before: Standard, after: Standard) -> set[str]:
    """Return the criteria that two editions do not share."""
    return {c.id for c in {*before.criteria} ^ {*after.criteria}}


def _members(homes: pl.DataFrame) -> nw.LazyFrame[Any]:
    names = list(dict.fromkeys([*HOME_COLUMNS, *DECISION_COLUMNS]))
    return nw.from_native(homes.lazy().select(names))


def rules_of(month: str, edition: str = "") -> dict[str, Standard]:
    """Return the standards of households, villages and counties of a month, or of an edition."""
    return {u: standards.choose(f"{u}_exit", month, edition)[0] for u in UNITS}


def ground(month: str, county: str = "all") -> Ground:
    """Return a month ready to be judged by changed rules.

    Parameters
    ----------
    month
        Such as ``2016-06``.
    county
        ``all``, a county, or several with commas between; any name or code.

    Raises
    ------
    StoreError
        If the month was not run.
    UnknownNameError
        If no county has that name.
    """
    saved = store.saved_counties(INDICATORS, month)
    codes = tuple(c for c in geography.select_counties(county) if c in saved) or (county,)
    files = [store.partition(t, month, c) for t in (INDICATORS, LEDGER) for c in codes]
    state = tuple((str(f), f.stat().st_mtime_ns) for f in files if f.is_file())
    return _ground(month, codes, state)


@lru_cache(maxsize=2)
def _ground(month: str, codes: tuple[str, ...], state: tuple[tuple[str, int], ...]) -> Ground:
    """Read and judge; ``state`` tells whether the month was run again since."""
    every = [s for unit in standards.editions("household_exit") for s in unit.indicators]
    asked = [
        c
        for c in dict.fromkeys([*KEYS["household"], *every, *HOME_COLUMNS])
        if c in columns(INDICATORS)
    ]
    scan = store.scan(INDICATORS, month, list(codes))
    homes = enter(scan, INDICATORS, asked).collect().to_polars()
    ledger = store.scan(LEDGER, month, list(codes)).collect()
    rules, year = rules_of(month), int(month[:4])
    judged = rejudged(nw.from_native(homes.lazy()), rules["household"], year).collect().to_polars()
    known = from_members(ledger, _members(judged))
    return Ground(month, ledger, _rolled_up(judged, known, rules, year))


def _rolled_up(
    homes: pl.DataFrame, known: pl.DataFrame, rules: Mapping[str, Standard], year: int
) -> Judged:
    villages = _decided(known, rules["village"], year)
    counties = _decided(indicators.county(known), rules["county"], year)
    return Judged(rules, homes, known, villages, counties)


def _decided(known: pl.DataFrame, rule: Standard, year: int) -> pd.DataFrame:
    """Return who each place is, with its verdict."""
    judged = rejudged(nw.from_native(known.lazy()), rule, year)
    table = judged.select(*KEYS[rule.unit], VERDICT).collect().to_pandas()
    return table.astype({VERDICT: "boolean", **COUNTS})
