"""Printed tables: unknown reads unknown, hostile text stays text, a page takes them as they are."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import figures
from tests import finished_tables as finished

from povexit import style, tables
from povexit.errors import SchemaError
from povexit.publish.safe import align_numbers, clean_html
from povexit.schema import columns
from povexit.tables.base import Field, build, of

HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>&amp;"\'`\xa0\x00</td></table>'


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    style.use("zh")
    yield
    style.use("zh")


def ledger() -> pd.DataFrame:
    place = {"file": "田东县2016年6月.xlsx", "sheet": "户信息", "cells": 1}
    names = ["row", "column", "rule", "action", "raw_value"]
    entries = [
        (5, "floor_area_m2", "number_fullwidth", "converted", "９６．５"),
        (6, "floor_area_m2", "number_fullwidth", "converted", "８８"),
        (7, "total_income_yuan", "number_wan_text", "converted", "2.3万"),
        (8, "id_number", "id_checksum", "flagged", "452622197001010011"),
        (9, "birth_date", "date_serial", "converted", "31245"),
        (pd.NA, "water_distance_m", "unit_factor", "converted", "× 1000"),
        (11, "water_source", "unknown_code", "set_missing", ""),
    ]
    return pd.DataFrame([place | dict(zip(names, e, strict=True)) for e in entries])


def counts() -> pd.DataFrame:
    names = ["file", "sheet", "rows_in", "rows_out", "quarantined", "set_aside"]
    rows = [("a.xlsx", "户信息", 1259, 1250, 9, 3), ("a.csv", "", 412, 409, 3, 0)]
    return pd.DataFrame(rows, columns=names).assign(converted=[31, 9], corrected=2, set_missing=0)


def flips() -> pd.DataFrame:
    rows = [
        (True, False, "有住房保障", "secure housing", 31),
        (False, pd.NA, "有饮用水", "water", 4),
    ]
    names = ["from_verdict", "to_verdict", "name_zh", "name_en", "households"]
    return pd.DataFrame(rows, columns=names).assign(from_edition="2016", to_edition="2017")


def one_county() -> pd.DataFrame:
    table = finished.quality()
    return table[table["county_code"] == finished.CODES[0]]


def changes() -> pd.DataFrame:
    states = ["meets", "fails", "unknown", "absent"]
    rows = [[380, 3, 1, 0], [19, 770, 4, 2], [0, 10, 50, 1], [0, 7, 6, 0]]
    table = pd.DataFrame(rows, index=states, columns=states)
    return table.assign(households=table.sum(axis=1))


def status() -> pd.DataFrame:
    table = pd.DataFrame({"register_status": ["returned", "poor"], "households": [30, 900]})
    return table.assign(meets=[10, 200], fails=[20, 650], unknown=[0, 50])


def duplicates() -> pd.DataFrame:
    return pd.DataFrame({"county_code": ["451002"], "other_county_code": ["451021"], "persons": 3})


PRINTED: dict[str, tuple[Callable[..., tables.Table], Callable[[], pd.DataFrame]]] = {
    "criteria": (tables.criteria, finished.criteria),
    "counties": (tables.counties, finished.counties),
    "villages": (tables.villages, finished.villages),
    "estimates": (tables.estimates, finished.estimates),
    "ranking": (tables.ranking, finished.ranking),
    "quality": (tables.quality, one_county),
    "cleaning": (tables.cleaning, counts),
    "ledger": (tables.ledger, ledger),
    "quarantine": (tables.quarantine, ledger),
    "flips": (tables.flips, flips),
    "changes": (tables.changes, changes),
    "status": (tables.status, status),
    "duplicates": (tables.duplicates, duplicates),
}


def printed(name: str, lang: str | None = None) -> tables.Table:
    form, table = PRINTED[name]
    return form(table(), lang)


def cell(table: tables.Table, row: str, column: str) -> str:
    """Return the text in the row of a name and under a header."""
    frame = table.frame
    return str(frame.loc[frame.iloc[:, 0] == row, column].iloc[0])


class Seen(HTMLParser):
    """What a browser would see: tags with attributes, and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


# every table


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PRINTED)
def test_a_page_takes_every_table_as_it_is(name: str, lang: str) -> None:
    html = printed(name, lang)._repr_html_()
    assert clean_html(html) == html
    assert align_numbers(html) == html


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PRINTED)
def test_every_table_has_caption_headers_scopes_and_one_cell_a_column(name: str, lang: str) -> None:
    table = printed(name, lang)
    seen = Seen(table._repr_html_())
    assert [tag for tag, _ in seen.tags].count("caption") == 1
    assert table.caption
    heads = [a for tag, a in seen.tags if tag == "th" and a["scope"] == "col"]
    names = [a for tag, a in seen.tags if tag == "th" and a["scope"] == "row"]
    cells = [tag for tag, _ in seen.tags if tag == "td"]
    assert len(heads) == len(set(table.frame.columns)) == len(table.numeric)
    assert len(names) == len(table.frame)
    assert len(cells) == len(names) * (len(heads) - 1)
    classes = [set(a["class"].split()) for tag, a in seen.tags if tag in ("th", "td")]
    assert all(len(c & {"px-num", "px-text"}) == 1 for c in classes)
    marks = {"px-unknown", "px-suppressed", "px-absent"}
    assert set().union(*classes) <= {"px-num", "px-text"} | marks


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PRINTED)
def test_no_cell_is_blank_or_shows_what_stands_for_missing_in_code(name: str, lang: str) -> None:
    texts = printed(name, lang).frame.to_numpy().ravel().tolist()
    assert not {"", "nan", "<NA>", "None", "NaT", "-nan"} & set(texts)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PRINTED)
def test_the_shipped_font_has_every_character(name: str, lang: str) -> None:
    text = Seen(printed(name, lang)._repr_html_()).text
    assert {c for c in text if c.isprintable()} - figures.glyphs() == set()


@pytest.mark.parametrize("name", PRINTED)
def test_headers_captions_and_notes_are_english_in_english(name: str) -> None:
    table = printed(name, "en")
    fixed = "".join([*table.frame.columns, table.caption])
    assert not [c for c in fixed if ord(c) > 0x2E7F]
    assert all(header[0].isupper() or header[0].isdigit() for header in table.frame.columns)


@pytest.mark.parametrize("name", PRINTED)
def test_a_table_without_rows_says_so(name: str) -> None:
    form, table = PRINTED[name]
    empty = form(table().iloc[:0], "zh")
    assert len(empty.frame) == 0
    assert "没有记录" in empty.note
    assert clean_html(empty._repr_html_()) == empty._repr_html_()


@pytest.mark.parametrize("name", PRINTED)
def test_the_table_that_came_in_is_left_as_it_was(name: str) -> None:
    form, table = PRINTED[name]
    given_table = table()
    before = given_table.copy()
    form(given_table, "zh")
    pd.testing.assert_frame_equal(given_table, before)


@pytest.mark.parametrize("name", PRINTED)
def test_a_missing_column_is_named(name: str) -> None:
    form, table = PRINTED[name]
    with pytest.raises(SchemaError, match="missing"):
        form(table().drop(columns=needed(name)), "zh")


def needed(name: str) -> str:
    """Return a column that the table cannot be printed without."""
    last = {"villages": "status", "ranking": "n", "ledger": "raw_value", "quarantine": "rule"}
    last |= {"counties": "meets_change", "estimates": "unknown", "flips": "to_verdict"}
    last |= {"criteria": "unknown_share", "quality": "share", "cleaning": "set_missing"}
    return last.get(name, {"changes": "absent", "duplicates": "persons"}.get(name, "unknown"))


def test_without_a_language_that_of_use_holds() -> None:
    style.use("en")
    assert printed("criteria").caption == "Verdicts by criterion"


# the numbers under the texts


def bundle(table: tables.Table) -> dict:
    """Return what an executed notebook carries of a table, as it comes back from its file."""
    return json.loads(json.dumps(table._repr_mimebundle_()))[tables.MIME]


def read_number(text: str) -> float:
    """Return the first number of a printed text, a percentage as a share."""
    found = re.search(r"[+\u2212-]?\d[\d,]*(\.\d+)?", text)
    assert found is not None
    number = float(found[0].replace(",", "").replace("\u2212", "-"))
    return number / 100 if "%" in text else number


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PRINTED)
def test_the_data_of_a_table_say_what_it_prints(name: str, lang: str) -> None:
    table = printed(name, lang)
    data = bundle(table)
    assert [column["name"] for column in data["columns"]] == list(table.frame.columns)
    assert data["rows"] == table.frame.to_numpy().tolist()
    assert (data["caption"], data["note"]) == (table.caption, table.note)
    assert len(data["values"]) == len(data["rows"]) == len(data["totals"])
    for texts, values in zip(data["rows"], data["values"], strict=True):
        for text, value, column in zip(texts, values, data["columns"], strict=True):
            if value is not None:
                assert column["numeric"]
                coarse = 0.0006 if "%" in text else 0.5
                assert abs(read_number(text) - value) <= coarse
            elif column["numeric"]:
                assert style.gap(text)


def test_a_number_that_is_not_shown_is_not_under_its_mark_either() -> None:
    shown_anyway = finished.villages().assign(meets=7, fails=7, unknown=7, n=7, value=0.987)
    table = tables.villages(shown_anyway, "zh")
    few = (shown_anyway["status"] == "suppressed").to_numpy()
    hidden = [row for row, is_few in zip(bundle(table)["values"], few, strict=True) if is_few]
    assert few.any()
    assert {value for row in hidden for value in row} == {None}
    html = table._repr_html_()
    assert html.count('data-value="0.987"') == (table.frame["达标率"] == "98.7%").sum()
    assert "px-suppressed" in html


def test_unknown_suppressed_and_absent_are_marked_apart() -> None:
    html = printed("villages", "zh")._repr_html_() + printed("estimates", "zh")._repr_html_()
    for mark, text in (("unknown", "未知"), ("suppressed", "…"), ("absent", "—")):
        assert re.search(rf'<td class="px-(num|text) px-{mark}">{text}</td>', html)


def test_money_has_its_unit_in_the_header_and_the_number_in_that_unit() -> None:
    funds = pd.DataFrame({"fund_source": ["central"], "age_years": [0], "unknown_yuan": [pd.NA]})
    funds = funds.assign(granted_yuan=[12_345_678], paid_yuan=[0], balance_yuan=[-500_000])
    table = tables.funds(funds, "zh")
    assert table.frame.columns[2] == "下达（万元）"
    assert tables.funds(funds, "en").frame.columns[2] == "Granted (10,000 yuan)"
    assert table.frame.iloc[0, 2:].tolist() == ["1,234.6", "0.0", "−50.0", "未知"]
    assert table.values[0][2:] == (1234.5678, 0, -50, None)
    assert table.units[2] == "万元"
    assert table.source == "来源：资金台账。"


def test_a_table_names_its_source_in_both_languages() -> None:
    assert printed("criteria", "zh").source.startswith("来源：")
    assert printed("criteria", "en").source.startswith("Source: ")
    assert "px-source" in printed("criteria", "zh")._repr_html_()


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_whatever_number_stands_in_a_column_its_data_stay_json(value: float) -> None:
    table = pd.DataFrame({"county_code": ["451002"], "other_county_code": ["451021"]})
    made = build(
        table.assign(n=value),
        [Field(("数", "n"), ("n",), lambda r, _: f"{r['n']:.3f}", True, of("n"))],
        "zh",
        ("题", "t"),
    )
    (under,) = bundle(made)["values"][0]
    assert under is None if not math.isfinite(value) else abs(under - value) <= 1e-8


# hostile text


def test_hostile_headers_cells_captions_and_notes_stay_text() -> None:
    fields = [
        Field((HOSTILE, "x"), ("a",), lambda row, lang: str(row["a"])),
        Field(("数", "n"), ("a",), lambda row, lang: HOSTILE, numeric=True),
    ]
    table = build(pd.DataFrame({"a": [HOSTILE]}), fields, "zh", (HOSTILE, "x"), note=HOSTILE)
    html = table._repr_html_()
    seen = Seen(html)
    tags = {tag for tag, _ in seen.tags}
    assert tags <= {"table", "caption", "thead", "tbody", "tr", "th", "td", "p"}
    assert all(set(attrs) <= {"class", "scope"} for _, attrs in seen.tags)
    assert seen.text.count("<script>alert(2)</script>") == 5
    assert clean_html(html) == html


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_any_text_passes_the_page_unchanged(text: str) -> None:
    table = pd.DataFrame([{"county_code": "451002", "other_county_code": "451021", "persons": 1}])
    html = tables.duplicates(table, "zh").captioned(text)._repr_html_()
    assert clean_html(html) == html


def test_another_caption_makes_another_table() -> None:
    first = printed("criteria", "zh")
    second = first.captioned("田东县，2016-06")
    assert (first.caption, second.caption) == ("各项指标判定结果", "田东县，2016-06")
    with pytest.raises(AttributeError):
        first.caption = "x"  # type: ignore[misc]


# what each one prints


def test_criteria_print_counts_and_shares_and_the_whole_standard_last() -> None:
    table = printed("criteria", "zh")
    assert cell(table, "有饮用水", "未达标率") == "19.2%"
    assert cell(table, "有电视看", "未知户") == "1,250"
    assert table.totals == (*[False] * 9, True)
    assert 'class="px-total"' in table._repr_html_()
    assert "分母" in table.note


def test_the_city_is_the_total_of_the_counties_and_a_change_has_its_sign() -> None:
    table = printed("counties", "zh")
    assert table.totals.index(True) == len(finished.CODES)
    assert table.frame.iloc[-1, 0] == "全市"
    change = table.frame["达标户比上月"]
    assert change.head(3).tolist() == ["+5", "\u22123", "0"]
    assert cell(table, "西林县", "达标户比上月") == "未知"


def test_a_village_of_few_households_shows_no_number_at_all() -> None:
    given_table = finished.villages()
    table = tables.villages(given_table, "zh")
    few = (given_table["status"] == "suppressed").to_numpy()
    hidden = table.frame[few]
    numbers = [name for name, flag in zip(table.frame, table.numeric, strict=True) if flag]
    assert (hidden[numbers] == style.SUPPRESSED).all(axis=None)
    assert "98.7" not in table._repr_html_()
    assert style.STATUS["suppressed"].label("zh") in table.note


def test_a_village_whose_share_is_not_known_reads_unknown_and_one_of_none_reads_nought() -> None:
    table = printed("villages", "zh")
    assert table.frame["达标率"].iloc[5] == "未知"
    assert cell(table, finished.LONG_VILLAGE, "达标率") == "0.0%"
    assert table.frame["贫困村"].iloc[30] == "未知"


def test_headers_come_from_the_catalogue() -> None:
    label = columns("cleaned_villages")["township_name"].label("zh")
    assert label in printed("villages", "zh").frame.columns
    label = columns("cleaning_counts")["set_aside"].label("zh")
    assert label in printed("cleaning", "zh").frame.columns


def test_estimates_print_interval_threshold_verdict_and_why_there_is_none() -> None:
    table = printed("estimates", "zh")
    assert cell(table, "错退率", "95%区间") == "0.4%–3.1%"
    assert cell(table, "错退率", "结论") == "不能确定"
    row = table.frame.iloc[-1]
    assert (row["估计值"], row["95%区间"], row["标准线"], row["结论"]) == ("未知", "—", "—", "—")
    assert table.note == "综合贫困发生率：样本只有一个村，无法给出区间"


def test_a_share_names_its_denominator_where_the_table_has_it() -> None:
    told = finished.estimates().assign(denominator_zh="抽中的脱贫人口", denominator_en="persons")
    assert cell(tables.estimates(told, "zh"), "错退率", "分母") == "抽中的脱贫人口"
    assert "Of" in tables.estimates(told, "en").frame.columns


def test_estimates_name_the_bound_and_what_would_settle_an_open_verdict() -> None:
    told = finished.verdicts("zh")
    table = tables.estimates(told, "zh")
    assert cell(table, "错退率", "95%单侧界限") == "≤ 2.9%"
    assert cell(table, "错退率", "判定还需") == "9 村 450 户"
    assert cell(table, "漏评率", "判定还需") == "走访全部村"
    assert cell(table, "群众认可度", "95%单侧界限") == "≥ 90.8%"
    assert cell(table, "群众认可度", "判定还需") == "—"
    assert cell(table, "综合贫困发生率", "95%单侧界限") == "—"
    assert cell(
        tables.estimates(finished.verdicts("en"), "en"), "wrong-exit rate", "Would settle it"
    ) == ("9 v., 450 h.")


def test_ranking_runs_from_high_to_low_and_the_unknown_has_no_rank() -> None:
    table = printed("ranking", "zh")
    assert table.frame["位次"].tolist() == [*map(str, range(1, 12)), "—"]
    values = [float(text.rstrip("%")) for text in table.frame["估计值"].head(11)]
    assert values == sorted(values, reverse=True)
    assert table.frame.iloc[-1, 0] == "西林县"
    assert cell(table, "凌云县", "95%区间") == "—"
    assert "位次区间" in table.frame.columns
    without = tables.ranking(finished.ranking().drop(columns="rank_low"), "zh")
    assert "位次区间" not in without.frame.columns


def test_a_rule_that_nothing_could_be_checked_by_is_unknown_not_clean() -> None:
    table = printed("quality", "zh")
    assert (
        cell(table, "有经营支出而没有经营收入", columns("quality_register")["share"].label())
        == "未知"
    )


def test_cleaning_adds_up_and_a_file_without_sheets_has_a_dash() -> None:
    table = printed("cleaning", "zh")
    last = table.frame.iloc[-1].tolist()
    assert last == ["合计", "—", "1,671", "1,659", "12", "3", "40", "4", "0"]
    assert table.totals == (False, False, True)
    assert table.frame.iloc[1, 1] == "—"
    unknown = counts().assign(converted=pd.array([1, pd.NA], dtype="Int64"))
    assert tables.cleaning(unknown, "zh").frame["换算处数"].iloc[-1] == "未知"


def test_the_ledger_names_column_rule_and_action_and_shows_what_stood_there() -> None:
    table = printed("ledger", "zh")
    first = table.frame.iloc[0].tolist()
    assert first[2:] == ["5", "住房面积（A18）", "全角数字", "换算", "９６．５", "1"]
    english = printed("ledger", "en").frame.iloc[0].tolist()
    assert english[3:6] == ["Floor area", "full-width digits", "converted"]
    assert table.frame.iloc[5, 2] == "—"
    assert table.frame.iloc[6, 6] == "（空）"


def test_what_tells_of_a_person_is_not_shown() -> None:
    html = printed("ledger", "zh")._repr_html_() + printed("quarantine", "zh")._repr_html_()
    assert "452622197001010011" not in html
    assert "31245" not in html
    assert html.count("（不显示）") == 2


def test_an_extract_has_something_of_every_rule_and_says_of_how_many() -> None:
    many = pd.concat([ledger()] * 30, ignore_index=True)
    table = tables.ledger(many, "zh", most=6)
    assert len(table.frame) == 6
    assert len(set(table.frame["规则"])) == 6
    assert "共210条，摘录6条" in table.note
    assert tables.ledger(ledger(), "zh").note == ""


def test_flips_are_headed_by_the_editions_and_unknown_is_a_verdict_too() -> None:
    table = printed("flips", "zh")
    assert list(table.frame.columns) == ["指标", "2016年版", "2017年版", "户数"]
    assert table.frame.iloc[:, 1:3].to_numpy().tolist() == [["达标", "未达标"], ["未达标", "未知"]]


def test_a_row_of_few_households_shows_none_of_them() -> None:
    few = changes().assign(status=["shown", "shown", "suppressed", "suppressed"])
    assert set(tables.changes(few, "zh").frame.iloc[3].tolist()[1:]) == {"…"}


def test_changes_and_statuses_have_names() -> None:
    assert printed("changes", "zh").frame.iloc[1].tolist()[1:] == ["795", "19", "770", "4", "2"]
    assert printed("status", "zh").frame.iloc[:, 0].tolist() == ["返贫", "未脱贫"]
    assert printed("duplicates", "zh").frame.iloc[0].tolist() == ["右江区", "田阳县", "3"]
