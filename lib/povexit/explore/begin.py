"""Where to begin: what is there to ask, which notebooks ask it, and a new one for a new question."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from povexit import store
from povexit.errors import StoreError, UnknownNameError
from povexit.explore.data import catalogue, months
from povexit.style import fmt_int, pick
from povexit.style import language as language_of

EXAMPLE = "2016-06"
_TITLE = re.compile(r"#\s+(.*)")
_LONGEST = 60
_FIRST = "povexit-question"


@dataclass(frozen=True)
class Page:
    """Text in Markdown that a notebook shows as a page."""

    text: str

    def _repr_markdown_(self) -> str:
        return self.text

    def __str__(self) -> str:
        return self.text


def notebooks_dir() -> Path:
    """Return the folder of the notebooks people explore with."""
    return store.root() / "notebooks" / "explore"


def start(lang: str | None = None) -> Page:
    """Return a first page: which months and tables there are, and which notebooks ask what.

    Parameters
    ----------
    lang
        ``zh`` or ``en``; the language of `style.use` without it.

    Returns
    -------
    Page
        If no month was run yet, it says which command runs one.
    """
    parts = [_month(lang), _notebooks(lang), _further(lang)]
    return Page("\n\n".join(parts))


def _month(lang: str | None) -> str:
    known = months()
    if not known:
        return pick(
            lang,
            f"**还没有任何月份的数据。** 在终端运行 `make report`（约两分钟），或 `povexit run --month {EXAMPLE}`，"
            "然后再运行这一格。",
            f"**No month has been run yet.** In a terminal run `make report` (about two minutes), or "
            f"`povexit run --month {EXAMPLE}`; then run this cell again.",
        )
    last = known[-1]
    found = catalogue(last, lang)
    lines = [
        pick(lang, f"**月份：** {'、'.join(known)}", f"**Months:** {', '.join(known)}"),
        pick(
            lang, f"**{last} 的表**（`px.load(名称)`）", f"**Tables of {last}** (`px.load(name)`)"
        ),
        _table(found.reset_index().to_dict("records"), lang),
    ]
    return "\n\n".join(lines)


def _table(rows: list[dict[Any, Any]], lang: str | None) -> str:
    heads = pick(
        lang, "| 表 | 内容 | 行 | 列 | 县 |", "| table | holds | rows | columns | counties |"
    )
    body = [
        f"| `{r['table']}` | {r['holds']} | {fmt_int(r['rows'])} | {r['columns']} | {r['counties']} |"
        for r in rows
    ]
    return "\n".join([heads, "|---|---|--:|--:|--:|", *body])


def _notebooks(lang: str | None) -> str:
    folder = notebooks_dir()
    entries = [
        f"- [{path.stem}](explore/{path.name}): {_title(path, lang)}"
        for path in sorted(folder.glob("*.ipynb"))
    ]
    head = pick(lang, "**可以直接运行的笔记本**", "**Notebooks to run and to change**")
    return "\n".join([head, "", *entries])


def _title(path: Path, lang: str | None) -> str:
    """Return a notebook's title; of one in both languages, the part in this language."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return pick(lang, "（无法读取）", "(cannot be read)")
    found = _TITLE.match("".join(cells[0]["source"])) if cells else None
    parts = (found[1] if found else path.stem).split(" / ")
    return parts[-1] if language_of(lang) == "en" else parts[0]


def _further(lang: str | None) -> str:
    return pick(
        lang,
        '新问题：在终端运行 `povexit new "问题"`，得到一个空白但可运行的笔记本。一行一个例子：`docs/cookbook.md`。',
        'A new question: `povexit new "question"` in a terminal makes a notebook that runs. '
        "Examples of one line each: `docs/cookbook.md`.",
    )


def new_notebook(question: str, lang: str = "zh") -> Path:
    """Make a notebook for a new question, in the form of the others; return its path.

    Parameters
    ----------
    question
        The question in words; it is the notebook's title and, shortened, its name.
    lang
        The language its parameters start with.

    Raises
    ------
    UnknownNameError
        If the question has no letter to name a file by.
    StoreError
        If the notebook cannot be written. Nothing that is there is ever overwritten.
    """
    title = " ".join(question.split())
    name = slug(title)
    if not name:
        raise UnknownNameError("a question needs words", found=repr(question))
    folder = notebooks_dir()
    path = folder / f"{_next_number(folder):02d}_{name}.ipynb"
    if path.exists():
        raise StoreError("there is such a notebook already", where=path)
    model = json.loads((folder.parent / "_template.ipynb").read_text(encoding="utf-8"))
    made = _filled(model, title, language_of(lang))
    return store.write_atomic(path, json.dumps(made, ensure_ascii=False, indent=1) + "\n")


def slug(title: str) -> str:
    """Return a title as a file's name: letters, digits and Han, the rest as ``_``.

    Examples
    --------
    >>> slug("Why do hill villages fail?"), slug("../山区村为什么不达标？")
    ('why_do_hill_villages_fail', '山区村为什么不达标')
    """
    return re.sub(r"\W+", "_", title.lower()).strip("_")[:_LONGEST].rstrip("_")


def _next_number(folder: Path) -> int:
    numbers = [int(m[1]) for p in folder.glob("*.ipynb") if (m := re.match(r"(\d+)_", p.name))]
    return max(numbers, default=0) + 1


def _filled(model: Mapping[str, Any], title: str, lang: str) -> dict[str, Any]:
    """Return the model notebook with a title of its own and cells of its own names."""
    cells = []
    for place, cell in enumerate(model["cells"]):
        made = {**cell, "id": f"{_FIRST}-{place:02d}", "metadata": dict(cell["metadata"])}
        # what a report leaves out, such as headings of steps, helps who thinks
        tags = [tag for tag in cell["metadata"].get("tags", []) if tag != "remove"]
        made["metadata"] = {**cell["metadata"], "tags": tags} if tags else {}
        if "parameters" in tags:
            made["source"] = [
                line.replace('lang = "zh"', f'lang = "{lang}"') for line in cell["source"]
            ]
        cells.append(made)
    cells[0]["source"] = [f"# {title}\n", "\n", _how(lang)]
    return {**model, "cells": cells}


def _how(lang: str) -> str:
    return pick(
        lang,
        "这是一个可以运行的起点：改参数，换掉“载入”与“局限”之间的各格，写下答案。",
        "A start that runs: change the parameters, replace the cells between *load* and *limits*, "
        "write down the answer.",
    )
