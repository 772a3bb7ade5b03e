"""What every table shares: fields that turn a row into text and the number under it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from povexit.errors import SchemaError
from povexit.schema import columns
from povexit.style import (
    ABSENT,
    STATUS,
    SUPPRESSED,
    UNKNOWN,
    fmt_int,
    fmt_share,
    language,
    pick,
)
from povexit.tables.table import Table

Row = Mapping[Any, Any]
#: From a row of the table that came in, and a language, to the text of one cell.
Cell = Callable[[Row, str], str]
#: From a row to the number that stands under such a text.
Number = Callable[[Row], Any]
#: The same in Chinese and English.
Words = tuple[str, str]

YES: dict[bool, Words] = {True: ("是", "yes"), False: ("否", "no")}
_TOTAL: Words = ("合计", "Total")
_NONE: Words = ("没有记录。", "No rows.")
#: Where the numbers of a table come from.
REGISTER: Words = ("建档立卡登记册，逐户判定", "the poverty register, each household judged")
PLACES: Words = ("村台账与建档立卡登记册", "village ledgers and the poverty register")
LEDGERS: Words = ("登记册与各专项台账", "the register and the programmes' ledgers")
DELIVERIES: Words = ("各县（市、区）报送的文件", "the files the counties delivered")
SURVEY: Words = ("入户抽样调查", "the household survey")


@dataclass(frozen=True)
class Field:
    """One printed column: its header, the columns it needs, and how a row becomes its text.

    ``value`` gives the number under the text; ``unit`` stands in the header.
    """

    header: Words
    needs: tuple[str, ...]
    cell: Cell
    numeric: bool = False
    value: Number | None = None
    unit: Words | None = None

    def heading(self, lang: str) -> str:
        """Return the header as it is printed."""
        name = pick(lang, *self.header)
        if self.unit is None:
            return name
        return pick(lang, f"{name}（{self.unit[0]}）", f"{name} ({self.unit[1]})")

    def number(self, row: Row, printed: str) -> float | None:
        """Return the number under a printed text; None where the text shows none."""
        if self.value is None or not any(c.isdigit() for c in printed):
            return None
        value = self.value(row)
        if is_missing(value) or not math.isfinite(value):
            return None
        # short enough that no machine's last digit gets into a page
        return int(value) if float(value).is_integer() else round(float(value), 8)


def build(
    table: pd.DataFrame,
    fields: Sequence[Field],
    lang: str | None,
    caption: Words,
    *,
    note: str = "",
    totals: pd.Series | None = None,
    source: Words | None = None,
) -> Table:
    """Return the table that fields make of the rows, in the order given.

    Parameters
    ----------
    table
        The numbers; a column ``status`` (shown, unknown, suppressed) holds for its whole row.
    fields
        The columns to print.
    lang
        Language, or that of `povexit.style.use`.
    caption
        Above the table.
    note
        Below the table; what the marks in it mean is added.
    totals
        Which rows are totals, aligned with ``table``.
    source
        Where the numbers come from, printed below.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    needed = dict.fromkeys(name for field in fields for name in field.needs)
    if missing := [name for name in needed if name not in table]:
        raise SchemaError(
            "a column to print is missing", where=caption[1], expected=missing, found=list(table)
        )
    lang = language(lang)
    rows = table.to_dict("records")
    texts = [[f.cell(row, lang) for f in fields] for row in rows]
    flags = [False] * len(table) if totals is None else totals.fillna(False)
    notes = [note, *_marks(table, lang), *([] if texts else [pick(lang, *_NONE)])]
    return Table(
        pd.DataFrame(texts, columns=[field.heading(lang) for field in fields], dtype="str"),
        pick(lang, *caption),
        (" " if lang == "en" else "").join(filter(None, notes)),
        source=pick(lang, f"来源：{source[0]}。", f"Source: {source[1]}.") if source else "",
        numeric=tuple(field.numeric for field in fields),
        units=tuple(pick(lang, *field.unit) if field.unit else "" for field in fields),
        totals=tuple(bool(flag) for flag in flags),
        values=tuple(
            tuple(f.number(row, t) for f, t in zip(fields, line, strict=True))
            for row, line in zip(rows, texts, strict=True)
        ),
    )


def _marks(table: pd.DataFrame, lang: str) -> list[str]:
    if "status" not in table or not (table["status"] == "suppressed").any():
        return []
    said = STATUS["suppressed"].label(lang)
    return [pick(lang, f"“{SUPPRESSED}”：{said}。", f"“{SUPPRESSED}”: {said}.")]


def with_sum(
    table: pd.DataFrame, numbers: Sequence[str], name: str, lang: str | None
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the rows with their sum as the last, and which row that is.

    One row has no sum beside it. A count that is not known leaves its sum unknown.
    """
    if len(table) < 2:
        return table, pd.Series(False, index=table.index)
    sums = {number: table[number].sum(skipna=False) for number in numbers if number in table}
    last = pd.DataFrame([{name: pick(lang, *_TOTAL), **sums}])
    whole = pd.concat([table, last], ignore_index=True)
    return whole, pd.Series(whole.index == len(table), index=whole.index)


def label(table: str, column: str) -> Words:
    """Return the header the catalogue has for a column, the English one with a capital.

    Examples
    --------
    >>> label("cleaned_villages", "township_name")
    ('乡镇', 'Township')
    """
    known = columns(table)[column]
    return known.label("zh"), capital(known.label("en"))


def capital(text: str) -> str:
    """Return text whose first letter is a capital."""
    return text[:1].upper() + text[1:]


def is_missing(value: Any) -> bool:
    """Tell whether a cell holds no value."""
    return value is None or bool(pd.isna(value))


def of(column: str) -> Number:
    """Return the number under a text: what a column holds."""
    return lambda row: row[column]


def text(header: Words, column: str, missing: str | None = None) -> Field:
    """Return a field of text; a missing one is unknown, or what is given."""

    def cell(row: Row, lang: str) -> str:
        if is_missing(row[column]) or row[column] == "":
            return UNKNOWN[lang] if missing is None else missing
        return str(row[column])

    return Field(header, (column,), cell)


def word(header: Words, column: str, words: Mapping[Any, Words]) -> Field:
    """Return a field whose values have names; one that has none is printed as it stands."""

    def cell(row: Row, lang: str) -> str:
        value = row[column]
        if is_missing(value):
            return UNKNOWN[lang]
        return pick(lang, *words[value]) if value in words else str(value)

    return Field(header, (column,), cell)


def yes_no(header: Words, column: str) -> Field:
    """Return a field of yes, no or unknown."""
    return word(header, column, YES)


def count(header: Words, column: str) -> Field:
    """Return a field of whole numbers."""

    def cell(row: Row, lang: str) -> str:
        return fmt_int(row[column], status=hidden(row), lang=lang)

    return Field(header, (column,), cell, numeric=True, value=of(column))


def change(header: Words, column: str) -> Field:
    """Return a field of whole numbers with their sign."""

    def cell(row: Row, lang: str) -> str:
        printed = fmt_int(row[column], status=hidden(row), lang=lang)
        return f"+{printed}" if printed[0].isdigit() and row[column] > 0 else printed

    return Field(header, (column,), cell, numeric=True, value=of(column))


def share(header: Words, column: str) -> Field:
    """Return a field of shares of 0 to 1, printed as percentages."""

    def cell(row: Row, lang: str) -> str:
        return fmt_share(row[column], status=hidden(row), lang=lang)

    return Field(header, (column,), cell, numeric=True, value=of(column))


def interval(header: Words, low: str, high: str, form: Callable[..., str] = fmt_share) -> Field:
    """Return a field of intervals; one without both ends is no interval."""

    def cell(row: Row, lang: str) -> str:
        if hidden(row):
            return SUPPRESSED
        if is_missing(row[low]) or is_missing(row[high]):
            return ABSENT
        return f"{form(row[low], lang=lang)}–{form(row[high], lang=lang)}"

    return Field(header, (low, high), cell, numeric=True, value=of(low))


def hidden(row: Row) -> str | None:
    """Return ``suppressed`` if nothing of a row may be shown; unknown is said cell by cell."""
    return "suppressed" if row.get("status") == "suppressed" else None
