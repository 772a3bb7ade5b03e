"""Whether the project's own intervals hold the truth on the project's own surveys.

The simulator knows every household's truth. A county's population is surveyed again and
again, interviews are judged by the national rule, rates estimated, and intervals, bounds
and verdicts held against the county's true rates.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import polars as pl

from povexit import decide, evaluation, indicators, standards
from povexit.evaluation.survey import STATED, estimated
from povexit.evaluation.verdicts import judged
from povexit_sim.county import Population
from povexit_sim.settings import settings
from povexit_sim.survey import make_survey

FRAMES = ("villages", "households", "unregistered")
BY = ("county_code", "survey")


def true_rates(people: Population) -> dict[str, float]:
    """Return a county's true rates, by measure.

    Recognition is drawn anew in each survey: its truth is the chance of it.
    """
    row = people.rates.row(0, named=True)
    everyone = pl.concat([people.households["is_truly_poor"], people.unregistered["is_truly_poor"]])
    poor = float(everyone.cast(pl.Float64).mean())  # type: ignore[arg-type]
    return {
        "wrong_exit_rate": row["wrong_exit_share"],
        "omission_rate": row["omission_share"],
        "recognition_rate": settings()["survey"]["recognising_share"] - 0.08 * poor,
    }


def surveyed(people: Population, seeds: Iterable[int]) -> pd.DataFrame:
    """Return the judged interviews of many surveys of one county, told apart by ``survey``."""
    frames = {name: getattr(people, name) for name in FRAMES}
    drawn = [
        make_survey(people.county_code, people.month, seed, people.scale, frames).with_columns(
            survey=pl.lit(str(seed)),
            month=pl.lit(people.month),
            interview_id=pl.col("interview_id") + f"-{seed}",
            village_code=pl.col("village_code") + f"-{seed}",
            stratum=pl.col("stratum") + f"-{seed}",
        )
        for seed in seeds
    ]
    asked = pl.concat(drawn)
    rule = standards.load("national_person", "2016")
    decided = decide.interview(indicators.interview(asked), rule, int(people.month[:4]))
    told = asked.select("interview_id", "survey")
    joined = pl.DataFrame(decided).join(told, on="interview_id", validate="1:1")
    return joined.to_pandas().convert_dtypes()


def checked(people: Population, seeds: Iterable[int]) -> pd.DataFrame:
    """Return estimates of every survey with their truth and what held it."""
    drawn = evaluation.design(surveyed(people, seeds))
    truth = true_rates(people)
    tables = []
    for measure in evaluation.measures():
        named = estimated(drawn, measure, BY, STATED).assign(threshold=measure.threshold)
        found = judged(named, measure)
        tables.append(found.assign(measure=measure.id, truth=truth[measure.id]))
    return pd.concat(tables, ignore_index=True)


def held(found: pd.DataFrame) -> pd.DataFrame:
    """Return by measure how often intervals held the truth, and verdicts were wrong."""
    truth, tests = found["truth"], {m.id: m.test for m in evaluation.measures()}
    is_low = found["measure"].map(tests) == "<"
    is_met = np.where(is_low, truth < found["threshold"], truth >= found["threshold"])
    upper = found["bound_side"] == "upper"
    flags = found.assign(
        interval=truth.between(found["low"], found["high"]),
        korn_graubard=truth.between(found["plain_low"], found["plain_high"]),
        one_sided=(found["bound"] >= truth).where(upper, found["bound"] <= truth),
        width=found["high"] - found["low"],
        korn_graubard_width=found["plain_high"] - found["plain_low"],
        settled=found["verdict"] != "undetermined",
        false_meets=(found["verdict"] == "meets") & ~is_met,
        false_fails=(found["verdict"] == "fails") & is_met,
    )
    columns = list(flags.columns[-8:])
    return (
        flags.groupby("measure", sort=False)[columns]
        .mean()
        .assign(surveys=found.groupby("measure").size())
    )
