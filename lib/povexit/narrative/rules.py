"""Rules in words: what a clause asks, what a hypothetical one changes, and who flips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from povexit.decide.words import TESTS
from povexit.narrative.prose import Prose
from povexit.schema import columns, unit_label
from povexit.standards import Change, Leaf, Standard, changeable, series
from povexit.style import STATUS, UNKNOWN, fmt_int, fmt_share, language, pick

TABLES = {
    "household": "indicators_households",
    "village": "indicators_villages",
    "county": "indicators_counties",
}
UNITS = {"household": ("户", "household"), "village": ("村", "village"), "county": ("县", "county")}


def not_in_force(lang: str | None = None) -> str:
    """Return what stands on everything made from a hypothetical rule.

    Examples
    --------
    >>> not_in_force("en")
    'Hypothetical rule, in force nowhere.'
    """
    return pick(lang, "假设的标准，没有在任何地方生效。", "Hypothetical rule, in force nowhere.")


def threshold(rule: Standard, key: str, year: int, lang: str | None = None) -> dict[str, Any]:
    """Return a changeable part of a rule in words, with its value.

    Parameters
    ----------
    rule
        The standard.
    key
        From `povexit.standards.changeable`.
    year
        The year whose values of dated series count.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    dict
        ``key``, ``standard`` (whose: household, village, county), ``asked`` (in words),
        ``value`` (a number; the denominator's column for a key that ends in ``of``),
        ``indicator``, ``unit``.
    """
    leaf = changeable(rule)[key]
    is_whole = key.endswith(" of")
    value: Any = leaf.of if is_whole else _limit(leaf, year)
    return {
        "key": key,
        "standard": pick(lang, *UNITS[rule.unit]),
        "asked": _asked(rule, leaf, is_whole, lang),
        "value": value,
        "indicator": leaf.indicator,
        "unit": "" if leaf.of else _unit(rule.unit, leaf.indicator, lang),
    }


def _limit(leaf: Leaf, year: int) -> Any:
    return series(leaf.parameter).at(year).value if leaf.parameter else leaf.value


def _unit(unit: str, name: str, lang: str | None) -> str:
    return unit_label(columns(TABLES[unit])[name].unit, language(lang))


def _label(unit: str, name: str, lang: str | None) -> str:
    return columns(TABLES[unit])[name].label(language(lang))


def _asked(rule: Standard, leaf: Leaf, is_whole: bool, lang: str | None) -> str:
    what = _label(rule.unit, leaf.indicator, lang)
    if is_whole:
        return pick(lang, f"“{what}”的分母", f"denominator of “{what}”")
    if leaf.of:
        whole = _label(rule.unit, leaf.of, lang)
        what = pick(lang, f"{what}占{whole}的比例", f"{what} in {whole}")
    return f"{what}{pick(lang, '', ' ')}{TESTS[language(lang)][leaf.test]}"


def rule_changes(rules: Iterable[Standard], lang: str | None = None) -> list[str]:
    """Return what hypothetical rules change, a phrase each, none twice.

    Examples
    --------
    >>> from povexit.standards import hypothetical, load
    >>> rule_changes([hypothetical(load("household_exit", "2016"), {"poverty_line_yuan": 3200})], "en")
    ['national rural poverty line 3,200']
    """
    said = [_change(change, rule, lang) for rule in rules for change in rule.changes]
    return list(dict.fromkeys(said))


def _change(change: Change, rule: Standard, lang: str | None) -> str:
    what = _label(rule.unit, change.indicator, lang)
    if change.is_denominator:
        ends = (_label(rule.unit, str(name), lang) for name in (change.new, change.old))
        return pick(lang, "{}的分母用{}，不用{}", "{}: of {}, not of {}").format(what, *ends)
    test = TESTS[language(lang)][change.test]
    if isinstance(change.old, str):
        return f"{series(change.old).label(language(lang))} {_number(change.new)}"
    told = pick(lang, "{}{}{}，原为{}", "{} {} {}, was {}")
    return told.format(what, test, _number(change.new), _number(change.old))


def _number(value: Any) -> str:
    return f"{value:,.3f}".rstrip("0").rstrip(".") if isinstance(value, int | float) else str(value)


def flip(row: Mapping[Any, Any], lang: str | None = None) -> str:
    """Return what a county was before and who flips in it; nothing where it is not shown.

    Parameters
    ----------
    row
        Of `povexit.explore.WhatIf.counties`.
    lang
        ``zh`` or ``en``.
    """
    if row["status"] != "shown":
        return ""
    before = fmt_share(row["share_before"], lang=lang)
    gained, lost = (fmt_int(row[c], lang=lang) for c in ("gained", "lost"))
    villages = [fmt_int(row[f"villages_failing_{c}"], lang=lang) for c in ("before", "after")]
    return pick(
        lang,
        f"原{before}，新达标{gained}户，不再达标{lost}户，未达标村{villages[0]}→{villages[1]}",
        f"was {before}, {gained} households more, {lost} fewer, villages failing {villages[0]} → {villages[1]}",
    )


def flipped_village(row: Mapping[Any, Any], lang: str | None = None) -> str:
    """Return a village that two rules judge differently, with both verdicts."""
    before, after = (_verdict(row[f"verdict_{side}"], lang) for side in ("before", "after"))
    name = UNKNOWN[language(lang)] if pd.isna(row["village_name"]) else row["village_name"]
    return pick(lang, f"{name}：{before}→{after}", f"{name}: {before} → {after}")


def _verdict(verdict: Any, lang: str | None) -> str:
    kind = "unknown" if pd.isna(verdict) else "pass" if verdict else "fail"
    return STATUS[kind].label(lang)


def what_if(
    rules: Iterable[Standard],
    counties: pd.DataFrame,
    villages: pd.DataFrame,
    lang: str | None = None,
) -> Prose:
    """Return what was changed and how many flip, in a sentence or two.

    Parameters
    ----------
    rules
        The standards judged by.
    counties, villages
        Of `povexit.explore.WhatIf`.
    lang
        ``zh`` or ``en``.
    """
    rules = list(rules)
    said = rule_changes(rules, lang)
    gained, lost = (fmt_int(counties[c].sum(), lang=lang) for c in ("gained", "lost"))
    moved = counties["verdict_before"].astype("string").fillna("") != counties[
        "verdict_after"
    ].astype("string").fillna("")
    flips = pick(
        lang,
        f"新达标{gained}户，不再达标{lost}户；改判{len(villages)}个村、{int(moved.sum())}个县。",
        f"{gained} households more meet it, {lost} no longer; {len(villages)} villages"
        f" and {int(moved.sum())} counties flip.",
    )
    if not said:
        return Prose(flips)
    head = pick(lang, "**假设**：", "**Hypothetical**: ") + pick(lang, "；", "; ").join(said)
    return Prose(f"{head}{pick(lang, '。', '. ')}{flips}{pick(lang, '', ' ')}{not_in_force(lang)}")


def look_alikes(found: int, counts: Mapping[str, int], lang: str | None = None) -> Prose:
    """Return how the look-alikes of a household or village fare.

    Parameters
    ----------
    found
        How many there are.
    counts
        How many of them are known to meet the standard (``meets``) and not to (``fails``).
    lang
        ``zh`` or ``en``.
    """
    if not found:
        return Prose(pick(lang, "没有可比的对象。", "Nothing to compare it with."))
    meets, fails = counts["meets"], counts["fails"]
    return Prose(
        pick(
            lang,
            f"条件最相近的{found}个对象中，{meets}个达标，{fails}个未达标，{found - meets - fails}个未知。",
            f"Of the {found} most alike, {meets} meet the standard, {fails} do not,"
            f" {found - meets - fails} are unknown.",
        )
    )
