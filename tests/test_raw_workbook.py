"""Workbooks as counties send them: each cell as it was typed, each defect told with its remedy."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import fastexcel
import openpyxl
import pytest
from tests.raw_files import (
    LEDGER,
    MONTH,
    REGISTER,
    Cells,
    layout,
    place,
    sheet,
    write_book,
    write_ledger,
)

from povexit.errors import DeliveryError
from povexit.raw import RawTable, read_file, sheetxml, workbook
from povexit.raw.archive import cut_copy
from povexit.raw.layouts import limit

TABLE = "village_ledger"
GRID_ROWS = 1_048_576


def ledger(path: Path, county: str | None = None) -> RawTable:
    return read_file(path, county, MONTH)[TABLE]


def refused(path: Path) -> str:
    with pytest.raises(DeliveryError) as caught:
        read_file(path, month=MONTH)
    told = str(caught.value)
    assert path.name in told
    assert "to do:" in told
    return told


def said(table: RawTable, severity: str) -> str:
    return "\n".join(str(f) for f in table.findings if f.severity == severity)


# what a cell becomes


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (12, "12"),
        (12.0, "12"),
        (1985.6, "1985.6"),
        (31199, "31199"),
        (0.1 + 0.2, "0.3"),
        (2500.350_000_000_000_4, "2500.35"),
        (12_345_678, "12345678"),
        (0.000_001, "0.000001"),
        (-3.5, "-3.5"),
        ("000000198506010012", "000000198506010012"),
        ("00000019850601001x", "00000019850601001x"),
        (" １，２３４\u3000", " １，２３４\u3000"),
        ("12.0", "12.0"),
        ("1985年6月", "1985年6月"),
        (date(1985, 6, 1), "1985-06-01"),
        (True, "TRUE"),
        (False, "FALSE"),
        (("=1+1", 2), "2"),
        (('="是"', "是"), "是"),
        (None, None),
    ],
)
def test_a_cell_is_the_text_a_person_sees(tmp_path: Path, typed: Any, text: str | None) -> None:
    cells = sheet(TABLE)
    cells[3][place(TABLE, "households_total")] = typed
    read = ledger(write_ledger(tmp_path, cells))
    assert read.frame["households_total"].to_list() == [text, "r1c9"]


def test_every_entry_is_a_column_and_every_row_has_the_spreadsheets_number(tmp_path: Path) -> None:
    read = ledger(write_ledger(tmp_path, sheet(TABLE, rows=3)))
    assert read.frame.columns == ["row", *(e.key for e in layout(TABLE))]
    assert read.frame["row"].to_list() == [4, 5, 6]
    assert read.frame.row(1)[1:] == tuple(f"r1c{i}" for i in range(len(layout(TABLE))))
    assert read.rows_in == 3
    assert read.findings == ()
    assert read.where(5) == f"{LEDGER}, sheet 村台账, row 5"


def test_cells_merged_over_rows_are_filled_down_and_others_are_not(tmp_path: Path) -> None:
    county = "451029"
    cells = sheet(TABLE, rows=5, county=county)
    township, village = (place(TABLE, k, county) for k in ("township_name", "village_name"))
    for row, (t, v) in enumerate(
        [("潞城", "甲"), (None, None), ("小计", None), ("利周", "乙"), (" ", None)]
    ):
        cells[3 + row][township], cells[3 + row][village] = t, v
    cells[5][0] = None
    read = ledger(write_ledger(tmp_path, cells), county)
    assert read.frame["township_name"].to_list() == ["潞城", "潞城", "利周", "利周"]
    assert read.frame["village_name"].to_list() == ["甲", None, "乙", None]
    assert read.set_aside == ((6, "total row"),)


# rows


def test_total_and_blank_rows_are_set_aside_and_the_rows_add_up(tmp_path: Path) -> None:
    cells = sheet(TABLE, rows=4)
    width = len(cells[0])
    cells[4] = [None] * width
    cells[5] = [" ", "\u3000", *[None] * (width - 2)]
    cells += [[None, "总 计：", *[900] * (width - 2)], [None] * width, [None, "", " "]]
    read = ledger(write_ledger(tmp_path, cells))
    assert read.frame["row"].to_list() == [4, 7]
    assert read.set_aside == ((5, "blank row"), (6, "blank row"), (8, "total row"))
    assert read.rows_in == 5
    assert "2 blank rows at the end are not counted" in said(read, "note")


def test_a_village_whose_name_has_a_total_word_in_it_stays(tmp_path: Path) -> None:
    cells = sheet(TABLE)
    cells[3][1] = "合计村"
    assert ledger(write_ledger(tmp_path, cells)).frame.height == 2


def _zip(**members: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def _with_sheet(path: Path, xml: bytes) -> Path:
    members = zipfile.ZipFile(path)
    kept = {n: members.read(n) for n in members.namelist()}
    path.write_bytes(_zip(**{**kept, "xl/worksheets/sheet1.xml": xml}))
    return path


def _with_rows(path: Path, rows: str) -> Path:
    """Put rows below the last one of a workbook's first sheet."""
    xml = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    return _with_sheet(path, xml.replace(b"</sheetData>", rows.encode() + b"</sheetData>"))


def _formatted_to_the_end(tmp_path: Path, filled: bool) -> Path:
    """Return a ledger with borders, or also formulas that show nothing, down to the last row."""
    formula = '<c r="B{0}" t="str"><f>IF(A1="","",1)</f><v></v></c>' if filled else ""
    row = f'<row r="{{0}}"><c r="A{{0}}" s="1"/>{formula}</row>'
    rows = "".join(row.format(r) for r in (*range(6, 2000), GRID_ROWS))
    return _with_rows(write_ledger(tmp_path, sheet(TABLE)), rows)


@pytest.mark.parametrize("filled", [False, True])
def test_a_million_blank_rows_cost_nothing_and_are_told(
    tmp_path: Path, filled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    heights = []
    real = workbook._cells

    def counted(*given: Any) -> Any:
        cells = real(*given)
        heights.append(cells.height)
        return cells

    monkeypatch.setattr(workbook, "_cells", counted)
    read = ledger(_formatted_to_the_end(tmp_path, filled))
    assert read.frame["row"].to_list() == [4, 5]
    assert heights == [5]
    assert f"row 6: {GRID_ROWS - 5:,} rows below the last value are blank" in said(read, "note")
    assert read.formulas == ()
    assert said(read, "warning") == ""


def test_a_sheet_is_cut_below_its_last_value(tmp_path: Path) -> None:
    path = _formatted_to_the_end(tmp_path, filled=True)
    with zipfile.ZipFile(path) as archive:
        copy = cut_copy(archive, "xl/worksheets/sheet1.xml", 5)
    loaded = fastexcel.read_excel(copy).load_sheet("村台账", header_row=None, skip_rows=0)
    assert loaded.total_height == 5


def test_a_value_far_below_is_refused_with_its_row(tmp_path: Path) -> None:
    blank = f'<row r="{GRID_ROWS}"><c r="D{GRID_ROWS}" t="inlineStr"><is><t> </t></is></c></row>'
    path = _with_rows(write_ledger(tmp_path, sheet(TABLE)), blank)
    told = refused(path)
    assert f"sheet 村台账, row {GRID_ROWS}" in told
    assert "delete" in told


@pytest.mark.parametrize("rest", [[], [[None, None]], [["合计", 3]]])
def test_a_sheet_without_rows_is_refused(tmp_path: Path, rest: Cells) -> None:
    told = refused(write_ledger(tmp_path, [*sheet(TABLE, rows=0), *rest]))
    assert "no row of data below the headers" in told
    assert "sheet 村台账, row 4" in told


def test_a_sheet_without_any_cell_is_refused(tmp_path: Path) -> None:
    assert "no row of headers" in refused(write_ledger(tmp_path, []))


# formulas


def test_stored_values_of_formulas_are_read_and_told(tmp_path: Path) -> None:
    cells = sheet(TABLE)
    cells[3][9] = ("=1+1", 2)
    cells[4][9] = ('=IF(1=1,"","x")', "")
    read = ledger(write_ledger(tmp_path, cells))
    assert "2 cells hold formulas" in said(read, "note")
    assert read.frame["households_total"].to_list()[0] == "2"


def test_formulas_without_a_value_and_errors_are_named_cell_by_cell(tmp_path: Path) -> None:
    path = write_ledger(tmp_path, [*sheet(TABLE, rows=3), ["合计"]])
    book = openpyxl.load_workbook(path)
    page = book.active
    page.cell(5, 10).value = "=A1*2"
    page.cell(6, 11).value = "#DIV/0!"
    page.cell(6, 11).data_type = "e"
    page.cell(7, 10).value = "=SUM(J4:J6)"
    book.save(path)
    read = ledger(path)
    assert read.formulas == ((5, "households_total"), (6, "persons_total"))
    assert read.frame["households_total"].to_list() == ["r0c9", None, "r2c9"]
    assert read.frame["persons_total"].to_list()[2] is None
    told = said(read, "warning")
    assert "row 5" in told
    assert "calculate and save" in told
    assert read.set_aside == ((7, "total row"),)


# columns


def test_a_hidden_stale_copy_is_not_read_whichever_side_it_stands(tmp_path: Path) -> None:
    for at in (place(TABLE, "poor_persons"), place(TABLE, "poor_persons") + 1):
        cells = sheet(TABLE)
        real = place(TABLE, "poor_persons")
        for r, values in enumerate(cells):
            values.insert(at, "stale" if r > 2 else values[real])
        read = ledger(write_ledger(tmp_path, cells, hidden=[at]))
        assert read.frame["poor_persons"].to_list() == ["r0c12", "r1c12"]
        assert f"hidden columns are not read: {'MN'[at - real]}" in said(read, "note")


def test_a_column_that_is_there_only_hidden_is_missed_by_name(tmp_path: Path) -> None:
    at = place(TABLE, "poor_persons")
    told = refused(write_ledger(tmp_path, sheet(TABLE), hidden=[at]))
    assert "headers are missing: 基本情况 / 贫困人口" in told
    assert "hidden, so not read: 基本情况 / 贫困人口" in told
    assert "unhide the column" in told


def test_a_sheet_that_begins_right_of_column_a_keeps_its_columns(tmp_path: Path) -> None:
    cells = [[None, None, *values] for values in sheet(TABLE)]
    hidden = 2 + len(layout(TABLE))
    for values in cells:
        values.append("stale")
    read = ledger(write_ledger(tmp_path, cells, hidden=[hidden]))
    assert read.frame["serial"].to_list() == ["r0c0", "r1c0"]
    assert read.frame["poor_persons"].to_list() == ["r0c12", "r1c12"]


def test_values_below_no_header_are_told(tmp_path: Path) -> None:
    cells = [[*values, "memo" if r > 2 else None] for r, values in enumerate(sheet(TABLE))]
    told = said(ledger(write_ledger(tmp_path, cells)), "warning")
    assert "without a header are not read: AI" in told
    assert "row 3" in told


def test_headers_are_compared_without_width_blanks_and_line_breaks(tmp_path: Path) -> None:
    cells = sheet(TABLE)
    at = place(TABLE, "road_surface_width_m")
    cells[2][at] = "通村路\n路面宽度 (米)"
    assert ledger(write_ledger(tmp_path, cells)).frame["road_surface_width_m"][0] == f"r0c{at}"


def test_an_unknown_header_is_told_with_the_nearest_the_file_and_the_map(tmp_path: Path) -> None:
    cells = sheet(TABLE)
    cells[2][place(TABLE, "poor_persons")] = "贫困人口数"
    told = refused(write_ledger(tmp_path, cells))
    assert "headers that no column map knows: 基本情况 / 贫困人口数" in told
    assert "nearest: 基本情况 / 贫困人口" in told
    assert "sheet 村台账, row 3" in told
    assert "povexit/column_maps/village_ledger.csv" in told
    assert "r0c" not in told


def test_a_header_that_comes_twice_is_told_with_its_columns(tmp_path: Path) -> None:
    cells = [[*values, values[12]] for values in sheet(TABLE)]
    for row, group in ((1, "基本情况"), (2, "贫困人口")):
        cells[row][-1] = group
    told = refused(write_ledger(tmp_path, cells))
    assert "贫困人口 (columns M and AI)" in told
    assert "delete or hide" in told


def test_a_header_that_is_missing_is_told_unless_nothing_is_made_of_it(tmp_path: Path) -> None:
    cells = [values[1:] for values in sheet(TABLE)]
    assert "serial" not in ledger(write_ledger(tmp_path, cells)).frame.columns
    at = place(TABLE, "poor_persons") - 1
    told = refused(write_ledger(tmp_path, [v[:at] + v[at + 1 :] for v in cells]))
    assert "headers are missing: 基本情况 / 贫困人口" in told


@pytest.mark.parametrize("shift", [-1, 1, 2])
def test_headers_a_row_or_two_away_are_found_and_told(tmp_path: Path, shift: int) -> None:
    cells = sheet(TABLE)
    cells = cells[1:] if shift < 0 else [["关于上报的通知"]] * shift + cells
    read = ledger(write_ledger(tmp_path, cells))
    assert read.frame["row"].to_list() == [4 + shift, 5 + shift]
    assert f"stand in row {3 + shift}, not in row 3" in said(read, "note")


def test_a_sheet_without_headers_is_refused_and_shows_no_content(tmp_path: Path) -> None:
    cells = sheet(TABLE, rows=20)
    told = refused(write_ledger(tmp_path, [cells[0], *cells[3:]]))
    assert "no row of headers was found" in told
    assert "行政村" in told
    assert "r0c" not in told


def test_a_sheet_without_its_row_of_groups_is_refused(tmp_path: Path) -> None:
    cells = sheet(TABLE)
    del cells[1]
    assert "row of groups above the headers is missing" in refused(write_ledger(tmp_path, cells))
    assert "groups" in refused(write_ledger(tmp_path, cells[1:]))


# sheets


def _register(path: Path, names: list[str]) -> Path:
    tables = {"户": "register_households", "人": "register_persons"}
    cells = {n: sheet(tables[n.strip()[0]]) if n.strip()[0] in tables else [["x"]] for n in names}
    return write_book(path / REGISTER, cells)


def test_sheets_are_found_by_name_whatever_their_blanks_and_order(tmp_path: Path) -> None:
    read = read_file(_register(tmp_path, ["人员表 ", "说明", " 户 表"]))
    assert {k: t.frame.height for k, t in read.items()} == {
        "register_households": 2,
        "register_persons": 2,
    }
    notes = [str(f) for t in read.values() for f in t.findings]
    assert notes == [f"note: {REGISTER}: sheets that are not read: 说明"]
    assert read["register_households"].sheet == " 户 表"


def test_a_missing_sheet_is_told_with_those_that_are_there(tmp_path: Path) -> None:
    told = refused(_register(tmp_path, ["户表", "表二"]))
    assert "no sheet 人员表" in told
    assert "户表, 表二" in told


def test_a_sheet_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    assert "sheet 户表 is there 2 times" in refused(
        _register(tmp_path, ["户表", "户 表", "人员表"])
    )


# files that are not what they seem


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("content", "problem", "remedy"),
    [
        (b"", "empty", "send it again"),
        (b"\0" * 5000, "empty", "send it again"),
        ("序号,县\n1,右江区\n".encode("gb18030"), "csv text", "save it as .xlsx"),
        (OLE, "an old workbook (.xls)", "save it as .xlsx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "locked by a password", "without a pass"),
        (b"\xef\xbb\xbf <html><table><tr><td>1", "a web page", "save it as .xlsx"),
        ("<table>序号".encode("utf-16"), "a web page", "save it as .xlsx"),
        (b'<?xml version="1.0"?><Workbook>', "XML text", "save it as .xlsx"),
        (b"%PDF-1.7", "a PDF", "send it again"),
        (b"Rar!\x1a", "a RAR archive", "unpack it"),
        (
            b"\x01\x02\0\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f" * 9,
            "no known kind",
            "again",
        ),
        (_zip(**{"a.txt": b"1"}), "a zip archive", "unpack it"),
        (_zip(**{"content.xml": b"1"}), "an OpenDocument file", "save it as .xlsx"),
        (_zip(**{"xl/workbook.bin": b"1"}), "a binary workbook", "save it as .xlsx"),
        (_zip(**{"xl/workbook.xml": b"<no"}), "the workbook is damaged", "save it again"),
    ],
)
def test_a_file_that_is_no_workbook_says_what_it_is(
    tmp_path: Path, content: bytes, problem: str, remedy: str
) -> None:
    path = tmp_path / LEDGER
    path.write_bytes(content)
    told = refused(path)
    assert problem in told
    assert remedy in told


@pytest.mark.parametrize("share", [0.3, 0.6, 0.98])
def test_a_truncated_workbook_is_told(tmp_path: Path, share: float) -> None:
    path = write_ledger(tmp_path, sheet(TABLE))
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    told = refused(path)
    assert "cut off or damaged" in told
    assert "send it again" in told


def test_a_workbook_that_does_not_hold_together_is_told(tmp_path: Path) -> None:
    path = write_ledger(tmp_path, sheet(TABLE))
    xml = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    told = refused(_with_sheet(path, xml[: len(xml) // 2]))
    assert "the workbook is damaged" in told
    assert "sheet 村台账" in told


def test_a_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    path = write_ledger(tmp_path, sheet(TABLE))
    told = refused(_with_sheet(path, bytes(limit("unpack_ratio_from_bytes") + 1)))
    assert "was not opened" in told


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "cannot be opened" in refused(tmp_path / LEDGER)


def test_a_bug_is_not_told_as_a_damaged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: object) -> None:
        raise KeyError("no")

    monkeypatch.setattr(workbook, "to_table", bug)
    with pytest.raises(KeyError):
        read_file(write_ledger(tmp_path, sheet(TABLE)))


# the sheet's XML

XML = (
    '<worksheet><cols><col min="2" max="3" hidden="1"/><col min="5" max="5" hidden="0"/></cols>'
    '<sheetData><row r="1"><c r="A1" s="1"/><c r="B1" t="s"><v>0</v></c></row>'
    '<row r="3" ht="9"><c r="C3"><f>1+1</f></c><c r="D3"><f t="shared" si="0"/><v>2</v></c></row>'
    '<row r="4"><c r="C4" t="str"><f>B1</f><v></v></c><c r="D4" t="e"><v>#N/A</v></c></row>'
    '<row r="5" hidden="1"><c r="B5" t="inlineStr"><is><t>那坡</t></is></c></row>'
    '<row r="900"/></sheetData><rowBreaks count="1"/><conditionalFormatting><formula>1</formula>'
    "</conditionalFormatting></worksheet>"
)
FACTS = sheetxml.SheetFacts(
    hidden=frozenset({1, 2}),
    first_place=1,
    last_row=5,
    end_row=900,
    formulas=3,
    valueless=((3, 2), (4, 3)),
)


@pytest.mark.parametrize("size", [30, 64, 150, 333, 10_000])
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_facts_of_a_sheet_do_not_hang_on_blocks_or_prefixes(
    size: int, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    xml = XML.replace("</", "</" + prefix).replace("<", "<" + prefix)
    xml = xml.replace(f"<{prefix}/{prefix}", f"</{prefix}")
    # the head is read in one piece, as it always fits into a real block
    monkeypatch.setattr(sheetxml, "limit", lambda _: max(size, xml.index(f"<{prefix}row")))
    assert sheetxml.scan(io.BytesIO(xml.encode())) == FACTS


def test_a_sheet_without_references_is_taken_from_its_first_column() -> None:
    xml = b"<worksheet><sheetData><row><c/><c><v>1</v></c></row></sheetData></worksheet>"
    assert sheetxml.scan(io.BytesIO(xml)) == sheetxml.SheetFacts()
