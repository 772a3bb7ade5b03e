"""How far a weight may be moved: the distances of calibration, and its equations.

Calibrated weights w = d F(x'b) are as near as can be to the former weights d, by a
distance, while their totals of x are the known ones (Deville & Särndal 1992). The
distance gives F, and the vector b solves equations that are as many as the totals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import expit

from povexit.estimate.read import Floats

#: Totals are met when they are off by less than this, relative to their size ...
MET = 1e-9
#: ... and the equations are solved on until they get no better, or this far.
SOLVED = 1e-15
ROUNDS = 200


class Distance(Protocol):
    """A distance between weights before and after, as the factor it leads to."""

    def factor(self, u: Floats) -> Floats:
        """Return F(u), 1 at u = 0."""
        ...

    def slope(self, u: Floats) -> Floats:
        """Return the derivative of F, 1 at u = 0."""
        ...


@dataclass(frozen=True)
class Linear:
    """Squared distance, factors 1 + u, cut at the bounds (generalised regression)."""

    low: float = -np.inf
    high: float = np.inf

    def factor(self, u: Floats) -> Floats:
        """Return F(u)."""
        return np.clip(1 + u, self.low, self.high)

    def slope(self, u: Floats) -> Floats:
        """Return the derivative of F."""
        return ((1 + u > self.low) & (1 + u < self.high)).astype(float)


@dataclass(frozen=True)
class Raking:
    """Relative entropy, factors exp(u): what iterative proportional fitting tends to."""

    def factor(self, u: Floats) -> Floats:
        """Return F(u)."""
        with np.errstate(over="ignore"):
            return np.exp(u)

    def slope(self, u: Floats) -> Floats:
        """Return the derivative of F."""
        return self.factor(u)


@dataclass(frozen=True)
class Logit:
    """Factors between two bounds on a logistic curve through 1."""

    low: float
    high: float

    @property
    def _speed(self) -> float:
        return (self.high - self.low) / ((1 - self.low) * (self.high - 1))

    def _place(self, u: Floats) -> Floats:
        """Return where between the bounds the factor lies, 0 to 1."""
        start = np.log((1 - self.low) / (self.high - 1))
        return np.asarray(expit(start + self._speed * u))

    def factor(self, u: Floats) -> Floats:
        """Return F(u)."""
        return self.low + (self.high - self.low) * self._place(u)

    def slope(self, u: Floats) -> Floats:
        """Return the derivative of F."""
        place = self._place(u)
        return (self.high - self.low) * self._speed * place * (1 - place)


def solved(x: Floats, weight: Floats, totals: Floats, distance: Distance) -> tuple[Floats, Floats]:
    """Return the factors whose weighted totals of ``x`` are the known ones.

    Newton's method; a step that leads away is halved.

    Parameters
    ----------
    x
        Shape (patterns, auxiliaries): the values that occur, of full column rank and much
        the same size.
    weight
        Sum of the former weights of each pattern.
    totals
        The known totals, one an auxiliary.
    distance
        How weights are moved.

    Returns
    -------
    tuple
        One factor a pattern, and how far each total is missed; the caller judges.

    Examples
    --------
    >>> x = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> factors, missed = solved(x, np.array([10.0, 20.0]), np.array([30.0, 10.0]), Raking())
    >>> factors.round(9).tolist(), bool(np.abs(missed).max() < 1e-12)
    ([3.0, 0.5], True)
    """
    place = np.zeros(x.shape[1])
    factor = distance.factor(x @ place)
    missed = totals - (weight * factor) @ x
    goal = SOLVED * (np.linalg.norm(totals) + 1e-300)
    for _ in range(ROUNDS):
        before = np.linalg.norm(missed)
        if before <= goal:
            break
        pull = weight * distance.slope(x @ place)
        step = np.linalg.lstsq((x * pull[:, None]).T @ x, missed, rcond=1e-13)[0]
        for _ in range(40):
            trial = distance.factor(x @ (place + step))
            left = totals - (weight * trial) @ x
            if np.linalg.norm(left) < before:
                break
            step /= 2
        else:
            break  # as near as rounding, or the bounds, allow
        place, factor, missed = place + step, trial, left
    return factor, missed
