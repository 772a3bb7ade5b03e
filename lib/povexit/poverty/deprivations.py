"""Deprivations of households, and the totals and ratios the measures are made of.

All measures of one cut-off are ratios of totals taken in one pass; they are put through
the design's variance together, as if each were a domain of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from povexit.estimate import Design, Estimates, Ratio, Sums, Total
from povexit.estimate.domains import Domains, Where
from povexit.estimate.read import Flags, Floats, grouped, numbers, refuse
from povexit.estimate.scores import divided
from povexit.estimate.totals import row_sums
from povexit.estimate.variance import Cells, clusters
from povexit.poverty.index import Index, Number

COUNTED, POOR, SCORE = "counted", "poor", "score"
#: In place of a cut-off where none plays a part.
NONE = ""

#: Measure, cut-off, indicator.
Label = tuple[str, str, str]


@dataclass(frozen=True, eq=False)
class Deprived:
    """Deprivations of each row (0, 1, or NaN where unknown), and whom a row counts for."""

    index: Index
    matrix: Floats
    persons: Floats
    filled: Flags

    @property
    def unknown(self) -> Flags:
        return np.isnan(self.persons) | np.isnan(self.matrix).any(axis=1)

    def scores(self) -> Any:
        """Return the scores in whole numbers; meaningless where unknown."""
        return np.nan_to_num(self.matrix).astype(np.int64) @ self.index.points


def read(design: Design, index: Index, answer: float) -> Deprived:
    """Return the deprivations of a design's rows, ``answer`` in place of unknown ones."""
    columns = []
    for one in index.indicators:
        given = numbers(design.frame, one.column)
        bad = ~(np.isnan(given) | (given == 0) | (given == 1))
        refuse(bad, given, one.column, "an indicator is not yes/no", "true, false or null")
        columns.append(given if one.deprived_if else 1 - given)
    matrix = np.column_stack(columns)
    filled = np.isnan(matrix).any(axis=1) & ~np.isnan(answer)
    matrix = np.where(np.isnan(matrix), answer, matrix)
    persons = np.ones(len(matrix))
    if index.persons is not None:
        persons = numbers(design.frame, index.persons)
        refuse(persons < 0, persons, index.persons, "a number of persons is negative", "0 or more")
    return Deprived(index, matrix, persons, filled)


def totals(
    design: Design, rows: Deprived, cutoffs: Sequence[Number], places: Domains, where: Where
) -> dict[str, Sums]:
    """Return the sums each cut-off needs, and those that need none."""
    persons, scores = np.where(rows.unknown, np.nan, rows.persons), rows.scores()
    names = (_deprived(c) for c in rows.index.columns)
    deprived = dict(zip(names, (rows.matrix * persons[:, None]).T, strict=True))
    found = {NONE: row_sums(design, {COUNTED: persons} | deprived, places, where)}
    for k in cutoffs:
        poor = scores >= rows.index.least(k)
        values = {COUNTED: persons, POOR: persons * poor}
        values[SCORE] = persons * poor * scores / rows.index.whole
        values |= {c: v * poor for c, v in deprived.items()}
        found[str(k)] = row_sums(design, values, places, where)
    return found


def _deprived(column: str) -> str:
    """Return the name of a variable that no cut-off's own can have."""
    return f"deprived: {column}"


def measures(index: Index, found: dict[str, Sums]) -> dict[Label, Estimates]:
    """Return estimates by measure, cut-off and indicator."""
    return {
        label: _shares(Ratio(y, x).estimates(found[label[1]]), factor)
        for k in found
        for label, y, x, factor in _ratios(index, k)
    }


def _ratios(index: Index, k: str) -> Iterator[tuple[Label, str, str, float]]:
    """Yield each measure's label, and the variables and factor it is the ratio of."""
    weights = dict(zip(index.columns, map(float, index.weights), strict=True))
    if k == NONE:
        for c in weights:
            yield ("uncensored_headcount", k, c), _deprived(c), COUNTED, 1.0
        return
    yield ("H", k, ""), POOR, COUNTED, 1.0
    yield ("A", k, ""), SCORE, POOR, 1.0
    yield ("M0", k, ""), SCORE, COUNTED, 1.0
    for c, weight in weights.items():
        yield ("censored_headcount", k, c), _deprived(c), COUNTED, 1.0
        yield ("contribution", k, c), _deprived(c), SCORE, weight


def _shares(made: Estimates, factor: float) -> Estimates:
    """Return estimates times a factor, as numbers between 0 and 1."""
    return replace(
        made,
        value=made.value * factor,
        scores=made.scores * factor,
        srs_variance=made.srs_variance * factor**2,
        is_share=True,
    )


def group_contributions(found: dict[str, Sums]) -> dict[Label, Estimates]:
    """Return each domain's share of the whole M0, by cut-off: a ratio over all domains."""
    return {
        ("group_contribution", k, ""): _group_shares(sums) for k, sums in found.items() if k != NONE
    }


def _group_shares(found: Sums) -> Estimates:
    """Return what each domain has of all domains' scores."""
    cells, count = found.cells, found.cells.domains
    mean = Ratio(SCORE, COUNTED).estimates(found)
    own = Total(SCORE).point(found, found.whole)
    whole = np.full(count, own.sum())
    value = divided(own, whole)
    unit, lead = grouped(cells.unit)
    each = np.zeros((count, len(lead)))
    each[cells.domain, unit] = Total(SCORE).estimates(found).scores
    # every domain's residuals lie in all units, also those where it has nobody
    scores = (each - value[:, None] * each.sum(axis=0)) / np.where(whole, whole, np.nan)[:, None]
    answered = np.bincount(unit, cells.answered) > 0
    everywhere = Cells(
        np.repeat(np.arange(count), len(lead)),
        np.tile(cells.unit[lead], count),
        count,
        np.tile(answered, count),
    )
    alone = clusters(everywhere, found.layout)[0] == 1
    return replace(
        mean,
        cells=everywhere,
        value=value,
        scores=scores.ravel(),
        population=np.full(count, mean.population.sum()),
        srs_variance=np.full(count, np.nan),
        effective=divided(whole**2, np.full(count, found.squares[:, found.position(SCORE)].sum())),
        reason=np.where(whole == 0, "zero_denominator", np.where(alone, "one_cluster", "")),
        n=np.full(count, found.n.sum()),
        unknown=np.full(count, found.unknown.sum()),
        is_share=True,
    )


def stacked(parts: dict[Label, Estimates]) -> Estimates:
    """Return estimates of the same domains as one, labelled, so that one table holds them."""
    each = list(parts.values())
    count = len(each[0].value)
    labels = np.repeat(np.array(list(parts), dtype=object), count, axis=0)
    named = dict(zip(("measure", "k", "indicator"), labels.T, strict=True))
    tables = pd.concat([e.domains for e in each], ignore_index=True)
    domain = np.concatenate([e.cells.domain + i * count for i, e in enumerate(each)])
    unit = np.concatenate([e.cells.unit for e in each])
    answered = np.concatenate([e.cells.answered for e in each])
    arrays = ("value", "scores", "n", "unknown", "population", "srs_variance", "effective")
    joined: dict[str, Any] = {
        a: np.concatenate([getattr(e, a) for e in each]) for a in (*arrays, "reason")
    }
    return replace(
        each[0],
        domains=tables.assign(**named) if len(tables) else pd.DataFrame(named),
        cells=Cells(domain, unit, count * len(each), answered),
        **joined,
    )
