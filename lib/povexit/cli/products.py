"""Commands that make more of a month already run, and a notebook for a new question."""

from __future__ import annotations

import argparse

from povexit.cli.status import DELIVERED


def pdf(given: argparse.Namespace) -> int:
    """Make the PDFs of a month's reports and print where they are."""
    from povexit import batch, publish

    reports = batch.delivered(given.month, given.lang)
    folder = reports[0].notebook.parents[1] / "pdf"
    for report in reports:
        print(publish.pdf(report.notebook, folder / f"{report.name}.pdf", report.page))
    bound = [r.notebook for r in reports if r.name == "city" or r.name.startswith("county_")]
    page = batch.whole(batch.last_run(given.month, given.lang), "volume")
    print(publish.volume(bound, folder / "volume.pdf", page))
    return DELIVERED


def workbook(given: argparse.Namespace) -> int:
    """Make the workbook of a month's tables and print where it is."""
    from povexit import batch, publish

    reports = batch.delivered(given.month, given.lang)
    out = reports[0].notebook.parents[1] / f"tables_{given.month}.xlsx"
    page = batch.whole(batch.last_run(given.month, given.lang), "workbook")
    print(publish.workbook([report.notebook for report in reports], out, page))
    return DELIVERED


def deck(given: argparse.Namespace) -> int:
    """Make a month's slides into a presentation and print where it is."""
    from povexit import batch, publish

    report = batch.slides(given.month, given.lang)
    out = report.notebook.parents[1] / "deck.pptx"
    print(publish.deck(report.notebook, out, report.page, given.template))
    return DELIVERED


def figures(given: argparse.Namespace) -> int:
    """Write the figures of a month's reports as files and print where the sheet of them is."""
    from povexit import batch, publish

    books = [report.notebook for report in batch.delivered(given.month, given.lang)]
    page = batch.whole(batch.last_run(given.month, given.lang), "figures")
    print(publish.figures(books, books[0].parents[1] / "figures", page))
    return DELIVERED


def new(given: argparse.Namespace) -> int:
    """Start a notebook and print where it is."""
    from povexit import explore

    print(explore.new_notebook(given.question, given.lang))
    return DELIVERED
