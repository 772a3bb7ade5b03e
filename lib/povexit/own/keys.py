"""Which keys a mapping has, and of what kind their values are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from povexit.errors import SurveyError
from povexit.schema import nearest

_TEXT, _LIST, _NUMBER = (str,), (list,), (int, float)
_KEYS: dict[str, dict[str, tuple[type, ...]]] = {
    "": {
        "title": _TEXT,
        "rows": _TEXT,
        "without_weight": _TEXT,
        "file": (dict,),
        "columns": (dict,),
        "groups": (dict,),
        "labels": (dict,),
        "missing": (dict,),
        "head": (dict,),
        "money": (dict,),
        "line": (dict,),
        "deprivations": (dict,),
    },
    "file": {
        "sheet": _TEXT,
        "header": (int,),
        "encoding": _TEXT,
        "delimiter": _TEXT,
        "decimal": _TEXT,
    },
    "columns": {
        "id": (str, list),
        "size": (str, list),
        "children": _TEXT,
        "weight": _TEXT,
        "stratum": (str, list),
        "cluster": (str, list),
    },
    "head": {"column": _TEXT, "is": _LIST},
    "money": {
        "columns": _LIST,
        "kind": _TEXT,
        "of": _TEXT,
        "period": _TEXT,
        "multiply": _NUMBER,
        "logarithm": (bool,),
        "currency": _TEXT,
        "scale": _TEXT,
    },
    "line": {
        "amount": _NUMBER,
        "column": _TEXT,
        "by": _TEXT,
        "amounts": (dict,),
        "dollars_a_day": _NUMBER,
        "ppp": _NUMBER,
        "period": _TEXT,
        "poor": _TEXT,
        "source": _TEXT,
    },
    "deprivations": {"cutoff": (str, int, float), "indicator": _LIST},
    "indicator": {
        "name": _TEXT,
        "column": _TEXT,
        "dimension": _TEXT,
        "weight": (str, int, float),
        "is": _LIST,
        "below": _NUMBER,
        "above": _NUMBER,
    },
}
_NEEDED = {"": ("columns", "money"), "money": ("columns", "kind"), "indicator": ("name", "column")}


def check_keys(part: str, data: Mapping[str, Any], where: str, is_given: bool = True) -> None:
    """Check the keys of one part of a mapping.

    Raises
    ------
    SurveyError
        If a key is unknown (the nearest is named), its value has the wrong type, or one that
        is needed is not there.
    """
    place = f"{where}, [{part}]" if part else where
    for key, value in data.items():
        if key not in _KEYS[part]:
            hint = nearest(key, _KEYS[part])
            raise SurveyError("unknown key in the mapping", where=place, found=key, hint=hint)
        kinds = _KEYS[part][key]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise SurveyError(
                "wrong kind of value in the mapping",
                where=f"{place} {key}",
                expected=" or ".join(_KINDS[k] for k in kinds),
                found=repr(value),
            )
    for key in _NEEDED.get(part, ()) if is_given else ():
        if key not in data:
            raise SurveyError("the mapping lacks a part", where=place, expected=key)


_KINDS = {
    str: 'text in quotes, such as "hhsize"',
    list: 'a list, such as ["a", "b"]',
    dict: "a table",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}
