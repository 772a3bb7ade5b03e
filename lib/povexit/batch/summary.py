"""What the month's folder shows in the end: the index page, the manifest, the table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from povexit import publish, store
from povexit.batch import keys, pages, products, records
from povexit.batch.options import CITY_PAGES, CLEAN, JUDGE, Options
from povexit.batch.parts import parts
from povexit.batch.records import Record
from povexit.batch.tables import record_name


@dataclass(frozen=True)
class Summary:
    """How a run went.

    Attributes
    ----------
    entries
        One a report, as in the index; those not asked for this time are among them.
    asked
        Names of the reports this run had to deliver.
    made
        Names of the reports made anew; the others were unchanged.
    index
        The month's first page; of a shard, which makes none, its manifest.
    lacking
        Name to problem of PDFs, workbook, figures or slides that could not be made.
    strangers
        Files of the month's folder that belong to no county or kind, and were not read.
    log
        Where the errors' details are, if there were any.
    """

    entries: tuple[publish.Entry, ...]
    asked: tuple[str, ...]
    made: tuple[str, ...]
    index: Path
    lacking: Mapping[str, str] = field(default_factory=dict)
    strangers: tuple[str, ...] = ()
    log: Path | None = None

    @property
    def failed(self) -> tuple[publish.Entry, ...]:
        """Return what was asked for and not delivered."""
        return tuple(e for e in self.entries if e.name in self.asked and e.status != "delivered")


def write(
    options: Options,
    asked: Sequence[str],
    made: Sequence[str],
    lacking: Mapping[str, str],
    log: Path | None,
) -> Summary:
    """Write the index page and, last of all, the manifest; return how the run went.

    Raises
    ------
    StoreError
        If one of them cannot be written.
    """
    # the index is of the whole month, whatever was asked for this time
    every = replace(options, counties=tuple(keys.county_names()))
    made_of_them = [products.entry(options, one) for one in products.products(every)]
    printed = {e.name: e.page for e in made_of_them if e.status == "delivered"}
    found = [replace(entry, printed=printed.get(f"pdf_{entry.name}")) for entry in entries(options)]
    index = write_index(options, found, [e for e in made_of_them if e.name in products.WHOLE])
    write_manifest(options)
    strangers = options.deliveries[options.month].strangers
    return Summary(tuple(found), tuple(asked), tuple(made), index, lacking, strangers, log)


def of_shard(
    options: Options, asked: Sequence[str], made: Sequence[str], log: Path | None
) -> Summary:
    """Write, last of all, the manifest of a shard; return how its counties went.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    found = tuple(entry for entry in entries(options) if entry.name in asked)
    strangers = options.deliveries[options.month].strangers
    path = write_manifest(options)
    return Summary(found, tuple(asked), tuple(made), path, strangers=strangers, log=log)


def entries(options: Options) -> list[publish.Entry]:
    """Return one entry for every report the month may have, from what is remembered."""
    names = keys.county_names()
    city = [(kind, pages.title(options, kind)) for kind in CITY_PAGES]
    counties = [(f"county_{code}", both[options.lang]) for code, both in names.items()]
    return [_entry(options, name, title) for name, title in city + counties]


def _entry(options: Options, name: str, title: str) -> publish.Entry:
    record = records.load(pages.record_name(options, name), options.month)
    good, failure = pages.files(options, name)[0], pages.files(options, name, failed=True)[0]
    there = good.is_file()
    # a page judged by another edition than this index is about is an earlier run's
    # (the comparison of editions is about none)
    same = record is not None and record.parameters.get("edition") in (None, options.edition)
    ok = record is not None and record.ok and there and same
    error = (record.error or {}) if record else {}
    return publish.Entry(
        name=name,
        title=title,
        status="delivered" if ok else "kept" if there else "missing",
        page=good.name if there else None,
        failure=failure.name if not ok and failure.is_file() else None,
        problem=None if ok else error.get("problem"),
        numbers=_numbers(options, name) if ok else {},
    )


def _numbers(options: Options, name: str) -> dict[str, str]:
    """Return the headline numbers that the judging step left for a county."""
    county = name.removeprefix("county_")
    outcome = store.load_outcome("judge", options.month, county) if county != name else None
    headline = (outcome or {}).get("headline", [])
    return {str(item[options.lang]): str(item["text"]) for item in headline}


def write_index(
    options: Options, found: Sequence[publish.Entry], made_of_them: Sequence[publish.Entry]
) -> Path:
    """Write the index page if it would differ from the one that is there."""
    out = options.folder / "index.html"
    page = publish.Page(
        pages.title(options, "index"),
        options.lang,
        options.simulated(tuple(keys.county_names())),
        {"month": options.month, "edition": options.edition, "code": keys.code_version()}
        | ({"edition_note": options.edition_note} if options.edition_note else {}),
    )
    # of a run of pages only, nothing is said of what was never asked for
    listed = [entry for entry in made_of_them if entry.status != "missing" or entry.problem]
    name = pages.record_name(options, "index")
    key = keys.digest([page, found, listed, keys.code_digest()])
    if records.fresh(name, options.month, key) is None:
        publish.index(out, page, found, listed)
        made = records.sums([out.relative_to(store.root()).as_posix()])
        records.save(Record(name, options.month, key, "ok", outputs=made, parts=parts()))
    return out


def write_manifest(options: Options) -> Path:
    """Write what every result of the month was made from and with, last of all files.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    path = manifest_path(options)
    text = json.dumps(manifest(options), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        store.write_atomic(path, text)
    return path


def manifest_path(options: Options) -> Path:
    """Return the file that tells what was made from what: of the month, or of a shard of it."""
    own = f".{options.shard.name}" if options.shard else ""
    return options.folder / f"manifest{own}.json"


def manifest(options: Options) -> dict[str, Any]:
    """Return the manifest of a month, or of a shard of it: versions, and a record a result."""
    counties = options.counties if options.shard else tuple(keys.county_names())
    return {
        **({"shard": str(options.shard)} if options.shard else {}),
        "month": options.month,
        "lang": options.lang,
        "edition": options.edition,
        "edition_note": options.edition_note,
        "code": {"version": keys.code_version(), "git": keys.git_version()},
        "environment": keys.environment(),
        "reports": _reports(options, [f"county_{c}" for c in counties]),
        "tables": {month: _tables(month, counties) for month in options.months},
    }


def _reports(options: Options, counties: Sequence[str]) -> Mapping[str, Any]:
    city = [] if options.shard else ["index", *CITY_PAGES, *products.WHOLE]
    printed = [] if options.shard else [f"pdf_{name}" for name in [*CITY_PAGES, *counties]]
    names = [*city, *counties, *printed]
    found = {n: records.load(pages.record_name(options, n), options.month) for n in names}
    return {name: records.as_json(record) for name, record in found.items() if record}


def _tables(month: str, counties: Sequence[str]) -> Mapping[str, Any]:
    names = [record_name(step, c) for step in (CLEAN, JUDGE) for c in counties]
    found = {name: records.load(name, month) for name in names}
    return {name: records.as_json(record) for name, record in found.items() if record}
