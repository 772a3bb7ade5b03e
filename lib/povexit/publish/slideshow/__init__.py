"""The slides of an executed notebook become a deck that an office can edit.

Charts and tables are Office's own, with their numbers inside; maps are pictures. Letters,
colours and places are the template's. A deck is written whole or not at all, and the same
notebook and template give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from povexit import store
from povexit.errors import StoreError
from povexit.publish.page import Page, words
from povexit.publish.parts import opened
from povexit.publish.slideshow import template as templates
from povexit.publish.slideshow.frame import compose
from povexit.publish.slideshow.package import steady
from povexit.slides import MIME, Slide, parse

#: What stands in the file's properties as its day: no time of making it.
_DAY = dt.datetime(2016, 1, 1)


def deck(notebook: Path, out: Path, page: Page, template: Path | None = None) -> Path:
    """Write the slides of an executed notebook as a presentation.

    Parameters
    ----------
    notebook
        An executed notebook whose outputs hold slides (`povexit.slides`).
    out
        The ``.pptx`` to write, whole or not at all.
    page
        Title, language, whether the numbers are simulated, provenance (under each slide's notes).
    template
        An office's ``.pptx``; the house's own without it.

    Raises
    ------
    StoreError
        If the notebook holds no slide, the template cannot be used, or the file not be written.
    SchemaError
        If a slide in the notebook cannot be read.
    """
    found = list(slides(notebook))
    if not found:
        raise StoreError(
            "the notebook has no slides",
            where=notebook.name,
            hint="run the month again: povexit run --month " + page.provenance.get("month", ""),
        )
    opened = templates.load(template)
    for number, slide in enumerate(found, start=1):
        compose(opened, slide, page, number)
    _name(opened.presentation, page)
    written = io.BytesIO()
    opened.presentation.save(written)
    return store.write_atomic(out, steady(written.getvalue()))


def slides(notebook: Path) -> Iterator[Slide]:
    """Give the slides that an executed notebook carries, in their order.

    Raises
    ------
    StoreError
        If it is no notebook.
    SchemaError
        If a slide cannot be read.
    """
    for cell in opened(notebook).cells:
        for output in cell.get("outputs", []):
            if MIME in output.get("data", {}):
                yield parse(output["data"][MIME])


def _name(presentation: Any, page: Page) -> None:
    """Fill in the file's properties, of which none may be the template's own."""
    told = presentation.core_properties
    told.title, told.subject = page.title, page.provenance.get("month", "")
    told.author = told.last_modified_by = "povexit"
    told.keywords = words(page.lang)["simulated"] if page.simulated else ""
    told.comments = told.category = told.content_status = told.identifier = ""
    told.version, told.revision, told.language = "", 1, page.lang
    told.created = told.modified = _DAY
    if told._element.find("{*}lastPrinted") is not None:
        told.last_printed = _DAY
