"""Drawings to PDF and to pixels, by Typst: offline, and the same bytes on every machine."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from povexit.errors import StoreError
from povexit.publish.clips import without_idle_clips
from povexit.publish.page import Page, words
from povexit.publish.typeset import timestamp, typst_fonts


def pdf(svg: str, told: Mapping[str, Any]) -> bytes:
    """Return a drawing as PDF/A-2b.

    Parameters
    ----------
    svg
        The drawing, letters as outlines.
    told
        ``title``, ``alt``, ``lang``, ``width`` and ``height`` (points), ``date`` (seconds).

    Raises
    ------
    StoreError
        If Typst cannot read the drawing.
    """
    return _compiled(svg, told, format="pdf", pdf_standards=["a-2b"])


def png(svg: str, told: Mapping[str, Any], dots: float) -> bytes:
    """Return a drawing in pixels, ``dots`` to the inch; as `pdf`."""
    return _compiled(svg, told, format="png", ppi=dots)


def contact_sheet(
    groups: Sequence[Mapping[str, Any]], pictures: Mapping[str, bytes], page: Page
) -> bytes:
    """Return a PDF to print with all figures small, report by report, and their names.

    Parameters
    ----------
    groups
        ``report`` and its ``figures``, each with ``name``, ``title`` and ``alt``.
    pictures
        PNG of each figure by its name.
    page
        Title, language, banner.
    """
    told = [{"report": g["report"], "figures": [_words(f) for f in g["figures"]]} for g in groups]
    banner = words(page.lang)["simulated"] if page.simulated else ""
    book: dict[str, Any] = {
        "title": page.title,
        "lang": page.lang,
        "banner": banner,
        "groups": told,
    }
    book["date"] = timestamp(page)
    named = {f"{name}.png": data for name, data in pictures.items()}
    return _made(_template("figures.typ"), book, named, format="pdf", pdf_standards=["a-2b"])


def _words(figure: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(figure[key]) for key in ("name", "title", "alt")}


def _template(name: str) -> str:
    return (files("povexit") / "templates" / name).read_text(encoding="utf-8")


def _compiled(svg: str, told: Mapping[str, Any], **how: Any) -> bytes:
    drawing = without_idle_clips(svg).encode("utf-8")
    return _made(_template("figure.typ"), told, {"drawing.svg": drawing}, **how)


def _made(source: str, told: Mapping[str, Any], pictures: Mapping[str, bytes], **how: Any) -> bytes:
    """Compile a Typst source that reads its words from ``told.json`` and pictures from files."""
    import typst

    with tempfile.TemporaryDirectory(prefix="povexit-") as name:
        folder = Path(name)
        for file, data in pictures.items():
            (folder / file).write_bytes(data)
        (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")
        (folder / "main.typ").write_text(source, encoding="utf-8")
        given = {"root": name, "font_paths": typst_fonts(), "timestamp": told["date"], **how}
        try:
            return bytes(typst.compile(str(folder / "main.typ"), **given))
        except typst.TypstError as error:
            raise StoreError(
                "a figure could not be turned into a file",
                where=told["title"],
                found=str(error).splitlines()[0],
                hint="send the executed notebook to whoever maintains povexit",
            ) from error
