"""Sums of two parts of one survey, added: counties, months' parts, machines.

Units, strata and domains are matched by their names.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from povexit.errors import DesignError
from povexit.estimate.layout import joined
from povexit.estimate.read import Codes, Floats, added_up, grouped, listing, stacked
from povexit.estimate.variance import Cells

if TYPE_CHECKING:
    from povexit.estimate.totals import Sums


def merged(a: Sums, b: Sums) -> Sums:
    """Return the sums of both parts; each part's cells are moved to the joint numbers.

    Raises
    ------
    DesignError
        If the parts hold different variables or domains, or come from different designs.
    """
    _check_alike(a, b)
    layout, *units = joined(a.layout, b.layout)
    labels, *domains = _joined_domains(a.domains, b.domains)
    shift = np.full((len(labels), a.shift.shape[1]), np.inf)
    for part, domain in zip((a, b), domains, strict=True):
        np.minimum.at(shift, domain, part.shift)
    moved = [_moved(*p, shift) for p in zip((a, b), domains, units, strict=True)]
    domain, unit, answered, totals, residuals = (
        np.concatenate(x) for x in zip(*(m[:5] for m in moved), strict=True)
    )
    cell, first = grouped(domain, unit)
    there = np.bincount(cell, answered) > 0

    def by_domain(x: Any, y: Any) -> Any:
        out = np.zeros((len(labels), *x.shape[1:]), dtype=x.dtype)
        for values, at in zip((x, y), domains, strict=True):
            np.add.at(out, at, values)
        return out

    return replace(
        a,
        layout=layout,
        domains=labels,
        n=by_domain(a.n, b.n),
        unknown=by_domain(a.unknown, b.unknown),
        cells=Cells(domain[first], unit[first], len(labels), there),
        totals=added_up(totals, cell, len(first)),
        residuals=added_up(residuals, cell, len(first)),
        shift=shift,
        moments=by_domain(moved[0][5], moved[1][5]),
        squares=by_domain(a.squares, b.squares),
    )


def _check_alike(a: Sums, b: Sums) -> None:
    if a.names == b.names and list(a.domains.columns) == list(b.domains.columns):
        return
    raise DesignError(
        "sums of different variables or domains cannot be added",
        where="sums",
        expected=f"{listing(a.names)} by {listing(a.domains.columns) or 'nothing'}",
        found=f"{listing(b.names)} by {listing(b.domains.columns) or 'nothing'}",
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
    """Return a part's cells, totals, residuals and moments in joint numbers and shift.

    With v the vector (1, values), a new shift is v -> L v, L being 1 on its diagonal
    and the difference of shifts in its first column.
    """
    delta = np.where(np.isfinite(part.shift), part.shift - shift[domain], 0.0)
    lower = np.eye(part.shift.shape[1]) + delta[:, :, None] * np.eye(1, part.shift.shape[1])
    cells, local = part.cells, part.cells.domain
    return (
        domain[local],
        unit[cells.unit],
        cells.answered,
        np.einsum("cij,cj->ci", lower[local], part.totals),
        np.einsum("cij,cj->ci", lower[local], part.residuals),
        lower @ part.moments @ lower.transpose(0, 2, 1),
    )
