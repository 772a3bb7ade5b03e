"""The page brings its letters with it: a subset of the house font, inside the file.

A report is opened on machines whose fonts nobody knows, often offline. Only the
characters that a page uses go in, as WOFF, so that a page carries some tens of
kilobytes and not four megabytes. The bytes depend on the characters alone.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from povexit.errors import StoreError

FAMILY = "Povexit Sans SC"
WEIGHTS = {400: "PovexitSansSC-Regular.ttf", 700: "PovexitSansSC-Bold.ttf"}


def font_dir() -> Path:
    """Return the folder of the fonts that the package ships."""
    return Path(str(files("povexit") / "styles" / "fonts"))


def _font_bytes(name: str) -> bytes:
    path = font_dir() / name
    if not path.is_file():
        raise StoreError(
            "the font of the reports is missing",
            where=path,
            hint="restore the file from the repository: git checkout lib/povexit/styles/fonts",
        )
    return path.read_bytes()


def _opened(name: str) -> Any:
    from fontTools.ttLib import TTFont

    # no stamp of now in a page; and a glyph goes over as it is, not taken apart and put together
    return TTFont(
        io.BytesIO(_font_bytes(name)), lazy=True, recalcTimestamp=False, recalcBBoxes=False
    )


@cache
def glyph_order(name: str) -> list[str]:
    """Return the names of a font's glyphs, most of the work of opening it.

    Raises
    ------
    StoreError
        If the font file is missing.
    """
    return list(_opened(name).getGlyphOrder())


@cache
def subset(name: str, characters: str) -> bytes:
    """Return one font as WOFF with only ``characters``.

    Parameters
    ----------
    name
        A file in `font_dir`.
    characters
        Sorted, each once; what the font lacks is left to the reader's own fonts.

    Raises
    ------
    StoreError
        If the font file is missing.
    """
    from fontTools import subset as font_subset

    options = font_subset.Options()
    options.hinting, options.recalc_timestamp = False, False
    options.layout_features, options.name_IDs = [], [1, 2]
    font = _opened(name)
    font.setGlyphOrder(glyph_order(name))
    worker = font_subset.Subsetter(options)
    worker.populate(text=characters)
    worker.subset(font)
    font.flavor = "woff"  # WOFF2 is a fifth smaller, and takes a second more a font
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def faces(text: Iterable[str]) -> str:
    """Return the ``@font-face`` rules for the characters of ``text``.

    Raises
    ------
    StoreError
        If a font file is missing.
    """
    characters = "".join(sorted({c for part in text for c in part if c.isprintable()}))
    return "\n".join(_face(weight, name, characters) for weight, name in WEIGHTS.items())


def _face(weight: int, name: str, characters: str) -> str:
    data = base64.b64encode(subset(name, characters)).decode("ascii")
    return (
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; font-style: normal; '
        f'src: url("data:font/woff;base64,{data}") format("woff"); }}'
    )
