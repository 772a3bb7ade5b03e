"""How well cleaning does, scored against the truth: defects found, clean values left alone.

A planted defect counts as found if the ledger, the quarantine or a register rule names its
cell or row with a rule that fits its kind; a value counts as restored if the cleaned cell has the
value it had before it was soiled. A cell that nobody soiled counts as harmed if it no longer has
its value. What cannot be found at all is said in `HOPELESS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from povexit import clean, privacy, quality, raw
from povexit.clean import programmes
from povexit.clean.context import Context, own_county
from povexit.clean.fields import typed
from povexit.clean.households import household_ids
from povexit.clean.identity import examine, hashed
from povexit.clean.ledger import Book
from povexit.clean.units import Known
from povexit.raw import RawTable
from povexit.schema import columns, key
from povexit_sim.sheets import LAYOUT

#: Rules of cleaning that name a kind of defect; a kind that is not here has its own name.
LEDGER_RULES = {
    "missing_code": ("missing_code",),
    "duplicate_household": ("duplicate_household", "duplicate_person"),
    "land_over_50": ("out_of_range",),
    "ledger_no_household": ("no_household",),
    "ledger_negative_loan": ("out_of_range",),
    "ledger_repaid_before_loan": ("repaid_before_loan",),
    "ledger_moved_twice": ("moved_twice",),
    "ledger_over_100": ("out_of_range", "paid_over_granted", "reached_over_entitled"),
    "ledger_duplicate_row": ("duplicate_record",),
    "ledger_unknown_county": ("unknown_county",),
}
#: Register rules that name a kind; the household is meant, not the cell.
REGISTER_RULES = {
    "size_disagrees": ("size_disagrees",),
    "land_over_50": ("cultivated_land_over_50",),
    "business_without_cost": ("business_without_cost",),
    "cost_without_business": ("cost_without_business",),
}
#: Kinds whose true value stands in the delivery, in another form.
RESTORABLE = frozenset(
    {
        "number_separator",
        "number_fullwidth",
        "number_spaces",
        "money_wan",
        "date_serial",
        "date_dotted",
        "date_chinese",
        "label_for_code",
    }
)
HOPELESS = {
    "missing_code": "a cell left blank looks like one that never had a value: only codes count here"
}
#: Sheet to the clean table it becomes.
SHEETS = {LAYOUT[name][0]: table for name, table in clean.CLEANED.items()}
TRUTH = {
    "cleaned_households": "households",
    "cleaned_persons": "persons",
    "cleaned_villages": "villages",
    "cleaned_survey_households": "survey",
    **{table: name for name, table in programmes.TABLES.items()},
}
KEY = "_key"


def score(
    month: str, folder: Path, truth: Path, counties: Iterable[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Clean a simulated month and hold it against its truth.

    Parameters
    ----------
    month
        Such as ``2016-06``.
    folder, truth
        Deliveries and truth as `povexit_sim.month.make_month` writes them.
    counties
        Codes; person_two_counties counts only where both counties are among them.

    Returns
    -------
    tuple of polars.DataFrame
        Defects: ``kind``, ``planted`` (those that can be found), ``found``, ``found_share``,
        ``restored_share`` (null for kinds whose value can't be won back). Clean cells:
        ``table``, ``cells``, ``harmed``, ``untouched_share``.
    """
    counties = list(counties)
    defects = pl.read_parquet(truth / "truth_defects.parquet")
    done = {c: clean.county(month, c, folder) for c in counties}
    people = pl.concat([d.tables["cleaned_persons"] for d in done.values()])
    shared = people.group_by("person_id").agg(pl.col("county_code").n_unique() > 1)
    twice = set(shared.filter("county_code")["person_id"])
    found, cells = [], []
    for county, cleaned in done.items():
        own = defects.filter(pl.col("county_code") == county)
        delivery = raw.find_delivery(month, county, folder)
        keyed = own.join(_keys(delivery, cleaned), on=["sheet", "row"], how="left")
        found.append(_found(keyed.filter(~_is_hopeless()), cleaned, twice))
        cells.append(_cells(keyed, cleaned, truth, county))
    return _by_kind(pl.concat(found)), _by_table(pl.concat(cells))


def _is_hopeless() -> pl.Expr:
    return (pl.col("kind") == "missing_code") & (pl.col("dirty_value") == "")


def _keyed(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Give a row its key of the table, in one text."""
    return frame.with_columns(pl.concat_str(key(table), separator="/").alias(KEY))


def _known(homes: pl.DataFrame, people: pl.DataFrame, villages: pl.DataFrame) -> Known:
    names = ["household_number", "household_id", "village_code", "household_size", "has_moved_in"]
    return Known(homes.select(names), people.select("person_id", "household_id"), villages)


def _keys(delivery: raw.Delivery, cleaned: clean.Cleaned) -> pl.DataFrame:
    """Return, for each row of each sheet, the key its cleaned row has."""
    context = Context(delivery.county_code, delivery.month, privacy.DEMO_KEY)
    sheets, made = raw.read(delivery), cleaned.tables
    homes = sheets["register_households"].frame.select("row", "household_number")
    homes = homes.with_columns(household_id=household_ids(homes, context))
    numbers = homes.unique("household_number").join(made["cleaned_households"], on="household_id")
    known = _known(numbers, made["cleaned_persons"], made["cleaned_villages"])
    parts = []
    for name, table in sheets.items():
        frame = table.frame
        if name == "register_households":
            frame = homes
        elif name == "register_persons":
            body = examine(frame["id_number"])["body"]
            frame = frame.with_columns(person_id=hashed(body, context.key, "p"))
        elif name in programmes.TABLES:
            book = Book(table)
            frame = typed(table, columns(programmes.TABLES[name]), book)
            frame = programmes.placed(own_county(frame, context, book), known, context, book)
        keyed = _keyed(frame, clean.CLEANED[name])
        parts.append(keyed.select("row", KEY, sheet=pl.lit(table.sheet)))
    return pl.concat(parts)


def _found(defects: pl.DataFrame, cleaned: clean.Cleaned, twice: set[str]) -> pl.DataFrame:
    tables = cleaned.tables
    noted = tables["cleaning_ledger"].select("sheet", "row", "column", "rule")
    dropped = tables["cleaning_quarantine"].select("sheet", "row", "rule")
    flags = quality.flags(tables["cleaned_households"], tables["cleaned_persons"])
    flagged = {(f["household_id"], f["rule_id"]) for f in _records(flags)}
    cells = set(noted.iter_rows())
    rows = set(dropped.iter_rows())
    hits = [_is_found(d, cells, rows, flagged, twice) for d in defects.iter_rows(named=True)]
    values = _values(tables)
    restored = [
        _same(values.get((d["sheet"], d[KEY], d["column"])), d["clean_value"])
        for d in defects.iter_rows(named=True)
    ]
    return defects.select(
        "kind", found=pl.Series(hits, dtype=pl.Boolean), restored=pl.Series(restored)
    )


def _records(table: Any) -> list[dict[str, Any]]:
    return table.to_dicts() if isinstance(table, pl.DataFrame) else table.to_dict("records")


def _is_found(
    defect: Mapping[str, Any],
    cells: set[tuple[Any, ...]],
    rows: set[tuple[Any, ...]],
    flagged: set[tuple[str, str]],
    twice: set[str],
) -> bool:
    kind, sheet, row = defect["kind"], defect["sheet"], defect["row"]
    if row == 0:  # a file's form: it was read at all, or this line would not be reached
        return True
    if kind == "person_two_counties":
        return defect[KEY] in twice
    rules = LEDGER_RULES.get(kind, (kind,))
    in_cell = any((sheet, row, defect["column"], rule) in cells for rule in rules)
    in_row = any((sheet, row, rule) in rows for rule in rules)
    by_rule = any((defect[KEY], rule) in flagged for rule in REGISTER_RULES.get(kind, ()))
    return in_cell or in_row or by_rule


def _values(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str, str], Any]:
    """Return every cleaned value by sheet, key and column."""
    return {
        (sheet, row[KEY], column): value
        for sheet, name in SHEETS.items()
        for row in _keyed(tables[name], name).iter_rows(named=True)
        for column, value in row.items()
    }


def _same(value: Any, text: str) -> bool:
    """Tell whether a cleaned value is the one the truth has as text."""
    if value is None or isinstance(value, bool):
        return ("" if value is None else str(value).lower()) == text
    if isinstance(value, int | float):
        try:
            return abs(float(text) - value) <= 1e-6 * max(1.0, abs(value))
        except ValueError:
            return False
    return str(value) == text


def _by_kind(found: pl.DataFrame) -> pl.DataFrame:
    by = found.group_by("kind").agg(
        planted=pl.len(), found=pl.col("found").sum(), restored=pl.col("restored").mean()
    )
    share = pl.col("found") / pl.col("planted")
    restored = pl.when(pl.col("kind").is_in(list(RESTORABLE))).then("restored")
    return by.select("kind", "planted", "found", found_share=share, restored_share=restored).sort(
        "kind"
    )


def _cells(defects: pl.DataFrame, cleaned: clean.Cleaned, truth: Path, county: str) -> pl.DataFrame:
    """Compare every cell that nobody soiled with the truth."""
    out, true = [], _truth(truth, county)
    for sheet, name in SHEETS.items():
        soiled = defects.filter(pl.col("sheet") == sheet)
        table = _keyed(cleaned.tables[name], name)
        both = table.join(_keyed(true[name], name), on=KEY, how="inner", suffix="_true")
        for column in (c for c in table.columns if f"{c}_true" in both.columns):
            spared = soiled.filter(pl.col("column") == column)[KEY].drop_nulls().implode()
            clean_cells = both.filter(~pl.col(KEY).is_in(spared))
            harmed = clean_cells.filter(_differs(column, table.schema[column])).height
            out.append(
                {"table": name, "column": column, "cells": len(clean_cells), "harmed": harmed}
            )
    return pl.DataFrame(out)


def _differs(column: str, dtype: Any) -> pl.Expr:
    value, true = pl.col(column), pl.col(f"{column}_true").cast(dtype, strict=False)
    # nothing chosen and nothing delivered are one in the truth
    if dtype == pl.String:
        value, true = value.fill_null(""), true.fill_null("")
    if dtype == pl.Float64:
        return ((value - true).abs() > 1e-6).fill_null(value.is_null() != true.is_null())
    return value.ne_missing(true)


def _truth(folder: Path, county: str) -> dict[str, pl.DataFrame]:
    """Return the truth of each clean table, with its key."""
    context = Context(county, "", privacy.DEMO_KEY)
    read = {
        table: pl.read_parquet(folder / name / f"{county}.parquet").drop(
            "month", "county_code", strict=False
        )
        for table, name in TRUTH.items()
    }
    homes, people = read["cleaned_households"], read["cleaned_persons"]
    homes = homes.with_columns(household_id=household_ids(homes, context))
    numbers = homes.select("household_number", "household_id")
    body = examine(people["id_number"])["body"]
    people = people.join(numbers, on="household_number").with_columns(
        person_id=hashed(body, context.key, "p")
    )
    known = _known(homes, people, read["cleaned_villages"])
    read |= {"cleaned_households": homes, "cleaned_persons": people}
    for name in programmes.TABLES.values():
        read[name] = _placed(read[name], known, context)
    return read


def _placed(ledger: pl.DataFrame, known: Known, context: Context) -> pl.DataFrame:
    book = Book(RawTable("", "", "", ledger.with_row_index("row"), ()))
    typed_ = ledger.with_row_index("row").drop("household_size", strict=False)
    if "unit_type" not in ledger.columns:
        typed_ = typed_.drop("village_code", strict=False)
    return programmes.placed(typed_, known, context, book).drop("row")


def _by_table(cells: pl.DataFrame) -> pl.DataFrame:
    by = cells.group_by("table").agg(pl.col("cells").sum(), pl.col("harmed").sum())
    share = 1 - pl.col("harmed") / pl.col("cells")
    return by.with_columns(untouched_share=share).sort("table")
