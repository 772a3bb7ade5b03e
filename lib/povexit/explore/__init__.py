"""What a researcher gets from ``import povexit as px``: data by name, and views of them.

Everything here returns plain pandas and geopandas objects, matplotlib axes or widgets made
of them. A view computes nothing the reports do not: it asks the same functions.
"""

from povexit import style
from povexit.explore.begin import new_notebook, start
from povexit.explore.data import catalogue, counties, describe, load, months
from povexit.explore.whatif import WhatIf, thresholds, what_if
from povexit.explore.whatif_panel import WhatIfPanel
from povexit.query import sql

__all__ = [
    "WhatIf",
    "WhatIfPanel",
    "catalogue",
    "counties",
    "describe",
    "load",
    "months",
    "new_notebook",
    "sql",
    "start",
    "thresholds",
    "what_if",
]

style.ensure()
