"""Every figure of a month as files for a meeting, and a sheet to choose from.

What draws is imported where the files of a report are made (`figure`), so that who only hands
out the reports does not wait for it.
"""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from povexit.errors import StoreError
from povexit.publish import raster
from povexit.publish.folder import whole_folder
from povexit.publish.page import Page, compose

SHEET, INDEX = "index.html", "figures.csv"


@dataclass(frozen=True)
class Listed:
    """One line of the list.

    Attributes
    ----------
    name, report, title, alt, source
        What the figure is called, where it is from and what it shows.
    wall
        How it was made for a wall.
    files
        Its files by kind.
    thumbnail
        A small PNG.
    """

    name: str
    report: str
    title: str
    alt: str
    source: str
    wall: str
    files: Mapping[str, str]
    thumbnail: bytes


#: Runs a function on each of some things, in order; ``map`` does.
Each = Callable[[Callable[[Path], list[Listed]], Sequence[Path]], Iterable[list[Listed]]]


def figures(notebooks: Sequence[Path], folder: Path, page: Page, each: Each = map) -> Path:
    """Write every figure of executed notebooks as files, with a sheet to choose from.

    Parameters
    ----------
    notebooks
        Executed notebooks, in the order of the sheet; one without a figure adds none.
    folder
        Takes ``projection/`` (PNG of 1920 x 1080 at most), ``paper/`` (PNG, 300 dpi), ``svg/``,
        ``pdf/``, ``data/`` (CSV), ``maps/`` (GeoPackage, GeoJSON), ``index.html``, the sheet,
        also as ``sheet.pdf``, and ``figures.csv``: names, titles, alternative texts. The folder
        appears whole or not at all; what an earlier run left in it is gone.
    page
        Title, language, banner and provenance.
    each
        Runs the work on each notebook; in other processes, say.

    Returns
    -------
    pathlib.Path
        The sheet.

    Raises
    ------
    StoreError
        If no notebook has a figure, or a file cannot be made or written.
    """
    with whole_folder(folder) as beside:
        # the one with most in it first, or the others would wait for it at the end
        longest = sorted(notebooks, key=_bytes, reverse=True)
        work = partial(_written, folder=beside, page=page)
        found = dict(zip(longest, each(work, longest), strict=True))
        rows = [row for notebook in notebooks for row in found[notebook]]
        if not rows:
            raise StoreError("none of the reports has a figure", where=folder)
        (beside / INDEX).write_text(_index(rows), encoding="utf-8-sig")
        (beside / SHEET).write_text(_sheet(rows, page), encoding="utf-8")
        pictures = {row.name: row.thumbnail for row in rows}
        (beside / "sheet.pdf").write_bytes(raster.contact_sheet(_groups(rows), pictures, page))
    return folder / SHEET


def _bytes(notebook: Path) -> int:
    return notebook.stat().st_size if notebook.is_file() else 0


def _written(notebook: Path, folder: Path, page: Page) -> list[Listed]:
    from povexit.publish import figure

    return figure.written(notebook, folder, page)


def _index(rows: Sequence[Listed]) -> str:
    kinds = list(dict.fromkeys(kind for row in rows for kind in row.files))
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["name", "report", "title", "alt", "source", "on_a_wall", *kinds])
    for row in rows:
        said = [row.name, row.report, row.title, row.alt, row.source, row.wall]
        writer.writerow([safe_cell(text) for text in said] + [row.files.get(k, "") for k in kinds])
    return file.getvalue()


def safe_cell(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell


def _groups(rows: Sequence[Listed]) -> list[dict[str, Any]]:
    """Return the figures of each report, with what the sheet says of each."""
    reports = dict.fromkeys(row.report for row in rows)
    return [
        {
            "report": report,
            "figures": [_entry(row) for row in rows if row.report == report],
        }
        for report in reports
    ]


def _entry(row: Listed) -> dict[str, Any]:
    words = {"name": row.name, "title": row.title, "alt": row.alt, "wall": row.wall}
    picture = base64.b64encode(row.thumbnail).decode("ascii")
    return {**words, "files": row.files, "picture": picture}


def _sheet(rows: Sequence[Listed], page: Page) -> str:
    return compose("figures.html.j2", page, groups=_groups(rows), count=len(rows))
