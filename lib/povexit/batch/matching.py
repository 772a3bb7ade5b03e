"""Whether a shard made what this project would have made, here and now.

What a shard tells of itself may come from another machine: it is compared with this project's
deliveries, code, notebooks and environment, its files with the digests it recorded, and its files'
places with those that its own counties' results have.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from povexit import store
from povexit.batch import keys, pages, tables
from povexit.batch.options import CLEAN, JUDGE, Options, Step
from povexit.batch.parts import Basis, changes, read_changes
from povexit.batch.records import Record
from povexit.batch.shards import Shard, parse
from povexit.batch.tables import Unit
from povexit.errors import StoreError, UnknownNameError

#: Where a table step of a county writes.
TABLE = (
    r"data/processed/[a-z_]+/month={month}/(step=[a-z]+/)?county={county}(\.json|/part\.parquet)"
)


@dataclass(frozen=True)
class Part:
    """A shard as its manifest tells of it, and the project's folder that lies in."""

    shard: Shard
    home: Path
    path: Path
    told: Mapping[str, Any]

    @property
    def counties(self) -> tuple[str, ...]:
        """Return the codes of its counties."""
        return self.shard.share(tuple(keys.county_names()))

    @property
    def edition(self) -> str:
        """Return the edition it judged by."""
        return str(self.told.get("edition"))

    def record(self, name: str, month: str = "") -> Record | None:
        """Return what it recorded of a table step of a month, or of a report."""
        known = self.told["tables"].get(month, {}) if month else self.told["reports"]
        return Record(**known[name]) if name in known else None


def read(home: Path, path: Path) -> Part:
    """Return a shard from its manifest.

    Raises
    ------
    StoreError
        If it cannot be read.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Part(parse(str(told["shard"]), len(keys.county_names())), home, path, told)
    except (OSError, ValueError, LookupError, TypeError, UnknownNameError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> StoreError:
    found = f"{type(error).__name__}: {error}".splitlines()[0]
    hint = "run that shard again"
    return StoreError("a shard's manifest cannot be read", where=path, found=found, hint=hint)


def standing(options: Options, part: Part) -> list[Record]:
    """Return the results of a shard that went well.

    Those that failed are left out: what an earlier run left of them here stays for the next one.

    Raises
    ------
    StoreError
        If any of them was not made from what lies here, by what lies here, or was altered since.
    """
    _same_request(options, part)
    own = replace(options, shard=part.shard, counties=part.counties)
    try:
        found = list(_with_here(own, part))
    except (AttributeError, LookupError, TypeError) as error:
        raise _unreadable(part.path, error) from None
    for record, here in found:
        if record != here:
            raise _another(part, record, here)
        _whole(own, part, record)
    return [record for record, _ in found]


def _with_here(own: Options, part: Part) -> Iterator[tuple[Record, Record]]:
    """Give each result that went well as the shard recorded it, and as it would be if made here."""
    cleaned, judged = (_tables(own, part, step) for step in (CLEAN, JUDGE))
    for (month, county), record in cleaned.items():
        read_here = own.deliveries[month].of(county).inputs()
        yield record, _table_here(own, CLEAN, record, (month, county), read_here)
    for unit, record in judged.items():
        yield record, _table_here(own, JUDGE, record, unit, cleaned[unit].outputs)
    for report in pages.reports(own, pages.Tables(cleaned, judged)):
        shown = part.record(report.name)
        if shown and shown.ok:
            name = pages.record_name(own, report.name)
            yield shown, _here(shown, name, own.month, report.basis)


def _tables(own: Options, part: Part, step: Step) -> dict[Unit, Record]:
    """Return the records of a table step that went well."""
    units = [(month, county) for month in own.months for county in own.counties]
    found = {unit: part.record(tables.record_name(step, unit[1]), unit[0]) for unit in units}
    return {unit: record for unit, record in found.items() if record and record.ok}


def _table_here(
    own: Options, step: Step, record: Record, unit: Unit, inputs: dict[str, str]
) -> Record:
    name = tables.record_name(step, unit[1])
    return _here(record, name, unit[0], tables.basis(step, own, unit, inputs))


def _here(record: Record, name: str, month: str, basis: Basis) -> Record:
    return replace(
        record,
        name=name,
        month=month,
        key=basis.key,
        inputs=basis.inputs,
        parameters=basis.parameters,
        parts=basis.parts,
    )


def _another(part: Part, record: Record, here: Record) -> StoreError:
    """Return the error that says in what a shard's result differs from what is here."""
    found = [*read_changes(record.inputs, here.inputs), *changes(record.parts, here.parts)]
    return StoreError(
        f"shard {part.shard} was not made from what is here, or not with it",
        where=f"{here.name} of {here.month} in {part.path}",
        found="from there to here, " + ("; ".join(found) or "name, parameters or key changed"),
        hint="give all machines the same data/raw, checkout and environment (and, for real"
        " persons, the same key), then run the shard again",
    )


def _same_request(options: Options, part: Part) -> None:
    """Raise unless a shard was asked for the same as all others."""
    here = {
        "month": options.month,
        "lang": options.lang,
        "edition": options.edition,
        "months": list(options.months),
    }
    there = {**part.told, "months": sorted(part.told.get("tables") or {})}
    for name, wanted in here.items():
        if there.get(name) != wanted:
            raise StoreError(
                f"shard {part.shard} was made for another {name}",
                where=part.path,
                expected=wanted,
                found=there.get(name),
                hint="run all shards with the same --edition, from the same deliveries",
            )


def _whole(own: Options, part: Part, record: Record) -> None:
    """Raise unless all that a result wrote is there, unaltered, and in its place."""
    county = record.parameters["county"]
    table = TABLE.format(month=re.escape(record.month), county=re.escape(county))
    shown = [p.relative_to(store.root()).as_posix() for p in pages.files(own, f"county_{county}")]
    for name, digest in record.outputs.items():
        path = part.home / name
        if not (re.fullmatch(table, name) or name in shown):
            raise StoreError("a shard's file is not where it belongs", where=path)
        if not path.is_file() or store.sha256(path) != digest:
            raise StoreError(
                f"a file of shard {part.shard} is {'altered' if path.is_file() else 'missing'}",
                where=path,
                hint="run the shard again; copy data/processed and reports whole",
            )
