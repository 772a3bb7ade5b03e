"""Two counties of the demo month, judged as the batch does, in a project of their own."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from povexit import clean, decide, indicators, quality, standards, store

MONTH, COUNTIES = "2016-06", ("451022", "451030")
RAW = Path(__file__).parents[1] / "data" / "raw"


def _county(code: str) -> None:
    made = clean.county(MONTH, code, RAW / MONTH).tables
    year, rule = int(MONTH[:4]), standards.load("household_exit", "2016")
    places = {u: standards.load(f"{u}_exit", "2016") for u in ("village", "county")}
    known = indicators.household(made["cleaned_households"], made["cleaned_persons"])
    decided = decide.household(known, rule, year)
    villages = indicators.village(made["cleaned_villages"], known, decided)
    counties = indicators.county(villages)
    asked = indicators.interview(made["cleaned_survey_households"])
    found = made | {
        "indicators_households": known,
        "decisions_households": decided,
        "decisions_summary": decide.summary(decided, rule),
        "decisions_survey_households": decide.interview(
            asked, standards.load("national_person", "2016"), year
        ),
        "indicators_villages": villages,
        "decisions_villages": decide.village(villages, places["village"], year),
        "clauses_villages": decide.clauses(villages, places["village"], year),
        "indicators_counties": counties,
        "decisions_counties": decide.county(counties, places["county"], year),
        "quality_register": quality.check(
            made["cleaned_households"], made["cleaned_persons"], made.get("cleaning_quarantine")
        ),
        "deliveries": pl.DataFrame({"county_code": [code], "month": [MONTH], "simulated": [True]}),
    }
    for name, table in found.items():
        store.save(table, name, MONTH, code)


def make(home: Path) -> None:
    """Save the tables of both counties in the project in use, an empty folder."""
    for folder in ("data/raw", "data/processed", "notebooks", "reports"):
        (home / folder).mkdir(parents=True)
    for code in COUNTIES:
        _county(code)
