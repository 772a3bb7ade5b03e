"""Programme ledgers: every bad input has its answer, units meet the register, nothing is lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.test_clean import (
    BODY,
    CONTEXT,
    COUNTY,
    HOME,
    MONTH,
    OTHER,
    PERSON,
    VILLAGE,
    VILLAGE_ROW,
    cleaned,
    identity,
    rules_of,
    sheet,
)

from povexit import clean, schema, store
from povexit.clean import programmes
from povexit.clean.cells import READ
from povexit.clean.fields import read_columns
from povexit.raw.columnmap import entries
from povexit.raw.layouts import kinds
from povexit_sim import simulate_county
from povexit_sim.month import make_month

Row = dict[str, str]
NAME = {"county_name": "右江区"}
SECOND = {**HOME, "household_number": "H2"}
#: Bad rows stand among these, as they do in a county's file: alone they would condemn the sheet.
LOAN = {
    **NAME,
    "household_number": "H1",
    "is_rated": "是",
    "credit_grade": "1",
    "is_eligible": "是",
    "is_willing": "是",
    "loan_yuan": "50000",
    "loan_date": "2016-03-15",
    "due_date": "2019-03-15",
    "repaid_yuan": "0",
    "overdue_yuan": "0",
}
MOVE = {
    **NAME,
    "household_number": "H1",
    "persons": "2",
    "to_county_name": "田阳县",
    "site_name": "田阳第5安置点",
    "planned_year": "2016",
    "flat_built_share": "100",
    "is_flat_finished": "是",
    "keys_date": "2016-05-02",
    "moved_date": "2016-05-20",
}
GRANT = {
    **NAME,
    "project_id": "P1",
    "fund_source": "01",
    "fund_year": "2015",
    "programme": "01",
    "granted_yuan": "100000",
    "granted_date": "2015-06-01",
    "paid_yuan": "60000",
}
WORK = {
    **NAME,
    "work_kind": "05",
    "unit_type": "2",
    "village_code": VILLAGE,
    "served_households": "200",
    "planned_date": "2016-12-20",
    "done_share": "50",
    "is_done": "否",
}
SERVICE = {
    **NAME,
    "service": "07",
    "unit_type": "5",
    "id_number": identity(BODY),
    "entitled_persons": "1",
    "reached_persons": "1",
    "reached_date": "2016-03-01",
}
FINDING = {
    **NAME,
    "finding_id": "F1",
    "unit_type": "4",
    "household_number": "H2",
    "finding_kind": "4",
    "opened_date": "2016-03-01",
}
VISIT = {
    **NAME,
    "visit_kind": "1",
    "unit_type": "1",
    "visits_due": "12",
    "visits_done": "6",
}


def made(**ledgers: list[Row]) -> dict[str, pl.DataFrame]:
    """Clean ledgers beside a register of two households."""
    return cleaned(register_households=[HOME, SECOND], **ledgers)


def aside(tables: dict[str, pl.DataFrame]) -> list[tuple[int, str]]:
    return tables["cleaning_quarantine"].select("row", "rule").rows()


def value(tables: dict[str, pl.DataFrame], table: str, column: str, row: int = 0) -> Any:
    return tables[table][column].to_list()[row]


# every form of a date


@pytest.mark.parametrize(
    ("text", "day", "rule"),
    [
        ("2016-06-15", date(2016, 6, 15), None),
        ("2016.6.5", date(2016, 6, 5), "date_dotted"),
        ("2016/06/15", date(2016, 6, 15), "date_dotted"),
        ("2016-6-5", date(2016, 6, 5), "date_dotted"),
        ("2016年6月15日", date(2016, 6, 15), "date_chinese"),
        ("20160615", date(2016, 6, 15), "date_compact"),
        ("42536", date(2016, 6, 15), "date_serial"),
        ("2016年6月", date(2016, 6, 1), "date_without_day"),
        ("2016-06", date(2016, 6, 1), "date_without_day"),
        ("2016-02-30", None, "not_a_date"),
        ("2016.13.1", None, "not_a_date"),
        ("上半年", None, "not_a_date"),
        ("不详", None, "missing_code"),
    ],
)
def test_every_form_of_a_day_is_read(text: str, day: date | None, rule: str | None) -> None:
    entry = next(e for e in entries("loan_ledger", COUNTY, MONTH) if e.column == "loan_date")
    values, rules = read_columns([entry], pl.DataFrame({"loan_date": [text]}))
    assert values["loan_date"].to_list() == [day]
    assert (rules["loan_date"].to_list() if rules else [None]) == [rule]
    if rule:
        assert READ["day"](entry, text) == (day, rule)


# units


def test_a_ledger_row_of_a_household_that_does_not_exist_is_set_aside() -> None:
    tables = made(loan_ledger=[LOAN, {**LOAN, "household_number": "H9"}])
    assert aside(tables) == [(5, "no_household")]
    homes = tables["cleaned_households"]
    assert value(tables, "cleaned_loans", "household_id") == homes["household_id"][0]
    assert value(tables, "cleaned_loans", "village_code") == VILLAGE


def test_a_row_of_a_person_that_does_not_exist_is_set_aside() -> None:
    stranger = {**SERVICE, "id_number": identity("45106019700101123")}
    tables = made(service_ledger=[SERVICE, stranger, {**SERVICE, "id_number": ""}])
    assert aside(tables) == [(5, "no_person"), (6, "no_person")]
    assert value(tables, "cleaned_services", "unit_id") == value(
        tables, "cleaned_persons", "person_id"
    )


def test_an_old_number_of_fifteen_digits_is_the_same_person() -> None:
    short = {**SERVICE, "id_number": BODY[:6] + BODY[8:]}
    tables = made(service_ledger=[short])
    assert value(tables, "cleaned_services", "unit_id") == value(
        tables, "cleaned_persons", "person_id"
    )
    assert rules_of(tables, "id_number") == ["id_15"]


def test_units_of_every_kind_get_their_key() -> None:
    rows = [
        VISIT,
        {**VISIT, "unit_type": "2", "village_code": VILLAGE},
        {**VISIT, "unit_type": "4", "household_number": "H2"},
    ]
    tables = made(inspection_ledger=rows)
    visits = tables["cleaned_inspections"]
    home = tables["cleaned_households"]["household_id"][1]
    assert visits["unit_id"].to_list() == [COUNTY, VILLAGE, home]
    assert visits["village_code"].to_list() == [None, VILLAGE, VILLAGE]


def test_a_hamlet_goes_by_its_village_and_name() -> None:
    hamlet = {**WORK, "work_kind": "01", "unit_type": "3", "hamlet_name": "上屯"}
    nameless = {**hamlet, "hamlet_name": ""}
    elsewhere = {**hamlet, "village_code": "451002999999"}
    tables = made(works_ledger=[hamlet, nameless, elsewhere])
    assert tables["cleaned_works"]["unit_id"].to_list() == [f"{VILLAGE}|上屯"]
    assert aside(tables) == [(5, "required_missing"), (6, "unknown_village")]


def test_a_school_goes_by_its_name() -> None:
    school = {**SERVICE, "service": "02", "unit_type": "6", "school_name": "百城中心校"}
    school |= {"id_number": "", "entitled_persons": "300", "reached_persons": "300"}
    tables = made(service_ledger=[school])
    assert value(tables, "cleaned_services", "unit_id") == "百城中心校"
    assert value(tables, "cleaned_services", "entitled_persons") == 300


def test_a_row_of_an_unknown_county_is_set_aside_and_an_alias_is_not() -> None:
    rows = [LOAN, {**LOAN, "household_number": "H2", "county_name": "百山县"}]
    rows += [{**LOAN, "household_number": "H2", "county_name": "右江"}]
    tables = made(loan_ledger=rows)
    assert aside(tables) == [(5, "unknown_county")]
    assert rules_of(tables, "county_name") == ["county_alias"]


# loans


def test_a_negative_loan_is_unknown_and_the_household_stays() -> None:
    tables = made(loan_ledger=[{**LOAN, "loan_yuan": "-50000"}])
    assert value(tables, "cleaned_loans", "loan_yuan") is None
    assert value(tables, "cleaned_loans", "is_rated") is True
    assert rules_of(tables, "loan_yuan") == ["out_of_range"]
    # what was typed is not lost
    ledger = tables["cleaning_ledger"]
    assert ledger.filter(pl.col("column") == "loan_yuan")["raw_value"].to_list() == ["-50000"]


def test_no_loan_is_zero_and_not_unknown() -> None:
    tables = made(loan_ledger=[{**LOAN, "loan_yuan": "0", "loan_date": "", "due_date": ""}])
    assert value(tables, "cleaned_loans", "loan_yuan") == 0
    assert tables["cleaning_quarantine"].is_empty()


def test_a_repayment_before_the_loan_is_unknown() -> None:
    early = {**LOAN, "repaid_yuan": "20000", "repaid_date": "2016-02-01"}
    tables = made(loan_ledger=[early])
    assert value(tables, "cleaned_loans", "repaid_yuan") is None
    assert value(tables, "cleaned_loans", "repaid_date") is None
    assert value(tables, "cleaned_loans", "loan_yuan") == 50000
    assert rules_of(tables, "repaid_yuan") == ["repaid_before_loan"]
    assert rules_of(tables, "repaid_date") == ["repaid_before_loan"]


@pytest.mark.parametrize(
    ("changed", "column", "rule"),
    [
        ({"loan_yuan": "0", "loan_date": "", "repaid_yuan": "5000"}, "repaid_yuan", "repaid_without_loan"),
        ({"repaid_yuan": "60000"}, "repaid_yuan", "repaid_over_loan"),
        ({"repaid_yuan": "30000", "overdue_yuan": "30000"}, "overdue_yuan", "overdue_over_balance"),
        ({"due_date": "2015-03-15"}, "due_date", "due_before_loan"),
        ({"loan_date": "2016-07-01", "due_date": ""}, "loan_date", "date_in_future"),
    ],
)  # fmt: skip
def test_loans_that_cannot_be_are_unknown_in_what_contradicts(
    changed: Row, column: str, rule: str
) -> None:
    tables = made(loan_ledger=[LOAN | changed])
    assert value(tables, "cleaned_loans", column) is None
    assert rules_of(tables, column) == [rule]
    assert tables["cleaning_quarantine"].is_empty()


def test_a_loan_due_in_later_years_is_not_in_the_future() -> None:
    tables = made(loan_ledger=[LOAN])
    assert value(tables, "cleaned_loans", "due_date") == date(2019, 3, 15)


# relocation


def test_a_household_that_moves_twice_moves_once_and_the_second_row_is_kept_aside() -> None:
    other = {**MOVE, "site_name": "右江第1安置点"}
    tables = made(relocation_ledger=[MOVE, other, MOVE])
    assert aside(tables) == [(5, "moved_twice"), (6, "duplicate_record")]
    assert tables["cleaned_relocations"]["site_name"].to_list() == ["田阳第5安置点"]


def test_the_county_of_destination_is_known_by_any_name_it_had() -> None:
    strange = {**MOVE, "household_number": "H2", "to_county_name": "百山县"}
    tables = made(relocation_ledger=[{**MOVE, "to_county_name": "田阳区"}, strange])
    assert tables["cleaned_relocations"]["to_county_code"].to_list() == ["451021", None]
    assert rules_of(tables, "to_county_name") == ["unknown_destination"]


def test_more_than_a_hundred_percent_built_is_unknown() -> None:
    tables = made(relocation_ledger=[{**MOVE, "flat_built_share": "120"}])
    assert value(tables, "cleaned_relocations", "flat_built_share") is None
    assert "out_of_range" in rules_of(tables, "flat_built_share")


def test_what_the_register_contradicts_is_flagged_and_kept() -> None:
    staying = {**HOME, "dwelling_status": "3", "has_moved_in": "否"}
    row = {**MOVE, "persons": "5", "keys_date": "2016-05-30"}
    tables = cleaned(register_households=[staying], relocation_ledger=[row])
    assert rules_of(tables, "persons") == ["persons_disagree"]
    assert rules_of(tables, "moved_date") == ["moved_before_keys", "moved_disagrees"]
    assert value(tables, "cleaned_relocations", "moved_date") == date(2016, 5, 20)
    assert value(tables, "cleaned_relocations", "persons") == 5


# the others


def test_more_paid_than_granted_is_unknown() -> None:
    tables = made(fund_ledger=[{**GRANT, "paid_yuan": "100001"}])
    assert value(tables, "cleaned_funds", "paid_yuan") is None
    assert value(tables, "cleaned_funds", "granted_yuan") == 100000
    assert rules_of(tables, "paid_yuan") == ["paid_over_granted"]


def test_one_project_may_have_money_of_several_sources_and_years() -> None:
    rows = [GRANT, {**GRANT, "fund_source": "05"}, {**GRANT, "fund_year": "2016"}, GRANT]
    tables = made(fund_ledger=rows)
    assert tables["cleaned_funds"].height == 3
    assert aside(tables) == [(7, "duplicate_record")]


def test_more_reached_than_entitled_is_unknown() -> None:
    tables = made(service_ledger=[{**SERVICE, "reached_persons": "3"}])
    assert value(tables, "cleaned_services", "reached_persons") is None
    assert rules_of(tables, "reached_persons") == ["reached_over_entitled"]


@pytest.mark.parametrize(
    "changed",
    [
        {"is_done": "是"},
        {"done_share": "100"},
        {"done_date": "2016-05-01"},
    ],
)
def test_works_done_by_one_column_only_are_flagged_and_kept(changed: Row) -> None:
    tables = made(works_ledger=[WORK | changed])
    assert rules_of(tables, "is_done") == ["done_disagrees"]
    assert tables["cleaned_works"].height == 1


def test_works_that_agree_with_themselves_are_not_flagged() -> None:
    whole = {"is_done": "是", "done_share": "100", "done_date": "2016-05-01"}
    tables = made(works_ledger=[WORK, {**WORK, "work_kind": "04", **whole}])
    assert rules_of(tables, "is_done") == []
    assert tables["cleaned_works"]["done_share"].to_list() == [0.5, 1.0]


def test_a_finding_closed_before_it_was_opened_is_closed_and_its_age_unknown() -> None:
    tables = made(finding_ledger=[{**FINDING, "closed_date": "2016-02-01"}])
    assert value(tables, "cleaned_findings", "opened_date") is None
    assert value(tables, "cleaned_findings", "closed_date") == date(2016, 2, 1)
    assert rules_of(tables, "opened_date") == ["closed_before_opened"]


def test_a_household_may_stand_in_two_zones_but_once_in_each() -> None:
    zone = {**NAME, "zone_name": "甲区", "zone_level": "1", "household_number": "H1"}
    tables = made(zone_ledger=[zone, {**zone, "zone_name": "乙区", "zone_level": "2"}, zone])
    assert tables["cleaned_zones"]["zone_level"].to_list() == ["city_county", "county"]
    assert aside(tables) == [(6, "duplicate_record")]


def test_persons_and_numbers_stop_at_the_records_too() -> None:
    tables = made(service_ledger=[SERVICE, {**SERVICE, "id_number": identity("45106019700101123")}])
    told = "".join(tables["cleaning_quarantine"]["raw_value"].to_list())
    assert "45106" not in told
    assert "***" in told


# what is missing is unknown


def test_a_ledger_most_of_which_is_about_nobody_is_not_made_and_says_so() -> None:
    rows = [{**LOAN, "household_number": f"X{i}"} for i in range(20)] + [LOAN]
    sheets = {
        "village_ledger": sheet("village_ledger", [VILLAGE_ROW]),
        "register_households": sheet("register_households", [HOME]),
        "register_persons": sheet("register_persons", [PERSON, OTHER]),
        "loan_ledger": sheet("loan_ledger", rows),
    }
    tables, findings = clean.tables(sheets, CONTEXT)
    assert "cleaned_loans" not in tables
    assert any("set aside whole" in f for f in findings)
    counts = (
        tables["cleaning_counts"].filter(pl.col("file") == "loan_ledger.xlsx").row(0, named=True)
    )
    assert (counts["rows_in"], counts["rows_out"], counts["quarantined"]) == (21, 0, 21)
    rules = tables["cleaning_quarantine"]["rule"].value_counts().rows()
    assert sorted(rules) == [("ledger_refused", 1), ("no_household", 20)]


def test_an_empty_ledger_is_a_table_without_rows() -> None:
    tables = made(tourism_ledger=[])
    assert tables["cleaned_tourism"].height == 0
    assert tables["cleaned_tourism"].columns == list(schema.columns("cleaned_tourism"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POVEXIT_HOME", str(tmp_path))
    make_month(MONTH, tmp_path / "data" / "raw" / MONTH, 0.004, 7, [], counties=[COUNTY])
    return tmp_path


def test_a_workbook_that_does_not_come_any_more_leaves_no_older_table(project: Path) -> None:
    done = clean.county(MONTH, COUNTY)
    done.save()
    assert all(store.exists(t, MONTH, COUNTY) for t in programmes.TABLES.values())
    assert not [f for f in done.findings if "warning" in f]
    next((project / "data" / "raw" / MONTH).glob("*专项台账*")).unlink()
    again = clean.county(MONTH, COUNTY)
    again.save()
    assert not any(store.exists(t, MONTH, COUNTY) for t in programmes.TABLES.values())
    assert store.exists("cleaned_households", MONTH, COUNTY)
    (said,) = [f for f in again.findings if "warning" in f]
    assert "no file *专项台账* was delivered" in said
    assert "unknown for the month, not zero" in said


def test_a_ledger_workbook_is_checked_alone_without_looking_units_up(project: Path) -> None:
    path = next((project / "data" / "raw" / MONTH).glob("*专项台账*"))
    told = clean.check_file(path)
    assert "小额信贷" in told
    assert "0 quarantined" in told


def test_what_a_county_delivers_without_mess_is_kept_row_by_row(project: Path) -> None:
    done = clean.county(MONTH, COUNTY)
    truth = simulate_county(COUNTY, MONTH, 0.004, 7).ledgers
    for name, table in programmes.TABLES.items():
        assert done.tables[table].height == truth[name].height, name
    records = done.tables["cleaning_ledger"].filter(pl.col("file").str.contains("专项台账"))
    assert done.tables["cleaning_quarantine"].is_empty()
    assert set(records["rule"]) <= {"unit_factor"}


def test_ledgers_join_the_register_month_after_month(project: Path) -> None:
    later = "2016-07"
    make_month(later, project / "data" / "raw" / later, 0.004, 7, [], counties=[COUNTY])
    loans = [clean.county(m, COUNTY).tables["cleaned_loans"] for m in (MONTH, later)]
    assert set(loans[0]["household_id"]) <= set(loans[1]["household_id"])
    homes = clean.county(later, COUNTY).tables["cleaned_households"]
    assert set(loans[1]["household_id"]) <= set(homes["household_id"])


def test_every_ledger_has_a_map_a_table_and_a_sheet() -> None:
    assert set(programmes.TABLES) == set(kinds()["programmes"].sheets.values())
    for name, table in programmes.TABLES.items():
        known = {e.column for e in entries(name, COUNTY, MONTH)}
        made_here = {"month", "county_code", "village_code", "household_id", "unit_id"}
        assert set(schema.columns(table)) - known - made_here <= {"to_county_code"}
