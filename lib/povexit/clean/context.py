"""What every table of one county and month shares while it is cleaned."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from functools import cache

import polars as pl

from povexit.clean.ledger import Book
from povexit.errors import DeliveryError, UnknownNameError
from povexit.geography import county_name, resolve_county
from povexit.schema import columns

#: Sheets whose county column asks for a code; the others ask for the name.
CODED = frozenset({"household_survey"})


@dataclass(frozen=True)
class Context:
    """County, month and the key that identities are hashed with."""

    county_code: str
    month: str
    key: bytes

    @property
    def last_day(self) -> date:
        """The last day of the month."""
        year, number = map(int, self.month.split("-"))
        return date(year, number, calendar.monthrange(year, number)[1])

    def stamp(self) -> dict[str, pl.Expr]:
        """Return the columns that every row of the county and month bears."""
        return {"month": pl.lit(self.month), "county_code": pl.lit(self.county_code)}


def own_county(frame: pl.DataFrame, context: Context, book: Book) -> pl.DataFrame:
    """Quarantine rows that name another county; note the names and codes of other vintages.

    A row that names no county is the county's whose file it stands in.

    Raises
    ------
    DeliveryError
        If no row is the county's: then the file is another's.
    """
    named = frame["county_name"]
    usual = context.county_code if book.raw.table in CODED else county_name(context.county_code)
    if {*named.unique()} <= {usual, None}:
        return frame
    code = county_codes(named)
    frame = frame.with_columns(_county=code)
    if frame.height and not (code.is_null() | (code == context.county_code)).any():
        raise _foreign(named, context, book)
    alias = pl.when((code == context.county_code) & (named != usual)).then(pl.lit("county_alias"))
    book.note("county_name", frame["row"], frame.select(alias).to_series(), named)
    is_strange = pl.col("county_name").is_not_null() & pl.col("_county").is_null()
    frame = book.drop(frame, "unknown_county", is_strange)
    frame = book.drop(frame, "other_county", pl.col("_county") != context.county_code)
    return frame.drop("_county")


def county_codes(named: pl.Series) -> pl.Series:
    """Return the code of 2016 of each county named in any way; null where it is not known."""
    known = {text: _resolved(text) for text in named.drop_nulls().unique()}
    return named.replace_strict(known, default=None, return_dtype=pl.String)


@cache
def _resolved(text: str) -> str | None:
    try:
        return resolve_county(text)
    except UnknownNameError:
        return None


def _foreign(named: pl.Series, context: Context, book: Book) -> DeliveryError:
    found = "、".join(named.drop_nulls().unique(maintain_order=True).head(3))
    return DeliveryError(
        "no row of the file belongs to the county in its name",
        where=book.raw.where(),
        expected=f"{county_name(context.county_code)} {context.county_code}",
        found=found,
        hint="check whether the file was named for the wrong county, then rename or replace it",
    )


def required(frame: pl.DataFrame, table: str, book: Book) -> pl.DataFrame:
    """Quarantine rows that lack a value the catalogue requires and cleaning does not make."""
    needed = [c.name for c in columns(table).values() if not c.nullable and c.name in frame]
    missing = pl.any_horizontal(pl.col(c).is_null() for c in needed)
    return book.drop(frame, "required_missing", missing)


def finished(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return the catalogue's columns in its order; persons' names and numbers end here.

    A column the county's map does not have is one of nulls.
    """
    from povexit.clean.validate import POLARS

    made = [
        (pl.col(c.name) if c.name in frame else pl.lit(None, POLARS[c.dtype]))
        .cast(POLARS[c.dtype])
        .alias(c.name)
        for c in columns(table).values()
    ]
    return frame.select(made)


def set_missing(
    frame: pl.DataFrame, book: Book, column: str, rule: str, is_bad: pl.Expr
) -> pl.DataFrame:
    """Set the cells of a column missing where ``is_bad`` holds, and note them."""
    noted = frame.select(rule=pl.when(is_bad).then(pl.lit(rule)))["rule"]
    if noted.null_count() == len(noted):
        return frame
    book.note(column, frame["row"], noted, frame[column])
    return frame.with_columns(pl.when(noted.is_null()).then(pl.col(column)).alias(column))


def fill_from(
    frame: pl.DataFrame, book: Book, column: str, rule: str, value: pl.Expr
) -> pl.DataFrame:
    """Fill the gaps of a column from ``value`` where that is known, and note them."""
    is_filled = pl.col(column).is_null() & value.is_not_null()
    noted = frame.select(rule=pl.when(is_filled).then(pl.lit(rule)))["rule"]
    if noted.null_count() == len(noted):
        return frame
    book.note(column, frame["row"], noted, pl.repeat(None, frame.height, eager=True))
    return frame.with_columns(pl.coalesce(pl.col(column), value).alias(column))
