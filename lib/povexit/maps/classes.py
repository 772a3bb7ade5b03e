"""Classes of values, pooled over every map that is compared.

Two maps side by side mislead when each has classes of its own. So the breaks are found once,
over all values of all maps, by Fisher-Jenks; then each break moves to the roundest number
within its gap or `SLACK` of the range, because a reader remembers 12%, not 11.7%.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from jenkspy import jenks_breaks

from povexit.style import SHARE, fmt_number, fmt_share, least_digits, sequential

#: Fisher-Jenks takes the square of this in time; more values are thinned to their quantiles.
MOST_VALUES = 4000
#: How far a break may move to become round, as a part of the whole range.
SLACK = 0.02


@dataclass(frozen=True)
class Classes:
    """Intervals from low to high: class i holds edges[i] <= value < edges[i + 1].

    The last class also holds its upper edge.
    """

    edges: tuple[float, ...]

    def __len__(self) -> int:
        return max(len(self.edges) - 1, 0)

    @property
    def colors(self) -> list[str]:
        """The fill of each class, light to dark."""
        return sequential(len(self))

    def of(self, values: pd.Series) -> np.ndarray:
        """Return the class of each value, -1 where it is missing or outside all classes."""
        numbers = values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
        if not len(self):
            return np.full(len(numbers), -1)
        found = np.searchsorted(self.edges, numbers, side="right") - 1
        found = np.where(numbers == self.edges[-1], len(self) - 1, found)
        inside = (numbers >= self.edges[0]) & (numbers <= self.edges[-1])
        return np.where(inside, found, -1)

    def labels(self, unit: str) -> list[str]:
        """Return the text of each interval, with just the decimals its edges need."""
        factor, sign = (100, "%") if unit == SHARE else (1, "")
        edges = [edge * factor for edge in self.edges]
        digits = least_digits(edges)
        shown = [fmt_number(edge, digits) for edge in edges]
        pairs = pairwise(shown)
        return [f"{a}–{b}{sign}" if a != b else f"{a}{sign}" for a, b in pairs]


def value_text(value: float, unit: str, digits: int = 1) -> str:
    """Print one value of a map in its unit; a share as a percentage."""
    return fmt_share(value, digits=digits) if unit == SHARE else fmt_number(value, digits)


def pool_classes(*series: pd.Series, k: int = 5) -> Classes:
    """Return at most ``k`` classes for all values of all maps together.

    Parameters
    ----------
    *series
        The values of each map; missing ones are left out.
    k
        The most classes wanted; fewer distinct values give fewer.

    Returns
    -------
    Classes
        With round edges; no class if no value is known.

    Examples
    --------
    >>> pool_classes(pd.Series([0.021, 0.113, 0.119]), pd.Series([0.31, None]), k=3).edges
    (0.02, 0.1, 0.2, 0.31)
    """
    pooled = pd.concat([s.astype("Float64") for s in series]).dropna().to_numpy(dtype=float)
    values = np.unique(pooled)
    if values.size == 0:
        return Classes(())
    if values.size == 1:
        return Classes((float(values[0]), float(values[0])))
    tops = natural_breaks(pooled, min(k, values.size))
    groups = [values[values <= top] for top in tops]
    gaps = [(float(g[-1]), float(values[g.size])) for g in groups[:-1]]
    first, last = outer_edges(float(values[0]), float(values[-1]))
    slack = SLACK * float(values[-1] - values[0])
    # a break at the highest value itself would leave it without a class of its own
    below = math.nextafter(float(values[-1]), -math.inf)
    inner = {roundest(*_widened(low, min(high, below), slack)) for low, high in gaps}
    return Classes((first, *sorted(edge for edge in inner if first < edge < last), last))


def _widened(low: float, high: float, slack: float) -> tuple[float, float]:
    middle = (low + high) / 2
    return min(low, middle - slack), max(high, middle + slack)


def natural_breaks(values: np.ndarray, k: int) -> np.ndarray:
    """Return the highest value of each of ``k`` classes that differ least within (Fisher-Jenks)."""
    if values.size > MOST_VALUES:
        values = np.quantile(values, np.linspace(0, 1, MOST_VALUES), method="nearest")
    _, *tops = jenks_breaks(values, min(k, np.unique(values).size))
    return np.unique(tops)  # many equal values can fill two classes


def roundest(low: float, high: float) -> float:
    """Return the number with the fewest digits in low < x <= high, nearest the middle.

    Examples
    --------
    >>> roundest(0.113, 0.31), roundest(2952, 3100), roundest(-7, 4)
    (0.2, 3000.0, 0.0)
    """
    if low < 0 <= high:
        return 0.0
    middle = (low + high) / 2
    start = math.floor(math.log10(max(abs(low), abs(high)))) + 1
    for place in range(start, start - 17, -1):
        for step in (10.0**place, 5 * 10.0 ** (place - 1), 2 * 10.0 ** (place - 1)):
            candidate = round(round(middle / step) * step, max(1 - place, 0) + 1)
            if low < candidate <= high:
                return candidate
    return high


def outer_edges(low: float, high: float) -> tuple[float, float]:
    """Return edges just around the lowest and highest value, with at most two digits more."""
    step = 10.0 ** math.floor(math.log10((high - low) / 10))
    digits = max(-round(math.log10(step)), 0)
    # rounded first, so that 0.3 / 0.01 is 30; then a step further if that left a value out
    first = round(math.floor(round(low / step, 6)) * step, digits)
    last = round(math.ceil(round(high / step, 6)) * step, digits)
    return (
        first if first <= low else round(first - step, digits),
        last if last >= high else round(last + step, digits),
    )


def known_values(tables: Sequence[pd.DataFrame]) -> list[pd.Series]:
    """Return the values each table shows: neither unknown nor suppressed."""
    return [table["value"].where(table["status"] == "shown") for table in tables]
