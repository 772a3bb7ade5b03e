"""Remarks on verdicts in words, in Chinese and English."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from povexit import estimate
from povexit.errors import UnknownNameError


def reason_sentence(code: str, lang: str = "zh") -> str:
    """Return the sentence of a reason of `povexit.estimate`, as it holds for rates here."""
    return sentence(code, lang) if code in _sentences() else estimate.reason_label(code, lang)


def sentence(code: str, lang: str = "zh") -> str:
    """Return the sentence of a remark.

    Raises
    ------
    UnknownNameError
        If there is no such remark or language.

    Examples
    --------
    >>> sentence("one_sided", "en")[:31]
    'The interval leaves room at bot'
    """
    try:
        return _sentences()[code][lang]
    except KeyError as error:
        raise UnknownNameError(
            "no such remark or language",
            where=f"{code}, {lang}",
            expected=f"{', '.join(_sentences())}; zh or en",
        ) from error


@cache
def _sentences() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8"))
