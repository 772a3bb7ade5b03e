"""What the national evaluation measures, read from data: measures, composite rate, how sure."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from povexit.errors import DesignError, UnknownNameError


@dataclass(frozen=True)
class Decision:
    """How sure a verdict has to be.

    ``level`` is the confidence of the bound that decides; ``power`` the chance that a
    planned sample settles the question; ``deff_level`` the confidence of the limit put
    on the design effect a sample shows.
    """

    level: float
    power: float
    deff_level: float
    source: str
    confidence: str


@cache
def _data() -> dict[str, Any]:
    text = (files("povexit") / "reference" / "evaluation.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def decision() -> Decision:
    """Return how sure a verdict has to be."""
    return Decision(**_data()["decision"])


@dataclass(frozen=True)
class Weighting:
    """For whom a sample speaks: the chances whose inverse is a household's weight."""

    id: str
    name: str
    name_en: str
    chances: list[str]
    source: str
    confidence: str
    note: str = ""


@dataclass(frozen=True)
class Rule:
    """A threshold for the share of what should not be, and what is assumed around it.

    Parameters
    ----------
    threshold
        The share (0 to 1) below which a place meets the rule.
    icc
        Intra-class correlation within villages, 0 to below 1, up to which the verdict
        has to hold although the sample may not show it.
    level, deff_level, power
        As `Decision`; those of the data if not given.

    Raises
    ------
    DesignError
        If a number is not a share.

    Examples
    --------
    >>> Rule(0.02, 0.15).level
    0.95
    """

    threshold: float
    icc: float
    level: float = field(default_factory=lambda: decision().level)
    deff_level: float = field(default_factory=lambda: decision().deff_level)
    power: float = field(default_factory=lambda: decision().power)

    def __post_init__(self) -> None:
        inside = ("threshold", "level", "deff_level", "power")
        wrong = [n for n in inside if not 0 < getattr(self, n) < 1]
        if wrong or not 0 <= self.icc < 1:
            raise DesignError(
                "a rule's numbers are shares",
                where=", ".join(wrong) or "icc",
                expected="above 0 and below 1 (icc may be 0)",
                found=getattr(self, (wrong or ["icc"])[0]),
                hint="2 % is 0.02",
            )

    @property
    def tail(self) -> float:
        """Chance of a bound on the wrong side."""
        return 1 - self.level


@dataclass(frozen=True)
class Measure:
    """One rate: of which households, what is counted, in which unit, against which threshold."""

    id: str
    name: str
    name_en: str
    column: str
    event: str
    unit: str
    test: str
    threshold: float
    denominator: str
    denominator_en: str
    source: str
    confidence: str
    icc: float
    icc_source: str
    icc_confidence: str
    group: str = ""
    note: str = ""

    @property
    def is_of_failings(self) -> bool:
        """Whether the rate counts what should not be, so that low is good."""
        return self.test == "<"

    @property
    def rule(self) -> Rule:
        """The rule on the share of failings, the complement where high is good."""
        limit = self.threshold if self.is_of_failings else 1 - self.threshold
        return Rule(limit, self.icc)


@dataclass(frozen=True)
class Denominator:
    """A population the composite rate may be divided by."""

    id: str
    column: str
    name: str
    name_en: str
    source: str
    confidence: str
    note: str = ""


@dataclass(frozen=True)
class Composite:
    """A rate made of a register count and of sampled rates times register counts.

    ``exited`` are the register's statuses of households that left it.
    """

    id: str
    name: str
    name_en: str
    exited: tuple[str, ...]
    remaining: str
    parts: dict[str, str]
    test: str
    thresholds: dict[str, float]
    source: str
    confidence: str
    denominator: tuple[Denominator, ...]


@dataclass(frozen=True)
class Edition:
    """One official document: its measures and its composite rate."""

    id: str
    document: str
    source: str
    confidence: str
    measures: tuple[Measure, ...]
    composite: Composite


@cache
def weightings() -> dict[str, Weighting]:
    """Return the readings of whom a sample speaks for, by id."""
    return {w["id"]: Weighting(**w) for w in _data()["weighting"]}


@cache
def editions() -> dict[str, Edition]:
    """Return all editions by id, in order of their documents."""
    return {e["id"]: _edition(e) for e in _data()["edition"]}


def _edition(given: dict[str, Any]) -> Edition:
    made = dict(given["composite"])
    made["denominator"] = tuple(Denominator(**d) for d in made["denominator"])
    made["exited"] = tuple(made["exited"])
    rest = {k: v for k, v in given.items() if k not in ("measure", "composite")}
    found = tuple(Measure(**m) for m in given["measure"])
    return Edition(**rest, measures=found, composite=Composite(**made))


def edition(id: str | None = None) -> Edition:
    """Return an edition of the evaluation; the newest without an id.

    Raises
    ------
    UnknownNameError
        If there is no such edition.

    Examples
    --------
    >>> edition().composite.thresholds["west"], [d.id for d in edition().composite.denominator][:2]
    (0.03, ['rural_population', 'rural_registered_population'])
    """
    known = editions()
    wanted = list(known)[-1] if id is None else id
    if wanted not in known:
        raise UnknownNameError(
            "no such edition of the evaluation", where=wanted, expected=", ".join(known)
        )
    return known[wanted]


def measures(id: str | None = None) -> tuple[Measure, ...]:
    """Return the measures of an edition in the order of the evaluation.

    Examples
    --------
    >>> [(m.id, m.test, m.threshold) for m in measures()][:2]
    [('wrong_exit_rate', '<', 0.02), ('omission_rate', '<', 0.02)]
    """
    return edition(id).measures
