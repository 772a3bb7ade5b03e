"""A frame as a table to sort and search, in words, without network."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from povexit import geography, schema, standards
from povexit.style import UNKNOWN, language, pick
from povexit.tables.base import YES

#: Long tables are paged; numbers keep so many significant digits.
PAGE, DIGITS = 15, 4
#: Columns whose values are names of columns or of criteria.
NAMING = ("indicator", "criterion", "column")


@cache
def _words() -> dict[str, dict[str, tuple[str, str]]]:
    text = (files(__package__) / "words.toml").read_text(encoding="utf-8")
    return {
        part: {k: (zh, en) for k, (zh, en) in words.items()}
        for part, words in tomllib.loads(text).items()
    }


@cache
def _criteria() -> dict[str, tuple[str, str]]:
    ids = ("household_exit", "village_exit", "county_exit")
    rules = (s for id in ids for s in standards.editions(id))
    return {c.id: (c.name, c.name_en) for s in rules for c in s.criteria}


def sortable(frame: pd.DataFrame, lang: str | None = None, rows: int = PAGE) -> Any:
    """Return a table to sort by a click on a header and to search.

    Parameters
    ----------
    frame
        Any frame; columns, counties, indicators and yes or no are put into words.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    rows
        How many rows a page.

    Returns
    -------
    itables.widget.ITable
        A widget whose script lies in the package: nothing is loaded from anywhere.
    """
    from itables.widget import ITable

    shown = worded(frame, lang)
    return ITable(shown, pageLength=rows, lengthMenu=[rows, 50, 200], showIndex="auto")


def worded(frame: pd.DataFrame, lang: str | None = None) -> pd.DataFrame:
    """Return a frame with its headers and values in words, numbers to four digits."""
    lang = language(lang)
    plain = frame.drop(columns="geometry", errors="ignore")
    told = {name: _told(str(name), values, lang) for name, values in plain.items()}
    out = pd.DataFrame(told, index=plain.index)
    out = out.rename(columns={name: _header(str(name), lang) for name in plain.columns})
    return out.rename_axis(None if out.index.name is None else _header(str(out.index.name), lang))


def _header(name: str, lang: str) -> str:
    own, column = _words()["header"].get(name), schema.column(name)
    if own:
        return pick(lang, *own)
    return column.label(lang) if column else name


def _told(name: str, values: pd.Series, lang: str) -> pd.Series:
    if name == "county_code":
        return values.map(lambda code: geography.county_name(code, lang))
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.map(lambda v: UNKNOWN[lang] if pd.isna(v) else pick(lang, *YES[bool(v)]))
    if pd.api.types.is_float_dtype(values.dtype):
        if (values.dropna() % 1 == 0).all():  # counts that were masked have become floats
            return values.astype("Int64")
        return values.map(_rounded, na_action="ignore")
    if name in NAMING:
        return values.map(lambda v: _named(str(v), lang))
    known = _words()["value"]
    return values.map(lambda v: pick(lang, *known[v]) if v in known else v, na_action="ignore")


def _named(name: str, lang: str) -> str:
    if name in _criteria():
        return pick(lang, *_criteria()[name])
    column = schema.column(name)
    return column.label(lang) if column else name


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}") if abs(value) < 10**DIGITS else float(round(value))
