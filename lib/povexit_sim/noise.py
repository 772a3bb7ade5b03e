"""Random draws that stay the same: streams by name, and categories that follow a latent.

A household's or a village's standing is one standard normal number. Traits are cut
from a mixture of it and fresh noise, so that bad traits come together as they do in
reality while each keeps its own share.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.str_]


def stream(seed: int, county: str, *names: str) -> np.random.Generator:
    """Return the random stream of a county and a purpose, whatever else was drawn before.

    Examples
    --------
    >>> a, b = stream(2016, "451021", "villages"), stream(2016, "451021", "villages")
    >>> bool(a.random() == b.random())
    True
    """
    keys = tuple(zlib.crc32(name.encode("utf-8")) for name in names)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(county), *keys)))


def blend(rng: np.random.Generator, latent: Floats, rho: float) -> Floats:
    """Return standard normal numbers that correlate with ``latent`` by ``rho``."""
    return rho * latent + np.sqrt(1 - rho**2) * rng.standard_normal(len(latent))


def ordered(
    rng: np.random.Generator, latent: Floats, shares: Mapping[str, float], rho: float
) -> Texts:
    """Return one name of ``shares`` an element; the first name goes to the highest latents."""
    cuts = ndtri(np.cumsum(list(shares.values()))[:-1])
    return np.array(list(shares))[np.searchsorted(cuts, -blend(rng, latent, rho))]


def yes(rng: np.random.Generator, latent: Floats, p: float, rho: float = 0.0) -> Bools:
    """Return True for a share ``p`` of elements, more often where ``latent`` is high."""
    return -blend(rng, latent, rho) < ndtri(p)


def draw(rng: np.random.Generator, shares: Mapping[str, float], n: int) -> Texts:
    """Return ``n`` names of ``shares``, drawn independently."""
    weights = np.array(list(shares.values()), dtype=float)
    return np.array(list(shares))[rng.choice(len(weights), n, p=weights / weights.sum())]


def event_month(rng: np.random.Generator, n: int, hazard: float) -> Ints:
    """Return after how many months (1, 2, ...) something happens to each of ``n``."""
    return rng.geometric(hazard, n)


def largest_remainder(total: int, weights: Floats) -> Ints:
    """Share out ``total`` in whole numbers by ``weights``.

    Examples
    --------
    >>> largest_remainder(10, np.array([1.0, 1.0, 1.0])).tolist()
    [4, 3, 3]
    """
    exact = total * weights / weights.sum()
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def counter(groups: Ints) -> Ints:
    """Return each element's place within its group, from 0, in order of appearance.

    Examples
    --------
    >>> counter(np.array([5, 5, 7, 5, 7])).tolist()
    [0, 1, 0, 2, 1]
    """
    order = np.argsort(groups, kind="stable")
    ranked = groups[order]
    starts = np.r_[0, np.flatnonzero(np.diff(ranked)) + 1] if len(groups) else np.zeros(0, int)
    sizes = np.diff(np.r_[starts, len(groups)])
    place = np.empty(len(groups), dtype=np.int64)
    place[order] = np.arange(len(groups)) - np.repeat(starts, sizes)
    return place
