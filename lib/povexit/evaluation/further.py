"""The further sample that would settle an open question."""

from __future__ import annotations

import math
from dataclasses import replace

from povexit.evaluation.evidence import Evidence, Mixture, limit_of_variance
from povexit.evaluation.measures import decision
from povexit.evaluation.settle import MOST_VILLAGES, first
from povexit.evaluation.tails import at_least, at_most


def further_villages(found: Mixture, clusters: int, threshold: float) -> int | None:
    """Return how many more villages, visited alike, would settle an open question.

    Parameters
    ----------
    found
        What the sample shows so far, as a share of failings.
    clusters
        Its villages.
    threshold
        The share below which the rule is met.

    Returns
    -------
    int or None
        So many that the verdict comes with the decision's ``power`` if the true rates are
        those estimated, clustered as the sample shows; None where there is no estimate,
        or it lies so near the threshold that `MOST_VILLAGES` would not do.

    Examples
    --------
    >>> nothing_found = Evidence(0.0, 200.0, 20.0, 200.0, 0.0, 0.15, 18.0)
    >>> further_villages(Mixture(0.0, ((1.0, nothing_found),)), 20, 0.02)
    9
    """
    if math.isnan(found.share) or found.share == threshold or clusters == 0:
        return None
    is_below, tail = found.share < threshold, 1 - decision().level

    def settles(more: int) -> bool:
        coming = [(w, unlucky(e, clusters, more, is_below)) for w, e in found.parts]
        sample = Mixture(found.base, tuple(coming))
        return sample.high(tail) < threshold if is_below else sample.low(tail) >= threshold

    return first(settles, 1, MOST_VILLAGES)


def unlucky(found: Evidence, clusters: int, more: int, is_high: bool) -> Evidence:
    """Return what a larger sample shows if it comes out so badly that most do better.

    ``is_high`` says that many failings are bad luck: no more than so many are found with
    the decision's ``power`` if the true rate is the one estimated.

    Examples
    --------
    >>> few = Evidence(0.01, 200.0, 20.0, 100.0, 0.0, 0.15, 18.0)
    >>> unlucky(few, 20, 20, True).share, unlucky(few, 20, 20, False).share
    (0.015, 0.005)
    """
    times = (clusters + more) / clusters
    grown = replace(found, households=found.households * times, villages=found.villages * times)
    events = _events(grown, is_high)
    share = min(events / grown.households, 1.0)
    return replace(grown, share=share, shown=_shown(grown, share, max(found.df, 0) + more))


def _events(grown: Evidence, is_high: bool) -> int:
    """Return how many failings are found at most, or at least, with the power asked."""
    even, rate, alike = grown.even, grown.share, grown.clustering
    power, size = decision().power, math.ceil(grown.households)
    if is_high:
        found = first(lambda n: at_most(n - 1, even, rate, alike) >= power, 1, size + 1)
    else:
        found = first(lambda n: at_least(n, even, rate, alike) < power, 1, size + 1)
    return size if found is None else found - 1


def _shown(grown: Evidence, share: float, df: float) -> float:
    """Return what a sample will be worth by what it shows, clustered as it is so far."""
    if share in (0.0, 1.0):
        return grown.households
    alike = grown.clustering
    worth = 1 / ((1 - alike) / grown.households + alike / grown.villages)
    return worth * limit_of_variance(df, decision().deff_level)
