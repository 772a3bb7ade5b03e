"""From text to typed columns, all columns at once; every change goes into the book.

A sheet is read twice: the plain form of every column in one pass, then the few cells that are
not plain one by one (each distinct text once), by `povexit.clean.cells`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import polars as pl

from povexit.clean.cells import READ
from povexit.clean.ledger import Book
from povexit.raw import RawTable
from povexit.raw.columnmap import Entry
from povexit.schema import Column, codes

DTYPES: dict[str, Any] = {
    "text": pl.String,
    "id": pl.String,
    "int": pl.Float64,
    "number": pl.Float64,
    "bool": pl.Boolean,
    "code": pl.String,
    "date": pl.Date,
    "day": pl.Date,
    "datetime": pl.Datetime("ms"),
}
# a factor such as 0.01 leaves noise in the last place
DIGITS_AFTER_FACTOR = 6


Rules = dict[str, pl.Series]


def typed(raw: RawTable, catalogue: Mapping[str, Column], book: Book) -> pl.DataFrame:
    """Return the sheet with typed columns, named as the map says, and ``row``.

    Parameters
    ----------
    raw
        The sheet as read.
    catalogue
        Columns of the table it becomes: their ranges.
    book
        Where every change is noted.
    """
    single = [e for e in raw.entries if e.kind not in ("drop", "multi")]
    cells = raw.frame.select("row", *(delivered(e.key).alias(e.column) for e in single))
    values, rules = read_columns(single, cells)
    values = _in_unit(single, values, rules, book)
    values = _in_range(single, values, rules, catalogue)
    for column, rule in rules.items():
        book.note(column, cells["row"], rule, cells[column])
    _note_formulas(raw, single, book)
    chosen = [
        _multi([e for e in raw.entries if e.column == column], raw.frame, book)
        for column in dict.fromkeys(e.column for e in raw.entries if e.kind == "multi")
    ]
    return values.with_columns(cells["row"], *chosen)


def _note_formulas(raw: RawTable, known: Sequence[Entry], book: Book) -> None:
    """Note the cells whose formula has no stored result: they came in as blank."""
    columns = {e.key: e.column for e in known}
    for row, key in raw.formulas:
        if key in columns:
            one = pl.Series(["formula_without_value"])
            book.note(columns[key], pl.Series([row]), one, pl.Series([None], dtype=pl.String))


def delivered(key: str) -> pl.Expr:
    """Return a column of text with nothing where only blanks stand."""
    return pl.when(pl.col(key).str.strip_chars() != "").then(pl.col(key))


def read_columns(known: Sequence[Entry], cells: pl.DataFrame) -> tuple[pl.DataFrame, Rules]:
    """Return the values of all columns, and for those with odd cells the rule of each cell.

    Parameters
    ----------
    known
        The map's entries.
    cells
        One text column an entry, named by its column; null where nothing was delivered.

    Returns
    -------
    tuple
        Typed columns; and by column, where any cell was not plain, the rule that made
        each value (null: it stood there as it is).
    """
    values = cells.select(map(_plain, known))
    # what is not plain is null so far, so a column with more nulls than blanks has odd cells
    nulls, blanks = values.null_count().row(0, named=True), cells.null_count().row(0, named=True)
    odd = {e.column: e for e in known if nulls[e.column] > blanks[e.column]}
    return _with_odd(odd, values, cells) if odd else (values, {})


@cache
def _plain(entry: Entry) -> pl.Expr:
    """Return a column's values where its cells are plain, null elsewhere."""
    return PLAIN[entry.kind](entry, _answered(entry)).cast(DTYPES[entry.kind]).alias(entry.column)


def _answered(entry: Entry) -> pl.Expr:
    """Return a column without its missing codes, some of which look like numbers."""
    cell = pl.col(entry.column)
    return pl.when(~cell.is_in(list(entry.missing))).then(cell) if entry.missing else cell


def _with_odd(
    odd: Mapping[str, Entry], values: pl.DataFrame, cells: pl.DataFrame
) -> tuple[pl.DataFrame, Rules]:
    """Return the values with those of odd cells, and by column the rule that read each."""
    texts = cells.select(pl.when(pl.lit(values[c]).is_null()).then(pl.col(c)).alias(c) for c in odd)
    distinct = texts.select(pl.all().drop_nulls().unique().implode()).row(0, named=True)
    read = {c: _read_odd(entry, distinct[c]) for c, entry in odd.items()}
    made, rules = (
        texts.select(
            pl.col(c).replace_strict(known["text"], known[part], default=None)
            for c, known in read.items()
        )
        for part in ("value", "rule")
    )
    found = values.with_columns(pl.coalesce(c, pl.lit(made[c])) for c in odd)
    return found, rules.to_dict()


def _read_odd(entry: Entry, texts: Sequence[str]) -> pl.DataFrame:
    """Return each odd text with its value and the rule that read it."""
    read = [(text, *READ[entry.kind](entry, text)) for text in texts]
    schema = {"text": pl.String, "value": DTYPES[entry.kind], "rule": pl.String}
    return pl.DataFrame(read, schema=schema, orient="row")


def _in_unit(
    known: Sequence[Entry], values: pl.DataFrame, rules: Rules, book: Book
) -> pl.DataFrame:
    """Bring columns to the catalogue's unit, and whole numbers to integers."""
    scaled = [e for e in known if e.kind in ("int", "number") and e.factor != 1]
    for entry in scaled:
        told = f"× {entry.factor:g}"
        cells = values.height - values[entry.column].null_count()
        book.note_column(entry.column, "unit_factor", told, cells)
    if scaled:
        values = values.with_columns(
            (pl.col(e.column) * e.factor).round(DIGITS_AFTER_FACTOR) for e in scaled
        )
    whole = [e.column for e in known if e.kind == "int"]
    if not whole:
        return values
    broken = {c: pl.col(c) != pl.col(c).round() for c in whole}
    values = _without(values, rules, "not_whole", broken)
    return values.with_columns(pl.col(c).cast(pl.Int64) for c in whole)


def _in_range(
    known: Sequence[Entry], values: pl.DataFrame, rules: Rules, catalogue: Mapping[str, Column]
) -> pl.DataFrame:
    outside = {}
    for column in (e.column for e in known if e.kind in ("int", "number")):
        limits = catalogue.get(column)
        if limits and limits.minimum is not None and limits.maximum is not None:
            outside[column] = ~pl.col(column).is_between(limits.minimum, limits.maximum)
    return _without(values, rules, "out_of_range", outside)


def _without(
    values: pl.DataFrame, rules: Rules, rule: str, bad: Mapping[str, pl.Expr]
) -> pl.DataFrame:
    """Set values missing where ``bad`` holds, and enter the rule."""
    if not bad:
        return values
    found = values.select(is_bad.any().alias(c) for c, is_bad in bad.items()).row(0, named=True)
    hit = [c for c, is_hit in found.items() if is_hit]
    if not hit:
        return values
    for column in hit:
        where = values.select(bad[column].fill_null(False)).to_series()
        given = rules.get(column, pl.Series([None] * values.height, dtype=pl.String))
        rules[column] = given.set(where, rule)
    return values.with_columns(pl.when(~bad[c]).then(pl.col(c)).alias(c) for c in hit)


def _multi(own: list[Entry], frame: pl.DataFrame, book: Book) -> pl.Series:
    """Return the values chosen, ``;`` between them in the order of the codes.

    Empty text means asked and none chosen; null that nothing was delivered.
    """
    name, _, code = own[0].codes.partition(":")
    if not code:
        return _listed(own[0], name, frame, book)
    value = {f"{name}:{c.code}": c.value for c in codes(name)}
    own = sorted(own, key=lambda e: list(value).index(e.codes))
    marks = {e.codes: pl.col(e.key).str.strip_chars() for e in own}
    chosen = [pl.when(mark == "1").then(pl.lit(value[code])) for code, mark in marks.items()]
    answered = pl.any_horizontal(mark.is_in(["0", "1"]) for mark in marks.values())
    joined = pl.concat_str(chosen, separator=";", ignore_nulls=True)
    return frame.select(pl.when(answered).then(joined).alias(own[0].column)).to_series()


def _listed(entry: Entry, name: str, frame: pl.DataFrame, book: Book) -> pl.Series:
    known = {c.code: c.value for c in codes(name)}
    cells = frame.select(delivered(entry.key)).to_series()
    missing = cells.str.strip_chars().is_in(list(entry.missing)).fill_null(False)
    book.note(entry.column, frame["row"], _rule(missing, "missing_code"), cells)
    parts = cells.set(missing, None).str.split(";").list.eval(pl.element().str.strip_chars())
    strange = parts.list.eval(~pl.element().is_in(list(known))).list.any().fill_null(False)
    book.note(entry.column, frame["row"], _rule(strange, "unknown_code"), cells)
    values = parts.list.eval(pl.element().replace_strict(known, default=None))
    return values.list.join(";").set(strange, None)


def _rule(where: pl.Series, rule: str) -> pl.Series:
    return pl.DataFrame({"hit": where}).select(pl.when("hit").then(pl.lit(rule))).to_series()


def _plain_text(entry: Entry, cell: pl.Expr) -> pl.Expr:
    return pl.when(cell == cell.str.strip_chars()).then(cell)


def _plain_number(entry: Entry, cell: pl.Expr) -> pl.Expr:
    # only plain digits: a cast alone would take "inf" and "nan", \d full-width digits
    ordinary = cell.str.contains(r"^-?[0-9]+(\.[0-9]+)?$")
    return pl.when(ordinary).then(cell).cast(pl.Float64, strict=False)


def _plain_code(entry: Entry, cell: pl.Expr) -> pl.Expr:
    known = {c.code: c.value for c in codes(entry.codes)}
    return cell.replace_strict(known, default=None, return_dtype=pl.String)


def _plain_bool(entry: Entry, cell: pl.Expr) -> pl.Expr:
    if entry.codes:
        yes, no = entry.codes.split("/")
        known = {yes: True, no: False}
    else:
        known = {"是": True, "否": False, "有": True, "无": False, "能": True}
    return cell.replace_strict(known, default=None, return_dtype=pl.Boolean)


def _plain_date(entry: Entry, cell: pl.Expr) -> pl.Expr:
    ordinary = pl.when(cell.str.contains(r"^[0-9]{4}-[0-9]{2}$")).then(cell)
    return (ordinary + "-01").str.to_date("%Y-%m-%d", strict=False)


def _plain_day(entry: Entry, cell: pl.Expr) -> pl.Expr:
    ordinary = pl.when(cell.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")).then(cell)
    return ordinary.str.to_date("%Y-%m-%d", strict=False)


def _plain_moment(entry: Entry, cell: pl.Expr) -> pl.Expr:
    return cell.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="ms")


PLAIN: dict[str, Callable[[Entry, pl.Expr], pl.Expr]] = {
    "text": _plain_text,
    "id": _plain_text,
    "int": _plain_number,
    "number": _plain_number,
    "bool": _plain_bool,
    "code": _plain_code,
    "date": _plain_date,
    "day": _plain_day,
    "datetime": _plain_moment,
}
