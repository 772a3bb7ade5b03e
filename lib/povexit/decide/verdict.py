"""A standard as expressions: leaves, variants, criteria, reasons, distances.

The stages are columns, not nested expressions: every leaf is compared once and
reasons look at the result. Column names of the stages start with ``leaf_``,
``applies_`` and ``variant_`` and are dropped at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import reduce
from operator import add, and_, eq, ge, gt, le, lt, or_
from typing import Any

import narwhals as nw

from povexit.standards import Criterion, Leaf, Standard, Variant, series

KEYS = {
    "household": [
        "household_id",
        "month",
        "county_code",
        "village_code",
        "register_status",
        "household_size",
    ],
    "interview": [
        "interview_id",
        "month",
        "county_code",
        "village_code",
        "stratum",
        "household_group",
        "village_probability",
        "household_probability",
        "household_size",
        "is_recognising",
    ],
    "village": [
        "village_code",
        "month",
        "county_code",
        "village_name",
        "is_poor_village",
        "planned_exit_year",
        "persons_total",
        "poor_persons",
    ],
    "county": ["county_code", "month", "villages_total", "persons_total", "poor_persons"],
}
COMPARE = {"==": eq, ">=": ge, ">": gt, "<=": le, "<": lt}


def name(stage: str, criterion: Criterion, *place: int) -> str:
    """Return the name of a stage's column."""
    return "_".join([stage, criterion.id, *map(str, place)])


def places(standard: Standard) -> Iterator[tuple[Criterion, int, Variant]]:
    """Yield every variant with its criterion and its number within it."""
    for criterion in standard.criteria:
        for number, variant in enumerate(criterion.variants):
            yield criterion, number, variant


def threshold(leaf: Leaf, year: int) -> Any:
    """Return what a leaf compares with in ``year``; None where that is not known."""
    return series(leaf.parameter).at(year).value if leaf.parameter else leaf.value


def judge(frame: nw.LazyFrame[Any], standard: Standard, year: int) -> nw.LazyFrame[Any]:
    """Add to indicators every leaf, variant and criterion, each true, false or null."""
    leaves = [
        _compare(leaf, year).alias(name("leaf", criterion, number, position))
        for criterion, number, variant in places(standard)
        for position, leaf in enumerate(variant.leaves)
    ]
    applies = [
        _all(_leaf_names(c, n, v)[: len(v.applies_to)]).alias(name("applies", c, n))
        for c, n, v in places(standard)
        if v.applies_to
    ]
    variants = [_variant(c, n, v).alias(name("variant", c, n)) for c, n, v in places(standard)]
    criteria = [
        _all([name("variant", c, n) for n in range(len(c.variants))]).alias(c.id)
        for c in standard.criteria
    ]
    for stage in (leaves, applies, variants, criteria):
        frame = frame.with_columns(*stage) if stage else frame
    return frame


def rejudged(
    known: nw.LazyFrame[Any], standard: Standard, year: int, before: Standard | None = None
) -> nw.LazyFrame[Any]:
    """Return indicators with every criterion's verdict beside them, reasons left out.

    Only criteria that differ from those of ``before``, by which ``known`` was judged, are judged.
    """
    same = before.criteria if before else ()
    ids = [c.id for c in standard.criteria]
    changed = replace(standard, criteria=tuple(c for c in standard.criteria if c not in same))
    judged = judge(known, changed, year).with_columns(_all(ids).alias("meets_standard"))
    kept = [c for c in known.collect_schema().names() if c not in (*ids, "meets_standard")]
    return judged.select(*kept, *ids, "meets_standard")


def verdicts(judged: nw.LazyFrame[Any], standard: Standard, year: int) -> nw.LazyFrame[Any]:
    """Return the decisions' columns from `judge`'s."""
    ids = [c.id for c in standard.criteria]
    judged = judged.with_columns(
        *(_reason(c, year).alias(f"{c.id}_reason") for c in standard.criteria),
        *(_distance(d, standard, year).alias(d) for d in standard.distances),
        _all(ids).alias("meets_standard"),
        _count(_is_false(i) for i in ids).alias("n_failed"),
        _count(nw.col(i).is_null() for i in ids).alias("n_unknown"),
    )
    items = [x for i in ids for x in (i, f"{i}_reason")]
    return judged.select(
        *KEYS[standard.unit], *items, *standard.distances, "meets_standard", "n_failed", "n_unknown"
    )


def _compare(leaf: Leaf, year: int) -> nw.Expr:
    column, value = nw.col(leaf.indicator), threshold(leaf, year)
    if leaf.of:
        return _never(column) if value is None else _compare_share(leaf, value)
    if leaf.test == "is_true":
        return column
    if leaf.test == "is_false":
        return ~column
    if leaf.test == "in":
        # not is_in: engines differ on what it says of null
        return reduce(or_, (column == v for v in value))
    return _never(column) if value is None else COMPARE[leaf.test](column, value)


def share(leaf: Leaf) -> tuple[nw.Expr, nw.Expr]:
    """Return the share of a leaf with ``of``, at least and at most; null where it makes no sense.

    At least: none of the unknown count; at most: all do. Without a denominator, or with more
    counted than there are, there is no share.
    """
    counted, unknown, whole = (nw.col(c).cast(nw.Float64) for c in leaf.columns)
    base = nw.when((whole > 0) & (counted + unknown <= whole)).then(whole)
    return counted / base, (counted + unknown) / base


def _compare_share(leaf: Leaf, value: Any) -> nw.Expr:
    """Tell whether a share passes: known once the unknown can no longer change the answer."""
    least, most = (COMPARE[leaf.test](end, value) for end in share(leaf))
    return nw.when(least == most).then(least)


def _never(column: nw.Expr) -> nw.Expr:
    """Return null for every row, as a boolean; a literal null is false to NumPy."""
    return nw.when(column.is_null()).then(column == column)


def _leaf_names(criterion: Criterion, number: int, variant: Variant) -> list[str]:
    return [name("leaf", criterion, number, p) for p in range(len(variant.leaves))]


def _all(columns: list[str]) -> nw.Expr:
    return reduce(and_, (nw.col(c) for c in columns))


def _any(columns: list[str]) -> nw.Expr:
    return reduce(or_, (nw.col(c) for c in columns))


def _is_false(column: str) -> nw.Expr:
    return (~nw.col(column)).fill_null(False)


def _groups(criterion: Criterion, number: int, variant: Variant) -> tuple[list[str], list[str]]:
    """Return the columns of the leaves of ``all`` and of ``any``."""
    names = _leaf_names(criterion, number, variant)[len(variant.applies_to) :]
    return names[: len(variant.all)], names[len(variant.all) :]


def _variant(criterion: Criterion, number: int, variant: Variant) -> nw.Expr:
    """Tell whether a variant is satisfied or does not apply."""
    is_exempt = ~nw.col(name("applies", criterion, number)) if variant.applies_to else None
    if variant.is_unknown:
        if is_exempt is None:
            return _never(nw.col("month"))
        return nw.when(is_exempt.fill_null(False)).then(is_exempt)
    asked, one_of = _groups(criterion, number, variant)
    satisfied = reduce(
        and_, (fold(group) for fold, group in ((_all, asked), (_any, one_of)) if group)
    )
    return satisfied if is_exempt is None else is_exempt | satisfied


def _reason(criterion: Criterion, year: int) -> nw.Expr:
    """Return the short code of why: the first failing leaf in order, else the first unknown."""
    failed = [x for n, v in enumerate(criterion.variants) for x in _failures(criterion, n, v)]
    unknown = [
        x for n, v in enumerate(criterion.variants) for x in _unknowns(criterion, n, v, year)
    ]
    cases = [nw.when(when).then(nw.lit(code)) for when, code in (*failed, *unknown)]
    if all(v.applies_to for v in criterion.variants):
        exempt = (_is_false(name("applies", criterion, n)) for n in range(len(criterion.variants)))
        cases.append(nw.when(reduce(and_, exempt)).then(nw.lit("not_applicable")))
    return nw.coalesce(*cases, nw.lit("pass"))


def _failures(criterion: Criterion, number: int, variant: Variant) -> Iterator[tuple[nw.Expr, str]]:
    is_failed = _is_false(name("variant", criterion, number))
    asked, one_of = _groups(criterion, number, variant)
    for column, leaf in zip(asked, variant.all, strict=True):
        yield is_failed & _is_false(column), f"fail:{leaf.indicator}"
    if one_of:
        yield is_failed, f"fail:{variant.any[0].indicator}"


def _unknowns(
    criterion: Criterion, number: int, variant: Variant, year: int
) -> Iterator[tuple[nw.Expr, str]]:
    is_open = nw.col(name("variant", criterion, number)).is_null()
    names = _leaf_names(criterion, number, variant)
    for column, leaf in zip(names, variant.leaves, strict=True):
        is_missing = is_open & nw.col(column).is_null()
        if leaf.of:
            yield is_missing & nw.col(leaf.of).is_null(), f"unknown:{leaf.of}"
        indicator = f"unknown:{leaf.indicator}"
        yield is_missing & nw.col(leaf.indicator).is_null(), indicator
        if leaf.parameter and threshold(leaf, year) is None:
            yield is_missing, f"unknown:{leaf.parameter}"
        elif leaf.of:
            yield is_missing, indicator
    if variant.is_unknown:
        yield is_open, "unknown:rule"


def _distance(column: str, standard: Standard, year: int) -> nw.Expr:
    """Return how far on the right side of a threshold; null where it is not asked."""
    found = []
    for criterion, number, variant in places(standard):
        for leaf in (x for x in variant.leaves if x.distance == column):
            step = _step(leaf, year)
            if variant.applies_to:
                applies = nw.col(name("applies", criterion, number)).fill_null(False)
                step = nw.when(applies).then(step)
            found.append(step)
    return nw.coalesce(*found) if len(found) > 1 else found[0]


def _step(leaf: Leaf, year: int) -> nw.Expr:
    value, limit = nw.col(leaf.indicator).cast(nw.Float64), threshold(leaf, year)
    if limit is None:
        return nw.when(value.is_null()).then(value)
    return value - limit if leaf.test in (">=", ">") else -value + limit


def _count(flags: Iterable[nw.Expr]) -> nw.Expr:
    return reduce(add, (flag.cast(nw.Int64) for flag in flags))
