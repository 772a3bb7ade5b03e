"""What a county sends, from ``layouts.toml``: kinds of files, their sheets, limits."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Kind:
    """One kind of file: register, village ledger, programme ledgers or survey.

    ``sheets`` says which column map each sheet is read by; a csv file's sheet has no name.
    ``header_rows`` are the usual rows of the headers, from 1. Of an optional kind the file, a
    sheet or all rows of a sheet may be missing.
    """

    id: str
    keyword: str
    suffix: str
    sheets: dict[str, str]
    header_rows: tuple[int, ...]
    is_optional: bool


@cache
def layouts() -> dict[str, Any]:
    """Return ``layouts.toml`` as it stands."""
    text = (files("povexit.raw") / "layouts.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def kinds() -> dict[str, Kind]:
    """Return the kinds of files by name.

    Examples
    --------
    >>> kinds()["register"].keyword
    '建档立卡'
    """
    return {
        k["id"]: Kind(
            k["id"],
            k["keyword"],
            k["suffix"],
            k["sheets"],
            tuple(k["header_rows"]),
            k.get("is_optional", False),
        )
        for k in layouts()["kind"]
    }


def limit(name: str) -> int:
    """Return one of the limits on what is opened."""
    return int(layouts()["limits"][name])
