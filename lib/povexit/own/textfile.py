"""Text tables as spreadsheets of many countries write them: UTF-8, GB18030, Latin; ``,`` ``;`` tab.

A file does not say how it was written, so that is guessed, told in ``read_as``, and can be
overruled in the mapping.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from povexit.errors import SurveyError

_DELIMITERS = ",;\t|"
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_DECIMAL_POINT = re.compile(r"[-+]?\d+\.\d+")
_LETTERS_ALONE = re.compile(rb"(?<![\x80-\xff])[\xc0-\xff](?![\x80-\xff])")
_HIGH = re.compile(rb"[\x80-\xff]+")


def read_text(path: Path, options: Mapping[str, Any]) -> tuple[pd.DataFrame, dict[str, str], int]:
    """Return a text file's cells as text, how they were read, and the first record's row.

    Raises
    ------
    SurveyError
        If the text is not in the encoding named, or a row has another number of fields than
        the headings.
    """
    data = path.read_bytes()
    encoding = str(options.get("encoding") or guess_encoding(data))
    text = _decoded(data, encoding, path)
    delimiter = str(options.get("delimiter") or _guess_delimiter(text))
    header = int(options.get("header", 1))
    # utf-8-sig leaves no mark; universal newlines inside quotes are the cell's own
    records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[header - 1 :]
    if not records:
        raise SurveyError("the file has no rows", where=path.name)
    names = [n.strip() or f"column_{i}" for i, n in enumerate(records[0], start=1)]
    body = _same_width(records[1:], len(names), header, path)
    decimal = str(options.get("decimal") or _guess_decimal(body, delimiter))
    read_as = {"encoding": encoding, "delimiter": delimiter, "decimal": decimal}
    return pd.DataFrame(body, columns=names, dtype="str"), read_as, header + 1


def _decoded(data: bytes, encoding: str, path: Path) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError) as error:
        raise SurveyError(
            "the file is not in the encoding it was read in",
            where=path.name,
            expected=encoding,
            found=str(error),
            hint="name another in [file] encoding, such as gb18030, utf-8 or cp1252",
        ) from error


def guess_encoding(data: bytes) -> str:
    """Return the encoding a text is most likely in.

    Chinese text of older programs comes in runs of two or more bytes beyond ASCII, western
    text in single letters such as ñ.

    Examples
    --------
    >>> [guess_encoding("百色,año".encode(e)) for e in ("utf-8", "gb18030")]
    ['utf-8-sig', 'gb18030']
    >>> guess_encoding("año;tamaño".encode("cp1252"))
    'cp1252'
    """
    if marked := _MARKS.get(data[:2]):
        return marked
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        alone, runs = len(_LETTERS_ALONE.findall(data)), len(_HIGH.findall(data))
        return "cp1252" if 2 * alone > runs else "gb18030"
    return "utf-8-sig"


def _guess_delimiter(text: str) -> str:
    line = next((x for x in text.splitlines() if x.strip()), "")
    return max(_DELIMITERS, key=line.count)


def _guess_decimal(body: list[list[str]], delimiter: str) -> str:
    if delimiter == ",":
        return "."
    cells = [cell.strip() for record in body[:200] for cell in record]
    commas = sum(bool(_DECIMAL_COMMA.fullmatch(c)) for c in cells)
    points = sum(bool(_DECIMAL_POINT.fullmatch(c)) for c in cells)
    return "," if commas > points else "."


def _same_width(records: list[list[str]], width: int, header: int, path: Path) -> list[list[str]]:
    """Return the records that are not blank, if each has as many fields as there are headings."""
    at = [(row, r) for row, r in enumerate(records, start=header + 1) if any(c.strip() for c in r)]
    wrong = [(row, len(r)) for row, r in at if len(r) != width]
    if wrong:
        shown = ", ".join(f"row {row} ({n})" for row, n in wrong[:5])
        raise SurveyError(
            "rows do not have as many fields as there are headings",
            where=path.name,
            expected=f"{width} fields",
            found=f"{len(wrong)} rows: {shown}",
            hint="a field that holds the delimiter must stand in quotes; "
            "or say in [file] which delimiter= it is, and in header= which row names the columns",
        )
    return [r for _, r in at]
