"""What a rule asks that no column says: one small function a column.

Written against narwhals. A member's flag is true, false or unknown, and a
household's answer is known once it cannot change: one true flag makes *any*
true; *none* needs every member's answer. A member whom the household counts
but the person table lacks is unknown in everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial, reduce
from operator import or_
from typing import Any

import narwhals as nw

from povexit.standards import definition

PLACE = ["county_code", "month"]
HOUSEHOLD = [*PLACE, "household_id"]
BUSINESS = (
    "crop_income_yuan",
    "forestry_income_yuan",
    "livestock_income_yuan",
    "poultry_income_yuan",
    "sericulture_income_yuan",
    "fishery_income_yuan",
    "other_business_income_yuan",
)
HOUSEHOLD_COLUMNS = (
    "exit_date",
    "poverty_cause_main",
    "poverty_cause_other",
    "household_size",
    "cultivated_land_mu",
    "forest_land_mu",
    "helper_id",
    *BUSINESS,
)
PERSON_COLUMNS = (
    "person_id",
    "relation",
    "sex",
    "age_years",
    "schooling",
    "student_status",
    "health",
    "labour",
    "work_place",
    "months_away",
    "has_serious_illness_insurance",
)


@dataclass(frozen=True)
class Derived:
    """A column that is made here: its type and the expression that makes it."""

    dtype: str
    make: Callable[[], nw.Expr]
    codes: str = ""


def _is(name: str, values: Iterable[str]) -> nw.Expr:
    # not is_in: engines differ on what it says of null
    return reduce(or_, (nw.col(name) == value for value in values))


def _is_of_age(word: str) -> nw.Expr:
    age, bounds = nw.col("age_years"), definition(word)
    return (age >= bounds.minimum) & (age <= bounds.maximum)


def _is_true(condition: nw.Expr) -> nw.Expr:
    return condition.fill_null(False)


# -- of one person


def is_working_away() -> nw.Expr:
    """Tell whether a place of work or months away are recorded; never unknown."""
    return ~nw.col("work_place").is_null() | _is_true(nw.col("months_away") > 0)


def is_out_of_school() -> nw.Expr:
    """Tell whether a child of school age is at no school and has not finished it."""
    is_done = _is("schooling", definition("compulsory_schooling_done").values)
    is_at_none = nw.col("student_status") == "not_student"
    return _is_of_age("school_age_years") & is_at_none & ~is_done


def is_sick_without_illness_insurance() -> nw.Expr:
    """Tell whether somebody is ill and has no serious-illness insurance."""
    return _is("health", definition("sick").values) & ~nw.col("has_serious_illness_insurance")


def is_able() -> nw.Expr:
    """Tell whether somebody is able to work."""
    return _is("labour", definition("labour_ability").values)


# -- of a household's members: "any", by the name of the household's column

ANY: dict[str, Callable[[], nw.Expr]] = {
    "has_member_out_of_school": is_out_of_school,
    "has_sick_member_without_illness_insurance": is_sick_without_illness_insurance,
    "has_unhealthy_member": lambda: nw.col("health") != "healthy",
    "has_disabled_member": lambda: nw.col("health") == "disabled",
    "has_student": lambda: nw.col("student_status") != "not_student",
    "has_head": lambda: nw.col("relation") == "head",
    "has_spouse": lambda: nw.col("relation") == "spouse",
    "has_labour_of_working_age": lambda: _is_of_age("working_age_years") & is_able(),
    "has_worker": lambda: is_able() | is_working_away(),
    "has_member_working_away": is_working_away,
}


def any_member(flag: str) -> nw.Expr:
    """Tell whether any member has the flag, from `roll_up`'s counts."""
    found = nw.col(f"{flag}_true") > 0
    is_complete = (nw.col(f"{flag}_null") + nw.col("members_lacking")) == 0
    return nw.when(found | is_complete).then(found)


def _is_male(relation: str) -> nw.Expr:
    """Return 1 for a man, 0 for a woman with this relation to the head; null for all others."""
    is_this = _is_true(nw.col("relation") == relation)
    return nw.when(is_this).then((nw.col("sex") == "male").cast(nw.Int64))


def roll_up(persons: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return per household its members, and how many have each flag or may have it."""
    flagged = persons.with_columns(
        **{name: flag() for name, flag in ANY.items()},
        head_is_male=_is_male("head"),
        spouse_is_male=_is_male("spouse"),
    )
    counted = flagged.with_columns(
        *(_is_true(nw.col(f)).cast(nw.Int64).alias(f"{f}_true") for f in ANY),
        *(nw.col(f).is_null().cast(nw.Int64).alias(f"{f}_null") for f in ANY),
    )
    return counted.group_by(HOUSEHOLD).agg(
        *(nw.col(f"{f}_{k}").sum() for f in ANY for k in ("true", "null")),
        nw.col("head_is_male", "spouse_is_male").max(),
        nw.len().alias("members_counted"),
    )


# -- of a household


def exit_year() -> nw.Expr:
    """Return the year of exit; null where no date is recorded."""
    return nw.col("exit_date").dt.year().cast(nw.Int64)


def is_cause_given_twice() -> nw.Expr:
    """Tell whether the other cause of poverty repeats the main one."""
    return nw.col("poverty_cause_other") == nw.col("poverty_cause_main")


def has_business_income() -> nw.Expr:
    """Tell whether any source of business income is above zero."""
    return reduce(or_, (nw.col(source) > 0 for source in BUSINESS))


def _per_person(amount: str) -> nw.Expr:
    size = nw.col("household_size").cast(nw.Float64)
    return nw.col(amount) / nw.when(size > 0).then(size)


def is_size_as_counted() -> nw.Expr:
    """Tell whether the stated size is the number of member rows."""
    return nw.col("household_size") == nw.col("members_counted")


def is_spouse_of_heads_sex() -> nw.Expr:
    """Tell whether head and spouse are recorded as of one sex."""
    return nw.col("head_is_male") == nw.col("spouse_is_male")


def is_helper_registered() -> nw.Expr:
    """Tell whether the helper is a registered person of the county; null without an identifier."""
    is_known = ~nw.col("helper_id").is_null()
    return nw.when(is_known).then(nw.col("helper_rows").fill_null(0) > 0)


OF_PERSON = {"is_working_away": Derived("bool", is_working_away)}
OF_HOUSEHOLD = {
    "exit_year": Derived("int", exit_year),
    "is_cause_given_twice": Derived("bool", is_cause_given_twice),
    "has_business_income": Derived("bool", has_business_income),
    "cultivated_land_per_person_mu": Derived("float", lambda: _per_person("cultivated_land_mu")),
    "forest_land_per_person_mu": Derived("float", lambda: _per_person("forest_land_mu")),
}
OF_MEMBERS = {
    "members_counted": Derived("int", lambda: nw.col("members_counted")),
    "is_size_as_counted": Derived("bool", is_size_as_counted),
    "is_spouse_of_heads_sex": Derived("bool", is_spouse_of_heads_sex),
    "is_helper_registered": Derived("bool", is_helper_registered),
    **{flag: Derived("bool", partial(any_member, flag)) for flag in ANY},
}


def with_person_columns(persons: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add the derived columns of persons."""
    return persons.with_columns(**{name: d.make() for name, d in OF_PERSON.items()})


def with_household_columns(
    households: nw.LazyFrame[Any], persons: nw.LazyFrame[Any]
) -> nw.LazyFrame[Any]:
    """Add the derived columns of households, those from their members included."""
    people = persons.select(*PLACE, helper_id="person_id")
    helpers = people.group_by(*PLACE, "helper_id").agg(nw.len().alias("helper_rows"))
    joined = households.join(roll_up(persons), on=HOUSEHOLD, how="left").join(
        helpers, on=[*PLACE, "helper_id"], how="left"
    )
    counts = [f"{f}_{k}" for f in ANY for k in ("true", "null")]
    # DuckDB sums and counts integers to other types than the rest
    ready = joined.with_columns(
        *(nw.col(c).fill_null(0).cast(nw.Int64) for c in (*counts, "members_counted"))
    )
    size = nw.col("household_size")
    lacking = (size - nw.col("members_counted")).clip(0, None).fill_null(1)
    return ready.with_columns(members_lacking=lacking).with_columns(
        **{n: d.make() for n, d in (OF_HOUSEHOLD | OF_MEMBERS).items()}
    )
