"""What targets are measured by: the situations of tests/cases/progress.toml, on every engine."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from tests.household_tables import ENGINES, as_engine, table

from povexit import progress
from povexit.errors import SchemaError
from povexit.progress import measured
from povexit.progress.tally import Given

CASES = tomllib.loads((Path(__file__).parent / "cases" / "progress.toml").read_text("utf-8"))[
    "case"
]
KEYS = {"zh", "en", "measure", "where", "expect"}
MONTH, COUNTY = "2016-06", "451002"
SUMS = ["number", "denominator", "unknown"]


def tables_of(case: dict[str, Any], engine: str = "polars") -> dict[str, Any]:
    names = progress.measures()[case["measure"]].needs
    assert set(names) == set(case) - KEYS, case["en"]
    return {name: as_engine(table(name, case[name]), engine) for name in names}


@pytest.mark.parametrize("number", range(len(CASES)), ids=[c["measure"] for c in CASES])
def test_situation(number: int) -> None:
    case = CASES[number]
    where = tuple(case.get("where", {}).items())
    found = measured.function(case["measure"])(Given(tables_of(case), MONTH, where)).collect()
    sums = found.select(pl.col(SUMS).sum()).row(0)
    assert list(sums) == case["expect"], case["en"]
    assert case["zh"].endswith("。")
    assert case["en"].endswith(".")


@pytest.mark.parametrize("engine", ENGINES[1:4])
def test_every_engine_counts_the_same(engine: str) -> None:
    for case in CASES:
        where = tuple(case.get("where", {}).items())
        count = measured.function(case["measure"])
        expected = count(Given(tables_of(case), MONTH, where)).collect()
        found = count(Given(tables_of(case, engine), MONTH, where)).collect()
        assert found.select(SUMS).equals(expected.select(SUMS)), case["en"]


def test_every_measure_has_a_function_and_a_situation_or_counts_a_base() -> None:
    counted = {case["measure"] for case in CASES}
    plain = {"counties_meeting", "hamlets_with_road", *measured.BASES}
    for name in progress.measures():
        assert measured.function(name).__doc__
        assert name in counted | plain


def test_the_share_reached_never_passes_one() -> None:
    """Whatever is delivered, a number and its unknowns are within the denominator."""
    for case in CASES:
        number, whole, unknown = case["expect"]
        assert number <= whole
        assert min(number, whole, unknown) >= 0


# a county's month


def given(**more: Any) -> dict[str, Any]:
    homes = [
        {"household_id": "a", "register_status": "poor", "household_size": 4},
        {"household_id": "b", "register_status": "exited_before", "household_size": 2},
        {"household_id": "c", "register_status": "returned"},
    ]
    return {"cleaned_households": table("cleaned_households", homes), **more}


def rows(county: str = COUNTY, **more: Any) -> pd.DataFrame:
    return progress.county(given(**more), MONTH, county).to_pandas()


def test_a_ledger_that_was_not_delivered_is_unknown_and_not_nought() -> None:
    found = rows().set_index("target")
    assert found.loc["tourism", SUMS].isna().all()
    assert found.loc["households_on_register", SUMS].tolist() == [2, 3, 0]
    assert found.loc["persons_on_register", SUMS].tolist() == [4, 6, 1]


def test_an_empty_ledger_is_nought_and_not_unknown() -> None:
    found = rows(cleaned_zones=table("cleaned_zones", [])).set_index("target")
    assert found.loc["zones_city", SUMS].tolist() == [0, 0, 0]
    assert found.loc["zones_persons", SUMS].tolist() == [0, 4, 0]


def test_a_target_of_other_places_has_no_row() -> None:
    here = {"relocation_moved", "county_exit"}
    assert here & set(rows("451002")["target"]) == {"county_exit"}
    assert here & set(rows("451027")["target"]) == {"relocation_moved"}


def test_a_ledger_without_a_column_is_refused_by_name() -> None:
    with pytest.raises(SchemaError, match="missing") as caught:
        rows(
            cleaned_tourism=pl.DataFrame({"household_id": ["a"]}),
            decisions_households=table("decisions_households", []),
        )
    assert "supported_persons" in str(caught.value)


def target(name: str) -> progress.Target:
    return next(t for t in progress.targets() if t.id == name)


def line(
    county: str,
    name: str,
    number: float | None,
    whole: float | None = 100,
    unknown: float | None = 0,
    part: str | None = None,
) -> dict[str, Any]:
    return {
        "month": MONTH,
        "county_code": county,
        "target": name,
        "part": part,
        "number": number,
        "denominator": None if number is None else whole,
        "unknown": None if number is None else unknown,
    }


def test_the_city_is_the_sum_of_its_counties() -> None:
    table_ = pd.DataFrame([line("451002", "tourism", 30), line("451021", "tourism", 12, 50, 3)])
    city = progress.totals(table_, target("tourism")).set_index("county_code").loc["all"]
    assert city[SUMS].tolist() == [42, 150, 3]
    assert city["missing"] == 10


def test_a_zone_across_two_counties_is_one_zone_and_its_persons_add_up() -> None:
    parts = [
        line("451002", "zones_city", 6000, 6000, 0, "甲"),
        line("451021", "zones_city", 5000, 5000, 0, "甲"),
        line("451021", "zones_city", 9000, 9000, 2000, "乙"),
        line("451022", "zones_city", 0, 0, 0, None),
    ]
    found = progress.totals(pd.DataFrame(parts), target("zones_city")).set_index("county_code")
    assert found.loc["all", SUMS].tolist() == [1, 2, 1]
    assert found.loc["451021", "number"] == 0
    assert found.loc["451022", SUMS].tolist() == [0, 0, 0]
    assert pd.isna(found.loc["451023", "number"])
