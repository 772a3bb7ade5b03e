"""Tables and charts of villages, counties and editions: what they say, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import polars as pl
import pytest
from tests.figures import cut, overlaps, said, without_glyph
from tests.place_tables import county_indicators, village_indicators

from povexit import charts, decide, indicators, style, tables
from povexit.errors import SchemaError
from povexit.schema import columns
from povexit.standards import load
from povexit.tables.standards import UNITS

VILLAGE, COUNTY = load("village_exit", "2017"), load("county_exit", "2017")
LANGS = ("zh", "en")
SPECS = [
    {},
    {"ledger": {"safe_water_households": 90, "collective_income_yuan": 15000.0}},
    {
        "missing": ["roadbed_width_m", "pension_eligible_persons", "pension_insured_persons"],
        "ledger": {"has_office": False},
        "register": [{"number": 5, "meets_standard": "fail"}, {"number": 3, "housing": "unknown"}],
    },
]


@cache
def villages() -> pl.DataFrame:
    made = village_indicators(SPECS)
    return made.with_columns(pl.Series("village_code", ["a", "b", "c"]), month=pl.lit("2017-06"))


@cache
def counties() -> pl.DataFrame:
    spec = {
        "villages": [{"number": 2, "ledger": {"has_hardened_road": False}}],
        "missing": ["rural_dibao_standard_yuan"],
    }
    return county_indicators([spec])


def clauses(place: str) -> pd.DataFrame:
    made, rule = (villages(), VILLAGE) if place == "village" else (counties(), COUNTY)
    return decide.clauses(made, rule, 2017)


def decided() -> pd.DataFrame:
    return decide.village(villages(), VILLAGE, 2017).to_pandas()


def test_every_unit_has_a_word() -> None:
    for table, rule in (("indicators_villages", VILLAGE), ("indicators_counties", COUNTY)):
        assert {columns(table)[i].unit for i in rule.indicators} - {""} <= set(UNITS)


@pytest.mark.parametrize("lang", LANGS)
def test_a_clause_shows_value_threshold_margin_denominator_unknown_and_source(lang: str) -> None:
    rows = clauses("village")
    frame = tables.clauses(rows[rows["village_code"] == "c"], VILLAGE, lang).frame
    label = columns("indicators_villages")["households_with_housing"].label(lang)
    row = frame[frame.iloc[:, 1].str.lower() == label.lower()].iloc[0].to_list()
    assert row[2] == "97.0%–100.0%"
    assert row[3] == "≥ 98.0%"
    assert row[5:8] == ["97", "3", "100"]
    assert row[8] == {"zh": "未知", "en": "unknown"}[lang]
    assert row[9] == "S32"
    water = frame[frame.iloc[:, 0].str.contains("饮用水|Drinking water")].iloc[0].to_list()
    assert water[4] == {"zh": "2.0个百分点", "en": "2.0 points"}[lang]


@pytest.mark.parametrize("lang", LANGS)
def test_the_list_says_how_many_of_what(lang: str) -> None:
    needed = decide.shortest(clauses("village"))
    frame = tables.shortest(needed[needed["village_code"] == "b"], VILLAGE, lang).frame
    assert (
        frame.iloc[:, 3].to_list()
        == {
            "zh": ["+8户", "+5,000元"],
            "en": ["+8 households", "+5,000 yuan"],
        }[lang]
    )
    third = tables.shortest(needed[needed["village_code"] == "c"], VILLAGE, lang).frame
    texts = " ".join(third.to_numpy().ravel())
    for word in {
        "zh": ("须具备", "待查清", "全部待统计", "−9人"),
        "en": ("to be put right", "to be found out", "all still", "−9 persons"),
    }[lang]:
        assert word in texts


def test_a_rule_that_was_not_found_is_said_to_be_out_of_reach() -> None:
    rule = load("village_exit", "2016")
    rows = decide.clauses(villages(), rule, 2016)
    frame = tables.shortest(decide.shortest(rows), rule, "en").frame
    assert (frame.iloc[:, 3] == "rule not found").sum() == 33
    assert "threshold not found" in tables.clauses(rows, rule, "en").frame.iloc[0].to_list()


@pytest.mark.parametrize("lang", LANGS)
def test_places_name_what_they_fail(lang: str) -> None:
    frame = tables.places(decided(), VILLAGE, lang).frame
    assert frame.iloc[0, -1] == "—"
    assert (
        frame.iloc[1, -1]
        == {"zh": "饮用水、村集体经济收入", "en": "drinking water; collective income"}[lang]
    )
    whole = tables.places(decide.county(counties(), COUNTY, 2017).to_pandas(), COUNTY, lang).frame
    assert {"zh": "路通村屯", "en": "road"}[lang] in whole.iloc[0, -1]


def flips() -> pd.DataFrame:
    first = load("village_exit", "2016")
    before, after = (decide.village(villages(), r, 2017) for r in (first, VILLAGE))
    return decide.flips(before, after, first, VILLAGE)


@pytest.mark.parametrize("lang", LANGS)
def test_two_editions_are_counted_with_persons(lang: str) -> None:
    first = load("village_exit", "2016")
    judged = [decide.village(villages(), r, 2017) for r in (first, VILLAGE)]
    both = [decide.counted(d, r) for d, r in zip(judged, (first, VILLAGE), strict=True)]
    frame = tables.editions(pd.concat(both), lang).frame
    assert frame.iloc[:, 1].to_list() == ["2016", "2017"]
    assert frame.iloc[:, 2].to_list() == ["0", "1"]
    assert frame.iloc[1, 5] == "400"
    moved = tables.place_flips(flips(), lang)
    assert moved.frame.shape == (2, 5)
    assert set(moved.frame.iloc[:, 4]) == {"400"}


def test_persons_of_an_unknown_population_are_unknown() -> None:
    made = decide.village(villages(), VILLAGE, 2017)
    made = made.with_columns(persons_total=pl.lit(None, dtype=pl.Int64))
    assert pd.isna(decide.counted(made, VILLAGE)["persons_meets"][0])
    first = load("village_exit", "2016")
    found = decide.flips(
        made, made.with_columns(meets_standard=~pl.col("meets_standard")), first, VILLAGE
    )
    assert found["persons"].isna().all()


@pytest.mark.parametrize("lang", LANGS)
def test_villages_behind_a_number_are_named(lang: str) -> None:
    frame = tables.lacking(
        indicators.lacking(villages(), "households_with_water"), "households", lang
    )
    assert frame.frame.iloc[0].to_list()[1:] == ["10", "0"]


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    plt.close("all")


def heat(lang: str) -> Any:
    names = {c.id: c.label(lang) for c in VILLAGE.criteria}
    table = decided().assign(name=["那弄村", "那罗村", "右江区河谷搬迁安置村"])
    return charts.standards_heat(table, names, lang, title="村" if lang == "zh" else "Villages")


def picture(lang: str) -> Any:
    rows = decide.spelled(decide.deciding(clauses("county")), COUNTY, lang)
    return charts.county_standard(rows, lang, title="县" if lang == "zh" else "County")


def bars(lang: str) -> Any:
    table = flips()
    return charts.edition_flips(table.assign(name=table[f"name_{lang}"]), lang)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("draw", [heat, picture, bars])
def test_a_figure_has_all_its_words(draw: Any, lang: str) -> None:
    style.use(lang)
    fig = draw(lang).figure
    assert not cut(fig)
    assert not overlaps(fig)
    assert not without_glyph(fig)


def test_the_county_picture_shows_what_decides_each_criterion() -> None:
    style.use("en")
    rows = decide.deciding(clauses("county"))
    assert rows["criterion"].to_list() == [c.id for c in COUNTY.criteria]
    of = rows.set_index("criterion")
    assert of.loc["road", "indicator"] == "villages_with_hardened_road"
    assert of.loc["assistance", "indicator"] == "rural_dibao_standard_yuan"
    texts = " ".join(said(picture("en").figure))
    assert "villages with a hardened road  96.0%" in texts
    assert "rural dibao standard" in texts


def test_flips_too_few_to_show_are_marked() -> None:
    style.use("en")
    table = flips().assign(name=["a", "b"], status=["shown", "suppressed"])
    table["persons"] = table["persons"].mask([False, True])
    assert "…" in said(charts.edition_flips(table, "en").figure)


@pytest.mark.parametrize(
    "call",
    [
        lambda t: charts.standards_heat(t, {"housing": "housing"}, "en"),
        lambda t: charts.county_standard(t, "en"),
        lambda t: charts.edition_flips(t.assign(villages=1), "en"),
    ],
)
def test_a_missing_column_is_named(call: Any) -> None:
    with pytest.raises(SchemaError, match="missing"):
        call(pd.DataFrame({"other": [1]}))


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_to_draw_is_said(lang: str) -> None:
    style.use(lang)
    empty = decided().head(0).assign(name=[])
    names = {c.id: c.label(lang) for c in VILLAGE.criteria}
    texts = said(charts.standards_heat(empty, names, lang).figure)
    assert {"zh": "没有数据", "en": "no data"}[lang] in texts


@pytest.mark.parametrize("lang", LANGS)
def test_long_names_of_criteria_leave_the_rows_their_room(lang: str) -> None:
    style.use(lang)
    latest = load("county_exit", "2017")
    row = dict.fromkeys((c.id for c in latest.criteria), True) | {"n_failed": 0, "n_unknown": 0}
    codes = ["451002", "451021", "451022", "451023", "451024", "451026", "451027", "451028"]
    table = pd.DataFrame([row | {"county_code": code} for code in codes])
    names = {c.id: c.label(lang) for c in latest.criteria}
    fig = charts.standards_heat(table, names, lang).figure
    assert not cut(fig)
    assert not overlaps(fig)
