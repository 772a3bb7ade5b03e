"""Small interview tables, judged by the national rule."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
from tests.household_tables import as_engine, table, to_polars

from povexit import decide, indicators, standards

RULE = standards.load("national_person", "2016")
GOOD = {
    "month": "2016-06",
    "county_code": "451002",
    "stratum": "poor_village",
    "household_group": "exited",
    "village_probability": 0.5,
    "household_probability": 0.5,
    "household_size": 4,
    "school_dropouts": 0,
    "insured_members": 4,
    "gross_income_yuan": 20000.0,
    "production_cost_yuan": 2000.0,
    "is_food_secure": True,
    "is_clothing_secure": True,
    "dwelling_grade": "B",
    "is_water_safe": True,
    "is_recognising": True,
}
BAD = {"dwelling_grade": "D"}


def interviews(rows: list[dict[str, Any]], villages: int = 4) -> pl.DataFrame:
    """Return interviews, villages in turn; what a row does not say is as it should be."""
    full = [
        {**GOOD, "interview_id": f"q{i}", "village_code": f"v{i % villages}", **row}
        for i, row in enumerate(rows)
    ]
    return table("cleaned_survey_households", full)


def decided(
    rows: list[dict[str, Any]], engine: str = "polars", villages: int = 4, year: int = 2016
) -> pd.DataFrame:
    """Return interviews with their verdicts."""
    known = indicators.interview(as_engine(interviews(rows, villages), engine))
    made = to_polars(decide.interview(known, RULE, year))
    return made.to_pandas().convert_dtypes()
