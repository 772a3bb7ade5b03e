"""Reason codes in words: those of poverty measures, and of any estimate."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from povexit import estimate


def reason_label(code: str, lang: str = "zh") -> str:
    """Return the sentence that says why a number is missing or not what it seems.

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
    >>> reason_label("mean_not_positive", "en")[:43]
    'The mean income (or that of the poorest fif'
    """
    own = _labels().get(code, {})
    return own[lang] if lang in own else estimate.reason_label(code, lang)


@cache
def _labels() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("reasons.toml").read_text("utf-8"))
