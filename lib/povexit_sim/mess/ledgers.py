"""Mess of the programme ledgers: units nobody knows, sums and dates that cannot be, rows twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np

from povexit_sim.mess.log import Log, Sheets, chosen
from povexit_sim.mess.rows import insert
from povexit_sim.sheets import Sheet

Plant = Callable[[Sheets, Log, np.random.Generator, float], None]
#: In a sheet of fewer rows one row more or less is much: it is left alone.
_FEWEST = 20
_SHARES = ("flat_built_share", "done_share")
#: A sum that is at most another.
_PARTS = {"paid_yuan": "granted_yuan", "reached_persons": "entitled_persons"}


def _large(sheets: Sheets, column: str) -> list[Sheet]:
    return [
        s for s in sheets.values() if len(s) >= _FEWEST and any(h.column == column for h in s.heads)
    ]


def _rows(
    sheet: Sheet, log: Log, rng: np.random.Generator, rate: float, columns: tuple[str, ...]
) -> list[int]:
    """Return rows whose cells in ``columns`` are filled and free."""
    places = [sheet.at(c) for c in columns]
    able = [
        row
        for row in range(len(sheet))
        if all(sheet.cells[i][row] is not None and log.is_free(sheet, row, i) for i in places)
    ]
    return [able[i] for i in chosen(rng, len(able), rate)]


def ledger_no_household(sheets: Sheets, log: Log, rng: np.random.Generator, rate: float) -> None:
    """Name a household that the register does not have."""
    for sheet in _large(sheets, "household_number"):
        place = sheet.at("household_number")
        for row in _rows(sheet, log, rng, rate, ("household_number",)):
            number = sheet.cells[place][row]
            log.put("ledger_no_household", sheet, row, place, f"{number[:-4]}99{number[-2:]}")
            _keep(sheet, log, row)


def ledger_negative_loan(sheets: Sheets, log: Log, rng: np.random.Generator, rate: float) -> None:
    """Enter a loan with a minus."""
    sheet = sheets["loan_ledger"]
    place = sheet.at("loan_yuan")
    for row in _rows(sheet, log, rng, rate, ("loan_yuan", "loan_date")):
        log.put("ledger_negative_loan", sheet, row, place, -sheet.cells[place][row])


def ledger_repaid_before_loan(
    sheets: Sheets, log: Log, rng: np.random.Generator, rate: float
) -> None:
    """Enter a repayment before the loan was given."""
    sheet = sheets["loan_ledger"]
    when, repaid, lent = (sheet.at(c) for c in ("repaid_date", "repaid_yuan", "loan_yuan"))
    for row in _rows(sheet, log, rng, rate, ("loan_date", "loan_yuan", "repaid_yuan")):
        given = date.fromisoformat(sheet.cells[sheet.at("loan_date")][row])
        early = given - timedelta(days=int(rng.integers(10, 200)))
        log.put("ledger_repaid_before_loan", sheet, row, when, early.isoformat())
        half = sheet.cells[repaid][row] or sheet.cells[lent][row] / 2
        log.put("ledger_repaid_before_loan", sheet, row, repaid, half)
        _keep(sheet, log, row)


def ledger_moved_twice(sheets: Sheets, log: Log, rng: np.random.Generator, rate: float) -> None:
    """Enter a household that moves a second time, to another site."""
    sheet = sheets["relocation_ledger"]
    if len(sheet) < _FEWEST:
        return
    rows = _rows(sheet, log, rng, rate, ("household_number", "site_name"))
    place, number = sheet.at("site_name"), sheet.at("household_number")
    for row in insert(sheet, rows, [len(sheet) - 1] * len(rows)):
        sheet.cells[place][row] = f"{sheet.cells[place][row]}（二期）"
        told = sheet.cells[number][row]
        log.note("ledger_moved_twice", sheet, row, "household_number", told, told)
        _keep(sheet, log, *(i for i, v in enumerate(sheet.cells[number]) if v == told))


def ledger_over_100(sheets: Sheets, log: Log, rng: np.random.Generator, rate: float) -> None:
    """Enter more than 100 % of a work, and more paid or reached than there is."""
    for column in _SHARES:
        for sheet in _large(sheets, column):
            for row in _rows(sheet, log, rng, rate, (column,)):
                percent = int(rng.integers(101, 190))
                log.put("ledger_over_100", sheet, row, sheet.at(column), percent)
    for column, whole in _PARTS.items():
        for sheet in _large(sheets, column):
            for row in _rows(sheet, log, rng, rate, (column, whole)):
                more = sheet.cells[sheet.at(whole)][row] * 2 + 1
                log.put("ledger_over_100", sheet, row, sheet.at(column), more)
                _keep(sheet, log, row)


def ledger_duplicate_row(sheets: Sheets, log: Log, rng: np.random.Generator, rate: float) -> None:
    """Enter rows twice."""
    for sheet in (s for s in sheets.values() if len(s) >= _FEWEST):
        free = [r for r in range(len(sheet)) if _is_free_row(sheet, log, r)]
        rows = [free[i] for i in chosen(rng, len(free), rate)]
        for source, row in zip(
            rows, insert(sheet, rows, [len(sheet) - 1] * len(rows)), strict=True
        ):
            column, cell = sheet.heads[1].column, sheet.cells[1][row]
            log.note("ledger_duplicate_row", sheet, row, column, cell or "", cell)
            _keep(sheet, log, source, row)


def _is_free_row(sheet: Sheet, log: Log, row: int) -> bool:
    return all(log.is_free(sheet, row, place) for place in range(len(sheet.heads)))


def _keep(sheet: Sheet, log: Log, *rows: int) -> None:
    """Let no other kind of mess touch the rows."""
    log.locked.setdefault(sheet.table, set()).update(rows)


def ledger_unknown_county(sheets: Sheets, log: Log, rng: np.random.Generator, rate: float) -> None:
    """Name a county that does not exist."""
    for sheet in _large(sheets, "county_name"):
        for row in _rows(sheet, log, rng, rate, ("county_name",)):
            log.put("ledger_unknown_county", sheet, row, sheet.at("county_name"), "百山县")
            _keep(sheet, log, row)


LEDGER_KINDS: dict[str, Plant] = {
    f.__name__: f
    for f in (
        # copies come first and go to the end, so that no row moves after it was noted
        ledger_duplicate_row,
        ledger_moved_twice,
        ledger_no_household,
        ledger_negative_loan,
        ledger_repaid_before_loan,
        ledger_over_100,
        ledger_unknown_county,
    )
}
