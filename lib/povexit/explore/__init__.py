"""What a researcher gets from ``import povexit as px``: data by name, and views of them.

Everything here returns plain pandas and geopandas objects, matplotlib axes or widgets made
of them. A view computes nothing the reports do not: it asks the same functions.
"""

from povexit import style
from povexit.explore.begin import new_notebook, start
from povexit.explore.compare_panel import ComparePanel
from povexit.explore.comparing import Comparison, compare
from povexit.explore.county_view import ByCounty, by_county, mappable
from povexit.explore.data import catalogue, counties, describe, load, months
from povexit.explore.map_panel import MapPanel
from povexit.explore.one import One, household, near_misses, village
from povexit.explore.one_panel import OnePanel
from povexit.explore.quality_view import (
    age_heaping,
    event_label,
    heaping,
    interviewers,
    rules_that_fire,
)
from povexit.explore.sorting import sortable
from povexit.explore.whatif import WhatIf, thresholds, what_if
from povexit.explore.whatif_panel import WhatIfPanel
from povexit.query import sql

__all__ = [
    "ByCounty",
    "ComparePanel",
    "Comparison",
    "MapPanel",
    "One",
    "OnePanel",
    "WhatIf",
    "WhatIfPanel",
    "age_heaping",
    "by_county",
    "catalogue",
    "compare",
    "counties",
    "describe",
    "event_label",
    "heaping",
    "household",
    "interviewers",
    "load",
    "mappable",
    "months",
    "near_misses",
    "new_notebook",
    "rules_that_fire",
    "sortable",
    "sql",
    "start",
    "thresholds",
    "village",
    "what_if",
]

style.ensure()
