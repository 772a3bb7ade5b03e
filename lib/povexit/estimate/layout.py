"""How the sample was drawn: which units were sampled, from how many, in which stratum.

A layout has one row a sampled unit of the last stage that counts for the
variance. That is the first stage, unless there are population sizes for two.
It knows nothing of answers, so a domain can never lose a sampled cluster.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from povexit.errors import DesignError
from povexit.estimate.read import Codes, Flags, Floats, grouped, listing, stacked

LONELY = ("fail", "certainty", "adjust", "average")
FPC = ("fpc1", "fpc2")


@dataclass(frozen=True, eq=False)
class Layout:
    """The sampled units and the rules of their drawing.

    Parameters
    ----------
    units
        One row a unit: ``stratum``, ``psu``, with two stages ``ssu``; ``fpc1`` (and
        ``fpc2``) as the user gave them, population sizes or sampling fractions.
    nest
        Whether cluster names start anew in every stratum.
    lonely
        What to do with a stratum of one cluster; see `povexit.estimate.Design`.
    lonely_domains
        Whether a stratum with one cluster left in a domain counts as lonely.
    anonymous
        Whether the clusters are rows without a name, never equal between two tables.
    derived_weights
        Whether the weights came from the fpc, which needs whole strata.
    """

    units: pd.DataFrame
    nest: bool
    lonely: str
    lonely_domains: bool
    anonymous: bool
    derived_weights: bool

    def __post_init__(self) -> None:
        _check_nesting(self)
        if self.has_fpc:
            _check_fpc(self)

    @property
    def has_fpc(self) -> bool:
        """Whether population sizes are known."""
        return FPC[0] in self.units

    @property
    def stages(self) -> int:
        """How many stages the variance is built from."""
        return 2 if "ssu" in self.units else 1

    @cached_property
    def _strata(self) -> tuple[Codes, Codes]:
        return grouped(_coded(self.units["stratum"]))

    @cached_property
    def _psus(self) -> tuple[Codes, Codes]:
        return grouped(self._strata[0], _coded(self.units["psu"]))

    @property
    def psu_of_unit(self) -> Codes:
        """Code of the cluster of each unit."""
        return self._psus[0]

    @cached_property
    def stratum_of_psu(self) -> Codes:
        """Code of the stratum of each cluster."""
        return self._strata[0][self._psus[1]]

    @cached_property
    def sampled(self) -> Codes:
        """Clusters sampled in each stratum."""
        return np.bincount(self.stratum_of_psu, minlength=len(self._strata[1]))

    @cached_property
    def sampled_within(self) -> Codes:
        """Units sampled in each cluster."""
        return np.bincount(self.psu_of_unit, minlength=len(self._psus[1]))

    @cached_property
    def fraction(self) -> Floats:
        """Sampling fraction of each stratum; 0 where no fpc is given."""
        return self._fraction(0, self.sampled, self._strata[1])

    @cached_property
    def fraction_within(self) -> Floats:
        """Sampling fraction within each cluster."""
        return self._fraction(1, self.sampled_within, self._psus[1])

    def _fraction(self, stage: int, sampled: Codes, first: Codes) -> Floats:
        if FPC[stage] not in self.units:
            return np.zeros(len(sampled))
        given = self.units[FPC[stage]].to_numpy(dtype=float)[first]
        return sampled / given if self.gives_sizes else given

    @cached_property
    def gives_sizes(self) -> bool:
        """Whether the fpc are population sizes (any above 1) and not fractions, as in R."""
        return bool((self.units[[c for c in FPC if c in self.units]] > 1).any(axis=None))

    def stratum_labels(self, strata: Codes | Flags) -> list[Any]:
        """Return the names of these strata, or of those where a flag is set."""
        return self.units["stratum"].iloc[self._strata[1][strata]].tolist()

    def psu_labels(self, psus: Codes | Flags) -> list[Any]:
        """Return the names of these clusters, or of those where a flag is set."""
        return self.units["psu"].iloc[self._psus[1][psus]].tolist()


def joined(a: Layout, b: Layout) -> tuple[Layout, Codes, Codes]:
    """Put two parts of one survey together.

    Returns
    -------
    tuple
        The joint layout, and for the units of ``a`` and of ``b`` their number in it.

    Raises
    ------
    DesignError
        If the parts were drawn by different rules, or contradict one another.
    """
    _check_alike(a, b)
    second = b.units
    if a.anonymous:
        second = second.assign(psu=second["psu"] + len(a.units))
    both = stacked(a.units, second)
    keys = [_coded(both[c]) for c in ("stratum", "psu", "ssu") if c in both]
    unit, first = grouped(*keys)
    _check_same_fpc(both, unit, first)
    units = both.iloc[first].reset_index(drop=True)
    return replace(a, units=units), unit[: len(a.units)], unit[len(a.units) :]


def _coded(labels: pd.Series) -> Codes:
    return pd.factorize(labels, sort=True)[0].astype(np.int64)


def _check_nesting(layout: Layout) -> None:
    if layout.nest or layout.anonymous:
        return
    psus = _coded(layout.units["psu"])
    _, first = grouped(psus, layout._strata[0])
    strata = np.bincount(psus[first])
    if (strata > 1).any():
        bad = layout.units["psu"].iloc[first[(strata > 1)[psus[first]]]].unique()
        raise DesignError(
            "a cluster lies in more than one stratum",
            where="clusters",
            expected="each cluster in one stratum",
            found=listing(bad),
            hint="mend the strata, or say nest=True if cluster names start anew in each stratum",
        )


def _check_fpc(layout: Layout) -> None:
    given = layout.units[[c for c in FPC if c in layout.units]]
    if layout.gives_sizes and bool((given < 1).any(axis=None)):
        raise DesignError(
            "the fpc mixes population sizes and sampling fractions",
            where="fpc",
            expected="all at least 1 (sizes) or all at most 1 (fractions)",
            found=f"from {given.to_numpy().min():g} to {given.to_numpy().max():g}",
        )
    strata, psus = layout._strata, layout._psus
    _check_stage(layout, FPC[0], strata, layout.fraction, layout.stratum_labels)
    if layout.stages == 2:
        _check_stage(layout, FPC[1], psus, layout.fraction_within, layout.psu_labels)


def _check_stage(
    layout: Layout, name: str, groups: tuple[Codes, Codes], fraction: Floats, labels: Any
) -> None:
    """Check that the fpc is one number a group, and not below the sample."""
    group, first = groups
    given = layout.units[name].to_numpy(dtype=float)
    varies = np.bincount(group, given != given[first][group], minlength=len(first)) > 0
    if varies.any():
        raise DesignError(
            "the fpc differs between units of one group",
            where=name,
            expected="one population size in each stratum, and in each cluster at stage two",
            found=listing(labels(varies)),
        )
    if (fraction > 1 + 1e-12).any():
        raise DesignError(
            "more units were sampled than there are",
            where=name,
            expected="a population size no smaller than the sample",
            found=listing(labels(fraction > 1 + 1e-12)),
            hint="the fpc counts sampled units: clusters at stage one, not persons",
        )


def _check_alike(a: Layout, b: Layout) -> None:
    rules = [(p.nest, p.lonely, p.lonely_domains, p.anonymous, p.derived_weights) for p in (a, b)]
    if rules[0] != rules[1] or list(a.units.columns) != list(b.units.columns):
        raise DesignError(
            "the parts come from different designs",
            where="sums",
            expected="the same strata, clusters, fpc and rules in both",
            hint="build both designs by the same call, then add their sums",
        )
    shared = set(a.units["stratum"]) & set(b.units["stratum"])
    if a.derived_weights and shared:
        raise DesignError(
            "a stratum is split over two parts although its weights come from the fpc",
            where="strata",
            found=listing(sorted(shared, key=str)),
            hint="a part of a stratum cannot know how many were sampled: give weights",
        )


def _check_same_fpc(both: pd.DataFrame, unit: Codes, first: Codes) -> None:
    for name in (c for c in FPC if c in both):
        given = both[name].to_numpy(dtype=float)
        differs = given != given[first][unit]
        if differs.any():
            raise DesignError(
                "two parts give one unit different population sizes",
                where=name,
                found=listing(both["psu"][differs].unique()),
            )
