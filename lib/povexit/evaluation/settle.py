"""What a planned sample can settle: acceptance numbers and chances of each verdict."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from povexit.evaluation.evidence import limit_of_variance
from povexit.evaluation.measures import Rule
from povexit.evaluation.tails import Even, at_least, at_most, least_events, most_events

#: No county has as many villages; a question that they would not settle stays open.
MOST_VILLAGES = 2000


@dataclass(frozen=True)
class Sample:
    """A sample that is planned.

    Parameters
    ----------
    households, villages
        Of equal weight, spread evenly.
    df
        Degrees of freedom: villages less strata.
    clustering
        Intra-class correlation that is expected to be true, and to show.
    """

    households: float
    villages: float
    df: float
    clustering: float

    @property
    def even(self) -> Even:
        """The sample in whole villages."""
        return Even(self.households, max(1, int(self.villages + 1e-9)))

    def shown(self, rule: Rule) -> Even:
        """Return the independent households the sample will be worth by what it shows."""
        worth = 1 / ((1 - self.clustering) / self.households + self.clustering / self.villages)
        return Even(worth * limit_of_variance(self.df, rule.deff_level), 1)


def accepted(sample: Sample, rule: Rule) -> int:
    """Return with how many failing households at most a sample meets a rule; -1 with none.

    Examples
    --------
    >>> accepted(Sample(900.0, 30.0, 29.0, 0.02), Rule(0.02, 0.15))
    3
    """
    unseen = most_events(sample.even, rule.threshold, rule.icc, rule.tail)
    if unseen < 0 or sample.df <= 0:
        return -1
    worth = sample.shown(rule)
    shown = most_events(worth, rule.threshold, 0.0, rule.tail) / worth.households
    # without any event no variance shows, and the sample counts in full
    return max(0, math.floor(min(unseen, shown * sample.households) + 1e-9))


def refused(sample: Sample, rule: Rule) -> float:
    """Return with how many failing households at least a sample fails a rule; else infinite."""
    if sample.df <= 0:
        return math.inf
    unseen = least_events(sample.even, rule.threshold, rule.icc, rule.tail)
    worth = sample.shown(rule)
    shown = least_events(worth, rule.threshold, 0.0, rule.tail) / worth.households
    most = max(unseen, shown * sample.households)
    return most if math.isinf(most) else math.ceil(most - 1e-9)


def chance_to_meet(sample: Sample, rule: Rule, rate: float) -> float:
    """Return how likely the verdict is *meets* if ``rate`` is the true share of failings."""
    limit = accepted(sample, rule)
    return at_most(limit, sample.even, rate, sample.clustering) if limit >= 0 else 0.0


def chance_to_fail(sample: Sample, rule: Rule, rate: float) -> float:
    """Return how likely the verdict is *fails* if ``rate`` is the true share of failings."""
    limit = refused(sample, rule)
    return 0.0 if math.isinf(limit) else at_least(limit, sample.even, rate, sample.clustering)


def first(holds: Callable[[int], bool], least: int, most: int) -> int | None:
    """Return a number from which on something holds, found by doubling and halving.

    It holds at the number returned and not at the one before. (Acceptance numbers are
    whole, so chances rise in teeth, and it may also hold somewhere below.)

    Examples
    --------
    >>> first(lambda n: n >= 37, 1, 1000), first(lambda n: False, 1, 1000)
    (37, None)
    """
    low, high = least - 1, least
    while not holds(high):
        if high >= most:
            return None
        low, high = high, min(2 * high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
