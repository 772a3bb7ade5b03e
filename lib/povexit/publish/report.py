"""A report as a page: prose and results of an executed notebook without its code."""

from __future__ import annotations

from pathlib import Path

from povexit.errors import StoreError
from povexit.publish import parts
from povexit.publish.html import anchored, fragments, nested
from povexit.publish.page import Page, compose, sorting, write


def render(notebook: Path, out: Path, page: Page) -> Path:
    """Write an executed notebook as a page: its prose and results without its code.

    Parameters
    ----------
    notebook
        An executed notebook; it is not changed.
    out
        The HTML file to write, whole or not at all.
    page
        Title, language, banner and provenance.

    Raises
    ------
    StoreError
        If the notebook has nothing to show, or the page cannot be written.
    """
    shown = parts.read(notebook).parts
    named, entries = anchored(list(fragments(shown, page.lang)))
    if not named:
        raise StoreError("the notebook shows nothing", where=notebook.name)
    first = next((i for i, text in enumerate(named) if "<h2" in text), 0)
    return write(
        out,
        compose(
            "report.html.j2",
            page,
            script=sorting(),
            lead=named[:first],
            contents=nested(entries),
            parts=named[first:],
        ),
    )
