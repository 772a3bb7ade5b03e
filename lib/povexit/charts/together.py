"""Which criteria are failed together (an upset plot)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from povexit.charts.base import (
    axes_for,
    column_texts,
    heads_below,
    legend_above,
    need,
    nothing,
)
from povexit.style import COLORS, STATUS, described, fmt_int, fmt_share, listed, pick, text_size

#: Height of the names below the columns, in rows, and width of the bars beside them, in columns.
_HEAD_ROWS = 4
_BARS = 0.9


def _shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    if table.empty:
        return pick(lang, "没有数据。", "No data.")
    alone = ~table["is_other"].astype(bool)
    said = [
        f"{_names(row, given['names'], lang)} {fmt_int(row['households'], lang=lang)}"
        for row in table[alone].head(3).to_dict("records")
    ]
    total = fmt_int(table["households"].sum(), lang=lang)
    return pick(
        lang,
        f"未达标{total}户，按未达标的各项分。最多的组合：{'；'.join(said) or '无'}（户）。",
        f"{total} households that fail, by all they fail. Most often: "
        f"{'; '.join(said) or 'none'} (households).",
    )


def _names(row: Mapping[Any, Any], names: Mapping[str, str], lang: str) -> str:
    return listed((name for key, name in names.items() if row[key]), lang)


@described(_shows, lambda given: [*given["names"], "households", "persons", "share", "is_other"])
def failing_together(
    table: pd.DataFrame,
    names: dict[str, str],
    lang: str | None = None,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw which criteria households fail together, the most frequent combination first.

    Parameters
    ----------
    table
        From `povexit.decide.failing_together`, in the order to show: a boolean column a
        criterion (true: fails), ``households``, ``share`` of all that fail (0 to 1) and
        ``is_other`` for the row of rarer combinations.
    names
        The printed name of each criterion by its column, in the order to show.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
        A row a combination: a full dot for each criterion it fails, joined by a line, and a
        bar as long as its households are many. A criterion that no row fails is left out.
    """
    table = need(table, [*names, "households", "share", "is_other"], "failing_together")
    ax = axes_for(len(table) + _HEAD_ROWS, ax, title)
    if table.empty:
        return nothing(ax, lang)
    failed = [key for key in names if table[key].astype(bool).any()]
    for place, row in enumerate(table.to_dict("records")):
        _row(ax, place, row, failed, lang)
    _bars(ax, table, len(failed))
    ax.set_yticks([])
    ax.set_ylim(len(table) - 0.5, -0.5)
    heads_below(ax, [names[key] for key in failed], lang)
    ax.spines[:].set_visible(False)
    households = [fmt_int(n, lang=lang) for n in table["households"]]
    shares = [fmt_share(x, lang=lang) for x in table["share"]]
    heads = pick(lang, "户数", "households"), pick(lang, "占未达标户", "of those failing")
    column_texts(ax, list(zip(heads, (households, shares), strict=True)))
    legend_above(ax, _handles(lang), plot=0.75)
    return ax


def _row(ax: Axes, place: int, row: Mapping[Any, Any], failed: list[str], lang: str | None) -> None:
    """Draw the dots of one combination, or say that it stands for the rarer ones."""
    if row["is_other"]:
        said = pick(lang, "其余较少的组合", "rarer combinations together")
        ax.text(-0.3, place, said, va="center", color=COLORS["muted"])
        return
    size = 0.85 * text_size()
    own = [at for at, key in enumerate(failed) if row[key]]
    rest = [at for at, key in enumerate(failed) if not row[key]]
    dots: dict[str, Any] = {"marker": "o", "markersize": size, "linestyle": "none"}
    ax.plot(rest, [place] * len(rest), color="#E3E3E3", zorder=2, **dots)
    color = STATUS["fail"].color
    ax.plot([own[0], own[-1]], [place, place], color=color, linewidth=0.25 * size, zorder=2)
    edge: dict[str, Any] = {"markeredgecolor": COLORS["ink"], "markeredgewidth": 0.5}
    ax.plot(own, [place] * len(own), color=color, zorder=3, **dots, **edge)


def _bars(ax: Axes, table: pd.DataFrame, columns: int) -> None:
    """Draw the bars right of the dots, the longest as wide as most of the dots are."""
    wide = max(columns * _BARS, 2.0)
    lengths = table["households"].astype(float) / float(table["households"].max()) * wide
    for place, length, other in zip(table.index, lengths, table["is_other"], strict=True):
        color = COLORS["line"] if other else STATUS["fail"].color
        ax.barh(place, length, left=columns - 0.3, height=0.62, zorder=2, color=color)
    ax.set_xlim(-0.5, columns - 0.3 + wide * 1.02)


def _handles(lang: str | None) -> list[Patch]:
    fails = Patch(color=STATUS["fail"].color, label=pick(lang, "未达标的项", "criterion failed"))
    not_failed = pick(lang, "达标或未知", "met or unknown")
    return [fails, Patch(color="#E3E3E3", label=not_failed)]
