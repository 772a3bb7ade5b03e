"""Totals known from elsewhere, read beside the sample they are to correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from povexit.errors import DesignError
from povexit.estimate.design import Design
from povexit.estimate.read import (
    Codes,
    Floats,
    collected,
    grouped,
    listing,
    numbers,
    refuse,
    required,
)


@dataclass(frozen=True, eq=False)
class Known:
    """Auxiliaries with known totals.

    Parameters
    ----------
    pattern
        Each row's pattern, one for each combination of auxiliaries that occurs.
    x
        Shape (patterns, auxiliaries).
    totals
        The known total of each auxiliary.
    names
        What each is, for messages.
    counts
        Which of them are counts of a category.
    """

    pattern: Codes
    x: Floats
    totals: Floats
    names: tuple[str, ...]
    counts: Codes


def known_totals(design: Design, margins: Sequence[Any], totals: Mapping[str, float]) -> Known:
    """Return the auxiliaries of margins and numeric columns.

    Raises
    ------
    DesignError
        If a margin or a total cannot be matched with the sample, or is no number.
    """
    if not len(margins) and not totals:
        raise DesignError(
            "no totals are known", where="margins, totals", expected="one margin or total and more"
        )
    read = [_margin(design, m, i) for i, m in enumerate(margins, start=1)]
    _check_same_sum([counts for _, counts, _ in read])
    columns = {name: _column(design, name, total) for name, total in totals.items()}
    valued = [pd.factorize(v)[0].astype(np.int64) for v in columns.values()]
    pattern, first = grouped(*(code for code, _, _ in read), *valued)
    ones = [np.eye(len(counts))[code[first]] for code, counts, _ in read]
    return Known(
        pattern=pattern,
        x=np.column_stack([*ones, *(v[first] for v in columns.values())]),
        totals=np.concatenate([*(c for _, c, _ in read), np.array(list(totals.values()), float)]),
        names=(*(n for _, _, names in read for n in names), *totals),
        counts=np.arange(sum(len(c) for _, c, _ in read)),
    )


def _margin(design: Design, table: Any, number: int) -> tuple[Codes, Floats, list[str]]:
    """Return each row's category, the known counts, and the categories' names."""
    frame = collected(table)
    by = [c for c in frame.columns if c in design.frame.columns]
    rest = [c for c in frame.columns if c not in by]
    where = f"margin {number} ({', '.join(frame.columns)})"
    if len(rest) != 1 or not by:
        raise DesignError(
            "a margin is not clear",
            where=where,
            expected="columns of the design's table and one more, the known counts",
            found=f"{listing(by) or 'none'} in the design's table; {listing(rest) or 'none'} not",
        )
    counts = numbers(frame, rest[0])
    problem = "a known count is missing or negative"
    refuse(~(counts >= 0), counts, f"{where}: {rest[0]}", problem, "numbers of 0 and more")
    coded = [required(design.frame, name, "category") for name in by]
    code, first = grouped(*(c for c, _ in coded))
    sample = pd.DataFrame(
        {n: np.asarray(labels, object)[c[first]] for n, (c, labels) in zip(by, coded, strict=True)}
    )
    given = frame.select(by).to_pandas().astype(object).assign(_count=counts)
    return code, _matched(sample, given, where), [_named(r) for r in sample.to_numpy()]


def _matched(sample: pd.DataFrame, given: pd.DataFrame, where: str) -> Floats:
    """Return the known count of each category of the sample."""
    by = list(sample.columns)
    twice = given.duplicated(by)
    if twice.any():
        raise DesignError(
            "a margin has a category more than once",
            where=where,
            found=listing(_named(r) for r in given.loc[twice, by].to_numpy()),
        )
    both = sample.assign(_place=range(len(sample))).merge(given, on=by, how="outer")
    empty = both["_place"].isna() & (both["_count"] > 0)
    if empty.any():
        raise DesignError(
            "the sample has no row of a category that is known to exist",
            where=where,
            expected="a row of every category",
            found=listing(_named(r) for r in both.loc[empty, by].to_numpy()),
            hint="join it with a like category, in the table and in the margin",
        )
    inside = both[both["_place"].notna()].sort_values("_place")
    lost = ~(inside["_count"] > 0)
    if lost.any():
        raise DesignError(
            "a margin does not cover the sample",
            where=where,
            expected="a count above 0 for every category of the sample",
            found=listing(_named(r) for r in inside.loc[lost, by].to_numpy()),
        )
    return inside["_count"].to_numpy(dtype=float)


def _named(labels: Any) -> str:
    return "/".join(str(x) for x in labels)


def _column(design: Design, name: str, total: float) -> Floats:
    """Return a numeric column with a known total."""
    values = numbers(design.frame, name)
    refuse(np.isnan(values), values, name, "a value is missing", "a number in every row")
    if not np.isfinite(total):
        raise DesignError("a known total is not a number", where=name, found=total)
    if (values >= 0).all() and total <= 0:
        raise DesignError(
            "a known total is negative or zero although no value is",
            where=name,
            expected="a total above 0",
            found=total,
        )
    return values


def _check_same_sum(counts: Sequence[Floats]) -> None:
    """Check that margins add up to the same population."""
    sums = [c.sum() for c in counts]
    if sums and not np.allclose(sums, sums[0], rtol=1e-9, atol=0):
        raise DesignError(
            "the margins add up to different populations",
            where="margins",
            expected="one sum",
            found=listing(f"{s:.10g}" for s in sums),
            hint="take counts of one date and source, or scale them to one sum",
        )
