"""A month's flow as a waterfall, and money left over by its age."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

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
from povexit.style import COLORS, STATUS, described, ends, fmt_int, fmt_number, pick, sequential

_KINDS = {
    "more": (STATUS["pass"].color, "增加", "adds"),
    "fewer": (STATUS["fail"].color, "减少", "takes away"),
}
_GAP: dict[str, Any] = {
    "facecolor": "none",
    "edgecolor": COLORS["accent"],
    "hatch": "xxxx",
    "linewidth": 0.8,
}
#: Above this many units of the axis, money is printed in ten thousands.
_TEN_THOUSAND = 10_000


def _waterfall_shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    rows = zip(table["name"], table["value"], table["kind"], strict=True)
    said = [
        f"{name} {_signed(float(v), kind) if pd.notna(v) else fmt_int(None, lang=lang)}"
        for name, v, kind in rows
    ]
    if lang == "zh":
        return "，".join(said) + f"（{given['unit']}）。"
    return ", ".join(said) + f" ({given['unit']})."


def _funds_show(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    key = "name" if "name" in table else "county_code"
    left = (table.groupby(key, sort=False)["balance_yuan"].sum() / _TEN_THOUSAND).reset_index()
    old = table.loc[table["age_years"] > 0, "balance_yuan"].sum() / _TEN_THOUSAND
    said = ends(names_of(left, lang), left["balance_yuan"].astype(float).round(), "", lang)
    total, before = (fmt_int(x) for x in (left["balance_yuan"].sum(), old))
    return pick(
        lang,
        f"结余共{total}万元，其中往年资金{before}万元。{said}（万元）。",
        f"{total} x 10,000 yuan left, of it {before} from earlier years; {said}.",
    )


@described(_waterfall_shows, ["name", "value", "kind"])
def waterfall(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    unit: str = "",
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how a stock came from its opening to its closing, line by line.

    The axis is the change since the opening, so that bars may be compared; both stocks are
    written out beside them.

    Parameters
    ----------
    table
        One row a line, in order: ``name`` and ``value``, the first the opening, the last the closing
        stock, the others signed steps; ``kind`` (``stock``, ``step``, ``difference``).
    unit
        What is counted.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
    """
    table = need(table, ["name", "value", "kind"], "waterfall")
    ax = axes_for(len(table), ax, title, inches=0.3)
    if table.empty:
        return nothing(ax, lang)
    values = [float("nan") if pd.isna(v) else float(v) for v in table["value"]]
    level = 0.0
    for row, (kind, value) in enumerate(zip(table["kind"], values, strict=True)):
        if not np.isfinite(value):
            row_text(ax, row, pick(lang, "未知", "unknown"))
        elif kind != "stock" and value:
            _step(ax, row, level, value, kind)
            level += value
    ends = [i for i, kind in enumerate(table["kind"]) if kind == "stock"]
    if np.isfinite([values[i] for i in ends]).all():
        for row, at in zip(ends, (0.0, values[ends[-1]] - values[ends[0]]), strict=True):
            ax.plot([at, at], [row - 0.4, row + 0.4], color=COLORS["ink"], linewidth=2.4, zorder=3)
    ax.axvline(0, color=COLORS["line"], linewidth=0.8, zorder=1)
    rows_axis(ax, names_of(table, lang))
    value_axis(ax, unit, _since(unit, lang))
    low, high = ax.get_xlim()
    ax.set_xlim(low - 0.04 * (high - low), high + 0.04 * (high - low))
    column_texts(ax, [(unit, [_signed(v, k) for v, k in zip(values, table["kind"], strict=True)])])
    legend_above(ax, _handles(table, lang))
    return ax


def _since(unit: str, lang: str | None) -> str:
    return pick(lang, f"与期初相比（{unit}）", f"change since the opening ({unit})")


def _step(ax: Axes, row: int, level: float, value: float, kind: str) -> None:
    look: dict[str, Any] = (
        _GAP if kind == "difference" else {"color": _KINDS["more" if value > 0 else "fewer"][0]}
    )
    ax.barh(row, value, left=level, height=0.62, zorder=2, **look)
    ax.plot([level + value] * 2, [row, row + 1], color=COLORS["line"], linewidth=0.6, zorder=1)


def _signed(value: float, kind: str) -> str:
    printed = fmt_int(value)
    return f"+{printed}" if kind != "stock" and value > 0 else printed


def _handles(table: pd.DataFrame, lang: str | None) -> list[Patch]:
    found = [Patch(color=color, label=pick(lang, zh, en)) for color, zh, en in _KINDS.values()]
    if (table["kind"] == "difference").any():
        found.append(Patch(**_GAP, label=pick(lang, "不能解释的差额", "not explained")))
    return found


@described(_funds_show, ["county_code", "name", "age_years", "balance_yuan", "unknown_yuan"])
def funds_by_age(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what is left of the funds of each county (or source), by the age of the money.

    Parameters
    ----------
    table
        ``county_code`` or ``name``, ``age_years``, ``balance_yuan``, ``unknown_yuan`` (granted, of which it
        is not known what is left); as `povexit.progress.funds_balance` gives it.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
    """
    table = need(table, ["age_years", "balance_yuan", "unknown_yuan"], "funds_by_age")
    if table.empty:
        return nothing(axes_for(0, ax, title), lang)
    key = "name" if "name" in table else "county_code"
    wide = table.pivot_table("balance_yuan", key, "age_years", aggfunc="sum", sort=False).fillna(0)
    wide = wide[sorted(wide.columns)] / _TEN_THOUSAND
    unknown = table.groupby(key, sort=False)["unknown_yuan"].sum() / _TEN_THOUSAND
    ax = axes_for(len(wide), ax, title)
    start = np.zeros(len(wide))
    handles = []
    for color, age in zip(sequential(max(wide.shape[1], 2), 0.15), wide.columns, strict=False):
        part = wide[age].to_numpy(dtype=float)
        ax.barh(range(len(wide)), part, left=start, color=color, height=0.68, zorder=2)
        start = start + part
        handles.append(Patch(color=color, label=_age(int(age), lang)))
    look = STATUS["unknown"].patch()
    ax.barh(
        range(len(wide)), unknown.to_numpy(dtype=float), left=start, height=0.68, zorder=2, **look
    )
    handles.append(Patch(**look, label=pick(lang, "支出未知", "payment unknown")))
    rows_axis(ax, names_of(pd.DataFrame({key: wide.index}), lang))
    value_axis(ax, "", pick(lang, "万元", "10,000 yuan"))
    totals = [fmt_number(v, 0) for v in wide.sum(axis=1)]
    column_texts(ax, [(pick(lang, "结余", "left"), totals)])
    legend_above(ax, handles)
    return ax


def _age(age: int, lang: str | None) -> str:
    if age <= 0:
        return pick(lang, "本年资金", "this year's")
    return pick(lang, f"{age}年前的资金", f"{age} year{'s' * (age > 1)} old")
