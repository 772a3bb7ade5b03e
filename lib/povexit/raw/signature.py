"""What a file truly is, from its first bytes, whatever its name ends in."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from povexit.errors import DeliveryError

WORKBOOK, TEXT = "an .xlsx workbook", "csv text"

_HEAD = 4096
_ASK_AGAIN = "ask the county to send it again"
_SAVE_XLSX = "open it in Excel or WPS and save it as .xlsx"
_EXPORT_CSV = "export the survey from the tablets again, as csv"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BEGINNINGS = {
    b"%PDF": "a PDF",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x1f\x8b": "a gzip archive",
    b"\xff\xd8\xff": "a picture",
    b"\x89PNG": "a picture",
}
_MEMBERS = {
    "xl/workbook.xml": WORKBOOK,
    "xl/workbook.bin": "a binary workbook (.xlsb)",
    "content.xml": "an OpenDocument file",
    "word/document.xml": "a Word document",
}
_PAGE = re.compile(
    r"\s*(<\?xml[^>]*>\s*)?<(!doctype html|html|head|meta|body|table|div|style)", re.I
)
_XML = re.compile(r"\s*<\?xml")


@dataclass(frozen=True)
class Content:
    """What a file is, in words, and what to do about it where it should be something else."""

    name: str
    remedy: str = ""


def require(path: Path, wanted: str) -> None:
    """Refuse a file that is not what it should be.

    Parameters
    ----------
    path
        The file.
    wanted
        `WORKBOOK` or `TEXT`.

    Raises
    ------
    DeliveryError
        If it is something else, empty, cut off, locked by a password or cannot be opened.
    """
    content = content_of(path)
    if content.name == wanted:
        return
    usual = _SAVE_XLSX if wanted == WORKBOOK else _EXPORT_CSV
    raise DeliveryError(
        f"the file is {content.name}, not {wanted}",
        where=path.name,
        expected=wanted,
        found=content.name,
        hint=content.remedy or usual,
    )


def content_of(path: Path) -> Content:
    """Return what a file truly is.

    Raises
    ------
    DeliveryError
        If it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        return _zip_content(path) if head[:2] == b"PK" else _plain_content(path, head)
    except OSError as error:
        raise unopenable(path, error) from error


def unopenable(path: Path, error: OSError) -> DeliveryError:
    """Return the error for a file that the system does not let us read."""
    return DeliveryError(
        "the file cannot be opened",
        where=path,
        found=error.strerror or str(error),
        hint="check that it is there, may be read, and is not open elsewhere",
    )


def _plain_content(path: Path, head: bytes) -> Content:
    if not head.strip(b"\0\r\n\t \xef\xbb\xbf\xff\xfe"):
        return Content("empty", _ASK_AGAIN)
    if head.startswith(_OLE):
        return _ole_content(path)
    for beginning, name in _BEGINNINGS.items():
        if head.startswith(beginning):
            return Content(name, "unpack it first" if "archive" in name else _ASK_AGAIN)
    text = head.decode(utf_16_of(head) or "utf-8", errors="replace").lstrip("\ufeff")
    if _PAGE.match(text):
        return Content("a web page saved under another name")
    if _XML.match(text):
        return Content("XML text")
    return Content(TEXT) if "\0" not in text else Content("of no known kind", _ASK_AGAIN)


def _ole_content(path: Path) -> Content:
    if _ENCRYPTED in path.read_bytes():
        return Content("a workbook locked by a password", "save it without a password")
    return Content("an old workbook (.xls)")


def _zip_content(path: Path) -> Content:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return Content("cut off or damaged", f"the file did not arrive whole: {_ASK_AGAIN}")
    known = next((what for member, what in _MEMBERS.items() if member in names), None)
    return Content(known) if known else Content("a zip archive", "unpack it first")


def utf_16_of(head: bytes) -> str | None:
    """Return the UTF-16 form a text is in, by its mark or by where its zero bytes lie.

    Examples
    --------
    >>> utf_16_of("县,1".encode("utf-16")), utf_16_of(b"1,2,3"), utf_16_of("1,2".encode("utf-16-be"))
    ('utf-16', None, 'utf-16-be')
    """
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    even, odd = head[::2].count(0), head[1::2].count(0)
    # half of a csv's characters are commas and digits, whose other byte is zero
    if max(even, odd) * 8 < len(head):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"
