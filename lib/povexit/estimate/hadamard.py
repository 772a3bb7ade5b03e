"""Hadamard matrices: rows of 1 and -1 that are orthogonal to one another."""

from __future__ import annotations

import numpy as np

from povexit.estimate.read import Codes


def hadamard(rows: int) -> Codes:
    """Return a Hadamard matrix of more than ``rows`` rows, the first all 1.

    Of the smallest order that doubling (Sylvester) and quadratic residues (Paley) reach.
    For orders that R's ``hadamard`` reaches in the same way, which are 4 to 24 and most
    others, the matrix has R's columns.

    Examples
    --------
    >>> hadamard(3).tolist()
    [[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]
    >>> [len(hadamard(n)) for n in (1, 4, 11, 12, 27)]
    [4, 8, 12, 16, 32]
    """
    order = 4 * (rows // 4 + 1)
    while (core := _core(order)) == 0:
        order += 4
    matrix = _paley(core - 1) if core > 1 else np.ones((1, 1), dtype=np.int64)
    while len(matrix) < order:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix


def _core(order: int) -> int:
    """Return the order to be doubled up to this one: 1, or a prime and 1; 0 if there is none."""
    core = order
    while core % 2 == 0:
        core //= 2
    while core <= order:
        if core == 1 or (core % 4 == 0 and _is_prime(core - 1)):
            return core
        core *= 2
    return 0


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % d for d in range(2, int(number**0.5) + 1))


def _paley(prime: int) -> Codes:
    """Return the matrix of order ``prime + 1`` for a prime that leaves 3 when divided by 4."""
    squares = np.arange(prime) ** 2 % prime
    place = np.arange(prime)
    inside = np.where(np.isin((place[:, None] + place) % prime, squares), -1, 1)
    return np.pad(inside, ((1, 0), (1, 0)), constant_values=1)
