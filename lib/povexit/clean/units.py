"""Whom or what a ledger's row is about: households and persons of the register, villages, hamlets, schools.

A ledger names its units as the county does, by household, identity or village number. Here they get the
keys of the cleaned tables; a row about nobody the register knows goes into quarantine.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from povexit.clean.context import Context
from povexit.clean.identity import examine, hashed
from povexit.clean.ledger import Book

#: Columns of a ledger's map that name its unit.
NAMES = ("household_number", "id_number", "village_code", "hamlet_name", "school_name")


@dataclass(frozen=True)
class Known:
    """What ledgers are looked up in.

    Attributes
    ----------
    households
        ``household_number`` with ``household_id``, ``village_code``, ``household_size`` and
        ``has_moved_in`` of each household kept.
    persons
        ``cleaned_persons``.
    villages
        ``cleaned_villages``, or None where no village is looked up.
    """

    households: pl.DataFrame
    persons: pl.DataFrame
    villages: pl.DataFrame | None


def of_households(frame: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Return a ledger of households with ``household_id`` and what the register says of each.

    The columns of ``known.households`` are added with the register's names, ``village_code``
    among them; null where the register has no such household.
    """
    return frame.join(
        known.households, on="household_number", how="left", maintain_order="left", validate="m:1"
    )


def of_units(frame: pl.DataFrame, known: Known, context: Context, book: Book) -> pl.DataFrame:
    """Return a ledger of units of several kinds with ``unit_id`` and ``village_code``.

    Null where the unit is not known; ``_lost`` says by which rule.
    """
    given = [n for n in NAMES if n in frame.columns]
    gaps = [pl.lit(None, pl.String).alias(n) for n in NAMES if n not in given]
    named = frame.with_columns(gaps)
    numbers = examine(named["id_number"])
    book.note("id_number", frame["row"], numbers["rule"], named["id_number"])
    named = named.with_columns(_person=hashed(numbers["body"], context.key, "p"))
    homes = known.households.select("household_number", "household_id", _home="village_code")
    named = _with(named, homes, "household_number")
    people = known.persons.join(
        homes.select("household_id", _place="_home"), on="household_id", how="left"
    ).select("_place", _person="person_id", _is_known=pl.lit(True))
    named = _with(named, people, "_person")
    named = named.with_columns(_village=_known_village(known))
    made = named.with_columns(unit_id=_unit(context), village_code=_village(), _lost=_lost())
    return made.select(list(dict.fromkeys((*frame.columns, "unit_id", "village_code", "_lost"))))


def _with(frame: pl.DataFrame, other: pl.DataFrame, on: str) -> pl.DataFrame:
    return frame.join(other, on=on, how="left", maintain_order="left", validate="m:1")


def _known_village(known: Known) -> pl.Expr:
    """Return the village a row names, if the village ledger has it."""
    if known.villages is None:
        return pl.col("village_code")
    is_known = pl.col("village_code").is_in(known.villages["village_code"].implode())
    return pl.when(is_known).then("village_code")


def _by_kind(values: dict[str, pl.Expr]) -> pl.Expr:
    kind = pl.col("unit_type")
    chosen = [pl.when(kind == name).then(value) for name, value in values.items()]
    return pl.coalesce(chosen)


def _unit(context: Context) -> pl.Expr:
    return _by_kind(
        {
            "household": pl.col("household_id"),
            "person": pl.when("_is_known").then("_person"),
            "village": pl.col("_village"),
            "hamlet": pl.col("_village") + "|" + pl.col("hamlet_name"),
            "school": pl.col("school_name"),
            "county": pl.lit(context.county_code),
        }
    )


def _village() -> pl.Expr:
    own = pl.col("_village")
    return _by_kind(
        {"household": pl.col("_home"), "person": pl.col("_place"), "village": own, "hamlet": own}
    )


def _lost() -> pl.Expr:
    """Return why the unit of a row is not known."""
    kind = pl.col("unit_type")
    is_strange = pl.col("village_code").is_not_null() & pl.col("_village").is_null()
    return (
        pl.when((kind == "household") & pl.col("household_id").is_null())
        .then(pl.lit("no_household"))
        .when((kind == "person") & pl.col("_is_known").is_null())
        .then(pl.lit("no_person"))
        .when(kind.is_in(["village", "hamlet"]) & is_strange)
        .then(pl.lit("unknown_village"))
    )


def without_lost(frame: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Quarantine the rows of `of_units` whose unit is not known."""
    for rule in ("no_household", "no_person", "unknown_village"):
        frame = book.drop(frame, rule, pl.col("_lost") == rule)
    return frame.drop("_lost")
