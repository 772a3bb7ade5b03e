"""Numbers as they are printed: shares, counts, amounts, and what stands for a missing one.

A number that is not known is never printed as 0 or left blank: it reads 未知 / unknown,
and one that rests on too few units reads "…".
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from povexit.style.look import language

SUPPRESSED = "…"
#: Where there is no number to know, such as the interval of a complete count.
ABSENT = "—"
UNKNOWN = {"zh": "未知", "en": "unknown"}
MINUS = "\u2212"
#: Unit of values that are shares of 0 to 1 and printed as percentages.
SHARE = "%"


def least_digits(numbers: Iterable[float], most: int = 3) -> int:
    """Return how many decimals numbers need to be printed apart, all alike.

    Examples
    --------
    >>> least_digits([0.0, 20.0, 40.0]), least_digits([0.5, 1.25])
    (0, 2)
    """
    numbers = list(numbers)
    fits = (
        digits
        for digits in range(most)
        if all(math.isclose(round(n, digits), n, abs_tol=1e-9) for n in numbers)
    )
    return next(fits, most)


def gap(text: str) -> str:
    """Return what a printed text stands for if it is no value: unknown, suppressed or absent.

    Examples
    --------
    >>> gap("未知"), gap("…"), gap("—"), gap("0")
    ('unknown', 'suppressed', 'absent', '')
    """
    if text in UNKNOWN.values():
        return "unknown"
    return {SUPPRESSED: "suppressed", ABSENT: "absent"}.get(text, "")


def _missing(value: Any, status: str | None, lang: str | None) -> str | None:
    """Return what to print instead of a number, or None if there is one."""
    if status == "suppressed":
        return SUPPRESSED
    if status == "unknown" or value is None or bool(pd.isna(value)):
        return UNKNOWN[language(lang)]
    return None


def _signed(text: str) -> str:
    return text.replace("-", MINUS)


def fmt_share(
    value: Any, *, digits: int = 1, status: str | None = None, lang: str | None = None
) -> str:
    """Print a share of 0 to 1 as a percentage that never rounds to none or all.

    Examples
    --------
    >>> fmt_share(0.583), fmt_share(0.0004), fmt_share(0.9999), fmt_share(None, lang="zh")
    ('58.3%', '<0.1%', '>99.9%', '未知')
    """
    if (instead := _missing(value, status, lang)) is not None:
        return instead
    least = 10.0**-digits
    percent = round(100 * float(value), digits)
    if 0 < float(value) < 1 and percent in (0, 100):
        return f"<{least:.{digits}f}%" if percent == 0 else f">{100 - least:.{digits}f}%"
    return _signed(f"{percent:.{digits}f}%")


def fmt_int(value: Any, *, status: str | None = None, lang: str | None = None) -> str:
    """Print a whole number with thousands separated.

    Examples
    --------
    >>> fmt_int(172500), fmt_int(-3), fmt_int(4, status="suppressed")
    ('172,500', '−3', '…')
    """
    instead = _missing(value, status, lang)
    return _signed(f"{round(float(value)):,}") if instead is None else instead


def fmt_number(
    value: Any, digits: int = 1, *, status: str | None = None, lang: str | None = None
) -> str:
    """Print a number with a fixed count of decimals.

    Examples
    --------
    >>> fmt_number(13.04), fmt_number(float("nan"), lang="en")
    ('13.0', 'unknown')
    """
    instead = _missing(value, status, lang)
    return _signed(f"{float(value):,.{digits}f}") if instead is None else instead


def fmt_yuan(value: Any, *, status: str | None = None, lang: str | None = None) -> str:
    """Print an amount in whole yuan.

    Examples
    --------
    >>> fmt_yuan(2952, lang="zh"), fmt_yuan(2952, lang="en")
    ('2,952元', '2,952 yuan')
    """
    if (instead := _missing(value, status, lang)) is not None:
        return instead
    return fmt_int(value) + ("元" if language(lang) == "zh" else " yuan")


def fmt_value(value: Any, unit: str, lang: str | None = None, status: str | None = None) -> str:
    """Print a value without its unit, but for a share; a large one without decimals.

    Examples
    --------
    >>> fmt_value(0.583, "%"), fmt_value(2952.4, "元"), fmt_value(1.25, "人"), fmt_value(3.0, "人")
    ('58.3%', '2,952', '1.2', '3')
    """
    if unit == SHARE:
        return fmt_share(value, status=status, lang=lang)
    if pd.notna(value) and (abs(value) >= 100 or float(value).is_integer()):
        return fmt_int(value, status=status, lang=lang)
    return fmt_number(value, status=status, lang=lang)
