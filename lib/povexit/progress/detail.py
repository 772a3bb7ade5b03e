"""What stands behind a target: funds by age and source, loans, moves, open findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import polars as pl

from povexit.progress.tally import month_end, take

#: Ages of an open finding, in days: from and below.
AGES = ((0, 30), (30, 60), (60, 90), (90, None))


def funds_balance(
    funds: Any, month: str, by: Sequence[str] = ("county_code", "fund_source")
) -> pd.DataFrame:
    """Return what was granted, paid and is left, by the age of the money.

    Parameters
    ----------
    funds
        ``cleaned_funds`` of any number of counties; any engine.
    month
        Whose year the age is counted from.
    by
        Columns of the ledger to add up by, beside the age.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``age_years`` (0 for this year's money), ``granted_yuan``, ``paid_yuan``, ``balance_yuan``,
        ``unknown_yuan``: granted where what was paid is not known, or more than granted; it is in no
        balance.
    """
    names = [*by, "fund_year", "granted_yuan", "paid_yuan"]
    frame = take(funds, "cleaned_funds", names)
    is_known = (pl.col("paid_yuan") <= pl.col("granted_yuan")).fill_null(False)
    left = pl.col("granted_yuan") - pl.col("paid_yuan")
    return (
        frame.with_columns(age_years=int(month[:4]) - pl.col("fund_year"))
        .group_by(*by, "age_years")
        .agg(
            granted_yuan=pl.col("granted_yuan").sum(),
            paid_yuan=pl.col("paid_yuan").filter(is_known).sum(),
            balance_yuan=left.filter(is_known).sum(),
            unknown_yuan=pl.col("granted_yuan").filter(~is_known).sum(),
        )
        .sort(*by, "age_years")
        .collect()
        .to_pandas()
    )


def projects(funds: Any) -> pd.DataFrame:
    """Return what each county's projects were granted and have paid, all sources together.

    Returns
    -------
    pandas.DataFrame
        ``county_code``, ``project_name``, ``granted_yuan``, ``paid_yuan``, ``unknown_yuan`` as in
        `funds_balance`; the largest grant of a county first.
    """
    names = ["county_code", "project_id", "project_name", "granted_yuan", "paid_yuan"]
    is_known = (pl.col("paid_yuan") <= pl.col("granted_yuan")).fill_null(False)
    return (
        take(funds, "cleaned_funds", names)
        .group_by("county_code", "project_id")
        .agg(
            project_name=pl.col("project_name").drop_nulls().first(),
            granted_yuan=pl.col("granted_yuan").sum(),
            paid_yuan=pl.col("paid_yuan").filter(is_known).sum(),
            unknown_yuan=pl.col("granted_yuan").filter(~is_known).sum(),
        )
        .sort("county_code", "granted_yuan", "project_id", descending=[False, True, False])
        .drop("project_id")
        .collect()
        .to_pandas()
    )


def loan_balance(loans: Any, by: Sequence[str] = ("county_code",)) -> pd.DataFrame:
    """Return microloans by place: ``loans``, ``lent_yuan``, ``repaid_yuan``, ``balance_yuan``, ``overdue_yuan``.

    ``overdue_unknown`` counts loans of which it is not known whether they are overdue.
    """
    names = [*by, "loan_yuan", "repaid_yuan", "overdue_yuan"]
    lent = take(loans, "cleaned_loans", names).filter(pl.col("loan_yuan") > 0)
    repaid = pl.col("repaid_yuan").fill_null(0)
    return (
        lent.group_by(*by)
        .agg(
            loans=pl.len().cast(pl.Int64),
            lent_yuan=pl.col("loan_yuan").sum(),
            repaid_yuan=repaid.sum(),
            balance_yuan=(pl.col("loan_yuan") - repaid).sum(),
            overdue_yuan=pl.col("overdue_yuan").sum(),
            overdue_unknown=pl.col("overdue_yuan").is_null().sum().cast(pl.Int64),
        )
        .sort(*by)
        .collect()
        .to_pandas()
    )


def moves(relocations: Any) -> pd.DataFrame:
    """Return who moves from which county to which.

    Returns
    -------
    pandas.DataFrame
        ``county_code``, ``to_county_code`` (missing where the ledger does not say), ``households``,
        ``persons`` (listed), ``persons_moved``, ``persons_with_keys``, ``flats_finished``, ``unknown``
        (households of unknown size). Each household once.
    """
    names = ["household_id", "county_code", "to_county_code", "persons", "moved_date", "keys_date"]
    frame = take(relocations, "cleaned_relocations", [*names, "is_flat_finished"])
    size = pl.col("persons").fill_null(0)
    return (
        frame.unique("household_id", maintain_order=True)
        .group_by("county_code", "to_county_code")
        .agg(
            households=pl.len().cast(pl.Int64),
            persons=size.sum(),
            persons_moved=size.filter(pl.col("moved_date").is_not_null()).sum(),
            persons_with_keys=size.filter(pl.col("keys_date").is_not_null()).sum(),
            flats_finished=pl.col("is_flat_finished").fill_null(False).sum().cast(pl.Int64),
            unknown=pl.col("persons").is_null().sum().cast(pl.Int64),
        )
        .sort("county_code", "to_county_code", nulls_last=True)
        .collect()
        .to_pandas()
    )


def works_done(works: Any, by: Sequence[str] = ("county_code",)) -> pd.DataFrame:
    """Return how many works of each kind are planned and done.

    Parameters
    ----------
    works
        ``cleaned_works`` of any number of counties; any engine.
    by
        Columns of the ledger to add up by, beside the kind of work.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``work_kind``, ``planned``, ``done``, ``unknown`` (of which it is not known
        whether they are done), ``households`` served by those planned, as far as known.
    """
    frame = take(works, "cleaned_works", [*by, "work_kind", "is_done", "served_households"])
    return (
        frame.group_by(*by, "work_kind")
        .agg(
            planned=pl.len().cast(pl.Int64),
            done=pl.col("is_done").fill_null(False).sum().cast(pl.Int64),
            unknown=pl.col("is_done").is_null().sum().cast(pl.Int64),
            households=pl.col("served_households").sum().cast(pl.Int64),
        )
        .sort(*by, "work_kind")
        .collect()
        .to_pandas()
    )


def open_findings(findings: Any, month: str) -> pd.DataFrame:
    """Return open findings by county and age at the month's end.

    Returns
    -------
    pandas.DataFrame
        ``county_code``, ``from_days``, ``to_days`` (missing for the oldest, and both for findings
        of unknown opening), ``findings``.
    """
    names = ["county_code", "opened_date", "closed_date"]
    frame = take(findings, "cleaned_findings", names)
    days = (pl.lit(month_end(month)) - pl.col("opened_date")).dt.total_days()
    low = pl.coalesce(*(pl.when(days >= start).then(start) for start, _ in reversed(AGES)))
    counted = (
        frame.filter(pl.col("closed_date").is_null())
        .with_columns(from_days=low.cast(pl.Int64))
        .group_by("county_code", "from_days")
        .agg(findings=pl.len().cast(pl.Int64))
        .sort("county_code", "from_days", nulls_last=True)
        .collect()
        .to_pandas()
    )
    ends = dict(AGES)
    counted["to_days"] = pd.array([ends.get(x) for x in counted["from_days"]], dtype="Int64")
    return counted.astype({"from_days": "Int64"})
