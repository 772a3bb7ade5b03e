"""How villages and counties stand to their standard: verdicts, clauses, and what they lack."""

from __future__ import annotations

from typing import Any

import pandas as pd

from povexit.schema import columns
from povexit.standards import Standard
from povexit.style import STATUS, fmt_int, fmt_number, fmt_share, pick
from povexit.tables.base import (
    PLACES,
    Cell,
    Field,
    Row,
    Words,
    build,
    capital,
    count,
    is_missing,
    of,
    text,
    word,
)
from povexit.tables.table import Table
from povexit.tables.verdicts import county

VILLAGE: Words = ("行政村", "Village")
CRITERION: Words = ("指标", "Criterion")
INDICATORS = {"village": "indicators_villages", "county": "indicators_counties"}
STATUSES: dict[Any, Words] = {
    **{s: (STATUS[s].zh, STATUS[s].en) for s in ("pass", "fail", "unknown")},
    "not_applicable": ("不适用", "not applicable"),
}
VERDICTS: dict[Any, Words] = {True: STATUSES["pass"], False: STATUSES["fail"]}
#: Units as they are counted, by the catalogue's unit: measure word and English.
UNITS: dict[str, Words] = {
    "households": ("户", "households"),
    "persons": ("人", "persons"),
    "school-age children": ("名儿童少年", "children"),
    "hamlets": ("个自然屯", "hamlets"),
    "villages": ("个村", "villages"),
    "poor villages": ("个贫困村", "poor villages"),
    "poor households with labour at home": ("户贫困户", "poor households"),
    "residents eligible for pension insurance": ("人", "residents"),
    "insured residents of 60 and more": ("人", "residents"),
    "poor households eligible for dibao": ("户贫困户", "poor households"),
    "dilapidated houses of poor households": ("户危房", "houses"),
    "children of the school cohort": ("名儿童少年", "children"),
    "townships": ("个乡镇", "townships"),
    "hospitals": ("所医院", "hospitals"),
    "industries": ("个产业", "industries"),
    "problems": ("种情形", "problems"),
    "m": ("米", "m"),
    "yuan/year": ("元", "yuan"),
    "yuan/person/year": ("元", "yuan per person"),
    "share": ("", ""),
}
#: Tests that fewer or less would pass.
LESS = ("<", "<=")
SIGNS = {">=": "≥", ">": ">", "<=": "≤", "<": "<"}


def places(decisions: pd.DataFrame, standard: Standard, lang: str | None = None) -> Table:
    """Return villages or counties with their verdict and how many criteria they fail.

    Parameters
    ----------
    decisions
        From `povexit.decide.village` or `povexit.decide.county`.
    standard
        The edition by which they were judged.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        place(standard),
        count(("人口", "Persons"), "persons_total"),
        count(("未脱贫人口", "Poor persons"), "poor_persons"),
        word(("判定", "Verdict"), "meets_standard", VERDICTS),
        count(("未达标项", "Criteria failed"), "n_failed"),
        count(("未知项", "Criteria unknown"), "n_unknown"),
        Field(
            ("未达标的指标", "Failed"), tuple(c.id for c in standard.criteria), _failed(standard)
        ),
    ]
    caption = _caption(standard, "判定结果", "verdicts")
    return build(decisions, fields, lang, caption, source=PLACES)


def place(standard: Standard) -> Field:
    """Return the field that names a village or county."""
    return text(VILLAGE, "village_name") if standard.unit == "village" else county()


def _failed(standard: Standard) -> Cell:
    def cell(row: Row, lang: str) -> str:
        names = [c.label(lang) for c in standard.criteria if not _holds(row[c.id])]
        return pick(lang, "、", "; ").join(names) or "—"

    return cell


def _holds(verdict: Any) -> bool:
    return is_missing(verdict) or bool(verdict)


def _caption(standard: Standard, zh: str, en: str) -> Words:
    return (
        f"{standard.name}（{standard.edition}年版）{zh}",
        f"{capital(standard.name_en)} (edition {standard.edition}): {en}",
    )


def clauses(table: pd.DataFrame, standard: Standard, lang: str | None = None) -> Table:
    """Return one village's or county's clauses: value, threshold, margin, denominator, source.

    Parameters
    ----------
    table
        From `povexit.decide.clauses`, of one place.
    standard
        The edition by which it was judged.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    values = ("value_least", "value_most", "of", "indicator", "test")
    fields = [
        Field(CRITERION, ("criterion",), _criterion(standard)),
        Field(("条款", "Clause"), ("indicator",), _asked(standard)),
        Field(("实际", "Found"), values, _value, True, of("value_least")),
        Field(("标准", "Asked"), ("test", "threshold", "of"), _limit, True, of("threshold")),
        Field(("与标准之差", "Margin"), ("margin", "of", "status"), _margin, True, _points),
        Field(("已知数", "Counted"), ("counted", "of"), _of("counted"), True, of("counted")),
        Field(("未知数", "Unknown"), ("unknown", "of"), _of("unknown"), True, of("unknown")),
        Field(("分母", "Of"), ("denominator", "of"), _of("denominator"), True, of("denominator")),
        word(("判定", "Verdict"), "status", STATUSES),
        text(("来源", "Source"), "source"),
    ]
    note = pick(
        lang,
        "比例的两端：未知的全不算与全算；差按最不利的一端。",
        "A share's ends: none or all of the unknown count; margins are at worst.",
    )
    caption = _caption(standard, "逐条", "clause by clause")
    return build(table, fields, lang, caption, note=note, source=PLACES)


def _criterion(standard: Standard) -> Cell:
    labels = {c.id: c for c in standard.criteria}

    def cell(row: Row, lang: str) -> str:
        return capital(labels[row["criterion"]].label(lang))

    return cell


def _asked(standard: Standard) -> Cell:
    known = columns(INDICATORS[standard.unit])

    def cell(row: Row, lang: str) -> str:
        if is_missing(row["indicator"]):
            return pick(lang, "标准未找到", "threshold not found")
        return capital(known[row["indicator"]].label(lang))

    return cell


def _number(value: Any, is_share: bool, lang: str) -> str:
    if is_share:
        return fmt_share(value, lang=lang)
    whole = not is_missing(value) and float(value).is_integer()
    return fmt_int(value, lang=lang) if whole else fmt_number(value, 2, lang=lang)


def _value(row: Row, lang: str) -> str:
    is_share, ends = not is_missing(row["of"]), (row["value_least"], row["value_most"])
    if str(row["test"]).startswith("is_") and not is_missing(ends[0]):
        return pick(lang, *(("有", "yes") if ends[0] else ("无", "no")))
    texts = [_number(end, is_share, lang) for end in ends]
    return texts[0] if texts[0] == texts[1] else "–".join(texts)


def _limit(row: Row, lang: str) -> str:
    if is_missing(row["test"]) or is_missing(row["threshold"]):
        return _number(pd.NA, False, lang)
    if row["test"].startswith("is_"):
        return pick(lang, *(("有", "yes") if row["threshold"] else ("无", "no")))
    return f"{SIGNS[row['test']]} {_number(row['threshold'], not is_missing(row['of']), lang)}"


def _margin(row: Row, lang: str) -> str:
    if row["status"] == "unknown":
        return _number(pd.NA, False, lang)
    if is_missing(row["margin"]):
        return "—"
    if is_missing(row["of"]):
        return _number(row["margin"], False, lang)
    points = fmt_number(_points(row), lang=lang)
    return pick(lang, f"{points}个百分点", f"{points} points")


def _points(row: Row) -> Any:
    """Return a margin as it is printed: of a share, in percentage points."""
    return row["margin"] if is_missing(row["of"]) else 100 * row["margin"]


def _of(column: str) -> Cell:
    def cell(row: Row, lang: str) -> str:
        return "—" if is_missing(row["of"]) else fmt_int(row[column], lang=lang)

    return cell


def shortest(needed: pd.DataFrame, standard: Standard, lang: str | None = None) -> Table:
    """Return what must still change at each place before it meets the standard.

    Parameters
    ----------
    needed
        From `povexit.decide.shortest`.
    standard
        The edition by which the places were judged.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    amounts = ("to_change", "unit", "test", "is_within_reach")
    needed = needed.assign(is_number=~_is_counted(needed["indicator"], standard))
    found = ("to_record", "unit", "is_within_reach", "is_number")
    fields = [
        place(standard),
        Field(CRITERION, ("criterion",), _criterion(standard)),
        Field(("还缺什么", "What is lacking"), ("indicator",), _asked(standard)),
        Field(("须改变", "To change"), amounts, _to_change, True, _signed),
        Field(
            ("须查清并合格", "To be found out, and good"), found, _to_record, True, of("to_record")
        ),
    ]
    note = pick(
        lang,
        "全部办到即达标，缺一不可。人口一项为须减少的数。标准本身未找到的，地方改变不了。",
        "With all of it the place meets the standard, without any one of it it does not."
        " Poor persons are to become fewer. What was not found in the rule no change here settles.",
    )
    caption = _caption(standard, "还差什么", "what is lacking")
    return build(needed, fields, lang, caption, note=note, source=PLACES)


def _is_counted(indicators: pd.Series, standard: Standard) -> pd.Series:
    """Tell which indicators are counts that may be unknown in part."""
    known = columns(INDICATORS[standard.unit])
    return indicators.map(lambda name: f"{name}_unknown" in known).astype(bool)


def _to_change(row: Row, lang: str) -> str:
    if not row["is_within_reach"]:
        return pick(lang, "标准未找到", "rule not found")
    if is_missing(row["to_change"]) or row["to_change"] == 0:
        return "—"
    if row["test"].startswith("is_"):
        return pick(lang, "须具备", "to be put right")
    sign = "−" if row["test"] in LESS else "+"
    return sign + _amount(row["to_change"], row["unit"], lang)


def _signed(row: Row) -> Any:
    return -row["to_change"] if row["test"] in LESS else row["to_change"]


def _to_record(row: Row, lang: str) -> str:
    if not row["is_within_reach"] or row["to_record"] == 0:
        return "—"
    if is_missing(row["to_record"]):
        return pick(lang, "全部待统计", "all still to be counted")
    if row["is_number"]:
        return pick(lang, "待查清", "to be found out")
    return _amount(row["to_record"], row["unit"], lang)


def _amount(value: Any, unit: str, lang: str) -> str:
    printed, words = _number(value, False, lang), pick(lang, *UNITS[unit])
    return printed + words if lang == "zh" else f"{printed} {words}".rstrip()


def lacking(table: pd.DataFrame, unit: str, lang: str | None = None) -> Table:
    """Return the villages behind a county's number.

    Parameters
    ----------
    table
        From `povexit.indicators.lacking`.
    unit
        The unit of the number, as the catalogue names it.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    zh, en = UNITS[unit]
    fields = [
        text(VILLAGE, "village_name"),
        count((f"缺（{zh}）", f"Lacking ({en})"), "lacking"),
        count((f"未知（{zh}）", f"Unknown ({en})"), "unknown"),
    ]
    return build(table, fields, lang, ("缺在哪些村", "In which villages"), source=PLACES)
