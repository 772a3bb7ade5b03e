"""What the survey's answers say about a household: the few things an interview asks."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from povexit.indicators.logic import per_person
from povexit.schema import columns
from povexit.schema.frames import enter, leave

TABLE = "indicators_survey_households"
ASKED = ("gross_income_yuan", "production_cost_yuan", "insured_members")


def interview(interviews: Any) -> Any:
    """Return the indicators of every household interviewed.

    Parameters
    ----------
    interviews
        ``cleaned_survey_households``; pandas, Polars or DuckDB.

    Returns
    -------
    table of the same kind
        One row an interview, ordered by ``interview_id``; columns and units as the
        catalogue's ``indicators_survey_households`` says.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    wanted = list(columns(TABLE))
    cleaned = columns("cleaned_survey_households")
    frame = enter(
        interviews, "cleaned_survey_households", [*(c for c in wanted if c in cleaned), *ASKED]
    )
    table = frame.with_columns(
        net_income_yuan=nw.col("gross_income_yuan") - nw.col("production_cost_yuan"),
        all_members_insured=nw.col("insured_members") >= nw.col("household_size"),
    ).with_columns(net_income_per_capita_yuan=per_person("net_income_yuan"))
    return leave(table.select(wanted).sort("interview_id"), like=interviews)
