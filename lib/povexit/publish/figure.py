"""The figures of one report as files: on paper, on a wall, and what they show as data.

Files for paper (PNG of 300 dpi, SVG, PDF) are the drawings that stand in the executed
notebooks, so that a figure in a talk is the figure of the report. A projector has fewer
pixels and its readers sit farther off: where letters would be too small, the figure is drawn
anew from what it carries, in the style of slides (`redraw`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from povexit import style
from povexit.errors import UnknownNameError
from povexit.publish import geodata, raster
from povexit.publish.drawings import Drawing, as_svg, origin, read, size, with_foot
from povexit.publish.library import Listed, safe_cell
from povexit.publish.page import Page
from povexit.publish.redrawn import redraw
from povexit.publish.typeset import timestamp

PAPER_DOTS = 300
#: Width of a thumbnail on the sheet to choose from, in pixels.
_THUMBNAIL = 420


def written(notebook: Path, folder: Path, page: Page) -> list[Listed]:
    """Write the files of a report's figures into a folder; return what the sheet says of them.

    Raises
    ------
    StoreError
        If the notebook cannot be read, or a figure not be made.
    """
    with style.within(page.lang, "report"):
        return [_listed(drawing, folder, page) for drawing in read(notebook)]


def _listed(drawing: Drawing, folder: Path, page: Page) -> Listed:
    wall, projected = _projected(drawing, page)
    made = {f"projection/{drawing.name}.png": projected, **_files(drawing, page)}
    for place, data in made.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    files = {_kind(place): place for place in made}
    source = str(drawing.told.get("source") or "")
    words = drawing.name, drawing.report, drawing.title, drawing.alt, source
    return Listed(*words, wall, files, _thumbnail(drawing, page))


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
    writer.writerows([safe_cell(cell) for cell in row] for row in data["rows"])
    return "\ufeff" + file.getvalue()
