"""The simulated files: as the column maps say, the same to the byte, every defect where the truth says."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import tomllib
from pathlib import Path

import fastexcel
import openpyxl
import polars as pl
import pytest

from povexit.geography import resolve_county
from povexit.store import root
from povexit_sim import KINDS, ORDINARY, make_month, simulate_county, write_delivery
from povexit_sim.cli import main
from povexit_sim.sheets import Head, canonical, heads, lay_out, shuffled

COUNTY, DEMO = "451028", 0.025
MONTH = "2016-06"


def _sheet(path: Path, name: str) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(path, read_only=False)
    return list(book[name].iter_rows(values_only=True))


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pl.DataFrame]:
    folder = tmp_path_factory.mktemp("messy")
    truth = folder / "truth"
    make_month(
        MONTH, folder, DEMO, 2016, ORDINARY, truth, counties=[COUNTY, "451002", "451023", "451029"]
    )
    return folder, pl.read_parquet(truth / "truth_defects.parquet")


def test_headers_come_from_the_maps_and_the_last_row_is_the_total(tmp_path: Path) -> None:
    write_delivery(simulate_county(COUNTY, MONTH, DEMO), tmp_path, ())
    rows = _sheet(tmp_path / "乐业县建档立卡信息导出_2016-06.xlsx", "户表")
    layout = heads("register_households", COUNTY, MONTH)
    assert rows[2] == tuple(h.header for h in layout)
    groups, seen = [], None
    for cell in rows[1]:
        seen = cell or seen
        groups.append(seen)
    assert groups == [h.group for h in layout]
    assert rows[-1][0] == "合计"
    place = [h.column for h in layout].index("household_size")
    assert rows[-1][place] == sum(r[place] for r in rows[3:-1])


def test_a_clean_delivery_reads_back_as_the_truth(tmp_path: Path) -> None:
    county = simulate_county("451031", MONTH, DEMO)
    write_delivery(county, tmp_path, ())
    rows = _sheet(next(tmp_path.glob("*导出*.xlsx")), "人员表")[3:-1]
    layout = heads("register_persons", "451031", MONTH)
    for column in ("birth_date", "work_place", "months_away", "has_pension_insurance", "relation"):
        place = [h.column for h in layout].index(column)
        read = [canonical(layout[place], row[place]) for row in rows]
        truth = county.persons[column].to_list()
        told = ["" if v is None else str(v).lower() for v in truth]
        assert [r.removesuffix(".0") for r in read] == [t.removesuffix(".0") for t in told], column


def test_fill_down_columns_hold_the_first_of_a_run_only(tmp_path: Path) -> None:
    write_delivery(simulate_county("451027", MONTH, DEMO), tmp_path, ())
    rows = _sheet(next(tmp_path.glob("*导出*.xlsx")), "户表")
    place = rows[2].index("行政村")
    column = [row[place] for row in rows[3:-1]]
    assert column[0]
    assert column.count(None) > len(column) / 2


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_month(MONTH, tmp_path / name, DEMO, 7, ORDINARY, counties=[COUNTY])
    make_month(MONTH, tmp_path / "other", DEMO, 8, ORDINARY, counties=[COUNTY])
    one, two, other = (
        {p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("one", "two", "other")
    )
    assert one == two
    assert one != other


def test_the_committed_demo_is_what_its_seed_gives(tmp_path: Path) -> None:
    committed = root() / "data" / "raw" / MONTH
    make_month(MONTH, tmp_path, DEMO, 2016, ORDINARY, counties=[COUNTY])
    for path in tmp_path.glob("*[xc]s[xv]*"):
        assert path.read_bytes() == (committed / path.name).read_bytes(), path.name


@pytest.mark.parametrize("month", ["2016-05", "2016-06"])
def test_the_committed_demo_is_whole_small_and_says_it_is_simulated(month: str) -> None:
    folder = root() / "data" / "raw" / month
    sources = tomllib.loads((folder / "SOURCES.toml").read_text(encoding="utf-8"))
    assert sources["month"] == month
    listed = {entry["name"]: entry for entry in sources["file"]}
    assert set(listed) == {p.name for p in folder.iterdir()} - {"SOURCES.toml"}
    for name, entry in listed.items():
        assert entry["simulated"] is True
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == entry["sha256"]
    assert len({resolve_county(n.split("建")[0]) for n in listed if "建档立卡" in n}) == 12
    assert sum(p.stat().st_size for p in folder.iterdir()) < 7.5e6


def test_every_ordinary_kind_is_planted_and_recorded(messy: tuple[Path, pl.DataFrame]) -> None:
    _, defects = messy
    always_on = {"column_order"}  # a property of the whole layout, no cell to name
    assert set(ORDINARY) - always_on - set(defects["kind"]) == set()
    assert (
        not defects.filter(pl.col("row") > 0)
        .select("file", "sheet", "row", "column")
        .is_duplicated()
        .any()
    )


def test_each_record_points_at_the_cell_it_names(messy: tuple[Path, pl.DataFrame]) -> None:
    folder, defects = messy
    cells = defects.filter((pl.col("row") > 0) & (pl.col("sheet") == "户表"))
    for (file, county), records in cells.group_by("file", "county_code"):
        rows = _sheet(folder / file, "户表")
        layout = {h.header: h.column for h in heads("register_households", county, MONTH)}
        # a hidden copy comes first, so the last place of a header is the real column
        places = {layout[str(name)]: i for i, name in enumerate(rows[2])}
        for record in records.iter_rows(named=True):
            found = rows[record["row"] - 1][places[record["column"]]]
            told = record["dirty_value"] or None
            assert _same(found, told), record


def _same(found: object, told: str | None) -> bool:
    if isinstance(found, int | float) and told is not None:
        return float(found) == float(told)
    return found == told


def test_kinds_are_switched_one_by_one(tmp_path: Path) -> None:
    county = simulate_county("451029", MONTH, DEMO)
    for kind in ("money_wan", "id_checksum", "duplicate_household"):
        done = write_delivery(county, tmp_path, [kind])
        assert set(done.defects["kind"]) == {kind}
    assert write_delivery(county, tmp_path, ()).defects.is_empty()


def test_a_hidden_column_is_stale_and_hidden(messy: tuple[Path, pl.DataFrame]) -> None:
    folder, _ = messy
    page = openpyxl.load_workbook(folder / "田林县建档立卡信息导出_2016-06.xlsx")["户表"]
    headers = [cell.value for cell in page[3]]
    first = headers.index("2016年人均纯收入")
    assert headers[first + 1] == headers[first]
    letter = openpyxl.utils.get_column_letter
    assert page.column_dimensions[letter(first + 1)].hidden
    assert not page.column_dimensions[letter(first + 2)].hidden
    assert page.cell(4, first + 1).value != page.cell(4, first + 2).value


def test_survey_encodings_differ_and_both_read(messy: tuple[Path, pl.DataFrame]) -> None:
    folder, _ = messy
    marked = (folder / "平果市入户调查_2016-06.csv").read_bytes()
    plain = (folder / "乐业县入户调查_2016-06.csv").read_bytes()
    assert marked.startswith(b"\xef\xbb\xbf")
    with pytest.raises(UnicodeDecodeError):
        plain.decode("utf-8")
    for text in (marked.decode("utf-8-sig"), plain.decode("gb18030")):
        rows = list(csv.reader(io.StringIO(text)))
        assert len({len(r) for r in rows}) == 1
        assert len(rows) > 250


def test_a_person_known_to_two_counties_has_one_number_in_both(
    messy: tuple[Path, pl.DataFrame], tmp_path: Path
) -> None:
    truth = tmp_path / "truth"
    make_month(
        MONTH, tmp_path, DEMO, 2016, ["person_two_counties"], truth, counties=["451022", "451023"]
    )
    shared = pl.read_parquet(truth / "truth_defects.parquet").filter(
        pl.col("column") == "id_number"
    )
    both = shared.group_by("dirty_value").agg(pl.col("county_code").n_unique())
    assert (both["county_code"] == 2).sum() == 3


def test_fatal_kinds_spoil_a_file_only_on_request(tmp_path: Path) -> None:
    make_month(
        MONTH,
        tmp_path,
        DEMO,
        2016,
        ["missing_sheet", "truncated_file"],
        counties=[COUNTY, "451030"],
    )
    lacking = fastexcel.read_excel(next(tmp_path.glob("乐业*导出*")))
    assert lacking.sheet_names == ["户表"]
    with pytest.raises(fastexcel.FastExcelError):
        fastexcel.read_excel(next(tmp_path.glob("西林*导出*"))).load_sheet(0)


def test_column_order_is_the_countys_own_and_keeps_groups_together() -> None:
    layout = heads("register_households", COUNTY, MONTH)
    one, other = (shuffled(layout, 2016, c) for c in (COUNTY, "451030"))
    assert sorted(h.column for h in one) == sorted(h.column for h in layout)
    assert [h.column for h in one] != [h.column for h in other]
    groups = [h.group for h in one]
    changes = sum(a != b for a, b in itertools.pairwise(groups))
    assert changes == len(set(groups)) - 1
    assert one[0].column == "serial"


@pytest.mark.parametrize(
    "table", ["register_households", "register_persons", "village_ledger", "household_survey"]
)
@pytest.mark.parametrize("month", ["2016-05", "2016-06"])
def test_no_county_has_two_columns_under_one_header(table: str, month: str) -> None:
    from povexit_sim.allocation import bases

    for county in bases():
        layout = heads(table, county, month)
        assert len({(h.group, h.header) for h in layout}) == len(layout), county


def test_a_later_wave_changes_the_header() -> None:
    def header(month: str) -> str:
        layout = heads("register_households", "451029", month)
        return next(h.header for h in layout if h.column == "register_status")

    assert header("2016-05") != header("2016-06")


def test_units_of_the_map_are_undone() -> None:
    head = Head("", "取水距离（公里）", "water_distance_m", "number", "", 1000.0, (), False)
    frame = pl.DataFrame({"water_distance_m": [850.0, None, 0.0]})
    sheet = lay_out(frame, "register_households", "", [head])
    assert sheet.cells == [[0.85, None, 0]]
    assert [canonical(head, c) for c in sheet.cells[0]] == ["850", "", "0"]


def test_the_command_says_what_it_wrote_and_refuses_what_it_does_not_know(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--month", "2016-06", "--out", str(tmp_path), "--mess", "money_wam"]) == 2
    assert "money_wan" in capsys.readouterr().err
    assert main(["--month", "2030-06", "--out", str(tmp_path)]) == 2
    with pytest.raises(SystemExit):
        main(["--month", "2016-06", "--out", str(tmp_path), "--scale", "7"])
    assert (
        main(["--month", "2016-04", "--out", str(tmp_path), "--scale", "0.002", "--no-mess"]) == 0
    )
    assert "48 simulated files" in capsys.readouterr().out
    assert set(KINDS) > set(ORDINARY)
