"""A finished file of Office as bytes that depend on nothing but its content."""

from __future__ import annotations

import io
import re
import zipfile

#: The time every part has: the first a ZIP can hold.
_TIME = (1980, 1, 1, 0, 0, 0)
_STAMPS = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_STAMP = b"2016-01-01T00:00:00Z"
#: What must come first, so that a reader knows the file by its first bytes.
_FIRST = "[Content_Types].xml"


def steady(data: bytes) -> bytes:
    """Return a PPTX or XLSX with its parts in order and no time of day in it, nor in its workbooks.

    Parameters
    ----------
    data
        The file as a library wrote it.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(parts, key=lambda n: (n != _FIRST, n)):
            info = zipfile.ZipInfo(name, _TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            target.writestr(info, _part(name, parts[name]))
    return out.getvalue()


def _part(name: str, data: bytes) -> bytes:
    if name.endswith(".xlsx"):
        return steady(data)
    if name == "docProps/core.xml":
        return _STAMPS.sub(rb"\g<1>" + _STAMP + rb"\g<3>", data)
    return data
