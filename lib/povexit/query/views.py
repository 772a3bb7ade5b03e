"""A DuckDB that holds one month's tables as views, and can reach nothing else."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from povexit import geography, store
from povexit.errors import UnknownNameError
from povexit.query.tree import Units
from povexit.schema import columns, nearest, tables

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

#: Columns that name a unit not to be singled out, and the table of persons.
IDS = ("household_id", "interview_id", "unit_id")
PERSONS = frozenset({"cleaned_persons"})


def units() -> Units:
    """Return the tables whose rows are households, interviews or units like them."""
    found = {}
    for table in tables():
        named = [c for c in IDS if c in columns(table)]
        if named:
            found[table] = named[0]
    return Units(found, PERSONS)


@cache
def hidden() -> Mapping[str, list[str]]:
    """Return the columns no question sees, by table."""
    return tomllib.loads(files(__package__).joinpath("hidden.toml").read_text("utf-8"))


def connect(
    month: str, wanted: Iterable[str], frames: Mapping[str, Any]
) -> duckdb.DuckDBPyConnection:
    """Return a database with views of the tables wanted and of the frames given, and locked.

    Raises
    ------
    UnknownNameError
        If a table is neither the month's nor a frame given; the nearest are named.
    """
    import duckdb

    paths = {
        name: store.files(name, month)
        for name in wanted
        if name not in frames and not _refuse_unknown(name, month, frames)
    }
    base = duckdb.connect(":memory:")
    base.execute("SET python_enable_replacements = false")
    base.execute("SET autoinstall_known_extensions = false")
    base.execute("SET autoload_known_extensions = false")
    allowed = [str(path) for many in paths.values() for path in many]
    base.execute(f"SET allowed_paths = {_listed(allowed)}")
    base.execute("SET enable_external_access = false")
    for name, many in paths.items():
        base.execute(_view(base, name, many))
    for name, frame in frames.items():
        base.register(name, frame)
    base.execute("SET lock_configuration = true")
    return base


def _refuse_unknown(name: str, month: str, frames: Mapping[str, Any]) -> bool:
    known = [t for t in store.saved_tables() if month in store.saved_months(t)]
    if name in known:
        return False
    raise UnknownNameError(
        f"no table {name!r} in {month}",
        expected="one of px.catalogue()" + (f", or {', '.join(frames)}" if frames else ""),
        found=name,
        hint=nearest(name, [*known, *frames]) if known else f"run: povexit run --month {month}",
    )


def _view(base: duckdb.DuckDBPyConnection, name: str, many: list[Path]) -> str:
    """Return the statement that makes a table's view: no hidden column, counties by name."""
    # the folders' names (county=451021) are no columns: the tables hold their own
    read = f"read_parquet({_listed([str(p) for p in many])}, hive_partitioning = false)"
    there = [row[0] for row in base.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()]
    gone = {*hidden()["*"], *hidden().get(name, [])}
    shown = [f'"{c}"' for c in there if c not in gone]
    if "county_code" in there:
        shown.insert(0, f"{_county_names()} AS county")
    return f'CREATE VIEW "{name}" AS SELECT {", ".join(shown)} FROM {read}'


@cache
def _county_names() -> str:
    codes = geography.counties()["county_code"]
    cases = " ".join(f"WHEN '{c}' THEN '{geography.county_name(c)}'" for c in codes)
    return f"CASE county_code {cases} END"


def _listed(texts: Iterable[str]) -> str:
    quoted = ("'" + text.replace("'", "''") + "'" for text in texts)
    return f"[{', '.join(quoted)}]"
