"""Text on slides: fonts of the template for Latin and East Asian letters alike, and how much fits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Pt

from povexit.style import text_width, wrap

LANGUAGES = {"zh": ("zh-CN", "en-US"), "en": ("en-US", "zh-CN")}
#: Line height in sizes of text: set, since each font has another of its own.
LINE = 1.2
#: How much of a line's width is reckoned with: fonts differ from reader to reader.
_SURE = 0.95
#: As much of a title's line: programs leave a gap between Han and Latin letters that is not reckoned.
_TITLE = 0.88


def element(name: str, **attributes: str) -> Any:
    """Return an element of Office's XML, such as ``a:latin``."""
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(key, value)
    return made


def set_fonts(part: Any, lang: str, theme: str = "mn") -> None:
    """Name the theme's fonts in every run and default of a part, for each kind of script.

    A run that names a Latin font alone shows Han characters in whatever font the reader's
    machine takes for them.

    Parameters
    ----------
    part
        XML of a text body, a table or a chart.
    lang
        ``zh`` or ``en``: what spelling and line breaks go by.
    theme
        ``mj`` for the fonts of headings, ``mn`` for those of text.
    """
    main, other = LANGUAGES[lang]
    for kind in ("a:rPr", "a:defRPr", "a:endParaRPr"):
        for run in part.iter(qn(kind)):
            for name in ("latin", "ea", "cs"):
                for old in run.findall(qn(f"a:{name}")):
                    run.remove(old)
            if kind == "a:rPr":
                run.set("lang", main)
                run.set("altLang", other)
            place = _after_fill(run)
            for name, script in (("cs", "cs"), ("ea", "ea"), ("latin", "lt")):
                run.insert(place, element(f"a:{name}", typeface=f"+{theme}-{script}"))


def _after_fill(run: Any) -> int:
    """Return the place that the schema gives to fonts: before symbols and links."""
    later = {qn(f"a:{name}") for name in ("sym", "hlinkClick", "hlinkMouseOver", "rtl", "extLst")}
    for place, child in enumerate(run):
        if child.tag in later:
            return place
    return len(run)


def write(frame: Any, lines: Sequence[str], size: float, lang: str, **look: Any) -> None:
    """Write paragraphs into a text frame, breaking lines at its edge.

    Parameters
    ----------
    frame
        A text frame of python-pptx.
    lines
        One text a paragraph; a line ends where the text says so.
    size
        Points.
    lang
        ``zh`` or ``en``.
    **look
        ``bold``, ``color`` (a theme colour or RGB), ``theme`` (``mj`` or ``mn``), ``space`` after
        a paragraph in points.
    """
    frame.word_wrap = True
    frame.text = ""
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(look.get("space", 0))
        paragraph.line_spacing = Pt(LINE * size)
        for part_number, part in enumerate(line.split("\n")):
            if part_number:
                paragraph.add_line_break()
            _run(paragraph, part, size, look)
    set_fonts(frame._txBody, lang, look.get("theme", "mn"))


def _run(paragraph: Any, text: str, size: float, look: dict[str, Any]) -> None:
    run = paragraph.add_run()
    run.text = text
    run.font.size = Pt(size)
    if "bold" in look:
        run.font.bold = look["bold"]
    if "color" in look:
        set_color(run.font.fill, look["color"])


def set_color(fill: Any, color: Any) -> None:
    """Fill with a theme's colour, or with one in hexadecimal digits."""
    from pptx.dml.color import RGBColor

    fill.solid()
    if isinstance(color, str):
        fill.fore_color.rgb = RGBColor.from_string(color.lstrip("#"))
    else:
        fill.fore_color.theme_color = color


def height(lines: Sequence[str], width: float, size: float, sure: float = _SURE) -> float:
    """Return how high paragraphs are in a width, all in points; ``sure`` of it is reckoned with."""
    return LINE * size * sum(len(wrap(line, sure * width, size)) for line in lines)


def balanced(text: str, width: float, size: float) -> str:
    """Break a text of two lines where they come out most alike, after a stop if there is one.

    Examples
    --------
    >>> balanced("甲乙丙丁，戊己庚辛", 70, 10)
    '甲乙丙丁，\\n戊己庚辛'
    """
    if len(wrap(text, _TITLE * width, size)) != 2:
        return text
    for stop in (r"[，；：。]|[,;:.](?= )", r" "):
        ends = [found.end() for found in re.finditer(stop, text)]
        halves = [(text[:end].rstrip(), text[end:].lstrip()) for end in ends]
        fit = [h for h in halves if max(text_width(part, size) for part in h) <= _SURE * width]
        if fit:
            best = min(fit, key=lambda h: abs(text_width(h[0], size) - text_width(h[1], size)))
            return "\n".join(best)
    return text


def largest(
    lines: Sequence[str], room: tuple[float, float], sizes: Sequence[float]
) -> float | None:
    """Return the first size in which lines fit into a width and height, or None."""
    return next((size for size in sizes if height(lines, room[0], size) <= room[1]), None)
