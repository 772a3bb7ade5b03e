"""A report as a PDF to print and to keep: pandoc reads the prose, Typst sets the page.

Tables and drawings come from what the executed notebook carries; text that may come from
data reaches Typst as data and not as code. Only the letters of the package and of its font
wheel are used, so that every machine makes the same bytes. The result is PDF/A-2b.
"""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from povexit import store
from povexit.errors import StoreError
from povexit.publish import parts
from povexit.publish.office import office
from povexit.publish.page import Page, words
from povexit.publish.parts import Part
from povexit.publish.safe import clean_html
from povexit.publish.typeset import timestamp, typst_fonts, year_month
from povexit.publish.widths import column_widths
from povexit.style import ABSENT, SUPPRESSED, UNKNOWN

#: Points: how wide the text of a page is, as report.typ sets it.
TEXT_WIDTH = 459.0
#: What prose is read as: raw HTML in it is text.
READERS = {
    "text/markdown": "gfm+tex_math_dollars-raw_html-gfm_auto_identifiers",
    "text/html": "html-auto_identifiers-native_divs-native_spans",
}


def pdf(notebook: Path, out: Path, page: Page) -> Path:
    """Write an executed notebook as a PDF: cover, contents, numbered figures and tables.

    Parameters
    ----------
    notebook
        An executed notebook; it is not changed.
    out
        The PDF to write, whole or not at all.
    page
        Title, language, banner and provenance.

    Raises
    ------
    StoreError
        If the notebook has nothing to show, or the PDF cannot be made or written.
    """
    return _write([notebook], out, page, is_volume=False)


def volume(notebooks: Sequence[Path], out: Path, page: Page) -> Path:
    """Write several executed notebooks as one PDF with bookmarks, each report from a new page.

    Parameters
    ----------
    notebooks
        In the order to bind them.
    out, page
        As `pdf`.

    Raises
    ------
    StoreError
        As `pdf`; also if there are no notebooks.
    """
    if not notebooks:
        raise StoreError("no report to bind", where=out.name, hint="run the month first")
    return _write(notebooks, out, page, is_volume=True)


def _write(notebooks: Sequence[Path], out: Path, page: Page, *, is_volume: bool) -> Path:
    shown = [part for notebook in notebooks for part in parts.read(notebook).parts]
    with tempfile.TemporaryDirectory(prefix="povexit-") as folder:
        _lay_out(Path(folder), shown, page, is_volume)
        made = _compile(Path(folder), out, page)
    return store.write_atomic(out, made)


def _lay_out(folder: Path, shown: Sequence[Part], page: Page, is_volume: bool) -> None:
    """Write what Typst reads: the book's data, its drawings, and the text that calls for them."""
    drawings = [part for part in shown if part.is_drawing]
    tables = [part for part in shown if part.table]
    book = _about(page, is_volume) | {
        "drawings": [_drawing(folder, i, part) for i, part in enumerate(drawings)],
        "tables": [_table(part) for part in tables],
    }
    text = _set(shown, drawings, tables)
    told = "#facts(book.provenance, word.provenance)" if page.provenance else ""
    (folder / "book.json").write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")
    template = files("povexit") / "templates" / "report.typ"
    (folder / "report.typ").write_bytes(template.read_bytes())
    head = '#import "report.typ": *\n#show: report\n'
    (folder / "main.typ").write_text("\n\n".join([head, *text, told]), encoding="utf-8")


def _about(page: Page, is_volume: bool) -> dict[str, Any]:
    word = words(page.lang)
    month = page.provenance.get("month", "")
    year, number = year_month(page)
    return {
        "lang": page.lang,
        "title": page.title,
        "office": office(page.lang),
        "month": word["year_month"].format(year=year, month=number) if month else "",
        "year": year,
        "month_number": number,
        "edition": page.provenance.get("edition", ""),
        "simulated": page.simulated,
        "is_volume": is_volume,
        "words": word,
        "gaps": [*UNKNOWN.values(), SUPPRESSED, ABSENT],
        "provenance": [[word[key], said] for key, said in page.provenance.items()],
    }


def _table(part: Part) -> dict[str, Any]:
    """Return a table with the size of its text and the widths of its columns, in points."""
    n = len(part.table["columns"])
    # many columns are set smaller
    size = 6.8 if n > 9 else 7.4 if n > 7 else 8.2
    return dict(part.table) | {"size": size, "widths": column_widths(part.table, size, TEXT_WIDTH)}


def _drawing(folder: Path, i: int, part: Part) -> dict[str, str]:
    """Write a drawing beside the text; return its file and what it shows."""
    suffix, data = _drawn(part)
    name = f"drawing{i}.{suffix}"
    (folder / name).write_bytes(data)
    return {"file": name, "alt": part.shows, "caption": part.shows}


def _drawn(part: Part) -> tuple[str, bytes]:
    if part.kind == parts.COUNTY_MAP:
        from povexit.maps import svg  # heavy, and few reports have one

        drawn = svg.county_map_from(part.county_map).svg()
        # on paper there is nothing to point at
        drawn = drawn.replace("</style>", ".px-map .px-hint{visibility:hidden}</style>", 1)
        return "svg", drawn.encode("utf-8")
    if part.kind == "image/png":
        return "png", base64.b64decode(part.content)
    return "svg", part.content.encode("utf-8")


def _set(shown: Sequence[Part], drawings: list[Part], tables: list[Part]) -> list[str]:
    """Return every part as Typst text, in order."""
    prose = {
        kind: iter(_converted([p.content for p in shown if _is_prose(p, kind)], kind))
        for kind in READERS
    }
    calls = {id(part): f"#drawing({i})" for i, part in enumerate(drawings)}
    calls |= {id(part): f"#tabled({i})" for i, part in enumerate(tables)}
    return [calls.get(id(part)) or next(prose[part.kind]) for part in shown]


def _is_prose(part: Part, kind: str) -> bool:
    return part.kind == kind and not part.table


def _converted(texts: Sequence[str], kind: str) -> list[str]:
    """Return texts as Typst, by one call of pandoc where they allow it."""
    if not texts:
        return []
    cleaned = [clean_html(text) for text in texts] if kind == "text/html" else list(texts)
    # a word that no text can hold, as it depends on all of them
    mark = "x" + hashlib.sha256("\n".join(cleaned).encode("utf-8")).hexdigest()
    between = f"\n\n<p>{mark}</p>\n\n" if kind == "text/html" else f"\n\n{mark}\n\n"
    found = _typst(between.join(cleaned), READERS[kind]).split(mark)
    if len(found) == len(texts):
        return [text.strip() for text in found]
    return [_typst(text, READERS[kind]).strip() for text in cleaned]


def _typst(text: str, reader: str) -> str:
    import pypandoc

    guard = files("povexit") / "templates" / "prose.lua"
    return str(
        pypandoc.convert_text(
            text,
            "typst-smart",
            format=reader,
            extra_args=["--wrap=none", "--sandbox", f"--lua-filter={guard}"],
        )
    )


def _compile(folder: Path, out: Path, page: Page) -> bytes:
    import typst

    try:
        return bytes(
            typst.compile(
                str(folder / "main.typ"),
                root=str(folder),
                font_paths=typst_fonts(),
                pdf_standards=["a-2b"],
                timestamp=timestamp(page),
            )
        )
    except typst.TypstError as error:
        raise StoreError(
            "the PDF could not be set",
            where=out.name,
            found=str(error).splitlines()[0],
            hint="send the executed notebook to whoever maintains povexit",
        ) from error
