"""A project of three counties whose notebooks take a second, to see how a batch behaves.

What a county delivers is one line of text; words in it make the notebook that reads it
fail in the way a test asks for: ``refused``, ``bug``, ``kernel-killed``, ``worker-killed``,
``slow``, ``page-bug``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from povexit import batch, store
from povexit.batch import Summary, keys
from povexit.batch.pool import Pool
from povexit.batch.worker import Result, Task

A, B, C = COUNTIES = ("451002", "451021", "451022")
BEFORE, MONTH = MONTHS = ("2016-05", "2016-06")
FILE = "{county}_建档立卡.xlsx"
#: What differs from run to run: how long it took.
MEASURED = ("seconds", "peak_mb")

OBEY = """
import os, signal, time
from pathlib import Path
from povexit import store
from povexit.errors import DeliveryError

def obey(text, code):
    with (store.root() / "kernels.txt").open("a") as file:
        file.write(f"{os.getpid()} {os.getppid()} {code}\\n")
    if "refused" in text:
        raise DeliveryError("sheet missing", where=f"{code}.xlsx", hint="ask the county for it")
    if "bug" in text and "page-bug" not in text:
        raise ZeroDivisionError("nobody thought of this")
    if "kernel-killed" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "worker-killed" in text:
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(5)
    if "slow" in text:
        (store.root() / "hangs").touch()
        time.sleep(600)
"""
CLEAN = """
for code in county.split(","):
    with store.outcome("clean", month, code, makes=["cleaned_households"]):
        files = list(store.raw_dir(month).glob(f"{code}*"))
        text = files[0].read_text() if files else "refused: nothing delivered"
        store.write_atomic(store.partition("cleaned_villages", month, code), text)
        obey(text, code)
        store.write_atomic(store.partition("cleaned_households", month, code), text)
"""
JUDGE = """
for code in county.split(","):
    with store.outcome("judge", month, code, makes=["decisions_summary"]) as record:
        text = store.partition("cleaned_households", month, code).read_text()
        line = f"{text} by {edition}"
        store.write_atomic(store.partition("decisions_summary", month, code), line)
        record["headline"] = [{"zh": "户数", "en": "households", "text": str(len(text))}]
"""
SHOW = """
from IPython.display import Markdown

def told(month, code):
    path = store.partition("decisions_summary", month, code)
    return path.read_text() if path.is_file() else "nothing"
"""
COUNTY = """
text = told(month, county)
if "page-bug" in text:
    raise ZeroDivisionError("this page cannot be drawn")
Markdown(f"# {county} {lang}\\n\\nnow: {text}; before: {told(store.previous_month(month), county)}")
"""
CITY = """
codes = store.saved_counties("decisions_summary", month)
Markdown(f"# city {lang}\\n\\n" + "\\n".join(f"- {c}: {told(month, c)}" for c in codes))
"""
VILLAGE = """
Markdown(f"# village {village} {lang}\\n\\nnow: {told(month, village[:6])}")
"""
NOTEBOOKS = {
    "01_clean": (("month", "county"), [OBEY, CLEAN]),
    "02_judge": (("month", "county", "edition"), [OBEY, JUDGE]),
    "03_map_counties": (("month", "edition", "lang"), [OBEY, SHOW, CITY]),
    "04_county_report": (("month", "county", "edition", "lang"), [OBEY, SHOW, COUNTY]),
    "05_city_report": (("month", "edition", "lang"), [OBEY, SHOW, CITY]),
    "07_targets": (("month", "edition", "lang"), [OBEY, SHOW, CITY]),
    "08_relocation": (("month", "edition", "lang"), [OBEY, SHOW, CITY]),
    "09_reconciliation": (("month", "edition", "lang"), [OBEY, SHOW, CITY]),
    "10_village": (("month", "village", "edition", "lang"), [OBEY, SHOW, VILLAGE]),
    "11_deck": (("month", "edition", "lang"), [OBEY, SHOW, CITY]),
    "06_editions": (("month", "lang"), [OBEY, SHOW, CITY]),
}


def notebook(parameters: tuple[str, ...], sources: list[str]) -> str:
    """Return a notebook with a parameters cell and code cells, as JSON."""
    assigned = "\n".join(f'{name} = ""' for name in parameters)
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "metadata": {"tags": ["parameters"]} if number == 0 else {},
            "source": source.strip(),
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate([assigned, *sources])
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


class Home:
    """A small project: deliver to it, run it, look at what it made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def furnish(self) -> Home:
        """Lay the notebooks and both months' deliveries of all counties."""
        (self.folder / "notebooks").mkdir(parents=True)
        for name, content in NOTEBOOKS.items():
            (self.folder / "notebooks" / f"{name}.ipynb").write_text(notebook(*content))
        for month in MONTHS:
            for county in COUNTIES:
                self.deliver(county, "good", month)
        return self

    def deliver(self, county: str, text: str, month: str = MONTH) -> Path:
        """Put a county's one file into a month's folder, listed as simulated."""
        folder = self.folder / "data" / "raw" / month
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / FILE.format(county=county)
        path.write_text(text)
        self.list_simulated(month)
        return path

    def list_simulated(self, month: str = MONTH) -> None:
        """List all that lies in a month's folder as simulated."""
        folder = self.folder / "data" / "raw" / month
        lines = [
            f'[[file]]\nname = "{p.name}"\nsha256 = "{hashlib.sha256(p.read_bytes()).hexdigest()}"\n'
            "simulated = true\n"
            for p in sorted(folder.glob("*.xlsx"))
        ]
        (folder / "SOURCES.toml").write_text("\n".join(lines))

    def run(self, month: str = MONTH, **given: object) -> Summary:
        """Run the month."""
        return batch.run(month, **given)  # type: ignore[arg-type]

    def page(self, name: str, lang: str = "") -> Path:
        """Return a page's file."""
        return self.folder / "reports" / MONTH / lang / f"{name}.html"

    def table(self, name: str, county: str, month: str = MONTH) -> Path:
        """Return a table's file."""
        return store.partition(name, month, county)

    def kernels(self) -> list[tuple[int, int, str]]:
        """Return process, parent and county of every cleaning that began."""
        path = self.folder / "kernels.txt"
        lines = path.read_text().splitlines() if path.is_file() else []
        return [(int(a), int(b), c) for a, b, c in (line.split() for line in lines)]

    def state(self) -> dict[str, tuple[int, int]]:
        """Return inode and time of every file: what is written again differs."""
        files = (p for p in self.folder.rglob("*") if p.is_file() and not _is_lock(p))
        return {
            str(p.relative_to(self.folder)): (p.stat().st_ino, p.stat().st_mtime_ns) for p in files
        }

    def left_over(self) -> list[Path]:
        """Return working folders and half-written files, of which there must be none."""
        return [
            p
            for p in self.folder.rglob("*")
            if p.name.startswith((".work", ".")) and not _is_lock(p)
        ]


def _is_lock(path: Path) -> bool:
    return path.name.startswith(".lock")


def three_counties(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the whole city be three counties, in this process: workers do not ask."""
    all_names = keys.county_names()
    few = {code: all_names[code] for code in COUNTIES}
    monkeypatch.setattr(keys, "county_names", lambda: few)


def watch(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which the name of every task is added when it is done."""
    names: list[str] = []
    run = Pool.run

    def watched(self: Pool, tasks: list[Task]) -> Iterator[Result]:
        for result in run(self, tasks):
            names.append(result.name)
            yield result

    monkeypatch.setattr(Pool, "run", watched)
    return names


def unmeasured(told: Any) -> Any:
    """Return what a record or manifest tells, without how long it took."""
    if isinstance(told, dict):
        return {k: unmeasured(v) for k, v in told.items() if k not in MEASURED}
    return told


def content(home: Home) -> dict[str, Any]:
    """Return all that was made, by path: bytes, of records and manifests what they tell.

    Without the executed notebooks of cleaning and judging, which hold as many counties as a
    process had.
    """
    found: dict[str, Any] = {}
    for path in (
        p for top in ("reports", "data/processed") for p in (home.folder / top).rglob("*")
    ):
        name = path.relative_to(home.folder).as_posix()
        if not path.is_file() or path.name.startswith((".lock", "01_", "02_")):
            continue
        is_told = "/records/" in name or path.name.startswith("manifest")
        found[name] = unmeasured(json.loads(path.read_text())) if is_told else path.read_bytes()
    return found
