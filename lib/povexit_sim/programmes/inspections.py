"""Inspections: visits due and made, and what they found."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from povexit_sim.noise import Ints, draw, event_month
from povexit_sim.programmes.scene import NEVER, START_YEAR, Scene, dates, days, frame_of
from povexit_sim.settings import settings

_MONTHS = 12


def _units(scene: Scene) -> dict[str, dict[str, Any]]:
    """Return the units that are visited, by kind, with the columns that name them."""
    own, villages = settings()["programmes"]["inspections"], scene.register.places.villages
    year = villages["planned_exit_year"].to_numpy().astype(np.int64)
    lot = scene.stream("visited villages").random(len(villages))
    next_year = (year == START_YEAR + 1) & (lot < own["next_year_villages"])
    codes = villages["village_code"].to_numpy().astype(str)[(year == START_YEAR) | next_year]
    numbers = scene.own["household_number"][scene.is_planned]
    known = {"village": {"village_code": codes}, "household": {"household_number": numbers}}
    if scene.county_code in own["counties"]:
        return {"county": {}, **known}
    return known


def _size(unit_type: str, names: dict[str, Any]) -> int:
    return 1 if unit_type == "county" else len(next(iter(names.values())))


def _visit_months(rng: np.random.Generator, n: int, due: int, held: float) -> Ints:
    """Return the months of each unit's visits, a column a visit; some are never made."""
    turns = (np.arange(due) + rng.random((n, due))) * _MONTHS / due
    return np.where(rng.random((n, due)) < held, np.floor(turns).astype(np.int64), NEVER)


def inspection_ledger(scene: Scene) -> pl.DataFrame:
    """Return a row for each unit and kind of visit that is due to it this year."""
    own, parts = settings()["programmes"]["inspections"], []
    for unit_type, names in _units(scene).items():
        n = _size(unit_type, names)
        for kind, due in own["due"][unit_type].items():
            rng = scene.stream("visits", unit_type, kind)
            months = _visit_months(rng, n, due, own["held"])
            made = months <= scene.month
            last = np.where(made, months, -1).max(axis=1)
            rows = {
                "visit_kind": np.full(n, kind),
                "unit_type": np.full(n, unit_type),
                "visits_due": np.full(n, due),
                "visits_done": made.sum(axis=1),
                "last_visit_date": dates(np.where(last >= 0, last, NEVER), days(rng, n)),
            }
            parts.append(frame_of(names | rows))
    return pl.concat(parts, how="diagonal_relaxed")


def finding_ledger(scene: Scene) -> pl.DataFrame:
    """Return a row for each finding opened by now."""
    own, parts = settings()["programmes"]["inspections"], []
    for unit_type, names in _units(scene).items():
        rng = scene.stream("findings", unit_type)
        count = rng.poisson(own["findings"][unit_type], _size(unit_type, names))
        n = int(count.sum())
        opened = rng.integers(0, _MONTHS, n)
        closed = opened + event_month(rng, n, own["closed"])
        rows = {
            "finding_id": np.char.mod(
                f"{scene.county_code}-{unit_type[0].upper()}%04d", np.arange(n)
            ),
            "unit_type": np.full(n, unit_type),
            "finding_kind": draw(rng, own["kinds"], n),
            "opened_date": scene.seen(opened, days(rng, n)),
            "closed_date": scene.seen(closed, days(rng, n)),
        }
        named = {k: np.repeat(v, count) for k, v in names.items()}
        parts.append(frame_of(named | rows))
    return pl.concat(parts, how="diagonal_relaxed").filter(pl.col("opened_date").is_not_null())
