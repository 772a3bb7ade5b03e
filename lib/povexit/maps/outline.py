"""Counties as paths of whole pixels, light enough to stand in the text of a page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import shapely

from povexit.geography import LONGITUDE_LATITUDE, PROJECTION, county_boundaries

#: Boundaries keep what is larger than this (metres); neighbours keep their common line.
TOLERANCE = 2000
#: Width of the map in pixels.
MAP_WIDTH = 720
#: A path, and where the name stands in it.
Outline = tuple[str, float, float]


@cache
def outlines() -> tuple[dict[str, Outline], int]:
    """Return each county's path with the place of its name, and the map's height in pixels."""
    frame = county_boundaries()
    shapes = shapely.coverage_simplify(frame.geometry.values, TOLERANCE)
    names_at = _pixels(frame[["label_x", "label_y"]].to_numpy())
    drawn = [_path(shapely.transform(shape, _pixels)) for shape in shapes]
    left, low, right, top = _bounds()
    height = round((top - low) * MAP_WIDTH / (right - left))
    rows = zip(frame["county_code"], drawn, names_at, strict=True)
    return {code: (path, float(x), float(y)) for code, path, (x, y) in rows}, height


def pixels_of(places: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
    """Return longitudes and latitudes (degrees, WGS84) in whole pixels of the map."""
    if not places:
        return []
    from pyproj import Transformer

    to_metres = Transformer.from_crs(LONGITUDE_LATITUDE, PROJECTION, always_xy=True)
    x, y = to_metres.transform(*np.array(places, dtype=float).T)
    return [(round(a), round(b)) for a, b in _pixels(np.column_stack([x, y]))]


def _pixels(metres: Any) -> Any:
    """Return places of the projection in pixels from the map's upper left corner."""
    left, _, right, top = _bounds()
    scale = MAP_WIDTH / (right - left)
    return (metres - (left, top)) * (scale, -scale)


@cache
def _bounds() -> tuple[float, float, float, float]:
    left, low, right, top = (float(edge) for edge in county_boundaries().total_bounds)
    return left, low, right, top


def _path(shape: Any) -> str:
    """Return the outer and inner rings of a shape as a path of whole pixels, step by step."""
    rings = [r for part in shape.geoms for r in (part.exterior, *part.interiors)]
    return "".join(_ring(shapely.get_coordinates(ring).round().astype(int)) for ring in rings)


def _ring(points: Any) -> str:
    steps = points[1:-1] - points[:-2]
    moved = (f"{x} {y}" if y >= 0 else f"{x}{y}" for x, y in steps if x or y)
    return f"M{points[0][0]} {points[0][1]}l{' '.join(moved)}z"
