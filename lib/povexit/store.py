"""The only code that knows folders: load, save, whole or not at all.

Tables lie in ``data/processed/<table>/month=2016-06/county=451021/part.parquet``;
the county-month partition is the unit of work. A file appears under its name
only when it is complete: it is written beside, flushed, then renamed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from povexit.errors import PovexitError, StoreError, UnknownNameError
from povexit.schema import columns, nearest, tables

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

Counties = str | Sequence[str] | None
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
PANDAS_DTYPES = {
    "str": "string",
    "int": "Int64",
    "float": "Float64",
    "bool": "boolean",
    "date": "datetime64[s]",
    "datetime": "datetime64[s]",
}


def root() -> Path:
    """Return the project's folder: ``$POVEXIT_HOME``, or found upward from here.

    Raises
    ------
    StoreError
        If neither the working directory nor the installed package lies in a checkout.
    """
    if named := os.environ.get("POVEXIT_HOME"):
        return Path(named)
    here = (Path.cwd(), Path(__file__).resolve())
    for folder in (p for start in here for p in (start, *start.parents)):
        if (folder / "data" / "raw").is_dir() and (folder / "notebooks").is_dir():
            return folder
    raise StoreError(
        "no povexit project here",
        where=Path.cwd(),
        expected="a folder with data/raw and notebooks",
        hint="change into the project's folder, or set POVEXIT_HOME to it",
    )


def check_month(month: str) -> str:
    """Return ``month`` if it has the form 2016-06.

    Raises
    ------
    UnknownNameError
        If it has not.

    Examples
    --------
    >>> check_month("2016-06")
    '2016-06'
    """
    if not MONTH.fullmatch(month):
        raise UnknownNameError(
            "not a month", expected="year-month such as 2016-06", found=repr(month)
        )
    return month


def previous_month(month: str) -> str:
    """Return the month before.

    Examples
    --------
    >>> previous_month("2016-06"), previous_month("2017-01")
    ('2016-05', '2016-12')
    """
    year, number = map(int, check_month(month).split("-"))
    return f"{year - (number == 1)}-{(number - 2) % 12 + 1:02d}"


def raw_dir(month: str) -> Path:
    """Return the folder of the deliveries of ``month``."""
    return root() / "data" / "raw" / check_month(month)


def processed_dir() -> Path:
    """Return the folder of the cleaned and computed tables."""
    return root() / "data" / "processed"


def reports_dir(month: str) -> Path:
    """Return the folder of the reports of ``month``."""
    return root() / "reports" / check_month(month)


def sha256(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn the system's refusal to write ``path`` into an error that says what to do.

    Raises
    ------
    StoreError
        If the disk is full, or the folder cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise StoreError(
            "could not write the file; what stood there before still stands",
            where=path,
            found=error.strerror or str(error),
            hint="free some space or check the folder's rights, then run the same command again",
        ) from error


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a path to write beside ``path``; it takes the name only when all went well.

    Raises
    ------
    StoreError
        If the disk is full or the folder cannot be written; nothing is left behind.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        os.close(handle)
    beside = Path(name)
    try:
        with writing(path):
            yield beside
            with beside.open("rb+") as file:
                os.fsync(file.fileno())
            beside.chmod(0o644)
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_atomic(path: Path, data: bytes | str) -> Path:
    """Write ``data`` to ``path`` whole or not at all; return ``path``.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    with whole(path) as beside:
        beside.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return path


def partition(table: str, month: str, county: str) -> Path:
    """Return the file of one table, month and county."""
    folder = processed_dir() / table / f"month={check_month(month)}" / f"county={county}"
    return folder / "part.parquet"


def exists(table: str, month: str, county: str) -> bool:
    """Tell whether a table was saved for a month and county."""
    return partition(table, month, county).is_file()


def saved_counties(table: str, month: str) -> list[str]:
    """Return the counties for which a table was saved, in order."""
    folder = processed_dir() / table / f"month={check_month(month)}"
    return sorted(p.parent.name.removeprefix("county=") for p in folder.glob("county=*/*.parquet"))


def saved_tables() -> list[str]:
    """Return the names of the tables saved for any month, in order."""
    return sorted({p.parent.name for p in processed_dir().glob("*/month=*") if _holds_parts(p)})


def saved_months(table: str | None = None) -> list[str]:
    """Return the months for which a table was saved, or any table, the earliest first."""
    folders = (p for p in processed_dir().glob(f"{table or '*'}/month=*") if _holds_parts(p))
    return sorted({p.name.removeprefix("month=") for p in folders})


def _holds_parts(folder: Path) -> bool:
    return any(folder.glob("county=*/part.parquet"))


def save(frame: pl.DataFrame | pd.DataFrame, table: str, month: str, county: str) -> Path:
    """Write a table's partition as Parquet, whole or not at all.

    Parameters
    ----------
    frame
        pandas or Polars; the index of a pandas frame is not kept.
    table, month, county
        Where it belongs.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    import polars as pl

    data = frame if isinstance(frame, pl.DataFrame) else pl.from_pandas(frame)
    path = partition(table, month, county)
    with whole(path) as beside:
        data.write_parquet(beside, compression="zstd", statistics=True)
    return path


def remove(tables_: Iterable[str], month: str, county: str) -> None:
    """Remove partitions, so that a county that failed shows no older month's numbers as its own."""
    for table in tables_:
        partition(table, month, county).unlink(missing_ok=True)


def files(table: str, month: str, county: Counties = None) -> list[Path]:
    """Return the files of one county's, some counties' or all counties' partitions.

    Raises
    ------
    StoreError
        If nothing was saved under that name and month.
    """
    wanted = [county] if isinstance(county, str) else county or saved_counties(table, month)
    found = [p for c in wanted if (p := partition(table, month, c)).is_file()]
    if found:
        return found
    known = sorted(p.name for p in processed_dir().glob("*") if p.is_dir())
    hint = (
        f"run: povexit run --month {month}"
        if table in tables() or table in known
        else nearest(table, {*tables(), *known})
    )
    raise StoreError(
        f"no table {table} for {month}" + (f", county {', '.join(wanted)}" if wanted else ""),
        where=processed_dir() / table / f"month={month}",
        hint=hint,
    )


def scan(table: str, month: str, county: Counties = None) -> pl.LazyFrame:
    """Return a lazy Polars scan of one county's, some counties' or all counties' partitions.

    Raises
    ------
    StoreError
        If nothing was saved under that name and month.
    """
    import polars as pl

    return pl.scan_parquet(files(table, month, county), hive_partitioning=False)


def find(table: str, month: str, county: Counties = None) -> pd.DataFrame | None:
    """Return a table as `load` does, or None if nothing was saved under that name and month."""
    try:
        return load(table, month, county)
    except StoreError:
        return None


def load(
    table: str, month: str, county: Counties = None, names: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return a table as pandas, missing values kept apart from false, zero and text.

    Parameters
    ----------
    table
        A name such as ``cleaned_households``.
    month
        Such as ``2016-06``.
    county
        A county's code of 2016, or several; all saved counties without it. Of several, those
        for which nothing was saved are left out.
    names
        The columns to read, in this order; all without it.

    Returns
    -------
    pandas.DataFrame
        Nullable dtypes; one row as the catalogue says.

    Raises
    ------
    StoreError
        If nothing was saved under that name and month.
    UnknownNameError
        If a column asked for is not in the table.
    """
    import pandas as pd

    lazy = scan(table, month, county)
    if names is not None:
        lazy = lazy.select(_known(names, lazy.collect_schema().names(), table))
    frame = lazy.collect().to_arrow().to_pandas(types_mapper=nullable)
    if table in tables():
        known = columns(table)
        dtypes = {c: PANDAS_DTYPES[known[c].dtype] for c in frame.columns if c in known}
        frame = frame.astype(dtypes)
    return pd.DataFrame(frame)


def _known(names: Sequence[str], there: Sequence[str], table: str) -> list[str]:
    """Return the names if all of them are columns of a table."""
    if strange := next((n for n in names if n not in there), None):
        raise UnknownNameError(
            f"table {table} has no column {strange!r}", found=strange, hint=nearest(strange, there)
        )
    return list(names)


def nullable(arrow_type: Any) -> Any:
    """Map an Arrow type to pandas' nullable dtype, so that integers with gaps stay integers."""
    import pandas as pd
    import pyarrow as pa

    kinds = (
        (pa.types.is_boolean, pd.BooleanDtype()),
        (pa.types.is_integer, pd.Int64Dtype()),
        (pa.types.is_floating, pd.Float64Dtype()),
        (pa.types.is_string, pd.StringDtype()),
        (pa.types.is_large_string, pd.StringDtype()),
    )
    return next((dtype for is_kind, dtype in kinds if is_kind(arrow_type)), None)


def outcome_path(step: str, month: str, county: str) -> Path:
    """Return the file that says how a step went for a county."""
    folder = processed_dir() / "outcomes" / f"month={check_month(month)}" / f"step={step}"
    return folder / f"county={county}.json"


def save_outcome(step: str, month: str, county: str, outcome: dict[str, Any]) -> None:
    """Record how a step went for a county: ``status`` ok or failed, and the error's parts."""
    text = json.dumps(outcome, ensure_ascii=False, indent=1, sort_keys=True)
    write_atomic(outcome_path(step, month, county), text)


def load_outcome(step: str, month: str, county: str) -> dict[str, Any] | None:
    """Return how a step went for a county, or None if it never ran."""
    path = outcome_path(step, month, county)
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


@contextlib.contextmanager
def outcome(
    step: str, month: str, county: str, makes: Iterable[str] = ()
) -> Iterator[dict[str, Any]]:
    """Run one county's part of a step; what goes wrong is recorded and the others go on.

    Parameters
    ----------
    step, month, county
        What runs, for the record.
    makes
        Tables the step writes: removed when it fails, so that a county which
        failed does not show an earlier run's numbers as this one's.

    Yields
    ------
    dict
        Facts to keep in the record; filled by the caller.

    Raises
    ------
    StoreError
        If the disk is full: that concerns every county, not one.
    """
    record: dict[str, Any] = {"status": "ok"}
    try:
        yield record
    except StoreError as error:
        if isinstance(error.__cause__, OSError):
            raise
        record = _failed(error)
    except PovexitError as error:
        record = _failed(error)
    if record["status"] == "failed":
        remove(makes, month, county)
    save_outcome(step, month, county, record)


def _failed(error: PovexitError) -> dict[str, Any]:
    parts = ("problem", "where", "expected", "found", "hint")
    told = {p: str(v) for p in parts if (v := getattr(error, p)) is not None}
    return {"status": "failed", "error": told}


def outcomes(step: str, month: str) -> pd.DataFrame:
    """Return how a step went for each county: county_code, status, problem, where, hint."""
    import pandas as pd

    folder = outcome_path(step, month, "*").parent
    rows = []
    for path in sorted(folder.glob("county=*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        county = path.stem.removeprefix("county=")
        rows.append({"county_code": county, "status": record["status"], **record.get("error", {})})
    names = ["county_code", "status", "problem", "where", "expected", "found", "hint"]
    return pd.DataFrame(rows, columns=names)
