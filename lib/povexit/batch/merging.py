"""The shards of a month brought together, as if one run had made the counties.

Everything is checked before anything is written: that all shards are there, each once, made from
these deliveries by this code in this environment, and that their files are those they recorded.
Files come before the record that tells of them, so a merge that is killed is merely done again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from povexit import store
from povexit.batch import keys, pages, records, summary
from povexit.batch.matching import Part, read, standing
from povexit.batch.options import Options, check
from povexit.batch.records import Record
from povexit.batch.shards import Shard
from povexit.batch.workshop import alone
from povexit.errors import StoreError

MANIFESTS = "manifest.shard-*.json"


@dataclass(frozen=True)
class Merged:
    """What came of a merge.

    Attributes
    ----------
    shards
        How many were brought together.
    manifest
        The month's manifest.
    failed
        Title to problem of counties that no shard could make; the next run tries again.
    command
        The run that makes what is of the whole city.
    """

    shards: int
    manifest: Path
    failed: Mapping[str, str]
    command: str


def merge(month: str, folders: Sequence[Path] = (), *, lang: str = "zh") -> Merged:
    """Bring the shards of a month together; `run` then makes what is of the whole city.

    Parameters
    ----------
    month
        Such as ``2016-06``.
    folders
        Other projects' folders, or copies of them with ``data/processed`` and ``reports``, in
        which shards were made. Those made in this project are found without being named.
    lang
        ``zh`` or ``en``.

    Raises
    ------
    StoreError
        Before anything is written: if a shard is missing, there twice, altered since, or made
        from or with something else; later, if the disk is full.
    UnknownNameError, DeliveryError, PrivacyError
        As `povexit.batch.run` before anything starts.
    """
    usual = check(month, lang=lang)
    with alone():
        parts = _each_once(usual, list(_found(usual, folders)))
        options = check(month, lang=lang, edition=parts[0].edition)
        made = [(part.home, record) for part in parts for record in standing(options, part)]
        for home, record in made:
            _bring(options, home, record)
        path = summary.write_manifest(options)
        forget(options)
    failed = {name: problem for part in parts for name, problem in _failed(options, part)}
    return Merged(len(parts), path, failed, _command(options, usual.edition))


def forget(options: Options) -> None:
    """Remove what shards told of themselves here: all of it, or what a new shard replaces."""
    own = options.shard
    for pattern in (MANIFESTS, "error.shard-*.log"):
        for path in options.folder.glob(pattern):
            # the others of the same division stay
            is_other = own and f".{own.name}." not in path.name and f"-of-{own.of}." in path.name
            if not is_other:
                path.unlink(missing_ok=True)


def _command(options: Options, usual: str, shard: object = "") -> str:
    """Return the run that was asked for, or is to be."""
    given = {
        "--month": options.month,
        "--lang": "" if options.lang == "zh" else options.lang,
        "--edition": "" if options.edition == usual else options.edition,
        "--shard": str(shard),
    }
    return " ".join(["povexit run", *(f"{name} {word}" for name, word in given.items() if word)])


# -- which shards there are ----------------------------------------------------------------


def _found(options: Options, folders: Sequence[Path]) -> Iterator[Part]:
    """Give the shards in this project and in other folders."""
    own = store.root().resolve()
    inside = options.folder.relative_to(store.root())
    for home in dict.fromkeys([own, *(folder.resolve() for folder in folders)]):
        paths = sorted((home / inside).glob(MANIFESTS))
        if not paths and home != own:
            raise StoreError(
                f"no shard of {options.month} in this folder"
                if home.is_dir()
                else "no such folder",
                where=home,
                expected=f"a project's folder, with {inside.as_posix()}/{MANIFESTS}",
            )
        yield from (read(home, path) for path in paths)


def _each_once(options: Options, parts: Sequence[Part]) -> list[Part]:
    """Return the shards in order, if all of one division are there and none twice."""
    if not parts:
        raise StoreError(
            f"no shard of {options.month} was made",
            where=options.folder,
            expected=MANIFESTS,
            hint=f"{_command(options, options.edition, '1/2')} makes the first of two",
        )
    by_number: dict[int, Part] = {}
    for part in parts:
        other = by_number.setdefault(part.shard.number, part)
        if part.shard.of != parts[0].shard.of:
            raise StoreError(
                "shards of different divisions",
                found=f"{parts[0].shard} in {parts[0].path}, {part.shard} in {part.path}",
                hint="remove the manifest of those that do not count, or leave out their folder",
            )
        if other is not part:
            raise StoreError(
                f"shard {part.shard} is there twice",
                found=f"{other.path} and {part.path}",
                hint="remove one of these manifests, or leave out its folder",
            )
    _none_missing(options, by_number, parts[0].shard.of)
    return [by_number[number] for number in sorted(by_number)]


def _none_missing(options: Options, there: Mapping[int, Part], of: int) -> None:
    missing = [Shard(number, of) for number in range(1, of + 1) if number not in there]
    if missing:
        like = replace(options, edition=next(iter(there.values())).edition)
        again = _command(like, options.edition, missing[0])
        raise StoreError(
            f"shards are missing: {', '.join(map(str, missing))}",
            expected=f"{of} shards",
            found=", ".join(str(there[number].shard) for number in sorted(there)),
            hint=f"{again} makes the first of them; or name the folder in which it was made",
        )


# -- bringing them here ------------------------------------------------------------------------


def _bring(options: Options, home: Path, record: Record) -> None:
    """Copy what a result wrote into this project, then its record."""
    if home == store.root().resolve():
        return
    # backwards, so that a page is never here without the notebook it came from
    for name, digest in sorted(record.outputs.items(), reverse=True):
        with store.whole(store.root() / name) as beside:
            shutil.copyfile(home / name, beside)
            if store.sha256(beside) != digest:
                raise StoreError(
                    "a shard's file was changed while it was copied",
                    where=home / name,
                    hint="wait until nothing works in that folder, then merge again",
                )
    report = record.name.removeprefix(f"{options.lang}_")
    if report != record.name:
        for path in pages.files(options, report, failed=True):
            path.unlink(missing_ok=True)
    records.save(record)


def _failed(options: Options, part: Part) -> Iterator[tuple[str, str]]:
    """Give title and problem of the counties of a shard that were not delivered."""
    for county in part.counties:
        record = part.record(f"county_{county}")
        if record is None or not record.ok:
            problem = ((record and record.error) or {}).get("problem", "it was not made")
            yield keys.county_names()[county][options.lang], problem
