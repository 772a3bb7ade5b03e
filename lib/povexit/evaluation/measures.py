"""The measures of the national evaluation that a sample can answer, read from data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


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
    group: str = ""
    note: str = ""


@cache
def measures() -> tuple[Measure, ...]:
    """Return the measures in the order of the evaluation.

    Examples
    --------
    >>> [(m.id, m.test, m.threshold) for m in measures()][:2]
    [('wrong_exit_rate', '<', 0.02), ('omission_rate', '<', 0.02)]
    """
    text = (files("povexit") / "reference" / "evaluation.toml").read_text(encoding="utf-8")
    return tuple(Measure(**m) for m in tomllib.loads(text)["measure"])
