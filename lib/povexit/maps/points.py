"""Counts on the county map as circles: how many, not which share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from povexit.geography import BOUNDARY_SOURCE
from povexit.maps.classes import roundest
from povexit.maps.draw import (
    HATCHED,
    counted,
    frame_axes,
    legend,
    map_size,
    on_counties,
    outline,
    polygons,
    scale_bar,
    short_name,
    source_line,
)
from povexit.maps.labels import Area, name_areas
from povexit.style import (
    COLORS,
    STATUS,
    SUPPRESSED,
    UNKNOWN,
    described,
    ends,
    figure_of,
    fmt_int,
    language,
    lay_out,
    pick,
    scale,
    sequential,
    set_title,
    text_size,
    without_value,
)

_SCALE_KM = 50
#: Diameter of the largest circle, in points of a report.
_LARGEST = 26.0
#: Light, so that names are legible on it.
_FILL = sequential(5)[1]
#: The part of the largest value from which a circle holds a name; how far above the others it stands (m).
_HOLDS_NAME, _ABOVE = 0.45, 17_000
#: Room in the legend for the circles.
_WIDE: dict[str, float] = {"labelspacing": 1.8, "handlelength": 3.4, "borderpad": 0.8}
#: Sizes that the legend shows, of the largest value.
_SHOWN = (1.0, 0.5, 0.15)


def _shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    frame = on_counties(table)
    names = [short_name(code, lang) for code in frame["county_code"]]
    said = ends(names, frame["value"], given["unit"], lang)
    said += without_value(frame["status"], lang)
    total, unit = fmt_int(frame["value"].sum(), lang=lang), given["unit"]
    return pick(lang, f"各县合计{total}{unit}。{said}。", f"{total} {unit} in all; {said}.")


@described(_shows, ["county_code", "value", "status"], values=["value"], source=BOUNDARY_SOURCE)
def point_map(
    values: pd.DataFrame,
    *,
    title: str,
    unit: str,
    lang: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one count a county as a circle whose area is the count.

    Parameters
    ----------
    values
        As for `choropleth`; a count, of 0 or more.
    title, lang, ax
        As for `choropleth`.
    unit
        What is counted.

    Returns
    -------
    matplotlib.axes.Axes
        What is unknown or suppressed has no circle and a hatched area.

    Raises
    ------
    SchemaError, UnknownNameError
        As for `choropleth`.
    """
    frame = on_counties(values)
    ax = plt.subplots(figsize=map_size(frame.total_bounds))[1] if ax is None else ax
    polygons(ax, frame.geometry, facecolor=COLORS["pale"], edgecolor="#C9C4BA", linewidth=0.7)
    for status in HATCHED:
        own = frame[frame["status"] == status]
        polygons(ax, own.geometry, zorder=2, **STATUS[status].patch())
    outline(ax, frame)
    shown = frame[frame["status"] == "shown"]
    largest = float(shown["value"].max()) if len(shown) else 0.0
    for row in shown.sort_values("value", ascending=False).itertuples():
        ax.plot(row.label_x, row.label_y, zorder=4, **_circle(row.value, largest))
    frame_axes(ax, frame.total_bounds)
    set_title(ax, title)
    scale_bar(ax, _SCALE_KM)
    handles = _handles(frame, largest, lang)
    key = legend(ax, handles, unit, loc="upper right", borderaxespad=0, **_WIDE)
    source_line(ax, lang)
    lay_out(figure_of(ax))
    areas = [_area(row, largest, lang) for row in frame.itertuples()]
    name_areas(ax, areas, 0.92 * text_size(), taken=[key.get_window_extent()])
    return ax


def _circle(value: float, largest: float) -> dict[str, Any]:
    part = float(value) / largest if largest else 0.0
    return {
        "marker": "o",
        "linestyle": "none",
        "markersize": _LARGEST * scale() * part**0.5,
        "color": _FILL,
        "markeredgecolor": STATUS["pass"].color,
        "markeredgewidth": 1.0,
    }


def _handles(frame: pd.DataFrame, largest: float, lang: str | None) -> list[Any]:
    from matplotlib.patches import Patch

    sizes = dict.fromkeys(_round(part * largest) for part in _SHOWN) if largest else {}
    found: list[Any] = [
        Line2D([], [], label=fmt_int(size, lang=lang), **_circle(size, largest)) for size in sizes
    ]
    for status in HATCHED:
        if n := int((frame["status"] == status).sum()):
            text = counted(STATUS[status].label(lang), n, lang)
            found.append(Patch(**STATUS[status].patch(), label=text))
    return found


def _round(value: float) -> float:
    return max(roundest(0.8 * value, value), 1.0)


def _area(row: Any, largest: float, lang: str | None) -> Area:
    """Return name and number of a county: upon its circle, or above one that is too small."""
    name = short_name(row.county_code, lang)
    text = {"unknown": UNKNOWN[language(lang)], "suppressed": SUPPRESSED}.get(row.status)
    number = text or fmt_int(row.value, lang=lang)
    small = row.status == "shown" and float(row.value) < _HOLDS_NAME * largest
    fill = _FILL if row.status == "shown" and not small else COLORS["pale"]
    y = row.label_y + (_ABOVE if small else 0)
    return Area(f"{name}\n{number}", row.label_x, y, row.geometry, fill)
