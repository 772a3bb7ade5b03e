"""A figure as SVG, drawn once.

What prints a figure in matplotlib draws a laid out figure twice: first for its layout, which
needs none of it, then for the file. A dotted hatch it repeats every 72 points and fills with
hundreds of circles, a quarter of a megabyte; a dense one is a sparse one repeated more often.
"""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.hatch import get_path
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

#: The side of matplotlib's tile in points, and the rows of dots on it that one ``.`` makes.
TILE, ROWS = 72, 6
_DOTTED = re.compile(
    rf'width="{TILE}" height="{TILE}">(\s*<rect x="0" y="0" )'
    rf'width="{TILE + 1}" height="{TILE + 1}"([^>]*/>\s*<path d=")([MCz\d\s.e-]{{20000,}})"'
)
_LETTERS = {Path.MOVETO: "M", Path.CURVE4: "C"}


def svg(fig: Figure) -> str:
    """Return a figure as SVG of one line without a date."""
    shown, dpi, out = fig.canvas, fig.dpi, io.BytesIO()
    try:
        FigureCanvasSVG(fig).print_svg(out, metadata={"Date": None})
    finally:
        fig.set_canvas(shown)
        fig.dpi = dpi
    # all on one line: a notebook keeps each of fifty thousand lines apart, which is slow to write
    drawn = out.getvalue().decode("utf-8").replace("\n", " ")
    return _DOTTED.sub(_smaller, drawn)


def _smaller(dotted: re.Match[str]) -> str:
    """Return a tile of dots cut to the part that it repeats; another tile as it is."""
    box, style, drawn = dotted.groups()
    # n + 1 rows, of n + 1 dots and of n by turns; every ``.`` of the hatch adds `ROWS`
    dots = drawn.count("M")
    rows = round((dots - 7 / 16) ** 0.5 - 0.75)
    if rows % ROWS or dots != rows * rows + 3 * rows // 2 + 1:
        return dotted[0]
    side = TILE * ROWS / rows
    inner = f'width="{side + 1:g}" height="{side + 1:g}"'
    return f'width="{side:g}" height="{side:g}">{box}{inner}{style}{_dots(side)}"'


@cache
def _dots(side: float) -> str:
    """Return the path of a ``.`` hatch on a tile of a side in points."""
    place = Affine2D().scale(side, -side).translate(0, side)
    segments = get_path(".", ROWS).iter_segments(place, simplify=False)
    return " ".join(
        "Z" if code == Path.CLOSEPOLY else _LETTERS[code] + " ".join(f"{x:g}" for x in points)
        for points, code in segments
    )


def lay_out(fig: Figure) -> None:
    """Give axes their final place, as drawing would, for what is placed by where they are."""
    if (engine := fig.get_layout_engine()) is not None:
        engine.execute(fig)
    for ax in fig.axes:
        ax.apply_aspect()


def show_svg(shell: Any) -> None:
    """Make a notebook's kernel send figures as SVG and as nothing else."""
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    set_matplotlib_formats("svg")
    shell.display_formatter.formatters["image/svg+xml"].for_type(Figure, _shown)


def _shown(fig: Figure) -> str | None:
    """Return what a notebook shows of a figure: of an empty one nothing."""
    return svg(fig) if fig.axes or fig.lines else None
