"""What reading and cleaning did."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from povexit.narrative.prose import Prose, literal
from povexit.style import fmt_int, language, pick

#: Severity, place and message, as `povexit.raw.Finding` prints them.
_FINDING = re.compile(
    r"(?:note|warning): (?P<file>.+?)(?:, sheet (?P<sheet>.+?))?(?:, row (?P<row>\d+))?: (?P<message>.+)"
)
_MOST_PLACES = 3


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
    said = [_Finding.of(text) for text in (outcome or {}).get("findings", [])]
    if not said:
        return Prose(
            pick(lang, "读取文件时没有其他发现。", "Reading the files found nothing else.")
        )
    head = pick(lang, "读取文件时还发现：", "Reading the files also found:")
    # what is said of many sheets of a file is said once
    alike: dict[tuple[str, str], list[str]] = {}
    for finding in said:
        alike.setdefault((finding.file, finding.message), []).append(finding.place(lang))
    lines = [_line(file, message, places, lang) for (file, message), places in alike.items()]
    return Prose("\n".join([head, "", *lines]))


@dataclass(frozen=True)
class _Finding:
    """A finding of reading or cleaning, taken apart again."""

    file: str
    message: str
    sheet: str = ""
    row: str = ""

    @classmethod
    def of(cls, text: str) -> _Finding:
        found = _FINDING.fullmatch(text)
        return cls(**{k: v or "" for k, v in found.groupdict().items()}) if found else cls("", text)

    def place(self, lang: str | None) -> str:
        """Return sheet and row in words; empty if it concerns the whole file."""
        row = pick(lang, f"第{self.row}行", f"row {self.row}") if self.row else ""
        return pick(lang, "", " ").join(filter(None, (literal(self.sheet), row)))


def _line(file: str, message: str, places: list[str], lang: str | None) -> str:
    named = [place for place in dict.fromkeys(places) if place]
    shown = pick(lang, "、", ", ").join(named[:_MOST_PLACES])
    if len(named) > _MOST_PLACES:
        shown += pick(lang, f"等{len(named)}处", f" and others, {len(named)} in all")
    where = literal(file) + (pick(lang, f"（{shown}）", f" ({shown})") if shown else "")
    return f"- {where}{pick(lang, '：', ': ') if where else ''}{literal(_said(message, lang))}"


def _said(message: str, lang: str | None) -> str:
    """Return a message in the language, if there is one; else as it was said."""
    if language(lang) == "en":
        return message
    for pattern, chinese in _messages():
        if found := pattern.fullmatch(message):
            return chinese.format(**found.groupdict())
    return message


@cache
def _messages() -> list[tuple[re.Pattern[str], str]]:
    """Return each message of ``findings.toml``: what it looks like in English, and the Chinese."""
    source = (files("povexit") / "templates" / "findings.toml").read_text(encoding="utf-8")
    return [(_pattern(m["en"]), m["zh"]) for m in tomllib.loads(source)["message"]]


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(text)))
