"""Charts draw the numbers they are given, mark the unknown, and keep their text readable."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Patch, Rectangle
from tests import figures, finished_verdicts
from tests import finished_tables as finished

from povexit import charts, style
from povexit.errors import SchemaError

TITLE = {
    "zh": "隆林各族自治县：各项指标达标、未达标与未知的户占全部判定户的比例，与上月比较（2016-06）",
    "en": "Longlin: share of all judged households that meet, fail and are unknown, by criterion",
}
LINE = 2952.0


def named(lang: str) -> pd.DataFrame:
    table = finished.criteria()
    return table.assign(name=table[f"name_{lang}"])


DRAWN: dict[str, Callable[[str], Axes]] = {
    "criteria": lambda lang: charts.criteria_bars(named(lang), title=TITLE[lang]),
    "ranking": lambda lang: charts.county_ranking(
        finished.ranking(), threshold=0.02, title=TITLE[lang]
    ),
    "months": lambda lang: charts.month_change(
        finished.months(), months=("2016-05", "2016-06"), title=TITLE[lang]
    ),
    "income": lambda lang: charts.income_histogram(
        finished.income_bins(), near_yuan=500, line_yuan=LINE, title=TITLE[lang]
    ),
    "quality": lambda lang: charts.quality_heat(finished.quality(), title=TITLE[lang]),
    "verdicts": lambda lang: charts.verdict_strips(finished.verdicts(lang), title=TITLE[lang]),
    "grid": lambda lang: charts.verdict_grid(
        finished.verdicts_of_counties(lang), title=TITLE[lang]
    ),
    "villages": lambda lang: charts.village_ranking(finished.villages(), title=TITLE[lang]),
    "funnel": lambda lang: charts.funnel(finished_verdicts.limits(), title=TITLE[lang]),
    "choices": lambda lang: charts.choice_grid(
        finished_verdicts.specifications(lang), title=TITLE[lang]
    ),
    "curve": lambda lang: charts.specification_curve(
        finished_verdicts.of_one_county(lang), title=TITLE[lang]
    ),
    "plans": lambda lang: charts.operating_characteristic(
        finished_verdicts.plans(lang), threshold=0.02, title=TITLE[lang]
    ),
}
#: What these draw is never unknown: villages say so in a sentence, chances are computed.
ALWAYS_KNOWN = ("villages", "plans")


@pytest.fixture(autouse=True)
def _own_look() -> Iterator[None]:
    with plt.rc_context():
        style.use("zh")
        yield
    style.use("zh")
    plt.close("all")


def legend(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def bars(ax: Axes) -> list[Rectangle]:
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


@pytest.mark.parametrize(
    ("lang", "context"), [("zh", "report"), ("en", "report"), ("en", "slides")]
)
@pytest.mark.parametrize("chart", DRAWN)
def test_no_text_is_cut_lies_on_another_or_shows_a_box(chart: str, lang: str, context: str) -> None:
    style.use(lang, context)
    fig = style.figure_of(DRAWN[chart](lang))
    style.stamp(fig, True, source="2016-06", edition="2016")
    assert figures.cut(fig) == []
    assert figures.overlaps(fig) == []
    assert figures.without_glyph(fig) == set()


@pytest.mark.parametrize("chart", DRAWN)
def test_every_text_but_a_name_of_a_village_or_rule_is_english_in_english(chart: str) -> None:
    style.use("en")
    names = {*finished.villages()["village_name"], *(name for _, name in finished.RULES)}
    said = figures.said(style.figure_of(DRAWN[chart]("en")))
    chinese = [text for text in said if any(ord(c) > 0x2E7F for c in text)]
    known = "".join(names)
    assert [text for text in chinese if not _part_of(text, known)] == []


def _part_of(text: str, known: str) -> bool:
    last = text.replace("\n", "").split(" ")[-1].removesuffix("…")
    return last in known


@pytest.mark.parametrize("chart", [c for c in DRAWN if c not in ALWAYS_KNOWN])
def test_unknown_has_its_mark_in_every_chart(chart: str) -> None:
    ax = DRAWN[chart]("zh")
    marked = [*legend(ax), *(text.get_text() for text in ax.texts)]
    assert any("未知" in text for text in marked)


EMPTY: dict[str, Callable[[], Axes]] = {
    "criteria": lambda: charts.criteria_bars(named("zh").iloc[:0]),
    "ranking": lambda: charts.county_ranking(finished.ranking().iloc[:0]),
    "months": lambda: charts.month_change(finished.months().iloc[:0]),
    "income": lambda: charts.income_histogram(finished.income_bins().iloc[:0]),
    "quality": lambda: charts.quality_heat(finished.quality().iloc[:0]),
    "villages": lambda: charts.village_ranking(finished.villages().iloc[:0]),
    "funnel": lambda: charts.funnel(finished_verdicts.limits().iloc[:0]),
    "choices": lambda: charts.choice_grid(finished_verdicts.specifications("zh").iloc[:0]),
    "curve": lambda: charts.specification_curve(finished_verdicts.of_one_county("zh").iloc[:0]),
    "plans": lambda: charts.operating_characteristic(finished_verdicts.plans("zh").iloc[:0]),
}


@pytest.mark.parametrize("chart", EMPTY)
def test_a_table_without_rows_gives_a_figure_that_says_so(chart: str) -> None:
    fig = style.figure_of(EMPTY[chart]())
    assert "没有数据" in figures.said(fig)
    assert figures.cut(fig) == []


def blank(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    return table.assign(**{column: pd.array([pd.NA] * len(table)) for column in columns})


UNKNOWN: dict[str, Callable[[], Axes]] = {
    "criteria": lambda: charts.criteria_bars(
        blank(named("zh"), "passed_share", "failed_share", "unknown_share")
    ),
    "ranking": lambda: charts.county_ranking(blank(finished.ranking(), "estimate", "low", "high")),
    "months": lambda: charts.month_change(blank(finished.months(), "previous", "current")),
    "income": lambda: charts.income_histogram(finished.income_bins().tail(1)),
    "quality": lambda: charts.quality_heat(blank(finished.quality(), "share")),
    "villages": lambda: charts.village_ranking(blank(finished.villages(), "value")),
}


@pytest.mark.parametrize("chart", UNKNOWN)
def test_a_month_of_which_nothing_is_known_shows_unknown_and_no_zero(chart: str) -> None:
    ax = UNKNOWN[chart]()
    said = figures.said(style.figure_of(ax))
    assert any("未知" in text for text in said)
    assert not {"0.0%", "0"} & {text.get_text() for text in ax.texts} - _counts(chart)
    values = [line.get_xdata() for line in ax.lines if len(line.get_xdata())]
    assert all(pd.isna(x).all() for x in values)


def _counts(chart: str) -> set[str]:
    """Counts of households stand beside the bars and may well be none."""
    return {"0"} if chart == "criteria" else set()


@pytest.mark.parametrize("chart", [*DRAWN])
def test_a_chart_draws_on_axes_it_is_given(chart: str) -> None:
    fig, ax = plt.subplots()
    tables = {
        "criteria": (charts.criteria_bars, named("zh")),
        "ranking": (charts.county_ranking, finished.ranking()),
        "months": (charts.month_change, finished.months()),
        "income": (charts.income_histogram, finished.income_bins()),
        "quality": (charts.quality_heat, finished.quality()),
        "verdicts": (charts.verdict_strips, finished.verdicts("zh")),
        "grid": (charts.verdict_grid, finished.verdicts_of_counties("zh")),
        "villages": (charts.village_ranking, finished.villages()),
        "funnel": (charts.funnel, finished_verdicts.limits()),
        "choices": (charts.choice_grid, finished_verdicts.specifications("zh")),
        "curve": (charts.specification_curve, finished_verdicts.of_one_county("zh")),
        "plans": (charts.operating_characteristic, finished_verdicts.plans("zh")),
    }
    draw, table = tables[chart]
    before = table.copy()
    assert draw(table, ax=ax, title="题") is ax
    assert plt.get_fignums() == [fig.number]
    pd.testing.assert_frame_equal(table, before)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(SchemaError, match="missing") as caught:
        charts.criteria_bars(named("zh").drop(columns="failed_share"))
    assert caught.value.expected == ["failed_share"]


# criteria


def test_the_parts_of_a_bar_are_the_shares_given_and_fill_it() -> None:
    table = named("zh")
    drawn = bars(charts.criteria_bars(table))
    parts = [drawn[i :: len(table)] for i in range(len(table))]
    for row, (passed, failed, unknown) in zip(table.to_dict("records"), parts, strict=True):
        widths = [part.get_width() for part in (passed, failed, unknown)]
        assert widths == pytest.approx(
            [row["passed_share"], row["failed_share"], row["unknown_share"]]
        )
        assert unknown.get_x() + unknown.get_width() == pytest.approx(1)
        assert unknown.get_hatch()


def test_the_counts_of_failed_and_unknown_stand_beside_the_bars() -> None:
    said = [text.get_text() for text in charts.criteria_bars(named("zh")).texts]
    assert "1,250" in said
    assert "未达标户" in said


def test_a_share_is_written_only_into_a_part_that_holds_it() -> None:
    ax = charts.criteria_bars(named("zh"))
    style.figure_of(ax).draw_without_rendering()
    inside = [text for text in ax.texts if text.get_text().endswith("%")]
    boxes = [bar.get_window_extent() for bar in bars(ax)]
    for text in inside:
        own = text.get_window_extent()
        assert any(box.x0 <= own.x0 and own.x1 <= box.x1 for box in boxes), text.get_text()
    assert "2.5%" not in [text.get_text() for text in inside]


def test_a_criterion_of_nobody_says_unknown_in_its_row() -> None:
    table = named("zh")
    table.loc[2, ["passed_share", "failed_share", "unknown_share"]] = float("nan")
    ax = charts.criteria_bars(table)
    rows = [text.get_position()[1] for text in ax.texts if text.get_text() == "未知"]
    assert rows == [2]


# ranking


def test_estimates_stand_from_high_to_low_and_the_unknown_last() -> None:
    ax = charts.county_ranking(finished.ranking(), threshold=0.02)
    dots = [line for line in ax.lines if line.get_marker() not in ("None", None, "")]
    values = [float(dot.get_xdata()[0]) for dot in dots]
    assert len(values) == 11
    assert values == sorted(values, reverse=True)
    assert ax.get_yticklabels()[-1].get_text() == "西林"


def test_an_interval_runs_from_low_to_high_and_there_is_none_without_both() -> None:
    table = finished.ranking()
    ax = charts.county_ranking(table)
    spans = {tuple(line.get_xdata()) for line in ax.lines if len(line.get_xdata()) == 2}
    known = table.dropna(subset=["low", "high"])
    assert spans == set(zip(known["low"], known["high"], strict=True))
    assert "—" in [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("threshold", [None, float("nan"), pd.NA])
def test_without_a_threshold_no_line_and_no_entry(threshold) -> None:
    ax = charts.county_ranking(finished.ranking().drop(columns="verdict"), threshold=threshold)
    assert ax.get_legend() is None


def test_verdicts_differ_in_shape_and_fill() -> None:
    ax = charts.county_ranking(finished.ranking(), threshold=0.02)
    looks = {
        (h.get_marker(), to_hex(h.get_markerfacecolor()))
        for h in ax.get_legend().legend_handles[:3]
    }
    assert len(looks) == 3
    assert legend(ax) == ["达标", "未达标", "不能确定", "标准线 2.0%"]


def test_ticks_of_a_narrow_range_are_told_apart() -> None:
    table = finished.ranking().assign(estimate=[0.001 + 0.0005 * i for i in range(12)])
    ax = charts.county_ranking(table.assign(low=table["estimate"], high=table["estimate"]))
    style.figure_of(ax).draw_without_rendering()
    ticks = [label.get_text() for label in ax.get_xticklabels()]
    assert len(ticks) > 2
    assert len(set(ticks)) == len(ticks)


# months


def test_both_months_are_marked_where_they_are_known() -> None:
    table = finished.months()
    before, now = charts.month_change(table).lines[:2]
    assert pd.Series(before.get_xdata()).notna().sum() == table["previous"].notna().sum()
    assert pd.Series(now.get_xdata()).notna().sum() == table["current"].notna().sum()


def test_what_is_suppressed_is_neither_marked_nor_printed() -> None:
    table = finished.months().assign(status="shown")
    table.loc[0, ["previous", "current", "status"]] = [0.111, 0.222, "suppressed"]
    ax = charts.month_change(table)
    assert all(pd.isna(line.get_xdata()[0]) for line in ax.lines[:2])
    said = figures.said(style.figure_of(ax))
    assert not {"11.1%", "22.2%"} & set(said)
    assert said.count(style.SUPPRESSED) == 2


# income


def test_bars_are_the_bins_and_the_unknown_are_counted_not_drawn() -> None:
    table = finished.income_bins()
    ax = charts.income_histogram(table, line_yuan=LINE)
    heights = sorted(bar.get_height() for bar in bars(ax))
    assert heights == sorted(table["households"][:-1])
    assert any("17" in text and "未知" in text for text in legend(ax))


def test_a_household_at_the_line_is_drawn_below_it() -> None:
    ax = charts.income_histogram(finished.income_bins())
    fail = to_hex(style.STATUS["fail"].color)
    below = [bar for bar in bars(ax) if to_hex(bar.get_facecolor()) == fail]
    assert max(bar.get_x() + bar.get_width() for bar in below) == 0


def test_bins_of_unequal_width_are_refused() -> None:
    table = finished.income_bins()
    table.loc[0, "low_yuan"] = -9000
    with pytest.raises(SchemaError, match="equally wide"):
        charts.income_histogram(table)


# quality


def test_cells_print_their_percentage_and_unknown_cells_are_hatched() -> None:
    table = finished.quality()
    ax = charts.quality_heat(table)
    cells = bars(ax)
    assert len(cells) == len(table)
    hatched = [cell for cell in cells if cell.get_hatch()]
    assert len(hatched) == table["share"].isna().sum()
    assert len(ax.texts) == len(table) - len(hatched)
    assert legend(ax) == ["未知", "样本少，不显示"]


def test_a_share_that_rests_on_few_records_is_marked_and_not_printed() -> None:
    table = finished.quality().assign(share=0.25, status="shown")
    table.loc[table.index[0], ["share", "status"]] = [0.875, "suppressed"]
    ax = charts.quality_heat(table)
    assert {text.get_text() for text in ax.texts} == {"25.0"}
    assert len([cell for cell in bars(ax) if cell.get_hatch()]) == 1


def test_none_reads_nought_and_a_little_does_not() -> None:
    table = finished.quality().assign(share=0.0)
    table.loc[0, "share"] = 0.0002
    said = [text.get_text() for text in charts.quality_heat(table).texts]
    assert set(said) == {"0", "<0.1"}


# villages


def test_both_ends_are_shown_and_what_lies_between_is_counted() -> None:
    table = finished.villages()
    ax = charts.village_ranking(table, show=3)
    widths = [bar.get_width() for bar in bars(ax)]
    shown = table.loc[table["status"] == "shown", "value"].sort_values(ascending=False)
    assert widths == pytest.approx([*shown.head(3), *shown.tail(3)])
    said = [text.get_text() for text in ax.texts]
    assert any(f"其间{len(shown) - 6}个村" in text for text in said)


def test_villages_without_a_value_are_counted_and_a_suppressed_value_is_nowhere() -> None:
    ax = charts.village_ranking(finished.villages(), show=99)
    said = figures.said(style.figure_of(ax))
    assert any("未知5个村" in text and "户数过少20个村" in text for text in said)
    assert not [text for text in said if "98.7" in text]


def test_kinds_of_villages_have_colours_of_their_own() -> None:
    """A poor village is not one that fails: the colours of verdicts would say so."""
    table = finished.villages()
    ax = charts.village_ranking(table, show=99)
    colors = {to_hex(bar.get_facecolor()) for bar in bars(ax)}
    assert not colors & {to_hex(status.color) for status in style.STATUS.values()} - {"#ffffff"}
    assert legend(ax) == ["贫困村", "非贫困村", "是否贫困村未知"]
    assert all(isinstance(handle, Patch) for handle in ax.get_legend().legend_handles)


def test_a_very_long_name_is_cut_with_an_ellipsis() -> None:
    ax = charts.village_ranking(finished.villages())
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert any(name.endswith("…") and "右江河谷" in name for name in names)


def strip_parts(ax: Axes, row: int) -> dict[str, float]:
    """Return the width of the strip's part of each outcome."""
    found = {}
    for status in ("pass", "fail"):
        color = to_hex(style.STATUS[status].color)
        for bar in bars(ax):
            if to_hex(bar.get_facecolor()) == color and abs(bar.get_y() + 0.2 - row) < 1e-9:
                found[status] = bar.get_width()
    return found


def test_a_strip_shows_the_side_that_meets_where_the_standard_has_it() -> None:
    ax = charts.verdict_strips(finished.verdicts("zh"))
    wrong, recognition = strip_parts(ax, 0), strip_parts(ax, 2)
    assert wrong["pass"] == pytest.approx(0.02 / 0.04)
    assert recognition["pass"] == pytest.approx(0.1 / 0.2)
    assert {"标准 < 2.0%", "标准 ≥ 90.0%"} <= set(figures.said(style.figure_of(ax)))


def test_an_open_verdict_names_the_visits_that_would_settle_it() -> None:
    said = figures.said(style.figure_of(charts.verdict_strips(finished.verdicts("zh"))))
    assert {"9", "450", "全部", "不能确定", "未知"} <= set(said)


def test_the_grid_marks_every_verdict_and_says_unknown_without_an_estimate() -> None:
    ax = charts.verdict_grid(finished.verdicts_of_counties("zh"))
    said = figures.said(style.figure_of(ax))
    assert said.count("未知") == 12
    assert said.count("1.2%") == 12
    assert legend(ax) == ["达标", "未达标", "不能确定"]
