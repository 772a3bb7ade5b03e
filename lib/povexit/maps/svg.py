"""A county map of a few KB of text, for pages and notebooks: hover, Tab, no script, no network.

Each county is focusable and says its number aloud; a line under the map repeats it by style
alone, so that a page that allows no script has it too. The map travels in a notebook as data
(`MIME`), from which whoever makes the page draws it anew: nothing a county typed is markup.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pandas as pd

from povexit.errors import SchemaError
from povexit.geography import BOUNDARY_SOURCE, county_name
from povexit.maps.classes import SHARE, Classes, known_values, pool_classes, value_text
from povexit.maps.draw import HATCHED, counted, legend_title, on_counties, short_name
from povexit.maps.outline import MAP_WIDTH, Outline, outlines, pixels_of
from povexit.style import COLORS, STATUS, ink_on, language, pick

MIME = "application/vnd.povexit.map+json"
#: Pixels: room for the legend beside the map, and for what stands above and below.
LEGEND_WIDTH, ABOVE, BELOW = 240, 40, 62
#: A page of the same folder or one below it; nothing else is linked.
PAGE = re.compile(r"(\.\./)*[A-Za-z0-9_\-]+(/[A-Za-z0-9_\-]+)*\.html")
_THING = {"zh": "县", "en": "counties"}


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
        return str(_template().render(_context(self)))

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


def summary(map_: CountyMap) -> str:
    """Return in a sentence what a map shows: its lowest and highest county, and what is missing."""
    shown = [row for row in map_.rows if row["status"] == "shown"]
    if not shown:
        return pick(map_.lang, "没有可显示的数值。", "No value to show.")
    low, high = (f(shown, key=lambda r: float(r["value"])) for f in (min, max))
    ends = [f"{_name(r, map_.lang)} {_value(r, map_)}" for r in (low, high)]
    others = len(map_.rows) - len(shown)
    return pick(
        map_.lang,
        f"{len(shown)}个县有数值，从{ends[0]}到{ends[1]}；{others}个县未知或不显示。",
        f"{len(shown)} counties have a value, from {ends[0]} to {ends[1]}; {others} are unknown or not shown.",
    )


@cache
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("povexit", "templates")
    made = Environment(loader=loader, autoescape=True, trim_blocks=True, undefined=StrictUndefined)
    return made.get_template("county_map.svg.j2")


def _context(map_: CountyMap) -> dict[str, Any]:
    """Return what the template asks for."""
    shapes, height = outlines()
    frame, classes = pd.DataFrame(list(map_.rows)), Classes(map_.edges)
    # patterns are named after the map: two maps of a page have each its own
    mark = hashlib.sha256(json.dumps(map_.to_json(), sort_keys=True).encode()).hexdigest()[:8]
    fills = _fills(frame, classes, mark)
    return {
        "title": map_.title,
        "summary": summary(map_),
        "hint": pick(
            map_.lang, "指向一个县，或用 Tab 键逐县查看。", "Point at a county, or press Tab."
        ),
        "note": map_.note,
        "source": BOUNDARY_SOURCE[map_.lang],
        "areas": [_area(map_, r, shapes, f) for r, f in zip(map_.rows, fills, strict=True)],
        "dots": _dots(map_),
        "dots_name": counted(map_.points_name, len(map_.points), map_.lang),
        "legend": _legend(map_, frame, classes, mark),
        "legend_title": legend_title(map_.unit, map_.lang, _THING[map_.lang]),
        "color": COLORS,
        "ground": {status: STATUS[status].color for status in HATCHED},
        "mark": mark,
        "wide": MAP_WIDTH + LEGEND_WIDTH,
        "high": ABOVE + height + BELOW,
        "above": ABOVE,
        "legend_x": MAP_WIDTH + 12,
        "tip_y": ABOVE + height + 24,
    }


def _dots(map_: CountyMap) -> list[dict[str, Any]]:
    """Return the marked places in pixels, with what each says."""
    places = pixels_of([(p["longitude"], p["latitude"]) for p in map_.points])
    return [
        {"x": x, "y": y, "said": p["said"]} for (x, y), p in zip(places, map_.points, strict=True)
    ]


def _fills(frame: pd.DataFrame, classes: Classes, mark: str) -> list[str]:
    """Return each county's fill: of its class, its status' hatch, or white outside all classes."""
    kinds = {"shown": "#ffffff"} | {status: _hatch(status, mark) for status in HATCHED}
    return [
        classes.colors[number] if number >= 0 else kinds[status]
        for number, status in zip(classes.of(frame["value"]), frame["status"], strict=True)
    ]


def _hatch(status: str, mark: str) -> str:
    return f"url(#px-{status}-{mark})"


def _area(
    map_: CountyMap, row: Mapping[str, Any], shapes: Mapping[str, Outline], fill: str
) -> dict[str, Any]:
    """Return one county: its outline, what is written in it and what it says of itself."""
    path, x, y = shapes[row["county_code"]]
    return {
        "code": row["county_code"],
        "page": row["page"],
        "path": path,
        "fill": fill,
        "is_dark": fill.startswith("#") and ink_on(fill) != COLORS["ink"],
        "x": round(x),
        "y": round(y),
        "name": short_name(row["county_code"], map_.lang),
        "number": "" if row["status"] == "suppressed" else _value(row, map_),
        "said": _said(row, map_),
    }


def _name(row: Mapping[str, Any], lang: str) -> str:
    return county_name(row["county_code"], lang)


def _value(row: Mapping[str, Any], map_: CountyMap) -> str:
    if row["status"] != "shown":
        return STATUS[row["status"]].label(map_.lang)
    return value_text(row["value"], map_.unit, 0 if abs(row["value"]) >= 1000 else 1)


def _said(row: Mapping[str, Any], map_: CountyMap) -> str:
    """Return what a county says of itself: name, number, unit and remark."""
    is_bare = map_.unit == SHARE or row["status"] != "shown"
    number = _value(row, map_) + ("" if is_bare else f" {map_.unit}")
    parts = [part for part in (number, row["remark"]) if part]
    colon, join = pick(map_.lang, "：", ": "), pick(map_.lang, "；", "; ")
    return f"{_name(row, map_.lang)}{colon}{join.join(parts)}"


def _legend(
    map_: CountyMap, frame: pd.DataFrame, classes: Classes, mark: str
) -> list[dict[str, str]]:
    """Return a fill and its words for each class and for what is not shown, with counts."""
    own = pd.Series(classes.of(frame["value"])).value_counts()
    kinds = [(f, t, int(own.get(i, 0))) for i, (f, t) in enumerate(_classed(classes, map_.unit))]
    for status in HATCHED:
        n = int((frame["status"] == status).sum())
        kinds.append((_hatch(status, mark), STATUS[status].label(map_.lang), n))
    return [{"fill": fill, "text": counted(text, n, map_.lang)} for fill, text, n in kinds]


def _classed(classes: Classes, unit: str) -> list[tuple[str, str]]:
    return list(zip(classes.colors, classes.labels(unit), strict=True))
