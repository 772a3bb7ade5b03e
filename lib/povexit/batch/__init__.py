"""One month's reports from one month's deliveries: clean, judge, map, report.

The batch runs notebooks; it does not know what they compute. It knows what each
reads and writes, and from that what is still up to date: a result is made again
only if the content it depends on changed. A county that fails does not stop the
others, and no file takes its published name before it is complete. The only
importer of papermill, in `povexit.batch.worker`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from povexit import store
from povexit.batch import merging, pages, products, remote, summary, tables
from povexit.batch.delivered import Delivered, delivered, last_run, slides, whole
from povexit.batch.difference import Compared, diff
from povexit.batch.merging import Merged, merge
from povexit.batch.options import CLEAN, JUDGE, Options, Step, check
from povexit.batch.origin import why
from povexit.batch.planned import Planned, plan
from povexit.batch.pool import Pool, Progress
from povexit.batch.records import Record
from povexit.batch.summary import Summary
from povexit.batch.tables import Due, Unit
from povexit.batch.worker import Result
from povexit.batch.workshop import alone, working_folder
from povexit.errors import UnknownNameError

__all__ = [
    "Compared",
    "Delivered",
    "Merged",
    "Options",
    "Planned",
    "Summary",
    "check",
    "delivered",
    "diff",
    "last_run",
    "merge",
    "plan",
    "run",
    "slides",
    "village",
    "whole",
    "why",
]


def run(
    month: str,
    *,
    edition: str | None = None,
    lang: str = "zh",
    counties: Sequence[str] | None = None,
    force: bool = False,
    jobs: int = 2,
    with_products: bool = False,
    shard: str | None = None,
    scheduler: str | None = None,
) -> Summary:
    """Make a month's reports, as far as they are not up to date.

    Parameters
    ----------
    month
        Such as ``2016-06``; its deliveries lie in ``data/raw/2016-06``.
    edition
        The edition of 八有一超 to judge by; the one in force without it.
    lang
        ``zh`` or ``en``.
    counties
        Names or codes; all without it. Maps and the city's report need all.
    force
        Make everything again.
    jobs
        How many notebooks run at a time.
    with_products
        Also make PDFs and, of all counties, volume, workbook, figures and deck; not of a shard.
    shard
        ``2/4`` for the second of four shares of the counties: their tables and pages, and a
        manifest of its own for `merge`.
    scheduler
        Address of a dask scheduler whose workers run the notebooks, as many at a time as they
        have threads; they need this project's folder on a disk they share.

    Returns
    -------
    Summary
        What was delivered and what was not.

    Raises
    ------
    UnknownNameError, StoreError
        Before anything starts, if the request cannot be met; later, if the disk is full.
    DeliveryError, PrivacyError
        Before anything starts, if the month's folder is empty or the key too short.
    """
    options = check(
        month,
        edition=edition,
        lang=lang,
        counties=counties,
        force=force,
        jobs=jobs,
        shard=shard,
    )
    with (
        remote.connected(scheduler) as client,
        alone(options.counties if options.shard else ()),
        working_folder(options) as work,
        _pool(options, work, client) as pool,
        Progress() as progress,
    ):
        if options.shard:
            merging.forget(options)
        options = replace(options, jobs=pool.jobs)
        return Run(options, pool, progress, with_products and not shard).all()


def _pool(options: Options, work: Path, client: Any) -> Pool:
    """Return processes on this machine, or beside the workers of a dask scheduler."""
    return remote.RemotePool(work, options, client) if client else Pool(work, options.jobs)


def village(
    month: str,
    code: str,
    *,
    edition: str | None = None,
    lang: str = "zh",
    force: bool = False,
) -> tuple[Path, bool]:
    """Make the page of one village; bring its county's tables up to date first.

    Parameters
    ----------
    month
        Such as ``2016-06``.
    code
        The village's code of 12 digits.
    edition, lang, force
        As `run`.

    Returns
    -------
    tuple
        The page, and whether it is the village's (else it says why there is none).

    Raises
    ------
    UnknownNameError, StoreError, DeliveryError, PrivacyError
        As `run`; also if the county's ledger has no such village.
    """
    if not re.fullmatch(r"[0-9]{12}", code):
        raise UnknownNameError(
            "a village is named by its code",
            expected="12 digits, the county's six first, such as 451022103209",
            found=code,
        )
    options = check(month, edition=edition, lang=lang, counties=[code[:6]], force=force, jobs=1)
    with (
        alone(),
        working_folder(options) as work,
        Pool(work, options.jobs) as pool,
        Progress() as progress,
    ):
        return Run(options, pool, progress).village(code)


class Run:
    """One run of the flow, and the details of what went wrong in it."""

    def __init__(
        self, options: Options, pool: Pool, progress: Progress, with_products: bool = False
    ) -> None:
        self.options = options
        self.with_products = with_products
        self.pool = pool
        self.progress = progress
        self.traces: list[str] = []

    def all(self) -> Summary:
        """Run the steps in their order; return what was delivered."""
        cleaned = self.table_step(CLEAN, tables.clean_inputs(self.options))
        judged = self.table_step(JUDGE, tables.judge_inputs(cleaned))
        found = pages.reports(self.options, pages.Tables(cleaned, judged))
        made = self.page_step(found)
        lacking = self.product_step() if self.with_products else {}
        asked = [r.name for r in found]
        if self.options.shard:
            return summary.of_shard(self.options, asked, made, self.write_log())
        return summary.write(self.options, asked, made, lacking, self.write_log())

    def village(self, code: str) -> tuple[Path, bool]:
        """Make one village's page; return it, or the page that says why there is none."""
        cleaned = self.table_step(CLEAN, tables.clean_inputs(self.options))
        judged = self.table_step(JUDGE, tables.judge_inputs(cleaned))
        report = pages.village(self.options, pages.Tables(cleaned, judged), code)
        self.page_step([report])
        self.write_log()
        failed = pages.files(self.options, report.name, failed=True)[0]
        if failed.is_file():
            return failed, False
        return pages.files(self.options, report.name)[0], True

    def table_step(self, step: Step, inputs: Mapping[Unit, dict[str, str]]) -> dict[Unit, Record]:
        """Run one table step for the counties that need it; return the records of all."""
        kept, due = tables.split(step, self.options, inputs)
        again = self.table_round(step, tables.tasks(step, self.options, due), kept)
        self.table_round(step, tables.alone(step, self.options, again), kept)
        return kept

    def table_round(
        self, step: Step, planned: tables.Planned, kept: dict[Unit, Record]
    ) -> list[Due]:
        """Run tasks of a step and keep their records; return the counties to try again alone."""
        again: list[Due] = []
        before = tables.states(due for _, part in planned.values() for due in part)
        self.progress.expect(len(planned))
        waiting = {name: part for name, (_, part) in planned.items()}
        try:
            for result in self.pool.run([task for task, _ in planned.values()]):
                part = waiting.pop(result.name)
                end = tables.ended(result, part[0].month, before[part[0].month])
                again += self.end_task(step, part, end, kept)
        except KeyboardInterrupt:
            for name, part in waiting.items():
                end = tables.ended(Result(name, 0.0), part[0].month, before[part[0].month])
                self.record(step, part, end, kept)
            raise
        return again

    def record(
        self, step: Step, part: list[Due], end: tables.Ended, kept: dict[Unit, Record]
    ) -> list[Due]:
        """Record the counties that a notebook spoke of; return the others."""
        silent = [due for due in part if end.silent(step, due)]
        for due in (d for d in part if d not in silent):
            kept[due.month, due.county] = tables.finish(step, due, end)
        return silent

    def end_task(
        self, step: Step, part: list[Due], end: tables.Ended, kept: dict[Unit, Record]
    ) -> list[Due]:
        """Record how a task ended; return the counties to try again alone.

        A notebook that stops at one county says nothing of those that come after it.
        """
        silent = self.record(step, part, end, kept)
        self.keep_notebook(end.result)
        again = silent if len(part) > 1 else []
        for due in silent:
            if due in again:
                tables.discard(due, end)
            else:
                kept[due.month, due.county] = tables.finish(step, due, end)
        records = [kept[due.month, due.county] for due in part if due not in again]
        # that the notebook stopped is of no account if it had spoken of all its counties
        error = end.result.error if silent else next((r.error for r in records if r.error), None)
        trace = end.result.trace if silent else ""
        self.note(end.result.name, replace(end.result, error=error, trace=trace))
        return again

    def keep_notebook(self, result: Result) -> None:
        """Keep the executed notebook of a table step beside the reports."""
        source = self.pool.work / f"{result.name}.ipynb"
        if source.is_file():
            pages.promote(source, self.options.folder / "notebooks" / source.name)

    def page_step(self, reports: list[pages.Report]) -> list[str]:
        """Make the pages that need it; return the names of those made."""
        for report, result in pages.blocked(reports):
            pages.finish(self.options, report, result, self.pool.work)
        due = {r.name: r for r in reports if not r.error and pages.fresh(self.options, r) is None}
        self.progress.expect(len(due))
        made = []
        for result in self.pool.run(
            [pages.task(self.options, r) for r in pages.in_turn(due.values())]
        ):
            report = due[result.name]
            if pages.finish(self.options, report, result, self.pool.work).ok:
                made.append(report.name)
            self.note(report.title, result)
        return made

    def product_step(self) -> dict[str, str]:
        """Make the products that need it; return name to problem of those that could not be."""
        wanted = products.products(self.options)
        due = {p.name: p for p in wanted if not products.fresh(self.options, p)}
        self.progress.expect(len(due))
        figures = [p for p in due.values() if p.kind == "figures"]
        others = [p for p in due.values() if p not in figures]
        # the figures report by report, or the longest of all would be made alone
        each = partial(products.figures, each=self.pool.map)
        for result in chain(self.pool.each(products.make, others), map(each, figures)):
            products.finish(self.options, due[result.name], result)
            self.note(due[result.name].title, result)
        return products.lacking(self.options, wanted)

    def note(self, title: str, result: Result) -> None:
        """Tell who waits that a task ended; keep the details if it failed."""
        self.progress.step(title, result)
        if result.trace:
            self.traces.append(f"== {title}\n{result.trace}")

    def write_log(self) -> Path | None:
        """Write the details of what went wrong, or remove those of an earlier run."""
        own = f".{self.options.shard.name}" if self.options.shard else ""
        log = self.options.folder / f"error{own}.log"
        if self.traces:
            return store.write_atomic(log, "\n".join(self.traces))
        log.unlink(missing_ok=True)
        return None
