"""What must add up: flows, levels side by side, funds, moves; and what was published."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from povexit.schema import value_label
from povexit.style import fmt_number, pick
from povexit.tables.base import (
    PLACES,
    REGISTER,
    Field,
    Row,
    Words,
    build,
    capital,
    change,
    count,
    hidden,
    is_missing,
    text,
    word,
)
from povexit.tables.goals import UNITS, or_dash
from povexit.tables.table import Table
from povexit.tables.verdicts import county

FUNDS: Words = ("资金台账", "the fund ledgers")
RELOCATION: Words = ("易地搬迁台账", "the relocation ledgers")
LOANS: Words = ("小额信贷台账", "the loan ledgers")
WORKS: Words = ("工程台账", "the works ledgers")
FINDINGS: Words = ("督查台账", "the inspection ledgers")
LINES: dict[str, Words] = {
    "opening": ("期初", "Opening"),
    "newly_identified": ("新识别", "Newly identified"),
    "returned": ("返贫", "Returned to poverty"),
    "born_or_joined": ("自然增加", "Born or joined"),
    "died_or_left": ("自然减少", "Died or left"),
    "struck_off": ("整户销户", "Struck off"),
    "exits": ("脱贫", "Exits"),
    "corrected": ("更正", "Corrected"),
    "other": ("其余各项合计（不足10户的项）", "Other steps together (fewer than 10 households)"),
    "difference": ("不能解释的差额", "Not explained"),
    "closing": ("期末", "Closing"),
}
QUANTITIES: dict[str, Words] = {
    "households_on_register": ("在册户（往年未脱贫）", "Households on the register"),
    "persons_on_register": ("在册人口（往年未脱贫）", "Persons on the register"),
    "households_poor": ("未脱贫与返贫户", "Households still poor"),
    "persons_poor": ("未脱贫与返贫人口", "Persons still poor"),
    "households_meeting": ("达标户", "Households meeting the standard"),
    "persons_meeting": ("达标人口", "Persons meeting the standard"),
}
LEVELS: dict[str, Words] = {
    "households": ("逐户相加", "Sum of households"),
    "villages": ("各村相加", "Sum of villages"),
    "counties": ("各县所报", "As the county's"),
    "ledger": ("村台账填报", "As villages state"),
}
_PUBLISHED: dict[Any, Words] = {
    "poor_households": ("贫困户", "Poor households"),
    "poor_persons": ("贫困人口", "Poor persons"),
    "poor_villages": ("贫困村", "Poor villages"),
    "counties_exit": ("脱贫县", "Counties exiting"),
    "villages_exit": ("出列村", "Villages exiting"),
    "persons_exit": ("脱贫人口", "Persons exiting"),
}
_EDITIONS: dict[Any, Words] = {
    "start_2016": ("2016年初", "start of 2016"),
    "task": ("2016年6月任务", "task, June 2016"),
    "stretch": ("2016年6月争取目标", "stretch, June 2016"),
    "claimed": ("2017年2月公布", "published, Feb 2017"),
    "retained": ("2017年6月公布", "published, June 2017"),
}


def balance(
    table: pd.DataFrame,
    lang: str | None = None,
    *,
    unit: str | None = None,
    place: str = "county_code",
) -> Table:
    """Return flows line by line with what they do not explain, a row a place.

    Parameters
    ----------
    table
        From `povexit.progress.balanced`.
    unit
        ``households`` or ``persons``; both without it.
    place
        The column that names the place: ``county_code``, or a name.
    lang
        Language, or that of `povexit.style.use`.
    """
    own = table if unit is None else table[table["unit"] == unit]
    named = county() if place == "county_code" else text(("地方", "Place"), place)
    both = [] if unit else [word(("单位", "Unit"), "unit", UNITS)]
    ends = ("opening", "closing", "difference")
    steps = [n for n in LINES if n in own and n not in ends]
    fields = [named, *both, count(LINES["opening"], "opening")]
    fields += [change(LINES[n], n) for n in steps]
    fields += [count(("应为", "Comes to"), "explained"), count(LINES["closing"], "closing")]
    fields.append(change(("差额", "Difference"), "difference"))
    said = pick(lang, *UNITS[unit]) if unit else ""
    note = pick(
        lang,
        f"{'单位：' + said + '。' if said else ''}差额＝期末－（期初＋各项），如实列出，不分摊。",
        f"{capital(said) + '. ' if said else ''}Difference: closing less opening and all lines; shown, never spread.",
    )
    caption = ("收支平衡", "Flows and whether they balance")
    return build(own, fields, lang, caption, note=note, source=REGISTER)


def reconciliation(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return one number a row as each level has it, with the difference.

    Parameters
    ----------
    table
        From `povexit.progress.reconciled`.
    lang
        Language, or that of `povexit.style.use`.
    """
    levels = [count(words, name) for name, words in LEVELS.items() if name in table]
    levels = [or_dash(field) for field in levels]
    fields = [
        word(("数字", "Number"), "quantity", QUANTITIES),
        county(),
        *levels,
        count(("差额", "Difference"), "difference"),
    ]
    note = pick(
        lang,
        "列出全市各数字和不一致的县。“—”：该级没有这个数字。差额是各级之间最大与最小之差；不为零的应核对台账。",
        "The city's numbers, and the counties where levels differ. “—”: a level that does not have the"
        " number. The difference is the largest less the smallest; where it is not 0, look at the ledgers.",
    )
    caption = ("逐级核对：户、村、县、市", "Households, villages, counties and city side by side")
    totals = table["county_code"] == "all"
    return build(table, fields, lang, caption, note=note, totals=totals, source=PLACES)


def funds(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return funds by source and age: granted, paid, left.

    Parameters
    ----------
    table
        From `povexit.progress.funds_balance` by ``fund_source``.
    lang
        Language, or that of `povexit.style.use`.
    """
    fields = [
        Field(("来源", "Source"), ("fund_source",), _source),
        replace(count(("资金年龄", "Age"), "age_years"), unit=("年", "years")),
        _money(("下达", "Granted"), "granted_yuan"),
        _money(("支出", "Paid"), "paid_yuan"),
        _money(("结余", "Left"), "balance_yuan"),
        _money(("支出未知", "Payment unknown"), "unknown_yuan"),
    ]
    note = pick(
        lang,
        "0为本年资金，1年及以上为结转结余。",
        "Age 0 is this year's; older is carry-over.",
    )
    return build(table, fields, lang, ("资金结余", "Funds left over"), note=note, source=FUNDS)


def projects(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return funds by county and project.

    Parameters
    ----------
    table
        From `povexit.progress.projects`.
    lang
        Language, or that of `povexit.style.use`.
    """
    fields = [
        county(),
        text(("项目", "Project"), "project_name"),
        _money(("下达", "Granted"), "granted_yuan"),
        _money(("支出", "Paid"), "paid_yuan"),
        _money(("支出未知", "Payment unknown"), "unknown_yuan"),
    ]
    return build(
        table,
        fields,
        lang,
        ("资金到项目（下达最多的项目）", "Funds by project, the largest grants"),
        source=FUNDS,
    )


def _source(row: Row, lang: str) -> str:
    return capital(value_label("fund_source", str(row["fund_source"]), lang))


def _money(header: Words, column: str) -> Field:
    def value(row: Row) -> Any:
        return None if is_missing(row[column]) else row[column] / 10_000

    def cell(row: Row, lang: str) -> str:
        return fmt_number(value(row), status=hidden(row), lang=lang)

    return Field(header, (column,), cell, numeric=True, value=value, unit=("万元", "10,000 yuan"))


def moves(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return relocation from county to county.

    Parameters
    ----------
    table
        From `povexit.progress.moves`.
    lang
        Language, or that of `povexit.style.use`.
    """
    to = Field(("迁入", "To"), ("to_county_code",), _destination)
    fields = [
        county(),
        to,
        count(("户数", "Households"), "households"),
        count(("人口", "Persons"), "persons"),
        count(("竣工住房", "Flats finished"), "flats_finished"),
        count(("已交钥匙人口", "Persons with keys"), "persons_with_keys"),
        count(("已入住人口", "Persons moved in"), "persons_moved"),
        count(("人口未知户", "Households of unknown size"), "unknown"),
    ]
    return build(table, fields, lang, ("易地扶贫搬迁", "Relocation"), source=RELOCATION)


def _destination(row: Row, lang: str) -> str:
    code = row["to_county_code"]
    if is_missing(code):
        return pick(lang, "未知", "unknown")
    return county().cell({"county_code": code}, lang)


def published(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return what was published, edition by edition, with source and confidence.

    Parameters
    ----------
    table
        From `povexit.progress.published`.
    lang
        Language, or that of `povexit.style.use`.
    """
    fields = [
        word(("数字", "Number"), "quantity", _PUBLISHED),
        word(("版本", "Edition"), "edition", _EDITIONS),
        count(("数值", "Value"), "value"),
        word(("单位", "Unit"), "unit", UNITS),
        text(("日期", "As of"), "as_of"),
        text(("来源", "Source"), "source"),
        text(("可信度", "Confidence"), "confidence"),
    ]
    note = pick(
        lang,
        "公布的事实，不与模拟数据相加相减。V：见于原文；2S：两处以上来源一致。",
        "Published facts, never added to simulated ones. V: read in the source; 2S: sources agree.",
    )
    return build(table, fields, lang, ("公布的数字及其版本", "Published, by edition"), note=note)


def loans(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return microloans by county: lent, repaid, balance and overdue.

    Parameters
    ----------
    table
        From `povexit.progress.loan_balance`; ``status`` where rows rest on too few.
    lang
        Language, or that of `povexit.style.use`.
    """
    fields = [
        county(),
        count(("贷款户", "Loans"), "loans"),
        _money(("放款", "Lent"), "lent_yuan"),
        _money(("已还", "Repaid"), "repaid_yuan"),
        _money(("余额", "Balance"), "balance_yuan"),
        _money(("逾期", "Overdue"), "overdue_yuan"),
        count(("逾期未知户", "Overdue unknown"), "overdue_unknown"),
    ]
    note = pick(lang, "余额＝放款－已还。", "Balance: lent less repaid.")
    return build(table, fields, lang, ("扶贫小额信贷", "Microloans"), note=note, source=LOANS)


def works(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return works by kind: planned, done, unknown.

    Parameters
    ----------
    table
        From `povexit.progress.works_done`, of one place.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """

    def kind(row: Row, lang: str) -> str:
        return capital(value_label("work_kind", str(row["work_kind"]), lang))

    fields = [
        Field(("工程", "Work"), ("work_kind",), kind),
        count(("计划", "Planned"), "planned"),
        count(("已完工", "Done"), "done"),
        count(("未知", "Unknown"), "unknown"),
    ]
    return build(table, fields, lang, ("工程", "Works"), source=WORKS)


def findings(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return open findings of inspections by county and age.

    Parameters
    ----------
    table
        From `povexit.progress.open_findings`.
    lang
        Language, or that of `povexit.style.use`.
    """
    age = Field(("发现至今", "Open for"), ("from_days", "to_days"), _age)
    fields = [county(), age, count(("问题数", "Findings"), "findings")]
    return build(table, fields, lang, ("未整改的督查问题", "Open findings"), source=FINDINGS)


def _age(row: Row, lang: str) -> str:
    if is_missing(row["from_days"]):
        return pick(lang, "未知", "unknown")
    if is_missing(row["to_days"]):
        return pick(lang, f"{row['from_days']}天以上", f"{row['from_days']} days and more")
    return pick(
        lang,
        f"{row['from_days']}–{row['to_days'] - 1}天",
        f"{row['from_days']} to {row['to_days'] - 1} days",
    )


def lines(table: pd.DataFrame, lang: str | None = None) -> pd.DataFrame:
    """Return the steps of `povexit.progress.city_steps` with a ``name``, as a waterfall draws them."""
    return table.assign(name=[pick(lang, *LINES[line]) for line in table["line"]])
