"""Tables of planned samples, simulated passes and coverage say their numbers in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from povexit import evaluation, tables
from povexit.errors import SchemaError

RULE, FIELD = evaluation.Rule(0.02, 0.15), evaluation.Field(clustering=0.02)


def options() -> pd.DataFrame:
    return evaluation.sample_options(0.002, RULE, [5, 10], (300.0, 40.0), FIELD)


def strata() -> pd.DataFrame:
    rows = [("贫困村", 900, 0.04, 9, 16), ("其他村", 2100, 0.005, 21, 14)]
    return pd.DataFrame(rows, columns=["name", "size", "rate", "proportional", "neyman"])


def passed() -> pd.DataFrame:
    row = {"true_rate": 0.03, "icc": 0.05, "villages": 20, "households": 15, "fails": 0.0}
    return pd.DataFrame([row | {"sample rate": 0.248, "Korn-Graubard": 0.015, "verdict": 0.0002}])


def held() -> pd.DataFrame:
    shares = {"interval": 0.99, "korn_graubard": 0.95, "one_sided": 0.99, "settled": 0.125}
    row = {"name": "recognition", "surveys": 2400, "false_meets": 0.0, "false_fails": 0.001}
    return pd.DataFrame([row | shares])


MADE: dict[str, tuple[Callable[..., tables.Table], Callable[[], pd.DataFrame]]] = {
    "options": (tables.sample_options, options),
    "allocation": (tables.allocation, strata),
    "passes": (tables.pass_rates, passed),
    "coverage": (tables.coverage, held),
}


def printed(name: str, lang: str) -> str:
    make, table = MADE[name]
    return make(table(), lang)._repr_html_()


@pytest.mark.parametrize("name", MADE)
def test_headings_are_in_the_language_asked_for(name: str) -> None:
    chinese = [c for c in printed(name, "zh") if ord(c) > 0x2E7F]
    english = printed(name, "en").replace("贫困村", "").replace("其他村", "")
    assert len(chinese) > 10
    assert not [c for c in english if ord(c) > 0x2E7F]


@pytest.mark.parametrize("name", MADE)
def test_a_missing_column_is_named(name: str) -> None:
    make, table = MADE[name]
    column = table().columns[-1]
    with pytest.raises(SchemaError) as caught:
        make(table().drop(columns=column))
    assert column in str(caught.value)


def test_numbers_are_printed_in_their_unit() -> None:
    assert "26,600" in printed("options", "en")
    assert {"0.05", "24.8%", "&lt;0.1%"} <= set(_cells(printed("passes", "en")))
    assert {"4.0%", "900", "16"} <= set(_cells(printed("allocation", "zh")))
    assert {"2,400", "12.5%"} <= set(_cells(printed("coverage", "zh")))


def test_a_plan_that_never_accepts_has_a_dash_and_one_that_cannot_be_is_unknown() -> None:
    table = options().astype({"accept": "Float64", "refuse": "Float64"})
    table.loc[0, ["accept", "refuse"]] = [-1, float("inf")]
    table.loc[1, ["villages", "households", "accept", "refuse", "power", "cost"]] = pd.NA
    cells = _cells(tables.sample_options(table, "en")._repr_html_())
    assert cells.count("—") == 2
    assert cells.count("unknown") == 6


def _cells(html: str) -> list[str]:
    return [part.split("<")[0] for part in html.replace("</", "<").split(">") if part.strip()]
