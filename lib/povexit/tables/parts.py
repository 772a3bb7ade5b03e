"""What the parts of a chart on a slide are called, and what each means: column to name and look."""

from __future__ import annotations

import pandas as pd

from povexit.style import STATUS, pick
from povexit.tables.base import Words
from povexit.tables.goals import CAUSES
from povexit.tables.goals import STATUS as STANDINGS

#: From a column to the name and the look of what it holds.
Parts = dict[str, tuple[str, str]]
_STANDING_LOOKS = {"late": "fail", "unknown": "unknown", "on_track": "on_track", "done": "pass"}
_WAYS: dict[str, tuple[Words, str]] = {
    "value": (("实际", "reached"), "reached"),
    "expected": (("应达进度", "expected by then"), "expected"),
    "wanted": (("目标", "target"), "wanted"),
    "estimate": (("预测", "forecast"), "forecast"),
    "low": (("预测下限（80%）", "forecast, low (80%)"), "bound"),
    "high": (("预测上限（80%）", "forecast, high (80%)"), "bound"),
}
_MONEYS: dict[str, tuple[Words, str]] = {
    "paid_yuan": (("已支出", "paid"), "plain"),
    "balance_yuan": (("结余", "left"), "second"),
    "unknown_yuan": (("未知", "unknown"), "unknown"),
}


def standings(lang: str | None = None) -> Parts:
    """Return the parts of targets counted by status, the late ones first."""
    return {s: (pick(lang, *STANDINGS[s]), look) for s, look in _STANDING_LOOKS.items()}


def ways(lang: str | None = None) -> Parts:
    """Return the lines of a target's path and forecast."""
    return _named(_WAYS, lang)


def moneys(lang: str | None = None) -> Parts:
    """Return the parts of funds granted, from `povexit.progress.funds_balance`."""
    return _named(_MONEYS, lang)


def outcomes(*columns: str, lang: str | None = None) -> Parts:
    """Return the parts of what was judged, in the order of the columns.

    Parameters
    ----------
    *columns
        Names that begin with what they hold: ``meets``, ``passed``, ``fails``, ``failed``, ``undetermined``,
        ``unknown``, with any ending.
    lang
        Language, or that of `povexit.style.use`.

    Examples
    --------
    >>> outcomes("meets_share", "unknown", lang="en")
    {'meets_share': ('meets', 'pass'), 'unknown': ('unknown', 'unknown')}
    """
    looks = {name: _look(name) for name in columns}
    return {name: (STATUS[look].label(lang), look) for name, look in looks.items()}


def named_causes(table: pd.DataFrame, lang: str | None = None) -> pd.DataFrame:
    """Return the causes that moved any household, with their ``name`` and, by their sign, ``look``.

    Parameters
    ----------
    table
        From `povexit.progress.shown_causes`.
    lang
        Language, or that of `povexit.style.use`.
    """
    moved = table[table["households"] > 0]
    names = [pick(lang, *CAUSES[cause]) for cause in moved["cause"]]
    looks = ["fail" if net < 0 else "pass" for net in moved["net"]]
    return moved.assign(name=names, look=looks)


def _look(column: str) -> str:
    stem = column.split("_")[0]
    return {"meets": "pass", "passed": "pass", "fails": "fail", "failed": "fail"}.get(stem, stem)


def _named(parts: dict[str, tuple[Words, str]], lang: str | None) -> Parts:
    return {column: (pick(lang, *words), look) for column, (words, look) in parts.items()}
