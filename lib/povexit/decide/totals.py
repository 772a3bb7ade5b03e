"""From counts per village to counts of any place: sums and the shares that go with them.

Everything shown of a county or city comes from here, from counts that add up; nothing is
computed again from households. A share's denominator is all households judged, those of
unknown verdict among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from povexit.schema.frames import enter
from povexit.standards import Standard

COUNTS = ("passed", "failed", "unknown", "not_applicable")
ANSWERS = ("passed", "failed", "unknown")
NAMES = ["criterion", "name_zh", "name_en"]
VERDICT = "meets_standard"
VERDICT_NAMES = {"passed": "meets", "failed": "fails", "unknown": "unknown"}
STATES = ("meets", "fails", "unknown")


def totals(summary: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Add up the counts of `povexit.decide.summary` over places, and give shares.

    Parameters
    ----------
    summary
        Rows of any number of places.
    by
        Columns that name the larger place; none for one total.

    Returns
    -------
    pandas.DataFrame
        One row a place and criterion, in the criteria's order: the counts of households and
        persons, and ``passed_share``, ``failed_share``, ``unknown_share`` of households
        (0 to 1; missing where there are none).
    """
    counted = [f"{unit}{c}" for unit in ("", "persons_") for c in COUNTS]
    keys = [*by, *NAMES]
    order = {c: i for i, c in enumerate(dict.fromkeys(summary["criterion"]))}
    sums = summary.groupby(keys, sort=False)[["households", "persons", *counted]].sum()
    table = sums.reset_index()
    table["_order"] = table["criterion"].map(order)
    table = table.sort_values([*by, "_order"], kind="stable", ignore_index=True)
    known = table["households"].where(table["households"] > 0).astype("Float64")
    shares = {f"{a}_share": table[a].astype("Float64") / known for a in ANSWERS}
    return table.drop(columns="_order").assign(**shares)


def verdicts(summary: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return how many meet the standard, fail it or are unknown, per place.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``households``, ``persons``, ``meets``, ``fails``, ``unknown``,
        ``persons_meets``, ``persons_fails``, ``persons_unknown`` and ``meets_share``,
        ``fails_share``, ``unknown_share`` (of households).
    """
    table = totals(summary[summary["criterion"] == VERDICT], by)
    renamed: dict[str, str] = {}
    for old, new in VERDICT_NAMES.items():
        renamed |= {old: new, f"persons_{old}": f"persons_{new}", f"{old}_share": f"{new}_share"}
    kept = [*by, "households", "persons", *renamed]
    return table[kept].rename(columns=renamed)


def by_month(history: Mapping[str, pd.DataFrame | None], village: str) -> pd.DataFrame:
    """Return a village's verdicts month by month.

    Parameters
    ----------
    history
        Month to the county's summary (`povexit.decide.summary`); None for a month not run.
    village
        The village's code.

    Returns
    -------
    pandas.DataFrame
        One row a month, in order: ``month`` and the columns of `verdicts`; missing where the
        month was not run or the village not in it.
    """
    parts = []
    for month, found in sorted(history.items()):
        own = None if found is None else found[found["village_code"] == village]
        row = verdicts(own) if own is not None and len(own) else pd.DataFrame([{}])
        parts.append(row.assign(month=month))
    return pd.concat(parts, ignore_index=True)


def compared(now: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """Put this month's verdicts per county beside last month's.

    Parameters
    ----------
    now, before
        From `verdicts` with ``by=["county_code"]``; ``before`` is None if there is no last month.

    Returns
    -------
    pandas.DataFrame
        ``now`` with ``meets_share_last`` and ``meets_change`` (households meeting it, less
        last month's; missing for a county that was not delivered then).
    """
    if before is None:
        before = now.iloc[:0]
    kept = before[["county_code", "meets", "meets_share"]]
    both = now.merge(kept, on="county_code", how="left", suffixes=("", "_last"), validate="1:1")
    return both.assign(meets_change=both["meets"] - both["meets_last"])


def by_criterion(decisions: pd.DataFrame, standard: Standard) -> pd.DataFrame:
    """Count villages or counties by their verdict on each criterion of their standard.

    Parameters
    ----------
    decisions
        From `povexit.decide.village` or `county`, as pandas.
    standard
        The edition by which they were judged.

    Returns
    -------
    pandas.DataFrame
        One row a criterion, in the standard's order: ``criterion``, ``name_zh``, ``name_en``, ``passed``,
        ``failed``, ``unknown``.
    """
    rows = []
    for criterion in standard.criteria:
        verdict = decisions[criterion.id].astype("boolean")
        counts = {"passed": verdict, "failed": ~verdict, "unknown": verdict.isna()}
        sums = {name: int(flag.fillna(False).sum()) for name, flag in counts.items()}
        names = (criterion.id, criterion.label("zh"), criterion.label("en"))
        rows.append({**dict(zip(NAMES, names, strict=True)), **sums})
    return pd.DataFrame(rows, columns=[*NAMES, *ANSWERS])


def most_failed(table: pd.DataFrame, most: int) -> list[pd.DataFrame]:
    """Return the rows of each of the criteria failed most often, the worst first.

    Parameters
    ----------
    table
        From `totals`, by place.
    most
        How many criteria.
    """
    criteria = table[table["criterion"] != VERDICT]
    failed = criteria.groupby("criterion", sort=False)["failed"].sum()
    worst = failed.sort_values(ascending=False, kind="stable").head(most).index
    return [criteria[criteria["criterion"] == c].reset_index(drop=True) for c in worst]


def changes(before: Any, now: Any) -> pd.DataFrame:
    """Count households by last month's and this month's verdict.

    Parameters
    ----------
    before, now
        Decisions of two months of one place, judged by one edition; any engine.

    Returns
    -------
    pandas.DataFrame
        One row a last verdict (``meets``, ``fails``, ``unknown``, ``absent``: not in last
        month's register), one column a verdict of this month, ``absent`` meaning no longer
        in the register, and ``households``, the row's sum.
    """
    both = _states(before, "before").join(_states(now, "now"), how="outer")
    filled = both.astype("string").fillna("absent")
    table = pd.crosstab(filled["before"], filled["now"])
    states = [*STATES, "absent"]
    table = table.reindex(index=states, columns=states, fill_value=0).astype("Int64")
    return table.assign(households=table.sum(axis=1))


def by_status(decisions: Any) -> pd.DataFrame:
    """Count households by their status in the register and their verdict.

    Returns
    -------
    pandas.DataFrame
        ``register_status``, ``households``, ``meets``, ``fails``, ``unknown``: those who
        left the register and fail, and those who are still poor in it and meet the
        standard, are the ones to look at.
    """
    frame = enter(decisions, "decisions_households", ["register_status", VERDICT])
    counted = (
        frame.with_columns(
            meets=nw.col(VERDICT).fill_null(False).cast(nw.Int64),
            fails=(~nw.col(VERDICT)).fill_null(False).cast(nw.Int64),
            unknown=nw.col(VERDICT).is_null().cast(nw.Int64),
        )
        .group_by("register_status")
        .agg(*(nw.col(s).sum() for s in STATES))
        .sort("register_status")
        .collect()
        .to_pandas()
    )
    counted = counted.astype(dict.fromkeys(STATES, "Int64"))
    return counted.assign(households=counted[list(STATES)].sum(axis=1))


def _states(decisions: Any, name: str) -> pd.DataFrame:
    frame = enter(decisions, "decisions_households", ["household_id", VERDICT])
    state = (
        nw.when(nw.col(VERDICT))
        .then(nw.lit("meets"))
        .otherwise(nw.when(~nw.col(VERDICT)).then(nw.lit("fails")).otherwise(nw.lit("unknown")))
    )
    table = frame.select("household_id", state.alias(name)).collect().to_pandas()
    return pd.DataFrame(table.set_index("household_id"))
