"""Reason codes in words, in Chinese and English."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from povexit.errors import UnknownNameError


def reason_label(code: str, lang: str = "zh") -> str:
    """Return the sentence that says why a number is missing or what stands in its place.

    Parameters
    ----------
    code
        From a table's column ``reason``; the empty text, nothing to say, stays empty.
    lang
        ``zh`` or ``en``.

    Raises
    ------
    UnknownNameError
        If there is no such code or language.

    Examples
    --------
    >>> reason_label("no_rows", "en")
    'No row of the sample belongs here; nothing can be estimated.'
    """
    if code == "":
        return ""
    try:
        return _labels()[code][lang]
    except KeyError as error:
        raise UnknownNameError(
            "no such reason or language",
            where=f"{code}, {lang}",
            expected=f"{', '.join(reason_codes())}; zh or en",
        ) from error


def reason_codes() -> tuple[str, ...]:
    """Return all reason codes."""
    return tuple(_labels())


@cache
def _labels() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("reasons.toml").read_text("utf-8"))
