"""From a TOML file to a frozen standard; what is wrong in the file is said, not guessed."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from typing import Any

from povexit.errors import StandardError, UnknownNameError
from povexit.schema import Column, codes, columns, nearest, tables
from povexit.standards.model import (
    NUMERIC_TESTS,
    TESTS,
    UNKNOWN,
    Criterion,
    Leaf,
    Standard,
    Value,
    Variant,
)
from povexit.standards.series import series

INDICATOR_TABLES = {
    "household": "indicators_households",
    "interview": "indicators_survey_households",
    "village": "indicators_villages",
    "county": "indicators_counties",
}
DECISION_TABLES = {
    "household": "decisions_households",
    "interview": "decisions_survey_households",
    "village": "decisions_villages",
    "county": "decisions_counties",
}
#: Units judged by all leaves alike: what such a place still lacks is then one list, no choice.
PLACES = ("village", "county")
STANDARD_KEYS = {
    "id": str,
    "name": str,
    "name_en": str,
    "edition": str,
    "unit": str,
    "from": dt.date,
    "source": str,
    "confidence": str,
    "note": str,
    "criterion": list,
}
CRITERION_KEYS = {
    "id": str,
    "name": str,
    "name_en": str,
    "applies_to": list,
    "all": list,
    "any": list,
    "status": str,
    "source": str,
    "confidence": str,
}
LEAF_KEYS = {
    "indicator": str,
    "test": str,
    "value": (str, int, float, list),
    "parameter": str,
    "of": str,
    "distance": str,
    "source": str,
}


def parse(text: str, where: str) -> Standard:
    """Return the standard written in ``text``.

    Parameters
    ----------
    text
        TOML, as docs/standards.md describes it.
    where
        The file's name, for messages.

    Raises
    ------
    StandardError
        If a key is unknown or missing, a value has the wrong type, an indicator
        is not in the catalogue, or a test does not fit its indicator.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StandardError("not TOML", where=where, found=str(error)) from error
    _check_keys(data, STANDARD_KEYS, set(STANDARD_KEYS) - {"note"}, where)
    if INDICATOR_TABLES.get(data["unit"]) not in tables():
        raise StandardError(
            "no indicators of this unit",
            where=where,
            expected=", ".join(INDICATOR_TABLES),
            found=data["unit"],
        )
    return Standard(
        id=data["id"],
        name=data["name"],
        name_en=data["name_en"],
        edition=data["edition"],
        unit=data["unit"],
        start=data["from"],
        source=data["source"],
        confidence=data["confidence"],
        note=data.get("note", ""),
        criteria=_criteria(data["criterion"], data["unit"], where),
    )


def _check_keys(
    data: Mapping[str, Any], known: Mapping[str, Any], needed: set[str], where: str
) -> None:
    for key, value in data.items():
        if key not in known:
            raise StandardError("unknown key", where=where, found=key, hint=nearest(key, known))
        if not isinstance(value, known[key]) or isinstance(value, bool):
            raise StandardError(f"wrong type of {key}", where=where, found=repr(value))
    if missing := sorted(needed - set(data)):
        raise StandardError("key missing", where=where, expected=", ".join(missing))


def _criteria(blocks: list[dict[str, Any]], unit: str, where: str) -> tuple[Criterion, ...]:
    """Join blocks that share an id to one criterion; the first carries the names."""
    found: dict[str, Criterion] = {}
    for block in blocks:
        here = f"{where}, criterion {block.get('id', '?')}"
        _check_keys(block, CRITERION_KEYS, {"id"}, here)
        first = found.get(block["id"])
        if first is None:
            _check_keys(block, CRITERION_KEYS, {"id", "name", "name_en"}, here)
            first = Criterion(block["id"], block["name"], block["name_en"], ())
        elif {"name", "name_en"} & set(block):
            raise StandardError(
                "a criterion is named once", where=here, hint="leave the names out of later blocks"
            )
        _check_column(first.id, DECISION_TABLES[unit], here)
        variants = (*first.variants, _variant(block, unit, here))
        found[first.id] = Criterion(first.id, first.name, first.name_en, variants)
    return tuple(found.values())


def _variant(block: dict[str, Any], unit: str, where: str) -> Variant:
    is_unknown = "status" in block
    if is_unknown and block["status"] != "unknown":
        raise StandardError("wrong status", where=where, expected="unknown", found=block["status"])
    if is_unknown == bool(block.get("all") or block.get("any")):
        raise StandardError(
            "a criterion either asks something or is unknown",
            where=where,
            expected='leaves in all or any, or status = "unknown"',
        )
    if block.get("any") and unit in PLACES:
        raise StandardError("a place is asked everything", where=where, expected="all", found="any")
    groups = {
        key: tuple(leaf(each, unit, f"{where}, {key}") for each in block.get(key, ()))
        for key in ("applies_to", "all", "any")
    }
    source, confidence = (block.get(key, "") for key in ("source", "confidence"))
    return Variant(is_unknown=is_unknown, source=source, confidence=confidence, **groups)


def leaf(data: Any, unit: str, where: str) -> Leaf:
    """Return one comparison, checked against the catalogue of its unit.

    Raises
    ------
    StandardError
        If a key, a type, an indicator, a test or a unit does not fit.
    """
    if not isinstance(data, dict):
        raise StandardError("a leaf is a table", where=where, found=repr(data))
    _check_keys(data, LEAF_KEYS, {"indicator", "test"}, where)
    here = f"{where}, {data['indicator']}"
    column = _check_column(data["indicator"], INDICATOR_TABLES[unit], here)
    _check_test(data, column, here)
    _check_share(data, column, here)
    if "parameter" in data:
        _check_series(data["parameter"], "share" if "of" in data else column.unit, here)
    if "distance" in data:
        _check_distance(data, column, DECISION_TABLES[unit], here)
    value = data.get("value")
    return Leaf(**data | {"value": tuple(value) if isinstance(value, list) else value})


def _check_column(name: str, table: str, where: str) -> Column:
    if name not in columns(table):
        raise StandardError(
            f"not in the catalogue's table {table}",
            where=where,
            found=name,
            hint=nearest(name, columns(table)),
        )
    return columns(table)[name]


def _check_series(name: str, unit: str, where: str) -> None:
    try:
        found = series(name)
    except UnknownNameError as error:
        raise StandardError(error.problem, where=where, hint=error.hint) from error
    if found.unit != unit:
        raise StandardError(
            "a series in another unit", where=where, expected=unit, found=f"{name} ({found.unit})"
        )


def _check_share(data: dict[str, Any], column: Column, where: str) -> None:
    """Refuse a share whose parts are not of one kind, and a count without its denominator."""
    is_counted = f"{column.name}{UNKNOWN}" in columns(column.table)
    if is_counted != ("of" in data):
        raise StandardError(
            "a count that has its unknowns is judged as a share of its denominator, another is not",
            where=where,
            expected="of" if is_counted else "no of",
        )
    if "of" not in data:
        return
    whole = _check_column(data["of"], column.table, where)
    if whole.unit != column.unit:
        raise StandardError(
            "numerator and denominator are not of one kind",
            where=where,
            expected=f"a denominator in {column.unit}",
            found=f"{whole.name} ({whole.unit})",
        )
    if data["test"] not in NUMERIC_TESTS or not 0 <= data.get("value", 0) <= 1:
        raise StandardError(
            "a share is compared with a number from 0 to 1",
            where=where,
            found=f"{data['test']} {data.get('value')}",
        )


def _check_test(data: dict[str, Any], column: Column, where: str) -> None:
    test, value = data["test"], data.get("value")
    if test not in TESTS:
        raise StandardError("unknown test", where=where, expected=" ".join(TESTS), found=test)
    if ("value" in data) + ("parameter" in data) != (0 if test.startswith("is_") else 1):
        raise StandardError(
            "a test takes one value or one parameter, is_true and is_false none",
            where=where,
            found=repr(data),
        )
    if not _fits(test, column, value, "parameter" in data):
        raise StandardError(
            f"test {test} does not fit",
            where=where,
            expected=f"a test and a value for {column.name} ({column.dtype})",
            found=repr(value if "value" in data else data.get("parameter")),
        )


def _fits(test: str, column: Column, value: Value | list[str] | None, has_parameter: bool) -> bool:
    is_number = isinstance(value, int | float)
    if test.startswith("is_"):
        return column.dtype == "bool"
    if test in NUMERIC_TESTS or column.dtype in ("int", "float"):
        return column.dtype in ("int", "float") and (is_number or has_parameter) and test != "in"
    if test == "in":
        return isinstance(value, list) and bool(value) and _are_codes(value, column)
    return isinstance(value, str) and _are_codes([value], column)


def _are_codes(values: list[str], column: Column) -> bool:
    return bool(column.codes) and set(values) <= {c.value for c in codes(column.codes)}


def _check_distance(data: dict[str, Any], column: Column, table: str, where: str) -> None:
    distance = _check_column(data["distance"], table, where)
    if data["test"] not in NUMERIC_TESTS or distance.unit != column.unit:
        raise StandardError(
            "a distance belongs to a numeric test and has the indicator's unit",
            where=where,
            expected=column.unit,
            found=f"{data['distance']} ({distance.unit})",
        )
