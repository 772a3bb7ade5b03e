"""What is shown of the campaign: figures keep their text, tables and sentences say what is known."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle
from tests import figures

from povexit import charts, maps, narrative, progress, style, tables
from povexit.errors import SchemaError
from povexit.geography import counties

CODES = list(counties()["county_code"])
TITLE = {
    "zh": "百色市各县（市、区）易地扶贫搬迁、小额信贷与资金结转结余清理进度（2016-06）",
    "en": "Baise: relocation, microloans and carry-over of funds by county in June 2016",
}


@pytest.fixture(autouse=True)
def _own_look() -> Iterator[None]:
    with plt.rc_context():
        style.use("zh")
        yield
    style.use("zh")
    plt.close("all")


def path() -> pd.DataFrame:
    """Six months of twelve, one of them not run."""
    values = [800, None, 1500, 1900, 2600, 3100, *[None] * 6]
    table = pd.DataFrame(
        {"month": progress.months(2016), "value": pd.array(values, dtype="Float64")}
    )
    return table.assign(expected=[420 * (i + 1) for i in range(12)])


def band() -> pd.DataFrame:
    months = progress.months(2016)[5:]
    middle = [3100 + 430 * i for i in range(7)]
    wide = [120 * i for i in range(7)]
    low, high = ([m + s * w for m, w in zip(middle, wide, strict=True)] for s in (-1, 1))
    return pd.DataFrame({"month": months, "estimate": middle, "low": low, "high": high})


def steps(lang: str) -> pd.DataFrame:
    lines = ["opening", "newly_identified", "returned", "born_or_joined", "exits", "other"]
    values = [17014, 30, None, 42, -260, 9, 4, 16839]
    kinds = ["stock", *["step"] * 5, "difference", "stock"]
    table = pd.DataFrame(
        {"line": [*lines, "difference", "closing"], "value": values, "kind": kinds}
    )
    return tables.lines(table, lang)


def funds() -> pd.DataFrame:
    rows = [
        {
            "county_code": c,
            "age_years": a,
            "balance_yuan": 1e6 * (i + 1) / (a + 1),
            "unknown_yuan": 4e4,
        }
        for i, c in enumerate(CODES)
        for a in range(4)
    ]
    return pd.DataFrame(rows)


def moves() -> pd.DataFrame:
    pairs = [("451027", "451021", 9600), ("451027", "451027", 4000), ("451031", "451031", 70)]
    pairs += [("451026", "451081", 220), ("451002", None, 5)]
    return pd.DataFrame(pairs, columns=["county_code", "to_county_code", "persons_moved"])


def editions() -> pd.DataFrame:
    return progress.published().query("quantity == 'persons_exit'")


DRAWN: dict[str, Callable[[str], Axes]] = {
    "path": lambda lang: charts.progress_path(
        path(), band(), wanted=5040, unit=tables.unit("persons", lang), title=TITLE[lang]
    ),
    "no forecast": lambda lang: charts.progress_path(
        path().assign(value=path()["value"] / 5000, expected=path()["expected"] / 5000),
        band().iloc[:0],
        wanted=0.8,
        unit="%",
        title=TITLE[lang],
    ),
    "flow": lambda lang: charts.waterfall(
        steps(lang), unit=tables.unit("persons", lang), title=TITLE[lang]
    ),
    "funds": lambda lang: charts.funds_by_age(funds(), title=TITLE[lang]),
    "published": lambda lang: charts.published_editions(
        editions(), unit=tables.unit("persons", lang), title=TITLE[lang]
    ),
}


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
def test_everything_is_english_in_english(chart: str) -> None:
    style.use("en")
    said = figures.said(style.figure_of(DRAWN[chart]("en")))
    assert [text for text in said if any(ord(c) > 0x2E7F for c in text)] == []


@pytest.mark.parametrize("chart", ["path", "no forecast", "flow", "funds"])
def test_unknown_has_its_mark(chart: str) -> None:
    assert any("未知" in text for text in figures.said(style.figure_of(DRAWN[chart]("zh"))))


EMPTY: dict[str, Callable[[], Axes]] = {
    "path": lambda: charts.progress_path(path().iloc[:0], band().iloc[:0]),
    "flow": lambda: charts.waterfall(steps("zh").iloc[:0]),
    "funds": lambda: charts.funds_by_age(funds().iloc[:0]),
    "published": lambda: charts.published_editions(editions().iloc[:0]),
}


@pytest.mark.parametrize("chart", EMPTY)
def test_a_table_without_rows_says_so(chart: str) -> None:
    assert "没有数据" in figures.said(style.figure_of(EMPTY[chart]()))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(SchemaError, match="missing"):
        charts.progress_path(path().drop(columns="expected"), band())
    with pytest.raises(SchemaError, match="missing"):
        maps.flow_map(moves().drop(columns="persons_moved"), title="", unit="人")


def test_a_path_with_no_month_known_is_hatched_throughout_and_has_no_line() -> None:
    ax = charts.progress_path(path().assign(value=pd.NA), band().iloc[:0], wanted=10.0)
    marked = [line for line in ax.lines if line.get_marker() == "o"]
    assert all(pd.isna(line.get_ydata()).all() for line in marked)
    assert len([p for p in ax.patches if p.get_hatch()]) == 12


def test_the_steps_of_a_flow_begin_where_the_last_ended_and_lead_to_the_closing() -> None:
    known = steps("zh").dropna(subset=["value"])
    ax = charts.waterfall(known)
    bars = [p for p in ax.patches if isinstance(p, Rectangle)]
    edges = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars]
    assert edges[0][0] == 0
    assert all(a[1] == pytest.approx(b[0]) for a, b in itertools.pairwise(edges))
    assert edges[-1][1] == pytest.approx(16839 - 17014)
    assert bars[-1].get_hatch()  # what nobody can explain looks like no step


def test_funds_add_up_to_the_bar_and_the_unknown_comes_last() -> None:
    ax = charts.funds_by_age(funds())
    bars = [p for p in ax.patches if isinstance(p, Rectangle)]
    first = [bar for bar in bars if bar.get_y() + bar.get_height() / 2 == pytest.approx(0)]
    own = funds().query("county_code == @CODES[0]")
    total = (own["balance_yuan"].sum() + own["unknown_yuan"].sum()) / 10_000
    assert sum(bar.get_width() for bar in first) == pytest.approx(total)
    assert first[-1].get_hatch()


# maps


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_map_of_moves_keeps_its_words_apart_and_counts_what_it_does_not_draw(lang: str) -> None:
    style.use(lang)
    hidden = moves().assign(status=["shown", "shown", "suppressed", "shown", "shown"])
    hidden.loc[2, "persons_moved"] = pd.NA
    ax = maps.flow_map(hidden, title=TITLE[lang], unit=tables.unit("persons", lang), lang=lang)
    fig = style.figure_of(ax)
    arrows = [p for p in ax.patches if isinstance(p, FancyArrowPatch)]
    assert len(arrows) == 2
    assert figures.cut(fig) == []
    assert figures.without_glyph(fig) == set()
    said = " ".join(figures.said(fig))
    assert "9,600" in said
    assert {"zh": "迁入县未知：5人", "en": "Destination unknown, not drawn: 5"}[lang] in said
    assert {"zh": "未绘出：1条", "en": "too few, not drawn: 1"}[lang] in said


def test_no_moves_give_a_map_that_says_so() -> None:
    ax = maps.flow_map(moves().assign(persons_moved=0), title="", unit="人")
    assert "没有搬迁" in figures.said(style.figure_of(ax))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_map_of_years_has_every_county_and_hatches_the_unknown(lang: str) -> None:
    style.use(lang)
    years = progress.exit_years().rename(columns={"exit_year": "year"})
    years.loc[0, "year"] = pd.NA
    ax = maps.year_map(years, title=TITLE[lang], lang=lang)
    fig = style.figure_of(ax)
    said = figures.said(fig)
    assert sum("2018" in text for text in said) == 5  # four counties and the legend
    assert any({"zh": "未知（1）", "en": "unknown (1)"}[lang] in text for text in said)
    assert figures.cut(fig) == []
    assert figures.without_glyph(fig) == set()


# tables and sentences


def month(number: float | None = 50) -> pd.DataFrame:
    lines = [
        {"month": "2016-06", "county_code": c, "target": t.id, "part": None}
        | dict.fromkeys(("number", "denominator", "unknown"), number if c == CODES[0] else 0)
        for c in CODES
        for t in progress.targets()
    ]
    return pd.DataFrame(lines)


def standing(number: float | None = 50) -> pd.DataFrame:
    judged = progress.judged(month(number), "2016-06")
    return judged[judged["county_code"] == "all"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_target_has_its_row_in_both_tables(lang: str) -> None:
    shown = tables.targets(standing(), lang).frame
    said = tables.definitions(standing(), lang).frame
    assert len(shown) == len(said) == len(progress.targets())
    assert not (said == "").any(axis=None)
    named = shown.iloc[:, -1].isin(["未给出数字", "no number named"])
    assert named.sum() == sum(t.wanted is None for t in progress.targets())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_in_english_no_table_has_chinese(lang: str) -> None:
    home = {"edition": 0, "newly_identified": 4, "left": 1, "returned": 1, "answered": 12}
    moved = pd.DataFrame({"cause": list(home), "gained": list(home.values())}).assign(
        lost=0, net=0, persons_gained=0, persons_lost=0, persons_net=0, households=0
    )
    flows = progress.balanced(progress.flows(), {"zh": "place", "en": "place_en"}[lang])
    ranked = progress.ranked(
        pd.DataFrame(
            {
                "county_code": CODES[:2],
                "low": [0.1, 0.5],
                "high": [0.2, 0.6],
                "estimate": [0.1, 0.5],
            }
        )
    )
    findings = pd.DataFrame(
        {
            "county_code": CODES[:2],
            "from_days": [30, pd.NA],
            "to_days": [60, pd.NA],
            "findings": [12, 1],
        }
    )
    made = [
        tables.targets(standing(), lang),
        tables.definitions(standing(), lang),
        tables.causes(moved, lang),
        tables.balance(flows, lang, place=flows.columns[0]),
        tables.ranks(ranked, lang),
        tables.findings(findings, lang),
        tables.published(progress.published(), lang),
    ]
    for table in made:
        html = table._repr_html_()
        assert (any("\u4e00" <= c <= "\u9fff" for c in html)) is (lang == "zh"), html[:200]


def test_a_month_of_which_nothing_is_known_shows_no_number() -> None:
    shown = tables.targets(standing(None), "zh").frame
    assert set(shown["现在"]) == {"未知"}
    assert "0" not in set(shown["分子／分母"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_headline_counts_every_status_and_names_the_late(lang: str) -> None:
    said = narrative.campaign(standing(0.5), "2016-06", lang)
    named = standing(0.5).query("reason != 'no_number'")
    assert f"**{len(named)}**" in said
    assert f"**{(named['status'] == 'late').sum()}**" in said
    first = named[named["status"] == "late"].iloc[0]
    assert first[f"name_{lang}"] in said


OUTLOOKS = [
    (progress.Forecast("2016-12", 90, 80, 100, 5), 70, "达到目标", "reaches"),
    (progress.Forecast("2016-12", 90, 80, 100, 5), 110, "低于目标", "stays below"),
    (progress.Forecast("2016-12", 90, 80, 100, 5), 95, "还不能确定", "straddles"),
    (progress.Forecast("2016-12", months=2, reason="few_months"), 95, "不足三个", "No forecast"),
    (progress.Forecast("2016-12", months=12, reason="over"), 95, "期限 2016-12 已到", "is here"),
    (progress.Forecast("2016-12", reason="no_denominator"), 95, "分母为零", "of nothing"),
]


@pytest.mark.parametrize(("found", "wanted", "zh", "en"), OUTLOOKS)
def test_the_outlook_says_whether_the_interval_decides(
    found: progress.Forecast, wanted: float, zh: str, en: str
) -> None:
    assert zh in narrative.outlook(found, wanted, "人", "zh")
    assert en in narrative.outlook(found, wanted, "persons", "en")


def test_the_published_sentence_takes_its_numbers_from_the_table() -> None:
    table = progress.published()
    table.loc[table["edition"] == "retained", "value"] = 77
    assert "77 villages" in narrative.published_note(table, "en")


def test_levels_that_differ_are_counted_and_none_is_said_too() -> None:
    table = pd.DataFrame({"county_code": ["451002", "451021", "all"], "difference": [0, 3, 3]})
    assert "**1** differ" in narrative.reconciles(table, "en")
    assert "全部一致" in narrative.reconciles(table.assign(difference=0), "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_county_adds_its_part_to_each_target(lang: str) -> None:
    rows = pd.DataFrame(
        {
            "name_zh": ["小额信贷", "旅游扶贫", "学前教育"],
            "name_en": ["loans", "tourism", "kindergarten"],
            "number": pd.array([14, 15, None], dtype="Float64"),
            "denominator": pd.array([102, 0, None], dtype="Float64"),
            "unknown": pd.array([0, 0, None], dtype="Float64"),
        }
    )
    shown = tables.contributions(rows, lang).frame
    unknown = {"zh": "未知", "en": "unknown"}[lang]
    assert shown.iloc[0, 1:].tolist() == ["14", "102", "0", "13.7%"]
    assert shown.iloc[1, -1] == unknown
    assert shown.iloc[2, 1:].tolist() == [unknown] * 4


def test_works_name_their_kind() -> None:
    rows = pd.DataFrame({"work_kind": ["house"], "planned": [3], "done": [1], "unknown": [1]})
    assert tables.works(rows, "zh").frame.iloc[0].tolist() == ["改房", "3", "1", "1"]
    assert tables.works(rows, "en").frame.iloc[0, 0] == "House improved"
