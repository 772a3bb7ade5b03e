"""A finished table: text for the eye, and under each number the number itself."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from povexit.style import gap

#: Beside its HTML, an executed notebook carries each table under this type.
MIME = "application/vnd.povexit.table+json"


@dataclass(frozen=True, eq=False)
class Table:
    """A finished table: what it shows is text, and nothing is computed any more.

    Attributes
    ----------
    frame
        Text under printed headers; the first column names the row.
    caption, note, source
        What stands above and below; no line where one is empty.
    numeric
        Which columns hold numbers and align right, one flag a column.
    units
        What the numbers of a column are counted in; empty where the header says it.
    totals
        Which rows are totals, one flag a row.
    values
        The number under each text, a tuple a row; None where there is none, or it may not be
        shown. An interval has its lower end, a percentage the share of 0 to 1.
    """

    frame: pd.DataFrame
    caption: str
    note: str = ""
    source: str = ""
    numeric: tuple[bool, ...] = ()
    units: tuple[str, ...] = ()
    totals: tuple[bool, ...] = ()
    values: tuple[tuple[float | None, ...], ...] = ()

    def captioned(self, caption: str) -> Table:
        """Return the same table under another caption, such as one that names place and month."""
        return replace(self, caption=caption)

    def noted(self, note: str) -> Table:
        """Return the same table with one more remark below it."""
        return replace(self, note=" ".join(filter(None, [self.note, note])))

    def _repr_mimebundle_(self, **asked: Any) -> dict[str, Any]:
        """Return the table as data, for all that is made from an executed notebook."""
        described = zip(self.frame.columns, self.numeric, self.units, strict=True)
        return {
            MIME: {
                "caption": self.caption,
                "note": self.note,
                "source": self.source,
                "columns": [{"name": n, "numeric": f, "unit": u} for n, f, u in described],
                "rows": [list(row) for row in self.frame.itertuples(index=False, name=None)],
                "totals": list(self.totals),
                "values": [list(row) for row in self.values],
            }
        }

    def _repr_html_(self) -> str:
        kinds = ["px-num" if number else "px-text" for number in self.numeric]
        head = "".join(
            f'<th scope="col" class="{kind}">{_escaped(name)}</th>'
            for name, kind in zip(self.frame.columns, kinds, strict=True)
        )
        lines = self.frame.itertuples(index=False, name=None)
        body = "\n".join(
            _line(cells, values, kinds, total)
            for cells, values, total in zip(lines, self.values, self.totals, strict=True)
        )
        below = (("px-note", self.note), ("px-source", self.source))
        said = "".join(f'\n<p class="{kind}">{_escaped(t)}</p>' for kind, t in below if t)
        return (
            f'<table class="px-table">\n<caption>{_escaped(self.caption)}</caption>\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>{said}"
        )


def _line(
    cells: Sequence[str], values: Sequence[float | None], kinds: Sequence[str], total: bool
) -> str:
    first, *others = cells
    rest = "".join(
        _cell(text, value, kind)
        for text, value, kind in zip(others, values[1:], kinds[1:], strict=True)
    )
    start = '<tr class="px-total">' if total else "<tr>"
    return f'{start}<th scope="row" class="{kinds[0]}">{_escaped(first)}</th>{rest}</tr>'


def _cell(text: str, value: float | None, kind: str) -> str:
    missing = gap(text)
    marked = f"{kind} px-{missing}" if missing else kind
    number = "" if value is None else f' data-value="{value}"'
    return f'<td class="{marked}"{number}>{_escaped(text)}</td>'


def _escaped(text: str) -> str:
    """Return text as a parser of HTML would write it again, so that cleaning changes nothing."""
    printable = "".join(c for c in text if c >= " " or c in "\n\t")
    return html.escape(printable, quote=False).replace("\xa0", "&nbsp;")
