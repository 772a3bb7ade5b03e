"""How the columns of a printed table share the width of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from povexit.style import text_width

#: Points on both sides of a cell together.
INSET = 6.0
#: Letters vary in width: so much more than `text_width` says may be needed.
_SPARE = 1.15
#: In so many parts what is left of the page's width is given away.
_PARTS = 24
#: What is not broken without need: a few Han characters, or a word.
_PIECE = re.compile(r"[\u2e80-\uffff]{1,4}|[^\s\u2e80-\uffff]+")


def column_widths(table: Mapping[str, Any], size: float, whole: float) -> list[float]:
    """Return the width of each column in points, or nothing where every text fits on one line.

    A column gets what its longest word or number needs; the rest goes, part by part, to the
    column that then makes the table shortest.

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
    columns = table["columns"]
    lines = [[c["name"] for c in columns], *table["rows"]]
    long = np.array([[text_width(text, size) * _SPARE for text in line] for line in lines])
    most = long.max(axis=0) + INSET
    if most.sum() <= whole:
        return []
    pieces = [_pieces([line[i] for line in lines], c["numeric"]) for i, c in enumerate(columns)]
    words = [max((text_width(w, size) for w in found), default=0.0) for found in pieces]
    widths = np.minimum(np.array(words) * _SPARE + INSET, most)
    part = max(whole - widths.sum(), 0.0) / _PARTS
    for _ in range(_PARTS if part else 0):
        tries = widths + part * np.eye(len(widths))
        widths = tries[np.argmin([_height(long, tried) for tried in tries])]
    return [round(float(width) * whole / float(widths.sum()), 3) for width in widths]


def _height(long: np.ndarray, widths: np.ndarray) -> float:
    """Return how high a table is, in lines; of two as high, the one with room to spare is lower."""
    full = long / (widths - INSET).clip(1)
    lines = np.ceil(full)
    return float(lines.max(axis=1).sum() + 0.1 * lines.sum() + 0.01 * full.sum())


def _pieces(texts: Sequence[str], numeric: bool) -> list[str]:
    """Return what may not be broken: words, a few Han characters, a number; a head is words."""
    head, *cells = texts
    found = [word for text in cells for word in (text.split() if numeric else _PIECE.findall(text))]
    return [*_PIECE.findall(head), *found]
