"""The household survey: one row an interview; without its chances it can't be weighted."""

from __future__ import annotations

import polars as pl

from povexit.clean.context import Context, finished, own_county, required, set_missing
from povexit.clean.ledger import Book

TABLE = "cleaned_survey_households"


def clean(
    frame: pl.DataFrame, context: Context, book: Book, villages: pl.DataFrame | None
) -> pl.DataFrame:
    """Return ``cleaned_survey_households`` from the typed interviews.

    Parameters
    ----------
    frame
        Typed, with ``row`` and ``county_name``.
    context, book
        County and month; where changes are noted.
    villages
        ``cleaned_villages``; without it, no village is looked up.
    """
    frame = own_county(frame, context, book)
    frame = required(frame, TABLE, book)
    is_first = pl.col("interview_id").is_first_distinct()
    frame = book.drop(frame, "duplicate_interview", ~is_first)
    if villages is not None:
        known = villages["village_code"].implode()
        frame = book.drop(frame, "unknown_village", ~pl.col("village_code").is_in(known))
    is_reversed = pl.col("ended_at") < pl.col("started_at")
    frame = set_missing(frame, book, "ended_at", "times_reversed", is_reversed)
    return finished(frame.with_columns(**context.stamp()), TABLE)
