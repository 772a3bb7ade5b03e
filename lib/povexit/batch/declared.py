"""What a notebook may be given, asked of the notebook itself before anything starts."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path
from typing import Any

from povexit.errors import StoreError, UnknownNameError
from povexit.schema import nearest


@dataclass(frozen=True)
class Parameter:
    """One parameter that a notebook declares.

    Attributes
    ----------
    name
        The variable that its ``parameters`` cell assigns.
    kinds
        Names of the types it may have: of its annotation, or of the value that stands there;
        none if neither tells.
    comment
        What the notebook says of it.
    """

    name: str
    kinds: tuple[str, ...] = ()
    comment: str = ""

    def takes(self, value: Any) -> bool:
        """Tell whether a value is of its type; a whole number may stand for a decimal."""
        kind = type(value).__name__
        return not self.kinds or kind in self.kinds or (kind == "int" and "float" in self.kinds)

    def __str__(self) -> str:
        kinds = f": {' or '.join(self.kinds)}" if self.kinds else ""
        return f"{self.name}{kinds}" + (f" ({self.comment})" if self.comment else "")


def declared_parameters(notebook: Path) -> dict[str, Parameter]:
    """Return name to parameter of what a notebook's ``parameters`` cell assigns.

    Raises
    ------
    StoreError
        If the notebook is missing or torn, or has no cell tagged ``parameters``.
    """
    again = f"take it from the version control again: git checkout notebooks/{notebook.name}"
    if not notebook.is_file():
        raise StoreError("a notebook is missing", where=notebook, hint=again)
    try:
        found = _declared(json.loads(notebook.read_text(encoding="utf-8"))["cells"])
    except (ValueError, KeyError, TypeError, SyntaxError) as error:
        raise StoreError(
            "a notebook cannot be read", where=notebook, found=str(error), hint=again
        ) from error
    return _there(found, notebook.name)


def check_parameters(notebook: Path, given: Mapping[str, Any]) -> None:
    """Raise unless a notebook declares all that it is given, of the type that is given.

    papermill injects any name it is given, known or not, as code; so this is asked before
    anything starts.

    Raises
    ------
    UnknownNameError
        If a name is no identifier, or one that the notebook does not declare: the nearest
        are named; or if a value is of another type.
    StoreError
        If the notebook is missing or torn, or has no cell tagged ``parameters``.
    """
    _check(declared_parameters(notebook), given, notebook.name)


def check_injected(notebook: Any, where: str) -> None:
    """Raise as `check_parameters`, of a notebook that papermill has injected parameters into.

    Raises
    ------
    UnknownNameError, StoreError
        As `check_parameters`.
    """
    given = notebook.metadata.get("papermill", {}).get("parameters", {})
    if not given:
        return
    try:
        found = _declared(notebook.cells)
    except SyntaxError as error:
        raise StoreError(
            "a notebook's parameters cell cannot be read", where=where, found=str(error)
        ) from error
    _check(_there(found, where), given, where)


def _there(found: dict[str, Parameter] | None, where: str) -> dict[str, Parameter]:
    if found is None:
        raise StoreError(
            "a notebook has no parameters cell",
            where=where,
            hint="tag the cell that sets month and county with 'parameters'",
        )
    return found


def _check(known: Mapping[str, Parameter], given: Mapping[str, Any], where: str) -> None:
    for name, value in given.items():
        if not name.isidentifier() or iskeyword(name):
            raise UnknownNameError(
                "a parameter's name is not a name",
                where=where,
                expected=", ".join(known),
                found=repr(name),
            )
        if name not in known:
            raise UnknownNameError(
                "the notebook does not take a parameter of this name",
                where=where,
                expected=", ".join(known),
                found=name,
                hint=nearest(name, known),
            )
        if not known[name].takes(value):
            raise UnknownNameError(
                "a parameter is of another type than the notebook takes",
                where=f"{where}, {name}",
                expected=known[name],
                found=f"{type(value).__name__}: {value!r}",
                hint=f"papermill keeps it text with -r {name} {value}"
                if "str" in known[name].kinds
                else None,
            )


def _declared(cells: Iterable[Mapping[str, Any]]) -> dict[str, Parameter] | None:
    """Return what the cell tagged ``parameters`` assigns; None if no cell is."""
    tagged = [c for c in cells if "parameters" in c.get("metadata", {}).get("tags", [])]
    return _assigned("".join(tagged[0]["source"])) if tagged else None


def _assigned(source: str) -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    for statement in ast.parse(source).body:
        if not isinstance(statement, ast.Assign | ast.AnnAssign):
            continue
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        kinds, comment = _kinds(statement), _comment(source, statement)
        names = [t.id for t in targets if isinstance(t, ast.Name)]
        found |= {name: Parameter(name, kinds, comment) for name in names}
    return found


def _kinds(statement: ast.Assign | ast.AnnAssign) -> tuple[str, ...]:
    """Return the types an assignment tells of: by its annotation, else by its value."""
    if isinstance(statement, ast.AnnAssign):
        parts = ast.unparse(statement.annotation).strip("'").split("|")
        return tuple(p.split("[")[0].strip().replace("None", "NoneType") for p in parts)
    try:
        value = ast.literal_eval(statement.value)
    except ValueError:
        return ()  # computed: then only running it tells
    return () if value is None else (type(value).__name__,)


def _comment(source: str, statement: ast.stmt) -> str:
    """Return the comment behind a statement; the tree counts a line in bytes."""
    line = source.splitlines()[(statement.end_lineno or 1) - 1].encode("utf-8")
    rest = line[statement.end_col_offset :].decode("utf-8").strip()
    return rest.removeprefix("#").strip() if rest.startswith("#") else ""
