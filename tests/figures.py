"""What can be read off a figure: its texts, whether they fit, whether the font has them."""

from __future__ import annotations

from functools import cache
from itertools import combinations

from fontTools.ttLib import TTFont
from matplotlib.figure import Figure
from matplotlib.text import Text

from povexit import style

#: Pixels by which boxes of text may touch: they have a little room of their own.
TOUCH = 1.5


def texts(fig: Figure) -> list[Text]:
    """Return every text that is drawn, once the figure is laid out."""
    fig.draw_without_rendering()
    found: list[Text] = list(fig.texts)
    for ax in fig.axes:
        found += [child for child in ax.get_children() if isinstance(child, Text)]
        if legend := ax.get_legend():
            found += [legend.get_title(), *legend.get_texts()]
        if ax.axison:
            found += [*_ticks(ax.xaxis, ax.get_xlim()), *_ticks(ax.yaxis, ax.get_ylim())]
    return [text for text in found if text.get_visible() and text.get_text().strip()]


def _ticks(axis, limits) -> list[Text]:
    low, high = sorted(limits)
    pairs = zip(axis.get_majorticklocs(), axis.get_ticklabels(), strict=True)
    return [axis.label, *(label for at, label in pairs if low <= at <= high)]


def said(fig: Figure) -> list[str]:
    """Return what every text says."""
    return [text.get_text() for text in texts(fig)]


def cut(fig: Figure) -> list[str]:
    """Return the texts that do not lie inside the figure."""
    width, height = fig.bbox.size
    boxes = ((text, text.get_window_extent()) for text in texts(fig))
    return [
        text.get_text()
        for text, box in boxes
        if box.x0 < -0.5 or box.y0 < -0.5 or box.x1 > width + 0.5 or box.y1 > height + 0.5
    ]


def overlaps(fig: Figure) -> list[tuple[str, str]]:
    """Return the pairs of level texts that lie on one another."""
    level = [text for text in texts(fig) if text.get_rotation() == 0]
    boxes = [(text.get_text(), text.get_window_extent().padded(-TOUCH)) for text in level]
    return [(a, b) for (a, first), (b, second) in combinations(boxes, 2) if first.overlaps(second)]


def without_glyph(fig: Figure) -> set[str]:
    """Return the characters that would be drawn as a box."""
    return {c for text in said(fig) for c in text} - glyphs() - set("\n")


@cache
def glyphs() -> frozenset[str]:
    """Return the characters that every shipped font has."""
    fonts = [set(TTFont(file).getBestCmap()) for file in style.font_files()]
    return frozenset(chr(code) for code in set.intersection(*fonts))
