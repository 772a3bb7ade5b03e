"""Rates side by side, and their differences, with intervals."""

from __future__ import annotations

import pandas as pd

from povexit.style import ABSENT, fmt_number, pick
from povexit.tables.base import (
    SURVEY,
    Field,
    Row,
    build,
    count,
    interval,
    is_missing,
    of,
    share,
    text,
)
from povexit.tables.survey import ASKED, ESTIMATE, INTERVAL
from povexit.tables.table import Table

_DIFFERS = {True: ("有差别", "differs"), False: ("不能确定", "not sure")}


def compared(table: pd.DataFrame, title: str, member: str, lang: str | None = None) -> Table:
    """Return rates side by side.

    Parameters
    ----------
    table
        Of `povexit.explore.Comparison`: ``name``, ``estimate``, ``low``, ``high``, ``n``,
        ``unknown``, ``clusters`` and ``status``, small ones masked.
    title
        What the rate is, the caption.
    member
        What a row is, such as county or month.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        text((member, member), "name"),
        share(ESTIMATE, "estimate"),
        interval(INTERVAL, "low", "high"),
        count(ASKED, "n"),
        count(("未答", "No answer"), "unknown"),
        count(("样本村", "Villages"), "clusters"),
    ]
    return build(table, fields, lang, (title, title), source=SURVEY)


def differences(table: pd.DataFrame, against: str, member: str, lang: str | None = None) -> Table:
    """Return each rate less one of them, in percentage points, with joint intervals.

    Parameters
    ----------
    table
        Of `povexit.explore.Comparison`: ``name``, ``estimate``, ``low``, ``high`` and
        ``differs``.
    against
        The name of the one they are held against.
    member
        What a row is.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        text((member, member), "name"),
        Field(
            (f"与{against}之差（百分点）", f"Less {against} (percentage points)"),
            ("estimate",),
            lambda row, lang: _points(row["estimate"]),
            numeric=True,
            value=of("estimate"),
        ),
        Field(("联合95%区间", "Joint 95% interval"), ("low", "high"), _ends, numeric=True),
        Field(("结论", "Conclusion"), ("differs",), _said),
    ]
    note = pick(
        lang,
        "各区间合在一起有95%的把握；含零即不能确定有差别。",
        "All intervals together hold with 95 %; one that holds zero settles nothing.",
    )
    caption = (f"与{against}相比", f"Compared with {against}")
    return build(table, fields, lang, caption, note=note, source=SURVEY)


def _points(value: float) -> str:
    return ABSENT if is_missing(value) else fmt_number(100 * value)


def _ends(row: Row, lang: str) -> str:
    if is_missing(row["low"]) or is_missing(row["high"]):
        return ABSENT
    return pick(lang, "{}至{}", "{} to {}").format(_points(row["low"]), _points(row["high"]))


def _said(row: Row, lang: str) -> str:
    return ABSENT if is_missing(row["differs"]) else pick(lang, *_DIFFERS[bool(row["differs"])])
