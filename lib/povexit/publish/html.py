"""The parts of an executed notebook as fragments of a page: safe, numbered, with their data beside.

Pictures go in as ``<img>`` with their data inside, where a browser runs no script;
JavaScript and widgets were left behind with the notebook. A county map is drawn anew from
its data. Under every table and figure its numbers can be saved as CSV, from the page itself.
"""

from __future__ import annotations

import base64
import csv
import html
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from povexit.publish.page import words
from povexit.publish.parts import COUNTY_MAP, Part
from povexit.publish.safe import align_numbers, clean_html, markdown

_HEADING = re.compile(r"<h([1-4])>(.*?)</h\1>", flags=re.S)
#: What a spreadsheet takes for a formula if a cell of a CSV begins so.
_FORMULA = tuple("=+-@\t\r")


@dataclass(frozen=True)
class Entry:
    """One line of a page's contents: level 2 to 4, where it leads, and its text."""

    level: int
    anchor: str
    text: str


def fragments(shown: Iterable[Part], lang: str) -> Iterator[str]:
    """Give the safe HTML of each part, in order; parts of which nothing is left are skipped."""
    made = (fragment(part, lang) for part in shown)
    return (text for text in made if text.strip())


def fragment(part: Part, lang: str) -> str:
    """Return one part as safe HTML."""
    if part.is_drawing:
        return _figure(part, lang)
    if part.table:
        return _table(part, lang)
    if part.kind == "text/markdown":
        return markdown(part.content)
    return f'<div class="px-wide">{align_numbers(clean_html(part.content))}</div>'


def anchored(fragments_: Sequence[str]) -> tuple[list[str], list[Entry]]:
    """Return the fragments with a name at every heading, and the contents that lead there."""
    entries: list[Entry] = []

    def name(found: re.Match[str]) -> str:
        level, inner = int(found[1]), found[2]
        anchor = f"s{len(entries) + 1}"
        text = html.unescape(re.sub(r"<[^>]+>", "", inner)).strip()
        entries.append(Entry(level, anchor, text))
        return f'<h{level} id="{anchor}">{inner}</h{level}>'

    named = [_HEADING.sub(name, text) for text in fragments_]
    return named, [entry for entry in entries if entry.level > 1]


def nested(entries: Sequence[Entry]) -> list[tuple[Entry, list[Entry]]]:
    """Return the contents as sections, each with the headings below it."""
    sections: list[tuple[Entry, list[Entry]]] = []
    for entry in entries:
        if entry.level > 2 and sections:
            sections[-1][1].append(entry)
        else:
            sections.append((entry, []))
    return sections


def _table(part: Part, lang: str) -> str:
    caption = str(part.table["caption"])
    label = html.escape(caption, quote=True)
    link = _download(table_rows(part.table), "table", caption, lang)
    return (
        f'<div class="px-wide" role="region" aria-label="{label}" tabindex="0">'
        f"{clean_html(part.content)}</div>{link}"
    )


def table_rows(data: Mapping[str, Any]) -> list[list[Any]]:
    """Return a table's data with its head: the number under a text where there is one alone."""
    head = [column["name"] for column in data["columns"]]
    lines = zip(data["rows"], data["values"], strict=True)
    return [head, *([_raw(t, v) for t, v in zip(*line, strict=True)] for line in lines)]


def _raw(text: str, value: float | None) -> Any:
    from povexit.publish.numbers import number_format

    return text if value is None or number_format(text) is None else value


def _figure(part: Part, lang: str) -> str:
    said, title = html.escape(part.shows), str(part.figure.get("title") or part.heading)
    data = part.figure.get("data") or {"columns": [], "rows": []}
    rows = [data["columns"], *data["rows"]] if data["rows"] else []
    return (
        f'<figure class="px-figure"><div class="px-wide" tabindex="0">{_drawn(part)}</div>'
        f"<figcaption>{said}</figcaption></figure>{_download(rows, 'figure', title, lang)}"
    )


def _drawn(part: Part) -> str:
    if part.kind == COUNTY_MAP:
        from povexit.maps import svg  # heavy, and few pages have one

        # drawn anew from its numbers: no markup of the notebook's passes
        return svg.county_map_from(part.county_map).svg()
    is_text = part.kind == "image/svg+xml"
    raw = part.content.encode("utf-8") if is_text else base64.b64decode(part.content)
    title = str(part.figure.get("title") or "")
    alt = html.escape(" ".join(filter(None, (title, part.shows))), quote=True)
    return f'<img src="data:{part.kind};base64,{_base64(raw)}" alt="{alt}">'


def _download(rows: Sequence[Sequence[Any]], kind: str, title: str, lang: str) -> str:
    """Return the link that saves rows as CSV, from the page itself; nothing without rows."""
    if not rows:
        return ""
    word = words(lang)
    name = html.escape(title or word[kind], quote=True)
    link = f"data:text/csv;charset=utf-8;base64,{_base64(as_csv(rows).encode('utf-8'))}"
    return (
        f'<p class="px-data"><a download="{name}.csv" href="{link}">{word[kind + "_data"]}</a></p>'
    )


def as_csv(rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as CSV that a spreadsheet opens as text and numbers, never as formulas.

    Examples
    --------
    >>> as_csv([["村", "户"], ["=1+1", -3], [None, 2.5]])
    "\\ufeff村,户\\r\\n'=1+1,-3\\r\\n,2.5\\r\\n"
    """
    written = io.StringIO()
    csv.writer(written).writerows([[_cell(value) for value in row] for row in rows])
    return "\ufeff" + written.getvalue()  # without the mark, Excel takes Chinese for Latin


def _cell(value: Any) -> Any:
    is_formula = isinstance(value, str) and value.startswith(_FORMULA)
    return f"'{value}" if is_formula else value


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
