"""What stands around a page: title, headings, rule, who delivered, limits, sources."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files as package_files

import pandas as pd

from povexit.geography import counties, county_name
from povexit.narrative.prose import Prose, literal
from povexit.style import fmt_int, fmt_share, language, pick

#: More files than these are told by their number.
MOST_FILES = 8


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
    """Return where a page's numbers come from: each file, or of many their number.

    Parameters
    ----------
    files
        Columns ``file``, ``sha256``, ``simulated``.
    boundary_source
        The line that names the source of the outlines.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.
    """
    lines = _delivered_files(files, lang)
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


def _delivered_files(files: pd.DataFrame, lang: str | None) -> list[str]:
    if len(files) <= MOST_FILES:
        named = zip(files["file"], files["sha256"], strict=True)
        return [f"- {literal(str(name))} (SHA-256 {digest[:12]}…)" for name, digest in named]
    whole = hashlib.sha256("".join(sorted(files["sha256"])).encode("ascii")).hexdigest()[:12]
    n = fmt_int(len(files), lang=lang)
    return [
        pick(
            lang,
            f"- 各县（市、区）报送的文件 {n} 个（合并的 SHA-256：{whole}…），逐一列于 manifest.json",
            f"- {n} files the counties delivered (SHA-256 of all together: {whole}…),"
            " one by one in manifest.json",
        )
    ]


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


@cache
def _limits() -> dict[str, dict[str, list[str]]]:
    source = package_files("povexit") / "templates" / "limits.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def limits(page: str, lang: str | None = None) -> Prose:
    """Return what the numbers of a page do not say: ``county``, ``city`` or ``map``."""
    return Prose("\n".join(f"- {line}" for line in _limits()[page][language(lang)]))
