"""A figure of an executed notebook drawn again: larger for a wall, or on a sheet of another shape.

What a figure was drawn with travels in the notebook beside the drawing, so nothing is run
again, and no number can differ from the report's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from povexit import charts, maps, style
from povexit.errors import UnknownNameError

_ROOMS: Mapping[str, Any] = {"charts": charts, "maps": maps}


def redraw(told: Mapping[str, Any], title: str | None = None) -> Figure:
    """Draw a described figure again, in the look of the last `povexit.style.use`.

    Parameters
    ----------
    told
        What a figure's output holds under `povexit.style.FIGURE_MIME`.
    title
        Another title; without, its own.

    Raises
    ------
    UnknownNameError
        If it was drawn by no chart or map there is, or by several on one figure.
    """
    drawn = told.get("drawn", {}).get("by", "")
    room, _, name = str(drawn).partition(".")
    known = _ROOMS[room].__all__ if room in _ROOMS else ()
    if name not in known:
        raise UnknownNameError(
            "this figure cannot be drawn again",
            expected="a figure of one chart or map",
            found=repr(drawn),
        )
    given = style.arguments(told)
    if "classes" in given:
        given["classes"] = maps.Classes(tuple(given["classes"]["edges"]))
    title = told["title"] if title is None else title
    found = getattr(_ROOMS[room], name)(**given, lang=told["lang"], title=title)
    return found if isinstance(found, Figure) else style.figure_of(found)
