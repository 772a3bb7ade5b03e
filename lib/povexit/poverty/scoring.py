"""From households to estimates with their scores, for any measure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from povexit.errors import DesignError
from povexit.estimate import Design, Estimates, Sums, Total
from povexit.estimate.domains import By, Domains, Where, domains, membership
from povexit.estimate.read import Codes, Flags, Floats
from povexit.estimate.scores import of_residuals, only
from povexit.estimate.totals import row_sums
from povexit.poverty.entropy import GE, Atkinson
from povexit.poverty.lines import Line, Rows, read
from povexit.poverty.shortfalls import FGT, NEGATIVE, NOT_POSITIVE, Watts, variable

#: Measures that are functions of totals, so that their sums can be added.
Additive = FGT | Watts | GE | Atkinson
ADDED_UP = (FGT, Watts, GE, Atkinson)
SCORE = "score"


class Measure(Protocol):
    """A measure of poverty or inequality."""

    @property
    def income(self) -> str:
        """Return the column of income per person."""
        ...

    @property
    def persons(self) -> str | None:
        """Return the column of persons counted, or None."""
        ...

    @property
    def line(self) -> Line | None:
        """Return the line, or None."""
        ...

    @property
    def name(self) -> str:
        """Return the measure's name."""
        ...

    def influence(self, rows: Rows) -> tuple[float, Floats]:
        """Return the value and each row's linearised variable, of known rows."""
        ...


def from_rows(
    design: Design, wanted: list[Any], by: By, where: Where
) -> list[tuple[Estimates, Codes]]:
    """Return estimates of all measures; those of one base share one pass."""
    places, found = domains(design, by), {}
    for m in wanted:
        if isinstance(m, ADDED_UP) and m.base not in found:
            alike = [o for o in wanted if isinstance(o, ADDED_UP) and o.base == m.base]
            found[m.base] = added_up(design, alike, places, where)
    return [
        from_sums(m, found[m.base])
        if isinstance(m, ADDED_UP)
        else _ranked(design, m, places, where)
        for m in wanted
    ]


def added_up(design: Design, wanted: list[Any], places: Domains, where: Where) -> Sums:
    """Return the sums of measures of one base."""
    first = wanted[0]
    rows = read(design, first.income, first.persons, first.line)
    values: dict[str, Floats] = {}
    for m in wanted:
        values |= m.variables(rows)
        if m.outside is not None:
            values[variable(f"rows {m.outside}", m)] = outside_of(m, rows) / rows.weight
    known = rows.known
    if not known.all():
        values = {k: np.where(known, v, np.nan) for k, v in values.items()}
    return row_sums(design, values, places, where)


def outside_of(m: Measure, rows: Rows) -> Flags:
    """Return which incomes a measure cannot take or was not made for."""
    kind = m.outside if isinstance(m, ADDED_UP) else NEGATIVE
    if kind is None:
        return np.zeros(len(rows.income), dtype=bool)
    return rows.income <= 0 if kind == NOT_POSITIVE else rows.income < 0


def from_sums(m: Any, found: Sums) -> tuple[Estimates, Codes]:
    """Return the estimates of a measure and how many rows leave it without answer."""
    if not isinstance(m, ADDED_UP):
        raise DesignError(
            "this measure needs the rows, not only their sums", where=m.name, hint="give the design"
        )
    made = m.estimates(found)
    outside = np.zeros(len(made.value), dtype=np.int64)
    if m.outside is not None:
        flagged = Total(variable(f"rows {m.outside}", m)).point(found, found.whole)
        outside = np.rint(flagged).astype(np.int64)
    return _without(made, outside > 0, "nonpositive_incomes"), outside


def _without(made: Estimates, bad: Flags, reason: Any) -> Estimates:
    """Return estimates without answer where ``bad`` holds."""
    return replace(
        made,
        value=np.where(bad, np.nan, made.value),
        scores=np.where(bad[made.cells.domain], np.nan, made.scores),
        reason=np.where(bad, reason, made.reason),
    )


def _ranked(design: Design, m: Measure, places: Domains, where: Where) -> tuple[Estimates, Codes]:
    """Return the estimates of a measure that needs the rows in order."""
    rows = read(design, m.income, m.persons, m.line)
    belongs = membership(design, where)[0]
    value, score = scored(m, rows, places, belongs)
    made = of_variable(design, score, value, places, where)
    counted = belongs & rows.known & outside_of(m, rows)
    outside = np.bincount(places.code[counted], minlength=len(value))
    odd = (made.reason == "") & (outside > 0)
    return replace(made, reason=np.where(odd, "negative_incomes", made.reason)), outside


def of_variable(
    design: Design, score: Floats, value: Floats, places: Domains, where: Where
) -> Estimates:
    """Return estimates of ``value`` whose linearised variable is ``score``.

    Parameters
    ----------
    design, places, where
        The sample and its domains.
    score
        One a row; NaN where the row is unknown.
    value
        One a domain; NaN without answer.
    """
    lost = np.isnan(value)
    found = row_sums(design, {SCORE: score}, places, where)
    deviation = only(found, 1)
    deviation[:, 0] = found.offset[:, 1]
    made = of_residuals(found, value, deviation, np.ones(len(value)))
    reason = np.where((made.reason == "") & lost, "mean_not_positive", made.reason)
    return _without(made, lost, reason)


def scored(m: Measure, rows: Rows, places: Domains, belongs: Flags) -> tuple[Floats, Floats]:
    """Return each domain's value, and each row's linearised variable."""
    count = len(places.table)
    value, score = np.full(count, np.nan), np.zeros(len(rows.income))
    use = belongs & rows.known
    score[belongs & ~rows.known] = np.nan
    ordered = places.order[use[places.order]]
    ends = np.searchsorted(places.code[ordered], np.arange(count + 1))
    for d in range(count):
        part = ordered[ends[d] : ends[d + 1]]
        if not rows.counts[part].sum() > 0:
            continue
        value[d], found = m.influence(rows.take(part))
        score[part] = 0.0 if np.isnan(value[d]) else found
    return value, score
