"""A place's verdict clause by clause: value, threshold, margin, denominator, unknowns, source.

A village or county is asked every leaf of its standard; `clauses` tells how each ended, and
`deciding` which one a criterion turns on.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd

from povexit.decide.verdict import KEYS, judge, name, places, share, threshold
from povexit.schema import columns, key
from povexit.schema.frames import DTYPES, NULLABLE, enter
from povexit.standards import Criterion, Leaf, Standard, Variant

TABLES = {"village": "clauses_villages", "county": "clauses_counties"}
INDICATORS = {"village": "indicators_villages", "county": "indicators_counties"}
LEAST = (">=", ">")


@dataclass(frozen=True)
class Clause:
    """One leaf of a standard at its place in it; a rule that was not found has no leaf."""

    criterion: Criterion
    number: int
    variant: Variant
    position: int
    leaf: Leaf | None

    @property
    def state(self) -> nw.Expr:
        """Whether the leaf holds."""
        if self.leaf is None:
            return nw.col(name("variant", self.criterion, self.number))
        place = len(self.variant.applies_to) + self.position
        return nw.col(name("leaf", self.criterion, self.number, place))

    @property
    def applies(self) -> nw.Expr | None:
        """Whether the clause concerns the place; None if it concerns every one."""
        if not self.variant.applies_to:
            return None
        return nw.col(name("applies", self.criterion, self.number))


def clauses(indicators: Any, standard: Standard, year: int) -> pd.DataFrame:
    """Return how every clause of a standard ended for every village or county.

    Parameters
    ----------
    indicators
        From `povexit.indicators.village` or `povexit.indicators.county`; any engine.
    standard
        An edition whose unit is ``village`` or ``county``.
    year
        The year whose values of dated series count.

    Returns
    -------
    pandas.DataFrame
        One row a place and clause, in the standard's order; columns as the catalogue's
        ``clauses_villages`` or ``clauses_counties`` says. Shares are of 0 to 1: ``value_least``
        if none of the ``unknown`` count, ``value_most`` if all do; yes is 1, no is 0.
        ``margin`` is positive on the right side, at worst. ``status`` is ``pass``, ``fail``,
        ``unknown`` or ``not_applicable``; ``reason`` as in the decisions.

    Raises
    ------
    SchemaError
        If an indicator the edition asks for is missing.
    """
    table = TABLES[standard.unit]
    names = dict.fromkeys([*KEYS[standard.unit], *standard.indicators])
    judged = judge(enter(indicators, INDICATORS[standard.unit], names), standard, year)
    # judged once, or each of the parts below would plan and judge again
    once = nw.from_native(judged.collect().to_polars()).lazy()
    parts = [_row(once, c, standard, year, n) for n, c in enumerate(_clauses(standard))]
    every = nw.concat(parts, how="vertical").sort(*key(INDICATORS[standard.unit]), "_order")
    dtypes = {c: NULLABLE[DTYPES[known.dtype]] for c, known in columns(table).items()}
    return every.select(list(dtypes)).collect().to_pandas().astype(dtypes)


def _clauses(standard: Standard) -> Iterator[Clause]:
    for criterion, number, variant in places(standard):
        if variant.is_unknown:
            yield Clause(criterion, number, variant, 0, None)
        for position, leaf in enumerate(variant.all):
            yield Clause(criterion, number, variant, position, leaf)


def _row(
    judged: nw.LazyFrame[Any], clause: Clause, standard: Standard, year: int, order: int
) -> nw.LazyFrame[Any]:
    """Return the rows of one clause: one a place."""
    first = [c.criterion.id for c in _clauses(standard)].index(clause.criterion.id)
    known = columns(TABLES[standard.unit])
    keys = [c for c in KEYS[standard.unit] if c in known]
    told = {
        "criterion": nw.lit(clause.criterion.id),
        "clause": _whole(order - first + 1),
        **_compared(clause.leaf, year),
        "status": nw.col("_status"),
        "reason": _reason(clause, year),
        "source": nw.lit(clause.variant.source or standard.source),
        "confidence": nw.lit(clause.variant.confidence or standard.confidence),
        "_order": _whole(order),
    }
    judged = judged.with_columns(_status(clause).alias("_status"))
    return judged.select(*keys, *(e.alias(n) for n, e in told.items()))


def _whole(number: int) -> nw.Expr:
    return nw.lit(number, dtype=nw.Int64)


def _none(like: nw.Expr) -> nw.Expr:
    """Return null of a type on every engine: no place is without its month."""
    return nw.when(nw.col("month").is_null()).then(like)


def _compared(leaf: Leaf | None, year: int) -> dict[str, nw.Expr]:
    """Return what a leaf compares, with what, and what the value rests on."""
    number, count, word = (
        _none(nw.lit(0.0, dtype=nw.Float64)),
        _none(_whole(0)),
        _none(nw.lit("")),
    )
    counts = dict.fromkeys(("counted", "unknown", "denominator"), count)
    if leaf is None:
        values = dict.fromkeys(("threshold", "value_least", "value_most", "margin"), number)
        return {"indicator": word, "of": word, "test": word, **values, **counts}
    limit = {"is_true": 1.0, "is_false": 0.0}.get(leaf.test, threshold(leaf, year))
    value = nw.col(leaf.indicator).cast(nw.Float64)
    least, most = share(leaf) if leaf.of else (value, value)
    margin = number
    if limit is not None and not leaf.test.startswith("is_"):
        margin = least - limit if leaf.test in LEAST else -most + limit
    if leaf.of:
        counts = dict(zip(counts, (nw.col(c) for c in leaf.columns), strict=True))
    return {
        "indicator": nw.lit(leaf.indicator),
        "of": nw.lit(leaf.of) if leaf.of else word,
        "test": nw.lit(leaf.test),
        "threshold": number if limit is None else nw.lit(float(limit), dtype=nw.Float64),
        "value_least": least,
        "value_most": most,
        "margin": margin,
        **counts,
    }


def _is(flag: nw.Expr) -> nw.Expr:
    return flag.fill_null(False)


def _status(clause: Clause) -> nw.Expr:
    exempt = [] if clause.applies is None else [(_is(~clause.applies), "not_applicable")]
    failed = ~clause.state if clause.applies is None else ~clause.state & clause.applies
    cases = [*exempt, (_is(clause.state), "pass"), (_is(failed), "fail")]
    return nw.coalesce(*(nw.when(c).then(nw.lit(s)) for c, s in cases), nw.lit("unknown"))


def _reason(clause: Clause, year: int) -> nw.Expr:
    """Return the status with what decided it; whether a clause applies is asked first."""
    status, leaf = nw.col("_status"), clause.leaf
    cases = [nw.when(status == s).then(nw.lit(s)) for s in ("pass", "not_applicable")]
    if leaf is not None:
        cases.append(nw.when(status == "fail").then(nw.lit(f"fail:{leaf.indicator}")))
    for asked in clause.variant.applies_to:
        missing = nw.col(asked.indicator).is_null()
        cases.append(nw.when(missing).then(nw.lit(f"unknown:{asked.indicator}")))
    if leaf is None:
        return nw.coalesce(*cases, nw.lit("unknown:rule"))
    if leaf.of:
        cases.append(nw.when(nw.col(leaf.of).is_null()).then(nw.lit(f"unknown:{leaf.of}")))
    if leaf.parameter and threshold(leaf, year) is None:
        missing = nw.col(leaf.indicator).is_null()
        cases.append(nw.when(~missing).then(nw.lit(f"unknown:{leaf.parameter}")))
    return nw.coalesce(*cases, nw.lit(f"unknown:{leaf.indicator}"))


def deciding(clauses: pd.DataFrame) -> pd.DataFrame:
    """Return one clause a place and criterion: the one that decides it.

    Parameters
    ----------
    clauses
        From `clauses`.

    Returns
    -------
    pandas.DataFrame
        Rows of ``clauses``, one a place and criterion, in the standard's order: of those that
        fail the one with the worst margin, else the first unknown, else the one passed with
        the least margin.
    """
    unit = "village" if "village_code" in clauses else "county"
    keys = [*key(TABLES[unit])[:2], "criterion"]
    rank = clauses["status"].map({"fail": 0, "unknown": 1, "pass": 2, "not_applicable": 3})
    margin = clauses["margin"].mask(rank == 1, 0.0).fillna(math.inf)
    order = clauses.assign(_at=range(len(clauses)), _rank=rank, _margin=margin)
    first = order.sort_values(["_rank", "_margin", "_at"]).drop_duplicates(keys)
    return first.sort_values("_at", ignore_index=True)[list(clauses.columns)]
