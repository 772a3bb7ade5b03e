"""Services: who is entitled to what by the register, and whom it has reached."""

from __future__ import annotations

import numpy as np
import polars as pl

from povexit_sim.programmes.scene import Scene, days
from povexit_sim.settings import settings

_STAGES = {
    "kindergarten": ["preschool"],
    "senior_high": ["senior_1", "senior_2", "senior_3"],
    "county_vocational": ["vocational_1", "vocational_2", "vocational_3"],
    "higher_education": [
        "higher_vocational_1",
        "higher_vocational_2",
        "higher_vocational_3",
        "college",
    ],
    "pupils": ["primary", "junior_1", "junior_2", "junior_3"],
}
_EDUCATION = (*_STAGES, "special_education", "weak_schools", "teachers")
_ELDERLY_FROM = 60


def service_ledger(scene: Scene) -> pl.DataFrame:
    """Return a row for each person, household or school and service it is entitled to."""
    return pl.concat(
        [*_of_persons(scene), _of_households(scene), *_of_schools(scene)], how="diagonal"
    )


def _entitled() -> dict[str, pl.Expr]:
    """Return who is entitled to each service that persons have."""
    low, high = settings()["persons"]["school_age"]
    age, health = pl.col("age_years"), pl.col("health")
    at_school_age = age.is_between(low, high)
    is_left = pl.col("parts_away") & pl.col("work_place").is_null()
    return {
        **{s: pl.col("student_status").is_in(stages) for s, stages in _STAGES.items()},
        "special_education": at_school_age & (health == "disabled"),
        "health": health.is_in(["chronic", "serious_illness", "disabled"]),
        "left_behind_children": is_left & (age <= high),
        "left_behind_women": is_left
        & (pl.col("sex") == "female")
        & age.is_between(high + 1, _ELDERLY_FROM - 1)
        & pl.col("relation").is_in(["spouse", "daughter_in_law"]),
        "left_behind_elderly": is_left & (age >= _ELDERLY_FROM),
        "disabled": health == "disabled",
    }


def _curve(service: str) -> str:
    return "terms" if service in _EDUCATION else "steady"


def _of_persons(scene: Scene) -> list[pl.DataFrame]:
    asked = settings()["programmes"]["services"]["asked"]
    away = pl.col("work_place").is_in(["in_province", "out_of_province"])
    persons = scene.persons.with_columns(parts_away=away.any().over("household_number"))
    persons = persons.filter(pl.Series(scene.is_poor)[persons["household"]])
    everyone, made = len(scene.register.persons["household"]), []
    index = persons["person"].to_numpy()
    for service, entitled in _entitled().items():
        rng = scene.stream("service", service)
        lot, month = rng.random(everyone), scene.done(rng, everyone, _curve(service))
        reached = scene.seen(month, days(rng, everyone))
        frame = persons.select(
            "id_number",
            listed=entitled & pl.Series(lot[index] < asked[service]),
            reached_date=reached[index],
            service=pl.lit(service),
            unit_type=pl.lit("person"),
            entitled_persons=pl.lit(1, pl.Int64),
        ).filter("listed")
        is_reached = pl.col("reached_date").is_not_null().cast(pl.Int64)
        made.append(frame.drop("listed").with_columns(reached_persons=is_reached))
    return made


def _of_households(scene: Scene) -> pl.DataFrame:
    rng = scene.stream("service", "assistance")
    listed = np.asarray(scene.own["dibao_class"] != "none") & scene.is_poor
    month = scene.done(rng, scene.n, "early")
    reached = scene.seen(month, days(rng, scene.n))
    frame = scene.of_households({"listed": listed, "reached_date": reached}).filter("listed")
    size = pl.col("household_size")
    is_reached = pl.col("reached_date").is_not_null()
    return frame.select(
        "household_number",
        "reached_date",
        service=pl.lit("assistance"),
        unit_type=pl.lit("household"),
        entitled_persons=size,
        reached_persons=pl.when(is_reached).then(size).otherwise(0),
    )


def _of_schools(scene: Scene) -> list[pl.DataFrame]:
    """Return each township's central school: its pupils of the register, and their teachers."""
    own = settings()["programmes"]["services"]
    towns = scene.households.select("household_number", "township_name")
    pupils = scene.persons.filter(pl.col("student_status").is_in(_STAGES["pupils"]))
    schools = (
        pupils.join(towns, on="household_number", how="inner")
        .group_by("township_name")
        .agg(pupils=pl.len().cast(pl.Int64))
        .sort("township_name")
    )
    teachers = pl.max_horizontal(pl.lit(1, pl.Int64), pl.col("pupils") // own["pupils_a_teacher"])
    made = []
    for service, entitled in {"weak_schools": pl.col("pupils"), "teachers": teachers}.items():
        # a school keeps its month, whatever other schools there are
        months = [
            int(scene.done(scene.stream(service, town), 1, "terms")[0])
            for town in schools["township_name"]
        ]
        reached = scene.seen(np.array(months, dtype=np.int64), np.full(len(months), 1))
        made.append(
            schools.select(
                school_name=pl.col("township_name") + "中心校",
                service=pl.lit(service),
                unit_type=pl.lit("school"),
                entitled_persons=entitled,
                reached_persons=pl.when(reached.is_not_null()).then(entitled).otherwise(0),
                reached_date=reached,
            )
        )
    return made
