"""What a standard asks about a household, one function an indicator.

Written once against narwhals: the same functions serve a researcher's pandas
frame, the batch's Polars scan and a DuckDB relation, and give equal results.
An answer that is missing leaves the indicator null, never false or zero. The
few readings that are not obvious are in docs/standards.md.
"""

from __future__ import annotations

from typing import Any

from povexit.indicators.counties import county, lacking
from povexit.indicators.income import INCOME_COLUMNS, SOURCES, incomes, with_fen
from povexit.indicators.interviews import interview
from povexit.indicators.living import LIVING_COLUMNS, livings
from povexit.indicators.persons import PERSON_COLUMNS, roll_up, rollups
from povexit.indicators.villages import hamlets, village
from povexit.schema import columns
from povexit.schema.frames import enter, leave

__all__ = [
    "INCOME_COLUMNS",
    "PERSON_COLUMNS",
    "SOURCES",
    "TABLE",
    "county",
    "hamlets",
    "household",
    "interview",
    "lacking",
    "village",
]

TABLE = "indicators_households"


def household(households: Any, persons: Any) -> Any:
    """Return the indicators of every household.

    Parameters
    ----------
    households, persons
        ``cleaned_households`` and ``cleaned_persons``: both pandas, both Polars
        (eager or lazy) or both DuckDB relations of one connection.

    Returns
    -------
    table of the same kind as ``households``
        One row a household, ordered by ``household_id`` and ``month``; columns
        and units as the catalogue's ``indicators_households`` says.

    Raises
    ------
    SchemaError
        If a column is missing.

    Notes
    -----
    A household with fewer person rows than its stated size has members of whom
    nothing is known: "all members insured" is then false or unknown, not true.
    """
    wanted = list(columns(TABLE))
    cleaned = columns("cleaned_households")
    needed = {*(c for c in wanted if c in cleaned), *LIVING_COLUMNS, *INCOME_COLUMNS}
    houses = enter(households, "cleaned_households", sorted(needed))
    members = roll_up(enter(persons, "cleaned_persons", PERSON_COLUMNS))
    joined = houses.join(members, on=["household_id", "month"], how="left")
    known = with_fen(rollups(joined)).with_columns(**livings())
    table = known.with_columns(**incomes())
    return leave(table.select(wanted).sort("household_id", "month"), like=households)
