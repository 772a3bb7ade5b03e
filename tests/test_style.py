"""One look: number formats that never turn unknown into zero, text that fits, fonts that cover."""

from __future__ import annotations

import io
import re
from importlib.resources import files

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from tests import figures

from povexit import style
from povexit.errors import UnknownNameError
from povexit.style import vector

SHARES = st.floats(min_value=0, max_value=1, allow_subnormal=False)
TEXTS = st.text(st.sampled_from("百色市右江区，。（）abc 12.,"), min_size=1, max_size=40)


@pytest.fixture(autouse=True)
def _own_look():
    with plt.rc_context():
        yield
    style.use("zh")
    plt.close("all")


@given(SHARES)
def test_a_share_reads_none_or_all_only_if_it_is(value: float) -> None:
    text = style.fmt_share(value)
    assert (text == "0.0%") == (value == 0)
    assert (text == "100.0%") == (value == 1)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
@pytest.mark.parametrize("form", [style.fmt_share, style.fmt_int, style.fmt_number, style.fmt_yuan])
def test_what_is_missing_reads_unknown_in_every_format(form, missing) -> None:
    assert form(missing, lang="zh") == "未知"
    assert form(missing, lang="en") == "unknown"


@pytest.mark.parametrize("form", [style.fmt_share, style.fmt_int, style.fmt_number, style.fmt_yuan])
def test_what_is_suppressed_does_not_show_its_value(form) -> None:
    assert form(0.987, status="suppressed") == style.SUPPRESSED


def test_a_minus_is_a_minus_and_thousands_are_separated() -> None:
    assert style.fmt_int(-172500) == "\u2212172,500"
    assert style.fmt_share(-0.031) == "\u22123.1%"


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (lambda: style.use("fr"), "language"),
        (lambda: style.use(context="poster"), "context"),
        (lambda: style.sheet("a0"), "sheet"),
    ],
)
def test_a_name_that_does_not_exist_is_refused_with_those_that_do(call, wanted) -> None:
    with pytest.raises(UnknownNameError, match=wanted) as caught:
        call()
    assert caught.value.expected


def test_the_language_of_use_holds_until_another_is_given() -> None:
    style.use("en")
    assert (style.language(), style.pick(None, "户", "household")) == ("en", "household")
    assert style.pick("zh", "户", "household") == "户"


def test_slides_have_larger_text_and_figures_grow_with_it() -> None:
    style.use("zh", "slides")
    assert style.text_size() > 14
    assert style.scale() == pytest.approx(15 / 8.5)


@given(TEXTS, st.floats(min_value=30, max_value=200))
def test_wrapping_loses_no_character(text: str, width: float) -> None:
    lines = style.wrap(text, width, 10)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.text("百色市右江区 ", min_size=1, max_size=60), st.floats(min_value=30, max_value=200))
def test_wrapped_lines_keep_to_the_width(text: str, width: float) -> None:
    assert all(style.text_width(line, 10) <= width for line in style.wrap(text, width, 10))


@pytest.mark.parametrize("width", range(30, 90, 6))
def test_a_line_does_not_begin_with_a_comma_or_full_stop(width: int) -> None:
    lines = style.wrap("百色市，右江区，田阳县，田东县。平果县，德保县。", width, 10)
    assert len(lines) > 2
    assert not [line for line in lines if line[0] in "，。"]


@pytest.mark.parametrize("width", range(30, 90, 6))
def test_a_line_does_not_end_with_an_opening_bracket(width: int) -> None:
    lines = style.wrap("一超（人均纯收入）、《意见》与“两委”", width, 10)
    assert len(lines) > 1
    assert not [line for line in lines if line[-1] in "（《“"]


@given(TEXTS, st.floats(min_value=20, max_value=300))
def test_a_shortened_name_fits_and_says_that_it_is_cut(text: str, width: float) -> None:
    short = style.shorten(text, width, 10)
    assert style.text_width(short, 10) <= width
    assert short == text or (short.endswith("…") and text.startswith(short[:-1].rstrip()))


@given(st.integers(min_value=1, max_value=9), st.floats(min_value=0, max_value=0.4))
def test_classes_go_from_light_to_dark_and_stay_apart(k: int, start: float) -> None:
    grey = [sum(to_rgb(color)) for color in style.sequential(k, start)]
    assert grey == sorted(grey, reverse=True)
    assert len(set(grey)) == k


def test_every_status_is_apart_without_colour() -> None:
    """On a grey printer pass, fail, unknown and suppressed differ in lightness or in hatch."""
    looks = [style.STATUS[s] for s in ("pass", "fail", "unknown", "suppressed")]
    grey = {(round(sum(to_rgb(look.color)) / 3, 1), look.hatch) for look in looks}
    assert len(grey) == len(looks)


@pytest.mark.parametrize("fill", [*style.sequential(5), *(s.color for s in style.STATUS.values())])
def test_text_upon_a_fill_is_legible(fill: str) -> None:
    """Contrast by WCAG 2.1 is at least 3 : 1, which it asks of large text and graphics."""
    light, dark = sorted((_luminance(fill), _luminance(style.ink_on(fill))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


def _luminance(color: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("simulated", [True, False])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_figure_says_simulated_only_if_it_is(simulated: bool, lang: str) -> None:
    style.use(lang)
    fig, _ = plt.subplots()
    style.stamp(fig, simulated, source="报送数据" * 30, edition="2016")
    words = figures.said(fig)
    assert any("模拟" in text for text in words) == simulated
    assert any("2016" in text for text in words)
    assert not figures.cut(fig)
    assert not figures.overlaps(fig)


def test_a_title_breaks_where_the_figure_ends() -> None:
    style.use("zh")
    fig, ax = plt.subplots(figsize=style.sheet("column"))
    ax.set_axis_off()
    style.set_figure_title(fig, "百色市十二个县（市、区）建档立卡户达标比例与上月的比较")
    style.set_title(ax, "隆林各族自治县各乡镇达标户占全部判定户的比例（2016-06）")
    assert not figures.cut(fig)
    assert not figures.overlaps(fig)


WORDS = [
    "schema/tables.csv",
    "codes/lists.csv",
    "codes/counties.csv",
    "codes/townships.csv",
    "clean/rules.csv",
    "quality_rules/register.toml",
    "templates/words.toml",
    "styles/look.toml",
    "narrative/__init__.py",
    "narrative/goals.py",
    "tables/goals.py",
    "tables/accounts.py",
    "targets/baise_2016.toml",
    "targets/measures.toml",
    "targets/groups.toml",
    "charts/path.py",
    "charts/flow.py",
    "charts/published.py",
    "maps/flows.py",
    "maps/years.py",
    "reference/published_flows.csv",
    "standards/household_exit_2016.toml",
    "standards/household_exit_2017.toml",
]


@pytest.mark.parametrize("name", WORDS)
def test_the_shipped_fonts_have_every_character_the_package_prints(name: str) -> None:
    text = (files("povexit") / name).read_text(encoding="utf-8")
    assert {c for c in text if c.isprintable()} - figures.glyphs() == set()


def test_a_figure_saved_twice_is_the_same_to_the_byte(tmp_path) -> None:
    style.use("zh")
    saved = []
    for name in ("a.svg", "b.svg"):
        fig, ax = plt.subplots()
        ax.bar([1, 2], [3, 4], hatch="//")
        ax.set_title("达标")
        fig.savefig(tmp_path / name, metadata={"Date": None})
        saved.append((tmp_path / name).read_bytes())
    assert saved[0] == saved[1]


def test_a_figure_becomes_svg_in_one_drawing_the_same_as_matplotlib_makes_in_two() -> None:
    style.use("zh")
    fig, ax = plt.subplots()
    ax.barh(["百色", "田阳"], [3, 40])
    ax.set_title("一个标题")
    printed = io.BytesIO()
    fig.savefig(printed, format="svg", metadata={"Date": None}, dpi=fig.dpi)
    times: list[object] = []
    fig.canvas.mpl_connect("draw_event", times.append)
    shown = fig.canvas, fig.dpi
    assert vector.svg(fig) == printed.getvalue().decode("utf-8").replace("\n", " ")
    assert len(times) == 1
    assert (fig.canvas, fig.dpi) == shown


def test_a_notebook_shows_nothing_of_an_empty_figure() -> None:
    assert vector._shown(plt.figure()) is None


def test_laying_out_places_axes_as_drawing_does() -> None:
    style.use("zh")
    fig, axes = plt.subplots(1, 2, figsize=(6, 3))
    for ax, size in zip(axes, (1, 30), strict=True):
        ax.plot([0, 2], [0, size])
        ax.set_aspect("equal", adjustable="datalim")
    style.lay_out(fig)
    before = [(ax.get_position().bounds, ax.get_xlim(), ax.get_ylim()) for ax in axes]
    fig.draw_without_rendering()
    after = [(ax.get_position().bounds, ax.get_xlim(), ax.get_ylim()) for ax in axes]
    np.testing.assert_allclose(np.ravel(before[0][1:]), np.ravel(after[0][1:]))
    np.testing.assert_allclose(before[1][0], after[1][0])


def _tile(text: str) -> tuple[float, set[tuple[float, float]]]:
    """Return the side of the largest tile of a hatch, and where its dots begin, within one tile."""
    tiles = re.findall(r'<pattern [^>]*?width="([\d.]+)".*?<path d="([^"]*)"', text, re.DOTALL)
    side, drawn = max(tiles, key=lambda tile: len(tile[1]))
    starts = re.findall(r"M ?([-\d.e]+) ([-\d.e]+)", drawn)
    return float(side), {(round(float(x), 2), round(float(y), 2)) for x, y in starts}


def _hatched(hatch: str) -> tuple[str, str]:
    """Return a hatched figure as matplotlib has it and as notebooks do."""
    fig, ax = plt.subplots()
    ax.bar([1], [1], hatch=hatch)
    printed = io.BytesIO()
    fig.savefig(printed, format="svg", metadata={"Date": None}, dpi=fig.dpi)
    found = vector.svg(fig)
    return printed.getvalue().decode("utf-8"), found


@pytest.mark.parametrize("hatch", ["..", "...", "...."])
def test_a_dotted_hatch_is_a_small_tile_with_its_dots_where_they_were(hatch: str) -> None:
    before, after = map(_tile, _hatched(hatch))
    assert after[0] == before[0] / len(hatch)
    # what lies on the large tile, moved to the first small one, lies on that
    grid = {(round(x % after[0], 1), round(y % after[0], 1)) for x, y in before[1]}
    assert grid == {(round(x % after[0], 1), round(y % after[0], 1)) for x, y in after[1]}


@pytest.mark.parametrize("hatch", ["o", "oo", "*", "**", "////", "....//"])
def test_another_hatch_stays_as_matplotlib_draws_it(hatch: str) -> None:
    before, after = map(_tile, _hatched(hatch))
    assert after == before
