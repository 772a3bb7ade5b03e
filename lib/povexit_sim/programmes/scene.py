"""What the programmes of a county are drawn from, and when things are done.

As with the register, everything is drawn once with the month it happens in, so that a month's
ledger is what has happened by then and any month can be made alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from povexit_sim.noise import Bools, Floats, Ints, Texts, event_month, stream
from povexit_sim.register import NEVER, Columns, Register
from povexit_sim.settings import settings

START_YEAR = 2016
_LATEST = 600  # months after the start; what lies beyond, such as NEVER, has no date


@dataclass(frozen=True)
class Scene:
    """A county in a month: its whole register, and households, persons and villages as they stand."""

    county_code: str
    seed: int
    scale: float
    month: int
    register: Register
    households: pl.DataFrame
    persons: pl.DataFrame
    villages: pl.DataFrame

    def stream(self, *names: str) -> np.random.Generator:
        """Return a random stream of the programmes, apart from those of the register."""
        return stream(self.seed, self.county_code, "programme", *names)

    @property
    def own(self) -> Columns:
        """The register's columns of households, those of later months too."""
        return self.register.households

    @property
    def n(self) -> int:
        """Households of the register, those of later months too."""
        return len(self.own["village"])

    @cached_property
    def is_poor(self) -> Bools:
        """Whether a household was poor at the start or was identified later."""
        return np.asarray(self.own["group"] != "exited")

    @cached_property
    def is_planned(self) -> Bools:
        """Whether a household is to leave the register this year."""
        return np.asarray((self.own["group"] == "poor") & (self.own["planned_exit_year"] == 2016))

    @cached_property
    def haste(self) -> float:
        """How fast the county is; above 1 it is early."""
        spread = settings()["programmes"]["county_haste"]
        return float(np.exp(spread * self.stream("haste").standard_normal()))

    def done(self, rng: np.random.Generator, n: int, curve: str) -> Ints:
        """Return the month in which each of ``n`` is done, by a curve of the settings."""
        return done_months(rng, n, settings()["programmes"]["curves"][curve], self.haste)

    def of_households(self, columns: Columns) -> pl.DataFrame:
        """Return columns drawn for the whole register, of the households that stand in it now."""
        index = self.households["household"].to_numpy()
        names = ["household_number", "household_size", "village_code"]
        return pl.concat(
            [self.households.select(names), frame_of({k: v[index] for k, v in columns.items()})],
            how="horizontal",
        )

    def seen(self, month: Ints, day: Ints) -> pl.Series:
        """Return dates, null for those after this month."""
        return dates(np.where(month <= self.month, month, NEVER), day)


def frame_of(columns: Columns) -> pl.DataFrame:
    """Return a table of arrays; NumPy's texts become text, of no rows too."""
    return pl.DataFrame(
        {
            k: pl.Series(v.tolist(), dtype=pl.String)
            if isinstance(v, np.ndarray) and v.dtype.kind == "U"
            else v
            for k, v in columns.items()
        }
    )


def done_months(
    rng: np.random.Generator, n: int, curve: Sequence[float], haste: float = 1.0
) -> Ints:
    """Return in which month each of ``n`` is done.

    Parameters
    ----------
    rng
        Random stream.
    n
        How many.
    curve
        Shares done before the year and by the end of each of its twelve months.
    haste
        Above 1, all is earlier.

    Returns
    -------
    numpy.ndarray
        Months since 2016-01; below 0 before the year, above 11 after it.

    Examples
    --------
    >>> months = done_months(np.random.default_rng(1), 1000, [0.2, *[0.5] * 12])
    >>> int((months < 0).sum()), int((months == 0).sum()), int((months > 11).sum())
    (188, 319, 493)
    """
    month = np.searchsorted(np.array(curve), rng.random(n) ** haste, side="right") - 1
    before = -rng.integers(1, 13, n)
    after = 11 + event_month(rng, n, settings()["programmes"]["after_year"])
    return np.select([month < 0, month > 11], [before, after], month).astype(np.int64)


def days(rng: np.random.Generator, n: int) -> Ints:
    """Return days of a month that every month has."""
    return rng.integers(1, 29, n)


def dates(month: Ints, day: Ints) -> pl.Series:
    """Return the dates of days in months since 2016-01; none for months that never come.

    Examples
    --------
    >>> dates(np.array([5, -1, 10**6]), np.array([30, 1, 1])).to_list()
    [datetime.date(2016, 6, 30), datetime.date(2015, 12, 1), None]
    """
    known = month < _LATEST
    years, months = np.divmod(START_YEAR * 12 + np.where(known, month, 0), 12)
    table = pl.DataFrame({"year": years, "month": months + 1, "day": day, "known": known})
    return table.select(pl.when("known").then(pl.date("year", "month", "day"))).to_series()


def enough(rng: np.random.Generator, able: Bools, sizes: Ints, wanted: float) -> Bools:
    """Choose households at random among those ``able`` until they hold ``wanted`` persons.

    Examples
    --------
    >>> chosen = enough(np.random.default_rng(1), np.array([True, False, True, True]), np.full(4, 3), 5)
    >>> int(chosen.sum()), bool(chosen[1])
    (2, False)
    """
    order = rng.permutation(np.flatnonzero(able))
    before = np.cumsum(sizes[order]) - sizes[order]
    chosen = np.zeros(len(able), dtype=bool)
    chosen[order[before < wanted]] = True
    return chosen


def picked(rng: np.random.Generator, names: Sequence[int], n: int) -> Ints:
    """Return ``n`` whole numbers between the two given, both included."""
    low, high = names
    return rng.integers(low, high + 1, n)


def numbered(prefix: str, number: Ints, suffix: str) -> Texts:
    """Return names such as 田阳第2安置点."""
    return np.char.add(np.char.add(prefix, number.astype(str)), suffix)


def persons_of(scene: Scene, city: float) -> float:
    """Return a county's part of a city's number of persons, by its poor persons, at the scale."""
    from povexit_sim.allocation import bases

    base = bases()[scene.county_code]
    total: Floats = np.array([b.poor_persons for b in bases().values()])
    return city * scene.scale * base.poor_persons / total.sum()
