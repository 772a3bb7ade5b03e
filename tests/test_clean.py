"""Cleaning: every way of writing a value, every reason to set a row aside, and nothing lost."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandera.errors
import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from povexit import clean, privacy
from povexit.clean.cells import READ
from povexit.clean.context import Context
from povexit.clean.fields import read_columns
from povexit.clean.identity import examine
from povexit.clean.ledger import MASK, PERSONAL
from povexit.clean.validate import POLARS, check, refer
from povexit.errors import DeliveryError, SchemaError
from povexit.raw import RawTable
from povexit.raw.columnmap import Entry, entries
from povexit.schema import codes, columns, key
from povexit_sim.identities import check_character
from povexit_sim.mess import ORDINARY
from povexit_sim.month import make_month
from povexit_sim.score import RESTORABLE, score

COUNTY, MONTH = "451002", "2016-06"
CONTEXT = Context(COUNTY, MONTH, privacy.DEMO_KEY)
VILLAGE = "451002100201"

VILLAGE_ROW = {
    "county_name": "右江区",
    "township_name": "百城街道",
    "village_code": VILLAGE,
    "village_name": "甲村",
    "is_poor_village": "是",
}
HOME = {
    "county_name": "右江区",
    "township_name": "百城街道",
    "village_code": VILLAGE,
    "village_name": "甲村",
    "household_number": "H1",
    "head_name": "某甲",
    "household_size": "2",
    "register_status": "04",
    "wage_income_yuan": "12000",
    "total_income_yuan": "12000",
    "net_income_yuan": "12000",
}


def identity(body: str) -> str:
    """Return a well-formed identity number of an area code that was never given out."""
    import numpy as np

    return body + str(check_character(np.array([body]))[0])


BODY = "45106019850615123"
PERSON = {
    "county_name": "右江区",
    "household_number": "H1",
    "person_name": "某甲",
    "id_number": identity(BODY),
    "relation": "01",
    "birth_date": "1985-06",
}
OTHER = {**PERSON, "person_name": "某乙", "id_number": identity("45106019880301224")}
OTHER |= {"relation": "02", "birth_date": "1988-03"}
INTERVIEW = {
    "county_name": COUNTY,
    "interview_id": "Q1",
    "village_code": VILLAGE,
    "stratum": "1",
    "household_group": "3",
    "village_probability": "0.5",
    "household_probability": "0.25",
    "household_size": "4",
}


def sheet(table: str, rows: list[dict[str, str]]) -> RawTable:
    """Return a sheet as reading hands it over; what a row does not name is blank."""
    known = entries(table, COUNTY, MONTH)
    names = {
        "register_households": "户表",
        "register_persons": "人员表",
        "village_ledger": "村台账",
    }
    cells = {e.key: [r.get(e.key) for r in rows] for e in known}
    frame = pl.DataFrame(
        {"row": list(range(4, 4 + len(rows))), **cells},
        schema={"row": pl.Int64, **dict.fromkeys(cells, pl.String)},
    )
    return RawTable(table, f"{table}.xlsx", names.get(table, ""), frame, known)


def cleaned(**given: list[dict[str, str]]) -> dict[str, pl.DataFrame]:
    """Clean one village's delivery; sheets not given are the ordinary ones."""
    rows: dict[str, list[dict[str, str]]] = {
        "village_ledger": [VILLAGE_ROW],
        "register_households": [HOME],
        "register_persons": [PERSON, OTHER],
        "household_survey": [INTERVIEW],
    }
    made, _ = clean.tables({n: sheet(n, r) for n, r in (rows | given).items()}, CONTEXT)
    return made


def rules_of(made: dict[str, pl.DataFrame], column: str) -> list[str]:
    return made["cleaning_ledger"].filter(pl.col("column") == column)["rule"].to_list()


def quarantined(made: dict[str, pl.DataFrame]) -> list[tuple[str, int, str]]:
    return made["cleaning_quarantine"].select("sheet", "row", "rule").rows()


def entry(table: str, column: str) -> Entry:
    return next(e for e in entries(table, COUNTY, MONTH) if e.column == column)


@pytest.mark.parametrize(
    ("table", "column", "text", "value", "rule"),
    [
        ("register_households", "wage_income_yuan", "12,500.5", 12500.5, "number_separator"),
        ("register_households", "wage_income_yuan", "１２５００", 12500, "number_fullwidth"),
        ("register_households", "wage_income_yuan", "\u3000800 ", 800, "number_spaces"),
        ("register_households", "wage_income_yuan", "800元", 800, "number_unit"),
        ("register_households", "wage_income_yuan", "1.2万", 12000, "number_wan_text"),
        ("register_households", "wage_income_yuan", "不详", None, "missing_code"),
        ("register_households", "wage_income_yuan", "三千", None, "not_a_number"),
        ("register_households", "wage_income_yuan", "inf", None, "not_a_number"),
        ("register_households", "wage_income_yuan", "1_000", None, "not_a_number"),
        ("register_households", "dwelling_grade", "A级", "A", "label_for_code"),
        ("register_households", "poverty_cause_main", "1", "illness", "code_padding"),
        ("register_households", "dwelling_grade", " 1 ", "A", "text_spaces"),
        ("register_households", "dwelling_grade", "7", None, "unknown_code"),
        ("register_households", "has_tv", "√", True, "bool_word"),
        ("register_households", "has_tv", "也许", None, "unknown_word"),
        ("household_survey", "is_water_safe", "是", True, "label_for_code"),
        ("household_survey", "is_water_safe", "-8", None, "missing_code"),
        ("household_survey", "household_size", "-9", None, "missing_code"),
        ("register_persons", "birth_date", "31199", date(1985, 6, 1), "date_serial"),
        ("register_persons", "birth_date", "9253", date(1925, 5, 1), "date_serial"),
        ("register_persons", "birth_date", "1985.6", date(1985, 6, 1), "date_dotted"),
        ("register_persons", "birth_date", "1985年6月", date(1985, 6, 1), "date_chinese"),
        ("register_persons", "birth_date", "1985-06-15", date(1985, 6, 1), "date_full"),
        ("register_persons", "birth_date", "19850615", date(1985, 6, 1), "date_compact"),
        ("register_persons", "birth_date", "1985", None, "not_a_date"),
        ("register_persons", "birth_date", "1985.13", None, "not_a_date"),
        ("register_persons", "ethnicity", " 壮族 ", "壮族", "text_spaces"),
    ],
)
def test_every_way_of_writing_a_value_is_read_and_noted(
    table: str, column: str, text: str, value: Any, rule: str
) -> None:
    values, rules = read_columns([entry(table, column)], pl.DataFrame({column: [text]}))
    assert values[column].to_list() == [value]
    assert rules[column].to_list() == [rule]
    assert rule in clean.rules()


@pytest.mark.parametrize(
    ("table", "column", "text", "value"),
    [
        ("register_households", "wage_income_yuan", "0", 0.0),
        ("register_households", "wage_income_yuan", "1234.56", 1234.56),
        ("register_households", "dwelling_grade", "4", "D"),
        ("register_households", "has_tv", "无", False),
        ("household_survey", "is_water_safe", "2", False),
        ("register_persons", "birth_date", "1985-06", date(1985, 6, 1)),
    ],
)
def test_a_plain_cell_is_read_without_a_note(
    table: str, column: str, text: str, value: Any
) -> None:
    values, rules = read_columns([entry(table, column)], pl.DataFrame({column: [text]}))
    assert values[column].to_list() == [value]
    assert not rules


@given(st.sampled_from(sorted(READ)), st.text(max_size=12))
def test_no_text_whatever_breaks_a_reader(kind: str, text: str) -> None:
    known = next(
        e
        for t in ("register_households", "household_survey", "register_persons", "loan_ledger")
        for e in entries(t, COUNTY, MONTH)
        if e.kind == kind
    )
    value, rule = READ[kind](known, text)
    assert rule in clean.rules()
    assert value is None or clean.rules()[rule].action == "converted"


def test_a_value_in_another_unit_is_converted_for_the_whole_column() -> None:
    made = cleaned(register_households=[{**HOME, "water_distance_m": "0.8"}])
    assert made["cleaned_households"]["water_distance_m"].to_list() == [800.0]
    note = made["cleaning_ledger"].filter(pl.col("rule") == "unit_factor")
    assert note.filter(pl.col("column") == "water_distance_m")["raw_value"].to_list() == ["× 1000"]


def test_a_formula_without_a_result_is_missing_and_noted() -> None:
    given = sheet("register_households", [HOME])
    sheets = {
        "village_ledger": sheet("village_ledger", [VILLAGE_ROW]),
        "register_households": replace(given, formulas=((4, "floor_area_m2"),)),
        "register_persons": sheet("register_persons", [PERSON, OTHER]),
    }
    made, _ = clean.tables(sheets, CONTEXT)
    assert rules_of(made, "floor_area_m2") == ["formula_without_value"]


def test_a_value_outside_its_range_is_set_missing_with_what_stood_there() -> None:
    made = cleaned(register_households=[{**HOME, "floor_area_m2": "-20"}])
    assert made["cleaned_households"]["floor_area_m2"].to_list() == [None]
    note = made["cleaning_ledger"].filter(pl.col("column") == "floor_area_m2")
    assert note.select("rule", "raw_value", "row").rows() == [("out_of_range", "-20", 4)]


def test_half_a_person_is_no_number_of_persons() -> None:
    made = cleaned(register_households=[{**HOME, "hamlet_households": "20.5"}])
    assert rules_of(made, "hamlet_households") == ["not_whole"]


def test_a_household_entered_in_wan_is_brought_to_yuan() -> None:
    wan = {**HOME, "wage_income_yuan": "1.2", "total_income_yuan": "1.2", "net_income_yuan": "1.2"}
    made = cleaned(register_households=[wan])
    assert made["cleaned_households"]["total_income_yuan"].to_list() == [12000.0]
    assert rules_of(made, "wage_income_yuan") == ["money_wan"]


def test_a_poor_household_with_one_small_sum_is_not_in_wan() -> None:
    made = cleaned(register_households=[{**HOME, "farm_subsidy_yuan": "60"}])
    assert made["cleaned_households"]["farm_subsidy_yuan"].to_list() == [60.0]
    assert not made["cleaning_ledger"].filter(pl.col("rule") == "money_wan").height


def test_a_household_entered_twice_counts_once() -> None:
    made = cleaned(register_households=[HOME, HOME])
    assert made["cleaned_households"].height == 1
    assert quarantined(made) == [("户表", 5, "duplicate_household")]


def test_a_village_code_is_found_by_the_villages_name() -> None:
    made = cleaned(register_households=[{**HOME, "village_code": ""}])
    assert made["cleaned_households"]["village_code"].to_list() == [VILLAGE]
    assert rules_of(made, "village_code") == ["village_from_name"]


def test_a_household_of_an_unknown_village_and_its_members_are_set_aside() -> None:
    stray = {**HOME, "household_number": "H2", "village_code": "451002100299", "village_name": "乙"}
    member = {**OTHER, "household_number": "H2"}
    made = cleaned(register_households=[HOME, stray], register_persons=[PERSON, member])
    assert quarantined(made) == [("户表", 5, "unknown_village"), ("人员表", 5, "no_household")]


def test_a_missing_household_size_is_counted_from_the_members() -> None:
    made = cleaned(register_households=[{**HOME, "household_size": "不详"}])
    assert made["cleaned_households"]["household_size"].to_list() == [2]
    assert rules_of(made, "household_size") == ["missing_code", "size_from_persons"]


def test_a_household_without_a_status_cannot_be_kept() -> None:
    other = {**HOME, "household_number": "H2", "register_status": "77"}
    made = cleaned(register_households=[HOME, other])
    assert quarantined(made) == [("户表", 5, "required_missing")]


def test_a_row_of_another_county_is_set_aside_and_another_name_of_ones_own_noted() -> None:
    rows = [HOME, {**HOME, "household_number": "H2", "county_name": "田东县"}]
    rows.append({**HOME, "household_number": "H3", "county_name": "右江"})
    rows.append({**HOME, "household_number": "H4", "county_name": "某县"})
    made = cleaned(register_households=rows)
    assert quarantined(made) == [("户表", 5, "other_county"), ("户表", 7, "unknown_county")]
    assert rules_of(made, "county_name") == ["county_alias"]


def test_a_file_that_is_all_anothers_is_refused() -> None:
    with pytest.raises(DeliveryError) as caught:
        cleaned(register_households=[{**HOME, "county_name": "田东县"}])
    told = str(caught.value)
    assert "户表" in told
    assert "田东县" in told
    assert "右江区" in told
    assert "rename" in told


def test_a_sheet_of_which_little_can_be_used_is_refused_with_rows_and_reason() -> None:
    rows = [{**HOME, "household_number": f"H{i}"} for i in range(30)]
    rows += [{**HOME, "household_number": f"X{i}", "village_code": "1"} for i in range(30)]
    rows = [r if r["village_code"] != "1" else {**r, "village_name": "丙"} for r in rows]
    with pytest.raises(DeliveryError) as caught:
        cleaned(register_households=rows)
    told = str(caught.value)
    assert "too many rows" in told
    assert "村不在村台账中" in told
    assert "row 34" in told


def test_a_sheet_pasted_twice_is_kept_once_and_said() -> None:
    rows = [{**HOME, "household_number": f"H{i}"} for i in range(30)]
    sheets = {
        "village_ledger": sheet("village_ledger", [VILLAGE_ROW]),
        "register_households": sheet("register_households", rows + rows),
        "register_persons": sheet("register_persons", [{**PERSON, "household_number": "H0"}]),
    }
    made, findings = clean.tables(sheets, CONTEXT)
    assert made["cleaned_households"].height == 30
    assert any("30 rows are duplicates" in f for f in findings)


def test_every_row_the_same_household_leaves_that_household() -> None:
    made = cleaned(register_households=[HOME] * 40)
    assert made["cleaned_households"].height == 1
    assert made["cleaning_quarantine"].height == 39


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (identity(BODY), "valid"),
        (BODY[:6] + BODY[8:], "fifteen"),
        (BODY + ("0" if identity(BODY)[-1] != "0" else "1"), "checksum"),
        (identity(BODY) + "44", "valid"),
        ("45106019850615", "length"),
        (None, "missing"),
    ],
)
def test_an_identity_number_is_examined_in_all_its_forms(number: str | None, status: str) -> None:
    found = examine(pl.Series([number], dtype=pl.String)).row(0, named=True)
    assert found["status"] == status
    assert found["body"] == (BODY if status in ("valid", "fifteen", "checksum") else None)


def test_the_check_digit_is_the_standards_own_example() -> None:
    # the example printed in GB 11643-1999; the area and person are fictitious there
    assert examine(pl.Series(["11010519491231002X"]))["status"].to_list() == ["valid"]
    assert examine(pl.Series(["11010519491231002x"]))["rule"].to_list() == ["id_lower_x"]


def test_one_person_has_one_identifier_in_every_form_of_the_number() -> None:
    forms = (PERSON["id_number"], BODY[:6] + BODY[8:], BODY + "9", BODY + "8")
    ids = {
        cleaned(register_persons=[{**PERSON, "id_number": f}])["cleaned_persons"]["person_id"][0]
        for f in forms
    }
    assert len(ids) == 1


def test_members_without_a_number_are_told_apart_by_name_and_place() -> None:
    rows = [{**PERSON, "id_number": ""}, {**OTHER, "id_number": ""}, {**OTHER, "id_number": ""}]
    made = cleaned(register_persons=rows)
    assert made["cleaned_persons"].height == 2
    assert quarantined(made) == [("人员表", 6, "duplicate_person")]
    assert set(made["cleaned_persons"]["id_number_status"]) == {"missing"}


def test_a_person_in_two_households_stays_in_the_first() -> None:
    second = {**HOME, "household_number": "H2"}
    rows = [PERSON, {**PERSON, "household_number": "H2"}]
    made = cleaned(register_households=[HOME, second], register_persons=rows)
    assert quarantined(made) == [("人员表", 5, "person_in_two_households")]


def test_a_missing_birth_date_comes_from_the_number_and_age_counts_full_years() -> None:
    made = cleaned(register_persons=[{**PERSON, "birth_date": "不详"}])
    person = made["cleaned_persons"].row(0, named=True)
    assert (person["birth_date"], person["age_years"]) == (date(1985, 6, 1), 31)
    assert rules_of(made, "birth_date") == ["missing_code", "birth_from_id"]


def test_a_birth_after_the_month_is_no_birth() -> None:
    young = {**OTHER, "id_number": "", "birth_date": "2016-07"}
    made = cleaned(register_persons=[PERSON, young])
    child = made["cleaned_persons"].filter(pl.col("birth_date").is_null())
    assert child["age_years"].to_list() == [None]
    assert "date_in_future" in rules_of(made, "birth_date")


def test_a_helper_who_is_a_registered_person_is_recognised_by_hash() -> None:
    helped = {**HOME, "helper_name": "某丙", "helper_id_number": PERSON["id_number"]}
    made = cleaned(register_households=[helped])
    assert made["cleaned_households"]["helper_id"][0] in set(made["cleaned_persons"]["person_id"])
    assert made["cleaned_households"]["has_helper"].to_list() == [True]
    assert cleaned()["cleaned_households"]["has_helper"].to_list() == [False]


def test_an_interview_without_its_chances_cannot_be_weighted() -> None:
    rows = [INTERVIEW, {**INTERVIEW, "interview_id": "Q2", "household_probability": "-9"}]
    made = cleaned(household_survey=rows)
    assert quarantined(made) == [("", 5, "required_missing")]


def test_an_interview_that_ends_before_it_begins_loses_its_end() -> None:
    times = {"started_at": "2016-06-05 10:00:00", "ended_at": "2016-06-05 09:00:00"}
    made = cleaned(household_survey=[{**INTERVIEW, **times}])
    assert made["cleaned_survey_households"]["ended_at"].to_list() == [None]
    assert rules_of(made, "ended_at") == ["times_reversed"]


def test_chosen_answers_are_joined_and_none_chosen_is_not_unknown() -> None:
    chosen = {f"income_sources:{i}": "0" for i in range(1, 8)}
    asked = {**INTERVIEW, **chosen, "income_sources:3": "1", "income_sources:1": "1"}
    none = {**INTERVIEW, "interview_id": "Q2", **chosen}
    blank = {**INTERVIEW, "interview_id": "Q3"}
    made = cleaned(household_survey=[asked, none, blank])
    assert made["cleaned_survey_households"]["income_sources"].to_list() == [
        "crops;work_away",
        "",
        None,
    ]


def test_nobodys_name_or_number_is_left_in_any_table() -> None:
    helped = {**HOME, "phone": "10012345678", "helper_name": "某丙", "helper_id_number": BODY + "9"}
    bad = {**OTHER, "household_number": "H9", "id_number": "45106019"}
    made = cleaned(register_households=[helped, helped], register_persons=[PERSON, bad])
    secrets = {"某甲", "某乙", "某丙", "10012345678", BODY, "45106019", "H9"}
    for name, table in made.items():
        text = table.write_csv()
        assert not [s for s in secrets if s in text], name
    row = json.loads(made["cleaning_quarantine"].filter(pl.col("sheet") == "户表")["raw_value"][0])
    assert {row[c] for c in row if c in PERSONAL} == {MASK}
    assert row["village_name"] == "甲村"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "household_number": st.sampled_from(["H1", "H2", "H3", ""]),
                "county_name": st.sampled_from(["右江区", "右江", "451002", "", "田东县", "无"]),
                "village_code": st.sampled_from([VILLAGE, "", "9"]),
                "household_size": st.sampled_from(["2", "０", "不详", ""]),
                "register_status": st.sampled_from(["04", "未脱贫", "x"]),
                "wage_income_yuan": st.sampled_from(["1.5", "15,000", "-3", "abc"]),
            }
        ),
        min_size=1,
        max_size=12,
    )
)
def test_rows_in_are_rows_kept_and_rows_set_aside(rows: list[dict[str, str]]) -> None:
    given = [{**HOME, **r} for r in rows]
    try:
        made = cleaned(register_households=[*given, {**HOME, "household_number": "H0"}])
    except DeliveryError:
        return  # said, not lost
    counts = made["cleaning_counts"].filter(pl.col("sheet") == "户表").row(0, named=True)
    assert counts["rows_in"] == len(given) + 1
    assert counts["rows_out"] == made["cleaned_households"].height
    assert counts["rows_in"] == counts["rows_out"] + counts["quarantined"]


def test_a_table_that_is_not_as_the_catalogue_says_is_refused() -> None:
    made = cleaned()["cleaned_households"]
    with pytest.raises(SchemaError, match="household_size"):
        check(made.with_columns(household_size=pl.lit(-1, pl.Int64)), "cleaned_households")
    with pytest.raises(SchemaError, match="dwelling_grade"):
        check(made.with_columns(dwelling_grade=pl.lit("Z")), "cleaned_households")
    with pytest.raises(SchemaError):
        check(pl.concat([made, made]), "cleaned_households")
    with pytest.raises(SchemaError):
        check(made.drop("county_code"), "cleaned_households")
    with pytest.raises(SchemaError, match="1 rows"):
        refer(made, "village_code", made.filter(False), "cleaned_households")


@cache
def peer(table: str) -> pa.DataFrameSchema:
    """Return the catalogue's table as pandera checks it."""
    made = {}
    for name, known in columns(table).items():
        checks = []
        if known.minimum is not None and known.maximum is not None:
            checks.append(pa.Check.in_range(known.minimum, known.maximum))
        if known.codes:
            checks.append(pa.Check.isin([c.value for c in codes(known.codes)]))
        made[name] = pa.Column(POLARS[known.dtype], checks=checks, nullable=known.nullable)
    return pa.DataFrameSchema(made, unique=key(table) or None, strict=True, ordered=True)


SPOILED: dict[str, Callable[[pl.DataFrame, str], pl.DataFrame]] = {
    "as it is": lambda made, column: made,
    "gap": lambda made, column: made.with_columns(
        pl.when(pl.int_range(pl.len()) > 0).then(pl.col(column)).alias(column)
    ),
    "odd value": lambda made, column: made.with_columns(
        pl.lit({pl.String: "?", pl.Int64: -9, pl.Float64: 1e9}.get(made[column].dtype))
        .cast(made[column].dtype)
        .alias(column)
    ),
    "not a number": lambda made, column: made.with_columns(
        pl.lit(math.nan if made[column].dtype == pl.Float64 else None)
        .cast(made[column].dtype)
        .alias(column)
    ),
    "other type": lambda made, column: made.with_columns(pl.lit(1, pl.Int8).alias(column)),
    "column gone": lambda made, column: made.drop(column),
    "column more": lambda made, column: made.with_columns(pl.col(column).alias("more")),
    "other order": lambda made, column: made.select(column, pl.all().exclude(column)),
    "row twice": lambda made, column: pl.concat([made, made.head(1)]),
    "no rows": lambda made, column: made.clear(),
}


@pytest.mark.parametrize("table", ["cleaned_households", "cleaned_persons", "cleaned_villages"])
@settings(max_examples=60, deadline=None)
@given(how=st.sampled_from(list(SPOILED)), data=st.data())
def test_the_check_refuses_what_pandera_refuses(table: str, how: str, data: Any) -> None:
    column = data.draw(st.sampled_from(list(columns(table))))
    given_table = SPOILED[how](ordinary()[table], column)
    with contextlib.suppress(pandera.errors.SchemaError):
        peer(table).validate(given_table)
        assert check(given_table, table) is given_table
        return
    with pytest.raises(SchemaError, match=None if how in UNNAMED else column):
        check(given_table, table)


#: What is wrong with the table as a whole, not with the column drawn.
UNNAMED = ("column more", "other order", "row twice")


@cache
def ordinary() -> dict[str, pl.DataFrame]:
    return cleaned()


@pytest.mark.parametrize("table", clean.TABLES)
def test_every_table_that_cleaning_writes_is_in_the_catalogue(table: str) -> None:
    made = cleaned()
    if table in made:
        assert made[table].columns == list(columns(table))


def test_a_single_file_is_checked_without_a_trace(project: Path) -> None:
    demo = Path(__file__).parents[1] / "data" / "raw" / MONTH
    path = next(demo.glob("右江区建档立卡*"))
    told = clean.check_file(path)
    assert "户表: " in told
    assert "quarantined" in told
    assert not list((project / "data" / "processed").iterdir())


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A small month of all counties with every kind of mess, cleaned and held against its truth."""
    folder = tmp_path_factory.mktemp("scored")
    out, truth = folder / MONTH, folder / "truth"
    make_month(MONTH, out, 0.012, 7, ORDINARY, truth)
    from povexit_sim.allocation import bases

    return score(MONTH, out, truth, list(bases()))


def test_planted_defects_are_found(scored: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    found = scored[0].filter(pl.col("found_share") < 0.99)
    assert found.height == 0, found
    assert scored[0]["planted"].sum() > 1500


def test_what_can_be_won_back_is_won_back(scored: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    kinds = scored[0].filter(pl.col("restored_share").is_not_null())
    assert set(kinds["kind"]) == RESTORABLE
    assert kinds.filter(pl.col("restored_share") < 0.99).height == 0, kinds


def test_clean_values_are_left_alone(scored: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    assert scored[1].filter(pl.col("untouched_share") < 0.9999).height == 0, scored[1]
    assert scored[1]["cells"].sum() > 100_000
