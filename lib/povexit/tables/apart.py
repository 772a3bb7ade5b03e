"""What changed between two months, and why: each difference with its unit and its parts."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from povexit.style import SUPPRESSED, UNKNOWN, fmt_int, fmt_number, fmt_share, pick
from povexit.tables.base import REGISTER, Field, Row, Words, build, hidden, is_missing, word
from povexit.tables.table import Table
from povexit.tables.verdicts import county

#: Number to its name and unit.
NUMBERS: dict[str, tuple[Words, str]] = {
    "meets_share": (
        ("达标户比例（占判定户）", "Share meeting the standard (of households judged)"),
        "share",
    ),
    "headcount_ratio": (
        (
            "贫困发生率（登记贫困人口占村台账人口）",
            "Poverty headcount ratio (register poor of the ledgers' population)",
        ),
        "share",
    ),
    "households_judged": (("判定户", "Households judged"), "household"),
    "households_meeting": (("达标户", "Households meeting the standard"), "household"),
    "households_failing": (("未达标户", "Households failing it"), "household"),
    "households_unknown": (("无法判定户", "Households of unknown verdict"), "household"),
    "persons_meeting": (("达标户人口", "Persons in households meeting it"), "person"),
    "households_poor": (("未脱贫与返贫户", "Households still poor"), "household"),
    "persons_poor": (("未脱贫与返贫人口", "Persons still poor"), "person"),
    "households_exited": (("新脱贫户", "Households newly exited"), "household"),
    "persons_exited": (("新脱贫人口", "Persons newly exited"), "person"),
    "villages_meeting": (("达标村", "Villages meeting their standard"), "village"),
    "villages_failing": (("未达标村", "Villages failing it"), "village"),
    "villages_unknown": (("无法判定村", "Villages of unknown verdict"), "village"),
    "population": (("村台账人口", "Population of the village ledgers"), "person"),
    "counties_meeting": (("达标县", "Counties meeting their standard"), "county"),
    "counties_failing": (("未达标县", "Counties failing it"), "county"),
    "counties_unknown": (("无法判定县", "Counties of unknown verdict"), "county"),
}
#: One of a unit and several, after a number.
UNITS: dict[str, tuple[str, str, str]] = {
    "share": ("个百分点", " points", " points"),
    "household": ("户", " household", " households"),
    "person": ("人", " person", " persons"),
    "village": ("个村", " village", " villages"),
    "county": ("个县", " county", " counties"),
}
#: Up, down and level: of a share, and of all else.
_WAYS: dict[bool, tuple[Words, Words]] = {
    True: (("上升", "up "), ("下降", "down ")),
    False: (("增加", "up "), ("减少", "down ")),
}
_LEVEL: Words = ("持平", "unchanged")
_PARTS: dict[str, Words] = {
    "data": ("数据", "data"),
    "rule": ("规则", "rule"),
    "code": ("程序或软件包", "code or packages"),
    "left": ("离开登记册", "left"),
    "entered": ("新进登记册", "entered"),
    "answered": ("缺项补报或新缺", "answers came in or went missing"),
    "changed": ("指标变化", "indicators changed"),
    "other": ("其余", "the rest"),
}
_CAUSES = ("entered", "left", "answered", "changed", "other")
_NONE: Words = ("—", "—")


def apart(table: pd.DataFrame, months: Sequence[str], lang: str | None = None) -> Table:
    """Return numbers of two months, their difference and what it is made of, a row a place and number.

    Parameters
    ----------
    table
        From `povexit.progress.shown_apart`.
    months
        What to call then and now.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    then, now = ((month, month) for month in months)
    needs = ("quantity", "difference")
    fields = [
        word(("数字", "Number"), "quantity", {name: words for name, (words, _) in NUMBERS.items()}),
        county(),
        Field(
            then, ("quantity", "then"), lambda row, lang: _value(row, "then", lang), numeric=True
        ),
        Field(now, ("quantity", "now"), lambda row, lang: _value(row, "now", lang), numeric=True),
        Field(("变化", "Change"), needs, _difference),
        Field(("其中", "Of this"), (*needs, *_PARTS), _why),
    ]
    note = pick(
        lang,
        "各部分相加等于变化。依次为：程序（用今天的程序重判）、数据（同一版本）、规则（换版本重判）。"
        "“其余”：不足10户的部分，及为保护它们一并不列的部分。",
        "The parts add up to the change, taken in this order: code (judged again by today's), data (same"
        " edition), rule (judged again by the other edition). “The rest”: parts of fewer than 10 households,"
        " and those not listed to protect them.",
    )
    caption = ("两个月之间变了什么、为什么", "What changed between two months, and why")
    totals = table["county_code"] == "all"
    return build(table, fields, lang, caption, note=note, totals=totals, source=REGISTER)


def _unit(row: Row) -> str:
    return NUMBERS[row["quantity"]][1]


def _value(row: Row, end: str, lang: str) -> str:
    form = fmt_share if _unit(row) == "share" else fmt_int
    return form(row[end], status=hidden(row), lang=lang)


def _difference(row: Row, lang: str) -> str:
    """Return a difference in words: 上升0.3个百分点, up 3 households."""
    if hidden(row):
        return SUPPRESSED
    if is_missing(row["difference"]):
        return UNKNOWN[lang]
    value = row["difference"]
    if value == 0:
        return pick(lang, *_LEVEL)
    up, down = _WAYS[_unit(row) == "share"]
    return f"{pick(lang, *(up if value > 0 else down))}{_amount(abs(value), _unit(row), lang)}"


def _amount(value: float, unit: str, lang: str) -> str:
    zh, one, many = UNITS[unit]
    number = _points(value) if unit == "share" else fmt_int(value, lang=lang)
    return f"{number}{pick(lang, zh, one if value == 1 else many)}"


def _points(value: float) -> str:
    """Return a share's difference in percentage points, never rounded to none."""
    return "<0.1" if 0 < value < 0.0005 else fmt_number(100 * value)


def _why(row: Row, lang: str) -> str:
    """Return the parts that are something; causes stand behind the data they are part of."""
    if hidden(row):
        return SUPPRESSED
    if is_missing(row["difference"]):
        return pick(lang, *_NONE)
    whole = not is_missing(row["data"])
    # a rest that is all of it says nothing more
    is_all = whole and not is_missing(row["other"]) and row["other"] == row["data"]
    causes = [] if is_all else [_part(row, name, lang) for name in _CAUSES]
    said = pick(lang, "，", ", ").join(filter(None, causes))
    data = _part(row, "data", lang) if whole else ""
    if data and said:
        data = pick(lang, f"{data}（{said}）", f"{data} ({said})")
    elif not whole:
        data = said
    parts = [data, *(_part(row, name, lang) for name in ("rule", "code"))]
    return pick(lang, "；", "; ").join(filter(None, parts)) or pick(lang, *_NONE)


def _part(row: Row, name: str, lang: str) -> str:
    value = row[name]
    if is_missing(value) or value == 0:
        return ""
    sign = "+" if value > 0 else "−"
    share = _unit(row) == "share"
    number = _points(abs(value)) if share else fmt_int(abs(value), lang=lang)
    return f"{pick(lang, *_PARTS[name])} {sign}{number}"
