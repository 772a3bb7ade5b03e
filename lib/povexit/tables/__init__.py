"""Ready tables to print in reports and notebooks; a table prints the numbers it is given.

Each function takes a finished pandas table and a language and returns a `Table`: text under
printed headers and the numbers under it, with caption, note and source. What is not known reads 未知 / unknown and what
rests on too few households reads "…", never 0 and never blank.
"""

from povexit.tables.accounts import (
    balance,
    findings,
    funds,
    lines,
    loans,
    moves,
    projects,
    published,
    reconciliation,
    works,
)
from povexit.tables.apart import apart
from povexit.tables.brief import due, main_targets, spoken, survey_grid
from povexit.tables.compared import compared, differences
from povexit.tables.designs import allocation, coverage, pass_rates, sample_options
from povexit.tables.editions import editions, place_flips
from povexit.tables.goals import causes, contributions, definitions, ranks, targets, unit
from povexit.tables.hypothetical import flipped_villages, what_if
from povexit.tables.movement import changes, duplicates, status
from povexit.tables.one import lacking_of_one
from povexit.tables.parts import moneys, named_causes, outcomes, standings, ways
from povexit.tables.records import cleaning, ledger, quality, quarantine
from povexit.tables.standards import clauses, lacking, places, shortest
from povexit.tables.survey import estimates, ranking
from povexit.tables.table import MIME, Table
from povexit.tables.verdicts import counties, criteria, flips, months, villages
from povexit.tables.welfare import deprivations, file_columns, remarks, welfare

__all__ = [
    "MIME",
    "Table",
    "allocation",
    "apart",
    "balance",
    "causes",
    "changes",
    "clauses",
    "cleaning",
    "compared",
    "contributions",
    "counties",
    "coverage",
    "criteria",
    "definitions",
    "deprivations",
    "differences",
    "due",
    "duplicates",
    "editions",
    "estimates",
    "file_columns",
    "findings",
    "flipped_villages",
    "flips",
    "funds",
    "lacking",
    "lacking_of_one",
    "ledger",
    "lines",
    "loans",
    "main_targets",
    "moneys",
    "months",
    "moves",
    "named_causes",
    "outcomes",
    "pass_rates",
    "place_flips",
    "places",
    "projects",
    "published",
    "quality",
    "quarantine",
    "ranking",
    "ranks",
    "reconciliation",
    "remarks",
    "sample_options",
    "shortest",
    "spoken",
    "standings",
    "status",
    "survey_grid",
    "targets",
    "unit",
    "villages",
    "ways",
    "welfare",
    "what_if",
    "works",
]
