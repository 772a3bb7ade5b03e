"""From a message and a ready table to a slide; what has no number to show says so in words."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import pandas as pd
from matplotlib.axes import Axes

from povexit.errors import SchemaError
from povexit.slides.model import Body, Chart, Grid, Lines, Picture, Series, Slide
from povexit.slides.preview import described
from povexit.style import ABSENT, STATUS, description, figure_of, pick, sheet

#: Dots per inch of a picture at the size it has on the slide.
DPI = 220
#: A blank between a Han character or its punctuation and a letter or digit, either way round.
_HAN = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”]"
_GAP = re.compile(rf"(?<={_HAN}) +(?=\S)|(?<=\S) +(?={_HAN})")


class Printed(Protocol):
    """A table of text, as `povexit.tables` makes them."""

    @property
    def frame(self) -> pd.DataFrame:
        """Text under printed headers."""

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers."""

    @property
    def totals(self) -> tuple[bool, ...]:
        """Which rows are totals."""


def cover(title: str, under: Iterable[str], notes: Iterable[str] = ()) -> Slide:
    """Return the slide that opens the deck, with lines under its title."""
    return Slide(_plain(title), Lines(_texts(under)), notes=_texts(notes), is_cover=True)


def lines(
    title: str, items: Iterable[str], *, remark: str = "", notes: Iterable[str] = ()
) -> Slide:
    """Return a slide of sentences."""
    return _slide(title, Lines(_texts(items)), remark, notes)


def table(title: str, printed: Printed, *, remark: str = "", notes: Iterable[str] = ()) -> Slide:
    """Return a slide of a table; rows that a deck has no room for go into its notes.

    Parameters
    ----------
    title
        The message.
    printed
        A table of `povexit.tables`, the rows to look at first on top.
    remark, notes
        Under the table; beside the slide.
    """
    frame = printed.frame
    if frame.empty:
        return lines(title, [_nothing()], remark=remark, notes=notes)
    body = Grid(
        tuple(map(_printable, frame.columns)),
        tuple(tuple(map(_printable, row)) for row in frame.itertuples(index=False, name=None)),
        tuple(printed.numeric),
        tuple(printed.totals),
    )
    return _slide(title, body, remark, notes)


def bars(
    title: str,
    data: pd.DataFrame,
    *,
    column: str,
    name: str,
    unit: str = "",
    remark: str = "",
    notes: Iterable[str] = (),
) -> Slide:
    """Return a slide of one bar a row.

    Parameters
    ----------
    title
        The message.
    data
        A row a bar, in order: ``name`` and the number; ``look`` where bars mean different things.
    column
        The number's column; what is missing has no bar.
    name
        What the numbers are, such as ``未达标户比例``.
    unit
        ``%`` for shares of 0 to 1, else the unit to print.
    remark, notes
        Under the chart; beside the slide.
    """
    _need(data, ["name", column])
    looks = tuple(data["look"]) if "look" in data else ("plain",)
    series = (Series(_plain(name), _numbers(data[column]), looks),)
    return _chart(title, Chart("bars", _names(data, [column]), series, unit), remark, notes)


def stacked(
    title: str,
    data: pd.DataFrame,
    *,
    parts: Mapping[str, tuple[str, str]],
    unit: str = "",
    remark: str = "",
    notes: Iterable[str] = (),
) -> Slide:
    """Return a slide of bars that are made of parts.

    Parameters
    ----------
    title
        The message.
    data
        A row a bar, in order: ``name`` and a column of numbers for each part.
    parts
        Column to what the part is called and what it means (a look), in the order to draw.
    unit
        ``%`` for shares of 0 to 1, else the unit to print.
    remark, notes
        Under the chart; beside the slide.
    """
    _need(data, ["name", *parts])
    series = tuple(
        Series(_plain(label), _numbers(data[column]), (look,))
        for column, (label, look) in parts.items()
    )
    return _chart(title, Chart("stacked", _names(data, [*parts]), series, unit), remark, notes)


def paths(
    title: str,
    data: pd.DataFrame,
    *,
    parts: Mapping[str, tuple[str, str]],
    unit: str = "",
    remark: str = "",
    notes: Iterable[str] = (),
) -> Slide:
    """Return a slide of lines over months, the first of them what is told of.

    A line of which nothing is known is left out; without the first there is no chart.

    Parameters
    ----------
    title
        The message.
    data
        A row a month, in order: ``name`` of the month and a column of numbers for each line.
    parts, unit, remark, notes
        As for `stacked`.
    """
    _need(data, ["name", *parts])
    every = [
        Series(_plain(label), _numbers(data[c]), (look,)) for c, (label, look) in parts.items()
    ]
    known = tuple(s for s in every if any(v is not None for v in s.values))
    if known[:1] != tuple(every[:1]):
        said = pick(
            None, "各月的数字都不齐，不画走势。", "No month's number is known: no path is drawn."
        )
        return lines(title, [said], remark=remark, notes=notes)
    return _chart(title, Chart("paths", _names(data, []), known, unit), remark, notes)


def canvas() -> Axes:
    """Return axes as large as a slide's body, for a map."""
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=sheet("slide_body"))[1]


def picture(title: str, drawn: Axes, *, remark: str = "", notes: Iterable[str] = ()) -> Slide:
    """Return a slide of a map or another drawing, and close it; it says what its figure shows.

    Parameters
    ----------
    title
        The message.
    drawn
        Axes of a figure that a chart or map described, such as those of `canvas`.
    remark, notes
        Under the picture; beside the slide.
    """
    import matplotlib.pyplot as plt

    figure = figure_of(drawn)
    told = description(figure) or {"alt": title}
    out = io.BytesIO()
    # the maker's name and version would change the bytes with every release
    figure.savefig(out, format="png", dpi=DPI, metadata={"Software": None})
    plt.close(figure)
    body = Picture(base64.b64encode(out.getvalue()).decode("ascii"))
    return Slide(_plain(title), body, _plain(remark), _texts(notes), _plain(told["alt"]))


def _chart(title: str, chart: Chart, remark: str, notes: Iterable[str]) -> Slide:
    if chart.is_empty:
        return lines(title, [_nothing()], remark=remark, notes=notes)
    is_said = chart.unit not in ("", "%")
    unit = pick(None, f"单位：{chart.unit}。", f"Unit: {chart.unit}. ") if is_said else ""
    return _slide(title, chart, f"{unit}{remark}", notes)


def _slide(title: str, body: Body, remark: str, notes: Iterable[str]) -> Slide:
    return Slide(_plain(title), body, _plain(remark), _texts(notes), described(body))


def _nothing() -> str:
    return pick(
        None,
        "没有可以显示的数字：全部未知，或样本太少。",
        "No number to show: all are unknown, or rest on too few.",
    )


def _texts(texts: Iterable[Any]) -> tuple[str, ...]:
    """Return the lines that are not empty as plain text."""
    lines_ = (line.removeprefix("- ") for text in texts for line in str(text).splitlines())
    return tuple(plain for line in lines_ if (plain := _plain(line)))


def _plain(text: Any) -> str:
    """Return text without the marks of Markdown.

    The gap between Han and Latin letters is left to the program that shows them: a blank on
    top of it makes a hole.

    Examples
    --------
    >>> _plain("共 **5,202** 户，2016-06")
    '共5,202户，2016-06'
    """
    return _GAP.sub("", _printable(text).replace("*", "")).strip()


def _printable(text: Any) -> str:
    """Return text without the signs that no file of Office can hold."""
    return "".join(c for c in str(text) if c >= " ")


def _names(data: pd.DataFrame, columns: Sequence[str]) -> tuple[str, ...]:
    """Return the names of bars or months; one that is empty keeps its place.

    A bar without a number says why beside its name: ``status`` tells suppressed from unknown.
    """
    return tuple(_named(row, columns) for row in data.to_dict("records"))


def _named(row: Mapping[Any, Any], columns: Sequence[str]) -> str:
    name = _plain(row["name"]) or ABSENT
    if not columns or any(pd.notna(row[column]) for column in columns):
        return name
    why = STATUS["suppressed" if row.get("status") == "suppressed" else "unknown"].label()
    return pick(None, f"{name}（{why}）", f"{name} ({why})")


def _numbers(column: pd.Series) -> tuple[float | None, ...]:
    return tuple(None if pd.isna(value) else float(value) for value in column)


def _need(data: pd.DataFrame, columns: Sequence[str]) -> None:
    if missing := [column for column in columns if column not in data]:
        raise SchemaError(
            "a column to show on a slide is missing", expected=missing, found=list(data)
        )
