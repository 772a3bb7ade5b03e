"""The way to a target: what was reached month by month, what should have been, where it may end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    fmt_share,
    fmt_value,
    pick,
    text_size,
)

_DOT: dict[str, Any] = {"marker": "o", "color": STATUS["pass"].color}
_WAY: dict[str, Any] = {"color": COLORS["muted"], "linestyle": (0, (4, 2))}


def _shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    unit = given["unit"]
    known = table[table["value"].notna()]
    if known.empty:
        return pick(lang, "各月均未知。", "Unknown in all months.")
    last = known.iloc[-1]
    reached, way = (fmt_value(last[c], unit, lang) for c in ("value", "expected"))
    said = pick(
        lang,
        f"{last['month']}实际{reached}，应达{way}。",
        f"{last['month']}: reached {reached}, expected by then {way}.",
    )
    if pd.notna(given["wanted"]):
        wanted = fmt_value(given["wanted"], unit, lang)
        said += pick(lang, f"目标{wanted}。", f" Target: {wanted}.")
    if len(given["band"]):
        end = given["band"].iloc[-1]
        guess, low, high = (fmt_value(end[c], unit, lang) for c in ("estimate", "low", "high"))
        said += pick(
            lang,
            f"预测{end['month']}为{guess}（80%区间{low}至{high}）。",
            f" Forecast for {end['month']}: {guess} (80% interval {low} to {high}).",
        )
    return said


@described(_shows, ["month", "value", "expected"])
def progress_path(
    table: pd.DataFrame,
    band: pd.DataFrame,
    lang: str | None = None,
    *,
    wanted: float | None = None,
    unit: str = "",
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a target's months: reached, expected, and the forecast with its interval.

    Parameters
    ----------
    table
        One row a month of the axis, in order: ``month``, ``value`` (missing for a month that was not
        run) and ``expected``. Months after the one reported are not run either; those before are
        marked as unknown.
    band
        ``month``, ``estimate``, ``low``, ``high`` from the last known month on; without rows where
        there is no forecast, which is then said.
    wanted
        What is to be reached.
    unit
        ``%`` for shares of 0 to 1, else the unit to print.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
    """
    table = need(table, ["month", "value", "expected"], "progress_path")
    ax = axes_for(8, ax, title)
    if table.empty:
        return nothing(ax, lang)
    months = list(table["month"])
    value, way = (_floats(table[c]) for c in ("value", "expected"))
    handles = _unknown(ax, value, lang)
    ax.plot(range(len(months)), way, linewidth=1.3, zorder=2, **_WAY)
    handles += [_line(pick(lang, "应达进度", "expected by then"), **_WAY)] * bool(
        np.isfinite(way).any()
    )
    handles += _forecast(ax, band, months, lang)
    ax.plot(
        range(len(months)), value, linewidth=1.8, markersize=0.6 * text_size(), zorder=4, **_DOT
    )
    handles.insert(0, _line(pick(lang, "实际", "reached"), **_DOT))
    handles += _target(ax, wanted, unit, lang)
    _axes(ax, months, unit, lang)
    legend_above(ax, handles, plot=0.85)
    return ax


def _floats(column: pd.Series) -> np.ndarray:
    return column.astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def _line(label: str, **look: Any) -> Line2D:
    return Line2D([], [], label=label, **look)


def _unknown(ax: Axes, value: np.ndarray, lang: str | None) -> list[Patch | Line2D]:
    """Hatch the months up to the last known of which nothing is known; all, if none is."""
    known = np.flatnonzero(np.isfinite(value))
    last = known[-1] if known.size else len(value) - 1
    gaps = [i for i in range(last + 1) if not np.isfinite(value[i])]
    look: dict[str, Any] = {**STATUS["unknown"].patch(), "linewidth": 0}
    for i in gaps:
        ax.axvspan(i - 0.5, i + 0.5, zorder=0, **look)
    return [
        Patch(
            **look,
            label=pick(lang, "未知", "unknown"),
        )
    ] * bool(gaps)


def _forecast(
    ax: Axes, band: pd.DataFrame, months: Sequence[str], lang: str | None
) -> list[Patch | Line2D]:
    inside = band[band["month"].isin(months)]
    if inside.empty:
        empty = Patch(facecolor="none", edgecolor="none")
        empty.set_label(pick(lang, "不作预测", "no forecast"))
        return [empty]
    at = [months.index(m) for m in inside["month"]]
    low, high = (_floats(inside[c]) for c in ("low", "high"))
    color = COLORS["band"]
    ax.fill_between(at, low, high, color=color, zorder=1, linewidth=0)
    look: dict[str, Any] = {"color": STATUS["pass"].color, "linestyle": ":"}
    ax.plot(at, _floats(inside["estimate"]), linewidth=1.6, zorder=3, **look)
    text = pick(lang, "预测及80%区间", "forecast, 80% interval")
    return [Patch(facecolor=color, label=text)]


def _target(ax: Axes, wanted: float | None, unit: str, lang: str | None) -> list[Line2D]:
    if wanted is None or pd.isna(wanted):
        return []
    look: dict[str, Any] = {"color": COLORS["accent"], "linestyle": "-"}
    ax.axhline(wanted, linewidth=1.2, zorder=2, **look)
    said = f"{pick(lang, '目标', 'target')} {fmt_value(wanted, unit, lang)}"
    return [_line(said, **look)]


def _axes(ax: Axes, months: Sequence[str], unit: str, lang: str | None) -> None:
    ax.set_xlim(-0.5, len(months) - 0.5)
    names = [m[5:].lstrip("0") for m in months]
    ax.set_xticks(range(len(months)), names)
    ax.set_xlabel(pick(lang, f"{months[0][:4]}年各月", f"month of {months[0][:4]}"))
    ax.set_ylim(0, 1.08 * max(ax.get_ylim()[1], 1e-9))
    if unit == SHARE:
        ax.yaxis.set_major_formatter(
            FuncFormatter(lambda v, _: fmt_share(v, digits=0) if v else "0%")
        )
    else:
        ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: fmt_int(v)))
        ax.set_ylabel(unit)
    ax.yaxis.set_major_locator(MaxNLocator(6))
    ax.grid(True, axis="y")
