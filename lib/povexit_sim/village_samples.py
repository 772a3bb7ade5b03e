"""Samples of villages with a known true rate, and the rules a verdict could follow.

What ``false_pass_grid.py`` runs over its cells, vectorised: thousands of samples with one
set of weights at a time. The arithmetic is that of `povexit.evaluation.rates`, which the
tests check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy import optimize, special, stats

from povexit.evaluation import Even, Rule, measures
from povexit.evaluation.evidence import limit_of_variance
from povexit.evaluation.tails import at_most, least_events, most_events

RULE = measures()[0].rule
RULES = ("sample rate", "Korn-Graubard", "KG, floor 0.05", "beta-binomial", "villages", "verdict")
LAWS = ("beta", "concentrated", "logit-normal")
WEIGHTS = ("equal", "unequal")
SETS = 20  # samples of one cell share as many sets of household sizes and weights
FLOOR = 0.05


@dataclass(frozen=True)
class Cell:
    """One cell of the grid: how villages and households are drawn, and what is true."""

    villages: int
    households: int
    icc: float
    law: str = "beta"
    weights: str = "equal"
    rate: float = RULE.threshold
    rule: Rule = RULE

    def generator(self) -> np.random.Generator:
        """Return the cell's own random numbers, the same in whatever order cells are run."""
        numbers = (self.villages, self.households, int(1e4 * self.icc), int(1e5 * self.rate))
        kinds = (LAWS.index(self.law), WEIGHTS.index(self.weights))
        return np.random.default_rng([2016, *numbers, *kinds])


def village_rates(rng: np.random.Generator, cell: Cell, shape: tuple[int, int]) -> Any:
    """Return true rates of villages with the cell's mean and intra-class correlation."""
    p, icc = cell.rate, cell.icc
    if icc == 0 or p == 0:
        return np.full(shape, p)
    if cell.law == "beta":
        return rng.beta(p * (1 / icc - 1), (1 - p) * (1 / icc - 1), shape)
    if cell.law == "concentrated":
        inside = p + icc * (1 - p)
        return np.where(rng.random(shape) < p / inside, inside, 0.0)
    centre, spread = logit_normal(p, icc)
    return special.expit(centre + spread * rng.standard_normal(shape))


@cache
def logit_normal(rate: float, icc: float) -> tuple[float, float]:
    """Return centre and spread of log odds that give a rate and intra-class correlation."""
    x, weight = np.polynomial.hermite_e.hermegauss(151)
    weight = weight / weight.sum()

    def centre(spread: float) -> float:
        found = optimize.brentq(lambda c: weight @ special.expit(c + spread * x) - rate, -60, 9)
        return float(found)

    def excess(spread: float) -> float:
        chance = special.expit(centre(spread) + spread * x)
        return float(weight @ chance**2 - rate**2 - icc * rate * (1 - rate))

    spread = float(optimize.brentq(excess, 1e-3, 9))
    return centre(spread), spread


def household_weights(rng: np.random.Generator, cell: Cell) -> Any:
    """Return weight times persons of each household, shape (villages, households).

    Sizes as in the register, 1 to 8 persons. Unequal weights differ by village (log-normal,
    0.4) and within it (0.5), which costs about a third of the sample.
    """
    shape = (cell.villages, cell.households)
    persons = 1.0 + rng.poisson(2.9, shape).clip(0, 7)
    if cell.weights == "equal":
        return persons
    return persons * rng.lognormal(0, 0.5, shape) * rng.lognormal(0, 0.4, (cell.villages, 1))


@dataclass(frozen=True)
class Samples:
    """Samples of one set of weights: shares, variances, hit villages, and what they are worth."""

    share: Any
    variance: Any
    hit: Any
    households: float
    villages: float
    df: int

    @property
    def even(self) -> Even:
        """The sample as even households in whole villages."""
        return Even(self.households, max(1, int(self.villages + 1e-9)))

    @property
    def worth(self) -> Any:
        """Independent households by the variance seen; by weights alone where none is."""
        with np.errstate(divide="ignore", invalid="ignore"):
            worth = self.share * (1 - self.share) / self.variance
        return np.where(self.variance < 1e-28, self.households, worth)

    @property
    def shown(self) -> Any:
        """The same at the upper limit of the variance, as the verdict has it."""
        safe = np.minimum(self.worth * limit_of_variance(self.df, RULE.deff_level), self.households)
        return np.where(self.variance < 1e-28, self.households, safe)


def drawn(cell: Cell, size: int) -> Iterator[Samples]:
    """Yield ``size`` samples in sets of equal weights."""
    rng = cell.generator()
    for _ in range(SETS):
        yield one_set(rng, household_weights(rng, cell), cell, -(-size // SETS))


def one_set(
    rng: np.random.Generator,
    weight: Any,
    cell: Cell,
    size: int,
    rates: Any = None,
    first: int = 0,
) -> Samples:
    """Return samples with the same weights: estimates as `povexit.estimate.ratio` gives them.

    The villages' ``rates`` are drawn by the cell's law if not given; the ``first`` villages,
    if any, are a stratum of their own.
    """
    if rates is None:
        rates = village_rates(rng, cell, (size, cell.villages))
    fails = rng.random((size, *weight.shape), dtype=np.float32) < rates[:, :, None]
    failing = np.einsum("svh,vh->sv", fails, weight)
    total, by_village = weight.sum(), weight.sum(axis=1)
    share = failing.sum(axis=1) / total
    scores = (failing - share[:, None] * by_village) / total
    strata = [part for part in (scores[:, :first], scores[:, first:]) if part.shape[1]]
    return Samples(
        share=share,
        variance=sum(x.shape[1] * x.var(axis=1, ddof=1) for x in strata),
        hit=fails.any(axis=2).sum(axis=1),
        households=float(total**2 / (weight**2).sum()),
        villages=float(total**2 / (by_village**2).sum()),
        df=cell.villages - len(strata),
    )


def clears(share: Any, worth: Any, rule: Rule) -> Any:
    """Return whether Clopper and Pearson's upper bound on ``worth`` households is below."""
    return special.betainc(worth * (1 - share), worth * share + 1, 1 - rule.threshold) <= rule.tail


def sample_rate(s: Samples, cell: Cell) -> Any:
    """The rule as it is applied: the sample's rate is below the threshold."""
    return s.share < cell.rule.threshold


def korn_graubard(s: Samples, cell: Cell, most: float = np.inf) -> Any:
    """One-sided 95 % bound of Korn and Graubard."""
    n = cell.villages * cell.households
    ratio = (stats.t.ppf(cell.rule.level, n - 1) / stats.t.ppf(cell.rule.level, s.df)) ** 2
    return clears(s.share, np.minimum(s.worth, most) * ratio, cell.rule)


def korn_graubard_floor(s: Samples, cell: Cell) -> Any:
    """The same with a design effect no lower than an intra-class correlation of 0.05 gives."""
    return korn_graubard(s, cell, 1 / ((1 - FLOOR) / s.households + FLOOR / s.villages))


def beta_binomial(s: Samples, cell: Cell) -> Any:
    """Exact test on the number of events, villages beta-distributed with the assumed icc."""
    even = s.even
    chances = np.cumsum(_beta_binomial_sum(int(even.households), even.villages))
    events = s.share * int(even.households)
    low = np.floor(events + 1e-9).astype(int)
    step = events - low
    chance = (1 - step) * chances[low] + step * chances[np.minimum(low + 1, len(chances) - 1)]
    return chance <= RULE.tail


@cache
def _beta_binomial_sum(households: int, villages: int) -> Any:
    size = 1 << int(households).bit_length()
    each, extra = divmod(households, villages)
    a, b = (x * (1 / RULE.icc - 1) for x in (RULE.threshold, 1 - RULE.threshold))
    spectrum = np.ones(size // 2 + 1, dtype=complex)
    for n, times in ((each, villages - extra), (each + 1, extra)):
        chance = stats.betabinom.pmf(np.arange(n + 1), n, a, b)
        spectrum = spectrum * np.fft.rfft(chance, size) ** times
    return np.fft.irfft(spectrum, size)[: households + 1]


def villages_hit(s: Samples, cell: Cell) -> Any:
    """Exact test on the number of villages with any failing household (weights play no part)."""
    none = at_most(0, Even(float(cell.households), 1), RULE.threshold, RULE.icc)
    return stats.binom.cdf(s.hit, cell.villages, 1 - none) <= RULE.tail


def verdict_meets(s: Samples, cell: Cell) -> Any:
    """The verdict of `povexit.evaluation`."""
    rule = cell.rule
    limit = most_events(s.even, rule.threshold, rule.icc, rule.tail) / s.households
    return (s.share <= limit) & clears(s.share, s.shown, rule)


def verdict_fails(s: Samples, cell: Cell) -> Any:
    """The verdict of `povexit.evaluation`, other side."""
    rule = cell.rule
    limit = least_events(s.even, rule.threshold, rule.icc, rule.tail) / s.households
    events = np.maximum(s.share * s.shown, 1e-12)
    many = special.betainc(events, s.shown * (1 - s.share) + 1, rule.threshold) <= rule.tail
    return (s.share >= limit) & many & (s.share > 0)


TESTS = dict(
    zip(
        RULES,
        (
            sample_rate,
            korn_graubard,
            korn_graubard_floor,
            beta_binomial,
            villages_hit,
            verdict_meets,
        ),
        strict=True,
    )
)


def passing(cell: Cell, size: int, rules: Iterable[str] = RULES) -> dict[str, float]:
    """Return for each rule the share of samples that pass, and of verdicts *fails*."""
    sets = list(drawn(cell, size))
    found = {r: float(np.mean([TESTS[r](s, cell).mean() for s in sets])) for r in rules}
    return {**found, "fails": float(np.mean([verdict_fails(s, cell).mean() for s in sets]))}
