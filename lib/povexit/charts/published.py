"""What was published, edition by edition: never in one figure with what deliveries say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from povexit.charts.base import (
    axes_for,
    column_texts,
    legend_above,
    need,
    nothing,
    rows_axis,
    value_axis,
)
from povexit.style import COLORS, described, fmt_int, listed, pick

#: Editions in order: name, and whether it is a plan.
EDITIONS = {
    "task": (("2016年6月任务", "task, June 2016"), True),
    "stretch": (("2016年6月争取目标", "stretch, June 2016"), True),
    "claimed": (
        ("2017年2月公布", "published, Feb 2017"),
        False,
    ),
    "retained": (
        ("2017年6月公布", "published, June 2017"),
        False,
    ),
}
_PLAN: dict[str, Any] = {
    "facecolor": "white",
    "edgecolor": COLORS["muted"],
    "hatch": "",
    "linewidth": 1.2,
}
_RESULT: dict[str, Any] = {"facecolor": "#7A5230", "edgecolor": "#7A5230", "linewidth": 1.2}


def _shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    rows = table[table["edition"].isin(list(EDITIONS))]
    pairs = zip(rows["edition"], rows["value"], strict=True)
    said = listed(
        (f"{pick(lang, *EDITIONS[e][0])} {fmt_int(v, lang=lang)}" for e, v in pairs), lang
    )
    return pick(lang, f"{said}（{given['unit']}）。", f"{said} ({given['unit']}).")


@described(_shows, ["edition", "value", "source"])
def published_editions(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    unit: str = "",
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one published number in its editions: plans hollow, results filled.

    Parameters
    ----------
    table
        ``edition`` (of `EDITIONS`), ``value`` and ``source``; rows of `povexit.progress.published` for one
        quantity.
    unit
        What is counted.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
    """
    table = need(table, ["edition", "value", "source"], "published_editions")
    table = table[table["edition"].isin(list(EDITIONS))].reset_index(drop=True)
    ax = axes_for(len(table), ax, title, inches=0.34)
    if table.empty:
        return nothing(ax, lang)
    for row, (edition, value) in enumerate(zip(table["edition"], table["value"], strict=True)):
        look = _PLAN if EDITIONS[edition][1] else _RESULT
        ax.barh(row, float(value), height=0.6, zorder=2, **look)
    rows_axis(ax, [pick(lang, *EDITIONS[e][0]) for e in table["edition"]])
    value_axis(ax, unit, unit)
    ax.set_xlim(0, 1.06 * float(table["value"].max()))
    values = [fmt_int(v, lang=lang) for v in table["value"]]
    sources = [str(s).replace("SEED", pick(lang, "文章", "article")) for s in table["source"]]
    column_texts(ax, [(unit, values), (pick(lang, "来源", "source"), sources)])
    plan, result = pick(lang, "计划", "plan"), pick(lang, "公布的结果", "published result")
    legend_above(ax, [Patch(**_PLAN, label=plan), Patch(**_RESULT, label=result)])
    return ax
