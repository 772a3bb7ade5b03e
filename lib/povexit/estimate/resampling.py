"""Replicates of a sample: which clusters are doubled, dropped or kept, how often.

A replicate gives every sampled cluster a factor. Estimates from factored sums vary
between replicates as estimates vary between samples; the sum of squared differences,
each times its replicate's scale, is the variance. Factors and scales are those of R's
``as.svrepdesign`` (JK1, JKn, BRR, Fay; the bootstrap is its ``subbootstrap``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from povexit.errors import DesignError
from povexit.estimate.hadamard import hadamard
from povexit.estimate.layout import Layout
from povexit.estimate.read import Floats, listing

METHODS = ("bootstrap", "JK1", "JKn", "BRR", "Fay")


@dataclass(frozen=True)
class Resampling:
    """How replicates are to be made.

    Parameters
    ----------
    method
        ``bootstrap``: in each stratum one cluster fewer than sampled is drawn with
        replacement and scaled up (Rao & Wu 1988; Rao, Wu & Yue 1992), with an fpc by its
        root; ``JK1``, ``JKn``: each cluster in turn is left out, without and with
        strata; ``BRR``: one of two clusters of each stratum, balanced by a Hadamard
        matrix, a stratum of 4, 6, ... in pairs; ``Fay``: the same, keeping part of the other.
    replicates, seed
        Of the bootstrap; the same seed gives the same numbers on every machine.
    rho
        What Fay's method keeps of the other cluster, 0 to below 1.
    mse
        Whether replicates are compared with the estimate instead of their mean; R's ``mse``.

    Raises
    ------
    DesignError
        If there is no such method, or too few replicates, or rho is out of range.
    """

    method: str = "bootstrap"
    replicates: int = 500
    seed: int = 1
    rho: float = 0.5
    mse: bool = False

    def __post_init__(self) -> None:
        checks = (
            ("method", self.method in METHODS, f"one of {', '.join(METHODS)}"),
            ("replicates", self.replicates >= 2, "2 and more; some hundreds"),
            ("seed", self.seed >= 0, "0 and more"),
            ("rho", 0 <= self.rho < 1, "from 0 to below 1"),
        )
        for name, fine, expected in checks:
            if not fine:
                found = getattr(self, name)
                raise DesignError("no such replicates", where=name, expected=expected, found=found)


@dataclass(frozen=True, eq=False)
class Plan:
    """The replicates of one layout.

    Parameters
    ----------
    scales
        One a replicate.
    factors
        Returns the factors of some replicates, shape (replicates, clusters).
    freedom
        Most degrees of freedom they can show.
    """

    scales: Floats
    factors: Callable[[slice], Floats]
    freedom: int


def planned(layout: Layout, how: Resampling) -> Plan:
    """Return the replicates of a layout.

    Raises
    ------
    DesignError
        If the method does not fit the strata, the stages or the fpc.
    """
    if layout.stages == 2:
        raise DesignError(
            "replicates know one stage of sampling",
            where=how.method,
            hint="make the design with the first stage's clusters and fpc alone",
        )
    if how.method == "bootstrap":
        return _bootstrap(layout, how)
    if how.method in ("JK1", "JKn"):
        return _jackknife(layout, how.method)
    return _balanced(layout, how.rho if how.method == "Fay" else 0.0)


def _bootstrap(layout: Layout, how: Resampling) -> Plan:
    """Factors 1 - s + s m n / (n - 1) of a cluster drawn m times, s the root of 1 - f."""
    _check_lonely_rule(layout)
    n = layout.sampled[layout.stratum_of_psu]
    root = np.where(n > 1, np.sqrt(np.maximum(1 - layout.fraction, 0))[layout.stratum_of_psu], 0)
    times = root * n / np.maximum(n - 1, 1)

    def factors(part: slice) -> Floats:
        return (1 - root) + times * _draws(layout, how.replicates, how.seed)[part]

    scales = np.full(how.replicates, 1 / (how.replicates - 1))
    return Plan(scales, factors, how.replicates - 1)


@lru_cache(maxsize=2)
def _draws(layout: Layout, replicates: int, seed: int) -> npt.NDArray[np.uint16]:
    """Return how often each replicate draws each cluster, shape (replicates, clusters)."""
    order = np.argsort(layout.stratum_of_psu, kind="stable")
    n = layout.sampled
    stratum = np.repeat(np.arange(len(n)), n - 1)
    start, size = (np.cumsum(n) - n)[stratum], n[stratum]
    drawn = np.empty((replicates, len(order)), dtype=np.uint16)
    for r in range(replicates):
        # a generator for each replicate: it stays the same however many there are
        place = start + (np.random.default_rng((seed, r)).random(len(size)) * size).astype(np.int64)
        drawn[r, order] = np.bincount(place, minlength=len(order))
    return drawn


def _check_lonely_rule(layout: Layout) -> None:
    lonely = (layout.sampled == 1) & (layout.fraction < 1)
    if layout.lonely in ("adjust", "average") and lonely.any():
        raise DesignError(
            f"the bootstrap cannot {layout.lonely} a stratum of one cluster",
            where="lonely",
            found=listing(layout.stratum_labels(lonely)),
            hint="use JKn, or lonely='certainty'",
        )


def _jackknife(layout: Layout, method: str) -> Plan:
    """Each cluster in turn is left out, and the others of its stratum take its weight."""
    strata = len(layout.sampled)
    if method == "JK1" and strata > 1:
        raise DesignError("JK1 knows no strata", where="method", found=f"{strata}", hint="use JKn")
    stratum, fraction = layout.stratum_of_psu, layout.fraction
    n = layout.sampled[stratum]
    lonely = (n == 1) & (fraction[stratum] < 1)
    # a stratum taken whole has no sampling error; a lonely one only if it is adjusted
    varies = (n > 1) & (fraction[stratum] < 1) | lonely & (layout.lonely == "adjust")
    out = np.flatnonzero(varies)
    alone = lonely[out]
    # leaving out a lonely one is leaving out a stratum
    of = np.where(alone, strata, n[out]).astype(float)
    scales = (of - 1) / of * np.where(alone, 1.0, 1 - fraction[stratum[out]])
    if layout.lonely == "average":
        scales = scales * (len(stratum) / max(len(out), 1))
    up = of / np.maximum(of - 1, 1)

    def factors(part: slice) -> Floats:
        left, raised = out[part], up[part, None]
        same = stratum[left][:, None] == stratum
        made = np.where(same != alone[part, None], raised, 1.0)
        made[same & alone[part, None]] = 0.0
        made[np.arange(len(left)), left] = 0.0
        return made

    return Plan(scales, factors, len(stratum))


def _balanced(layout: Layout, rho: float) -> Plan:
    """One of each pair of clusters has 2 - rho, the other rho, by a Hadamard matrix."""
    odd = layout.sampled % 2 == 1
    if odd.any():
        raise DesignError(
            "balanced replicates need clusters in pairs",
            where="strata",
            expected="two clusters in each stratum, or 4, 6, ...",
            found=listing(layout.stratum_labels(odd)),
            hint="use JKn or the bootstrap",
        )
    if layout.has_fpc:
        raise DesignError(
            "balanced replicates have no place for an fpc",
            where="fpc",
            hint="make the design without it, which errs on the wide side, or use JKn",
        )
    order = np.argsort(layout.stratum_of_psu, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    pairs = len(order) // 2
    signs = hadamard(pairs)
    side = np.where(place % 2 == 0, 1, -1)

    def factors(part: slice) -> Floats:
        return 1 + (1 - rho) * side * signs[1 + place // 2, part].T

    return Plan(np.full(len(signs), 1 / (len(signs) * (1 - rho) ** 2)), factors, pairs)
