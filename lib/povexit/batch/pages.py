"""The steps whose results are pages: county reports, maps, the city's report.

A page takes its name only when its notebook ran to the end and the page is
complete. If it fails, the last good page stands, and beside it lie a page that
says why and the notebook as far as it got.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from povexit import publish, store
from povexit.batch import keys, records
from povexit.batch.options import CITY_PAGES, COUNTY, JUDGE, SHORT, VILLAGE, Options, Step
from povexit.batch.parts import Basis, parts
from povexit.batch.records import Record
from povexit.batch.tables import Unit, parameters
from povexit.batch.tables import record_name as judged_name
from povexit.batch.worker import Result, Task
from povexit.errors import UnknownNameError
from povexit.schema import nearest

SUFFIXES = (".html", ".ipynb")


@dataclass(frozen=True)
class Report:
    """One page to make.

    Attributes
    ----------
    name, title
        Stem of its files; what a reader calls it.
    step
        The notebook it is made by.
    parameters, inputs
        What the notebook is given, and name to SHA-256 of what it reads.
    simulated
        Whether any of its deliveries was simulated.
    error
        Why it can't be made, if what it needs could not be made.
    """

    name: str
    title: str
    step: Step
    parameters: dict[str, str]
    inputs: dict[str, str]
    simulated: bool
    error: dict[str, str] | None = None

    @cached_property
    def basis(self) -> Basis:
        """Return all the page depends on, as it is when first asked for."""
        said = {"title": self.title, "simulated": str(self.simulated)}
        return Basis(self.inputs, self.parameters, parts(self.step.path, said))


@dataclass(frozen=True)
class Tables:
    """What the table steps left: the records of both."""

    cleaned: Mapping[Unit, Record]
    judged: Mapping[Unit, Record]

    def inputs(self, month: str, county: str) -> dict[str, str]:
        """Return the table files of one county and month."""
        found = [steps.get((month, county)) for steps in (self.cleaned, self.judged)]
        return {k: v for record in found if record and record.ok for k, v in record.outputs.items()}

    def error(self, month: str, county: str) -> dict[str, str] | None:
        """Return why a county has no judged tables for a month."""
        for steps in (self.cleaned, self.judged):
            record = steps.get((month, county))
            if record is not None and not record.ok:
                return record.error
        return None


def reports(options: Options, tables: Tables) -> list[Report]:
    """Return the pages that are due, those of the whole city first."""
    kinds = CITY_PAGES if options.whole_city else {}
    city = [_city(options, tables, kind) for kind in kinds]
    return city + [_county(options, tables, county) for county in options.counties]


def title(options: Options, kind: str, name: str = "") -> str:
    """Return the title of a page: ``title_county`` and so on in ``words.toml``."""
    return publish.words(options.lang)[f"title_{kind}"].format(name=name, month=options.month)


def _county(options: Options, tables: Tables, county: str) -> Report:
    read = [tables.inputs(month, county) for month in options.months]
    return Report(
        name=f"county_{county}",
        title=title(options, "county", keys.county_names()[county][options.lang]),
        step=COUNTY,
        parameters=parameters(COUNTY, options, options.month, county),
        inputs={name: digest for part in read for name, digest in part.items()},
        simulated=options.simulated((county,)),
        error=tables.error(options.month, county),
    )


def village(options: Options, tables: Tables, code: str) -> Report:
    """Return the page of one village, of a county that was asked for.

    Raises
    ------
    UnknownNameError
        If the county's village ledger of the month has no such village.
    """
    (county,) = options.counties
    error, name = tables.error(options.month, county), code
    if error is None:
        found = store.load("cleaned_villages", options.month, county)
        names = dict(zip(found["village_code"], found["village_name"], strict=True))
        if code not in names:
            known = keys.county_names()[county]["zh"]
            raise UnknownNameError(
                "no such village in the month's village ledger",
                where=f"{options.month} {known}",
                found=code,
                hint=nearest(code, names),
            )
        name = names[code] if isinstance(names[code], str) else code
    return Report(
        name=f"village_{code}",
        title=title(options, "village", name),
        step=VILLAGE,
        parameters={
            "month": options.month,
            "village": code,
            "edition": options.edition,
            "lang": options.lang,
        },
        inputs={k: v for m in options.months for k, v in tables.inputs(m, county).items()}
        | _earlier(options),
        simulated=options.simulated((county,)),
        error=error,
    )


def _city(options: Options, tables: Tables, kind: str) -> Report:
    units = [(month, county) for month in options.months for county in options.counties]
    failed = {f"{m} {c}": "failed" for m, c in units if tables.error(m, c)}
    read = {name: digest for m, c in units for name, digest in tables.inputs(m, c).items()}
    step = CITY_PAGES[kind]
    none = all(tables.error(options.month, county) for county in options.counties)
    return Report(
        name=kind,
        title=title(options, kind),
        step=step,
        parameters=parameters(step, options, options.month, "all"),
        inputs=read | failed | _earlier(options),
        simulated=options.simulated(options.counties),
        error={"problem": "no county could be judged"} if none else None,
    )


def _earlier(options: Options) -> dict[str, str]:
    """Return the tables that judging left for earlier months of the year: their numbers are shown."""
    first = f"{options.month[:4]}-01"
    months, month = [], min(options.months)
    while month > first:
        month = store.previous_month(month)
        months.append(month)
    found = [
        records.load(judged_name(JUDGE, county), month)
        for month in months
        for county in options.counties
    ]
    return {k: v for record in found if record and record.ok for k, v in record.outputs.items()}


def record_name(options: Options, name: str) -> str:
    """Return the name under which a page is remembered."""
    return f"{options.lang}_{name}"


def fresh(options: Options, report: Report) -> Record | None:
    """Return the record of a page that need not be made again, or None."""
    if options.force or report.error:
        return None
    return records.fresh(record_name(options, report.name), options.month, report.basis.key)


def in_turn(due: Iterable[Report]) -> list[Report]:
    """Return pages in the order to make them: the short ones last."""
    return sorted(due, key=lambda report: report.step in SHORT)


def task(options: Options, report: Report) -> Task:
    """Return the task that makes a page."""
    return Task(report.name, report.step.path, report.parameters, page(options, report))


def page(options: Options, report: Report) -> publish.Page:
    """Return what a page says about itself."""
    provenance = {
        "month": options.month,
        "edition": options.edition,
        "edition_note": options.edition_note or "",
        "inputs": keys.digest(report.inputs)[: keys.SHORT],
        "code": keys.code_version(),
        "notebook": f"notebooks/{report.step.notebook}",
    }
    said = {word: text for word, text in provenance.items() if text}
    notebook = f"notebooks/{report.name}.ipynb"
    return publish.Page(report.title, options.lang, report.simulated, said, "index.html", notebook)


def files(options: Options, name: str, failed: bool = False) -> tuple[Path, Path]:
    """Return where a report's page and executed notebook go."""
    stem = f"{name}.failed" if failed else name
    return options.folder / f"{stem}.html", options.folder / "notebooks" / f"{stem}.ipynb"


def promote(source: Path, target: Path) -> None:
    """Give a complete file its published name, in one instant.

    Raises
    ------
    StoreError
        If it cannot be done; what stood there before still stands.
    """
    with store.writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb+") as file:
            os.fsync(file.fileno())
        source.replace(target)


def finish(options: Options, report: Report, result: Result, work: Path) -> Record:
    """Publish what a task made, or say why it made nothing; return the record."""
    if result.error:
        return _failed(options, report, result, work)
    made = files(options, report.name)
    # the notebook first: a page is never there without the notebook it came from
    for suffix, target in reversed(list(zip(SUFFIXES, made, strict=True))):
        promote(work / f"{report.name}{suffix}", target)
    record = _record(options, report, result, [_relative(path) for path in made])
    for path in files(options, report.name, failed=True):
        path.unlink(missing_ok=True)
    return records.save(record)


def _relative(path: Path) -> str:
    return path.relative_to(store.root()).as_posix()


def _record(options: Options, report: Report, result: Result, made: list[str]) -> Record:
    return Record(
        name=record_name(options, report.name),
        month=options.month,
        key=report.basis.key,
        status="failed" if result.error else "ok",
        inputs=report.inputs,
        parameters=report.parameters,
        outputs=records.sums(made),
        seconds=round(result.seconds, 2),
        peak_mb=result.peak_mb,
        error=result.error,
        notebook=report.step.notebook,
        parts=report.basis.parts,
    )


def _failed(options: Options, report: Report, result: Result, work: Path) -> Record:
    good = files(options, report.name)
    failed_page, failed_notebook = files(options, report.name, failed=True)
    partial = work / f"{report.name}.ipynb"
    if partial.is_file():
        promote(partial, failed_notebook)
    kept = good[0].name if good[0].is_file() else None
    publish.failure_page(failed_page, page(options, report), result.error or {}, kept)
    return records.save(_record(options, report, result, [_relative(path) for path in good]))


def blocked(reports_: list[Report]) -> Iterator[tuple[Report, Result]]:
    """Give the reports that can't be made, each with the result that says why."""
    for report in reports_:
        if report.error:
            yield report, Result(report.name, 0.0, report.error)
