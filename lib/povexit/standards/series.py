"""Values that change with the year, and words with a fixed meaning: both are data."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from povexit.errors import UnknownNameError
from povexit.schema import nearest

REFERENCE = files("povexit") / "reference"


@dataclass(frozen=True)
class Dated:
    """The value of a series in one year; ``value`` is None where none was found."""

    value: float | None
    source: str
    confidence: str
    note: str


NOT_FOUND = Dated(None, "", "", "not found")


@dataclass(frozen=True)
class Series:
    """A value by year, such as the poverty line."""

    id: str
    name: str
    name_en: str
    unit: str
    note: str
    years: tuple[tuple[int, Dated], ...]

    def at(self, year: int) -> Dated:
        """Return the value of ``year``: unknown, not extrapolated, where none was found."""
        return dict(self.years).get(year, NOT_FOUND)

    def label(self, lang: str = "zh") -> str:
        """Return the series' name, in ``zh`` or ``en``."""
        return self.name if lang == "zh" else self.name_en


@dataclass(frozen=True)
class Definition:
    """The meaning of a word of the standards: a range of whole numbers, or code values."""

    id: str
    name: str
    name_en: str
    source: str
    confidence: str
    note: str = ""
    minimum: int | None = None
    maximum: int | None = None
    values: tuple[str, ...] = ()


def _read_toml(name: str) -> dict[str, Any]:
    return tomllib.loads((REFERENCE / name).read_text(encoding="utf-8"))


def _dated(row: dict[str, str]) -> Dated:
    value = float(row["value"]) if row["value"] else None
    return Dated(value, row["source"], row["confidence"], row["note"])


@cache
def series(name: str) -> Series:
    """Return the dated series ``name``.

    Raises
    ------
    UnknownNameError
        If there is no such series.

    Examples
    --------
    >>> series("poverty_line_yuan").at(2016).value
    2952.0
    >>> series("poverty_line_yuan").at(2018).value is None
    True
    """
    known = _read_toml("series.toml")
    if name not in known:
        raise UnknownNameError(f"no series {name!r}", found=name, hint=nearest(name, known))
    text = (REFERENCE / f"{name}.csv").read_text(encoding="utf-8")
    years = tuple((int(r["year"]), _dated(r)) for r in csv.DictReader(text.splitlines()))
    return Series(id=name, years=years, **known[name])


@cache
def definition(name: str) -> Definition:
    """Return the definition ``name``.

    Raises
    ------
    UnknownNameError
        If there is no such definition.

    Examples
    --------
    >>> d = definition("school_age_years")
    >>> d.minimum, d.maximum, d.source
    (6, 15, 'S51')
    """
    known = _read_toml("definitions.toml")
    if name not in known:
        raise UnknownNameError(f"no definition {name!r}", found=name, hint=nearest(name, known))
    fields = known[name] | {"values": tuple(known[name].get("values", ()))}
    return Definition(id=name, **fields)
