"""What each column of a survey file means: the mapping, read from TOML and checked.

A mapping names columns; it holds no formula. What it does not name is not used, and what
that costs is said in the survey's remarks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from povexit.errors import SurveyError
from povexit.own.files import located
from povexit.own.keys import check_keys

#: Names the survey's own frame uses; a group or deprivation takes another.
RESERVED = (
    "household_id",
    "household_size",
    "weight",
    "stratum",
    "cluster",
    "welfare",
    "line",
    "everyone",
)
ROWS = ("household", "person")
OF = ("household", "person", "member")
WITHOUT_WEIGHT = ("refuse", "leave_out")

#: Ways to say where the line is, and ways an answer is a deprivation: one of each.
_LINES = ("amount", "column", "amounts", "dollars_a_day")
TESTS = ("is", "below", "above")


@cache
def units() -> dict[str, Any]:
    """Return the periods, scales and kinds of money a mapping can choose from."""
    return tomllib.loads(files(__package__).joinpath("units.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Deprivation:
    """One deprivation: a column, and which answers are one."""

    name: str
    column: str
    test: str
    value: Any
    dimension: str = ""
    weight: str | int | float = 1


@dataclass(frozen=True)
class SurveyMap:
    """A mapping as it was read; see ``docs/own_survey.md`` for what each part means."""

    title: str
    rows: str
    without_weight: str
    file: Mapping[str, Any]
    columns: Mapping[str, Any]
    groups: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]
    missing: Mapping[str, list[Any]]
    head: Mapping[str, Any]
    money: Mapping[str, Any]
    line: Mapping[str, Any]
    deprivations: tuple[Deprivation, ...] = ()
    cutoff: str | int | float = "1/3"
    where: str = field(default="the mapping", compare=False)

    def names(self, role: str) -> list[str]:
        """Return the columns of a role; none if it is not mapped."""
        given = self.columns.get(role, [])
        return [given] if isinstance(given, str) else list(given)


def read_mapping(given: str | Path | Mapping[str, Any]) -> SurveyMap:
    """Return a mapping.

    Parameters
    ----------
    given
        A TOML file's path, or its content as a dict.

    Raises
    ------
    SurveyError
        If the file is not there or not TOML, a key is unknown (the nearest is named), has the
        wrong type or is missing, or a choice is none of those there are.
    """
    if isinstance(given, Mapping):
        return _mapping(given, "the mapping given")
    path = located(given)
    try:
        return _mapping(tomllib.loads(path.read_text("utf-8")), path.name)
    except OSError as error:
        raise SurveyError(
            "the mapping cannot be opened",
            where=path,
            hint="px.own.propose(file) writes a first one",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SurveyError(
            "the mapping is not TOML",
            where=path.name,
            found=str(error),
            hint='text stands in quotes ("hhsize"), lists in brackets, and the file is UTF-8',
        ) from error


def _mapping(data: Mapping[str, Any], where: str) -> SurveyMap:
    check_keys("", data, where)
    for part in ("file", "columns", "head", "money", "line", "deprivations"):
        check_keys(part, data.get(part, {}), where, is_given=part in data)
    given = data.get("deprivations", {})
    made = SurveyMap(
        title=data.get("title", ""),
        rows=data.get("rows", "household"),
        without_weight=data.get("without_weight", "refuse"),
        file=data.get("file", {}),
        columns=data["columns"],
        groups=data.get("groups", {}),
        labels={c: {str(k): v for k, v in m.items()} for c, m in data.get("labels", {}).items()},
        missing=data.get("missing", {}),
        head=data.get("head", {}),
        money={"of": "household", "period": "year", "scale": "person", **data["money"]},
        line=data.get("line", {}),
        deprivations=tuple(_deprivation(d, where) for d in given.get("indicator", [])),
        cutoff=given.get("cutoff", "1/3"),
        where=where,
    )
    _check_choices(made)
    _check_names(made)
    return made


def _deprivation(data: Any, where: str) -> Deprivation:
    place = f"{where}, [[deprivations.indicator]]"
    if not isinstance(data, Mapping):
        raise SurveyError("wrong kind of value in the mapping", where=place, found=repr(data))
    check_keys("indicator", data, where)
    tests = [t for t in TESTS if t in data]
    if len(tests) != 1:
        raise SurveyError(
            "it is not clear which answers are a deprivation",
            where=f"{place} {data['name']}",
            expected="one of is = [...], below = number, above = number",
            found=", ".join(tests) or "none",
        )
    name = data["name"]
    given = {k: data[k] for k in ("weight",) if k in data}
    dimension = data.get("dimension", name)
    return Deprivation(name, data["column"], tests[0], data[tests[0]], dimension, **given)


def _check_choices(made: SurveyMap) -> None:
    choices = [
        ("rows", made.rows, ROWS),
        ("without_weight", made.without_weight, WITHOUT_WEIGHT),
        ("[money] kind", made.money["kind"], tuple(units()["kind"])),
        ("[money] of", made.money["of"], OF),
        ("[money] period", made.money["period"], tuple(units()["period"])),
        ("[money] scale", made.money["scale"], tuple(units()["scale"])),
    ]
    if made.line:
        choices.append(("[line] period", made.line.get("period", "year"), tuple(units()["period"])))
        choices.append(("[line] poor", made.line.get("poor", "<"), ("<", "<=")))
    for place, found, known in choices:
        if found not in known:
            raise SurveyError(
                "no such choice",
                where=f"{made.where}, {place}",
                expected=", ".join(known),
                found=found,
            )
    ways = [w for w in _LINES if w in made.line]
    if made.line and len(ways) != 1:
        raise SurveyError(
            "it is not clear where the line is",
            where=f"{made.where}, [line]",
            expected=f"one of {', '.join(_LINES)}",
            found=", ".join(ways) or "none",
        )


def _check_names(made: SurveyMap) -> None:
    """Refuse what would not be told apart, or does not go together."""
    named = [*made.groups, *(d.name for d in made.deprivations)]
    taken = [n for n in named if n in RESERVED or n.startswith("_") or named.count(n) > 1]
    if taken:
        raise SurveyError(
            "a group or deprivation needs a name of its own",
            where=made.where,
            expected=f"none of {', '.join(RESERVED)}, none that begins with _, and each once",
            found=", ".join(dict.fromkeys(taken)),
        )
    if not all(isinstance(c, str) for c in made.groups.values()):
        raise SurveyError(
            "a group is a name and a column", where=f"{made.where}, [groups]", expected='sex = "q1"'
        )
    if not all(isinstance(v, list) for v in made.missing.values()):
        raise SurveyError(
            "missing codes are lists",
            where=f"{made.where}, [missing]",
            expected='"*" = [-9] for every column, or a column\'s name',
        )
    if made.rows == "person" and "id" not in made.columns:
        raise SurveyError(
            "a file of persons needs the household's number",
            where=f"{made.where}, [columns]",
            expected="id",
            hint="name the column, or columns, that are the same for all members of a household",
        )
    if made.money["of"] == "member" and made.rows != "person":
        raise SurveyError(
            "money of each member needs a row a person",
            where=f"{made.where}, [money] of",
            expected='of = "household" or "person", or rows = "person"',
        )
