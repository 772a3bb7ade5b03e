"""A county map of a few KB of text, for pages and notebooks: hover, Tab, no script, no network.

Each county is focusable and says its number aloud; a line under the map repeats it by style
alone, so that a page that allows no script has it too. The map travels in a notebook as data
(`MIME`), from which whoever makes the page draws it anew: nothing a county typed is markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pandas as pd

from povexit.errors import SchemaError
from povexit.maps.classes import Classes, known_values, pool_classes
from povexit.maps.draw import on_counties
from povexit.maps.drawing import context, summary
from povexit.style import language

__all__ = ["MIME", "CountyMap", "county_map_from", "county_map_svg", "county_pages", "summary"]

MIME = "application/vnd.povexit.map+json"
#: A page of the same folder or one below it; nothing else is linked.
PAGE = re.compile(r"(\.\./)*[A-Za-z0-9_\-]+(/[A-Za-z0-9_\-]+)*\.html")


@dataclass(frozen=True)
class CountyMap:
    """A finished map: one row a county, with what is written there, where and how.

    Attributes
    ----------
    title, unit, lang
        What it shows, in what, in which language.
    edges
        Of the classes of `povexit.maps.pool_classes`.
    rows
        ``county_code``, ``value`` (None if unknown or suppressed), ``status``, ``remark`` (more
        to say of it) and ``page`` (where a click leads), one mapping a county.
    note
        Stands under the map, such as that its numbers are hypothetical.
    points
        Places marked upon it: ``longitude``, ``latitude`` and ``said``, one mapping a place.
    points_name
        What the marks are, for the legend.
    """

    title: str
    unit: str
    lang: str
    edges: tuple[float, ...]
    rows: tuple[Mapping[str, Any], ...]
    note: str = ""
    points: tuple[Mapping[str, Any], ...] = ()
    points_name: str = ""

    def marked(self, points: pd.DataFrame, name: str) -> CountyMap:
        """Return the map with places marked on it.

        Parameters
        ----------
        points
            ``longitude``, ``latitude`` (degrees, WGS84) and ``said``, what pointing at it
            tells; a place without a point is left out.
        name
            What the marks are, for the legend.
        """
        kept = points.dropna(subset=["longitude", "latitude"])[["longitude", "latitude", "said"]]
        rows = tuple({str(k): v for k, v in row.items()} for row in kept.to_dict("records"))
        return replace(self, points=rows, points_name=name)

    def svg(self) -> str:
        """Return the map as an SVG element."""
        return str(_template().render(context(self)))

    def to_json(self) -> dict[str, Any]:
        """Return the map as data, values masked as on the map."""
        return {
            "title": self.title,
            "unit": self.unit,
            "lang": self.lang,
            "edges": list(self.edges),
            "rows": [dict(row) for row in self.rows],
            "note": self.note,
            "points": [dict(point) for point in self.points],
            "points_name": self.points_name,
        }

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {MIME: self.to_json(), "text/html": self.svg(), "text/plain": self.title}


def county_map_svg(
    values: pd.DataFrame,
    *,
    title: str,
    unit: str,
    classes: Classes | None = None,
    pages: Mapping[str, str] | None = None,
    note: str = "",
    lang: str | None = None,
) -> CountyMap:
    """Return one value a county as a map for a page or a notebook.

    Parameters
    ----------
    values
        ``county_code`` (any vintage), ``value`` and, optionally, ``status`` (shown, unknown,
        suppressed) and ``remark`` (a text with it). A county that is missing is unknown.
    title, unit, classes, lang
        As for `povexit.maps.choropleth`.
    pages
        County code to the page a click leads to, such as ``county_451022.html``.
    note
        A line under the map.

    Raises
    ------
    SchemaError, UnknownNameError
        If a county comes twice, or a status, a county or a page's name is not as expected.
    """
    frame = on_counties(values)
    classes = pool_classes(*known_values([frame])) if classes is None else classes
    remarks = (
        dict(zip(values["county_code"], values["remark"], strict=True))
        if "remark" in values
        else {}
    )
    rows = [
        {
            "county_code": row.county_code,
            "value": float(row.value) if row.status == "shown" else None,
            "status": row.status,
            "remark": str(remarks.get(row.county_code, "")),
            "page": _page((pages or {}).get(row.county_code, "")),
        }
        for row in frame.itertuples()
    ]
    return CountyMap(title, unit, language(lang), classes.edges, tuple(rows), note)


def county_pages(codes: Iterable[str], folder: str = "") -> dict[str, str]:
    """Return where each county's report lies: beside the page, or in a folder seen from it.

    Examples
    --------
    >>> county_pages(["451022"])
    {'451022': 'county_451022.html'}
    """
    return {code: f"{folder}county_{code}.html" for code in codes}


def county_map_from(data: Mapping[str, Any]) -> CountyMap:
    """Return the map that `CountyMap.to_json` wrote.

    Raises
    ------
    SchemaError
        If the data are not those of a map.
    """
    try:
        rows = [{**row, "page": _page(row["page"])} for row in data["rows"]]
        frame = pd.DataFrame(rows)[["county_code", "value", "status"]]
        codes = on_counties(frame)["county_code"]
        by_code = {row["county_code"]: row for row in rows}
        return CountyMap(
            title=str(data["title"]),
            unit=str(data["unit"]),
            lang=language(data["lang"]),
            edges=tuple(float(edge) for edge in data["edges"]),
            rows=tuple(by_code[code] for code in codes),
            note=str(data["note"]),
            points=tuple(_point(point) for point in data["points"]),
            points_name=str(data["points_name"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SchemaError("not the data of a county map", where=MIME, found=repr(error)) from error


def _point(data: Mapping[str, Any]) -> dict[str, Any]:
    place = {axis: float(data[axis]) for axis in ("longitude", "latitude")}
    return {**place, "said": str(data["said"])}


def _page(name: str) -> str:
    if not name or PAGE.fullmatch(name):
        return name
    raise SchemaError("not the name of a page", where="county map", expected="x.html", found=name)


@cache
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("povexit", "templates")
    made = Environment(loader=loader, autoescape=True, trim_blocks=True, undefined=StrictUndefined)
    return made.get_template("county_map.svg.j2")
