"""Maps of the twelve counties: one, or several side by side with the same classes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from povexit.geography import BOUNDARY_SOURCE
from povexit.maps.classes import Classes, known_values, pool_classes, value_text
from povexit.maps.draw import (
    Bounds,
    class_patches,
    fill,
    fills,
    frame_axes,
    legend,
    legend_title,
    map_size,
    on_counties,
    scale_bar,
    short_name,
    source_line,
)
from povexit.maps.inset import inset
from povexit.maps.labels import Area, name_areas
from povexit.style import (
    PANEL,
    UNKNOWN,
    described,
    ends,
    figure_of,
    foot,
    language,
    lay_out,
    scale,
    set_figure_title,
    set_title,
    stage,
    text_size,
    without_value,
)

_THING = {"zh": "县", "en": "counties"}
_SCALE_KM = 50


def _shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    frame = on_counties(table)
    names = [short_name(code, lang) for code in frame["county_code"]]
    said = ends(names, frame["value"], given["unit"], lang)
    said += without_value(frame["status"], lang)
    n = len(frame)
    return f"{n}个县的地图。{said}。" if lang == "zh" else f"Map of {n} counties; {said}."


def _several_show(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    parts = table.groupby(PANEL, sort=False)
    maps = [(str(name), _shows(part.reset_index(drop=True), given, lang)) for name, part in parts]
    return " ".join(f"{name}{'：' if lang == 'zh' else ': '}{said}" for name, said in maps)


@described(_shows, ["county_code", "value", "status"], values=["value"], source=BOUNDARY_SOURCE)
def choropleth(
    values: pd.DataFrame,
    *,
    title: str,
    unit: str,
    classes: Classes | None = None,
    lang: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one value a county on a map of the city.

    Parameters
    ----------
    values
        ``county_code`` (any vintage), ``value`` and, optionally, ``status`` (shown, unknown,
        suppressed). A county that is missing is drawn as unknown.
    title
        What the map shows, with its month.
    unit
        ``%`` for shares of 0 to 1, which are printed as percentages; else the unit to print.
    classes
        From `pool_classes` over all maps compared; without, over this map alone.
    lang
        Language, or that of `povexit.style.use`.
    ax
        Axes to draw on; without, a figure of the sheet ``map``.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    SchemaError, UnknownNameError
        If a county comes twice, a status or a county is not known.
    """
    frame = on_counties(values)
    classes = pool_classes(*known_values([frame])) if classes is None else classes
    return county_figure(frame, classes, ax, title=title, unit=unit, lang=lang)


def county_figure(
    frame: gpd.GeoDataFrame,
    classes: Classes,
    ax: Axes | None,
    *,
    title: str,
    unit: str,
    lang: str | None,
    more: Sequence[Any] = (),
) -> Axes:
    """Draw counties in their classes with all that goes around: legend, scale, inset, names.

    Parameters
    ----------
    frame
        From `povexit.maps.draw.on_counties`.
    classes, title, unit, lang, ax
        As for `choropleth`.
    more
        Further entries of the legend.
    """
    ax = plt.subplots(figsize=map_size(frame.total_bounds))[1] if ax is None else ax
    _base(ax, frame, classes, title)
    scale_bar(ax, _SCALE_KM)
    handles = [*class_patches(frame, classes, unit, lang), *more]
    heading = legend_title(unit, lang, _THING[language(lang)])
    key = legend(ax, handles, heading, loc="upper right", borderaxespad=0)
    source_line(ax, lang)
    lay_out(figure_of(ax))
    taken = [Bbox(key.get_window_extent()), Bbox(inset(ax, lang).get_window_extent())]
    texts = [_value(row, unit, lang) for row in frame.itertuples()]
    name_areas(ax, _areas(frame, classes, lang, texts), 0.92 * text_size(), taken=taken)
    return ax


@described(
    _several_show,
    [PANEL, "county_code", "value", "status"],
    values=["value"],
    source=BOUNDARY_SOURCE,
)
def small_multiples(
    maps: Sequence[tuple[str, pd.DataFrame]],
    *,
    title: str,
    unit: str,
    classes: Classes | None = None,
    lang: str | None = None,
) -> Figure:
    """Draw several county maps side by side, with the same classes and one legend.

    Parameters
    ----------
    maps
        Title and values (as for `choropleth`) of each map.
    title, unit, lang
        As for `choropleth`; the title stands above all maps.
    classes
        Without, the classes are pooled over these maps.

    Returns
    -------
    matplotlib.figure.Figure
    """
    frames = [on_counties(values) for _, values in maps]
    classes = pool_classes(*known_values(frames)) if classes is None else classes
    columns = min(len(maps), 2 if len(maps) in (2, 4) else 3)
    rows = math.ceil(len(maps) / columns)
    fig, axes, below = _grid(rows, columns, frames[0].total_bounds)
    for ax, (name, _), frame in zip(axes, maps, frames, strict=False):
        _base(ax, frame, classes, name, weight="normal", size=text_size())
    scale_bar(axes[0], _SCALE_KM)
    handles = class_patches(pd.concat(frames), classes, unit, lang)
    heading = legend_title(unit, lang, _THING[language(lang)])
    legend(below, handles, heading, loc="center", ncols=4, borderaxespad=0)
    set_figure_title(fig, title)
    foot([BOUNDARY_SOURCE[language(lang)]], fig)
    size = 0.9 if columns < 3 else 0.75
    lay_out(fig)
    for ax, frame in zip(axes, frames, strict=False):
        areas = _areas(frame, classes, lang, [""] * len(frame))
        name_areas(ax, areas, size * text_size(), leaders=columns < 3)
    return fig


def _grid(rows: int, columns: int, bounds: Bounds) -> tuple[Figure, list[Axes], Axes]:
    """Return a figure with rows of maps and a strip below them for the legend."""
    width, most = stage()
    left, low, right, high = bounds
    strip = 0.75 * scale()
    row = 0.35 * scale() + width / columns * (high - low) / (right - left)
    fig = plt.figure(figsize=(width, min(rows * row + strip + 0.4 * scale(), most)))
    fig.set_layout_engine("constrained", w_pad=0.03)  # maps stand close: their names need the room
    grid = fig.add_gridspec(rows + 1, columns, height_ratios=[*[row] * rows, strip])
    axes = [fig.add_subplot(grid[i // columns, i % columns]) for i in range(rows * columns)]
    below = fig.add_subplot(grid[rows, :])
    for ax in (*axes, below):
        ax.set_axis_off()
    return fig, axes, below


def _base(ax: Axes, frame: gpd.GeoDataFrame, classes: Classes, title: str, **style: Any) -> None:
    fill(ax, frame, classes)
    frame_axes(ax, frame.total_bounds)
    set_title(ax, title, **style)


def _areas(
    frame: gpd.GeoDataFrame, classes: Classes, lang: str | None, values: Sequence[str]
) -> list[Area]:
    """Return what is written into each county: its name and, where there is one, its value."""
    rows = zip(frame.itertuples(), values, fills(frame, classes), strict=True)
    return [
        Area(short_name(row.county_code, lang) + text, row.label_x, row.label_y, row.geometry, fill)
        for row, text, fill in rows
    ]


def _value(row: object, unit: str, lang: str | None) -> str:
    status, value = row.status, row.value  # type: ignore[attr-defined]
    if status == "suppressed":
        return ""  # the hatch says so
    if status == "unknown":
        return f"\n{UNKNOWN[language(lang)]}"
    return f"\n{value_text(value, unit, 0 if abs(value) >= 1000 else 1)}"
