"""The pages beside the reports: the month's index, and what to do where a report is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from povexit.errors import PovexitError
from povexit.publish.page import Page, compose, write

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
