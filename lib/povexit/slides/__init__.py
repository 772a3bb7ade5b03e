"""Slides for a meeting: one message, one chart, table or picture, and what to say beside it.

A slide is finished: its title is a sentence from `povexit.narrative`, its numbers are those of
ready tables, and nothing is computed here. In JupyterLab it shows itself; in an executed
notebook it travels as data, so that `povexit.publish.deck` can make charts of it that an
office can edit.
"""

from povexit.slides.build import (
    bars,
    canvas,
    cover,
    lines,
    paths,
    picture,
    stacked,
    table,
)
from povexit.slides.model import MIME, Chart, Grid, Lines, Picture, Series, Slide, parse

__all__ = [
    "MIME",
    "Chart",
    "Grid",
    "Lines",
    "Picture",
    "Series",
    "Slide",
    "bars",
    "canvas",
    "cover",
    "lines",
    "parse",
    "paths",
    "picture",
    "stacked",
    "table",
]
