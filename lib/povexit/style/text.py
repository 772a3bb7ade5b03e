"""Text around a figure: its title, and at its foot where the numbers come from."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from povexit.style.look import COLORS, language

#: The part of a figure's width that a line of text takes at most: hinting makes letters wider.
_LINE = 0.94
_FOOT_LEADING = 1.45
#: What no line ends with.
_OPENING = tuple("（《“")
SIMULATED = {"zh": "模拟数据 simulated", "en": "Simulated data 模拟数据"}


def text_width(text: str, size: float) -> float:
    """Return about how wide a line is, in points: Han one em, Latin a little over half."""
    return size * sum(1.0 if ord(c) > 0x2E7F else 0.56 for c in text)


def text_size() -> float:
    """Return the size of text in points, as the last `use` set it."""
    return float(mpl.rcParams["font.size"])


def shorten(text: str, width: float, size: float) -> str:
    """Cut a line to a width in points; what is cut shows as an ellipsis.

    Examples
    --------
    >>> shorten("百色市右江区", 45, 10), shorten("百色市", 45, 10)
    ('百色市…', '百色市')
    """
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def wrap(text: str, width: float, size: float) -> list[str]:
    """Break a line to a width in points, between words or Han characters.

    Examples
    --------
    >>> wrap("百色市 one two", 40, 10)
    ['百色市', 'one two']
    """
    lines = [""]
    for piece in _pieces(text):
        if lines[-1] and text_width((lines[-1] + piece).rstrip(), size) > width:
            lines.append("")
        lines[-1] = (lines[-1] + piece).lstrip() if not lines[-1] else lines[-1] + piece
    return [line.rstrip() for line in lines]


def _pieces(text: str) -> list[str]:
    pieces = [""]
    for char in text:
        joined = char in "，。；：、）》”%,.;:)" or pieces[-1][-1:] in _OPENING
        breaks = ord(char) > 0x2E7F or pieces[-1].endswith(" ") or _is_han(pieces[-1][-1:])
        if breaks and not joined and char != " ":
            pieces.append("")
        pieces[-1] += char
    return [piece for piece in pieces if piece]


def _is_han(char: str) -> bool:
    return bool(char) and ord(char) > 0x2E7F and char not in _OPENING


def stamp(
    fig: Figure,
    simulated: bool,
    lang: str | None = None,
    *,
    source: str | None = None,
    edition: str | None = None,
) -> None:
    """Write at a figure's foot where its numbers come from.

    Parameters
    ----------
    fig
        A figure with constrained layout; room is made at its foot.
    simulated
        Whether the data are simulated; only then the figure says so, in bold.
    lang
        Language, or that of `povexit.style.use`.
    source, edition
        Source of the data, and edition of the standard applied.
    """
    names = {"zh": ("数据来源：", "标准版本："), "en": ("Source: ", "Edition: ")}[language(lang)]
    given = [n + t for n, t in zip(names, (source, edition), strict=True) if t]
    foot([*([SIMULATED[language(lang)]] if simulated else []), *given], fig, bold=simulated)


def foot(lines: list[str], fig: Figure, *, bold: bool = False) -> None:
    """Write lines under everything else in a figure, the first one bold if asked.

    A figure with constrained layout grows by them, so that what is drawn keeps its size.
    """
    size, width = _foot_size(), 72 * float(fig.get_size_inches()[0])
    bottom = _room_below(fig, foot_points(lines, width))
    height = 72 * float(fig.get_size_inches()[1])
    step = size * _FOOT_LEADING / height
    for place, (i, line) in enumerate(reversed(_foot_lines(lines, width))):
        first = bold and i == 0
        color, weight = (COLORS["accent"], "bold") if first else (COLORS["muted"], "normal")
        y = bottom / height + (0.3 + place) * step
        fig.text(0.01, y, line, size=size, color=color, weight=weight, va="bottom")


def _room_below(fig: Figure, more: float) -> float:
    """Make a figure higher by so many points, free at its foot; return what was free there before."""
    engine = fig.get_layout_engine()
    if engine is None:
        return 0.0
    width, height = (float(side) for side in fig.get_size_inches())
    before = float(engine.get()["rect"][1]) * height
    grown = height + more / 72
    for text in fig.texts:
        text.set_y(text.get_position()[1] * height / grown)
    fig.set_size_inches(width, grown)
    taken = (before + more / 72) / grown
    engine.set(rect=(0, taken, 1, 1 - taken))  # type: ignore[call-arg]
    return 72 * before


def foot_points(lines: list[str], width: float) -> float:
    """Return how high the lines of a foot are, in points, under a figure of a width in points."""
    return _foot_size() * _FOOT_LEADING * (len(_foot_lines(lines, width)) + 0.6)


def _foot_size() -> float:
    return 0.82 * text_size()


def _foot_lines(lines: list[str], width: float) -> list[tuple[int, str]]:
    """Break a foot's lines to the width; each with the number of the line it is part of."""
    size = _foot_size()
    return [(i, line) for i, text in enumerate(lines) for line in wrap(text, _LINE * width, size)]


def figure_of(ax: Axes) -> Figure:
    """Return the figure an axes is part of, however deep."""
    found = ax.get_figure(root=True)
    assert isinstance(found, Figure)
    return found


def set_figure_title(fig: Figure, text: str) -> None:
    """Set the title of a whole figure, from its left edge, broken into lines at its right."""
    width = 72 * float(fig.get_size_inches()[0])
    lines = wrap(text, _LINE * width, float(mpl.rcParams["figure.titlesize"]))
    fig.suptitle("\n".join(lines), x=0.01, ha="left", weight="bold")


def set_title(ax: Axes, text: str, **style: Any) -> None:
    """Set a title, broken into lines where the figure's column ends."""
    spec = ax.get_subplotspec()
    columns = spec.get_gridspec().ncols if spec is not None else 1
    width = 72 * float(figure_of(ax).get_size_inches()[0]) / columns
    lines = wrap(text, 0.93 * width, float(mpl.rcParams["axes.titlesize"]))
    ax.set_title("\n".join(lines), **style)
