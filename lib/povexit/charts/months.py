"""Counties (or any rows) this month against last month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from povexit.charts.base import (
    axes_for,
    column_texts,
    legend_above,
    names_of,
    need,
    nothing,
    row_text,
    rows_axis,
    statuses,
    value_axis,
)
from povexit.charts.counties import dot
from povexit.style import described, fmt_value, listed, pick


def changes_show(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    """Say how many rose and fell between two months, and which did most."""
    unit = given["unit"]
    before, now = (table[c].astype("Float64") for c in ("previous", "current"))
    change = (now - before).dropna()
    furthest = (
        dict.fromkeys(int(f()) for f in (change.argmax, change.argmin)) if len(change) else {}
    )
    names = names_of(table.loc[change.index], lang)
    both = [
        f"{names[i]} {fmt_value(before[change.index[i]], unit, lang)}→"
        f"{fmt_value(now[change.index[i]], unit, lang)}"
        for i in furthest
    ]
    up, down = int((change > 0).sum()), int((change < 0).sum())
    lost = len(table) - len(change)
    return pick(
        lang,
        f"{len(table)}行的两个月：上升{up}，下降{down}，不能比较{lost}。"
        + (f"变化最大：{listed(both, lang)}。" if both else ""),
        f"{len(table)} rows in two months: {up} rose, {down} fell, {lost} cannot be compared."
        + (f" Furthest up and down: {listed(both, lang)}." if both else ""),
    )


@described(
    changes_show,
    ["county_code", "name", "previous", "current", "status"],
    values=["previous", "current"],
)
def month_change(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    unit: str = "%",
    months: tuple[str, str] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw last month's value and this month's of each row, joined by a line.

    Parameters
    ----------
    table
        ``county_code`` or ``name``, ``previous`` and ``current``; either may be missing. With a
        column ``status`` (shown, unknown, suppressed), only what is shown has a mark.
    unit
        ``%`` for shares of 0 to 1, else the unit to print.
    months
        Names of the two months, for the legend.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
    """
    table = need(table, ["previous", "current"], "month_change")
    ax = axes_for(len(table), ax, title)
    if table.empty:
        return nothing(ax, lang)
    names = months or (pick(lang, "上月", "last month"), pick(lang, "本月", "this month"))
    sides = ("previous", "current")
    texts = [_texts(table, column, unit, lang) for column in sides]
    for column in sides:
        shown = np.array(statuses(table, column)) == "shown"
        table[column] = table[column].astype("Float64").where(shown).astype(float)
    ax.hlines(
        table.index, table["previous"], table["current"], color="#B9C7CF", linewidth=2.4, zorder=1
    )
    looks = (dot("undetermined"), dot("none"))
    for column, look in zip(sides, looks, strict=True):
        ax.plot(table[column], table.index, zorder=2, **look)
    for row in table.index[table[list(sides)].isna().all(axis=1)]:
        row_text(ax, int(row), pick(lang, "两月均未知", "unknown in both months"))
    rows_axis(ax, names_of(table, lang))
    value_axis(ax, unit)
    column_texts(ax, list(zip(names, texts, strict=True)))
    handles = [Line2D([], [], label=n, **look) for n, look in zip(names, looks, strict=True)]
    legend_above(ax, handles)
    return ax


def _texts(table: pd.DataFrame, column: str, unit: str, lang: str | None) -> list[str]:
    pairs = zip(table[column], statuses(table, column), strict=True)
    return [fmt_value(value, unit, lang, status) for value, status in pairs]
