"""A month's tables by name, a county by any name, and what every column means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from povexit import geography, schema, store
from povexit.errors import StoreError
from povexit.style import language

if TYPE_CHECKING:
    import geopandas as gpd

Place = str | int | Sequence[str | int] | None
#: Under which names `load` notes in ``DataFrame.attrs`` what a frame is.
TABLE, MONTH = "povexit_table", "povexit_month"


def load(
    table: str,
    month: str | None = None,
    county: Place = None,
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return a month's table as pandas.

    Parameters
    ----------
    table
        A name such as ``cleaned_households``; `catalogue` lists them.
    month
        Such as ``2016-06``; the latest month that has the table without it.
    county
        A county's code or name, old or new (``田东县``, ``平果市``, ``451003``, ``Tianyang``), or
        several; all saved counties without it.
    columns
        The columns to read; all without it. Of a whole city read only what you need.

    Returns
    -------
    pandas.DataFrame
        Nullable dtypes: a missing answer is ``<NA>``, never False or 0. `describe` says what
        the columns mean.

    Raises
    ------
    StoreError
        If the month does not have the table; the nearest names, or the months there are, are named.
    UnknownNameError
        If no county or column has that name; the nearest ones are named.
    """
    codes = None if county is None else [geography.resolve_county(c) for c in _each(county)]
    month = latest(table, month)
    frame = store.load(table, month, codes, columns)
    frame.attrs |= {TABLE: table, MONTH: month}
    return frame


def _each(county: str | int | Iterable[str | int]) -> list[str | int]:
    return [county] if isinstance(county, str | int) else list(county)


def latest(table: str, month: str | None) -> str:
    """Return the month asked for, or the latest, if the table was saved then.

    Raises
    ------
    StoreError
        If it was not; the months there are, or the nearest tables, are named.
    """
    known = store.saved_months(table)
    asked = store.check_month(month) if month is not None else known[-1] if known else None
    if asked in known:
        return str(asked)
    if known:
        raise StoreError(
            f"table {table} was not saved for {asked}",
            expected=", ".join(known),
            found=asked,
            hint=f"run: povexit run --month {asked}",
        )
    there = store.saved_tables()
    names = schema.nearest(table, {*schema.tables(), *there})
    raise StoreError(
        f"no table {table!r} has been saved",
        expected="one of px.catalogue()",
        found=repr(table),
        hint="run: povexit run --month 2016-06" if table in schema.tables() else names,
    )


def is_simulated(month: str) -> bool:
    """Tell whether any of a month's deliveries is simulated."""
    delivered = store.find("deliveries", month)
    return delivered is not None and bool(delivered["simulated"].fillna(False).any())


def months() -> list[str]:
    """Return the months that have tables, the earliest first."""
    return store.saved_months()


def catalogue(month: str | None = None, lang: str | None = None) -> pd.DataFrame:
    """Return what tables a month has, and what a row of each is.

    Parameters
    ----------
    month
        Such as ``2016-06``; the latest without it.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``table``: ``holds`` (in words), ``key`` (the columns that name a row),
        ``rows``, ``columns`` and ``counties`` (how many).

    Raises
    ------
    StoreError
        If no month has tables yet.
    """
    month = _any_month(month)
    names = [t for t in store.saved_tables() if month in store.saved_months(t)]
    rows = [_facts(name, month, language(lang)) for name in names]
    return pd.DataFrame(rows).set_index("table")


def _any_month(month: str | None) -> str:
    if month is not None:
        return store.check_month(month)
    if known := months():
        return known[-1]
    raise StoreError(
        "no month has been run yet",
        where=store.processed_dir(),
        hint="run: povexit run --month 2016-06",
    )


def _facts(table: str, month: str, lang: str) -> dict[str, object]:
    import polars as pl

    scan = store.scan(table, month)
    return {
        "table": table,
        "holds": schema.table_label(table, lang),
        "key": ", ".join(schema.key(table)) if table in schema.tables() else "",
        "rows": int(scan.select(pl.len()).collect().item()),
        "columns": len(scan.collect_schema()),
        "counties": len(store.saved_counties(table, month)),
    }


def describe(data: pd.DataFrame | str, lang: str | None = None) -> pd.DataFrame:
    """Return what each column means, in what unit, and how much of it is missing.

    Parameters
    ----------
    data
        A frame from `load`, or one made of such frames; or a table's name.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``column``: ``meaning``, ``unit``, ``type`` and, of a frame, ``missing``
        (share of the rows, 0 to 1) and ``distinct`` (values). A column the catalogue does not
        know has no meaning here.

    Raises
    ------
    UnknownNameError
        If the catalogue has no table of that name.

    Examples
    --------
    >>> describe("cleaned_villages", "en").loc["collective_income_yuan", "unit"]
    'yuan a year'
    """
    if isinstance(data, str):
        found = [_meaning(name, data, lang) for name in schema.columns(data)]
        return pd.DataFrame(found).set_index("column")
    table = data.attrs.get(TABLE)
    found = [
        _meaning(str(name), table, lang)
        | {
            "type": str(values.dtype),
            "missing": float(values.isna().mean()) if len(data) else 0.0,
            "distinct": int(values.nunique()),
        }
        for name, values in data.items()
        if name != "geometry"
    ]
    return pd.DataFrame(found).set_index("column")


def _meaning(name: str, table: str | None, lang: str | None) -> dict[str, object]:
    known = schema.column(name, table)
    if known is None:
        return {"column": name, "meaning": "", "unit": "", "type": ""}
    unit = schema.unit_label(known.unit, language(lang))
    words = {"meaning": known.label(language(lang)), "unit": unit, "type": known.dtype}
    return {"column": name, **words}


def counties() -> gpd.GeoDataFrame:
    """Return the twelve counties: names, codes old and new, published figures, boundaries.

    Returns
    -------
    geopandas.GeoDataFrame
        12 rows; ``county_code`` is the code of 2016, the geometry in an equal-area projection.
    """
    shapes = geography.county_boundaries()
    facts = geography.counties().drop(columns=["name_zh", "name_en"])
    return shapes.merge(facts, on="county_code", validate="1:1")
