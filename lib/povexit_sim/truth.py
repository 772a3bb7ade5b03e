"""What is true and not on record: wrongly exited and omitted households.

A planted household fails in exactly one thing (income, housing, insurance, water or
school), so that the true rates are known and every failure can be told apart.
"""

from __future__ import annotations

import polars as pl

from povexit_sim.settings import settings

#: Answers that may differ from the record in truth.
TRUE = (
    "gross_income_yuan",
    "production_cost_yuan",
    "dwelling_grade",
    "insured_members",
    "school_dropouts",
    "is_water_safe",
)


def planted(frame: pl.DataFrame, is_planted: pl.Expr) -> pl.DataFrame:
    """Return ``frame`` with ``true_*`` columns, a failure in those that ``is_planted`` names.

    ``frame`` has the columns of `TRUE`, ``household_size``, ``failure`` and
    ``failure_depth`` (share of the line that a failing income reaches).
    """
    line = settings()["truth"]["poverty_line_yuan"]
    cannot = (pl.col("failure") == "school") & (pl.col("school_age_children") == 0)
    frame = frame.with_columns(
        failure=pl.when(is_planted & cannot).then(pl.lit("income")).when(is_planted).then("failure")
    )
    low = pl.col("household_size") * line * pl.col("failure_depth") + pl.col("production_cost_yuan")
    fails = {
        "gross_income_yuan": ("income", low.round().cast(pl.Int64)),
        "dwelling_grade": ("housing", pl.lit("C")),
        "insured_members": ("insurance", pl.col("insured_members") - 1),
        "is_water_safe": ("water", pl.lit(False)),
        "school_dropouts": ("school", pl.lit(1, dtype=pl.Int64)),
    }
    made = [
        pl.when(pl.col("failure").eq_missing(kind)).then(value).otherwise(c).alias(f"true_{c}")
        for c, (kind, value) in fails.items()
    ]
    return frame.with_columns(*made, true_production_cost_yuan=pl.col("production_cost_yuan"))


def truly_poor() -> pl.Expr:
    """Return whether a household fails in truth: income, two worries, three guarantees, water."""
    own = settings()["truth"]
    net = pl.col("true_gross_income_yuan") - pl.col("true_production_cost_yuan")
    return (
        (net / pl.col("household_size") <= own["poverty_line_yuan"])
        | ~pl.col("is_food_clothing_secure")
        | ~pl.col("true_dwelling_grade").is_in(own["safe_grades"])
        | (pl.col("floor_area_m2") < own["adequate_floor_m2"] * pl.col("household_size"))
        | (pl.col("true_insured_members") < pl.col("household_size"))
        | (pl.col("true_school_dropouts") > 0)
        | ~pl.col("true_is_water_safe")
    )


def registered_truth(households: pl.DataFrame) -> pl.DataFrame:
    """Return the register's households with ``true_*`` columns and ``is_truly_poor``."""
    exited = pl.col("register_status").is_in(["exited_before", "exited_new"])
    unsafe = pl.col("water_source").is_in(["none", "surface"]) | pl.col("has_water_difficulty")
    frame = households.with_columns(
        gross_income_yuan=pl.col("total_income_yuan"),
        is_water_safe=pl.col("is_water_clear") & ~unsafe,
    )
    frame = planted(frame, exited & pl.col("is_wrong"))
    return frame.with_columns(is_truly_poor=truly_poor())


def true_rates(county_code: str, households: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Return one row: persons exited, wrongly exited, unregistered, omitted, and both shares."""
    exited = households.filter(pl.col("register_status").is_in(["exited_before", "exited_new"]))
    poor = households.filter(~pl.col("register_status").is_in(["exited_before", "exited_new"]))
    size = pl.col("household_size")
    wrong = exited.filter("is_truly_poor").select(size.sum()).item()
    omitted = others.filter("is_truly_poor").select(size.sum()).item()
    n_exited, n_others = exited.select(size.sum()).item(), others.select(size.sum()).item()
    return pl.DataFrame(
        {
            "county_code": [county_code],
            "poor_households": [poor.height],
            "poor_persons": [poor.select(size.sum()).item()],
            "exited_households": [exited.height],
            "exited_persons": [n_exited],
            "wrongly_exited_persons": [wrong],
            "wrong_exit_share": [wrong / n_exited if n_exited else None],
            "unregistered_households": [others.height],
            "unregistered_persons": [n_others],
            "omitted_persons": [omitted],
            "omission_share": [omitted / n_others if n_others else None],
        }
    )
