"""Figures of what months really bring: very long names, many rows, almost nothing, nothing known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from tests import figures
from tests import finished_tables as finished
from tests.all_figures import DRAWN

from povexit import charts, decide, maps, poverty, publish, standards, style
from povexit.errors import StoreError

LONG = "右江河谷易地扶贫搬迁集中安置区第二期工程联合管理委员会所辖金村"
LONG_EN = "Second resettlement area of the river valley"
CONTEXTS = [("zh", "report"), ("en", "report"), ("zh", "slides"), ("en", "slides")]


@pytest.fixture(autouse=True)
def _own_look() -> Iterator[None]:
    with plt.rc_context():
        style.use("zh")
        yield
    style.use("zh")
    plt.close("all")


def told(name: str, lang: str) -> dict[str, Any]:
    drawn = DRAWN[name](lang, "题")
    fig = drawn if isinstance(drawn, Figure) else style.figure_of(drawn)
    return json.loads(json.dumps(style.description(fig)))


def with_column(data: dict[str, Any], column: str, value: Callable[[int], Any]) -> None:
    at = data["columns"].index(column)
    for i, row in enumerate(data["rows"]):
        row[at] = value(i)


def test_a_name_is_thirty_characters() -> None:
    assert len(LONG) >= 30


@pytest.mark.parametrize(("lang", "context"), CONTEXTS)
@pytest.mark.parametrize("name", [n for n in DRAWN if n not in ("quality_heat", "small_multiples")])
def test_names_of_thirty_characters_leave_the_figure_legible(
    name: str, lang: str, context: str
) -> None:
    found = told(name, lang)
    for column in ("name", "village_name", "asked"):
        if column in found["data"]["columns"]:
            kept = {"funnel": 2, "operating_characteristic": 60, "tip_curve": 200}.get(name, 1)
            word = LONG if lang == "zh" else LONG_EN
            with_column(found["data"], column, lambda i, w=word, k=kept: f"{i // k}{w}")
    style.use(lang, context)
    fig = publish.redraw(found, title="县" * 70 if lang == "zh" else "County " * 30)
    assert figures.cut(fig) == []
    assert figures.without_glyph(fig) == set()


# many villages


def many(n: int) -> pd.DataFrame:
    return finished.villages(count=n).assign(
        is_poor_village=pd.array([i % 3 == 0 for i in range(n)], dtype="boolean")
    )


@pytest.mark.parametrize(("lang", "context"), CONTEXTS)
def test_of_400_villages_the_ends_are_ranked_and_the_rest_is_counted(
    lang: str, context: str
) -> None:
    style.use(lang, context)
    ax = charts.village_ranking(many(400), lang, title="T")
    fig = style.figure_of(ax)
    assert tuple(fig.get_size_inches()) <= style.stage()
    assert figures.overlaps(fig) == []
    assert figures.cut(fig) == []
    shown = len(ax.patches)
    assert any(str(375 - shown) in text for text in figures.said(fig))


@pytest.mark.parametrize(("lang", "context"), CONTEXTS)
def test_of_400_villages_the_heat_table_shows_what_the_sheet_holds_and_counts_the_rest(
    lang: str, context: str
) -> None:
    style.use(lang, context)
    names = {c.id: c.label(lang) for c in standards.load("village_exit", "2017").criteria}
    rows = [dict.fromkeys(names, i % 2 == 0) | {"n_failed": 3, "n_unknown": 0} for i in range(400)]
    table = pd.DataFrame(rows).assign(name=[f"{i}{LONG}" for i in range(400)])
    ax = charts.standards_heat(table, names, lang, title="T")
    fig = style.figure_of(ax)
    assert fig.get_size_inches()[1] <= style.stage()[1] + 0.01
    assert figures.overlaps(fig) == []
    assert figures.cut(fig) == []
    drawn = len(ax.get_yticks())
    assert 8 <= drawn < 60
    assert any(str(400 - drawn) in text for text in figures.said(fig))


@pytest.mark.parametrize("context", ["report", "slides"])
def test_400_villages_on_a_map_have_their_points_and_few_names(context: str) -> None:
    style.use("zh", context)
    ax = maps.county_map("451022", many(400), title="题", unit="%")
    points = [line for line in ax.lines if line.get_marker() in ("D", "o", "s")]
    assert len(points) == 398
    assert figures.cut(style.figure_of(ax)) == []


# almost nothing


def test_a_county_with_three_households_shows_none_of_them() -> None:
    """What rests on three households is said to, and no number of theirs is in any figure."""
    standard = standards.load("household_exit", "2016")
    ids = [c.id for c in standard.criteria]
    decisions = pd.DataFrame(
        [dict.fromkeys(ids, False) | {"household_size": 4, "income_distance_yuan": -777.0}] * 3
    ).convert_dtypes()
    together = decide.failing_together(decisions, standard)
    fig = style.figure_of(charts.failing_together(together, dict(zip(ids, ids, strict=True))))
    assert "没有数据" in figures.said(fig)
    ranked = poverty.ranked(decisions, 2952)
    parade = style.figure_of(charts.pens_parade(ranked, line_yuan=2952))
    curve = style.figure_of(charts.tip_curve(ranked.assign(name="田东")))
    for fig in (parade, curve):
        assert "没有数据" in figures.said(fig)
        assert "2,175" not in json.dumps(style.description(fig), ensure_ascii=False)


def hidden(status: str) -> dict[str, Callable[[], Axes]]:
    """Charts and maps of a month all of whose values are unknown, or all suppressed."""
    county = finished.county_values().assign(status=status, value=pd.NA)
    villages = finished.villages().assign(status=status, value=pd.NA)
    months = finished.months().assign(status=status, previous=pd.NA, current=pd.NA)
    return {
        "choropleth": lambda: maps.choropleth(county, title="题", unit="%"),
        "point_map": lambda: maps.point_map(county, title="题", unit="户"),
        "county_map": lambda: maps.county_map("451022", villages, title="题", unit="%"),
        "village_ranking": lambda: charts.village_ranking(villages, title="题"),
        "month_change": lambda: charts.month_change(months, title="题"),
        "slope_graph": lambda: charts.slope_graph(months, title="题"),
        "quality_heat": lambda: charts.quality_heat(
            finished.quality().assign(status=status, share=pd.NA), title="题"
        ),
    }


@pytest.mark.parametrize("status", ["unknown", "suppressed"])
@pytest.mark.parametrize("name", hidden("unknown"))
def test_where_nothing_may_be_shown_the_figure_says_why(name: str, status: str) -> None:
    fig = style.figure_of(hidden(status)[name]())
    said = " ".join(figures.said(fig))
    word = {"unknown": "未知", "suppressed": "少"}[status]
    assert word in said or "没有数据" in said or style.SUPPRESSED in said
    assert figures.cut(fig) == []
    assert "0.0%" not in said
    alt = (style.description(fig) or {})["alt"]
    assert "没有可显示的数值" in alt or "不能比较12" in alt


# one month alone


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_single_month_is_drawn_as_one_and_not_as_a_fall_to_nothing(lang: str) -> None:
    style.use(lang)
    alone = finished.months().assign(previous=pd.NA)
    for draw in (charts.month_change, charts.slope_graph):
        fig = style.figure_of(draw(alone, lang, months=("2016-05", "2016-06")))
        said = (style.description(fig) or {})["alt"]
        assert {"zh": "不能比较12", "en": "12 cannot be compared"}[lang] in said
        assert figures.cut(fig) == []
        assert "0.0%" not in figures.said(fig)
    one = [("2016-06", finished.county_values())]
    fig = maps.small_multiples(one, title="T", unit="%", lang=lang)
    assert figures.cut(fig) == []
    curve = charts.tip_curve(finished.ranked().assign(name="2016-06"), lang)
    assert len(curve.lines) == 2  # the curve and its mark


# the font


def test_a_missing_font_is_told_with_its_remedy_and_not_drawn_as_boxes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    kept = style.font_files()
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / kept[0].name).write_bytes(b"")
    monkeypatch.setattr(style, "STYLES", tmp_path)
    style.register_fonts.cache_clear()
    with pytest.raises(StoreError, match="font") as caught:
        style.use("zh")
    assert "git checkout" in str(caught.value)
    monkeypatch.undo()
    style.register_fonts.cache_clear()
    style.use("zh")
