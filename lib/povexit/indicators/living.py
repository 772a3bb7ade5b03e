"""Land, dwelling and dibao of a household, per person where the standard asks so."""

from __future__ import annotations

import narwhals as nw

from povexit.indicators.logic import is_one_of, is_true, per_person
from povexit.standards import definition

LIVING_COLUMNS = (
    "cultivated_land_mu",
    "paddy_land_mu",
    "dry_land_mu",
    "cash_forest_mu",
    "forest_land_mu",
    "floor_area_m2",
    "is_split_household",
    "pooled_floor_area_m2",
    "pooled_persons",
    "dibao_class",
)


def land_with_stable_income(land: str) -> nw.Expr:
    """Return land per person if the household's income is stable, none if it is not."""
    area = per_person(land)
    is_stable = nw.col("is_income_stable").cast(nw.Float64)
    return nw.when(is_true(area == 0)).then(area).otherwise(area * is_stable)


def pooled_floor_area_per_person() -> nw.Expr:
    """Return floor area per person, of parents and children together where they split."""
    is_split = nw.col("is_split_household")
    pooled = nw.when(is_true(is_split)).then(per_person("pooled_floor_area_m2", "pooled_persons"))
    own = nw.when(is_true(~is_split)).then(per_person("floor_area_m2"))
    return nw.coalesce(pooled, own)


def receives_dibao() -> nw.Expr:
    """Tell whether a household receives dibao: by its class, or else by its members' answers."""
    by_class = is_one_of("dibao_class", definition("dibao_received").values)
    return nw.coalesce(by_class, nw.col("is_member_on_dibao"))


def has_qualifying_dibao() -> nw.Expr:
    """Tell whether dibao counts: class A or B, and wholly or partly without labour ability."""
    is_counted = is_one_of("dibao_class", definition("dibao_counted").values)
    return is_counted & ~nw.col("has_full_labour")


def livings() -> dict[str, nw.Expr]:
    """Return the indicators of land, dwelling and dibao by name."""
    return {
        "cultivated_land_per_person_mu": per_person("cultivated_land_mu"),
        "forest_land_per_person_mu": per_person("forest_land_mu"),
        "stable_paddy_land_per_person_mu": land_with_stable_income("paddy_land_mu"),
        "stable_dry_land_per_person_mu": land_with_stable_income("dry_land_mu"),
        "stable_cash_forest_per_person_mu": land_with_stable_income("cash_forest_mu"),
        "stable_forest_land_per_person_mu": land_with_stable_income("forest_land_mu"),
        "floor_area_per_person_m2": per_person("floor_area_m2"),
        "pooled_floor_area_per_person_m2": pooled_floor_area_per_person(),
        "receives_dibao": receives_dibao(),
        "has_qualifying_dibao": has_qualifying_dibao(),
    }
