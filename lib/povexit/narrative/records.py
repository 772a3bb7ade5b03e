"""What reading and cleaning did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from povexit.narrative.prose import Prose
from povexit.style import fmt_int, pick


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
