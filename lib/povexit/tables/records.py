"""What was received and what was done to it: rows counted, values changed, rules broken."""

from __future__ import annotations

import pandas as pd

from povexit.schema import columns, tables
from povexit.style import ABSENT, fmt_int, pick
from povexit.tables.base import (
    DELIVERIES,
    Field,
    Row,
    Words,
    build,
    count,
    is_missing,
    label,
    of,
    share,
    text,
    with_sum,
    word,
)
from povexit.tables.table import Table

#: What cleaning can have done to a value, as the ledger calls it.
ACTIONS: dict[str, Words] = {
    "converted": ("换算", "converted"),
    "corrected": ("更正", "corrected"),
    "set_missing": ("置为缺失", "set missing"),
    "flagged": ("标记", "flagged"),
}
#: Columns whose raw value leads to one person or one house: pages do not show it.
PERSONAL = frozenset({"birth_date", "longitude", "latitude", "interviewer_id"})
#: Columns that stop at cleaning, so that the catalogue does not have them.
_STOPPED: dict[str, Words] = {
    "bank_account": ("银行账号", "Bank account"),
    "county_name": ("县（市、区）", "County"),
    "head_name": ("户主姓名", "Name of the head"),
    "helper_id_number": ("帮扶联系人证件号", "Helper's identity number"),
    "helper_name": ("帮扶联系人姓名", "Name of the helper"),
    "household_number": ("贫困户编号", "Household number"),
    "id_number": ("证件号", "Identity number"),
    "person_name": ("姓名", "Name"),
    "phone": ("联系电话", "Phone"),
    "school_name": ("学校", "School"),
    "to_county_name": ("迁入县（市、区）", "County of destination"),
}
CHECKED: Words = ("建档立卡登记册", "the poverty register")
_MASK = "***"
_NOT_SHOWN: Words = ("（不显示）", "(not shown)")
_BLANK: Words = ("（空）", "(blank)")


def quality(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return how often each register rule is broken.

    Parameters
    ----------
    table
        ``quality_register`` of one county, such as `povexit.quality.most_flagged` gives it:
        ``name``, ``checked``, ``flagged``, ``unknown`` (records) and ``share`` (0 to 1,
        flagged of checked less unknown; missing where nothing is known).
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    known = "quality_register"
    fields = [
        text(label(known, "rule_id"), "name"),
        *(count(label(known, column), column) for column in ("checked", "flagged", "unknown")),
        share(label(known, "share"), "share"),
    ]
    return build(table, fields, lang, ("数据质量规则", "Data quality rules"), source=CHECKED)


def cleaning(counts: pd.DataFrame, lang: str | None = None) -> Table:
    """Return what cleaning did to each sheet, with the sum of all.

    Parameters
    ----------
    counts
        ``cleaning_counts`` of any counties: ``file``, ``sheet``, ``rows_in``, ``rows_out``,
        ``quarantined``, ``set_aside`` (rows), ``converted``, ``corrected``, ``set_missing``
        (values).
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    known = "cleaning_counts"
    rows = ("rows_in", "rows_out", "quarantined", "set_aside")
    numbers = (*rows, "converted", "corrected", "set_missing")
    fields = [
        text(label(known, "file"), "file"),
        text(label(known, "sheet"), "sheet", ABSENT),
        *(count(label(known, column), column) for column in numbers),
    ]
    note = pick(
        lang,
        "收到行数 = 保留行数 + 隔离行数，合计与空白行另计；改动的每一处都在清理台账中留有原值。",
        "Rows in = rows kept + rows quarantined, total and blank rows apart;"
        " every value changed stands in the cleaning ledger as it was delivered.",
    )
    whole, is_sum = with_sum(counts, numbers, "file", lang)
    caption = ("清理结果", "What cleaning did")
    return build(whole, fields, lang, caption, note=note, totals=is_sum, source=DELIVERIES)


def ledger(table: pd.DataFrame, lang: str | None = None, most: int = 20) -> Table:
    """Return an extract of the cleaning ledger: some entries of every rule.

    Parameters
    ----------
    table
        ``cleaning_ledger``: ``file``, ``sheet``, ``row`` (as the spreadsheet counts it;
        missing for a whole column), ``column``, ``rule``, ``action``, ``raw_value``,
        ``cells``. Columns are printed under their label in the catalogue. Raw values of
        personal columns are not shown, nor those of columns the catalogue does not have.
    lang
        Language, or that of `povexit.style.use`.
    most
        At most so many entries.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    known = "cleaning_ledger"
    fields = [
        *_place(known),
        Field(label(known, "column"), ("column",), _column),
        Field(label(known, "rule"), ("rule",), _rule),
        word(label(known, "action"), "action", ACTIONS),
        Field(label(known, "raw_value"), ("raw_value",), _raw),
        count(label(known, "cells"), "cells"),
    ]
    caption = ("清理台账摘录", "Extract of the cleaning ledger")
    return _extract(table, fields, lang, caption, most)


def quarantine(table: pd.DataFrame, lang: str | None = None, most: int = 20) -> Table:
    """Return an extract of the rows set apart because they cannot be used.

    Parameters
    ----------
    table
        ``cleaning_quarantine``: ``file``, ``sheet``, ``row``, ``rule``. What stood in the row
        is not shown: together it tells of one household.
    lang, most
        As for `ledger`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    known = "cleaning_quarantine"
    fields = [*_place(known), Field(label(known, "rule"), ("rule",), _rule)]
    return _extract(table, fields, lang, ("隔离的行（摘录）", "Rows in quarantine"), most)


def _place(table: str) -> list[Field]:
    return [
        text(label(table, "file"), "file"),
        text(label(table, "sheet"), "sheet", ABSENT),
        Field(label(table, "row"), ("row",), _row, True, of("row")),
    ]


def _row(row: Row, lang: str) -> str:
    """Return a row's number as the spreadsheet prints it, without separators."""
    return ABSENT if is_missing(row["row"]) else str(int(row["row"]))


def _rule(row: Row, lang: str) -> str:
    from povexit.clean import rules  # only here: reports have no other need of that room

    known = rules().get(row["rule"])
    return known.label(lang) if known else str(row["rule"])


def _column(row: Row, lang: str) -> str:
    name = str(row["column"])
    table = _table_of(name)
    words = label(table, name) if table else _STOPPED.get(name, (name, name))
    return pick(lang, *words)


def _table_of(column: str) -> str | None:
    """Return the first table of the catalogue that has a column."""
    return next((table for table in tables() if column in columns(table)), None)


def _raw(row: Row, lang: str) -> str:
    column, value = row["column"], row["raw_value"]
    if column in PERSONAL or value == _MASK or _table_of(column) is None:
        return pick(lang, *_NOT_SHOWN)
    return pick(lang, *_BLANK) if is_missing(value) or value == "" else str(value)


def _extract(
    table: pd.DataFrame, fields: list[Field], lang: str | None, caption: Words, most: int
) -> Table:
    shown = _of_every_rule(table, most) if "rule" in table else table
    whole, part = fmt_int(len(table)), fmt_int(len(shown))
    note = pick(lang, f"共{whole}条，摘录{part}条。", f"{part} of {whole} entries.")
    note = note if len(shown) < len(table) else ""
    return build(shown, fields, lang, caption, note=note, source=DELIVERIES)


def _of_every_rule(table: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the first entry of every rule, then the second of each, up to ``most``, in order."""
    table = table.reset_index(drop=True)
    turn = table.groupby("rule", dropna=False).cumcount().sort_values(kind="stable")
    return table.loc[turn.index[:most]].sort_index()
