"""Works: roads, water, television, broadband, and the five improvements of homes.

Where the register or the village ledger says when a road was built, a house repaired or a village
connected, the works were done then. Toilets, energy and paths to the house are ahead of the register.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from povexit_sim.evolve import hamlets_at
from povexit_sim.noise import Bools, Ints
from povexit_sim.programmes.scene import START_YEAR, Columns, Scene, dates, days, frame_of
from povexit_sim.settings import month_number, settings

_LARGE = 20  # households of a hamlet that is to have a road
_RAMP = 4  # months works take
_FLAGS = {"road_hardening": "has_hardened_road", "broadband": "has_broadband"}


def works_ledger(scene: Scene) -> pl.DataFrame:
    """Return a row for each village, hamlet or household and kind of works planned this year."""
    parts = [*_village_works(scene), *_hamlet_works(scene), *_home_works(scene)]
    return pl.concat(parts, how="diagonal_relaxed")


def improved(scene: Scene, villages: pl.DataFrame) -> pl.DataFrame:
    """Return the village ledger with what the works of villages have changed by now."""
    for kind, flag in _FLAGS.items():
        planned, month = _connections(scene, kind)
        done = pl.Series(planned & (month <= scene.month))
        villages = villages.with_columns((pl.col(flag) | done).alias(flag))
    return villages


def _connections(scene: Scene, kind: str) -> tuple[Bools, Ints]:
    """Return which villages are to be connected, and the month it is done.

    Those that have it already were connected before the year, the others from the drive on.
    """
    own = settings()["programmes"]
    rng, villages = scene.stream("works", kind), scene.register.places.villages
    n, year = len(villages), villages["planned_exit_year"].to_numpy().astype(np.int64)
    has = scene.villages[_FLAGS[kind]].to_numpy()
    month = np.maximum(scene.done(rng, n, "works"), month_number(own["drive_from"]))
    month = np.where(has, -rng.integers(1, 13, n), month)
    asked = (year == START_YEAR) | (rng.random(n) < own["works"]["other_villages"])
    return asked & (~has if kind == "road_hardening" else True), month


def _rows(scene: Scene, rng: np.random.Generator, kind: str, month: Ints) -> Columns:
    """Return kind, plan and progress of works that are done in ``month``."""
    n, now = len(month), scene.month
    share = np.clip(1 - (month - now) / _RAMP, 0, 1)
    by_december = rng.random(n) < 0.5
    planned = dates(np.where(by_december, 11, 9), np.where(by_december, 20, 31))
    return {
        "work_kind": np.full(n, kind),
        "planned_date": planned,
        "done_share": np.round(share, 2),
        "is_done": month <= now,
        "done_date": scene.seen(month, days(rng, n)),
    }


def _village_works(scene: Scene) -> list[pl.DataFrame]:
    own, villages = settings()["programmes"]["works"], scene.villages
    n = villages.height
    made = []
    for kind in ("broadband", "road_hardening", "television", "drinking_water"):
        rng = scene.stream("village works", kind)
        if kind in _FLAGS:
            planned, month = _connections(scene, kind)
        elif kind == "television":
            planned, _ = _connections(scene, "broadband")
            month = scene.done(rng, n, "early")
        else:
            planned = villages["is_poor_village"].to_numpy() & (
                rng.random(n) < own["water_villages"]
            )
            month = scene.done(rng, n, "works")
        rows = frame_of(_rows(scene, rng, kind, month))
        where = villages.select("village_code", served_households="households_total")
        made.append(pl.concat([where, rows], how="horizontal").filter(pl.Series(planned)))
    return [m.with_columns(unit_type=pl.lit("village")) for m in made]


def _hamlet_works(scene: Scene) -> list[pl.DataFrame]:
    own, hazard = settings()["programmes"]["works"], settings()["events"]["road_built"]
    places = scene.register.places
    lot = places.hamlets["lot"].to_numpy()
    surface = hamlets_at(scene.register, 0)["hamlet_road_surface"].to_numpy().astype(str)
    large = places.hamlets["hamlet_households"].to_numpy() >= _LARGE
    built = np.ceil(np.log(1 - lot) / np.log(1 - hazard)).astype(np.int64)
    codes = places.villages["village_code"].to_numpy().astype(str)
    where = {
        "village_code": codes[places.hamlets["village"].to_numpy()],
        "hamlet_name": places.hamlets["hamlet_name"].to_numpy().astype(str),
        "served_households": places.hamlets["hamlet_households"].to_numpy(),
    }
    made = []
    for kind, lacking in {"hamlet_road": ["none", "earth"], "road_hardening": ["gravel"]}.items():
        rng = scene.stream("hamlet works", kind)
        is_road = kind == "hamlet_road"
        month = built if is_road else scene.done(rng, len(lot), "works")
        asked = rng.random(len(lot)) < own["planned_anyhow" if is_road else "hardened_hamlets"]
        planned = np.isin(surface, lacking) & (asked | ((built <= 11) & is_road))
        planned &= large if is_road else True
        rows = frame_of(where | _rows(scene, rng, kind, month)).filter(pl.Series(planned))
        made.append(rows.unique(["village_code", "hamlet_name"], keep="first", maintain_order=True))
    return [m.with_columns(unit_type=pl.lit("hamlet")) for m in made]


def _home_works(scene: Scene) -> list[pl.DataFrame]:
    own, home = settings()["programmes"]["works"], scene.own
    n = scene.n
    poor_home = np.isin(home["dwelling_grade"], ["C", "D"])
    unsafe = np.isin(home["water_source"], ["none", "surface"]) | home["has_water_difficulty"]
    lacking = {
        "toilet": ~np.asarray(home["has_sanitary_toilet"]),
        "energy": home["fuel"] != "clean",
        "road": np.isin(home["household_road_surface"], ["gravel", "earth"]),
    }
    made = []
    for kind in ("house", "water", *lacking):
        rng = scene.stream("home works", kind)
        asked, anyhow = rng.random(n), rng.random(n) < own["planned_anyhow"]
        month = scene.done(rng, n, "works")
        if kind == "house":
            month = np.minimum(home["repaired_month"], home["drive_month"])
            planned = poor_home & ((month <= 11) | anyhow)
        elif kind == "water":
            solved = np.minimum(home["water_month"], home["drive_month"])
            month = np.where(unsafe, solved, month)
            planned = (unsafe & ((month <= 11) | anyhow)) | (~unsafe & (asked < own["water"]))
        else:
            planned = lacking[kind] & (asked < own[kind])
        rows = _rows(scene, rng, kind, month) | {"is_listed": planned & scene.is_poor}
        made.append(scene.of_households(rows).filter("is_listed").drop("is_listed"))
    return [
        m.with_columns(unit_type=pl.lit("household"), served_households=pl.lit(1, pl.Int64)).drop(
            "household_size", "village_code"
        )
        for m in made
    ]
