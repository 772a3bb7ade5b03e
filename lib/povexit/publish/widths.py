"""How the columns of a printed table share the width of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from povexit.style import text_width

#: Points on both sides of a cell together.
INSET = 6.0
#: Letters vary in width: so much more than `text_width` says may be needed.
_SPARE = 1.15
#: What is not broken without need: a few Han characters, or a word.
_PIECE = re.compile(r"[\u2e80-\uffff]{1,4}|[^\s\u2e80-\uffff]+")


def column_widths(table: Mapping[str, Any], size: float, whole: float) -> list[float]:
    """Return the width of each column in points, or nothing where every text fits on one line.

    A column gets what its longest word needs, a number what it is long, and the rest goes
    to where it is lacking, as browsers do it. Heads may break into lines, numbers may not.

    Parameters
    ----------
    table
        ``columns`` (``name``, ``numeric``) and ``rows`` of printed text.
    size
        Of the text, in points.
    whole
        The width of the page's text, in points.

    Examples
    --------
    >>> columns = [{"name": "goal", "numeric": False}, {"name": "n", "numeric": True}]
    >>> table = {"columns": columns, "rows": [["to be done " * 20, "1,234"]]}
    >>> sum(column_widths(table, 10.0, 200.0))
    200.0
    >>> column_widths(table, 10.0, 2000.0)
    []
    """
    lines = [_column(table, i) for i in range(len(table["columns"]))]
    most = [_need(max((text_width(t, size) for t in texts), default=0)) for texts, _ in lines]
    if sum(most) <= whole:
        return []
    least = [_need(max((text_width(w, size) for w in pieces), default=0)) for _, pieces in lines]
    lacking = sum(most) - sum(least)
    part = max(whole - sum(least), 0.0) / lacking if lacking else 0.0
    widths = [low + (high - low) * part for low, high in zip(least, most, strict=True)]
    return [round(width * whole / sum(widths), 3) for width in widths]


def _column(table: Mapping[str, Any], i: int) -> tuple[list[str], list[str]]:
    """Return a column's texts with its head, and the pieces that may not be broken."""
    about = table["columns"][i]
    cells = [row[i] for row in table["rows"]]
    pieces = cells if about["numeric"] else [w for text in cells for w in _PIECE.findall(text)]
    return [about["name"], *cells], [*_PIECE.findall(about["name"]), *pieces]


def _need(width: float) -> float:
    return width * _SPARE + INSET
