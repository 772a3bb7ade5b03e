"""The simulated people: totals that hold, persons who agree with their household, months that follow."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from povexit.errors import UnknownNameError
from povexit.geography import county_boundaries
from povexit.schema import codes, columns
from povexit_sim import Population, simulate_county
from povexit_sim.allocation import bases
from povexit_sim.identities import check_character
from povexit_sim.incomes import sources
from povexit_sim.noise import counter, largest_remainder, stream, yes
from povexit_sim.settings import month_number
from povexit_sim.survey import make_survey

DEMO = 0.025
TABLES = {
    "households": "cleaned_households",
    "persons": "cleaned_persons",
    "villages": "cleaned_villages",
}


@pytest.fixture(scope="module")
def may() -> Population:
    return simulate_county("田东县", "2016-05", DEMO)


@pytest.fixture(scope="module")
def june() -> Population:
    return simulate_county("451022", "2016-06", DEMO)


def test_city_totals_hold_exactly_and_published_bases_stay() -> None:
    made = bases()
    totals = {n: sum(getattr(b, n) for b in made.values()) for n in ("villages", "poor_villages")}
    assert totals == {"villages": 1798, "poor_villages": 754}
    assert sum(b.poor_households for b in made.values()) == 172_500
    assert sum(b.poor_persons for b in made.values()) == 682_000
    assert (made["451022"].poor_households, made["451022"].poor_persons) == (13_276, 52_109)
    assert (made["451026"].poor_households, made["451029"].poor_villages) == (13_670, 68)
    assert all(b.poor_villages < b.villages for b in made.values())


@given(st.integers(0, 500), st.lists(st.floats(0.01, 50), min_size=1, max_size=20))
def test_largest_remainder_shares_out_all_and_stays_within_one(
    total: int, weights: list[float]
) -> None:
    shared = largest_remainder(total, np.array(weights))
    exact = total * np.array(weights) / sum(weights)
    assert shared.sum() == total
    assert (np.abs(shared - exact) < 1).all()


@given(st.floats(0.02, 0.98), st.floats(0, 0.9))
@settings(max_examples=20, deadline=None)
def test_a_trait_keeps_its_share_whatever_it_hangs_on(p: float, rho: float) -> None:
    latent = stream(1, "451022", "test").standard_normal(20_000)
    has = yes(stream(2, "451022", "test"), latent, p, rho)
    assert has.mean() == pytest.approx(p, abs=0.02)
    if rho > 0.2:
        assert latent[has].mean() > latent[~has].mean()


@given(st.lists(st.integers(0, 5), max_size=30))
def test_counter_numbers_each_group_from_zero(groups: list[int]) -> None:
    places = counter(np.array(groups, dtype=np.int64)).tolist()
    assert places == [groups[:i].count(g) for i, g in enumerate(groups)]


def test_full_scale_base_has_the_published_persons() -> None:
    small = simulate_county("451030", "2016-01", 0.25)
    poor = small.households.filter(
        (pl.col("register_status") == "poor") & (pl.col("entered_month") == 0)
    )
    assert poor.height == round(bases()["451030"].poor_households * 0.25)
    assert poor["household_size"].sum() == round(bases()["451030"].poor_persons * 0.25)


def test_columns_obey_the_catalogue(june: Population) -> None:
    for part, table in TABLES.items():
        frame = getattr(june, part)
        for column in columns(table).values():
            if column.name not in frame.columns:
                continue
            values = frame[column.name]
            assert column.nullable or values.null_count() == 0, column.name
            known = values.drop_nulls()
            if column.minimum is not None and known.dtype.is_numeric() and len(known):
                assert column.minimum <= known.min(), column.name
                assert known.max() <= column.maximum, column.name
            if column.codes:
                assert set(known) <= {c.value for c in codes(column.codes)}, column.name


def test_what_the_simulator_does_not_make_is_made_by_cleaning(june: Population) -> None:
    made_later = {"household_id", "person_id", "helper_id", "month", "id_number_status"}
    for part, table in TABLES.items():
        lacking = set(columns(table)) - set(getattr(june, part).columns) - made_later
        assert lacking <= {"county_code"}


def test_persons_and_households_agree(june: Population) -> None:
    counted = june.persons.group_by("household_number").len("counted")
    joined = june.households.join(counted, on="household_number", validate="1:1")
    assert joined.height == june.households.height
    assert (joined["counted"] == joined["household_size"]).all()
    heads = june.persons.filter(pl.col("relation") == "head")
    assert heads["household_number"].n_unique() == heads.height == june.households.height
    assert june.persons["id_number"].n_unique() == june.persons.height


def test_incomes_add_up(june: Population) -> None:
    frame = june.households
    assert (frame.select(sources()).sum_horizontal() == frame["total_income_yuan"]).all()
    net = frame["total_income_yuan"] - frame["production_cost_yuan"]
    assert (net == frame["net_income_yuan"]).all()
    stated = (net / frame["household_size"] - frame["net_income_per_capita_stated_yuan"]).abs()
    assert stated.max() <= 0.0051


def test_identity_numbers_are_well_formed_and_nobodys(june: Population) -> None:
    numbers = june.persons["id_number"].to_numpy().astype("<U18")
    assigned = {"02", "03", *map(str, range(21, 32)), "81", "82"}
    assert not {n[4:6] for n in numbers} & assigned
    checks = check_character(np.array([n[:17] for n in numbers]))
    assert (checks == np.array([n[17] for n in numbers])).all()
    born = june.persons["birth_date"].dt.strftime("%Y%m").to_list()
    assert [n[6:12] for n in numbers] == born
    assert june.persons["phone"].str.contains("^(100[0-9]{8})?$").all()


def test_poor_villages_lie_together_and_points_inside_the_county(june: Population) -> None:
    import shapely

    outline = county_boundaries().to_crs("EPSG:4326").set_index("county_code")
    county = outline.at["451022", "geometry"]
    points = june.villages["longitude"].to_numpy(), june.villages["latitude"].to_numpy()
    assert shapely.contains_xy(county, *points).all()


def test_deprivations_come_together() -> None:
    frame = simulate_county("451081", "2016-06", 0.1).households
    poor = frame.filter(pl.col("register_status") == "poor")
    unsafe = pl.col("dwelling_grade").is_in(["C", "D"])
    income = pl.col("net_income_per_capita_stated_yuan").median()
    worse, better = (poor.filter(f).select(income).item() for f in (unsafe, ~unsafe))
    assert worse < 0.9 * better
    by_village = poor.group_by("village_code").agg(
        income=pl.col("net_income_per_capita_stated_yuan").log().mean(), n=pl.len()
    )
    within = poor["net_income_per_capita_stated_yuan"].log().std()
    # independent draws would leave villages no more apart than sampling does
    sampled = (within**2 / by_village["n"]).mean()
    assert by_village["income"].var() > 1.5 * sampled


def test_a_quarter_to_two_fifths_of_the_poor_meet_all_items(june: Population) -> None:
    frame = june.households.filter(pl.col("register_status") == "poor")
    size = pl.col("household_size")
    meets = frame.select(
        (pl.col("net_income_per_capita_stated_yuan") > 2952)
        & (pl.col("floor_area_m2") >= 13 * size)
        & pl.col("is_dwelling_sound")
        & (pl.col("insured_members") == size)
        & pl.col("has_electricity")
        & pl.col("has_tv")
    ).to_series()
    assert 0.2 < meets.mean() < 0.45


def test_months_show_the_same_people_some_of_them_changed(
    may: Population, june: Population
) -> None:
    both = may.households.join(june.households, on="household_number", suffix="_june")
    assert both.height == may.households.height
    assert june.households.height >= may.households.height
    assert (both["village_code"] == both["village_code_june"]).all()
    exited = both.filter(pl.col("register_status") == "exited_new")
    assert (exited["register_status_june"] == "exited_new").all()
    changed = both["net_income_yuan"] != both["net_income_yuan_june"]
    assert 0.1 < changed.mean() < 0.7
    known = set(may.persons["id_number"]) & set(june.persons["id_number"])
    assert len(known) > 0.99 * may.persons.height


def test_truth_is_planted_and_only_planted(june: Population) -> None:
    exited = june.households.filter(pl.col("register_status").str.starts_with("exited"))
    assert (exited["is_truly_poor"] == exited["is_wrong"]).all()
    assert (june.unregistered["is_truly_poor"] == june.unregistered["is_omitted"]).all()
    wrong = exited.filter("is_wrong")["household_size"].sum()
    assert june.rates["wrong_exit_share"].item() == wrong / exited["household_size"].sum()


def test_true_rates_approach_what_was_asked_for() -> None:
    rates = simulate_county("451081", "2016-06", 0.5).rates
    assert rates["wrong_exit_share"].item() == pytest.approx(0.028, abs=0.012)
    assert rates["omission_share"].item() == pytest.approx(0.020, abs=0.006)


def test_survey_weights_count_the_population(june: Population) -> None:
    frames = {n: getattr(june, n) for n in ("villages", "households", "unregistered")}
    totals = []
    for seed in range(60):
        sample = make_survey("451022", "2016-06", seed, DEMO, frames)
        weight = 1 / (sample["village_probability"] * sample["household_probability"])
        totals.append(weight.sum())
    true = june.households.height + june.unregistered.height
    spread = np.std(totals) / np.sqrt(len(totals))
    assert abs(np.mean(totals) - true) < 3.5 * spread
    assert sample["interview_id"].is_unique().all()
    assert (sample["ended_at"] > sample["started_at"]).all()


def test_survey_at_full_scale_has_the_published_size() -> None:
    county = simulate_county("451030", "2016-06", 0.3)
    frames = {n: getattr(county, n) for n in ("villages", "households", "unregistered")}
    sample = make_survey("451030", "2016-06", 2016, 1.0, frames)
    assert 25 <= sample["village_code"].n_unique() <= 29
    assert 1000 <= sample.height <= 1600
    assert set(sample["household_group"]) == {"exited", "poor", "unregistered"}


def test_a_month_outside_the_simulated_time_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="does not know this month"):
        month_number("2021-01")
    with pytest.raises(UnknownNameError, match="not a month"):
        simulate_county("451022", "June", DEMO)
