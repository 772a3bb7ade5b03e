"""From a file's rows to one row a household, in columns of known meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from povexit.errors import SurveyError
from povexit.own.cells import deprived, joined, labels, numbers
from povexit.own.files import Source
from povexit.own.mapping import SurveyMap, units

#: Counts what was found, by the code of a remark; see ``remarks.toml``.
Found = dict[str, Any]
#: Columns used on the way; no group can have such a name.
MONEY, CHILDREN, LINE_GROUP, IS_HEAD = "_money", "_children", "_line_group", "_is_head"


def households(source: Source, mapping: SurveyMap, found: Found) -> pd.DataFrame:
    """Return a row a household: id, size, weight, design, money, groups, deprivations.

    `MONEY` is the household's total for its period, in the file's unit times ``multiply``,
    or per person where the mapping says so. What was met on the way is put into ``found``.

    Raises
    ------
    SurveyError
        If an id is missing or there twice, or members of a household differ in what is the
        household's.
    """
    rows = _rows(source, mapping)
    if mapping.rows == "household":
        _check_ids(source, mapping, rows["household_id"])
        return rows.drop(columns=IS_HEAD)
    return _joined(source, mapping, rows, found)


def _rows(source: Source, mapping: SurveyMap) -> pd.DataFrame:
    """Return the mapped columns, a row as in the file."""
    made = {"household_id": _ids(source, mapping), "household_size": _size(source, mapping)}
    made[CHILDREN] = _or_none(source, mapping, "children")
    made["weight"] = _or_none(source, mapping, "weight")
    for role in ("stratum", "cluster"):
        names = mapping.names(role)
        made[role] = joined(source, mapping, names, role) if names else None
    made[MONEY] = _money(source, mapping)
    made["line"] = _line_column(source, mapping)
    made[LINE_GROUP] = None
    if "by" in mapping.line:
        made[LINE_GROUP] = labels(source, mapping, mapping.line["by"], "[line] by")
    made[IS_HEAD] = _heads(source, mapping)
    made |= {g: labels(source, mapping, c, f"group {g}") for g, c in mapping.groups.items()}
    made |= {d.name: deprived(source, mapping, d) for d in mapping.deprivations}
    return pd.DataFrame(made, index=source.frame.index)


def _ids(source: Source, mapping: SurveyMap) -> pd.Series:
    names = mapping.names("id")
    if not names:
        return pd.Series([str(i + 1) for i in range(len(source.frame))], dtype="string")
    found = joined(source, mapping, names, "id")
    lacking = np.flatnonzero(found.isna())
    if len(lacking):
        raise SurveyError(
            "households without a number",
            where=f"{source.where}, column {', '.join(names)}, rows {source.rows(lacking)}",
            found=f"{len(lacking)} rows",
            hint="remove empty rows and totals below the table",
        )
    return found


def _size(source: Source, mapping: SurveyMap) -> pd.Series | None:
    """Return persons: the column mapped, or how many of several columns hold an answer."""
    names = mapping.names("size")
    if not names:
        return None
    if len(names) > 1:
        answered = [numbers(source, mapping, n, "size").notna() for n in names]
        return pd.concat(answered, axis=1).sum(axis=1).astype(float)
    sizes = numbers(source, mapping, names[0], "size")
    bad = np.flatnonzero(sizes <= 0)
    if len(bad):
        raise SurveyError(
            "a household has no persons",
            where=f"{source.where}, column {names[0]}, rows {source.rows(bad)}",
            expected="1 or more",
            found=f"{sizes.iloc[bad[0]]:g}",
            hint=f"if it means no answer: [missing] {names[0]} = [{sizes.iloc[bad[0]]:g}]",
        )
    return sizes


def _or_none(source: Source, mapping: SurveyMap, role: str) -> pd.Series | None:
    names = mapping.names(role)
    return numbers(source, mapping, names[0], role) if names else None


def _money(source: Source, mapping: SurveyMap) -> pd.Series:
    """Return the amounts of all money columns together; one unknown part leaves it unknown."""
    parts = [numbers(source, mapping, n, "money") for n in mapping.money["columns"]]
    if not parts:
        raise SurveyError("no column of money", where=f"{mapping.where}, [money] columns")
    if mapping.money.get("logarithm"):
        with np.errstate(over="ignore"):
            parts = [np.exp(p) for p in parts]
    total = sum(parts[1:], parts[0]) * float(mapping.money.get("multiply", 1))
    wild = np.flatnonzero(np.isinf(total))
    if len(wild):
        raise SurveyError(
            "amounts are too large to be logarithms",
            where=f"{source.where}, column {mapping.money['columns'][0]}",
            hint="set logarithm = false in [money]",
        )
    return total


def _line_column(source: Source, mapping: SurveyMap) -> pd.Series | None:
    if "column" not in mapping.line:
        return None
    lines = numbers(source, mapping, mapping.line["column"], "line")
    bad = np.flatnonzero(lines <= 0)
    if len(bad):
        where = f"{source.where}, column {mapping.line['column']}, rows {source.rows(bad)}"
        raise SurveyError("a line is not above 0", where=where, found=f"{lines.iloc[bad[0]]:g}")
    return lines


def _heads(source: Source, mapping: SurveyMap) -> pd.Series | None:
    if not mapping.head:
        return None
    words = labels(source, mapping, mapping.head["column"], "[head] column")
    wanted = {str(v) for v in mapping.head["is"]}
    codes = joined(source, mapping, [mapping.head["column"]], "[head] column")
    hit = words.isin(wanted) | codes.isin(wanted)
    if not hit.any():
        raise SurveyError(
            "no row is a head of household",
            where=f"{source.where}, column {mapping.head['column']}",
            expected=", ".join(sorted(wanted)),
            found=", ".join(sorted(set(words.dropna()))[:12]),
        )
    return hit


def _check_ids(source: Source, mapping: SurveyMap, ids: pd.Series) -> None:
    twice = np.flatnonzero(ids.duplicated(keep=False))
    if not len(twice):
        return
    share = len(twice) / len(ids)
    hint = "remove the second copy, or name all columns that make a household's number"
    if share > 0.3:
        hint = 'this looks like a row a person: set rows = "person" at the top of the mapping'
    raise SurveyError(
        "households are there more than once",
        where=f"{source.where}, column {', '.join(mapping.names('id'))}",
        expected="each household once",
        found=f"{len(twice)} of {len(ids)} rows share a number: rows {source.rows(twice)} "
        f"({', '.join(dict.fromkeys(ids.iloc[twice[:5]]))})",
        hint=hint,
    )


def _joined(source: Source, mapping: SurveyMap, rows: pd.DataFrame, found: Found) -> pd.DataFrame:
    """Return households of a file of persons; what is the household's must be one for all."""
    found["persons_joined"] = len(rows)
    by = rows.groupby("household_id", sort=False)
    ways: dict[str, Callable[[], pd.Series]] = {}
    for name in ("household_size", "weight", "stratum", "cluster", "line", LINE_GROUP):
        ways[name] = lambda n=name: _same(source, rows, n)  # type: ignore[misc]
    if not mapping.names("size"):
        ways["household_size"] = lambda: by.size().astype(float)
    ways[CHILDREN] = lambda: _same(source, rows, CHILDREN)
    ways[MONEY] = lambda: _money_of(source, mapping, rows, found)
    for group in mapping.groups:
        ways[group] = lambda g=group: _group_of(source, mapping, rows, g, found)  # type: ignore[misc]
    for one in mapping.deprivations:
        ways[one.name] = lambda d=one.name: _any(rows, d)  # type: ignore[misc]
    made = {name: way() for name, way in ways.items()}
    return pd.DataFrame(made).rename_axis("household_id").reset_index()


def _same(source: Source, rows: pd.DataFrame, name: str) -> pd.Series:
    """Return what all members of each household have alike; unknown if a member does not say."""
    by = rows.groupby("household_id", sort=False)[name]
    differ = by.nunique(dropna=False) > 1
    if differ.any():
        ids = differ.index[differ]
        raise SurveyError(
            f"members of one household differ in {name.lstrip('_')}",
            where=f"{source.where}, households {', '.join(map(str, ids[:5]))}",
            expected="one value for all members",
            found=f"{len(ids)} of {len(by)} households differ",
            hint="map a column of the household; for a group by the head of household, say who "
            'that is: [head] column and is; for each member\'s own money: of = "member"',
        )
    return by.first()


def _money_of(source: Source, mapping: SurveyMap, rows: pd.DataFrame, found: Found) -> pd.Series:
    if mapping.money["of"] != "member":
        return _same(source, rows, MONEY)
    by = rows.groupby("household_id", sort=False)[MONEY]
    known = by.count() == by.size()
    found["members_unknown"] = int((~known).sum())
    return by.sum().where(known)


def _group_of(
    source: Source, mapping: SurveyMap, rows: pd.DataFrame, group: str, found: Found
) -> pd.Series:
    """Return a household's group: its head's, or what all members have alike."""
    if not mapping.head:
        return _same(source, rows, group)
    everyone = rows["household_id"].drop_duplicates()
    heads = rows[rows[IS_HEAD].fillna(False)].drop_duplicates("household_id")
    found["no_head"] = len(everyone) - len(heads)
    return heads.set_index("household_id")[group].reindex(everyone)


def _any(rows: pd.DataFrame, name: str) -> pd.Series:
    """Return whether any member has a deprivation: unknown if none has and one does not say."""
    by = rows.groupby("household_id", sort=False)[name]
    hit, silent = by.max(), by.count() < by.size()
    return hit.mask(silent & ~hit.fillna(False)).astype("boolean")


def equivalents(made: pd.DataFrame, mapping: SurveyMap) -> pd.Series:
    """Return as how many persons each household counts when its money is divided.

    Raises
    ------
    SurveyError
        If the scale tells children apart and no column of children is mapped, or a household
        has more children than persons less one.
    """
    scale = units()["scale"][mapping.money["scale"]]
    size = made["household_size"]
    children = pd.Series(0.0, index=made.index)
    if scale["adult"] != scale["child"]:
        if not mapping.names("children"):
            raise SurveyError(
                "this scale counts children apart",
                where=f"{mapping.where}, [columns]",
                expected="children, the column of how many there are",
                hint='scale = "square_root" needs no children',
            )
        children = made[CHILDREN].astype(float)
    adults = size - children
    if (adults < 0).any():
        where = f"{mapping.where}, [columns] children"
        raise SurveyError("a household has more children than persons", where=where)
    # of a household of children alone one counts as its first adult
    first = adults.clip(upper=1.0).where(adults > 0, 1.0)
    more, younger = (adults - first).clip(lower=0), children - (adults <= 0)
    counted: pd.Series = (first + scale["adult"] * more + scale["child"] * younger) ** scale[
        "power"
    ]
    return counted
