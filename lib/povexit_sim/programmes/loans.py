"""Microloans: who was assessed and rated, who got a loan, what came back."""

from __future__ import annotations

import numpy as np
import polars as pl

from povexit_sim.noise import Ints, draw
from povexit_sim.programmes.scene import NEVER, Columns, Scene, dates, days
from povexit_sim.settings import settings


def loan_ledger(scene: Scene) -> pl.DataFrame:
    """Return a row for each household that the loan programme has assessed by now."""
    own, n = settings()["programmes"]["loans"], scene.n
    rng = scene.stream("loans")
    chance = np.where(scene.is_planned, own["assessed_planned"], own["assessed_other"])
    is_asked = (rng.random(n) < chance) & scene.is_poor
    assessed = np.where(is_asked, scene.done(rng, n, "early"), NEVER)
    rated = rng.random(n) < own["rated"]
    eligible = (rng.random(n) < own["eligible"]) & ~scene.own["is_wubao"]
    willing = rng.random(n) < own["willing"]
    month = np.maximum(scene.done(rng, n, "loans"), assessed)
    month = np.where(rated & eligible & willing, month, NEVER)
    made = {
        "assessed": assessed,
        "is_rated": rated,
        "grade": draw(rng, own["grades"], n),
        "is_eligible": eligible,
        "is_willing": willing,
        **_money(scene, rng, month),
    }
    frame = scene.of_households(made).filter(pl.col("assessed") <= scene.month)
    return frame.with_columns(credit_grade=pl.when("is_rated").then("grade"))


def _money(scene: Scene, rng: np.random.Generator, month: Ints) -> Columns:
    """Return sums and dates of each household's loan; zero and blank where there is none yet."""
    own, n, now = settings()["programmes"]["loans"], scene.n, scene.month
    amount = draw(rng, own["amounts_yuan"], n).astype(np.int64)
    due = month + rng.choice(own["term_months"], n)
    late = rng.random(n) >= own["repaid_in_time"]
    whole = due + np.where(late, rng.integers(1, 13, n), 0)
    part = np.where(rng.random(n) < own["part_repaid"], month + rng.integers(3, 9, n), NEVER)
    day = days(rng, n)
    lent = np.where(month <= now, amount, 0)
    repaid = np.select([whole <= now, part <= now], [lent, lent // 2], 0)
    return {
        "loan_yuan": lent,
        "loan_date": scene.seen(month, day),
        "due_date": dates(np.where(month <= now, due, NEVER), day),
        "repaid_yuan": repaid,
        "repaid_date": scene.seen(
            np.select([whole <= now, part <= now], [whole, part], NEVER), day
        ),
        "overdue_yuan": np.where(due < now, lent - repaid, 0),
    }
