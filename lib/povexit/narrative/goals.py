"""Where the campaign stands, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from povexit.narrative.prose import Prose
from povexit.style import fmt_int, fmt_share, pick

#: How many late targets are named.
_FEW = 6


def campaign(judged: pd.DataFrame, month: str, lang: str | None = None) -> Prose:
    """Return how many targets are done, on track, late and unknown, and which are late.

    Parameters
    ----------
    judged
        From `povexit.progress.judged`, the city's rows.
    month
        Such as ``2016-06``.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    named = judged[judged["reason"] != "no_number"]
    n = {s: int((named["status"] == s).sum()) for s in ("done", "on_track", "late", "unknown")}
    late = named[named["status"] == "late"]
    first = pick(
        lang,
        f"{month}，有数字的 **{len(named)}** 项目标中：完成 **{n['done']}** 项，按进度 **{n['on_track']}** 项，"
        f"滞后 **{n['late']}** 项，未知 **{n['unknown']}** 项；另有 {len(judged) - len(named)} 项文中没有给出数字，只列现状。",
        f"In {month}, of **{len(named)}** targets with a number **{n['done']}** are done, **{n['on_track']}** on track,"
        f" **{n['late']}** late and **{n['unknown']}** unknown; for {len(judged) - len(named)} more the article names no"
        " number, and only where they stand is shown.",
    )
    return Prose(f"{first} {_late(late, lang)}".rstrip())


def _late(late: pd.DataFrame, lang: str | None) -> str:
    if late.empty:
        return ""
    column = pick(lang, "name_zh", "name_en")
    names = [str(name) for name in late[column]]
    more = len(names) - _FEW
    listed = pick(lang, "；", "; ").join(names[:_FEW])
    tail = pick(lang, f"等 {len(names)} 项", f" and {more} more") if more > 0 else ""
    return pick(lang, f"滞后的是：{listed}{tail}。", f"Late: {listed}{tail}.")


def scale_note(factors: Mapping[str, float], lang: str | None = None) -> Prose:
    """Return how far the targets were reduced to the simulation's scale; nothing for real months."""
    if not factors:
        return Prose("")
    persons, villages = (fmt_share(factors[unit], lang=lang) for unit in ("persons", "villages"))
    return Prose(
        pick(
            lang,
            f"*模拟规模*：本月模拟数据含公布贫困人口的 {persons}、贫困村的 {villages}；目标数按同一比例缩小，比例类目标不变。",
            f"*Scale*: this simulated month holds {persons} of the published poor persons and {villages} of the poor"
            " villages; targets in numbers are reduced alike, shares stay as they are.",
        )
    )


def outlook(found: Any, wanted: float | None, unit: str, lang: str | None = None) -> Prose:
    """Return the forecast for a deadline against what is asked.

    Parameters
    ----------
    found
        From `povexit.progress.at_deadline`: ``month``, ``estimate``, ``low``, ``high``, ``months``.
    wanted
        What is to be reached.
    unit
        ``%`` for shares, else the unit to print.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    if found.reason == "over":
        return Prose(
            pick(
                lang,
                f"期限 {found.month} 已到，不再预测。",
                f"Its day, {found.month}, is here: no forecast.",
            )
        )
    if found.reason == "no_denominator":
        return Prose(pick(lang, "分母为零，不作预测。", "A denominator of nothing: no forecast."))
    if found.estimate is None:
        return Prose(
            pick(
                lang,
                f"已运行的月份只有 {found.months} 个，不足三个，不作预测。",
                f"No forecast: {found.months} months are known, and three are needed.",
            )
        )
    middle, low, high = (_printed(x, unit, lang) for x in (found.estimate, found.low, found.high))
    said = pick(
        lang,
        f"照目前的速度，到 {found.month} 为 **{middle}**（80% 区间 {low} – {high}，据 {found.months} 个月）",
        f"At the pace so far it will be **{middle}** by {found.month} (80% interval {low} to {high}, from {found.months} months)",
    )
    return Prose(f"{said}{_against(found, wanted, unit, lang)}")


def _printed(value: float, unit: str, lang: str | None) -> str:
    return fmt_share(value, lang=lang) if unit == "%" else fmt_int(value, lang=lang)


def _against(found: Any, wanted: float | None, unit: str, lang: str | None) -> str:
    if wanted is None:
        return pick(lang, "。", ".")
    asked = _printed(wanted, unit, lang)
    if found.low >= wanted:
        return pick(lang, f"；整个区间达到目标 {asked}。", f"; the whole interval reaches {asked}.")
    if found.high < wanted:
        return pick(
            lang, f"；整个区间低于目标 {asked}。", f"; the whole interval stays below {asked}."
        )
    return pick(
        lang,
        f"；区间跨过目标 {asked}，能否完成还不能确定。",
        f"; the interval straddles {asked}: whether it is reached cannot be told yet.",
    )


def why_changed(causes: pd.DataFrame, lang: str | None = None) -> Prose:
    """Return last month's number, this month's, and the causes that moved most.

    Parameters
    ----------
    causes
        From `povexit.progress.causes`, with the numbers in its ``attrs``.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    before, now = (fmt_int(causes.attrs[k], lang=lang) for k in ("meets_before", "meets_now"))
    real = causes.set_index("cause")["net"]
    moved, others = _signed(real["real"]), _signed(real.drop("real").sum())
    return Prose(
        pick(
            lang,
            f"达标户由上月 {before} 户变为本月 **{now}** 户：实际变化 {moved} 户，其余（识别、返贫、补报、更正、版本）共 {others} 户。",
            f"Households meeting the standard went from {before} to **{now}**: really changed {moved}, all other causes"
            f" (identified, returned, answers, corrections, edition) {others}.",
        )
    )


def _signed(value: Any) -> str:
    printed = fmt_int(value)
    return f"+{printed}" if value > 0 else printed


def reconciles(table: pd.DataFrame, lang: str | None = None) -> Prose:
    """Return whether the levels agree, and how many numbers differ.

    Parameters
    ----------
    table
        From `povexit.progress.reconciled`.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    by_county = table[table["county_code"] != "all"]
    differs = by_county[by_county["difference"].fillna(0) > 0]
    unknown = int(by_county["difference"].isna().sum())
    n, open_ = (
        len(by_county),
        pick(lang, f"，{unknown} 个有一级未知", f"; {unknown} are unknown at a level"),
    )
    tail = open_ if unknown else ""
    if differs.empty:
        return Prose(
            pick(
                lang,
                f"逐级核对 {n} 个数字，全部一致{tail}。",
                f"All of {n} numbers agree level by level{tail}.",
            )
        )
    return Prose(
        pick(
            lang,
            f"逐级核对 {n} 个数字，**{len(differs)}** 个不一致{tail}；差额列在表中，没有抹平。",
            f"Of {n} numbers **{len(differs)}** differ between levels{tail}; the differences stand in the table, not evened out.",
        )
    )


def no_list(ranked: pd.DataFrame, lang: str | None = None) -> Prose:
    """Return how many counties have a rank, and why the others have none."""
    n, sure = len(ranked), int(ranked["rank"].notna().sum())
    return Prose(
        pick(
            lang,
            f"{n} 个县中有 **{sure}** 个能确定名次；其余的区间相互重叠，不排名次。",
            f"Of {n} counties **{sure}** have a sure rank; the intervals of the others overlap, so they have none.",
        )
    )


def published_note(table: pd.DataFrame, lang: str | None = None) -> Prose:
    """Return what was published of the year, in its editions: the real campaign, not the simulation.

    Parameters
    ----------
    table
        From `povexit.progress.published`.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    values = table.set_index(["quantity", "edition"])["value"]
    said = [_edition(values, edition, lang) for edition in ("task", "claimed", "retained")]
    return Prose(
        pick(
            lang,
            f"*公布的事实（不是模拟）*：2016年的任务是{said[0]}；2017年2月公布{said[1]}；2017年6月公布{said[2]}。"
            "两次公布之间的差是否只因搬迁标准收紧，没有找到来源。",
            f"*Published facts, not simulated*: the task for 2016 was {said[0]}; published in February 2017: {said[1]};"
            f" in June 2017: {said[2]}. No source says that the tightened relocation rule alone made the difference.",
        )
    )


def _edition(values: pd.Series, edition: str, lang: str | None) -> str:
    counties, villages, persons = (
        fmt_int(values[f"{what}_exit", edition], lang=lang)
        for what in ("counties", "villages", "persons")
    )
    return pick(
        lang,
        f" {counties} 个县、{villages} 个村、{persons} 人",
        f"{counties} counties, {villages} villages and {persons} persons",
    )


def not_delivered(lang: str | None = None) -> Prose:
    """Return that a ledger is missing, so that nothing of it is known."""
    return Prose(
        pick(
            lang,
            "本月没有县交来这份台账：数字未知，不是零。",
            "No county delivered this ledger for the month: the numbers are unknown, not nought.",
        )
    )


def no_comparison(lang: str | None = None) -> Prose:
    """Return that last month was not run, so that nothing is compared."""
    return Prose(
        pick(lang, "上月未交付，无法比较。", "Last month was not delivered: no comparison.")
    )
