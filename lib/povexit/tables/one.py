"""What one household lacks: how near it is and what would change it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from povexit.decide.words import TABLES, TESTS
from povexit.schema import Column, columns, unit_label, value_label
from povexit.standards import Standard
from povexit.style import ABSENT, STATUS, UNKNOWN, pick
from povexit.tables.base import REGISTER, YES, Cell, Field, Row, Words, build, is_missing
from povexit.tables.table import Table

GROUPS: dict[str, Words] = {
    "all": ("必须", "must hold"),
    "any": ("有一项即可", "one is enough"),
    "applies": ("是否适用未知", "unknown whether it applies"),
}
DIGITS = 2


def lacking_of_one(lacking: pd.DataFrame, standard: Standard, lang: str | None = None) -> Table:
    """Return what keeps one household from meeting a standard: what it has, what is asked, the gap.

    Parameters
    ----------
    lacking
        From `povexit.decide.lacking`.
    standard
        The edition it was judged by.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    known = columns(TABLES[standard.unit])
    items = {c.id: c for c in standard.criteria}
    fields = [
        Field(("指标", "Criterion"), ("criterion",), lambda r, at: items[r["criterion"]].label(at)),
        Field(
            ("所问", "Asked about"), ("indicator",), lambda r, at: known[r["indicator"]].label(at)
        ),
        Field(("现状", "Has"), ("value",), _cell("value", known)),
        Field(("要求", "Asked"), ("test", "threshold"), _asked(known)),
        Field(("还差", "Gap"), ("gap", "unit"), _gap, numeric=True),
        Field(("条件", "Needed"), ("group",), lambda r, at: pick(at, *GROUPS[r["group"]])),
        Field(("判定", "Verdict"), ("status",), lambda r, at: STATUS[r["status"]].label(at)),
    ]
    caption = ("离标准还差什么", "What is lacking")
    return build(lacking, fields, lang, caption, source=REGISTER)


def _cell(name: str, known: dict[str, Column]) -> Cell:
    return lambda row, lang: _said(row[name], known[row["indicator"]], lang)


def _said(value: Any, column: Column, lang: str) -> str:
    """Return a value in words: yes or no, the meaning of a code, a number with its unit."""
    if isinstance(value, tuple):
        return pick(lang, "、", ", ").join(_said(v, column, lang) for v in value)
    if is_missing(value):
        return UNKNOWN[lang]
    if isinstance(value, bool):
        return pick(lang, *YES[value])
    if isinstance(value, str):
        return value_label(column.codes, value, lang)
    return f"{_number(value)} {unit_label(column.unit, lang)}".strip()


def _number(value: float) -> str:
    return f"{value:,.{DIGITS}f}".rstrip("0").rstrip(".")


def _asked(known: dict[str, Column]) -> Cell:
    def cell(row: Row, lang: str) -> str:
        if row["test"].startswith("is_"):
            return pick(lang, *YES[row["test"] == "is_true"])
        limit = _said(row["threshold"], known[row["indicator"]], lang)
        return f"{TESTS[lang][row['test']]}{pick(lang, '', ' ')}{limit}"

    return cell


def _gap(row: Row, lang: str) -> str:
    return (
        ABSENT
        if is_missing(row["gap"])
        else f"{_number(row['gap'])} {unit_label(row['unit'], lang)}"
    )
