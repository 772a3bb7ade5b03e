"""What a meeting is told of targets: where they stand, what is due next month, what data it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from povexit.narrative.messages import FEW, names_of
from povexit.style import fmt_int, language, pick

Row = Mapping[Any, Any]


def targets_message(goals: pd.DataFrame, lang: str | None = None) -> str:
    """Return how many targets with a number are late, and how many done.

    Parameters
    ----------
    goals
        From `povexit.progress.judged`, the city's rows.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    named = goals[goals["reason"] != "no_number"]
    n = {s: int((named["status"] == s).sum()) for s in ("done", "on_track", "late", "unknown")}
    all_zh, all_en = f"有数字的 {len(named)} 项目标", f"Of {len(named)} targets with a number"
    rest = n["on_track"] + n["done"]
    if n["late"] == 0 and n["unknown"] == len(named):
        return pick(lang, f"{all_zh}都还不能判断", f"{all_en} none can be told yet")
    return pick(
        lang,
        f"{all_zh}中 {n['late']} 项滞后；{rest} 项完成或按进度，{n['unknown']} 项还不能判断",
        f"{all_en} {n['late']} are late; {rest} done or on track, {n['unknown']} cannot be told yet",
    )


def headline_message(goals: pd.DataFrame, lang: str | None = None) -> str:
    """Return how many of the main targets are late, and which is furthest from where it should be.

    Parameters
    ----------
    goals
        The city's rows of `povexit.progress.judged`, of the main targets.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    late = goals[goals["status"] == "late"]
    if late.empty:
        unknown = int((goals["status"] == "unknown").sum())
        return pick(
            lang,
            f"{len(goals)} 项主要目标中没有滞后的，{unknown} 项还不能判断",
            f"None of {len(goals)} main targets is late; {unknown} cannot be told yet",
        )
    part = late["value"] / late["expected"].where(late["expected"] > 0)
    worst = late.assign(part=part).sort_values("part", kind="stable").iloc[0]
    name = str(worst[pick(lang, "name_zh", "name_en")])
    return pick(
        lang,
        f"{len(goals)} 项主要目标中 {len(late)} 项滞后，离应达最远的是“{name}”",
        f"{len(late)} of {len(goals)} main targets are late; furthest behind: {name}",
    )


def target_message(row: Row, words: Mapping[str, str], lang: str | None = None) -> str:
    """Return where one target stands against what is due now and what is asked.

    Parameters
    ----------
    row
        One row of `povexit.progress.judged`.
    words
        ``value``, ``expected``, ``wanted`` as printed, and ``status`` in words.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    name = str(row[pick(lang, "name_zh", "name_en")])
    name = name if language(lang) == "zh" else name[:1].upper() + name[1:]
    if row["status"] == "late":
        return pick(
            lang,
            f"{name}：现在 {words['value']}，应达 {words['expected']}，{words['status']}",
            f"{name}: {words['value']} now, {words['expected']} due: {words['status']}",
        )
    return pick(
        lang,
        f"{name}：现在 {words['value']}，要求 {words['wanted']}，{words['status']}",
        f"{name}: {words['value']} now, {words['wanted']} asked: {words['status']}",
    )


def due_message(due: pd.DataFrame, month: str, lang: str | None = None) -> str:
    """Return what is asked for by the end of next month.

    Parameters
    ----------
    due
        From `povexit.progress.due`.
    month
        Next month, such as ``2016-07``.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    if due.empty:
        return pick(
            lang,
            f"没有滞后的目标；请按期交齐 {month} 的数据",
            f"No target is late; please deliver the data of {month} in time",
        )
    return pick(
        lang,
        f"请在 {month} 底前赶上 {len(due)} 项滞后目标的进度",
        f"Asked for by the end of {month}: bring {len(due)} late targets back on track",
    )


def data_asks(goals: pd.DataFrame, by_county: pd.DataFrame, lang: str | None = None) -> list[str]:
    """Return what data the next month needs: ledgers that are missing, answers that are.

    Parameters
    ----------
    goals
        From `povexit.progress.judged`, the city's rows.
    by_county
        From `povexit.decide.verdicts`, a row a county, small ones hidden.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    n = int(goals["reason"].isin(["not_delivered", "some_missing"]).sum())
    ledgers = pick(
        lang,
        f"{n} 项目标因台账未交或有县未交不能判断：请补交。",
        f"{n} targets cannot be judged because ledgers or counties are missing: please deliver them.",
    )
    known = by_county[by_county["unknown"].fillna(0) > 0]
    worst = known.sort_values("unknown_share", ascending=False, kind="stable").head(FEW)
    listed = names_of([str(code) for code in worst["county_code"]], lang)
    answers = pick(
        lang,
        f"无法判定的户比例最高的是：{listed}；请补齐缺项。",
        f"Most households that cannot be judged: {listed}; please fill in what is missing.",
    )
    return [*([ledgers] if n else []), *([answers] if len(worst) else [])]


def definitions_notes(goals: pd.DataFrame, lang: str | None = None) -> list[str]:
    """Return of each target what is counted over what, with its numbers, who answers and the source.

    Parameters
    ----------
    goals
        Rows of `povexit.progress.judged`.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    return [_definition(row, language(lang)) for row in goals.to_dict("records")]


def _definition(row: Row, lang: str) -> str:
    n = {k: fmt_int(row[k], lang=lang) for k in ("number", "denominator", "unknown")}
    source = str(row["source"]).replace("SEED", pick(lang, "文章", "the article"))
    texts = [str(row[f"{k}_{lang}"]) for k in ("name", "definition", "denominator", "answers")]
    name, counts, over, answers = texts
    return pick(
        lang,
        f"{name}：分子 {n['number']}（{counts}）；分母 {n['denominator']}（{over}）；未知 {n['unknown']}；"
        f"牵头：{answers}；来源：{source}（{row['confidence']}）。",
        f"{name}: number {n['number']} ({counts}); of {n['denominator']} ({over}); unknown {n['unknown']};"
        f" answers: {answers}; source: {source} ({row['confidence']}).",
    )
