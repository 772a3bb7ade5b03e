"""How far off a common rate chance alone may lead: counties in a funnel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from povexit.charts.base import (
    axes_for,
    column_texts,
    legend_above,
    names_of,
    need,
    nothing,
    row_text,
    rows_axis,
    value_axis,
)
from povexit.style import (
    ABSENT,
    COLORS,
    described,
    fmt_int,
    fmt_share,
    fmt_value,
    listed,
    pick,
    sequential,
    text_size,
)

#: Height of the limits of a row, of 1 between rows.
_BAND = 0.72


def _shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    if table.empty:
        return pick(lang, "没有数据。", "No data.")
    table = table.assign(name=names_of(table, lang))
    said = []
    for level, part in table.groupby("level"):
        beyond = part.loc[part["is_outside"].astype("boolean").fillna(False), "name"]
        limit = fmt_share(level, lang=lang)
        who = listed(beyond, lang) or pick(lang, "无", "none")
        said.append(pick(lang, f"超出{limit}界限：{who}", f"beyond {limit} limits: {who}"))
    common = fmt_value(table["target"].iloc[0], "%", lang)
    count = table["name"].nunique()
    return pick(
        lang,
        f"{count}行，共同比例{common}。" + "；".join(said) + "。",
        f"{count} rows, common rate {common}; " + "; ".join(said) + ".",
    )


@described(
    _shows,
    [
        *("county_code", "name", "even_households", "estimate", "target", "level"),
        *("limit_low", "limit_high", "is_outside"),
    ],
)
def funnel(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw each county's estimate within the limits that chance alone would keep to.

    Parameters
    ----------
    table
        From `povexit.evaluation.funnel`, of one measure: ``county_code`` or ``name``,
        ``even_households``, ``estimate``, ``target``, ``level``, ``limit_low``,
        ``limit_high`` (0 to 1) and ``is_outside``, a row a county and level.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
        The largest sample stands on top, so that limits widen downwards. They hang on the
        villages of each county and are no smooth curve of its size: hence rows. A county
        beyond the outermost limits has a diamond, one beyond the inner ones a full dot.
    """
    columns = ["even_households", "estimate", "target", "level", "limit_low", "limit_high"]
    table = need(table, [*columns, "is_outside"], "funnel")
    key = "name" if "name" in table else "county_code"
    levels = sorted(set(table["level"]))
    first = table[table["level"] == table["level"].max()] if levels else table
    order = first.sort_values("even_households", ascending=False, kind="stable")
    ax = axes_for(len(order), ax, title)
    if table.empty:
        return nothing(ax, lang)
    shades = dict(zip(levels[::-1], sequential(len(levels) + 3), strict=False))
    for place, (_, row) in enumerate(order.iterrows()):
        _row(ax, place, table[table[key] == row[key]].sort_values("level"), shades, lang)
    ax.axvline(order["target"].iloc[0], color=COLORS["accent"], linewidth=1, linestyle="--")
    rows_axis(ax, names_of(order, lang))
    value_axis(ax, "%")
    rates = [fmt_value(x, "%", lang) for x in order["estimate"]]
    sizes = [ABSENT if pd.isna(n) else fmt_int(n, lang=lang) for n in order["even_households"]]
    heads = pick(lang, "估计", "estimate"), pick(lang, "折合户", "even households")
    column_texts(ax, list(zip(heads, (rates, sizes), strict=True)))
    legend_above(ax, _legend(order, shades, lang))
    return ax


def _row(ax: Axes, place: int, limits: pd.DataFrame, shades: dict[float, str], lang: Any) -> None:
    """Draw one county's limits, the widest first, and its estimate."""
    for row in limits[::-1].dropna(subset=["limit_low", "limit_high"]).to_dict("records"):
        low, width = row["limit_low"], row["limit_high"] - row["limit_low"]
        look: dict[str, Any] = {"facecolor": shades[row["level"]], "linewidth": 0}
        ax.add_patch(Rectangle((low, place - _BAND / 2), width, _BAND, **look))
    estimate = limits["estimate"].iloc[0]
    if pd.isna(estimate):
        row_text(ax, place, fmt_value(None, "%", lang))
        return
    beyond = int(limits["is_outside"].fillna(False).sum())
    ax.plot(estimate, place, zorder=3, **_mark(beyond, len(limits)))


def _mark(beyond: int, levels: int) -> dict[str, Any]:
    """Return the mark of a county outside so many of the limits."""
    fill = COLORS["ink"] if beyond else "white"
    look = {"marker": "D" if beyond == levels else "o", "markerfacecolor": fill}
    size = {"markersize": 0.65 * text_size(), "markeredgewidth": 1.2}
    return {"linestyle": "none", "color": COLORS["ink"], **size, **look}


def _legend(order: pd.DataFrame, shades: dict[float, str], lang: str | None) -> list[Any]:
    shown = {level: fmt_share(level, lang=lang).replace(".0%", "%") for level in shades}
    bands = [
        Patch(facecolor=shades[x], label=pick(lang, f"{shown[x]}界限", f"{shown[x]} limits"))
        for x in sorted(shades)
    ]
    inner, outer = shown[min(shades)], shown[max(shades)]
    words = {
        0: pick(lang, "在界限内", "within"),
        1: pick(lang, f"超出{inner}界限", f"beyond {inner}"),
        len(shades): pick(lang, f"超出{outer}界限", f"beyond {outer}"),
    }
    dots = [Line2D([], [], label=w, **_mark(k, len(shades))) for k, w in words.items()]
    common = (
        pick(lang, "共同比例", "common rate") + " " + fmt_value(order["target"].iloc[0], "%", lang)
    )
    line = Line2D([], [], color=COLORS["accent"], linestyle="--", linewidth=1, label=common)
    return [*bands, line, *dots]
