"""An executed notebook becomes a page that needs nothing but itself.

A page is one HTML file: pictures, letters and style inside, one script of ours that
sorts tables, nothing loaded from anywhere (its own policy forbids all else). The same notebook gives the
same bytes. Failure pages and the month's index come from here too, so that all
pages look alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from povexit.errors import PovexitError, StoreError
from povexit.publish import parts
from povexit.publish.html import anchored, fragments, nested
from povexit.publish.library import figures
from povexit.publish.page import Page, compose, sorting, words, write
from povexit.publish.pdf import pdf, volume
from povexit.publish.redraw import redraw
from povexit.publish.workbook import workbook

__all__ = [
    "Entry",
    "Page",
    "deck",
    "failure_page",
    "figures",
    "index",
    "pdf",
    "redraw",
    "render",
    "volume",
    "words",
    "workbook",
]

ERROR_PARTS = ("problem", "where", "expected", "found", "hint")


@dataclass(frozen=True)
class Entry:
    """One line of the month's index.

    Attributes
    ----------
    name
        ``city``, ``maps``, ``county_<code>``, or of a product: ``volume``, ``pdf_city``.
    title
        What a reader calls it.
    status
        ``delivered``, ``kept`` (an earlier run's page still stands) or ``missing``.
    page, failure
        File names of the report and of the page that says what went wrong, if there are.
    problem
        One sentence if something went wrong.
    numbers
        Headline numbers: label to text.
    printed
        File name of the report as PDF, if there is one.
    """

    name: str
    title: str
    status: str
    page: str | None = None
    failure: str | None = None
    problem: str | None = None
    numbers: Mapping[str, str] = field(default_factory=dict)
    printed: str | None = None

    @property
    def is_county(self) -> bool:
        """Tell a county's report from those of the whole city."""
        return self.name.startswith("county_")


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


def deck(notebook: Path, out: Path, page: Page, template: Path | None = None) -> Path:
    """Write the slides of an executed notebook as a presentation; see `povexit.publish.slideshow`."""
    from povexit.publish import slideshow

    return slideshow.deck(notebook, out, page, template)


def index(out: Path, page: Page, entries: Sequence[Entry], products: Sequence[Entry] = ()) -> Path:
    """Write the month's first page: what was delivered, what was not, the headline numbers.

    Parameters
    ----------
    out
        ``reports/<month>/index.html``.
    page
        Title, language, banner and provenance.
    entries
        The city's reports and all counties, in the order to show.
    products
        What was made of all of them: one volume, the workbook and so on.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    labels = list(dict.fromkeys(label for entry in entries for label in entry.numbers))
    counties = [entry for entry in entries if entry.is_county]
    return write(
        out,
        compose(
            "index.html.j2",
            page,
            counties=counties,
            city=[entry for entry in entries if not entry.is_county],
            products=products,
            labels=labels,
            n_delivered=sum(entry.status == "delivered" for entry in counties),
        ),
    )


def failure_page(
    out: Path, page: Page, error: PovexitError | Mapping[str, object], kept: str | None = None
) -> Path:
    """Write what went wrong with one report and what to do, in a clerk's words.

    Parameters
    ----------
    out
        Beside the report: ``county_451021.failed.html``.
    page
        Title, language, banner and provenance.
    error
        The error, or its parts ``problem``, ``where``, ``expected``, ``found``, ``hint``.
    kept
        File name of the last good report that still stands, if there is one.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    there = replace(page, notebook=None)  # it did not run to its end
    parts = error if isinstance(error, Mapping) else vars(error)
    told = [(name, str(parts[name])) for name in ERROR_PARTS if parts.get(name) is not None]
    return write(out, compose("failure.html.j2", there, told=told, kept=kept))
