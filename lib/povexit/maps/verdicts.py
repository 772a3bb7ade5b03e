"""Estimates of a survey on the county map, hatched where the sample leaves the verdict open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from povexit.errors import SchemaError
from povexit.geography import BOUNDARY_SOURCE, resolve_county
from povexit.maps.classes import Classes, known_values, pool_classes
from povexit.maps.counties import county_figure
from povexit.maps.draw import counted, fills, on_counties, polygons, short_name
from povexit.style import (
    COLORS,
    STATUS,
    described,
    ends,
    fmt_value,
    ink_on,
    pick,
    without_value,
)

#: Hatch of an open verdict; the unknown has another.
_OPEN = "\\\\\\\\"
_LINES = 0.7


def _shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    frame = _frame(table)
    names = [short_name(code, lang) for code in frame["county_code"]]
    said = ends(names, frame["value"], "%", lang) + without_value(frame["status"], lang)
    open_ = int(frame["is_open"].sum())
    line = fmt_value(given["threshold"], "%", lang)
    return pick(
        lang,
        f"各县抽样估计，标准线{line}。{said}。区间跨过标准线、结论未定的县{open_}个。",
        f"Estimates of counties against {line}; {said}. The verdict is open in {open_}.",
    )


@described(_shows, ["county_code", "estimate", "verdict"], source=BOUNDARY_SOURCE)
def verdict_map(
    estimates: pd.DataFrame,
    *,
    title: str,
    threshold: float | None = None,
    classes: Classes | None = None,
    lang: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw an estimate a county, hatched where its interval leaves the verdict open.

    Parameters
    ----------
    estimates
        From `povexit.evaluation`, of one measure: ``county_code``, ``estimate`` (0 to 1) and
        ``verdict`` (meets, fails, undetermined). A county without an estimate is unknown.
    title, classes, lang, ax
        As for `choropleth`.
    threshold
        What the standard asks, for the legend.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    SchemaError, UnknownNameError
        If a column is missing, a county comes twice or is not known.
    """
    frame = _frame(estimates)
    classes = pool_classes(*known_values([frame])) if classes is None else classes
    ax = county_figure(
        frame, classes, ax, title=title, unit="%", lang=lang, more=_legend(frame, threshold, lang)
    )
    for color, rows in frame.assign(fill=fills(frame, classes))[frame["is_open"]].groupby("fill"):
        hatch = {"hatch": _OPEN, "edgecolor": _contrast(str(color)), "linewidth": 0.0}
        polygons(ax, rows.geometry, facecolor="none", zorder=2.5, **hatch)
    return ax


def _contrast(color: str) -> str:
    return "#FFFFFF" if ink_on(color) == "#FFFFFF" else COLORS["muted"]


def _frame(table: pd.DataFrame) -> Any:
    needed = ["county_code", "estimate", "verdict"]
    if missing := [name for name in needed if name not in table]:
        raise SchemaError("a column to map is missing", where="verdict map", expected=missing)
    frame = on_counties(table.rename(columns={"estimate": "value"})[["county_code", "value"]])
    codes = [resolve_county(code) for code in table["county_code"]]
    verdict = frame["county_code"].map(dict(zip(codes, table["verdict"], strict=True)))
    open_ = (verdict == "undetermined").fillna(False).astype(bool)
    return frame.assign(is_open=open_ & (frame["status"] == "shown"))


def _legend(frame: pd.DataFrame, threshold: float | None, lang: str | None) -> list[Patch]:
    word = STATUS["undetermined"].label(lang)
    text = counted(
        pick(lang, f"斜线：{word}", f"hatched: {word}"), int(frame["is_open"].sum()), lang
    )
    look: dict[str, Any] = {
        "facecolor": "white",
        "hatch": _OPEN,
        "edgecolor": COLORS["muted"],
        "linewidth": 0.5,
    }
    found = [Patch(**look, label=text)]
    if threshold is not None and pd.notna(threshold):
        said = f"{pick(lang, '标准线', 'threshold')} {fmt_value(threshold, '%', lang)}"
        found.append(Patch(facecolor="none", label=said))
    return found
