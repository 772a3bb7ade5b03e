"""What changed in the figures between two months, and which part data, rule and code have in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import polars as pl

from povexit import decide, geography, indicators, jointly, progress, standards, store, tables
from povexit.errors import StoreError, UnknownNameError
from povexit.explore.data import is_simulated
from povexit.progress import Decided, Stages
from povexit.schema import nearest
from povexit.style import SIMULATED, language

READS = ("cleaned_households", "cleaned_persons", "cleaned_villages")
UNITS = ("households", "villages", "counties")
DECISIONS = "decisions_households"
STANDARD = "household_exit"
CITY = "all"


@dataclass(frozen=True, eq=False)
class Difference:
    """Two months side by side.

    Attributes
    ----------
    months, editions
        Then and now.
    figures
        From `povexit.progress.shown_apart`: the city's rows (``all``) first if all counties were asked for, then each county's.
    absent
        Codes of counties that only one of the months has; they are in no number.
    lang
        Language of table and text.
    """

    months: tuple[str, str]
    editions: tuple[str, str]
    figures: pd.DataFrame
    absent: tuple[str, ...]
    lang: str = "zh"

    @property
    def is_simulated(self) -> bool:
        """Tell whether any of the numbers comes from simulated deliveries."""
        return any(is_simulated(month) for month in self.months)

    @property
    def data(self) -> pd.DataFrame:
        """The figures, each row with the months, the editions and whether they are simulated."""
        ends = zip(("then", "now"), self.months, self.editions, strict=True)
        said = {f"{of}_{end}": v for end, m, e in ends for of, v in (("month", m), ("edition", e))}
        return self.figures.assign(**said, is_simulated=self.is_simulated)

    def table(self, every: bool = True) -> tables.Table:
        """Return the figures as a printed table; not ``every``: of counties what changed alone."""
        rows = self.figures
        if not every:
            rows = rows[(rows["county_code"] == CITY) | (rows["difference"].fillna(0) != 0)]
        shown = tables.apart(rows, self._heads(), self.lang)
        return shown.noted(SIMULATED[self.lang]) if self.is_simulated else shown

    def _heads(self) -> list[str]:
        """Return what to call then and now: the month, with the edition where the other's differs."""
        if len({*self.editions}) == 1:
            return list(self.months)
        return [f"{m} ({e})" for m, e in zip(self.months, self.editions, strict=True)]

    def _repr_mimebundle_(self, **asked: object) -> dict[str, object]:
        shown = self.table(every=False)
        return {**shown._repr_mimebundle_(), "text/html": shown._repr_html_()}


def diff(
    first: str,
    second: str,
    *,
    county: str = "all",
    editions: tuple[str, str] = ("", ""),
    asked: str = "",
    lang: str | None = None,
) -> Difference:
    """Return what changed between two judged months, taken apart into code, data and rule.

    Parameters
    ----------
    first, second
        Months already judged, such as ``2016-05`` and ``2016-06``.
    county
        ``all``, a county, or several with commas between.
    editions
        The editions by which the months were judged; those of the months without them. Of a month
        that was run by another one it must be named, or the rule's part is taken for the code's.
    asked
        An edition to judge the second month by, instead of as it was: two editions of one month.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.

    Raises
    ------
    UnknownNameError
        If a month was not judged (the nearest are named) or no county or edition has such a name.
    StoreError
        If the months have no county in common, or a table is missing to judge again from.

    Notes
    -----
    What is judged again is judged from the cleaned tables by today's code. By the earlier edition
    the later month is judged with the dated values of the earlier year too, such as the poverty line.
    """
    wanted = geography.select_counties(county)
    codes, absent = _counties((first, second), wanted)
    then, now = (
        standards.choose(STANDARD, month, edition)[0].edition
        for month, edition in zip((first, second), editions, strict=True)
    )
    later = standards.load(STANDARD, asked).edition if asked else now
    by_then, by_now = _judged(second, codes, [(then, first), (later, second)])
    (again,) = _judged(first, codes, [(then, first)])
    recorded = by_now if asked else _recorded(second, codes)
    stages = Stages(_recorded(first, codes), again, by_then, by_now, recorded)
    # of all counties, whichever are asked for: what is hidden must not depend on the question
    figures = progress.shown_apart(progress.apart(stages))
    city = figures[figures["county_code"].eq(CITY) & (county == CITY)]
    rows = [city, figures[figures["county_code"].isin(wanted)]]
    shown = pd.concat(rows, ignore_index=True)
    return Difference((first, second), (then, later), shown, absent, language(lang))


def _counties(
    months: Sequence[str], wanted: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the counties both months have, and those wanted of which only one is there."""
    there = [set(_saved(month)) for month in months]
    both = set.intersection(*there)
    if not both & {*wanted}:
        raise StoreError(
            "no county asked for was judged for both months",
            where=" and ".join(months),
            found=", ".join(
                f"{m}: {len(t & {*wanted})}" for m, t in zip(months, there, strict=True)
            ),
            expected="the same county in both",
            hint=" and ".join(f"povexit run --month {month}" for month in months),
        )
    return tuple(sorted(both)), tuple(sorted((set.union(*there) - both) & {*wanted}))


def _saved(month: str) -> list[str]:
    """Return the counties judged for a month."""
    store.check_month(month)
    if found := store.saved_counties(DECISIONS, month):
        return found
    if store.raw_dir(month).is_dir():
        run = f"run: povexit run --month {month}"
        raise StoreError("the month was delivered but not judged", where=month, hint=run)
    known = store.saved_months(DECISIONS)
    hint = nearest(month, known) if known else "run: povexit run --month ..."
    raise UnknownNameError("no such month was judged", found=month, hint=hint)


def _recorded(month: str, codes: Sequence[str]) -> Decided:
    return Decided(*(store.scan(f"decisions_{unit}", month, list(codes)) for unit in UNITS))


def _judged(month: str, codes: Sequence[str], rules: Sequence[tuple[str, str]]) -> list[Decided]:
    """Return a month judged again, by each edition with the dated values of a month's year."""
    parts = [_group(month, group, rules) for group in jointly.groups(month, list(codes), READS)]
    return [Decided(*map(pl.concat, zip(*own, strict=True))) for own in zip(*parts, strict=True)]


def _group(
    month: str, codes: Sequence[str], rules: Sequence[tuple[str, str]]
) -> list[tuple[pl.DataFrame, ...]]:
    homes, people, ledger = (store.scan(name, month, codes).collect() for name in READS)
    known = indicators.household(homes, people)
    found: dict[tuple[str, str], tuple[pl.DataFrame, ...]] = {}
    for edition, year in dict.fromkeys((edition, at[:4]) for edition, at in rules):
        household, village, county = (
            standards.load(f"{unit}_exit", edition) for unit in ("household", "village", "county")
        )
        decided = decide.household(known, household, int(year))
        villages = indicators.village(ledger, known, decided)
        of_villages = decide.village(villages, village, int(year))
        of_counties = decide.county(indicators.county(villages), county, int(year))
        found[edition, year] = (decided, of_villages, of_counties)
    return [found[edition, at[:4]] for edition, at in rules]
