"""The parts of interactive views: a map that answers, a line to copy, controls with names.

All of it lies in the package; nothing is loaded from anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import Any

import anywidget
import ipywidgets as w
import traitlets

from povexit.maps import CountyMap
from povexit.style import pick
from povexit.tables import Table

_TEMPLATES = files("povexit") / "templates"
#: Room for a control's name beside it.
_NAMED = {"description_width": "12em"}
_WIDE = "36em"
_TABLE_LOOK = (
    "<style>.widget-html .px-table{border-collapse:collapse;margin:8px 0}"
    ".widget-html .px-table caption{font-weight:bold;text-align:left}"
    ".widget-html .px-table :is(td,th){padding:2px 9px;text-align:left;line-height:1.4}"
    ".widget-html .px-table .px-num{text-align:right}"
    ".widget-html .px-table thead{border-bottom:1px solid}</style>"
)


def _script(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


class MapWidget(anywidget.AnyWidget):
    """A county map to point at, walk with arrow keys and click.

    Attributes
    ----------
    svg
        The drawing; assign `show` another map to change it.
    selected
        Code of the county clicked last; empty before. A county with a page opens it.
    """

    _esm = _script("county_map.js")
    svg = traitlets.Unicode("").tag(sync=True)
    selected = traitlets.Unicode("").tag(sync=True)

    def __init__(self, drawing: CountyMap, **given: Any) -> None:
        super().__init__(svg=drawing.svg(), **given)

    def show(self, drawing: CountyMap) -> None:
        """Draw another map in its place; what stays the same stays in the page."""
        self.svg = drawing.svg()


class CopyLine(anywidget.AnyWidget):
    """The line of Python that gives what a view shows, and a button that copies it."""

    _esm = _script("copy_line.js")
    line = traitlets.Unicode("").tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)
    done = traitlets.Unicode("").tag(sync=True)

    def __init__(self, line: str, lang: str | None = None) -> None:
        label = pick(lang, "复制到报告单元格", "Copy for a report cell")
        super().__init__(line=line, label=label, done=pick(lang, "已复制", "Copied"))


def choice(name: str, options: Sequence[tuple[str, Any]], value: Any) -> w.Dropdown:
    """Return a list to choose from: pairs of text and value."""
    layout = w.Layout(width=_WIDE)
    return w.Dropdown(
        options=options, value=value, description=name, tooltip=name, style=_NAMED, layout=layout
    )


def slider(
    name: str, value: float, low: float, high: float, step: float, **given: Any
) -> w.FloatSlider:
    """Return a slider that acts while it moves."""
    return w.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=name,
        tooltip=name,
        readout_format=",.2f",
        style=_NAMED,
        layout=w.Layout(width=_WIDE),
        **given,
    )


def printed(*tables: Table) -> str:
    """Return tables as HTML for a widget, numbers right."""
    return _TABLE_LOOK + "".join(table._repr_html_() for table in tables)


def watch(controls: Mapping[str, w.Widget], act: Callable[[], None]) -> None:
    """Let every control act on change of its value."""
    for control in controls.values():
        control.observe(lambda _: act(), names="value")
