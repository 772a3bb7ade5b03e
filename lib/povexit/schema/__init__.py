"""Which tables there are, and what each column means.

The catalogue is data (``tables.csv`` beside this file): a row a column, with
its type, unit, range, code list, role and its label in Chinese and English.
Whoever reads or writes a table asks here; whoever adds a column adds a row.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from povexit.errors import UnknownNameError

DTYPES = ("str", "int", "float", "bool", "date", "datetime")


@dataclass(frozen=True)
class Column:
    """One column of one table."""

    table: str
    name: str
    dtype: str
    unit: str
    nullable: bool
    minimum: float | None
    maximum: float | None
    codes: str
    role: str
    label_zh: str
    label_en: str

    def label(self, lang: str = "zh") -> str:
        """Return the label to print, in ``zh`` or ``en``."""
        return self.label_zh if lang == "zh" else self.label_en


@dataclass(frozen=True)
class Code:
    """One entry of a code list: the code as delivered and the value it means."""

    code: str
    value: str
    label_zh: str
    label_en: str
    source: str

    def label(self, lang: str = "zh") -> str:
        """Return the label to print, in ``zh`` or ``en``."""
        return self.label_zh if lang == "zh" else self.label_en


def _number(text: str) -> float | None:
    return float(text) if text else None


def _rows(package: str, name: str) -> list[dict[str, str]]:
    text = (files(package) / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _catalogue() -> dict[str, dict[str, Column]]:
    tables: dict[str, dict[str, Column]] = {}
    for row in _rows("povexit.schema", "tables.csv"):
        column = Column(
            table=row["table"],
            name=row["column"],
            dtype=row["dtype"],
            unit=row["unit"],
            nullable=row["nullable"] == "1",
            minimum=_number(row["minimum"]),
            maximum=_number(row["maximum"]),
            codes=row["codes"],
            role=row["role"],
            label_zh=row["label_zh"],
            label_en=row["label_en"],
        )
        tables.setdefault(column.table, {})[column.name] = column
    return tables


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the known words nearest to ``name``.

    Examples
    --------
    >>> nearest("cleaned_household", ["cleaned_households", "indicators"])
    'did you mean cleaned_households?'
    """
    known = list(known)
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    return f"did you mean {', '.join(close)}?" if close else f"known: {', '.join(known)}"


def tables() -> tuple[str, ...]:
    """Return the names of all tables of the catalogue."""
    return tuple(_catalogue())


@cache
def _table_names() -> dict[str, dict[str, str]]:
    rows = _rows("povexit.schema", "table_names.csv")
    return {row["table"]: {"zh": row["label_zh"], "en": row["label_en"]} for row in rows}


def table_label(table: str, lang: str = "zh") -> str:
    """Return what a table holds, in ``zh`` or ``en``; its own name if nothing is known of it.

    Examples
    --------
    >>> table_label("cleaned_persons"), table_label("cleaned_persons", "en")
    ('建档立卡人口（清洗后）', 'register persons as cleaned')
    """
    return _table_names().get(table, {}).get(lang, table)


@cache
def _units() -> dict[str, dict[str, str]]:
    rows = _rows("povexit.schema", "units.csv")
    return {row["unit"]: {"zh": row["label_zh"], "en": row["label_en"]} for row in rows}


def unit_label(unit: str, lang: str = "zh") -> str:
    """Return a unit of the catalogue in words to print.

    Examples
    --------
    >>> unit_label("yuan/person/year"), unit_label("m2/person", "en")
    ('元/人·年', 'm² a person')
    """
    return _units().get(unit, {}).get(lang, unit)


@cache
def _by_name() -> dict[str, Column]:
    return {name: column for table in _catalogue().values() for name, column in table.items()}


def column(name: str, table: str | None = None) -> Column | None:
    """Return what a column means: in a table, else in any that has it; None if none has.

    Two columns with one name have one quantity and unit, so that any table's will do.

    Examples
    --------
    >>> column("floor_area_m2").unit, column("floor") is None
    ('m2', True)
    """
    return _catalogue().get(table or "", {}).get(name) or _by_name().get(name)


def columns(table: str) -> dict[str, Column]:
    """Return the columns of ``table``, in order.

    Raises
    ------
    UnknownNameError
        If the catalogue has no such table.

    Examples
    --------
    >>> columns("cleaned_villages")["collective_income_yuan"].unit
    'yuan/year'
    """
    try:
        return _catalogue()[table]
    except KeyError:
        raise UnknownNameError(
            f"no table {table!r}", found=table, hint=nearest(table, tables())
        ) from None


def key(table: str) -> list[str]:
    """Return the key columns of ``table``.

    Examples
    --------
    >>> key("cleaned_persons")
    ['person_id']
    """
    return [c.name for c in columns(table).values() if c.role == "key"]


@cache
def _code_lists() -> dict[str, tuple[Code, ...]]:
    lists: dict[str, list[Code]] = {}
    for row in _rows("povexit.codes", "lists.csv"):
        entry = Code(row["code"], row["value"], row["label_zh"], row["label_en"], row["source"])
        lists.setdefault(row["list"], []).append(entry)
    return {name: tuple(entries) for name, entries in lists.items()}


def codes(name: str) -> tuple[Code, ...]:
    """Return the code list ``name``.

    Raises
    ------
    UnknownNameError
        If there is no such list.

    Examples
    --------
    >>> [c.value for c in codes("dwelling_grade")]
    ['A', 'B', 'C', 'D']
    """
    try:
        return _code_lists()[name]
    except KeyError:
        raise UnknownNameError(
            f"no code list {name!r}", found=name, hint=nearest(name, _code_lists())
        ) from None


def value_label(list_name: str, value: str, lang: str = "zh") -> str:
    """Return the label of a value of a code list.

    Examples
    --------
    >>> value_label("poverty_cause", "illness")
    '因病'
    """
    labels = {c.value: c.label(lang) for c in codes(list_name)}
    return labels.get(value, value)
