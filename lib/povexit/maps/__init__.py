"""Maps of ready tables: counties in classes, villages as points.

Classes are pooled over all maps that are compared (`pool_classes`); what is unknown or
suppressed is hatched and stands in the legend; each map names its source and its scale.
Nothing is computed here: a map shows the values it is given.
"""

from povexit.maps.classes import SHARE, Classes, pool_classes
from povexit.maps.counties import choropleth, small_multiples
from povexit.maps.flows import flow_map
from povexit.maps.points import point_map
from povexit.maps.svg import CountyMap, county_map_svg, county_pages
from povexit.maps.verdicts import verdict_map
from povexit.maps.villages import county_map
from povexit.maps.years import year_map

__all__ = [
    "SHARE",
    "Classes",
    "CountyMap",
    "choropleth",
    "county_map",
    "county_map_svg",
    "county_pages",
    "flow_map",
    "point_map",
    "pool_classes",
    "small_multiples",
    "verdict_map",
    "year_map",
]
