"""What the drawing of a county map is made of: places, fills, legend and words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from povexit.geography import BOUNDARY_SOURCE, county_name
from povexit.maps.classes import Classes, value_text
from povexit.maps.draw import HATCHED, counted, legend_title, short_name
from povexit.maps.outline import MAP_WIDTH, Outline, outlines, pixels_of
from povexit.style import COLORS, SHARE, STATUS, ink_on, pick

if TYPE_CHECKING:
    from povexit.maps.svg import CountyMap

#: Pixels: room for the legend beside the map, and for what stands above and below.
LEGEND_WIDTH, ABOVE, BELOW = 240, 40, 62
_THING = {"zh": "县", "en": "counties"}


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


def context(map_: CountyMap) -> dict[str, Any]:
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
