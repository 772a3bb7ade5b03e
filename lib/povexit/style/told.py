"""Parts of the sentences that say what a figure shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from povexit.style.formats import fmt_int, fmt_value
from povexit.style.look import language
from povexit.style.text import shorten

#: How many names a sentence lists before it only counts the rest.
MOST_NAMES = 6
#: The longest name in a sentence, in letters of Chinese.
_NAME_EMS = 20


def listed(words: Iterable[str], lang: str | None = None) -> str:
    """Join words in a language's way; of very many, the first and how many more.

    Examples
    --------
    >>> listed(["田东", "平果"], "zh"), listed(["Tiandong"], "en")
    ('田东、平果', 'Tiandong')
    >>> listed("abcdefgh", "en")
    'a, b, c, d, e, f and 2 more'
    """
    words = list(words)
    first, more = words[:MOST_NAMES], len(words) - MOST_NAMES
    if language(lang) == "zh":
        return "、".join(first) + (f"等{len(words)}个" if more > 0 else "")
    return ", ".join(first) + (f" and {more} more" if more > 0 else "")


def ends(names: Sequence[Any], values: pd.Series, unit: str, lang: str | None = None) -> str:
    """Say which has the highest and which the lowest value; that none is known, if so.

    Examples
    --------
    >>> ends(["田东", "平果"], pd.Series([0.2, 0.5]), "%", "zh")
    '最高：平果50.0%，最低：田东20.0%'
    """
    zh = language(lang) == "zh"
    numbers = values.astype("Float64").reset_index(drop=True).dropna()
    if numbers.empty:
        return "没有可显示的数值" if zh else "no value can be shown"
    names = [shorten(str(name), _NAME_EMS, 1) for name in names]
    top, low = (int(numbers.index[int(i)]) for i in (numbers.argmax(), numbers.argmin()))
    high = fmt_value(numbers[top], unit, lang)
    least = fmt_value(numbers[low], unit, lang)
    if top == low:
        return f"{names[top]}：{high}" if zh else f"{names[top]}: {high}"
    if zh:
        return f"最高：{names[top]}{high}，最低：{names[low]}{least}"
    return f"highest: {names[top]} {high}, lowest: {names[low]} {least}"


def without_value(statuses: Iterable[str], lang: str | None = None) -> str:
    """Say how many have no value to show and why; empty if all have one.

    Examples
    --------
    >>> without_value(["shown", "unknown", "unknown"], "zh")
    '；未知2'
    """
    found = list(statuses)
    words = {"unknown": ("未知", "unknown"), "suppressed": ("样本少不显示", "too few to show")}
    counts = [(words[name], found.count(name)) for name in words if found.count(name)]
    if language(lang) == "zh":
        return "".join(f"；{zh}{fmt_int(n)}" for (zh, _), n in counts)
    return "".join(f"; {en}: {fmt_int(n)}" for (_, en), n in counts)
