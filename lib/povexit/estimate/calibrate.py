"""Weights moved so that totals known from elsewhere come out: R's ``calibrate``.

A register or census knows how many households there are of each kind. Weights that
reproduce such totals correct who happened to answer, and take the known part out of
the sampling error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from povexit.errors import DesignError
from povexit.estimate.calibration import Calibration, orthonormal
from povexit.estimate.design import Design
from povexit.estimate.distances import MET, Distance, Linear, Logit, Raking, solved
from povexit.estimate.known import Known, known_totals
from povexit.estimate.read import Floats, binned, listing

METHODS = ("linear", "raking", "logit")


def poststratify(design: Design, margin: Any) -> Design:
    """Return the design with weights that add up to known counts of categories.

    R's ``postStratify``: in each category all weights are multiplied by one number.

    Parameters
    ----------
    design
        The sample.
    margin
        Table of known counts, one row a category: columns of the design's table and one
        more, the counts.

    Raises
    ------
    DesignError
        As `calibrate`.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"w": [10.0, 10.0, 10.0], "kind": ["a", "a", "b"], "y": [1, 3, 8]})
    >>> known = pd.DataFrame({"kind": ["a", "b"], "households": [40, 5]})
    >>> poststratify(Design(rows, weights="w"), known).weight.round(9).tolist()
    [20.0, 20.0, 5.0]
    """
    return calibrate(design, [margin])


def rake(design: Design, margins: Sequence[Any]) -> Design:
    """Return the design with weights that meet several tables of known counts.

    R's ``rake``, solved to the end: what iterative proportional fitting tends to. Standard
    errors are those of R's ``calibrate(calfun = "raking")``; R's ``rake`` takes the
    residuals without the former weights, which is the same where those are equal.

    Parameters
    ----------
    design
        The sample.
    margins
        Tables of known counts, each as in `poststratify`, that add up to the same.

    Raises
    ------
    DesignError
        As `calibrate`.
    """
    return calibrate(design, margins, method="raking")


def calibrate(
    design: Design,
    margins: Sequence[Any] = (),
    totals: Mapping[str, float] | None = None,
    method: str = "linear",
    bounds: tuple[float, float] | None = None,
) -> Design:
    """Return the design with weights that meet known totals.

    Parameters
    ----------
    design
        The sample; every row must say what the totals are of.
    margins
        Tables of known counts, each as in `poststratify`.
    totals
        Known totals of numeric columns; of a column of ones, the population.
    method
        ``linear``: generalised regression, factors can be negative without bounds;
        ``raking``: factors above 0; ``logit``: factors within the bounds.
    bounds
        Least and largest factor of a weight, around 1; ``linear`` is cut there.

    Returns
    -------
    Design
        The same sample with new weights; estimates from it take the known totals out of
        the standard error.

    Raises
    ------
    DesignError
        If a margin does not cover the sample's categories or the sample has no row of a
        category; a count is missing or negative; totals contradict one another; or no
        weights, within the bounds, meet them.

    Notes
    -----
    Deville & Särndal (1992). The standard error is that of the residuals from the
    regression, with the former weights, on what is known; a replicate is calibrated anew.
    """
    distance = _distance(method, bounds)
    if design.calibration is not None:
        raise DesignError(
            "the design is calibrated already",
            where="calibrate",
            hint="give all known totals at once; a second calibration would undo the first",
        )
    known = known_totals(design, margins, totals or {})
    weight = binned(known.pattern, design.weight, len(known.x))
    if bounds is not None:
        _check_attainable(known, weight, bounds)
    basis, inside = orthonormal(known.x, weight)
    goal = _goal(known, inside)
    factor, _ = solved(basis, weight, goal, distance)
    _check_met(known, weight * factor)
    moved = design.weight * factor[known.pattern]
    units = [
        binned(design.unit, moved * b[known.pattern], len(design.layout.units)) for b in basis.T
    ]
    kept = Calibration(
        distance=distance,
        pattern=known.pattern,
        basis=basis,
        totals=goal,
        former=design.weight,
        units=np.column_stack(units),
    )
    return design.calibrated(moved, kept)


def _distance(method: str, bounds: tuple[float, float] | None) -> Distance:
    if method not in METHODS:
        raise DesignError(
            "no such calibration", where="method", expected=", ".join(METHODS), found=method
        )
    if bounds is not None and not bounds[0] < 1 < bounds[1]:
        raise DesignError(
            "bounds lie around 1", where="bounds", expected="such as (0.5, 2)", found=bounds
        )
    if (method == "logit") != (bounds is not None) and method != "linear":
        raise DesignError(
            "logit needs bounds, and raking has none",
            where="bounds",
            found=f"{method} with {bounds or 'none'}",
            hint="logit with bounds behaves like raking within them",
        )
    if method == "raking":
        return Raking()
    if bounds is None:
        return Linear()
    return Logit(*bounds) if method == "logit" else Linear(*bounds)


def _goal(known: Known, inside: Floats) -> Floats:
    """Return the known totals in the coordinates of the basis."""
    size = np.abs(known.totals) + (known.totals == 0)
    goal = np.linalg.lstsq(inside.T / size[:, None], known.totals / size, rcond=None)[0]
    off = np.abs(inside.T @ goal - known.totals) > MET * size
    if off.any():
        raise DesignError(
            "the known totals contradict one another",
            where="margins, totals",
            expected="totals that one population can have",
            found=listing(np.array(known.names)[off]),
            hint="what one follows from in the sample, it must follow from in the totals",
        )
    return np.asarray(goal)


def _check_attainable(known: Known, weight: Floats, bounds: tuple[float, float]) -> None:
    """Check that no category alone needs a factor beyond the bounds."""
    needed = known.totals[known.counts] / (weight @ known.x[:, known.counts])
    beyond = (needed < bounds[0]) | (needed > bounds[1])
    if beyond.any():
        shown = zip(np.array(known.names)[known.counts][beyond], needed[beyond], strict=True)
        raise DesignError(
            "the bounds cannot be kept",
            where="bounds",
            expected=f"factors from {bounds[0]:g} to {bounds[1]:g}",
            found=listing(f"{name} needs {factor:.4g}" for name, factor in shown),
            hint="widen the bounds, or bring the weights to the population's size first",
        )


def _check_met(known: Known, weight: Floats) -> None:
    reached = weight @ known.x
    size = np.abs(known.totals) + (known.totals == 0)
    off = ~(np.abs(reached - known.totals) <= MET * size)
    if off.any():
        named = zip(np.array(known.names)[off], known.totals[off], reached[off], strict=True)
        raise DesignError(
            "no such weights meet the known totals",
            where="margins, totals",
            expected=listing(f"{name} {total:.8g}" for name, total, _ in named),
            found=listing(f"{r:.8g}" for r in reached[off]),
            hint="widen the bounds, join small categories, or ask for fewer totals",
        )
