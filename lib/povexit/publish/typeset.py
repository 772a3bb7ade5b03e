"""What every file set by Typst needs: the letters of the package, and the date it bears."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from povexit import store
from povexit.publish.fonts import font_dir
from povexit.publish.page import Page


def year_month(page: Page) -> tuple[int, int]:
    """Return the month a page is about; it is also the date its PDF bears."""
    year, number = store.check_month(page.provenance.get("month", "1970-01")).split("-")
    return int(year), int(number)


def timestamp(page: Page) -> int:
    """Return the first of the month a page is about, in seconds: the date its files bear."""
    return int(datetime(*year_month(page), 1, tzinfo=UTC).timestamp())


@cache
def typst_fonts() -> Any:
    """Return the only letters that Typst may use, so that every machine sets the same."""
    import typst

    wheel = str(files("pylopdf_fonts_zh_cn"))
    return typst.Fonts(include_system_fonts=False, font_paths=[str(font_dir()), wheel])
