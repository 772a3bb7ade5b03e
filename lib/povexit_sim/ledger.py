"""The village ledger: what a village office counts, from the households that live there."""

from __future__ import annotations

import numpy as np
import polars as pl

from povexit_sim.noise import blend, stream, yes
from povexit_sim.places import Places

_POOR = ("poor", "returned")
_YES = {  # share, correlation with the village's standing
    "has_hardened_road": (0.93, 0.5),
    "has_broadband": (0.82, 0.5),
    "has_cooperative": (0.72, 0.2),
    "has_office": (0.97, 0.3),
    "has_clinic": (0.90, 0.3),
    "has_culture_room": (0.78, 0.3),
    "has_court": (0.83, 0.2),
}


def _registered(households: pl.DataFrame) -> pl.DataFrame:
    poor = pl.col("register_status").is_in(_POOR)
    size = pl.col("household_size")
    safe = pl.col("dwelling_grade").is_in(["A", "B"])
    return households.group_by("village_code").agg(
        r_households=pl.len(),
        r_persons=size.sum(),
        poor_households=poor.sum(),
        poor_persons=size.filter(poor).sum(),
        r_water=pl.col("is_water_safe").sum(),
        r_power=pl.col("has_electricity").sum(),
        r_tv=pl.col("has_tv").sum(),
        r_housing=safe.sum(),
        r_insured=pl.col("insured_members").sum(),
        r_children=pl.col("school_age_children").sum(),
        r_dropouts=pl.col("school_dropouts").sum(),
        industry_households=(
            poor & pl.col("is_cooperative_member") | (poor & (pl.col("livestock_income_yuan") > 0))
        ).sum(),
    )


def _others(others: pl.DataFrame) -> pl.DataFrame:
    return others.group_by("village_code").agg(
        o_households=pl.len(),
        o_persons=pl.col("household_size").sum(),
        o_water=pl.col("true_is_water_safe").sum(),
        o_tv=pl.col("has_tv").sum(),
        o_housing=pl.col("true_dwelling_grade").is_in(["A", "B"]).sum(),
        o_insured=pl.col("true_insured_members").sum(),
        o_children=pl.col("school_age_children").sum(),
        o_dropouts=pl.col("true_school_dropouts").sum(),
    )


def _roads(hamlets: pl.DataFrame) -> pl.DataFrame:
    large = pl.col("hamlet_households") >= 20
    good = pl.col("hamlet_road_surface").is_in(["gravel", "cement", "asphalt"])
    return (
        hamlets.group_by("village", maintain_order=True)
        .agg(
            hamlets_total=pl.len(),
            hamlets_20plus=large.sum(),
            hamlets_20plus_with_road=(large & good & pl.col("is_motor_passable")).sum(),
        )
        .sort("village")
        .drop("village")
    )


def _services(places: Places) -> pl.DataFrame:
    villages = places.villages
    # a village's services must not change with the scale, so each has a stream of its own code
    rows = []
    for code, latent in zip(villages["village_code"], villages["latent"], strict=True):
        rng = stream(0, str(code), "services")
        own = np.array([latent])
        row: dict[str, bool | int | float] = {
            name: bool(yes(rng, own, p, rho)[0]) for name, (p, rho) in _YES.items()
        }
        row["road_surface_width_m"] = round(
            float(np.clip(4.4 + 0.5 * blend(rng, own, 0.4)[0], 3.0, 7.0)), 1
        )
        row["collective_income_yuan"] = float(
            round(np.exp(8.6 + 0.9 * blend(rng, own, 0.4)[0]) / 100) * 100
        )
        row["open_committee_problems"] = int(rng.random() < 0.06)
        rows.append(row)
    return pl.DataFrame(rows)


def village_ledger(
    places: Places,
    hamlets: pl.DataFrame,
    households: pl.DataFrame,
    persons: pl.DataFrame,
    others: pl.DataFrame,
) -> pl.DataFrame:
    """Return the villages with the catalogue's columns, a row a village.

    Parameters
    ----------
    places
        Villages of the county.
    hamlets
        From `hamlets_at`.
    households, persons
        The register in the month.
    others
        Unregistered households.
    """
    names = ["village_code", "county_code", "township_name", "village_name", "is_poor_village"]
    names += ["longitude", "latitude"]
    villages = places.villages
    frame = pl.DataFrame({c: villages[c].tolist() for c in names})
    years = zip(villages["planned_exit_year"], villages["is_poor_village"], strict=True)
    planned = [int(year) if is_poor else None for year, is_poor in years]
    frame = frame.with_columns(pl.Series("planned_exit_year", planned, dtype=pl.Int64))
    frame = pl.concat([frame, _roads(hamlets), _services(places)], how="horizontal")
    frame = frame.join(
        _registered(households), on="village_code", how="left", maintain_order="left"
    )
    frame = frame.join(_others(others), on="village_code", how="left", maintain_order="left")
    frame = frame.with_columns(pl.selectors.integer().exclude("planned_exit_year").fill_null(0))
    col = pl.col
    return frame.with_columns(
        households_total=col("r_households") + col("o_households"),
        persons_total=col("r_persons") + col("o_persons"),
        safe_water_households=col("r_water") + col("o_water"),
        electricity_households=col("r_power") + col("o_households"),
        tv_households=col("r_tv") + col("o_tv"),
        safe_housing_households=col("r_housing") + col("o_housing"),
        insured_persons=col("r_insured") + col("o_insured"),
        school_age_children=col("r_children") + col("o_children"),
        school_age_dropouts=col("r_dropouts") + col("o_dropouts"),
    ).select(pl.exclude("^[ro]_.*$"))
