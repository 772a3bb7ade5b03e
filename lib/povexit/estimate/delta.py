"""Smooth functions of estimates, by the delta method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, overload

import numpy as np

from povexit.errors import DesignError
from povexit.estimate.read import Floats, binned, grouped
from povexit.estimate.replicates import Replicates
from povexit.estimate.scores import Estimates
from povexit.estimate.variance import Cells


@overload
def combined(function: Callable[..., Any], parts: Sequence[Estimates]) -> Estimates: ...


@overload
def combined(function: Callable[..., Any], parts: Sequence[Replicates]) -> Replicates: ...


def combined(
    function: Callable[..., Any], parts: Sequence[Estimates] | Sequence[Replicates]
) -> Estimates | Replicates:
    """Return a smooth function of estimates, by the delta method or from replicates.

    Parameters
    ----------
    function
        Takes one array a part, of the domains' values, and returns one array. It is
        differentiated by a complex step: arithmetic and NumPy's analytic functions
        (``np.log``, not ``math.log`` or ``abs``). Of replicates it can be any function.
    parts
        Estimates over the same design and domains, or all of them `Replicates`. ``n`` of
        the result is the smallest of theirs, ``unknown`` the largest.

    Raises
    ------
    DesignError
        If the parts do not fit together or the function cannot be differentiated.
    """
    resampled = [p for p in parts if isinstance(p, Replicates)]
    straight = [p for p in parts if isinstance(p, Estimates)]
    if resampled and straight:
        raise DesignError(
            "replicates and other estimates cannot be combined",
            where="function",
            hint="resample every part with the same how=",
        )
    return _of_replicates(function, resampled) if resampled else _by_delta(function, straight)


def _by_delta(function: Callable[..., Any], parts: Sequence[Estimates]) -> Estimates:
    values = [p.value for p in parts]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.asarray(function(*values), dtype=float)
        slopes = [_slope(function, values, k) for k in range(len(parts))]
    return _joined(
        parts, value, [s[p.cells.domain] * p.scores for s, p in zip(slopes, parts, strict=True)]
    )


def _of_replicates(function: Callable[..., Any], parts: Sequence[Replicates]) -> Replicates:
    first = parts[0]
    for part in parts[1:]:
        if not np.array_equal(first.scales, part.scales) or first.mse != part.mse:
            raise DesignError(
                "replicates of different methods cannot be combined",
                where="function",
                hint="resample all parts with the same how=",
            )
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.asarray(function(*(p.made.value for p in parts)), dtype=float)
        values = np.asarray(function(*(p.values for p in parts)), dtype=float)
    made = _joined([p.made for p in parts], value, [p.made.scores for p in parts])
    return replace(first, made=made, values=values)


def _joined(parts: Sequence[Estimates], value: Floats, scores: Sequence[Floats]) -> Estimates:
    """Return estimates of ``value`` with the sum of the parts' ``scores``."""
    first = parts[0]
    for part in parts[1:]:
        _check_fit(first, part)
    domain = np.concatenate([p.cells.domain for p in parts])
    unit = np.concatenate([p.cells.unit for p in parts])
    cell, lead = grouped(domain, unit)
    answered = np.bincount(cell, np.concatenate([p.cells.answered for p in parts])) > 0
    reasons = np.array([p.reason for p in parts])
    given = np.argmax(reasons != "", axis=0)
    nothing = np.full(len(first.value), np.nan)
    return Estimates(
        domains=first.domains,
        layout=first.layout,
        cells=Cells(domain[lead], unit[lead], first.cells.domains, answered),
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
