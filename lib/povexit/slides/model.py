"""What a slide is, and how it travels in a notebook: frozen, checked, nothing but data."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from povexit.errors import SchemaError

MIME = "application/vnd.povexit.slide+json"
CHARTS = ("bars", "stacked", "paths")


@dataclass(frozen=True)
class Series:
    """One set of marks: a value a category, missing where there is none to show.

    ``looks`` says what the marks mean (``pass``, ``fail``, ``unknown``, ``reached``, …): one for
    all of them, or one each.
    """

    name: str
    values: tuple[float | None, ...]
    looks: tuple[str, ...] = ("plain",)


@dataclass(frozen=True)
class Chart:
    """Numbers to draw; ``unit`` is ``%`` for shares of 0 to 1, else a word or nothing."""

    kind: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to draw."""
        return not any(v is not None for series in self.series for v in series.values)


@dataclass(frozen=True)
class Grid:
    """Printed text under headers; ``numeric`` flags columns, ``totals`` flags rows."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    totals: tuple[bool, ...]


@dataclass(frozen=True)
class Picture:
    """A drawing that no chart of an office can be, such as a map: PNG, in base 64."""

    png: str

    @property
    def data(self) -> bytes:
        """Return the PNG's bytes."""
        return base64.b64decode(self.png)


@dataclass(frozen=True)
class Lines:
    """Sentences, one under the other."""

    items: tuple[str, ...]


Body = Chart | Grid | Picture | Lines
_BODIES: dict[str, type[Body]] = {"chart": Chart, "grid": Grid, "picture": Picture, "lines": Lines}


@dataclass(frozen=True)
class Slide:
    """One message and what shows it.

    Attributes
    ----------
    title
        The message, a sentence.
    body
        What shows it.
    remark
        What must stand beside the numbers: denominator, what is hidden.
    notes
        What the speaker can say: numbers, denominators, sources.
    alt
        What the body shows, for those who cannot see it.
    is_cover
        Whether it opens the deck: its lines stand under the title.
    """

    title: str
    body: Body
    remark: str = ""
    notes: tuple[str, ...] = ()
    alt: str = ""
    is_cover: bool = False

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        from povexit.slides.preview import html

        return {"text/plain": self.title, "text/html": html(self), MIME: self.to_json()}

    def to_json(self) -> dict[str, Any]:
        """Return the slide as JSON holds it; `parse` is the way back."""
        form = next(name for name, body in _BODIES.items() if isinstance(self.body, body))
        return asdict(self) | {"body": {"form": form, **asdict(self.body)}}


def parse(data: Mapping[str, Any]) -> Slide:
    """Return the slide that a notebook carries.

    Raises
    ------
    SchemaError
        If it is not one.

    Examples
    --------
    >>> slide = Slide("Two of three counties are late", Lines(("A", "B")))
    >>> parse(slide.to_json()) == slide
    True
    """
    try:
        told = dict(data["body"])
        body = _BODIES[told.pop("form")](**_frozen(told))
        slide = Slide(**_frozen({**data, "body": None}) | {"body": body})
        _check(slide)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise SchemaError(
            "a slide in the notebook cannot be read",
            where=str(data.get("title", ""))[:60],
            found=f"{type(error).__name__}: {error}",
            hint="run the notebook again with this version",
        ) from error
    return slide


def _frozen(data: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the lists of JSON into tuples, and series into what they are."""
    out = {name: _tuple(value) for name, value in data.items()}
    if "series" in out:
        out["series"] = tuple(Series(**_frozen(part)) for part in out["series"])
    return out


def _tuple(value: Any) -> Any:
    return tuple(_tuple(part) for part in value) if isinstance(value, list | tuple) else value


def _check(slide: Slide) -> None:
    body = slide.body
    if isinstance(body, Picture) and not body.data.startswith(b"\x89PNG"):
        raise ValueError("a picture is not a PNG")
    if isinstance(body, Grid) and any(len(row) != len(body.headers) for row in body.rows):
        raise ValueError("a row of a table has not as many cells as there are headers")
    if not isinstance(body, Chart):
        return
    if body.kind not in CHARTS:
        raise ValueError(f"no such kind of chart: {body.kind}")
    if any(len(series.values) != len(body.categories) for series in body.series):
        raise ValueError("a series has not as many values as there are categories")
