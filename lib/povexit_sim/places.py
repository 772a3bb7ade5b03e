"""Where people live: villages with a point and a standing, and their hamlets.

Standing (`latent`) is a Gaussian field over the county plus a nugget, so that poor
villages lie near poor villages. Every village of the county is made at any scale; a
smaller scale keeps a part of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
import shapely

from povexit.geography import LONGITUDE_LATITUDE, county_boundaries
from povexit_sim.allocation import Base
from povexit_sim.noise import Bools, Floats, Ints, blend, counter, draw, largest_remainder, stream
from povexit_sim.settings import settings

_FIRST = tuple("那百弄巴板伏福龙平坡洞六央果叫陇多局塘甘渌伦利上下")
_SECOND = tuple("怀桑林康造录雷贡朗安练荣合达拉良旺劳峨兰祥学乐吉敏")
_KM_PER_DEGREE = 111.2


@dataclass(frozen=True)
class Places:
    """Villages and hamlets of a county as columns; ``hamlet_village`` points into the villages."""

    villages: pd.DataFrame
    hamlets: pd.DataFrame


@cache
def _townships() -> pd.DataFrame:
    with (files("povexit.codes") / "townships.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype=str)


@cache
def _polygon(county: str) -> shapely.Geometry:
    frame = county_boundaries().to_crs(LONGITUDE_LATITUDE).set_index("county_code")
    # a little inside, so that a surveyor's point scattered about the village stays in the county
    return frame.at[county, "geometry"].buffer(-0.01)


def _points(rng: np.random.Generator, county: str, n: int) -> tuple[Floats, Floats]:
    area = _polygon(county)
    west, south, east, north = area.bounds
    x, y = rng.uniform(west, east, 20 * n + 200), rng.uniform(south, north, 20 * n + 200)
    inside = shapely.contains_xy(area, x, y)
    return x[inside][:n].round(5), y[inside][:n].round(5)


def _distances(x: Floats, y: Floats) -> Floats:
    east, north = x * np.cos(np.radians(y.mean())) * _KM_PER_DEGREE, y * _KM_PER_DEGREE
    return np.hypot(east[:, None] - east, north[:, None] - north)


def _field(rng: np.random.Generator, distance: Floats) -> Floats:
    spatial = settings()["spatial"]
    smooth = np.exp(-distance / spatial["range_km"])
    cover = (1 - spatial["nugget"]) * smooth + spatial["nugget"] * np.eye(len(distance))
    values = np.linalg.cholesky(cover) @ rng.standard_normal(len(distance))
    return (values - values.mean()) / values.std()


def _nearest_centre(distance: Floats, n_centres: int) -> Ints:
    """Spread centres by farthest-first traversal; every village belongs to the nearest."""
    centres = [0]
    while len(centres) < n_centres:
        centres.append(int(distance[centres].min(axis=0).argmax()))
    return distance[centres].argmin(axis=0)


def _names(rng: np.random.Generator, n: int, ending: str) -> list[str]:
    first, second = rng.choice(_FIRST, n), rng.choice(_SECOND, n)
    return [f"{a}{b}{ending}" for a, b in zip(first, second, strict=True)]


def _poor(rng: np.random.Generator, latent: Floats, n_poor: int) -> Bools:
    noise = settings()["spatial"]["poor_village_noise"]
    poor = np.zeros(len(latent), dtype=bool)
    poor[np.argsort(latent + noise * rng.standard_normal(len(latent)))[:n_poor]] = True
    return poor


def _all_villages(base: Base, seed: int) -> pd.DataFrame:
    rng = stream(seed, base.county_code, "villages")
    n, spatial = base.villages, settings()["spatial"]
    x, y = _points(rng, base.county_code, n)
    distance = _distances(x, y)
    latent = _field(rng, distance)
    own = _townships().query("county_code == @base.county_code")
    township = _nearest_centre(distance, len(own))
    poor = _poor(rng, latent, base.poor_villages)
    number = 200 + counter(township)
    code = [f"{own['township_code'].iat[t]}{k}" for t, k in zip(township, number, strict=True)]
    burden = np.exp(-0.45 * latent + 0.25 * rng.standard_normal(n))
    planned = draw(rng, settings()["planned_exit"]["villages"], n).astype(np.int64)
    border_cut = np.quantile(y, spatial["villages_of_border"])
    return pd.DataFrame(
        {
            "village_code": code,
            "county_code": base.county_code,
            "township_name": own["name_zh"].to_numpy()[township],
            "village_name": _names(rng, n, "村"),
            "is_poor_village": poor,
            "planned_exit_year": pd.array(np.where(poor, planned, 0), dtype="Int64"),
            "longitude": x,
            "latitude": y,
            "latent": latent,
            "is_border": (base.county_code in spatial["border_counties"]) & (y <= border_cut),
            "register_weight": burden * np.where(poor, spatial["poor_village_factor"], 1.0),
            "rural_weight": np.exp(0.3 * rng.standard_normal(n)),
        }
    )


def _kept(villages: pd.DataFrame, seed: int, share: float) -> pd.DataFrame:
    """Keep a share of the villages, poor and other in proportion, always the same ones."""
    if share >= 1:
        return villages
    rng = stream(seed, str(villages["county_code"].iat[0]), "kept villages")
    n = max(settings()["scale"]["fewest_villages"], round(len(villages) * share))
    poor = villages["is_poor_village"].to_numpy()
    quota = largest_remainder(n, np.array([poor.sum(), (~poor).sum()], dtype=float))
    chosen = [
        rng.permutation(np.flatnonzero(poor == flag))[:wanted]
        for flag, wanted in zip((True, False), quota, strict=True)
    ]
    return villages.iloc[np.concatenate(chosen)]


def _hamlets(rng: np.random.Generator, villages: pd.DataFrame) -> pd.DataFrame:
    count = 2 + rng.poisson(6, len(villages))
    village = np.repeat(np.arange(len(villages)), count)
    latent = blend(rng, villages["latent"].to_numpy()[village], 0.6)
    sizes = np.clip(np.exp(rng.normal(3.45, 0.55, len(village))), 4, 180).astype(np.int64)
    return pd.DataFrame(
        {
            "village": village,
            "hamlet_name": _names(rng, len(village), "屯"),
            "hamlet_households": sizes,
            "latent": latent,
            # hamlets under 20 households are the last to get a road
            "road_latent": blend(rng, latent, 0.5) + np.where(sizes >= 20, 0.15, -0.6),
            "width_noise": rng.normal(0, 0.5, len(village)),
            "lot": rng.random(len(village)),
        }
    )


def make_places(base: Base, seed: int, share: float) -> Places:
    """Return the villages and hamlets of a county.

    Parameters
    ----------
    base
        The county's base, from `allocation.bases`.
    seed
        The simulation's seed.
    share
        Share of the villages that is kept, up to 1.
    """
    villages = _kept(_all_villages(base, seed), seed, share)
    villages = villages.sort_values("village_code", ignore_index=True)
    return Places(villages, _hamlets(stream(seed, base.county_code, "hamlets"), villages))
