"""From members to their household: any, none, how many, how long.

Each flag of a member is true, false or unknown. A household's answer is known
once it cannot change: one true flag makes *any* true; *none* needs every
member's answer. Members that the household counts but the person table lacks
are unknown in everything.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw

from povexit.indicators.logic import is_one_of, is_true
from povexit.standards import definition

PERSON_COLUMNS = (
    "household_id",
    "month",
    "age_years",
    "schooling",
    "student_status",
    "health",
    "labour",
    "work_place",
    "months_away",
    "medical_insurance",
    "has_serious_illness_insurance",
    "receives_dibao",
    "out_of_school_reason",
    "school_home_visits",
    "has_three_party_signature",
)


def _is(name: str, word: str) -> nw.Expr:
    return is_one_of(name, definition(word).values)


def _is_of_age(word: str) -> nw.Expr:
    age, bounds = nw.col("age_years"), definition(word)
    return (age >= bounds.minimum) & (age <= bounds.maximum)


def is_uninsured() -> nw.Expr:
    """Tell whether a member has no basic medical insurance (edition 2016)."""
    return ~_is("medical_insurance", "basic_medical_insurance")


def is_uncovered() -> nw.Expr:
    """Tell whether a member lacks residents' and serious-illness insurance or equal cover (2017)."""
    resident = _is("medical_insurance", "resident_medical_insurance")
    equal = _is("medical_insurance", "equal_medical_cover")
    return ~(equal | (resident & nw.col("has_serious_illness_insurance")))


def is_unable() -> nw.Expr:
    """Tell whether a member of working age cannot work, pupils and students aside."""
    is_lost = nw.col("labour") == "lost"
    has_none = (nw.col("labour") == "none") & (nw.col("student_status") == "not_student")
    return _is_of_age("working_age_years") & (is_lost | has_none)


def is_out_of_school() -> nw.Expr:
    """Tell whether a member of compulsory-school age is at no school and has not finished it.

    A recorded reason tells that somebody is out even where the status is blank.
    """
    has_reason = ~nw.col("out_of_school_reason").is_null()
    at_none = (nw.col("student_status") == "not_student") | (
        nw.col("student_status").is_null() & has_reason
    )
    is_done = _is("schooling", "compulsory_schooling_done") & ~has_reason
    return _is_of_age("school_age_years") & at_none & ~is_done


def is_out_for_poverty() -> nw.Expr:
    """Tell whether a member is out of school because of poverty."""
    return is_out_of_school() & (nw.col("out_of_school_reason") == "hardship")


def is_out_otherwise() -> nw.Expr:
    """Tell whether a member is out of school for another reason, illness included."""
    return is_out_of_school() & (nw.col("out_of_school_reason") != "hardship")


FLAGS = {
    "uninsured": is_uninsured,
    "uncovered": is_uncovered,
    "sick": lambda: _is("health", "sick"),
    "able": lambda: _is("labour", "labour_ability"),
    "unable": is_unable,
    "on_dibao": lambda: nw.col("receives_dibao"),
    "school_age": lambda: _is_of_age("school_age_years"),
    "out_for_poverty": is_out_for_poverty,
    "out_otherwise": is_out_otherwise,
    "unsigned": lambda: is_out_otherwise() & ~nw.col("has_three_party_signature"),
    "unvisited": lambda: is_out_otherwise() & nw.col("school_home_visits").is_null(),
}


def months_away() -> nw.Expr:
    """Return the months a member works away; none where neither place nor months are given.

    The register has no code for "works at home": both stay blank.
    """
    months = nw.col("months_away")
    is_home = months.is_null() & nw.col("work_place").is_null()
    return nw.when(~months.is_null() | is_home).then(months.fill_null(0.0))


def roll_up(persons: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return per household how many members have each flag, and of how many it is unknown."""
    flagged = persons.with_columns(
        **{name: flag() for name, flag in FLAGS.items()}, stay=months_away()
    )
    counted = flagged.with_columns(
        *(is_true(nw.col(f)).cast(nw.Int64).alias(f"{f}_true") for f in FLAGS),
        *(nw.col(f).is_null().cast(nw.Int64).alias(f"{f}_null") for f in (*FLAGS, "stay")),
        visits=nw.when(is_true(nw.col("out_otherwise"))).then(nw.col("school_home_visits")),
    )
    sums = [f"{f}_true" for f in FLAGS] + [f"{f}_null" for f in (*FLAGS, "stay")]
    return counted.group_by("household_id", "month").agg(
        *(nw.col(s).sum() for s in sums),
        nw.len().alias("members"),
        nw.col("stay").max().alias("longest_stay"),
        nw.col("visits").min().alias("fewest_visits"),
    )


def rollups(households: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add the indicators that come from members to households joined with `roll_up`."""
    size = nw.col("household_size")
    known = nw.when(size > 0).then(size)
    missing = (known - nw.col("members").fill_null(0)).clip(0, None).fill_null(1)
    counts = [*(f"{f}_{k}" for f in FLAGS for k in ("true", "null")), "stay_null"]
    # DuckDB sums integers to a wider type
    ready = households.with_columns(
        *(nw.col(c).fill_null(0).cast(nw.Int64) for c in counts), missing=missing
    )
    return ready.with_columns(
        has_labour=_any("able"),
        has_full_labour=_any("able") & ~_any("unable"),
        all_members_insured=~_any("uninsured"),
        all_members_covered=~_any("uncovered"),
        has_sick_member=_any("sick"),
        months_away_longest_known=nw.col("longest_stay"),
        months_away_longest_member=nw.when(_is_complete("stay")).then(nw.col("longest_stay")),
        school_age_members=_count("school_age"),
        school_age_out_for_poverty_count=_count("out_for_poverty"),
        other_dropouts_count=_count("out_otherwise"),
        other_dropouts_fewest_home_visits=fewest_home_visits(),
        are_other_dropouts_signed=~_any("unsigned"),
        is_member_on_dibao=_any("on_dibao"),
    )


def _is_complete(flag: str) -> nw.Expr:
    """Tell whether the flag is known of every member the household counts."""
    return (nw.col(f"{flag}_null") + nw.col("missing")) == 0


def _any(flag: str) -> nw.Expr:
    found = nw.col(f"{flag}_true") > 0
    return nw.when(found | _is_complete(flag)).then(found)


def _count(flag: str) -> nw.Expr:
    """Return how many members have the flag; with unknown members a count is a least count.

    Zero is said only when every member is known, so "none" is never said too early.
    """
    count = nw.col(f"{flag}_true")
    return nw.when((count > 0) | _is_complete(flag)).then(count)


def fewest_home_visits() -> nw.Expr:
    """Return the fewest home visits to a member out of school for another reason."""
    is_known = _is_complete("out_otherwise") & (nw.col("unvisited_true") == 0)
    return nw.when(is_known).then(nw.col("fewest_visits"))
