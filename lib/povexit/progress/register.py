"""What is counted on the register, the village ledger and the verdicts; a function a measure."""

from __future__ import annotations

import polars as pl

from povexit.progress.tally import Given, count, polars, ratio
from povexit.standards import definition

LEFT = "exited_before"
POOR = ("poor", "returned")
VERDICT = "meets_standard"
FULL_YEAR = 12


def is_on_register() -> pl.Expr:
    """Tell whether a household had not left the register in earlier years."""
    return pl.col("register_status") != LEFT


def is_poor() -> pl.Expr:
    """Tell whether a household is poor, or poor again, by the register."""
    status = pl.col("register_status")
    return pl.any_horizontal(status == state for state in POOR)


def is_pre_exit(year: int) -> pl.Expr:
    """Tell whether a household on the register is planned to exit in a year."""
    return is_on_register() & (pl.col("planned_exit_year") == year)


def counties_meeting(given: Given) -> pl.LazyFrame:
    """Counties judged to meet the county standard."""
    return count(given.take("decisions_counties", [VERDICT]), pl.col(VERDICT))


def county_criteria_met(given: Given) -> pl.LazyFrame:
    """Criteria of the county standard that are met: columns with a reason beside them."""
    frame = polars(given.tables["decisions_counties"])
    names = frame.collect_schema().names()
    criteria = [n for n in names if f"{n}_reason" in names]
    states = frame.select(pl.col(criteria).cast(pl.Boolean)).unpivot(on=criteria)
    return count(states, pl.col("value"))


def _villages(given: Given) -> pl.LazyFrame:
    names = ["village_code", "is_poor_village", "planned_exit_year"]
    return given.take("cleaned_villages", names)


def villages_meeting(given: Given) -> pl.LazyFrame:
    """Poor villages judged to meet the village standard."""
    decided = given.take("decisions_villages", ["village_code", VERDICT])
    both = _villages(given).join(decided, on="village_code", how="left", validate="1:1")
    return count(both, pl.col(VERDICT), of=pl.col("is_poor_village"))


def households_poor(given: Given) -> pl.LazyFrame:
    """Households that are poor or poor again by the register."""
    return count(given.take("cleaned_households", ["register_status"]), is_poor())


def persons_poor(given: Given) -> pl.LazyFrame:
    """Persons that are poor or poor again by the register."""
    frame = given.take("cleaned_households", ["register_status", "household_size"])
    return count(frame, is_poor(), weight=pl.col("household_size"))


def households_meeting(given: Given) -> pl.LazyFrame:
    """Households that meet the standard, those that left in earlier years aside."""
    frame = given.take("decisions_households", ["register_status", VERDICT])
    return count(frame, pl.col(VERDICT), of=is_on_register())


def persons_meeting(given: Given) -> pl.LazyFrame:
    """Persons of households that meet the standard, those that left in earlier years aside."""
    names = ["register_status", "household_size", VERDICT]
    frame = given.take("decisions_households", names)
    return count(frame, pl.col(VERDICT), of=is_on_register(), weight=pl.col("household_size"))


def households_on_register(given: Given) -> pl.LazyFrame:
    """Register households, those that left in earlier years aside."""
    return count(given.take("cleaned_households", ["register_status"]), is_on_register())


def persons_on_register(given: Given) -> pl.LazyFrame:
    """Persons of register households, those that left in earlier years aside."""
    frame = given.take("cleaned_households", ["register_status", "household_size"])
    return count(frame, is_on_register(), weight=pl.col("household_size"))


def poor_villages(given: Given) -> pl.LazyFrame:
    """Poor villages of the village ledger."""
    return count(_villages(given), pl.col("is_poor_village"))


def _workers(given: Given) -> pl.LazyFrame:
    """Return persons with whether they can work and whether they work away."""
    frame = given.take("cleaned_persons", ["age_years", "labour", "work_place", "months_away"])
    ages, able = definition("working_age_years"), definition("labour_ability")
    in_age = (pl.col("age_years") >= ages.minimum) & (pl.col("age_years") <= ages.maximum)
    has_place = pl.col("work_place").is_not_null()
    # one comparison a word: null stays null, so that unknown labour is unknown
    can_work = pl.any_horizontal(pl.col("labour") == word for word in able.values)
    return frame.with_columns(
        is_able=in_age & can_work,
        is_away=has_place | (pl.col("months_away").fill_null(0) > 0),
    )


def persons_working_away(given: Given) -> pl.LazyFrame:
    """Persons able to work who work away; nothing recorded of work means none."""
    return count(_workers(given), pl.col("is_away"), of=pl.col("is_able"))


def months_worked(given: Given) -> pl.LazyFrame:
    """Months worked away, of twelve a person; the year of a person of unknown months is unknown."""
    away = _workers(given).filter(pl.col("is_able") & pl.col("is_away"))
    months = pl.col("months_away")
    return away.select(
        number=months.sum().cast(pl.Float64),
        denominator=pl.len().cast(pl.Float64) * FULL_YEAR,
        unknown=months.is_null().sum().cast(pl.Float64) * FULL_YEAR,
    )


def hamlets_with_road(given: Given) -> pl.LazyFrame:
    """Hamlets of 20 households and more that have a road."""
    names = ["hamlets_20plus_with_road", "hamlets_20plus"]
    return ratio(given.take("cleaned_villages", names), *names)


def households_with_safe_water(given: Given) -> pl.LazyFrame:
    """Households of poor villages with safe water."""
    names = ["safe_water_households", "households_total"]
    frame = given.take("cleaned_villages", [*names, "is_poor_village"])
    return ratio(frame.filter(pl.col("is_poor_village").fill_null(True)), *names)
