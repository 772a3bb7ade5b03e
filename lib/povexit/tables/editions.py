"""What two editions say of the same month: households, villages, counties, with persons."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from povexit.tables.base import PLACES, Field, Row, Words, build, capital, count, text, word
from povexit.tables.standards import STATUSES
from povexit.tables.table import Table
from povexit.tables.verdicts import edition_field


def place_flips(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return how many villages, counties or households two editions judge differently, with persons.

    Parameters
    ----------
    table
        From `povexit.decide.flips`.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    unit, header = next((u, w) for u, w in FLIPPED.items() if u in table)
    fields = [
        edition_field(table, "from"),
        edition_field(table, "to"),
        Field(("由哪一项决定", "Decided by"), ("name_zh", "name_en"), _named),
        count(header, unit),
        count(("人数", "Persons"), "persons"),
    ]
    caption = ("两个版本判定不同的" + header[0], f"{header[1]} that two editions judge differently")
    return build(table, fields, lang, caption, source=PLACES)


FLIPPED: Mapping[str, Words] = {
    "households": ("户", "Households"),
    "villages": ("村", "Villages"),
    "counties": ("县", "Counties"),
}


def _named(row: Row, lang: str) -> str:
    return str(row["name_zh"]) if lang == "zh" else capital(str(row["name_en"]))


def editions(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return how many meet each edition of a standard: households, villages, counties, persons.

    Parameters
    ----------
    table
        ``level`` (households, villages, counties), ``edition``, ``meets``, ``fails``,
        ``unknown`` and ``persons_meets``, ``persons_fails``, ``persons_unknown``.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        word(("对象", "Of"), "level", FLIPPED),
        text(("版本", "Edition"), "edition"),
        *(count(STATUSES[s], c) for s, c in COUNTED.items()),
        *(count(_persons(STATUSES[s]), f"persons_{c}") for s, c in COUNTED.items()),
    ]
    caption = ("同一个月按两个版本判定", "The same month by two editions")
    return build(table, fields, lang, caption, source=PLACES)


COUNTED = {"pass": "meets", "fail": "fails", "unknown": "unknown"}


def _persons(words: Words) -> Words:
    return f"{words[0]}人数", f"{capital(words[1])}: persons"
