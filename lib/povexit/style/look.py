"""Colours, hatches, sheets and text sizes, read from ``styles/look.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb

from povexit.errors import UnknownNameError

LANGUAGES = ("zh", "en")
STYLES = Path(str(files("povexit"))) / "styles"

_current = {"lang": "zh", "context": "report"}


@dataclass(frozen=True)
class Status:
    """How one outcome or kind is drawn: fill, hatch, colour of text upon it, and its name."""

    color: str
    hatch: str
    text: str
    zh: str
    en: str

    def label(self, lang: str | None = None) -> str:
        """Return the name to print."""
        return self.zh if language(lang) == "zh" else self.en

    def patch(self) -> dict[str, Any]:
        """Return keyword arguments for a bar, polygon or legend patch."""
        return {
            "facecolor": self.color,
            "hatch": self.hatch or None,
            "edgecolor": COLORS["line"] if self.hatch else "white",
            "linewidth": 0.5,
        }


@cache
def look() -> Mapping[str, Any]:
    """Return the look's data as it stands in the file."""
    return tomllib.loads((STYLES / "look.toml").read_text(encoding="utf-8"))


COLORS: Mapping[str, str] = look()["color"]
STATUS: Mapping[str, Status] = {k: Status(**v) for k, v in look()["status"].items()}
KIND: Mapping[str, Status] = {k: Status(**v) for k, v in look()["kind"].items()}


def language(lang: str | None = None) -> str:
    """Return ``lang`` if given, else the language of the last `use`.

    Raises
    ------
    UnknownNameError
        If there is no such language.
    """
    return known(lang or _current["lang"], LANGUAGES, "language")


def pick(lang: str | None, zh: str, en: str) -> str:
    """Return the text in ``lang``, or in the language of the last `use`.

    Examples
    --------
    >>> pick("en", "户数", "households")
    'households'
    """
    return zh if language(lang) == "zh" else en


def known(name: str, names: Any, what: str) -> str:
    """Return a name if there is such a thing, else raise `UnknownNameError`."""
    if name in names:
        return name
    raise UnknownNameError(f"no such {what}", expected=", ".join(names), found=repr(name))


def set_language(lang: str) -> None:
    """Set the language that `language` falls back to."""
    _current["lang"] = language(lang)


def set_context(context: str) -> Mapping[str, float]:
    """Set the context that `stage` and `scale` speak of; return its sizes.

    Raises
    ------
    UnknownNameError
        If there is no such context.
    """
    _current["context"] = known(context, look()["context"], "context")
    return contexts()[context]


def current() -> tuple[str, str]:
    """Return the language and the context of the last `povexit.style.use`."""
    return _current["lang"], _current["context"]


def contexts() -> Mapping[str, Mapping[str, float]]:
    """Return the sizes of every context: text, width, height, line."""
    found: Mapping[str, Mapping[str, float]] = look()["context"]
    return found


def projection() -> Mapping[str, float]:
    """Return the pixels of a projected screen, ``width`` and ``height``, and of its least ``text``."""
    found: Mapping[str, float] = look()["projection"]
    return found


def stage() -> tuple[float, float]:
    """Return the size in inches that a figure of the current context fills at most."""
    size = contexts()[_current["context"]]
    return size["width"], size["height"]


def scale() -> float:
    """Return how much larger than in a report text is: figures grow with it."""
    return contexts()[_current["context"]]["text"] / contexts()["report"]["text"]


def sheet(name: str) -> tuple[float, float]:
    """Return the size in inches of a named sheet: column, full, map, page, slide or slide_body.

    Examples
    --------
    >>> sheet("full")
    (6.7, 4.2)
    """
    width, height = look()["sheet"][known(name, look()["sheet"], "sheet")]
    return width, height


def sequential(k: int, start: float = 0.0) -> list[str]:
    """Return ``k`` colours from light to dark, for classes from low to high.

    Parameters
    ----------
    k
        How many.
    start
        Where on the ramp of 0 to 1 the lightest one lies; small marks need a darker one.

    Examples
    --------
    >>> sequential(2)
    ['#b5ceda', '#447e9e']
    """
    ramp = LinearSegmentedColormap.from_list("povexit", look()["sequential"]["colors"])
    # few classes keep clear of both ends, so that names stay legible
    ends = (max(start, 0.25), 0.75) if k <= 2 else (start, 1.0)
    steps = [ends[0] + (ends[1] - ends[0]) * i / max(k - 1, 1) for i in range(k)]
    return [to_hex(ramp(step)) for step in steps]


def ink_on(color: str) -> str:
    """Return the colour of text that is legible on a fill.

    Examples
    --------
    >>> ink_on("#18496A"), ink_on("#E6EEF2")
    ('#FFFFFF', '#222222')
    """
    red, green, blue = to_rgb(color)
    return "#FFFFFF" if 0.299 * red + 0.587 * green + 0.114 * blue < 0.5 else COLORS["ink"]
