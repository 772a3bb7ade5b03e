"""A workbook an office can add up: numbers are numbers, text is never a formula, gaps say so."""

from __future__ import annotations

import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import executed
from tests import finished_tables as finished
from tests.executed import ENGLISH, PAGE, prose, write

from povexit import publish, style, tables
from povexit.errors import StoreError
from povexit.publish.numbers import number_format
from povexit.publish.spreadsheet import sheet_names

FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|'/c calc'!A0", "\t=1", "http://evil.example"]


def made(folder: Path, *cells, page: publish.Page = PAGE) -> Path:
    return publish.workbook([write(folder / "a.ipynb", *cells)], folder / "a.xlsx", page)


def sheet(path: Path, name: str):
    """Return the sheet whose name ends so."""
    book = openpyxl.load_workbook(path)
    return next(book[found] for found in book.sheetnames if found.endswith(name))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of two counties and the city."""
    folder = tmp_path_factory.mktemp("book")
    city = write(
        folder / "city.ipynb",
        prose("# 百色市"),
        executed.table(tables.counties(finished.counties(), "zh")),
    )
    counties = [
        executed.report(folder / f"{code}.ipynb", county=code) for code in finished.CODES[:2]
    ]
    return publish.workbook([city, *counties], folder / "book.xlsx", PAGE)


def test_there_is_a_sheet_a_kind_of_table_between_contents_and_notes(book: Path) -> None:
    names = openpyxl.load_workbook(book).sheetnames
    kinds = ["01 各县（市、区）判定结果", "02 各项指标判定结果", "03 各村判定结果"]
    assert names == ["目录", *kinds, "说明"]


def test_counties_stand_beneath_each_other_and_the_first_column_names_them(book: Path) -> None:
    criteria = sheet(book, "各项指标判定结果")
    rows = list(criteria.iter_rows(min_row=5, max_col=1, values_only=True))
    n = len(finished.criteria())
    assert [row[0] for row in rows[: 2 * n]] == [*["右江区"] * n, *["田阳县"] * n]
    assert criteria["A4"].value == "地方"
    assert sheet(book, "各县（市、区）判定结果")["A4"].value == "县（市、区）"


def test_what_two_pages_of_the_city_show_stands_once(tmp_path: Path) -> None:
    cell = executed.table(tables.criteria(finished.criteria(), "zh"))
    pages = [write(tmp_path / f"{i}.ipynb", prose(f"# {i}"), cell) for i in range(2)]
    county = write(tmp_path / "c.ipynb", cell, county=finished.CODES[0])
    path = publish.workbook([*pages, county], tmp_path / "a.xlsx", PAGE)
    rows = sheet(path, "各项指标判定结果").iter_rows(min_row=5, max_col=1, values_only=True)
    n = len(finished.criteria())
    assert [row[0] for row in rows][: 2 * n] == ["全市"] * n + ["右江区"] * n


def test_numbers_are_numbers_and_what_is_not_known_is_text_that_says_so(book: Path) -> None:
    villages = sheet(book, "各村判定结果")
    shown = finished.villages().reset_index(drop=True)
    for i, row in shown.iterrows():
        cell = villages.cell(5 + int(i), 9)
        if row["status"] == "suppressed":
            assert cell.value == style.SUPPRESSED
        elif pd.isna(row["value"]):
            assert cell.value == "未知"
        else:
            assert cell.value == pytest.approx(row["value"], abs=1e-8)
            assert cell.number_format.endswith("0.0%")
    assert villages.freeze_panes == "B5"
    assert villages.print_title_rows == "$4:$4"
    assert villages.auto_filter.ref is not None


def test_totals_stand_out_and_note_and_source_stand_below(book: Path) -> None:
    criteria = sheet(book, "各项指标判定结果")
    last = 4 + len(finished.criteria())
    assert criteria.cell(last, 2).font.bold
    assert not criteria.cell(last - 1, 2).font.bold
    below = [row[0] for row in criteria.iter_rows(min_row=last, max_col=1, values_only=True)]
    assert any(str(text).startswith("各比率以判定户数为分母") for text in below)
    assert any(str(text).startswith("来源：") for text in below)


def test_the_contents_link_to_every_sheet(book: Path) -> None:
    loaded = openpyxl.load_workbook(book)
    links = [cell.hyperlink.location for cell in loaded["目录"]["A"] if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in loaded.sheetnames[1:-1]]
    assert loaded["目录"]["A1"].value == "百色市扶贫开发办公室"


def test_every_sheet_says_that_the_data_are_simulated(book: Path, tmp_path: Path) -> None:
    for each in openpyxl.load_workbook(book).worksheets:
        assert any("模拟数据" in str(cell.value) for row in each["A1:A3"] for cell in row)
        assert "模拟数据" in each.oddHeader.center.text
    real = made(tmp_path, executed.table(tables.criteria(finished.criteria(), "en")), page=ENGLISH)
    for each in openpyxl.load_workbook(real).worksheets:
        assert not any("imulated" in str(c.value) for row in each.iter_rows() for c in row)


def test_the_notes_say_what_marks_mean_and_where_numbers_come_from(book: Path) -> None:
    told = {row[0]: row[1] for row in sheet(book, "说明").iter_rows(max_col=2, values_only=True)}
    assert set(told) >= {"未知", "…", "—"}
    assert told["输入数据指纹"] == "3f1a9c22b0de"


@pytest.mark.parametrize("text", FORMULAS)
def test_text_is_never_a_formula_nor_a_link(text: str, tmp_path: Path) -> None:
    rows = executed.many_villages(1).assign(village_name=text, township_name=text)
    path = made(tmp_path, executed.table(tables.villages(rows, "zh").captioned(text)))
    found = openpyxl.load_workbook(path).worksheets[1]
    assert [found[place].value for place in ("A1", "A5", "B5")] == [text] * 3
    assert {found[place].data_type for place in ("A1", "A5", "B5")} == {"s"}
    assert found["A5"].hyperlink is None


def test_the_same_reports_give_the_same_bytes(book: Path, tmp_path: Path) -> None:
    again = publish.workbook(
        [book.parent / f"{name}.ipynb" for name in ("city", *finished.CODES[:2])],
        tmp_path / "again.xlsx",
        PAGE,
    )
    assert again.read_bytes() == book.read_bytes()


def test_400_villages_with_long_names_stay_one_table(tmp_path: Path) -> None:
    rows = executed.many_villages(400, "百色市田东县作登瑶族乡很长很长很长很长的名字的第")
    found = sheet(made(tmp_path, executed.table(tables.villages(rows, "zh"))), "各村判定结果")
    assert found.cell(404, 1).value == "百色市田东县作登瑶族乡很长很长很长很长的名字的第399村"
    assert found.cell(404, 1).alignment.wrap_text
    assert found.column_dimensions["A"].width <= 43


def test_a_table_without_rows_keeps_its_head_and_says_so(tmp_path: Path) -> None:
    none = executed.table(tables.villages(executed.many_villages(0), "zh"))
    found = sheet(made(tmp_path, none), "各村判定结果")
    assert found["A4"].value == "行政村"
    assert "没有记录。" in str(found["A6"].value)


def test_reports_without_tables_make_no_workbook(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no tables"):
        made(tmp_path, prose("# 无"))
    assert not (tmp_path / "a.xlsx").exists()


def test_a_county_of_three_households_shows_none_of_them(tmp_path: Path) -> None:
    few = executed.many_villages(3).assign(n=1, meets=1, fails=0, status="suppressed")
    found = sheet(made(tmp_path, executed.table(tables.villages(few, "zh"))), "各村判定结果")
    assert {found.cell(row, column).value for row in (5, 6, 7) for column in range(4, 9)} == {"…"}


def test_a_file_that_cannot_be_replaced_stays_as_it_was_and_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where another program holds it open, or its folder may not be written."""
    cell = executed.table(tables.villages(executed.many_villages(3), "zh"))
    (tmp_path / "a.xlsx").write_bytes(b"last month")

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StoreError) as told:
        made(tmp_path, cell)
    assert told.value.where == tmp_path / "a.xlsx"
    assert told.value.hint
    assert (tmp_path / "a.xlsx").read_bytes() == b"last month"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.ipynb", "a.xlsx"]


# names and formats


@given(st.lists(st.text(max_size=60), max_size=30))
def test_sheet_names_are_what_spreadsheets_take(captions: list[str]) -> None:
    names = sheet_names(captions)
    assert len(set(names)) == len(captions)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert not any(name.startswith("'") or name.endswith("'") for name in names)


@pytest.mark.parametrize(
    "text", ["未知", "…", "—", "0.4%–3.1%", "2016-06-30", "5,322／6,000", "", "有"]
)
def test_what_is_not_one_number_has_no_format(text: str) -> None:
    assert number_format(text) is None


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_spreadsheet_prints_every_number_as_the_report_does(tmp_path: Path) -> None:
    shares = [0.0, 0.0004, 0.00049, 0.001, 0.583, 0.9994, 0.99996, 1.0]
    rows = executed.many_villages(len(shares)).assign(value=shares, n=[10**i for i in range(8)])
    cells = [
        executed.table(tables.villages(rows, "zh")),
        executed.table(tables.counties(finished.counties(), "zh")),
        executed.table(tables.estimates(finished.verdicts("zh"), "zh")),
    ]
    seen = "\t".join(as_shown(made(tmp_path, *cells)))
    for cell in cells:
        data = next(d for d in cell.outputs[0]["data"].values() if isinstance(d, dict))
        for row in data["rows"]:
            assert "\t".join(row).replace("\u2212", "-") in seen


class Cells(HTMLParser):
    """The texts of a page's table cells."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "td":
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if self.texts:
            self.texts[-1] += data.strip("\n\t")


def as_shown(path: Path) -> list[str]:
    """Return what LibreOffice shows in the cells of a workbook, one after another."""
    home = f"-env:UserInstallation=file://{path.parent}/office"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", "html", "--outdir", path.parent, path],
        check=True,
        capture_output=True,
        timeout=120,
    )
    if not path.with_suffix(".html").is_file():
        pytest.skip("LibreOffice is installed without its spreadsheet")
    return Cells(path.with_suffix(".html").read_text(encoding="utf-8")).texts
