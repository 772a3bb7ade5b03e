"""A folder that appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from povexit import store


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Give a folder to fill beside ``folder``; it takes the name only when all went well.

    What stood there before is gone then, and stands untouched otherwise.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written; nothing is left behind.
    """
    before = folder.parent / f".{folder.name}.before"
    with store.writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        if before.exists() and not folder.exists():
            before.rename(folder)  # a run was killed in the instant between the two names
        beside = Path(
            tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.", suffix=".part")
        )
    try:
        with store.writing(folder):
            yield beside
            beside.chmod(0o755)
            shutil.rmtree(before, ignore_errors=True)
            if folder.exists():
                folder.rename(before)
            beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    shutil.rmtree(before, ignore_errors=True)
