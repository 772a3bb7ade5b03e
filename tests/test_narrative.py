"""Sentences say what the tables say, in both languages, with the unknown beside."""

from __future__ import annotations

import re
import tomllib
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from povexit import narrative
from povexit.geography import counties
from povexit.narrative.prose import literal
from povexit.publish.safe import markdown

NOW = pd.DataFrame(
    [{"households": 1200, "persons": 4800, "meets": 400, "fails": 780, "unknown": 20}]
)


@pytest.mark.parametrize(
    ("meets_before", "zh", "en"),
    [
        (390, "达标户比上月增加 10 户", "10 more than last month"),
        (412, "达标户比上月减少 12 户", "12 fewer than last month"),
        (400, "与上月持平", "As many households"),
    ],
)
def test_the_headline_compares_with_last_month(meets_before: int, zh: str, en: str) -> None:
    before = NOW.assign(meets=meets_before)
    assert zh in narrative.headline("田东县", "2016-06", NOW, before, "zh")
    told = narrative.headline("Tiandong", "2016-06", NOW, before, "en")
    assert en in told
    assert "20 are unknown" in told


def test_a_month_without_a_last_one_is_not_compared() -> None:
    assert "无法比较" in narrative.headline("田东县", "2016-06", NOW, None)


def criteria(failed: list[int], unknown: list[int]) -> pd.DataFrame:
    names = ["住房", "医保", "收入"]
    shares = [f / 100 for f in failed]
    return pd.DataFrame(
        {"name": names, "failed": failed, "unknown": unknown, "failed_share": shares}
    )


def test_the_criteria_most_often_failed_come_first_with_the_unknown_beside() -> None:
    told = narrative.why_not(criteria([10, 0, 60], [1, 7, 0]))
    assert told.index("收入 60") < told.index("住房 10")
    assert "医保（7 户未知）" in told
    assert "医保 0" not in told


def test_nothing_failed_is_said_so() -> None:
    assert "没有一项" in narrative.why_not(criteria([0, 0, 0], [0, 0, 0]))


def estimates(**changed: object) -> pd.DataFrame:
    row = {
        "name": "错退率",
        "estimate": 0.012,
        "low": 0.004,
        "high": 0.031,
        "n": 300,
        "clusters": 14,
        "threshold": 0.02,
        "verdict": "undetermined",
        "more_villages": 12,
        "more_households": 1300,
        "reason": "",
    }
    return pd.DataFrame([row | changed])


def test_an_interval_over_the_threshold_decides_nothing() -> None:
    told = narrative.survey(estimates())
    assert "1.2%" in told
    assert "样本不足以判定" in told
    assert "约再访 12 村 1,300 户" in told
    assert "meets" not in told


def test_where_no_further_sample_settles_it_every_village_is_to_be_visited() -> None:
    told = narrative.survey(estimates(more_villages=pd.NA), "en")
    assert "only a visit to every village" in told


def test_a_verdict_that_is_given_asks_for_no_further_visits() -> None:
    told = narrative.survey(estimates(verdict="meets", high=0.019))
    assert "样本支持达标。" in told
    assert "再访" not in told
    assert "走访" not in told


@pytest.mark.parametrize(("lang", "said"), [("zh", "2017 年考核"), ("en", "Evaluation of 2017")])
def test_under_estimates_stands_what_they_rest_on(lang: str, said: str) -> None:
    facts = {"n": 400, "clusters": 18, "unknown": 7, "df_low": 16, "df_high": 16}
    facts |= {"deff": 2.61, "icc": 0.15, "level": 0.95, "edition": "2017"}
    told = narrative.assumptions(facts, lang)
    for part in ("400", "18", "7", "2.6", "0.15", "95%", said):
        assert part in told
    assert "16–16" not in told


def test_what_cannot_be_estimated_says_why() -> None:
    told = narrative.survey(estimates(estimate=None, reason="该域没有样本。"))
    assert "未知" in told
    assert "没有样本" in told


def test_a_county_that_did_not_deliver_is_named() -> None:
    codes = list(counties()["county_code"])
    outcomes = pd.DataFrame({"county_code": codes, "status": "ok"})
    assert "全部 12 个县" in narrative.delivered(outcomes, "zh")
    outcomes.loc[outcomes["county_code"] == "451022", "status"] = "failed"
    told = narrative.delivered(outcomes[outcomes["county_code"] != "451031"], "zh")
    assert "10 个县已交付" in told
    assert "田东县、隆林各族自治县" in told
    assert "田阳县" not in told
    assert "not included: Tiandong" in narrative.delivered(outcomes, "en")


def test_simulated_data_say_so_and_real_data_do_not() -> None:
    files = pd.DataFrame({"file": ["a.xlsx"], "sha256": ["0" * 64], "simulated": [True]})
    assert "模拟数据" in narrative.sources(files, "天地图")
    assert "模拟" not in narrative.sources(files.assign(simulated=False), "天地图")


def test_counties_are_counted_by_verdict_alone_and_at_once() -> None:
    alone = ["meets", "meets", "fails", "undetermined", "undetermined"]
    at_once = ["meets", "undetermined", "fails", "undetermined", "undetermined"]
    table = pd.DataFrame({"verdict": alone, "verdict_adjusted": at_once})
    table = table.assign(measure="m", name="漏评率", estimate=[0.0, 0.0, 0.1, 0.02, None])
    told = narrative.verdicts(table)
    assert "2 县达标，1 县未达标，1 县不能确定，1 县未知" in told
    assert "校正）后，1 县达标，1 县未达标" in told


# what reading found

SHIFTED = "the headers stand in row 4, not in row 3: read from there"


def outcome(*findings: str) -> dict:
    return {"status": "ok", "findings": list(findings)}


def test_what_is_said_of_many_sheets_is_said_once_and_in_the_readers_language() -> None:
    sheets = ["小额信贷", "易地搬迁", "扶贫资金", "产业带动"]
    said = outcome(*(f"note: 田阳.xlsx, sheet {sheet}: {SHIFTED}" for sheet in sheets))
    zh, en = narrative.findings(said, "zh"), narrative.findings(said, "en")
    line = "- 田阳.xlsx（小额信贷、易地搬迁、扶贫资金等4处）：表头在第4行，不在第3行，已从该行读起"
    assert zh.splitlines()[2:] == [line]
    assert en.splitlines()[2:] == [
        f"- 田阳.xlsx (小额信贷, 易地搬迁, 扶贫资金 and others, 4 in all): {SHIFTED}"
    ]


def test_every_message_of_reading_and_cleaning_has_its_chinese() -> None:
    """The sources that make findings are read for what they say: a new message needs a line."""
    package = Path(narrative.__file__).parents[1]
    sources = {p.name: p.read_text(encoding="utf-8") for p in (package / "raw").glob("*.py")}
    sources["clean"] = (package / "clean" / "__init__.py").read_text(encoding="utf-8")
    made = sum(text.count('Finding("') for text in sources.values())
    made += sources["clean"].count('f"warning: ')
    assert made == 12  # one of them says it of a file or of a sheet
    known = tomllib.loads((package / "templates" / "findings.toml").read_text(encoding="utf-8"))
    assert len(known["message"]) == made + 1
    whole = re.sub(r'"\s*\n\s*f?"', "", "".join(sources.values()))
    for message in known["message"]:
        fixed = max(re.split(r"\{\w+\}", message["en"]), key=len).strip()
        assert fixed in whole
        filled = re.sub(r"\{\w+\}", "7", message["en"])
        said = narrative.findings(outcome(f"note: a.xlsx, sheet 户表, row 2: {filled}"), "zh")
        assert filled not in said
        assert "（户表第2行）" in said


def test_a_message_without_chinese_is_shown_as_it_is() -> None:
    assert "- a.xlsx：something new" in narrative.findings(
        outcome("note: a.xlsx: something new"), "zh"
    )
    assert "- what is this" in narrative.findings(outcome("what is this"), "zh")
    assert "没有其他发现" in narrative.findings(outcome(), "zh")


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
)
def test_what_a_county_typed_is_shown_as_it_stands(name: str) -> None:
    html = markdown(f"文件：{literal(name)}。")
    text = re.sub(r"</?p>", "", html).strip()
    assert unescape(text) == f"文件：{name}。"


def test_many_files_are_told_by_their_number() -> None:
    names = [f"县{i}_登记.xlsx" for i in range(48)]
    files = pd.DataFrame(
        {"file": names, "sha256": [f"{i:064x}" for i in range(48)], "simulated": False}
    )
    told = narrative.sources(files, "天地图", "zh")
    assert len(told.splitlines()) == 2
    assert "48 个" in told
    assert told == narrative.sources(files.sample(frac=1, random_state=1), "天地图", "zh")
    few = narrative.sources(files.head(3), "天地图", "zh")
    assert len(few.splitlines()) == 4
