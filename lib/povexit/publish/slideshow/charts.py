"""Charts of Office's own kind: their numbers lie in a workbook inside, and can be edited."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_MARK
from pptx.enum.chart import XL_MARKER_STYLE as MARKER
from pptx.enum.chart import XL_TICK_LABEL_POSITION as TICKS
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.enum.dml import MSO_THEME_COLOR as THEME
from pptx.oxml.ns import qn
from pptx.util import Pt

from povexit.publish.slideshow.text import element, set_fonts
from povexit.slides import Chart, Series
from povexit.style import COLORS, STATUS, text_width

KINDS = {
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
    "stacked": XL_CHART_TYPE.BAR_STACKED,
    "paths": XL_CHART_TYPE.LINE_MARKERS,
}
#: A share never rounds to none.
FORMATS = {"%": '[=0]0.0%;[<0.0005]"<0.1%";0.0%'}
PLAIN = {"%": "0.0%"}
WHOLE = "#,##0"
SIZE, FEW_SIZE = 16, 18
#: Looks that are no verdict: they have the template's colours.
ACCENTS = {"plain": THEME.ACCENT_1, "second": THEME.ACCENT_4}
_ON_ACCENTS = {"plain": THEME.BACKGROUND_1, "second": THEME.TEXT_1}
#: The gap between bars, at least and at most, in percent of a bar; the widest bar, in points.
_GAP, _MOST_GAP, _WIDEST = 35, 500, 60.0
#: Rows up to which text may be larger.
_FEW = 7
#: The part of a chart's width that names of bars may take, and that the bars are sure to have.
_MOST_NAMES, _PLOT = 0.4, 0.75
_POINT = 12700
#: How lines are drawn, in the template's colours: colour, width in points, dashes, marked months.
LINES: dict[str, tuple[Any, float, Any, bool]] = {
    "reached": (THEME.ACCENT_1, 4.0, MSO_LINE.SOLID, True),
    "expected": (THEME.TEXT_1, 2.0, MSO_LINE.DASH, False),
    "wanted": (THEME.ACCENT_5, 3.0, MSO_LINE.SOLID, False),
    "forecast": (THEME.ACCENT_1, 2.5, MSO_LINE.ROUND_DOT, False),
    "bound": (THEME.ACCENT_4, 2.0, MSO_LINE.ROUND_DOT, False),
}


def add_chart(made: Any, chart: Chart, box: Sequence[int], lang: str) -> Any:
    """Add a native chart to a slide and return its frame.

    Parameters
    ----------
    made
        The slide of python-pptx.
    chart
        Numbers and what they mean.
    box
        Left, top, width, height in EMU.
    lang
        ``zh`` or ``en``.
    """
    data = CategoryChartData(number_format=PLAIN.get(chart.unit, WHOLE))
    data.categories = chart.categories
    for series in chart.series:
        data.add_series(series.name, series.values)
    frame = made.shapes.add_chart(KINDS[chart.kind], *box, data)
    drawn = frame.chart
    drawn.part.chart_workbook.update_from_xlsx_blob(workbook(chart))
    drawn.has_title = False
    drawn.font.size = Pt(_size(chart))
    _legend(drawn, chart)
    room = (box[2] / _POINT, box[3] / _POINT)
    _axes(drawn, chart, room)
    if chart.kind != "paths":
        _plot_area(drawn, chart, room)
    least = _least(chart, room[0])
    for shown, series in zip(drawn.plots[0].series, chart.series, strict=True):
        _series(shown, series, chart, least)
    set_fonts(drawn._chartSpace, lang)
    return frame


def workbook(chart: Chart) -> bytes:
    """Return the workbook inside a chart: text stays text, whatever it begins with.

    python-pptx's own would take a name such as ``=1+1`` for a formula.
    """
    import xlsxwriter

    out = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, plain) as book:
        sheet = book.add_worksheet("Sheet1")
        form = book.add_format({"num_format": FORMATS.get(chart.unit, WHOLE)})
        sheet.write_column(1, 0, chart.categories)
        for column, series in enumerate(chart.series, start=1):
            sheet.write_string(0, column, series.name)
            for row, value in enumerate(series.values, start=1):
                if value is not None:
                    sheet.write_number(row, column, value, form)
    return out.getvalue()


def _size(chart: Chart) -> int:
    return FEW_SIZE if len(chart.categories) <= _FEW else SIZE


def _plot_area(drawn: Any, chart: Chart, room: tuple[float, float]) -> None:
    """Give names of bars the width they need: left to itself a program breaks or drops them."""
    size = _size(chart)
    longest = max(text_width(name, size) for name in chart.categories)
    left = min(longest + 1.5 * size, _MOST_NAMES * room[0]) / room[0]
    top = (2.2 * size if drawn.has_legend else 0.3 * size) / room[1]
    parts = {"x": left, "y": top, "w": 0.985 - left, "h": 0.985 - top}
    area = drawn._chartSpace.chart.plotArea
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    manual = element("c:manualLayout")
    manual.append(element("c:layoutTarget", val="inner"))
    manual.extend(element(f"c:{side}Mode", val="edge") for side in ("x", "y"))
    manual.extend(element(f"c:{side}", val=f"{part:.4f}") for side, part in parts.items())
    layout = element("c:layout")
    layout.append(manual)
    area.insert(0, layout)


def _least(chart: Chart, width: float) -> float:
    """Return the value from which a part of a bar is wide enough for its figure."""
    widest = "00.0%" if chart.unit == "%" else f"{_longest(chart):,.0f}"
    return _longest(chart) * text_width(widest, _size(chart)) / (_PLOT * width)


def _legend(drawn: Any, chart: Chart) -> None:
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position = XL_LEGEND_POSITION.TOP
        drawn.legend.include_in_layout = False


def _axes(drawn: Any, chart: Chart, room: tuple[float, float]) -> None:
    names, values = drawn.category_axis, drawn.value_axis
    names.has_major_gridlines = False
    _line_of(names.format, COLORS["line"])
    names.tick_label_position = TICKS.LOW
    for axis in (names, values):
        axis.major_tick_mark = axis.minor_tick_mark = XL_TICK_MARK.NONE
    values.format.line.fill.background()
    _no_skipping(names)
    _outline_off(drawn)
    if chart.kind == "paths":
        _value_axis(values, chart)
    else:
        _bars(drawn, chart, room)


def _value_axis(values: Any, chart: Chart) -> None:
    """Let a path begin at nothing, over a light grid."""
    values.minimum_scale = 0
    values.has_major_gridlines = True
    _line_of(values.major_gridlines.format, "#DDDDDD")
    values.tick_labels.number_format = "0%" if chart.unit == "%" else WHOLE
    values.tick_labels.number_format_is_linked = False


def _bars(drawn: Any, chart: Chart, room: tuple[float, float]) -> None:
    """Order bars from top to bottom; they carry their numbers, so that their axis goes."""
    values, plot = drawn.value_axis, drawn.plots[0]
    drawn.category_axis.reverse_order = True
    values.visible = False
    values.has_major_gridlines = False
    values.minimum_scale, values.maximum_scale = _ends(chart)
    slot = room[1] / len(chart.categories)
    plot.gap_width = int(min(max(_GAP, 100 * (slot / _WIDEST - 1)), _MOST_GAP))
    if chart.kind == "stacked":
        plot.overlap = 100


def _line_of(format_: Any, color: str) -> None:
    format_.line.fill.solid()
    format_.line.fill.fore_color.rgb = _rgb(color)


def _ends(chart: Chart) -> tuple[float, float]:
    """Return where the bars' axis begins and ends: at nothing, with room for the figures."""
    if chart.kind == "stacked":
        return 0.0, _longest(chart)
    values = [0.0, *(v for s in chart.series for v in s.values if v is not None)]
    low, high = min(values), max(values)
    room = 0.14 * ((high - low) or 1.0)
    return (low - room if low < 0 else 0.0), high + room


def _longest(chart: Chart) -> float:
    sums = [
        sum(series.values[i] or 0.0 for series in chart.series)
        for i in range(len(chart.categories))
    ]
    return max(sums) or 1.0


def _series(shown: Any, series: Series, chart: Chart, least: float) -> None:
    if chart.kind == "paths":
        _line(shown, series)
        return
    shown.invert_if_negative = False
    if len(series.looks) == 1:
        _fill(shown.format, series.looks[0])
    else:
        for number, look in enumerate(series.looks):
            _fill(shown.points[number].format, look)
    labels = shown.data_labels
    labels.show_value = True
    labels.number_format_is_linked = False
    if chart.kind == "bars":
        labels.number_format = FORMATS.get(chart.unit, WHOLE)
        labels.position = XL_LABEL_POSITION.OUTSIDE_END
        return
    # a part too short for its figure shows none: the notes and the workbook have it
    labels.number_format = f"[>={least:.6g}]{PLAIN.get(chart.unit, WHOLE)};;"
    labels.position = XL_LABEL_POSITION.CENTER
    look = series.looks[0]
    if look in STATUS:
        labels.font.color.rgb = _rgb(STATUS[look].text)
    else:
        labels.font.color.theme_color = _ON_ACCENTS[look]


def _line(shown: Any, series: Series) -> None:
    color, width, dashes, is_marked = LINES[series.looks[0]]
    shown.smooth = False
    line = shown.format.line
    line.width, line.dash_style = Pt(width), dashes
    line.fill.solid()
    line.fill.fore_color.theme_color = color
    shown.marker.style = MARKER.CIRCLE if is_marked else MARKER.NONE
    if is_marked:
        shown.marker.size = 11
        shown.marker.format.fill.solid()
        shown.marker.format.fill.fore_color.theme_color = color
        shown.data_labels.show_value = True
        shown.data_labels.position = XL_LABEL_POSITION.ABOVE
        shown.data_labels.font.bold = True


def _fill(format_: Any, look: str) -> None:
    """Fill marks by what they mean; those of no verdict have the template's colours."""
    fill = format_.fill
    if look not in STATUS:
        fill.solid()
        fill.fore_color.theme_color = ACCENTS[look]
        return
    status = STATUS[look]
    if not status.hatch:
        fill.solid()
        fill.fore_color.rgb = _rgb(status.color)
    else:
        fill.patterned()
        fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        fill.fore_color.rgb, fill.back_color.rgb = _rgb(COLORS["line"]), _rgb(status.color)
    if status.hatch or status.color == "#FFFFFF":
        format_.line.width = Pt(1)
        _line_of(format_, COLORS["line"])


def _rgb(color: str) -> RGBColor:
    return RGBColor.from_string(color.lstrip("#"))


def _no_skipping(names: Any) -> None:
    """Name every bar: a program that finds it crowded leaves out every other name."""
    axis = names._element
    for old in axis.findall(qn("c:tickLblSkip")):
        axis.remove(old)
    axis.find(qn("c:noMultiLvlLbl")).addprevious(element("c:tickLblSkip", val="1"))


def _outline_off(drawn: Any) -> None:
    """Leave the chart without a frame of its own, and square: some programs round it."""
    space = drawn._chartSpace
    if space.find(qn("c:roundedCorners")) is None:
        rounded = element("c:roundedCorners", val="0")
        space.insert(1 if space.find(qn("c:date1904")) is not None else 0, rounded)
