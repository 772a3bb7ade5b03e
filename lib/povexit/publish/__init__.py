"""An executed notebook becomes a page that needs nothing but itself.

A page is one HTML file: pictures, letters and style inside, one script of ours that
sorts tables, nothing loaded from anywhere (its own policy forbids all else). The same notebook gives the
same bytes. Failure pages and the month's index come from here too, so that all
pages look alike; and print, workbook, figures and slides of the same notebooks.

What a name needs is imported when it is first asked for: a run in which nothing is to be made
draws nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from povexit.publish.library import figures
    from povexit.publish.page import Page, words
    from povexit.publish.printed import pdf, volume
    from povexit.publish.redrawn import redraw
    from povexit.publish.report import render
    from povexit.publish.site import Entry, failure_page, index
    from povexit.publish.slideshow import deck
    from povexit.publish.spreadsheet import workbook

__all__ = [
    "Entry",
    "Page",
    "deck",
    "failure_page",
    "figures",
    "index",
    "pdf",
    "redraw",
    "render",
    "volume",
    "words",
    "workbook",
]

#: Where each name is at home. No module here may have the name of what another one offers.
_HOMES = {
    "Entry": "site",
    "Page": "page",
    "deck": "slideshow",
    "failure_page": "site",
    "figures": "library",
    "index": "site",
    "pdf": "printed",
    "redraw": "redrawn",
    "render": "report",
    "volume": "printed",
    "words": "page",
    "workbook": "spreadsheet",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"povexit.publish.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'povexit.publish' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
