"""What can be seen of a file's columns: kind, answers, range, codes that look like no answer."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from povexit.own.files import Source

#: Most distinct answers of a column that can be a group.
MOST_GROUPS = 30
_REPEATED = re.compile(r"(.*?[^\d])_?(\d{1,3})$")


@cache
def roles() -> dict[str, dict[str, list[Any]]]:
    """Return the words by which columns are recognised."""
    return tomllib.loads(files(__package__).joinpath("roles.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Column:
    """One column as it looks: text stays unseen unless few answers repeat.

    Attributes
    ----------
    name, label
        As in the file.
    values
        Numbers where the column holds numbers, else text; missing where the file says so.
    codes
        What its codes mean, if the file says.
    """

    name: str
    label: str
    values: pd.Series
    codes: dict[Any, str]

    @property
    def is_number(self) -> bool:
        """Whether every answer is a number."""
        return pd.api.types.is_numeric_dtype(self.values)

    @property
    def distinct(self) -> int:
        """How many different answers there are."""
        return int(self.values.nunique())

    @property
    def missing(self) -> int:
        """How many rows have no answer."""
        return int(self.values.isna().sum())

    @property
    def is_whole(self) -> bool:
        """Whether every answer is a whole number."""
        known = self.values.dropna()
        return self.is_number and bool((known == np.floor(known)).all())

    def seen(self) -> str:
        """Return the answers in few words: range of numbers, or the most frequent labels."""
        known = self.values.dropna()
        if known.empty:
            return "no answers"
        if self.codes:
            return "; ".join(f"{k:g} {v}" if _is_number(k) else f"{k} {v}" for k, v in self.few())
        if self.is_number:
            return f"{known.min():g} to {known.max():g}, median {known.median():g}"
        if self.distinct > MOST_GROUPS:
            return f"text, {self.distinct} different"
        return ", ".join(str(v) for v in known.value_counts().index[:6])

    def few(self) -> list[tuple[Any, str]]:
        """Return the first labelled codes."""
        return list(self.codes.items())[:6]

    def no_answers(self) -> list[Any]:
        """Return codes that look like no answer: by their labels, or far from all else."""
        said = [k for k, v in self.codes.items() if matches("no_answer", str(v))]
        return said or self._sentinels()

    def _sentinels(self) -> list[Any]:
        known = self.values.dropna()
        if not self.is_number or len(known) < 20:
            return []
        codes = roles()["no_answer_codes"]
        at = set(known[known.isin([*codes["negative"], *codes["positive"]])].unique())
        rest = known[~known.isin(list(at))]
        if rest.empty or not at:
            return []
        low, high = float(rest.min()), float(rest.quantile(0.999))
        far = [c for c in at if (c < 0 <= low) or (c > 0 and c > 3 * max(high, 1.0))]
        return sorted(int(c) for c in far)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def columns(source: Source) -> list[Column]:
    """Return the columns of a file as they look."""
    return [_column(source, str(name)) for name in source.frame.columns]


def _column(source: Source, name: str) -> Column:
    values = source.frame[name]
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        values = _as_seen(values, source.read_as.get("decimal", "."))
    codes = {k: v for k, v in source.codes.get(name, {}).items() if v}
    return Column(name, str(source.labels.get(name, "")), values, codes)


def _as_seen(values: pd.Series, decimal: str) -> pd.Series:
    """Return text as numbers if (nearly) all of it is; what is not stays to be named."""
    texts = values.map(lambda v: v.strip() if isinstance(v, str) else v)
    texts = texts.mask(texts.map(lambda v: isinstance(v, str) and v == ""))
    plain = texts.map(lambda v: v.replace(",", ".") if decimal == "," and isinstance(v, str) else v)
    found = pd.to_numeric(plain, errors="coerce")
    return found.astype(float) if found.notna().sum() == texts.notna().sum() > 0 else texts


def matches(role: str, *said: str) -> float:
    """Return how well a name and a label fit a role: 1 the whole name, less for words in them.

    Examples
    --------
    >>> matches("size", "hhsize"), matches("size", "q7", "Household size") > 0
    (1.0, True)
    >>> matches("size", "age")
    0.0
    """
    texts = [_normal(s) for s in said if s]
    known = roles()[role]
    whole = {_normal(w) for w in known["whole"]}
    if any(t in whole for t in texts):
        return 1.0
    if any(_normal(w) in t for t in texts for w in known["words"]):
        return 0.8
    parts = {p for t in texts for p in t.split()}
    return 0.6 if parts & {w for w in whole if len(w) > 3} else 0.0


def _normal(text: str) -> str:
    return re.sub(r"[\s_.\-]+", " ", text.strip().lower())


def repeated(names: Iterable[str]) -> dict[str, list[str]]:
    """Return columns that are one thing in numbered repeats, such as wage_1 to wage_12.

    Examples
    --------
    >>> repeated(["id", "wage_1", "wage_2", "wage_3", "q1"])
    {'wage': ['wage_1', 'wage_2', 'wage_3']}
    """
    found: dict[str, list[str]] = {}
    for name in names:
        if match := _REPEATED.fullmatch(name):
            found.setdefault(match[1].rstrip("_"), []).append(name)
    return {stem: many for stem, many in found.items() if len(many) >= 3 and len(stem) > 1}
