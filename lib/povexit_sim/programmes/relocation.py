"""Relocation: who is to move, where to, and how far flat, keys and move have come.

Households whose dwelling the register calls relocated move as the register says; the others
keep their old home in the register, which is brought up to date later than the ledger.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from povexit.geography import counties, county_name
from povexit_sim.noise import Bools, Texts
from povexit_sim.programmes.scene import (
    Columns,
    Scene,
    days,
    enough,
    numbered,
    persons_of,
    picked,
)
from povexit_sim.settings import settings


def relocation_ledger(scene: Scene) -> pl.DataFrame:
    """Return a row for each household that is to move."""
    own, n = settings()["programmes"]["relocation"], scene.n
    rng = scene.stream("relocation")
    register = np.asarray(scene.own["is_relocated"]) & scene.is_poor
    able = np.asarray(scene.own["group"] == "poor") & ~register
    sizes = scene.own["size"]
    across = np.zeros(n, dtype=bool)
    if scene.county_code == own["across"]["from"]:
        across = enough(rng, able, sizes, own["across"]["persons"] * scene.scale)
    inside = enough(rng, able & ~across, sizes, persons_of(scene, own["persons"]))
    made: Columns = {
        "is_listed": register | across | inside,
        "to_county_code": np.where(across, own["across"]["to"], scene.county_code),
        "site_name": _sites(scene, rng, across),
        "planned_year": np.where(~across & (rng.random(n) < own["next_year"]), 2017, 2016),
    }
    made |= _steps(scene, rng, register, made["planned_year"] == 2017)
    frame = scene.of_households(made).filter("is_listed")
    names = {c: county_name(c) for c in frame["to_county_code"].unique()}
    return frame.with_columns(
        persons=pl.col("household_size"),
        to_county_name=pl.col("to_county_code").replace_strict(names, return_dtype=pl.String),
    )


def _sites(scene: Scene, rng: np.random.Generator, across: Bools) -> Texts:
    own = settings()["programmes"]["relocation"]
    names = counties().set_index("county_code")["short_zh"]
    number = rng.integers(1, own["sites"] + 1, scene.n)
    inside = numbered(f"{names[scene.county_code]}第", number, "安置点")
    outside = numbered(f"{names[own['across']['to']]}第", number + own["sites"], "安置点")
    return np.where(across, outside, inside)


def _steps(scene: Scene, rng: np.random.Generator, register: Bools, is_later: Bools) -> Columns:
    """Return how far each flat and move has come by now."""
    own, n, now = settings()["programmes"]["relocation"], scene.n, scene.month
    finished = scene.done(rng, n, "works") + np.where(is_later, 12, 0)
    keys = finished + picked(rng, own["keys_after"], n)
    moved = keys + picked(rng, own["moved_after"], n)
    known_moved = scene.own["moved_month"]
    known_keys = np.minimum(scene.own["keys_month"], known_moved)
    moved = np.where(register, known_moved, moved)
    keys = np.where(register, known_keys, keys)
    finished = np.where(register, known_keys - 1, finished)
    needed = picked(rng, own["build_months"], n)
    built = np.clip(1 - (finished - now) / needed, 0, 1)
    first, second = days(rng, n), days(rng, n)
    return {
        "flat_built_share": np.floor(built * 100) / 100,
        "is_flat_finished": finished <= now,
        "keys_date": scene.seen(keys, np.minimum(first, second)),
        "moved_date": scene.seen(moved, np.maximum(first, second)),
    }
