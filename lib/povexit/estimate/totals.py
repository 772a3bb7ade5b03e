"""Sums that add up: everything an estimate needs, once over the rows.

Sums are kept per (domain, sampled unit), so that counties, months' parts or
machines can be added and any estimate computed from the result; so do resampled
weights, which never need the rows again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from povexit.errors import DesignError
from povexit.estimate.blocks import Block, cells_of
from povexit.estimate.calibration import residuals
from povexit.estimate.design import Design
from povexit.estimate.domains import By, Domains, Where, domains, membership
from povexit.estimate.layout import Layout
from povexit.estimate.merge import merged
from povexit.estimate.read import Codes, Flags, Floats, added_up, numbers
from povexit.estimate.tally import tallied
from povexit.estimate.variance import Cells, clusters


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
        The (domain, unit) pairs with an answer; of a calibrated design also those
        whose scores its totals touch.
    totals
        Shape (cells, 1 + names): sum of weights, then of weight x (value - shift).
    shift
        Shape (domains, 1 + names); infinite where a domain has no answer.
    moments
        Shape (domains, 1 + names, 1 + names): sums of weight x products of the same.
    squares
        Shape (domains, 1 + names): sums of (weight x value) squared, of values unshifted.
    residuals
        What scores are made of: in a calibrated design the ``totals`` less what follows
        from the known totals, otherwise the totals themselves.
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
    residuals: Floats

    def __add__(self, other: Sums) -> Sums:
        return merged(self, other)

    def position(self, name: str) -> int:
        """Return the place of a variable among ``totals``."""
        if name not in self.names:
            raise DesignError(
                "these sums do not hold the variable", where=name, found=", ".join(self.names)
            )
        return 1 + self.names.index(name)

    @property
    def is_calibrated(self) -> bool:
        """Whether known totals have been taken out of the scores."""
        return not np.array_equal(self.totals, self.residuals)

    @cached_property
    def whole(self) -> Floats:
        """Totals of each domain, shape (domains, 1 + names), still shifted."""
        return added_up(self.totals, self.cells.domain, self.cells.domains)

    @cached_property
    def clusters(self) -> Codes:
        """Clusters with an answer, a domain."""
        return clusters(self.cells, self.layout)[0]

    @cached_property
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
    found = plain_sums(design, values, by, where, design.weight)
    if design.calibration is None:
        return found
    blocks = _used(by, _counted(design, values, where)[0])[0]
    cells, totals, left = residuals(
        design.calibration, blocks, list(values.values()), (found.cells, found.totals, found.shift)
    )
    return replace(found, cells=cells, totals=totals, residuals=left)


def plain_sums(
    design: Design, values: Mapping[str, Floats], by: Domains, where: Where, weight: Floats
) -> Sums:
    """Return `row_sums` by other weights, without calibration."""
    use, might = _counted(design, values, where)
    blocks, cells = _used(by, use)
    tally = tallied(cells, blocks, weight, list(values.values()))
    n = by.size if use is None else np.bincount(by.code[use], minlength=len(by.table))
    totals = np.ascontiguousarray(tally.totals.T)
    if use is not None:
        there = cells_of(blocks, len(totals))
        cells = Cells(cells.domain[there], cells.unit[there], cells.domains)
        totals = totals[there]
    first = added_up(totals, cells.domain, cells.domains)
    moments = np.concatenate([first[:, 1:, None], tally.moments], axis=2)
    return Sums(
        names=tuple(values),
        layout=design.layout,
        domains=by.table,
        n=n,
        unknown=(by.size if might is None else np.bincount(by.code[might], minlength=len(n))) - n,
        cells=cells,
        totals=totals,
        shift=tally.shift,
        moments=np.concatenate([first[:, None], moments], axis=1),
        squares=tally.squares,
        residuals=totals,
    )


def _used(by: Domains, use: Flags | None) -> tuple[list[Block], Cells]:
    """Return the blocks of the rows that count, and what their cells are."""
    blocks, cells = by.blocks
    if use is None:
        return blocks, cells
    return [b for b in (block.only(use) for block in blocks) if len(b.cell)], cells


def _counted(
    design: Design, values: Mapping[str, Floats], where: Where
) -> tuple[Flags | None, Flags | None]:
    """Return which rows count, and which might belong; nothing where all do."""
    unknown = [np.isnan(v) for v in values.values() if np.isnan(v.min(initial=0))]
    if where is None:
        belongs = might = None
    else:
        belongs, might = membership(design, where)
    if not unknown:
        return belongs, might
    known = ~np.logical_or.reduce(unknown)
    return (known if belongs is None else belongs & known), might
