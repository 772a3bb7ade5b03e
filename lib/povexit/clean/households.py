"""The household sheet: sums in the wrong unit, the same household twice, villages unknown."""

from __future__ import annotations

import polars as pl

from povexit.clean.context import Context, fill_from, finished, own_county, required
from povexit.clean.identity import examine, hashed
from povexit.clean.ledger import Book

TABLE = "cleaned_households"
#: A household none of whose sums reaches this has entered 万元 where 元 is meant: 100 yuan a
#: year from every source together is nobody's income, 100万元 a year no poor household's.
LEAST_YUAN = 100
WAN = 10_000


def clean(
    frame: pl.DataFrame,
    context: Context,
    book: Book,
    villages: pl.DataFrame | None,
    members: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return ``cleaned_households`` and the numbers by which persons join them.

    Parameters
    ----------
    frame
        Typed, with ``row``, ``county_name``, ``household_number``.
    context, book
        County and month; where changes are noted.
    villages
        ``cleaned_villages``; without it, no village is looked up.
    members
        Typed person sheet: ``household_number``, one row a member.

    Returns
    -------
    tuple of polars.DataFrame
        The table, and ``household_number`` with ``household_id`` of each household kept.
    """
    frame = own_county(frame, context, book)
    frame = in_yuan(frame, book)
    frame = book.drop(frame, "required_missing", pl.col("household_number").is_null())
    is_first = pl.col("household_number").is_first_distinct()
    frame = book.drop(frame, "duplicate_household", ~is_first)
    if villages is not None:
        frame = in_villages(frame, villages, book)
    frame = _sized(frame, members, book)
    frame = _helped(required(frame, TABLE, book), context, book)
    frame = frame.with_columns(household_id=household_ids(frame, context), **context.stamp())
    return finished(frame, TABLE), frame.select("household_number", "household_id")


def household_ids(frame: pl.DataFrame, context: Context) -> pl.Series:
    """Return the keyed hash of each household's number within its county."""
    numbers = frame.select(context.county_code + pl.lit("|") + pl.col("household_number"))
    return hashed(numbers.to_series(), context.key, "h")


def in_yuan(frame: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Correct households all of whose sums were entered in 万元."""
    sums = [c for c in frame.columns if c.endswith("_yuan")]
    largest = pl.max_horizontal(pl.col(c).abs() for c in sums)
    is_wan = frame.select(((largest > 0) & (largest < LEAST_YUAN)).fill_null(False)).to_series()
    if not is_wan.any():
        return frame
    for column in sums:
        changed = pl.when(is_wan & (pl.col(column) != 0)).then(pl.lit("money_wan"))
        rule = frame.select(changed).to_series()
        book.note(column, frame["row"], rule, frame[column])
    scaled = [pl.when(is_wan).then((pl.col(c) * WAN).round(2)).otherwise(c).alias(c) for c in sums]
    return frame.with_columns(scaled)


def in_villages(frame: pl.DataFrame, villages: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Give a village code to households that name a village; quarantine those of none."""
    unique = villages.filter(pl.struct("township_name", "village_name").is_unique())
    named = unique.select("township_name", "village_name", _code="village_code")
    found = frame.join(
        named.drop_nulls(),
        on=["township_name", "village_name"],
        how="left",
        maintain_order="left",
        validate="m:1",
    )
    found = fill_from(found, book, "village_code", "village_from_name", pl.col("_code"))
    known = villages["village_code"].implode()
    is_strange = ~pl.col("village_code").is_in(known)
    return book.drop(found.drop("_code"), "unknown_village", is_strange)


def _sized(frame: pl.DataFrame, members: pl.DataFrame, book: Book) -> pl.DataFrame:
    counted = members.group_by("household_number").agg(_members=pl.len().cast(pl.Int64))
    found = frame.join(counted, on="household_number", how="left", maintain_order="left")
    found = fill_from(found, book, "household_size", "size_from_persons", pl.col("_members"))
    return found.drop("_members")


def _helped(frame: pl.DataFrame, context: Context, book: Book) -> pl.DataFrame:
    """Say whether there is a helper, and who as a hash that persons' hashes can meet."""
    known = examine(frame["helper_id_number"])
    book.note("helper_id_number", frame["row"], known["rule"], frame["helper_id_number"])
    is_named = pl.col("helper_name").is_not_null() | pl.col("helper_id_number").is_not_null()
    return frame.with_columns(
        has_helper=is_named, helper_id=hashed(known["body"], context.key, "p")
    )
