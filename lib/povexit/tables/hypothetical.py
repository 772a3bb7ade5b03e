"""Counties by their own rule and by another one."""

from __future__ import annotations

import pandas as pd

from povexit.geography import county_name
from povexit.style import STATUS, pick
from povexit.tables.base import (
    REGISTER,
    Field,
    Row,
    Words,
    build,
    count,
    is_missing,
    share,
    text,
)
from povexit.tables.table import Table
from povexit.tables.verdicts import COUNTY

_FLIPS: Words = ("县判定", "County's verdict")
_VERDICT = {True: "pass", False: "fail"}


def what_if(
    counties: pd.DataFrame, lang: str | None = None, *, is_hypothetical: bool = True
) -> Table:
    """Return each county before and after: shares, who flips, villages, its own verdict.

    Parameters
    ----------
    counties
        Of `povexit.explore.WhatIf`, small ones masked.
    lang
        Language, or that of `povexit.style.use`.
    is_hypothetical
        Whether a rule is in force nowhere; caption and note say so.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        Field(COUNTY, ("county_code",), _county),
        count(("判定户数", "Households"), "households"),
        share(("原达标率", "Share before"), "share_before"),
        share(("现达标率", "Share after"), "share_after"),
        count(("新达标户", "Newly meet"), "gained"),
        count(("不再达标户", "No longer meet"), "lost"),
        count(("村数", "Villages"), "villages"),
        count(("原未达标村", "Fail before"), "villages_failing_before"),
        count(("现未达标村", "Fail after"), "villages_failing_after"),
        Field(_FLIPS, ("verdict_before", "verdict_after"), _flip),
    ]
    caption = ("换一种标准，谁的结论会变", "Who flips under another rule")
    note = ""
    if is_hypothetical:
        caption = (f"{caption[0]}（假设）", f"{caption[1]} (hypothetical)")
        note = pick(
            lang,
            "假设的标准，没有在任何地方生效。",
            "The rule is hypothetical and in force nowhere.",
        )
    return build(counties, fields, lang, caption, note=note, source=REGISTER)


def _county(row: Row, lang: str) -> str:
    return county_name(row["county_code"], lang)


def _flip(row: Row, lang: str) -> str:
    before, after = (_said(row[f"verdict_{side}"], lang) for side in ("before", "after"))
    return before if before == after else f"{before} → {after}"


def _said(verdict: object, lang: str) -> str:
    key = "unknown" if is_missing(verdict) else _VERDICT[bool(verdict)]
    return STATUS[key].label(lang)


def flipped_villages(villages: pd.DataFrame, lang: str | None = None) -> Table:
    """Return the villages that two rules judge differently.

    Parameters
    ----------
    villages
        Of `povexit.explore.WhatIf`, small ones masked.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        Field(COUNTY, ("county_code",), _county),
        text(("村", "Village"), "village_name"),
        count(("人口", "Population"), "persons_total"),
        Field(("判定", "Verdict"), ("verdict_before", "verdict_after"), _flip),
    ]
    return build(villages, fields, lang, ("改判的村", "Villages that flip"), source=REGISTER)
