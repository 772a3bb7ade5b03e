"""The campaign's programmes in a county: what its ledgers hold at a month's end.

A ledger a function; all draw from streams of their own, so that register, village ledger and survey
are the same with and without them. What is assumed stands in ``parameters.toml``.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from povexit_sim.programmes.funds import fund_ledger
from povexit_sim.programmes.industry import industry_ledger, tourism_ledger, zone_ledger
from povexit_sim.programmes.inspections import finding_ledger, inspection_ledger
from povexit_sim.programmes.loans import loan_ledger
from povexit_sim.programmes.relocation import relocation_ledger
from povexit_sim.programmes.scene import Scene
from povexit_sim.programmes.services import service_ledger
from povexit_sim.programmes.works import improved, works_ledger

__all__ = ["LEDGERS", "Scene", "improved", "programme_ledgers"]

#: Ledgers by the name of their column map.
LEDGERS: dict[str, Callable[[Scene], pl.DataFrame]] = {
    f.__name__: f
    for f in (
        loan_ledger,
        relocation_ledger,
        fund_ledger,
        industry_ledger,
        zone_ledger,
        tourism_ledger,
        works_ledger,
        service_ledger,
        inspection_ledger,
        finding_ledger,
    )
}


def programme_ledgers(scene: Scene) -> dict[str, pl.DataFrame]:
    """Return every ledger of the county and month, columns named as in the catalogue.

    Units are named as a county names them: ``household_number``, ``id_number``, ``village_code``,
    ``hamlet_name``, ``school_name``.
    """
    return {name: make(scene) for name, make in LEDGERS.items()}
