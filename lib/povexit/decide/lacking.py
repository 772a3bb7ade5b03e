"""What one household or place lacks, leaf by leaf: how near it is and what would change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from povexit.decide.verdict import KEYS, judge, name, places, threshold
from povexit.decide.words import TABLES
from povexit.schema import columns
from povexit.schema.frames import enter
from povexit.standards import Criterion, Leaf, Standard, Variant

COLUMNS = ["criterion", "status", "group", "indicator", "unit", "value", "test", "threshold", "gap"]
State = bool | None


def lacking(row: Mapping[str, Any] | pd.Series, standard: Standard) -> pd.DataFrame:
    """Return what keeps one household or place from meeting a standard.

    Parameters
    ----------
    row
        The indicators of one unit, such as ``indicators.iloc[0]``; its month names the year
        whose dated values count.
    standard
        The edition to judge by.

    Returns
    -------
    pandas.DataFrame
        One row a comparison that does not hold: ``criterion``, ``status`` (``fail``, or
        ``unknown`` where the answer is missing), ``group`` (``all``: each must hold;
        ``any``: one of them is enough; ``applies``: it is not known whether the criterion
        concerns it), ``indicator``, ``unit``, ``value``, ``test``, ``threshold`` and
        ``gap``: by how much a number must become better, in its unit; missing where it is no
        number. None for a unit that meets the standard.
    """
    names = list(dict.fromkeys([*KEYS[standard.unit], *standard.indicators]))
    values = {**dict.fromkeys(names), **dict(row)}
    year = int(str(values["month"])[:4])
    frame = enter(pd.DataFrame([values]), TABLES[standard.unit], names)
    judged = judge(frame, standard, year).collect().to_polars().row(0, named=True)
    found = [
        _row(criterion, group, leaf, state, judged, standard.unit, year)
        for criterion, number, variant in places(standard)
        if judged[criterion.id] is not True
        for group, leaf, state in _open(criterion, number, variant, judged)
    ]
    return pd.DataFrame(found, columns=COLUMNS).drop_duplicates(ignore_index=True)


def _open(
    criterion: Criterion, number: int, variant: Variant, judged: Mapping[str, Any]
) -> Iterator[tuple[str, Leaf, State]]:
    """Yield the comparisons that keep a variant from holding."""
    if judged[name("variant", criterion, number)] is True:
        return
    states = [judged[name("leaf", criterion, number, p)] for p in range(len(variant.leaves))]
    told = list(zip(variant.leaves, states, strict=True))
    first, second = len(variant.applies_to), len(variant.applies_to) + len(variant.all)
    yield from (("applies", leaf, s) for leaf, s in told[:first] if s is None)
    yield from (("all", leaf, s) for leaf, s in told[first:second] if s is not True)
    if True not in states[second:]:
        yield from (("any", leaf, s) for leaf, s in told[second:])


def _row(
    criterion: Criterion,
    group: str,
    leaf: Leaf,
    state: State,
    judged: Mapping[str, Any],
    unit: str,
    year: int,
) -> dict[str, Any]:
    value, limit = judged[leaf.indicator], threshold(leaf, year)
    return {
        "criterion": criterion.id,
        "status": "unknown" if state is None else "fail",
        "group": group,
        "indicator": leaf.indicator,
        "unit": columns(TABLES[unit])[leaf.indicator].unit,
        "value": value,
        "test": leaf.test,
        "threshold": limit,
        "gap": _gap(leaf, value, limit),
    }


def _gap(leaf: Leaf, value: Any, limit: Any) -> float | None:
    """Return by how much a number falls short of its limit; None where it is no number."""
    numbers = all(isinstance(x, int | float) and not isinstance(x, bool) for x in (value, limit))
    if leaf.of or not numbers or leaf.test in ("in",):
        return None
    return float(limit - value) if leaf.test in (">=", ">") else float(value - limit)
