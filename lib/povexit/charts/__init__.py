"""Charts of ready tables; a chart draws the numbers it is given and computes no rate.

Each takes a table, a language, an optional title and axes, and returns the axes. What is
not known has its own mark in every chart, and every mark differs in lightness or shape as
well as in colour.
"""

from povexit.charts.counties import county_ranking
from povexit.charts.criteria import criteria_bars
from povexit.charts.income import income_histogram
from povexit.charts.months import month_change
from povexit.charts.quality import quality_heat
from povexit.charts.standards import county_standard, edition_flips, standards_heat
from povexit.charts.villages import village_ranking

__all__ = [
    "county_ranking",
    "county_standard",
    "criteria_bars",
    "edition_flips",
    "income_histogram",
    "month_change",
    "quality_heat",
    "standards_heat",
    "village_ranking",
]
