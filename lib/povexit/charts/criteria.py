"""Who meets each criterion, who does not, and of whom it is not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
from povexit.style import (
    SHARE,
    STATUS,
    described,
    ends,
    figure_of,
    fmt_int,
    fmt_share,
    pick,
    text_size,
    text_width,
)

#: The least part of a figure's width that the bars take.
_PLOT = 0.5
PARTS = {"pass": "passed", "fail": "failed", "unknown": "unknown"}


def _shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    names = names_of(table, lang)
    parts = [
        f"{STATUS[status].label(lang)}{pick(lang, '户', ': ')}"
        f"{ends(names, table[f'{part}_share'], SHARE, lang)}"
        for status, part in PARTS.items()
    ]
    return pick(
        lang,
        f"{len(table)}项标准，户的比例。" + "；".join(parts) + "。",
        f"{len(table)} criteria, share of households that {'; '.join(parts)}.",
    )


@described(_shows, ["name", *(f"{part}{end}" for part in PARTS.values() for end in ("", "_share"))])
def criteria_bars(
    summary: pd.DataFrame,
    lang: str | None = None,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the shares passed, failed and unknown of each criterion as one full bar.

    Parameters
    ----------
    summary
        One row a criterion, in the order to show: ``name``, counts ``passed``, ``failed``,
        ``unknown`` and their shares of 0 to 1 ``passed_share``, ``failed_share``,
        ``unknown_share``, which together make 1.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
    """
    columns = [f"{part}{end}" for part in PARTS.values() for end in ("", "_share")]
    table = need(summary, ["name", *columns], "criteria_bars")
    ax = axes_for(len(table), ax, title)
    if table.empty:
        return nothing(ax, lang)
    left = pd.Series(0.0, index=table.index)
    for status, part in PARTS.items():
        share = table[f"{part}_share"].astype("Float64").fillna(0).astype(float)
        ax.barh(table.index, share, left=left, height=0.66, **STATUS[status].patch())
        _inside(ax, left, share, status)
        left += share
    rows_axis(ax, names_of(table, lang))
    value_axis(ax, "%")
    ax.set_xlim(0, 1)
    headings = {
        "failed": pick(lang, "未达标户", "failing"),
        "unknown": pick(lang, "未知户", "unknown"),
    }
    column_texts(
        ax, [(h, [fmt_int(n, lang=lang) for n in table[part]]) for part, h in headings.items()]
    )
    for row in table.index[left == 0]:
        row_text(ax, int(row), fmt_share(None, lang=lang))
    legend_above(ax, [Patch(**STATUS[s].patch(), label=STATUS[s].label(lang)) for s in PARTS])
    return ax


def _inside(ax: Axes, left: pd.Series, share: pd.Series, status: str) -> None:
    """Write each share into its part, where it is wide enough to hold it."""
    room = _PLOT * 72 * float(figure_of(ax).get_size_inches()[0])
    for row, (start, width) in enumerate(zip(left, share, strict=True)):
        text = fmt_share(width)
        if width * room > text_width(text, text_size()):
            color = STATUS[status].text
            back = {"facecolor": STATUS[status].color, "edgecolor": "none", "pad": 1.0}
            ax.text(
                start + width / 2,
                row,
                text,
                ha="center",
                va="center",
                color=color,
                size="small",
                bbox=back,
                in_layout=False,
            )
