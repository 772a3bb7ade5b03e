"""The shape of a rule: frozen, and without a comparison of data.

A standard is a list of criteria. A criterion has one or more variants; each
says to whom it applies (all leaves of ``applies_to``) and what it asks (all
leaves of ``all`` and, where there are any, at least one of ``any``). A leaf
compares one indicator with one value. A criterion is satisfied when every
variant is satisfied or does not apply.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

NUMERIC_TESTS = (">=", ">", "<=", "<")
TESTS = ("in", "==", *NUMERIC_TESTS, "is_true", "is_false")
#: How the column is named that says of how many a count is unknown.
UNKNOWN = "_unknown"
Value = str | float | int | tuple[str, ...]


@dataclass(frozen=True)
class Leaf:
    """One comparison: an indicator, a test, and a value or the name of a dated series.

    With ``of`` the indicator is a count and ``of`` the denominator of the share compared.
    ``distance`` names the column that holds how far on the right side of the
    value a household is, in the indicator's unit; negative when it falls short.
    """

    indicator: str
    test: str
    value: Value | None = None
    parameter: str | None = None
    of: str | None = None
    distance: str | None = None
    source: str = ""

    @property
    def unknown(self) -> str:
        """The column that says of how many a count is unknown."""
        return f"{self.indicator}{UNKNOWN}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The indicators' columns that the comparison reads."""
        return (self.indicator, self.unknown, self.of) if self.of else (self.indicator,)


@dataclass(frozen=True)
class Variant:
    """What a criterion asks of those to whom ``applies_to`` applies.

    ``is_unknown`` marks a rule that exists but whose text was not found; ``confidence`` is
    how sure its text is where that differs from the standard's.
    """

    applies_to: tuple[Leaf, ...] = ()
    all: tuple[Leaf, ...] = ()
    any: tuple[Leaf, ...] = ()
    is_unknown: bool = False
    source: str = ""
    confidence: str = ""

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """All leaves, in the order in which reasons are looked for."""
        return (*self.applies_to, *self.all, *self.any)


@dataclass(frozen=True)
class Criterion:
    """One item of a standard, such as secure housing."""

    id: str
    name: str
    name_en: str
    variants: tuple[Variant, ...]

    def label(self, lang: str = "zh") -> str:
        """Return the item's name, in ``zh`` or ``en``."""
        return self.name if lang == "zh" else self.name_en


@dataclass(frozen=True)
class Change:
    """What a hypothetical copy has instead: the old value, or the name of its series, and the new."""

    indicator: str
    test: str
    old: Value | None
    new: Value
    is_denominator: bool = False


@dataclass(frozen=True)
class Standard:
    """One edition of a standard: one official document, or a changed copy of one."""

    id: str
    name: str
    name_en: str
    edition: str
    unit: str
    start: dt.date
    source: str
    confidence: str
    note: str
    criteria: tuple[Criterion, ...]
    changes: tuple[Change, ...] = ()

    @property
    def is_hypothetical(self) -> bool:
        """Tell whether it is in force nowhere: a copy in which something was changed."""
        return bool(self.changes)

    def label(self, lang: str = "zh") -> str:
        """Return the standard's name, in ``zh`` or ``en``."""
        return self.name if lang == "zh" else self.name_en

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """All leaves of all criteria, in order."""
        return tuple(x for c in self.criteria for v in c.variants for x in v.leaves)

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators the edition asks for, each once, in order."""
        return tuple(dict.fromkeys(column for leaf in self.leaves for column in leaf.columns))

    @property
    def distances(self) -> tuple[str, ...]:
        """The distance columns the edition yields, each once, in order."""
        return tuple(dict.fromkeys(x.distance for x in self.leaves if x.distance))
