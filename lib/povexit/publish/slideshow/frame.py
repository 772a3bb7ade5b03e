"""One slide: its title, its body in the layout's place, its foot and its notes."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from povexit.publish.office import office
from povexit.publish.page import Page, words
from povexit.publish.slideshow.body import Box, place
from povexit.publish.slideshow.template import Template
from povexit.publish.slideshow.text import (
    LINE,
    balanced,
    height,
    largest,
    set_color,
    set_fonts,
    write,
)
from povexit.slides import Grid, Slide
from povexit.style import COLORS, SIMULATED, shorten, text_width

#: Points at slides of 13.33 inches.
TITLE_SIZES, COVER_SIZES = (28.0, 26.0, 24.0), (40.0, 36.0, 32.0, 28.0)
UNDER, REMARK, FOOT = 20.0, 14.0, 12.0
#: Where the foot stands if a layout has no place for it: parts of the slide's width and height.
_FEET = {
    "ftr": (0.04, 0.935, 0.26, 0.045),
    "dt": (0.6, 0.935, 0.24, 0.045),
    "sldNum": (0.87, 0.935, 0.09, 0.045),
}
_FOOT_KINDS = {"ftr": "FOOTER", "dt": "DATE", "sldNum": "SLIDE_NUMBER"}


def compose(template: Template, slide: Slide, page: Page, number: int) -> None:
    """Add one slide to the presentation.

    Parameters
    ----------
    template
        From `povexit.publish.slideshow.template.load`.
    slide
        What it says and shows.
    page
        Language, whether simulated, provenance.
    number
        Its place in the deck, from 1.
    """
    layout = template.cover if slide.is_cover else template.content
    made = template.presentation.slides.add_slide(layout)
    title, body = made.shapes.title, _body(made)
    # places of the layout become the slide's own: what follows reckons with them
    for shape in (title, body):
        shape.left, shape.top, shape.width, shape.height = (
            shape.left,
            shape.top,
            shape.width,
            shape.height,
        )
    _title(title, slide, page, template.scale)
    if slide.is_cover:
        size = UNDER * template.scale
        under = [office(page.lang), *slide.body.items]  # type: ignore[union-attr]
        write(body.text_frame, under, size, page.lang, space=0.4 * size)
    else:
        box = _remark(made, body, slide, page, template.scale)
        place(made, body, slide, box, page.lang)
    _foot(made, layout, page, number, template)
    _notes(made, slide, page)


def _body(made: Any) -> Any:
    """Return the placeholder that is not the title."""
    title = made.shapes.title
    return next(p for p in made.placeholders if p.shape_id != title.shape_id)


def _title(shape: Any, slide: Slide, page: Page, scale: float) -> None:
    """Write the message as large as two lines of it fit; what does not fit is cut, and in the notes."""
    sizes = [size * scale for size in (COVER_SIZES if slide.is_cover else TITLE_SIZES)]
    room = (shape.width / Emu(12700), shape.height / Emu(12700))
    size = largest([slide.title], room, sizes) or sizes[-1]
    text = slide.title
    if height([text], room[0], size) > max(room[1], 2 * LINE * size):
        text = shorten(text, 1.8 * room[0], size)
    write(shape.text_frame, [balanced(text, room[0], size)], size, page.lang, theme="mj")


def _remark(made: Any, body: Any, slide: Slide, page: Page, scale: float) -> Box:
    """Write the remark at the foot of the body's place; return what is left of it."""
    whole = Box(body.left, body.top, body.width, body.height)
    if not slide.remark:
        return whole
    size = REMARK * scale
    high = Pt(height([slide.remark], whole.width / 12700, size) + 0.3 * size)
    below = made.shapes.add_textbox(whole.left, whole.top + whole.height - high, whole.width, high)
    below.name = "Remark"
    frame = below.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = MSO_ANCHOR.BOTTOM
    write(frame, [slide.remark], size, page.lang)
    return Box(whole.left, whole.top, whole.width, whole.height - high - Pt(0.4 * size))


def _foot(made: Any, layout: Any, page: Page, number: int, template: Template) -> None:
    """Write what every slide says at its foot, where the layout has it: label, month, number."""
    label = SIMULATED[page.lang] if page.simulated else page.title
    texts = {"ftr": label, "dt": _day(page), "sldNum": str(number)}
    for kind, text in texts.items():
        shape = _foot_shape(made, layout, kind, template)
        marked = {"bold": True, "color": "#FFFFFF"} if kind == "ftr" and page.simulated else {}
        room, size = shape.width / 12700, FOOT * template.scale
        size = min(size, 0.95 * size * room / max(text_width(text, size), 1.0))
        write(shape.text_frame, [text], size, page.lang, **marked)
        if marked:
            set_color(shape.fill, COLORS["accent"])
        if kind == "sldNum":
            _as_field(shape)


def _day(page: Page) -> str:
    """Return the month as a reader writes it."""
    year, _, month = page.provenance.get("month", "").partition("-")
    return words(page.lang)["year_month"].format(year=year, month=int(month)) if month else ""


def _foot_shape(made: Any, layout: Any, kind: str, template: Template) -> Any:
    """Return the slide's own copy of a place in the layout's foot, or a box where it has none."""
    known = (p for p in layout.placeholders if p.placeholder_format.type.name == _FOOT_KINDS[kind])
    source = next(known, None)
    if source is None:
        wide, high = template.presentation.slide_width, template.presentation.slide_height
        left, top, width, tall = _FEET[kind]
        parts = (left * wide, top * high, width * wide, tall * high)
        return made.shapes.add_textbox(*(Emu(int(part)) for part in parts))
    element = deepcopy(source._element)
    made.shapes._spTree.append(element)
    copy = made.shapes[len(made.shapes) - 1]
    element.nvSpPr.cNvPr.set("id", str(max(s.shape_id for s in made.shapes) + 1))
    copy.left, copy.top, copy.width, copy.height = (
        source.left,
        source.top,
        source.width,
        source.height,
    )
    return copy


def _as_field(shape: Any) -> None:
    """Let the number count itself, so that it stays right when slides are moved."""
    run = shape.text_frame._txBody.find(f".//{qn('a:r')}")
    run.tag = qn("a:fld")
    run.set("id", "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}")
    run.set("type", "slidenum")


def _notes(made: Any, slide: Slide, page: Page) -> None:
    frame = made.notes_slide.notes_text_frame
    label = [words(page.lang)["simulated_note"]] if page.simulated else []
    told = [slide.title, *slide.notes, slide.remark, *_numbers(slide)]
    lines = [*filter(None, told), *label, *_provenance(page.provenance, page.lang)]
    frame.text = "\n".join(lines)
    set_fonts(frame._txBody, page.lang)


def _numbers(slide: Slide) -> list[str]:
    """Return what the slide shows, number by number: a table row by row, whether it fits or not."""
    if isinstance(slide.body, Grid):
        return [" | ".join(row) for row in (slide.body.headers, *slide.body.rows)]
    return [slide.alt]


def _provenance(told: Mapping[str, str], lang: str) -> list[str]:
    """Return where the numbers come from, as every page of the month says it."""
    known = words(lang)
    mark = "：" if lang == "zh" else ": "
    return [f"{known[word]}{mark}{text}" for word, text in told.items() if word in known]
