"""Which rule counts on which day: standards and dated values, read from data.

A standard (``household_exit``, 八有一超) has one TOML file an edition, beside
this module; an edition is in force from its date until the next one's. Yearly
values, such as the poverty line, and words such as school age stand in
``povexit/reference``. No data are compared here: `povexit.decide` does that.
"""

from __future__ import annotations

import calendar
import datetime as dt
from functools import cache
from importlib.resources import files
from itertools import pairwise

from povexit.errors import StandardError, UnknownNameError
from povexit.schema import nearest
from povexit.standards.hypothetical import changeable, hypothetical
from povexit.standards.model import Change, Criterion, Leaf, Standard, Value, Variant
from povexit.standards.read import parse
from povexit.standards.series import Dated, Definition, Series, definition, series

__all__ = [
    "Change",
    "Criterion",
    "Dated",
    "Definition",
    "Leaf",
    "Series",
    "Standard",
    "Value",
    "Variant",
    "changeable",
    "check_editions",
    "choose",
    "definition",
    "editions",
    "for_month",
    "hypothetical",
    "in_force",
    "load",
    "parse",
    "series",
]

NOT_IN_FORCE = {
    "zh": "该月适用的版本未找到，按最早找到的 {edition} 年版（{start} 起）判定。",
    "en": "The edition in force that month was not found;"
    " judged by the first one known, {edition} (from {start}).",
}

ON_REQUEST = {
    "zh": "应要求按 {edition} 年版判定；该月本应按 {usual} 年版判定。",
    "en": "Judged by edition {edition} on request; the edition of that month is {usual}.",
}


@cache
def _all() -> dict[str, tuple[Standard, ...]]:
    found: dict[str, list[Standard]] = {}
    for file in sorted(files(__name__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            standard = parse(file.read_text(encoding="utf-8"), file.name)
            found.setdefault(standard.id, []).append(standard)
    return {id: check_editions(each) for id, each in found.items()}


def check_editions(standards: list[Standard]) -> tuple[Standard, ...]:
    """Return the editions of one standard in order of their dates.

    Raises
    ------
    StandardError
        If two editions have one name or begin on one day: then both would be in force.
    """
    ordered = sorted(standards, key=lambda s: s.start)
    for before, after in pairwise(ordered):
        if before.start == after.start:
            raise StandardError(
                "two editions in force on one day", where=before.id, found=before.start
            )
    if len({s.edition for s in ordered}) < len(ordered):
        raise StandardError(
            "an edition twice", where=ordered[0].id, found=[s.edition for s in ordered]
        )
    return tuple(ordered)


def editions(id: str) -> tuple[Standard, ...]:
    """Return all editions of a standard, the earliest first.

    Raises
    ------
    UnknownNameError
        If there is no such standard.

    Examples
    --------
    >>> [(s.edition, s.start.isoformat()) for s in editions("household_exit")]
    [('2016', '2016-08-04'), ('2017', '2017-05-16')]
    """
    if id not in _all():
        raise UnknownNameError(f"no standard {id!r}", found=id, hint=nearest(id, _all()))
    return _all()[id]


def load(id: str, edition: str) -> Standard:
    """Return one edition of a standard, whatever the date.

    Raises
    ------
    UnknownNameError
        If there is no such standard or edition.

    Examples
    --------
    >>> [c.id for c in load("household_exit", "2016").criteria][:2]
    ['income_source', 'housing']
    """
    known = {s.edition: s for s in editions(id)}
    if edition not in known:
        raise UnknownNameError(
            f"no edition {edition!r} of {id}", found=edition, hint=nearest(edition, known)
        )
    return known[edition]


def in_force(id: str, on: dt.date) -> Standard:
    """Return the edition in force on a day.

    Raises
    ------
    StandardError
        If the day lies before the first edition.

    Examples
    --------
    >>> in_force("household_exit", dt.date(2017, 5, 15)).edition
    '2016'
    """
    begun = [s for s in editions(id) if s.start <= on]
    if not begun:
        first = editions(id)[0]
        raise StandardError(
            "no edition was in force",
            where=id,
            expected=f"a day from {first.start}",
            found=on,
            hint=f"name the edition to judge by, such as {first.edition}",
        )
    return begun[-1]


def choose(
    id: str, month: str, edition: object = "", lang: str = "zh"
) -> tuple[Standard, str | None]:
    """Return the edition asked for, or that of the month, and a note unless it was in force.

    Parameters
    ----------
    id
        The standard.
    month
        Such as ``2016-06``.
    edition
        The edition to judge by; empty for the month's own (`for_month`). A number is taken
        as its name, since papermill's command line makes 2016 a number.
    lang
        Language of the note, ``zh`` or ``en``.

    Raises
    ------
    UnknownNameError
        If there is no such standard or edition.

    Examples
    --------
    >>> choose("household_exit", "2017-06", "2016", lang="en")[1]
    'Judged by edition 2016 on request; the edition of that month is 2017.'
    """
    usual, note = for_month(id, month, lang)
    named = str(edition)
    if named in ("", usual.edition):
        return usual, note
    told = ON_REQUEST[lang].format(edition=named, usual=usual.edition)
    return load(id, named), told


def for_month(id: str, month: str, lang: str = "zh") -> tuple[Standard, str | None]:
    """Return the edition by which a month is judged, and a note where none was in force.

    A month's delivery states the month's end, so the edition in force on its
    last day counts. A month before the first edition is judged by that one,
    and the note, which belongs on every page, says so.

    Parameters
    ----------
    id
        The standard.
    month
        Such as ``2016-06``.
    lang
        Language of the note, ``zh`` or ``en``.

    Examples
    --------
    >>> standard, note = for_month("household_exit", "2016-06", lang="en")
    >>> standard.edition, note[:35]
    ('2016', 'The edition in force that month was')
    >>> for_month("household_exit", "2017-06")[1] is None
    True
    """
    year, number = map(int, month.split("-"))
    last = dt.date(year, number, calendar.monthrange(year, number)[1])
    first = editions(id)[0]
    if last >= first.start:
        return in_force(id, last), None
    return first, NOT_IN_FORCE[lang].format(edition=first.edition, start=first.start)
