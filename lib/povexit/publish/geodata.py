"""The maps of a month as geodata: GeoPackage and GeoJSON with the values that the map shows.

Boundaries come from the installed package, as for the drawing; the values are those that
travel with the figure, where what is suppressed is blank. Longitude and latitude, WGS84.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from povexit.geography import LONGITUDE_LATITUDE, county_boundaries, county_name, resolve_county

if TYPE_CHECKING:
    import geopandas as gpd

#: A fixed date in place of now, so that the same map gives the same bytes.
_DATE = "1970-01-01T00:00:00.000Z"
#: Decimals of a degree, about a decimetre: no boundary is known better.
_DECIMALS = 6


def layer(told: Mapping[str, Any]) -> gpd.GeoDataFrame | None:
    """Return what a map shows as features, or None if the figure is no map.

    Parameters
    ----------
    told
        What the figure carries (`povexit.style.description`).

    Returns
    -------
    geopandas.GeoDataFrame
        Counties as areas, villages as points (one without a point has no geometry), moves as
        lines from county to county; with the columns of the figure's data.
    """
    by = str(told.get("drawn", {}).get("by", ""))
    if by not in _LAYERS:
        return None
    data = told["data"]
    table = pd.DataFrame(data["rows"], columns=data["columns"], dtype=object).convert_dtypes()
    return _LAYERS[by](table) if len(table) else None


def _counties(table: pd.DataFrame) -> gpd.GeoDataFrame:
    areas = county_boundaries().to_crs(LONGITUDE_LATITUDE)
    table = table.assign(county_code=[resolve_county(code) for code in table["county_code"]])
    named = areas[["county_code", "name_zh", "name_en", "geometry"]]
    found = named.merge(table, on="county_code", how="right", validate="1:m")
    return found[[c for c in found if c != "geometry"] + ["geometry"]]


def _villages(table: pd.DataFrame) -> gpd.GeoDataFrame:
    import geopandas as gpd

    place = table[["longitude", "latitude"]].astype("Float64").astype(float).to_numpy()
    points = gpd.GeoSeries(gpd.points_from_xy(*place.T), crs=LONGITUDE_LATITUDE)
    known = table["longitude"].notna() & table["latitude"].notna()
    kept = table.drop(columns=["longitude", "latitude"])
    return gpd.GeoDataFrame(kept, geometry=points.where(known.to_numpy()))


def _moves(table: pd.DataFrame) -> gpd.GeoDataFrame:
    import geopandas as gpd
    from shapely.geometry import LineString, Point

    frame = county_boundaries().set_index("county_code")
    middle = gpd.GeoSeries(
        gpd.points_from_xy(frame["label_x"], frame["label_y"]), index=frame.index, crs=frame.crs
    ).to_crs(LONGITUDE_LATITUDE)

    def line(start: Any, end: Any) -> LineString | Point | None:
        if pd.isna(end):
            return None
        here, there = (middle[resolve_county(code)] for code in (start, end))
        return here if here == there else LineString([here, there])

    pairs = zip(table["county_code"], table["to_county_code"], strict=True)
    named = table.assign(
        from_zh=table["county_code"].map(county_name),
        to_zh=table["to_county_code"].map(county_name, na_action="ignore"),
    )
    shapes = gpd.GeoSeries([line(*pair) for pair in pairs], crs=LONGITUDE_LATITUDE)
    return gpd.GeoDataFrame(named, geometry=shapes)


_LAYERS: Mapping[str, Callable[[pd.DataFrame], gpd.GeoDataFrame]] = {
    "maps.choropleth": _counties,
    "maps.small_multiples": _counties,
    "maps.point_map": _counties,
    "maps.verdict_map": _counties,
    "maps.year_map": _counties,
    "maps.county_map": _villages,
    "maps.flow_map": _moves,
}


def geopackage(frame: gpd.GeoDataFrame, name: str, said: str) -> bytes:
    """Return features as a GeoPackage with one layer; ``said`` describes it and names the source."""
    import pyogrio

    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _DATE})
    with tempfile.TemporaryDirectory(prefix="povexit-") as folder:
        file = Path(folder) / "map.gpkg"
        frame.to_file(file, layer=name, driver="GPKG", layer_options={"DESCRIPTION": said})
        return file.read_bytes()


def geojson(frame: gpd.GeoDataFrame, name: str, said: str) -> str:
    """Return features as GeoJSON (RFC 7946), with ``name`` and ``description`` beside them."""
    rounded = frame.set_geometry(frame.geometry.set_precision(10.0**-_DECIMALS, mode="pointwise"))
    features = json.loads(rounded.to_json(drop_id=True, na="null"))["features"]
    whole = {
        "type": "FeatureCollection",
        "name": name,
        "description": said,
        "features": features,
    }
    return json.dumps(whole, ensure_ascii=False, allow_nan=False) + "\n"
