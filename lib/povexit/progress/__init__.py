"""Targets and the month: what was to be reached, what was, and where it will end.

Targets and measures are data (``povexit/targets``). `county` counts a month's numbers from one
county's tables, sums that add up; `judged` says done, on track, late or unknown; `series` and
`at_deadline` look back over the months run and on to the deadline. `causes` says why this month
differs from last, `apart` which part of it is of data, rule and code, `register_flow` and
`reconciled` whether the numbers agree, `ranked` who is best as far as anybody can say. What was
published stands apart in `published`, `flows`, `exit_years` and `monthly_2020`.
"""

from povexit.progress.balance import (
    balanced,
    city_steps,
    of_counties,
    of_households,
    of_ledger,
    of_villages,
    reconciled,
    register_flow,
)
from povexit.progress.between import Decided, Stages, apart
from povexit.progress.between_shown import shown_apart
from povexit.progress.change import causes, shown_causes
from povexit.progress.detail import (
    funds_balance,
    loan_balance,
    moves,
    open_findings,
    projects,
    works_done,
)
from povexit.progress.due import by_group, due
from povexit.progress.facts import exit_years, flows, monthly_2020, published
from povexit.progress.measured import county, tables, totals
from povexit.progress.model import Group, Measure, Target
from povexit.progress.pace import Forecast, at_deadline, band, forecast, later
from povexit.progress.paths import expected, months, series
from povexit.progress.ranks import against, bounds, ranked
from povexit.progress.read import groups, measures, parse, targets
from povexit.progress.status import judged, scale, scaled

__all__ = [
    "Decided",
    "Forecast",
    "Group",
    "Measure",
    "Stages",
    "Target",
    "against",
    "apart",
    "at_deadline",
    "balanced",
    "band",
    "bounds",
    "by_group",
    "causes",
    "city_steps",
    "county",
    "due",
    "exit_years",
    "expected",
    "flows",
    "forecast",
    "funds_balance",
    "groups",
    "judged",
    "later",
    "loan_balance",
    "measures",
    "monthly_2020",
    "months",
    "moves",
    "of_counties",
    "of_households",
    "of_ledger",
    "of_villages",
    "open_findings",
    "parse",
    "projects",
    "published",
    "ranked",
    "reconciled",
    "register_flow",
    "scale",
    "scaled",
    "series",
    "shown_apart",
    "shown_causes",
    "tables",
    "targets",
    "totals",
    "works_done",
]
