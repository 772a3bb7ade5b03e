"""What was made from what: one small file a result, written when it is complete.

A result is up to date if it was made from the same content (its key) and its
files still have the content they had then. After an interruption the records
say what need not be done again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from povexit import store
from povexit.batch import keys
from povexit.batch.parts import Parts


@dataclass(frozen=True)
class Record:
    """One result: what it was made from and what it wrote.

    Attributes
    ----------
    name
        ``clean_451021``, ``zh_county_451021`` …
    month
        The month it belongs to.
    key
        Digest of all it depends on (`povexit.batch.parts.Basis`).
    status
        ``ok`` or ``failed``.
    inputs
        Name to SHA-256 of what was read.
    parameters
        What the notebook was given.
    outputs
        Path from the project's folder to SHA-256; of the last good run if this one failed.
    seconds
        How long the notebook ran.
    peak_mb
        The most memory that one of its processes held, in MB.
    error
        Parts of the error if it failed.
    notebook
        File name of the notebook.
    parts
        What it was made with, kind by kind (`povexit.batch.parts.parts`).
    """

    name: str
    month: str
    key: str
    status: str
    inputs: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    peak_mb: int = 0
    error: dict[str, str] | None = None
    notebook: str = ""
    parts: Parts = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Tell whether the result stands."""
        return self.status == "ok"


def path(name: str, month: str) -> Path:
    """Return the file of one record."""
    return keys.records_dir(month) / f"{name}.json"


def load(name: str, month: str) -> Record | None:
    """Return the record of a result, or None if there is none that can be read."""
    file = path(name, month)
    try:
        return Record(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None  # never made, or by another version: then it is made anew


def save(record: Record) -> Record:
    """Write a record whole.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    text = json.dumps(asdict(record), ensure_ascii=False, indent=1, sort_keys=True)
    store.write_atomic(path(record.name, record.month), text)
    return record


def fresh(name: str, month: str, key: str) -> Record | None:
    """Return the record of a result that need not be made again, or None."""
    record = load(name, month)
    if record is None or not record.ok or record.key != key:
        return None
    return record if sums(record.outputs) == record.outputs else None


def sums(paths: Iterable[str]) -> dict[str, str]:
    """Return path to SHA-256 of the files, given from the project's folder, that are there."""
    root = store.root()
    return {p: store.sha256(root / p) for p in paths if (root / p).is_file()}


State = dict[str, tuple[int, int]]


def partition_state(month: str) -> dict[str, State]:
    """Return, per county, each table file of a month with its inode and time.

    A table is always replaced by a new file, so what differs before and after a
    notebook is what that notebook wrote, whatever tables it knows.
    """
    root, out = store.root(), dict[str, State]()
    for file in store.processed_dir().glob(f"*/month={month}/**/*"):
        county = next((p for p in reversed(file.parts) if p.startswith("county=")), None)
        if county is None or not file.is_file() or file.name.startswith("."):
            continue
        try:
            stat = file.stat()
        except FileNotFoundError:
            continue  # another shard replaced it in this instant
        code = county.removeprefix("county=").removesuffix(".json")
        name = file.relative_to(root).as_posix()
        out.setdefault(code, {})[name] = (stat.st_ino, stat.st_mtime_ns)
    return out


def written(before: State, after: State) -> list[str]:
    """Return the files that are new or replaced, in order."""
    return sorted(name for name, stat in after.items() if before.get(name) != stat)


def as_json(record: Record) -> dict[str, Any]:
    """Return a record as the manifest shows it."""
    return {k: v for k, v in asdict(record).items() if v not in (None, {}, "")}
