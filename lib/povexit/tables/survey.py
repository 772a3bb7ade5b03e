"""What the sample says: measures with their intervals, counties in order."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from povexit.style import ABSENT, fmt_int, fmt_share, pick
from povexit.tables.base import (
    SURVEY,
    Field,
    Row,
    Words,
    build,
    count,
    interval,
    is_missing,
    of,
    share,
    text,
    word,
)
from povexit.tables.table import Table
from povexit.tables.verdicts import county

ESTIMATE: Words = ("估计值", "Estimate")
INTERVAL: Words = ("95%区间", "95% interval")
ASKED: Words = ("样本户", "Households asked")
VERDICTS: dict[str, Words] = {
    "meets": ("达标", "meets"),
    "fails": ("未达标", "does not meet"),
    "undetermined": ("不能确定", "undetermined"),
}


def estimates(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return what the sample says of each measure, and whether it settles the threshold.

    Parameters
    ----------
    table
        A row a measure: ``name``, ``estimate``, ``low``, ``high``, ``threshold`` (0 to 1),
        ``n`` (households asked), ``clusters`` (their villages), ``unknown`` (households that
        gave no answer), ``verdict`` (meets, fails, undetermined; missing without a threshold)
        and, optionally, ``bound`` and ``bound_side``, what the verdict rests on;
        ``more_villages`` and ``more_households``, what would settle it; ``reason``, where
        there is no estimate or no interval; and ``denominator_zh``, ``denominator_en``: of
        whom the share is.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        text(("指标", "Measure"), "name"),
        *_denominator(table),
        share(ESTIMATE, "estimate"),
        interval(INTERVAL, "low", "high"),
        count(ASKED, "n"),
        count(("样本村", "Villages"), "clusters"),
        count(("未知户", "Unknown"), "unknown"),
        _threshold(),
        *_bound(table),
        _verdict(),
        *_more(table),
    ]
    reasons = table.get("reason", pd.Series(pd.NA, index=table.index)).fillna("")
    told = [
        f"{name}{pick(lang, '：', ': ')}{reason}"
        for name, reason in zip(table.get("name", []), reasons, strict=False)
        if reason
    ]
    caption = ("抽样估计", "Survey estimates")
    note = pick(lang, "；", "; ").join(told)
    return build(table, fields, lang, caption, note=note, source=SURVEY)


def _denominator(table: pd.DataFrame) -> list[Field]:
    """Return the field that says of whom a share is, if the table does."""
    if not {"denominator_zh", "denominator_en"} <= set(table):
        return []

    def cell(row: Row, lang: str) -> str:
        return str(row[f"denominator_{lang}"])

    return [Field(("分母", "Of"), (), cell)]


def _threshold() -> Field:
    printed = share(("标准线", "Threshold"), "threshold")

    def cell(row: Row, lang: str) -> str:
        return ABSENT if is_missing(row["threshold"]) else printed.cell(row, lang)

    return replace(printed, cell=cell)


def _bound(table: pd.DataFrame) -> list[Field]:
    """Return the field of the one-sided bound a verdict rests on, if the table has it."""
    if not {"bound", "bound_side"} <= set(table):
        return []

    def cell(row: Row, lang: str) -> str:
        if is_missing(row["bound"]):
            return ABSENT
        sign = {"upper": "≤", "lower": "≥"}[row["bound_side"]]
        return f"{sign} {fmt_share(row['bound'], lang=lang)}"

    return [Field(("95%单侧界限", "One-sided 95% bound"), (), cell, True, of("bound"))]


def _more(table: pd.DataFrame) -> list[Field]:
    """Return the field of the further sample that would settle a verdict, if the table has it."""
    if not {"more_villages", "more_households"} <= set(table):
        return []

    def cell(row: Row, lang: str) -> str:
        if row["verdict"] != "undetermined" or is_missing(row["estimate"]):
            return ABSENT
        if is_missing(row["more_villages"]):
            return pick(lang, "走访全部村", "all villages")
        villages, households = (
            fmt_int(row[f"more_{unit}"], lang=lang) for unit in ("villages", "households")
        )
        return pick(lang, f"{villages} 村 {households} 户", f"{villages} v., {households} h.")

    return [Field(("判定还需", "Would settle it"), (), cell)]


def _verdict() -> Field:
    printed = word(("结论", "Verdict"), "verdict", VERDICTS)

    def cell(row: Row, lang: str) -> str:
        return ABSENT if is_missing(row["verdict"]) else printed.cell(row, lang)

    return replace(printed, cell=cell)


def ranking(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return the counties from the highest estimate to the lowest, with what is uncertain of it.

    Parameters
    ----------
    table
        ``county_code``, ``estimate``, ``low``, ``high`` (0 to 1), ``n`` (households asked)
        and, optionally, ``rank_low``, ``rank_high``: between which ranks a county may lie.
        A county without an estimate stands last, without a rank.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    ordered = table.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)
    ordered["rank"] = (ordered.index + 1).where(ordered["estimate"].notna())
    fields = [
        county(),
        Field(("位次", "Rank"), ("rank",), _rank, True, of("rank")),
        share(ESTIMATE, "estimate"),
        interval(INTERVAL, "low", "high"),
        count(ASKED, "n"),
    ]
    if {"rank_low", "rank_high"} <= set(table):
        fields.insert(2, interval(("位次区间", "Rank interval"), "rank_low", "rank_high", fmt_int))
    caption = ("各县（市、区）排序", "Counties in order")
    return build(ordered, fields, lang, caption, source=SURVEY)


def _rank(row: Row, lang: str) -> str:
    return ABSENT if is_missing(row["rank"]) else fmt_int(row["rank"])
