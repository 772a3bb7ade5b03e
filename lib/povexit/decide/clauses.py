"""A place's verdict clause by clause: value, threshold, margin, denominator, unknowns, source.

A village or county is asked every leaf of its standard, so what is short in it is one list:
`clauses` tells how each leaf ended, `shortest` what must still change for all to pass.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
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
Number = int | float


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
        "status": _status(clause),
        "reason": _reason(clause, year),
        "source": nw.lit(clause.variant.source or standard.source),
        "confidence": nw.lit(clause.variant.confidence or standard.confidence),
        "_order": _whole(order),
    }
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
    status, leaf = _status(clause), clause.leaf
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


def shortest(clauses: pd.DataFrame) -> pd.DataFrame:
    """Return the shortest list of what must still change before a place meets the standard.

    Parameters
    ----------
    clauses
        From `clauses`, of any number of places.

    Returns
    -------
    pandas.DataFrame
        One row a place and thing, none for a place that meets the standard: the place's keys,
        ``criterion``, ``clause``, ``indicator``, ``unit``, ``test``, ``threshold``, ``status``
        (``fail`` or ``unknown``), ``to_change``: by how much the indicator must become better
        (households, yuan, metres; 1 where something is to be built), ``to_record``: of how
        many the answer must still be found, and be good; both missing where a whole count is
        still to be made. ``is_within_reach`` is false where the rule or its value was not
        found: no change at the place can settle that.

    Notes
    -----
    Every clause is asked, so the list is unique: without any one of its things the place
    does not pass, with all of them it does. What two clauses wait for is listed once.
    """
    unit_of_place = "village" if "village_code" in clauses else "county"
    table, known = TABLES[unit_of_place], columns(INDICATORS[unit_of_place])
    short = clauses[clauses["status"].isin(["fail", "unknown"])]
    found = [
        row | {"indicator": name, "to_change": change, "to_record": record}
        for row in short.to_dict("records")
        for name, change, record in _needed(row, known)
    ]
    kept = [*(c for c in columns(table) if c not in AFTER), "status", "to_change", "to_record"]
    items = pd.DataFrame(found, columns=kept)
    waits = items["indicator"].notna() & (items["status"] == "unknown")
    items = items[~(waits & items.duplicated([*key(table)[:2], "indicator"]))]
    unit = [known[i].unit if i in known else "" for i in items["indicator"]]
    dtypes = {c: clauses[c].dtype for c in kept if c in clauses}
    dtypes |= dict.fromkeys(("to_change", "to_record"), pd.Float64Dtype())
    reach = items["threshold"].notna().astype("boolean")
    typed = items.astype(dtypes).assign(unit=pd.array(unit, dtype="string"), is_within_reach=reach)
    return typed.reset_index(drop=True)


#: Columns of `clauses` that a list of what is needed has no use for, or has anew.
AFTER = (
    "of", "value_least", "value_most", "margin", "counted", "unknown", "denominator", "status",
    "reason", "source", "confidence",
)  # fmt: skip


Need = tuple[str | None, Number | None, Number | None]


def _needed(row: Mapping[Any, Any], known: Mapping[str, Any]) -> list[Need]:
    """Return the indicators a clause waits for, what must change in each and what be found out."""
    name = row["indicator"]
    if pd.isna(row["threshold"]):
        return [(None if pd.isna(name) else name, None, None)]
    if pd.notna(row["of"]):
        return _of_count(row) if pd.isna(row["value_least"]) else [(name, *_of_share(row))]
    if pd.isna(row["value_least"]):
        return [(name, 0, 1)]
    if row["test"].startswith("is_"):
        return [(name, 1, 0)]
    return [(name, _of_number(row, known[name].dtype == "int"), 0)]


def _of_count(row: Mapping[Any, Any]) -> list[Need]:
    """Return which of count and denominator is still to be made where there is no share."""
    counted, whole = row["counted"], row["denominator"]
    is_bare = pd.isna(whole) or whole == 0
    is_void = pd.isna(counted) or not is_bare or (whole == 0 and row["test"] in LEAST)
    names = [row["of"]] * is_bare + [row["indicator"]] * bool(is_void)
    return [(name, None, None) for name in names]


def _of_share(row: Mapping[Any, Any]) -> tuple[Number, Number]:
    """Return how many more or fewer must count, and of how many that is only to be found out."""
    counted, unknown = int(row["counted"]), int(row["unknown"])
    limit = Fraction(str(row["threshold"])) * int(row["denominator"])
    if row["test"] in LEAST:
        needed = _at_least(limit, row["test"] == ">") - counted
    else:
        needed = counted + unknown + _at_least(-limit, row["test"] == "<")
    return needed - min(needed, unknown), min(needed, unknown)


def _at_least(limit: Fraction, is_strict: bool) -> int:
    """Return the smallest whole number not below, or above, a limit."""
    return math.floor(limit) + 1 if is_strict else math.ceil(limit)


def _of_number(row: Mapping[Any, Any], is_whole: bool) -> Number:
    """Return by how much a number falls short, the step over a strict limit included."""
    value, limit = row["value_least"], row["threshold"]
    side = 1 if row["test"] in LEAST else -1
    step = 1.0 if is_whole else abs(math.nextafter(limit, side * math.inf) - limit)
    return side * (limit - value) + (step if row["test"] in (">", "<") else 0.0)
