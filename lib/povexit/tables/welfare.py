"""What a survey of one's own says: welfare and poverty by group, and what to know of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from povexit.style import ABSENT, SUPPRESSED, UNKNOWN, fmt_int, fmt_number, fmt_share, pick
from povexit.tables.base import Field, Row, Table, Words, build, count, is_missing, share, text

#: The measures of `povexit.own`, how they are called, and how their numbers are printed.
MEASURES: dict[str, tuple[Words, str]] = {
    "fgt0": (("贫困发生率", "Headcount"), "share"),
    "fgt1": (("贫困缺口", "Poverty gap"), "share"),
    "fgt2": (("平方缺口", "Squared gap"), "share"),
    "mean": (("均值", "Mean"), "amount"),
    "p10": (("第10百分位", "10th percentile"), "amount"),
    "p50": (("中位数", "Median"), "amount"),
    "p90": (("第90百分位", "90th percentile"), "amount"),
    "gini": (("基尼系数", "Gini"), "ratio"),
    "theil": (("泰尔指数", "Theil"), "ratio"),
    "s80s20": (("S80/S20", "S80/S20"), "ratio"),
}
SHOWN = ("fgt0", "fgt1", "mean", "p50", "gini")
_EVERYONE: Words = ("全部", "Everyone")
_KEYS = ["group", "value"]


def welfare(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    measures: Sequence[str] = SHOWN,
    level: float = 0.95,
    unit: str = "",
    per: str = "",
    counted: str = "",
) -> Table:
    """Return each group's measures, every number with its interval.

    Parameters
    ----------
    table
        From `povexit.own.overview`: ``group``, ``value``, ``measure``, ``estimate``, ``low``,
        ``high``, ``n``, ``unknown``, ``status``.
    lang
        Language, or that of `povexit.style.use`.
    measures
        Which to print, in this order; more than five are too wide for a page.
    level
        Confidence of the intervals, to say in the note.
    unit, per, counted
        In words: the unit of money, whom an amount is per, of whom shares are; see
        `povexit.own.Survey.terms`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    needed = [*_KEYS, "measure", "estimate", "low", "high", "n", "unknown", "status"]
    named = [m for m in measures if m in set(table.get("measure", []))]
    fields = [text(("组别", "Group"), "name"), count(("户数", "Households"), "n")]
    if "unknown" in table and table["unknown"].sum() > 0:
        fields.append(count(("未知", "Unknown"), "unknown"))
    fields += [_measured(m) for m in named]
    rows = _rows(table, lang) if set(needed) <= set(table) else table
    percent = fmt_share(level, digits=0)
    note = pick(
        lang,
        f"比例以{counted or '人口'}计；括号内为{percent}置信区间。金额：{per or '人均'}，"
        f"{unit or '原文件单位'}，每年。",
        f"Shares are of {counted or 'persons'}; in brackets the {percent} interval. Amounts: "
        f"{unit or 'in the unit of the file'} a year, {per or 'per person'}.",
    )
    return build(
        rows, fields, lang, ("福利、贫困与不平等", "Welfare, poverty, inequality"), note=note
    )


def _rows(table: pd.DataFrame, lang: str | None) -> pd.DataFrame:
    """Return a row a group, with each measure's estimate, low and high as columns."""
    by = table.groupby(_KEYS, sort=False, dropna=False)
    rows = []
    for (group, value), part in by:
        row: dict[str, Any] = {"name": _name(group, value, lang)}
        first = part.iloc[0]
        row |= {"n": first["n"], "unknown": part["unknown"].max(), "status": first["status"]}
        for one in part.to_dict("records"):
            row |= {f"{one['measure']} {k}": one[k] for k in ("estimate", "low", "high")}
        rows.append(row)
    return pd.DataFrame(rows)


def _name(group: Any, value: Any, lang: str | None) -> str:
    if not group:
        return pick(lang, *_EVERYONE)
    said = pick(lang, UNKNOWN["zh"], UNKNOWN["en"]) if is_missing(value) else str(value)
    return f"{group}{pick(lang, '：', ': ')}{said}"


def _measured(measure: str) -> Field:
    header, kind = MEASURES[measure]

    def cell(row: Row, lang: str) -> str:
        if row["status"] == "suppressed":
            return SUPPRESSED
        value, low, high = (row.get(f"{measure} {k}") for k in ("estimate", "low", "high"))
        printed = form(kind, value, lang)
        if is_missing(value):
            return printed
        if is_missing(low) or is_missing(high):
            return f"{printed} ({ABSENT})"
        return f"{printed} ({form(kind, low, lang)}–{form(kind, high, lang)})"

    return Field(header, (), cell, numeric=True, value=lambda row: row.get(f"{measure} estimate"))


def form(kind: str, value: Any, lang: str | None) -> str:
    """Print a share, an amount or a ratio.

    Examples
    --------
    >>> form("share", 0.25, "en"), form("amount", 1234.5, "en"), form("amount", 0.37, "en")
    ('25.0%', '1,234', '0.37')
    """
    if kind == "share":
        return fmt_share(value, lang=lang)
    if kind == "amount" and not is_missing(value) and abs(value) >= 100:
        return fmt_int(value, lang=lang)
    return fmt_number(value, 2 if kind == "amount" else 3, lang=lang)


def deprivations(
    table: pd.DataFrame, names: Mapping[str, str] | None = None, lang: str | None = None
) -> Table:
    """Return the Alkire-Foster measures, a row each.

    Parameters
    ----------
    table
        From `povexit.own.deprivations` of everyone: ``measure``, ``indicator``, ``k``,
        ``estimate``, ``low``, ``high``, ``n``, ``unknown``, ``status``.
    names
        What indicators are called; their own names without it.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    words = names or {}
    rows = table.copy()
    rows["name"] = [
        _deprivation(m, i, words, lang)
        for m, i in zip(rows["measure"], rows["indicator"].fillna(""), strict=True)
    ]
    fields = [
        text(("指标", "Measure"), "name"),
        share(("估计值", "Estimate"), "estimate"),
        _interval(),
        count(("户数", "Households"), "n"),
        count(("未知", "Unknown"), "unknown"),
    ]
    cutoff = next((str(k) for k in rows["k"] if k not in ("", None)), "")
    note = pick(lang, f"临界值 k = {cutoff}。", f"Cut-off k = {cutoff}.")
    caption = ("多维贫困（Alkire-Foster）", "Poverty in several dimensions (Alkire-Foster)")
    return build(rows, fields, lang, caption, note=note)


_OF: dict[str, Words] = {
    "H": ("多维贫困发生率 H", "Headcount H"),
    "A": ("平均剥夺强度 A", "Intensity A"),
    "M0": ("调整发生率 M0 = H × A", "Adjusted headcount M0 = H × A"),
    "uncensored_headcount": ("受剥夺", "deprived"),
    "censored_headcount": ("贫困且受剥夺", "poor and deprived"),
    "contribution": ("对 M0 的贡献", "contribution to M0"),
}


def _deprivation(measure: str, indicator: str, names: Mapping[str, str], lang: str | None) -> str:
    said = pick(lang, *_OF[measure]) if measure in _OF else measure
    return f"{names.get(indicator, indicator)}{pick(lang, '：', ': ')}{said}" if indicator else said


def _interval() -> Field:
    def cell(row: Row, lang: str) -> str:
        if row["status"] == "suppressed":
            return SUPPRESSED
        if is_missing(row["low"]) or is_missing(row["high"]):
            return ABSENT
        return f"{fmt_share(row['low'], lang=lang)}–{fmt_share(row['high'], lang=lang)}"

    return Field(
        ("区间", "Interval"), ("low", "high"), cell, numeric=True, value=lambda row: row["low"]
    )


def remarks(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return what a survey lacks and what that costs, and what looks odd.

    Parameters
    ----------
    table
        From `povexit.own.Survey.remarks`: ``remark``.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [text(("说明", "Remark"), "remark")]
    return build(table, fields, lang, ("使用前须知", "What to know of this survey"))


def file_columns(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return what a survey file holds and what each column was taken for.

    Parameters
    ----------
    table
        From `povexit.own.Proposal.columns`: ``column``, ``label``, ``seen``, ``missing``,
        ``distinct``, ``proposed``.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        text(("列", "Column"), "column"),
        text(("标签", "Label"), "label", ABSENT),
        text(("内容", "Holds"), "seen"),
        count(("缺失", "Missing"), "missing"),
        count(("不同值", "Distinct"), "distinct"),
        text(("建议用作", "Proposed as"), "proposed", ABSENT),
    ]
    return build(table, fields, lang, ("文件中的列", "Columns of the file"))
