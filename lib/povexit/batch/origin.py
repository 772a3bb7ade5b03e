"""What a delivered file was made from, back to the deliveries, from what the runs recorded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from povexit import store
from povexit.batch import parts, records
from povexit.batch.options import LANGUAGES
from povexit.batch.planned import plan
from povexit.batch.products import WHOLE
from povexit.batch.records import Record
from povexit.errors import PovexitError, StoreError, UnknownNameError
from povexit.schema import nearest

FAILED = ".failed."


@dataclass(frozen=True)
class Origin:
    """What one result goes back to.

    Attributes
    ----------
    steps
        The results it was made of, itself first.
    deliveries
        Month, file name and SHA-256 of what counties delivered.
    unknown
        Files it was made of that no record tells the origin of.
    changed
        Files it was made of that were made again, with other content, since.
    """

    steps: tuple[Record, ...]
    deliveries: tuple[tuple[str, str, str], ...]
    unknown: tuple[str, ...]
    changed: tuple[str, ...]


def why(name: str, month: str, lang: str = "zh") -> str:
    """Return in plain lines what a report was made from, and why it failed if it did.

    Parameters
    ----------
    name
        ``county_451022``, ``city``, ``volume``, ``clean_451022`` …, or a delivered file.
    month
        The month of the run, such as ``2016-06``.
    lang
        ``zh`` or ``en``; a file's own language tells itself.

    Raises
    ------
    StoreError
        If nothing was made for the month.
    UnknownNameError
        If there is no such result; the nearest are named.
    """
    store.check_month(month)
    known = _known()
    own = [record for record in known if record.month == month]
    if not own:
        command = f"povexit run --month {month}"
        raise StoreError(f"nothing was made for {month}", hint=f"run: {command}")
    record = _asked(own, name, lang)
    found = trace(record, known)
    today = _today(record, found, lang)
    lines = [*_how(record), *_with(record, found), *_from(found), *_files(record), *today]
    return "\n".join(lines)


def trace(record: Record, known: Iterable[Record]) -> Origin:
    """Return what a result goes back to, step by step through what the steps wrote."""
    makers = {path: one for one in known for path in one.outputs}
    steps, waiting = {(record.month, record.name): record}, [record]
    leaves: list[tuple[str, str, str]] = []
    changed: set[str] = set()
    while waiting:
        one = waiting.pop()
        for name, digest in one.inputs.items():
            maker = makers.get(name)
            if maker is None:
                leaves.append((one.month, name, digest))
                continue
            if maker.outputs[name] != digest:
                changed.add(name)
            if (maker.month, maker.name) not in steps:
                steps[maker.month, maker.name] = maker
                waiting.append(maker)
    # a table is named by its path from the project's folder, a delivery by its name alone
    delivered = sorted({leaf for leaf in leaves if "/" not in leaf[1] and leaf[2] != "failed"})
    unknown = sorted({name for _, name, _ in leaves if "/" in name})
    return Origin(tuple(steps.values()), tuple(delivered), tuple(unknown), tuple(sorted(changed)))


def _known() -> list[Record]:
    """Return the records of all months; one that is torn tells nothing."""
    folders = (store.processed_dir() / "records").glob("month=*/*.json")
    found = (records.load(p.stem, p.parent.name.removeprefix("month=")) for p in sorted(folders))
    return [record for record in found if record is not None]


def _asked(own: list[Record], name: str, lang: str) -> Record:
    """Return the record of a result that is named, or of the file that is."""
    names = {record.name: record for record in own}
    if found := names.get(f"{lang}_{name}") or names.get(name):
        return found
    file = Path(name)
    if FAILED in file.name:  # a page that says why is no result: the report it stands for is
        told = [part for part in file.parts if part in LANGUAGES]
        return _asked(own, file.name.partition(FAILED)[0], told[-1] if told else "zh")
    root = store.root().resolve()
    wanted = {file.resolve(), (root / file).resolve()}
    for record in own:
        if any(root / path in wanted for path in record.outputs):
            return record
    others = tuple(f"{other}_" for other in LANGUAGES if other != lang)
    short = [n.removeprefix(f"{lang}_") for n in names if not n.startswith(others)]
    raise UnknownNameError(
        "no such report, and no file of one",
        where=f"what was made for {own[0].month}, {lang}",
        found=name,
        hint=nearest(name, short),
    )


def _how(record: Record) -> Iterator[str]:
    yield f"{record.name} of {record.month}: {'made' if record.ok else 'FAILED'}"
    for part, text in (record.error or {}).items():
        yield f"  {part}: {text}"
    if not record.ok:
        yield "  what follows is of the run that failed; its files, if any, are of the last good one"
    by = f"notebooks/{record.notebook}" if record.notebook else "the executed notebooks"
    yield f"made by: {by}, in {record.seconds:.1f} s"


def _with(record: Record, found: Origin) -> Iterator[str]:
    """Give the parameters, and what it was made with; what git calls it only the run knows."""
    if record.parameters:
        yield "parameters: " + ", ".join(f"{k} {v}" for k, v in record.parameters.items())
    editions = {step.parameters["edition"] for step in found.steps if "edition" in step.parameters}
    yield f"edition: {', '.join(sorted(editions)) or 'none'}"
    if not record.parts:
        yield parts.OLD
        return
    code = record.parts["code"]
    yield f"code: {code['version']}, fingerprint {code['fingerprint']}"
    if git := _manifest(record).get("code", {}).get("git"):
        yield f"git, at the month's last run: {git}"
    yield "environment: " + ", ".join(f"{k} {v}" for k, v in record.parts["environment"].items())


def _today(record: Record, found: Origin, lang: str) -> Iterator[str]:
    """Say whether it would be made anew today, and of which step that goes out."""
    told = record.name.partition("_")[0]
    try:
        due = _due(record, found, told if told in LANGUAGES else lang)
    except PovexitError as error:
        yield f"whether it would be made again today cannot be told: {error.problem}"
        return
    yield "would be made again today:" if due else "today the same would be made"
    yield from (f"  {name}: {why}" for name, why in due.items())


def _due(record: Record, found: Origin, lang: str) -> dict[str, str]:
    """Return which of the steps a run would make again, and why."""
    given = [step.parameters for step in found.steps if step.parameters]
    is_whole = record.name.removeprefix(f"{lang}_") in WHOLE
    of_counties = given and all("county" in one for one in given) and not is_whole
    editions = {one["edition"] for one in given if "edition" in one}
    planned = plan(
        record.month,
        edition=min(editions, default=None),
        lang=lang,
        counties=sorted({one["county"] for one in given}) if of_counties else None,
        with_products=not record.notebook,
    )
    names = {n for step in found.steps for n in (step.name, f"{step.name} {step.month}")}
    return {p.name: p.why for p in planned if p.why and {p.name, f"{lang}_{p.name}"} & names}


def _manifest(record: Record) -> dict[str, Any]:
    lang = record.name.partition("_")[0]
    folder = store.reports_dir(record.month)
    path = (folder / lang if lang in LANGUAGES and lang != "zh" else folder) / "manifest.json"
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}  # no run of the month ended


def _from(found: Origin) -> Iterator[str]:
    for month in sorted({month for month, _, _ in found.deliveries}):
        yield f"delivered for {month}:"
        yield from (f"  {digest}  {name}" for m, name, digest in found.deliveries if m == month)
    if found.changed:
        yield "made again with other content since (a run would make this again):"
        yield from (f"  {name}" for name in found.changed)
    if found.unknown:
        yield "also made from, of unknown origin:"
        yield from (f"  {name}" for name in found.unknown)


def _files(record: Record) -> Iterator[str]:
    there = records.sums(record.outputs)
    yield "files:"
    for name, digest in record.outputs.items():
        state = "" if there.get(name) == digest else "  ALTERED" if name in there else "  MISSING"
        yield f"  {digest}  {name}{state}"
