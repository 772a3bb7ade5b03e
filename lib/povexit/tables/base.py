"""What every table shares: fields that turn a row into text, and the text turned into HTML."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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

Row = Mapping[Any, Any]
#: From a row of the table that came in, and a language, to the text of one cell.
Cell = Callable[[Row, str], str]
#: The same in Chinese and English.
Words = tuple[str, str]

_YES: dict[bool, Words] = {True: ("是", "yes"), False: ("否", "no")}
_TOTAL: Words = ("合计", "Total")
_NONE: Words = ("没有记录。", "No rows.")


@dataclass(frozen=True, eq=False)
class Table:
    """A finished table: what it shows is text, and nothing is computed any more.

    Attributes
    ----------
    frame
        Text under printed headers; the first column names the row.
    caption, note
        What stands above and below; no note if empty.
    numeric
        Which columns hold numbers and align right, one flag a column.
    totals
        Which rows are totals, one flag a row.
    """

    frame: pd.DataFrame
    caption: str
    note: str = ""
    numeric: tuple[bool, ...] = ()
    totals: tuple[bool, ...] = ()

    def captioned(self, caption: str) -> Table:
        """Return the same table under another caption, such as one that names place and month."""
        return replace(self, caption=caption)

    def _repr_html_(self) -> str:
        kinds = ["px-num" if number else "px-text" for number in self.numeric]
        head = "".join(
            f'<th scope="col" class="{kind}">{_escaped(name)}</th>'
            for name, kind in zip(self.frame.columns, kinds, strict=True)
        )
        lines = self.frame.itertuples(index=False, name=None)
        body = "\n".join(
            _line(cells, kinds, total) for cells, total in zip(lines, self.totals, strict=True)
        )
        note = f'\n<p class="px-note">{_escaped(self.note)}</p>' if self.note else ""
        return (
            f'<table class="px-table">\n<caption>{_escaped(self.caption)}</caption>\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>{note}"
        )


def _line(cells: Sequence[str], kinds: Sequence[str], total: bool) -> str:
    first, *others = cells
    rest = "".join(
        f'<td class="{kind}">{_escaped(cell)}</td>'
        for cell, kind in zip(others, kinds[1:], strict=True)
    )
    start = '<tr class="px-total">' if total else "<tr>"
    return f'{start}<th scope="row" class="{kinds[0]}">{_escaped(first)}</th>{rest}</tr>'


def _escaped(text: str) -> str:
    """Return text as a parser of HTML would write it again, so that cleaning changes nothing."""
    printable = "".join(c for c in text if c >= " " or c in "\n\t")
    return html.escape(printable, quote=False).replace("\xa0", "&nbsp;")


@dataclass(frozen=True)
class Field:
    """One printed column: its header, the columns it needs, and how a row becomes its text."""

    header: Words
    needs: tuple[str, ...]
    cell: Cell
    numeric: bool = False


def build(
    table: pd.DataFrame,
    fields: Sequence[Field],
    lang: str | None,
    caption: Words,
    *,
    note: str = "",
    totals: pd.Series | None = None,
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
    texts = [[f.cell(row, lang) for f in fields] for row in table.to_dict("records")]
    flags = [False] * len(table) if totals is None else totals.fillna(False)
    notes = [note, *_marks(table, lang), *([] if texts else [pick(lang, *_NONE)])]
    return Table(
        pd.DataFrame(texts, columns=[pick(lang, *f.header) for f in fields], dtype="str"),
        pick(lang, *caption),
        (" " if lang == "en" else "").join(filter(None, notes)),
        tuple(field.numeric for field in fields),
        tuple(bool(flag) for flag in flags),
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
    return word(header, column, _YES)


def count(header: Words, column: str) -> Field:
    """Return a field of whole numbers."""

    def cell(row: Row, lang: str) -> str:
        return fmt_int(row[column], status=hidden(row), lang=lang)

    return Field(header, (column,), cell, numeric=True)


def change(header: Words, column: str) -> Field:
    """Return a field of whole numbers with their sign."""

    def cell(row: Row, lang: str) -> str:
        printed = fmt_int(row[column], status=hidden(row), lang=lang)
        return f"+{printed}" if printed[0].isdigit() and row[column] > 0 else printed

    return Field(header, (column,), cell, numeric=True)


def share(header: Words, column: str) -> Field:
    """Return a field of shares of 0 to 1, printed as percentages."""

    def cell(row: Row, lang: str) -> str:
        return fmt_share(row[column], status=hidden(row), lang=lang)

    return Field(header, (column,), cell, numeric=True)


def interval(header: Words, low: str, high: str, form: Callable[..., str] = fmt_share) -> Field:
    """Return a field of intervals; one without both ends is no interval."""

    def cell(row: Row, lang: str) -> str:
        if is_missing(row[low]) or is_missing(row[high]):
            return ABSENT
        return f"{form(row[low], lang=lang)}–{form(row[high], lang=lang)}"

    return Field(header, (low, high), cell, numeric=True)


def hidden(row: Row) -> str | None:
    """Return ``suppressed`` if nothing of a row may be shown; unknown is said cell by cell."""
    return "suppressed" if row.get("status") == "suppressed" else None
