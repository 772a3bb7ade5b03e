"""What a sample settles, for readers who want the answer: met, not met, or still open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from povexit.charts.base import (
    axes_for,
    column_texts,
    legend_above,
    need,
    nothing,
    row_text,
    rows_axis,
)
from povexit.charts.counties import VERDICTS, dot
from povexit.geography import counties, county_name
from povexit.style import (
    ABSENT,
    COLORS,
    STATUS,
    described,
    fmt_int,
    fmt_share,
    fmt_value,
    language,
    listed,
    pick,
    text_size,
)

#: Which outcome of a criterion a verdict is drawn as.
AS_STATUS = {"meets": "pass", "fails": "fail", "undetermined": "undetermined"}
#: How much of a colour a background takes.
_TINT = 0.22
#: Half the height of a strip, of 1 between rows.
_HALF = 0.2
_SIGNS = {"<": "<", ">=": "≥"}


def _strips_show(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    said = []
    for row in table.to_dict("records"):
        limit = f"{_SIGNS[row['test']]} {fmt_value(row['threshold'], '%', lang)}"
        text = f"{row['name']} {fmt_share(row['estimate'], lang=lang)}"
        if pd.notna(row["low"]) and pd.notna(row["high"]):
            low, high = (fmt_share(row[k], lang=lang) for k in ("low", "high"))
            text += pick(lang, f"（{low}至{high}）", f" ({low} to {high})")
        verdict = STATUS[AS_STATUS[row["verdict"]]].label(lang)
        text += pick(lang, f"，标准{limit}，{verdict}", f", standard {limit}, {verdict}")
        said.append(text)
    return pick(lang, "；".join(said) + "。", "; ".join(said) + ".")


def _grid_shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    said = []
    for _, part in table.groupby("measure", sort=False):
        known = part[part["estimate"].notna()]
        counts = [
            (STATUS[status].label(lang), int((known["verdict"] == verdict).sum()))
            for verdict, status in AS_STATUS.items()
        ]
        counts.append((STATUS["unknown"].label(lang), len(part) - len(known)))
        text = listed((f"{word} {n}" for word, n in counts if n), lang)
        said.append(f"{part['name'].iloc[0]}{pick(lang, '：', ': ')}{text}")
    places = table["county_code"].nunique()
    return pick(
        lang,
        f"{places}个县。" + "；".join(said) + "。",
        f"{places} counties. " + "; ".join(said) + ".",
    )


@described(
    _strips_show,
    [
        *("name", "estimate", "low", "high", "test", "threshold", "verdict"),
        *("more_villages", "more_households"),
    ],
)
def verdict_strips(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw each measure's interval on a strip of what meets its threshold and what does not.

    Parameters
    ----------
    table
        From `povexit.evaluation.rates` and `composite`, a row a measure: ``name``,
        ``estimate``, ``low``, ``high``, ``test`` (``<`` or ``>=``), ``threshold`` (0 to 1),
        ``verdict``, ``more_villages``, ``more_households`` (missing for an open verdict where
        only a visit to all of them settles it).
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
        Each strip has its own scale, from 0 or to 100 %, and names its threshold. An
        interval that lies across it is open; the sample that would settle it stands beside.
    """
    columns = ["name", "estimate", "low", "high", "test", "threshold", "verdict", "more_villages"]
    table = need(table, [*columns, "more_households"], "verdict_strips")
    ax = axes_for(len(table), ax, title, inches=0.62)
    if table.empty:
        return nothing(ax, lang)
    rows = table.to_dict("records")
    for place, row in enumerate(rows):
        _strip(ax, place, row, lang)
    rows_axis(ax, [str(row["name"]) for row in rows])
    ax.set_xlim(0, 1)
    ax.set_xticks([])
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    _beside(ax, rows, lang)
    legend_above(ax, _zones(lang))
    return ax


def _scale(row: dict[Any, Any]) -> tuple[float, float]:
    """Return what the two ends of a strip stand for: all of the interval and the threshold."""
    ends = [row[k] for k in ("low", "high", "estimate") if pd.notna(row[k])]
    if row["test"] == "<":
        return 0.0, min(1.0, max([2 * row["threshold"], *(1.05 * e for e in ends)]))
    return max(0.0, min([2 * row["threshold"] - 1, *(1.05 * e - 0.05 for e in ends)])), 1.0


def _strip(ax: Axes, row_at: int, row: dict[Any, Any], lang: str | None) -> None:
    start, end = _scale(row)

    def at(value: float) -> float:
        return (value - start) / (end - start)

    line, sides = at(row["threshold"]), ("pass", "fail")
    for (left, right), status in zip(
        [(0.0, line), (line, 1.0)], sides if row["test"] == "<" else sides[::-1], strict=True
    ):
        tint = to_rgba(STATUS[status].color, _TINT)
        place = (left, row_at - _HALF)
        ax.add_patch(Rectangle(place, right - left, 2 * _HALF, facecolor=tint, linewidth=0))
    ax.plot([line, line], [row_at - 1.3 * _HALF, row_at + 1.3 * _HALF], color=COLORS["accent"])
    _threshold(ax, row_at, line, row, lang)
    if pd.isna(row["estimate"]):
        row_text(ax, row_at, fmt_value(None, "%", lang))
        return
    look = VERDICTS[row["verdict"]]
    if pd.notna(row["low"]) and pd.notna(row["high"]):
        ends = [at(row["low"]), at(row["high"])]
        ax.plot(ends, [row_at, row_at], color=look["color"], linewidth=3, solid_capstyle="butt")
    ax.plot(at(row["estimate"]), row_at, clip_on=False, zorder=3, **dot(row["verdict"]))


def _threshold(ax: Axes, row_at: int, line: float, row: dict[Any, Any], lang: str | None) -> None:
    """Write what the standard asks under its line, away from the nearer end."""
    sign = _SIGNS[row["test"]]
    said = f"{pick(lang, '标准', 'standard')} {sign} {fmt_value(row['threshold'], '%', lang)}"
    side = "left" if line < 0.5 else "right"
    low = row_at + 1.45 * _HALF
    look: dict[str, Any] = {"color": COLORS["accent"], "size": 0.85 * text_size()}
    ax.text(line, low, said, ha=side, va="top", **look)


def _beside(ax: Axes, rows: list[dict[Any, Any]], lang: str | None) -> None:
    verdicts = [STATUS[AS_STATUS[row["verdict"]]].label(lang) for row in rows]
    column_texts(
        ax,
        [
            (pick(lang, "估计", "estimate"), [fmt_value(r["estimate"], "%", lang) for r in rows]),
            (pick(lang, "结论", "verdict"), verdicts),
            (pick(lang, "再访村", "more villages"), [_more(r, "villages", lang) for r in rows]),
            (pick(lang, "再访户", "households"), [_more(r, "households", lang) for r in rows]),
        ],
    )


def _more(row: dict[Any, Any], unit: str, lang: str | None) -> str:
    if row["verdict"] != "undetermined" or pd.isna(row["estimate"]):
        return ABSENT
    value = row[f"more_{unit}"]
    return pick(lang, "全部", "all") if pd.isna(value) else fmt_int(value, lang=lang)


def _zones(lang: str | None) -> list[Any]:
    tints = [
        Patch(
            facecolor=to_rgba(STATUS[status].color, _TINT),
            label=pick(lang, f"{STATUS[status].zh}的范围", f"range that {STATUS[status].en}"),
        )
        for status in ("pass", "fail")
    ]
    label = pick(lang, "估计值与95%区间", "estimate with 95% interval")
    return [*tints, Line2D([], [], linewidth=3, label=label, **_open())]


def _open() -> dict[str, Any]:
    look = dot("undetermined")
    return {**look, "linestyle": "-"}


@described(_grid_shows, ["county_code", "measure", "name", "estimate", "verdict"])
def verdict_grid(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the verdict of every county on every measure, a row a county.

    Parameters
    ----------
    table
        ``county_code``, ``measure``, ``name`` (of the measure), ``estimate`` (0 to 1) and
        ``verdict``. Measures stand in the order they come in.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
        Each cell has the mark of its verdict and the estimate; one without an estimate says
        that it is unknown.
    """
    table = need(table, ["county_code", "measure", "name", "estimate", "verdict"], "verdict_grid")
    codes = [c for c in counties()["county_code"] if c in set(table["county_code"])]
    measures = list(dict.fromkeys(table["measure"]))
    ax = axes_for(len(codes), ax, title)
    if table.empty:
        return nothing(ax, lang)
    for row in table.to_dict("records"):
        _cell(ax, measures.index(row["measure"]), codes.index(row["county_code"]), row, lang)
    ax.set_xlim(-0.5, len(measures) - 0.5)
    rows_axis(ax, [county_name(c, language(lang), short=True) for c in codes])
    names = table.drop_duplicates("measure").set_index("measure")["name"]
    ax.set_xticks(range(len(measures)), [str(names[m]) for m in measures])
    ax.tick_params(length=0, labeltop=True, labelbottom=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    given = [v for v in AS_STATUS if v in set(table["verdict"])]
    marks = [Line2D([], [], label=STATUS[AS_STATUS[v]].label(lang), **dot(v)) for v in given]
    ax.legend(handles=marks, loc="upper left", bbox_to_anchor=(0, 0), ncols=3, borderaxespad=0.4)
    return ax


def cell_color(verdict: str) -> Any:
    """Return the light ground of a cell with a verdict; white where it is open."""
    if verdict == "undetermined":
        return "white"
    return to_rgba(STATUS[AS_STATUS[verdict]].color, _TINT)


def _cell(ax: Axes, column: int, row_at: int, row: dict[Any, Any], lang: str | None) -> None:
    known = pd.notna(row["estimate"])
    place, tint = (column - 0.5, row_at - 0.5), cell_color(row["verdict"])
    ax.add_patch(Rectangle(place, 1, 1, facecolor=tint, edgecolor="#E3E3E3", linewidth=0.6))
    if known:
        ax.plot(column - 0.3, row_at, **dot(row["verdict"]))
    ax.text(column - 0.15, row_at, fmt_share(row["estimate"], lang=lang), va="center")
