"""Two months side by side: who rose, who fell, who overtook whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from povexit.charts.base import axes_for, legend_above, names_of, need, nothing, statuses
from povexit.charts.months import changes_show
from povexit.style import COLORS, STATUS, described, figure_of, fmt_value, pick, text_size

_SIDES = ("previous", "current")
#: Colour, line and name of what rose, fell and stayed; apart without colour too.
_WAYS: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "up": ({"color": STATUS["pass"].color, "linestyle": "-"}, ("上升", "rose")),
    "down": ({"color": STATUS["fail"].color, "linestyle": (0, (4, 1.5))}, ("下降", "fell")),
    "level": ({"color": COLORS["line"], "linestyle": ":"}, ("持平", "unchanged")),
}
#: Height of a label, in sizes of text, and how far labels stand from the points, of the width.
_LABEL_EMS, _ASIDE = 1.25, 0.05


@described(changes_show, ["county_code", "name", "previous", "current", "status"], values=_SIDES)
def slope_graph(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    unit: str = "%",
    months: tuple[str, str] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw each row's value of two months as a line from left to right.

    Parameters
    ----------
    table
        As for `month_change`: ``county_code`` or ``name``, ``previous``, ``current`` and,
        optionally, ``status`` (shown, unknown, suppressed).
    unit
        ``%`` for shares of 0 to 1, else the unit to print.
    months
        Names of the two months.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
        A row known in one month only has its point there; one known in neither is counted.
    """
    table = need(table, list(_SIDES), "slope_graph")
    ax = axes_for(len(table) + 2, ax, title)
    values = {c: _shown(table, c) for c in _SIDES}
    known = {c: np.isfinite(v) for c, v in values.items()}
    if not (known["previous"] | known["current"]).any():
        return nothing(ax, lang)
    names = names_of(table, lang)
    both = known["previous"] & known["current"]
    for before, now in zip(values["previous"][both], values["current"][both], strict=True):
        ax.plot([0, 1], [before, now], linewidth=1.6, zorder=2, **_WAYS[_way(before, now)][0])
    for x, column in enumerate(_SIDES):
        own = values[column][known[column]]
        ax.plot([x] * own.size, own, marker="o", linestyle="none", color=COLORS["ink"], zorder=3)
    _frame(
        ax, months or (pick(lang, "上月", "last month"), pick(lang, "本月", "this month")), values
    )
    for x, column in enumerate(_SIDES):
        texts = [
            f"{name} {fmt_value(v, unit, lang)}"
            for name, v, k in zip(names, values[column], known[column], strict=True)
            if k
        ]
        _labels(ax, x, values[column][known[column]], texts)
    legend_above(ax, _handles(int((~known["previous"] & ~known["current"]).sum()), lang), plot=0.8)
    return ax


def _shown(table: pd.DataFrame, column: str) -> np.ndarray:
    numbers = table[column].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.array(statuses(table, column)) == "shown", numbers, np.nan)


def _way(before: float, now: float) -> str:
    return "up" if now > before else "down" if now < before else "level"


def _frame(ax: Axes, months: Sequence[str], values: Mapping[str, np.ndarray]) -> None:
    whole = np.concatenate(list(values.values()))
    low, high = np.nanmin(whole), np.nanmax(whole)
    room = 0.08 * (high - low or max(abs(high), 1.0))
    ax.set_ylim(low - room, high + room)
    ax.set_xlim(-0.9, 1.9)
    ax.set_xticks([0, 1], months)
    ax.set_yticks([])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    for x in (0, 1):
        ax.axvline(x, color="#DDDDDD", linewidth=0.8, zorder=1)


def _labels(ax: Axes, x: int, values: np.ndarray, texts: Sequence[str]) -> None:
    """Write names and values beside the points, moved apart where they would touch."""
    low, high = ax.get_ylim()
    points = 72 * 0.75 * float(figure_of(ax).get_size_inches()[1])
    step = _LABEL_EMS * text_size() * (high - low) / points
    side, align = (-_ASIDE, "right") if x == 0 else (_ASIDE, "left")
    for value, place, text in zip(values, _apart(values, step, low, high), texts, strict=True):
        ax.plot([x, x + side], [value, place], color="#BBBBBB", linewidth=0.6, zorder=1)
        ax.text(x + 1.2 * side, place, text, ha=align, va="center", size=0.95 * text_size())


def _apart(values: np.ndarray, step: float, low: float, high: float) -> np.ndarray:
    """Return places at least ``step`` apart, in the order of the values and near them."""
    order = np.argsort(values, kind="stable")
    places = values[order].astype(float)
    for _ in range(200):
        gaps = np.diff(places)
        close = gaps < step - 1e-9
        if not close.any():
            break
        push = np.where(close, (step - gaps) / 2, 0.0)
        places[:-1] -= push
        places[1:] += push
        places = np.clip(places, low, high) if step * (places.size - 1) <= high - low else places
    found = np.empty_like(places)
    found[order] = places
    return found


def _handles(lost: int, lang: str | None) -> list[Line2D]:
    handles = [
        Line2D([], [], linewidth=1.6, label=pick(lang, *words), **look)
        for look, words in _WAYS.values()
    ]
    if lost:
        said = pick(lang, f"两月均未知{lost}", f"unknown in both months: {lost}")
        handles.append(Line2D([], [], color="none", label=said))
    return handles
