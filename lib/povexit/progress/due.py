"""What a meeting asks: who answers for which targets, and what is due by the end of next month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from povexit.progress.model import Target
from povexit.progress.pace import later
from povexit.progress.paths import expected
from povexit.progress.read import targets
from povexit.progress.status import STATUSES, scaled


def by_group(judged: pd.DataFrame) -> pd.DataFrame:
    """Count the targets with a number by who answers for them and where they stand.

    Parameters
    ----------
    judged
        From `povexit.progress.judged`, the city's rows.

    Returns
    -------
    pandas.DataFrame
        One row a group, the one with most late targets first: ``answers_zh``, ``answers_en``, ``done``,
        ``on_track``, ``late``, ``unknown``. A target that several answer for counts for the first.
    """
    named = judged[judged["reason"] != "no_number"]
    first = {n: named[n].str.split(mark).str[0] for n, mark in _SEPARATORS.items()}
    counted = pd.crosstab([first["answers_zh"], first["answers_en"]], named["status"])
    table = counted.reindex(columns=list(STATUSES), fill_value=0).rename_axis(columns=None)
    order = ["late", "unknown", "answers_zh"]
    return table.reset_index().sort_values(
        order, ascending=[False, False, True], kind="stable", ignore_index=True
    )


_SEPARATORS = {"answers_zh": "、", "answers_en": ", "}


def due(
    judged: pd.DataFrame,
    month: str,
    asked: Iterable[Target] | None = None,
    factors: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Return the late targets with what is due by the end of next month, the furthest behind first.

    Parameters
    ----------
    judged
        From `povexit.progress.judged`, the city's rows.
    month
        The month of the report.
    asked, factors
        As for `povexit.progress.judged`.

    Returns
    -------
    pandas.DataFrame
        Rows of ``judged`` with ``due_next``, in the target's unit; missing where no way leads to it.
    """
    coming = later(month, 1)
    known = {t.id: scaled(t, factors or {}) for t in (targets() if asked is None else asked)}
    late = judged[judged["status"] == "late"]
    behind = (late["value"] / late["expected"].where(late["expected"] > 0)).fillna(1.0)
    due_next = [expected(known[name], coming) for name in late["target"]]
    table = late.assign(due_next=pd.array(due_next, dtype="Float64"), _behind=behind)
    ordered = table.sort_values("_behind", kind="stable", ignore_index=True)
    return ordered.drop(columns="_behind")
