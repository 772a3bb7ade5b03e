"""Ready tables to print in reports and notebooks; a table prints the numbers it is given.

Each function takes a finished pandas table and a language and returns a `Table`: text under
printed headers, with a caption and a note. What is not known reads 未知 / unknown and what
rests on too few households reads "…", never 0 and never blank.
"""

from povexit.tables.base import Table
from povexit.tables.editions import editions, place_flips
from povexit.tables.movement import changes, duplicates, status
from povexit.tables.records import cleaning, ledger, quality, quarantine
from povexit.tables.standards import clauses, lacking, places, shortest
from povexit.tables.survey import estimates, ranking
from povexit.tables.verdicts import counties, criteria, flips, villages

__all__ = [
    "Table",
    "changes",
    "clauses",
    "cleaning",
    "counties",
    "criteria",
    "duplicates",
    "editions",
    "estimates",
    "flips",
    "lacking",
    "ledger",
    "place_flips",
    "places",
    "quality",
    "quarantine",
    "ranking",
    "shortest",
    "status",
    "villages",
]
