"""Sums that add up: everything an estimate needs, once over the rows.

Sums are kept per (domain, sampled unit), so that counties, months' parts or
machines can be added and any estimate computed from the result; so do resampled
weights, which never need the rows again. Values are kept as distances from the
domain's smallest answer (``shift``): residuals then carry no error of a large
common offset, and a variable that never varies gives exactly 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from povexit.errors import DesignError
from povexit.estimate.design import Design
from povexit.estimate.domains import By, Domains, Where, domains, membership
from povexit.estimate.layout import Layout, joined
from povexit.estimate.read import Codes, Floats, binned, grouped, listing, numbers, stacked
from povexit.estimate.variance import Cells


@dataclass(frozen=True, eq=False)
class Sums:
    """Weighted sums per domain and sampled unit; ``a + b`` is the sum of two parts.

    Parameters
    ----------
    names
        The variables; a row counts where all of them are known.
    layout
        The sampled units, all of them.
    domains
        One row a domain, its ``by`` columns.
    n, unknown
        Rows with all answers, and rows that lack one (or are not known to belong), a domain.
    cells
        The (domain, unit) pairs with an answer.
    totals
        Shape (cells, 1 + names): sum of weights, then of weight x (value - shift).
    shift
        Shape (domains, 1 + names); infinite where a domain has no answer.
    moments
        Shape (domains, 1 + names, 1 + names): sums of weight x products of the same.
    squares
        Shape (domains, 1 + names): sums of (weight x value) squared, of values unshifted.
    """

    names: tuple[str, ...]
    layout: Layout
    domains: pd.DataFrame
    n: Codes
    unknown: Codes
    cells: Cells
    totals: Floats
    shift: Floats
    moments: Floats
    squares: Floats

    def __add__(self, other: Sums) -> Sums:
        return _added(self, other)

    def position(self, name: str) -> int:
        """Return the place of a variable among ``totals``."""
        if name not in self.names:
            raise DesignError(
                "these sums do not hold the variable", where=name, found=", ".join(self.names)
            )
        return 1 + self.names.index(name)

    @cached_property
    def whole(self) -> Floats:
        """Totals of each domain, shape (domains, 1 + names), still shifted."""
        return added_up(self.totals, self.cells.domain, self.cells.domains)

    @property
    def offset(self) -> Floats:
        """The shift with 0 where there is none."""
        return np.where(np.isfinite(self.shift), self.shift, 0.0)


def sums(design: Design, names: Sequence[str], by: By = (), where: Where = None) -> Sums:
    """Add up variables over the rows, in one pass.

    Parameters
    ----------
    design
        The sample.
    names
        Numeric or yes/no columns. A row counts where all of them are known; for
        answers with holes of their own, take the sums of each.
    by
        Columns whose combinations are the domains: all that occur in the table, so
        that a domain without members under ``where`` keeps its row.
    where
        A yes/no column, or ``{column: value}``, that says which rows belong. Where
        that is unknown the row is counted as unknown.

    Returns
    -------
    Sums
        To be given to any estimator in place of the design, or added to others.

    Raises
    ------
    DesignError
        If a column is missing, not numeric or infinite.

    Examples
    --------
    >>> table = pd.DataFrame({"w": [2.0, 3.0, 1.0], "y": [1.0, None, 5.0]})
    >>> found = sums(Design(table, weights="w"), ["y"])
    >>> found.n.tolist(), found.unknown.tolist(), found.shift.tolist()
    ([2], [1], [[0.0, 1.0]])
    """
    values = {name: numbers(design.frame, name) for name in names}
    return row_sums(design, values, domains(design, by), where)


def row_sums(
    design: Design, values: Mapping[str, Floats], by: Domains, where: Where = None
) -> Sums:
    """Return `sums` of values in hand, NaN where unknown."""
    belongs, might = membership(design, where)
    known = np.logical_and.reduce([~np.isnan(v) for v in values.values()], initial=True)
    use, count = belongs & known, len(by.table)
    rows = by.order if use.all() else by.order[use[by.order]]
    n = np.bincount(by.code[rows], minlength=count)
    size = 1 + len(values)
    shift, squares = np.full((count, size), np.inf), np.zeros((count, size))
    moments = np.zeros((count, size, size))
    shift[:, 0] = 0.0
    domain, unit, totals = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty((0, size))]
    # one domain at a time, so that its rows stay in the processor's cache
    for d, end in zip(np.flatnonzero(n), np.cumsum(n)[n > 0], strict=True):
        part = rows[end - n[d] : end]
        given = [v[part] for v in values.values()]
        units, cells, *rest = _domain_sums(given, design.weight[part], design.unit[part])
        shift[d], moments[d], squares[d] = rest
        domain.append(np.full(len(units), d))
        unit.append(units)
        totals.append(cells)
    return Sums(
        names=tuple(values),
        layout=design.layout,
        domains=by.table,
        n=n,
        unknown=np.bincount(by.code[might], minlength=count) - n,
        cells=Cells(np.concatenate(domain), np.concatenate(unit), count),
        totals=np.concatenate(totals),
        shift=shift,
        moments=moments,
        squares=squares,
    )


def _domain_sums(given: list[Floats], weight: Floats, unit: Codes) -> tuple[Any, ...]:
    """Return the units of one domain and their totals, its shift, moments and squares."""
    values = np.vstack([np.ones(len(weight)), *given])
    shift = values.min(axis=1)
    shift[0] = 0.0
    weighted = values * weight
    squares = np.einsum("kn,kn->k", weighted, weighted)
    if shift.any():
        values -= shift[:, None]
        weighted = values * weight
    cell, first = grouped(unit - unit.min())
    totals = added_up(weighted.T, cell, len(first))
    return unit[first], totals, shift, weighted @ values.T, squares


def added_up(totals: Floats, group: Codes, count: int) -> Floats:
    """Add up the rows of ``totals`` by group."""
    return np.column_stack([binned(group, c, count) for c in totals.T])


def _added(a: Sums, b: Sums) -> Sums:
    if a.names != b.names or list(a.domains.columns) != list(b.domains.columns):
        raise DesignError(
            "sums of different variables or domains cannot be added",
            where="sums",
            expected=f"{listing(a.names)} by {listing(a.domains.columns) or 'nothing'}",
            found=f"{listing(b.names)} by {listing(b.domains.columns) or 'nothing'}",
        )
    layout, unit_a, unit_b = joined(a.layout, b.layout)
    labels, domain_a, domain_b = _joined_domains(a.domains, b.domains)
    count = len(labels)
    shift = np.full((count, a.shift.shape[1]), np.inf)
    np.minimum.at(shift, domain_a, a.shift)
    np.minimum.at(shift, domain_b, b.shift)
    parts = [_moved(a, domain_a, unit_a, shift), _moved(b, domain_b, unit_b, shift)]
    domain, unit, totals = (np.concatenate(x) for x in zip(*(p[:3] for p in parts), strict=True))
    cell, first = grouped(domain, unit)

    def by_domain(x: Any, y: Any) -> Any:
        out = np.zeros((count, *x.shape[1:]), dtype=x.dtype)
        np.add.at(out, domain_a, x)
        np.add.at(out, domain_b, y)
        return out

    return Sums(
        names=a.names,
        layout=layout,
        domains=labels,
        n=by_domain(a.n, b.n),
        unknown=by_domain(a.unknown, b.unknown),
        cells=Cells(domain[first], unit[first], count),
        totals=added_up(totals, cell, len(first)),
        shift=shift,
        moments=by_domain(parts[0][3], parts[1][3]),
        squares=by_domain(a.squares, b.squares),
    )


def _joined_domains(a: pd.DataFrame, b: pd.DataFrame) -> tuple[pd.DataFrame, Codes, Codes]:
    if not len(a.columns):
        return a, np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    both = stacked(a, b)
    coded = [pd.factorize(both[c], sort=True)[0].astype(np.int64) for c in both]
    domain, first = grouped(*(np.where(c < 0, c.max() + 1, c) for c in coded))
    labels = both.iloc[first].reset_index(drop=True)
    return labels, domain[: len(a)], domain[len(a) :]


def _moved(part: Sums, domain: Codes, unit: Codes, shift: Floats) -> tuple[Any, ...]:
    """Return a part's cells, totals and moments in joint numbers, about the joint shift.

    With v the vector (1, values), a new shift is v -> L v, L being 1 on its diagonal
    and the difference of shifts in its first column.
    """
    delta = np.where(np.isfinite(part.shift), part.shift - shift[domain], 0.0)
    lower = np.eye(part.shift.shape[1]) + delta[:, :, None] * np.eye(1, part.shift.shape[1])
    local = part.cells.domain
    totals = np.einsum("cij,cj->ci", lower[local], part.totals)
    moments = lower @ part.moments @ lower.transpose(0, 2, 1)
    return domain[local], unit[part.cells.unit], totals, moments
