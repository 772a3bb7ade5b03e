"""The person sheet: who is who by identity number, ages, and the same person twice."""

from __future__ import annotations

import polars as pl

from povexit.clean.context import Context, fill_from, finished, own_county, set_missing
from povexit.clean.identity import birth_month, examine, hashed
from povexit.clean.ledger import Book

TABLE = "cleaned_persons"
OLDEST_YEARS = 120


def clean(
    frame: pl.DataFrame, context: Context, book: Book, households: pl.DataFrame
) -> pl.DataFrame:
    """Return ``cleaned_persons`` from the typed sheet.

    Parameters
    ----------
    frame
        Typed, with ``row``, ``county_name``, ``household_number``, ``person_name``, ``id_number``.
    context, book
        County and month; where changes are noted.
    households
        ``household_number`` and ``household_id`` of the households kept.
    """
    frame = own_county(frame, context, book)
    frame = frame.join(
        households, on="household_number", how="left", maintain_order="left", validate="m:1"
    )
    frame = book.drop(frame, "no_household", pl.col("household_id").is_null())
    frame = _identified(frame, context, book)
    in_household = pl.struct("household_id", "person_id").is_first_distinct()
    frame = book.drop(frame, "duplicate_person", ~in_household)
    is_first = pl.col("person_id").is_first_distinct()
    frame = book.drop(frame, "person_in_two_households", ~is_first)
    return finished(_aged(frame, context, book).with_columns(**context.stamp()), TABLE)


def _identified(frame: pl.DataFrame, context: Context, book: Book) -> pl.DataFrame:
    known = examine(frame["id_number"])
    book.note("id_number", frame["row"], known["rule"], frame["id_number"])
    frame = frame.with_columns(_body=known["body"], id_number_status=known["status"])
    # without a number, name and place in the household must do
    parts = ["household_number", "person_name", "relation", "birth_date"]
    stand_in = pl.concat_str(
        [pl.col(p).cast(pl.String).fill_null("") for p in parts], separator="|"
    )
    identity = frame.select(pl.coalesce("_body", stand_in)).to_series()
    return frame.with_columns(person_id=hashed(identity, context.key, "p"))


def _aged(frame: pl.DataFrame, context: Context, book: Book) -> pl.DataFrame:
    """Give the age in full years at the month's end."""
    last = context.last_day
    is_future = pl.col("birth_date") > last
    frame = set_missing(frame, book, "birth_date", "date_in_future", is_future)
    is_ancient = pl.col("birth_date").dt.year() < last.year - OLDEST_YEARS
    frame = set_missing(frame, book, "birth_date", "out_of_range", is_ancient)
    told = birth_month(pl.col("_body"))
    is_possible = told.dt.year().is_between(last.year - OLDEST_YEARS + 1, last.year)
    told = pl.when(is_possible & (told <= last)).then(told)
    frame = fill_from(frame, book, "birth_date", "birth_from_id", told)
    birth = pl.col("birth_date")
    months = (last.year - birth.dt.year()).cast(pl.Int64) * 12 + last.month - birth.dt.month()
    return frame.with_columns(age_years=months // 12)
