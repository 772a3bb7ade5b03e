"""An executed notebook as a sequence of parts: prose, tables, drawings, in reading order.

Every product starts here, so that page, PDF and workbook show the same things in the
same order. What a part needs is in the notebook itself (see ``docs/publishing.md``).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from povexit import geography
from povexit.errors import StoreError
from povexit.style import FIGURE_MIME as FIGURE
from povexit.tables import MIME as TABLE

#: As `povexit.maps.svg` names it, a heavy room that few pages need.
COUNTY_MAP = "application/vnd.povexit.map+json"
# matplotlib names itself here, in the same words a drawing's title has
SVG_CREATOR = re.compile(r"<dc:creator>.*?</dc:creator>", flags=re.S)
SVG_TITLE = re.compile(r"<(?:dc:)?title[^>]*>\s*([^<]+?)\s*</(?:dc:)?title>")
HEADING = re.compile(r"^#{1,4}\s+(.+?)\s*#*$", flags=re.M)
# Best first: what is drawn anew, a drawing that scales, a table, words; a picture of dots before
# the text of a drawing.
PREFERRED = (COUNTY_MAP, "image/svg+xml", "image/png", "text/html", "text/markdown")


@dataclass(frozen=True)
class Part:
    """One thing that a notebook shows.

    Attributes
    ----------
    kind
        A MIME type of `PREFERRED`; Markdown cells are ``text/markdown``.
    content
        Text, or base64 of a picture that is no drawing; empty for a county map.
    heading
        The heading it stands under, as plain text.
    table, figure, county_map
        What a table, drawing or county map carries as data; empty without it.
    metadata
        What else the output says about itself.
    """

    kind: str
    content: str
    heading: str = ""
    table: Mapping[str, Any] = field(default_factory=dict)
    figure: Mapping[str, Any] = field(default_factory=dict)
    county_map: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_drawing(self) -> bool:
        """Tell a figure or map from prose and tables."""
        return self.kind == COUNTY_MAP or self.kind.startswith("image/")

    @property
    def shows(self) -> str:
        """Return the sentence that says what a drawing shows; its heading without one."""
        if self.kind == COUNTY_MAP:
            from povexit.maps import svg  # heavy, and few reports have one

            return svg.summary(svg.county_map_from(self.county_map))
        own = SVG_TITLE.search(SVG_CREATOR.sub("", self.content))
        told = self.metadata.get("alt") or self.metadata.get(self.kind, {}).get("alt")
        return str(
            self.figure.get("alt")
            or told
            or (html.unescape(own[1]) if own and self.kind == "image/svg+xml" else self.heading)
        )


@dataclass(frozen=True)
class Executed:
    """What an executed notebook shows, and what it was run with.

    Attributes
    ----------
    parts
        In reading order; never empty.
    parameters
        As the batch gave them; empty if it was run otherwise.
    """

    parts: tuple[Part, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def county(self, lang: str) -> str | None:
        """Return the name of the county it is about, or None if it is about the whole city."""
        code = str(self.parameters.get("county", ""))
        known = code in set(geography.counties()["county_code"])
        return geography.county_name(code, lang) if known else None


def opened(notebook: Path) -> Any:
    """Return an executed notebook as nbformat has it.

    Raises
    ------
    StoreError
        If it cannot be read.
    """
    import nbformat

    try:
        return nbformat.read(notebook, as_version=4)
    except (OSError, ValueError) as error:  # nbformat's own errors are ValueErrors
        raise StoreError(
            "the executed notebook cannot be read",
            where=notebook,
            found=error,
            hint="run the month again: povexit run --month YYYY-MM",
        ) from error


def read(notebook: Path) -> Executed:
    """Return what an executed notebook shows.

    Raises
    ------
    StoreError
        If it cannot be read, or has nothing to show.
    """
    found = opened(notebook)
    shown = tuple(parts(found.cells))
    if not shown:
        raise StoreError("the notebook shows nothing", where=notebook.name)
    return Executed(shown, found.metadata.get("papermill", {}).get("parameters", {}))


def parts(cells: list[Any]) -> Iterator[Part]:
    """Give the parts of a notebook's cells in order, without code; cells tagged ``remove`` are left out."""
    heading = ""
    for cell in cells:
        if "remove" not in cell.get("metadata", {}).get("tags", []):
            for part in _shown(cell):
                heading = _last_heading(part) or heading
                yield replace(part, heading=heading)


def _shown(cell: Mapping[str, Any]) -> Iterator[Part]:
    if cell["cell_type"] == "markdown":
        yield Part("text/markdown", _joined(cell["source"]))
    elif cell["cell_type"] == "code":
        shown = (part_of(item) for item in cell.get("outputs", []))
        yield from (part for part in shown if part is not None)


def _last_heading(part: Part) -> str:
    found = HEADING.findall(part.content) if part.kind == "text/markdown" else []
    return str(found[-1]) if found else ""


def part_of(item: Mapping[str, Any]) -> Part | None:
    """Return what one output of a code cell shows, or None if none of its types is allowed."""
    data = item.get("data", {})
    kind = next((mime for mime in PREFERRED if mime in data), None)
    if kind is None:
        return None
    return Part(
        kind,
        "" if kind == COUNTY_MAP else _joined(data[kind]),
        table=data.get(TABLE, {}),
        figure=data.get(FIGURE, {}),
        county_map=data.get(COUNTY_MAP, {}),
        metadata=item.get("metadata", {}),
    )


def _joined(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)
