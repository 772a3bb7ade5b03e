"""A survey of one's own: how welfare is distributed, and a measure by group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from povexit.charts.base import (
    SHARE,
    axes_for,
    column_texts,
    legend_above,
    need,
    nothing,
    row_text,
    rows_axis,
    statuses,
    value_axis,
)
from povexit.style import (
    COLORS,
    STATUS,
    SUPPRESSED,
    UNKNOWN,
    described,
    ends,
    fmt_int,
    fmt_number,
    fmt_share,
    fmt_value,
    language,
    pick,
    text_size,
    without_value,
)

_ROWS = 10


def _distribution_shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    known, lost = table[table["low"].notna()], table.loc[table["low"].isna(), "n"].sum()
    if known.empty:
        return pick(lang, "没有数据。", "No data.")
    top = known.iloc[int(known["share"].astype(float).argmax())]
    low, high = (fmt_value(top[c], "", lang) for c in ("low", "high"))
    fullest, share = f"{low}–{high} {given['unit']}".strip(), top["share"]
    people = given["counted"] or pick(lang, "人口", "persons")
    said = pick(
        lang,
        f"最高的一格是{fullest}，占{people}的{fmt_share(share, lang=lang)}；未知{fmt_int(lost)}户。",
        f"The fullest bin is {fullest}: {fmt_share(share, lang=lang)} of {people}; "
        f"unknown households: {fmt_int(lost)}.",
    )
    if given["line"] is None:
        return said
    line = f"{fmt_value(given['line'], '', lang)} {given['unit']}".strip()
    return said + pick(lang, f"贫困线{line}。", f" The line is {line}.")


@described(_distribution_shows, ["low", "high", "share", "n"])
def welfare_distribution(
    bins: pd.DataFrame,
    lang: str | None = None,
    *,
    line: float | None = None,
    unit: str = "",
    per: str = "",
    counted: str = "",
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how persons are distributed over welfare, those below the line apart.

    Parameters
    ----------
    bins
        From `povexit.own.distribution`: ``low``, ``high`` (a year, equal widths), ``share`` of
        persons (0 to 1) and ``n`` households; the last bin also holds all beyond it, a row
        without edges those whose welfare is unknown.
    lang, title, ax
        Language, heading and axes.
    line
        Where the line runs, if it is one for all.
    unit, per, counted
        In words: the unit of money, whom an amount is per, of whom shares are; see
        `povexit.own.Survey.terms`.

    Returns
    -------
    matplotlib.axes.Axes
        A bin the line runs through is drawn in both colours.
    """
    table = need(bins, ["low", "high", "share", "n"], "welfare_distribution")
    known = table[table["low"].notna()]
    ax = axes_for(_ROWS, ax, title)
    if known.empty:
        return nothing(ax, lang)
    at = float(known["low"].iloc[0]) if line is None else line
    _bars(ax, known, at)
    if line is not None:
        ax.axvline(line, color=COLORS["ink"], linewidth=1.2, zorder=3)
    last = known.iloc[-1]
    ax.set_xlim(known["low"].min(), last["high"])
    ax.set_ylim(0, 1.12 * float(known["share"].max()))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{fmt_number(100 * y, 0)}%"))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: fmt_value(x, "", lang)))
    ax.grid(True, axis="y")
    ax.set_xlabel(_axis_name(unit, per, lang))
    people = counted or pick(lang, "人口", "persons")
    ax.set_ylabel(pick(lang, f"{people}比例", f"share of {people}"))
    legend_above(ax, _handles(table, line, unit, lang), plot=0.85)
    return ax


def _bars(ax: Axes, known: pd.DataFrame, at: float) -> None:
    width = (known["high"] - known["low"]).to_numpy(float)
    below = np.clip(at - known["low"].to_numpy(float), 0.0, width)
    paler = [1.0] * (len(known) - 1) + [0.55]
    for left, wide, color in (
        (known["low"], below, STATUS["fail"].color),
        (known["low"] + below, width - below, STATUS["pass"].color),
    ):
        bars = ax.bar(left, known["share"], width=wide, align="edge", color=color, zorder=2)
        for bar, alpha in zip(bars, paler, strict=True):
            bar.set(alpha=alpha, edgecolor="white", linewidth=0.3)


def _axis_name(unit: str, per: str, lang: str | None) -> str:
    amount = f"{unit}/年" if unit else "每年"
    whom = per or pick(lang, "人均", "per person")
    return pick(
        lang,
        f"{whom}，{amount}（最右一格含其上全部）",
        f"{unit} a year, {whom}; the last bin holds all beyond".strip(),
    )


def _handles(table: pd.DataFrame, line: float | None, unit: str, lang: str | None) -> list[Patch]:
    found = []
    if line is not None:
        amount = f"{fmt_value(line, '', lang)} {unit}".strip()
        below = pick(lang, f"低于贫困线 {amount}", f"below the line of {amount}")
        found = [Patch(color=STATUS["fail"].color, label=below)]
        above = pick(lang, "其余", "the others")
        found.append(Patch(color=STATUS["pass"].color, label=above))
    lost = int(table.loc[table["low"].isna(), "n"].sum())
    if lost or not found:
        text = pick(lang, f"未知{fmt_int(lost)}户，未绘出", f"unknown, not drawn: {fmt_int(lost)}")
        found.append(Patch(**STATUS["unknown"].patch(), label=text))
    return found


def _groups_show(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    names = [_name(one, lang) for one in table.to_dict("records")]
    whole = table[table["group"] == ""]
    said = ends(names, table["estimate"], given["unit"], lang)
    said += without_value(table["status"], lang)
    if whole.empty:
        return pick(lang, f"{said}。", f"{said}.")
    everyone = fmt_value(whole["estimate"].iloc[0], given["unit"], lang)
    return pick(lang, f"全部：{everyone}；{said}。", f"Everyone: {everyone}; {said}.")


@described(
    _groups_show,
    ["group", "value", "estimate", "low", "high", "n", "status"],
    values=["estimate", "low", "high", "n"],
)
def welfare_groups(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    unit: str = SHARE,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one measure of everyone and of each group, with intervals.

    Parameters
    ----------
    table
        Rows of `povexit.own.overview` of one measure: ``group``, ``value``, ``estimate``,
        ``low``, ``high``, ``n``, ``status``.
    unit
        ``%`` for shares of 0 to 1, else the unit to print.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
        A dashed line marks everyone; a group that is masked or unknown says so.
    """
    columns = ["group", "value", "estimate", "low", "high", "n", "status"]
    table = need(table, columns, "welfare_groups")
    table["status"] = statuses(table, "estimate")
    ax = axes_for(len(table), ax, title)
    if table.empty:
        return nothing(ax, lang)
    whole = table.loc[table["group"] == "", "estimate"]
    if len(whole) and whole.notna().all():
        ax.axvline(float(whole.iloc[0]), color=COLORS["muted"], linewidth=1, linestyle="--")
    for row, one in enumerate(table.to_dict("records")):
        _row(ax, row, one, lang)
    value_axis(ax, unit, None if unit == SHARE else unit)
    ends = table[["estimate", "low", "high"]].to_numpy(float, na_value=np.nan)
    known = ends[~np.isnan(ends)]
    ax.set_xlim(known.min(initial=0.0), 1.05 * known.max(initial=0.0) or 1.0)
    rows_axis(ax, [_name(one, lang) for one in table.to_dict("records")])
    counted = [fmt_int(n, status=s) for n, s in zip(table["n"], _hidden(table), strict=True)]
    column_texts(ax, [(pick(lang, "户数", "households"), counted)])
    return ax


def _hidden(table: pd.DataFrame) -> list[str | None]:
    return ["suppressed" if s == "suppressed" else None for s in table["status"]]


def _name(one: dict[Any, Any], lang: str | None) -> str:
    if not one["group"]:
        return pick(lang, "全部", "Everyone")
    value = UNKNOWN[language(lang)] if pd.isna(one["value"]) else one["value"]
    return f"{one['group']}{pick(lang, '：', ': ')}{value}"


def _row(ax: Axes, row: int, one: dict[Any, Any], lang: str | None) -> None:
    if one["status"] != "shown":
        said = {"suppressed": SUPPRESSED, "unknown": UNKNOWN[language(lang)]}[one["status"]]
        row_text(ax, row, said)
        return
    color = COLORS["ink"] if not one["group"] else STATUS["pass"].color
    if pd.notna(one["low"]) and pd.notna(one["high"]):
        ax.plot([one["low"], one["high"]], [row, row], color=color, linewidth=1.6, zorder=2)
    look: dict[str, Any] = {"markersize": 0.65 * text_size(), "zorder": 3}
    ax.plot(one["estimate"], row, marker="o", color=color, **look)
