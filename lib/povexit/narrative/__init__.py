"""What a table says, in sentences: Chinese or English, one fact each.

Sentences are built from finished numbers; nothing is computed here beyond
choosing which fact to tell. Unknown is told beside every share.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files as package_files
from typing import Any

import pandas as pd

from povexit.geography import counties, county_name
from povexit.narrative.goals import (
    campaign,
    no_comparison,
    no_list,
    not_delivered,
    outlook,
    published_note,
    reconciles,
    scale_note,
    why_changed,
)
from povexit.narrative.prose import Prose
from povexit.style import fmt_int, fmt_share, fmt_yuan, language

__all__ = [
    "Prose",
    "assumptions",
    "campaign",
    "chooser",
    "delivered",
    "edition_note",
    "findings",
    "heading",
    "headline",
    "index_numbers",
    "limits",
    "near_line",
    "no_comparison",
    "no_league_table",
    "no_list",
    "not_delivered",
    "outlook",
    "pick",
    "published_note",
    "quality",
    "reconciles",
    "scale_note",
    "sources",
    "survey",
    "title",
    "why_changed",
    "why_not",
]


def pick(lang: str | None, zh: str, en: str) -> str:
    """Return the sentence in the language asked for, or else the one of `style.use`."""
    return zh if language(lang) == "zh" else en


def chooser(lang: str) -> Callable[[str, str], str]:
    """Return a function that picks one of two texts, for the headings of a notebook.

    Examples
    --------
    >>> say = chooser("en")
    >>> say("各村", "Villages")
    'Villages'
    """
    return lambda zh, en: pick(lang, zh, en)


def title(text: str) -> Prose:
    """Return the first line of a page."""
    return Prose(f"# {text}")


def heading(text: str) -> Prose:
    """Return the heading of a section."""
    return Prose(f"## {text}")


def edition_note(name: str, edition: str, note: str | None, lang: str | None = None) -> Prose:
    """Return the line that stands on every page: which rule, and whether it was in force."""
    line = pick(
        lang, f"**判定依据**：{name}，{edition} 年版。", f"**Rule**: {name}, edition {edition}."
    )
    return Prose(f"{line} {note}" if note else line)


def headline(
    place: str,
    month: str,
    now: pd.DataFrame,
    before: pd.DataFrame | None,
    lang: str | None = None,
) -> Prose:
    """Return the month's first sentences.

    Parameters
    ----------
    place, month
        Where and when.
    now, before
        One row each, from `povexit.decide.verdicts`; ``before`` is None when last month was
        not delivered.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    return _headline(place, month, now.iloc[0], None if before is None else before.iloc[0], lang)


def _headline(
    place: str,
    month: str,
    now: Mapping[str, Any] | pd.Series,
    before: Mapping[str, Any] | pd.Series | None,
    lang: str | None,
) -> Prose:
    judged = pick(
        lang,
        f"{month}，{place}共判定建档立卡户 **{fmt_int(now['households'], lang=lang)}** 户"
        f" {fmt_int(now['persons'], lang=lang)} 人：**{fmt_int(now['meets'], lang=lang)}** 户达标，"
        f"{fmt_int(now['fails'], lang=lang)} 户未达标，{fmt_int(now['unknown'], lang=lang)} 户因缺项无法判定。",
        f"In {month} **{fmt_int(now['households'], lang=lang)}** register households of {place}"
        f" ({fmt_int(now['persons'], lang=lang)} persons) were judged:"
        f" **{fmt_int(now['meets'], lang=lang)}** meet the standard,"
        f" {fmt_int(now['fails'], lang=lang)} do not, {fmt_int(now['unknown'], lang=lang)} are unknown"
        " because answers are missing.",
    )
    return Prose(f"{judged} {_change(now, before, lang)}")


def _change(
    now: Mapping[str, Any] | pd.Series,
    before: Mapping[str, Any] | pd.Series | None,
    lang: str | None,
) -> str:
    if before is None:
        return pick(lang, "上月未交付，无法比较。", "Last month was not delivered: no comparison.")
    step = now["meets"] - before["meets"]
    if step == 0:
        return pick(lang, "达标户数与上月持平。", "As many households meet it as last month.")
    word_zh, word_en = ("增加", "more") if step > 0 else ("减少", "fewer")
    return pick(
        lang,
        f"达标户比上月{word_zh} {fmt_int(abs(step), lang=lang)} 户。",
        f"That is {fmt_int(abs(step), lang=lang)} {word_en} than last month.",
    )


def why_not(criteria: pd.DataFrame, lang: str | None = None, most: int = 3) -> Prose:
    """Return which criteria keep most households from the standard.

    Parameters
    ----------
    criteria
        One row a criterion: ``name``, ``failed``, ``unknown``, ``failed_share``.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    most
        How many criteria to name.
    """
    worst = criteria.sort_values(["failed", "name"], ascending=[False, True])
    worst = worst[worst["failed"] > 0].head(most)
    if worst.empty:
        return Prose(pick(lang, "没有一项指标有未达标户。", "No criterion is failed by anyone."))
    parts = [_failing(row, lang) for _, row in worst.iterrows()]
    unknown = criteria.sort_values("unknown", ascending=False).iloc[0]
    tail = _unknown_tail(unknown["name"], int(unknown["unknown"]), lang)
    return Prose(
        pick(
            lang,
            f"未达标最多的是：{'；'.join(parts)}。{tail}",
            f"Most often failed: {'; '.join(parts)}. {tail}",
        )
    )


def _failing(row: pd.Series, lang: str | None) -> str:
    failed, share = fmt_int(row["failed"], lang=lang), fmt_share(row["failed_share"], lang=lang)
    return pick(
        lang,
        f"{row['name']} {failed} 户（{share}）",
        f"{row['name']}, {failed} households ({share})",
    )


def _unknown_tail(name: str, unknown: int, lang: str | None) -> str:
    if unknown == 0:
        return ""
    return pick(
        lang,
        f"缺项最多的是{name}（{fmt_int(unknown, lang=lang)} 户未知）。",
        f"Answers are missing most often for {name} ({fmt_int(unknown, lang=lang)} unknown).",
    )


def near_line(
    near: Mapping[str, int], line_yuan: float, within: float, lang: str | None = None
) -> Prose:
    """Return how many households stand close to the poverty line, on either side."""
    return Prose(
        pick(
            lang,
            f"贫困线为每人每年 {fmt_yuan(line_yuan, lang=lang)}。收入高出线不到 {fmt_yuan(within, lang=lang)}"
            f" 的有 **{fmt_int(near['above'], lang=lang)}** 户（一次小变故就会跌回线下），"
            f"低于线不到 {fmt_yuan(within, lang=lang)} 的有 **{fmt_int(near['below'], lang=lang)}** 户；"
            f"{fmt_int(near['unknown'], lang=lang)} 户收入未知。",
            f"The line is {fmt_yuan(line_yuan, lang=lang)} per person and year."
            f" **{fmt_int(near['above'], lang=lang)}** households are above it by less than"
            f" {fmt_yuan(within, lang=lang)} (a small mishap returns them),"
            f" **{fmt_int(near['below'], lang=lang)}** below it by less;"
            f" income is unknown for {fmt_int(near['unknown'], lang=lang)}.",
        )
    )


def survey(estimates: pd.DataFrame, lang: str | None = None) -> Prose:
    """Return what the sample supports, measure by measure.

    Parameters
    ----------
    estimates
        One row a measure: ``name``, ``estimate``, ``low``, ``high``, ``n``,
        ``clusters``, ``threshold``, ``verdict`` (meets, fails, undetermined),
        ``more_villages``, ``more_households`` (what would settle an undetermined one) and
        ``reason`` where no interval can be given.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    return Prose("\n".join(f"- {_measure(row, lang)}" for _, row in estimates.iterrows()))


VERDICTS = {
    "meets": ("样本支持达标", "the sample supports that it is met"),
    "fails": ("样本支持未达标", "the sample supports that it is not met"),
    "undetermined": ("样本不足以判定", "the sample cannot decide"),
}


def _measure(row: pd.Series, lang: str | None) -> str:
    if pd.isna(row["estimate"]):
        unknown = pick(lang, "未知", "unknown")
        return f"{row['name']}: {unknown}. {row['reason']}"
    interval = f"{fmt_share(row['low'], lang=lang)} – {fmt_share(row['high'], lang=lang)}"
    first = pick(
        lang,
        f"{row['name']}：**{fmt_share(row['estimate'], lang=lang)}**（95% 区间 {interval}，"
        f"{fmt_int(row['n'], lang=lang)} 户，{fmt_int(row['clusters'], lang=lang)} 村）",
        f"{row['name']}: **{fmt_share(row['estimate'], lang=lang)}** (95% interval {interval},"
        f" {fmt_int(row['n'], lang=lang)} households in {fmt_int(row['clusters'], lang=lang)} villages)",
    )
    if row["verdict"] not in VERDICTS:
        return pick(lang, f"{first}。", f"{first}.")
    verdict = pick(lang, *VERDICTS[row["verdict"]])
    against = fmt_share(row["threshold"], lang=lang)
    told = pick(
        lang, f"{first}；对照 {against}：{verdict}。", f"{first}; against {against}: {verdict}."
    )
    return told + _would_settle(row, lang)


def _would_settle(row: pd.Series, lang: str | None) -> str:
    if row["verdict"] != "undetermined":
        return ""
    if pd.isna(row["more_villages"]):
        return pick(
            lang,
            "增加抽样难以判定，须走访全部村。",
            " No further sample would settle it, only a visit to every village.",
        )
    villages, households = (
        fmt_int(row[f"more_{unit}"], lang=lang) for unit in ("villages", "households")
    )
    return pick(
        lang,
        f"约再访 {villages} 村 {households} 户可以判定。",
        f" About {villages} more villages with {households} households would settle it.",
    )


def verdicts(found: pd.DataFrame, lang: str | None = None) -> Prose:
    """Return how many counties meet each measure, alone and when all are judged at once.

    Parameters
    ----------
    found
        From `povexit.evaluation.adjusted`: a row a measure and county with ``measure``,
        ``name``, ``estimate``, ``verdict`` and ``verdict_adjusted``.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    parts = [_counties(rows, lang) for _, rows in found.groupby("measure", sort=False)]
    return Prose("\n".join(f"- {part}" for part in parts))


def _counties(rows: pd.DataFrame, lang: str | None) -> str:
    known = rows[rows["estimate"].notna()]
    alone = known["verdict"].value_counts()
    at_once = known["verdict_adjusted"].value_counts()
    n = {v: fmt_int(int(alone.get(v, 0)), lang=lang) for v in VERDICTS}
    held = {v: fmt_int(int(at_once.get(v, 0)), lang=lang) for v in VERDICTS}
    unknown = fmt_int(len(rows) - len(known), lang=lang)
    name = rows["name"].iloc[0]
    return pick(
        lang,
        f"{name}：{n['meets']} 县达标，{n['fails']} 县未达标，{n['undetermined']} 县不能确定，"
        f"{unknown} 县未知；各县一并判定（Holm 校正）后，{held['meets']} 县达标，{held['fails']} 县未达标。",
        f"{name}: met by {n['meets']} counties, not met by {n['fails']}, undetermined in"
        f" {n['undetermined']}, unknown in {unknown}; judged all at once (Holm), met by"
        f" {held['meets']} and not met by {held['fails']}.",
    )


def quality(counts: pd.DataFrame, lang: str | None = None) -> Prose:
    """Return what cleaning did: rows in, kept, quarantined, values changed.

    Parameters
    ----------
    counts
        ``cleaning_counts`` of one or more counties, a row a sheet.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    n = {k: fmt_int(v, lang=lang) for k, v in counts.sum(numeric_only=True).items()}
    return Prose(
        pick(
            lang,
            f"收到 {n['rows_in']} 行，保留 {n['rows_out']} 行，隔离 {n['quarantined']} 行"
            f"（另有合计、空白行 {n['set_aside']} 行）；"
            f"换算 {n['converted']} 处，更正 {n['corrected']} 处，置为缺失 {n['set_missing']} 处，"
            "每一处都在清理台账中留有原值。",
            f"{n['rows_in']} rows came in, {n['rows_out']} were kept, {n['quarantined']}"
            f" quarantined ({n['set_aside']} total or blank rows set aside);"
            f" {n['converted']} values converted, {n['corrected']} corrected,"
            f" {n['set_missing']} set missing, each with its raw value in the ledger.",
        )
    )


def delivered(outcomes: pd.DataFrame, lang: str | None = None) -> Prose:
    """Return which counties are in a city figure and which are missing from it.

    Parameters
    ----------
    outcomes
        From `povexit.store.outcomes`; a county that is not among them is missing too.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    there = set(outcomes.loc[outcomes["status"] == "ok", "county_code"])
    absent = [c for c in counties()["county_code"] if c not in there]
    missing = [county_name(c, language(lang)) for c in absent]
    n = fmt_int(int((outcomes["status"] == "ok").sum()), lang=lang)
    if not missing:
        return Prose(pick(lang, f"全部 {n} 个县已交付。", f"All {n} counties delivered."))
    listed = _listed(missing, lang)
    return Prose(
        pick(
            lang,
            f"{n} 个县已交付；**未计入：{listed}**。全市数字只含已交付的县。",
            f"{n} counties delivered; **not included: {listed}**."
            " City figures hold the delivered counties only.",
        )
    )


def _listed(items: Iterable[str], lang: str | None) -> str:
    return pick(lang, "、", ", ").join(items)


def sources(files: pd.DataFrame, boundary_source: str, lang: str | None = None) -> Prose:
    """Return where a page's numbers come from.

    Parameters
    ----------
    files
        Columns ``file``, ``sha256``, ``simulated``.
    boundary_source
        The line that names the source of the outlines.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    lines = [f"- {row['file']} (SHA-256 {row['sha256'][:12]}…)" for _, row in files.iterrows()]
    if files["simulated"].any():
        lines.insert(
            0,
            pick(
                lang,
                "- **本页由模拟数据生成，不含任何真实住户。**",
                "- **This page is made from simulated data; no real household is in it.**",
            ),
        )
    return Prose("\n".join([*lines, f"- {boundary_source}"]))


def index_numbers(verdicts: pd.DataFrame) -> list[dict[str, str]]:
    """Return the headline numbers of one place, as the month's index shows them.

    Parameters
    ----------
    verdicts
        One row: ``households``, ``meets``, ``unknown``, ``meets_share``.

    Returns
    -------
    list of dict
        One number each: its label ``zh`` and ``en``, and its ``text``.
    """
    row = verdicts.iloc[0]
    found = (
        ("判定户数", "households judged", fmt_int(row["households"])),
        ("达标户数", "meet the standard", fmt_int(row["meets"])),
        ("无法判定户数", "unknown", fmt_int(row["unknown"])),
        ("达标比例（占判定户）", "share meeting (of those judged)", fmt_share(row["meets_share"])),
    )
    return [{"zh": zh, "en": en, "text": text} for zh, en, text in found]


def assumptions(facts: Mapping[str, Any], lang: str | None = None) -> Prose:
    """Return the line under survey estimates: how the sample was drawn, and what it rests on.

    Parameters
    ----------
    facts
        From `povexit.evaluation.design_facts`.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    n = {k: fmt_int(facts[k], lang=lang) for k in ("n", "clusters", "unknown")}
    low, high = (fmt_int(facts[f"df_{k}"], lang=lang) for k in ("low", "high"))
    df = low if low == high else f"{low}–{high}"
    deff = "—" if pd.isna(facts["deff"]) else f"{facts['deff']:.1f}"
    sure, icc = f"{facts['level']:.0%}", f"{facts['icc']:.2f}"
    edition = pick(lang, f" {facts['edition']} 年", str(facts["edition"]))
    return Prose(
        pick(
            lang,
            f"*抽样设计*：按县及贫困村、非贫困村分层，先抽村，再按户类型抽户；共 {n['n']} 户、"
            f"{n['clusters']} 个村；自由度 {df}，最大设计效应 {deff}；{n['unknown']} 户次的答案未知，不计入估计。"
            "权数为入样概率的倒数；村按有放回抽样处理，区间略宽。"
            f"结论看 {sure} 单侧界限；错退率、漏评率假定同村住户的相关不超过 {icc}，"
            f"按{edition}考核口径。",
            f"*Design*: villages drawn within poor and other villages of each county, then households by"
            f" group; {n['n']} households in {n['clusters']} villages; {df} degrees of freedom, largest design"
            f" effect {deff}; {n['unknown']} answers unknown and left out. Weights are inverse chances;"
            " villages count as drawn with replacement, so intervals are slightly wide."
            f" Verdicts rest on one-sided {sure} bounds; for wrong exit and omission households of a"
            f" village are assumed to be alike by {icc} at most. Evaluation of {edition}.",
        )
    )


def no_league_table(lang: str | None = None) -> Prose:
    """Return the warning that stands above counties in order."""
    return Prose(
        pick(
            lang,
            "每一行是一个县的估计值与 95% 区间。区间重叠的县之间分不出先后；次序只为便于查找。",
            "Each line is a county's estimate with its 95% interval. Where intervals overlap the counties"
            " cannot be told apart; the order only helps to find one.",
        )
    )


def findings(outcome: Mapping[str, Any] | None, lang: str | None = None) -> Prose:
    """Return what reading and cleaning found worth a look, as a list.

    Parameters
    ----------
    outcome
        The record of the cleaning step, from `povexit.store.load_outcome`.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    said = (outcome or {}).get("findings", [])
    if not said:
        return Prose(
            pick(lang, "读取文件时没有其他发现。", "Reading the files found nothing else.")
        )
    head = pick(lang, "读取文件时还发现：", "Reading the files also found:")
    return Prose("\n".join([head, "", *(f"- {text}" for text in said)]))


@cache
def _limits() -> dict[str, dict[str, list[str]]]:
    source = package_files("povexit") / "templates" / "limits.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def limits(page: str, lang: str | None = None) -> Prose:
    """Return what the numbers of a page do not say: ``county``, ``city`` or ``map``."""
    return Prose("\n".join(f"- {line}" for line in _limits()[page][language(lang)]))
