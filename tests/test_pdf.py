"""A PDF to print: numbered, bound, the same to the byte, and deaf to what a county typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from tests import executed
from tests.executed import ENGLISH, PAGE, prose, write
from tests.test_publish import HOSTILE

from povexit import publish, style, tables
from povexit.errors import StoreError
from povexit.publish.widths import column_widths


def text_of(path: Path) -> str:
    """Return the text of all pages without the spaces that justification puts in."""
    pages = PdfReader(path).pages
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))


def titles(outline: list) -> list[str]:
    """Return the bookmarks, those below others behind them."""
    flat: list[str] = []
    for item in outline:
        flat += titles(item) if isinstance(item, list) else [str(item["/Title"])]
    return flat


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pdf")
    return publish.pdf(executed.report(folder / "a.ipynb"), folder / "a.pdf", PAGE)


def test_cover_prose_tables_figures_and_provenance_are_there_and_code_is_not(report: Path) -> None:
    cover = re.sub(r"\s+", "", PdfReader(report).pages[0].extract_text())
    for said in ("百色市扶贫开发办公室", "田东县脱贫退出月报", "2016年6月", "模拟数据"):
        assert said in cover
    whole = text_of(report)
    for said in ("谁达标，为什么", "有住房保障", "来源与版本", "3f1a9c22b0de"):
        assert said in whole
    assert not [word for word in ("secret", "progress50%", "alert") if word in whole]


def test_figures_and_tables_are_numbered_each_by_its_own_kind(report: Path) -> None:
    whole = text_of(report)
    assert "表1各项指标判定结果" in whole
    assert "图1达标3户，未达标4户。" in whole
    assert "表2各村判定结果" in whole


def test_every_page_after_the_cover_says_that_the_data_are_simulated(report: Path) -> None:
    pages = [page.extract_text() for page in PdfReader(report).pages]
    assert all("模拟数据" in page for page in pages)


def test_real_data_bear_no_banner_and_english_is_english(tmp_path: Path) -> None:
    cells = [
        prose("# Tiandong"),
        executed.table(tables.criteria(executed.finished.criteria(), "en")),
    ]
    path = publish.pdf(write(tmp_path / "a.ipynb", *cells), tmp_path / "a.pdf", ENGLISH)
    whole = text_of(path)
    assert "Simulated" not in whole
    assert "Table1" in whole
    assert "Contents" in whole
    assert not [c for c in whole if "\u4e00" <= c <= "\u9fff"]


def test_links_lead_outward_only(report: Path) -> None:
    links = [
        annotation.get_object()["/A"]["/URI"]
        for page in PdfReader(report).pages
        for annotation in page.get("/Annots", [])
        if "/URI" in annotation.get_object().get("/A", {})
    ]
    assert links == ["https://example.org/x"]


def test_it_is_an_archive_file_with_title_language_and_a_fixed_date(report: Path) -> None:
    reader = PdfReader(report)
    assert reader.metadata is not None
    assert reader.metadata.title == PAGE.title
    assert str(reader.metadata["/CreationDate"]).startswith("D:20160601")
    xmp = reader.xmp_metadata
    assert xmp is not None
    stream = xmp.stream.get_data().decode("utf-8")
    assert "<pdfaid:part>2</pdfaid:part>" in stream
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in stream


def test_all_letters_are_in_the_file_and_come_from_the_package(report: Path) -> None:
    names = set()
    for page in PdfReader(report).pages:
        fonts = page["/Resources"].get_object().get("/Font", {})
        for font in fonts.values():
            below = font.get_object()["/DescendantFonts"][0].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(below["/FontDescriptor"].get_object())
            names.add(str(below["/BaseFont"]).split("+")[1])
    assert names
    assert all(name.startswith(("PovexitSansSC", "NotoS")) for name in names)


def test_the_same_notebook_gives_the_same_bytes(report: Path, tmp_path: Path) -> None:
    again = publish.pdf(executed.report(tmp_path / "b.ipynb"), tmp_path / "b.pdf", PAGE)
    assert again.read_bytes() == report.read_bytes()


def test_a_volume_counts_in_each_report_and_has_a_bookmark_for_each(tmp_path: Path) -> None:
    places = ["田东县", "那坡县"]
    books = [executed.report(tmp_path / f"{i}.ipynb", place) for i, place in enumerate(places)]
    path = publish.volume(books, tmp_path / "v.pdf", PAGE)
    whole = text_of(path)
    for said in ("表1-1", "表1-2", "图1-1", "表2-1", "图2-1"):
        assert said in whole
    marks = titles(PdfReader(path).outline)
    assert [f"{place}脱贫退出月报" in marks for place in places] == [True, True]
    assert marks.count("一、达标") == 2
    with pytest.raises(StoreError, match="no report"):
        publish.volume([], tmp_path / "none.pdf", PAGE)


# what may come


def test_a_table_of_400_villages_repeats_its_head_and_splits_no_row(tmp_path: Path) -> None:
    long_name = "百色市田东县作登瑶族乡很长很长很长很长的名字的第"
    rows = executed.many_villages(400, long_name)
    cell = executed.table(tables.villages(rows, "zh"))
    path = publish.pdf(write(tmp_path / "a.ipynb", cell), tmp_path / "a.pdf", PAGE)
    pages = [re.sub(r"\s+", "", page.extract_text()) for page in PdfReader(path).pages]
    held = [page for page in pages if long_name in page]
    assert len(held) > 5
    assert all("行政村乡镇贫困村" in page for page in held)
    joined = "".join(pages)
    assert [i for i in range(400) if f"{long_name}{i}村作登瑶族乡" not in joined] == []


def test_a_county_of_three_households_shows_none_of_them(tmp_path: Path) -> None:
    few = executed.many_villages(3).assign(n=1, meets=1, fails=0, status="suppressed")
    cells = [executed.table(tables.villages(few, "zh")), prose("## 没有记录")]
    cells.append(executed.table(tables.villages(few.iloc[:0], "zh")))
    path = publish.pdf(write(tmp_path / "a.ipynb", *cells), tmp_path / "a.pdf", PAGE)
    whole = text_of(path)
    assert whole.replace("⋯", "…").count("…") == 3 * 5 + 1
    assert style.STATUS["suppressed"].label("zh") in whole
    assert "没有记录。" in whole


@pytest.mark.parametrize(
    "text", [*HOSTILE, '#read("/etc/passwd")', "![x](/etc/passwd)", "$x", "`" * 3]
)
def test_what_a_county_typed_is_set_as_text(text: str, tmp_path: Path) -> None:
    hostile = tables.duplicates(
        executed.pd.DataFrame(
            {"county_code": ["451002"], "other_county_code": ["451021"], "persons": [3]}
        ),
        "zh",
    ).captioned(text)
    cells = [
        prose(f"# 田东县 {text}"),
        prose(f"{text}\n\n- {text}"),
        executed.table(hostile),
        executed.figure(text, text),
        executed.code({"text/html": f"<p>{text}</p>"}),
        prose("## 完"),
    ]
    page = publish.Page(text, "zh", True, {"month": "2016-06", "inputs": text})
    path = publish.pdf(write(tmp_path / "a.ipynb", *cells), tmp_path / "a.pdf", page)
    whole = text_of(path)
    assert "root:" not in whole
    assert "完" in whole
    assert PdfReader(path).trailer["/Root"].get("/OpenAction") is None
    shown = re.sub(r"\s+", "", text)
    assert whole.count(shown[:20]) >= 2


def test_a_notebook_without_anything_to_show_gives_no_pdf(tmp_path: Path) -> None:
    empty = write(tmp_path / "a.ipynb", executed.code({"text/plain": "1"}))
    with pytest.raises(StoreError, match="shows nothing"):
        publish.pdf(empty, tmp_path / "a.pdf", PAGE)
    with pytest.raises(StoreError, match="cannot be read"):
        publish.pdf(tmp_path / "none.ipynb", tmp_path / "a.pdf", PAGE)
    (tmp_path / "torn.ipynb").write_text('{"cells": [', encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be read"):
        publish.pdf(tmp_path / "torn.ipynb", tmp_path / "a.pdf", PAGE)
    assert not (tmp_path / "a.pdf").exists()


def test_a_folder_that_may_not_be_written_leaves_the_last_pdf(
    report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "a.pdf"
    out.write_bytes(b"last month")
    refuse = PermissionError(13, "Permission denied")

    def fail(self: Path, target: Path) -> Path:
        raise refuse

    monkeypatch.setattr(Path, "replace", fail)
    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(StoreError) as told:
        publish.pdf(report.parent / "a.ipynb", out, PAGE)
    assert told.value.hint
    assert out.read_bytes() == b"last month"
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


def test_the_office_is_a_setting_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POVEXIT_HOME", str(tmp_path))
    (tmp_path / "office.toml").write_text('zh = "某市某办"\nen = "An office"\n', encoding="utf-8")
    path = publish.pdf(executed.report(tmp_path / "a.ipynb"), tmp_path / "a.pdf", PAGE)
    assert "某市某办" in text_of(path)
    (tmp_path / "office.toml").write_text("zh = ", encoding="utf-8")
    with pytest.raises(StoreError, match="office"):
        publish.pdf(tmp_path / "a.ipynb", tmp_path / "b.pdf", PAGE)


# columns

texts = st.text(st.characters(codec="utf-8"), max_size=60)


@given(st.lists(st.lists(texts, min_size=4, max_size=4), max_size=8), texts)
def test_columns_fill_the_page_and_none_is_without_room(rows: list[list[str]], head: str) -> None:
    columns = [{"name": head, "numeric": i % 2 == 1} for i in range(4)]
    widths = column_widths({"columns": columns, "rows": rows}, 8.0, 459.0)
    if widths:
        assert sum(widths) == pytest.approx(459.0, abs=0.01)
        assert all(width > 0 for width in widths)
    else:
        assert all(len(text) < 459 for row in rows for text in row)


def test_numbers_keep_to_one_line_and_words_take_what_is_left() -> None:
    columns = [{"name": n, "numeric": n != "goal"} for n in ("goal", "a long head of many words")]
    rows = [["to be done by the end of the year and not later " * 4, "1,234,567"]]
    words, numbers = column_widths({"columns": columns, "rows": rows}, 8.0, 300.0)
    assert numbers >= 9 * 8 * 0.56
    assert words > numbers
