"""The simulated programmes: a year that only goes forward, agrees with the register and ends plausibly."""

from __future__ import annotations

import calendar
import itertools
from datetime import date

import numpy as np
import polars as pl
import pytest

from povexit.clean.programmes import AHEAD, TABLES
from povexit.schema import codes, columns
from povexit_sim import Population, simulate_county
from povexit_sim.allocation import bases
from povexit_sim.programmes import LEDGERS
from povexit_sim.programmes.scene import done_months, enough
from povexit_sim.settings import month_at

COUNTY, SCALE = "451002", 0.02
YEAR = [month_at(n) for n in range(12)]
#: What names a record of each ledger.
NAMED = {
    "loan_ledger": ["household_number"],
    "relocation_ledger": ["household_number"],
    "fund_ledger": ["project_id"],
    "industry_ledger": ["unit_type", "village_code", "household_number", "leader_type"],
    "zone_ledger": ["zone_name", "household_number"],
    "tourism_ledger": ["household_number"],
    "works_ledger": ["work_kind", "unit_type", "village_code", "hamlet_name", "household_number"],
    "service_ledger": ["service", "id_number", "household_number", "school_name"],
    "inspection_ledger": ["visit_kind", "unit_type", "village_code", "household_number"],
    "finding_ledger": ["finding_id"],
}
#: What never falls; dates, once there, stay.
RISING = {
    "loan_ledger": ["loan_yuan", "repaid_yuan"],
    "relocation_ledger": ["flat_built_share", "is_flat_finished"],
    "fund_ledger": ["paid_yuan"],
    "works_ledger": ["done_share", "is_done"],
    "inspection_ledger": ["visits_done"],
}
GROWING = ("repaid_date", "last_visit_date")


@pytest.fixture(scope="module")
def year() -> list[Population]:
    return [simulate_county(COUNTY, month, SCALE) for month in YEAR]


@pytest.fixture(scope="module")
def december() -> dict[str, Population]:
    return {county: simulate_county(county, "2016-12", 0.01) for county in bases()}


def last_day(month: str) -> date:
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, calendar.monthrange(year, number)[1])


@pytest.mark.parametrize("ledger", LEDGERS)
def test_a_record_is_there_once(year: list[Population], ledger: str) -> None:
    for population in (year[0], year[-1]):
        assert not population.ledgers[ledger].select(NAMED[ledger]).is_duplicated().any()


@pytest.mark.parametrize("ledger", LEDGERS)
def test_the_year_only_goes_forward(year: list[Population], ledger: str) -> None:
    name = pl.concat_str(NAMED[ledger], ignore_nulls=True, separator="/").alias("_name")
    dates = [c for c, k in columns(TABLES[ledger]).items() if k.dtype == "date"]
    for before, after in itertools.pairwise(year):
        old, new = (p.ledgers[ledger].with_columns(name) for p in (before, after))
        assert new.height >= old.height - (ledger == "service_ledger") * 5  # persons die
        both = old.join(new, on="_name", suffix="_new")
        assert both.height >= old.height - (ledger == "service_ledger") * 5
        for column in RISING.get(ledger, []):
            assert (both[f"{column}_new"] >= both[column]).all(), (after.month, column)
        for column in dates:
            known = both.filter(pl.col(column).is_not_null())
            stays, later = known[f"{column}_new"], known[column]
            assert ((stays >= later) if column in GROWING else (stays == later)).all(), column


@pytest.mark.parametrize("ledger", LEDGERS)
def test_nothing_happens_after_the_month(year: list[Population], ledger: str) -> None:
    for population in year:
        frame = population.ledgers[ledger]
        for column, known in columns(TABLES[ledger]).items():
            if known.dtype == "date" and column not in AHEAD and frame.height:
                latest = frame[column].max()
                assert latest is None or latest <= last_day(population.month), column


@pytest.mark.parametrize("ledger", LEDGERS)
def test_codes_and_ranges_are_those_of_the_catalogue(
    december: dict[str, Population], ledger: str
) -> None:
    for population in december.values():
        frame = population.ledgers[ledger]
        for column, known in columns(TABLES[ledger]).items():
            if known.codes:
                assert set(frame[column].drop_nulls()) <= {c.value for c in codes(known.codes)}
            if known.maximum is not None and frame.height:
                assert frame[column].drop_nulls().is_between(known.minimum, known.maximum).all()


def test_no_part_is_more_than_its_whole(december: dict[str, Population]) -> None:
    parts = {
        "loan_ledger": [("repaid_yuan", "loan_yuan"), ("overdue_yuan", "loan_yuan")],
        "fund_ledger": [("paid_yuan", "granted_yuan")],
        "service_ledger": [("reached_persons", "entitled_persons")],
        "inspection_ledger": [("visits_done", "visits_due")],
    }
    for population in december.values():
        for ledger, pairs in parts.items():
            for part, whole in pairs:
                frame = population.ledgers[ledger]
                assert (frame[part] <= frame[whole]).all(), (ledger, part)


def test_units_are_those_of_the_register(december: dict[str, Population]) -> None:
    for population in december.values():
        numbers = set(population.households["household_number"])
        persons = set(population.persons["id_number"])
        villages = set(population.villages["village_code"])
        for frame in population.ledgers.values():
            told = {
                n: set(frame[n].drop_nulls())
                for n in ("household_number", "id_number", "village_code")
                if n in frame.columns
            }
            assert told.get("household_number", set()) <= numbers
            assert told.get("id_number", set()) <= persons
            assert told.get("village_code", set()) <= villages


def test_moves_are_those_the_register_tells(december: dict[str, Population]) -> None:
    moves = pl.concat(
        [
            p.ledgers["relocation_ledger"].join(
                p.households.select("household_number", "has_moved_in", "dwelling_status"),
                on="household_number",
            )
            for p in december.values()
        ],
        how="vertical_relaxed",
    )
    told = moves.filter(pl.col("has_moved_in").is_not_null())
    assert told.height > 20
    assert (told["has_moved_in"] == told["moved_date"].is_not_null()).all()
    assert (moves["keys_date"] <= moves["moved_date"]).all()


def test_roads_and_houses_are_done_when_the_register_says(year: list[Population]) -> None:
    for population in year[::5]:
        works = population.ledgers["works_ledger"]
        homes = population.households
        house = works.filter(pl.col("work_kind") == "house").join(homes, on="household_number")
        is_safe = house["dwelling_grade"].is_in(["A", "B"])
        # a household that has left the register has a safe house in it whatever was done
        poor = house["register_status"].is_in(["poor", "returned"])
        assert (is_safe == house["is_done"]).filter(poor).all()


def test_villages_are_connected_by_the_drive_and_not_before(year: list[Population]) -> None:
    flags = [p.villages.select("has_broadband", "has_hardened_road") for p in year]
    assert flags[0].equals(flags[5])
    for population in year:
        works = population.ledgers["works_ledger"].filter(
            pl.col("work_kind") == "broadband", pl.col("unit_type") == "village"
        )
        both = works.join(population.villages, on="village_code")
        assert (both["is_done"] <= both["has_broadband"]).all()
        assert works.height > 0


def test_ten_thousand_persons_move_from_lingyun_to_tianyang(
    december: dict[str, Population],
) -> None:
    for county, population in december.items():
        moves = population.ledgers["relocation_ledger"]
        across = moves.filter(pl.col("to_county_code") != county)
        if county == "451027":
            assert set(across["to_county_code"]) == {"451021"}
            # births and deaths of a year aside
            assert across["persons"].sum() == pytest.approx(10_000 * 0.01, abs=8)
        else:
            assert across.height == 0


def _share(populations: dict[str, Population], ledger: str, part: pl.Expr, whole: pl.Expr) -> float:
    sums = [
        p.ledgers[ledger].select(part=part.sum(), whole=whole.sum()) for p in populations.values()
    ]
    total = pl.concat(sums, how="vertical_relaxed").sum()
    return float(total["part"][0] / total["whole"][0])


def test_the_year_ends_with_most_done_and_some_late(december: dict[str, Population]) -> None:
    col = pl.col
    able = (col("is_eligible") & col("is_willing")).cast(pl.Int64)
    old = col("fund_year") < 2016
    shares = {
        "loans": _share(december, "loan_ledger", (col("loan_yuan") > 0).cast(pl.Int64), able),
        "moved": _share(
            december,
            "relocation_ledger",
            pl.when(col("moved_date").is_not_null()).then("persons"),
            col("persons"),
        ),
        "works": _share(december, "works_ledger", col("is_done"), col("is_done").is_not_null()),
        "reached": _share(
            december, "service_ledger", col("reached_persons"), col("entitled_persons")
        ),
        "visited": _share(december, "inspection_ledger", col("visits_done"), col("visits_due")),
        "cleared": _share(
            december,
            "fund_ledger",
            pl.when(old).then("paid_yuan"),
            pl.when(old).then("granted_yuan"),
        ),
    }
    assert 0.7 < shares["loans"] < 0.97
    assert 0.35 < shares["moved"] < 0.85
    assert 0.7 < shares["works"] < 0.98
    assert 0.9 < shares["reached"] < 1
    assert 0.88 < shares["visited"] < 1
    assert 0.9 < shares["cleared"] <= 1


def test_counties_differ_in_haste(december: dict[str, Population]) -> None:
    led = [
        p.ledgers["works_ledger"].filter(pl.col("unit_type") == "household")["is_done"].mean()
        for p in december.values()
    ]
    assert max(led) - min(led) > 0.05  # type: ignore[type-var, operator]


def test_the_campaign_brings_households_to_the_standard_and_exits_come_in_december(
    year: list[Population],
) -> None:
    brought = [
        p.households.filter("is_sure", pl.col("register_status").is_in(["poor", "exited_new"]))
        for p in year
    ]
    counts = [frame.height for frame in brought]
    new = [frame.filter(pl.col("register_status") == "exited_new") for frame in brought]
    # until June only what happened by itself; then the drive, each month more
    assert counts[5] == new[5].height
    assert all(a < b for a, b in itertools.pairwise(counts[5:]))
    assert new[10].height < 0.2 * counts[10]
    assert new[11].height == counts[11]
    by_drive = new[11].filter(pl.col("drive_month") <= 11, ~pl.col("is_ready"))
    assert set(by_drive["exit_date"]) == {date(2016, 12, 1)}
    for frame in brought:
        assert (frame["net_income_per_capita_stated_yuan"] > 2952).all()
        assert frame["dwelling_grade"].is_in(["A", "B"]).all()
        assert (frame["insured_members"] == frame["household_size"]).all()


def test_a_household_brought_to_the_standard_stays_there(year: list[Population]) -> None:
    for before, after in itertools.pairwise(year):
        sure = before.households.filter("is_sure")["household_number"]
        now = after.households.filter("is_sure")["household_number"]
        returned = after.households.filter(pl.col("register_status") == "returned")
        assert set(sure) - set(now) <= set(returned["household_number"])


def test_a_month_can_be_made_without_the_one_before(year: list[Population]) -> None:
    again = simulate_county(COUNTY, YEAR[7], SCALE)
    for ledger, frame in again.ledgers.items():
        assert frame.equals(year[7].ledgers[ledger]), ledger


def test_months_follow_the_curve_and_haste_brings_them_forward() -> None:
    rng = np.random.default_rng(3)
    curve = [0.1, *np.linspace(0.15, 0.8, 12)]
    usual = done_months(rng, 20_000, curve)
    assert (usual < 0).mean() == pytest.approx(0.1, abs=0.01)
    assert (usual <= 11).mean() == pytest.approx(0.8, abs=0.01)
    assert done_months(rng, 20_000, curve, haste=2.0).mean() < usual.mean()


def test_enough_households_are_chosen_and_no_more_than_needed() -> None:
    rng = np.random.default_rng(3)
    able, sizes = np.arange(100) % 2 == 0, np.full(100, 4)
    chosen = enough(rng, able, sizes, 41)
    assert (chosen & ~able).sum() == 0
    assert sizes[chosen].sum() == 44
    assert enough(rng, able, sizes, 10_000).sum() == able.sum()
