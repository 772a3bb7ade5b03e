"""From the targets' TOML to frozen targets; what is wrong in a file is said, not guessed."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from povexit.errors import StandardError, UnknownNameError
from povexit.geography import resolve_county
from povexit.progress.model import KINDS, LEVELS, Group, Measure, Target
from povexit.schema import codes, columns, nearest, tables

FOLDER = files("povexit") / "targets"
FILE_KEYS: dict[str, Any] = {"year": int, "source": str, "target": list}
NEEDED: dict[str, Any] = {
    **dict.fromkeys(("id", "name", "name_en", "measure", "level", "kind", "confidence"), str),
    "deadline": dt.date,
    "answers": list,
}
TARGET_KEYS: dict[str, Any] = {
    **NEEDED,
    **dict.fromkeys(("source", "deadline_confidence", "note"), str),
    **dict.fromkeys(("number", "share", "at_least"), (int, float)),
    **dict.fromkeys(("places", "path"), list),
    "where": dict,
    "without_number": bool,
    "headline": bool,
}


@cache
def measures() -> dict[str, Measure]:
    """Return every measure by its id."""
    blocks = _toml("measures.toml")
    return {i: Measure(i, **b | {"needs": tuple(b["needs"])}) for i, b in blocks.items()}


@cache
def groups() -> dict[str, Group]:
    """Return who answers for targets, by id; three task groups have no name, none was found."""
    return {b["id"]: Group(**b) for b in _toml("groups.toml")["group"]}


@cache
def targets(name: str = "baise_2016") -> tuple[Target, ...]:
    """Return the targets of one file of ``povexit/targets``, in order.

    Raises
    ------
    UnknownNameError
        If there is no such file.
    StandardError
        If something in it is wrong; see `parse`.

    Examples
    --------
    >>> [t.number for t in targets() if t.measure.id == "villages_meeting"]
    [112, 249]
    """
    file = FOLDER / f"{name}.toml"
    if not file.is_file():
        raise UnknownNameError(f"no targets {name!r}", found=name, expected="baise_2016")
    return parse(file.read_text(encoding="utf-8"), f"{name}.toml")


def parse(text: str, where: str) -> tuple[Target, ...]:
    """Return the targets written in ``text``, in order.

    Parameters
    ----------
    text
        TOML, as docs/progress.md describes it.
    where
        The file's name, for messages.

    Raises
    ------
    StandardError
        If a target has no deadline, comes twice, names a county, measure, group, column or code
        that is not known, or a number that is not positive or comes before its path's; if a key
        is unknown or missing or of the wrong type.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StandardError("not TOML", where=where, found=str(error)) from error
    _check_keys(data, FILE_KEYS, FILE_KEYS, where)
    found = []
    for block in data["target"]:
        here = f"{where}, target {block.get('id', '?')}"
        found.append(_target({"source": data["source"], **block}, here))
        if [t.id for t in found].count(found[-1].id) > 1:
            raise StandardError("a target twice", where=here, hint="give each an id of its own")
    return tuple(found)


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def _check_keys(
    data: Mapping[str, Any], known: Mapping[str, Any], needed: Iterable[str], where: str
) -> None:
    for key, value in data.items():
        if key not in known:
            raise StandardError("unknown key", where=where, found=key, hint=nearest(key, known))
        if not isinstance(value, known[key]) or isinstance(value, bool) != (known[key] is bool):
            raise StandardError(f"wrong type of {key}", where=where, found=repr(value))
    if "deadline" in needed and "deadline" not in data:
        raise StandardError(
            "a target without a deadline",
            where=where,
            expected="deadline = 2016-12-31",
            hint="a target has a day by which it is to be reached; add it",
        )
    if missing := [key for key in needed if key not in data]:
        raise StandardError("key missing", where=where, expected=", ".join(missing))


def _target(block: dict[str, Any], where: str) -> Target:
    _check_keys(block, TARGET_KEYS, NEEDED, where)
    measure = _known(block["measure"], measures(), "measure", where)
    _known(block["level"], dict.fromkeys(LEVELS), "level", where)
    _known(block["kind"], dict.fromkeys(KINDS), "kind", where)
    _check_number(block, where)
    _check_where(block.get("where", {}), measure, where)
    plain = {
        k: v for k, v in block.items() if k in ("number", "share", "at_least", "note", "headline")
    }
    return Target(
        **{k: block[k] for k in ("id", "name", "name_en", "level", "deadline", "kind")},
        **plain,
        measure=measure,
        places=tuple(_county(p, where) for p in block.get("places", ())),
        answers=tuple(_known(g, groups(), "task group", where) for g in block["answers"]),
        source=block["source"],
        confidence=block["confidence"],
        deadline_confidence=block.get("deadline_confidence", block["confidence"]),
        where=tuple(block.get("where", {}).items()),
        path=_path(block, where),
    )


def _known(name: str, known: Mapping[str, Any], what: str, where: str) -> Any:
    if name not in known:
        raise StandardError(
            f"unknown {what}", where=where, found=name, hint=nearest(str(name), known)
        )
    return known[name]


def _county(name: Any, where: str) -> str:
    try:
        return resolve_county(name)
    except UnknownNameError as error:
        raise StandardError(
            "unknown county", where=where, expected=error.expected, found=name, hint=error.hint
        ) from error


def _check_number(block: Mapping[str, Any], where: str) -> None:
    given = [k for k in ("number", "share", "without_number") if k in block]
    if len(given) != 1:
        raise StandardError(
            "a target has one number",
            where=where,
            expected="number, share, or without_number = true where the source names none",
            found=", ".join(given) or "none of them",
        )
    for key in ("number", "share", "at_least"):
        if key in block and not block[key] > 0:
            raise StandardError(
                f"{key} is not positive", where=where, expected="above 0", found=block[key]
            )
    if block.get("share", 0) > 1:
        raise StandardError(
            "share above 1",
            where=where,
            expected="0 to 1, such as 0.8 for 80%",
            found=block["share"],
        )


def _check_where(picked: Mapping[str, Any], measure: Measure, where: str) -> None:
    table = measure.needs[0]
    known = columns(table) if table in tables() else {}
    for name, value in picked.items():
        column = _known(name, known, f"column of {table}", where)
        if column.codes == "foreign:counties":
            _county(value, where)
        elif column.codes and not column.codes.startswith("foreign"):
            _known(value, {c.value: c for c in codes(column.codes)}, f"value of {name}", where)


def _path(block: Mapping[str, Any], where: str) -> tuple[tuple[dt.date, float], ...]:
    points = []
    for point in block.get("path", ()):
        _check_keys(point, {"date": dt.date, "number": (int, float)}, ("date", "number"), where)
        points.append((point["date"], float(point["number"])))
    days = [day for day, _ in points]
    if days != sorted(set(days)) or any(day >= block["deadline"] for day in days):
        raise StandardError(
            "a path goes from day to day and ends before the deadline", where=where, found=days
        )
    return tuple(points)
