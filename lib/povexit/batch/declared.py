"""What a notebook may be given, asked of the notebook itself before anything starts."""

from __future__ import annotations

import ast
import json
from pathlib import Path

from povexit.errors import StoreError


def declared_parameters(notebook: Path) -> set[str]:
    """Return the names that a notebook's ``parameters`` cell assigns.

    papermill injects any name it is given, known or not, as code; so names are checked
    against this before anything starts.

    Raises
    ------
    StoreError
        If the notebook is missing or torn, or has no cell tagged ``parameters``.
    """
    again = f"take it from the version control again: git checkout notebooks/{notebook.name}"
    if not notebook.is_file():
        raise StoreError("a notebook is missing", where=notebook, hint=again)
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        tagged = [c for c in cells if "parameters" in c.get("metadata", {}).get("tags", [])]
        names = _assigned("".join(tagged[0]["source"])) if tagged else None
    except (ValueError, KeyError, TypeError, SyntaxError) as error:
        raise StoreError(
            "a notebook cannot be read", where=notebook, found=str(error), hint=again
        ) from error
    if names is None:
        raise StoreError(
            "a notebook has no parameters cell",
            where=notebook.name,
            hint="tag the cell that sets month and county with 'parameters'",
        )
    return names


def _assigned(source: str) -> set[str]:
    names = set()
    for statement in ast.parse(source).body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement]
        names |= {t.id for t in targets if isinstance(t, ast.Name)}
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            names.add(statement.target.id)
    return names
