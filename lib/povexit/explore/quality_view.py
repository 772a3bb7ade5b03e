"""How far to trust a month's answers: heaping digits, unusual interviewers, rules that fire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from povexit import privacy, quality, schema, store
from povexit.errors import UnknownNameError
from povexit.explore.data import Place, latest, load
from povexit.style import language, pick

SURVEY, PERSONS, RULES = "cleaned_survey_households", "cleaned_persons", "quality_register"
#: What can be unusual of an interviewer: the answer or the way of asking, and its name.
EVENTS = {
    "short": ("访谈时间最短的一成", "interview among the shortest tenth"),
    "round_income": ("总收入为整千元", "income in whole thousands"),
    "no_answer": ("满意度没有回答", "no answer on satisfaction"),
    "recognising": ("认可脱贫工作", "recognises the poverty work"),
}
SHORTEST, ROUND = 0.1, 1000


def heaping(
    column: str,
    table: str = SURVEY,
    *,
    month: str | None = None,
    county: Place = None,
    by: str | None = None,
    place: int = 1,
) -> pd.DataFrame:
    """Return how often each last digit comes in a column of whole numbers.

    Parameters
    ----------
    column, table
        Such as ``wage_income_yuan`` of ``cleaned_households``.
    month, county
        As for `load`.
    by
        A column to count apart by, such as ``county_code`` or ``interviewer_id``.
    place
        Which digit: 1 the last, 2 the one before.

    Returns
    -------
    pandas.DataFrame
        As `povexit.quality.digits`, with ``status``: a group of fewer than ten numbers is
        suppressed.

    Raises
    ------
    UnknownNameError
        If the table has no such column.
    """
    names = list(dict.fromkeys([column, *([by] if by else [])]))
    found = quality.digits(load(table, month, county, names), column, [by] if by else [], place)
    few = found["whole"] < privacy.SMALLEST_SHOWN
    hidden = found[["n", "share", "dissimilarity"]].astype("Float64").mask(few, axis=0)
    return found.assign(**hidden, status=few.map({True: "suppressed", False: "shown"}))


def age_heaping(month: str | None = None, by: str = "county_code") -> pd.DataFrame:
    """Return Whipple's and Myers' index of the ages in the register.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``persons``, ``whipple`` (100 where ages do not heap, 500 where all end in 0 or
        5) and ``myers`` (0 to 90); fewer than ten persons are suppressed.
    """
    persons = load(PERSONS, month, columns=[by, "age_years"]).dropna()
    groups = persons.groupby(by)["age_years"]
    found = groups.agg(persons="size", whipple=quality.whipple, myers=quality.myers).reset_index()
    return privacy.suppress_small(found, "persons", ["whipple", "myers"])


def interviewers(
    event: str = "short", *, month: str | None = None, county: Place = None
) -> pd.DataFrame:
    """Return which interviewers are unusual in something, within limits of chance.

    Parameters
    ----------
    event
        ``short``, ``round_income``, ``no_answer`` or ``recognising``; or a yes/no column
        of the survey.
    month, county
        As for `load`.

    Returns
    -------
    pandas.DataFrame
        As `povexit.quality.interviewers`: for `povexit.charts.funnel`. Interviewers of fewer than
        ten interviews are left out.

    Raises
    ------
    UnknownNameError
        If there is no such event.
    """
    asked = load(SURVEY, month, county)
    found = quality.interviewers(asked, _events(asked, event))
    return found[found["n"] >= privacy.SMALLEST_SHOWN].reset_index(drop=True)


def _events(asked: pd.DataFrame, event: str) -> pd.Series:
    yes_no = [n for n, c in schema.columns(SURVEY).items() if c.dtype == "bool"]
    if event in yes_no:
        return asked[event]
    if event not in EVENTS:
        names = [*EVENTS, *yes_no]
        raise UnknownNameError(
            f"no event {event!r}", found=event, hint=schema.nearest(event, names)
        )
    minutes = (asked["ended_at"] - asked["started_at"]).dt.total_seconds() / 60
    income = asked["gross_income_yuan"]
    events: Mapping[str, pd.Series] = {
        "short": (minutes <= minutes.quantile(SHORTEST)).where(minutes.notna()),
        "round_income": (income % ROUND == 0).where(income.notna() & (income > 0)),
        "no_answer": asked["satisfaction_helper"].isna(),
        "recognising": asked["is_recognising"],
    }
    return events[event].astype("boolean")


def event_label(event: str, lang: str | None = None) -> str:
    """Return what an event of `interviewers` is, in words."""
    if event in EVENTS:
        return pick(lang, *EVENTS[event])
    return schema.columns(SURVEY)[event].label(language(lang))


def rules_that_fire(
    month: str | None = None, most: int = 20, lang: str | None = None
) -> pd.DataFrame:
    """Return the register's rules broken most often, with the share in every county.

    Returns
    -------
    pandas.DataFrame
        ``county_code``, ``rule_id``, ``name``, ``checked``, ``flagged``, ``share`` (0 to 1) and
        ``status``: for `povexit.charts.quality_heat`.
    """
    month = latest(RULES, month)
    found = store.load(RULES, month)
    worst = quality.most_flagged(found, language(lang), most)["rule_id"].tolist()
    kept = found[found["rule_id"].isin(worst)]
    shown = privacy.suppress_small(kept.drop(columns="status"), "checked", ["share", "flagged"])
    named = shown.assign(name=[quality.rule_label(r, language(lang)) for r in shown["rule_id"]])
    return _in_order(named, worst)


def _in_order(table: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    rank = table["rule_id"].map({rule: place for place, rule in enumerate(order)})
    return table.loc[rank.sort_values(kind="stable").index].reset_index(drop=True)
