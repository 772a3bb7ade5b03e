"""A household's income by source, as the register's income tree has it.

The household's standing sets net income per head; transfers it is entitled to come
first, what is left is earned, shared over the sources the household has. So the parts
always add up and no source is drawn apart from the people and the land behind it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from povexit_sim.noise import Bools, Floats, blend
from povexit_sim.settings import settings

Columns = dict[str, Any]
BUSINESS = (
    "crop_income_yuan",
    "forestry_income_yuan",
    "livestock_income_yuan",
    "poultry_income_yuan",
    "sericulture_income_yuan",
    "fishery_income_yuan",
    "other_business_income_yuan",
)


def earned() -> tuple[str, ...]:
    """Return the sources that grow with the household's work."""
    return tuple(settings()["income"]["earned"])


def transfers() -> tuple[str, ...]:
    """Return the sources that are paid by rule."""
    fixed = ("basic_pension_income_yuan", "dibao_income_yuan", "farm_subsidy_yuan")
    return (*settings()["income"]["occasional"], *fixed)


def sources() -> tuple[str, ...]:
    """Return all sources; total income is their sum."""
    return (*earned(), *transfers())


def target_per_capita(rng: np.random.Generator, latent: Floats) -> Floats:
    """Return net income a head that a registered household of this standing reaches."""
    own = settings()["income"]
    return own["median_per_capita_yuan"] * np.exp(own["sigma"] * blend(rng, latent, own["rho"]))


def _paid(rng: np.random.Generator, have: Columns, is_border: Bools) -> Columns:
    own, n = settings()["income"], len(is_border)
    paid: Columns = {}
    for name, payment in own["occasional"].items():
        gets = rng.random(n) < payment["share"]
        if name == "border_subsidy_yuan":
            gets &= is_border
        paid[name] = np.where(gets, payment["yuan"], 0)
    rates = np.array([own["dibao_yuan"][c] for c in have["dibao_class"]])
    covered = np.ceil(have["size"] * rng.uniform(0.3, 1.0, n))
    paid["basic_pension_income_yuan"] = own["pension_yuan"] * have["elders"]
    paid["dibao_income_yuan"] = rates * covered
    paid["farm_subsidy_yuan"] = own["farm_subsidy_yuan_per_mu"] * have["cultivated_land_mu"]
    return {name: np.round(value).astype(np.int64) for name, value in paid.items()}


def _weights(rng: np.random.Generator, have: Columns) -> Floats:
    n = len(have["size"])
    columns = []
    for source in settings()["income"]["earned"].values():
        per = 1.0 if source["per"] == "one" else have[source["per"]]
        has = rng.random(n) < source["share"]
        columns.append(source["weight"] * per * has * rng.gamma(2.0, 0.5, n))
    weights = np.column_stack(columns)
    weights[:, list(settings()["income"]["earned"]).index("other_income_yuan")] += 1e-3
    return weights / weights.sum(axis=1, keepdims=True)


def earn(
    rng: np.random.Generator, have: Columns, is_border: Bools, net_per_capita: Floats
) -> Columns:
    """Return every income source and the production cost, in whole yuan a year.

    Parameters
    ----------
    rng
        Random stream.
    have
        ``size``, ``elders``, ``resident_workers``, ``away_workers``, ``dibao_class`` and land.
    is_border
        Whether the village gets the border subsidy.
    net_per_capita
        Net income a head to reach (yuan); transfers may carry a household above it.
    """
    own = settings()["income"]
    paid = _paid(rng, have, is_border)
    share = _weights(rng, have)
    is_business = np.isin(list(own["earned"]), BUSINESS)
    cost_share = np.clip(rng.normal(own["cost_share"], 0.06, len(share)), 0.05, 0.5)
    kept = 1 - cost_share * share[:, is_business].sum(axis=1)
    target = net_per_capita * have["size"]
    rest = np.maximum(target - sum(paid.values()), own["smallest_earned_share"] * target)
    amounts = np.round(share * (rest / kept)[:, None]).astype(np.int64)
    cost = np.round(amounts[:, is_business].sum(axis=1) * cost_share).astype(np.int64)
    return dict(zip(own["earned"], amounts.T, strict=True)) | paid | {"production_cost_yuan": cost}
