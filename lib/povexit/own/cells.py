"""Columns of a survey file as numbers, labels and yes/no; what cannot be read is said, not dropped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from povexit.errors import SurveyError
from povexit.own.files import Source
from povexit.own.mapping import Deprivation, SurveyMap

_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_TESTS = {"below": np.less, "above": np.greater}


def blanked(source: Source, mapping: SurveyMap, name: str, needed_for: str) -> pd.Series:
    """Return a column in which codes that mean no answer are missing."""
    values = source.column(name, needed_for)
    if pd.api.types.is_object_dtype(values) or pd.api.types.is_string_dtype(values):
        values = values.map(_plain, na_action="ignore")
        values = values.mask(values.map(lambda v: isinstance(v, str) and v == ""))
    gone = {_key(c) for c in [*mapping.missing.get("*", []), *mapping.missing.get(name, [])]}
    decimal = source.read_as.get("decimal", ".")
    return values.mask(values.map(lambda v: _key(v, decimal) in gone)) if gone else values


def _plain(value: Any) -> Any:
    """Return a cell's text without spaces around it, full-width digits as plain ones."""
    return unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value


def _key(value: Any, decimal: str = ".") -> str:
    """Return what two ways to write one code have in common: 1, 1.0 and "1" are the same.

    Examples
    --------
    >>> _key(1), _key("1.0"), _key("-9 "), _key("NA")
    ('1', '1', '-9', 'NA')
    """
    text = str(value).strip()
    try:
        number = float(text.replace(decimal, "."))
    except ValueError:
        return text
    return f"{number:g}" if np.isfinite(number) else text


def numbers(source: Source, mapping: SurveyMap, name: str, needed_for: str) -> pd.Series:
    """Return a column of numbers, NaN where there is no answer.

    Raises
    ------
    SurveyError
        If the file has no such column, or a cell is neither a number nor a missing code.
    """
    values = blanked(source, mapping, name, needed_for)
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        return values.astype("Float64").astype(float)
    texts = values.map(lambda v: _number_text(v, source.read_as.get("decimal", ".")))
    found = pd.to_numeric(texts, errors="coerce").astype(float)
    bad = np.flatnonzero(values.notna() & ~np.isfinite(found))
    if len(bad):
        _refuse(source, name, needed_for, values, bad)
    return found


def _number_text(value: Any, decimal: str) -> Any:
    if not isinstance(value, str):
        return value
    if decimal == ",":
        return value.replace(".", "").replace(",", ".")
    return value.replace(",", "") if _THOUSANDS.fullmatch(value) else value


def _refuse(source: Source, name: str, needed_for: str, values: pd.Series, bad: Any) -> None:
    shown = list(dict.fromkeys(str(v) for v in values.iloc[bad]))
    hint = f"if these mean no answer, list them in the mapping: [missing] {name} = {shown[:3]}"
    if any("%" in text for text in shown):
        hint = (
            "a percent sign is no part of a number: take it out in the file. A weight says how "
            "many households of the population a row stands for; relative ones will do for shares"
        )
    elif any(re.fullmatch(r"[-+]?\d+,\d+", text) for text in shown):
        hint = 'if a comma is the decimal mark, say so in the mapping: [file] decimal = ","'
    raise SurveyError(
        f"cells of {name!r} are not numbers",
        where=f"{source.where}, column {name}, rows {source.rows(bad)}",
        expected=f"numbers, as it is mapped to {needed_for}",
        found=", ".join(shown[:5]),
        hint=hint,
    )


def labels(source: Source, mapping: SurveyMap, name: str, needed_for: str) -> pd.Series:
    """Return a column as text: codes by their labels, from the mapping or else from the file."""
    values = blanked(source, mapping, name, needed_for)
    words = {_key(k): v for k, v in source.codes.get(name, {}).items()}
    words |= {_key(k): v for k, v in mapping.labels.get(name, {}).items()}
    keys = values.map(_key, na_action="ignore")
    return keys.map(lambda k: words.get(k, k), na_action="ignore").astype("string")


def joined(source: Source, mapping: SurveyMap, names: Sequence[str], needed_for: str) -> pd.Series:
    """Return one text a row of several columns, such as commune and household; none if one lacks."""
    parts = [
        blanked(source, mapping, n, needed_for).map(_key, na_action="ignore").astype("string")
        for n in names
    ]
    found = parts[0]
    for part in parts[1:]:
        found = found + " / " + part
    return found


def deprived(source: Source, mapping: SurveyMap, one: Deprivation) -> pd.Series:
    """Return whether each row has a deprivation; unknown where it gave no answer.

    Raises
    ------
    SurveyError
        If none of the answers listed occurs in the column.
    """
    needed_for = f"deprivation {one.name}"
    if one.test in _TESTS:
        values = numbers(source, mapping, one.column, needed_for)
        found = pd.Series(_TESTS[one.test](values, one.value), dtype="boolean")
        return found.mask(values.isna())
    codes = blanked(source, mapping, one.column, needed_for).map(_key, na_action="ignore")
    words = labels(source, mapping, one.column, needed_for)
    wanted = {_key(v) for v in one.value}
    if not wanted & (set(codes.dropna()) | set(words.dropna())):
        raise SurveyError(
            "no row has any of the answers that are a deprivation",
            where=f"{source.where}, column {one.column}",
            expected=", ".join(sorted(wanted)),
            found=", ".join(sorted(set(words.dropna()))[:12]),
            hint=f"mend is = in the mapping's deprivation {one.name!r}",
        )
    hit = codes.isin(wanted) | words.isin(wanted)
    return pd.Series(hit, dtype="boolean").mask(codes.isna())
