"""What was published of the real campaign: a layer of its own, never added to what deliveries say."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import pandas as pd

REFERENCE = files("povexit") / "reference"
NUMBERS = ("value", "exit_year", "villages", "persons")


@cache
def _read(name: str) -> pd.DataFrame:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8") as file:
        table = pd.read_csv(file, dtype="string")
    return table.astype({n: "Int64" for n in table.columns if n in NUMBERS})


def published() -> pd.DataFrame:
    """Return the published totals of Baise for 2016, one row a quantity and edition.

    Returns
    -------
    pandas.DataFrame
        ``quantity``, ``edition`` (``start_2016``, ``task`` and ``stretch`` of June 2016, ``claimed``
        in February 2017, ``retained`` in June 2017), ``value``, ``unit``, ``as_of``, ``source``,
        ``confidence``, ``note``.

    Examples
    --------
    >>> table = published().query("quantity == 'villages_exit'").set_index("edition")["value"]
    >>> int(table["claimed"] - table["retained"])
    58
    """
    return _read("published_totals").copy()


def exit_years() -> pd.DataFrame:
    """Return the year for which each county's exit was approved, with its dates and source."""
    return _read("exit_approvals").copy()


def flows() -> pd.DataFrame:
    """Return published register flows, a row a line: ``opening``, ``exits``, ``closing``."""
    return _read("published_flows").copy()


def monthly_2020() -> pd.DataFrame:
    """Return Baise's cumulative pre-exit villages and persons of February to June 2020."""
    return _read("monthly_2020").copy()
