"""What moved: verdicts against last month's, against the register's status, persons held twice."""

from __future__ import annotations

import pandas as pd

from povexit.schema import value_label
from povexit.style import pick
from povexit.tables.base import REGISTER, Field, Row, Words, build, count
from povexit.tables.table import Table
from povexit.tables.verdicts import FAILS, MEETS, UNKNOWNS, county

_STATES: dict[str, Words] = {
    "meets": ("达标", "met it"),
    "fails": ("未达标", "did not"),
    "unknown": ("未知", "unknown"),
    "absent": ("上月不在册", "not in the register"),
}
_OTHER: Words = ("另一县（市、区）", "Other county")


def changes(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return last month's verdicts, row by row, against this month's.

    Parameters
    ----------
    table
        From `povexit.decide.changes`: index and columns ``meets``, ``fails``, ``unknown``,
        ``absent``, and ``households``; ``status`` where rows rest on too few.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    named = table.rename_axis(index="before", columns=None).reset_index()
    fields = [
        Field(("上月", "Last month"), ("before",), lambda row, lang: _state(row, lang)),
        count(("户数", "Households"), "households"),
        count(("本月达标", "Meets now"), "meets"),
        count(("本月未达标", "Does not now"), "fails"),
        count(("本月未知", "Unknown now"), "unknown"),
        count(("本月不在册", "Not in the register now"), "absent"),
    ]
    note = pick(lang, "单位：户。", "Households.")
    caption = ("上月判定与本月判定", "Last month's verdicts and this month's")
    return build(named, fields, lang, caption, note=note, source=REGISTER)


def _state(row: Row, lang: str) -> str:
    return pick(lang, *_STATES[row["before"]])


def status(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return verdicts by the household's status in the register.

    Parameters
    ----------
    table
        From `povexit.decide.by_status`.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        Field(("登记册中的状态", "Status in the register"), ("register_status",), _status),
        count(("判定户数", "Households"), "households"),
        count(MEETS, "meets"),
        count(FAILS, "fails"),
        count(UNKNOWNS, "unknown"),
    ]
    note = pick(
        lang,
        "已脱贫而未达标的户、未脱贫而已达标的户，应先核查。",
        "Look first at households that left the register and do not meet the standard,"
        " and at those still in it that do.",
    )
    caption = ("登记状态与判定结果", "Status in the register and verdict")
    return build(table, fields, lang, caption, note=note, source=REGISTER)


def _status(row: Row, lang: str) -> str:
    return value_label("register_status", str(row["register_status"]), lang)


def duplicates(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return how many persons two counties both have in their registers.

    Parameters
    ----------
    table
        From `povexit.quality.duplicates`.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    other = Field(_OTHER, ("other_county_code",), _other)
    fields = [county(), other, count(("人数", "Persons"), "persons")]
    caption = ("两县重复登记的人员", "Persons in two counties' registers")
    return build(table, fields, lang, caption, source=REGISTER)


def _other(row: Row, lang: str) -> str:
    return county().cell({"county_code": row["other_county_code"]}, lang)
