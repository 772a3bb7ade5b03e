"""Which choice flips a decision: every county under every combination of readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import pandas as pd

from povexit.errors import DesignError, UnknownNameError
from povexit.evaluation.composite import Part, bounded, is_part, line_of
from povexit.evaluation.composite import judged as composite_judged
from povexit.evaluation.measures import edition, measures, weightings
from povexit.evaluation.survey import MISSING, PLACES, UNITS, Choices, design, summed
from povexit.evaluation.verdicts import judged

#: What is tried where nothing else is said; the first of each is the one stated.
CHOICES: dict[str, tuple[str, ...]] = {
    "unit": UNITS,
    "weighting": tuple(weightings()),
    "lonely": ("adjust", "certainty", "average"),
    "missing": MISSING,
}
#: Whose threshold the composite rate is held against.
REGION = "west"
KEPT = ("estimate", "low", "high", "bound", "bound_side", "threshold", "verdict", "n", "unknown")


def specifications(
    decided: Mapping[str, pd.DataFrame],
    tried: Mapping[str, Sequence[str]] | None = None,
    counts: pd.DataFrame | None = None,
    by: Sequence[str] = PLACES,
) -> pd.DataFrame:
    """Return estimates, bounds and verdicts under every combination of choices.

    Parameters
    ----------
    decided
        The interviews judged, by the name of what they were judged by: a poverty line's
        year, an edition. ``{"2016": decide.interview(known, rule, 2016), ...}``. The first
        is the one stated.
    tried
        Which ``unit``, ``weighting``, ``lonely`` and ``missing`` to try, as `Choices`; all
        of them without it. The first of each is the one stated.
    counts
        Register counts; with them the composite rate is tried too, by every denominator
        of the edition whose population they have.
    by
        Columns that name the place.

    Returns
    -------
    pandas.DataFrame
        One row a place, measure and combination: ``by``, ``measure``, ``judged_by``,
        ``unit``, ``weighting``, ``lonely``, ``missing``, ``denominator`` (of the composite
        rate), ``is_stated``; ``estimate``, ``low``, ``high``, ``bound``, ``bound_side``,
        ``threshold``, ``verdict``, ``n``, ``unknown``; ``n_changed`` (how many choices
        differ from those stated) and ``flips`` (whether the verdict does).

    Raises
    ------
    DesignError
        If nothing is to be tried, or the sample cannot be weighted.
    UnknownNameError
        If there is no such choice.
    """
    options = _options(decided, tried or {})
    names = list(options)
    lone = {k: _has_lone_village(table) for k, table in decided.items()}
    tables, known = [], {}
    for chosen in product(*options.values()):
        made = dict(zip(names, chosen, strict=True))
        told = made if lone[made["judged_by"]] else _without_effect(made)
        if (key := tuple(told.values())) not in known:
            choices = Choices(**{k: v for k, v in told.items() if k != "judged_by"})
            known[key] = _found(decided[made["judged_by"]], choices, by, counts)
        changed = sum(made[k] != options[k][0] for k in names)
        tables.append(known[key].assign(**made, n_changed=known[key]["n_changed"] + changed))
    return _flips(pd.concat(tables, ignore_index=True), by, names)


def _has_lone_village(decided: pd.DataFrame) -> bool:
    """Return whether any stratum has one village, so that the rule for it matters."""
    villages = decided.groupby(["county_code", "stratum"])["village_code"].nunique()
    return bool((villages == 1).any())


def _without_effect(made: dict[str, str]) -> dict[str, str]:
    """Return the same choices with one rule for lonely strata in place of all that do not fail."""
    usual = CHOICES["lonely"]
    return made | {"lonely": usual[0]} if made["lonely"] in usual else made


def _options(
    decided: Mapping[str, pd.DataFrame], tried: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    unknown = set(tried) - set(CHOICES)
    if unknown:
        raise UnknownNameError(
            "no such choice to try", where=", ".join(unknown), expected=", ".join(CHOICES)
        )
    options = {"judged_by": tuple(decided)}
    options |= {k: tuple(tried.get(k, usual)) for k, usual in CHOICES.items()}
    empty = [k for k, v in options.items() if not v]
    if empty:
        raise DesignError("nothing to try", where=", ".join(empty), expected="one or more")
    return options


def _found(
    decided: pd.DataFrame, choices: Choices, by: Sequence[str], counts: pd.DataFrame | None
) -> pd.DataFrame:
    """Return the measures, and the composite rate if there are counts, under one choice."""
    drawn = design(decided, choices)
    rates = [Part(m, *summed(drawn, m, by, choices)) for m in measures()]
    tables = [
        judged(r.found.assign(threshold=r.measure.threshold), r.measure).assign(
            measure=r.measure.id, denominator="", n_changed=0
        )
        for r in rates
    ]
    if counts is not None:
        parts = [r for r in rates if is_part(r.measure)]
        known = [d.id for d in edition().composite.denominator if d.column in counts]
        for place, id in enumerate(known):
            found, places = bounded(parts, counts, id)
            found = composite_judged(found, places, line_of(REGION))
            tables.append(found.assign(n_changed=int(place > 0)))
    return pd.concat([t[[*by, "measure", "denominator", "n_changed", *KEPT]] for t in tables])


def _flips(found: pd.DataFrame, by: Sequence[str], names: Sequence[str]) -> pd.DataFrame:
    """Add the verdict under the choices stated and whether each row's differs from it."""
    stated = found["n_changed"] == 0
    keys = [*by, "measure"]
    usual = found.loc[stated, [*keys, "verdict"]].rename(columns={"verdict": "_stated"})
    joined = found.merge(usual, on=keys, how="left", validate="m:1")
    joined = joined.assign(
        is_stated=stated.to_numpy(), flips=joined["verdict"] != joined["_stated"]
    )
    first = [*keys, *names, "denominator", "is_stated", *KEPT, "n_changed", "flips"]
    return joined[first]
