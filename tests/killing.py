"""A run of two counties in which one process is killed, and what is looked at afterwards.

Shared by the tests and `benchmarks/kill_workers.py`.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import nbformat
from pypdf import PdfReader
from tests.tiny_month import COUNTIES, MONTH, Home

from povexit.batch.worker import check_complete

LONGEST_RUN_SECONDS, END_SECONDS = 300, 30
COMMAND = [sys.executable, "-m", "povexit.cli", "run", "--month", MONTH]
COMMAND += [word for county in COUNTIES[:2] for word in ("--county", county)]
#: Elements that must be closed as often as opened.
PAIRED = {"html", "head", "body", "main", "section", "table", "svg", "script", "style"}
#: By how deep a process stands below the run; the last is a kernel, or pandoc of a PDF.
KINDS = ("run", "warm process", "worker", "kernel")


# -- processes -----------------------------------------------------------------------------


def parents() -> dict[int, int]:
    """Return the parent of every process that is not a zombie."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rsplit(")", 1)[1].split()[:2]
        except OSError:
            continue  # ended while we looked
        if state != "Z":
            found[int(path.parent.name)] = int(parent)
    return found


def family(run: int) -> dict[str, list[int]]:
    """Return the processes of a run by kind."""
    above, generation, found = parents(), [run], {}
    for kind in KINDS:
        found[kind] = generation
        generation = [pid for pid, parent in above.items() if parent in generation]
    return {kind: pids for kind, pids in found.items() if pids}


def alive(pids: set[int]) -> set[int]:
    """Return the processes that still run after some seconds in which they may end."""
    end = time.monotonic() + END_SECONDS
    while (left := pids & set(parents())) and time.monotonic() < end:
        time.sleep(0.1)
    return left


# -- what is published ---------------------------------------------------------------------


class Balance(HTMLParser):
    """Counts the elements that are open."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()
        self.open: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Count an element."""
        self.seen[tag] += 1
        self.open[tag] += tag in PAIRED

    def handle_endtag(self, tag: str) -> None:
        """Count its end."""
        self.open[tag] -= tag in PAIRED


def check_page(path: Path) -> None:
    """Raise unless a page is whole and lies beside the notebook it came from."""
    text, balance = path.read_text(encoding="utf-8"), Balance()
    balance.feed(text)
    balance.close()
    open_ = [tag for tag, count in balance.open.items() if count]
    if not text.rstrip().endswith("</html>") or open_ or not balance.seen["body"]:
        raise ValueError(f"not a whole page; not closed: {open_}")
    if path.name != "index.html" and not path.name.endswith(".failed.html"):
        check_complete(path.parent / "notebooks" / f"{path.stem}.ipynb")


def check_notebook(path: Path) -> None:
    """Raise unless a notebook is valid and, if it is no failed one, ran to its end."""
    nbformat.validate(nbformat.read(path, as_version=4))
    if not path.stem.endswith(".failed") and path.stem.startswith("county_"):
        check_complete(path)


def check_pdf(path: Path) -> None:
    """Raise unless every page of a PDF can be read."""
    if not [page.extract_text() for page in PdfReader(path, strict=True).pages]:
        raise ValueError("no pages")


def check_json(path: Path) -> None:
    """Raise unless a file is JSON; of the manifest, unless it tells what lies there."""
    told = json.loads(path.read_text(encoding="utf-8"))
    if path.name != "manifest.json":
        return
    home = path.parents[2]
    for report in told["reports"].values():
        for name, digest in report.get("outputs", {}).items():
            if hashlib.sha256((home / name).read_bytes()).hexdigest() != digest:
                raise ValueError(f"the manifest tells of another {name}")


CHECKS = {".html": check_page, ".ipynb": check_notebook, ".pdf": check_pdf, ".json": check_json}


def published(home: Home) -> list[Path]:
    """Return what a run gave its names to: not what lies in its working folder."""
    places = (home.folder / "reports", home.folder / "data" / "processed")
    files = (path for place in places for path in place.rglob("*") if path.is_file())
    return [path for path in files if not any(p.startswith(".") for p in path.parts)]


def broken(home: Home) -> list[str]:
    """Return what is wrong with each published file that is not whole."""
    found = []
    for path in published(home):
        try:
            CHECKS.get(path.suffix, lambda path: None)(path)
        except Exception as error:
            found.append(f"{path.relative_to(home.folder)}: {error!r}")
    return found


def pages(home: Home) -> dict[str, str]:
    """Return the digest of every page and PDF."""
    return {
        str(path.relative_to(home.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in published(home)
        if path.suffix in (".html", ".pdf")
    }


# -- runs ----------------------------------------------------------------------------------


@dataclass
class Try:
    """One run with a process killed.

    Attributes
    ----------
    kind
        What was killed; empty if the run had ended before.
    moment
        Seconds after its start.
    status
        With which the run ended.
    whole
        How many files were published, and are whole.
    faults
        What was broken.
    """

    kind: str
    moment: float
    status: int
    whole: int = 0
    faults: list[str] = field(default_factory=list)


def start(home: Home) -> subprocess.Popen[str]:
    """Start a run of the project."""
    scratch = home.folder.parent / "tmp"
    scratch.mkdir(exist_ok=True)
    own = {"POVEXIT_HOME": str(home.folder), "TMPDIR": str(scratch)}
    own["POVEXIT_KEY_FILE"] = str(home.folder.parent / "key")
    return subprocess.Popen(
        COMMAND,
        env={**os.environ, **own},
        stdout=subprocess.DEVNULL,
        stderr=(home.folder.parent / "said.txt").open("w"),
        text=True,
    )


def await_kind(run: subprocess.Popen[str], kind: str) -> list[int]:
    """Return the processes of a kind as soon as there are any; none if the run ends before."""
    while run.poll() is None:
        if there := family(run.pid).get(kind):
            return there
        time.sleep(0.01)
    return []


def kill_one(run: subprocess.Popen[str], kind: str, wait: float, rng: random.Random) -> set[int]:
    """Kill a process so long after the first of its kind, or the next one; return all there were.

    By the kind's own clock, as the start of a run takes longer on a busy machine.
    """
    await_kind(run, kind)
    time.sleep(wait)
    victims = await_kind(run, kind)
    everyone = {pid for pids in family(run.pid).values() for pid in pids}
    if not victims:
        return set()
    try:
        os.kill(rng.choice(victims), signal.SIGKILL)
    except ProcessLookupError:
        return set()
    return everyone


def disturbed(home: Home, kind: str, wait: float, rng: random.Random) -> Try:
    """Run a project, kill one process, look at what is there."""
    process = start(home)
    began = time.monotonic()
    everyone = kill_one(process, kind, wait, rng)
    hit, moment = kind if everyone else "", time.monotonic() - began
    try:
        status = process.wait(LONGEST_RUN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return Try(hit, moment, process.wait(), faults=["the run did not end"])
    faults = [f"process {pid} still runs" for pid in alive(everyone)]
    faults += broken(home)
    if hit != "run":
        faults += [f"left over: {path.name}" for path in home.left_over()]
    return Try(hit, moment, status, len(published(home)), faults)


def again(home: Home, wanted: dict[str, str]) -> list[str]:
    """Run the same command; return in what it differs from a run that was not disturbed."""
    status = start(home).wait(LONGEST_RUN_SECONDS)
    faults = [f"rerun ended with {status}"] if status else []
    faults += [f"rerun: {problem}" for problem in broken(home)]
    faults += [f"rerun left over: {path.name}" for path in home.left_over()]
    found = pages(home)
    different = [name for name in wanted | found if wanted.get(name) != found.get(name)]
    return faults + [f"rerun: another {name}" for name in different]


def undisturbed(home: Home) -> tuple[dict[str, str], dict[str, list[float]]]:
    """Return the pages of a run nobody disturbs, and at which moments it had each kind.

    Raises
    ------
    RuntimeError
        If it was not whole even so.
    """
    moments: dict[str, list[float]] = {kind: [] for kind in KINDS}
    began, process = time.monotonic(), start(home)
    while process.poll() is None:
        for kind in family(process.pid):
            moments[kind].append(time.monotonic() - began)
        time.sleep(0.02)
    faults = broken(home)
    if process.returncode or faults:
        said = (home.folder.parent / "said.txt").read_text()
        raise RuntimeError("\n".join([said, *faults]))
    return pages(home), moments
