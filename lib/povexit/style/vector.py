"""A figure as SVG, drawn once.

What prints a figure in matplotlib draws a laid out figure twice: first for its layout, which
needs none of it, then for the file.
"""

from __future__ import annotations

import io
from typing import Any

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure


def svg(fig: Figure) -> str | None:
    """Return a figure as SVG of one line without a date; None if nothing is on it."""
    if not fig.axes and not fig.lines:
        return None
    shown, dpi, out = fig.canvas, fig.dpi, io.BytesIO()
    try:
        FigureCanvasSVG(fig).print_svg(out, metadata={"Date": None})
    finally:
        fig.set_canvas(shown)
        fig.dpi = dpi
    # all on one line: a notebook keeps each of fifty thousand lines apart, which is slow to write
    return out.getvalue().decode("utf-8").replace("\n", " ")


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
    shell.display_formatter.formatters["image/svg+xml"].for_type(Figure, svg)
