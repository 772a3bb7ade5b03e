"""The village ledger: one row an administrative village."""

from __future__ import annotations

import polars as pl

from povexit.clean.context import Context, finished, own_county, required
from povexit.clean.ledger import Book

TABLE = "cleaned_villages"
CODE = r"^[0-9]{12}$"


def clean(frame: pl.DataFrame, context: Context, book: Book) -> pl.DataFrame:
    """Return ``cleaned_villages`` from the typed ledger.

    Parameters
    ----------
    frame
        Typed, with ``row`` and ``county_name``.
    context, book
        County and month; where changes are noted.
    """
    frame = own_county(frame, context, book)
    frame = book.drop(frame, "village_code_form", ~pl.col("village_code").str.contains(CODE))
    frame = required(frame, TABLE, book)
    frame = book.drop(frame, "duplicate_village", ~pl.col("village_code").is_first_distinct())
    return finished(frame.with_columns(**context.stamp()), TABLE)
