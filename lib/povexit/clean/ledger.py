"""What was done to a sheet: every cell changed, every row set aside, with its raw value.

Nothing is lost: the rows that came in are those kept and those quarantined, and a
value that was changed stands in the ledger as it was typed. Values that tell who
someone is stand there as ``***``.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import polars as pl

from povexit.errors import UnknownNameError
from povexit.raw import RawTable

LEDGER = {
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "rule": pl.String,
    "action": pl.String,
    "raw_value": pl.String,
    "cells": pl.Int64,
}
QUARANTINE = {
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "rule": pl.String,
    "raw_value": pl.String,
}
ACTIONS = ("converted", "corrected", "set_missing", "flagged")
MASK = "***"
#: Columns of the maps that tell who someone is; they stop at cleaning.
PERSONAL = frozenset(
    {
        "household_number",
        "person_name",
        "head_name",
        "helper_name",
        "id_number",
        "helper_id_number",
        "phone",
        "bank_account",
    }
)


@dataclass(frozen=True)
class Rule:
    """A reason to touch a value or a row, and what is done then."""

    id: str
    action: str
    label_zh: str
    label_en: str

    def label(self, lang: str = "zh") -> str:
        """Return the label to print, in ``zh`` or ``en``."""
        return self.label_zh if lang == "zh" else self.label_en


@cache
def rules() -> dict[str, Rule]:
    """Return the rules of cleaning by name.

    Examples
    --------
    >>> rules()["money_wan"].action
    'corrected'
    """
    with (files("povexit.clean") / "rules.csv").open(encoding="utf-8") as file:
        return {r["rule"]: Rule(*r.values()) for r in csv.DictReader(file)}


def action(rule: str) -> str:
    """Return what a rule does.

    Raises
    ------
    UnknownNameError
        If cleaning has no such rule.
    """
    if rule not in rules():
        raise UnknownNameError("no such rule of cleaning", found=rule)
    return rules()[rule].action


class Note(NamedTuple):
    """Cells of a column that a rule touched: their rows, rules and values as delivered."""

    column: str
    rows: pl.Series
    rule: pl.Series
    raw_value: pl.Series
    cells: int = 1


class Book:
    """The record of one sheet's cleaning, filled as it goes."""

    def __init__(self, raw: RawTable) -> None:
        self.raw = raw
        self._notes: list[Note] = []
        self._quarantined: list[pl.DataFrame] = []
        self._ledger: tuple[int, pl.DataFrame] | None = None
        self._told: tuple[int, pl.DataFrame] | None = None

    def note(self, column: str, rows: pl.Series, rule: pl.Series, raw_value: pl.Series) -> None:
        """Note the cells of a column whose ``rule`` is not null (all of one length)."""
        if rule.null_count() == len(rule):
            return
        hit = rule.is_not_null()
        told = pl.repeat(MASK, len(rows), eager=True) if column in PERSONAL else raw_value
        self._notes.append(Note(column, rows.filter(hit), rule.filter(hit), told.filter(hit)))

    def note_column(self, column: str, rule: str, raw_value: str, cells: int) -> None:
        """Note what was done to a whole column."""
        row = pl.Series([None], dtype=pl.Int64)
        self._notes.append(Note(column, row, pl.Series([rule]), pl.Series([raw_value]), cells))

    def drop(self, frame: pl.DataFrame, rule: str, is_bad: pl.Expr) -> pl.DataFrame:
        """Quarantine the rows for which ``is_bad`` holds and return the others.

        A row for which it is unknown stays.
        """
        bad = frame.select("row", bad=is_bad.fill_null(False))
        if not bad["bad"].any():
            return frame
        self._quarantined.append(
            bad.filter("bad").select("row", rule=pl.lit(rule, dtype=pl.String))
        )
        return frame.filter(~bad["bad"])

    def drop_rest(self, rule: str) -> None:
        """Quarantine every row that is not yet: the sheet as a whole cannot be used."""
        rows = self.raw.frame.select("row")
        rest = rows.join(self.quarantine().select("row"), on="row", how="anti")
        if rest.height:
            self._quarantined.append(rest.with_columns(rule=pl.lit(rule)))

    def left(self) -> int:
        """Return how many rows are not quarantined."""
        return self.raw.frame.height + self.raw.unreadable.height - self.quarantine().height

    def ledger(self) -> pl.DataFrame:
        """Return every changed cell, in the order of rows."""
        if self._ledger is None or self._ledger[0] != len(self._notes):
            self._ledger = len(self._notes), self._sorted()
        return self._ledger[1]

    def _sorted(self) -> pl.DataFrame:
        if not self._notes:
            return pl.DataFrame(schema=LEDGER)
        notes = self._notes
        rules = pl.concat([note.rule for note in notes])
        actions = {rule: action(rule) for rule in rules.unique()}
        record = {
            "file": self.raw.file,
            "sheet": self.raw.sheet,
            "row": pl.concat([note.rows for note in notes]),
            "column": [note.column for note in notes for _ in note.rows],
            "rule": rules,
            "action": rules.replace_strict(actions),
            "raw_value": pl.concat([note.raw_value.cast(pl.String) for note in notes]),
            "cells": [note.cells for note in notes for _ in note.rows],
        }
        return pl.DataFrame(record, schema=LEDGER).sort(
            "row", "column", nulls_last=False, maintain_order=True
        )

    def quarantine(self) -> pl.DataFrame:
        """Return every row set aside because it can't be used, with its cells as JSON."""
        if self._told is None or self._told[0] != len(self._quarantined):
            self._told = len(self._quarantined), self._quarantine()
        return self._told[1]

    def _quarantine(self) -> pl.DataFrame:
        dropped = self._quarantined
        if not dropped and self.raw.unreadable.is_empty():
            return pl.DataFrame(schema=QUARANTINE)
        unread = self.raw.unreadable.select("row", "rule", raw_value="raw")
        bad = pl.concat(dropped) if dropped else pl.DataFrame(schema={"row": pl.Int64, "rule": str})
        found = bad.join(self.raw.frame, on="row", how="left", maintain_order="left")
        said = [_as_json(r) for r in found.drop("row", "rule").iter_rows(named=True)]
        rows = bad.with_columns(raw_value=pl.Series(said, dtype=pl.String))
        both = pl.concat([rows.cast({"row": pl.Int64}), unread]).sort("row")
        named = both.with_columns(file=pl.lit(self.raw.file), sheet=pl.lit(self.raw.sheet))
        return named.select(pl.col(n).cast(t) for n, t in QUARANTINE.items())

    def counts(self, kept: int) -> dict[str, Any]:
        """Return rows in, kept, quarantined and set aside, and cells by action.

        Raises
        ------
        AssertionError
            If rows in are not rows kept plus rows quarantined: a defect of this package.
        """
        quarantined, ledger = self.quarantine().height, self.ledger()
        rows_in = self.raw.frame.height + self.raw.unreadable.height
        assert rows_in == kept + quarantined, (self.raw.where(), rows_in, kept, quarantined)
        by_action = dict(ledger.group_by("action").agg(pl.col("cells").sum()).iter_rows())
        return {
            "file": self.raw.file,
            "sheet": self.raw.sheet,
            "rows_in": rows_in,
            "rows_out": kept,
            "quarantined": quarantined,
            "set_aside": len(self.raw.set_aside),
            **{a: by_action.get(a, 0) for a in ACTIONS},
        }


def _as_json(record: dict[str, Any]) -> str:
    """Return a row's delivered cells as text, without what tells who someone is."""
    told = {k: MASK if k in PERSONAL else v for k, v in record.items() if v is not None}
    return json.dumps(told, ensure_ascii=False)
