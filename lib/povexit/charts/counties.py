"""Counties (or any rows) in order, with their uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    value_axis,
)
from povexit.style import (
    ABSENT,
    COLORS,
    STATUS,
    described,
    ends,
    fmt_int,
    fmt_value,
    listed,
    pick,
    text_size,
    without_value,
)

#: Marker and fill of each verdict: apart in shape as well as colour.
VERDICTS: dict[str, dict[str, Any]] = {
    "meets": {
        "marker": "o",
        "color": STATUS["pass"].color,
        "markerfacecolor": STATUS["pass"].color,
    },
    "fails": {
        "marker": "D",
        "color": STATUS["fail"].color,
        "markerfacecolor": STATUS["fail"].color,
    },
    "undetermined": {"marker": "o", "color": COLORS["muted"], "markerfacecolor": "white"},
    "none": {"marker": "o", "color": STATUS["pass"].color, "markerfacecolor": STATUS["pass"].color},
}


def dot(verdict: str) -> dict[str, Any]:
    """Return how an estimate of a verdict is marked."""
    size = {"markersize": 0.65 * text_size(), "markeredgewidth": 1.2}
    return {"linestyle": "none", **size, **VERDICTS[verdict]}


_VERDICT_STATUS = {"meets": "pass", "fails": "fail", "undetermined": "undetermined"}


def _shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    known = table["estimate"].notna()
    said = ends(names_of(table, lang), table["estimate"], given["unit"], lang)
    said += without_value(known.map({True: "shown", False: "unknown"}), lang)
    if "verdict" not in table:
        return pick(lang, f"{len(table)}行估计值：{said}。", f"{len(table)} estimates: {said}.")
    counts = table.loc[known, "verdict"].fillna("undetermined").value_counts()
    judged = listed(
        (f"{STATUS[s].label(lang)} {counts.get(v, 0)}" for v, s in _VERDICT_STATUS.items()), lang
    )
    line = fmt_value(given["threshold"], given["unit"], lang)
    return pick(
        lang,
        f"{len(table)}行估计值，标准线{line}：{said}。结论：{judged}。",
        f"{len(table)} estimates against {line}: {said}. Verdicts: {judged}.",
    )


@described(
    _shows,
    ["county_code", "name", "estimate", "low", "high", "n", "verdict"],
)
def county_ranking(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    unit: str = "%",
    threshold: float | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw estimates in order, each with its interval, against a threshold.

    Parameters
    ----------
    table
        ``county_code`` or ``name``, ``estimate``, ``low``, ``high``, ``n`` (households asked)
        and, with a threshold, ``verdict`` (meets, fails, undetermined). A missing low or high
        means no interval; a missing estimate stands last, as unknown.
    unit
        ``%`` for shares of 0 to 1, else the unit to print.
    threshold
        Where the standard's line runs; none if it is missing.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
    """
    table = need(table, ["estimate", "low", "high", "n"], "county_ranking")
    table = table.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)
    ax = axes_for(len(table), ax, title)
    if table.empty:
        return nothing(ax, lang)
    if "verdict" not in table:
        table["verdict"] = "none"
    for place, row in zip(table.index, table.to_dict("records"), strict=True):
        _interval(ax, int(place), row, unit, lang)
    if threshold is not None and pd.notna(threshold):
        ax.axvline(threshold, color=COLORS["accent"], linewidth=1.0, linestyle="--", zorder=1)
    rows_axis(ax, names_of(table, lang))
    value_axis(ax, unit)
    _columns(ax, table, unit, lang)
    if handles := _ranking_handles(table, threshold, unit, lang):
        legend_above(ax, handles)
    return ax


def _interval(ax: Axes, place: int, row: dict[Any, Any], unit: str, lang: str | None) -> None:
    if pd.isna(row["estimate"]):
        row_text(ax, place, fmt_value(None, unit, lang))
        return
    verdict = row["verdict"] if pd.notna(row["verdict"]) else "undetermined"
    look = VERDICTS[verdict]
    if pd.notna(row["low"]) and pd.notna(row["high"]):
        ax.plot(
            [row["low"], row["high"]],
            [place, place],
            color=look["color"],
            linewidth=2.2,
            alpha=0.65,
            solid_capstyle="butt",
            zorder=2,
        )
    ax.plot(row["estimate"], place, zorder=3, **dot(verdict))


def _columns(ax: Axes, table: pd.DataFrame, unit: str, lang: str | None) -> None:
    estimates = [fmt_value(value, unit, lang) for value in table["estimate"]]
    spans = [_span(row, unit, lang) for row in table.to_dict("records")]
    asked = [fmt_int(n, lang=lang) for n in table["n"]]
    headings = zip(
        ("估计", "95%区间", "样本户"), ("estimate", "95% interval", "asked"), strict=True
    )
    texts = zip(headings, (estimates, spans, asked), strict=True)
    column_texts(ax, [(pick(lang, zh, en), column) for (zh, en), column in texts])


def _span(row: dict[Any, Any], unit: str, lang: str | None) -> str:
    if pd.isna(row["low"]) or pd.isna(row["high"]):
        return ABSENT
    return f"{fmt_value(row['low'], unit, lang).removesuffix('%')}–{fmt_value(row['high'], unit, lang)}"


def _ranking_handles(
    table: pd.DataFrame, threshold: float | None, unit: str, lang: str | None
) -> list[Line2D]:
    found = [
        Line2D([], [], label=STATUS[status].label(lang), **dot(verdict))
        for verdict, status in _VERDICT_STATUS.items()
        if verdict in set(table["verdict"])
    ]
    if threshold is not None and pd.notna(threshold):
        text = pick(lang, "标准线", "threshold") + " " + fmt_value(threshold, unit, lang)
        found.append(
            Line2D([], [], color=COLORS["accent"], linestyle="--", linewidth=1, label=text)
        )
    return found
