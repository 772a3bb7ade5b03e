"""What every map shares: the table behind it, fills, legend, scale bar, source line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from povexit.errors import SchemaError
from povexit.geography import BOUNDARY_SOURCE, county_boundaries, county_name, resolve_county
from povexit.maps.classes import Classes
from povexit.style import (
    COLORS,
    STATUS,
    figure_of,
    language,
    lay_out,
    scale,
    sheet,
    stage,
    text_size,
    wrap,
)

#: Left, low, right and high edge of a map, in metres.
Bounds = Sequence[float]
STATUSES = ("shown", "unknown", "suppressed")
_CORNERS = {
    "lower right": (1, 0),
    "lower left": (0, 0),
    "upper left": (0, 1),
    "upper right": (1, 1),
}
#: Room above and below a map for its title, remarks and foot.
AROUND_INCHES = 1.1
HATCHED = ("unknown", "suppressed")


def with_status(table: pd.DataFrame, where: str) -> pd.DataFrame:
    """Return a copy whose ``status`` is always one of shown, unknown, suppressed.

    A missing value that is not suppressed is unknown, whatever the table says.

    Raises
    ------
    SchemaError
        If there is no column ``value``, or a status that is not known.
    """
    if "value" not in table:
        raise SchemaError(
            "no values to map", where=where, expected="a column value", found=list(table)
        )
    out = table.copy()
    given = out["status"] if "status" in out else pd.Series("shown", index=out.index)
    out["status"] = given.astype("string").fillna("unknown")
    if strange := sorted(set(out["status"]) - set(STATUSES)):
        raise SchemaError(
            "a status that no legend has", where=where, expected=STATUSES, found=strange
        )
    out["value"] = out["value"].astype("Float64")
    out.loc[out["value"].isna() & (out["status"] == "shown"), "status"] = "unknown"
    return out


def on_counties(values: pd.DataFrame) -> gpd.GeoDataFrame:
    """Join values to the twelve boundaries; a county without a row is unknown.

    Raises
    ------
    SchemaError
        If a county comes twice.
    UnknownNameError
        If a code is not a county of Baise.
    """
    table = with_status(values, "county map")
    table["county_code"] = [resolve_county(code) for code in table["county_code"]]
    if twice := sorted(set(table.loc[table["county_code"].duplicated(), "county_code"])):
        raise SchemaError(
            "a county comes twice", where="county map", expected="one row each", found=twice
        )
    columns = ["county_code", "value", "status"]
    frame = county_boundaries().merge(table[columns], on="county_code", how="left", validate="1:1")
    frame["status"] = frame["status"].fillna("unknown")
    return frame


def fill(ax: Axes, frame: gpd.GeoDataFrame, classes: Classes) -> None:
    """Draw each county in the colour of its class, or hatched if there is no value to show."""
    own = classes.of(frame["value"].where(frame["status"] == "shown"))
    for number, color in enumerate(classes.colors):
        _plot(ax, frame[own == number], facecolor=color, edgecolor="white", linewidth=0.7)
    for name in HATCHED:
        _plot(ax, frame[frame["status"] == name], **STATUS[name].patch())
    outline(ax, frame)


def fills(frame: pd.DataFrame, classes: Classes) -> list[str]:
    """Return the colour under each row's name: of its class, or of its status."""
    own = classes.of(frame["value"].where(frame["status"] == "shown"))
    return [classes.colors[number] if number >= 0 else STATUS["unknown"].color for number in own]


def outline(ax: Axes, frame: gpd.GeoDataFrame, width: float = 0.8) -> None:
    """Draw the outer line of all areas together."""
    whole = [frame.geometry.union_all()]
    polygons(ax, whole, facecolor="none", edgecolor=COLORS["line"], linewidth=width, zorder=3)


def _plot(ax: Axes, frame: gpd.GeoDataFrame, **style: Any) -> None:
    if len(frame):
        polygons(ax, frame.geometry, **{"zorder": 2, **style})


def polygons(ax: Axes, shapes: Iterable[Any], **style: Any) -> PatchCollection:
    """Draw areas in one look.

    Not by geopandas: that draws the whole figure anew after each call, which for nine small
    maps is sixty times.
    """
    patches = [PathPatch(_path(shape)) for shape in shapes]
    found = PatchCollection(patches, **style)
    ax.add_collection(found)
    return found


def _path(shape: Any) -> Path:
    parts = [part for part in getattr(shape, "geoms", [shape]) if part.geom_type == "Polygon"]
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return Path.make_compound_path(
        *(Path(shapely.get_coordinates(ring), closed=True) for ring in rings)
    )


def frame_axes(ax: Axes, bounds: Bounds, margin: float = 0.04) -> None:
    """Set limits around bounds, one scale for both directions, and no axis; call it last."""
    left, low, right, high = bounds
    gap = margin * max(right - left, high - low)
    ax.set_xlim(left - gap, right + gap, auto=True)
    ax.set_ylim(low - gap, high + gap, auto=True)
    # the box stays and the limits give way: layout reckons with the box it sees
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_axis_off()
    ax.set(xticks=[], yticks=[])  # layout reckons with ticks even where they are not drawn


def class_patches(
    frame: pd.DataFrame, classes: Classes, unit: str, lang: str | None
) -> list[Patch]:
    """Return legend entries: each class with its count, then unknown and suppressed."""
    shown = frame["value"].where(frame["status"] == "shown")
    counts = pd.Series(classes.of(shown)).value_counts()
    patches = [
        Patch(facecolor=color, edgecolor="#B5B5B5", linewidth=0.5, label=counted(text, n, lang))
        for n, color, text in (
            (int(counts.get(i, 0)), classes.colors[i], text)
            for i, text in enumerate(classes.labels(unit))
        )
    ]
    for name in HATCHED:
        text = counted(STATUS[name].label(lang), int((frame["status"] == name).sum()), lang)
        patches.append(Patch(**STATUS[name].patch(), label=text))
    return patches


def counted(text: str, count: int, lang: str | None) -> str:
    """Return a legend text with how many there are."""
    return f"{text}（{count}）" if language(lang) == "zh" else f"{text} ({count})"


def legend_title(unit: str, lang: str | None, thing: str) -> str:
    """Return what the legend's numbers are: the unit, and what the counts count."""
    if language(lang) == "zh":
        return f"单位：{unit}（{thing}数）"
    return f"{unit} (number of {thing})"


def legend(where: Axes | Figure, handles: list[Any], title: str, **place: Any) -> Legend:
    """Add a legend whose title stands left like its entries."""
    found = where.legend(handles=handles, title=title, alignment="left", **place)
    found.set_zorder(7)
    return found


def map_size(bounds: Bounds, beside: float = 0.0) -> tuple[float, float]:
    """Return the size of a figure that a map of these bounds fills, on the sheet of the context.

    Parameters
    ----------
    bounds
        Left, low, right, high.
    beside
        Inches kept free beside the map in a report, for its legend.
    """
    left, low, right, high = bounds
    width, most = sheet("map")
    height = (width - beside) * (high - low) / (right - left)
    natural = (min(max(height, most / 2.4), most) + AROUND_INCHES) * scale()
    return stage()[0], min(natural, stage()[1])


def free_corner(ax: Axes, shape: Any) -> tuple[str, Bbox]:
    """Return the name and the box (pixels) of the corner that a shape covers least."""
    lay_out(figure_of(ax))
    wide, high = 0.24, 0.2
    covered = {}
    for name, (x, y) in _CORNERS.items():
        box = Bbox.from_bounds(x * (1 - wide), y * (1 - high), wide, high)
        data = (ax.transAxes - ax.transData).transform(box.get_points())
        covered[name] = shapely.intersection(shape, shapely.box(*data.ravel())).area
    best = min(covered, key=lambda name: covered[name])
    x, y = _CORNERS[best]
    box = Bbox.from_bounds(x * (1 - wide), y * (1 - high), wide, high)
    return best, ax.transAxes.transform_bbox(box)


def scale_bar(ax: Axes, kilometres: int, location: str = "lower left") -> None:
    """Add a bar of a round length, and beside it which way north is."""
    from matplotlib_scalebar.scalebar import ScaleBar

    _north(ax, location)

    ax.add_artist(
        ScaleBar(
            1,
            units="m",
            fixed_value=kilometres,
            fixed_units="km",
            location=location,
            box_alpha=0,
            color=COLORS["muted"],
            width_fraction=0.006,
            font_properties={"size": 0.85 * text_size()},
        )
    )


def _north(ax: Axes, location: str) -> None:
    """Draw a small arrow over (in an upper corner, under) the scale bar; up is north."""
    right, up = _CORNERS[location]
    x, y = (0.97, 0.84) if right and up else (0.97, 0.09) if right else (0.03, 0.84 if up else 0.09)
    look = {"arrowstyle": "-|>", "color": COLORS["muted"], "linewidth": 0.8, "shrinkB": 0}
    size = 0.85 * text_size()
    ax.annotate(
        "N",
        (x, y),
        xytext=(0, 2.4 * size),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="center",
        va="bottom",
        size=size,
        color=COLORS["muted"],
        arrowprops={**look, "arrowstyle": "<|-", "mutation_scale": 0.8 * size},
    )


def source_line(ax: Axes, lang: str | None, *more: str) -> None:
    """Write under a map where its boundaries are from, after any remarks of its own."""
    size = 0.78 * text_size()
    width = 72 * float(figure_of(ax).get_size_inches()[0]) * 0.95
    lines = [
        line
        for text in (*more, BOUNDARY_SOURCE[language(lang)])
        for line in wrap(text, width, size)
    ]
    ax.text(
        0,
        -0.01,
        "\n".join(lines),
        transform=ax.transAxes,
        size=size,
        va="top",
        color=COLORS["muted"],
        linespacing=1.35,
    )


def short_name(county_code: str, lang: str | None) -> str:
    """Return the name that fits on a map."""
    return county_name(county_code, language(lang), short=True)
