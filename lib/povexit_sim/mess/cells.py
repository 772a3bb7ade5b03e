"""Mess of single cells: numbers as text, wrong units, date forms, labels, identity numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np

from povexit.clean.programmes import TABLES as PROGRAMMES
from povexit.geography import county_aliases
from povexit.schema import codes, columns
from povexit_sim.mess.log import Log, Sheets, chosen
from povexit_sim.sheets import Head, Sheet

Plant = Callable[[Sheets, Log, np.random.Generator, float], None]
Change = Callable[[Head, Any, np.random.Generator], Any]
_WIDE = str.maketrans("0123456789.-", "０１２３４５６７８９．－")
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_TABLES = {
    "register_households": "cleaned_households",
    "register_persons": "cleaned_persons",
    "village_ledger": "cleaned_villages",
    "household_survey": "cleaned_survey_households",
    **PROGRAMMES,
}
# a survey without these could not be weighted, so a tablet never lets them be skipped
_NEVER_BLANK = ("is_poor_village",)  # a county knows which of its villages are on the list
_ALWAYS_ANSWERED = ("stratum", "household_group", "village_probability", "household_probability")


def _spread(kind: str, wanted: Callable[[Head], bool], change: Change) -> Plant:
    """Return a plant that changes one wanted cell in a share of each sheet's rows."""

    def plant(sheets: Sheets, log: Log, rng: np.random.Generator, rate: float) -> None:
        for sheet in sheets.values():
            places = [i for i, h in enumerate(sheet.heads) if wanted(h)]
            for row in chosen(rng, len(sheet), rate) if places else ():
                soiled = _soiled(sheet, log, row, rng.permutation(places).tolist(), rng, change)
                if soiled is not None:
                    log.put(kind, sheet, row, *soiled)

    return plant


def _soiled(
    sheet: Sheet, log: Log, row: int, places: list[int], rng: np.random.Generator, change: Change
) -> tuple[int, Any] | None:
    """Return the first place whose cell can be changed, and what it becomes."""
    for place in places:
        cell = sheet.cells[place][row]
        if cell is None or not log.is_free(sheet, row, place):
            continue
        dirty = change(sheet.heads[place], cell, rng)
        if dirty is not None:
            return place, dirty
    return None


def _is_number(head: Head) -> bool:
    return head.kind in ("int", "number") and head.column not in _ALWAYS_ANSWERED


def _is_date(head: Head) -> bool:
    return head.kind in ("date", "day")


def _is_code(head: Head) -> bool:
    return head.kind == "code"


def _is_identity(head: Head) -> bool:
    return head.column == "id_number"


def _is_county(head: Head) -> bool:
    return head.column == "county_name"


def _separated(head: Head, cell: Any, rng: np.random.Generator) -> str | None:
    return f"{cell:,}" if isinstance(cell, int | float) and abs(cell) >= 1000 else None


def _wide(head: Head, cell: Any, rng: np.random.Generator) -> str:
    return str(cell).translate(_WIDE)


def _spaced(head: Head, cell: Any, rng: np.random.Generator) -> str:
    before, after = rng.choice([" ", "  ", "\u3000", "\u00a0"], 2)
    return f"{before}{cell}{after}"


def _parts(cell: str) -> list[int]:
    return [int(part) for part in cell.split("-")]


def _serial(head: Head, cell: str, rng: np.random.Generator) -> int:
    year, month, *day = _parts(cell)
    return (date(year, month, *(day or [1])) - _EXCEL_DAY_ZERO).days


def _dotted(head: Head, cell: str, rng: np.random.Generator) -> str:
    return ".".join(str(part) for part in _parts(cell))


def _chinese(head: Head, cell: str, rng: np.random.Generator) -> str:
    return "".join(f"{part}{unit}" for part, unit in zip(_parts(cell), "年月日", strict=False))


def _label(head: Head, cell: str, rng: np.random.Generator) -> str:
    return next(c.label_zh for c in codes(head.codes) if c.code == cell)


def _fifteen(head: Head, cell: str, rng: np.random.Generator) -> str | None:
    # only people born in 19xx ever had the short number
    return cell[:6] + cell[8:17] if cell[6:8] == "19" else None


def _bad_check(head: Head, cell: str, rng: np.random.Generator) -> str:
    others = [c for c in "0123456789" if c != cell[-1]]
    return cell[:-1] + str(rng.choice(others))


def _lower_x(head: Head, cell: str, rng: np.random.Generator) -> str | None:
    return cell[:-1] + "x" if cell.endswith("X") else None


def _alias(head: Head, cell: str, rng: np.random.Generator) -> str | None:
    known = county_aliases()
    others = [
        a for a, code in known.items() if code == known[cell] and a != cell and not a.isascii()
    ]
    older = [a for a, code in known.items() if code == known[cell] and a != cell and a.isdigit()]
    usable = older if cell.isdigit() and older else others
    return str(rng.choice(usable)) if usable else None


def money_wan(sheets: Sheets, log: Log, rng: np.random.Generator, rate: float) -> None:
    """Enter all sums of a household in 万元 though the header says 元."""
    homes = sheets["register_households"]
    places = [i for i, h in enumerate(homes.heads) if h.column.endswith("_yuan")]
    for row in chosen(rng, len(homes), rate):
        if all(log.is_free(homes, row, i) for i in places):
            for place in places:
                if cell := homes.cells[place][row]:
                    log.put("money_wan", homes, row, place, round(cell / 10_000, 6))


def missing_code(sheets: Sheets, log: Log, rng: np.random.Generator, rate: float) -> None:
    """Put a missing code, or nothing, where an answer is known."""
    for sheet in sheets.values():
        known = columns(_TABLES[sheet.table])
        places = [
            i
            for i, h in enumerate(sheet.heads)
            if h.column in known
            and known[h.column].nullable
            and h.column not in _NEVER_BLANK
            and h.missing
            and h.kind != "multi"
            and not h.fill_down  # an empty cell there means the one above
        ]
        # tablets leave more gaps than a register that is checked at entry
        share = rate * (6 if sheet.table == "household_survey" else 1)
        for cell in chosen(rng, len(sheet) * len(places), share):
            row, place = cell // len(places), places[cell % len(places)]
            if sheet.cells[place][row] is not None and log.is_free(sheet, row, place):
                codes_ = [None, *sheet.heads[place].missing]
                log.put("missing_code", sheet, row, place, codes_[int(rng.integers(len(codes_)))])


_CHANGES: dict[str, tuple[Callable[[Head], bool], Change]] = {
    "number_separator": (_is_number, _separated),
    "number_fullwidth": (_is_number, _wide),
    "number_spaces": (_is_number, _spaced),
    "date_serial": (_is_date, _serial),
    "date_dotted": (_is_date, _dotted),
    "date_chinese": (_is_date, _chinese),
    "label_for_code": (_is_code, _label),
    "id_15": (_is_identity, _fifteen),
    "id_checksum": (_is_identity, _bad_check),
    "id_lower_x": (_is_identity, _lower_x),
    "county_alias": (_is_county, _alias),
}

CELL_KINDS: dict[str, Plant] = {
    "money_wan": money_wan,
    **{kind: _spread(kind, wanted, change) for kind, (wanted, change) in _CHANGES.items()},
    "missing_code": missing_code,
}
