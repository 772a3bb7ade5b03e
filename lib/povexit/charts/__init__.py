"""Charts of ready tables; a chart draws the numbers it is given and computes no rate.

Each takes a table, a language, an optional title and axes, and returns the axes. What is
not known has its own mark in every chart, and every mark differs in lightness or shape as
well as in colour.
"""

from povexit.charts.counties import county_ranking
from povexit.charts.criteria import criteria_bars
from povexit.charts.digits import digit_bars
from povexit.charts.flow import funds_by_age, waterfall
from povexit.charts.funnels import funnel
from povexit.charts.income import income_histogram
from povexit.charts.months import month_change
from povexit.charts.path import progress_path
from povexit.charts.plans import operating_characteristic
from povexit.charts.published import published_editions
from povexit.charts.quality import quality_heat
from povexit.charts.ranked import pens_parade, tip_curve
from povexit.charts.robustness import choice_grid, specification_curve
from povexit.charts.slopes import slope_graph
from povexit.charts.standards import county_standard, edition_flips, standards_heat
from povexit.charts.together import failing_together
from povexit.charts.verdicts import verdict_grid, verdict_strips
from povexit.charts.villages import village_ranking
from povexit.charts.welfare import welfare_distribution, welfare_groups

__all__ = [
    "choice_grid",
    "county_ranking",
    "county_standard",
    "criteria_bars",
    "digit_bars",
    "edition_flips",
    "failing_together",
    "funds_by_age",
    "funnel",
    "income_histogram",
    "month_change",
    "operating_characteristic",
    "pens_parade",
    "progress_path",
    "published_editions",
    "quality_heat",
    "slope_graph",
    "specification_curve",
    "standards_heat",
    "tip_curve",
    "verdict_grid",
    "verdict_strips",
    "village_ranking",
    "waterfall",
    "welfare_distribution",
    "welfare_groups",
]
