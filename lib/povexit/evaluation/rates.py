"""The survey's rates by place, with interval, verdict and the sample that would settle it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from povexit import estimate
from povexit.evaluation.measures import Measure, decision, edition, measures
from povexit.evaluation.survey import PLACES, STATED, Choices, design, estimated, villages
from povexit.evaluation.verdicts import alone, judged, settled
from povexit.evaluation.words import reason_sentence, sentence


def rates(
    decided: pd.DataFrame,
    by: Sequence[str] = PLACES,
    choices: Choices = STATED,
    level: float | None = None,
) -> pd.DataFrame:
    """Estimate every measure per place, with its interval and verdict.

    Parameters
    ----------
    decided
        ``decisions_survey_households`` of one or more counties.
    by
        Columns that name the place; none for all together.
    choices
        Unit, weighting and other readings, where not those stated by the measure.
    level
        Confidence of the interval shown; the verdict's own without it.

    Returns
    -------
    pandas.DataFrame
        One row a measure and place: ``by``, ``measure``, ``name_zh``, ``name_en``,
        ``denominator_zh``, ``denominator_en``; ``estimate``, ``se``, ``df``, ``deff``,
        ``low``, ``high`` (shares of 0 to 1; two-sided interval at ``level``), ``n``
        (households that answered), ``unknown`` (those that did not), ``clusters``
        (villages), ``even_households``, ``even_villages`` (as many of equal weight tell as
        much), ``icc`` (assumed), ``plain_low``, ``plain_high`` (Korn and Graubard's 95 %
        interval, without the assumption), ``test``, ``threshold``; ``bound`` (the one-sided bound the verdict
        rests on) and ``bound_side``, ``verdict`` (meets, fails, undetermined), ``p_meets``,
        ``p_fails`` (chance at the threshold of as few, as many failings);
        ``more_villages``, ``more_households`` (what would settle an undetermined verdict;
        null for the others and where no sample would) and ``reason`` (a code of
        `povexit.estimate`, or empty).

    Raises
    ------
    DesignError
        If the sample cannot be weighted.

    Notes
    -----
    Method, what it assumes and what it costs: ``docs/methods/verdict.md``.
    """
    drawn = design(decided, choices)
    tables = []
    for measure in measures():
        found = _rate(drawn, measure, by, choices, level)
        shown = [alone(row, measure) for row in found.to_dict("records")]
        tables.append(settled(found, shown, measure.rule.threshold, found["n"]))
    return pd.concat(tables, ignore_index=True)


def _rate(
    drawn: estimate.Design,
    measure: Measure,
    by: Sequence[str],
    choices: Choices,
    level: float | None,
) -> pd.DataFrame:
    named = estimated(drawn, measure, by, choices).assign(
        measure=measure.id,
        name_zh=measure.name,
        name_en=measure.name_en,
        denominator_zh=measure.denominator,
        denominator_en=measure.denominator_en,
        test=measure.test,
        threshold=measure.threshold,
    )
    return judged(named, measure, level)


def reachable(
    found: pd.DataFrame, decided: pd.DataFrame, by: Sequence[str] = PLACES
) -> pd.DataFrame:
    """Return estimates whose further sample is one that the place has villages for.

    Parameters
    ----------
    found
        From `rates` or `composite`.
    decided
        The interviews they rest on, with the chances of their villages.
    by
        Columns that name the place.

    Returns
    -------
    pandas.DataFrame
        ``found`` with ``villages`` (of the place) and with ``more_villages`` and
        ``more_households`` missing where more villages would be needed than are left:
        there only a visit to every village settles the question.
    """
    known = found.merge(villages(decided, by), on=list(by), how="left", validate="m:1")
    left = known["villages"] - known["clusters"]
    beyond = (known["more_villages"] > left).fillna(False).to_numpy(bool)
    more = ["more_villages", "more_households"]
    return known.assign(**{c: known[c].mask(beyond) for c in more})


def worded(found: pd.DataFrame, lang: str = "zh") -> pd.DataFrame:
    """Return estimates with ``name`` and ``reason`` in words, as tables and sentences take them.

    The reason also says so where the interval reaches over the threshold although the
    one-sided bound does not.
    """
    told = [_told(row, lang) for row in found.to_dict("records")]
    return found.assign(name=found[f"name_{lang}"], reason=told)


def _told(row: dict[Any, Any], lang: str) -> str:
    codes = [remark(row)] if "bound" in row else []
    parts = [reason_sentence(row["reason"], lang), *(sentence(c, lang) for c in codes if c)]
    return ("" if lang == "zh" else " ").join(p for p in parts if p)


def remark(row: dict[Any, Any]) -> str:
    """Return the code of what a reader may stumble over in a row of `rates`, or nothing."""
    if pd.isna(row["estimate"]) or row["verdict"] == "undetermined":
        return ""
    return "one_sided" if row["low"] < row["threshold"] <= row["high"] else ""


def design_facts(found: pd.DataFrame) -> dict[str, Any]:
    """Return what a reader must know of the design behind a table of `rates`.

    Returns
    -------
    dict
        ``n`` and ``unknown`` of the measure asked of everyone, most ``clusters``; least
        and most ``df``, the largest ``deff`` that could be computed (or missing), the
        largest ``icc`` assumed, the ``level`` of the bounds that decide, and the
        ``edition`` of the evaluation.
    """
    everyone = next(m.id for m in measures() if not m.group)
    asked = found[found["measure"] == everyone]
    return {
        "n": int(asked["n"].sum() + asked["unknown"].sum()),
        "clusters": int(asked["clusters"].sum()),
        "df_low": int(found["df"].min()),
        "df_high": int(found["df"].max()),
        "deff": float(found["deff"].max()),
        "unknown": int(found["unknown"].sum()),
        "icc": float(found["icc"].max()),
        "level": decision().level,
        "edition": edition().id,
    }
