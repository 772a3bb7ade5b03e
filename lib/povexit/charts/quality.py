"""Where the register breaks which rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from matplotlib.patches import Patch, Rectangle

from povexit.charts.base import axes_for, need, nothing, rows_that_fit, statuses
from povexit.geography import counties, county_name
from povexit.style import (
    SHARE,
    STATUS,
    described,
    ends,
    fmt_share,
    ink_on,
    language,
    pick,
    sequential,
    shorten,
    text_size,
    without_value,
    wrap,
)

#: How long a rule's name is in lines that wrap, and in a single line, in sizes of text.
_WRAP_EMS, _LINE_EMS = 16, 22
_WITHOUT_NUMBER = ("unknown", "suppressed")


def _shows(table: pd.DataFrame, given: Mapping[str, Any], lang: str) -> str:
    if table.empty:
        return pick(lang, "没有数据。", "No data.")
    rules = table["name"] if "name" in table else table["rule_id"]
    places = [county_name(code, language(lang), short=True) for code in table["county_code"]]
    names = [pick(lang, f"{p}“{r}”", f"{p}, {r}:") for p, r in zip(places, rules, strict=True)]
    said = ends(names, table["share"], SHARE, lang)
    said += without_value(statuses(table, "share"), lang)
    n, wide = table["rule_id"].nunique(), table["county_code"].nunique()
    return pick(
        lang,
        f"{n}条规则，{wide}个县违反的比例。{said}。",
        f"{n} rules in {wide} counties, share that breaks each; {said}.",
    )


@described(_shows, ["county_code", "rule_id", "name", "share", "status"], values=["share"])
def quality_heat(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of records that break each rule, a row a rule, a column a county.

    Parameters
    ----------
    table
        ``county_code``, ``rule_id``, ``share`` (0 to 1; missing where nothing could be
        checked) and, optionally, ``name`` of the rule and ``status`` (shown, unknown,
        suppressed). Rules stand in the order they come in.
    lang, title, ax
        Language, heading and axes.

    Returns
    -------
    matplotlib.axes.Axes
        The darker a cell, the larger the share, on a root scale so that small shares still
        show; each cell prints its number, in percent.
    """
    table = need(table, ["county_code", "rule_id", "share"], "quality_heat")
    if table.empty:
        return nothing(axes_for(0, ax, title), lang)
    table["status"] = statuses(table, "share")
    rules = list(dict.fromkeys(table["rule_id"]))
    codes = [c for c in counties()["county_code"] if c in set(table["county_code"])]
    grid = table.pivot(index="rule_id", columns="county_code", values=["share", "status"])
    grid = grid.loc[rules]
    shares = grid["share"][codes].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    ax = axes_for(len(rules), ax, title, inches=0.36)
    _cells(ax, shares, grid["status"][codes].fillna("unknown").to_numpy())
    ax.set_xlim(-0.5, len(codes) - 0.5)
    ax.set_ylim(len(rules) - 0.5, -0.5)
    ax.set_yticks(range(len(rules)), _rule_names(table, rules))
    ax.set_xticks(range(len(codes)), [county_name(c, language(lang), short=True) for c in codes])
    ax.tick_params(length=0, labeltop=True, labelbottom=False, labelrotation=0)
    if language(lang) == "en":
        plt.setp(ax.get_xticklabels(), rotation=40, ha="left", rotation_mode="anchor")
    marks = [Patch(**STATUS[s].patch(), label=STATUS[s].label(lang)) for s in _WITHOUT_NUMBER]
    ax.legend(handles=marks, loc="upper left", bbox_to_anchor=(0, 0), borderaxespad=0.4, ncols=2)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def _rule_names(table: pd.DataFrame, rules: list[Any]) -> list[str]:
    if "name" not in table:
        return [str(rule) for rule in rules]
    names = table.drop_duplicates("rule_id").set_index("rule_id")["name"]
    size = text_size()
    if 2 * len(rules) > rows_that_fit():  # two lines a row would run into each other
        return [shorten(str(names[rule]), _LINE_EMS * size, size) for rule in rules]
    return ["\n".join(wrap(str(names[rule]), _WRAP_EMS * size, size)) for rule in rules]


def _cells(ax: Axes, shares: np.ndarray, states: np.ndarray) -> None:
    ramp = LinearSegmentedColormap.from_list("quality", ["#FFFFFF", *sequential(5)])
    top = np.nanmax(shares) if np.isfinite(shares).any() else 1.0
    norm = PowerNorm(0.5, vmin=0, vmax=max(float(top), 0.01))
    for (row, column), share in np.ndenumerate(shares):
        state = str(states[row, column])
        known = state not in _WITHOUT_NUMBER
        color = ramp(norm(share)) if known else STATUS[state].color
        look = {"facecolor": color, "edgecolor": "#E3E3E3"} if known else STATUS[state].patch()
        ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, **{"linewidth": 0.6, **look}))
        if known:
            text = "0" if share == 0 else fmt_share(share).removesuffix("%")
            ax.text(
                column,
                row,
                text,
                ha="center",
                va="center",
                size=0.88 * text_size(),
                color=ink_on(color),
                in_layout=False,
            )
