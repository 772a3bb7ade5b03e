"""One county in one month, with its truth: what the deliveries are written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from povexit.geography import resolve_county
from povexit_sim.allocation import bases
from povexit_sim.evolve import hamlets_at, state
from povexit_sim.ledger import village_ledger
from povexit_sim.places import make_places
from povexit_sim.programmes import Scene, improved, programme_ledgers
from povexit_sim.register import make_register
from povexit_sim.settings import month_number, settings
from povexit_sim.truth import registered_truth, true_rates
from povexit_sim.unregistered import make_unregistered


@dataclass(frozen=True)
class Population:
    """A county's people in a month, as they are; columns named as in the catalogue.

    ``households`` and ``persons`` are joined by ``household_number``; ``true_*`` columns
    and ``is_truly_poor`` say what the record does not. ``unregistered`` are the rural
    households outside the register; ``rates`` one row of true rates; ``ledgers`` the programme
    ledgers by the name of their column map.
    """

    county_code: str
    month: str
    scale: float
    seed: int
    villages: pl.DataFrame
    households: pl.DataFrame
    persons: pl.DataFrame
    unregistered: pl.DataFrame
    rates: pl.DataFrame
    ledgers: Mapping[str, pl.DataFrame]


def village_share(scale: float) -> float:
    """Return the share of villages kept at a scale; the rest of the scaling thins villages.

    Examples
    --------
    >>> village_share(1 / 40), village_share(1.0)
    (0.2, 1.0)
    """
    return min(1.0, settings()["scale"]["village_share"] * scale)


def simulate_county(county_code: str, month: str, scale: float, seed: int = 2016) -> Population:
    """Return a county's population in a month.

    The same seed and scale give the same people in every month, some of them changed.

    Parameters
    ----------
    county_code
        Any code or name of the county.
    month
        From 2016-01 to 2020-12.
    scale
        1 for the full county; 0.025 for the demo.
    seed
        Seed of the simulation.

    Raises
    ------
    UnknownNameError
        If the county or the month is not known.
    """
    code = resolve_county(county_code)
    base, number = bases()[code], month_number(month)
    places = make_places(base, seed, village_share(scale))
    register = make_register(base, seed, scale, places)
    households, persons = state(register, number)
    households = registered_truth(households)
    others = make_unregistered(base, seed, scale, places)
    villages = village_ledger(places, hamlets_at(register, number), households, persons, others)
    scene = Scene(code, seed, scale, number, register, households, persons, villages)
    villages, rates = improved(scene, villages), true_rates(code, households, others)
    ledgers = programme_ledgers(scene)
    return Population(
        code, month, scale, seed, villages, households, persons, others, rates, ledgers
    )
