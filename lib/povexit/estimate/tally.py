"""One pass over the rows: running sums of weights, values and their products.

A variable that keeps away from 0 is kept as distances from an answer of its domain
(``shift``): residuals then carry no error of a large common offset, and a variable
that never varies within a domain gives exactly 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from povexit.estimate.blocks import ROWS, Block
from povexit.estimate.read import Flags, Floats, limits
from povexit.estimate.variance import Cells


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums of all rows, by (domain, unit) cell and by domain; names as in `Sums`.

    ``totals`` has one row a variable here; ``moments`` has those of the variables only,
    without the weights.
    """

    totals: Floats
    shift: Floats
    moments: Floats
    squares: Floats


def tallied(
    cells: Cells, blocks: Sequence[Block], weights: Floats, values: Sequence[Floats]
) -> Tally:
    """Return the sums over all rows of the blocks.

    Parameters
    ----------
    cells
        What the blocks' cells are.
    blocks
        The rows that count.
    weights, values
        Whole columns, in the table's order; no value that counts is missing.
    """
    size, domains = 1 + len(values), cells.domains
    pairs = list(combinations_with_replacement(range(size - 1), 2))
    totals = np.zeros((size, len(cells.domain)))
    shift = np.full((size, domains), np.inf)
    shift[0] = 0.0
    far = np.array([low > 0 or high < 0 for low, high in map(limits, values)], dtype=bool)
    products = np.zeros((size + len(pairs), domains))
    space = np.empty((size + len(pairs), ROWS))
    for block in blocks:
        weight, given = block.of(weights), [block.of(v) for v in values]
        here = space[:, : len(weight)]
        weighted = here[:size]
        _weigh(weight, given, weighted)
        squares = weighted
        if far.any():
            squares = np.square(weighted)
            given = _moved(block, given, far, shift)
            _weigh(weight, given, weighted)
        else:
            shift[1:, block.domain] = 0.0
        block.add_cells(totals, weighted)
        for row, (i, j) in zip(here[size:], pairs, strict=True):
            np.multiply(weighted[1 + i], given[j], out=row)
        if squares is weighted:
            np.square(weighted, out=weighted)  # done with them, and no room to spare
        else:
            weighted[:] = squares
        products[:, block.domain] += np.add.reduceat(here, block.starts, axis=1)
    moments = np.zeros((domains, size - 1, size - 1))
    for (i, j), row in zip(pairs, products[size:], strict=True):
        moments[:, i, j] = moments[:, j, i] = row
    return Tally(totals, shift.T, moments, products[:size].T)


def _weigh(weight: Floats, given: Sequence[Floats], out: Floats) -> None:
    out[0] = weight
    for v, row in zip(given, out[1:], strict=True):
        np.multiply(weight, v, out=row)


def _moved(block: Block, given: Sequence[Floats], far: Flags, shift: Floats) -> list[Floats]:
    """Return values less their domain's shift; a domain met first gets its first answer."""
    known = shift[1:, block.domain]
    first = np.where(far[:, None], [v[block.starts] for v in given], 0.0)
    shift[1:, block.domain] = first = np.where(np.isfinite(known), known, first)
    return [v - np.repeat(s, block.lengths) for v, s in zip(given, first, strict=True)]
