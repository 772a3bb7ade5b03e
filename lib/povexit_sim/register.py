"""The register at its start: households placed in villages, with members, homes and incomes.

What is made here never depends on the month. Three groups of households: poor at the
start (the published base), exited in 2014 or 2015, and those identified later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from povexit_sim import homes, identities, incomes, people
from povexit_sim.allocation import Base, bases
from povexit_sim.noise import (
    Floats,
    Ints,
    Texts,
    blend,
    counter,
    draw,
    event_month,
    largest_remainder,
    stream,
    yes,
)
from povexit_sim.places import Places
from povexit_sim.settings import month_number, settings

Columns = dict[str, Any]
NEVER = 10**6


@dataclass(frozen=True)
class Register:
    """A county's register, all months in one: columns of households and of persons."""

    households: Columns
    persons: Columns
    places: Places


def _groups(base: Base, scale: float) -> dict[str, int]:
    own = settings()["register"]
    poor = max(20, round(base.poor_households * scale))
    years = (month_number(settings()["time"]["last_month"]) + 1) / 12
    return {
        "poor": poor,
        "exited": round(poor * own["exited_before_share"]),
        "entry": round(poor * own["entries_share_year"] * years),
    }


def _settled(
    rng: np.random.Generator, groups: dict[str, int], weights: Floats
) -> tuple[Ints, Texts]:
    """Place each group's households in villages; in a village the groups are mixed."""
    village, group = [], []
    for name, n in groups.items():
        village.append(np.repeat(np.arange(len(weights)), largest_remainder(n, weights)))
        group.append(np.full(n, name))
    where, what = np.concatenate(village), np.concatenate(group)
    order = np.lexsort((rng.random(len(where)), where))
    return where[order], what[order]


def _hamlet_of(rng: np.random.Generator, village: Ints, hamlet_village: Ints) -> Ints:
    start = np.searchsorted(hamlet_village, village, side="left")
    end = np.searchsorted(hamlet_village, village, side="right")
    return start + (rng.random(len(village)) * (end - start)).astype(np.int64)


def _sized(rng: np.random.Generator, group: Texts, base: Base, scale: float) -> Ints:
    sizes = np.zeros(len(group), dtype=np.int64)
    poor = group == "poor"
    mean = base.poor_persons / base.poor_households
    persons = round(base.poor_persons * scale)
    if abs(persons / poor.sum() - mean) > 1:  # a scale so small that the floor of `_groups` rules
        persons = round(mean * poor.sum())
    sizes[poor] = people.sizes_for(rng, int(poor.sum()), persons)
    sizes[~poor] = people.sizes_for(rng, int((~poor).sum()), None)
    return sizes


def _newborn(rng: np.random.Generator, family: people.Family, n: int) -> people.Family:
    """Return one child to come for every household with a woman of childbearing age."""
    mothers = ~family.is_male & (family.age >= 20) & (family.age <= 38)
    wives = mothers & np.isin(family.relation, ["head", "spouse", "daughter_in_law"])
    household, first = np.unique(family.household[wives], return_index=True)
    young = np.isin(family.relation[wives][first], ["daughter_in_law"])
    male = rng.random(len(household)) < 0.52
    child = np.where(male, "son", "daughter")
    grandchild = np.where(male, "grandson", "granddaughter")
    place = np.full(len(household), n)
    role = np.where(young, grandchild, child)
    return people.Family(household, place, role, male, np.zeros(len(household), dtype=np.int64))


def _joined(one: people.Family, two: people.Family) -> people.Family:
    names = ("household", "place", "relation", "is_male", "age")
    parts = {k: np.concatenate([getattr(one, k), getattr(two, k)]) for k in names}
    order = np.lexsort((parts["place"], parts["household"]))
    return people.Family(**{k: v[order] for k, v in parts.items()})


def _persons(rng: np.random.Generator, base: Base, sizes: Ints, own: Columns) -> Columns:
    family = people.compose(rng, sizes, own["is_wubao"])
    family = _joined(family, _newborn(rng, family, int(sizes.max()) + 1))
    n, events = len(family.age), settings()["events"]
    told = people.describe(rng, family, own["latent"][family.household])
    is_newborn = family.place > sizes.max()
    entered = np.where(is_newborn, event_month(rng, n, events["birth"] * 12), 0)
    told["birth_year"] = np.where(is_newborn, 2016 + entered // 12, told["birth_year"])
    told["birth_month"] = np.where(is_newborn, entered % 12 + 1, told["birth_month"])
    told["death_month"] = np.where(family.place == 0, NEVER, told["death_month"])
    birth = told["birth_year"] * 10000 + told["birth_month"] * 100 + told["birth_day"]
    area = identities.PERSON_AREAS + int(own["county_index"])
    return told | {
        "household": family.household,
        "relation": family.relation,
        "sex": np.where(family.is_male, "male", "female"),
        "entered_month": entered,
        "person_name": people.names(rng, n),
        "id_number": identities.identity_numbers(area, birth, family.is_male.astype(np.int64)),
        "phone": np.where(told["age"] >= 16, identities.phones(rng, n), ""),
        "ethnicity": own["ethnicity"][family.household],
    }


def _any(household: Ints, flag: np.ndarray, n: int) -> Ints:
    return np.bincount(household, weights=flag, minlength=n).astype(np.int64)


def _member_sums(persons: Columns, n: int) -> Columns:
    """Return per household what depends on its members at the start."""
    now = persons["entered_month"] == 0
    household = persons["household"]
    worker = now & np.isin(persons["labour"], ["ordinary", "skilled"])
    away = worker & (persons["work_place"] != "")
    return {
        "resident_workers": _any(household, worker & ~away, n),
        "away_workers": _any(household, away, n),
        "elders": _any(household, now & (persons["age"] >= 60), n),
        "has_sick": _any(
            household, now & np.isin(persons["health"], ["chronic", "serious_illness"]), n
        )
        > 0,
        "has_disabled": _any(household, now & (persons["health"] == "disabled"), n) > 0,
        "has_student": _any(household, now & (persons["student_status"] != "not_student"), n) > 0,
    }


def _helpers(rng: np.random.Generator, village: Ints, county_index: int) -> Columns:
    """Give every five households of a village one helper."""
    group = village * 1000 + counter(village) // 5
    _, first, helper = np.unique(group, return_index=True, return_inverse=True)
    n = len(first)
    birth = (
        rng.integers(1960, 1993, n) * 10000 + rng.integers(1, 13, n) * 100 + rng.integers(1, 29, n)
    )
    area = identities.HELPER_AREAS + county_index
    number = identities.identity_numbers(area, birth, rng.integers(0, 2, n))
    return {"helper_name": people.names(rng, n)[helper], "helper_id_number": number[helper]}


def _registered(rng: np.random.Generator, group: Texts, village_codes: Texts) -> Columns:
    n, events = len(group), settings()["events"]
    years = (month_number(settings()["time"]["last_month"]) + 1, 1)
    village, place = np.unique(village_codes, return_inverse=True)
    serial = np.char.mod("%04d", counter(place) + 1)
    return {
        "group": group,
        "household_number": np.char.add(village[place], serial),
        "entered_month": np.where(group == "entry", rng.integers(1, years[0], n), 0),
        "exit_year_before": np.where(rng.random(n) < 0.45, 2014, 2015),
        "exit_month": event_month(rng, n, events["exit"]),
        "returned_month": np.where(group == "exited", event_month(rng, n, 0.0008), NEVER),
        "growth": rng.normal(events["income_growth_mean"], events["income_growth_sd"], n),
        "phase": rng.integers(0, 3, n),
        "bank_account": identities.accounts(rng, n),
        "failure": draw(rng, settings()["truth"]["failure_kinds"], n),
        "failure_depth": rng.uniform(0.6, 0.96, n),
        "margin_noise": 1 + rng.exponential(0.16, n),
    }


def _drive(rng: np.random.Generator, own: Columns, villages: pd.DataFrame) -> Ints:
    """Return the month in which the campaign brings each household to the standard, or `NEVER`.

    It goes for the households planned for the year, and for all in the villages planned for it.
    """
    drive, n = settings()["drive"], len(own["village"])
    is_late = rng.random(len(villages)) < drive["late_villages"]
    in_village = np.where(is_late, drive["villages"]["late"], drive["villages"]["in_time"])
    is_village = (villages["planned_exit_year"] == 2016).to_numpy()[own["village"]]
    chance = np.where(own["planned_exit_year"] == 2016, drive["planned"], 0.0)
    chance = np.where(is_village, in_village[own["village"]], chance)
    is_driven = (rng.random(n) < chance) & (own["group"] == "poor")
    month = np.searchsorted(drive["by_month"], rng.random(n), side="right")
    return np.where(is_driven, month_number(drive["from"]) + month, NEVER)


def make_register(base: Base, seed: int, scale: float, places: Places) -> Register:
    """Return a county's register for all months.

    Parameters
    ----------
    base
        The county's base.
    seed
        The simulation's seed.
    scale
        1 for the full register.
    places
        From `make_places`.
    """
    rng = stream(seed, base.county_code, "register")
    villages, hamlets = places.villages, places.hamlets
    weights = villages["register_weight"].to_numpy()
    village, group = _settled(rng, _groups(base, scale), weights)
    n, index = len(village), list(bases()).index(base.county_code)
    hamlet = _hamlet_of(rng, village, hamlets["village"].to_numpy())
    latent = blend(rng, villages["latent"].to_numpy()[village], 0.5)
    wrong = yes(rng, -latent, base.wrong_exit_share, 0.3)
    shift = (base.poor_persons / base.rural_persons - 0.2) * settings()["spatial"]["rate_effect"]
    latent = latent - shift + np.where(group == "exited", 0.8, 0.0)
    sizes = _sized(rng, group, base, scale)
    own: Columns = {
        "county_index": index,
        "latent": latent,
        "is_wubao": (sizes <= 2) & (group == "poor") & (rng.random(n) < 0.22),
        "ethnicity": draw(rng, settings()["drawn"]["ethnicity"], len(villages))[village],
    }
    persons = _persons(rng, base, sizes, own)
    sums = _member_sums(persons, n) | {"is_wubao": own["is_wubao"], "size": sizes}
    latents = homes.Latents(latent, hamlets["latent"].to_numpy()[hamlet])
    made = homes.furnish(rng, sizes, latents, sums)
    target = incomes.target_per_capita(rng, latent)
    is_border = villages["is_border"].to_numpy()[village]
    made |= incomes.earn(rng, made | sums, is_border, target)
    made |= _registered(rng, group, villages["village_code"].to_numpy().astype(str)[village])
    made |= _helpers(rng, village, index) | sums
    made |= {"village": village, "hamlet": hamlet, "latent": latent, "is_wrong": wrong}
    made["drive_month"] = _drive(stream(seed, base.county_code, "drive"), made, villages)
    return Register(made, persons, places)
