"""Who lives in a household: relation, sex, age, schooling, health, work, insurance.

Everything is drawn at the register's start and carries the month in which it
changes, so that any two months show the same people, some of them changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from povexit_sim.noise import Bools, Floats, Ints, Texts, blend, draw, event_month, yes
from povexit_sim.settings import settings

_STUDENT = {  # school year reached at an age that the register's list names
    3: "preschool", 4: "preschool", 5: "preschool", 12: "junior_1", 13: "junior_2",
    14: "junior_3", 15: "junior_3", 16: "senior_1", 17: "senior_2", 18: "senior_3",
    19: "higher_vocational_1", 20: "higher_vocational_2", 21: "college", 22: "college",
}  # fmt: skip
_VOCATIONAL = {16: "vocational_1", 17: "vocational_2", 18: "vocational_3"}
_SCHOOLED = {"preschool": "preschool", "primary": "primary", "junior": "junior_high"}
_SCHOOLED |= {"senior": "senior_high", "vocational": "senior_high", "higher": "college"}
_SURNAMES = tuple("黄韦陆覃农梁罗李岑许周杨凌班卢何林")
_GIVEN_1 = ("", *"文国秀永丽建美志小彩天桂")
_GIVEN_2 = tuple("兴英芳强华明珍福生花勇梅军兰")


@dataclass(frozen=True)
class Family:
    """Persons' places in their households: all of one length, a row a person."""

    household: Ints
    place: Ints
    relation: Texts
    is_male: Bools
    age: Ints


def _roles(place: Ints, spouse: Bools, parents: Ints, is_old: Bools) -> Texts:
    """Name the relation by place: head, spouse, parents, then children or three generations."""
    parent_from = 1 + spouse
    child = place - parent_from - parents
    role = np.full(len(place), "child", dtype="<U24")
    role[(child == 1) & is_old] = "daughter_in_law"
    role[(child >= 2) & is_old] = "grandchild"
    role[child < 0] = "parent"
    role[(place == 1) & spouse] = "spouse"
    role[place == 0] = "head"
    return role


def _ages(rng: np.random.Generator, role: Texts, head_age: Ints) -> Ints:
    n = len(role)
    generation = rng.integers(20, 34, n)
    age = head_age - generation
    age = np.where(role == "spouse", head_age + rng.integers(-4, 4, n), age)
    age = np.where(role == "parent", head_age + rng.integers(19, 29, n), age)
    grandchild = (head_age - 46) * rng.random(n) * 0.6
    age = np.where(role == "grandchild", grandchild.astype(np.int64), age)
    age = np.where(role == "daughter_in_law", np.maximum(age, 20), age)
    return np.clip(np.where(role == "head", head_age, age), 0, 94)


def _gendered(role: Texts, is_male: Bools) -> Texts:
    pairs = {
        "child": ("son", "daughter"),
        "grandchild": ("grandson", "granddaughter"),
        "parent": ("father", "mother"),
    }
    named = role.copy()
    for plain, (male, female) in pairs.items():
        named = np.where(role == plain, np.where(is_male, male, female), named)
    return named


def compose(rng: np.random.Generator, sizes: Ints, is_elderly: Bools) -> Family:
    """Return the members of households of the given ``sizes``; ``is_elderly`` asks for an old head."""
    n = len(sizes)
    head_age = np.clip(rng.normal(49, 12, n), 22, 84).astype(np.int64)
    head_age = np.where(is_elderly, rng.integers(61, 85, n), head_age)
    spouse = (sizes >= 2) & (rng.random(n) < 0.82)
    room = sizes - 1 - spouse
    parents = np.minimum(room, rng.binomial(2, np.where(head_age < 55, 0.42, 0.05)))
    head_male = rng.random(n) < 0.88
    household = np.repeat(np.arange(n), sizes)
    place = np.arange(len(household)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    old = (head_age >= 50) & (room - parents >= 3)
    role = _roles(place, spouse[household], parents[household], old[household])
    male = rng.random(len(household)) < 0.56
    first_parent = place == 1 + spouse[household]
    male = np.where(role == "parent", ~first_parent, male)  # a widowed mother more often lives on
    male = np.where(role == "head", head_male[household], male)
    male = np.where(role == "spouse", ~head_male[household], male)
    male = np.where(role == "daughter_in_law", False, male)
    age = _ages(rng, role, head_age[household])
    return Family(household, place, _gendered(role, male), male, age)


def _student(rng: np.random.Generator, age: Ints, latent: Floats) -> Texts:
    status = np.full(len(age), "not_student", dtype="<U24")
    status[(age >= 6) & (age <= 11)] = "primary"
    goes_on = yes(rng, latent, 0.72, 0.4)
    vocational = rng.random(len(age)) < 0.4
    college = yes(rng, latent, 0.22, 0.5)
    for years, name in _STUDENT.items():
        goes = college if years >= 19 else goes_on if years >= 16 or years <= 4 else True
        status[(age == years) & goes] = name
    for years, name in _VOCATIONAL.items():
        status[(age == years) & goes_on & vocational] = name
    return status


def _schooling(rng: np.random.Generator, age: Ints, status: Texts, latent: Floats) -> Texts:
    shares = settings()["persons"]["schooling"]
    names = np.array(list(shares))
    cohort = blend(rng, latent, 0.5) - 0.03 * (age - 38.0)
    cuts = np.quantile(cohort[age >= 16], 1 - np.cumsum(list(shares.values()))[:-1])
    level = names[(cohort[:, None] < cuts).sum(axis=1)]
    for prefix, schooling in _SCHOOLED.items():
        level = np.where(np.char.startswith(status, prefix), schooling, level)
    level = np.where((status == "college"), "college", level)
    level = np.where((age < 16) & (status == "not_student"), "primary", level)
    return np.where((age < 6), "preschool", level)


def _health(rng: np.random.Generator, age: Ints, latent: Floats) -> Texts:
    frailty = -blend(rng, latent, 0.35) + (age - 35.0) / 28
    return np.select(
        [frailty > 3.2, frailty > 2.9, frailty > 1.75],
        ["serious_illness", "disabled", "chronic"],
        "healthy",
    )


def _labour(rng: np.random.Generator, age: Ints, health: Texts, status: Texts) -> Texts:
    low, high = settings()["persons"]["working_age"]
    can = (age >= low) & (age <= high) & (status == "not_student")
    skilled = rng.random(len(age)) < 0.07
    old_worker = (age > high) & (age < 72) & (health == "healthy")
    labour = np.where(can, np.where(skilled, "skilled", "ordinary"), "none")
    labour = np.where(old_worker, "ordinary", labour)
    return np.where(can & np.isin(health, ["serious_illness", "disabled"]), "lost", labour)


def _work(rng: np.random.Generator, age: Ints, labour: Texts) -> tuple[Texts, Floats]:
    can = np.isin(labour, ["ordinary", "skilled"]) & (
        age <= settings()["persons"]["working_age"][1]
    )
    chance = settings()["persons"]["away_share"] * np.where(age < 45, 1.35, 0.6)
    away = can & (rng.random(len(age)) < chance)
    place = np.where(away, draw(rng, settings()["drawn"]["work_place"], len(age)), "")
    months = rng.choice([3.0, 4, 5, 6, 8, 9, 10, 11, 12], len(age))
    return place, np.where(away, months, np.nan)


def _births(rng: np.random.Generator, age: Ints) -> tuple[Ints, Ints, Ints]:
    month = rng.integers(1, 13, len(age))
    year = 2015 - age
    return year, month, rng.integers(1, 29, len(age))


def describe(rng: np.random.Generator, family: Family, latent: Floats) -> dict[str, np.ndarray]:
    """Return what the register says of each person at the start, and when it changes.

    Parameters
    ----------
    rng
        Random stream.
    family
        From `compose`.
    latent
        Standing of each person's household.
    """
    own, events = settings()["persons"], settings()["events"]
    age, n = family.age, len(family.age)
    low, high = own["school_age"]
    status = _student(rng, age, latent)
    out = (age >= low) & (age <= high) & ~yes(rng, latent, 1 - own["out_of_school_share"], 0.6)
    health = _health(rng, age, latent)
    status = np.where(out, "not_student", status)
    labour = _labour(rng, age, health, status)
    place, months = _work(rng, age, labour)
    year, month, day = _births(rng, age)
    household_draw = rng.standard_normal(int(family.household.max()) + 1)[family.household]
    insured = yes(rng, 0.7 * household_draw + 0.7 * latent, 1 - own["uninsured_share"], 0.6)
    return {
        "age": age,
        "birth_year": year,
        "birth_month": month,
        "birth_day": day,
        "schooling": _schooling(rng, age, status, latent),
        "student_status": status,
        "school_status": _student(rng, age, latent),
        "is_out_of_school": out,
        "out_of_school_reason": draw(rng, settings()["drawn"]["out_of_school_reason"], n),
        "school_home_visits": rng.integers(0, 6, n),
        "health": health,
        "disability_grade": rng.integers(1, 5, n),
        "has_disability_card": rng.random(n) < 0.9,
        "labour": labour,
        "work_place": place,
        "months_away": months,
        "is_insured": insured,
        "insurance": draw(rng, settings()["drawn"]["medical_insurance"], n),
        "has_serious_illness_insurance": rng.random(n) < 0.98,
        "has_pension_insurance": rng.random(n) < 0.86,
        "insured_month": event_month(rng, n, events["insured"]),
        "back_month": event_month(rng, n, events["back_at_school"]),
        "death_month": event_month(rng, n, events["death"]),
    }


def names(rng: np.random.Generator, n: int) -> Texts:
    """Return made-up personal names from short lists of syllables."""
    parts = (rng.choice(_SURNAMES, n), rng.choice(_GIVEN_1, n), rng.choice(_GIVEN_2, n))
    return np.char.add(np.char.add(parts[0], parts[1]), parts[2])


def sizes_for(rng: np.random.Generator, n: int, persons: int | None) -> Ints:
    """Return ``n`` household sizes; with ``persons`` they add up to it exactly."""
    sizes = draw(rng, settings()["register"]["sizes"], n).astype(np.int64)
    while persons is not None and (gap := persons - int(sizes.sum())):
        able = np.flatnonzero((sizes >= 2) & (sizes <= 7))
        chosen = rng.permutation(able)[: abs(gap)]
        sizes[chosen] += np.sign(gap)
    return sizes
