"""How near the poverty line households are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from povexit.charts.base import axes_for, legend_above, need, nothing
from povexit.errors import SchemaError
from povexit.style import COLORS, STATUS, described, fmt_int, fmt_yuan, pick


def _shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    def count(rows: Any) -> str:
        return fmt_int(table.loc[rows.fillna(False), "households"].sum(), lang=lang)

    low, high = (table[c].astype("Float64") for c in ("low_yuan", "high_yuan"))
    below, above, unknown = count(high <= 0), count(low >= 0), count(low.isna())
    said = pick(
        lang,
        f"不高于贫困线{below}户，高于贫困线{above}户，收入未知{unknown}户。",
        f"At or below the line: {below} households; above: {above}; income unknown: {unknown}.",
    )
    if not (near := given["near_yuan"]):
        return said
    close, within = count((low >= -near) & (high <= near)), fmt_yuan(near, lang=lang)
    return said + pick(
        lang, f"贫困线上下{within}以内{close}户。", f" Within {within} of the line: {close}."
    )


@described(_shows, ["low_yuan", "high_yuan", "households"])
def income_histogram(
    bins: pd.DataFrame,
    lang: str | None = None,
    *,
    near_yuan: float | None = None,
    line_yuan: float | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how many households lie how far below or above the poverty line.

    Parameters
    ----------
    bins
        As `povexit.poverty.line_distance_bins` gives it: ``low_yuan``, ``high_yuan`` (distance
        of income per person to the line, equal widths) and ``households``. The outermost
        bins also hold all beyond them; a row without edges counts the unknown.
    lang, title, ax
        Language, heading and axes.
    near_yuan
        Half the width of the band called near the line, in yuan; none without.
    line_yuan
        The line itself, to print beside its mark.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    SchemaError
        If bins differ in width: heights could not be compared.
    """
    table = need(bins, ["low_yuan", "high_yuan", "households"], "income_histogram")
    known = table[table["low_yuan"].notna()].astype(float)
    unknown = int(table.loc[table["low_yuan"].isna(), "households"].sum())
    ax = axes_for(10, ax, title)
    if known.empty:
        legend_above(nothing(ax, lang), [_unknown(unknown, lang)])
        return ax
    width = _width(known)
    _band(ax, near_yuan)
    _bars(ax, known, width)
    _line(ax, line_yuan, lang)
    _axes(ax, known, width, lang)
    # nothing stands beside this plot, so it takes nearly all the width
    legend_above(ax, [*_handles(near_yuan, lang), _unknown(unknown, lang)], plot=0.85)
    return ax


def _bars(ax: Axes, known: pd.DataFrame, width: float) -> None:
    """Draw the bins on either side of the line; paler the outermost, which hold all beyond."""
    below = known["high_yuan"] <= 0
    outer = known.index.isin([known.index[0], known.index[-1]])
    for status, rows in (("fail", below), ("pass", ~below)):
        for part, beyond in ((rows & ~outer, False), (rows & outer, True)):
            ax.bar(
                known.loc[part, "low_yuan"],
                known.loc[part, "households"],
                width=width,
                align="edge",
                color=STATUS[status].color,
                edgecolor="white",
                linewidth=0.4,
                alpha=0.55 if beyond else 1.0,
                zorder=2,
            )


def _width(known: pd.DataFrame) -> float:
    widths = (known["high_yuan"] - known["low_yuan"]).to_numpy()
    if widths.size and np.allclose(widths, widths[0]):
        return float(widths[0])
    raise SchemaError(
        "bins of a histogram must be equally wide",
        where="income_histogram",
        found=sorted(set(widths)),
    )


def _band(ax: Axes, near_yuan: float | None) -> None:
    if near_yuan:
        ax.axvspan(-near_yuan, near_yuan, color=COLORS["band"], zorder=0)


def _line(ax: Axes, line_yuan: float | None, lang: str | None) -> None:
    ax.axvline(0, color=COLORS["ink"], linewidth=1.2, zorder=3)
    amount = f" {fmt_yuan(line_yuan, lang=lang)}" if line_yuan else ""
    text = pick(lang, "贫困线", "poverty line") + amount
    ax.annotate(
        text,
        (0, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-4, -3),
        textcoords="offset points",
        ha="right",
        va="top",
        zorder=4,
    )


def _axes(ax: Axes, known: pd.DataFrame, width: float, lang: str | None) -> None:
    low, high = known["low_yuan"].min(), known["high_yuan"].max()
    ax.set_xlim(low - width / 2, high + width / 2)
    ticks = [
        t for t in MaxNLocator(9, steps=[1, 2, 5, 10]).tick_values(low, high) if low < t < high
    ]
    inner = [t for t in ticks if low + 2 * width < t < high - 2 * width]
    names = [("+" if t > 0 else "") + fmt_int(t) for t in inner]
    ends = [low + width / 2, high - width / 2]
    more = [pick(lang, "更低", "lower"), pick(lang, "更高", "higher")]
    ax.set_xticks([*inner, *ends], [*names, *more])
    ax.yaxis.set_major_formatter(lambda value, _: fmt_int(value))
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.grid(True, axis="y")
    ax.set_xlabel(
        pick(
            lang, "人均纯收入与贫困线之差（元/年）", "income per person less the line (yuan a year)"
        )
    )
    ax.set_ylabel(pick(lang, "户数", "households"))
    # room above the highest bar for the name of the line
    ax.set_ylim(0, max(1.18 * float(known["households"].max()), 1.0))


def _handles(near_yuan: float | None, lang: str | None) -> list[Patch]:
    found = [
        Patch(color=STATUS["fail"].color, label=pick(lang, "不高于贫困线", "at or below the line")),
        Patch(color=STATUS["pass"].color, label=pick(lang, "高于贫困线", "above the line")),
    ]
    if near_yuan:
        within = fmt_yuan(near_yuan, lang=lang)
        text = pick(lang, f"贫困线上下{within}", f"within {within} of the line")
        found.append(Patch(color=COLORS["band"], label=text))
    return found


def _unknown(count: int, lang: str | None) -> Patch:
    """Say how many are not in the picture because their income is not known."""
    text = pick(
        lang, f"收入未知{fmt_int(count)}户，未绘出", f"income unknown, not drawn: {fmt_int(count)}"
    )
    return Patch(**STATUS["unknown"].patch(), label=text)
