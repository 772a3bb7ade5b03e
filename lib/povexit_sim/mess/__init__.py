"""The mess field data have, planted kind by kind and written down.

Row kinds come before cell kinds, since they move rows. A cell is soiled once at most and
a household that is copied stays as it is, so that every planted defect can be told apart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from povexit.errors import UnknownNameError
from povexit.schema import nearest
from povexit_sim.mess.cells import CELL_KINDS, Plant
from povexit_sim.mess.ledgers import LEDGER_KINDS
from povexit_sim.mess.log import Log, Sheets
from povexit_sim.mess.rows import ROW_KINDS
from povexit_sim.noise import stream
from povexit_sim.settings import settings

FILE_KINDS = ("column_order", "hidden_column", "csv_bom", "csv_crlf", "ledger_shifted_header")
#: Kinds that make a file unreadable: only on request.
FATAL_KINDS = ("truncated_file", "missing_sheet")
ORDINARY = (*ROW_KINDS, *CELL_KINDS, *FILE_KINDS, *LEDGER_KINDS)
KINDS = (*ORDINARY, *FATAL_KINDS)


def check_kinds(names: Collection[str]) -> frozenset[str]:
    """Return ``names`` as a set.

    Raises
    ------
    UnknownNameError
        If one of them is no kind of mess.
    """
    for name in names:
        if name not in KINDS:
            raise UnknownNameError("no such kind of mess", found=name, hint=nearest(name, KINDS))
    return frozenset(names)


def soil(sheets: Sheets, log: Log, kinds: Collection[str], seed: int, month: str) -> None:
    """Plant every kind of ``kinds`` that concerns rows and cells, and write it into ``log``."""
    _plant(sheets, log, ROW_KINDS | CELL_KINDS, kinds, ("mess", month, seed))


def soil_ledgers(sheets: Sheets, log: Log, kinds: Collection[str], seed: int, month: str) -> None:
    """Plant in the programme ledgers, from streams of their own, as `soil` does."""
    cells = {k: v for k, v in CELL_KINDS.items() if k != "money_wan"}
    _plant(sheets, log, LEDGER_KINDS | cells, kinds, ("ledger mess", month, seed))


def _plant(
    sheets: Sheets,
    log: Log,
    plants: Mapping[str, Plant],
    kinds: Collection[str],
    drawn: tuple[str, str, int],
) -> None:
    purpose, month, seed = drawn
    for name, plant in plants.items():
        if name in kinds:
            rng = stream(seed, log.county_code, purpose, name, month)
            plant(sheets, log, rng, settings()["mess"][name])
