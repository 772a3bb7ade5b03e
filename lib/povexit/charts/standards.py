"""Villages and counties against their standard, and what another edition would say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from povexit.charts.base import (
    axes_for,
    column_texts,
    heads_below,
    legend_above,
    names_of,
    need,
    nothing,
    row_text,
    rows_axis,
    rows_that_fit,
    statuses,
    value_axis,
)
from povexit.style import (
    COLORS,
    STATUS,
    described,
    ends,
    fmt_int,
    fmt_share,
    pick,
    text_size,
    without_value,
)

STATES = ("pass", "fail", "unknown")
#: Room that names below columns take, in rows.
_HEAD_ROWS = 5


def _heat_shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    cells = table[list(given["names"])].astype("boolean")
    places, whole = len(table), int(cells.all(axis=1, skipna=False).fillna(False).sum())
    counts = [
        f"{name} {int((~cells[c]).sum())}/{int(cells[c].isna().sum())}"
        for c, name in given["names"].items()
    ]
    said = pick(lang, "、", ", ").join(counts)
    return pick(
        lang,
        f"{places}行，各项均达标{whole}。各项未达标/未知数：{said}。",
        f"{places} rows, {whole} meeting every criterion. Failed/unknown by criterion: {said}.",
    )


def _standard_shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    states = table["status"].map(_state)
    parts = [
        f"{STATUS[s].label(lang)} {n}{pick(lang, '项：', ': ')}"
        f"{pick(lang, '、', ', ').join(map(str, table.loc[states == s, 'name']))}"
        for s in STATES
        if (n := int((states == s).sum()))
    ]
    return pick(lang, "；".join(parts) + "。", "; ".join(parts) + ".")


def _flips_show(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    unit = next(u for u in UNITS if u in table)
    if table.empty:
        return pick(lang, "没有数据。", "No data.")
    said = ends(names_of(table, lang), table[unit], pick(lang, *UNITS[unit]), lang)
    said += without_value(statuses(table, unit), lang)
    heads = pick(lang, *UNITS[unit])
    return pick(lang, f"按{heads}数，{said}。", f"By number of {heads}, {said}.")


@described(
    _heat_shows,
    lambda given: ["county_code", "name", *given["names"], "n_failed", "n_unknown"],
)
def standards_heat(
    decisions: pd.DataFrame,
    names: dict[str, str],
    lang: str | None = None,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the verdict of each village or county on each criterion, a row a place.

    Parameters
    ----------
    decisions
        From `povexit.decide.village` or `county`, in the order to show: a column of true, false
        or missing for each criterion, ``n_failed``, ``n_unknown``, and ``name`` of the place
        (or ``county_code``).
    names
        The printed name of each criterion by its column, in the order to show.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
        Of more places than the sheet holds the first ones; the others are counted.
    """
    table = need(decisions, [*names, "n_failed", "n_unknown"], "standards_heat")
    left_out, table = len(table), table.head(rows_that_fit(besides=_HEAD_ROWS))
    left_out -= len(table)
    ax = axes_for(len(table) + _HEAD_ROWS, ax, title, inches=0.21)
    if table.empty:
        return nothing(ax, lang)
    _cells(ax, table[list(names)])
    rows_axis(ax, names_of(table, lang))
    ax.set_xlim(-0.5, len(names) - 0.5)
    heads_below(ax, list(names.values()), lang)
    ax.spines[:].set_visible(False)
    said = {"n_failed": ("未达标项", "failed"), "n_unknown": ("未知项", "unknown")}
    column_texts(ax, [(pick(lang, *w), [fmt_int(n) for n in table[c]]) for c, w in said.items()])
    handles = [Patch(**STATUS[s].patch(), label=STATUS[s].label(lang)) for s in STATES]
    if left_out:
        handles.append(Patch(facecolor="none", label=_not_drawn(left_out, lang)))
    legend_above(ax, handles)
    return ax


def _cells(ax: Axes, verdicts: pd.DataFrame) -> None:
    """Draw a box for each verdict; those of one look are one shape, hatched once."""
    shapes: dict[str, list[Path]] = {}
    for row, cells in enumerate(verdicts.astype("boolean").itertuples(index=False)):
        for column, verdict in enumerate(cells):
            box = Bbox.from_bounds(column - 0.46, row - 0.42, 0.92, 0.84)
            corners = Path([*box.corners()[[0, 2, 3, 1, 0]]], closed=True)
            shapes.setdefault(_verdict(verdict), []).append(corners)
    for state, boxes in shapes.items():
        look = STATUS[state].patch() | {"linewidth": 0.4}
        ax.add_patch(PathPatch(Path.make_compound_path(*boxes), **look))


def _not_drawn(count: int, lang: str | None) -> str:
    return pick(lang, f"另有{count}行未绘出", f"{count} more rows not drawn")


@described(
    _standard_shows,
    ["name", "asked", "status", "value_least", "value_most", "threshold", "of"],
)
def county_standard(
    deciding: pd.DataFrame,
    lang: str | None = None,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how each criterion of one place stands to its threshold, and what decides it.

    Parameters
    ----------
    deciding
        From `povexit.decide.deciding`, of one place, in the order to show, with ``name`` of
        the criterion and ``asked`` of the clause in words.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
        A row a criterion: the share from least to most, the threshold as an upright stroke;
        what is no share is told in words.
    """
    needed = ["name", "asked", "status", "value_least", "value_most", "threshold", "of"]
    table = need(deciding, needed, "county_standard")
    ax = axes_for(len(table), ax, title, inches=0.28)  # two of them share a printed page
    if table.empty:
        return nothing(ax, lang)
    for row, item in enumerate(table.to_dict("records")):
        _band(ax, row, item, lang)
    rows_axis(ax, names_of(table, lang))
    value_axis(ax, "%")
    ax.set_xlim(-0.02, 1.02)
    ax.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    told = [STATUS[_state(s)].label(lang) for s in table["status"]]
    column_texts(ax, [(pick(lang, "判定", "verdict"), told)])
    handles: list[Any] = [Patch(**STATUS[s].patch(), label=STATUS[s].label(lang)) for s in STATES]
    stroke: dict[str, Any] = {
        "color": COLORS["accent"],
        "marker": "|",
        "markersize": 9,
        "markeredgewidth": 2,
    }
    mark = Line2D([], [], linestyle="none", label=pick(lang, "标准", "threshold"), **stroke)
    legend_above(ax, [*handles, mark], plot=0.75)
    return ax


def _state(status: str) -> str:
    return "pass" if status == "not_applicable" else status


def _band(ax: Axes, row: int, item: Mapping[Any, Any], lang: str | None) -> None:
    """Draw one criterion's share, or say in words what it turns on."""
    state = _state(item["status"])
    if pd.isna(item["value_least"]) or pd.isna(item["of"]):
        ax.add_patch(Rectangle((-0.012, row - 0.22), 0.024, 0.44, **STATUS[state].patch()))
        ax.text(0.035, row, item["asked"], va="center", color=COLORS["muted"])
        return
    least, most = float(item["value_least"]), float(item["value_most"])
    look = STATUS[state].patch()
    ax.add_patch(Rectangle((0, row - 0.03), most, 0.4, **look))
    if most > least:
        ends: dict[str, Any] = {"color": COLORS["ink"], "linewidth": 1.2}
        ax.plot([least, most], [row + 0.17, row + 0.17], **ends)
    if pd.notna(item["threshold"]):
        limit = [float(item["threshold"])] * 2
        ax.plot(limit, [row - 0.06, row + 0.4], color=COLORS["accent"], linewidth=2)
    texts = [fmt_share(end, lang=lang) for end in (least, most)]
    shown = texts[0] if texts[0] == texts[1] else "–".join(texts)
    ax.text(0, row - 0.26, f"{item['asked']}  {shown}", va="center", size=0.82 * text_size())


@described(
    _flips_show,
    [
        "name",
        "from_verdict",
        "to_verdict",
        "households",
        "villages",
        "counties",
        "persons",
        "status",
    ],
    values=["households", "villages", "counties", "persons"],
)
def edition_flips(
    flips: pd.DataFrame,
    lang: str | None = None,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how many units two editions judge differently, by the clause that decides.

    Parameters
    ----------
    flips
        From `povexit.decide.flips`, in the order to show, with a ``name`` of the clause;
        ``status`` (shown, suppressed), optionally.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
    """
    unit = next(u for u in ("households", "villages", "counties") if u in flips)
    needed = ["name", "from_verdict", "to_verdict", unit, "persons"]
    table = need(flips, needed, "edition_flips")
    ax = axes_for(len(table), ax, title)
    if table.empty:
        return nothing(ax, lang)
    table["status"] = statuses(table, unit)
    for row, item in enumerate(table.to_dict("records")):
        if item["status"] == "shown":
            ax.barh(row, item[unit], height=0.66, **STATUS[_verdict(item["to_verdict"])].patch())
        else:
            row_text(ax, row, fmt_int(None, status=item["status"], lang=lang))
    rows_axis(ax, names_of(table, lang))
    value_axis(ax, pick(lang, *UNITS[unit]))
    column_texts(ax, _flip_columns(table, unit, lang))
    said = pick(lang, "后一版本：", "second edition: ")
    legend_above(
        ax, [Patch(**STATUS[s].patch(), label=said + STATUS[s].label(lang)) for s in STATES]
    )
    return ax


UNITS = {
    "households": ("户", "households"),
    "villages": ("村", "villages"),
    "counties": ("县", "counties"),
    "persons": ("人", "persons"),
}


def _verdict(verdict: Any) -> str:
    return "unknown" if pd.isna(verdict) else "pass" if verdict else "fail"


def _flip_columns(table: pd.DataFrame, unit: str, lang: str | None) -> list[tuple[str, list[str]]]:
    before = [STATUS[_verdict(v)].label(lang) for v in table["from_verdict"]]
    columns = [(pick(lang, "前一版本", "first edition"), before)]
    for column in (unit, "persons"):
        pairs = zip(table[column], table["status"], strict=True)
        texts = [fmt_int(n, status=s, lang=lang) for n, s in pairs]
        columns.append((pick(lang, *UNITS[column]), texts))
    return columns
