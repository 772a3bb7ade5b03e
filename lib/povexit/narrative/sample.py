"""What a survey supports, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from povexit.narrative.prose import Prose
from povexit.style import fmt_int, fmt_share, pick

VERDICTS = {
    "meets": ("样本支持达标", "the sample supports that it is met"),
    "fails": ("样本支持未达标", "the sample supports that it is not met"),
    "undetermined": ("样本不足以判定", "the sample cannot decide"),
}


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
