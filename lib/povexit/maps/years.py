"""Years on the county map: when each county's exit was approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.transforms import Bbox

from povexit.geography import BOUNDARY_SOURCE
from povexit.maps.draw import (
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
    STATUS,
    described,
    figure_of,
    lay_out,
    pick,
    sequential,
    set_title,
    text_size,
)

_SCALE_KM = 50


def _shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    said = [
        f"{int(str(year))}{pick(lang, '年：', ': ')}"
        + pick(lang, "、", ", ").join(short_name(code, lang) for code in part["county_code"])
        for year, part in table.dropna(subset=["year"]).groupby("year")
    ]
    unknown = len(on_counties(table.assign(value=table["year"]))) - int(table["year"].notna().sum())
    if unknown:
        said.append(f"{STATUS['unknown'].label(lang)}{pick(lang, '：', ': ')}{unknown}")
    return pick(lang, "；".join(said) + "。", "; ".join(said) + ".")


@described(_shows, ["county_code", "year"], source=BOUNDARY_SOURCE)
def year_map(
    table: pd.DataFrame,
    *,
    title: str,
    remark: str = "",
    lang: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one year a county: the later, the darker.

    Parameters
    ----------
    table
        ``county_code`` and ``year``; a county without one is unknown.
    title
        What the years are.
    remark
        Written under the map, such as the sources.
    lang, ax
        Language and axes.

    Returns
    -------
    matplotlib.axes.Axes
    """
    frame = on_counties(table.assign(value=table["year"])[["county_code", "value"]])
    years = sorted({int(y) for y in frame["value"].dropna()})
    colors = dict(zip(years, sequential(max(len(years), 2)), strict=False))
    ax = plt.subplots(figsize=map_size(frame.total_bounds))[1] if ax is None else ax
    for year, color in colors.items():
        own = frame[(frame["value"] == year).fillna(False)]
        polygons(ax, own.geometry, facecolor=color, edgecolor="white", linewidth=0.7, zorder=2)
    unknown = frame[frame["value"].isna()]
    polygons(ax, unknown.geometry, zorder=2, **STATUS["unknown"].patch())
    outline(ax, frame)
    frame_axes(ax, frame.total_bounds)
    set_title(ax, title)
    scale_bar(ax, _SCALE_KM)
    key = legend(
        ax,
        _handles(frame, colors, lang),
        pick(lang, "年度（县数）", "year (number of counties)"),
        loc="upper right",
        borderaxespad=0,
    )
    source_line(ax, lang, *([remark] if remark else []))
    lay_out(figure_of(ax))
    areas = [_area(row, colors, lang) for row in frame.itertuples()]
    name_areas(ax, areas, 0.92 * text_size(), taken=[Bbox(key.get_window_extent())])
    return ax


def _handles(frame: pd.DataFrame, colors: dict[int, str], lang: str | None) -> list[Patch]:
    found = []
    for year, color in colors.items():
        n = int((frame["value"] == year).sum())
        found.append(
            Patch(
                facecolor=color,
                edgecolor="#B5B5B5",
                linewidth=0.5,
                label=counted(str(year), n, lang),
            )
        )
    if n := int(frame["value"].isna().sum()):
        text = counted(STATUS["unknown"].label(lang), n, lang)
        found.append(Patch(**STATUS["unknown"].patch(), label=text))
    return found


def _area(row: object, colors: dict[int, str], lang: str | None) -> Area:
    value = row.value  # type: ignore[attr-defined]
    year = "" if pd.isna(value) else f"\n{int(value)}"
    fill = STATUS["unknown"].color if pd.isna(value) else colors[int(value)]
    name = short_name(row.county_code, lang)  # type: ignore[attr-defined]
    return Area(name + year, row.label_x, row.label_y, row.geometry, fill)  # type: ignore[attr-defined]
