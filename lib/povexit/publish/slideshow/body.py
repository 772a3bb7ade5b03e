"""What a slide shows, put where the layout has its body: chart, table, picture or sentences."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Any

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Pt

from povexit.publish.slideshow.charts import add_chart
from povexit.publish.slideshow.text import LINE, height, largest, set_fonts, write
from povexit.slides import Grid, Lines, Picture, Slide
from povexit.style import pick, text_width

#: Points, the largest first: the last is the smallest that can be read from the back row.
LINE_SIZES, CELL_SIZES = (24.0, 22.0, 20.0, 18.0, 16.0), (20.0, 18.0, 17.0, 16.0)
#: Room around the text of a cell, in points; how much wider than reckoned letters may be.
_ASIDE, _ABOVE, _WIDER = 7.0, 2.0, 1.08
_POINT = 12700


@dataclass(frozen=True)
class Box:
    """Left, top, width and height of a place on a slide, in EMU."""

    left: int
    top: int
    width: int
    height: int

    @property
    def points(self) -> tuple[float, float]:
        """Width and height in points."""
        return self.width / _POINT, self.height / _POINT


def place(made: Any, body: Any, slide: Slide, box: Box, lang: str) -> None:
    """Fill the body's place.

    Parameters
    ----------
    made
        The slide of python-pptx.
    body
        The placeholder to fill.
    slide
        What to show.
    box
        Where: the placeholder's place, less what the remark takes.
    lang
        ``zh`` or ``en``.
    """
    content = slide.body
    if isinstance(content, Lines):
        body.top, body.height = box.top, box.height
        _sentences(body.text_frame, content, box, lang)
        return
    if isinstance(content, Picture):
        shape = _picture(made, content, box)
    elif isinstance(content, Grid):
        shape = _table(made, content, box, lang)
    else:
        shape = add_chart(made, content, (box.left, box.top, box.width, box.height), lang)
    _settle(shape, body, slide.alt or slide.title)


def _settle(shape: Any, body: Any, alt: str) -> None:
    """Let a shape stand for the placeholder, say what it shows, and take the placeholder away."""
    element = shape._element
    names = next(child for child in element.iter() if child.tag.endswith("}cNvPr"))
    names.set("descr", alt)
    names.set("name", body.name)
    # what python-pptx does when it fills a placeholder made for charts
    element._nvXxPr.nvPr._insert_ph(body._element.ph)
    body._element.getparent().replace(body._element, element)


def _sentences(frame: Any, content: Lines, box: Box, lang: str) -> None:
    wide, high = box.points
    # the space between paragraphs is a part of their size
    free = (wide, high / (1 + 0.5 / LINE))
    size = largest(content.items, free, LINE_SIZES) or LINE_SIZES[-1]
    frame.vertical_anchor = MSO_ANCHOR.TOP
    write(frame, content.items, size, lang, space=0.5 * size)


def _picture(made: Any, content: Picture, box: Box) -> Any:
    """Place a picture as large as its place allows, in the middle, nothing cut."""
    shape = made.shapes.add_picture(io.BytesIO(content.data), box.left, box.top)
    part = min(box.width / shape.width, box.height / shape.height)
    shape.width, shape.height = Emu(int(shape.width * part)), Emu(int(shape.height * part))
    shape.left = Emu(box.left + (box.width - shape.width) // 2)
    shape.top = Emu(box.top + (box.height - shape.height) // 2)
    return shape


def _table(made: Any, content: Grid, box: Box, lang: str) -> Any:
    wide, high = box.points
    size, widths, heights = _fitted(content, wide, high)
    whole, content = content, _cut(content, heights, high, lang)
    rows = [content.headers, *content.rows]
    heights = heights[: len(rows)]
    shape = made.shapes.add_table(
        len(rows), len(widths), box.left, box.top, box.width, Pt(sum(heights))
    )
    table = shape.table
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Pt(width)
    for number, (row, tall) in enumerate(zip(rows, heights, strict=True)):
        table.rows[number].height = Pt(tall)
        bold = number == 0 or content.totals[number - 1]
        for place_, text in enumerate(row):
            cell = table.cell(number, place_)
            _cell(cell, text, size, is_number=content.numeric[place_], bold=bold, lang=lang)
    if content is not whole:
        last = len(rows) - 1
        table.cell(last, 0).merge(table.cell(last, len(widths) - 1))
    return shape


def _cell(cell: Any, text: str, size: float, *, is_number: bool, bold: bool, lang: str) -> None:
    cell.margin_left = cell.margin_right = Pt(_ASIDE)
    cell.margin_top = cell.margin_bottom = Pt(_ABOVE)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    write(cell.text_frame, [text], size, lang, bold=bold)
    cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT if is_number else PP_ALIGN.LEFT
    set_fonts(cell._tc, lang)


def _fitted(content: Grid, wide: float, high: float) -> tuple[float, list[float], list[float]]:
    """Return the largest size in which all rows fit, with columns' widths and rows' heights."""
    for size in CELL_SIZES:
        widths = _widths(content, wide, size)
        rows = [_row_height(row, widths, size) for row in (content.headers, *content.rows)]
        if sum(rows) <= high:
            break
    spare = max(high - sum(rows), 0.0) / len(rows)
    return size, widths, [tall + min(spare, 0.5 * size) for tall in rows]


def _widths(content: Grid, room: float, size: float) -> list[float]:
    """Give each column the width of its longest text; where there is too little, the widest yield."""
    columns = zip(content.headers, *content.rows, strict=True)
    wanted = [
        max(text_width(text, _WIDER * size) for text in column) + 2 * _ASIDE for column in columns
    ]
    if sum(wanted) <= room:
        return [room * part / sum(wanted) for part in wanted]
    most = max(wanted)
    while sum(min(part, most) for part in wanted) > room:
        most -= 1.0
    given = [min(part, most) for part in wanted]
    return [room * part / sum(given) for part in given]


def _row_height(row: tuple[str, ...], widths: list[float], size: float) -> float:
    cells = zip(row, widths, strict=True)
    # the columns have been given more than their texts are reckoned to need
    heights = [height([text], wide - 2 * _ASIDE, size, sure=1.0) for text, wide in cells]
    return max(heights) + 2 * _ABOVE


def _cut(content: Grid, heights: list[float], high: float, lang: str) -> Grid:
    """Keep the rows that fit, and say in the last how many more there are: the notes have them."""
    # half a point for rounding: heights may fill the place to its end
    kept = sum(sum(heights[: n + 1]) <= high + 0.5 for n in range(1, len(heights)))
    if kept == len(content.rows):
        return content
    kept = max(kept - 1, 0)
    more = len(content.rows) - kept
    said = pick(lang, f"另有{more}行，见备注", f"{more} more: see the notes")
    last = (said, *[""] * (len(content.headers) - 1))
    rows, totals = (*content.rows[:kept], last), (*content.totals[:kept], False)
    return replace(content, rows=rows, totals=totals)
