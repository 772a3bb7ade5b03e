"""The rows in blocks that fit the processor's cache, each sorted by domain.

Adding up a million rows is a matter of memory, not of arithmetic: rows picked from all
over a large column cost ten times the sum. So rows are sorted within blocks only, once
for each design and domains, and every sum walks through the blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from povexit.estimate.read import Codes, Flags, Floats, in_order

#: Rows of a block: 128 kB a column.
ROWS = 2**14

Kind = TypeVar("Kind", bound=np.generic)
Index = npt.NDArray[np.int32] | Codes


@dataclass(frozen=True, eq=False)
class Block:
    """Some rows, sorted by domain.

    Parameters
    ----------
    rows
        Which rows of the table, in the order of their domains.
    cell
        The (domain, unit) pair of each.
    domain, starts
        The domains that occur, and where each begins among ``rows``.
    """

    rows: slice | Index
    cell: Index
    domain: Codes
    starts: Codes

    def of(self, column: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
        """Return the block's part of a column, in the block's order."""
        return column[self.rows] if isinstance(self.rows, slice) else column.take(self.rows)

    @property
    def lengths(self) -> Codes:
        """Rows of each domain."""
        return np.diff(self.starts, append=len(self.cell))

    @cached_property
    def runs(self) -> Codes:
        """Where stretches of rows of one cell begin; empty if these are short."""
        starts = np.flatnonzero(np.diff(self.cell, prepend=-1))
        return starts if len(starts) * 4 < len(self.cell) else starts[:0]

    def add_cells(self, totals: Floats, values: Floats) -> None:
        """Add values, shape (columns, rows), to the totals of their cells, (columns, cells)."""
        cell: Index = self.cell.astype(np.intp)
        if len(self.runs):
            cell, values = cell[self.runs], np.add.reduceat(values, self.runs, axis=1)
        for total, column in zip(totals, values, strict=True):
            np.add.at(total, cell, column)

    def by_domain(self, values: Floats) -> Floats:
        """Add up values, in the block's order, by domain."""
        return np.add.reduceat(values, self.starts)

    def only(self, use: Flags) -> Block:
        """Return the block without the rows that are not used."""
        kept = self.of(use)
        if kept.all():
            return self
        left = np.add.reduceat(kept, self.starts, dtype=np.int64)
        there = left > 0
        rows = self.rows
        index: Index = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
        starts = np.cumsum(left) - left
        return Block(index[kept], self.cell[kept], self.domain[there], starts[there])


def blocked(domain: Codes, cell: Codes) -> list[Block]:
    """Return all rows in blocks.

    Parameters
    ----------
    domain, cell
        Domain and (domain, unit) pair of each row.

    Examples
    --------
    >>> (block,) = blocked(np.array([1, 0, 1]), np.array([2, 0, 1]))
    >>> block.rows.tolist(), block.cell.tolist(), block.starts.tolist()
    ([1, 0, 2], [0, 2, 1], [0, 1])
    """
    return list(_blocks(domain, cell))


def _blocks(domain: Codes, cell: Codes) -> Iterator[Block]:
    for start in range(0, len(domain), ROWS):
        rows: slice | Index = slice(start, min(start + ROWS, len(domain)))
        here, cells = domain[rows], _narrow(cell[rows])
        if (here[1:] < here[:-1]).any():
            order = in_order(here)
            rows, here, cells = _narrow(start + order), here[order], cells[order]
        starts = np.flatnonzero(np.diff(here, prepend=-1))
        yield Block(rows, cells, here[starts], starts)


def _narrow(index: Codes) -> Index:
    """Return the index in half the space, if it fits."""
    return index.astype(np.int32) if index.max(initial=0) < 2**31 else index


def cells_of(blocks: Sequence[Block], count: int) -> Flags:
    """Return which of ``count`` cells have a row in the blocks."""
    there = np.zeros(count, dtype=bool)
    for block in blocks:
        there[block.cell] = True
    return there
