"""The villages of a county in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.transforms import offset_copy

from povexit.charts.base import (
    axes_for,
    column_texts,
    legend_above,
    need,
    nothing,
    rows_axis,
    rows_that_fit,
    statuses,
    value_axis,
)
from povexit.style import (
    COLORS,
    KIND,
    described,
    ends,
    figure_of,
    fmt_int,
    fmt_value,
    pick,
    text_size,
    without_value,
)


def _shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    said = ends(list(table["village_name"]), table["value"], given["unit"], lang)
    said += without_value(statuses(table, "value"), lang)
    return pick(lang, f"{len(table)}个村。{said}。", f"{len(table)} villages; {said}.")


@described(
    _shows,
    ["village_name", "township_name", "value", "is_poor_village", "n", "status"],
    values=["value", "n"],
)
def village_ranking(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    unit: str = "%",
    show: int = 10,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the villages of the highest and the lowest values, and say what lies between.

    Parameters
    ----------
    table
        ``village_name``, ``value``, ``is_poor_village`` and, optionally, ``township_name``,
        ``n`` (households the value rests on) and ``status`` (shown, unknown, suppressed).
    unit
        ``%`` for shares of 0 to 1, else the unit to print.
    show
        How many villages from each end, as far as the sheet holds them.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
        Villages without a value to show are not ranked but counted under the chart.
    """
    table = need(table, ["village_name", "value", "is_poor_village"], "village_ranking")
    table["status"] = statuses(table, "value")
    shown = table[table["status"] == "shown"]
    shown = shown.sort_values("value", ascending=False, kind="stable", ignore_index=True)
    show = min(show, (rows_that_fit(besides=1) - 1) // 2)
    rows = _ends(shown, show)
    ax = axes_for(len(rows), ax, title, inches=0.22)
    if not rows:
        return _not_ranked(nothing(ax, lang), table, lang)
    _bars(ax, rows)
    rows_axis(ax, [_name(row, lang) for row in rows])
    value_axis(ax, unit)
    columns = [(pick(lang, "数值", "value"), [_text(row, unit, lang) for row in rows])]
    if "n" in shown:
        asked = [fmt_int(row["n"], lang=lang) if row else "" for row in rows]
        columns.append((pick(lang, "户数", "households"), asked))
    column_texts(ax, columns)
    legend_above(ax, _handles(rows, lang))
    _between(ax, rows, len(shown) - 2 * show, lang)
    return _not_ranked(ax, table, lang)


def _ends(shown: pd.DataFrame, show: int) -> list[dict]:
    """Return the first and last rows; an empty row stands for those between."""
    records = shown.to_dict("records")
    if len(records) <= 2 * show + 1:
        return records
    return [*records[:show], {}, *records[-show:]]


def _kind(row: dict) -> str:
    poor = row["is_poor_village"]
    if pd.isna(poor):
        return "unknown"
    return "poor" if poor else "other"


def _bars(ax: Axes, rows: list[dict]) -> None:
    for place, row in enumerate(rows):
        if row:
            ax.barh(place, float(row["value"]), height=0.68, **KIND[_kind(row)].patch())
    ax.set_xlim(left=min(0.0, *(float(row["value"]) for row in rows if row), 0.0))


def _name(row: dict, lang: str | None) -> str:
    if not row:
        return ""
    town = row.get("township_name")
    return (
        f"{town} {row['village_name']}"
        if town is not None and pd.notna(town)
        else str(row["village_name"])
    )


def _text(row: dict, unit: str, lang: str | None) -> str:
    return fmt_value(row["value"], unit, lang) if row else ""


def _handles(rows: list[dict], lang: str | None) -> list[Patch]:
    present = {"poor", "other"} | {_kind(row) for row in rows if row}
    return [Patch(**KIND[k].patch(), label=KIND[k].label(lang)) for k in KIND if k in present]


def _between(ax: Axes, rows: list[dict], count: int, lang: str | None) -> None:
    if {} in rows:
        text = pick(lang, f"…… 其间{count}个村 ……", f"… {count} villages between …")
        ax.text(
            0.01,
            rows.index({}),
            text,
            transform=ax.get_yaxis_transform(),
            va="center",
            color=COLORS["muted"],
        )


def _not_ranked(ax: Axes, table: pd.DataFrame, lang: str | None) -> Axes:
    unknown, few = ((table["status"] == name).sum() for name in ("unknown", "suppressed"))
    if unknown or few:
        text = pick(
            lang,
            f"未列入排序：未知{unknown}个村，户数过少{few}个村",
            f"not ranked: {unknown} villages unknown, {few} with too few households",
        )
        below = offset_copy(ax.transAxes, figure_of(ax), 0, -2.2 * text_size(), "points")
        ax.text(0, 0, text, transform=below, va="top", color=COLORS["muted"])
    return ax
