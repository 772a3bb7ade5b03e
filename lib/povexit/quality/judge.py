"""Rules as expressions: what each says of every row, and the counts that add up.

Strict about whom a rule concerns: where that is not known, the answer is unknown,
so that a share rests only on rows the rule is known to concern.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_, eq, ge, gt, le, lt, or_
from typing import Any

import narwhals as nw

from povexit.quality.derived import PLACE
from povexit.quality.model import Leaf, Rule

COMPARE = {"==": eq, ">=": ge, ">": gt, "<=": le, "<": lt}
BARE: dict[str, Callable[[nw.Expr], nw.Expr]] = {
    "is_true": lambda c: c,
    "is_false": lambda c: ~c,
    "is_missing": lambda c: c.is_null(),
    "is_given": lambda c: ~c.is_null(),
}
COUNTS = ("checked", "flagged", "unknown")


def judge(frame: nw.LazyFrame[Any], rules: Sequence[Rule]) -> nw.LazyFrame[Any]:
    """Add ``checked_<id>``, ``flagged_<id>`` and ``unknown_<id>``, 1 or 0, for every rule."""
    return frame.with_columns(*(e for r in rules for e in _sides(r))).with_columns(
        *(e for r in rules for e in _outcomes(r))
    )


def counts(judged: nw.LazyFrame[Any], rules: Sequence[Rule]) -> nw.LazyFrame[Any]:
    """Return per county and month its rows and the sums of `judge`'s columns."""
    names = [f"{kind}_{rule.id}" for rule in rules for kind in COUNTS]
    return judged.group_by(PLACE).agg(nw.len().alias("rows"), *(nw.col(n).sum() for n in names))


def _holds(leaf: Leaf) -> nw.Expr:
    column, values = nw.col(leaf.column), leaf.values
    if leaf.test in BARE:
        return BARE[leaf.test](column)
    if leaf.test == "within":
        return (column >= values[0]) & (column <= values[1])
    if leaf.test == "in":
        # not is_in: engines differ on what it says of null
        return reduce(or_, (column == v for v in values))
    return COMPARE[leaf.test](column, values[0])


def _sides(rule: Rule) -> list[nw.Expr]:
    """Return whom the rule concerns, and who breaks what it asks: each true, false or null."""
    applies = [reduce(and_, map(_holds, rule.applies_to))] if rule.applies_to else []
    broken = reduce(and_, map(_holds, rule.all)) if rule.all else reduce(or_, map(_holds, rule.any))
    return [*(e.alias(f"applies_{rule.id}") for e in applies), broken.alias(f"broken_{rule.id}")]


def _outcomes(rule: Rule) -> list[nw.Expr]:
    applies, broken = nw.col(f"applies_{rule.id}"), nw.col(f"broken_{rule.id}")
    if not rule.applies_to:
        applies = broken.is_null() | ~broken.is_null()
    concerned = applies.fill_null(False)
    outcomes = {
        "checked": applies.fill_null(True),
        "flagged": concerned & broken.fill_null(False),
        "unknown": applies.is_null() | (concerned & broken.is_null()),
    }
    return [e.cast(nw.Int64).alias(f"{kind}_{rule.id}") for kind, e in outcomes.items()]
