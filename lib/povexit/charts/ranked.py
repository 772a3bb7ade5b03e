"""All persons from the poorest to the richest: Pen's parade, and the three I's of poverty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from povexit.charts.base import axes_for, legend_above, need, nothing
from povexit.style import (
    COLORS,
    SHARE,
    STATUS,
    described,
    fmt_int,
    fmt_number,
    fmt_share,
    fmt_value,
    fmt_yuan,
    pick,
)

_ROWS = 10
#: Incomes above this many times the line leave the picture: the parade's giants.
_HIGHEST = 5.0
_DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))


def _parade_shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    known = table[table["population_share"].notna()]
    if known.empty:
        return pick(lang, "收入已知的户太少，未绘出。", "Too few households of known income.")
    low, high = (fmt_yuan(known["income_yuan"].iloc[i], lang=lang) for i in (0, -1))
    half = int((known["population_share"] >= 0.5).to_numpy().argmax())
    middle = fmt_yuan(known["income_yuan"].iloc[half], lang=lang)
    below = known.loc[known["income_yuan"] <= given["line_yuan"], "population_share"]
    share = fmt_share(below.max() if len(below) else 0.0, digits=0, lang=lang)
    line = fmt_yuan(given["line_yuan"], lang=lang)
    return pick(
        lang,
        f"按人均纯收入从低到高：最低一组{low}，中间{middle}，最高一组{high}；约{share}的人所在的组"
        f"不高于贫困线{line}。",
        f"By income per person: poorest group {low}, middle {middle}, richest group {high}; about "
        f"{share} of persons are in groups not above the line of {line}.",
    )


@described(_parade_shows, ["households", "population_share", "income_yuan"])
def pens_parade(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    line_yuan: float,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw all persons from the poorest to the richest, each as tall as their income.

    Parameters
    ----------
    table
        From `povexit.poverty.ranked`: ``population_share`` (0 to 1, up to the group's end),
        ``income_yuan`` and ``households``; a row without a share counts the unknown.
    line_yuan
        The line, in yuan per person and year.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
        Groups above five times the line are cut there, and the highest is written out.
    """
    table = need(table, ["households", "population_share", "income_yuan"], "pens_parade")
    known = table[table["population_share"].notna()].reset_index(drop=True)
    ax = axes_for(_ROWS, ax, title)
    unknown = _unknown(table, lang)
    if known.empty:
        legend_above(nothing(ax, lang), [unknown])
        return ax
    ends = known["population_share"].to_numpy(dtype=float)
    starts, income = np.r_[0.0, ends[:-1]], known["income_yuan"].to_numpy(dtype=float)
    top = _HIGHEST * line_yuan
    for status, rows in (("fail", income <= line_yuan), ("pass", income > line_yuan)):
        shown = np.clip(income[rows], None, top)
        width = (ends - starts)[rows]
        color = STATUS[status].color
        ax.bar(starts[rows], shown, width=width, align="edge", color=color, linewidth=0)
    ax.axhline(line_yuan, color=COLORS["ink"], linewidth=1.2)
    _shares(ax, pick(lang, "人口（收入由低到高）", "persons, from the poorest to the richest"))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: fmt_int(y)))
    ax.yaxis.set_major_locator(MaxNLocator(6))
    ax.grid(True, axis="y")
    ax.set_ylim(min(0.0, float(income.min())), 1.04 * min(top, float(income.max())))
    ax.set_ylabel(pick(lang, "人均纯收入（元/年）", "income per person (yuan a year)"))
    handles = [*_sides(lang), _line(line_yuan, lang), unknown]
    if income.max() > top:
        highest = fmt_yuan(income.max(), lang=lang)
        handles.append(
            _empty(pick(lang, f"最高一组{highest}，截去", f"richest group {highest}, cut"))
        )
    legend_above(ax, handles, plot=0.85)
    return ax


def _sides(lang: str | None) -> list[Patch]:
    words = {
        "fail": ("不高于贫困线", "not above the line"),
        "pass": ("高于贫困线", "above the line"),
    }
    return [Patch(color=STATUS[s].color, label=pick(lang, *both)) for s, both in words.items()]


def _line(line_yuan: float, lang: str | None) -> Line2D:
    said = f"{pick(lang, '贫困线', 'poverty line')} {fmt_yuan(line_yuan, lang=lang)}"
    return Line2D([], [], color=COLORS["ink"], linewidth=1.2, label=said)


def _empty(label: str) -> Patch:
    return Patch(facecolor="none", edgecolor="none", label=label)


def _unknown(table: pd.DataFrame, lang: str | None) -> Patch:
    count = fmt_int(table.loc[table["population_share"].isna(), "households"].sum(), lang=lang)
    text = pick(lang, f"收入未知{count}户，未绘出", f"income unknown, not drawn: {count}")
    return Patch(**STATUS["unknown"].patch(), label=text)


def _shares(ax: Axes, label: str) -> None:
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{fmt_number(100 * x, 0)}%"))
    ax.set_xlabel(label)


def _tip_shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    said = []
    for name, part in table.groupby("name", sort=False):
        known = part[part["population_share"].notna()]
        if known.empty:
            said.append(f"{name} {pick(lang, '未知', 'unknown')}")
            continue
        wide, high = (fmt_value(x, SHARE, lang) for x in _width_and_height(known))
        said.append(
            pick(
                lang,
                f"{name}：贫困约占{wide}，平均缺口为贫困线的{high}",
                f"{name}: about {wide} poor, mean gap {high} of the line",
            )
        )
    return pick(lang, "；".join(said) + "。", "; ".join(said) + ".")


def _width_and_height(known: pd.DataFrame) -> tuple[float, float]:
    """Return where a curve becomes flat, and how high it is there."""
    gaps = known["gap_share"].to_numpy(dtype=float)
    flat = int(np.argmax(gaps >= gaps[-1] - 1e-12))
    wide = float(known["population_share"].iloc[flat]) if gaps[-1] > 0 else 0.0
    return wide, float(gaps[-1])


@described(_tip_shows, ["name", "households", "population_share", "gap_share"])
def tip_curve(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the three I's of poverty: how many are poor, how far below the line, how unequally.

    Parameters
    ----------
    table
        From `povexit.poverty.ranked`, one under another with a ``name`` each (a month, a
        place; at most four): ``population_share``, ``gap_share`` and ``households``.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
        A curve becomes flat where the poor end (incidence), at the height of the mean gap of
        all persons (intensity); the more it bends before, the less equal are the poor. A curve
        that lies below another shows less poverty by every measure of the gaps.
    """
    table = need(table, ["name", "households", "population_share", "gap_share"], "tip_curve")
    ax = axes_for(_ROWS, ax, title)
    known = table[table["population_share"].notna()]
    if known.empty:
        legend_above(nothing(ax, lang), [_unknown(table, lang)])
        return ax
    handles = []
    colors = (STATUS["pass"].color, STATUS["fail"].color, COLORS["ink"], COLORS["muted"])
    looks = zip(colors, _DASHES, strict=True)
    for (name, part), (color, dash) in zip(known.groupby("name", sort=False), looks, strict=False):
        look: dict[str, Any] = {"color": color, "linestyle": dash, "linewidth": 2.0}
        x, y = (part[c].to_numpy(dtype=float) for c in ("population_share", "gap_share"))
        ax.plot(np.r_[0.0, x], np.r_[0.0, y], zorder=3, **look)
        wide, high = _width_and_height(part)
        ax.plot(wide, high, marker="o", color=color, zorder=4, clip_on=False)
        mark = f"{wide:.0%}", fmt_value(high, SHARE, lang)
        said = pick(lang, f"{name}（{mark[0]}，{mark[1]}）", f"{name} ({mark[0]}, {mark[1]})")
        handles.append(Line2D([], [], label=said, marker="o", **look))
    _shares(ax, pick(lang, "人口（收入由低到高）", "persons, from the poorest to the richest"))
    ax.set_ylim(0, 1.1 * max(float(known["gap_share"].max()), 1e-6))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{fmt_number(100 * y, 1)}%"))
    ax.yaxis.set_major_locator(MaxNLocator(6))
    ax.grid(True)
    ax.set_ylabel(pick(lang, "累计缺口（占贫困线）", "gaps so far (of the line)"))
    note = pick(lang, "括号：贫困人口比例，平均缺口", "in brackets: poor, mean gap")
    legend_above(ax, [*handles, _empty(note), _unknown(table, lang)], plot=0.85)
    return ax
