"""Smooth functions of estimates, by the delta method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from povexit.errors import DesignError
from povexit.estimate.read import Floats, binned, grouped
from povexit.estimate.scores import Estimates
from povexit.estimate.variance import Cells


def combined(function: Callable[..., Any], parts: Sequence[Estimates]) -> Estimates:
    """Return a smooth function of estimates, by the delta method.

    Parameters
    ----------
    function
        Takes one array a part, of the domains' values, and returns one array. It is
        differentiated by a complex step: arithmetic and NumPy's analytic functions
        (``np.log``, not ``math.log`` or ``abs``).
    parts
        Estimates over the same design and domains. ``n`` of the result is the
        smallest of theirs, ``unknown`` the largest.

    Raises
    ------
    DesignError
        If the parts do not fit together or the function cannot be differentiated.
    """
    first = parts[0]
    for part in parts[1:]:
        _check_fit(first, part)
    values = [p.value for p in parts]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.asarray(function(*values), dtype=float)
        slopes = [_slope(function, values, k) for k in range(len(parts))]
    scores = [s[p.cells.domain] * p.scores for s, p in zip(slopes, parts, strict=True)]
    domain = np.concatenate([p.cells.domain for p in parts])
    unit = np.concatenate([p.cells.unit for p in parts])
    cell, lead = grouped(domain, unit)
    reasons = np.array([p.reason for p in parts])
    given = np.argmax(reasons != "", axis=0)
    nothing = np.full(len(first.value), np.nan)
    return Estimates(
        domains=first.domains,
        layout=first.layout,
        cells=Cells(domain[lead], unit[lead], first.cells.domains),
        value=np.broadcast_to(value, first.value.shape),
        scores=binned(cell, np.concatenate(scores), len(lead)),
        n=np.min([p.n for p in parts], axis=0),
        unknown=np.max([p.unknown for p in parts], axis=0),
        population=np.max([p.population for p in parts], axis=0),
        srs_variance=nothing,
        effective=nothing,
        reason=reasons[given, np.arange(len(given))],
    )


def _check_fit(a: Estimates, b: Estimates) -> None:
    if not (a.domains.equals(b.domains) and a.layout.units.equals(b.layout.units)):
        raise DesignError(
            "estimates of different designs or domains cannot be combined",
            where="function",
            hint="take all parts from one design with the same by=, or add the same sums",
        )


def _slope(function: Callable[..., Any], values: Sequence[Floats], k: int) -> Floats:
    """Return the derivative by the k-th part: a complex step, checked by a difference."""
    step, wide = 1e-30, 1e-6 * np.maximum(np.abs(values[k]), 1e-3)

    def shifted(by: Any) -> Any:
        return function(*(v + by if i == k else v for i, v in enumerate(values)))

    try:
        slope = np.imag(shifted(1j * step)) / step
    except TypeError as error:
        raise DesignError(
            "the function cannot be differentiated", where="function", hint="use NumPy's functions"
        ) from error
    rough = (np.asarray(shifted(wide)) - np.asarray(shifted(-wide))) / (2 * wide)
    # a difference this wide is right to some digits only; it is there to catch abs() and min()
    size = np.maximum(np.abs(slope), np.abs(rough))
    if (np.abs(slope - rough) > 1e-2 * size + 1e-6).any():
        raise DesignError(
            "the function's derivative is not clear",
            where="function",
            expected="arithmetic and analytic NumPy functions",
            hint="abs, minimum and comparisons have no derivative; take them afterwards",
        )
    return np.broadcast_to(slope, values[k].shape)
