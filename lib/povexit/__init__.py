"""Poverty-exit analyses per county: clean, judge, map and report.

``import povexit as px`` and ask: `px.start()` says what there is, `px.catalogue()` lists a month's tables, `px.load(name)` gives
one as pandas, `px.describe(frame)` says what its columns mean.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from povexit.explore import (
        ComparePanel,
        MapPanel,
        OnePanel,
        WhatIfPanel,
        age_heaping,
        by_county,
        catalogue,
        compare,
        counties,
        describe,
        diff,
        event_label,
        heaping,
        household,
        interviewers,
        load,
        mappable,
        months,
        near_misses,
        rules_that_fire,
        sortable,
        sql,
        start,
        thresholds,
        village,
        what_if,
    )

__version__ = "0.1.0"

__all__ = [
    "ComparePanel",
    "MapPanel",
    "OnePanel",
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
    "rules_that_fire",
    "sortable",
    "sql",
    "start",
    "thresholds",
    "village",
    "what_if",
]

#: The rooms a notebook reaches as ``px.decide`` and so on, each imported when first asked for.
_ROOMS = (
    "charts",
    "decide",
    "estimate",
    "evaluation",
    "explore",
    "geography",
    "indicators",
    "maps",
    "narrative",
    "own",
    "poverty",
    "privacy",
    "progress",
    "quality",
    "query",
    "schema",
    "standards",
    "store",
    "style",
    "tables",
)


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("povexit.explore"), name)
    if name in _ROOMS:
        return import_module(f"povexit.{name}")
    raise AttributeError(f"module 'povexit' has no attribute {name!r}{_meant(name)}")


def _meant(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, [*__all__, *_ROOMS])
    return f"; did you mean {', '.join(close)}?" if close else ""


def __dir__() -> list[str]:
    return sorted([*__all__, *_ROOMS, "__version__"])
