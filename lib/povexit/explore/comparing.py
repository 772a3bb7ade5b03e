"""Counties, groups or months side by side, with intervals by the way the sample was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from matplotlib.axes import Axes

from povexit import charts, estimate, evaluation, geography, schema, store, tables
from povexit.errors import UnknownNameError
from povexit.explore.county_view import notes
from povexit.explore.data import Place, latest
from povexit.privacy import SMALLEST_SHOWN
from povexit.style import figure_of, foot, known, language, pick

SURVEY = "decisions_survey_households"
#: What can be put side by side, and its name.
BY = {
    "county_code": ("县", "county"),
    "stratum": ("村层", "stratum"),
    "household_group": ("户类型", "household group"),
    "month": ("月份", "month"),
}
CODES = {"stratum": "survey_stratum", "household_group": "survey_group"}
COUNTS = ("persons", "households")
ROUNDING = 1e-12
HIDDEN = ["estimate", "se", "low", "high"]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Estimates side by side, and their differences from one of them.

    Attributes
    ----------
    what, by, against
        The rate, what is put side by side, and the one the others are held against.
    estimates
        One row a county, group or month: ``name``, ``estimate``, ``se``, ``low``, ``high``
        (share of 0 to 1, 95 %), ``n``, ``unknown``, ``clusters`` (villages) and ``status``; what
        rests on fewer than ten households is suppressed.
    differences
        Each less ``against``: ``name``, ``estimate``, ``se``, ``low``, ``high`` (all intervals
        together hold with 95 %) and ``differs``: whether the interval leaves zero out.
    call
        The line of Python that gives this.
    """

    what: str
    by: str
    against: str
    title: str
    estimates: pd.DataFrame
    differences: pd.DataFrame
    months: tuple[str, ...]
    call: str
    lang: str

    def table(self) -> tables.Table:
        """Return the estimates with their intervals as a printed table."""
        return tables.compared(self.estimates, self.title, pick(self.lang, *BY[self.by]), self.lang)

    def table_of_differences(self) -> tables.Table:
        """Return the differences with their intervals as a printed table."""
        against = str(self.estimates.set_index(self.by).at[self.against, "name"])
        return tables.differences(
            self.differences, against, pick(self.lang, *BY[self.by]), self.lang
        )

    def axes(self, ax: Axes | None = None) -> Axes:
        """Draw the estimates in order, each with its interval; return the axes."""
        ax = charts.county_ranking(self.estimates, self.lang, title=self.title, ax=ax)
        foot(notes(self.months[-1], self.lang), figure_of(ax), bold=True)
        return ax

    @cached_property
    def sure(self) -> pd.DataFrame:
        """The differences whose interval leaves zero out."""
        return self.differences[self.differences["differs"].fillna(False)]

    def _repr_mimebundle_(self, **asked: object) -> dict[str, object]:
        return {"text/html": self.table()._repr_html_(), "text/plain": self.call}


def compare(
    what: str = "wrong_exit_rate",
    by: str = "county_code",
    *,
    months: str | Sequence[str] | None = None,
    county: Place = None,
    count: str = "persons",
    against: str | None = None,
    lang: str | None = None,
) -> Comparison:
    """Put counties, groups or months of the survey side by side, the design kept.

    Parameters
    ----------
    what
        A measure (``wrong_exit_rate``, ``omission_rate``, ``recognition_rate``) with the unit and
        group it is stated for, or an answer (``housing``, ``meets_standard``): the share of yes.
    by
        ``county_code``, ``stratum``, ``household_group`` or ``month``.
    months
        One or several; the latest without it, and all there are for ``by="month"``.
    county
        One or several, by any name or code; all without it.
    count
        Whether the share of an answer counts ``persons`` or ``households``.
    against
        Which of them the others are held against: a county, a code or a month; the first of
        which the sample shows both kinds without it.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.

    Raises
    ------
    UnknownNameError
        If there is no such measure, answer, grouping or member.
    StoreError
        If a month has no survey.

    Notes
    -----
    Villages are the clusters and county by stratum the strata, as in the reports. A village
    surveyed in both months keeps its name, so that what two months have in common is
    counted in their difference. Differences have Wald intervals, together at 95 % (Šidák);
    none where one of the two shows no failing household or no other, for a sample's spread of
    zero says nothing of the population's.
    """
    lang, chosen = language(lang), _months(by, months)
    codes = None if county is None else _codes(county)
    known(by, BY, "grouping"), known(count, COUNTS, "count")
    asked = pd.concat([store.load(SURVEY, m, codes) for m in chosen], ignore_index=True)
    members = sorted(asked[by].dropna().unique())
    ratio, title, drawn = _ratio(asked, what, count, lang)
    found = _estimates(drawn, ratio, by, members, lang)
    sound = found.loc[_spreads(found), by].tolist()
    first = [*sound, *members][0] if against is None else _member(against, by, members)
    given = {"months": list(chosen), "county": county, "count": count, "against": first}
    parts = [repr(what), repr(by), *(f"{k}={v!r}" for k, v in given.items() if v is not None)]
    return Comparison(
        what=what,
        by=by,
        against=first,
        title=f"{title} · {pick(lang, '、', ', ').join(chosen)}",
        estimates=found,
        differences=_differences(drawn, ratio, by, first, found),
        months=chosen,
        call=f"px.compare({', '.join(parts)})",
        lang=lang,
    )


def _codes(county: Place) -> list[str]:
    each = [county] if isinstance(county, str | int) else list(county or ())
    return [geography.resolve_county(c) for c in each]


def _months(by: str, months: str | Sequence[str] | None) -> tuple[str, ...]:
    if months is None and by == "month":
        return tuple(store.saved_months(SURVEY)) or (latest(SURVEY, None),)
    each = [months] if months is None or isinstance(months, str) else months
    return tuple(sorted({latest(SURVEY, month) for month in each}))


def _member(against: str, by: str, members: Sequence[str]) -> str:
    name = geography.resolve_county(against) if by == "county_code" else against
    if name in members:
        return name
    raise UnknownNameError(
        "nothing of that name to hold the others against",
        expected=", ".join(members),
        found=against,
    )


def _ratio(
    asked: pd.DataFrame, what: str, count: str, lang: str
) -> tuple[estimate.Ratio, str, estimate.Design]:
    """Return what is estimated, in words, and the design that has its columns."""
    measures = {m.id: m for m in evaluation.measures()}
    if measure := measures.get(what):
        is_asked = asked["household_group"] == measure.group if measure.group else None
        drawn = evaluation.design(_with_members(asked, is_asked))
        words = (
            f"{measure.name}（{measure.denominator}）",
            f"{measure.name_en}, {measure.denominator_en}",
        )
        return estimate.Ratio(what, f"_{measure.unit}", "_asked"), pick(lang, *words), drawn
    answers = {n: c for n, c in schema.columns(SURVEY).items() if c.dtype == "bool"}
    if what not in answers:
        raise UnknownNameError(
            f"no measure or answer {what!r}",
            found=what,
            hint=schema.nearest(what, [*measures, *answers]),
        )
    number = asked[what].astype("boolean").astype("Float64")
    event = number * asked["household_size"] if count == "persons" else number
    drawn = evaluation.design(_with_members(asked.assign(_event=event), None))
    of = pick(lang, *{"persons": ("人口", "persons"), "households": ("户", "households")}[count])
    title = pick(
        lang, f"{answers[what].label_zh}的{of}比例", f"share of {of}: {answers[what].label_en}"
    )
    return estimate.Ratio("_event", f"_{count}", "_asked"), title, drawn


def _with_members(asked: pd.DataFrame, is_asked: pd.Series | None) -> pd.DataFrame:
    """Return interviews with a flag of whom the rate concerns, and one a member of each grouping."""
    flag = pd.Series(True, index=asked.index) if is_asked is None else is_asked.fillna(False)
    flags = {
        f"_{by}_{member}": flag & (asked[by] == member).fillna(False)
        for by in BY
        for member in asked[by].dropna().unique()
    }
    return asked.assign(_asked=flag, **flags)


def _estimates(
    drawn: estimate.Design, ratio: estimate.Ratio, by: str, members: list[str], lang: str
) -> pd.DataFrame:
    found = estimate.ratio(drawn, ratio.y, ratio.x, [by], ratio.where, interval="beta")
    # whom a measure does not concern has no row
    asked = found[found["n"].fillna(0) + found["unknown"].fillna(0) > 0].set_index(by)
    kept = asked.loc[[m for m in members if m in asked.index]].reset_index()
    names = [_name(by, str(member), lang) for member in kept[by]]
    few = (kept["n"].astype("Float64") < SMALLEST_SHOWN).fillna(True).astype(bool)
    status = few.map({True: "suppressed", False: "shown"})
    table = kept.assign(name=names, status=status)
    table[HIDDEN] = table[HIDDEN].astype("Float64").mask(few, axis=0)
    columns = [by, "name", *HIDDEN, "n", "unknown", "clusters", "status", "reason"]
    return table[columns]


def _differences(
    drawn: estimate.Design, ratio: estimate.Ratio, by: str, first: str, found: pd.DataFrame
) -> pd.DataFrame:
    """Return each member's rate less the first one's, all intervals together at 95 %."""
    shown = found[found["status"] == "shown"]
    others = [m for m in shown[by] if m != first] if first in set(shown[by]) else []
    wanted = estimate.Interval(
        "wald", evaluation.joint_level(len(others), estimate.Interval().level)
    )
    reference = estimate.Ratio(ratio.y, ratio.x, f"_{by}_{first}")
    parts = [
        estimate.difference(
            drawn, estimate.Ratio(ratio.y, ratio.x, f"_{by}_{member}"), reference, interval=wanted
        ).assign(**{by: member})
        for member in others
    ]
    columns = [by, "name", "estimate", "se", "low", "high", "differs"]
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat(parts, ignore_index=True).merge(found[[by, "name"]], on=by, validate="1:1")
    spread = dict(zip(found[by], _spreads(found), strict=True))
    is_sound = table[by].map(spread) & bool(spread[first])
    table[["se", "low", "high"]] = (
        table[["se", "low", "high"]].astype("Float64").where(is_sound, axis=0)
    )
    differs = ((table["low"] > 0) | (table["high"] < 0)).astype("boolean")
    return table.assign(differs=differs.where(table["low"].notna()))[columns]


def _spreads(found: pd.DataFrame) -> pd.Series:
    """Tell whether the sample shows both kinds; a sum of weights leaves a rest of rounding."""
    share = found["estimate"].fillna(0)
    return ((share > ROUNDING) & (share < 1 - ROUNDING)).astype(bool)


def _name(by: str, member: str, lang: str) -> str:
    if by == "county_code":
        return geography.county_name(member, lang)
    return schema.value_label(CODES[by], member, lang) if by in CODES else member
