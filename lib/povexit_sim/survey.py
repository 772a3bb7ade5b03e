"""The household survey: stratified villages, then households by group, both with known chances.

Answers come from the household's truth, incomes with a little response noise; the
sample of a month does not depend on that of another.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from povexit_sim.noise import Floats, Ints, largest_remainder, stream
from povexit_sim.settings import settings

_SOURCES = {
    "crops": ("crop_income_yuan", "forestry_income_yuan", "sericulture_income_yuan"),
    "livestock": ("livestock_income_yuan", "poultry_income_yuan", "fishery_income_yuan"),
    "work_away": ("remittance_income_yuan",),
    "local_work": ("wage_income_yuan",),
    "business": ("other_business_income_yuan",),
    "transfer": ("dibao_income_yuan", "farm_subsidy_yuan", "basic_pension_income_yuan"),
    "remittance": ("other_transfer_income_yuan",),
}
_ASKED = (
    "household_number",
    "village_code",
    "household_group",
    "head_name",
    "phone",
    "household_size",
    "school_age_children",
    "floor_area_m2",
    "is_food_clothing_secure",
    "income_sources",
    "true_gross_income_yuan",
    "true_production_cost_yuan",
    "true_dwelling_grade",
    "true_insured_members",
    "true_school_dropouts",
    "true_is_water_safe",
    "is_truly_poor",
)


def design(scale: float) -> dict[str, int]:
    """Return the sample size: villages a county, households a group and village."""
    own = settings()["survey"]
    return own["full"] if scale >= own["full_from_scale"] else own["demo"]


def _frame(households: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    named = [
        pl.when(pl.sum_horizontal(*columns) > 0).then(pl.lit(name))
        for name, columns in _SOURCES.items()
    ]
    exited = pl.col("register_status").is_in(["exited_before", "exited_new"])
    registered = households.with_columns(
        income_sources=pl.concat_str(named, separator=";", ignore_nulls=True),
        household_group=pl.when(exited).then(pl.lit("exited")).otherwise(pl.lit("poor")),
    ).select(_ASKED)
    rest = others.with_columns(household_group=pl.lit("unregistered")).select(_ASKED)
    return pl.concat([registered, rest], how="vertical_relaxed")


def _villages(rng: np.random.Generator, villages: pl.DataFrame, wanted: int) -> pl.DataFrame:
    """Draw villages without replacement in each stratum, with their chances."""
    own = settings()["survey"]
    parts = []
    share = np.array([own["poor_village_share"], 1 - own["poor_village_share"]])
    for is_poor, quota in zip((True, False), largest_remainder(wanted, share), strict=True):
        stratum = villages.filter(pl.col("is_poor_village") == is_poor)
        n = min(int(quota), stratum.height)
        chosen = np.sort(rng.permutation(stratum.height)[:n])
        parts.append(
            stratum[chosen].select(
                "village_code",
                "village_name",
                "longitude",
                "latitude",
                stratum=pl.lit("poor_village" if is_poor else "non_poor_village"),
                village_probability=pl.lit(n / max(stratum.height, 1)),
            )
        )
    return pl.concat(parts)


def _households(
    rng: np.random.Generator, frame: pl.DataFrame, wanted: dict[str, int]
) -> pl.DataFrame:
    """Draw households without replacement in each village and group, with their chances."""
    cell = ["village_code", "household_group"]
    frame = frame.with_columns(lot=pl.Series(rng.random(frame.height)))
    quota = pl.col("household_group").replace_strict(wanted, return_dtype=pl.Int64)
    frame = frame.with_columns(
        place=pl.col("lot").rank("ordinal").over(cell), cell_size=pl.len().over(cell), quota=quota
    ).filter(pl.col("place") <= pl.col("quota"))
    chance = (pl.min_horizontal("quota", "cell_size") / pl.col("cell_size")).alias(
        "household_probability"
    )
    return frame.with_columns(chance)


def _times(rng: np.random.Generator, month: str, n: int) -> tuple[pl.Series, pl.Series]:
    first = np.datetime64(f"{month}-03T08:30:00", "ms")
    days = rng.integers(0, 20, n).astype("timedelta64[D]")
    start = first + days + rng.integers(0, 9 * 60, n).astype("timedelta64[m]")
    start = start + rng.integers(0, 60, n).astype("timedelta64[s]")
    length = np.clip(rng.normal(34, 9, n), 9, 80).astype(np.int64).astype("timedelta64[m]")
    return pl.Series("started_at", start), pl.Series("ended_at", start + length)


def _noisy(rng: np.random.Generator, amount: Ints) -> Floats:
    sd = settings()["survey"]["income_noise"]
    return np.round(amount * np.exp(rng.normal(0, sd, len(amount))), -1)


def _interview(rng: np.random.Generator, sample: pl.DataFrame, month: str) -> pl.DataFrame:
    own, n = settings()["survey"], sample.height
    started, ended = _times(rng, month, n)
    recognising = (
        rng.random(n) < own["recognising_share"] - 0.08 * sample["is_truly_poor"].to_numpy()
    )
    score = np.clip(np.round(rng.normal(4.3, 0.7, n)) - 2 * (rng.random(n) > 0.97), 1, 5)
    jitter = rng.normal(0, 0.002, (2, n))
    truth = {
        name: pl.col(f"true_{name}")
        for name in ("dwelling_grade", "insured_members", "school_dropouts", "is_water_safe")
    }
    return sample.with_columns(
        started,
        ended,
        gross_income_yuan=pl.Series(_noisy(rng, sample["true_gross_income_yuan"].to_numpy())),
        production_cost_yuan=pl.Series(_noisy(rng, sample["true_production_cost_yuan"].to_numpy())),
        longitude=(pl.col("longitude") + pl.Series(jitter[0])).round(5),
        latitude=(pl.col("latitude") + pl.Series(jitter[1])).round(5),
        is_food_secure=pl.col("is_food_clothing_secure"),
        is_clothing_secure=pl.col("is_food_clothing_secure"),
        is_recognising=pl.Series(recognising),
        satisfaction_helper=pl.when(pl.col("household_group") != "unregistered").then(
            pl.Series(score.astype(np.int64))
        ),
        **truth,
    )


def make_survey(
    county_code: str,
    month: str,
    seed: int,
    scale: float,
    frames: dict[str, pl.DataFrame],
) -> pl.DataFrame:
    """Return a month's interviews in a county, clean, a row a household.

    Parameters
    ----------
    county_code, month, seed, scale
        Which sample.
    frames
        ``villages``, ``households`` and ``unregistered`` of the population.

    Returns
    -------
    polars.DataFrame
        The catalogue's columns of ``cleaned_survey_households``, names and phones, and
        ``household_number`` and ``is_truly_poor``, which are not delivered.
    """
    rng = stream(seed, county_code, "survey", month)
    wanted = dict(design(scale))
    villages = _villages(rng, frames["villages"], wanted.pop("villages"))
    frame = _frame(frames["households"], frames["unregistered"])
    frame = frame.join(villages, on="village_code", how="inner", maintain_order="left")
    sample = _households(rng, frame.sort("household_number"), wanted)
    sample = _interview(rng, sample, month).sort("village_code", "started_at", "household_number")
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(5)
    team = pl.col("village_code").rank("dense").cast(pl.Int64) % 6 + 1
    return sample.with_columns(
        county_code=pl.lit(county_code),
        interview_id=pl.lit(f"{county_code}{month.replace('-', '')}") + number,
        interviewer_id=pl.lit(f"F{county_code[-3:]}") + team.cast(pl.String).str.zfill(2),
        village_label=pl.col("village_name"),
    )
