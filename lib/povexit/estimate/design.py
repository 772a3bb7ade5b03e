"""A survey design: the table, and how its rows came to be in it."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from povexit.errors import DesignError
from povexit.estimate.calibration import Calibration
from povexit.estimate.layout import FPC, LONELY, Layout
from povexit.estimate.read import (
    Codes,
    Floats,
    codes,
    collected,
    grouped,
    listing,
    numbers,
    refuse,
    required,
)


@dataclass(frozen=True, eq=False, repr=False)
class Design:
    """A table with its sampling design; it cannot be changed or filtered.

    Estimates for a part of the population are asked for by ``by=`` and ``where=``
    and keep every sampled cluster; a table filtered beforehand does not.

    Parameters
    ----------
    table
        pandas or Polars frame (eager or lazy), Arrow table or DuckDB relation.
    weights
        Column of sampling weights: how many of the population a row stands for.
    strata
        Column of strata; without it the sample is one stratum.
    clusters
        Column of clusters, or two columns for two stages; without it rows were sampled.
    fpc
        Column of population sizes or of sampling fractions, one a stage: clusters in
        the stratum, units in the cluster. Without it sampling counts as with
        replacement and the second stage plays no part (ultimate cluster).
    probabilities
        Column of inclusion probabilities, instead of ``weights``. Without either,
        weights follow from ``fpc``, as in R.
    nest
        Whether cluster names start anew in each stratum.
    lonely
        A stratum with one sampled cluster: ``fail`` raises an error that lists them;
        ``certainty`` has it add no variance; ``adjust`` centres it at the mean of all
        clusters; ``average`` gives it the mean variance of the other strata. R's
        ``survey.lonely.psu``; R's ``remove`` gives the numbers of ``certainty``.
    lonely_domains
        Whether ``adjust`` and ``average`` also treat a stratum that has one cluster
        left in a domain; R's ``survey.adjust.domain.lonely``.
    ids
        Column that must name each row once, such as a household's number.

    Raises
    ------
    DesignError
        If weights are missing, negative, zero, infinite or text, a probability exceeds
        1, a stratum or cluster is missing, a cluster lies in two strata, an fpc varies
        within a stratum or is smaller than the sample, or an id is there twice.

    Examples
    --------
    >>> table = pd.DataFrame({"w": [2.0, 2.0, 3.0], "village": ["a", "a", "b"]})
    >>> Design(table, weights="w", clusters="village")
    Design: 3 rows, 2 clusters, 1 stratum, weights add up to 7
    """

    table: Any
    weights: str | None = None
    strata: str | None = None
    clusters: str | Sequence[str] | None = None
    fpc: str | Sequence[str] | None = None
    probabilities: str | None = None
    nest: bool = False
    lonely: str = "fail"
    lonely_domains: bool = False
    ids: str | None = None
    #: The table in memory, each row's unit in the layout, and its weight.
    frame: nw.DataFrame[Any] = field(init=False)
    layout: Layout = field(init=False)
    unit: Codes = field(init=False)
    weight: Floats = field(init=False)
    #: How the weights were moved to known totals, if they were; see `calibrate`.
    calibration: Calibration | None = field(init=False)
    #: Domains worked out so far, by their columns; nothing else of a design ever changes.
    coded: dict[tuple[str, ...], Any] = field(init=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "frame", collected(self.table))
        put(self, "coded", {})
        put(self, "table", None)  # so that nothing keeps a scan or connection open
        _check_arguments(self)
        if self.ids is not None:
            _check_ids(self.frame, self.ids)
        unit, layout = _layout(self)
        weight = _weight(self, unit, layout)
        for array in (unit, weight):
            array.setflags(write=False)
        put(self, "unit", unit)
        put(self, "layout", layout)
        put(self, "weight", weight)
        put(self, "calibration", None)

    def calibrated(self, weight: Floats, how: Calibration) -> Design:
        """Return the same sample with other weights; see `povexit.estimate.calibrate`."""
        made = copy(self)
        weight.setflags(write=False)
        object.__setattr__(made, "weight", weight)
        object.__setattr__(made, "calibration", how)
        return made

    def __repr__(self) -> str:
        psus, strata = len(self.layout.stratum_of_psu), len(self.layout.sampled)
        return (
            f"Design: {len(self.weight)} rows, {psus} cluster{'s' * (psus != 1)}, "
            f"{strata} strat{'um' if strata == 1 else 'a'}, "
            f"{'calibrated ' if self.calibration else ''}weights add up to {self.weight.sum():g}"
        )


def check_nested(design: Design, outer: str) -> None:
    """Check that each stratum lies in one ``outer`` place, such as a county.

    Raises
    ------
    DesignError
        If a stratum is found in two of them, or a row does not say where it lies.
    """
    if design.strata is None:
        raise DesignError("the design has no strata", where=outer)
    place, _ = required(design.frame, outer, "place")
    stratum, labels = codes(design.frame, design.strata)
    _, first = grouped(stratum, place)
    places = np.bincount(stratum[first])
    if (places > 1).any():
        raise DesignError(
            f"a stratum lies in more than one {outer}",
            where=design.strata,
            expected=f"each stratum in one {outer}",
            found=listing(labels[places > 1]),
            hint="put the place into the stratum's name",
        )


def _names(given: str | Sequence[str] | None) -> list[str]:
    if given is None:
        return []
    return [given] if isinstance(given, str) else list(given)


def _check_arguments(design: Design) -> None:
    clusters, fpc = _names(design.clusters), _names(design.fpc)
    if design.lonely not in LONELY:
        raise DesignError(
            "no such rule for a stratum of one cluster",
            where="lonely",
            expected=", ".join(LONELY),
            found=design.lonely,
        )
    if len(clusters) > 2:
        raise DesignError("too many stages", where="clusters", expected="one or two columns")
    if fpc and len(fpc) != max(len(clusters), 1):
        raise DesignError(
            "the fpc does not fit the stages",
            where="fpc",
            expected=f"{max(len(clusters), 1)} columns, one a stage",
            found=f"{len(fpc)}",
            hint="name only the first stage's cluster if only its population size is known",
        )
    given = [design.weights, design.probabilities]
    if given.count(None) == 0 or (given.count(None) == 2 and not fpc):
        raise DesignError(
            "the weights are not clear",
            where="weights",
            expected="weights= or probabilities=, one of them, or neither with an fpc",
            hint="a sample with equal weights has a column of ones",
        )


def _check_ids(frame: nw.DataFrame[Any], name: str) -> None:
    found, labels = required(frame, name, "id")
    twice = np.bincount(found) > 1
    if twice.any():
        raise DesignError(
            "an id is there more than once",
            where=name,
            expected="each once",
            found=listing(labels[twice]),
            hint="remove the second copy, or name what makes the rows differ",
        )


def _layout(design: Design) -> tuple[Codes, Layout]:
    """Return the unit of each row, and the layout of all units."""
    frame, rows = design.frame, len(design.frame)
    clusters, fpc = _names(design.clusters), _names(design.fpc)
    # without population sizes the second stage plays no part
    staged = clusters if fpc else clusters[:1]
    stages = dict(zip(("psu", "ssu"), staged, strict=False))
    coded = {"stratum": (np.zeros(rows, dtype=np.int64), pd.array([0]))}
    if design.strata is not None:
        coded["stratum"] = required(frame, design.strata, "stratum")
    every = np.arange(rows, dtype=np.int64)
    coded["psu"] = (every, pd.array(every))
    coded |= {stage: required(frame, name, "cluster") for stage, name in stages.items()}
    unit, first = grouped(*(c for c, _ in coded.values()))
    units = pd.DataFrame({k: labels.take(c[first]) for k, (c, labels) in coded.items()})
    sizes = {k: _sizes(frame, name) for k, name in zip(FPC, fpc, strict=False)}
    _check_constant(sizes, unit, first)
    units = units.assign(**{k: v[first] for k, v in sizes.items()})
    derived = design.weights is None and design.probabilities is None
    rules = (design.nest, design.lonely, design.lonely_domains, not clusters, derived)
    return unit, Layout(units, *rules)


def _sizes(frame: nw.DataFrame[Any], name: str) -> Floats:
    values = numbers(frame, name)
    bad = ~(values > 0)
    refuse(bad, values, name, "an fpc is missing, zero or negative", "numbers above 0")
    return values


def _check_constant(sizes: dict[str, Floats], unit: Codes, first: Codes) -> None:
    for name, values in sizes.items():
        bad = values != values[first][unit]
        refuse(bad, values, name, "the fpc differs between rows of one unit", "one number a unit")


def _weight(design: Design, unit: Codes, layout: Layout) -> Floats:
    if design.weights is not None:
        weights = numbers(design.frame, design.weights)
        bad = ~(weights > 0)
        expected = "numbers above 0; leave out rows that were not sampled"
        refuse(bad, weights, design.weights, "a weight is missing, zero or negative", expected)
        return np.array(weights)
    if design.probabilities is not None:
        chances = numbers(design.frame, design.probabilities)
        bad = ~((chances > 0) & (chances <= 1))
        problem = "a probability is missing, not above 0, or over 1"
        refuse(bad, chances, design.probabilities, problem, "numbers above 0 and at most 1")
        return 1 / chances
    psu = layout.psu_of_unit[unit]
    weight = 1 / layout.fraction[layout.stratum_of_psu[psu]]
    return weight / layout.fraction_within[psu] if layout.stages == 2 else weight
