"""Maps: one set of classes for all that is compared, unknown and suppressed told apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

import geopandas as gpd
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import to_hex
from matplotlib.text import Annotation
from matplotlib_scalebar.scalebar import ScaleBar
from tests import all_figures, figures
from tests import finished_tables as finished

from povexit import geography, maps, slides, style
from povexit.errors import SchemaError, UnknownNameError
from povexit.maps.classes import natural_breaks, outer_edges, roundest
from povexit.maps.draw import class_patches, on_counties
from povexit.maps.labels import Area, name_areas

TITLE = {"zh": "各县（市、区）达标户比例（2016-06）", "en": "Share meeting the standard, 2016-06"}
VALUES = st.lists(
    st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda x: round(x, 4)), max_size=40
)


@pytest.fixture(autouse=True)
def _own_look() -> Iterator[None]:
    with plt.rc_context():
        style.use("zh")
        yield
    style.use("zh")
    plt.close("all")


def legend(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def notes(ax: Axes) -> list[Annotation]:
    """Return the names on a map; the arrow to the north is none."""
    found = [text for text in ax.texts if isinstance(text, Annotation)]
    return [text for text in found if text.get_text() != "N"]


def names_overlap(ax: Axes) -> list[tuple[str, str]]:
    style.figure_of(ax).draw_without_rendering()
    boxes = [(note.get_text(), _letters(note)) for note in notes(ax)]
    return [(a, b) for (a, first), (b, second) in combinations(boxes, 2) if first.overlaps(second)]


def _letters(note: Annotation):
    """Return the box of a note's letters, without its leader."""
    return super(Annotation, note).get_window_extent().padded(-figures.TOUCH)


def areas(ax: Axes) -> list[PatchCollection]:
    found = [c for c in ax.collections if isinstance(c, PatchCollection)]
    return [c for c in found if len(c.get_facecolor())]  # the outline has none


# classes


@given(VALUES, st.integers(1, 7))
@settings(max_examples=60, deadline=None)
def test_every_value_falls_into_one_class_and_edges_rise(values: list[float], k: int) -> None:
    series = pd.Series(values, dtype="Float64")
    classes = maps.pool_classes(series, k=k)
    assert len(classes) <= k
    assert all(a < b for a, b in pairwise(classes.edges)) or len(set(values)) == 1
    assert len(classes) > 1 or k == 1 or len(set(values)) < 2
    assert (classes.of(series) >= 0).all()


def test_a_missing_value_has_no_class_and_neither_has_one_outside() -> None:
    classes = maps.pool_classes(pd.Series([0.1, 0.2, 0.3]))
    assert classes.of(pd.Series([None, 0.9, -0.5], dtype="Float64")).tolist() == [-1, -1, -1]


def test_without_a_known_value_there_is_no_class() -> None:
    classes = maps.pool_classes(pd.Series([None, None], dtype="Float64"))
    assert (len(classes), classes.colors, classes.labels("%")) == (0, [], [])


def test_one_value_is_a_class_of_its_own() -> None:
    classes = maps.pool_classes(pd.Series([0.25]))
    assert classes.labels("%") == ["25%"]
    assert classes.of(pd.Series([0.25])).tolist() == [0]


def test_classes_part_where_values_do() -> None:
    """Fisher-Jenks on two clusters and one outlier, by hand."""
    values = np.array([1.0, 1.1, 1.2, 5.0, 5.1, 5.2, 20.0])
    assert natural_breaks(values, 3).tolist() == [1.2, 5.2, 20.0]
    assert maps.pool_classes(pd.Series(values), k=3).edges == (1.0, 5.0, 10.0, 20.0)


@given(st.lists(st.integers(0, 40), min_size=3, max_size=9), st.integers(2, 4))
def test_no_other_classes_differ_less_within(found: list[int], k: int) -> None:
    values = np.sort(np.array(found, dtype=float))
    distinct = np.unique(values)
    k = min(k, distinct.size)

    def within(tops: np.ndarray) -> float:
        groups = np.split(values, np.searchsorted(values, tops[:-1], side="right"))
        return sum(float(((g - g.mean()) ** 2).sum()) for g in groups if g.size)

    ways = (np.array([*tops, distinct[-1]]) for tops in combinations(distinct[:-1], k - 1))
    assert within(natural_breaks(values, k)) == pytest.approx(min(map(within, ways)))


def test_many_equal_values_are_not_spread_over_two_classes() -> None:
    values = np.array([0.0, 1.0, 200.0, 200.0, 200.0])
    assert natural_breaks(values, 3).tolist() == sorted(set(natural_breaks(values, 3)))


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_the_round_break_lies_between_its_neighbours(low: float, gap: float) -> None:
    assert low < roundest(low, low + gap) <= low + gap


@given(st.floats(0, 1), st.floats(1e-3, 1))
def test_outer_edges_of_shares_stay_between_none_and_all(low: float, spread: float) -> None:
    high = min(1.0, low + spread)
    if high - low > 1e-6:
        first, last = outer_edges(low, high)
        assert 0 <= first <= low + 1e-9
        assert high - 1e-9 <= last <= 1


def test_labels_have_just_the_decimals_their_edges_need() -> None:
    assert maps.Classes((0.0, 0.1, 0.25, 1.0)).labels("%") == ["0–10%", "10–25%", "25–100%"]
    assert maps.Classes((0.0, 0.125, 0.5)).labels("%") == ["0.0–12.5%", "12.5–50.0%"]
    assert maps.Classes((0.0, 2000.0, 11000.0)).labels("元") == ["0–2,000", "2,000–11,000"]


# county maps


def test_each_county_has_the_colour_of_its_class_and_the_rest_is_hatched() -> None:
    table = finished.county_values()
    classes = maps.pool_classes(table["value"].where(table["status"] == "shown"))
    ax = maps.choropleth(table, title="题", unit="%")
    fills = {to_hex(c.get_facecolor()[0]): len(c.get_paths()) for c in areas(ax)}
    counted = pd.Series(classes.of(table["value"].where(table["status"] == "shown")))
    for number, color in enumerate(classes.colors):
        assert fills[color] == (counted == number).sum()
    hatched = [c for c in areas(ax) if c.get_hatch()]
    assert sorted(c.get_hatch() for c in hatched) == ["....", "////"]


def test_unknown_and_suppressed_stand_in_the_legend_with_their_number() -> None:
    ax = maps.choropleth(finished.county_values(), title="题", unit="%")
    assert legend(ax)[-2:] == ["未知（1）", "样本少，不显示（1）"]
    assert sum(int(text.split("（")[-1][:-1]) for text in legend(ax)) == 12


def test_a_suppressed_county_is_named_but_its_value_is_nowhere() -> None:
    ax = maps.choropleth(finished.county_values(), title="题", unit="%")
    said = figures.said(style.figure_of(ax))
    assert "凌云" in said
    assert not [text for text in said if "98.7" in text]


def test_an_unknown_county_says_unknown_and_is_never_nought() -> None:
    values = finished.county_values().query("status != 'unknown'")
    said = [note.get_text() for note in notes(maps.choropleth(values, title="题", unit="%"))]
    assert "西林\n未知" in said
    assert not [text for text in said if "0.0%" in text]


@pytest.mark.parametrize("table", [finished.county_values().iloc[:0], None])
def test_a_month_of_which_nothing_is_known_still_has_its_map(table) -> None:
    if table is None:
        table = finished.county_values().assign(value=pd.NA, status="shown")
    ax = maps.choropleth(table, title="题", unit="%")
    assert legend(ax) == ["未知（12）", "样本少，不显示（0）"]


def test_a_county_is_found_by_the_code_of_any_year() -> None:
    old = finished.county_values()
    new = old.replace({"county_code": {"451021": "451003", "451023": "451082"}})
    pd.testing.assert_series_equal(on_counties(new)["value"], on_counties(old)["value"])


def test_wrong_tables_are_refused() -> None:
    table = finished.county_values()
    with pytest.raises(SchemaError, match="comes twice"):
        maps.choropleth(pd.concat([table, table.head(1)]), title="题", unit="%")
    with pytest.raises(SchemaError, match="status"):
        maps.choropleth(table.assign(status="hidden"), title="题", unit="%")
    with pytest.raises(SchemaError, match="no values"):
        maps.choropleth(table.drop(columns="value"), title="题", unit="%")
    with pytest.raises(UnknownNameError, match="not a county"):
        maps.choropleth(table.replace({"county_code": {"451021": "110101"}}), title="题", unit="%")


@pytest.mark.parametrize(
    ("lang", "context"), [("zh", "report"), ("en", "report"), ("en", "slides")]
)
def test_names_are_whole_apart_and_clear_of_the_legend(lang: str, context: str) -> None:
    style.use(lang, context)
    ax = maps.choropleth(finished.county_values(), title=TITLE[lang] * 3, unit="%")
    fig = style.figure_of(ax)
    style.stamp(fig, True, source="2016-06", edition="2016")
    assert len(notes(ax)) == 12
    assert names_overlap(ax) == []
    assert figures.cut(fig) == []
    assert figures.without_glyph(fig) == set()
    key = ax.get_legend().get_window_extent()
    assert not any(key.overlaps(_letters(note)) for note in notes(ax))
    assert _on_land(ax, key) == 0


def _on_land(ax: Axes, box) -> float:
    corners = ax.transData.inverted().transform(box.get_points())
    land = geography.county_boundaries().geometry.union_all()
    return shapely.intersection(shapely.box(*corners.ravel()), land).area


def test_a_name_keeps_clear_of_what_is_there_already() -> None:
    fig, ax = plt.subplots()
    ax.set(xlim=(0, 10), ylim=(0, 10))
    fig.draw_without_rendering()
    field = Area("隆林", 5.0, 5.0, shapely.box(0, 0, 10, 10))
    (free,) = name_areas(ax, [field], 9)
    box = free.get_window_extent()
    (moved,) = name_areas(ax, [field], 9, taken=[box])
    assert not box.overlaps(moved.get_window_extent())


def test_names_are_legible_on_their_fill() -> None:
    table = finished.county_values().assign(status="shown")
    table["value"] = np.linspace(0.01, 0.99, 12)
    inks = {to_hex(note.get_color()) for note in notes(maps.choropleth(table, title="", unit="%"))}
    assert inks == {"#ffffff", to_hex(style.COLORS["ink"])}


def test_a_map_names_its_source_and_is_no_authority() -> None:
    for lang in ("zh", "en"):
        ax = maps.choropleth(finished.county_values(), title="", unit="%", lang=lang)
        said = "".join(figures.said(style.figure_of(ax))).replace("\n", " ")
        assert geography.BOUNDARY_SOURCE[lang].split(";")[0].split("；")[0] in said


def test_the_whole_city_is_shown_in_one_scale_for_both_directions() -> None:
    ax = maps.choropleth(finished.county_values(), title="", unit="%")
    fig = style.figure_of(ax)
    style.stamp(fig, True, source="2016-06", edition="2016")
    fig.draw_without_rendering()
    assert _is_whole(ax)
    (x0, y0), (x1, y1) = ax.transData.transform([(0, 0), (1000, 1000)])
    assert x1 - x0 == pytest.approx(y1 - y0, rel=2e-3)


def _is_whole(ax: Axes) -> bool:
    """Tell whether all land lies within the axes."""
    left, low, right, high = geography.county_boundaries().total_bounds
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    return x0 <= left and right <= x1 and y0 <= low and high <= y1


# several maps


def several(count: int) -> list[tuple[str, pd.DataFrame]]:
    """Maps whose values lie in different ranges: own classes would hide that."""
    return [(f"图{i}", finished.county_values(i, 0.1 * i, 0.1 * i + 0.15)) for i in range(count)]


def test_maps_side_by_side_share_one_set_of_classes() -> None:
    panels = several(4)
    pooled = maps.pool_classes(*(t["value"].where(t["status"] == "shown") for _, t in panels))
    fig = maps.small_multiples(panels, title="题", unit="%")
    for ax, (_, table) in zip(fig.axes, panels, strict=False):
        shown = table["value"].where(table["status"] == "shown")
        wanted = {pooled.colors[number] for number in pooled.of(shown) if number >= 0}
        drawn = {to_hex(c.get_facecolor()[0]) for c in areas(ax) if not c.get_hatch()}
        assert drawn == wanted
    assert [t.split("（")[0] for t in legend(fig.axes[-1])][: len(pooled)] == pooled.labels("%")


def test_classes_given_hold_whatever_the_values() -> None:
    classes = maps.Classes((0.0, 0.5, 1.0))
    ax = maps.choropleth(finished.county_values(), title="", unit="%", classes=classes)
    assert legend(ax)[:2] == ["0–50%（10）", "50–100%（0）"]


@pytest.mark.parametrize(("count", "lang"), [(2, "en"), (4, "zh"), (4, "en"), (9, "en")])
def test_small_maps_are_whole_and_their_names_apart(count: int, lang: str) -> None:
    style.use(lang)
    fig = maps.small_multiples(several(count), title=TITLE[lang], unit="%")
    style.stamp(fig, True, source="2016-06", edition="2016")
    assert figures.cut(fig) == []
    for ax in fig.axes[:count]:
        assert _is_whole(ax)
        assert names_overlap(ax) == []
        assert len(notes(ax)) >= 9
    titles = [fig.axes[i].get_title(loc="left") for i in range(count)]
    assert titles == [name for name, _ in several(count)]


# villages


def village_map(lang: str = "zh", **change: object) -> Axes:
    table = finished.villages().assign(**change)
    return maps.county_map("田东", table, title=TITLE[lang], unit="%", lang=lang)


def markers(ax: Axes) -> pd.DataFrame:
    lines = [line for line in ax.lines if line.get_marker() in ("D", "o", "s")]
    return pd.DataFrame(
        {
            "shape": [line.get_marker() for line in lines],
            "fill": [to_hex(line.get_markerfacecolor()) for line in lines],
            "style": [line.get_fillstyle() for line in lines],
        }
    )


def test_villages_are_points_by_kind_unknown_hollow_suppressed_half() -> None:
    table = finished.villages()
    drawn = markers(village_map())
    assert len(drawn) == len(table) - 2
    assert (drawn["style"] == "bottom").sum() == (table["status"] == "suppressed").sum()
    hollow = (drawn["fill"] == "#ffffff") & (drawn["style"] == "full")
    assert hollow.sum() == (table["status"] == "unknown").sum()
    assert (drawn["shape"] == "s").sum() == 1


def test_a_village_without_a_point_or_outside_is_counted_not_drawn() -> None:
    said = "".join(figures.said(style.figure_of(village_map())))
    assert "另有2个村无坐标或坐标在县界之外，未绘出" in said
    nowhere = village_map(longitude=pd.NA)
    assert len(markers(nowhere)) == 0
    assert "另有120个村" in "".join(figures.said(style.figure_of(nowhere)))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_village_names_are_whole_apart_and_only_of_values_shown(lang: str) -> None:
    style.use(lang)
    ax = village_map(lang)
    fig = style.figure_of(ax)
    style.stamp(fig, True, source="2016-06", edition="2016")
    assert names_overlap(ax) == []
    assert figures.cut(fig) == []
    assert figures.without_glyph(fig) == set()
    said = {note.get_text() for note in notes(ax)}
    assert all(style.text_width(name, 1) <= 10 for name in said)
    table = finished.villages()
    assert not said & set(table.loc[table["status"] != "shown", "village_name"])
    assert len(said & set(table["village_name"])) >= 3


def test_the_village_legend_tells_unknown_suppressed_and_kinds() -> None:
    entries = legend(village_map())
    assert entries[-5:] == [
        "未知（5）",
        "样本少，不显示（20）",
        "贫困村（46）",
        "非贫困村（73）",
        "是否贫困村未知（1）",
    ]


def test_counts_in_a_legend_are_those_of_the_table() -> None:
    frame = gpd.GeoDataFrame(finished.county_values())
    classes = maps.pool_classes(frame["value"].where(frame["status"] == "shown"))
    patches = class_patches(frame, classes, "%", "en")
    counts = [int(str(patch.get_label()).split("(")[-1][:-1]) for patch in patches]
    assert sum(counts) == 12


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_a_slide_no_name_lies_on_a_number_of_moves(lang: str) -> None:
    codes = finished.CODES
    moves = pd.DataFrame({"county_code": codes, "to_county_code": codes})
    moves["persons_moved"] = [10 * i + 3 for i in range(len(codes))]
    moves.loc[12] = [codes[6], codes[1], 830]
    style.use(lang, "slides")
    ax = maps.flow_map(moves, title="", unit="x", lang=lang, ax=slides.canvas())
    assert names_overlap(ax) == []


# scale, north and the city's place


@pytest.mark.parametrize("draw", ["choropleth", "county_map", "point_map", "year_map", "flow_map"])
def test_every_map_says_its_scale_and_where_north_is(draw: str) -> None:
    drawn = all_figures.DRAWN[draw]("zh", "题")
    assert isinstance(drawn, Axes)
    arrows = [t for t in drawn.texts if t.get_text() == "N"]
    assert len(arrows) == 1
    assert arrows[0].get_position()[1] > 0
    assert any(isinstance(artist, ScaleBar) for artist in drawn.artists)


def test_a_map_of_counties_shows_where_the_city_lies_off_its_land() -> None:
    ax = maps.choropleth(finished.county_values(), title="", unit="%")
    (small,) = ax.child_axes
    assert [t.get_text() for t in small.texts] == ["广西"]
    style.figure_of(ax).draw_without_rendering()
    assert _on_land(ax, small.get_window_extent()) == 0
    own = [c for c in small.collections if to_hex(c.get_facecolor()[0]) == "#1f5f85"]
    assert len(own[0].get_paths()) == 1


# counts and estimates


def circles(ax: Axes) -> list:
    return [line for line in ax.lines if line.get_marker() == "o"]


def counts() -> pd.DataFrame:
    return finished.county_values(3, 20, 900).assign(value=lambda t: t["value"].round())


def test_a_circles_area_is_its_count_and_what_is_not_shown_has_none() -> None:
    table = counts()
    drawn = circles(maps.point_map(table, title="", unit="户"))
    shown = table.loc[table["status"] == "shown", "value"].sort_values(ascending=False)
    areas_ = np.array([line.get_markersize() for line in drawn]) ** 2
    assert areas_ / areas_.max() == pytest.approx((shown / shown.max()).to_numpy(dtype=float))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_and_counts_are_apart_and_a_suppressed_count_is_nowhere(lang: str) -> None:
    ax = maps.point_map(counts(), title=TITLE[lang], unit="", lang=lang)
    assert names_overlap(ax) == []
    said = figures.said(style.figure_of(ax))
    assert figures.cut(style.figure_of(ax)) == []
    assert not [text for text in said if "0.987" in text or text[-2:] == "\n1"]
    assert len(notes(ax)) == 12


def test_counts_of_none_and_of_nothing_known_still_have_a_map() -> None:
    assert len(circles(maps.point_map(counts().assign(value=0.0), title="", unit="户"))) >= 10
    ax = maps.point_map(counts().assign(value=pd.NA, status="shown"), title="", unit="户")
    assert circles(ax) == []
    assert "未知（12）" in legend(ax)


def test_an_open_verdict_is_hatched_and_counted() -> None:
    table = finished.ranking()
    ax = maps.verdict_map(table, title="", threshold=0.02)
    hatched = [c for c in ax.collections if set(c.get_hatch() or "") == {chr(92)}]
    open_ = int(((table["verdict"] == "undetermined") & table["estimate"].notna()).sum())
    assert sum(len(c.get_paths()) for c in hatched) == open_
    assert f"斜线：不能确定（{open_}）" in legend(ax)
    assert "标准线 2.0%" in legend(ax)


def test_estimates_without_a_verdict_are_refused() -> None:
    with pytest.raises(SchemaError, match="missing"):
        maps.verdict_map(finished.ranking().drop(columns="verdict"), title="")
