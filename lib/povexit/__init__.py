"""Poverty-exit analyses per county: clean, judge, map and report."""

__version__ = "0.1.0"
