"""What a researcher gets from ``import povexit as px``: data by name, and views of them.

Everything here returns plain pandas and geopandas objects, matplotlib axes or widgets made
of them. A view computes nothing the reports do not: it asks the same functions.
"""

from povexit.explore.data import catalogue, counties, describe, load, months
from povexit.query import sql

__all__ = ["catalogue", "counties", "describe", "load", "months", "sql"]
