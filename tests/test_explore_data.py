"""A researcher's first lines: data by name, by any county's name, and what columns mean."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import povexit as px
from povexit import geography, schema, store
from povexit.errors import StoreError, UnknownNameError

HOMES = "cleaned_households"


def homes(county: str, month: str, size: int | None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "household_id": [f"h{county}{i}" for i in range(3)],
            "month": month,
            "county_code": county,
            "household_size": pd.array([4, 2, size], dtype="Int64"),
        }
    )


@pytest.fixture
def months(project: Path) -> Path:
    for month in ("2016-05", "2016-06"):
        for county in ("451022", "451023"):
            store.save(homes(county, month, None), HOMES, month, county)
    store.save(homes("451022", "2016-05", 1), "indicators_households", "2016-05", "451022")
    return project


def test_importing_the_package_is_light() -> None:
    heavy = "pandas", "matplotlib", "geopandas", "polars"
    asked = f"import povexit, sys; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True)
    assert found.stdout.strip() == "[]", found.stderr


def test_loading_a_table_does_not_wait_for_widgets_or_statistics() -> None:
    heavy = "ipywidgets", "anywidget", "itables", "scipy.stats"
    asked = f"import povexit as px, sys; px.load; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True)
    assert found.stdout.strip() == "[]", found.stderr


def test_every_view_is_where_the_package_says() -> None:
    for name in px.explore.__all__:
        assert getattr(px.explore, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        px.explore.nothing  # noqa: B018


def test_what_is_there_shows_by_completion() -> None:
    assert {"load", "catalogue", "describe", "counties", "months", "decide"} <= set(dir(px))
    for name in px.__all__:
        assert getattr(px, name).__doc__


def test_a_room_is_reached_by_its_name_and_tables_stays_the_room() -> None:
    assert px.decide.household.__name__ == "household"
    assert px.tables.__name__ == "povexit.tables"


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match="did you mean catalogue"):
        px.catalog  # noqa: B018


@pytest.mark.parametrize("county", ["451023", 451023, "平果县", "平果市", "451082", "Pingguo"])
def test_a_county_by_any_name_old_or_new(months: Path, county: str | int) -> None:
    frame = px.load(HOMES, "2016-06", county)
    assert set(frame["county_code"]) == {"451023"}


def test_several_counties_or_all(months: Path) -> None:
    assert set(px.load(HOMES, "2016-06", ["田东", "平果"])["county_code"]) == {"451022", "451023"}
    assert len(px.load(HOMES, "2016-06")) == 6


def test_without_a_month_the_latest_that_has_the_table(months: Path) -> None:
    assert set(px.load(HOMES)["month"]) == {"2016-06"}
    assert set(px.load("indicators_households")["month"]) == {"2016-05"}
    assert px.months() == ["2016-05", "2016-06"]


def test_only_the_columns_asked_for_in_their_order(months: Path) -> None:
    asked = ["household_size", "county_code"]
    assert list(px.load(HOMES, county="田东", columns=asked)) == asked
    with pytest.raises(UnknownNameError) as told:
        px.load(HOMES, columns=["household_sise"])
    assert "household_size" in str(told.value)


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        (("cleaned_household", "2016-06", None), "cleaned_households"),
        ((HOMES, "2016-07", None), "2016-05, 2016-06"),
        ((HOMES, "2016-06", "田冬县"), "田东县"),
        (("decisions_counties", "2016-06", None), "povexit run"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest(
    months: Path, asked: tuple[str, str, str | None], nearest: str
) -> None:
    with pytest.raises((StoreError, UnknownNameError)) as told:
        px.load(*asked)
    assert nearest in str(told.value)


def test_a_project_without_tables_says_what_to_run(project: Path) -> None:
    assert px.months() == []
    with pytest.raises(StoreError, match="no month has been run") as told:
        px.catalogue()
    assert "povexit run" in str(told.value)


def test_the_catalogue_tells_what_a_row_is_and_how_many(months: Path) -> None:
    found = px.catalogue("2016-06", "en")
    assert list(found.index) == [HOMES]
    row = found.loc[HOMES]
    assert (row["rows"], row["counties"], row["key"]) == (6, 2, "household_id")
    assert row["holds"] == "register households as cleaned"
    assert "indicators_households" in px.catalogue("2016-05").index


def test_every_table_of_the_catalogue_has_a_name_in_both_languages() -> None:
    for table in schema.tables():
        assert schema.table_label(table, "zh") != table
        assert schema.table_label(table, "en") != table


def test_a_column_has_its_meaning_unit_and_missing_share(months: Path) -> None:
    frame = px.load(HOMES, "2016-06", "田东县").assign(mine=1)
    told = px.describe(frame, "en")
    assert told.loc["household_size", ["meaning", "unit"]].tolist() == ["household size", "persons"]
    assert told.loc["household_size", "missing"] == pytest.approx(1 / 3)
    assert told.loc["mine", "meaning"] == ""
    assert px.describe(frame, "zh").loc["household_size", "meaning"] == "家庭人口数"


def test_a_frame_made_of_others_is_described_too(months: Path) -> None:
    joined = px.load(HOMES).merge(px.load("indicators_households")[["household_id"]])
    assert px.describe(joined, "en").loc["household_size", "unit"] == "persons"
    assert px.describe(HOMES, "en").loc["floor_area_m2", "unit"] == "m²"


def test_counties_have_codes_old_and_new_and_a_shape() -> None:
    found = px.counties().set_index("county_code")
    assert len(found) == 12
    assert found.loc["451023", "gb_today"] == "451082"
    assert found.crs.equals(px.geography.county_boundaries().crs)
    assert found.geometry.is_valid.all()
    assert set(found.index) == set(geography.counties()["county_code"])


def test_every_unit_of_the_catalogue_has_words_in_both_languages() -> None:
    units = {c.unit for t in schema.tables() for c in schema.columns(t).values() if c.unit}
    known = schema._units()
    assert units <= set(known)
    assert all(words["en"] for words in known.values())
