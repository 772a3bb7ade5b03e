"""Charts of many counties' verdicts, of what they hang on, and of planned samples."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from tests import figures
from tests import finished_verdicts as finished
from tests.finished_tables import CODES

from povexit import charts, style


@pytest.fixture(autouse=True)
def _own_look() -> Iterator[None]:
    with plt.rc_context():
        style.use("zh")
        yield
    plt.close("all")


def rectangles(ax: Axes) -> list[Rectangle]:
    return [p for p in ax.patches if isinstance(p, Rectangle)]


def marks(ax: Axes) -> list:
    return [line for line in ax.lines if line.get_marker() not in ("None", None, "")]


# funnel


def test_a_funnels_rows_go_from_the_largest_sample_to_the_smallest_the_unknown_last() -> None:
    ax = charts.funnel(finished.limits())
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names[0] == "隆林"
    assert names[-1] == "西林"
    widths = [r.get_width() for r in rectangles(ax)][::2]
    assert widths == sorted(widths)


def test_limits_are_drawn_where_they_are_given_the_narrow_ones_over_the_wide() -> None:
    table = finished.limits()
    drawn = {
        (round(r.get_x(), 9), round(r.get_x() + r.get_width(), 9), to_hex(r.get_facecolor()))
        for r in rectangles(charts.funnel(table))
    }
    known = table.dropna(subset=["limit_low"])
    ends = {(round(r.limit_low, 9), round(r.limit_high, 9)) for r in known.itertuples(index=False)}
    assert {d[:2] for d in drawn} == ends
    assert len({d[2] for d in drawn}) == 2


def test_how_far_out_a_county_lies_shows_in_shape_and_fill() -> None:
    looks = {
        round(float(m.get_xdata()[0]), 3): (m.get_marker(), to_hex(m.get_markerfacecolor()))
        for m in marks(charts.funnel(finished.limits()))
    }
    assert looks[0.02] == ("o", "#ffffff")
    assert looks[0.06] == ("o", to_hex(style.COLORS["ink"]))
    assert looks[0.065] == ("D", to_hex(style.COLORS["ink"]))


# choices


def test_the_grid_has_what_is_stated_and_every_single_change_choice_by_choice() -> None:
    ax = charts.choice_grid(finished.specifications("en"), "en")
    heads = [label.get_text() for label in ax.get_xticklabels()]
    assert heads == [
        "as stated",
        "line of 2018",
        "by households",
        "weighted to the sampled villages",
        "unweighted",
        "unknown as failing",
        "combinations that change it",
    ]
    assert len(rectangles(ax)) == 6 * len(CODES)


def test_a_change_of_the_verdict_is_framed_and_counted_over_all_combinations() -> None:
    table = finished.specifications("zh")
    ax = charts.choice_grid(table)
    accent = to_hex(style.COLORS["accent"])
    framed = [c for c in rectangles(ax) if to_hex(c.get_edgecolor()) == accent]
    single = table[table["n_changed"] == 1]
    assert len(framed) == single["flips"].sum() == 2 * (len(CODES) - 1)
    assert {round(c.get_x() + 0.43) for c in framed} == {4, 5}
    said = [text.get_text() for text in ax.texts]
    # 24 combinations: half with the unknown failing, a third of the others unweighted
    assert said.count("16/24") == len(CODES) - 1
    assert said.count("0/24") == 1


def test_a_county_without_an_estimate_is_hatched_and_has_no_mark() -> None:
    ax = charts.choice_grid(finished.specifications("zh"))
    assert len([c for c in rectangles(ax) if c.get_hatch()]) == 6
    assert len(marks(ax)) == 6 * (len(CODES) - 1)


# specification curve


def test_estimates_stand_in_order_and_reach_to_their_bound() -> None:
    table = finished.of_one_county("zh")
    ax = charts.specification_curve(table)
    heights = [float(m.get_ydata()[0]) for m in marks(ax)]
    assert len(heights) == table["estimate"].notna().sum()
    # upwards is less
    assert heights == sorted(heights, reverse=True)


def test_a_line_crosses_the_threshold_only_where_the_verdict_is_open() -> None:
    table = finished.of_one_county("zh").dropna(subset=["estimate"])
    ax = charts.specification_curve(table)
    threshold = next(x for x in ax.lines if x.get_linestyle() == "--").get_ydata()[0]
    order = table.sort_values("estimate", kind="stable", ignore_index=True)
    spans = [x.get_ydata() for x in ax.lines if len(x.get_ydata()) == 2 and x.get_alpha()]
    crossing = [min(s) < threshold < max(s) for s in spans]
    assert crossing == (order["verdict"] == "undetermined").tolist()


def test_each_combination_has_a_tick_in_the_row_of_every_choice_it_made() -> None:
    table = finished.of_one_county("zh")
    ax = charts.specification_curve(table)
    options = [2, 2, 3, 2]  # choices of which one was tried have no rows
    rows = [t.get_text() for t in ax.get_yticklabels()][: sum(options)]
    assert rows[:4] == ["2016年贫困线", "2018年贫困线", "按人计", "按户计"]
    ticks = [x for x in ax.lines if len(x.get_ydata()) == 2 and max(x.get_ydata()) > -0.6]
    ticks = [x for x in ticks if x.get_linewidth() == 2.0]
    assert len(ticks) == len(options) * len(table)
    assert any("未知" in t.get_text() for t in ax.get_legend().get_texts())


# plans


def test_a_plan_has_one_line_a_verdict_and_plans_differ_in_lightness() -> None:
    table = finished.plans("en")
    ax = charts.operating_characteristic(table, "en", threshold=0.02)
    curves = [line for line in ax.lines if len(line.get_xdata()) == 60]
    assert [line.get_linestyle() for line in curves] == ["-", ":"] * 3
    first = table[table["name"] == table["name"].iloc[0]]
    np.testing.assert_allclose(curves[0].get_ydata(), first["meets"])
    assert len({line.get_color() for line in curves}) == 3
    said = figures.said(style.figure_of(ax))
    assert {"threshold 2.0%", "shown to meet", "true share of failings"} <= set(said)


def test_without_a_threshold_a_plan_has_no_line_for_one() -> None:
    ax = charts.operating_characteristic(finished.plans("zh"))
    assert not [line for line in ax.lines if line.get_linestyle() == "--"]
