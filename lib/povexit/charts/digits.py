"""Last digits against what they would be if no answer were rounded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from povexit.charts.base import axes_for, need, nothing
from povexit.style import COLORS, STATUS, described, fmt_share, pick

_EVEN = 0.1


def _shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    if table.empty or table["share"].isna().all():
        return pick(lang, "没有数据。", "No data.")
    top = table.sort_values("share", ascending=False).to_dict("records")[0]
    share = fmt_share(top["share"], lang=lang)
    return pick(
        lang,
        f"尾数{int(top['digit'])}最多，占{share}，平均应为10%。",
        f"Digit {int(top['digit'])} comes most often, {share}; evenly it would be 10%.",
    )


@described(_shows, ["digit", "n", "share"], values=["share"])
def digit_bars(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how often each last digit comes, against one in ten.

    Parameters
    ----------
    table
        From `povexit.quality.digits`, of one group: ``digit``, ``n``, ``share``.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
    """
    table = need(table, ["digit", "n", "share"], "digit_bars")
    ax = axes_for(6, ax, title)
    if table.empty or table["share"].isna().all():
        return nothing(ax, lang)
    ax.bar(table["digit"], table["share"].astype(float), color=STATUS["pass"].color, width=0.75)
    ax.axhline(_EVEN, color=COLORS["accent"], linestyle="--", linewidth=1)
    label, place = pick(lang, "均匀 10%", "even 10%"), ax.get_yaxis_transform()
    ax.text(1.01, _EVEN, label, transform=place, va="center", color=COLORS["accent"])
    ax.set_xticks(range(10))
    ax.set_xlabel(pick(lang, "尾数", "last digit"))
    ax.yaxis.set_major_formatter(PercentFormatter(1, 0))
    ax.grid(True, axis="y")
    return ax
