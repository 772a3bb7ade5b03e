"""Where the register contradicts itself: its data-quality rules, county by county.

The rules are data (``quality_rules/register.toml``), in eleven groups. Each gives
three answers: flagged, not flagged, unknown. What a month's tables cannot answer
is listed as not checkable with its reason, never dropped. Written once against
narwhals, for pandas, Polars and DuckDB tables alike; the few rows that come out
are pandas.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, reduce
from importlib.resources import files
from operator import or_
from typing import Any

import narwhals as nw
import pandas as pd

from povexit.errors import UnknownNameError
from povexit.quality import derived
from povexit.quality.derived import PLACE
from povexit.quality.digits import digits, myers, whipple
from povexit.quality.interviewers import interviewers
from povexit.quality.judge import COUNTS, counts, judge
from povexit.quality.lines import of_quarantine, of_tables
from povexit.quality.model import CHECKED, NOT_CHECKABLE, Group, Leaf, Rule
from povexit.quality.read import parse
from povexit.quality.worst import MOST_SHOWN
from povexit.quality.worst import most_flagged as _most_flagged
from povexit.schema import columns, nearest
from povexit.schema.frames import DTYPES, NULLABLE, enter

__all__ = [
    "Group",
    "Leaf",
    "Rule",
    "check",
    "digits",
    "duplicates",
    "flags",
    "group_label",
    "groups",
    "interviewers",
    "most_flagged",
    "myers",
    "parse",
    "rule_label",
    "rules",
    "whipple",
]

TABLE = "quality_register"
FILE = "register.toml"


@cache
def _data() -> tuple[tuple[Group, ...], tuple[Rule, ...]]:
    text = (files("povexit") / "quality_rules" / FILE).read_text(encoding="utf-8")
    return parse(text, FILE)


def groups() -> tuple[Group, ...]:
    """Return the eleven groups of rules."""
    return _data()[0]


def rules() -> tuple[Rule, ...]:
    """Return all rules in the order of their groups, those that cannot be checked included.

    Examples
    --------
    >>> [r.id for r in rules() if r.group == 6]
    ['healthy_but_labour_lost', 'healthy_but_no_labour']
    """
    return _data()[1]


def rule_label(rule_id: str, lang: str = "zh") -> str:
    """Return a rule's name, in ``zh`` or ``en``.

    Raises
    ------
    UnknownNameError
        If there is no such rule.

    Examples
    --------
    >>> rule_label("no_helper"), rule_label("no_helper", "en")
    ('无帮扶联系人', 'no helper')
    """
    known = {rule.id: rule for rule in rules()}
    if rule_id not in known:
        raise UnknownNameError(
            f"no quality rule {rule_id!r}", found=rule_id, hint=nearest(rule_id, known)
        )
    return known[rule_id].label(lang)


def group_label(group: int, lang: str = "zh") -> str:
    """Return the name of a group of rules, in ``zh`` or ``en``.

    Raises
    ------
    UnknownNameError
        If there is no such group.

    Examples
    --------
    >>> group_label(9, "en")
    'helper'
    """
    known = {g.id: g for g in groups()}
    if group not in known:
        raise UnknownNameError(f"no group {group!r} of quality rules", expected="1 to 11")
    return known[group].label(lang)


def check(households: Any, persons: Any, quarantine: Any = None) -> pd.DataFrame:
    """Count, for every county and rule, what was checked, flagged and unknown.

    Parameters
    ----------
    households, persons
        ``cleaned_households`` and ``cleaned_persons``: both pandas, both Polars
        (eager or lazy) or both DuckDB relations of one connection.
    quarantine
        The rows that cleaning set aside, pandas or Polars, with the reason in ``rule``;
        without ``county_code`` and ``month`` they are those of the one county and month
        given. They count what was entered twice within the county; without them those rules
        are not checkable.

    Returns
    -------
    pandas.DataFrame
        The catalogue's ``quality_register``, one row a county, month and rule: ``checked``
        (rows the rule concerns, or may concern), ``flagged``, ``unknown`` (whether it
        concerns or flags them), ``share`` of flagged in checked less unknown, from 0 to 1,
        missing where nothing is known; ``status`` ``checked`` or ``not_checkable``, then
        without counts. Households or persons are counted, as the rule's unit says. Counts
        add up over counties, and no row of one county bears on another's.

    Raises
    ------
    SchemaError
        If a column is missing, or a quarantine of several counties does not tell whose its rows are.
    """
    wide = {
        of_persons: counts(judge(frame, asked), asked).collect().to_polars().to_dicts()
        for of_persons, frame, asked in _parts(households, persons)
    }
    lines = of_tables(wide, rules())
    if quarantine is not None:
        lines += of_quarantine(wide, rules(), quarantine)
    texts, numbers = [*PLACE, "rule_id"], list(COUNTS)
    dtypes = dict.fromkeys(texts, "string") | dict.fromkeys(numbers, "Int64")
    found = pd.DataFrame(lines, columns=[*texts, *numbers]).astype(dtypes)
    places = found[PLACE].drop_duplicates().sort_values(PLACE, ignore_index=True)
    listed = pd.DataFrame([(r.id, r.group) for r in rules()], columns=["rule_id", "group"])
    grid = places.merge(listed, how="cross")
    table = grid.merge(found, on=[*PLACE, "rule_id"], how="left", validate="1:1")
    is_asked = table["rule_id"].isin([r.id for r in rules() if r.leaves])
    # a county without rows of one table has checked none of them, which is known
    table[numbers] = table[numbers].mask(is_asked & table["checked"].isna(), 0)
    table["status"] = table["checked"].notna().map({True: CHECKED, False: NOT_CHECKABLE})
    return _finished(table)


def most_flagged(table: pd.DataFrame, lang: str = "zh", most: int = MOST_SHOWN) -> pd.DataFrame:
    """Return the rules broken most often, with their ``name``; the worst first.

    Parameters
    ----------
    table
        From `check`, of one or more counties.
    lang
        Language of the names, ``zh`` or ``en``.
    most
        How many rules at the most; a rule nobody breaks is left out.
    """
    return _most_flagged(table, {r.id: r.label(lang) for r in rules()}, most)


def flags(households: Any, persons: Any) -> pd.DataFrame:
    """Return what is flagged, for whoever goes to correct it; no names.

    Parameters
    ----------
    households, persons
        As for `check`.

    Returns
    -------
    pandas.DataFrame
        One row a flag: ``household_id``, ``person_id`` (missing where the household is
        flagged as a whole), ``rule_id``; by household, then in the rules' order.
    """
    found = pd.concat([_flagged(*part) for part in _parts(households, persons)])
    order = {rule.id: place for place, rule in enumerate(rules())}
    names = ["household_id", "person_id", "rule_id"]
    found = found.assign(place=found["rule_id"].map(order).astype("int64"))
    found = found.sort_values(["household_id", "place", "person_id"], ignore_index=True)
    return found[names].astype("string")


def duplicates(persons: Any) -> pd.DataFrame:
    """Count persons whom two counties have in their registers, for every pair of counties.

    Parameters
    ----------
    persons
        ``person_id`` and ``county_code`` of several counties in one month; pandas, Polars
        or DuckDB.

    Returns
    -------
    pandas.DataFrame
        ``county_code``, ``other_county_code`` (the smaller code first), ``persons``; pairs
        that share nobody are left out.
    """
    frame = enter(persons, "cleaned_persons", ["person_id", "county_code"])
    # engines differ on whether null joins null
    known = frame.filter(~nw.col("person_id").is_null())
    known = known.group_by("person_id", "county_code").agg(nw.len().alias("rows"))
    other = known.select("person_id", other_county_code="county_code")
    pair = ["county_code", "other_county_code"]
    shared = (
        known.join(other, on="person_id")
        .filter(nw.col(pair[0]) < nw.col(pair[1]))
        .group_by(pair)
        .agg(nw.len().alias("persons"))
        .sort(pair)
    )
    dtypes = {**dict.fromkeys(pair, "string"), "persons": "Int64"}
    return shared.collect().to_pandas().astype(dtypes)


def _parts(
    households: Any, persons: Any
) -> Iterator[tuple[bool, nw.LazyFrame[Any], tuple[Rule, ...]]]:
    """Yield whether persons are counted, their table with derived columns, and its rules."""
    people = enter(persons, "cleaned_persons", _needed(True))
    homes = enter(households, "cleaned_households", _needed(False))
    yield False, derived.with_household_columns(homes, people), _asked(False)
    yield True, derived.with_person_columns(people), _asked(True)


def _asked(of_persons: bool) -> tuple[Rule, ...]:
    return tuple(r for r in rules() if r.leaves and r.of_persons is of_persons)


def _needed(of_persons: bool) -> list[str]:
    """Return the columns of the cleaned table that its rules and derived columns ask for."""
    table = "cleaned_persons" if of_persons else "cleaned_households"
    made_from = derived.PERSON_COLUMNS if of_persons else derived.HOUSEHOLD_COLUMNS
    leaves = [leaf.column for rule in _asked(of_persons) for leaf in rule.leaves]
    wanted = {*derived.HOUSEHOLD, *made_from, *leaves}
    return [name for name in columns(table) if name in wanted]


def _finished(table: pd.DataFrame) -> pd.DataFrame:
    """Add the share and give the columns the catalogue's order and types."""
    known = (table["checked"] - table["unknown"]).astype("Float64")
    table["share"] = table["flagged"].astype("Float64") / known.mask(known == 0)
    dtypes = {name: NULLABLE[DTYPES[c.dtype]] for name, c in columns(TABLE).items()}
    return table[list(dtypes)].astype(dtypes)


def _flagged(of_persons: bool, frame: nw.LazyFrame[Any], asked: tuple[Rule, ...]) -> pd.DataFrame:
    keys = ["household_id", "person_id"] if of_persons else ["household_id"]
    names = {f"flagged_{rule.id}": rule.id for rule in asked}
    is_flagged = reduce(or_, (nw.col(name) > 0 for name in names))
    wide = judge(frame, asked).filter(is_flagged).select(*keys, *names).collect().to_pandas()
    long = wide.rename(columns=names).melt(keys, var_name="rule_id", value_name="flag")
    long = long.loc[long["flag"] == 1]
    return long.reindex(columns=["household_id", "person_id", "rule_id"]).astype("string")
