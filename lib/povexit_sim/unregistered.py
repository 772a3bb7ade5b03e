"""Rural households outside the register: some of them poor, and omitted."""

from __future__ import annotations

import numpy as np
import polars as pl

from povexit_sim import people
from povexit_sim.allocation import Base
from povexit_sim.identities import phones
from povexit_sim.noise import Floats, Ints, blend, draw, largest_remainder, stream, yes
from povexit_sim.places import Places
from povexit_sim.settings import settings
from povexit_sim.truth import planted, truly_poor


def _count(base: Base, scale: float) -> int:
    own = settings()["register"]
    registered = base.poor_persons * (1 + own["exited_before_share"])
    return max(40, round((base.rural_persons - registered) * scale / own["unregistered_size"]))


def _earned(rng: np.random.Generator, latent: Floats, sizes: Ints) -> tuple[Ints, Ints]:
    own, truth = settings()["income"], settings()["truth"]
    z = blend(rng, latent, own["rho"])
    net = own["unregistered_median_yuan"] * np.exp(own["unregistered_sigma"] * z)
    floor = truth["poverty_line_yuan"] * truth["safe_margin"]
    net = np.maximum(net, floor * (1 + rng.exponential(0.16, len(sizes)))) * sizes
    cost = np.round(net * rng.uniform(0.03, 0.2, len(sizes))).astype(np.int64)
    return np.round(net).astype(np.int64) + cost, cost


def _income_sources(rng: np.random.Generator, n: int) -> pl.Series:
    shares = {
        "crops": 0.85,
        "livestock": 0.6,
        "work_away": 0.55,
        "local_work": 0.4,
        "business": 0.15,
    }
    shares |= {"transfer": 0.5, "remittance": 0.3}
    flags = pl.DataFrame({name: rng.random(n) < share for name, share in shares.items()})
    named = [pl.when(name).then(pl.lit(name)) for name in shares]
    return flags.select(pl.concat_str(named, separator=";", ignore_nulls=True)).to_series()


def make_unregistered(base: Base, seed: int, scale: float, places: Places) -> pl.DataFrame:
    """Return a county's unregistered rural households, a row a household.

    Parameters
    ----------
    base
        The county's base.
    seed
        The simulation's seed.
    scale
        1 for the full county.
    places
        From `make_places`.

    Returns
    -------
    polars.DataFrame
        ``household_number`` (made up), ``village_code``, size, truth of the survey's
        questions and ``is_truly_poor``.
    """
    rng = stream(seed, base.county_code, "unregistered")
    n = _count(base, scale)
    villages = places.villages
    village = np.repeat(
        np.arange(len(villages)), largest_remainder(n, villages["rural_weight"].to_numpy())
    )
    latent = blend(rng, villages["latent"].to_numpy()[village], 0.5)
    sizes = people.sizes_for(rng, n, None)
    omitted = yes(rng, -latent, base.omission_share, 0.4)
    gross, cost = _earned(rng, latent, sizes)
    area = np.maximum(sizes * 14.5, np.round(sizes**0.75 * 48 * np.exp(0.25 * latent)))
    children = np.minimum(rng.binomial(np.maximum(sizes - 2, 0), 0.35), 12)
    codes = villages["village_code"].astype(str).to_numpy()[village]
    frame = pl.DataFrame(
        {
            "household_number": [f"{c}9{i:05d}" for i, c in enumerate(codes)],
            "village_code": codes.tolist(),
            "head_name": people.names(rng, n).tolist(),
            "phone": phones(rng, n).tolist(),
            "household_size": sizes,
            "gross_income_yuan": gross,
            "production_cost_yuan": cost,
            "dwelling_grade": np.where(rng.random(n) < 0.45, "A", "B").tolist(),
            "floor_area_m2": area,
            "insured_members": sizes,
            "school_age_children": children,
            "school_dropouts": np.zeros(n, dtype=np.int64),
            "is_water_safe": np.ones(n, dtype=bool),
            "is_food_clothing_secure": np.ones(n, dtype=bool),
            "has_tv": rng.random(n) < 0.98,
            "failure": draw(rng, settings()["truth"]["failure_kinds"], n).tolist(),
            "failure_depth": rng.uniform(0.6, 0.96, n),
            "is_omitted": omitted,
            "income_sources": _income_sources(rng, n),
        }
    )
    frame = planted(frame, pl.col("is_omitted"))
    return frame.with_columns(is_truly_poor=truly_poor())
