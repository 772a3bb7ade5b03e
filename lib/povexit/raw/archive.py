"""The zip archive that a workbook is: guarded before it is opened, its sheets found."""

from __future__ import annotations

import contextlib
import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from povexit.errors import DeliveryError
from povexit.raw.layouts import limit
from povexit.raw.sheetxml import SheetFacts, copy_until, scan
from povexit.raw.signature import unopenable

_BOOK = "xl/workbook.xml"
_LINKS = "xl/_rels/workbook.xml.rels"
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    ValueError,
    RuntimeError,  # a member locked by a password, or packed in a way Python does not know
    ElementTree.ParseError,
)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a workbook's archive if it is safe to unpack.

    Raises
    ------
    DeliveryError
        If it would unpack to more than ``layouts.toml`` allows, or is damaged.
    """
    with _telling(path):
        archive = zipfile.ZipFile(path)
    with archive:
        _refuse_bomb(archive, path)
        yield archive


@contextlib.contextmanager
def _telling(path: Path) -> Iterator[None]:
    """Say of a damaged archive that it is one."""
    try:
        yield
    except OSError as error:
        raise unopenable(path, error) from error
    except _DAMAGED as error:
        raise damaged(path) from error


def damaged(path: Path, sheet: str = "") -> DeliveryError:
    """Return the error for a workbook whose inside does not hold together."""
    return DeliveryError(
        "the workbook is damaged",
        where=f"{path.name}, sheet {sheet}" if sheet else path.name,
        expected="a workbook that Excel or WPS opens without repairing it",
        hint="open it and save it again; if it does not open, ask the county to send it again",
    )


def _refuse_bomb(archive: zipfile.ZipFile, path: Path) -> None:
    unpacked = sum(i.file_size for i in archive.infolist())
    packed = sum(i.compress_size for i in archive.infolist())
    most = limit("unpacked_bytes")
    is_dense = unpacked > limit("unpack_ratio_from_bytes")
    if unpacked <= most and not (is_dense and unpacked > limit("unpack_ratio") * packed):
        return
    raise DeliveryError(
        "the workbook unpacks to far more than a county's register holds; it was not opened",
        where=path.name,
        expected=f"at most {most / 1e9:.1f} GB, and {limit('unpack_ratio')} times its packed size",
        found=f"{unpacked / 1e9:.2f} GB, {unpacked / max(packed, 1):,.0f} times its packed size",
        hint="copy the filled rows into a new workbook and send that",
    )


def sheet_members(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return which member of the archive each sheet is, by the sheet's name.

    Raises
    ------
    DeliveryError
        If the workbook is damaged.
    """
    with _telling(_path(archive)):
        links = {
            link.get("Id"): posixpath.normpath(posixpath.join("/xl", link.get("Target", "")))
            for link in ElementTree.fromstring(archive.read(_LINKS))
        }
        book = ElementTree.fromstring(archive.read(_BOOK))
        return {
            sheet.get("name", ""): links[_link_of(sheet)].lstrip("/")
            for sheet in book.iterfind("{*}sheets/{*}sheet")
        }


def _path(archive: zipfile.ZipFile) -> Path:
    return Path(archive.filename or "")


def _link_of(sheet: ElementTree.Element) -> str | None:
    # the attribute's name space differs between the two editions of the format
    return next((v for k, v in sheet.items() if k.endswith("}id")), None)


def sheet_facts(archive: zipfile.ZipFile, member: str) -> SheetFacts:
    """Return what a sheet's XML tells beside its cells.

    Raises
    ------
    DeliveryError
        If the workbook is damaged.
    """
    with _telling(_path(archive)), archive.open(member) as stream:
        return scan(stream)


def cut_copy(archive: zipfile.ZipFile, member: str, last_row: int) -> bytes:
    """Return the workbook with no other sheet than one, which ends at ``last_row``."""
    made = io.BytesIO()
    others = [i.filename for i in archive.infolist() if _is_needed(i.filename)]
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        for name in others:
            copy.writestr(name, archive.read(name))
        with archive.open(member) as stream, copy.open(member, "w", force_zip64=True) as out:
            copy_until(stream, last_row, out)
    return made.getvalue()


def _is_needed(member: str) -> bool:
    return not member.startswith("xl/worksheets/")
