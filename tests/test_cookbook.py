"""Every recipe of the cookbook is run and gives what it says, with something in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.axes import Axes

import povexit as px

COOKBOOK = Path(__file__).parents[1] / "docs" / "cookbook.md"
RECIPE = re.compile(r"\*\*(\d+)\. ([^*]+)\*\* → (\w+)\n```python\n(.+?)\n```", re.DOTALL)
RECIPES = RECIPE.findall(COOKBOOK.read_text(encoding="utf-8"))


def has_numbers(frame: pd.DataFrame) -> bool:
    return len(frame) > 0 and bool(frame.notna().any(axis=None))


#: What each kind of answer must be, and that there is something in it.
KINDS: dict[str, Callable[[Any], bool]] = {
    "frame": lambda v: isinstance(v, pd.DataFrame) and has_numbers(v),
    "series": lambda v: isinstance(v, pd.Series) and len(v) > 0 and bool(v.notna().any()),
    "table": lambda v: isinstance(v, px.tables.Table) and "<td" in v._repr_html_(),
    "axes": lambda v: isinstance(v, Axes) and v.has_data(),
    "list": lambda v: isinstance(v, list) and all(isinstance(x, str) and x for x in v) and v != [],
    "dict": lambda v: isinstance(v, dict) and sum(v.values()) > 0,
    "text": lambda v: len(str(v).splitlines()) > 5,
}


def test_there_are_twenty_and_more_in_order() -> None:
    assert len(RECIPES) >= 20
    assert [int(number) for number, *_ in RECIPES] == list(range(1, len(RECIPES) + 1))
    assert COOKBOOK.read_text(encoding="utf-8").count("```python") == len(RECIPES)


@pytest.mark.parametrize(
    ("question", "kind", "line"), [r[1:] for r in RECIPES], ids=[r[0] for r in RECIPES]
)
def test_a_recipe_gives_what_it_says(lab: str, question: str, kind: str, line: str) -> None:
    answer = eval(compile(ast.parse(line, mode="eval"), question, "eval"), {"px": px})
    assert KINDS[kind](answer), f"{question}: {type(answer).__name__}"
    plt.close("all")
