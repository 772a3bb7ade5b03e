"""Who may work in the project now, and the folder in which unfinished things lie.

A run has the project to itself. Shards share it: each has its counties to itself, and touches
nothing that does not bear the code of one of them or its own name.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from povexit import store
from povexit.batch import keys
from povexit.batch.options import Options
from povexit.errors import StoreError


@contextmanager
def alone(counties: Sequence[str] = ()) -> Iterator[None]:
    """Hold the project, or these counties of it while others hold others.

    The system lets go of it even if the process is killed.

    Raises
    ------
    StoreError
        If somebody else holds any of it.
    """
    with ExitStack() as held:
        held.enter_context(_lock(".lock", "another povexit run is going on", bool(counties)))
        for county in counties:
            doing = f"another shard is at work on county {county}"
            held.enter_context(_lock(f".lock-{county}", doing))
        yield


@contextmanager
def _lock(name: str, doing: str, is_shared: bool = False) -> Iterator[None]:
    path = store.processed_dir() / name
    with store.writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # to read and to write: on network disks a lock that is shared asks for the one, the
        # other kind for the other
        file = path.open("a+")
    with file:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(
                f"{doing} in this folder",
                where=store.root(),
                hint="wait until it has ended, then run the same command again",
            ) from None
        yield


@contextmanager
def working_folder(options: Options) -> Iterator[Path]:
    """Give a working folder on the disk of the reports; clear what killed processes left.

    Before, of a run that was killed; afterwards, of a notebook that was while the run went on.
    """
    for month, found in options.deliveries.items():
        keys.remember(month, found)
    folder = store.reports_dir(options.month)
    prefix = f".work-{options.shard.name}-" if options.shard else ".work-"
    for left in [*folder.glob(f"{prefix}*"), *_parts(options)]:
        _remove(left)
    with store.writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=folder, prefix=prefix))
    try:
        yield work
    finally:
        for left in (work, *_parts(options)):
            _remove(left)


def _parts(options: Options) -> Iterator[Path]:
    """Give what was left half written; of a shard only what is its own counties'."""
    for base in (store.reports_dir(options.month), store.processed_dir()):
        for part in list(base.rglob(".*.part")):
            place = part.relative_to(base).as_posix()
            if options.shard is None or any(code in place for code in options.counties):
                yield part


def _remove(left: Path) -> None:
    if left.is_dir():
        shutil.rmtree(left, ignore_errors=True)
    else:
        left.unlink(missing_ok=True)
