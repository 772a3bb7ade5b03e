"""What a household lives in and has: dwelling, land, water, road, power, help.

Columns bear the catalogue's names. A trait that can change carries the month of the
change in a column of its own (`*_month`), which `county` applies and drops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from povexit_sim.noise import Bools, Floats, Ints, Texts, blend, draw, event_month, ordered, yes
from povexit_sim.settings import settings

Columns = dict[str, Any]


@dataclass(frozen=True)
class Latents:
    """Standing of the household and of the hamlet it lives in, a number a household."""

    household: Floats
    hamlet: Floats


def _traits(rng: np.random.Generator, latents: Latents) -> Columns:
    made: Columns = {}
    for name, trait in settings()["ordered"].items():
        latent = getattr(latents, trait["latent"])
        made[name] = ordered(rng, latent, trait["shares"], trait["rho"])
    for name, trait in settings()["yes"].items():
        made[name] = yes(rng, latents.household, trait["p"], trait["rho"])
    return made


def _dwelling(rng: np.random.Generator, made: Columns, sizes: Ints, latent: Floats) -> Columns:
    n, events = len(sizes), settings()["events"]
    status = draw(rng, settings()["drawn"]["dwelling_status"], n)
    area = sizes**0.75 * 31 * np.exp(0.30 * blend(rng, latent, 0.6))
    pooled = area * rng.uniform(1.2, 2.0, n)
    sound = np.isin(made["dwelling_grade"], ["A", "B"]) | (rng.random(n) < 0.35)
    is_moved = np.char.startswith(status, "relocated")
    return {
        "dwelling_status": status,
        "is_dwelling_sound": sound,
        "floor_area_m2": np.round(area),
        "built_at_start": np.where(status == "new", rng.uniform(0.1, 0.9, n), np.nan),
        "build_speed": events["new_house_share"] * rng.uniform(0.2, 1.8, n),
        "is_relocated": is_moved,
        "keys_month": event_month(rng, n, events["moved_in"]),
        "moved_month": event_month(rng, n, events["moved_in"]),
        "repaired_month": event_month(rng, n, events["dwelling_repaired"]),
        "pooled_floor_area_m2": np.where(made["is_split_household"], np.round(pooled), np.nan),
        "pooled_extra": np.where(made["is_split_household"], rng.integers(1, 4, n), 0),
    }


def _land(rng: np.random.Generator, sizes: Ints, latent: Floats) -> Columns:
    n = len(sizes)
    cultivated = sizes * np.exp(rng.normal(-0.22, 0.45, n) + 0.15 * latent)
    paddy = cultivated * rng.beta(1.2, 2.2, n)
    forest = sizes * np.exp(rng.normal(0.9, 0.9, n)) * (rng.random(n) < 0.85)
    cash = forest * rng.beta(1.2, 3.0, n)
    cultivated, paddy = np.round(cultivated, 1), np.round(paddy, 1)
    return {
        "cultivated_land_mu": cultivated,
        "paddy_land_mu": paddy,
        "dry_land_mu": np.round(cultivated - paddy, 1),
        "forest_land_mu": np.round(forest, 1),
        "cash_forest_mu": np.round(cash, 1),
    }


def _water(rng: np.random.Generator, made: Columns, hamlet: Floats) -> Columns:
    n = len(hamlet)
    piped = np.isin(made["water_source"], ["tap", "tank"])
    distance = np.where(piped, rng.gamma(1.2, 25, n), rng.gamma(1.6, 160, n))
    distance = np.clip(np.round(distance * np.exp(-0.25 * hamlet), -1), 0, 6000)
    unsolved = np.isin(made["water_source"], ["none", "surface"])
    reliable = np.where(piped, rng.beta(40, 1.3, n), rng.beta(22, 1.4, n))
    return {
        "has_water_difficulty": unsolved | (distance > 1500) | (rng.random(n) < 0.01),
        "water_litres_per_person_day": np.round(np.exp(rng.normal(3.95, 0.22, n))),
        "water_distance_m": distance,
        "water_round_trip_minutes": np.round(distance / 38 + rng.uniform(0, 2, n)),
        "water_reliable_share": np.round(reliable, 2),
        "water_month": event_month(rng, n, settings()["events"]["water_solved"]),
    }


def _causes(rng: np.random.Generator, has_sick: Bools, has_disabled: Bools) -> tuple[Texts, Texts]:
    n, shares = len(has_sick), settings()["drawn"]["poverty_cause"]
    main, other = draw(rng, shares, n), draw(rng, shares, n)
    main = np.where(has_sick & (rng.random(n) < 0.6), "illness", main)
    main = np.where(has_disabled & (rng.random(n) < 0.5), "disability", main)
    return main, np.where((rng.random(n) < 0.6) & (other != main), other, "")


def _poverty(rng: np.random.Generator, sizes: Ints, latent: Floats, is_wubao: Bools) -> Columns:
    n = len(sizes)
    dibao = np.where(is_wubao, "none", draw(rng, settings()["drawn"]["dibao_class"], n))
    attribute = np.where(dibao != "none", "dibao", np.where(is_wubao, "wubao", "ordinary"))
    planned = draw(rng, settings()["planned_exit"]["households"], n).astype(np.int64)
    return {
        "dibao_class": dibao,
        "poverty_attribute": attribute,
        "planned_exit_year": np.where(is_wubao, 2020, planned),
        "identification_score": np.clip(np.round(54 + 7 * blend(rng, latent, 0.8)), 8, 100),
        "main_road_distance_km": np.round(rng.gamma(1.5, 1.4, n) * np.exp(-0.2 * latent), 1),
    }


def furnish(rng: np.random.Generator, sizes: Ints, latents: Latents, people: Columns) -> Columns:
    """Return what the register says of each household's living, at the start.

    Parameters
    ----------
    rng
        Random stream.
    sizes
        Persons in each household.
    latents
        Standing of household and hamlet.
    people
        Sums over the members: ``has_sick``, ``has_disabled``, ``has_student``, ``is_wubao``.
    """
    events, n = settings()["events"], len(sizes)
    made = _traits(rng, latents)
    made |= _dwelling(rng, made, sizes, latents.household)
    made |= _land(rng, sizes, latents.household)
    made |= _water(rng, made, latents.hamlet)
    made |= _poverty(rng, sizes, latents.household, people["is_wubao"])
    main, other = _causes(rng, people["has_sick"], people["has_disabled"])
    schooling = (main == "schooling") & ~people["has_student"]
    made["poverty_cause_main"] = np.where(schooling, "lack_of_funds", main)
    made["poverty_cause_other"] = np.where(other == "schooling", "", other)
    for name in ("has_tv", "has_electricity"):
        made[f"{name}_month"] = event_month(rng, n, events[name])
    return made
