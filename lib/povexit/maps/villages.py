"""The map of one county with its villages as points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox

from povexit.geography import (
    BOUNDARY_SOURCE,
    LONGITUDE_LATITUDE,
    county_boundaries,
    county_name,
    resolve_county,
)
from povexit.maps.classes import Classes, known_values, pool_classes
from povexit.maps.draw import (
    Bounds,
    class_patches,
    counted,
    frame_axes,
    free_corner,
    legend,
    legend_title,
    map_size,
    polygons,
    scale_bar,
    short_name,
    source_line,
    with_status,
)
from povexit.maps.labels import Area, box_of, name_areas, name_points
from povexit.style import (
    COLORS,
    KIND,
    described,
    ends,
    language,
    scale,
    sequential,
    set_title,
    shorten,
    text_size,
    without_value,
)

#: Marker and its size (points) of a poor village, another one, and one of unknown kind.
KINDS = {"poor": ("D", 5.2), "other": ("o", 4.0), "unknown": ("s", 4.0)}
_THING = {"zh": "村", "en": "villages"}
_SCALE_KM = 10
#: The longest name of a village on a map, in sizes of text.
_NAME_EMS = 9


def _shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    found = with_status(table, "village map")
    said = ends(list(found["village_name"]), found["value"], given["unit"], lang)
    said += without_value(found["status"], lang)
    poor, n = int((_kind(found) == "poor").sum()), len(found)
    county = county_name(given["county_code"], lang)
    if lang == "zh":
        return f"{county}地图，{n}个村，其中贫困村{poor}个。{said}。"
    return f"Map of {county}: {n} villages, {poor} of them poor villages; {said}."


@described(
    _shows,
    [
        *("village_name", "longitude", "latitude", "is_poor_village"),
        *("value", "status"),
    ],
    values=["value"],
    source=BOUNDARY_SOURCE,
)
def county_map(
    county_code: str,
    villages: pd.DataFrame,
    *,
    title: str,
    unit: str,
    classes: Classes | None = None,
    labels: int = 8,
    lang: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a county's villages as points inside its outline, neighbours pale around it.

    Parameters
    ----------
    county_code
        The county, by any name or code.
    villages
        ``longitude``, ``latitude`` (degrees, WGS84), ``value``, ``is_poor_village``,
        ``village_name`` and, optionally, ``status`` (shown, unknown, suppressed).
    title, unit, classes, lang, ax
        As for `choropleth`.
    labels
        At most this many villages are named: those of the lowest values.

    Returns
    -------
    matplotlib.axes.Axes
        A village without a point, or whose point lies outside the county, is not drawn but
        counted under the map.
    """
    code = resolve_county(county_code)
    everywhere = county_boundaries().set_index("county_code")
    table = _projected(with_status(villages, "village map"), everywhere.crs)
    inside = table.geometry.within(everywhere.at[code, "geometry"]).to_numpy()
    classes = pool_classes(*known_values([table])) if classes is None else classes
    ax = _figure_for(everywhere.loc[[code]].total_bounds) if ax is None else ax
    others = everywhere.drop(index=code)
    _ground(ax, everywhere.loc[[code]], others)
    _points(ax, table[inside], classes)
    frame_axes(ax, everywhere.loc[[code]].total_bounds, margin=0.06)
    set_title(ax, title)
    _legend(ax, table, classes, unit, lang)
    source_line(ax, lang, *_left_out(int((~inside).sum()), lang))
    corner, box = free_corner(ax, everywhere.at[code, "geometry"])
    scale_bar(ax, _SCALE_KM, corner)
    _label(ax, table[inside], labels, [box, *_name_neighbours(ax, others, lang, box)])
    return ax


def _projected(table: pd.DataFrame, crs: Any) -> gpd.GeoDataFrame:
    place = (
        table[["longitude", "latitude"]].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    )
    points = gpd.GeoSeries(gpd.points_from_xy(*place.T), crs=LONGITUDE_LATITUDE).to_crs(crs)
    return gpd.GeoDataFrame(table.reset_index(drop=True), geometry=points)


def _ground(ax: Axes, own: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> None:
    pale = {"facecolor": COLORS["pale"], "edgecolor": "#D5D0C8", "linewidth": 0.6, "zorder": 1}
    line = {"facecolor": "white", "edgecolor": COLORS["line"], "linewidth": 1.0, "zorder": 2}
    polygons(ax, others.geometry, **pale)
    polygons(ax, own.geometry, **line)


def _view(ax: Axes) -> tuple[float, float, float, float]:
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    return left, low, right, high


def _name_neighbours(
    ax: Axes, others: gpd.GeoDataFrame, lang: str | None, taken: Bbox
) -> list[Bbox]:
    """Name the neighbours whose visible part has room; return the boxes of the names."""
    visible = others.clip(_view(ax))
    visible = visible[visible.geom_type.isin(["Polygon", "MultiPolygon"])].explode()
    visible = visible.iloc[visible.area.argsort()].groupby(level=0).tail(1)
    centre = shapely.get_point(shapely.maximum_inscribed_circle(visible.geometry.values), 0)
    areas = [
        Area(short_name(code, lang), shapely.get_x(point), shapely.get_y(point), shape)
        for code, point, shape in zip(visible.index, centre, visible.geometry, strict=True)
    ]
    size = 0.9 * text_size()
    notes = name_areas(ax, areas, size, leaders=False, taken=[taken])
    for note in notes:
        note.set(color=COLORS["line"], zorder=2)
    return [box_of(note) for note in notes]


def _figure_for(bounds: Bounds) -> Axes:
    return plt.subplots(figsize=map_size(bounds, beside=1.6))[1]


def _kind(table: pd.DataFrame) -> pd.Series:
    poor = table["is_poor_village"].astype("boolean")
    return poor.map({True: "poor", False: "other"}).astype("string").fillna("unknown")


def _colors(classes: Classes) -> list[str]:
    """Return darker fills than an area has: a pale point would look hollow."""
    return sequential(len(classes), start=0.22)


def _points(ax: Axes, table: gpd.GeoDataFrame, classes: Classes) -> None:
    """Draw points filled by class; unknown ones stay hollow, suppressed ones half so."""
    own = classes.of(table["value"].where(table["status"] == "shown"))
    kinds, colors = _kind(table), _colors(classes)
    for (x, y), number, status, kind in zip(
        table.get_coordinates().to_numpy(), own, table["status"], kinds, strict=True
    ):
        ax.plot(x, y, **_marker(kind, colors[number] if number >= 0 else None, status))


def _marker(kind: str, color: str | None, status: str) -> dict[str, Any]:
    shape, size = KINDS[kind]
    suppressed = status == "suppressed"
    return {
        "marker": shape,
        "markersize": size * scale(),
        "markerfacecolor": color or (COLORS["line"] if suppressed else "white"),
        "markerfacecoloralt": "white",
        "fillstyle": "bottom" if suppressed and not color else "full",
        "markeredgecolor": COLORS["ink"],
        "markeredgewidth": 0.5 if color else 0.9,
        "linestyle": "none",
        "zorder": 4 if color else 3.5,
    }


def _legend(ax: Axes, table: pd.DataFrame, classes: Classes, unit: str, lang: str | None) -> None:
    patches = class_patches(table, classes, unit, lang)
    texts = [patch.get_label() for patch in patches]
    styles: list[tuple[str, str | None, str]]
    styles = [("other", color, "shown") for color in _colors(classes)]
    styles += [("other", None, "unknown"), ("other", None, "suppressed")]
    handles = [
        Line2D([], [], label=text, **_marker(kind, color, status))
        for text, (kind, color, status) in zip(texts, styles, strict=True)
    ]
    kinds = _kind(table)
    for kind in KINDS:
        count = int((kinds == kind).sum())
        if count or kind != "unknown":
            handles.append(
                Line2D(
                    [],
                    [],
                    label=counted(KIND[kind].label(lang), count, lang),
                    **_marker(kind, COLORS["line"], "shown"),
                )
            )
    heading = legend_title(unit, lang, _THING[language(lang)])
    legend(ax, handles, heading, loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0)


def _left_out(count: int, lang: str | None) -> list[str]:
    if not count:
        return []
    if language(lang) == "zh":
        return [f"另有{count}个村无坐标或坐标在县界之外，未绘出。"]
    return [f"Villages not drawn (no point, or outside the county): {count}"]


def _label(ax: Axes, table: gpd.GeoDataFrame, most: int, taken: list[Bbox]) -> None:
    shown = table[table["status"] == "shown"].sort_values("value", kind="stable").head(most)
    where = table.get_coordinates().to_numpy()
    at = shown.get_coordinates().to_numpy()
    size = 0.82 * text_size()
    names = [shorten(str(name), _NAME_EMS * size, size) for name in shown["village_name"]]
    points = [(name, x, y) for name, (x, y) in zip(names, at, strict=True)]
    name_points(ax, points, size, avoid=where, taken=taken)
