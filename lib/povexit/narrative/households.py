"""What the month says of households: who meets the standard, why not, how near the line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from povexit.narrative.prose import Prose
from povexit.style import fmt_int, fmt_share, fmt_yuan, pick


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
