"""A drawing with fewer clips has the same pixels."""

from __future__ import annotations

import io

import matplotlib.pyplot as plt
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.patches import Polygon
from PIL import Image
from tests import finished_tables as finished

from povexit import charts, style
from povexit.publish.clips import without_idle_clips
from povexit.publish.drawings import as_svg, size
from povexit.publish.raster import png

FRAME = '<clipPath id="c"><rect x="10" y="20" width="100" height="50"/></clipPath>'
LINE = "fill: none; stroke: #000000; stroke-width: 2"


def _path(points: str, look: str, clip: str = "c") -> str:
    return f'<path d="{points}" clip-path="url(#{clip})" style="{look}"/>'


def _pixels(svg: str) -> np.ndarray:
    width, height = size(svg)
    told = {"title": "", "alt": "", "lang": "zh", "width": width, "height": height, "date": 0}
    return np.asarray(Image.open(io.BytesIO(png(svg, told, 144))).convert("RGB")).astype(int)


@given(
    left=st.integers(-50, 150),
    top=st.integers(-50, 150),
    wide=st.integers(1, 60),
    high=st.integers(1, 60),
)
def test_a_clip_goes_only_from_what_it_cannot_cut(
    left: int, top: int, wide: int, high: int
) -> None:
    points = f"M {left} {top} L {left + wide} {top} L {left + wide} {top + high} z"
    found = without_idle_clips(FRAME + _path(points, "fill: #ff0000"))
    within = left >= 10 and left + wide <= 110 and top >= 20 and top + high <= 70
    outside = left > 110 or left + wide < 10 or top > 70 or top + high < 20
    assert ("clip-path" not in found) == (within or outside)
    assert ("<path" not in found) == outside


def test_the_width_of_a_line_counts() -> None:
    edge = "M 10 30 L 60 30"
    assert "clip-path" in without_idle_clips(FRAME + _path(edge, LINE))
    assert "clip-path" not in without_idle_clips(FRAME + _path("M 12 30 L 60 30", LINE))
    assert "clip-path" not in without_idle_clips(FRAME + _path(edge, "fill: red; stroke: none"))
    # a mitred corner reaches farther than its line is wide
    corner = _path("M 13 30 L 60 31 L 13 32", f"{LINE}; stroke-linejoin: miter")
    assert "clip-path" in without_idle_clips(FRAME + corner)


def test_a_clip_that_is_no_box_and_a_path_not_understood_stay() -> None:
    for drawn in (_path("M 20 30 L 30 40", LINE, "other"), _path("m 20 30 l 10 10", LINE)):
        assert without_idle_clips(FRAME + drawn) == FRAME + drawn


def test_a_figure_looks_the_same_without_them() -> None:
    with style.within("zh", "report"):
        criteria = finished.criteria().assign(name=lambda table: table["name_zh"])
        bars = as_svg(style.figure_of(charts.criteria_bars(criteria, title="各项标准")))
        fig, ax = plt.subplots()
        ax.set(xlim=(0, 1), ylim=(0, 1))
        corners = [((0.2, 0.2), (0.9, 0.3), (0.4, 0.8)), ((0.8, 0.8), (1.5, 1.2), (0.7, 1.4))]
        for three in (*corners, ((2, 2), (3, 2), (3, 3))):
            ax.add_patch(Polygon(three, facecolor="#1f5f85", edgecolor="black", linewidth=3))
        free = as_svg(fig)
    for svg in (bars, free):
        fewer = without_idle_clips(svg)
        assert fewer.count("clip-path=") < svg.count("clip-path=")
        # at an edge, a layer rounds a shade of grey otherwise
        assert np.abs(_with_layers(svg) - _pixels(fewer)).max() <= 8
        assert (np.abs(_with_layers(svg) - 255) > 60).any()


def _with_layers(svg: str) -> np.ndarray:
    """Return the pixels of a drawing whose clips are of a kind that stays."""
    return _pixels(svg.replace(" clip-path=", "  clip-path="))
