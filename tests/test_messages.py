"""Titles of slides: told from the numbers, in two lines at most, and honest where nothing is known."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import finished_tables as finished

from povexit import decide, evaluation, narrative, progress, standards, style, tables
from povexit.tables import parts

#: What two lines of a title hold at 28 points on a slide, in points.
ROOM = 2 * 0.95 * 12.2 * 72


def goals(*rows: tuple[str, str, float | None, float | None]) -> pd.DataFrame:
    """Targets with status, reason, value and what is due."""
    table = pd.DataFrame(rows, columns=["status", "reason", "value", "expected"])
    table = table.astype({"value": "Float64", "expected": "Float64"})
    names = [f"第{i}项目标" for i in range(len(table))]
    return table.assign(
        name_zh=names, name_en=[f"target {i}" for i in range(len(table))], wanted=100.0
    )


def short(title: str) -> bool:
    return style.text_width(title, 28) <= ROOM


def test_late_targets_are_counted_and_those_without_a_number_are_not() -> None:
    table = goals(
        ("late", "", 1, 2),
        ("done", "", 3, 2),
        ("on_track", "", 2, 2),
        ("unknown", "open", 1, 2),
        ("unknown", "no_number", 1, None),
    )
    assert narrative.targets_message(table, "zh") == (
        "有数字的 4 项目标中 1 项滞后；2 项完成或按进度，1 项还不能判断"
    )
    assert narrative.targets_message(table, "en") == (
        "Of 4 targets with a number 1 are late; 2 done or on track, 1 cannot be told yet"
    )


def test_nothing_known_is_said_so() -> None:
    table = goals(("unknown", "not_delivered", None, 2))
    assert narrative.targets_message(table, "zh") == "有数字的 1 项目标都还不能判断"
    assert "没有滞后的，1 项还不能判断" in narrative.headline_message(table, "zh")


def test_the_furthest_behind_is_that_with_the_least_part_of_what_is_due() -> None:
    table = goals(
        ("late", "", 8, 10), ("late", "", 30, 100), ("late", "", 1, 0), ("done", "", 0, 9)
    )
    assert (
        narrative.headline_message(table, "zh")
        == "4 项主要目标中 3 项滞后，离应达最远的是“第1项目标”"
    )


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("late", "第0项目标：现在 83人，应达 126人，滞后"),
        ("on_track", "第0项目标：现在 83人，要求 252人，按进度"),
        ("done", "第0项目标：现在 83人，要求 252人，完成"),
    ],
)
def test_a_targets_title_has_its_numbers_as_the_table_prints_them(status: str, said: str) -> None:
    row = goals((status, "", 83, 126)).assign(wanted=252.0, unit="persons").to_dict("records")[0]
    assert narrative.target_message(row, tables.spoken(row, "zh"), "zh") == said


def test_counties_surely_behind_are_those_no_unknown_can_lift() -> None:
    counts = pd.DataFrame(
        {
            "county_code": ["451002", "451021", "451022"],
            "number": [40, 30, 35],
            "denominator": [100, 100, 100],
            "unknown": [0, 2, 10],
        }
    )
    whole = pd.DataFrame({"number": [105], "denominator": [300], "unknown": [12]})
    sides = progress.against(progress.bounds(counts), progress.bounds(whole))
    assert list(sides["side"]) == ["above", "below", "among"]
    assert narrative.behind_message(sides, "zh") == "田阳的达标比例确定低于全市"
    assert narrative.behind_message(sides, "en").endswith("meeting the standard: Tianyang")


@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50)),
        min_size=1,
        max_size=9,
    )
)
def test_no_way_the_unknown_turn_out_lifts_a_county_below_the_city(
    counts: list[tuple[int, int, int]],
) -> None:
    table = pd.DataFrame(counts, columns=["number", "unknown", "rest"])
    table["denominator"] = table.sum(axis=1)
    whole = table.sum().to_frame().T
    sides = progress.against(progress.bounds(table), progress.bounds(whole))
    for row in sides[sides["side"] == "below"].to_dict("records"):
        best = (row["number"] + row["unknown"]) / row["denominator"]
        assert best < whole["number"].iloc[0] / whole["denominator"].iloc[0]
    assert sides["side"].isna().sum() in (int((table["denominator"] == 0).sum()), len(table))


def test_one_county_alone_is_compared_with_nothing() -> None:
    one = pd.DataFrame({"county_code": ["451002"], "side": ["among"]})
    assert narrative.behind_message(one, "zh") == "只有一个县的数字，没有可以比较的"


def test_twelve_counties_behind_do_not_all_stand_in_the_title() -> None:
    all_ = pd.DataFrame({"county_code": finished.CODES, "side": "below"})
    for lang in ("zh", "en"):
        said = narrative.behind_message(all_, lang)
        assert short(said)
    assert "等 12 县" in narrative.behind_message(all_, "zh")
    assert "and 8 more" in narrative.behind_message(all_, "en")


def test_the_criteria_failed_most_come_first_with_their_shares() -> None:
    table = finished.criteria()
    table = table[table["criterion"] != "meets_standard"]
    said = narrative.hardest_message(table.assign(name=table["name_zh"]), "zh")
    worst = table.sort_values("failed", ascending=False).iloc[0]
    assert said.startswith(
        f"未达标户最多的是“{worst['name_zh']}”，占 {style.fmt_share(worst['failed_share'])}"
    )
    none = table.assign(name="x", failed=0)
    assert narrative.hardest_message(none, "en") == "No criterion is failed by anyone"


def test_a_change_tells_how_much_of_it_is_real() -> None:
    causes = pd.DataFrame(
        {
            "cause": ["answered", "real", "left"],
            "net": [-2, 24, 0],
            "households": [98, 52, 0],
        }
    )
    causes.attrs.update(meets_before=2103, meets_now=2125)
    said = narrative.change_message(causes, causes, "zh")
    assert said == "达标户由上月 2,103 户变为 2,125 户（+22），其中实际变化 +24 户"
    hidden = causes.assign(cause=["answered", "other", "left"])
    assert (
        narrative.change_message(causes, hidden, "zh")
        == "达标户由上月 2,103 户变为 2,125 户（+22）"
    )
    shown = tables.named_causes(causes, "en")
    assert list(shown["name"]) == ["An answer came in or went missing", "Really changed"]
    assert list(shown["look"]) == ["fail", "pass"]


def test_the_survey_settles_what_has_a_verdict_and_an_estimate() -> None:
    found = finished.ranking().assign(measure="m", name_zh="错退率", name_en="wrong-exit rate")
    tally = evaluation.tallied(found)
    counted = found["verdict"].mask(found["estimate"].isna(), "unknown").value_counts()
    row = tally.iloc[0]
    assert {s: row[s] for s in counted.index} == counted.to_dict()
    assert row[["meets", "fails", "undetermined", "unknown"]].sum() == len(found)
    said = narrative.settled_message(tally, "zh")
    assert f"能定论的有 {row['meets'] + row['fails']} 个，共 12 个" in said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([3, 4], "2 个未定的结论可以靠加访村判定，0 个须走访全部村"),
        ([None, None], "2 个未定的结论靠加大抽样定不了，须走访全部村"),
    ],
)
def test_what_would_settle_the_open_verdicts(more: list[int | None], said: str) -> None:
    table = pd.DataFrame({"verdict": "undetermined", "estimate": [0.01, 0.02]})
    table["more_villages"] = pd.array(more, dtype="Int64")
    assert narrative.remedy_message(table, "zh") == said
    assert "县" in narrative.remedy_message(table.assign(verdict="meets"), "zh")


def test_rows_set_aside_and_the_county_with_most_unknown() -> None:
    counts = pd.DataFrame({"rows_in": [600, 400], "quarantined": [5, 4]})
    by_county = pd.DataFrame(
        {"county_code": ["451002", "451021"], "unknown_share": pd.array([0.01, None], "Float64")}
    )
    said = narrative.quality_message(counts, by_county, "zh")
    assert said == "收到 1,000 行，隔离 9 行（0.9%）；缺项最多的是右江，1.0% 的户无法判定"
    none = by_county.assign(unknown_share=pd.array([pd.NA, pd.NA], "Float64"))
    assert narrative.quality_message(counts, none, "zh") == "收到 1,000 行，隔离 9 行（0.9%）"


def test_villages_and_counties_that_meet_their_standard() -> None:
    row = {"meets": 3, "fails": 7, "unknown": 1}
    counted = {level: pd.DataFrame([row]) for level in ("villages", "counties")}
    said = narrative.places_message(counted, "2017", "zh")
    assert said == "按2017年版，11 个村中 3 个、11 个县中 3 个能判为达标"
    assert "村：达标 3，未达标 7，未知 1" in narrative.places_note(counted, "2017", "zh")
    assert short(narrative.places_message(counted, "2017", "en"))


def test_criteria_are_counted_place_by_place_and_unknown_is_not_failing() -> None:
    standard = standards.editions("village_exit")[-1]
    verdicts = pd.DataFrame(
        {c.id: pd.array([True, False, None], dtype="boolean") for c in standard.criteria}
    )
    counted = decide.by_criterion(verdicts, standard)
    assert list(counted["criterion"]) == [c.id for c in standard.criteria]
    assert set(map(tuple, counted[["passed", "failed", "unknown"]].to_numpy())) == {(1, 1, 1)}


# what is asked for


@pytest.fixture(scope="module")
def judged() -> pd.DataFrame:
    """Every target of the city, of a month in which a tenth of everything is done."""
    rows = []
    for target in progress.targets():
        codes = target.places or tuple(finished.CODES)
        rows += [
            {
                "target": target.id,
                "county_code": code,
                "part": pd.NA,
                "number": 1.0,
                "denominator": 10.0,
                "unknown": 0.0,
            }
            for code in codes
        ]
    table = progress.judged(pd.DataFrame(rows), "2016-06")
    return table[table["county_code"] == "all"]


def test_what_is_due_next_month_is_on_the_way_to_the_target(judged: pd.DataFrame) -> None:
    due = progress.due(judged, "2016-06")
    assert len(due) == (judged["status"] == "late").sum() > 0
    known = {t.id: t for t in progress.targets()}
    for row in due.to_dict("records"):
        assert row["due_next"] == progress.expected(known[row["target"]], "2016-07")
    behind = (due["value"] / due["expected"].where(due["expected"] > 0)).fillna(1.0)
    assert behind.is_monotonic_increasing
    assert f"{len(due)} 项" in narrative.due_message(due, "2016-07", "zh")
    shown = tables.due(due, "zh").frame
    assert list(shown.columns) == ["牵头", "目标", "现在", "下月底应达"]
    assert len(shown) == len(due)
    assert "没有滞后" in narrative.due_message(due.head(0), "2016-07", "zh")


def test_missing_ledgers_and_missing_answers_are_asked_for() -> None:
    table = goals(("unknown", "not_delivered", None, 2), ("unknown", "some_missing", 1, 2))
    by_county = pd.DataFrame(
        {"county_code": ["451002", "451021"], "unknown": [3, 0], "unknown_share": [0.01, 0.0]}
    )
    ledgers, answers = narrative.data_asks(table, by_county, "zh")
    assert "2 项目标" in ledgers
    assert "右江" in answers
    assert "田阳" not in answers
    assert narrative.data_asks(table.head(0), by_county.tail(1), "zh") == []


def test_every_target_with_a_number_counts_for_one_group(judged: pd.DataFrame) -> None:
    groups = progress.by_group(judged)
    named = judged[judged["reason"] != "no_number"]
    assert groups[["done", "on_track", "late", "unknown"]].to_numpy().sum() == len(named)
    assert groups["late"].is_monotonic_decreasing
    assert not groups["answers_zh"].str.contains("、").any()
    assert list(parts.standings("zh")) == ["late", "unknown", "on_track", "done"]


def test_notes_of_a_target_have_numerator_denominator_and_source(judged: pd.DataFrame) -> None:
    for lang, words in (("zh", ("分子", "分母", "来源")), ("en", ("number", "of", "source"))):
        for said in narrative.definitions_notes(judged, lang):
            assert all(word in said for word in words)


def test_no_title_of_a_real_target_is_longer_than_two_lines(judged: pd.DataFrame) -> None:
    for lang in ("zh", "en"):
        assert short(narrative.targets_message(judged, lang))
        assert short(narrative.headline_message(judged, lang))
        for row in judged[judged["status"] != "unknown"].to_dict("records"):
            said = narrative.target_message(row, tables.spoken(row, lang), lang)
            assert style.text_width(said, 24) <= ROOM, said


def test_the_survey_grid_says_verdict_and_estimate_or_unknown() -> None:
    found = finished.ranking().assign(measure="m", name_zh="错退率", name_en="wrong-exit rate")
    shown = tables.survey_grid(found, "zh").frame
    assert list(shown.columns) == ["县（市、区）", "错退率"]
    assert len(shown) == len(found)
    where = found["county_code"].eq(finished.UNKNOWN_COUNTY).to_numpy()
    assert list(shown.loc[where, "错退率"]) == ["未知"]
    assert shown["错退率"].str.match(r"(达标|未达标|不能确定|未知)").sum() >= len(found) - 1


def test_main_targets_are_short(judged: pd.DataFrame) -> None:
    shown = tables.main_targets(judged.head(3), "en")
    assert list(shown.frame.columns) == ["Target", "Now", "Due now", "Asked", "By", "Status"]
    assert shown.values[0][1] == pytest.approx(judged["value"].iloc[0])
