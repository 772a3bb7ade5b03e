"""A small survey of one's own, as its owner might send it: written in every format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat

REGIONS = {1: "山区", 2: "平原"}
WATER = {1: "自来水", 2: "河水", 9: "拒答"}


def households(rows: int = 120) -> pd.DataFrame:
    """Return households in 12 villages of 2 strata, drawn with known weights; -9 is no answer."""
    rng = np.random.default_rng(7)
    village = np.repeat(np.arange(1, 13), rows // 12)
    spent = rng.lognormal(9.6, 0.6, rows).round(1)
    spent[[3, 40]] = -9
    return pd.DataFrame(
        {
            "hhid": np.arange(1001, 1001 + rows),
            "region": np.where(village <= 5, 1, 2),
            "village": village,
            "wt": np.where(village <= 5, 12.5, 40.25),
            "hhsize": rng.integers(1, 8, rows),
            "totexp": spent,
            "water": rng.choice([1, 2, 9], rows, p=[0.6, 0.35, 0.05]),
        }
    )


MAPPING: dict[str, Any] = {
    "title": "示例调查",
    "columns": {
        "id": "hhid",
        "size": "hhsize",
        "weight": "wt",
        "stratum": "region",
        "cluster": "village",
    },
    "missing": {"totexp": [-9], "water": [9]},
    "money": {"columns": ["totexp"], "kind": "expenditure", "currency": "元"},
    "line": {"amount": 3000, "poor": "<="},
    "groups": {"area": "region"},
    "labels": {"region": {"1": "山区", "2": "平原"}},
    "deprivations": {
        "cutoff": "1/2",
        "indicator": [
            {"name": "no_tap", "column": "water", "is": [2]},
            {"name": "crowded", "column": "hhsize", "above": 5},
        ],
    },
}


def changed(**parts: Any) -> dict[str, Any]:
    """Return the mapping with some parts replaced; `None` takes one out."""
    made = {**MAPPING, **parts}
    return {k: v for k, v in made.items() if v is not None}


def _stata(path: Path, table: pd.DataFrame) -> None:
    numbers = table.assign(totexp=table["totexp"].mask(table["totexp"] == -9))
    pyreadstat.write_dta(
        numbers,
        path,
        column_labels={"totexp": "全年消费支出", "hhsize": "家庭人口数"},
        variable_value_labels={"region": REGIONS, "water": WATER},
    )


def _spss(path: Path, table: pd.DataFrame) -> None:
    pyreadstat.write_sav(
        table,
        path,
        column_labels={"totexp": "全年消费支出", "hhsize": "家庭人口数"},
        variable_value_labels={"region": REGIONS, "water": WATER},
        missing_ranges={"totexp": [-9], "water": [9]},
    )


def _semicolons(path: Path, table: pd.DataFrame) -> None:
    table.to_csv(path, index=False, sep=";", decimal=",", encoding="utf-8-sig")


def _chinese(path: Path, table: pd.DataFrame) -> None:
    named = table.assign(region=table["region"].map(REGIONS), 备注="无")
    path.write_bytes(named.to_csv(index=False).encode("gb18030"))


def _excel(path: Path, table: pd.DataFrame) -> None:
    table.to_excel(path, index=False, engine="xlsxwriter")


#: File name, and how the survey is written to it.
WRITERS: dict[str, Callable[[Path, pd.DataFrame], None]] = {
    "plain.csv": lambda path, table: table.to_csv(path, index=False),
    "semicolons.csv": _semicolons,
    "chinese.csv": _chinese,
    "tabs.tsv": lambda path, table: table.to_csv(path, index=False, sep="\t", encoding="utf-16"),
    "book.xlsx": _excel,
    "stata.dta": _stata,
    "spss.sav": _spss,
}
