"""What a target is, and what the number on it counts: frozen, and without a comparison of data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

LEVELS = ("city", "county")
KINDS = ("floor", "stretch")
SHARE = "share"


@dataclass(frozen=True)
class Measure:
    """What a number counts and over what; ``only_grows`` if it cannot fall within a year."""

    id: str
    name: str
    name_en: str
    unit: str
    needs: tuple[str, ...]
    definition: str
    definition_en: str
    denominator: str
    denominator_en: str
    only_grows: bool = False


@dataclass(frozen=True)
class Group:
    """Who answers for a target; a group that was never found has no name."""

    id: str
    name: str
    name_en: str

    def label(self, lang: str = "zh") -> str:
        """Return the name to print, in ``zh`` or ``en``."""
        return self.name if lang == "zh" else self.name_en


@dataclass(frozen=True)
class Target:
    """One number with a deadline, as a document sets it.

    Attributes
    ----------
    measure
        What is counted.
    level
        ``city``: the places together reach the number; ``county``: each of them does.
    places
        Codes of the counties concerned; all of the city if empty.
    number, share
        What is to be reached, in the measure's unit or as a share of its denominator; neither
        where the document names none.
    where
        Column and value of the measure's first table that a row must have.
    at_least
        For a measure in parts (zones): how many persons make a part count.
    headline
        Whether its path is drawn.
    path
        Dates and numbers (or shares) to pass on the way; a straight line from the start of the
        deadline's year without it.
    """

    id: str
    name: str
    name_en: str
    measure: Measure
    level: str
    places: tuple[str, ...]
    deadline: dt.date
    kind: str
    answers: tuple[Group, ...]
    source: str
    confidence: str
    deadline_confidence: str
    number: float | None = None
    share: float | None = None
    at_least: float | None = None
    where: tuple[tuple[str, str], ...] = ()
    path: tuple[tuple[dt.date, float], ...] = ()
    note: str = ""
    headline: bool = False

    @property
    def unit(self) -> str:
        """The unit of what is to be reached."""
        return SHARE if self.share is not None else self.measure.unit

    @property
    def wanted(self) -> float | None:
        """What is to be reached; None where the document names no number."""
        return self.number if self.share is None else self.share

    def label(self, lang: str = "zh") -> str:
        """Return the name to print, in ``zh`` or ``en``."""
        return self.name if lang == "zh" else self.name_en
