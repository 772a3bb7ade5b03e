"""How likely few or many events are in a sample of villages: exact for concentrated failings.

A sample is thought of as ``households`` spread evenly over ``villages``. With an
intra-class correlation ``icc``, failings are concentrated as much as it allows: a share
``rate / r`` of the villages has the rate ``r = rate + icc (1 - rate)``, the others none.
Of all distributions over villages with this rate and correlation it is the one that most
often shows no event at all, so it is the one a bound has to withstand (proof in
``docs/methods/false_pass.md``). With a affected villages the events are binomial on
a/K of the households; with ``icc`` 0 all villages are alike and the bounds are Clopper and
Pearson's. Counts need not be whole: the incomplete beta function stands in between them,
as in the interval of Korn and Graubard (1998).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import optimize, special

from povexit.estimate import clopper_pearson

#: Numbers of affected villages this many standard deviations off never occur.
REACH = 9.0
#: Rates are sought from here on, and fewer events are none.
LEAST = 1e-12


@dataclass(frozen=True)
class Even:
    """A sample as so many households of equal weight, spread evenly over villages."""

    households: float
    villages: int


def at_most(events: float, sample: Even, rate: float, icc: float) -> float:
    """Return the chance of so many events or fewer.

    Parameters
    ----------
    events
        0 or more, not necessarily whole.
    sample
        Over what they are counted.
    rate, icc
        The true rate and the intra-class correlation.

    Examples
    --------
    >>> round(at_most(0, Even(149, 149), 0.02, 0.0), 4), round(at_most(0, Even(600, 20), 0.02, 0.15), 4)
    (0.0493, 0.0789)
    """
    if rate <= 0:
        return 1.0
    chance, asked, inside = _affected(sample, rate, icc)
    left = asked - events
    few = special.betainc(np.maximum(left, 1e-300), events + 1, 1 - inside)
    return float(chance @ np.where(left > 0, few, 1.0))


def at_least(events: float, sample: Even, rate: float, icc: float) -> float:
    """Return the chance of so many events or more; see `at_most`.

    Examples
    --------
    >>> round(at_least(1, Even(149, 149), 0.02, 0.0), 4)
    0.9507
    """
    if events <= 0:
        return 1.0
    if rate <= 0:
        return 0.0
    chance, asked, inside = _affected(sample, rate, icc)
    left = asked - events + 1
    many = special.betainc(events, np.maximum(left, 1e-300), inside)
    return float(chance @ np.where((left > 0) & (asked > 0), many, 0.0))


@lru_cache(maxsize=64)  # a search among events asks for the same sample and rate again and again
def _affected(sample: Even, rate: float, icc: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the chance of each number of affected villages, their households, their rate."""
    inside = rate + icc * (1 - rate)
    share, villages = min(rate / inside, 1.0), sample.villages
    centre, reach = villages * share, REACH * (villages * share * (1 - share)) ** 0.5 + REACH
    number = np.arange(max(0, int(centre - reach)), min(villages, int(centre + reach)) + 1)
    logarithm = (
        special.gammaln(villages + 1)
        - special.gammaln(number + 1)
        - special.gammaln(villages - number + 1)
        + special.xlogy(number, share)
        + special.xlog1py(villages - number, -share)
    )
    return np.exp(logarithm), number * (sample.households / villages), inside


def upper_bound(events: float, sample: Even, icc: float, tail: float) -> float:
    """Return the largest rate at which so few events have a chance of ``tail``.

    Examples
    --------
    >>> round(upper_bound(0, Even(149, 149), 0.0, 0.05), 4), round(upper_bound(0, Even(149, 30), 0.15, 0.05), 4)
    (0.0199, 0.0269)
    """
    if events >= sample.households:
        return 1.0
    if icc == 0:
        return float(_binomial(events, sample, tail)[1])
    found = optimize.brentq(lambda p: at_most(events, sample, p, icc) - tail, LEAST, 1.0)
    return float(found)


def lower_bound(events: float, sample: Even, icc: float, tail: float) -> float:
    """Return the smallest rate at which so many events have a chance of ``tail``.

    Examples
    --------
    >>> round(lower_bound(10, Even(149, 30), 0.15, 0.05), 4)
    0.0312
    """
    if events <= LEAST:
        return 0.0
    if icc == 0:
        return float(_binomial(events, sample, tail)[0])
    if at_least(events, sample, LEAST, icc) >= tail:
        return 0.0  # less than one event, of little weight: no rate is too low for it
    found = optimize.brentq(lambda p: at_least(events, sample, p, icc) - tail, LEAST, 1.0)
    return float(found)


def _binomial(events: float, sample: Even, tail: float) -> tuple[np.ndarray, np.ndarray]:
    share = np.array(events / sample.households if events > LEAST else 0.0)
    return clopper_pearson(share, np.array(sample.households), tail)


def most_events(sample: Even, rate: float, icc: float, tail: float) -> float:
    """Return how many events at most are unlikely (``tail``) at a rate; -1 if none is.

    Examples
    --------
    >>> int(most_events(Even(236, 236), 0.02, 0.0, 0.05)), most_events(Even(600, 20), 0.02, 0.15, 0.05)
    (1, -1.0)
    """
    if at_most(0.0, sample, rate, icc) > tail:
        return -1.0
    found = optimize.brentq(
        lambda t: at_most(t, sample, rate, icc) - tail, 0.0, sample.households, xtol=1e-9
    )
    return float(found)


def least_events(sample: Even, rate: float, icc: float, tail: float) -> float:
    """Return how many events at least are unlikely (``tail``) at a rate; infinite if none is."""
    if at_least(sample.households, sample, rate, icc) > tail:
        return float("inf")
    found = optimize.brentq(
        lambda t: at_least(t, sample, rate, icc) - tail, 0.0, sample.households, xtol=1e-9
    )
    return float(found)
