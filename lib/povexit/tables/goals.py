"""Targets and where they stand, why the month changed, and who is best and worst."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from povexit.style import ABSENT, UNKNOWN, fmt_int, fmt_share, pick
from povexit.tables.base import (
    LEDGERS,
    REGISTER,
    Cell,
    Field,
    Row,
    Words,
    build,
    capital,
    change,
    count,
    interval,
    is_missing,
    of,
    share,
    with_sum,
    word,
)
from povexit.tables.table import Table
from povexit.tables.verdicts import county

STATUS: dict[str, Words] = {
    "done": ("完成", "done"),
    "on_track": ("按进度", "on track"),
    "late": ("滞后", "late"),
    "unknown": ("未知", "unknown"),
}
REASONS: dict[str, Words] = {
    "no_number": ("未给出数字", "no number named"),
    "not_delivered": ("台账未交", "ledger not delivered"),
    "some_missing": ("有县未交", "counties missing"),
    "no_denominator": ("分母为零", "denominator of nothing"),
    "no_path": ("未到期", "not due yet"),
    "open": ("取决于未知者", "the unknown decide"),
}
UNITS: dict[str, Words] = {
    "share": ("", ""),
    "counties": ("个县", "counties"),
    "criteria": ("项", "criteria"),
    "villages": ("个村", "villages"),
    "households": ("户", "households"),
    "persons": ("人", "persons"),
    "months": ("人月", "person-months"),
    "flats": ("套", "flats"),
    "yuan": ("元", "yuan"),
    "zones": ("个", "zones"),
    "hamlets": ("个屯", "hamlets"),
    "units": ("处", "units"),
    "visits": ("次", "visits"),
    "findings": ("个", "findings"),
}
CAUSES: dict[str, Words] = {
    "edition": ("标准版本不同", "Edition of the standard"),
    "newly_identified": ("新识别", "Newly identified"),
    "left": ("已不在册", "No longer on the register"),
    "returned": ("返贫", "Returned to poverty"),
    "answered": ("补报或缺报", "An answer came in or went missing"),
    "corrected": ("更正记录", "Record corrected"),
    "real": ("实际变化", "Really changed"),
    "other": ("其余各项合计（不足10户的项）", "Other causes together (fewer than 10 households)"),
}


def unit(name: str, lang: str | None = None) -> str:
    """Return a unit's word, ``%`` for a share.

    Examples
    --------
    >>> unit("persons", "en"), unit("share")
    ('persons', '%')
    """
    return "%" if name == "share" else pick(lang, *UNITS[name])


def targets(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return every target with its number, denominator and status; `definitions` says what they are.

    Parameters
    ----------
    table
        From `povexit.progress.judged`: rows of one place, in the order to show.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        Field(("目标", "Target"), ("name_zh", "name_en"), target_name),
        Field(("要求", "Asked"), ("wanted", "unit"), amount("wanted"), True, of("wanted")),
        Field(("期限", "By"), ("deadline",), deadline, numeric=True),
        Field(("现在", "Now"), ("value", "unit"), amount("value"), True, of("value")),
        Field(("分子／分母", "Of"), ("number", "denominator", "unknown"), _counted),
        Field(("应达", "Due now"), ("expected", "unit"), amount("expected"), True, of("expected")),
        Field(("进度", "Status"), ("status", "reason"), standing),
    ]
    note = pick(
        lang,
        "应达：从年初到期限的直线进度。要求：模拟数据中按模拟规模缩小，原数见目标名称。",
        "Due now: on the straight line from the start of the year to the deadline. Asked: in simulated"
        " months reduced to the simulation's scale; the name has the full number.",
    )
    caption = ("目标与进度", "Targets and where they stand")
    return build(table, fields, lang, caption, note=note, source=LEDGERS)


def contributions(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return what one county adds to every target: number, denominator and their share.

    Parameters
    ----------
    table
        From `povexit.progress.judged`: rows of one county, in the order to show, hidden where
        they rest on too few (`povexit.privacy.suppress_small` by ``denominator``).
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    whole = table["denominator"].astype("Float64")
    table = table.assign(part=table["number"].astype("Float64") / whole.mask(whole == 0))
    fields = [
        Field(("目标", "Target"), ("name_zh", "name_en"), target_name),
        count(("现在", "Now"), "number"),
        count(("分母", "Of"), "denominator"),
        count(("未知", "Unknown"), "unknown"),
        share(("比例", "Share"), "part"),
    ]
    note = pick(
        lang,
        "每项的分子、分母与来源见全市目标页；全市数为各县之和。",
        "What is counted, over what and from which source stands on the city's page of targets;"
        " the city's numbers are the sums of the counties'.",
    )
    caption = ("本县各项目标的进度", "The county and the targets")
    return build(table, fields, lang, caption, note=note, source=LEDGERS)


def definitions(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return what each target counts and over what, who answers for it, and its source.

    Parameters
    ----------
    table
        From `povexit.progress.judged`: rows of one place, in the order to show.
    lang
        Language, or that of `povexit.style.use`.
    """
    fields = [
        Field(("目标", "Target"), ("name_zh", "name_en"), target_name),
        Field(("分子", "Number"), ("definition_zh", "definition_en"), _words_of("definition")),
        Field(("分母", "Of"), ("denominator_zh", "denominator_en"), _words_of("denominator")),
        Field(("牵头", "Answers"), ("answers_zh", "answers_en"), _words_of("answers")),
        Field(("来源", "Source"), ("source", "confidence"), _source),
    ]
    note = pick(
        lang,
        "来源与可信度：V 见于原文，2S 两处以上一致，D 由原文推出。牵头为我们按小组名称的理解；"
        "十个专责小组文中只点名七个，其余三个未找到。",
        "V: read in the source; 2S: sources agree; D: inferred from it. Who answers is our reading of the"
        " groups' names; the article names seven of ten groups, and the other three were not found.",
    )
    return build(table, fields, lang, ("口径与来源", "Definitions and sources"), note=note)


def target_name(row: Row, lang: str) -> str:
    """Return a target's name, the English one with a capital."""
    return str(row["name_zh"]) if lang == "zh" else capital(str(row["name_en"]))


def amount(column: str) -> Cell:
    """Return the cell of a number in its target's unit."""

    def cell(row: Row, lang: str) -> str:
        if is_missing(row[column]):
            return UNKNOWN[lang] if column == "value" else ABSENT
        if row["unit"] == "share":
            return fmt_share(row[column], lang=lang)
        gap = " " if lang == "en" else ""
        return f"{fmt_int(row[column], lang=lang)}{gap}{unit(row['unit'], lang)}"

    return cell


def _words_of(stem: str) -> Cell:
    return lambda row, lang: capital(str(row[f"{stem}_{lang}"])) or ABSENT


def _source(row: Row, lang: str) -> str:
    source = str(row["source"]).replace("SEED", pick(lang, "文章", "the article"))
    return pick(
        lang, f"{source}（{row['confidence']}）", f"{capital(source)} ({row['confidence']})"
    )


def deadline(row: Row, lang: str) -> str:
    """Return the day by which a target is to be reached."""
    return f"{row['deadline']:%Y-%m-%d}"


def _counted(row: Row, lang: str) -> str:
    """Return the number and its denominator, and how many are unknown, if any."""
    if is_missing(row["number"]):
        return UNKNOWN[lang]
    number, whole, unknown = (
        fmt_int(row[name], lang=lang) for name in ("number", "denominator", "unknown")
    )
    open_ = pick(lang, f"（未知{unknown}）", f" ({unknown} unknown)") if row["unknown"] > 0 else ""
    return f"{number}／{whole}{open_}" if lang == "zh" else f"{number} of {whole}{open_}"


def standing(row: Row, lang: str) -> str:
    """Return where a target stands, and why if that is not known."""
    if row["reason"] not in REASONS:
        return pick(lang, *STATUS[row["status"]])
    why = pick(lang, *REASONS[row["reason"]])
    if row["reason"] == "no_number":
        return why
    said = pick(lang, *STATUS[row["status"]])
    return pick(lang, f"{said}：{why}", f"{said}: {why}")


def causes(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return why more or fewer households meet the standard than last month.

    Parameters
    ----------
    table
        From `povexit.progress.causes`.
    lang
        Language, or that of `povexit.style.use`.
    """
    numbers = ["gained", "lost", "net", "persons_gained", "persons_lost", "persons_net"]
    whole, totals = with_sum(table, numbers, "cause", lang)
    fields = [
        word(("原因", "Cause"), "cause", CAUSES),
        count(("新达标户", "Households in"), "gained"),
        count(("不再达标户", "Households out"), "lost"),
        change(("净增户", "Net"), "net"),
        count(("新达标人口", "Persons in"), "persons_gained"),
        count(("不再达标人口", "Persons out"), "persons_lost"),
        change(("净增人口", "Net persons"), "persons_net"),
    ]
    note = pick(
        lang,
        "每户只归一个原因；上月数、各原因与本月数逐户相加，没有差额。",
        "Each household has one cause: last month's number, the causes and this month's add up.",
    )
    caption = ("达标户变化的原因", "Why the number meeting the standard changed")
    return build(whole, fields, lang, caption, note=note, totals=totals, source=REGISTER)


def ranks(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return places with their interval and their rank, where there is one.

    Parameters
    ----------
    table
        From `povexit.progress.ranked`, with ``estimate``.
    lang
        Language, or that of `povexit.style.use`.
    """
    lists: dict[Any, Words] = {"red": ("红榜", "best"), "black": ("黑榜", "worst"), "": ("—", "—")}
    fields = [
        county(),
        share(("比例", "Share"), "estimate"),
        interval(("区间", "Interval"), "low", "high"),
        count(("确定更好的县", "Surely better"), "better"),
        count(("确定更差的县", "Surely worse"), "worse"),
        or_dash(count(("名次", "Rank"), "rank")),
        word(("榜", "List"), "list", lists),
    ]
    note = pick(
        lang,
        "区间重叠的县分不出先后，不排名次，也不上榜。",
        "Counties whose intervals overlap cannot be told apart: no rank, no list.",
    )
    caption = ("红黑榜", "Best and worst, as far as anybody can say")
    return build(table, fields, lang, caption, note=note)


def or_dash(field: Field) -> Field:
    """Return a field that prints a dash where there is no number to know."""
    column = field.needs[0]

    def cell(row: Row, lang: str) -> str:
        return ABSENT if is_missing(row[column]) else field.cell(row, lang)

    return replace(field, cell=cell)
