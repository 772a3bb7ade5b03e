"""Notebooks are prose and a few lines a cell, stored without outputs, with typed parameters."""

from __future__ import annotations

import ast
import json
import statistics
from pathlib import Path
from typing import Any

import pytest

from povexit.batch.options import STEPS

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
#: Those the batch runs, and their model; not the one people start with.
NUMBERED = [p for p in NOTEBOOKS if p.parent.name == "notebooks" and p.name != "start.ipynb"]


def cells(path: Path, kind: str) -> list[dict[str, Any]]:
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if cell["cell_type"] == kind]


def sources(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in cells(path, "code")]


def name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_a_notebook_is_stored_without_outputs(path: Path) -> None:
    for cell in cells(path, "code"):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_one_cell_holds_the_parameters_one_a_line_with_a_remark(path: Path) -> None:
    tagged = [c for c in cells(path, "code") if "parameters" in c["metadata"].get("tags", [])]
    assert len(tagged) == 1
    for line in "".join(tagged[0]["source"]).splitlines():
        assert isinstance(ast.parse(line).body[0], ast.Assign | ast.AnnAssign)
        assert "  # " in line


@pytest.mark.parametrize("path", NUMBERED, ids=name)
def test_a_numbered_notebook_knows_month_edition_and_language(path: Path) -> None:
    text = "\n".join(sources(path))
    names = {
        target.id
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert {"month", "lang"} <= names
    assert "edition" in names or {"edition_a", "edition_b"} <= names


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_a_notebook_defines_nothing_builds_no_path_and_sets_no_look(path: Path) -> None:
    for source in sources(path):
        tree = ast.parse(source)
        defined = (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
        assert not [node for node in ast.walk(tree) if isinstance(node, defined)]
        for word in ("rcParams", "Path(", "os.path", "sys.path", "read_csv", "read_parquet"):
            assert word not in source, word


def statements(path: Path) -> list[int]:
    """Return how many statements each cell has, those inside loops counted."""
    return [
        sum(isinstance(node, ast.stmt) for node in ast.walk(ast.parse(source)))
        for source in sources(path)
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_a_cell_has_a_few_statements(path: Path) -> None:
    counted = statements(path)
    assert statistics.median(counted) <= 4
    assert max(counted) <= 16


def test_the_batch_runs_the_numbered_notebooks_and_no_other() -> None:
    assert {step.notebook for step in STEPS} == {
        p.name for p in NUMBERED if not p.name.startswith("_")
    }
