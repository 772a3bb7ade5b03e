"""Counts as lines: one a county, month and rule, for rules that ask tables or count rows set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product
from typing import Any

import narwhals as nw

from povexit.errors import SchemaError
from povexit.quality.derived import PLACE
from povexit.quality.judge import COUNTS
from povexit.quality.model import Rule

#: By whether persons are counted: `counts`, a record a county and month.
Wide = dict[bool, list[dict[str, Any]]]
#: County, month and rule; checked, flagged and unknown.
Line = tuple[Any, ...]


def _place(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(row[name] for name in PLACE)


def of_tables(wide: Wide, rules: Sequence[Rule]) -> list[Line]:
    """Return the counts of the rules that ask the tables."""
    return [
        (*_place(row), rule.id, *(row[f"{kind}_{rule.id}"] for kind in COUNTS))
        for of_persons, own in wide.items()
        for row in own
        for rule in rules
        if rule.leaves and rule.of_persons is of_persons
    ]


def of_quarantine(wide: Wide, rules: Sequence[Rule], quarantine: Any) -> list[Line]:
    """Return the counts of the rules on rows set aside: those rows, in them and the rows kept.

    Raises
    ------
    SchemaError
        If the quarantine of several counties does not tell whose its rows are.
    """
    kept = {
        (of_persons, _place(row)): row["rows"] for of_persons in wide for row in wide[of_persons]
    }
    places = list(dict.fromkeys(place for _, place in kept))
    reasons = _reasons(places, quarantine)
    lines = []
    for place, rule in product(places, (r for r in rules if r.quarantine)):
        removed = sum(reasons[*place, reason] for reason in rule.quarantine)
        lines.append((*place, rule.id, kept.get((rule.of_persons, place), 0) + removed, removed, 0))
    return lines


def _reasons(places: list[tuple[str, ...]], quarantine: Any) -> Counter[tuple[str, ...]]:
    """Return how many rows were set aside, by county, month and reason."""
    rows = nw.from_native(quarantine, eager_only=True)
    if set(PLACE) <= set(rows.columns):
        return Counter(rows.select(*PLACE, "rule").rows())
    if len(places) > 1:
        raise SchemaError(
            "a quarantine of several counties tells whose each row is",
            expected=", ".join(PLACE),
            found=", ".join(sorted({place[0] for place in places})),
            hint="give it as cleaning saved it, or check county by county; the counts add up",
        )
    return Counter((*place, rule) for place in places for rule in rows["rule"].to_list())
