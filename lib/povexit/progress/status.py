"""Where the campaign stands: done, on track, late or unknown, for every target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from povexit.progress.facts import published
from povexit.progress.measured import BASES, Row, in_places
from povexit.progress.model import Target
from povexit.progress.paths import expected, value
from povexit.progress.read import targets
from povexit.progress.tally import month_end

STATUSES = ("done", "on_track", "late", "unknown")
#: Why a status is unknown.
REASONS = ("no_number", "not_delivered", "some_missing", "no_denominator", "no_path", "open")
COLUMNS = ["target", "name_zh", "name_en", "level", "kind", "county_code", "number", "denominator"]
COLUMNS += ["unknown", "missing", "value", "wanted", "stated", "expected", "unit", "deadline"]
COLUMNS += ["status", "reason", "definition_zh", "definition_en", "denominator_zh"]
COLUMNS += ["denominator_en", "answers_zh", "answers_en", "source", "confidence"]
COLUMNS += ["deadline_confidence", "note"]
NUMBERS = dict.fromkeys(
    ["number", "denominator", "unknown", "value", "wanted", "stated", "expected"], "Float64"
) | {"missing": "Int64"}
#: What a simulated sample is held against, by unit: our count and the published one.
_UNITS = {
    "households": ("households_on_register", "poor_households"),
    "persons": ("persons_on_register", "poor_persons"),
    "villages": ("poor_villages", "poor_villages"),
}


def scale(rows: pd.DataFrame, deliveries: pd.DataFrame) -> dict[str, float]:
    """Return how large a part of the published register the deliveries hold, by unit.

    For simulated months, which hold a sample of the city: their targets are reduced alike.
    Nothing for a month with any real delivery.

    Parameters
    ----------
    rows
        From `povexit.progress.county`, of all counties of one month.
    deliveries
        The month's ``deliveries``: which files were simulated.
    """
    if not deliveries["simulated"].all():
        return {}
    base = published().query("edition == 'start_2016'").set_index("quantity")["value"]
    sums = rows[rows["target"].isin(BASES)].groupby("target")["number"].sum()
    return {unit: float(sums[own] / base[known]) for unit, (own, known) in _UNITS.items()}


def scaled(target: Target, factors: Mapping[str, float]) -> Target:
    """Return a target reduced to a sample of the city; shares, zones and counties stay.

    Examples
    --------
    >>> floor = next(t for t in targets() if t.id == "villages_floor")
    >>> scaled(floor, {"villages": 0.2}).number
    22.0
    """
    factor = factors.get(target.measure.unit, 1.0)
    changed: dict[str, Any] = {}
    if target.number is not None and factor != 1:
        changed["number"] = max(float(round(target.number * factor)), 1.0)
        changed["path"] = tuple((day, number * factor) for day, number in target.path)
    if target.at_least is not None:
        changed["at_least"] = target.at_least * factors.get("persons", 1.0)
    return replace(target, **changed)


def judged(
    rows: pd.DataFrame,
    month: str,
    asked: Iterable[Target] | None = None,
    factors: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Judge every target, in each county and in the whole city.

    Parameters
    ----------
    rows
        From `povexit.progress.county`, of all counties of the month.
    month
        Such as ``2016-06``.
    asked
        The targets; those of 2016 without it.
    factors
        From `scale`, for simulated deliveries; none for real ones.

    Returns
    -------
    pandas.DataFrame
        One row a target and place (``county_code``, ``all`` for the city): ``target``, ``number``,
        ``denominator``, ``unknown``, ``missing`` (counties of which nothing is known), ``value``,
        ``wanted`` (reduced by ``factors``), ``stated`` (as the document has it), ``expected`` by now,
        ``status``, ``reason`` (of `REASONS`; empty if known), and the target's own words. For a
        target of each county, the city's number is of counties done.
    """
    chosen = targets() if asked is None else tuple(asked)
    own: dict[str, list[Row]] = {}
    for row in rows.to_dict("records"):
        own.setdefault(row["target"], []).append(row)
    records = [
        record
        for t in chosen
        for record in _judged(own.get(t.id, []), month, scaled(t, factors or {}), t)
    ]
    return pd.DataFrame(records, columns=COLUMNS).astype(NUMBERS)


def _judged(
    rows: Sequence[Row], month: str, target: Target, stated: Target
) -> list[dict[str, Any]]:
    """Return one target's row in each place; the city's comes last."""
    told = {
        **_words(target),
        "unit": target.unit,
        "wanted": target.wanted,
        "stated": stated.wanted,
        "expected": expected(target, month),
    }
    places = [{**row, **told, "value": value(row, target)} for row in in_places(rows, target)]
    own = [_status(place, target, month) for place in places]
    if target.level == "county":
        places[-1] |= _of_counties(own[:-1])
        own[-1] = _together(own[:-1])
    else:
        # the counties share in what the city has to reach; none has a number of its own
        own[:-1] = ["unknown:no_number"] * (len(own) - 1)
    for place, text in zip(places, own, strict=True):
        place["status"], _, place["reason"] = text.partition(":")
    return places


def _status(row: Mapping[Any, Any], target: Target, month: str) -> str:
    """Return a place's status; ``unknown:`` and the reason where it cannot be told."""
    if target.wanted is None:
        return "unknown:no_number"
    if pd.isna(row["number"]):
        return "unknown:not_delivered"
    if pd.isna(row["value"]):
        return "unknown:no_denominator"
    is_complete = row["missing"] == 0
    if row["value"] >= target.wanted and (is_complete or target.share is None):
        return "done"
    if not is_complete:
        return "unknown:some_missing"
    by_now = expected(target, month)
    if by_now is None:
        return "unknown:no_path"
    if month_end(month) < target.deadline and row["value"] >= by_now:
        return "on_track"
    whole = row["denominator"] if target.share is not None else 1
    return "late" if row["value"] + row["unknown"] / whole < by_now else "unknown:open"


def _of_counties(own: Sequence[str]) -> dict[str, Any]:
    """Return the city's row: how many counties are done, of how many, and how many are open."""
    done, unknown = own.count("done"), sum(text.startswith("unknown") for text in own)
    number = None if unknown == len(own) else float(done)
    counted = {"number": number, "denominator": len(own), "unknown": unknown, "value": number}
    return {
        **counted,
        "wanted": len(own),
        "stated": len(own),
        "expected": None,
        "unit": "counties",
    }


def _together(own: list[str]) -> str:
    """Return the status of all places together: the worst that is known, then unknown."""
    if all(text == "done" for text in own):
        return "done"
    if "late" in own:
        return "late"
    open_ = [text for text in own if text.startswith("unknown")]
    return open_[0] if open_ else "on_track"


def _words(target: Target) -> dict[str, Any]:
    measure = target.measure
    return {
        "target": target.id,
        "name_zh": target.name,
        "name_en": target.name_en,
        "level": target.level,
        "kind": target.kind,
        "deadline": pd.Timestamp(target.deadline),
        "definition_zh": measure.definition,
        "definition_en": measure.definition_en,
        "denominator_zh": measure.denominator,
        "denominator_en": measure.denominator_en,
        "source": target.source,
        "confidence": target.confidence,
        "deadline_confidence": target.deadline_confidence,
        "note": target.note,
        "answers_zh": "、".join(g.name for g in target.answers),
        "answers_en": ", ".join(g.name_en for g in target.answers),
    }
