"""Executed notebooks as the products are made from: small, with everything that may go wrong in them."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from tests import finished_tables as finished

from povexit import publish, style, tables
from povexit.publish.parts import FIGURE

PROVENANCE = {"month": "2016-06", "edition": "2016", "inputs": "3f1a9c22b0de"}
PAGE = publish.Page("田东县脱贫退出月报（2016-06）", "zh", True, PROVENANCE, "index.html")
ENGLISH = publish.Page("Tiandong: poverty-exit report", "en", False, PROVENANCE)


def write(path: Path, *cells, **parameters: str) -> Path:
    """Write a notebook of cells, run with parameters."""
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"papermill": {"parameters": parameters}} if parameters else {}
    nbformat.write(new_notebook(cells=list(cells), metadata=metadata), path)
    return path


def code(*data: dict, **metadata: object):
    """Return an executed code cell with outputs."""
    cell = new_code_cell("secret = 1", metadata=metadata)
    cell.outputs = [new_output("display_data", d) for d in data]
    return cell


def prose(text: str):
    """Return a cell that shows Markdown, as `povexit.narrative` does."""
    return code({"text/markdown": text, "text/plain": text})


def table(made: tables.Table):
    """Return a cell that shows a table, as the notebook's file holds it."""
    data = json.loads(json.dumps(made._repr_mimebundle_()))
    return code({"text/html": made._repr_html_(), "text/plain": "table", **data})


@cache
def svg() -> str:
    """Return a small drawing as matplotlib gives it."""
    with plt.rc_context():
        style.use("zh")
        fig, ax = plt.subplots()
        ax.bar(["达标", "未达标"], [3, 4])
        buffer = io.StringIO()
        fig.savefig(buffer, format="svg", metadata={"Date": None})
        plt.close(fig)
    return buffer.getvalue()


def figure(title: str = "达标与未达标", alt: str = "达标 3 户，未达标 4 户。"):
    """Return a cell that shows a figure with what it says about itself."""
    about = {
        "name": "meets",
        "title": title,
        "alt": alt,
        "source": "登记册",
        "data": {"columns": ["判定", "户数"], "rows": [["达标", 3], ["未达标", 4]]},
    }
    shown = {"image/svg+xml": svg(), "text/plain": "figure", FIGURE: about}
    return code(shown)


def report(path: Path, place: str = "田东县", **parameters: str) -> Path:
    """Write a small report: prose, figure, two tables, noise."""
    noise = code({"text/plain": "42"}, {"application/javascript": "alert(1)"})
    noise.outputs.append(new_output("stream", name="stdout", text="progress 50%"))
    return write(
        path,
        prose(f"# {place}脱贫退出月报"),
        new_markdown_cell(
            "谁达标，**为什么**。见[目录](index.html)和[标准](https://example.org/x)。"
        ),
        prose("## 一、达标"),
        table(tables.criteria(finished.criteria(), "zh")),
        figure(),
        prose("## 二、各村"),
        table(tables.villages(finished.villages(), "zh")),
        noise,
        code({"text/plain": "x"}, tags=["remove"]),
        **parameters,
    )


def many_villages(n: int, name: str = "") -> pd.DataFrame:
    """Return so many villages as `povexit.tables.villages` takes them, with long names if asked."""
    return pd.DataFrame(
        {
            "township_name": "作登瑶族乡",
            "village_name": [f"{name}{i}村" for i in range(n)],
            "is_poor_village": pd.array([i % 3 == 0 for i in range(n)], dtype="boolean"),
            "n": range(10, 10 + n),
            "meets": 4,
            "fails": range(6, 6 + n),
            "unknown": 0,
            "value": [4 / (10 + i) for i in range(n)],
            "status": "shown",
        }
    )
