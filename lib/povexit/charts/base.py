"""What every chart shares: axes of the right height, names, marks for what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import offset_copy

from povexit.errors import SchemaError
from povexit.geography import county_name
from povexit.style import (
    COLORS,
    SHARE,
    figure_of,
    fmt_number,
    language,
    least_digits,
    pick,
    scale,
    set_figure_title,
    set_title,
    shorten,
    stage,
    text_size,
    text_width,
    wrap,
)

_TITLE_INCHES = 1.3
#: The least height of a row in sizes of text.
_ROW_EMS = 1.3
#: The longest name of a row, and the gap before a column of figures, in sizes of text.
_NAME_EMS = 18
_GAP_EMS = 1.3
#: Room that two columns of figures beside the plot take, in sizes of text.
_FIGURES_EMS = 12
#: Chinese names of criteria stand below columns, in lines of this many sizes of text.
_HEAD_EMS = 3.4
#: English ones lean below them; a very long one is cut.
_LEANING_EMS = 14
#: The mark of a legend's entry with the gaps around it, in sizes of text.
_HANDLE_EMS = 3.8
#: The part of a figure's width that names and columns of figures leave to the plot.
_PLOT = 0.62


def need(table: pd.DataFrame, columns: Sequence[str], where: str) -> pd.DataFrame:
    """Return a copy with a fresh index, if the columns are there.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    if missing := [column for column in columns if column not in table]:
        raise SchemaError(
            "a column to draw is missing", where=where, expected=missing, found=list(table)
        )
    return table.reset_index(drop=True).copy()


def axes_for(rows: int, ax: Axes | None, title: str | None, inches: float = 0.27) -> Axes:
    """Return the axes given, or new ones as high as the rows need and the sheet has; set the title."""
    if ax is not None:
        if title:
            set_title(ax, title)
        return ax
    width, most = stage()
    natural = (_TITLE_INCHES + inches * max(rows, 1)) * scale()
    fig, ax = plt.subplots(figsize=(width, min(natural, most)))
    if title:
        set_figure_title(fig, title)
    return ax


def rows_that_fit(besides: int = 0) -> int:
    """Return how many rows a sheet of the current context holds legibly, ``besides`` left free."""
    room = 72 * (stage()[1] - _TITLE_INCHES * scale())
    return int(room / (_ROW_EMS * text_size())) - besides


def nothing(ax: Axes, lang: str | None) -> Axes:
    """Say on axes without a row that there is none."""
    ax.set_axis_off()
    ax.text(0, 0.5, pick(lang, "没有数据", "no data"), color=COLORS["muted"], va="center")
    return ax


def names_of(table: pd.DataFrame, lang: str | None) -> list[str]:
    """Return the names of rows: column ``name``, or the short name of ``county_code``."""
    if "name" in table:
        return [str(name) for name in table["name"]]
    return [county_name(code, language(lang), short=True) for code in table["county_code"]]


def value_axis(ax: Axes, unit: str, label: str | None = None) -> None:
    """Print the ticks of the horizontal axis in a unit, over a light grid."""
    factor, sign = (100, "%") if unit == SHARE else (1, "")

    def printed(value: float, _: int) -> str:
        digits = least_digits(factor * tick for tick in ax.get_xticks())
        return fmt_number(factor * value, digits) + sign

    ax.xaxis.set_major_formatter(FuncFormatter(printed))
    ax.grid(True, axis="x")
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    if label or unit != SHARE:
        ax.set_xlabel(label or unit)


def rows_axis(ax: Axes, labels: Sequence[str]) -> None:
    """Name the rows from top to bottom, each on one line; a very long name is cut."""
    size = text_size()
    ax.set_yticks(range(len(labels)), [shorten(name, _NAME_EMS * size, size) for name in labels])
    ax.set_ylim(len(labels) - 0.5, -0.5)


def heads_below(ax: Axes, names: Sequence[str], lang: str | None) -> None:
    """Name columns below the plot: Chinese in short lines, English leaning and cut if very long."""
    size = 0.9 * text_size()
    if language(lang) == "zh":
        width = min(_HEAD_EMS * size, _column_width(ax, len(names)) - 0.3 * size)
        heads = ["\n".join(wrap(name, width, size)) for name in names]
        ax.set_xticks(range(len(names)), heads, size=size)
    else:
        heads = [shorten(name, _LEANING_EMS * size, size) for name in names]
        ax.set_xticks(range(len(names)), heads, size=size)
        plt.setp(ax.get_xticklabels(), rotation=40, ha="right", rotation_mode="anchor")
    ax.tick_params(length=0)


def _column_width(ax: Axes, columns: int) -> float:
    """Return how wide a column is at least, in points, beside the names of the rows."""
    names = [text_width(label.get_text(), text_size()) for label in ax.get_yticklabels()]
    room = 72 * float(figure_of(ax).get_size_inches()[0]) - max(names, default=0.0)
    return (room - _FIGURES_EMS * text_size()) / max(columns, 1)


def statuses(table: pd.DataFrame, column: str) -> list[str]:
    """Return shown, unknown or suppressed for each row; a missing value is never shown."""
    given = table["status"] if "status" in table else pd.Series("shown", index=table.index)
    given = given.astype("string").fillna("unknown")
    return list(given.mask((given == "shown") & table[column].isna(), "unknown"))


def row_text(ax: Axes, row: int, text: str) -> None:
    """Write in place of a mark why a row has none."""
    place = ax.get_yaxis_transform()
    ax.text(0.01, row, text, transform=place, va="center", color=COLORS["muted"])


def column_texts(ax: Axes, columns: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Write columns of figures right of the plot, each under its heading.

    Places are in points from the plot's edge, so that layout knows what room they take.
    """
    size, edge = 0.95 * text_size(), 0.0
    fig = figure_of(ax)
    for heading, texts in columns:
        edge += _GAP_EMS * size + max(text_width(text, size) for text in (heading, *texts))
        look: dict[str, Any] = {"ha": "right", "size": size}
        above = offset_copy(ax.transAxes, fig, edge, 0.4 * size, "points")
        ax.text(1, 1, heading, transform=above, va="baseline", color=COLORS["muted"], **look)
        beside = offset_copy(ax.get_yaxis_transform(), fig, edge, 0, "points")
        for row, text in enumerate(texts):
            ax.text(1, row, text, transform=beside, va="center", **look)


def legend_above(ax: Axes, handles: Sequence[Any], plot: float = _PLOT) -> None:
    """Put a legend between title and plot, in as many columns as the plot is sure to hold.

    Parameters
    ----------
    ax
        The plot; room for the legend is made above it.
    handles
        What stands in the legend.
    plot
        The part of the figure's width that the plot takes at least.
    """
    size = text_size()
    room = plot * 72 * float(figure_of(ax).get_size_inches()[0])
    widths = [text_width(handle.get_label(), size) + _HANDLE_EMS * size for handle in handles]
    columns = len(handles) if sum(widths) <= room else max(1, int(room / max(widths)))
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=columns,
        borderaxespad=0.2,
        columnspacing=1.4,
    )
    rows = -(-len(handles) // columns)
    ax.set_title(ax.get_title(loc="left"), pad=(0.7 + 1.5 * rows) * size)
