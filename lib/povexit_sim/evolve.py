"""The register as it stands in a month: what has changed since the start, applied.

Changes were drawn with the people (see `register`), so this is selection and
arithmetic only, and every month is made without the one before.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from povexit_sim import incomes
from povexit_sim.register import NEVER, Register
from povexit_sim.settings import month_at, month_number, settings

_EXITED = ("exited_before", "exited_new")


def _exit_month() -> pl.Expr:
    """Return when a household leaves the register: by itself, or with those the campaign brings."""
    year_end = month_number(settings()["drive"]["exits"])
    own = pl.when("is_ready").then("exit_month").otherwise(NEVER)
    driven = pl.max_horizontal(pl.col("drive_month"), pl.lit(year_end))
    return pl.min_horizontal(own, driven).alias("exit_month")


def _status(month: int) -> pl.Expr:
    returned = pl.col("returned_month") <= month
    exited = pl.when(returned).then(pl.lit("returned")).otherwise(pl.lit("exited_before"))
    new = pl.col("exit_month") <= month
    poor = pl.when(new).then(pl.lit("exited_new")).otherwise(pl.lit("poor"))
    return pl.when(pl.col("group") == "exited").then(exited).otherwise(poor)


def _ready(register: Register) -> np.ndarray:
    """Return which households could exit in 2016: all simple conditions hold at the start."""
    own, people, truth = register.households, register.persons, settings()["truth"]
    now = people["entered_month"] == 0
    trouble = now & (~people["is_insured"] | people["is_out_of_school"])
    n = len(own["village"])
    free = np.bincount(people["household"], weights=trouble, minlength=n) == 0
    net = sum(own[s] for s in incomes.sources()) - own["production_cost_yuan"]
    settled = ~np.isin(own["dwelling_status"], ["new", "none"])
    return (
        free
        & settled
        & (net / own["size"] > truth["poverty_line_yuan"])
        & np.isin(own["dwelling_grade"], truth["safe_grades"])
        & (own["floor_area_m2"] >= truth["adequate_floor_m2"] * own["size"])
        & ~own["has_water_difficulty"]
        & own["has_tv"]
        & own["has_electricity"]
        & (own["planned_exit_year"] == 2016)
        & (own["group"] == "poor")
    )


def _hamlets(register: Register, month: int) -> pl.DataFrame:
    hamlets = register.places.hamlets
    latent = hamlets["road_latent"].to_numpy()
    surface = np.select(
        [latent > 1.75, latent > -0.45, latent > -1.75, latent > -2.6],
        ["asphalt", "cement", "gravel", "earth"],
        "none",
    )
    hazard = settings()["events"]["road_built"]
    is_built = hamlets["lot"].to_numpy() < 1 - (1 - hazard) ** month
    surface = np.where(is_built & np.isin(surface, ["none", "earth"]), "gravel", surface)
    middle = np.select(
        [np.isin(surface, ["asphalt", "cement"]), surface == "gravel"], [4.1, 3.8], 2.9
    )
    width = np.round(np.clip(middle + hamlets["width_noise"].to_numpy(), 2.0, 8.0), 1)
    passable = ~np.isin(surface, ["none"]) & ((surface != "earth") | (hamlets["lot"] < 0.7))
    return pl.DataFrame(
        {
            "hamlet_name": hamlets["hamlet_name"].to_list(),
            "hamlet_households": hamlets["hamlet_households"].to_numpy(),
            "hamlet_road_surface": surface.tolist(),
            "hamlet_road_width_m": np.where(surface == "none", np.nan, width),
            "is_motor_passable": passable,
        }
    ).with_columns(pl.col("hamlet_road_width_m").fill_nan(None))


def _frame(columns: dict[str, np.ndarray]) -> pl.DataFrame:
    return pl.DataFrame({k: v.tolist() if v.dtype.kind == "U" else v for k, v in columns.items()})


def hamlets_at(register: Register, month: int) -> pl.DataFrame:
    """Return the hamlets with their roads and the index of their village."""
    village = register.places.hamlets["village"].to_numpy()
    return _hamlets(register, month).with_columns(pl.Series("village", village))


def _placed(register: Register, month: int) -> pl.DataFrame:
    own = register.households
    villages = register.places.villages
    frame = _frame({k: v for k, v in own.items() if k not in ("size",)})
    columns = ["county_code", "township_name", "village_code", "village_name"]
    where = pl.DataFrame({c: villages[c].astype(str).tolist() for c in columns})
    names = where[own["village"]]
    hamlets = _hamlets(register, month)[own["hamlet"]]
    return pl.concat([names, hamlets, frame], how="horizontal").with_row_index("household")


def _homes(month: int) -> list[pl.Expr]:
    """Return the traits that time improves, and those that apply to some homes only."""
    status, grade = pl.col("dwelling_status"), pl.col("dwelling_grade")
    is_new = status == "new"
    share = pl.min_horizontal(pl.lit(1.0), pl.col("built_at_start") + month * pl.col("build_speed"))
    repaired = (pl.col("repaired_month") <= month) & grade.is_in(["C", "D"])
    moved = pl.col("is_relocated")
    keys, lives = pl.col("keys_month") <= month, pl.col("moved_month") <= month
    is_built = share >= 0.999
    solved = pl.col("water_month") <= month
    unsafe = pl.col("water_source").is_in(["none", "surface"])
    return [
        pl.when(is_new).then(share.round(2)).alias("new_house_built_share"),
        pl.when(is_new).then(pl.col("build_speed") > 0.025).alias("is_finishable_in_half_year"),
        pl.when(is_new).then(is_built).when(moved).then(lives).alias("is_move_in_ready"),
        pl.when(status == "relocated_concentrated").then(keys).alias("has_keys"),
        pl.when(moved).then(lives).alias("has_moved_in"),
        pl.when(moved).then(pl.col("is_relocation_confirmed")).alias("is_relocation_confirmed"),
        pl.when(repaired).then(pl.lit("B")).otherwise(grade).alias("dwelling_grade"),
        (pl.col("is_dwelling_sound") | repaired).alias("is_dwelling_sound"),
        pl.when(solved & unsafe)
        .then(pl.lit("tank"))
        .otherwise("water_source")
        .alias("water_source"),
        (pl.col("has_water_difficulty") & ~solved).alias("has_water_difficulty"),
        (pl.col("is_water_clear") | solved).alias("is_water_clear"),
        *(
            (pl.col(c) | (pl.col(f"{c}_month") <= month)).alias(c)
            for c in ("has_tv", "has_electricity")
        ),
        *(
            pl.when("has_sick").then(c).alias(c)
            for c in ("has_treatment_reimbursed", "has_entitled_medical_aid")
        ),
    ]


def _assured() -> list[pl.Expr]:
    """Return the record of a household brought to the standard: every simple condition holds in it."""
    sure = pl.col("is_sure")
    good = {"is_dwelling_sound": True, "is_food_clothing_secure": True, "is_water_clear": True}
    good |= {
        "has_tv": True,
        "has_tv_reception": True,
        "has_electricity": True,
        "has_water_difficulty": False,
    }
    floor = settings()["truth"]["adequate_floor_m2"] * 1.1 * pl.col("household_size")
    unsafe = {"dwelling_grade": (["C", "D"], "B"), "water_source": (["none", "surface"], "tap")}
    unsafe |= {"dwelling_status": (["new", "none"], "existing")}
    return [
        *(pl.when(sure).then(pl.lit(v)).otherwise(c).alias(c) for c, v in good.items()),
        *(
            pl.when(sure & pl.col(c).is_in(bad)).then(pl.lit(v)).otherwise(c).alias(c)
            for c, (bad, v) in unsafe.items()
        ),
        pl.when(sure)
        .then(pl.max_horizontal("floor_area_m2", floor.round()))
        .otherwise("floor_area_m2")
        .alias("floor_area_m2"),
        pl.when(~sure | (pl.col("dwelling_status") != "new")).then("new_house_built_share"),
    ]


def _money(frame: pl.DataFrame, month: int) -> pl.DataFrame:
    """Bring incomes to the month; households at the standard lie above the line by a margin."""
    truth = settings()["truth"]
    earned, paid = list(incomes.earned()), list(incomes.transfers())
    quarters = (month + frame["phase"]) // 3
    growth = np.exp(3 * frame["growth"].to_numpy() * quarters.to_numpy())
    kept = (
        frame.select(earned).sum_horizontal() - frame["production_cost_yuan"]
    ).to_numpy() * growth
    given = frame.select(paid).sum_horizontal().to_numpy()
    floor = truth["poverty_line_yuan"] * truth["safe_margin"] * frame["margin_noise"].to_numpy()
    sure = frame["is_sure"].to_numpy()
    lacking = np.maximum(floor * frame["household_size"].to_numpy() - given, 0) / np.maximum(
        kept, 1
    )
    factor = growth * np.where(sure, np.maximum(lacking, 1.0), 1.0)
    scaled = [
        (pl.col(c) * pl.lit(pl.Series(factor))).round().cast(pl.Int64).alias(c)
        for c in (*earned, "production_cost_yuan")
    ]
    frame = frame.with_columns(scaled)
    frame = frame.with_columns(total_income_yuan=pl.sum_horizontal(*earned, *paid))
    frame = frame.with_columns(
        net_income_yuan=pl.col("total_income_yuan") - pl.col("production_cost_yuan")
    )
    per_head = (pl.col("net_income_yuan") / pl.col("household_size")).round(2)
    return frame.with_columns(net_income_per_capita_stated_yuan=per_head)


def _people(register: Register, households: pl.DataFrame, month: int) -> pl.DataFrame:
    persons = _frame(register.persons).with_row_index("person")
    here = (pl.col("entered_month") <= month) & (pl.col("death_month") > month)
    kept = ["household", "household_number", "register_status", "is_sure", "has_dibao"]
    known = households.select(kept)
    persons = persons.filter(here).with_columns(pl.col("household").cast(pl.UInt32))
    persons = persons.join(known, on="household", how="inner", maintain_order="left")
    sure = pl.col("is_sure")
    out = pl.col("is_out_of_school") & (pl.col("back_month") > month) & ~sure
    insured = pl.col("is_insured") | (pl.col("insured_month") <= month) | sure
    status = pl.when(out).then(pl.lit("not_student")).when("is_out_of_school").then("school_status")
    disabled = pl.col("health") == "disabled"
    visits = pl.col("school_home_visits")
    birth = pl.date(pl.col("birth_year"), pl.col("birth_month"), 1)
    now = 12 * int(month_at(month)[:4]) + int(month_at(month)[5:])
    age = (now - 12 * pl.col("birth_year") - pl.col("birth_month")) // 12
    return persons.with_columns(
        birth_date=birth,
        age_years=age,
        student_status=status.otherwise("student_status"),
        out_of_school_reason=pl.when(out).then("out_of_school_reason"),
        school_home_visits=pl.when(out).then(visits),
        has_three_party_signature=pl.when(out).then(visits >= 2),
        medical_insurance=pl.when(insured).then("insurance").otherwise(pl.lit("none")),
        has_serious_illness_insurance=insured & pl.col("has_serious_illness_insurance"),
        disability_grade=pl.when(disabled).then("disability_grade"),
        has_disability_card=pl.when(disabled).then("has_disability_card"),
        work_place=pl.col("work_place").replace("", None),
        months_away=pl.col("months_away").fill_nan(None),
        receives_dibao=pl.col("has_dibao"),
        is_out=out,
        is_insured_now=insured,
    )


def _dated(month: int) -> list[pl.Expr]:
    before = pl.col("register_status") == "exited_before"
    new = pl.col("register_status") == "exited_new"
    years, months = 2016 + pl.col("exit_month") // 12, pl.col("exit_month") % 12 + 1
    exit_date = (
        pl.when(before)
        .then(pl.date("exit_year_before", 12, 1))
        .when(new)
        .then(pl.date(years, months, 1))
    )
    planned = pl.when(before).then("exit_year_before").otherwise("planned_exit_year")
    cause = pl.col("poverty_cause_other").replace("", None)
    return [exit_date.alias("exit_date"), planned.alias("planned_exit_year"), cause]


def state(register: Register, month: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return households and persons as the register has them in a month.

    Parameters
    ----------
    register
        From `make_register`.
    month
        Months since 2016-01.
    """
    frame = _placed(register, month).with_columns(pl.Series("is_ready", _ready(register)))
    frame = frame.filter(pl.col("entered_month") <= month)
    frame = frame.with_columns(_exit_month())
    frame = frame.with_columns(
        register_status=_status(month), has_dibao=pl.col("dibao_class") != "none"
    )
    is_driven = pl.col("drive_month") <= month
    frame = frame.with_columns(is_sure=pl.col("register_status").is_in(_EXITED) | is_driven)
    persons = _people(register, frame, month)
    sums = persons.group_by("household").agg(
        household_size=pl.len().cast(pl.Int64),
        insured_members=pl.col("is_insured_now").sum().cast(pl.Int64),
        school_dropouts=pl.col("is_out").sum().cast(pl.Int64),
        school_age_children=pl.col("age_years")
        .is_between(*settings()["persons"]["school_age"])
        .sum()
        .cast(pl.Int64),
        head_name=pl.col("person_name").first(),
        phone=pl.col("phone").first(),
    )
    frame = frame.join(sums, on="household", how="inner", maintain_order="left")
    frame = frame.with_columns(_homes(month)).with_columns(_assured())
    pooled = pl.when("is_split_household").then(pl.col("household_size") + pl.col("pooled_extra"))
    frame = frame.with_columns(
        *_dated(month),
        pooled_persons=pooled.cast(pl.Int64),
        pooled_floor_area_m2=pl.max_horizontal("pooled_floor_area_m2", "floor_area_m2"),
        helper_name=pl.when("has_helper").then("helper_name"),
        helper_id_number=pl.when("has_helper").then("helper_id_number"),
    )
    frame = frame.with_columns(
        pooled_floor_area_m2=pl.when("is_split_household").then("pooled_floor_area_m2")
    )
    return _money(frame, month), persons
