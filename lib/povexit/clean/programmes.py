"""The programme ledgers: units looked up in the register, sums and dates held against one another."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from povexit.clean.context import Context, county_codes, finished, own_county, required, set_missing
from povexit.clean.ledger import Book
from povexit.clean.units import Known, of_households, of_units, without_lost
from povexit.schema import columns, key

#: Ledgers by column map, and the table each becomes.
TABLES = {
    "loan_ledger": "cleaned_loans",
    "relocation_ledger": "cleaned_relocations",
    "fund_ledger": "cleaned_funds",
    "industry_ledger": "cleaned_industry",
    "zone_ledger": "cleaned_zones",
    "tourism_ledger": "cleaned_tourism",
    "works_ledger": "cleaned_works",
    "service_ledger": "cleaned_services",
    "inspection_ledger": "cleaned_inspections",
    "finding_ledger": "cleaned_findings",
}
#: Dates that may lie after the month.
AHEAD = ("due_date", "planned_date")

Check = Callable[[pl.DataFrame, Book], pl.DataFrame]


def clean(
    name: str, frame: pl.DataFrame, context: Context, book: Book, known: Known
) -> pl.DataFrame:
    """Return the clean table of a ledger.

    Parameters
    ----------
    name
        The ledger's column map, one of `TABLES`.
    frame
        Typed, with ``row`` and ``county_name``.
    context, book
        County and month; where changes are noted.
    known
        Households, persons and villages that rows are looked up in.

    Raises
    ------
    DeliveryError
        If no row is the county's.
    """
    table = TABLES[name]
    frame = placed(own_county(frame, context, book), known, context, book)
    frame = required(frame, table, book)
    for column in (c.name for c in columns(table).values() if c.dtype == "date"):
        if column in frame.columns and column not in AHEAD:
            is_future = pl.col(column) > context.last_day
            frame = set_missing(frame, book, column, "date_in_future", is_future)
    if name in CHECKS:
        frame = CHECKS[name](frame, book)
    frame = book.drop(frame, "duplicate_record", ~pl.struct(key(table)).is_first_distinct())
    return finished(frame.with_columns(**context.stamp()), table)


def placed(frame: pl.DataFrame, known: Known, context: Context, book: Book) -> pl.DataFrame:
    """Give rows the keys of the cleaned tables; quarantine those about nobody known."""
    if "unit_type" in frame.columns:
        return without_lost(of_units(frame, known, context, book), book)
    if "household_number" in frame.columns:
        frame = book.drop(frame, "required_missing", pl.col("household_number").is_null())
        frame = of_households(frame, known)
        return book.drop(frame, "no_household", pl.col("household_id").is_null())
    return frame


def _flag(frame: pl.DataFrame, book: Book, column: str, rule: str, is_odd: pl.Expr) -> pl.DataFrame:
    """Note the cells of a column where ``is_odd`` holds, and leave them."""
    noted = frame.select(rule=pl.when(is_odd).then(pl.lit(rule)))["rule"]
    book.note(column, frame["row"], noted, frame[column])
    return frame


def _loans(frame: pl.DataFrame, book: Book) -> pl.DataFrame:
    lent, repaid = pl.col("loan_yuan"), pl.col("repaid_yuan")
    is_early = pl.col("due_date") < pl.col("loan_date")
    frame = set_missing(frame, book, "due_date", "due_before_loan", is_early)
    no_loan = (lent == 0) | (lent.is_null() & pl.col("loan_date").is_null())
    without = (repaid > 0) & no_loan.fill_null(False)
    frame = set_missing(frame, book, "repaid_yuan", "repaid_without_loan", without)
    frame = frame.with_columns(_is_before=pl.col("repaid_date") < pl.col("loan_date"))
    for column in ("repaid_yuan", "repaid_date"):
        frame = set_missing(frame, book, column, "repaid_before_loan", pl.col("_is_before"))
    frame = set_missing(frame, book, "repaid_yuan", "repaid_over_loan", repaid > lent)
    is_over = pl.col("overdue_yuan") > lent - repaid
    return set_missing(frame, book, "overdue_yuan", "overdue_over_balance", is_over)


def _relocations(frame: pl.DataFrame, book: Book) -> pl.DataFrame:
    frame = frame.with_columns(to_county_code=county_codes(frame["to_county_name"]))
    named = pl.col("to_county_name")
    is_strange = named.is_not_null() & pl.col("to_county_code").is_null()
    frame = set_missing(frame, book, "to_county_name", "unknown_destination", is_strange)
    again = ~pl.col("household_id").is_first_distinct()
    told = pl.struct("household_id", "to_county_code", "site_name", "planned_year", "moved_date")
    frame = book.drop(frame, "moved_twice", again & told.is_first_distinct())
    others = pl.col("persons") != pl.col("household_size")
    frame = _flag(frame, book, "persons", "persons_disagree", others)
    early = pl.col("moved_date") < pl.col("keys_date")
    frame = _flag(frame, book, "moved_date", "moved_before_keys", early)
    # the register says nothing of the move of a household whose old home it still lists
    one_only = pl.col("has_moved_in") != pl.col("moved_date").is_not_null()
    return _flag(frame, book, "moved_date", "moved_disagrees", one_only)


def _funds(frame: pl.DataFrame, book: Book) -> pl.DataFrame:
    is_over = pl.col("paid_yuan") > pl.col("granted_yuan")
    return set_missing(frame, book, "paid_yuan", "paid_over_granted", is_over)


def _works(frame: pl.DataFrame, book: Book) -> pl.DataFrame:
    done, share = pl.col("is_done"), pl.col("done_share")
    unfinished = done & (share < 1)
    finished_anyhow = ~done & ((share == 1).fill_null(False) | pl.col("done_date").is_not_null())
    return _flag(frame, book, "is_done", "done_disagrees", unfinished | finished_anyhow)


def _services(frame: pl.DataFrame, book: Book) -> pl.DataFrame:
    is_over = pl.col("reached_persons") > pl.col("entitled_persons")
    return set_missing(frame, book, "reached_persons", "reached_over_entitled", is_over)


def _findings(frame: pl.DataFrame, book: Book) -> pl.DataFrame:
    # it is closed, so what can't be known is how long it was open
    is_early = pl.col("closed_date") < pl.col("opened_date")
    return set_missing(frame, book, "opened_date", "closed_before_opened", is_early)


CHECKS: dict[str, Check] = {
    "loan_ledger": _loans,
    "relocation_ledger": _relocations,
    "fund_ledger": _funds,
    "works_ledger": _works,
    "service_ledger": _services,
    "finding_ledger": _findings,
}
