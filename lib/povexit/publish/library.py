"""Every figure of a month as files for a meeting, and a sheet to choose from.

Files for paper (PNG of 300 dpi, SVG, PDF) are the drawings that stand in the executed
notebooks, so that a figure in a talk is the figure of the report. A projector has fewer
pixels and its readers sit farther off: where letters would be too small, the figure is drawn
anew from what it carries, in the style of slides (`redraw`).
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

from povexit import style
from povexit.errors import StoreError, UnknownNameError
from povexit.publish import geodata, raster
from povexit.publish.drawings import Drawing, as_svg, origin, read, size, with_foot
from povexit.publish.folder import whole_folder
from povexit.publish.page import Page, compose
from povexit.publish.printed import timestamp
from povexit.publish.redrawn import redraw

PAPER_DOTS = 300
#: Width of a thumbnail on the sheet to choose from, in pixels.
_THUMBNAIL = 420
SHEET, INDEX = "index.html", "figures.csv"


@dataclass(frozen=True)
class Listed:
    """One line of the list: a figure, its files by kind, how it was made for a wall, a thumbnail."""

    drawing: Drawing
    files: Mapping[str, str]
    wall: str
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
        found = each(partial(_written, folder=beside, page=page), notebooks)
        rows = [row for part in found for row in part]
        if not rows:
            raise StoreError("none of the reports has a figure", where=folder)
        (beside / INDEX).write_text(_index(rows), encoding="utf-8-sig")
        (beside / SHEET).write_text(_sheet(rows, page), encoding="utf-8")
        pictures = {row.drawing.name: row.thumbnail for row in rows}
        (beside / "sheet.pdf").write_bytes(raster.contact_sheet(_groups(rows), pictures, page))
    return folder / SHEET


def _written(notebook: Path, folder: Path, page: Page) -> list[Listed]:
    """Write the files of one report's figures; return what the sheet says of them."""
    with style.within(page.lang, "report"):
        return [_listed(drawing, folder, page) for drawing in read(notebook)]


def _listed(drawing: Drawing, folder: Path, page: Page) -> Listed:
    wall, projected = _projected(drawing, page)
    made = {f"projection/{drawing.name}.png": projected, **_files(drawing, page)}
    for place, data in made.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return Listed(drawing, {_kind(place): place for place in made}, wall, _thumbnail(drawing, page))


def _kind(place: str) -> str:
    """Return what a file is by its folder and ending, such as ``svg`` or ``paper_png``."""
    folder, _, name = place.partition("/")
    ending = name.rpartition(".")[2]
    return ending if folder in (ending, "data", "maps") else f"{folder}_{ending}"


def _files(drawing: Drawing, page: Page) -> dict[str, bytes | str]:
    """Return the files of one figure for paper and for further use, by their place."""
    name, svg = drawing.name, _footed(drawing, page, drawing.svg)
    told = _told(svg, drawing, page)
    found: dict[str, bytes | str] = {
        f"paper/{name}.png": raster.png(svg, told, PAPER_DOTS),
        f"svg/{name}.svg": svg,
        f"pdf/{name}.pdf": raster.pdf(svg, told),
    }
    if drawing.told:
        found[f"data/{name}.csv"] = _csv(drawing.told["data"])
    if (frame := geodata.layer(drawing.told)) is not None:
        said = f"{drawing.title} {drawing.told['source']}"
        found[f"maps/{name}.gpkg"] = geodata.geopackage(frame, name, said)
        found[f"maps/{name}.geojson"] = geodata.geojson(frame, name, said)
    return found


def _footed(drawing: Drawing, page: Page, svg: str) -> str:
    lines = origin(page, drawing.report)
    return with_foot(svg, lines, title=drawing.title, alt=drawing.alt, bold=page.simulated)


def _told(svg: str, drawing: Drawing, page: Page) -> dict[str, Any]:
    width, height = size(svg)
    words = {"title": drawing.title, "alt": drawing.alt, "lang": page.lang}
    return {**words, "width": width, "height": height, "date": timestamp(page)}


def _projected(drawing: Drawing, page: Page) -> tuple[str, bytes]:
    """Return how a figure was made for a wall, and its pixels, as many as the screen has."""
    wall = "as_printed" if _letters(drawing) >= style.projection()["text"] else "drawn_anew"
    svg = _for_wall(drawing, page) if wall == "drawn_anew" else None
    if svg is None:
        wall = "small_letters" if wall == "drawn_anew" else wall
        svg = _footed(drawing, page, drawing.svg)
    return wall, raster.png(svg, _told(svg, drawing, page), 72 * _to_screen(size(svg)))


def _for_wall(drawing: Drawing, page: Page) -> str | None:
    """Return a figure drawn anew in the style of slides; None if it is not one chart or map."""
    with style.within(page.lang, "slides"):
        try:
            fig = redraw(drawing.told)
        except UnknownNameError:
            return None
        return _footed(drawing, page, as_svg(fig))


def _to_screen(size: tuple[float, float]) -> float:
    """Return how many pixels of the projected screen a point of a drawing takes."""
    screen = style.projection()
    return float(min(screen["width"] / size[0], screen["height"] / size[1]))


def _letters(drawing: Drawing) -> float:
    """Return how high a report's letters are on the projected screen, in pixels."""
    return style.contexts()["report"]["text"] * _to_screen(drawing.size)


def _thumbnail(drawing: Drawing, page: Page) -> bytes:
    dots = 72 * _THUMBNAIL / drawing.size[0]
    return raster.png(drawing.svg, _told(drawing.svg, drawing, page), dots)


def _csv(data: Mapping[str, Any]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(data["columns"])
    writer.writerows([_cell(cell) for cell in row] for row in data["rows"])
    return "\ufeff" + file.getvalue()


def _cell(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell


def _index(rows: Sequence[Listed]) -> str:
    kinds = list(dict.fromkeys(kind for row in rows for kind in row.files))
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["name", "report", "title", "alt", "source", "on_a_wall", *kinds])
    for row in rows:
        d = row.drawing
        said = [d.name, d.report, d.title, d.alt, d.told.get("source", ""), row.wall]
        writer.writerow([_cell(text) for text in said] + [row.files.get(k, "") for k in kinds])
    return file.getvalue()


def _groups(rows: Sequence[Listed]) -> list[dict[str, Any]]:
    """Return the figures of each report, with what the sheet says of each."""
    reports = dict.fromkeys(row.drawing.report for row in rows)
    return [
        {
            "report": report,
            "figures": [_entry(row) for row in rows if row.drawing.report == report],
        }
        for report in reports
    ]


def _entry(row: Listed) -> dict[str, Any]:
    d = row.drawing
    words = {"name": d.name, "title": d.title, "alt": d.alt, "wall": row.wall}
    picture = base64.b64encode(row.thumbnail).decode("ascii")
    return {**words, "files": row.files, "picture": picture}


def _sheet(rows: Sequence[Listed], page: Page) -> str:
    return compose("figures.html.j2", page, groups=_groups(rows), count=len(rows))
