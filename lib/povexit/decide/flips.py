"""Two editions on the same month: who is judged differently, and which clause decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from povexit.schema.frames import enter
from povexit.standards import Standard

VERDICT = "meets_standard"
#: Of each unit: the table of its decisions, its key, its persons, and the name of their count.
COUNTED = {
    "household": ("decisions_households", "household_id", "household_size", "households"),
    "village": ("decisions_villages", "village_code", "persons_total", "villages"),
    "county": ("decisions_counties", "county_code", "persons_total", "counties"),
}


def flipped(before: Any, after: Any, first: Standard, second: Standard) -> pd.DataFrame:
    """Return every household, village or county that two editions judge differently.

    Parameters
    ----------
    before, after
        Decisions on the same units by two editions; any engine.
    first, second
        Those editions, of one unit.

    Returns
    -------
    pandas.DataFrame
        The unit's key, ``persons``, ``from_verdict``, ``to_verdict`` (true, false or missing for
        unknown) and ``criterion``: the first of ``after`` that fails, else the first unknown,
        else the first of ``before`` that was not passed.

    Raises
    ------
    pandas.errors.MergeError
        If a unit stands twice in one table.
    """
    table, id, persons, _ = COUNTED[second.unit]
    olds, items = ([c.id for c in s.criteria] for s in (first, second))
    old = enter(before, table, [id, VERDICT, *olds]).collect().to_pandas()
    new = enter(after, table, [id, persons, VERDICT, *items]).collect().to_pandas()
    renamed = {c: f"_old_{c}" for c in olds} | {VERDICT: "from_verdict"}
    both = new.merge(old.rename(columns=renamed), on=id, validate="1:1")
    both = both.rename(columns={VERDICT: "to_verdict", persons: "persons"})
    both = both.astype(dict.fromkeys(set(both) - {id, "persons"}, "boolean"))
    now, then = both["to_verdict"], both["from_verdict"]
    moved = both[(now != then).fillna(True) & ~(now.isna() & then.isna())]
    clause = [_clause(row, items, olds) for row in moved.to_dict("records")]
    told = moved[[id, "persons", "from_verdict", "to_verdict"]]
    return told.assign(criterion=pd.array(clause, dtype="string")).reset_index(drop=True)


def flips(before: Any, after: Any, first: Standard, second: Standard) -> pd.DataFrame:
    """Count units whose verdict differs between two editions, by the clause that decides.

    Parameters
    ----------
    before, after
        Decisions on the same households, villages or counties by two editions; any engine.
    first, second
        Those editions, of one unit.

    Returns
    -------
    pandas.DataFrame
        ``from_edition``, ``to_edition``, ``from_verdict``, ``to_verdict`` (true, false or
        missing for unknown), ``criterion`` (see `flipped`), its ``name_zh`` and ``name_en``,
        ``households``, ``villages`` or ``counties``, and ``persons`` in them; the most
        frequent first. Counts of several places add up.
    """
    unit = COUNTED[second.unit][3]
    moved = flipped(before, after, first, second)
    keys = ["from_verdict", "to_verdict", "criterion"]
    groups = moved.astype({"persons": "Int64"}).groupby(keys, dropna=False)
    counted = groups.agg(**{unit: ("criterion", "size"), "persons": ("persons", _whole_sum)})
    return _named(counted.reset_index(), unit, first, second)


def _whole_sum(persons: pd.Series) -> Any:
    """Return a sum that is unknown if a part of it is."""
    return persons.sum(skipna=False)


def _named(counted: pd.DataFrame, unit: str, first: Standard, second: Standard) -> pd.DataFrame:
    labels = {c.id: (c.name, c.name_en) for s in (first, second) for c in s.criteria}
    labels[VERDICT] = (second.name, second.name_en)
    for at, lang in enumerate(("zh", "en")):
        counted[f"name_{lang}"] = [labels[c][at] for c in counted["criterion"]]
    counted = counted.assign(from_edition=first.edition, to_edition=second.edition)
    return counted.sort_values(unit, ascending=False, kind="stable", ignore_index=True)


def _clause(row: dict[Any, Any], items: Sequence[str], olds: Sequence[str]) -> str:
    """Return the first criterion that fails, else the first unknown, else what failed before."""
    failed = [i for i in items if row[i] is not pd.NA and not row[i]]
    unknown = [i for i in items if row[i] is pd.NA]
    before = [i for i in olds if row[f"_old_{i}"] is pd.NA or not row[f"_old_{i}"]]
    return [*failed, *unknown, *before, VERDICT][0]


def counted(decisions: Any, standard: Standard) -> pd.DataFrame:
    """Return one row: how many meet an edition, fail it or are unknown, with persons.

    Parameters
    ----------
    decisions
        On households, villages or counties; any engine.
    standard
        The edition by which they were judged.

    Returns
    -------
    pandas.DataFrame
        ``level`` (``households``, ``villages`` or ``counties``), ``edition``, ``meets``,
        ``fails``, ``unknown``, and persons in them as ``persons_meets``, ...; persons are
        missing where the population of one of them is.
    """
    table, _, size, level = COUNTED[standard.unit]
    given = enter(decisions, table, [size, VERDICT]).collect().to_pandas()
    verdict, persons = given[VERDICT].astype("boolean"), given[size].astype("Int64")
    states = {"meets": verdict, "fails": ~verdict, "unknown": verdict.isna()}
    row: dict[str, Any] = {"level": level, "edition": standard.edition}
    for state, flag in states.items():
        there = flag.fillna(False).astype(bool)
        row |= {state: int(there.sum()), f"persons_{state}": persons[there].sum(skipna=False)}
    return pd.DataFrame([row])
