"""What may be said on the command line, and what the help says of it."""

from __future__ import annotations

import argparse
from pathlib import Path

from povexit import __version__

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
MERGE = """\
Bring together the shards of a month, made by povexit run --shard 1/n ... n/n in this
folder or in copies of it: the deliveries, code and environment must be the same, and
every shard there once. Nothing is written unless all is well. What is of the whole
city, povexit run then makes.

  povexit merge --month 2016-06 /mnt/a/povexit /mnt/b/povexit
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
DIFF = """\
Say what changed in the figures between two months already judged, and which part of it
is of the data, of the rule and of the code; or between two editions on one month.

  povexit diff 2016-05 2016-06
  povexit diff 2016-06 2016-06 --edition 2017
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
    merge = commands.add_parser(
        "merge",
        help="bring shards of a month together",
        description=MERGE,
        epilog=EXIT,
        formatter_class=shape,
    )
    merge.add_argument(
        "folders", nargs="*", type=Path, metavar="FOLDER", help="another project's folder"
    )
    merge.add_argument("--month", required=True, metavar="YYYY-MM", help="such as 2016-06")
    merge.add_argument("--lang", default="zh", help="zh or en (default: zh)")
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
    diff = commands.add_parser(
        "diff", help="say what changed and why", description=DIFF, formatter_class=shape
    )
    _diff_arguments(diff)
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


def _diff_arguments(diff: argparse.ArgumentParser) -> None:
    for name, said in (("first", "the earlier month"), ("second", "the later month")):
        diff.add_argument(name, metavar="YYYY-MM", help=said)
    diff.add_argument(
        "--county",
        action="append",
        metavar="NAME",
        help="a county's name or code; again for more (default: the city, and what changed in any)",
    )
    diff.add_argument(
        "--edition", help="edition to judge the later month by (default: the one it was judged by)"
    )
    diff.add_argument("--csv", type=Path, metavar="FILE", help="also write all numbers to a file")
    diff.add_argument("--lang", default="zh", help="zh or en (default: zh)")


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
    run.add_argument("--jobs", type=int, metavar="N", help="notebooks at a time (default: 2)")
    run.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="of a dask scheduler, such as tcp://10.0.0.1:8786, whose workers run the"
        " notebooks (as many at a time as they have threads)",
    )
    run.add_argument(
        "--shard",
        metavar="I/N",
        help="only the tables and pages of the I-th of N shares of the counties, for"
        " povexit merge; each share may run on another machine",
    )
    run.add_argument(
        "--dry-run", action="store_true", help="only say what would be made and why; write nothing"
    )
