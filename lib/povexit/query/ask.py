"""The question: SQL in, pandas out, masked where households could be singled out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from povexit import privacy, store
from povexit.errors import PovexitError, QueryError, StoreError
from povexit.query import tree
from povexit.query.views import connect, units
from povexit.schema import nearest

if TYPE_CHECKING:
    import duckdb

#: The column that says of each summary whether it is shown.
STATUS = "status"
_COUNTED = "_units_counted"


def sql(query: str, month: str | None = None, *, mask: bool = True, **frames: Any) -> pd.DataFrame:
    """Return the answer to a SELECT over a month's tables.

    Parameters
    ----------
    query
        One SELECT in DuckDB's SQL. Tables are those of `px.catalogue`; each has ``county``, the
        county's name, beside ``county_code``.
    month
        Such as ``2016-06``; the latest month without it.
    mask
        Whether summaries that rest on fewer than ten households (interviews, units) are
        masked. Without it they are shown: for your eyes, not for a report.
    **frames
        pandas or Polars frames to join, by the names the query gives them.

    Returns
    -------
    pandas.DataFrame
        Nullable dtypes. Summaries of households have a column ``status``: ``shown`` or
        ``suppressed``, with their values ``<NA>``; one is never suppressed alone.

    Raises
    ------
    QueryError
        If it is no single SELECT, is not SQL, or names a column there is not.
    UnknownNameError
        If it names a table there is not; the nearest are named.
    PrivacyError
        If it would show persons, or summaries whose numbers of households cannot be seen.

    Examples
    --------
    >>> mine = pd.DataFrame({"x": [1, 2, 5]})
    >>> sql("select sum(x) as total from mine", "2016-06", mine=mine)["total"].tolist()
    [8]
    """
    month = _month(month)
    given = {name.lower(): frame for name, frame in frames.items()}
    parsed = _parsed(query)
    top = parsed["statements"][0]["node"]
    tree.refuse_readers(top)
    known, confidential = _aggregates(), units()
    tree.refuse_persons(top, confidential, known)
    is_sum = mask and tree.summarised(top, confidential, known)
    values = _values(top, known) if is_sum else None
    if is_sum:
        _count(top, confidential)
    with connect(month, tree.tables(top), given) as base:
        found = _answered(base, query if not is_sum else _text(parsed), month)
    if not is_sum:
        return found
    # what is unpacked into several columns has no place of its own: then all are masked
    written = len(_selects(top)[0]["select_list"])
    return _masked(found, values if written == len(found.columns) else None)


def _month(month: str | None) -> str:
    if month is not None:
        return store.check_month(month)
    if known := store.saved_months():
        return known[-1]
    raise StoreError(
        "no month has been run yet",
        where=store.processed_dir(),
        hint="run: povexit run --month 2016-06",
    )


@cache
def _plain() -> duckdb.DuckDBPyConnection:
    """Return a database without anything, to read queries with."""
    import duckdb

    return duckdb.connect(":memory:", config={"enable_external_access": "false"})


def _parsed(query: str) -> dict[str, Any]:
    """Return a query as DuckDB's tree.

    Raises
    ------
    QueryError
        If it is not one SELECT.
    """
    row = _plain().execute("SELECT json_serialize_sql($1)", [query]).fetchone()
    parsed: dict[str, Any] = json.loads(row[0]) if row else {}
    if parsed.get("error"):
        said = parsed["error_message"]
        is_select = "SELECT" not in said
        raise QueryError(
            "this is not SQL" if is_select else "a question is one SELECT; nothing is ever written",
            where=_near(query, parsed.get("position")),
            found=said if is_select else query.split()[0],
            hint="quote texts with ' and odd names of columns with \"" if is_select else None,
        )
    if len(parsed["statements"]) != 1:
        raise QueryError(
            "a question is one SELECT", found=f"{len(parsed['statements'])} statements"
        )
    return parsed


def _near(query: str, position: Any) -> str | None:
    if position is None:
        return None
    at = int(position)
    return f"near “{query[max(0, at - 12) : at + 24].strip()}”"


def _text(parsed: Mapping[str, Any]) -> str:
    row = _plain().execute("SELECT json_deserialize_sql($1)", [json.dumps(parsed)]).fetchone()
    return str(row[0]) if row else ""


@cache
def _aggregates() -> frozenset[str]:
    """Return the functions that make one value of many rows."""
    wanted = (
        "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'aggregate'"
    )
    return frozenset(row[0] for row in _plain().execute(wanted).fetchall())


def _selects(top: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the SELECTs whose rows are the answer's: one, or those of a UNION."""
    if top["type"] != tree.UNION:
        return [dict(top)]
    return [one for part in top["children"] for one in _selects(part)]


def _values(top: Mapping[str, Any], known: frozenset[str]) -> list[int] | None:
    """Return which columns of the answer are summaries; None if a ``*`` hides their places."""
    listed = [one["select_list"] for one in _selects(top)]
    if any(part.get("class") == "STAR" for part in tree.walk(listed)):
        return None
    return [
        place
        for place in range(len(listed[0]))
        if any(tree.aggregates(entries[place], known) for entries in listed)
    ]


def _count(top: Mapping[str, Any], confidential: tree.Units) -> None:
    """Have each SELECT also count its units, as its last column."""
    for one in _selects(top):
        counted = f'SELECT {tree.counted_by(one, confidential)} AS "{_COUNTED}"'
        one["select_list"].append(_parsed(counted)["statements"][0]["node"]["select_list"][0])


def _answered(base: duckdb.DuckDBPyConnection, text: str, month: str) -> pd.DataFrame:
    """Return a query's rows as pandas with nullable types.

    Raises
    ------
    QueryError
        If it names no column there is, or cannot be computed.
    """
    import duckdb

    try:
        answer = base.sql(text).to_arrow_table()
    except duckdb.Error as error:
        raise _explained(base, error, month) from error
    for place, part in enumerate(answer.schema):
        answer = _cast(answer, place, part)
    return pd.DataFrame(answer.to_pandas(types_mapper=store.nullable))


def _cast(answer: Any, place: int, part: Any) -> Any:
    """Give sums of whole numbers, which are wide decimals, an integer type; dates a time."""
    import pyarrow as pa

    if pa.types.is_date(part.type):
        kind = pa.timestamp("s")
    elif pa.types.is_decimal(part.type):
        kind = pa.int64() if part.type.scale == 0 else pa.float64()
    else:
        return answer
    return answer.set_column(place, part.name, answer.column(place).cast(kind))


def _explained(base: duckdb.DuckDBPyConnection, error: Exception, month: str) -> PovexitError:
    said = str(error).split("\n\nLINE")[0]
    missing = re.search(
        r'Referenced column "([^"]+)" not found|does not have a column named "([^"]+)"', said
    )
    if missing is None:
        return QueryError("the question cannot be answered", where=month, found=said)
    name = missing[1] or missing[2]
    rows = base.execute("SELECT DISTINCT column_name FROM duckdb_columns() WHERE NOT internal")
    near = nearest(name, [row[0] for row in rows.fetchall()])
    return QueryError(
        f"no column {name!r}",
        where=month,
        expected="a column of the tables in FROM; px.describe(table) lists them",
        found=name,
        # a table has too many columns to name them all
        hint=near if near.startswith("did you mean") else None,
    )


def _masked(found: pd.DataFrame, values: list[int] | None) -> pd.DataFrame:
    """Return the answer with summaries of few units blank, and which those are."""
    counts = privacy.suppress_small(found[[_COUNTED]], _COUNTED, [])[STATUS]
    shown = found.drop(columns=_COUNTED)
    places = range(len(shown.columns)) if values is None else values
    hide = (counts != "shown").to_numpy()
    for place in places:
        shown.isetitem(place, shown.iloc[:, place].mask(hide).array)
    name = STATUS if STATUS not in shown else f"cell_{STATUS}"
    return shown.assign(**{name: counts.astype("string").to_numpy()})
