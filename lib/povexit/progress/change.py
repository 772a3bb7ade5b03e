"""Why more or fewer households meet the standard than last month, household by household.

Each household has one cause, the first that holds: the edition, newly identified, no longer on
the register, returned to poverty, an answer that came in or went missing, a corrected record,
and last a real change. So last month's number, the causes and this month's add up exactly.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

import pandas as pd
import polars as pl

from povexit.privacy import SMALLEST_SHOWN
from povexit.progress.read import FOLDER
from povexit.progress.tally import polars, take

CAUSES = ("edition", "newly_identified", "left", "returned", "answered", "corrected", "real")
VERDICT = "meets_standard"


@cache
def fixed() -> tuple[str, ...]:
    """Return the indicators that do not change within a month, so that a change is a correction."""
    data = tomllib.loads((FOLDER / "changes.toml").read_text(encoding="utf-8"))
    return tuple(data["fixed"])


def causes(before: Any, now: Any, again: Any = None) -> pd.DataFrame:
    """Count households and persons that came to meet the standard or ceased to, by cause.

    Parameters
    ----------
    before, now
        Decisions of last month and of this; any engine.
    again
        Last month's households judged by this month's edition, where last month's was another.

    Returns
    -------
    pandas.DataFrame
        One row a cause of `CAUSES`: ``gained``, ``lost``, ``net`` and, together, ``households``, and ``persons_gained``,
        ``persons_lost``, ``persons_net``, counted at the household's size of this month (of last
        month for one that left). A household whose size alone changed moves persons under
        ``real``. ``meets_before`` and ``meets_now`` stand in ``attrs``, with ``difference``: what
        the causes do not explain, which is nothing.
    """
    both = _matched(before, now, again).collect()
    was, is_ = pl.col("was").fill_null(False), pl.col("is").fill_null(False)
    moved = both.with_columns(cause=_cause(), was=was, **{"is": is_})
    own, old = pl.col("size").fill_null(0), pl.col("size_before").fill_null(0)
    gained, lost = pl.col("is") & ~pl.col("was"), pl.col("was") & ~pl.col("is")
    stayed = pl.col("is") & pl.col("was")
    grown = pl.when(stayed).then(own - old).otherwise(0)
    sums = moved.group_by("cause").agg(
        gained=gained.sum(),
        lost=lost.sum(),
        persons_gained=(pl.when(gained).then(own).otherwise(0) + grown.clip(lower_bound=0)).sum(),
        persons_lost=(pl.when(lost).then(old).otherwise(0) - grown.clip(upper_bound=0)).sum(),
    )
    found = sums.to_pandas().set_index("cause").reindex(list(CAUSES), fill_value=0).astype("Int64")
    table = found.reset_index().assign(
        households=(found["gained"] + found["lost"]).to_numpy(),
        net=(found["gained"] - found["lost"]).to_numpy(),
        persons_net=(found["persons_gained"] - found["persons_lost"]).to_numpy(),
    )
    table.attrs.update(_ends(moved, table))
    return table


def shown_causes(table: pd.DataFrame) -> pd.DataFrame:
    """Return causes as they may be shown: those of few households in one row, ``other``.

    A cause of fewer than `povexit.privacy.SMALLEST_SHOWN` households is never alone there, since
    the total is shown too; a cause of none stays.

    Parameters
    ----------
    table
        From `causes`.
    """
    moved = table[table["households"] > 0].sort_values("households", kind="stable")
    small = moved[moved["households"] < SMALLEST_SHOWN]
    small = moved.head(2) if len(small) == 1 else small
    if small.empty:
        return table
    other = small.drop(columns="cause").sum().to_frame().T.assign(cause="other")
    kept = table.drop(index=small.index)
    return pd.concat([kept, other[table.columns]], ignore_index=True).astype(table.dtypes)


def _state(decisions: Any, suffix: str) -> pl.LazyFrame:
    names = ["household_id", "register_status", "household_size", VERDICT]
    frame = take(decisions, "decisions_households", [*names, *_reasons(decisions)])
    return frame.rename({n: f"{n}{suffix}" for n in frame.collect_schema().names()[1:]})


def _reasons(decisions: Any) -> list[str]:
    return [n for n in polars(decisions).collect_schema().names() if n.endswith("_reason")]


def _matched(before: Any, now: Any, again: Any) -> pl.LazyFrame:
    """Return one row a household of either month, with both verdicts."""
    old, new = _state(before, "_old"), _state(now, "_new")
    both = old.join(new, on="household_id", how="full", coalesce=True)
    judged_again = old if again is None else _state(again, "_old")
    third = judged_again.select("household_id", again=pl.col(f"{VERDICT}_old"))
    both = both.join(third, on="household_id", how="left")
    return both.with_columns(
        was=pl.col(f"{VERDICT}_old"),
        **{"is": pl.col(f"{VERDICT}_new")},
        size=pl.col("household_size_new"),
        size_before=pl.col("household_size_old"),
        is_fixed=_is_fixed(both.collect_schema().names()),
    )


def _is_fixed(names: list[str]) -> pl.Expr:
    """Tell whether something that does not change in life decided one verdict and not the other."""
    codes = [f"fail:{name}" for name in fixed()]
    stems = {n.removesuffix("_old") for n in names if n.endswith("_reason_old")}
    stems &= {n.removesuffix("_new") for n in names if n.endswith("_reason_new")}
    if not stems:
        return pl.lit(False)
    turned = [
        pl.col(f"{s}_old").is_in(codes).fill_null(False)
        != pl.col(f"{s}_new").is_in(codes).fill_null(False)
        for s in sorted(stems)
    ]
    return pl.any_horizontal(turned)


def _cause() -> pl.Expr:
    was, is_, again = pl.col("was"), pl.col("is"), pl.col("again")
    is_old, is_new = (pl.col(f"register_status_{side}") for side in ("old", "new"))
    # judged again by this month's edition, last month's household stands as it does now
    by_edition = was.is_not_null() & again.is_not_null() & (was != again) & (again == is_)
    steps = (
        (is_old.is_null(), "newly_identified"),
        (is_new.is_null(), "left"),
        (by_edition.fill_null(False), "edition"),
        (((is_new == "returned") & (is_old != "returned")).fill_null(False), "returned"),
        (was.is_null() != is_.is_null(), "answered"),
        (pl.col("is_fixed"), "corrected"),
    )
    return pl.coalesce(
        *(pl.when(when).then(pl.lit(cause)) for when, cause in steps), pl.lit("real")
    )


def _ends(moved: pl.DataFrame, table: pd.DataFrame) -> dict[str, int]:
    """Return last month's number, this month's, and what the causes leave unexplained."""
    before, now = int(moved["was"].sum()), int(moved["is"].sum())
    net = int(table["net"].sum())
    return {"meets_before": before, "meets_now": now, "difference": now - before - net}
