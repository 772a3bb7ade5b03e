"""What changed in the figures between two months, with what the runs recorded of how they were made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from povexit import store
from povexit.batch import keys, parts, records
from povexit.batch.options import CLEAN, JUDGE, LANGUAGES, STANDARD, Step, check_choice
from povexit.batch.records import Record
from povexit.batch.tables import record_name
from povexit.errors import StoreError, UnknownNameError

if TYPE_CHECKING:
    from povexit.explore import Difference


@dataclass(frozen=True)
class Compared:
    """Two months side by side, and what to know of how each was made."""

    difference: Difference
    remarks: tuple[str, ...]


def diff(
    first: str,
    second: str,
    *,
    counties: Sequence[str] | None = None,
    edition: str | None = None,
    lang: str = "zh",
) -> Compared:
    """Return what changed between two months already judged, and why.

    Parameters
    ----------
    first, second
        Months such as ``2016-05`` and ``2016-06``.
    counties
        Names or codes; all, and the city, without it.
    edition
        Judge the second month by this edition of 八有一超, not by the one it was judged by;
        with it, both months may be the same.
    lang
        ``zh`` or ``en``.

    Raises
    ------
    UnknownNameError
        If a month, county, edition or language is not known; the nearest are named. If both
        months are one and no edition is named.
    StoreError
        If a month was not judged, by one edition for all counties, or has no table to judge from.
    """
    check_choice("language", lang, LANGUAGES)
    if edition:
        _check_edition(edition)
    if first == second and not edition:
        raise UnknownNameError(
            "a month has no difference from itself",
            found=first,
            hint="name another month, or an edition to judge it by: --edition 2017",
        )
    months = (store.check_month(first), store.check_month(second))
    from povexit import explore

    judged = [_records(JUDGE, month) for month in months]
    editions = [_edition(month, found) for month, found in zip(months, judged, strict=True)]
    found = explore.diff(
        first,
        second,
        county=",".join(counties or ["all"]),
        editions=(editions[0], editions[1]),
        asked=edition or "",
        lang=lang,
    )
    return Compared(found, tuple(_remarks(months, judged, found, lang)))


def _check_edition(edition: str) -> None:
    from povexit import standards

    check_choice("edition", edition, [s.edition for s in standards.editions(STANDARD)])


def _records(step: Step, month: str) -> list[Record]:
    """Return what a step recorded of a month's counties, those that failed left out."""
    found = (records.load(record_name(step, county), month) for county in keys.county_names())
    return [record for record in found if record is not None and record.ok]


def _edition(month: str, judged: Sequence[Record]) -> str:
    """Return the edition a month was judged by; empty if nobody recorded it: then the month's own."""
    editions = {record.parameters.get("edition", "") for record in judged}
    if len(editions) > 1:
        raise StoreError(
            "the counties were not judged by one edition",
            where=month,
            found=", ".join(sorted(editions)),
            hint=f"run all of them by one: povexit run --month {month}",
        )
    return min(editions, default="")


def _remarks(
    months: tuple[str, str], judged: Sequence[Sequence[Record]], found: Difference, lang: str
) -> Iterator[str]:
    """Yield by what was judged, what was made otherwise than today, and who is left out."""
    then, now = found.editions
    yield f"edition: {then}" if then == now else f"edition: {then} -> {now}"
    for month in (month for month, own in zip(months, judged, strict=True) if not own):
        yield f"edition: no run recorded how {month} was judged; the month's own is taken"
    today = parts.parts(JUDGE.path)
    for month, own in zip(months, judged, strict=True):
        reasons = {reason for record in own for reason in parts.changes(record.parts, today)}
        if reasons:
            yield f"code, since {month} was judged: {'; '.join(sorted(reasons))}"
    if otherwise := _cleaned_otherwise(months):
        yield (
            f"data: what cleaned {months[0]} is not what cleaned {months[1]}, and its part cannot be"
            f" told from the data's: {'; '.join(otherwise)}"
        )
    if found.absent:
        names = [keys.county_names()[code][lang] for code in found.absent]
        yield f"not compared, as only one of the months has them: {', '.join(names)}"


def _cleaned_otherwise(months: tuple[str, str]) -> list[str]:
    """Return how what cleaned the later month differs from what cleaned the earlier one."""
    then, now = ({r.name: r for r in _records(CLEAN, month)} for month in months)
    both = sorted({*then} & {*now})
    # a notebook or rule is named once, whatever the number of counties
    said = [reason for n in both for reason in parts.changes(then[n].parts, now[n].parts)]
    return sorted(set(said))
