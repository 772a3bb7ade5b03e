"""One delivered cell read the hard way: the ways people write numbers, dates, codes, yes and no.

Each function takes the map's entry and the cell's text and returns the value and the rule
that made it, or None for the value where nothing can be read. Cells in the plain form never
come here (`povexit.clean.fields` reads whole columns); so this is for the odd ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from povexit.raw.columnmap import Entry
from povexit.schema import codes

Read = tuple[Any, str]

NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")
UNITS = re.compile(r"(元|亩|人|户|口|米|公里|平方米|m2|㎡|个|%|分|分钟|月|升|年|次)$")
WAN = re.compile(r"万元?$")
WAN_FACTOR = 10_000
SERIAL_ZERO = date(1899, 12, 30)
DATES = (
    (re.compile(r"(\d{4})[./](\d{1,2})"), "date_dotted"),
    (re.compile(r"(\d{4})年(\d{1,2})月?(?:\d{1,2}日?)?"), "date_chinese"),
    (re.compile(r"(\d{4})[-./](\d{1,2})[-./]\d{1,2}(?:[ T].*)?"), "date_full"),
    (re.compile(r"(\d{4})-(\d)"), "date_dotted"),
    (re.compile(r"((?:18|19|20)\d{2})(\d{2})(?:\d{2})?"), "date_compact"),
)
DAYS = (
    (re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})"), "date_dotted"),
    (re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?"), "date_chinese"),
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?"), "date_dotted"),
    (re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})"), "date_compact"),
)
YEAR_MONTH = re.compile(r"\d{4}-\d{2}")
# a bare year has no month, and is no serial either
SERIAL = re.compile(r"(?!19\d\d|20\d\d)\d{4}|\d{5}")
DATETIMES = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%S")
YES = {"是", "有", "能", "1", "y", "yes", "√", "true", "对"}
NO = {"否", "无", "不能", "没有", "0", "2", "n", "no", "×", "false"}
# A word of several lists: what a person writes for yes or no where the map says 是/否
USUAL = {"是": True, "有": True, "能": True, "否": False, "无": False, "不能": False}


def tidy(text: str) -> str:
    """Return a cell in half width without blanks around it.

    Examples
    --------
    >>> tidy("\u3000１２３ ")
    '123'
    """
    return unicodedata.normalize("NFKC", text).strip()


def number(entry: Entry, text: str) -> Read:
    """Read a number however it is written, in the unit of the header.

    Examples
    --------
    >>> from povexit.raw.columnmap import entries
    >>> wage = next(e for e in entries("register_households", "*", "2016-06")
    ...             if e.column == "wage_income_yuan")
    >>> number(wage, "12,500"), number(wage, "1.2万元"), number(wage, "about 3")
    ((12500.0, 'number_separator'), (12000.0, 'number_wan_text'), (None, 'not_a_number'))
    """
    plain = tidy(text)
    if plain in entry.missing:
        return None, "missing_code"
    rule = _number_rule(text, plain)
    bare = "".join(plain.replace(",", "").split())
    if WAN.search(bare) and entry.factor == 1:
        found, rule, scale = WAN.sub("", bare), "number_wan_text", WAN_FACTOR
    elif NUMBER.fullmatch(bare):
        found, scale = bare, 1
    else:
        found, rule, scale = UNITS.sub("", bare), "number_unit", 1
    return (float(found) * scale, rule) if NUMBER.fullmatch(found) else (None, "not_a_number")


def _number_rule(text: str, plain: str) -> str:
    if "," in plain:
        return "number_separator"
    return "number_spaces" if plain in text else "number_fullwidth"


def code(entry: Entry, text: str) -> Read:
    """Read a code however it is written, or its label."""
    plain = tidy(text)
    if plain in entry.missing:
        return None, "missing_code"
    listed = codes(entry.codes)
    forms = (
        ("text_spaces", {c.code: c.value for c in listed}),
        ("label_for_code", {tidy(c.label_zh): c.value for c in listed}),
        ("code_padding", {c.code.lstrip("0"): c.value for c in listed}),
    )
    for rule, known in forms:
        wanted = plain.removesuffix(".0").lstrip("0") if rule == "code_padding" else plain
        if wanted in known:
            return known[wanted], rule
    return None, "unknown_code"


def yes_no(entry: Entry, text: str) -> Read:
    """Read a word for yes or no."""
    plain = tidy(text).lower()
    if plain in entry.missing:
        return None, "missing_code"
    if entry.codes:
        yes, no = entry.codes.split("/")
        if plain.removesuffix(".0") in (yes, no):
            return plain.removesuffix(".0") == yes, "text_spaces"
        # 1/2 lists: a bare 0 is in no list
        known = USUAL
        return (known[plain], "label_for_code") if plain in known else (None, "unknown_word")
    if plain in YES | NO:
        return plain in YES, "text_spaces" if plain in USUAL else "bool_word"
    return None, "unknown_word"


def month_date(entry: Entry, text: str) -> Read:
    """Read a date as the first day of its month.

    Examples
    --------
    >>> from povexit.raw.columnmap import entries
    >>> birth = next(e for e in entries("register_persons", "*", "2016-06")
    ...              if e.column == "birth_date")
    >>> [month_date(birth, t)[0].isoformat() for t in ("31199", "1985.6", "1985年6月")]
    ['1985-06-01', '1985-06-01', '1985-06-01']
    """
    plain = tidy(text).removesuffix(".0")
    if plain in entry.missing:
        return None, "missing_code"
    for pattern, rule in DATES:
        if (found := pattern.fullmatch(plain)) and 1 <= int(found[2]) <= 12:
            return date(int(found[1]), int(found[2]), 1), rule
    if SERIAL.fullmatch(plain):
        return (SERIAL_ZERO + timedelta(days=int(plain))).replace(day=1), "date_serial"
    return None, "not_a_date"


def day_date(entry: Entry, text: str) -> Read:
    """Read a date to the day; without a day it is the first of its month.

    Examples
    --------
    >>> from povexit.raw.columnmap import entries
    >>> lent = next(e for e in entries("loan_ledger", "*", "2016-06") if e.column == "loan_date")
    >>> [day_date(lent, t)[0].isoformat() for t in ("42536", "2016.6.15", "2016年6月15日")]
    ['2016-06-15', '2016-06-15', '2016-06-15']
    """
    plain = tidy(text).removesuffix(".0")
    if plain in entry.missing:
        return None, "missing_code"
    for pattern, rule in DAYS:
        if found := pattern.fullmatch(plain):
            try:
                return date(int(found[1]), int(found[2]), int(found[3])), rule
            except ValueError:
                return None, "not_a_date"
    if SERIAL.fullmatch(plain):
        return SERIAL_ZERO + timedelta(days=int(plain)), "date_serial"
    first, _ = month_date(entry, f"{plain}-01" if YEAR_MONTH.fullmatch(plain) else plain)
    return first, "not_a_date" if first is None else "date_without_day"


def moment(entry: Entry, text: str) -> Read:
    """Read a date with a time."""
    plain = tidy(text)
    if plain in entry.missing:
        return None, "missing_code"
    for form in DATETIMES:
        try:
            return datetime.strptime(plain, form), "datetime_other"
        except ValueError:
            continue
    return None, "not_a_date"


def words(entry: Entry, text: str) -> Read:
    """Read text: without blanks around it, and missing where a missing code stands."""
    plain = text.strip()
    return (None, "missing_code") if tidy(text) in entry.missing else (plain, "text_spaces")


READ: dict[str, Callable[[Entry, str], Read]] = {
    "text": words,
    "id": words,
    "int": number,
    "number": number,
    "bool": yes_no,
    "code": code,
    "date": month_date,
    "day": day_date,
    "datetime": moment,
}
