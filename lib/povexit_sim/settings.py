"""The simulator's assumptions, read from ``parameters.toml`` beside this file."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from povexit.errors import UnknownNameError
from povexit.store import check_month


@cache
def settings() -> dict[str, Any]:
    """Return all assumptions."""
    return tomllib.loads((files("povexit_sim") / "parameters.toml").read_text(encoding="utf-8"))


def month_number(month: str) -> int:
    """Return how many months ``month`` lies after the register's start (2016-01 is 0).

    Raises
    ------
    UnknownNameError
        If it lies outside the time the simulator knows.

    Examples
    --------
    >>> month_number("2016-06")
    5
    """
    time = settings()["time"]
    if not time["first_month"] <= check_month(month) <= time["last_month"]:
        raise UnknownNameError(
            "the simulator does not know this month",
            expected=f"{time['first_month']} to {time['last_month']}",
            found=month,
        )
    return _count(month) - _count(time["first_month"])


def _count(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def month_at(number: int) -> str:
    """Return the month that lies ``number`` months after 2016-01.

    Examples
    --------
    >>> month_at(5)
    '2016-06'
    """
    year, month = divmod(_count(settings()["time"]["first_month"]) + number, 12)
    return f"{year:04d}-{month + 1:02d}"
