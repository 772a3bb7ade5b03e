"""The figures of executed notebooks as files of their own, each with a foot that says its origin.

A figure that leaves its report must say by itself which month, edition and report it is from,
and that it is simulated, if it is. So a foot is put under the drawing, as letters turned to
outlines: the file needs no font, and looks the same everywhere.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from povexit import style
from povexit.publish import parts
from povexit.publish.page import Page, words
from povexit.style import vector

SVG = "image/svg+xml"
_HEAD = re.compile(r"^.*?<svg\b[^>]*>", flags=re.S)
_UNSEEN = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->", flags=re.S)
#: What a drawing of letters turned to outlines never has, and a file must not have.
_ACTIVE = re.compile(r"<script|<foreignObject|<iframe|\son\w+\s*=|javascript:", flags=re.I)
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Drawing:
    """One figure of a report.

    Attributes
    ----------
    name
        Stable and unique in the month: ``county_451022__county_map``.
    report
        The first heading of the notebook it is from.
    title, alt
        Its title, and what it shows in a sentence.
    svg
        The drawing as it stands in the notebook.
    told
        What the drawing carries (`povexit.style.description`); empty if it was drawn freely.
    """

    name: str
    report: str
    title: str
    alt: str
    svg: str
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points."""
        return size(self.svg)


def read(notebook: Path) -> Iterator[Drawing]:
    """Give the figures of an executed notebook in order; a name that comes again gets a number.

    A drawing with anything in it that a browser would run is left out.

    Raises
    ------
    StoreError
        If it cannot be read, or has nothing to show.
    """
    shown = parts.read(notebook).parts
    report = next((part.heading for part in shown if part.heading), notebook.stem)
    seen: dict[str, int] = {}
    for part in shown:
        svg = _UNSEEN.sub("", part.content) if part.kind == SVG else ""
        if _SIZE.search(svg) and not _ACTIVE.search(svg):
            name = _plain(str(part.figure.get("name", "figure")))
            seen[name] = seen.get(name, 0) + 1
            again = f"_{seen[name]}" if seen[name] > 1 else ""
            title = str(part.figure.get("title") or part.heading)
            alt = str(part.figure.get("alt") or title)
            full = f"{_plain(notebook.stem)}__{name}{again}"
            yield Drawing(full, report, title, alt, svg, part.figure)


def _plain(name: str) -> str:
    """Return a name as files may have it, whatever a notebook says: no path, no blank."""
    return _NOT_IN_NAMES.sub("_", name.lower()).strip("_") or "figure"


def size(svg: str) -> tuple[float, float]:
    """Return the width and height of a drawing in points."""
    found = _SIZE.search(svg)
    assert found is not None  # `read` takes no other
    return float(found[1]), float(found[2])


def as_svg(fig: Figure) -> str:
    """Return a figure as SVG that is the same, byte for byte, on every run; close it."""
    drawn = vector.svg(fig)
    plt.close(fig)
    return _UNSEEN.sub("", drawn)


def origin(page: Page, report: str) -> list[str]:
    """Return the lines of a foot: that it is simulated, the report, the edition."""
    edition = page.provenance.get("edition", "")
    said = [report, f"{words(page.lang)['edition']} {edition}" if edition else ""]
    simulated = [style.SIMULATED[page.lang]] if page.simulated else []
    return [*simulated, " · ".join(text for text in said if text)]


def with_foot(svg: str, lines: Sequence[str], *, title: str, alt: str, bold: bool) -> str:
    """Return a drawing with lines under it, in the text size of the current context."""
    width, height = size(svg)
    foot = _foot(tuple(lines), width, bold)
    more = size(foot)[1]
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'role="img" width="{width:g}pt" height="{height + more:g}pt" '
        f'viewBox="0 0 {width:g} {height + more:g}">\n'
        f"<title>{html.escape(title)}</title>\n<desc>{html.escape(alt)}</desc>\n"
        f'<rect width="{width:g}" height="{height + more:g}" fill="#ffffff"/>\n'
        f"<g>{_inside(svg)}</g>\n"
        f'<g transform="translate(0 {height:g})">{_own_ids(_inside(foot))}</g>\n</svg>\n'
    )


def _inside(svg: str) -> str:
    """Return what stands between a drawing's tags."""
    return _HEAD.sub("", svg, count=1).rsplit("</svg>", 1)[0]


def _own_ids(svg: str) -> str:
    """Set the names within a foot apart from those of the drawing above it."""
    return re.sub(r'(\bid="|href="#|url\(#)', r"\1foot-", svg)


@cache
def _foot_in(lines: tuple[str, ...], width: float, bold: bool, context: tuple[str, str]) -> str:
    height = style.foot_points(list(lines), width)
    fig = plt.figure(figsize=(width / 72, height / 72), layout="none")
    style.foot(list(lines), fig, bold=bold)
    return as_svg(fig)


def _foot(lines: tuple[str, ...], width: float, bold: bool) -> str:
    return _foot_in(lines, width, bold, style.current())
