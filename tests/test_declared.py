"""A notebook says what it may be given; all else is refused before anything starts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from povexit.batch.declared import check_parameters, declared_parameters
from povexit.errors import StoreError, UnknownNameError

ROOT = Path(__file__).parents[1]
SOURCE = """\
import math
county = "右江区"  # a county's name or code
rows: int = 10  # how many are shown
share = 0.5
limit: float | None = None
names: list[str] = []
anything = None
computed = math.pi
first = second = True  # two at once
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return _written(tmp_path, SOURCE)


def _written(folder: Path, source: str) -> Path:
    cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": source}
    out = folder / "in.ipynb"
    out.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    return out


def test_names_types_and_comments_are_read(path: Path) -> None:
    found = declared_parameters(path)
    assert {name: one.kinds for name, one in found.items()} == {
        "county": ("str",),
        "rows": ("int",),
        "share": ("float",),
        "limit": ("float", "NoneType"),
        "names": ("list",),
        "anything": (),
        "computed": (),
        "first": ("bool",),
        "second": ("bool",),
    }
    assert str(found["county"]) == "county: str (a county's name or code)"
    assert str(found["limit"]) == "limit: float or NoneType"
    assert found["second"].comment == "two at once"


def test_every_notebook_of_the_project_comments_what_it_takes() -> None:
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        found = declared_parameters(notebook)
        assert all(one.kinds and one.comment for one in found.values()), notebook.name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("county", "451022"),
        ("rows", 3),
        ("share", 1),
        ("share", 0.1),
        ("limit", None),
        ("limit", 2),
        ("names", ["a"]),
        ("anything", {"a": 1}),
        ("computed", "3"),
        ("first", False),
    ],
)
def test_what_is_declared_is_taken(path: Path, name: str, value: Any) -> None:
    check_parameters(path, {name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("county", 451022), ("rows", True), ("rows", 1.5), ("share", "0.5"), ("first", 1)],
)
def test_another_type_is_named_with_both(path: Path, name: str, value: Any) -> None:
    with pytest.raises(UnknownNameError, match="another type") as error:
        check_parameters(path, {name: value})
    assert error.value.where == f"in.ipynb, {name}"
    assert error.value.expected == declared_parameters(path)[name]
    assert error.value.found == f"{type(value).__name__}: {value!r}"
    # the way to keep text as text is of use only where text is wanted
    assert (error.value.hint is not None) == (name == "county")


def test_an_unknown_name_is_answered_with_the_nearest(path: Path) -> None:
    with pytest.raises(UnknownNameError) as error:
        check_parameters(path, {"country": "x"})
    assert str(error.value.hint).startswith("did you mean county")


@given(st.text().filter(lambda text: not text.isidentifier()))
def test_a_name_that_is_none_is_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    path = _written(tmp_path_factory.mktemp("any"), "n = 1")
    with pytest.raises(UnknownNameError, match="is not a name"):
        check_parameters(path, {name: 1})


@pytest.mark.parametrize("name", ["class", "n = 1; import os", "n\n", "__builtins__", "math"])
def test_a_name_that_would_be_code_is_refused(path: Path, name: str) -> None:
    with pytest.raises(UnknownNameError):
        check_parameters(path, {name: 1})


def test_no_parameters_cell_takes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "in.ipynb"
    path.write_text('{"cells": []}')
    with pytest.raises(StoreError, match="no parameters cell"):
        check_parameters(path, {})
