"""Estimates of every replicate, from sums alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from povexit.errors import DesignError
from povexit.estimate.calibration import Calibration
from povexit.estimate.design import Design
from povexit.estimate.domains import By, Domains, domains
from povexit.estimate.estimands import Estimand, estimated
from povexit.estimate.intervals import Interval
from povexit.estimate.read import Codes, Floats, binned, grouped, numbers
from povexit.estimate.replicates import Replicates
from povexit.estimate.resampling import Plan, Resampling, planned
from povexit.estimate.tables import table
from povexit.estimate.totals import Sums, plain_sums
from povexit.estimate.variance import check_lonely

#: Numbers of one step: replicates are made as many at a time as keep factors this small.
STEP = 2**21


def replicate(
    data: Design | Sums,
    estimand: Estimand,
    how: Resampling | str = "bootstrap",
    by: By = (),
    interval: Interval | str = "wald",
) -> pd.DataFrame:
    """Estimate with the standard error that replicates show.

    Parameters
    ----------
    data
        A design, or `sums` of one that is not calibrated.
    estimand
        Such as ``Ratio("poor_persons", "household_size")``.
    how
        A method's name, or a `Resampling` to choose replicates and seed.
    by
        Columns whose combinations are the domains.
    interval
        As `povexit.estimate.mean`.

    Returns
    -------
    pandas.DataFrame
        As `table` says. ``reason`` is ``lost_replicates`` where some replicates had
        nothing to estimate from; they are taken to vary as the others do.

    Raises
    ------
    DesignError
        If the method does not fit the design, or as `povexit.estimate.mean`.

    Examples
    --------
    >>> from povexit.estimate import Mean, mean
    >>> rows = pd.DataFrame({"w": [1.0] * 4, "village": list("abcd"), "y": [1, 2, 4, 9]})
    >>> design = Design(rows, weights="w", clusters="village")
    >>> again, straight = replicate(design, Mean("y"), "JK1"), mean(design, "y")
    >>> bool(abs(again.se[0] - straight.se[0]) < 1e-12)
    True
    """
    return table(resample(data, estimand, how, by), interval)


def resample(
    data: Design | Sums, estimand: Estimand, how: Resampling | str = "bootstrap", by: By = ()
) -> Replicates:
    """Return the estimates of every replicate; parameters and errors as `replicate`.

    `combined` makes functions of several, of one design and with the same ``how``; any
    function, since nothing is differentiated.
    """
    wanted = how if isinstance(how, Resampling) else Resampling(how)
    made, found = estimated(data, estimand, by)
    if isinstance(data, Sums) and data.is_calibrated:
        raise DesignError(
            "sums of a calibrated design cannot be resampled",
            where="sums",
            hint="each replicate is calibrated anew, which needs the design",
        )
    plan = planned(found.layout, wanted)
    check_lonely(found.cells, found.layout)
    if isinstance(data, Design) and data.calibration is not None:
        steps = _recalibrated(data, data.calibration, estimand, by, found, plan)
    else:
        steps = _factored(found, plan)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.array([estimand.point(found, totals) for step in steps for totals in step])
    return Replicates(made, values, plan.scales, plan.freedom, wanted.mse)


def _factored(found: Sums, plan: Plan) -> Iterator[Floats]:
    """Yield the domains' totals of some replicates, shape (replicates, domains, 1 + names)."""
    psu = found.layout.psu_of_unit[found.cells.unit]
    ends = np.searchsorted(found.cells.domain, np.arange(found.cells.domains + 1))
    for part in _parts(len(plan.scales), len(psu)):
        yield _by_domain(plan.factors(part)[:, psu], found.totals, ends)


def _by_domain(factors: Floats, totals: Floats, ends: Codes) -> Floats:
    spans = [slice(a, b) for a, b in pairwise(ends)]
    return np.stack([factors[:, s] @ totals[s] for s in spans], axis=1)


def _parts(replicates: int, width: int) -> Iterator[slice]:
    step = max(1, STEP // max(width, 1))
    return (slice(a, min(a + step, replicates)) for a in range(0, replicates, step))


def _recalibrated(
    design: Design,
    calibration: Calibration,
    estimand: Estimand,
    by: By,
    found: Sums,
    plan: Plan,
) -> Iterator[Floats]:
    """Yield totals as `_factored` does, each replicate's weights calibrated anew.

    Rows of one pattern get one factor, so that sums by pattern are all it takes.
    """
    fine, domain, pattern = _by_pattern(domains(design, by), calibration)
    values = {name: numbers(design.frame, name) for name in estimand.names}
    raw = plain_sums(design, values, fine, estimand.where, calibration.former)
    domain, pattern = domain[raw.cells.domain], pattern[raw.cells.domain]
    psu_of_unit = design.layout.psu_of_unit
    psu = psu_of_unit[raw.cells.unit]
    totals = raw.totals.copy()
    moved = raw.offset[raw.cells.domain] - found.offset[domain]
    totals[:, 1:] += moved[:, 1:] * totals[:, :1]
    ends = np.searchsorted(domain, np.arange(found.cells.domains + 1))
    pair, first = grouped(calibration.pattern, psu_of_unit[design.unit])
    weight = binned(pair, calibration.former, len(first))
    pair_psu = psu_of_unit[design.unit[first]]
    starts = np.searchsorted(calibration.pattern[first], np.arange(len(calibration.basis)))
    for part in _parts(len(plan.scales), max(len(psu), len(first))):
        factors = plan.factors(part)
        weights = np.add.reduceat(factors[:, pair_psu] * weight, starts, axis=1)
        again = np.array([calibration.factors(w) for w in weights])
        yield _by_domain(factors[:, psu] * again[:, pattern], totals, ends)


def _by_pattern(places: Domains, calibration: Calibration) -> tuple[Domains, Codes, Codes]:
    """Return domains cut by calibration pattern, and the domain and pattern of each."""
    code, first = grouped(places.code, calibration.pattern)
    fine = Domains(pd.DataFrame(index=range(len(first))), code, places.unit)
    return fine, places.code[first], calibration.pattern[first]
