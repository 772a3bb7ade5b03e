"""Surveys as tablets export them: every encoding, every broken row alone, no content in messages."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from tests.raw_files import MONTH, Cells, csv_text, layout, place, survey_rows, write_survey

from povexit.errors import DeliveryError
from povexit.raw import RawTable, read_file

TABLE = "household_survey"
WIDTH = len(layout(TABLE))


def survey(path: Path) -> RawTable:
    return read_file(path, month=MONTH)[TABLE]


def refused(path: Path) -> str:
    with pytest.raises(DeliveryError) as caught:
        read_file(path, month=MONTH)
    told = str(caught.value)
    assert path.name in told
    assert "to do:" in told
    assert "访0" not in told
    return told


def broken(table: RawTable) -> list[tuple[int, str, dict[str, int]]]:
    return [(r, rule, json.loads(raw)) for r, rule, raw in table.unreadable.rows()]


# encodings and line ends


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_all_read_alike(
    tmp_path: Path, encoding: str, line_end: str
) -> None:
    cells = survey_rows()
    read = survey(write_survey(tmp_path, csv_text(cells, line_end), encoding))
    assert read.frame.columns == ["row", *(e.key for e in layout(TABLE))]
    assert read.frame.rows() == [(i + 2, *values) for i, values in enumerate(cells[1:])]
    assert read.rows_in == 3
    assert read.findings == ()


def test_a_multi_select_has_one_column_a_code(tmp_path: Path) -> None:
    frame = survey(write_survey(tmp_path, csv_text(survey_rows()))).frame
    assert [c for c in frame.columns if c.startswith("income_sources")] == [
        f"income_sources:{code}" for code in range(1, 8)
    ]


def test_text_with_tabs_between_as_a_spreadsheet_exports_it_is_read(tmp_path: Path) -> None:
    text = "\r\n".join("\t".join(row) for row in survey_rows())
    assert survey(write_survey(tmp_path, text, "utf-16")).frame.height == 3


def test_cells_stay_as_typed(tmp_path: Path) -> None:
    cells = survey_rows(1)
    typed = [" １２\u3000", "-8", "不详", "451021198506010012", "12.0", "", "0012"]
    cells[1][: len(typed)] = typed
    assert survey(write_survey(tmp_path, csv_text(cells))).frame.row(0)[1:8] == tuple(typed)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_line_that_cannot_be_decoded_is_quarantined_alone(tmp_path: Path, encoding: str) -> None:
    lines = csv_text(survey_rows(40)).encode(encoding).splitlines(keepends=True)
    lines[11] = lines[11].replace("访".encode(encoding), b"\xff\xff", 1)
    read = survey(write_survey(tmp_path, b"".join(lines)))
    assert broken(read) == [(12, "undecodable_line", {"undecodable_characters": 2})]
    assert read.frame["row"].to_list() == [*range(2, 12), *range(13, 42)]
    assert read.rows_in == 40
    assert read.frame["interview_id"][10] == "访11v0"


def test_a_file_in_another_encoding_is_refused_with_the_first_bad_row(tmp_path: Path) -> None:
    lines = csv_text(survey_rows(20)).encode().splitlines(keepends=True)
    spoilt = [x.replace("访".encode(), b"\xff") if i > 14 else x for i, x in enumerate(lines)]
    told = refused(write_survey(tmp_path, b"".join(spoilt)))
    assert "encoding that is not read" in told
    assert "row 16" in told
    assert "UTF-8, UTF-16 or GB18030" in told


def test_text_that_decodes_to_nonsense_is_refused_by_its_headers(tmp_path: Path) -> None:
    told = refused(write_survey(tmp_path, csv_text(survey_rows()), "utf-32"))
    assert "known kind" in told
    told = refused(write_survey(tmp_path, "問卷編號,縣代碼,村名\n1,2,3\n", "big5"))
    assert "UTF-8 or GB18030" in told


# rows


def test_rows_with_too_many_or_few_fields_are_quarantined_without_content(tmp_path: Path) -> None:
    cells = survey_rows(4)
    cells[2] = cells[2][:-3]
    cells[3] = [*cells[3], "more"]
    read = survey(write_survey(tmp_path, csv_text(cells)))
    expected = {"expected_fields": WIDTH}
    assert broken(read) == [
        (3, "wrong_field_count", {"fields": WIDTH - 3, **expected}),
        (4, "wrong_field_count", {"fields": WIDTH + 1, **expected}),
    ]
    assert read.frame["row"].to_list() == [2, 5]
    assert read.rows_in == 4
    assert "访" not in str(read.unreadable["raw"].to_list())


def test_a_cell_of_several_lines_is_one_row(tmp_path: Path) -> None:
    cells = survey_rows()
    at = place(TABLE, "head_name")
    cells[2][at] = '第一行\n第二行，"引号"\r\n第三行,后'
    read = survey(write_survey(tmp_path, csv_text(cells)))
    assert read.frame["row"].to_list() == [2, 3, 4]
    assert read.frame["head_name"][1] == cells[2][at]


def test_a_quote_left_open_swallows_no_other_row(tmp_path: Path) -> None:
    lines = csv_text(survey_rows(6)).splitlines(keepends=True)
    lines[3] = '"' + lines[3]
    read = survey(write_survey(tmp_path, "".join(lines)))
    assert broken(read) == [(4, "open_quote", {"expected_fields": WIDTH})]
    assert read.frame["row"].to_list() == [2, 3, 5, 6, 7]


def test_two_open_quotes_that_close_each_other_swallow_no_row(tmp_path: Path) -> None:
    lines = csv_text(survey_rows(6)).splitlines(keepends=True)
    lines[2] = '"' + lines[2]
    # the field that holds rows 3 to 5 ends here, and the record has the right number of fields
    lines[5] = lines[5].replace(",", '",', 1)
    read = survey(write_survey(tmp_path, "".join(lines)))
    assert [(row, rule) for row, rule, _ in broken(read)] == [(3, "open_quote")]
    assert read.rows_in == 6


def test_an_open_quote_before_very_many_lines_swallows_none(tmp_path: Path) -> None:
    lines = csv_text(survey_rows(800)).splitlines(keepends=True)
    assert sum(map(len, lines)) > 131_072
    lines[1] = '"' + lines[1]
    read = survey(write_survey(tmp_path, "".join(lines)))
    assert broken(read) == [(2, "open_quote", {"expected_fields": WIDTH})]
    assert read.frame.height == 799


def test_blank_lines_count_as_rows_and_are_set_aside(tmp_path: Path) -> None:
    lines = csv_text(survey_rows(3)).splitlines(keepends=True)
    text = "".join([*lines[:2], "\n", "," * 5 + "\n", *lines[2:], "\n", ",,\n"])
    read = survey(write_survey(tmp_path, text))
    assert read.frame["row"].to_list() == [2, 5, 6]
    assert read.set_aside == ((3, "blank row"), (4, "blank row"))
    assert read.rows_in == 5
    assert "2 blank rows at the end" in str(read.findings[0])


def test_a_title_above_the_headers_is_passed_over_and_told(tmp_path: Path) -> None:
    text = '入户调查导出,"2016年\n6月"\n\n' + csv_text(survey_rows(2))
    read = survey(write_survey(tmp_path, text))
    assert read.frame["row"].to_list() == [4, 5]
    assert "stand in row 3, not in row 1" in str(read.findings[0])


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (survey_rows(0), "no row of data below the headers"),
        ([survey_rows(0)[0], ["a", "b"]], "no row of data could be read"),
        ([["甲", "乙"], ["1", "2"]], "no row of headers was found"),
    ],
)
def test_a_survey_without_rows_or_headers_is_refused(
    tmp_path: Path, cells: Cells, problem: str
) -> None:
    assert problem in refused(write_survey(tmp_path, csv_text(cells)))


def test_an_unknown_header_is_told_with_row_and_nearest(tmp_path: Path) -> None:
    cells = survey_rows()
    cells[0][place(TABLE, "household_size")] = "A1_家庭总人口"
    told = refused(write_survey(tmp_path, csv_text(cells)))
    assert "A1_家庭总人口 → nearest: A1_家庭人口" in told
    assert "row 1" in told


# files that are not what they seem


def _workbook() -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return data.getvalue()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\r\n \n", "the file is empty"),
        (_workbook(), "the file is an .xlsx workbook, not csv text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), "an old workbook"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (_workbook()[:40], "cut off or damaged"),
        (b"\x1f\x8b\x08", "a gzip archive"),
    ],
    # not the bytes: a zip holds the time it was made
    ids=lambda value: value.replace(" ", "_") if isinstance(value, str) else "",
)
def test_a_file_that_is_no_csv_says_what_it_is(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    assert problem in refused(write_survey(tmp_path, content))
