"""Reading what counties deliver: files found, opened, and brought under known columns as text.

Nothing is converted here. A table's cells are what a person would see typed in the file;
what they mean is settled in cleaning. Every row below the headers is in a table's frame,
among its unreadable lines or set aside with a reason.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from povexit.errors import DeliveryError
from povexit.geography import county_name
from povexit.raw.deliveries import (
    Delivery,
    county_of,
    find_deliveries,
    find_delivery,
    is_delivery,
    kind_of,
    listed_simulated,
    month_of,
    named_month,
    refuse_twins,
)
from povexit.raw.layouts import Kind, kinds
from povexit.raw.table import Finding, RawTable
from povexit.raw.textfile import read_textfile
from povexit.raw.workbook import read_workbook

__all__ = [
    "Delivery",
    "Finding",
    "RawTable",
    "county_of",
    "find_deliveries",
    "find_delivery",
    "is_delivery",
    "kind_of",
    "listed_simulated",
    "not_delivered",
    "read",
    "read_file",
    "refuse_twins",
]


def read(delivery: Delivery) -> dict[str, RawTable]:
    """Return all tables of a county's delivery.

    Parameters
    ----------
    delivery
        From `find_deliveries`.

    Returns
    -------
    dict
        ``register_households``, ``register_persons``, ``village_ledger``,
        ``household_survey`` and those programme ledgers that came.

    Raises
    ------
    DeliveryError
        If a file is missing, comes twice or cannot be read; one such file fails the county.
    """
    tables: dict[str, RawTable] = {}
    for name, kind in kinds().items():
        if kind.is_optional and not delivery.has(kind):
            continue
        tables |= _read(delivery.path(name), kind, delivery.county_code, delivery.month)
    return tables


def not_delivered(delivery: Delivery, tables: Collection[str]) -> tuple[Finding, ...]:
    """Return what someone should know about optional sheets that did not come.

    Parameters
    ----------
    delivery
        From `find_deliveries`.
    tables
        Names of those that were read.
    """
    said = []
    for kind in (k for k in kinds().values() if k.is_optional):
        lacking = [sheet for sheet, table in kind.sheets.items() if table not in tables]
        if not delivery.has(kind):
            where, what = county_name(delivery.county_code), f"no file *{kind.keyword}*"
        else:
            where, what = delivery.path(kind.id).name, f"no sheet {', '.join(lacking)}"
        if lacking:
            told = f"{what} was delivered: what it would tell is unknown for the month, not zero"
            said.append(Finding("warning", where, told))
    return tuple(said)


def read_file(
    path: Path, county: str | None = None, month: str | None = None
) -> dict[str, RawTable]:
    """Return the tables of one file.

    Parameters
    ----------
    path
        A workbook or survey; its name tells its kind.
    county, month
        Whose it is; told by the name of the file, and the month by its folder, without them.

    Raises
    ------
    DeliveryError
        If the names tell not enough, or the file cannot be read.
    """
    if not path.is_file():
        raise DeliveryError(
            "the file cannot be opened",
            where=path,
            found="no such file",
            hint="check its name and its folder",
        )
    kind = kind_of(path)
    if kind is None:
        keywords = ", ".join(f"…{k.keyword}…{k.suffix}" for k in kinds().values())
        raise _nameless(path, "what the file is", keywords)
    owner = county or county_of(path)
    if owner is None:
        raise _nameless(path, "which county the file is from", f"靖西市…{kind.keyword}…")
    since = month or month_of(path)
    if since is None:
        raise _nameless(path, "which month the file is of", "a folder 2016-06, or …2016-06… in it")
    return _read(path, kind, owner, since)


def _read(path: Path, kind: Kind, county: str, month: str) -> dict[str, RawTable]:
    reader = read_workbook if kind.suffix == ".xlsx" else read_textfile
    tables = reader(path, kind, county, month)
    named = named_month(path)
    if named in (None, month):
        return tables
    said = f"the name says {named}, the file is read as of {month}: was last month's sent again?"
    warning = Finding("warning", path.name, said)
    return {n: replace(t, findings=(warning, *t.findings)) for n, t in tables.items()}


def _nameless(path: Path, lacking: str, expected: str) -> DeliveryError:
    return DeliveryError(
        f"the file's name does not tell {lacking}",
        where=path,
        expected=expected,
        found=path.name,
        hint="rename the file, then try again",
    )
