"""What a researcher gets from ``import povexit as px``: data by name, and views of them.

Everything here returns plain pandas and geopandas objects, matplotlib axes or widgets made
of them. A view computes nothing the reports do not: it asks the same functions. Each name is
imported when it is first asked for, so that loading a table does not wait for widgets.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from povexit import style

if TYPE_CHECKING:
    from povexit.explore.begin import new_notebook, start
    from povexit.explore.compare_panel import ComparePanel
    from povexit.explore.comparing import Comparison, compare
    from povexit.explore.county_view import ByCounty, by_county, mappable
    from povexit.explore.data import catalogue, counties, describe, load, months
    from povexit.explore.difference import Difference, diff
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
    "Difference",
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
    "diff",
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

_WHERE = {
    "povexit.explore.begin": (
        "new_notebook",
        "start",
    ),
    "povexit.explore.compare_panel": ("ComparePanel",),
    "povexit.explore.comparing": (
        "Comparison",
        "compare",
    ),
    "povexit.explore.county_view": (
        "ByCounty",
        "by_county",
        "mappable",
    ),
    "povexit.explore.data": (
        "catalogue",
        "counties",
        "describe",
        "load",
        "months",
    ),
    "povexit.explore.difference": (
        "Difference",
        "diff",
    ),
    "povexit.explore.map_panel": ("MapPanel",),
    "povexit.explore.one": (
        "One",
        "household",
        "near_misses",
        "village",
    ),
    "povexit.explore.one_panel": ("OnePanel",),
    "povexit.explore.quality_view": (
        "age_heaping",
        "event_label",
        "heaping",
        "interviewers",
        "rules_that_fire",
    ),
    "povexit.explore.sorting": ("sortable",),
    "povexit.explore.whatif": (
        "WhatIf",
        "thresholds",
        "what_if",
    ),
    "povexit.explore.whatif_panel": ("WhatIfPanel",),
    "povexit.query": ("sql",),
}
_MODULES = {name: module for module, names in _WHERE.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'povexit.explore' has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


style.ensure()
