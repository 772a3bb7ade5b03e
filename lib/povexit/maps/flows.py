"""Who moves from which county to which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from matplotlib.transforms import Bbox

from povexit.errors import SchemaError
from povexit.geography import BOUNDARY_SOURCE, county_boundaries, resolve_county
from povexit.maps.draw import (
    frame_axes,
    legend,
    map_size,
    outline,
    polygons,
    scale_bar,
    short_name,
    source_line,
)
from povexit.maps.labels import Area, halo, name_areas
from povexit.style import (
    COLORS,
    STATUS,
    described,
    figure_of,
    fmt_int,
    lay_out,
    listed,
    pick,
    scale,
    set_title,
    text_size,
)

_SCALE_KM = 50
#: The widest arrow and the largest dot, in points.
_WIDEST, _LARGEST = 9.0, 20.0
#: How far a name stands from its county's middle, where flows begin and end (metres).
_ASIDE = 11_000


def _shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    column, unit = given["column"], given["unit"]
    flows = _flows(table, column).dropna(subset=["to_county_code"])
    flows = flows.sort_values(column, ascending=False, kind="stable")
    within = flows["county_code"] == flows["to_county_code"]
    inside, between = (fmt_int(flows.loc[rows, column].sum()) for rows in (within, ~within))
    largest = [
        f"{short_name(row['county_code'], lang)}→{short_name(row['to_county_code'], lang)} "
        f"{fmt_int(row[column])}"
        for row in flows[~within].head(3).to_dict("records")
    ]
    said = listed(largest, lang) or pick(lang, "无", "none")
    return pick(
        lang,
        f"县内搬迁{inside}{unit}，跨县搬迁{between}{unit}。最大的跨县流向：{said}。",
        f"Moved within a county: {inside} {unit}; to another county: {between}. Largest: {said}.",
    )


@described(
    _shows,
    lambda given: ["county_code", "to_county_code", given["column"], "status"],
    values=["persons_moved"],
    source=BOUNDARY_SOURCE,
)
def flow_map(
    moves: pd.DataFrame,
    *,
    title: str,
    unit: str,
    column: str = "persons_moved",
    lang: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw moves between counties as arrows, and those within a county as dots.

    Parameters
    ----------
    moves
        ``county_code`` (from), ``to_county_code`` and a number; as `povexit.progress.moves` gives it. What
        goes to an unknown county is counted under the map, and so are rows whose ``status`` is
        suppressed.
    title, unit, lang, ax
        As for `choropleth`.
    column
        The number drawn; nothing is drawn for none.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    SchemaError, UnknownNameError
        If a column is missing or a county is not known.
    """
    table, hidden = _flows(moves, column), _hidden(moves)
    counties = county_boundaries().set_index("county_code")
    ax = plt.subplots(figsize=map_size(counties.total_bounds))[1] if ax is None else ax
    polygons(ax, counties.geometry, facecolor=COLORS["pale"], edgecolor="#C9C4BA", linewidth=0.7)
    outline(ax, counties)
    frame_axes(ax, counties.total_bounds)
    set_title(ax, title)
    known = table.dropna(subset=["to_county_code"])
    largest = float(known[column].max()) if len(known) else 0.0
    for row in known.sort_values(column, ascending=False).to_dict("records"):
        _draw(ax, counties, row, column, largest)
    scale_bar(ax, _SCALE_KM)
    legend(ax, _handles(largest, unit, lang), unit, loc="upper right", borderaxespad=0)
    lost = table.loc[table["to_county_code"].isna(), column].sum()
    remark = pick(
        lang,
        f"迁入县未知：{fmt_int(lost)}{unit}，未绘出。",
        f"Destination unknown, not drawn: {fmt_int(lost)} {unit}.",
    )
    few = pick(lang, f"人数少的流向未绘出：{hidden}条。", f"Moves of too few, not drawn: {hidden}.")
    source_line(ax, lang, *([remark] if lost else []), *([few] if hidden else []))
    lay_out(figure_of(ax))
    # no name lies on a number
    taken = [Bbox(text.get_window_extent()) for text in ax.texts]
    name_areas(ax, _names(counties, known, lang), 0.92 * text_size(), taken=taken)
    return ax


def _names(counties: pd.DataFrame, known: pd.DataFrame, lang: str | None) -> list[Area]:
    """Return the names: above where flows begin, below where they arrive."""
    arrives = set(known.loc[known["county_code"] != known["to_county_code"], "to_county_code"])
    return [
        Area(
            short_name(str(row["county_code"]), lang),
            row["label_x"],
            row["label_y"] + (-_ASIDE if row["county_code"] in arrives else _ASIDE),
            row["geometry"],
            COLORS["pale"],
        )
        for row in counties.reset_index().to_dict("records")
    ]


def _hidden(moves: pd.DataFrame) -> int:
    return int((moves["status"] == "suppressed").sum()) if "status" in moves else 0


def _flows(moves: pd.DataFrame, column: str) -> pd.DataFrame:
    if missing := [n for n in ("county_code", "to_county_code", column) if n not in moves]:
        raise SchemaError("a column to map is missing", where="flow map", expected=missing)
    table = moves.copy()
    for name in ("county_code", "to_county_code"):
        table[name] = [None if pd.isna(c) else resolve_county(c) for c in table[name]]
    sums = table.groupby(["county_code", "to_county_code"], dropna=False, as_index=False)[
        column
    ].sum()
    return sums[sums[column] > 0]


def _draw(
    ax: Axes, counties: pd.DataFrame, row: dict[Any, Any], column: str, largest: float
) -> None:
    start, end = (counties.loc[row[n]] for n in ("county_code", "to_county_code"))
    here, there = (np.array([c["label_x"], c["label_y"]], dtype=float) for c in (start, end))
    part = row[column] / largest
    number = fmt_int(row[column])
    size = 0.88 * text_size()
    shift: tuple[float, float]
    if row["county_code"] == row["to_county_code"]:
        look: dict[str, Any] = {
            "marker": "o",
            "alpha": 0.75,
            "markeredgecolor": "white",
            "zorder": 4,
        }
        color = STATUS["pass"].color
        ax.plot(*here, markersize=_LARGEST * scale() * np.sqrt(part), color=color, **look)
        at = here
        shift = (-0.5 * _LARGEST * scale() * np.sqrt(part) - 0.4 * size * (1 + len(number)), 0)
    else:
        ax.add_patch(
            FancyArrowPatch(
                tuple(here),
                tuple(there),
                connectionstyle="arc3,rad=0.18",
                arrowstyle="simple,head_length=1.1,head_width=1.6,tail_width=0.45",
                mutation_scale=max(_WIDEST * part, 2.2) * scale() * 1.6,
                color=COLORS["accent"],
                alpha=0.9,
                linewidth=0,
                shrinkA=8 * scale(),
                shrinkB=3 * scale(),
                zorder=5,
            )
        )
        at = (here + there) / 2
        shift = (1.6 * size, 0.6 * size)
    ax.annotate(
        number,
        tuple(at),
        xytext=shift,
        textcoords="offset points",
        ha="center",
        va="center",
        size=size,
        color=COLORS["ink"],
        path_effects=halo(),
        zorder=7,
    )


def _handles(largest: float, unit: str, lang: str | None) -> list[Line2D]:
    arrow: dict[str, Any] = {"color": COLORS["accent"], "linewidth": 3}
    dot: dict[str, Any] = {"color": STATUS["pass"].color, "marker": "o", "linestyle": "none"}
    between = pick(lang, "跨县搬迁（箭头宽度按人数）", "to another county (width by number)")
    within = pick(lang, "县内搬迁（圆点面积按人数）", "within the county (area by number)")
    found = [Line2D([], [], label=between, **arrow), Line2D([], [], label=within, **dot)]
    if not largest:
        text = pick(lang, "没有搬迁", "no moves")
        found = [Line2D([], [], color="none", label=text)]
    return found
