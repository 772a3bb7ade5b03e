"""The command line: parse, call, say what happened."""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from povexit import __version__, store
from povexit.errors import PovexitError

if TYPE_CHECKING:
    from povexit.batch import Summary

DELIVERED, SOME_FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
WIDEST = 1000

DESCRIPTION = """\
Poverty-exit reports per county, from the counties' monthly deliveries.

Put the files of the counties into data/raw/<month>/ and run:

  povexit run --month 2016-06
"""
RUN = """\
Clean, judge, map and report a month: a report per county, one for the city, an
index page; each also as PDF, all as one volume, a workbook, figures and slides.
What has not changed since the last run is not done again; an interrupted run
goes on where it stopped. A county that fails does not stop the others, and its
last good report stays.
"""
CHECK = """\
Read and clean delivered files as a run would, and say of each whether it can be
used: how many rows, how many of them would be set aside; or file, sheet and row
of what is wrong and what to do. Nothing is written.

  povexit check data/raw/2016-06/*
"""
VILLAGE = """\
Make the page of one village: its criteria, what it still lacks, its months and works.
The county's tables are brought up to date first.

  povexit village 451022103209 --month 2016-06
"""
PDF = """\
Make PDFs of a month already run: one of every report, and one volume of the city's
report and all counties.

  povexit pdf --month 2016-06
"""
WORKBOOK = """\
Make one workbook of all tables of a month already run: a sheet a kind of table, with
all counties in it.

  povexit workbook --month 2016-06
"""
NEW = """\
Start a notebook for a new question, in the form of the others, under notebooks/explore.
It runs as it is; nothing that is there is overwritten.

  povexit new "Why do hill villages fail?"
"""
DECK = """\
Make the slides of a month already run into a presentation for a meeting: charts and
tables that can be edited, maps as pictures, notes for the speaker.

  povexit deck --month 2016-06 --template office.pptx
"""
FIGURES = """\
Write every figure of a month already run as files for a meeting: PNG to project and of
300 dpi, SVG, PDF, its data, maps also as GeoPackage and GeoJSON; and a sheet to choose
from, with alternative texts.

  povexit figures --month 2016-06
"""
WHY = """\
Say what a report or a delivered file was made from: deliveries, edition, parameters,
versions; and what was wrong if it failed.

  povexit why county_451022 --month 2016-06
"""
PRODUCTS = {
    "pdf": ("make PDFs", PDF),
    "workbook": ("make a workbook", WORKBOOK),
    "deck": ("make slides", DECK),
    "figures": ("write all figures as files", FIGURES),
}
EXIT = """\
exit status:
  0    everything was delivered
  1    something was not: see the table, and the page that says why
  2    nothing was done: the command was wrong, the month was not found,
       or another run is going on
  130  stopped by Ctrl-C
"""
CHECK_EXIT = """\
exit status:
  0  every file can be used
  1  one or more cannot: the message says where and what to do
  2  the command was wrong
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    shape = argparse.RawDescriptionHelpFormatter
    top = argparse.ArgumentParser("povexit", description=DESCRIPTION, formatter_class=shape)
    top.add_argument("--version", action="version", version=f"povexit {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run",
        help="make the reports of a month",
        description=RUN,
        epilog=EXIT,
        formatter_class=shape,
    )
    _run_arguments(run)
    village = commands.add_parser(
        "village",
        help="make the page of a village",
        description=VILLAGE,
        epilog=EXIT,
        formatter_class=shape,
    )
    village.add_argument("code", metavar="CODE", help="the village's 12 digits")
    _common_arguments(village)
    new = commands.add_parser(
        "new", help="start a notebook", description=NEW, formatter_class=shape
    )
    new.add_argument("question", help="the question, in words; it becomes title and file name")
    new.add_argument("--lang", default="zh", help="zh or en (default: zh)")
    for name, (said, text) in PRODUCTS.items():
        product = commands.add_parser(name, help=said, description=text, formatter_class=shape)
        _product_arguments(product)
        if name == "deck":
            product.add_argument(
                "--template", type=Path, metavar="FILE", help="the office's own .pptx"
            )
    why = commands.add_parser(
        "why", help="say what a report was made from", description=WHY, formatter_class=shape
    )
    why.add_argument("report", help="such as county_451022 or city, or a delivered file")
    _product_arguments(why)
    check = commands.add_parser(
        "check",
        help="check delivered files",
        description=CHECK,
        epilog=CHECK_EXIT,
        formatter_class=shape,
    )
    check.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="a register, ledger or survey"
    )
    return top


def _product_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--month", required=True, metavar="YYYY-MM", help="a month already run")
    command.add_argument("--lang", default="zh", help="zh or en (default: zh)")


def _common_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--month", required=True, metavar="YYYY-MM", help="such as 2016-06")
    command.add_argument(
        "--edition", help="edition of 八有一超 to judge by (default: the one in force)"
    )
    command.add_argument("--lang", default="zh", help="zh or en (default: zh)")
    command.add_argument("--force", action="store_true", help="do everything again")


def _run_arguments(run: argparse.ArgumentParser) -> None:
    _common_arguments(run)
    run.add_argument(
        "--county",
        action="append",
        metavar="NAME",
        help="a county's name or code; again for more (default: all, with maps and city report)",
    )
    run.add_argument(
        "--pages-only",
        action="store_true",
        help="no PDF, workbook, figures and slides",
    )
    run.add_argument(
        "--jobs", type=int, default=2, metavar="N", help="notebooks at a time (default: 2)"
    )
    run.add_argument(
        "--dry-run", action="store_true", help="only say what would be made and why; write nothing"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status; no error shows a traceback."""
    given = parser().parse_args(arguments)
    try:
        return COMMANDS[given.command](given)
    except KeyboardInterrupt:
        say("\nStopped. What was finished stays; the same command goes on from here.")
        return INTERRUPTED
    except PovexitError as error:
        say(f"povexit: {error}")
        # a disk that is full or may not be written stops a run; anything else, before it starts
        return SOME_FAILED if isinstance(error.__cause__, OSError) else WRONG_USE
    except Exception:
        say(f"povexit: something unforeseen went wrong; details are in {_log(given)}")
        return SOME_FAILED


def say(text: str) -> None:
    """Print for the person, not for the next program."""
    print(text, file=sys.stderr, flush=True)


def _log(given: argparse.Namespace) -> Path:
    """Write down what went wrong, beside the reports or, if that cannot be, where anyone may."""
    text = traceback.format_exc()
    try:
        return store.write_atomic(store.reports_dir(given.month) / "error.log", text)
    except (AttributeError, PovexitError):
        with tempfile.NamedTemporaryFile(
            "w", prefix="povexit-", suffix=".log", delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
        return Path(file.name)


def run(given: argparse.Namespace) -> int:
    """Make the reports of a month and say what was delivered; the index comes last."""
    from povexit import batch

    asked = {
        "edition": given.edition,
        "lang": given.lang,
        "counties": given.county,
        "force": given.force,
        "jobs": given.jobs,
        "with_products": not given.pages_only,
    }
    if given.dry_run:
        for one in batch.plan(given.month, **asked):
            print(f"{one.name}: {one.why or 'stays'}")
        return DELIVERED
    summary = batch.run(given.month, **asked)
    show(summary)
    return SOME_FAILED if summary.failed or summary.lacking else DELIVERED


STATES = {
    "delivered": "delivered",
    "kept": "NOT DELIVERED (last one kept)",
    "missing": "NOT DELIVERED",
}


def show(summary: Summary) -> None:
    """Print the table of what was delivered and what was not, then where to look."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for head in ("report", "status", "reason"):
        table.add_column(head, overflow="fold")
    for entry in (e for e in summary.entries if e.name in summary.asked):
        same = entry.status == "delivered" and entry.name not in summary.made
        state = "unchanged" if same else STATES[entry.status]
        table.add_row(entry.title, state, entry.problem or "", style="red" * bool(entry.problem))
    # what files and errors say is text, never markup; in a pipe a row is a line
    width = None if sys.stdout.isatty() else WIDEST
    console = Console(highlight=False, markup=False, emoji=False, width=width)
    with console.capture() as shown:
        console.print(table)
    print("\n".join(line.rstrip() for line in shown.get().splitlines()))
    for name, problem in summary.lacking.items():
        print(f"NOT MADE, the last one stands: {name}: {problem}")
    for name in summary.strangers:
        print(f"not read, as its name tells no county or kind: {name}")
    if summary.log:
        print(f"details of the errors: {summary.log}")
    print(summary.index)


def village(given: argparse.Namespace) -> int:
    """Make a village's page and print where it is."""
    from povexit import batch

    page, is_made = batch.village(
        given.month, given.code, edition=given.edition, lang=given.lang, force=given.force
    )
    print(page)
    return DELIVERED if is_made else SOME_FAILED


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


def new(given: argparse.Namespace) -> int:
    """Start a notebook and print where it is."""
    from povexit import explore

    print(explore.new_notebook(given.question, given.lang))
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


def why(given: argparse.Namespace) -> int:
    """Say what a report was made from."""
    from povexit import batch

    print(batch.why(given.report, given.month, given.lang))
    return DELIVERED


def check(given: argparse.Namespace) -> int:
    """Say of each delivered file whether it can be used, and what is wrong if not."""
    from povexit import clean, raw

    # of a whole folder, the deliveries
    files = [path for path in given.files if raw.is_delivery(path)]
    fine = [_checked(str(path), partial(clean.check_file, path)) for path in files]
    fine.append(_checked("these files together", partial(raw.refuse_twins, files)))
    return DELIVERED if all(fine) else SOME_FAILED


def _checked(name: str, ask: Callable[[], str | None]) -> bool:
    """Print what a check said; tell whether all was well."""
    try:
        said = ask()
    except PovexitError as error:
        print(f"{name}: CANNOT BE USED", *str(error).splitlines(), sep="\n  ")
        return False
    if said:
        print(f"{name}: can be used", *said.splitlines(), sep="\n  ")
    return True


COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "run": run,
    "village": village,
    "pdf": pdf,
    "workbook": workbook,
    "new": new,
    "deck": deck,
    "figures": figures,
    "why": why,
    "check": check,
}

if __name__ == "__main__":
    sys.exit(main())
