"""One look for every figure and number: fonts, sizes, colours, formats.

A notebook calls `use` once and sets no rcParams. The language given there is the one every
chart, map and number format falls back to. Colours, sheets and text sizes are data
(``styles/look.toml``), the rest of the look is ``styles/povexit.mplstyle``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.style
from matplotlib import font_manager

from povexit.errors import StoreError
from povexit.style.describe import (
    FIGURE_MIME,
    PANEL,
    arguments,
    described,
    description,
    named,
    plain,
    show_in,
)
from povexit.style.formats import (
    ABSENT,
    SHARE,
    SUPPRESSED,
    UNKNOWN,
    fmt_int,
    fmt_number,
    fmt_share,
    fmt_value,
    fmt_yuan,
    gap,
    least_digits,
)
from povexit.style.look import (
    COLORS,
    KIND,
    STATUS,
    STYLES,
    Status,
    contexts,
    current,
    ink_on,
    known,
    language,
    look,
    pick,
    projection,
    scale,
    sequential,
    set_context,
    set_language,
    sheet,
    stage,
)
from povexit.style.text import (
    SIMULATED,
    figure_of,
    foot,
    foot_points,
    set_figure_title,
    set_title,
    shorten,
    stamp,
    text_size,
    text_width,
    wrap,
)
from povexit.style.told import ends, listed, without_value
from povexit.style.vector import lay_out, show_svg

FAMILY = "Povexit Sans SC"
FONTS = ("PovexitSansSC-Bold.ttf", "PovexitSansSC-Regular.ttf")
#: What grows heavier where a figure is seen from afar.
_LINES = (
    *("axes.linewidth", "grid.linewidth", "lines.linewidth", "patch.linewidth", "hatch.linewidth"),
    *("xtick.major.width", "ytick.major.width"),
)

__all__ = [
    "ABSENT",
    "COLORS",
    "FAMILY",
    "FIGURE_MIME",
    "KIND",
    "PANEL",
    "SHARE",
    "SIMULATED",
    "STATUS",
    "SUPPRESSED",
    "UNKNOWN",
    "Status",
    "arguments",
    "contexts",
    "current",
    "described",
    "description",
    "ends",
    "ensure",
    "figure_of",
    "fmt_int",
    "fmt_number",
    "fmt_share",
    "fmt_value",
    "fmt_yuan",
    "font_files",
    "foot",
    "foot_points",
    "gap",
    "ink_on",
    "known",
    "language",
    "lay_out",
    "least_digits",
    "listed",
    "look",
    "named",
    "pick",
    "plain",
    "projection",
    "register_fonts",
    "scale",
    "sequential",
    "set_figure_title",
    "set_title",
    "sheet",
    "shorten",
    "stage",
    "stamp",
    "text_size",
    "text_width",
    "use",
    "within",
    "without_value",
    "wrap",
]


def use(lang: str = "zh", context: str = "report") -> None:
    """Set fonts, colours and text sizes for all figures that follow.

    In a notebook, figures also become SVG that is the same, byte for byte, on every run.

    Parameters
    ----------
    lang
        Language charts, maps and formats use unless told otherwise: ``zh`` or ``en``.
    context
        Where the figure will be seen: ``report`` (A4), ``screen`` or ``slides``.

    Raises
    ------
    UnknownNameError
        If there is no such language or context.
    """
    set_language(lang)
    sizes = set_context(context)
    size = sizes["text"]
    register_fonts()
    matplotlib.style.use(STYLES / "povexit.mplstyle")
    mpl.rcParams.update(
        {
            "font.size": size,
            "axes.titlesize": size * 1.15,
            "figure.titlesize": size * 1.15,
            "axes.labelsize": size,
            "xtick.labelsize": size * 0.95,
            "ytick.labelsize": size * 0.95,
            "legend.fontsize": size * 0.95,
            "legend.title_fontsize": size * 0.95,
        }
    )
    rc: Any = mpl.rcParams
    for name in _LINES:
        rc[name] *= sizes["line"]
    _inline_svg()


def ensure() -> None:
    """Set the look for whoever draws without having set one; what a notebook chose stays."""
    if not is_set():
        use(language())


def is_set() -> bool:
    """Tell whether `use` has been called: its text sizes are numbers, matplotlib's are words."""
    return not isinstance(mpl.rcParams["axes.titlesize"], str)


@contextmanager
def within(lang: str, context: str) -> Iterator[None]:
    """Use another language and context for the figures drawn inside, and then those of before.

    Raises
    ------
    UnknownNameError
        If there is no such language or context.
    """
    before = current()
    with mpl.rc_context():
        use(lang, context)
        try:
            yield
        finally:
            set_language(before[0])
            set_context(before[1])


@cache
def register_fonts() -> None:
    """Make the shipped fonts known to matplotlib; nothing need be installed.

    Raises
    ------
    StoreError
        If a font file is missing or torn: every Chinese letter would be drawn as a box.
    """
    for file in font_files():
        try:
            font_manager.fontManager.addfont(file)
        except (OSError, RuntimeError) as error:  # FreeType's own errors are RuntimeErrors
            raise StoreError(
                "the font of the figures is missing",
                where=file,
                found=error,
                hint="restore the file from the repository: git checkout lib/povexit/styles/fonts",
            ) from error


def font_files() -> list[Path]:
    """Return the shipped font files, for those who embed them (HTML, PDF)."""
    return [STYLES / "fonts" / name for name in FONTS]


def _inline_svg() -> None:
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    if (shell := get_ipython()) is not None:
        show_svg(shell)
        show_in(shell)
