"""What a calibrated design remembers, and how it takes known totals out of scores.

Totals that are known have no sampling error: what a calibrated estimate owes to chance
is the part of a variable that the auxiliaries do not explain. Scores are therefore made
of residuals from the regression, with the former weights, on the auxiliaries (Deville &
Särndal 1992, eq. 3.4, as R). The auxiliaries are kept as an orthonormal ``basis`` of the
space they span, so that categories that add up to the same do no harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from povexit.estimate.blocks import Block
from povexit.estimate.distances import MET, Distance, solved
from povexit.estimate.read import Codes, Floats
from povexit.estimate.variance import Cells


@dataclass(frozen=True, eq=False)
class Calibration:
    """How the weights of a design were moved.

    Parameters
    ----------
    distance
        By which distance.
    pattern
        Each row's pattern: rows with the same auxiliaries get the same factor.
    basis
        Shape (patterns, rank), orthonormal under the patterns' former weights.
    totals
        The known totals of the basis.
    former
        The weight of each row before.
    units
        Shape (units, rank): calibrated totals of the basis.
    """

    distance: Distance
    pattern: Codes
    basis: Floats
    totals: Floats
    former: Floats
    units: Floats

    def factors(self, weight: Floats) -> Floats:
        """Return each pattern's factor for other former weights, such as a replicate's.

        NaN where the known totals are out of reach.
        """
        factor, missed = solved(self.basis, weight, self.totals, self.distance)
        met = np.linalg.norm(missed) <= MET * np.linalg.norm(self.totals)
        return factor if met else np.full_like(factor, np.nan)


def orthonormal(x: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return a basis of the columns of ``x``, and ``x`` in its coordinates.

    Parameters
    ----------
    x
        Shape (patterns, auxiliaries).
    weight
        One a pattern, above 0; the basis is orthonormal under them.

    Returns
    -------
    tuple
        Basis, shape (patterns, rank), and coordinates, shape (rank, auxiliaries).

    Examples
    --------
    >>> basis, inside = orthonormal(np.array([[1.0, 2.0], [1.0, 2.0]]), np.array([2.0, 2.0]))
    >>> basis.shape, bool(np.allclose(basis @ inside, [[1, 2], [1, 2]]))
    ((2, 1), True)
    """
    half = np.sqrt(weight)[:, None]
    size = np.linalg.norm(x * half, axis=0)
    left, strength, _ = np.linalg.svd(x * half / np.where(size > 0, size, 1), full_matrices=False)
    basis = left[:, strength > 1e-10 * strength.max(initial=0)]
    return basis / half, basis.T @ (x * half)


def residuals(
    calibration: Calibration,
    blocks: Sequence[Block],
    values: Sequence[Floats],
    sums: tuple[Cells, Floats, Floats],
) -> tuple[Cells, Floats, Floats]:
    """Return totals with what is left of them when known totals are taken out.

    Parameters
    ----------
    calibration
        Of the design.
    blocks, values
        The rows that count, and whole columns.
    sums
        Cells, their totals and the domains' shift, as in `Sums`.

    Returns
    -------
    tuple
        Cells, now also those where a domain has no answer but a residual; their totals,
        0 there; and their residuals.
    """
    cells, totals, shift = sums
    slopes = _slopes(calibration, blocks, values, np.where(np.isfinite(shift), shift, 0.0))
    found = []
    for d in range(cells.domains):
        mine = cells.domain == d
        whole = np.zeros((len(calibration.units), totals.shape[1]))
        whole[cells.unit[mine]] = totals[mine]
        left = whole - calibration.units @ slopes[d].T
        answered = np.zeros(len(whole), dtype=bool)
        answered[cells.unit[mine]] = True
        unit = np.flatnonzero(answered | (left != 0).any(axis=1))
        found.append((np.full(len(unit), d), unit, answered[unit], whole[unit], left[unit]))
    if not found:
        return cells, totals, totals
    domain, unit, answered, wholes, lefts = (np.concatenate(x) for x in zip(*found, strict=True))
    return Cells(domain, unit, cells.domains, answered), wholes, lefts


def _slopes(
    calibration: Calibration, blocks: Sequence[Block], values: Sequence[Floats], shift: Floats
) -> Floats:
    """Regress (1, values - shift) of each domain, 0 outside it, on the basis.

    With an orthonormal basis the slopes are totals of products, shape (domains,
    1 + values, rank).
    """
    slopes = np.zeros((*shift.shape, calibration.basis.shape[1]))
    for block in blocks:
        pattern, former = block.of(calibration.pattern), block.of(calibration.former)
        given = [
            block.of(v) - np.repeat(s, block.lengths)
            for v, s in zip(values, shift[block.domain, 1:].T, strict=True)
        ]
        for r, column in enumerate(calibration.basis.T):
            x = former * column.take(pattern)
            for k, product in enumerate([x, *(x * v for v in given)]):
                slopes[block.domain, k, r] += block.by_domain(product)
    return slopes
