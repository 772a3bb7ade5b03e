"""Deliveries: whose file is whose, the demo months whole, every planted defect where the truth says."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from tests.raw_files import (
    COUNTY,
    LEDGER,
    MONTH,
    REGISTER,
    SURVEY,
    csv_text,
    sheet,
    survey_rows,
    write_book,
    write_ledger,
    write_survey,
)

from povexit import raw, store
from povexit.errors import DeliveryError, SchemaError
from povexit.raw import columnmap
from povexit.raw.layouts import kinds
from povexit_sim import ORDINARY, make_month

TABLES = ("register_households", "register_persons", "village_ledger", "household_survey")
LEDGERS = tuple(kinds()["programmes"].sheets.values())
PROGRAMMES = "右江区专项台账2016年6月.xlsx"


def demo(month: str) -> Path:
    return store.root() / "data" / "raw" / month


def send(folder: Path) -> Path:
    """Put a small, whole delivery of one county into a month's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_book(
        folder / REGISTER,
        {"户表": sheet("register_households"), "人员表": sheet("register_persons")},
    )
    write_ledger(folder, sheet("village_ledger"))
    write_survey(folder, csv_text(survey_rows()))
    return folder


def told(action: object, *given: object, **named: object) -> str:
    with pytest.raises(DeliveryError) as caught:
        action(*given, **named)  # type: ignore[operator]
    assert "to do:" in str(caught.value)
    return str(caught.value)


# the demo months


@pytest.fixture(scope="module", params=["2016-05", "2016-06"])
def month(request: pytest.FixtureRequest) -> tuple[str, dict[str, dict[str, raw.RawTable]]]:
    found = raw.find_deliveries(request.param)
    return request.param, {county: raw.read(d) for county, d in found.items()}


def _rows_below(path: Path, table: raw.RawTable) -> int:
    if path.suffix == ".csv":
        data = path.read_bytes()
        is_marked = data.startswith(b"\xef\xbb\xbf")
        text = data.decode("utf-8-sig" if is_marked else "gb18030")
        return sum(1 for _ in csv.reader(io.StringIO(text))) - 1
    # a line between title and headers moves them down by one
    is_shifted = any("the headers stand in row 4" in f.message for f in table.findings)
    book = fastexcel.read_excel(path)
    return int(book.load_sheet(table.sheet, header_row=2 + is_shifted).height)


def test_every_demo_file_reads_and_its_rows_add_up(
    month: tuple[str, dict[str, dict[str, raw.RawTable]]],
) -> None:
    name, counties = month
    assert len(counties) == 12
    for tables in counties.values():
        assert set(tables) == {*TABLES, *LEDGERS}
        for table in tables.values():
            assert table.rows_in == _rows_below(demo(name) / table.file, table), table.where()
            assert table.unreadable.is_empty()
            assert table.formulas == ()
            assert [reason for _, reason in table.set_aside] == ["total row"] * bool(table.sheet)
            assert set(table.frame.columns) == {"row", *(e.key for e in table.entries)}
            assert set(table.frame.dtypes[1:]) == {pl.String}
            assert not [f for f in table.findings if f.severity == "warning"]


def test_every_countys_headers_come_to_the_same_columns(
    month: tuple[str, dict[str, dict[str, raw.RawTable]]],
) -> None:
    _, counties = month
    headers = set()
    for table in (*TABLES, *LEDGERS):
        columns = {frozenset(e.column for e in t[table].entries) for t in counties.values()}
        assert len(columns) == 1, table
        headers |= {
            (table, tuple(sorted(e.heading for e in t[table].entries))) for t in counties.values()
        }
    # and yet they are not worded alike
    assert len(headers) > 2 * len(TABLES)


def test_hidden_columns_are_passed_over_in_the_two_counties_that_have_them(
    month: tuple[str, dict[str, dict[str, raw.RawTable]]],
) -> None:
    _, counties = month
    notes = {
        county
        for county, tables in counties.items()
        for finding in tables["register_households"].findings
        if "hidden columns are not read" in finding.message
    }
    assert notes == {"451024", "451029"}


def test_every_planted_cell_is_read_where_the_truth_says(tmp_path: Path) -> None:
    folder, truth = tmp_path / MONTH, tmp_path / "truth"
    make_month(MONTH, folder, 0.01, 7, ORDINARY, truth, counties=["451029", "451028"])
    defects = pl.read_parquet(truth / "truth_defects.parquet").filter(pl.col("row") > 0)
    read = {
        (t.file, t.sheet): t
        for d in raw.find_deliveries(MONTH, folder).values()
        for t in raw.read(d).values()
    }
    filled = {e.key for t in read.values() for e in t.entries if e.fill_down}
    checked = 0
    for file, place, row, column, dirty in defects.select(
        "file", "sheet", "row", "column", "dirty_value"
    ).iter_rows():
        if column in filled:
            continue  # only the first of a run is in the file
        frame = read[file, place].frame.filter(pl.col("row") == row)
        assert _same(frame[column].item(), dirty), (file, place, row, column)
        checked += 1
    assert checked > 250


def _same(found: str | None, dirty: str) -> bool:
    if (found or "") == dirty:
        return True
    # a float is written as Python says it, and shown without its last zero
    return found is not None and float(found) == float(dirty)


def test_shifted_headers_of_ledgers_are_found_in_the_two_counties_that_have_them(
    month: tuple[str, dict[str, dict[str, raw.RawTable]]],
) -> None:
    _, counties = month
    shifted = {
        code
        for code, tables in counties.items()
        for name in LEDGERS
        if any("not in row 3" in f.message for f in tables[name].findings)
    }
    assert shifted == {"451021", "451029"}


# programme ledgers: a workbook, a sheet or its rows may be missing


def test_a_county_without_programme_ledgers_is_read_and_told_what_is_unknown(
    tmp_path: Path,
) -> None:
    delivery = raw.find_delivery(MONTH, COUNTY, send(tmp_path))
    tables = raw.read(delivery)
    assert tuple(tables) == TABLES
    (finding,) = raw.not_delivered(delivery, tables)
    assert finding.severity == "warning"
    assert "no file *专项台账*" in finding.message
    assert "unknown for the month, not zero" in finding.message


def test_a_ledger_without_rows_is_one_without_rows_and_a_missing_sheet_is_unknown(
    tmp_path: Path,
) -> None:
    folder = send(tmp_path)
    write_book(
        folder / PROGRAMMES,
        {"小额信贷": sheet("loan_ledger"), "督查问题": sheet("finding_ledger", 0)},
    )
    delivery = raw.find_delivery(MONTH, COUNTY, folder)
    tables = raw.read(delivery)
    assert tables["loan_ledger"].frame.height == 2
    assert tables["finding_ledger"].frame.height == 0
    assert "works_ledger" not in tables
    (finding,) = raw.not_delivered(delivery, tables)
    assert finding.where == PROGRAMMES
    assert "工程建设" in finding.message
    assert "督查问题" not in finding.message


def test_a_ledger_workbook_without_any_of_its_sheets_is_refused(tmp_path: Path) -> None:
    folder = send(tmp_path)
    write_book(folder / PROGRAMMES, {"说明": sheet("loan_ledger")})
    said = told(raw.read, raw.find_delivery(MONTH, COUNTY, folder))
    assert "none of the sheets is there" in said
    assert "小额信贷" in said


def test_two_ledger_workbooks_of_one_county_are_refused(tmp_path: Path) -> None:
    folder = send(tmp_path)
    for name in (PROGRAMMES, "右江区专项台账（更正）.xlsx"):
        write_book(folder / name, {"小额信贷": sheet("loan_ledger")})
    assert "2 files of one kind" in told(raw.read, raw.find_delivery(MONTH, COUNTY, folder))


def test_a_sheet_without_rows_is_refused_where_rows_are_needed(tmp_path: Path) -> None:
    folder = send(tmp_path)
    write_ledger(folder, sheet("village_ledger")[:3])
    said = told(raw.read, raw.find_delivery(MONTH, COUNTY, folder))
    assert "no row of data" in said


# which file is whose


def test_a_countys_files_are_found_by_name_and_the_rest_are_strangers(tmp_path: Path) -> None:
    folder = send(tmp_path)
    for name in ("~$" + REGISTER, ".DS_Store", "SOURCES.toml", "README.md", "Thumbs.db"):
        (folder / name).write_bytes(b"")
    for name in ("通知.docx", "玉林市村台账.xlsx", "右江区合影.png", "右江区田阳区村台账.xlsx"):
        (folder / name).write_bytes(b"x")
    (folder / "old").mkdir()
    found = raw.find_deliveries(MONTH, folder)
    assert list(found) == [COUNTY]
    assert [p.name for p in found[COUNTY].files] == sorted([REGISTER, LEDGER, SURVEY])
    assert {p.name for p in found[COUNTY].strangers} == {
        "通知.docx",
        "玉林市村台账.xlsx",
        "右江区合影.png",
        "右江区田阳区村台账.xlsx",
    }
    assert {k: t.frame.height for k, t in raw.read(found[COUNTY]).items()} == dict(
        zip(TABLES, [2, 2, 2, 3], strict=True)
    )


@pytest.mark.parametrize(
    ("name", "county"),
    [
        ("靖西县村台账.xlsx", "451081"),
        ("451025入户调查.csv", "451081"),
        ("451082_建档立卡.xlsx", "451023"),
        ("２０１６年　隆林 各族自治县村台账.xlsx", "451031"),
        ("百色市田阳区村台账.xlsx", "451021"),
        ("田阳田东村台账.xlsx", None),
        ("村台账.xlsx", None),
    ],
)
def test_a_county_is_known_by_any_name_or_code_it_has_had(name: str, county: str | None) -> None:
    assert raw.county_of(Path(name)) == county


def test_the_kind_is_told_by_the_name() -> None:
    kinds = [raw.kind_of(Path(n)) for n in (REGISTER, LEDGER, SURVEY, "x.xlsx")]
    assert [k and k.id for k in kinds] == ["register", "villages", "survey", None]


def test_two_files_of_one_kind_fail_the_county_and_name_both(tmp_path: Path) -> None:
    folder = send(tmp_path)
    shutil.copy(folder / LEDGER, folder / "右江区村台账（改）.xlsx")
    said = told(raw.read, raw.find_delivery(MONTH, COUNTY, folder))
    assert "右江区 sent 2 files of one kind" in said
    assert LEDGER in said
    assert "右江区村台账（改）.xlsx" in said
    assert "move the others" in said


def test_a_missing_file_is_told_with_the_strangers_it_may_be(tmp_path: Path) -> None:
    folder = send(tmp_path)
    (folder / LEDGER).rename(folder / "村台账 最终版.xlsx")
    said = told(raw.read, raw.find_delivery(MONTH, COUNTY, folder))
    assert "右江区 has no file *村台账*.xlsx" in said
    assert "村台账 最终版.xlsx" in said
    assert "rename the file" in said


def test_a_county_that_sent_nothing_fails_alone(tmp_path: Path) -> None:
    folder = send(tmp_path)
    assert raw.find_delivery(MONTH, "451021", folder).files == ()
    assert "田阳县 has no file" in told(raw.read, raw.find_delivery(MONTH, "451021", folder))


def test_a_month_without_files_is_told(tmp_path: Path, project: Path) -> None:
    assert "no such folder" in told(raw.find_deliveries, "2016-07")
    folder = store.raw_dir("2016-07")
    folder.mkdir()
    assert "an empty folder" in told(raw.find_deliveries, "2016-07")
    (folder / "右江区").mkdir()
    assert "only folders: 右江区" in told(raw.find_deliveries, "2016-07")
    assert str(folder) in told(raw.find_delivery, "2016-07", COUNTY)


# simulated or not


def test_only_unchanged_listed_files_are_simulated(tmp_path: Path) -> None:
    for path in [*demo(MONTH).glob("右江区*"), demo(MONTH) / "SOURCES.toml"]:
        shutil.copy(path, tmp_path)
    assert raw.find_delivery(MONTH, COUNTY, tmp_path).simulated
    survey = next(tmp_path.glob("*入户调查*"))
    survey.write_bytes(survey.read_bytes() + b"\n")
    assert not raw.find_delivery(MONTH, COUNTY, tmp_path).simulated


def test_files_that_no_list_names_are_not_simulated(tmp_path: Path) -> None:
    folder = send(tmp_path)
    assert not raw.find_delivery(MONTH, COUNTY, folder).simulated
    assert not raw.find_delivery(MONTH, "451021", folder).simulated
    lines = [
        f'[[file]]\nname = "{p.name}"\nsha256 = "{store.sha256(p)}"\nsimulated = false\n'
        for p in folder.iterdir()
    ]
    (folder / "SOURCES.toml").write_text("\n".join(lines), encoding="utf-8")
    assert not raw.find_delivery(MONTH, COUNTY, folder).simulated


def test_a_broken_list_of_simulated_files_is_told(tmp_path: Path) -> None:
    folder = send(tmp_path)
    (folder / "SOURCES.toml").write_text("[[file]\n", encoding="utf-8")
    delivery = raw.find_delivery(MONTH, COUNTY, folder)
    with pytest.raises(DeliveryError, match="list of simulated files"):
        _ = delivery.simulated


# one file by hand


def test_one_file_is_read_by_what_its_name_and_folder_tell(tmp_path: Path) -> None:
    folder = send(tmp_path / MONTH)
    assert list(raw.read_file(folder / REGISTER)) == list(TABLES[:2])
    plain = Path(shutil.copy(folder / LEDGER, tmp_path / LEDGER))
    assert list(raw.read_file(plain)) == ["village_ledger"]
    nameless = Path(shutil.copy(folder / LEDGER, tmp_path / "村台账.xlsx"))
    assert raw.read_file(nameless, COUNTY, MONTH)["village_ledger"].frame.height == 2


@pytest.mark.parametrize(
    ("name", "lacking"),
    [
        ("右江区.xlsx", "what the file is"),
        ("村台账2016年6月.xlsx", "which county"),
        ("右江区村台账.xlsx", "which month"),
    ],
)
def test_a_name_that_tells_too_little_is_refused(tmp_path: Path, name: str, lacking: str) -> None:
    said = told(
        raw.read_file, write_ledger(tmp_path, sheet("village_ledger")).rename(tmp_path / name)
    )
    assert lacking in said
    assert name in said


def test_last_months_file_sent_again_is_read_with_a_warning(tmp_path: Path) -> None:
    folder = send(tmp_path)
    (folder / SURVEY).rename(folder / SURVEY.replace("2016-06", "2016-05"))
    tables = raw.read(raw.find_delivery(MONTH, COUNTY, folder))
    (warning,) = tables["household_survey"].findings
    assert warning.severity == "warning"
    assert "2016-05" in warning.message
    assert tables["village_ledger"].findings == ()


# column maps


def test_a_map_that_gives_two_columns_one_header_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = columnmap._rows("village_ledger")
    twin = {**rows[9], "column": "something_else"}
    second = {**rows[10], "header": "人口（人）"}
    for added, said in ((twin, "总户数"), (second, "persons_total")):
        columnmap.entries.cache_clear()
        monkeypatch.setattr(columnmap, "_rows", lambda _, added=added: (*rows, added))
        with pytest.raises(SchemaError, match=said) as caught:
            columnmap.entries("village_ledger", COUNTY, MONTH)
        assert "column_maps/village_ledger.csv" in str(caught.value)


def test_a_month_before_all_maps_is_told() -> None:
    with pytest.raises(SchemaError, match="no column map holds for 2014-01"):
        columnmap.entries("village_ledger", COUNTY, "2014-01")


def test_the_latest_wave_up_to_the_month_holds() -> None:
    def header(month: str) -> str:
        made = columnmap.entries("register_households", "451029", month)
        return next(e.header for e in made if e.column == "register_status")

    assert header("2016-05") != header("2016-06")
    assert header("2016-06") == header("2018-01")
