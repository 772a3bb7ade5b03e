"""What a planned sample can settle: chances of a verdict by the true rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from povexit.charts.base import axes_for, legend_above, need, nothing, value_axis
from povexit.style import COLORS, described, fmt_number, fmt_value, pick, sequential

#: How each verdict's chances are drawn.
_SIDES: dict[str, Any] = {"meets": "-", "fails": ":"}
_ROWS = 11


def _shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    said = []
    for name, plan in table.groupby("name", sort=False):
        first, last = (plan.sort_values("true_rate").iloc[i] for i in (0, -1))
        rates = [fmt_value(row["true_rate"], "%", lang) for row in (first, last)]
        chances = [fmt_value(x, "%", lang) for x in (first["meets"], last["fails"])]
        said.append(
            pick(
                lang,
                f"{name}：真实比例{rates[0]}时判达标的概率{chances[0]}，{rates[1]}时判未达标的概率{chances[1]}",
                f"{name}: truly {rates[0]}, shown to meet {chances[0]}; "
                f"truly {rates[1]}, shown to fail {chances[1]}",
            )
        )
    return pick(lang, "；".join(said) + "。", ". ".join(said) + ".")


@described(_shows, ["name", "true_rate", *_SIDES])
def operating_characteristic(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    threshold: float | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how likely samples are to show that the standard is met, or that it is not.

    Parameters
    ----------
    table
        From `povexit.evaluation.operating_characteristic`: ``true_rate``, ``meets``,
        ``fails`` (0 to 1) and ``name`` of the plan; plans are drawn from light to dark in
        the order they come in.
    threshold
        Where the standard's line runs; none if it is missing.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
        What a pair of lines leaves of 100 % is the chance that the verdict stays open.
    """
    table = need(table, ["name", "true_rate", *_SIDES], "operating_characteristic")
    ax = axes_for(_ROWS, ax, title)
    if table.empty:
        return nothing(ax, lang)
    names = list(dict.fromkeys(table["name"]))
    colors = dict(zip(names, sequential(len(names), start=0.4), strict=True))
    for name, plan in table.sort_values("true_rate", kind="stable").groupby("name", sort=False):
        for side, style in _SIDES.items():
            ax.plot(plan["true_rate"], plan[side], linestyle=style, color=colors[name], linewidth=2)
    handles = [Line2D([], [], color=c, linewidth=2, label=n) for n, c in colors.items()]
    if threshold is not None:
        handles.append(_threshold(ax, threshold, lang))
    value_axis(ax, "%", pick(lang, "真实的未达标比例", "true share of failings"))
    ax.set_xlim(0, table["true_rate"].max())
    ax.set_ylim(0, 1)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{fmt_number(100 * y, 0)}%"))
    ax.set_ylabel(pick(lang, "得出该结论的概率", "chance of the verdict"))
    legend_above(ax, [*handles, *_sides(lang)], plot=0.8)
    return ax


def _threshold(ax: Axes, threshold: float, lang: str | None) -> Line2D:
    look: dict[str, Any] = {"color": COLORS["accent"], "linestyle": "--", "linewidth": 1}
    ax.axvline(threshold, **look)
    text = f"{pick(lang, '标准线', 'threshold')} {fmt_value(threshold, '%', lang)}"
    return Line2D([], [], label=text, **look)


def _sides(lang: str | None) -> list[Line2D]:
    words = {
        "meets": pick(lang, "判达标的概率", "shown to meet"),
        "fails": pick(lang, "判未达标的概率", "shown to fail"),
    }
    return [
        Line2D([], [], color=COLORS["muted"], linestyle=style, linewidth=2, label=words[side])
        for side, style in _SIDES.items()
    ]
