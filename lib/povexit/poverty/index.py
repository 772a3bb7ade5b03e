"""Indices of several deprivations: which, with what weights, and when someone is poor.

Weights and cut-offs are fractions, so that a score of 2/6 meets a cut-off of 1/3: scores
are whole numbers, the weights times their common denominator.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import ceil, lcm

import numpy as np
import numpy.typing as npt

from povexit.errors import DesignError
from povexit.standards import Standard

Number = Fraction | int | float | str
UNION = "union"
MISSING = ("drop", "bounds")


@dataclass(frozen=True)
class Indicator:
    """One deprivation.

    Parameters
    ----------
    column
        A yes/no column; null where it is not known.
    weight
        Its weight: ``"1/6"``, a whole number or a fraction.
    dimension
        To what it belongs, such as health.
    deprived_if
        The answer that is a deprivation.
    """

    column: str
    weight: Number
    dimension: str = ""
    deprived_if: bool = True


@dataclass(frozen=True)
class Index:
    """An index of deprivations (Alkire and Foster 2011).

    Parameters
    ----------
    indicators
        Each deprivation once. Weights add up to 1, or are all whole numbers.
    persons
        Column of persons a household counts for, or ``None``: each household is one.
    missing
        A household with an unknown indicator: ``drop`` leaves it out and counts it as
        unknown; ``bounds`` counts it twice, as not deprived and as deprived.

    Raises
    ------
    DesignError
        If a weight is not above 0, an indicator is there twice, the weights neither
        add up to 1 nor are all whole, or there is no such treatment of missing answers.

    Examples
    --------
    >>> living = {"health": ["ill"], "living": ["no_water", "no_power"]}
    >>> index = Index.nested(living, persons=None, missing="drop")
    >>> [str(w) for w in index.weights], index.least("1/2"), index.whole
    (['1/2', '1/4', '1/4'], 2, 4)
    """

    indicators: tuple[Indicator, ...]
    persons: str | None
    missing: str

    def __post_init__(self) -> None:
        if self.missing not in MISSING:
            raise DesignError(
                "it is not said what an unknown indicator counts for",
                where="missing",
                expected=", ".join(MISSING),
                found=self.missing,
            )
        names = [i.column for i in self.indicators]
        if not names or len(set(names)) < len(names):
            raise DesignError(
                "an index needs indicators, each once", where="indicators", found=", ".join(names)
            )
        given = [fraction(i.weight, i.column) for i in self.indicators]
        if min(given) <= 0:
            raise DesignError("a weight is not above 0", where="weights", found=_shown(given))
        if sum(given) != 1 and any(w.denominator != 1 for w in given):
            raise DesignError(
                "the weights do not add up to 1",
                where="weights",
                expected='1, or whole numbers such as 3 and 1; a third is "1/3", not 0.33',
                found=f"{_shown(given)}, together {sum(given)}",
            )

    @classmethod
    def nested(
        cls, dimensions: Mapping[str, Sequence[str]], persons: str | None, missing: str
    ) -> Index:
        """Return an index of equal weights for dimensions and, within them, indicators."""
        indicators = tuple(
            Indicator(column, Fraction(1, len(dimensions) * len(columns)), dimension)
            for dimension, columns in dimensions.items()
            for column in columns
        )
        return cls(indicators, persons, missing)

    def reweighted(self, dimensions: Mapping[str, Number]) -> Index:
        """Return the index with other weights of dimensions, in proportion within them.

        Raises
        ------
        DesignError
            If the dimensions are not the index's, or as `Index`.
        """
        names = {i.dimension for i in self.indicators}
        if set(dimensions) != names:
            raise DesignError(
                "weights are not given for the index's dimensions",
                where="dimensions",
                expected=", ".join(sorted(names)),
                found=", ".join(map(str, dimensions)),
            )
        new = {d: fraction(w, d) for d, w in dimensions.items()}
        before = dict(zip(self.indicators, self.weights, strict=True))
        held = {d: sum(w for i, w in before.items() if i.dimension == d) for d in names}
        scale = {d: new[d] / held[d] / sum(new.values()) for d in names}
        indicators = (replace(i, weight=w * scale[i.dimension]) for i, w in before.items())
        return replace(self, indicators=tuple(indicators))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The indicators' columns."""
        return tuple(i.column for i in self.indicators)

    @cached_property
    def weights(self) -> tuple[Fraction, ...]:
        """The weights; they add up to 1."""
        given = [fraction(i.weight, i.column) for i in self.indicators]
        return tuple(w / sum(given) for w in given)

    @cached_property
    def whole(self) -> int:
        """The score of someone deprived of everything, in whole numbers."""
        return lcm(*(w.denominator for w in self.weights))

    @cached_property
    def points(self) -> npt.NDArray[np.int64]:
        """What each deprivation adds to the score, in whole numbers."""
        return np.array([int(w * self.whole) for w in self.weights], dtype=np.int64)

    def least(self, cutoff: Number) -> int:
        """Return the smallest score that makes poor, in whole numbers.

        Parameters
        ----------
        cutoff
            ``"1/3"``, 1 (all deprivations), or ``"union"``: any deprivation.

        Raises
        ------
        DesignError
            If the cut-off is not above 0 and at most 1.
        """
        if cutoff == UNION:
            return 1
        asked = fraction(cutoff, "cutoff")
        if not 0 < asked <= 1:
            raise DesignError(
                "a cut-off lies above 0 and is at most 1",
                where="cutoff",
                expected=f'such as "1/3", or "{UNION}" for any deprivation',
                found=cutoff,
                hint="33 % of the weights is 33/100, a third is 1/3",
            )
        return ceil(asked * self.whole)


def fraction(given: Number, where: str) -> Fraction:
    """Return a number as the fraction that was meant; a float as the nearest n / 10,000 or simpler.

    Examples
    --------
    >>> [str(fraction(x, "k")) for x in ("1/3", 1 / 3, 0.33, 1)]
    ['1/3', '1/3', '33/100', '1']
    """
    try:
        exact = Fraction(given)
    except (ValueError, TypeError, OverflowError, ZeroDivisionError) as error:
        raise DesignError(
            "this is not a number", where=where, expected='such as "1/3"', found=given
        ) from error
    return exact.limit_denominator(10**4) if isinstance(given, float) else exact


def index_of(standard: Standard, persons: str | None, missing: str) -> Index:
    """Return a standard's criteria as an index: not meeting one is a deprivation.

    With the cut-off ``"union"`` those are poor who fail any criterion, as the standard
    has it. The columns are those of ``decisions_households`` or
    ``decisions_survey_households``, where true is met and null is unknown.

    Examples
    --------
    >>> from povexit import standards
    >>> index_of(standards.load("national_person", "2016"), "household_size", "bounds").columns
    ('food_clothing', 'education', 'medical', 'housing', 'water', 'income')
    """
    criteria = tuple(Indicator(c.id, 1, c.id, deprived_if=False) for c in standard.criteria)
    return Index(criteria, persons, missing)


def _shown(weights: Sequence[Fraction]) -> str:
    return ", ".join(map(str, weights))
