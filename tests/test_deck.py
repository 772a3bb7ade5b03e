"""A deck says what its slides say, in Office's own charts and tables, in an office's own template."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import openpyxl
import pytest
from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.util import Pt
from tests import decks
from tests.decks import ENGLISH, LONG, PAGE, Printed, bars, charts, deck, every, notes, titles
from tests.test_publish import HOSTILE

from povexit import publish, slides, store, style
from povexit.errors import SchemaError, StoreError
from povexit.templates import build_deck


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    with plt.rc_context():
        style.use("zh")
        yield
    style.use("zh")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    """A deck of one slide of each kind."""
    return deck(tmp_path_factory.mktemp("deck"), every())


# what a deck says


def test_every_slide_is_there_in_its_order_with_its_message(made) -> None:
    said = [slide.title for slide in every()]
    assert titles(made) == said
    assert abs(made.slide_width / made.slide_height - 16 / 9) < 0.01


def test_charts_are_native_and_hold_the_numbers_of_the_table(made) -> None:
    first, second, third = charts(made)
    (series,) = first.plots[0].series
    assert list(first.plots[0].categories) == ["右江", "田阳", f"{LONG}（未知）"]
    assert list(series.values) == [0.41, 0.5, None]
    assert [s.name for s in second.plots[0].series] == ["达标", "未达标"]
    assert list(third.plots[0].series[1].values) == [0.57, 0.49, None]


def test_a_chart_can_be_edited_its_workbook_has_the_same_numbers(made) -> None:
    for chart in charts(made):
        blob = chart.part.chart_workbook.xlsx_part.blob
        sheet = openpyxl.load_workbook(io.BytesIO(blob))["Sheet1"]
        rows = list(sheet.iter_rows(values_only=True))
        assert list(rows[0][1:]) == [s.name for s in chart.plots[0].series]
        assert [row[0] for row in rows[1:]] == list(chart.plots[0].categories)
        for column, series in enumerate(chart.plots[0].series, start=1):
            assert [row[column] for row in rows[1:]] == list(series.values)


def test_a_table_is_native_its_numbers_right_and_its_total_bold(made) -> None:
    (table,) = [s.table for slide in made.slides for s in slide.shapes if s.has_table]
    texts = [[cell.text for cell in row.cells] for row in table.rows]
    frame = Printed(12).frame
    assert texts == [list(frame.columns), *frame.to_numpy().tolist()]
    runs = [row.cells[0].text_frame.paragraphs[0].runs[0] for row in table.rows]
    assert [run.font.bold for run in runs] == [True, *[False] * 11, True]
    assert table.cell(1, 1).text_frame.paragraphs[0].alignment == 3  # right
    assert table.cell(1, 0).text_frame.paragraphs[0].alignment == 1  # left


def test_notes_have_remark_every_number_label_and_provenance(made) -> None:
    said = notes(made.slides[1])
    for text in ("田阳达标比例最高：50.0%", "共3县", "占判定户", "右江 41.0%", "未知"):
        assert text in said
    assert "来源与版本" not in said
    assert "月份：2016-06" in said
    assert "标准版本：2016" in said
    assert "模拟生成" in said


def test_simulated_data_are_named_on_every_slide_and_real_data_on_none(
    made, tmp_path: Path
) -> None:
    for slide in made.slides:
        assert any("模拟数据" in s.text_frame.text for s in slide.shapes if s.has_text_frame)
    real = deck(tmp_path, every(), ENGLISH)
    for slide in real.slides:
        texts = [s.text_frame.text for s in slide.shapes if s.has_text_frame]
        assert not any("imulated" in text for text in [*texts, notes(slide)])


def test_every_slide_has_month_and_a_number_that_counts_itself(made) -> None:
    for number, slide in enumerate(made.slides, start=1):
        texts = [s.text_frame.text for s in slide.shapes if s.has_text_frame]
        assert "2016年6月" in texts
        (field,) = slide._element.iter(qn("a:fld"))
        assert (field.get("type"), field.find(qn("a:t")).text) == ("slidenum", str(number))


def test_charts_tables_and_pictures_say_what_they_show(made) -> None:
    for slide, told in zip(made.slides, every(), strict=True):
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table or shape.shape_type == 13:
                names = next(e for e in shape._element.iter() if e.tag.endswith("}cNvPr"))
                assert names.get("descr") == (told.alt or told.title)
                assert len(names.get("descr")) > 2


def test_a_picture_keeps_its_shape_inside_its_place_at_200_dots_an_inch(made) -> None:
    slide = made.slides[5]
    (picture,) = [s for s in slide.shapes if s.shape_type == 13 or "blip" in s._element.xml]
    pixels = picture.image.size
    assert abs(pixels[0] / pixels[1] - picture.width / picture.height) < 0.01
    assert pixels[0] / (picture.width / 914400) >= 180
    assert picture.left >= 0
    assert picture.left + picture.width <= made.slide_width


# letters


def runs(made):
    """Give every run on slides, in notes, tables and charts."""
    for slide in made.slides:
        yield from slide._element.iter(qn("a:rPr"))
        yield from slide.notes_slide.notes_text_frame._txBody.iter(qn("a:rPr"))
    for chart in charts(made):
        yield from chart._chartSpace.iter(qn("a:defRPr"), qn("a:rPr"))


def test_every_run_names_a_font_for_latin_and_for_chinese_letters(made) -> None:
    found = list(runs(made))
    assert len(found) > 70
    for run in found:
        faces = [run.find(qn(f"a:{script}")) for script in ("latin", "ea", "cs")]
        assert [f.get("typeface")[:2] for f in faces] == ["+m"] * 3, run.getparent().xml
        assert [list(run).index(face) for face in faces] == sorted(
            list(run).index(face) for face in faces
        )


def test_the_theme_has_a_font_for_each_script() -> None:
    theme = decks.parts(Path(build_deck.OUT))["ppt/theme/theme1.xml"].decode()
    for kind in ("majorFont", "minorFont"):
        block = re.search(rf"<a:{kind}>.*?</a:{kind}>", theme, re.S)
        assert re.findall(r'a:(latin|ea|cs) typeface="([^"]+)"', block[0]) == [
            ("latin", "Arial"),
            ("ea", "微软雅黑"),
            ("cs", "Arial"),
        ]
        assert 'script="Hans" typeface="微软雅黑"' in block[0]


def test_titles_have_28_points_and_bodies_16_at_least(made) -> None:
    for slide in made.slides:
        sizes = [run.font.size for p in slide.shapes.title.text_frame.paragraphs for run in p.runs]
        assert min(sizes) >= Pt(28)
    table = next(s.table for slide in made.slides for s in slide.shapes if s.has_table)
    assert table.cell(0, 0).text_frame.paragraphs[0].runs[0].font.size >= Pt(16)
    assert all(chart.font.size >= Pt(16) for chart in charts(made))


def test_a_title_too_long_is_cut_to_two_lines_and_stands_whole_in_the_notes(tmp_path: Path) -> None:
    title = f"{LONG}、{LONG}、{LONG}、{LONG}的达标比例低于全市"
    (slide,) = deck(tmp_path, [slides.lines(title, ["见备注"])]).slides
    (shown,) = (slide.shapes.title.text_frame.text,)
    assert shown.endswith("…")
    assert style.text_width(shown, 24) <= 2 * slide.shapes.title.width / 12700
    assert title in notes(slide)


# what has no number, and what has too many


def test_a_chart_without_a_number_is_a_sentence_that_says_so(tmp_path: Path) -> None:
    empty = decks.COUNTIES.assign(meets=None)
    slide = slides.bars("全部未知", empty, column="meets", name="达标比例", unit="%")
    made = deck(tmp_path, [slide, slides.table("没有行", Printed(0))])
    assert charts(made) == []
    for slide in made.slides:
        assert any(
            "没有可以显示的数字" in s.text_frame.text for s in slide.shapes if s.has_text_frame
        )


def test_a_bar_without_a_number_says_why(tmp_path: Path) -> None:
    table = decks.COUNTIES.assign(status=["shown", "shown", "suppressed"])
    (chart,) = charts(deck(tmp_path, [slides.bars("t", table, column="meets", name="n", unit="%")]))
    assert list(chart.plots[0].categories)[2] == f"{LONG}（样本少，不显示）"


def test_a_path_of_which_no_month_is_known_is_not_drawn(tmp_path: Path) -> None:
    way = {"meets": ("实际", "reached"), "fails": ("目标", "wanted")}
    slide = slides.paths("t", decks.COUNTIES.assign(meets=None), parts=way)
    assert charts(deck(tmp_path, [slide])) == []
    assert "不画走势" in slide.body.items[0]
    known = slides.paths("t", decks.COUNTIES.assign(fails=None), parts=way)
    assert [series.name for series in known.body.series] == ["实际"]


def test_400_rows_fill_the_slide_say_how_many_are_left_and_stand_in_the_notes(
    tmp_path: Path,
) -> None:
    (slide,) = deck(tmp_path, [slides.table("全部村", Printed(400))]).slides
    (frame,) = [s for s in slide.shapes if s.has_table]
    texts = [[c.text for c in row.cells] for row in frame.table.rows]
    shown = len(texts) - 2
    assert texts[-1][0] == f"另有{400 - shown}行，见备注"
    assert "第399县" in notes(slide)
    assert frame.top + sum(row.height for row in frame.table.rows) <= Pt(490)


def test_names_from_data_are_text_and_no_formula(tmp_path: Path) -> None:
    names = ["=1+1", "@SUM(A1)", HOSTILE[0]]
    table = decks.COUNTIES.assign(name=names, fails=0.5)
    made = deck(tmp_path, [slides.bars("<b>&", table, column="fails", name="=A1")])
    (chart,) = charts(made)
    assert list(chart.plots[0].categories) == names
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert [c.data_type for c in book["Sheet1"]["A"][1:]] == ["s"] * 3
    assert book["Sheet1"]["B1"].data_type == "s"
    assert titles(made) == ["<b>&"]


def test_signs_no_file_can_hold_are_left_out_and_a_name_of_nothing_keeps_its_place(
    tmp_path: Path,
) -> None:
    table = decks.COUNTIES.assign(name=["a\x00\x0bb", "", "c"])
    printed = Printed(2)
    printed.frame.iloc[0, 0] = "甲\x07"
    made = deck(
        tmp_path,
        [slides.bars("x\x1f", table, column="fails", name="n\x01"), slides.table("t", printed)],
    )
    (chart,) = charts(made)
    assert list(chart.plots[0].categories) == ["ab", "—", "c（未知）"]
    (shown,) = [s.table for slide in made.slides for s in slide.shapes if s.has_table]
    assert shown.cell(1, 0).text == "甲"


def test_a_slide_shows_itself_in_the_lab_and_what_it_shows_is_text() -> None:
    slide = slides.bars("<b>&", decks.COUNTIES.assign(name="<i>"), column="fails", name="=A1")
    shown = slide._repr_mimebundle_()["text/html"]
    assert "&lt;b&gt;&amp;" in shown
    assert "<i>" not in shown
    assert slides.parse(slide.to_json()) == slide


def test_in_the_lab_numbers_of_a_table_stand_right() -> None:
    shown = slides.table("t", Printed(2, 2))._repr_mimebundle_()["text/html"]
    assert '<th scope="row" class="px-text">第0县</th><td class="px-num">12.5%</td>' in shown


# the file


def test_the_same_slides_give_the_same_bytes(tmp_path: Path) -> None:
    source = decks.notebook(tmp_path / "a.ipynb", every())
    first, second = (publish.deck(source, tmp_path / f"{n}.pptx", PAGE) for n in "ab")
    assert first.read_bytes() == second.read_bytes()
    stamps = [data for name, data in decks.parts(first).items() if name.endswith("core.xml")]
    assert len(stamps) == 4
    for data in stamps:
        assert set(re.findall(rb"\d{4}-\d\d-\d\dT[\d:]+Z", data)) == {b"2016-01-01T00:00:00Z"}


def test_the_shipped_template_is_what_its_script_makes() -> None:
    made = build_deck.build()
    fresh, shipped = zipfile.ZipFile(io.BytesIO(made)), zipfile.ZipFile(build_deck.OUT)
    assert fresh.namelist() == shipped.namelist()
    assert all(fresh.read(name) == shipped.read(name) for name in fresh.namelist())


def test_a_deck_that_cannot_be_written_leaves_last_months(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = decks.notebook(tmp_path / "a.ipynb", [bars()])
    out = publish.deck(source, tmp_path / "deck.pptx", PAGE)
    before = out.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(StoreError, match="could not write"):
        publish.deck(source, out, ENGLISH)
    assert out.read_bytes() == before
    assert list(tmp_path.glob(".*")) == []


def test_a_notebook_without_slides_or_with_a_spoilt_one_is_answered(tmp_path: Path) -> None:
    empty = decks.notebook(tmp_path / "empty.ipynb", [])
    with pytest.raises(StoreError, match="no slides") as told:
        publish.deck(empty, tmp_path / "deck.pptx", PAGE)
    assert "povexit run --month 2016-06" in str(told.value)
    spoilt = tmp_path / "spoilt.ipynb"
    text = decks.notebook(spoilt, [bars()]).read_text(encoding="utf-8")
    spoilt.write_text(text.replace('"kind": "bars"', '"kind": "pie"'), encoding="utf-8")
    with pytest.raises(SchemaError, match="cannot be read"):
        publish.deck(spoilt, tmp_path / "deck.pptx", PAGE)
    spoilt.write_text(text[:500], encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be read"):
        publish.deck(spoilt, tmp_path / "deck.pptx", PAGE)
    assert not (tmp_path / "deck.pptx").exists()


# an office's template


def test_an_offices_template_is_used_its_own_slides_are_not(tmp_path: Path) -> None:
    office = decks.template(tmp_path / "office.pptx")
    made = deck(tmp_path, every(), PAGE, office)
    assert titles(made) == [slide.title for slide in every()]
    assert "去年的会议" not in b"".join(decks.parts(tmp_path / "deck.pptx").values()).decode(
        errors="replace"
    )
    names = [slide.slide_layout.name for slide in made.slides]
    assert names == ["Title Slide", *["Title and Content"] * 6]
    layout = made.slides[1].slide_layout
    place = next(p for p in layout.placeholders if p.placeholder_format.idx == 1)
    (chart,) = [s for s in made.slides[1].shapes if s.has_chart]
    assert (chart.left, chart.top, chart.width) == (place.left, place.top, place.width)
    assert chart.is_placeholder


def test_a_small_wide_template_has_letters_of_its_own_size(tmp_path: Path) -> None:
    office = decks.template(tmp_path / "office.pptx", (10, 5.625))
    made = deck(tmp_path, [bars()], PAGE, office)
    (run,) = made.slides[0].shapes.title.text_frame.paragraphs[0].runs
    assert run.font.size == Pt(21)


def test_a_template_without_the_layouts_is_answered_by_name(tmp_path: Path) -> None:
    office = decks.template(tmp_path / "office.pptx", keep=1)
    with pytest.raises(StoreError) as told:
        deck(tmp_path, [bars()], PAGE, office)
    assert "标题和内容 / Title and Content" in str(told.value.expected)
    assert str(told.value.found).startswith("Title Slide (center_title, subtitle")
    assert "幻灯片母版" in str(told.value.hint)
    assert not (tmp_path / "deck.pptx").exists()


def changed(path: Path, change) -> Path:
    """Save a template after a change to its layouts."""
    decks.template(path)
    office = Presentation(str(path))
    for layout in office.slide_layouts:
        change(layout)
    office.save(str(path))
    return path


def without_feet(layout) -> None:
    for place in list(layout.placeholders):
        if place.placeholder_format.idx >= 10:
            place._element.getparent().remove(place._element)


def flat(layout) -> None:
    for place in layout.placeholders:
        if place.placeholder_format.idx == 1:
            place.left, place.top, place.width, place.height = (Pt(36),) * 4


def test_a_template_without_foot_still_gets_label_month_and_number(tmp_path: Path) -> None:
    office = changed(tmp_path / "office.pptx", without_feet)
    made = deck(tmp_path, every(), PAGE, office)
    for slide in made.slides:
        texts = [s.text_frame.text for s in slide.shapes if s.has_text_frame]
        assert {"2016年6月", style.SIMULATED["zh"]} <= set(texts)
        assert len(list(slide._element.iter(qn("a:fld")))) == 1


def test_a_body_too_small_for_a_chart_is_none(tmp_path: Path) -> None:
    office = changed(tmp_path / "office.pptx", flat)
    with pytest.raises(StoreError, match="lacks a layout"):
        deck(tmp_path, [bars()], PAGE, office)


def macros(path: Path) -> Path:
    """Put macros into a template that says it has none."""
    decks.template(path)
    with zipfile.ZipFile(path, "a") as parts:
        parts.writestr("ppt/vbaProject.bin", b"macro")
    return path


def text(path: Path, content: bytes = b"no presentation") -> Path:
    path.write_bytes(content)
    return path


def broken(path: Path) -> Path:
    return text(path, decks.template(path).read_bytes()[:-2000])


def workbook(path: Path) -> Path:
    openpyxl.Workbook().save(path)
    return path


@pytest.mark.parametrize(
    ("make", "name", "said"),
    [
        (macros, "office.pptx", "holds macros"),
        (text, "office.pptx", "damaged"),
        (broken, "office.pptx", "damaged"),
        (workbook, "office.pptx", "damaged"),
        (text, "office.pptm", "kind of file"),
        (text, "office.potx", "kind of file"),
        (text, "office.ppt", "kind of file"),
        (lambda path: path, "nowhere.pptx", "no such template"),
        (lambda path: decks.template(path, (10, 7.5)), "office.pptx", "not wide"),
    ],
    ids=["macros", "text", "cut", "workbook", "pptm", "potx", "ppt", "missing", "4:3"],
)
def test_what_is_no_template_is_answered(tmp_path: Path, make, name: str, said: str) -> None:
    source = decks.notebook(tmp_path / "a.ipynb", [bars()])
    with pytest.raises(StoreError, match=said) as told:
        publish.deck(source, tmp_path / "deck.pptx", PAGE, make(tmp_path / name))
    assert told.value.hint
    assert not (tmp_path / "deck.pptx").exists()


def test_a_deck_opens_again_as_a_template(tmp_path: Path) -> None:
    first = deck(tmp_path / "first", every())
    made = deck(tmp_path, [bars()], PAGE, tmp_path / "first" / "deck.pptx")
    assert len(first.slides) == 7
    assert titles(made) == [bars().title]
    assert Presentation(str(tmp_path / "deck.pptx")).slides[0].has_notes_slide
