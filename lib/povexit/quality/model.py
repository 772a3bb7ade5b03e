"""The shape of a quality rule: frozen, and without a comparison of data.

A rule concerns the rows for which every leaf of ``applies_to`` holds, and flags
those for which every leaf of ``all``, or at least one of ``any``, holds. A leaf
compares one column with a fixed value. Instead of leaves a rule may name the
rules by which cleaning set its rows aside, or say why it cannot be checked.
"""

from __future__ import annotations

from dataclasses import dataclass

NUMERIC_TESTS = (">=", ">", "<=", "<")
BARE_TESTS = ("is_true", "is_false", "is_missing", "is_given")
TESTS = ("in", "==", *NUMERIC_TESTS, "within", *BARE_TESTS)
UNITS = ("household", "person", "household-and-members")
CHECKED, NOT_CHECKABLE = "checked", "not_checkable"


@dataclass(frozen=True)
class Leaf:
    """One comparison: a column, a test, and the values it compares with.

    ``values`` has one value, several (``in``), the two ends of a range (``within``,
    both included), or none (``is_true``, ``is_false``, ``is_missing``, ``is_given``).
    """

    column: str
    test: str
    values: tuple[str | float, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One rule of the register's data quality.

    ``unit`` says what is counted and which columns may be asked: ``household`` and
    ``household-and-members`` count households, ``person`` counts persons.
    """

    id: str
    group: int
    unit: str
    name: str
    name_en: str
    source: str
    applies_to: tuple[Leaf, ...] = ()
    all: tuple[Leaf, ...] = ()
    any: tuple[Leaf, ...] = ()
    quarantine: tuple[str, ...] = ()
    reason: str = ""
    reason_en: str = ""

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """All leaves; none where the tables are not asked."""
        return (*self.applies_to, *self.all, *self.any)

    @property
    def of_persons(self) -> bool:
        """Whether persons are counted, not households."""
        return self.unit == "person"

    def label(self, lang: str = "zh") -> str:
        """Return the rule's name, in ``zh`` or ``en``."""
        return self.name if lang == "zh" else self.name_en

    def why_not(self, lang: str = "zh") -> str:
        """Return why the rule cannot be checked, in ``zh`` or ``en``; empty if it can."""
        return self.reason if lang == "zh" else self.reason_en


@dataclass(frozen=True)
class Group:
    """One of the eleven groups of rules."""

    id: int
    name: str
    name_en: str

    def label(self, lang: str = "zh") -> str:
        """Return the group's name, in ``zh`` or ``en``."""
        return self.name if lang == "zh" else self.name_en
