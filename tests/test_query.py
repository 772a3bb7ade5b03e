"""A month in SQL: what it answers, what it reaches, and whom it does not show."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import povexit as px
from povexit import privacy, schema, store
from povexit.errors import PovexitError, PrivacyError, QueryError, UnknownNameError
from povexit.query.views import hidden

MONTH = "2016-06"
#: Households of each village of Tiandong (451022) and Tianyang (451021).
VILLAGES = {"451022001001": 40, "451022001002": 4, "451021001001": 25, "451021001002": 12}


def households() -> pd.DataFrame:
    rows = [
        {
            "household_id": f"h{village}{i}",
            "month": MONTH,
            "county_code": village[:6],
            "village_code": village,
            "household_size": 1 + i % 4,
            "net_income_yuan": 1000.0 * (1 + i % 7) if i % 9 else None,
            "helper_id": "q",
            "exit_date": pd.Timestamp("2016-05-01"),
        }
        for village, count in VILLAGES.items()
        for i in range(count)
    ]
    return pd.DataFrame(rows)


def persons() -> pd.DataFrame:
    """Two members of every household."""
    owners = households()[["household_id", "month", "county_code"]]
    doubled = pd.concat([owners, owners], ignore_index=True)
    ages = [(7 * i) % 90 for i in range(len(doubled))]
    return doubled.assign(person_id="p", birth_date=pd.Timestamp("1990-01-01"), age_years=ages)


@pytest.fixture(autouse=True)
def _month(project: Path) -> None:
    villages = pd.DataFrame(
        {"village_code": list(VILLAGES), "village_name": ["甲", "乙", "丙", "丁"]}
    )
    villages["county_code"] = villages["village_code"].str[:6]
    tables = {
        "cleaned_households": households(),
        "cleaned_persons": persons(),
        "cleaned_villages": villages,
    }
    for name, table in tables.items():
        for county, part in table.groupby("county_code"):
            store.save(part, name, MONTH, str(county))


def test_rows_are_plain_pandas_with_unknowns_kept() -> None:
    found = px.sql("select * from cleaned_households where county = '田东县'", MONTH)
    assert len(found) == 44
    assert str(found["household_size"].dtype) == "Int64"
    assert str(found["exit_date"].dtype).startswith("datetime64")
    assert found["net_income_yuan"].isna().sum() == 6
    assert set(found["county"]) == {"田东县"}
    assert "status" not in found


def test_summaries_are_those_of_pandas() -> None:
    found = px.sql(
        "select county_code, count(*) n, avg(net_income_yuan) m, sum(household_size) p "
        "from cleaned_households group by county_code order by county_code",
        MONTH,
    )
    by = households().groupby("county_code")
    assert found["n"].tolist() == by.size().tolist()
    assert found["m"].tolist() == pytest.approx(by["net_income_yuan"].mean().tolist())
    assert found["p"].tolist() == by["household_size"].sum().tolist()
    assert str(found["p"].dtype) == "Int64"
    assert set(found["status"]) == {"shown"}


def test_small_groups_are_masked_and_never_one_alone() -> None:
    query = "select village_code, count(*) n, max(net_income_yuan) m from cleaned_households group by all"
    found = px.sql(query, MONTH).set_index("village_code")
    hidden_ = found[found["status"] == "suppressed"]
    assert set(hidden_.index) == {"451022001002", "451021001002"}
    assert hidden_[["n", "m"]].isna().all(axis=None)
    shown = px.sql(query, MONTH, mask=False).set_index("village_code")
    assert shown.loc["451022001002", "n"] == 4
    assert "status" not in shown


@pytest.mark.parametrize(
    "query",
    [
        "select count(*) n from cleaned_households where village_code = '451022001002'",
        "select count(*) n from cleaned_households h join cleaned_persons p using (household_id) "
        "where h.village_code = '451022001002'",
        "with few as (select * from cleaned_households where village_code = '451022001002') "
        "select count(*) n from few",
        "select count(*) n from Cleaned_Households as h where h.village_code = '451022001002'",
        "select sum(n) n from (select 1 n, * from cleaned_households) where village_code = '451022001002'",
        "select count(*) n from cleaned_households where net_income_yuan is null "
        "and village_code = '451022001001'",
    ],
)
def test_a_number_of_few_households_is_masked_however_it_is_asked(query: str) -> None:
    found = px.sql(query, MONTH)
    assert found["n"].isna().all()
    assert found["status"].tolist() == ["suppressed"]


@pytest.mark.parametrize(
    "query",
    [
        "select avg(columns('household_size|net_income_yuan')) from cleaned_households "
        "where village_code = '451022001002'",
        "select unnest({'a': count(*), 'b': avg(net_income_yuan)}) from cleaned_households "
        "where village_code = '451022001002'",
        "select count(*) n, count(*) n from cleaned_households where village_code = '451022001002'",
        "select *, count(*) from (select household_size, net_income_yuan from cleaned_households "
        "where village_code = '451022001002') group by all",
    ],
)
def test_what_unfolds_into_columns_is_masked_in_all_of_them(query: str) -> None:
    found = px.sql(query, MONTH)
    assert (found["status"] == "suppressed").all()
    assert found.drop(columns="status").isna().all(axis=None)


def test_members_do_not_make_a_few_households_many() -> None:
    """Eight members of four households are four households."""
    found = px.sql(
        "select h.village_code, count(*) n from cleaned_persons p "
        "join cleaned_households h using (household_id) group by all order by all",
        MONTH,
    )
    assert found["status"].tolist() == ["shown", "suppressed", "shown", "suppressed"]


@pytest.mark.parametrize(
    "query",
    [
        "select * from cleaned_persons",
        "select age_years from cleaned_persons limit 1",
        "select distinct age_years from cleaned_persons",
        "select max(age_years) from cleaned_persons",
        "select list(age_years) from cleaned_persons group by county",
        "select a from (select age_years a from cleaned_persons)",
        "with t as (from cleaned_persons) select count(*) from t",
        "select (select age_years from cleaned_persons limit 1)",
        "select h.household_id, p.age_years from cleaned_households h "
        "join cleaned_persons p using (household_id)",
        "select count(*) over () from cleaned_persons",
        "select county from cleaned_households union select age_years::varchar from cleaned_persons",
    ],
)
@pytest.mark.parametrize("mask", [True, False])
def test_no_person_is_shown(query: str, mask: bool) -> None:
    with pytest.raises(PrivacyError, match="no person is shown"):
        px.sql(query, MONTH, mask=mask)


def test_persons_are_counted_and_averaged() -> None:
    found = px.sql(
        "select county, count(*) n, avg(age_years) age from cleaned_persons group by all order by n",
        MONTH,
    )
    assert found["n"].tolist() == [74, 88]
    assert found["status"].tolist() == ["shown", "shown"]


def test_a_condition_may_look_at_persons() -> None:
    found = px.sql(
        "select count(*) n from cleaned_households where household_id in "
        "(select household_id from cleaned_persons where age_years > 20)",
        MONTH,
    )
    assert found["n"].item() > 10


@pytest.mark.parametrize(
    "query",
    [
        "select avg(n) from (select village_code, count(*) n from cleaned_households group by all)",
        "with t as (select village_code, count(*) n from cleaned_households group by all) from t",
        "select village_code, count(*) from cleaned_households group by 1 except "
        "select village_code, 1 from cleaned_villages",
        "select county, count(*) from cleaned_households group by 1 union "
        "select village_name, 1 from cleaned_villages",
    ],
)
def test_summaries_that_cannot_be_checked_are_refused_unless_asked_for(query: str) -> None:
    with pytest.raises(PrivacyError, match="mask=False"):
        px.sql(query, MONTH)
    assert len(px.sql(query, MONTH, mask=False))


def test_columns_that_point_to_a_person_are_not_there() -> None:
    with pytest.raises(QueryError, match="no column 'helper_id'"):
        px.sql("select helper_id from cleaned_households", MONTH)
    with pytest.raises(QueryError, match="no column 'birth_date'"):
        px.sql("select count(birth_date) from cleaned_persons", MONTH)
    for table, columns in hidden().items():
        known = [schema.columns(table)] if table != "*" else map(schema.columns, schema.tables())
        assert set(columns) <= {c for one in known for c in one}


def test_tables_of_villages_are_shown_as_they_are() -> None:
    found = px.sql("select county, count(*) n from cleaned_villages group by all", MONTH)
    assert found["n"].tolist() == [2, 2]
    assert "status" not in found


def test_a_union_of_summaries_is_masked_as_a_whole() -> None:
    found = px.sql(
        "select village_code v, count(*) n from cleaned_households group by all union all "
        "select 'all', count(*) from cleaned_households",
        MONTH,
    ).set_index("v")
    assert found.loc["all", "n"] == 81
    assert pd.isna(found.loc["451022001002", "n"])


def test_frames_join_by_name_and_only_those_given() -> None:
    mine = pd.DataFrame({"village_code": list(VILLAGES), "note": ["a", "a", "b", "b"]})
    query = "select note, count(*) n from cleaned_households join mine using (village_code) group by all"
    found = px.sql(query, MONTH, mine=mine).set_index("note")["n"]
    assert found.to_dict() == {"a": 44, "b": 37}
    with pytest.raises(UnknownNameError, match="'mine'"):
        px.sql(query, MONTH)


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_csv('/etc/hostname')",
        "select * from read_parquet('{path}')",
        "select * from '{path}'",
        "select * from glob('/*')",
        "select * from read_text('/etc/hostname')",
        "copy (select 1) to '{folder}/x.csv'",
        "attach '{folder}/x.db'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "pragma database_list",
        "select * from information_schema.tables",
        "create table t as select 1",
        "drop view cleaned_households",
        "select 1; select 2",
        "summarize cleaned_persons",
        "describe cleaned_persons",
        "",
    ],
)
def test_nothing_else_is_reached_and_nothing_is_written(query: str, project: Path) -> None:
    before = sorted(project.rglob("*"))
    path = store.partition("cleaned_persons", MONTH, "451022")
    with pytest.raises(PovexitError):
        px.sql(query.format(path=path, folder=project), MONTH)
    assert sorted(project.rglob("*")) == before


def test_wrong_names_are_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean cleaned_households"):
        px.sql("select 1 from cleaned_housholds", MONTH)
    with pytest.raises(QueryError, match="did you mean net_income_yuan"):
        px.sql("select net_incom_yuan from cleaned_households", MONTH)
    with pytest.raises(QueryError, match="near"):
        px.sql("select from where", MONTH)
    with pytest.raises(UnknownNameError, match="not a month"):
        px.sql("select 1", "June")


def test_the_latest_month_answers_without_one() -> None:
    store.save(households(), "cleaned_households", "2016-07", "451022")
    assert len(px.sql("select household_id from cleaned_households")) == 81


@settings(max_examples=25)
@given(
    keys=st.lists(
        st.sampled_from(["village_code", "household_size", "county"]), max_size=2, unique=True
    ),
    least=st.integers(1, 7),
)
def test_what_is_shown_rests_on_ten_households(keys: list[str], least: int) -> None:
    picked = ", ".join([*keys, "count(*) n"])
    query = f"select {picked} from cleaned_households where net_income_yuan >= {1000 * least} group by all"
    found = px.sql(query, MONTH)
    assert found["n"].dropna().ge(privacy.SMALLEST_SHOWN).all()
    assert (found["n"].isna() == (found["status"] == "suppressed")).all()
    assert (found["status"] == "suppressed").sum() != 1 or len(found) == 1
