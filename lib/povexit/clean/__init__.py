"""From a county's delivery to clean tables: typed, keyed, without names, every change on record.

`county` reads and cleans all a county sent for a month; `Cleaned.save` writes the tables
whole. Nothing is lost: rows in are rows kept plus rows quarantined (checked on every run),
and a changed value stands in the ledger as it was typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from povexit import privacy, raw, store
from povexit.clean import households, persons, programmes, survey, villages
from povexit.clean.context import Context
from povexit.clean.fields import typed
from povexit.clean.ledger import Book, Rule, rules
from povexit.clean.units import Known
from povexit.clean.validate import check, refer
from povexit.errors import DeliveryError
from povexit.raw import RawTable
from povexit.schema import columns

__all__ = ["TABLES", "Cleaned", "Rule", "check_file", "county", "rules", "tables"]

CLEANED = {
    "village_ledger": villages.TABLE,
    "register_households": households.TABLE,
    "register_persons": persons.TABLE,
    "household_survey": survey.TABLE,
    **programmes.TABLES,
}
RECORDS = ("cleaning_ledger", "cleaning_quarantine", "cleaning_counts", "deliveries")
#: Every table that cleaning writes for a county and month.
TABLES = (*CLEANED.values(), *RECORDS)
#: Duplicates lose nothing; any other reason that takes more than this share of a sheet means
#: that the file is not what it should be, and numbers made from the rest would mislead.
MOST_QUARANTINED = 0.2
DUPLICATES = (
    "duplicate_household",
    "duplicate_person",
    "duplicate_village",
    "duplicate_interview",
    "duplicate_record",
)
#: The rule by which a whole ledger is set aside.
REFUSED = "ledger_refused"
#: Fewer rows than this are looked at one by one, not as a share.
FEW_ROWS = 20


@dataclass(frozen=True)
class Cleaned:
    """What cleaning made of a county's month.

    Attributes
    ----------
    tables
        Name to table, as in `TABLES`; those of sheets that were not given are missing.
    findings
        What someone should know, beyond the ledger.
    """

    county_code: str
    month: str
    tables: Mapping[str, pl.DataFrame]
    findings: tuple[str, ...]

    def save(self) -> dict[str, Any]:
        """Write every table whole, remove those not made; return what to keep in the outcome.

        Raises
        ------
        StoreError
            If one cannot be written.
        """
        for name, table in self.tables.items():
            store.save(table, name, self.month, self.county_code)
        absent = [name for name in TABLES if name not in self.tables]
        store.remove(absent, self.month, self.county_code)
        return {"findings": list(self.findings)}


def county(month: str, county: str, folder: Path | None = None) -> Cleaned:
    """Read and clean what a county sent for a month.

    Parameters
    ----------
    month
        Such as ``2016-06``.
    county
        Code of 2016.
    folder
        The month's folder; ``data/raw/<month>`` without it.

    Raises
    ------
    DeliveryError
        If a file is missing or cannot be used; the message says which and what to do.
    PrivacyError
        If the key for real persons is too short.
    """
    delivery = raw.find_delivery(month, county, folder)
    # read first: where nothing can be read, no key is made for it
    sheets = raw.read(delivery)
    context = Context(county, month, privacy.load_key(delivery.simulated))
    made, findings = tables(sheets, context)
    lacking = tuple(str(finding) for finding in raw.not_delivered(delivery, sheets))
    files = pl.DataFrame(
        {
            "month": [month] * len(delivery.files),
            "county_code": [county] * len(delivery.files),
            "file": [p.name for p in delivery.files],
            "sha256": [store.sha256(p) for p in delivery.files],
            "simulated": [delivery.is_simulated(p) for p in delivery.files],
        }
    )
    return Cleaned(county, month, {**made, "deliveries": files}, (*lacking, *findings))


def tables(
    sheets: Mapping[str, RawTable], context: Context
) -> tuple[dict[str, pl.DataFrame], tuple[str, ...]]:
    """Return the clean tables of the sheets given, their records, and findings.

    Parameters
    ----------
    sheets
        From `povexit.raw.read` or `povexit.raw.read_file`, by column map.
    context
        County, month and key.

    Raises
    ------
    DeliveryError
        If a sheet cannot be used.
    """
    books = {name: Book(sheet) for name, sheet in sheets.items()}
    read = {n: typed(sheets[n], columns(CLEANED[n]), books[n]) for n in sheets}
    made: dict[str, pl.DataFrame] = {}
    if "village_ledger" in read:
        name = "village_ledger"
        made[villages.TABLE] = villages.clean(read[name], context, books[name])
    known = made.get(villages.TABLE)
    if "register_households" in read:
        registered, numbers = _register(read, context, books, known)
        made |= registered
        made |= _programmes(read, context, books, Known(numbers, made[persons.TABLE], known))
    if "household_survey" in read:
        name = "household_survey"
        made[survey.TABLE] = survey.clean(read[name], context, books[name], known)
    made = {name: check(table, name) for name, table in made.items()}
    _referred(made)
    return made | _records(books, made, context), _findings(sheets, books)


def _register(
    read: Mapping[str, pl.DataFrame],
    context: Context,
    books: Mapping[str, Book],
    known: pl.DataFrame | None,
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Return both tables of the register, and its households with the numbers they go by."""
    homes, people = "register_households", "register_persons"
    made, links = households.clean(read[homes], context, books[homes], known, read[people])
    members = persons.clean(read[people], context, books[people], links)
    told = made.select("household_id", "village_code", "household_size", "has_moved_in")
    numbers = links.join(told, on="household_id", validate="1:1")
    return {households.TABLE: made, persons.TABLE: members}, numbers


def _programmes(
    read: Mapping[str, pl.DataFrame], context: Context, books: Mapping[str, Book], known: Known
) -> dict[str, pl.DataFrame]:
    """Return the ledgers' tables; one of which too little can be used is not made: unknown."""
    made = {}
    for name, table in programmes.TABLES.items():
        if name not in read:
            continue
        cleaned = programmes.clean(name, read[name], context, books[name], known)
        if _useless(books[name], cleaned.height):
            books[name].drop_rest(REFUSED)
        else:
            made[table] = cleaned
    return made


def _referred(made: Mapping[str, pl.DataFrame]) -> None:
    """Check the foreign keys between the tables that were made."""
    homes, known = made.get(households.TABLE), made.get(villages.TABLE)
    if homes is not None:
        refer(made[persons.TABLE], "household_id", homes, persons.TABLE)
    if known is not None:
        for name in (n for n in (households.TABLE, survey.TABLE) if n in made):
            refer(made[name], "village_code", known, name)
    for name in (n for n in programmes.TABLES.values() if n in made):
        for column, target in (("household_id", homes), ("village_code", known)):
            if target is not None and column in made[name].columns:
                refer(made[name].drop_nulls(column), column, target, name)


def _records(
    books: Mapping[str, Book], made: Mapping[str, pl.DataFrame], context: Context
) -> dict[str, pl.DataFrame]:
    # a ledger read without its register, or refused, has no table
    kept = {
        n: made[CLEANED[n]].height if CLEANED[n] in made else b.left() for n, b in books.items()
    }
    counts = [book.counts(kept[name]) for name, book in books.items()]
    for name, book in books.items():
        if name not in programmes.TABLES and (error := _useless(book, kept[name])):
            raise error
    found = {
        "cleaning_ledger": pl.concat([b.ledger() for b in books.values()]),
        "cleaning_quarantine": pl.concat([b.quarantine() for b in books.values()]),
        "cleaning_counts": pl.DataFrame(counts),
    }
    return {
        name: table.with_columns(**context.stamp()).select(list(columns(name)))
        for name, table in found.items()
    }


def _useless(book: Book, kept: int) -> DeliveryError | None:
    """Return what is wrong if too little of a sheet can be used."""
    bad = book.quarantine().filter(~pl.col("rule").is_in(DUPLICATES))
    total = kept + book.quarantine().height
    few = total < FEW_ROWS and kept > 0
    if not total or (kept and (few or bad.height <= MOST_QUARANTINED * total)):
        return None
    worst = bad.group_by("rule").len().sort("len", "rule", descending=[True, False])
    rule, n = worst.row(0) if worst.height else ("duplicate_household", total)
    first = bad.filter(pl.col("rule") == rule)["row"].head(5).to_list()
    return DeliveryError(
        "too many rows cannot be used",
        where=book.raw.where(first[0] if first else None),
        expected=f"at most {MOST_QUARANTINED:.0%} of {total} rows",
        found=f"{n} rows: {rules()[rule].label_en} ({rules()[rule].label_zh}); first rows {first}",
        hint="send the file back to the county with this message, or correct these rows",
    )


def _findings(sheets: Mapping[str, RawTable], books: Mapping[str, Book]) -> tuple[str, ...]:
    said = [str(finding) for sheet in sheets.values() for finding in sheet.findings]
    for book in books.values():
        if REFUSED in book.quarantine()["rule"]:
            said.append(f"warning: {book.raw.where()}: too few rows can be used: set aside whole")
        twice = book.quarantine().filter(pl.col("rule").is_in(DUPLICATES)).height
        if twice > MOST_QUARANTINED * (twice + book.left()):
            said.append(
                f"warning: {book.raw.where()}: {twice} rows are duplicates and were set aside"
            )
    return tuple(dict.fromkeys(said))


def check_file(path: Path) -> str:
    """Read and clean one file alone, write nothing, and say how it went.

    Parameters
    ----------
    path
        A workbook or survey, named as deliveries are. A register's villages are looked up
        only in a run, where the village ledger is there too.

    Raises
    ------
    DeliveryError
        If it cannot be used.
    """
    sheets = raw.read_file(path)
    code, month = raw.county_of(path), raw.month_of(path)
    # a file whose name does not tell them was refused above
    assert code is not None
    assert month is not None
    # nothing is written, so the public demo key does: no real key is made for a mere check
    made, findings = tables(sheets, Context(code, month, privacy.DEMO_KEY))
    counts = made["cleaning_counts"]
    lines = [
        f"{r['sheet'] or r['file']}: {r['rows_in']} rows, {r['rows_out']} kept, "
        f"{r['quarantined']} quarantined"
        for r in counts.iter_rows(named=True)
    ]
    return "\n".join([*lines, *findings])
