"""Money: grants by project, source and year, and what has been paid out of them."""

from __future__ import annotations

import numpy as np
import polars as pl

from povexit_sim.noise import Floats, Ints, Texts, draw, largest_remainder
from povexit_sim.programmes.scene import NEVER, Scene, days, frame_of, persons_of, picked
from povexit_sim.settings import settings

_LABELS = {
    "industry": "产业发展",
    "relocation": "易地扶贫搬迁",
    "infrastructure": "基础设施",
    "housing": "危房改造",
    "education": "教育扶贫",
    "health": "健康扶贫",
    "assistance": "社会救助",
    "other": "扶贫",
}
_JUNE = 5
_ROUNDED_TO = 100


def fund_ledger(scene: Scene) -> pl.DataFrame:
    """Return a row for each grant made by now."""
    own, rng = settings()["programmes"]["funds"], scene.stream("funds")
    villages = scene.register.places.villages["village_name"].to_numpy().astype(str)
    n = own["county_projects"] + round(own["projects_a_village"] * len(villages))
    kind = draw(rng, own["kinds"], n)
    is_moving = kind == "relocation"
    usual, moving = draw(rng, own["sources"], n), draw(rng, own["relocation_sources"], n)
    year = np.where(is_moving, 2016, draw(rng, own["years"], n).astype(np.int64))
    # earlier years' money was granted then; this year's as the year goes
    month = np.where(
        year < 2016,
        (year - 2016) * 12 + rng.integers(2, 12, n),
        np.maximum(scene.done(rng, n, "steady"), 0),
    )
    granted, day = _amounts(scene, rng, n), days(rng, n)
    where = rng.choice(villages, n)
    place = np.where(np.arange(n) < own["county_projects"], "县级", where)
    frame = frame_of(
        {
            "project_id": _numbers(scene.county_code, year),
            "project_name": np.char.add(np.char.add(place, _named(kind)), "项目"),
            "programme": kind,
            "fund_source": np.where(is_moving, moving, usual),
            "fund_year": year,
            "granted_yuan": granted,
            "granted_date": scene.seen(month, day),
            "paid_yuan": _paid(scene, rng, granted, month, year < 2016),
        }
    )
    return frame.filter(pl.col("granted_date").is_not_null())


def _numbers(county: str, year: Ints) -> Texts:
    serial = np.char.mod("%04d", np.arange(1, len(year) + 1))
    return np.char.add(np.char.add(f"{county}-", year.astype(str)), np.char.add("-", serial))


def _named(kind: Texts) -> Texts:
    return np.array([_LABELS[k] for k in kind.tolist()])


def _amounts(scene: Scene, rng: np.random.Generator, n: int) -> Ints:
    own = settings()["programmes"]["funds"]
    total = round(persons_of(scene, own["yuan"]) / _ROUNDED_TO)
    weights: Floats = np.exp(own["spread"] * rng.standard_normal(n))
    return largest_remainder(total, weights) * _ROUNDED_TO


def _paid(
    scene: Scene, rng: np.random.Generator, granted: Ints, month: Ints, is_old: np.ndarray
) -> Ints:
    """Return what was paid by now: evenly over some months; most of the old money by June."""
    own, n, now = settings()["programmes"]["funds"], len(granted), scene.month
    needed = picked(rng, own["pay_months"], n)
    in_time = rng.random(n) < own["cleared_by_june"]
    slow = np.where(rng.random(n) < 0.8, rng.integers(_JUNE + 1, 11, n), NEVER)
    end = np.where(is_old, np.where(in_time, rng.integers(0, _JUNE + 1, n), slow), month + needed)
    begun = np.where(is_old, rng.uniform(0.2, 0.9, n), 0.0)
    start = np.where(is_old, -1, month)
    share = np.clip((now - start) / np.maximum(end - start, 1), 0, 1)
    paid = granted * (begun + (1 - begun) * share)
    return np.where(share >= 1, granted, np.floor(paid / _ROUNDED_TO) * _ROUNDED_TO).astype(
        np.int64
    )
