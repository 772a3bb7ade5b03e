"""The titles of slides: one message each, short enough for two lines, told from the numbers shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from povexit.geography import county_name
from povexit.style import fmt_int, fmt_share, language, pick

#: How many names a title can hold.
FEW = 4
Row = Mapping[Any, Any]


def meeting_message(city: pd.DataFrame, lang: str | None = None) -> str:
    """Return how many households meet the standard, of how many, and of how many it is unknown.

    Parameters
    ----------
    city
        One row, from `povexit.decide.verdicts`.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    row = city.iloc[0]
    n = {k: fmt_int(row[k], lang=lang) for k in ("households", "meets", "unknown")}
    share = fmt_share(row["meets_share"], lang=lang)
    return pick(
        lang,
        f"全市判定 {n['households']} 户，{n['meets']} 户达标（{share}），{n['unknown']} 户无法判定",
        f"{n['meets']} of {n['households']} households judged meet the standard ({share});"
        f" {n['unknown']} are unknown",
    )


def behind_message(sides: pd.DataFrame, lang: str | None = None) -> str:
    """Return which counties are surely below the whole, whatever the unknown turn out to be.

    Parameters
    ----------
    sides
        From `povexit.progress.against`: ``county_code`` and ``side``.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    if len(sides) < 2:
        return pick(
            lang, "只有一个县的数字，没有可以比较的", "One county's numbers: nothing to compare"
        )
    below = [str(code) for code in sides.loc[sides["side"] == "below", "county_code"]]
    if not below:
        return pick(
            lang,
            "没有一个县能确定低于全市达标比例",
            "No county is surely below the city's share meeting the standard",
        )
    listed = names_of(below, lang)
    return pick(
        lang,
        f"{listed}的达标比例确定低于全市",
        f"Surely below the city's share meeting the standard: {listed}",
    )


def hardest_message(criteria: pd.DataFrame, lang: str | None = None) -> str:
    """Return the criteria that most households fail.

    Parameters
    ----------
    criteria
        From `povexit.decide.totals`, without the verdict's own row, with ``name``.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    worst = criteria[criteria["failed"] > 0].sort_values(
        ["failed", "name"], ascending=[False, True]
    )
    if worst.empty:
        return pick(lang, "没有一项指标有未达标户", "No criterion is failed by anyone")
    said = [_failing(row, lang) for _, row in worst.head(2).iterrows()]
    rest = pick(lang, "，其次", ", then ").join(said)
    return pick(lang, f"未达标户最多的是{rest}", f"Most often failed: {rest}")


def _failing(row: pd.Series, lang: str | None) -> str:
    share = fmt_share(row["failed_share"], lang=lang)
    return pick(lang, f"“{row['name']}”，占 {share}", f"{row['name']} ({share})")


def change_message(causes: pd.DataFrame, shown: pd.DataFrame, lang: str | None = None) -> str:
    """Return last month's number, this month's, and how much of it is a real change, if that may be told.

    Parameters
    ----------
    causes
        From `povexit.progress.causes`, with the numbers in its ``attrs``.
    shown
        From `povexit.progress.shown_causes`: what rests on few households is not told apart.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    before, now = (causes.attrs[k] for k in ("meets_before", "meets_now"))
    net = signed(now - before, lang)
    n = [fmt_int(x, lang=lang) for x in (before, now)]
    first = pick(
        lang,
        f"达标户由上月 {n[0]} 户变为 {n[1]} 户（{net}）",
        f"Households meeting the standard: from {n[0]} to {n[1]} ({net})",
    )
    real = shown.loc[shown["cause"] == "real", "net"]
    if real.empty:
        return first
    own = signed(real.iloc[0], lang)
    return pick(lang, f"{first}，其中实际变化 {own} 户", f"{first}; really changed: {own}")


def places_message(
    counted: Mapping[str, pd.DataFrame], edition: str, lang: str | None = None
) -> str:
    """Return how many villages and counties meet their standard by an edition.

    Parameters
    ----------
    counted
        ``villages`` and ``counties`` to one row each of `povexit.decide.counted`.
    edition
        Of the standards.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    (villages, n), (counties, m) = (
        (fmt_int(row["meets"], lang=lang), fmt_int(_all(row), lang=lang))
        for row in (counted[level].iloc[0] for level in ("villages", "counties"))
    )
    return pick(
        lang,
        f"按{edition}年版，{n} 个村中 {villages} 个、{m} 个县中 {counties} 个能判为达标",
        f"By edition {edition}, {villages} of {n} villages and {counties} of {m} counties can be"
        " found to meet their standard",
    )


def places_note(counted: Mapping[str, pd.DataFrame], edition: str, lang: str | None = None) -> str:
    """Return how many villages and counties meet, fail and are unknown, for the speaker.

    Parameters
    ----------
    counted, edition
        As for `places_message`.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    names = {"villages": ("村", "villages"), "counties": ("县", "counties")}
    parts = []
    for level, words in names.items():
        row = counted[level].iloc[0]
        n = {k: fmt_int(row[k], lang=lang) for k in ("meets", "fails", "unknown")}
        parts.append(
            pick(
                lang,
                f"{words[0]}：达标 {n['meets']}，未达标 {n['fails']}，未知 {n['unknown']}",
                f"{words[1]}: {n['meets']} meet it, {n['fails']} do not, {n['unknown']} unknown",
            )
        )
    first = pick(lang, f"按{edition}年版标准。", f"By edition {edition}. ")
    return first + pick(lang, "；", "; ").join(parts) + pick(lang, "。", ".")


def no_survey(lang: str | None = None) -> str:
    """Return that no interview was delivered, so that nothing is estimated."""
    return pick(
        lang,
        "没有县交来本月的入户调查：错退率、漏评率、认可度都是未知，不是零。",
        "No county delivered interviews for the month: wrong exits, omissions and recognition are"
        " unknown, not nought.",
    )


def settled_message(counted: pd.DataFrame, lang: str | None = None) -> str:
    """Return how many verdicts the survey settles, and how many it leaves open.

    Parameters
    ----------
    counted
        From `povexit.evaluation.tallied`: a row a measure.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    settled = int((counted["meets"] + counted["fails"]).sum())
    rest = int((counted["undetermined"] + counted["unknown"]).sum())
    n, whole = fmt_int(settled, lang=lang), fmt_int(settled + rest, lang=lang)
    return pick(
        lang,
        f"入户调查能定论的有 {n} 个，共 {whole} 个（县×指标）；其余 {fmt_int(rest, lang=lang)} 个还定不了",
        f"The survey settles {n} of {whole} questions (county by measure); {fmt_int(rest, lang=lang)} stay open",
    )


def remedy_message(estimates: pd.DataFrame, lang: str | None = None) -> str:
    """Return what would settle the open verdicts: more villages, or only a visit to all.

    Parameters
    ----------
    estimates
        From `povexit.evaluation.reachable`.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    is_open = (estimates["verdict"] == "undetermined") & estimates["estimate"].notna()
    more = estimates.loc[is_open, "more_villages"]
    reach, never = int(more.notna().sum()), int(more.isna().sum())
    if not len(more):
        return pick(lang, "各县各项的抽样结论", "What the survey says, county by county")
    if not reach:
        return pick(
            lang,
            f"{never} 个未定的结论靠加大抽样定不了，须走访全部村",
            f"No larger sample settles the {never} open verdicts: every village has to be visited",
        )
    return pick(
        lang,
        f"{reach} 个未定的结论可以靠加访村判定，{never} 个须走访全部村",
        f"Visits to more villages settle {reach} open verdicts; {never} need a visit to all",
    )


def quality_message(counts: pd.DataFrame, by_county: pd.DataFrame, lang: str | None = None) -> str:
    """Return how many rows were set aside, and which county leaves most households unknown.

    Parameters
    ----------
    counts
        ``cleaning_counts`` of all counties.
    by_county
        From `povexit.decide.verdicts`, a row a county, small ones hidden.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    rows, aside = (int(counts[c].sum()) for c in ("rows_in", "quarantined"))
    a, b = fmt_int(aside, lang=lang), fmt_int(rows, lang=lang)
    part = fmt_share(aside / rows if rows else None, lang=lang)
    first = pick(lang, f"收到 {b} 行，隔离 {a} 行（{part}）", f"{a} of {b} rows set aside ({part})")
    known = by_county[by_county["unknown_share"].notna()]
    if known.empty or not known["unknown_share"].max() > 0:
        return first
    worst = known.sort_values("unknown_share", ascending=False, kind="stable").iloc[0]
    name = county_name(worst["county_code"], language(lang), short=True)
    share = fmt_share(worst["unknown_share"], lang=lang)
    return pick(
        lang,
        f"{first}；缺项最多的是{name}，{share} 的户无法判定",
        f"{first}; in {name} {share} of households lack an answer",
    )


def signed(value: Any, lang: str | None = None) -> str:
    """Print a change with its sign.

    Examples
    --------
    >>> signed(24), signed(-2), signed(0)
    ('+24', '−2', '0')
    """
    printed = fmt_int(value, lang=lang)
    return f"+{printed}" if pd.notna(value) and value > 0 else printed


def _all(row: pd.Series) -> int:
    return int(row["meets"] + row["fails"] + row["unknown"])


def names_of(codes: Sequence[str], lang: str | None) -> str:
    """Return counties by name, the first few of many with how many there are."""
    names = [county_name(code, language(lang), short=True) for code in codes]
    if len(names) <= FEW:
        return pick(lang, "、", ", ").join(names)
    first = pick(lang, "、", ", ").join(names[:FEW])
    return pick(lang, f"{first}等 {len(names)} 县", f"{first} and {len(names) - FEW} more")
