"""The variance of a total under the design, from the scores of sampled units.

An estimate is, to first order, a total of scores: each row's weight times its
residual. Scores add up within a cluster; the spread of the clusters' scores
around their stratum's mean is the variance (Särndal, Swensson & Wretman 1992,
ch. 4; Binder 1983). A sampled cluster without members of the domain has score 0
and counts. With population sizes for two stages, the spread within clusters is
added in the same way, times the first stage's sampling fraction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from povexit.errors import DesignError
from povexit.estimate.layout import Layout
from povexit.estimate.read import Codes, Flags, Floats, binned, grouped, listing


@dataclass(frozen=True, eq=False)
class Cells:
    """The (domain, unit) pairs that scores belong to.

    Parameters
    ----------
    domain, unit
        One a cell.
    domains
        How many domains there are.
    answered
        Whether the domain has an answer in the unit; usually all. In a calibrated design
        a domain also has scores in units without any.
    """

    domain: Codes
    unit: Codes
    domains: int
    answered: Flags = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.answered is None:
            object.__setattr__(self, "answered", np.ones(len(self.domain), dtype=bool))


def clusters(cells: Cells, layout: Layout) -> tuple[Codes, Codes]:
    """Count each domain's clusters with an answer, and its degrees of freedom.

    Degrees of freedom are clusters less strata, both of them with an answer in the
    domain: R's ``degf`` of the subset design.
    """
    domain, psu = cells.domain[cells.answered], layout.psu_of_unit[cells.unit[cells.answered]]
    _, first = grouped(domain, psu)
    domain, stratum = domain[first], layout.stratum_of_psu[psu[first]]
    _, lead = grouped(domain, stratum)
    number = np.bincount(domain, minlength=cells.domains)
    return number, number - np.bincount(domain[lead], minlength=cells.domains)


def variance(scores: Floats, cells: Cells, layout: Layout) -> Floats:
    """Return the variance of each domain's total of scores.

    Parameters
    ----------
    scores
        One a cell.
    cells, layout
        Where the scores lie, and how the units were drawn.

    Returns
    -------
    numpy.ndarray
        One a domain; NaN where ``lonely="average"`` finds no stratum to average.

    Raises
    ------
    DesignError
        If a domain has members in a stratum of one cluster and the rule is ``fail``.

    Notes
    -----
    At stage two a cluster with one sampled unit of several is lonely. As in R,
    ``adjust`` then adds nothing; where R's ``average`` gives NaN, the mean over the
    clusters of the domain stands in.
    """
    pair, among = _first_stage(cells, layout)
    total = binned(pair, scores, len(among.domain))
    result = _combine(among, _contributions(total, among, layout), layout.lonely)
    if layout.stages == 1:
        return result
    psu = layout.psu_of_unit[cells.unit]
    within = _Stage(cells.domain, psu, layout.sampled_within, layout.fraction_within, cells.domains)
    _check_lonely(within, layout, layout.psu_labels)
    spread = within.spread(scores) * layout.fraction[layout.stratum_of_psu[within.group_stratum]]
    return result + _combine(within, spread, layout.lonely)


def check_lonely(cells: Cells, layout: Layout) -> None:
    """Check that no domain touches a stratum of one cluster, if the rule is ``fail``."""
    _first_stage(cells, layout)


def _first_stage(cells: Cells, layout: Layout) -> tuple[Codes, _Stage]:
    """Return the (domain, cluster) pair of each cell, and the pairs by stratum."""
    psu = layout.psu_of_unit[cells.unit]
    pair, first = grouped(cells.domain, psu)
    stratum = layout.stratum_of_psu[psu[first]]
    among = _Stage(cells.domain[first], stratum, layout.sampled, layout.fraction, cells.domains)
    _check_lonely(among, layout, layout.stratum_labels)
    return pair, among


class _Stage:
    """Sampled units of one stage, grouped by domain and stratum."""

    def __init__(
        self, domain: Codes, stratum: Codes, sampled: Codes, fraction: Floats, domains: int
    ) -> None:
        self.domains = domains
        self.domain = domain
        self.group, first = grouped(domain, stratum)
        self.group_domain, self.group_stratum = domain[first], stratum[first]
        self.present = np.bincount(self.group, minlength=len(first))
        self.sampled = sampled[self.group_stratum]
        left = 1 - fraction[self.group_stratum]
        self.scale = left * self.sampled / np.maximum(self.sampled - 1, 1)
        # a stratum taken whole has no sampling error, however few its clusters
        self.lonely: Flags = (self.sampled == 1) & (left > 1e-7)

    def by_group(self, values: Floats) -> Floats:
        return binned(self.group, values, len(self.sampled))

    def by_domain(self, values: Floats) -> Floats:
        return binned(self.group_domain, values, self.domains)

    def spread(self, z: Floats) -> Floats:
        """Return each group's scaled sum of squares around its mean over sampled units.

        Differences from one of the scores are taken first, so that equal scores give
        exactly 0; units that are sampled but not present have score 0.
        """
        base = np.zeros(len(self.sampled))
        base[self.group] = z
        part = z - base[self.group]
        absent = self.sampled - self.present
        mean = (self.by_group(part) - absent * base) / self.sampled
        squares = self.by_group((part - mean[self.group]) ** 2)
        return self.scale * (squares + absent * (base + mean) ** 2)

    def around(self, z: Floats, centre: Floats) -> Floats:
        """Return each group's scaled sum of squares around its domain's ``centre``."""
        squares = self.by_group((z - centre[self.domain]) ** 2)
        absent = self.sampled - self.present
        return self.scale * (squares + absent * centre[self.group_domain] ** 2)


def _contributions(z: Floats, stage: _Stage, layout: Layout) -> Floats:
    """Return what each stratum adds at stage one, lonely ones treated by the rule."""
    if layout.lonely_domains and layout.lonely in ("adjust", "average"):
        stage.lonely |= (stage.present == 1) & (stage.sampled > 1)
    spread = stage.spread(z)
    if layout.lonely != "adjust" or not stage.lonely.any():
        return spread
    sampled = stage.by_domain(stage.sampled.astype(float))
    total = binned(stage.domain, z, stage.domains)
    centre = np.divide(total, sampled, out=np.zeros(stage.domains), where=sampled > 0)
    return np.where(stage.lonely, stage.around(z, centre), spread)


def _combine(stage: _Stage, contributions: Floats, rule: str) -> Floats:
    """Add up strata; ``average`` lets the others speak for the lonely ones."""
    if rule != "average" or not stage.lonely.any():
        return stage.by_domain(contributions)
    added = stage.by_domain(np.where(stage.lonely, 0.0, contributions))
    strata = stage.by_domain(np.ones(len(contributions)))
    usable = stage.by_domain((~stage.lonely).astype(float))
    factor = np.divide(strata, usable, out=np.full(stage.domains, np.nan), where=usable > 0)
    return added * np.where(strata > 0, factor, 1.0)


def _check_lonely(stage: _Stage, layout: Layout, labels: Callable[[Codes], list[object]]) -> None:
    if layout.lonely != "fail" or not stage.lonely.any():
        return
    raise DesignError(
        "a single sampled unit cannot show how much units differ",
        where="strata (or clusters, at stage two) with one sampled unit of several",
        expected="two or more",
        found=listing(labels(np.unique(stage.group_stratum[stage.lonely]))),
        hint="join it with a like stratum, or choose lonely='certainty', 'adjust' or 'average'",
    )
