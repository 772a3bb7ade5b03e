"""Commands that make a month's reports, or the page of one village."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from povexit.cli.status import DELIVERED, SOME_FAILED, grid
from povexit.errors import UnknownNameError

if TYPE_CHECKING:
    from povexit.batch import Summary

#: Notebooks at a time on this machine.
JOBS = 2
STATES = {
    "delivered": "delivered",
    "kept": "NOT DELIVERED (last one kept)",
    "missing": "NOT DELIVERED",
}


def run(given: argparse.Namespace) -> int:
    """Make the reports of a month and say what was delivered; the index comes last."""
    from povexit import batch

    asked = {
        "edition": given.edition,
        "lang": given.lang,
        "counties": given.county,
        "force": given.force,
        "jobs": JOBS if given.jobs is None else given.jobs,
        "with_products": not given.pages_only,
        "shard": given.shard,
    }
    _refuse_contradictions(given)
    if given.dry_run:
        for one in batch.plan(given.month, **asked):
            print(f"{one.name}: {one.why or 'stays'}")
        return DELIVERED
    summary = batch.run(given.month, **asked, scheduler=given.scheduler)
    show(summary)
    return SOME_FAILED if summary.failed or summary.lacking else DELIVERED


def _refuse_contradictions(given: argparse.Namespace) -> None:
    if given.shard and given.pages_only:
        raise UnknownNameError(
            "a shard makes nothing but tables and pages anyway",
            found="--shard and --pages-only",
            hint="leave out --pages-only; it may be said of the run after povexit merge",
        )
    if given.scheduler and given.jobs is not None:
        raise UnknownNameError(
            "how many notebooks run at a time is for the scheduler's workers to say",
            found="--scheduler and --jobs",
            hint="leave out --jobs; start the workers with --nthreads",
        )


def show(summary: Summary) -> None:
    """Print the table of what was delivered and what was not, then where to look."""
    rows = []
    for entry in (e for e in summary.entries if e.name in summary.asked):
        same = entry.status == "delivered" and entry.name not in summary.made
        state = "unchanged" if same else STATES[entry.status]
        rows.append(((entry.title, state, entry.problem or ""), "red" * bool(entry.problem)))
    grid(("report", "status", "reason"), rows)
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


def merge(given: argparse.Namespace) -> int:
    """Bring shards together; say what failed in them and what remains to be run."""
    from povexit import batch

    merged = batch.merge(given.month, given.folders, lang=given.lang)
    for title, problem in merged.failed.items():
        print(f"NOT DELIVERED, the next run tries again: {title}: {problem}")
    print(f"shards together: {merged.shards}; what is of the whole city remains: {merged.command}")
    print(merged.manifest)
    return SOME_FAILED if merged.failed else DELIVERED
