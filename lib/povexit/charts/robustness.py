"""Whether a verdict hangs on a choice: every single change, and every combination."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from povexit.charts.base import axes_for, legend_above, need, nothing, rows_axis
from povexit.charts.counties import dot
from povexit.charts.verdicts import AS_STATUS, cell_color
from povexit.geography import counties, county_name
from povexit.style import (
    COLORS,
    STATUS,
    described,
    figure_of,
    fmt_number,
    fmt_value,
    language,
    least_digits,
    listed,
    pick,
    text_size,
    text_width,
    wrap,
)

#: The columns that hold a choice, in the order they are drawn.
CHOICES = ("judged_by", "unit", "weighting", "lonely", "missing", "denominator")
#: The part of a figure's width that names leave to the plot, and how many rows estimates take.
_PLOT = 0.72
_BAND = 9.0


def _grid_shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    flips = table.groupby("county_code")["flips"].sum()
    names = [county_name(str(code), lang, short=True) for code in flips.index[flips == 0]]
    n = len(flips)
    return pick(
        lang,
        f"{n}个县。任何口径下结论都不变：{listed(names, lang) or '无'}；其余{n - len(names)}个县有口径改变结论。",
        f"{n} counties. No choice changes the verdict of: {listed(names, lang) or 'none'}; "
        f"some choice does in the other {n - len(names)}.",
    )


def _curve_shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    known = table[table["estimate"].notna()]
    if known.empty:
        return pick(lang, "没有可显示的数值。", "No value can be shown.")
    low, high = (
        fmt_value(x, "%", lang) for x in (known["estimate"].min(), known["estimate"].max())
    )
    counts = known["verdict"].value_counts()
    words = [(STATUS[AS_STATUS[str(v)]].label(lang), n) for v, n in counts.items()]
    words += [(STATUS["unknown"].label(lang), len(table) - len(known))]
    said = listed((f"{word} {n}" for word, n in words if n), lang)
    line = fmt_value(table["threshold"].iloc[0], "%", lang)
    return pick(
        lang,
        f"{len(table)}种口径组合的估计值为{low}至{high}，标准线{line}。结论：{said}。",
        f"{len(table)} combinations of choices: estimates from {low} to {high}, threshold {line}. "
        f"Verdicts: {said}.",
    )


@described(
    _grid_shows,
    ["county_code", *CHOICES, "changed", "n_changed", "estimate", "verdict", "flips"],
)
def choice_grid(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw each county's verdict as stated and under every single change of a choice.

    Parameters
    ----------
    table
        From `povexit.evaluation.specifications` by way of `spelled`, of one measure:
        ``county_code``, the columns of the choices, ``changed``, ``n_changed``,
        ``estimate``, ``verdict`` and ``flips``.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
        A row a county, a column a change; a cell whose verdict is another one than stated is
        framed. The last column counts the combinations of all choices that change it.
    """
    columns = [*CHOICES, "changed", "n_changed", "estimate", "verdict", "flips", "county_code"]
    table = need(table, columns, "choice_grid")
    codes = [c for c in counties()["county_code"] if c in set(table["county_code"])]
    ax = axes_for(len(codes), ax, title, inches=0.3)
    if table.empty:
        return nothing(ax, lang)
    single = table[table["n_changed"] <= 1]
    changes = _changes(single)
    for row in single.to_dict("records"):
        _cell(ax, changes.index(row["changed"]), codes.index(row["county_code"]), row)
    counted = table.groupby("county_code")["flips"].agg(["sum", "size"])
    for place, code in enumerate(codes):
        said = f"{counted['sum'][code]}/{counted['size'][code]}"
        ax.text(len(changes), place, said, ha="center", va="center", size=0.95 * text_size())
    ax.set_xlim(-0.5, len(changes) + 0.5)
    rows_axis(ax, [county_name(c, language(lang), short=True) for c in codes])
    _headings(ax, [*changes, pick(lang, "改变结论的组合", "combinations that change it")], lang)
    for spine in ax.spines.values():
        spine.set_visible(False)
    marks = [*_verdicts(table, lang), _frame(lang)]
    ax.legend(handles=marks, loc="upper left", bbox_to_anchor=(0, 0), ncols=3, borderaxespad=0.4)
    return ax


def _changes(single: pd.DataFrame) -> list[str]:
    """Return the changes, choice by choice, what is stated first."""
    stated = list(dict.fromkeys(single.loc[single["n_changed"] == 0, "changed"]))
    tried = set(single["changed"])
    words = (word for name in CHOICES for word in dict.fromkeys(single[name]) if word in tried)
    return list(dict.fromkeys([*stated, *words]))


def _cell(ax: Axes, column: int, row_at: int, row: Mapping[Any, Any]) -> None:
    known = pd.notna(row["estimate"])
    look = {"facecolor": cell_color(row["verdict"])} if known else STATUS["unknown"].patch()
    edge: dict[str, Any] = {"edgecolor": "#E3E3E3", "linewidth": 0.6}
    if row["flips"]:
        edge = {"edgecolor": COLORS["accent"], "linewidth": 1.6, "zorder": 2.5}
    # a frame keeps clear of its neighbours, that would lie on it
    gap = 0.07 if row["flips"] else 0.0
    place, side = (column - 0.5 + gap, row_at - 0.5 + gap), 1 - 2 * gap
    ax.add_patch(Rectangle(place, side, side, **{**look, **edge}))
    if known:
        ax.plot(column, row_at, **{**dot(row["verdict"]), "zorder": 3})


def _headings(ax: Axes, words: Sequence[str], lang: str | None) -> None:
    """Name the columns above the grid, in short lines; on a slope where words are too long."""
    size = 0.9 * text_size()
    room = _PLOT * 72 * float(figure_of(ax).get_size_inches()[0]) / len(words)
    longest = max(text_width(part, size) for word in words for part in word.split())
    in_lines = language(lang) == "zh" or longest <= room
    if in_lines:
        words = ["\n".join(_even_lines(word, room, size)) for word in words]
    ax.set_xticks(range(len(words)), words, size=size)
    ax.tick_params(length=0, labeltop=True, labelbottom=False)
    if not in_lines:
        plt.setp(ax.get_xticklabels(), rotation=40, ha="left", rotation_mode="anchor")


def _even_lines(word: str, room: float, size: float) -> list[str]:
    """Break a heading into lines of about one length, as few as there is room for."""
    width = text_width(word, size)
    return wrap(word, width / math.ceil(width / room) + 0.6 * size, size)


def _verdicts(table: pd.DataFrame, lang: str | None) -> list[Any]:
    """Return the legend's marks of the verdicts there are, and of the unknown."""
    known = table[table["estimate"].notna()]
    given = [v for v in AS_STATUS if v in set(known["verdict"])]
    marks: list[Any] = [
        Line2D([], [], label=STATUS[AS_STATUS[v]].label(lang), **dot(v)) for v in given
    ]
    if len(known) < len(table):
        unknown = STATUS["unknown"]
        marks.append(Patch(**unknown.patch(), label=unknown.label(lang)))
    return marks


def _frame(lang: str | None) -> Patch:
    label = pick(lang, "与现行口径结论不同", "another verdict than as stated")
    return Patch(facecolor="white", edgecolor=COLORS["accent"], linewidth=1.6, label=label)


@described(_curve_shows, [*CHOICES, "estimate", "bound", "threshold", "verdict", "is_stated"])
def specification_curve(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one county's estimates under every combination of choices, and what each chose.

    Parameters
    ----------
    table
        From `povexit.evaluation.specifications` by way of `spelled`, of one measure and
        county: the columns of the choices, ``estimate``, ``bound``, ``threshold`` (0 to 1),
        ``verdict`` and ``is_stated``.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
        Above, estimates in order, each with a line to the one-sided bound its verdict rests
        on: a verdict is open where the line crosses the threshold. Beneath, under each
        estimate, the choices it made. Choices of which only one was tried are left out.
    """
    columns = [*CHOICES, "estimate", "bound", "threshold", "verdict", "is_stated"]
    table = need(table, columns, "specification_curve")
    rows = _options(table)
    table = table.sort_values("estimate", kind="stable", ignore_index=True)
    ax = axes_for(round(_BAND) + len(rows) + 2, ax, title, inches=0.24)
    if table.empty:
        return nothing(ax, lang)
    top = _top(table)
    for place, row in enumerate(table.to_dict("records")):
        _one(ax, place, row, top, rows)
    ax.set_xlim(-1, len(table))
    ax.set_ylim(len(rows) - 0.5, -_BAND - 1.2)
    ax.set_xticks([])
    _band(ax, table, top)
    names = [option for _, option in rows]
    ticks = _ticks(top)
    digits = least_digits(100 * tick for tick in ticks)
    shown = [f"{fmt_number(100 * tick, digits)}%" for tick in ticks]
    ax.set_yticks([*range(len(rows)), *(_at(t, top) for t in ticks)], [*names, *shown])
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    legend_above(ax, [*_verdicts(table, lang), *_lines(table, lang)])
    return ax


def _options(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Return each choice that was varied with each of its options, the one stated first."""
    order = table.sort_values("is_stated", ascending=False, kind="stable")
    tried = {name: list(dict.fromkeys(order[name])) for name in CHOICES}
    return [(name, o) for name, options in tried.items() if len(options) > 1 for o in options]


def _top(table: pd.DataFrame) -> tuple[float, float]:
    """Return the shares at the lower and the upper end of the band of estimates."""
    ends = pd.concat([table["estimate"], table["bound"], table["threshold"]]).astype(float)
    room = 0.06 * (ends.max() - ends.min() or 0.01)
    return max(ends.min() - room, 0.0), min(ends.max() + room, 1.0)


def _at(share: float, top: tuple[float, float]) -> float:
    """Return where a share stands above the rows of choices."""
    return -1.0 - _BAND * (share - top[0]) / (top[1] - top[0])


def _ticks(top: tuple[float, float]) -> list[float]:
    return [float(t) for t in MaxNLocator(5).tick_values(*top) if top[0] <= t <= top[1]]


def _one(
    ax: Axes,
    place: int,
    row: Mapping[Any, Any],
    top: tuple[float, float],
    rows: Sequence[tuple[str, str]],
) -> None:
    """Draw one combination: its estimate and bound, and a tick in the row of each choice."""
    known = pd.notna(row["estimate"])
    look = dot(row["verdict"])
    color = look["color"] if known else COLORS["line"]
    if known:
        ends = [_at(row["estimate"], top), _at(row["bound"], top)]
        ax.plot([place, place], ends, color=color, linewidth=1.4, alpha=0.7)
        ax.plot(place, ends[0], **{**look, "markersize": 0.45 * text_size(), "zorder": 3})
    else:
        ax.add_patch(Rectangle((place - 0.5, -1 - _BAND), 1, _BAND, **STATUS["unknown"].patch()))
    for at, (name, option) in enumerate(rows):
        if row[name] == option:
            ax.plot([place, place], [at - 0.34, at + 0.34], color=color, linewidth=2.0)


def _band(ax: Axes, table: pd.DataFrame, top: tuple[float, float]) -> None:
    """Draw the threshold, light lines at the ticks, and what is stated behind everything."""
    for tick in _ticks(top):
        ax.axhline(_at(tick, top), color="#E3E3E3", linewidth=0.6, zorder=0)
    line = _at(float(table["threshold"].iloc[0]), top)
    ax.axhline(line, color=COLORS["accent"], linestyle="--", linewidth=1, zorder=1)
    for place in table.index[table["is_stated"]]:
        ax.axvspan(place - 0.5, place + 0.5, color="#E9E4D4", linewidth=0, zorder=0)


def _lines(table: pd.DataFrame, lang: str | None) -> list[Any]:
    limit = fmt_value(table["threshold"].iloc[0], "%", lang)
    text = f"{pick(lang, '标准线', 'threshold')} {limit}"
    return [
        Line2D([], [], color=COLORS["accent"], linestyle="--", linewidth=1, label=text),
        Patch(facecolor="#E9E4D4", label=pick(lang, "现行口径", "as stated")),
    ]
