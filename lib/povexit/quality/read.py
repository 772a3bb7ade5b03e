"""From the rules' TOML to frozen rules; what is wrong in the file is said, not guessed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from povexit.errors import StandardError, UnknownNameError
from povexit.quality.derived import OF_HOUSEHOLD, OF_MEMBERS, OF_PERSON, Derived
from povexit.quality.model import (
    BARE_TESTS,
    NOT_CHECKABLE,
    NUMERIC_TESTS,
    TESTS,
    UNITS,
    Group,
    Leaf,
    Rule,
)
from povexit.schema import Column, codes, columns, nearest
from povexit.standards import definition

Known = Mapping[str, Column | Derived]
GROUP_KEYS: dict[str, Any] = {"id": int, "name": str, "name_en": str}
NEEDED = {"id": str, "group": int, "unit": str, "name": str, "name_en": str, "source": str}
LEAVES = ("applies_to", "all", "any")
RULE_KEYS: dict[str, Any] = {
    **NEEDED,
    **dict.fromkeys((*LEAVES, "quarantine"), list),
    **dict.fromkeys(("status", "reason", "reason_en"), str),
}
LEAF_KEYS: dict[str, Any] = {
    "column": str,
    "test": str,
    "value": (str, int, float, list),
    "definition": str,
}
HINT = 'leaves in all or in any; or quarantine; or status = "not_checkable", reason and reason_en'


def parse(text: str, where: str) -> tuple[tuple[Group, ...], tuple[Rule, ...]]:
    """Return the groups and rules written in ``text``, in order.

    Parameters
    ----------
    text
        TOML, as docs/quality.md describes it.
    where
        The file's name, for messages.

    Raises
    ------
    StandardError
        If a key is unknown or missing, a rule comes twice or belongs to no group, a column,
        code or definition is not known, or a test does not fit its column.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StandardError("not TOML", where=where, found=str(error)) from error
    _check_keys(data, {"group": list, "rule": list}, ("group", "rule"), where)
    for block in data["group"]:
        _check_keys(block, GROUP_KEYS, GROUP_KEYS, f"{where}, group {block.get('id', '?')}")
    groups = tuple(Group(**block) for block in data["group"])
    found = tuple(_rule(block, f"{where}, rule {block.get('id', '?')}") for block in data["rule"])
    _refuse_twice([g.id for g in groups], f"{where}, groups")
    _refuse_twice([r.id for r in found], f"{where}, rules")
    for rule in found:
        _refuse_unknown(rule.group, [g.id for g in groups], "group", f"{where}, rule {rule.id}")
    return groups, found


def _check_keys(
    data: Mapping[str, Any], known: Mapping[str, Any], needed: Iterable[str], where: str
) -> None:
    for key, value in data.items():
        if key not in known:
            raise StandardError("unknown key", where=where, found=key, hint=nearest(key, known))
        if not isinstance(value, known[key]) or isinstance(value, bool):
            raise StandardError(f"wrong type of {key}", where=where, found=repr(value))
    if missing := [key for key in needed if key not in data]:
        raise StandardError("key missing", where=where, expected=", ".join(missing))


def _refuse_twice(ids: list[Any], where: str) -> None:
    if twice := sorted({i for i in ids if ids.count(i) > 1}):
        raise StandardError("an id twice", where=where, found=", ".join(map(str, twice)))


def _refuse_unknown(found: Any, known: Iterable[Any], what: str, where: str) -> None:
    known = [str(k) for k in known]
    if str(found) not in known:
        hint = nearest(str(found), known)
        raise StandardError(f"unknown {what}", where=where, found=found, hint=hint)


def _rule(block: dict[str, Any], where: str) -> Rule:
    _check_keys(block, RULE_KEYS, NEEDED, where)
    _refuse_unknown(block["unit"], UNITS, "unit", where)
    _check_kind(block, where)
    known = known_columns(block["unit"])
    leaves = {
        key: tuple(_leaf(leaf, known, f"{where}, {key}") for leaf in block.get(key, ()))
        for key in LEAVES
    }
    plain: dict[str, Any] = {k: v for k, v in block.items() if k not in ("status", *LEAVES)}
    plain["quarantine"] = tuple(block.get("quarantine", ()))
    return Rule(**plain | leaves)


def _check_kind(block: Mapping[str, Any], where: str) -> None:
    """A rule asks the tables, or counts rows set aside, or says why it cannot be checked."""
    kinds = [k for k in ("all", "any", "quarantine", "status") if k in block]
    told = {"reason", "reason_en"} & set(block)
    has_reason = len(told) == 2 if "status" in block else not told
    is_whole = len(kinds) == 1 and bool(block[kinds[0]]) and has_reason
    if not is_whole or ("applies_to" in block and kinds[0] not in ("all", "any")):
        found = ", ".join([*kinds, *sorted(told)]) or "none of them"
        raise StandardError("a rule is of one kind", where=where, expected=HINT, found=found)
    if block.get("status", NOT_CHECKABLE) != NOT_CHECKABLE:
        raise StandardError(
            "wrong status", where=where, expected=NOT_CHECKABLE, found=block["status"]
        )


@cache
def known_columns(unit: str) -> Known:
    """Return the columns that a rule of this unit may ask, by name."""
    if unit == "person":
        return {**columns("cleaned_persons"), **OF_PERSON}
    members = OF_MEMBERS if unit == "household-and-members" else {}
    return {**columns("cleaned_households"), **OF_HOUSEHOLD, **members}


def _leaf(data: Any, known: Known, where: str) -> Leaf:
    if not isinstance(data, dict):
        raise StandardError("a leaf is a table", where=where, found=repr(data))
    _check_keys(data, LEAF_KEYS, ("column", "test"), where)
    here = f"{where}, {data['column']}"
    _refuse_unknown(data["column"], known, "column", here)
    _refuse_unknown(data["test"], TESTS, "test", here)
    column, test = known[data["column"]], data["test"]
    values = _values(data, here)
    if not _fits(test, column, values):
        raise StandardError(
            f"test {test} does not fit",
            where=here,
            expected=f"a test and values for {data['column']} ({column.dtype})",
            found=repr(values),
        )
    return Leaf(data["column"], test, values)


def _values(data: Mapping[str, Any], where: str) -> tuple[Any, ...]:
    """Return what a leaf compares with: its own values, or those of a definition."""
    if "value" in data and "definition" in data:
        raise StandardError("a leaf has a value or a definition, not both", where=where)
    if "definition" not in data:
        value = data.get("value", [])
        return tuple(value) if isinstance(value, list) else (value,)
    try:
        word = definition(data["definition"])
    except UnknownNameError as error:
        raise StandardError(error.problem, where=where, hint=error.hint) from error
    return word.values or (word.minimum, word.maximum)


def _fits(test: str, column: Column | Derived, values: tuple[Any, ...]) -> bool:
    if test in BARE_TESTS:
        needs_bool = test in ("is_true", "is_false")
        return not values and (column.dtype == "bool" or not needs_bool)
    if column.dtype not in ("int", "float"):
        return test in ("in", "==") and _are_codes(values, column, test)
    are_numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    if test == "within":
        return are_numbers and len(values) == 2 and values[0] <= values[1]
    return are_numbers and len(values) == 1 and (test == "==" or test in NUMERIC_TESTS)


def _are_codes(values: tuple[Any, ...], column: Column | Derived, test: str) -> bool:
    if not column.codes or not values or (test == "==" and len(values) > 1):
        return False
    return set(values) <= {c.value for c in codes(column.codes)}
