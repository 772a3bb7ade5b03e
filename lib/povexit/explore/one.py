"""One household, by its keyed hash, or one village: why, how near, what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from povexit import decide, geography, narrative, standards, store, tables
from povexit.errors import UnknownNameError
from povexit.explore.alike import alike
from povexit.explore.data import latest
from povexit.explore.ground import ground, rules_of
from povexit.schema import columns, nearest
from povexit.standards import Leaf, Standard
from povexit.style import language

HOMES, VILLAGES = "indicators_households", "indicators_villages"
VERDICT = "meets_standard"
KINDS = ("int", "float", "bool")
#: How many look-alikes are asked.
MOST = 50


@dataclass(frozen=True, eq=False)
class One:
    """One household or village of a month.

    Attributes
    ----------
    key, unit
        What names it, and what it is: ``household`` or ``village``.
    row
        Its indicators.
    peers
        The indicators and verdict of all it is compared with, itself among them.
    standard
        The edition it is judged by.
    call
        The line of Python that gives this.
    lang
        Language of text and tables.
    """

    key: str
    unit: str
    row: pd.Series
    peers: pd.DataFrame
    standard: Standard
    call: str
    lang: str

    @cached_property
    def lacking(self) -> pd.DataFrame:
        """What keeps it from meeting the standard, as `povexit.decide.lacking`."""
        return decide.lacking(self.row, self.standard)

    @cached_property
    def alike(self) -> pd.DataFrame:
        """Up to fifty look-alikes, the nearest first: indicators, verdict, ``distance``.

        By what any edition of the standard compares as a number or as yes and no.
        """
        name = f"{self.unit}_id" if self.unit == "household" else f"{self.unit}_code"
        return alike(self.peers, name, self.key, compared(self.standard.id), MOST)

    def why(self) -> narrative.Prose:
        """Return in words what decides each criterion."""
        lines = decide.explain(self.row, self.standard, self.lang)
        return narrative.Prose("\n".join(f"- {line}" for line in lines))

    def near(self) -> tables.Table:
        """Return how near it is and what would change it, as a printed table."""
        if self.unit == "village":
            year = int(str(self.row["month"])[:4])
            clauses = decide.clauses(pd.DataFrame([self.row]), self.standard, year)
            return tables.shortest(decide.shortest(clauses), self.standard, self.lang)
        return tables.lacking_of_one(self.lacking, self.standard, self.lang)

    def like(self) -> narrative.Prose:
        """Return how its look-alikes fare, in a sentence."""
        verdicts = self.alike[VERDICT].astype("boolean")
        counts = {"meets": int(verdicts.sum()), "fails": int((~verdicts).sum())}
        return narrative.look_alikes(len(verdicts), counts, self.lang)

    def _repr_markdown_(self) -> str:
        return f"{self.why()}\n\n{self.like()}"


def compared(standard: str) -> list[str]:
    """Return what the editions of a standard compare as a number, or as yes and no."""
    editions = standards.editions(standard)
    known = columns(HOMES if editions[0].unit == "household" else VILLAGES)
    asked = dict.fromkeys(i for edition in editions for i in edition.indicators)
    return [i for i in asked if known[i].dtype in KINDS and known[i].role != "unrecorded"]


def household(
    household_id: str, *, month: str | None = None, edition: str = "", lang: str | None = None
) -> One:
    """Return one household: why it fails, how near it is, what would change it, look-alikes.

    Parameters
    ----------
    household_id
        Its keyed hash, such as `near_misses` lists; no person is shown.
    month
        Such as ``2016-06``; the latest without it.
    edition
        The edition to judge by; that of the month without it.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.

    Raises
    ------
    UnknownNameError
        If the month has no such household.
    """
    month = latest(HOMES, month)
    start, rules = ground(month), rules_of(month, edition)
    homes = start.base.homes if rules == start.base.rules else start.judged(rules).homes
    rule = rules["household"]
    own = homes.filter(homes["household_id"] == household_id)
    if own.is_empty():
        raise UnknownNameError(
            "no such household in the month",
            where=month,
            found=household_id,
            hint="px.near_misses() lists households near the standard",
        )
    names = [
        "household_id",
        "county_code",
        *compared(rule.id),
        *(c.id for c in rule.criteria),
        VERDICT,
    ]
    peers = homes.select(names).to_pandas().convert_dtypes()
    call = _call("household", household_id, month, edition)
    row = own.to_pandas().iloc[0]
    return One(household_id, "household", row, peers, rule, call, language(lang))


def village(
    name: str,
    *,
    county: str | None = None,
    month: str | None = None,
    edition: str = "",
    lang: str | None = None,
) -> One:
    """Return one village: why it fails, how near it is, what would change it, look-alikes.

    Parameters
    ----------
    name
        Its code of 12 digits, or its name.
    county
        Where to look for a name that several villages have.
    month, edition, lang
        As for `household`.

    Raises
    ------
    UnknownNameError
        If there is no such village, or several; the nearest names, or the codes, are named.
    """
    month = latest(VILLAGES, month)
    rule = standards.choose("village_exit", month, edition)[0]
    codes = None if county is None else [geography.resolve_county(county)]
    known = store.load(VILLAGES, month)
    code = _village_code(known if codes is None else known[known["county_code"].isin(codes)], name)
    decided = decide.village(known, rule, int(month[:4]))
    peers = known.assign(**{VERDICT: decided[VERDICT]})
    row = known[known["village_code"] == code].iloc[0]
    return One(
        code, "village", row, peers, rule, _call("village", code, month, edition), language(lang)
    )


def _village_code(known: pd.DataFrame, name: str) -> str:
    found = known[(known["village_code"] == name) | (known["village_name"] == name)]
    if len(found) == 1:
        return str(found["village_code"].iloc[0])
    if found.empty:
        names = [str(n) for n in known["village_name"].dropna()]
        raise UnknownNameError("no such village", found=name, hint=nearest(name, names))
    places = (
        f"{code} ({geography.county_name(code[:6])})" for code in found["village_code"].astype(str)
    )
    raise UnknownNameError(
        "several villages have that name", found=name, expected=", ".join(places)
    )


def _call(function: str, key: str, month: str, edition: str) -> str:
    more = f", edition={edition!r}" if edition else ""
    return f"px.{function}({key!r}, month={month!r}{more})"


def near_misses(
    month: str | None = None, county: str | None = None, edition: str = "", most: int = 20
) -> pd.DataFrame:
    """Return the households that fail one criterion only, and that by a number: the nearest first.

    Parameters
    ----------
    month
        Such as ``2016-06``; the latest without it.
    county
        A county's code or name; all without it.
    edition
        The edition to judge by; that of the month without it.
    most
        How many of each criterion.

    Returns
    -------
    pandas.DataFrame
        ``household_id`` (keyed hash), ``county_code``, ``criterion``, ``indicator``, ``gap`` (by
        how much it falls short, in the indicator's unit) and ``gap_share`` (of the threshold).
    """
    month = latest(HOMES, month)
    codes = None if county is None else geography.resolve_county(county)
    rule, year = standards.choose("household_exit", month, edition)[0], int(month[:4])
    decided = decide.household(store.scan(HOMES, month, codes).collect(), rule, year).to_pandas()
    alone = decided[(decided["n_failed"] == 1) & (decided["n_unknown"] == 0)]
    parts = [
        _short(alone, criterion.id, leaf, decide.threshold(leaf, year), most)
        for criterion in rule.criteria
        for variant in criterion.variants
        for leaf in variant.all
        if leaf.distance
    ]
    found = pd.concat([part for part in parts if len(part)] or parts[:1])
    return found.sort_values("gap_share", kind="stable", ignore_index=True)


def _short(
    alone: pd.DataFrame, criterion: str, leaf: Leaf, limit: float, most: int
) -> pd.DataFrame:
    """Return who falls short of one limit and of nothing else, the nearest first."""
    short = alone[alone[f"{criterion}_reason"] == f"fail:{leaf.indicator}"]
    gap = -short[str(leaf.distance)].astype(float)
    told = short[["household_id", "county_code"]].assign(
        criterion=criterion, indicator=leaf.indicator, gap=gap, gap_share=gap / limit
    )
    return told.nsmallest(most, "gap_share")
