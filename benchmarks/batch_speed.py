"""How fast the batch makes the counties' reports, beside papermill and nbconvert as they come.

The project's own county report of the demo month, twelve counties, notebook and HTML, in a
temporary copy of the project's computed data (what is missing there is computed first); then forty
likewise: the twelve in Chinese, the twelve in English, the first eight of both once more. Peers
start cold for every notebook, so some reports tell their time: by default a few are run and
scaled to twelve and forty, as the output says; ``--full`` runs twelve. Ours always runs all, with
the start of its warm process. Also what the engine adds to an empty notebook, and the memory of its
processes over 200 of them. Two processes wherever it is two; read ratios before seconds.

    python benchmarks/batch_speed.py            # some minutes
    python benchmarks/batch_speed.py --full     # longer
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from povexit import batch
from povexit.batch import pages, tables
from povexit.batch.options import CLEAN, JUDGE, LANGUAGES
from povexit.batch.pool import Pool, Progress
from povexit.batch.warm import ENVIRONMENT
from povexit.batch.worker import Result, Task

ROOT, MONTH, JOBS, EMPTY, FORTY = Path(__file__).parents[1], "2016-06", 2, 200, 40
#: papermill's API with nbconvert in one process, saying when each report is there.
API = """
import json, sys, time
from pathlib import Path
import nbconvert, papermill
page = nbconvert.HTMLExporter()
for line in map(json.loads, sys.argv[1:]):
    made = papermill.execute_notebook(line["notebook"], line["out"] + ".ipynb", line["parameters"],
                                      cwd=line["cwd"], progress_bar=False)
    Path(line["out"] + ".html").write_text(page.from_notebook_node(made)[0])
    print(time.monotonic(), flush=True)
"""
#: The cells alone in a process that has shown a report before; it waits for a line to go on.
WARM = """
import builtins, json, os, sys, time, types
builtins.get_ipython = lambda: types.SimpleNamespace(kernel=None)
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from povexit.batch import kernel, warm
class Nowhere:
    def send_bytes(self, message): pass
warm.prepare()
shell = kernel.shell()
shell.wire = kernel.Wire(Nowhere())
shell.enable_matplotlib("inline")
def show(line):
    notebook = parameterize_notebook(load_notebook_node(line["notebook"]), line["parameters"],
                                     kernel_name="python3", language="python")
    os.chdir(line["cwd"])
    shell.reset(new_session=True)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            told = shell.run(cell.source)
            assert told["status"] == "ok", told
first, *others = map(json.loads, sys.argv[1:])
show(first)
print("warm", flush=True)
sys.stdin.readline()
for line in others:
    show(line)
    print(time.monotonic(), flush=True)
"""
EMPTY_NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "id": "parameters",
            "metadata": {"tags": ["parameters"]},
            "source": 'n = ""',
            "outputs": [],
            "execution_count": None,
        }
    ],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def furnish(home: Path) -> None:
    """Lay a project of its own: the same notebooks and deliveries, a copy of what was computed."""
    (home / "data").mkdir(parents=True)
    for name in ("notebooks", "data/raw"):
        (home / name).symlink_to(ROOT / name)
    computed = ROOT / "data" / "processed"
    if computed.is_dir():
        shutil.copytree(computed, home / "data" / "processed")
    os.environ["POVEXIT_HOME"] = str(home)


def county_reports(work: Path) -> dict[str, list[Task]]:
    """Bring the month's tables up to date; return the tasks of the counties' reports by language."""
    options = batch.check(MONTH, jobs=JOBS)
    with Pool(work, JOBS) as pool, Progress() as progress:
        run = batch.Run(options, pool, progress)
        cleaned = run.table_step(CLEAN, tables.clean_inputs(options))
        judged = run.table_step(JUDGE, tables.judge_inputs(cleaned))
    made = pages.Tables(cleaned, judged)
    return {
        lang: [
            pages.task(spoken, report)
            for report in pages.reports(spoken, made)
            if report.name.startswith("county_")
        ]
        for lang, spoken in ((lang, replace(options, lang=lang)) for lang in LANGUAGES)
    }


def forty(reports: dict[str, list[Task]]) -> list[Task]:
    """Return the reports in both languages, then the first of both again, each by its own name."""
    every = [
        replace(task, name=f"{task.name}_{lang}") for lang in LANGUAGES for task in reports[lang]
    ]
    first = [task for lang in LANGUAGES for task in reports[lang][: (FORTY - len(every)) // 2]]
    return every + [
        replace(task, name=f"{task.name}_again_{number}") for number, task in enumerate(first)
    ]


def finished(results: Sequence[Result]) -> list[Result]:
    """Return results; one that failed ends the benchmark."""
    if failed := [result for result in results if result.error]:
        sys.exit(f"{failed[0].name}: {failed[0].error}\n{failed[0].trace}")
    return list(results)


@dataclass(frozen=True)
class Peer:
    """Seconds of a process's first report, which pays for the imports, and of any other."""

    first: float
    other: float


def ours(tasks: list[Task], work: Path) -> tuple[float, int]:
    """Return the seconds of all reports by the batch engine, start included, and most MB."""
    start = time.monotonic()
    with Pool(work, JOBS) as pool:
        results = finished(list(pool.run(tasks)))
        seconds = time.monotonic() - start
    return seconds, max(result.peak_mb for result in results)


def command_lines(tasks: Sequence[Task], work: Path) -> float:
    """Return the mean seconds of a report by papermill's and nbconvert's command lines."""
    start = time.monotonic()
    for task in tasks:
        out = work / f"{task.name}.ipynb"
        given = [word for pair in task.parameters.items() for word in ("-r", *pair)]
        papermill = ["papermill", str(task.notebook), str(out), *given]
        for words in (papermill, ["nbconvert", "--to", "html", str(out)]):
            done = subprocess.run(
                [sys.executable, "-m", *words], cwd=task.notebook.parent, capture_output=True
            )
            if done.returncode:
                sys.exit(f"{words[0]}: {done.stderr.decode()[-2000:]}")
    return (time.monotonic() - start) / len(tasks)


def told(task: Task, work: Path) -> str:
    """Return a task as one line of JSON."""
    return json.dumps(
        {
            "notebook": str(task.notebook),
            "out": str(work / task.name),
            "parameters": task.parameters,
            "cwd": str(task.notebook.parent),
        }
    )


def started(code: str, tasks: Sequence[Task], work: Path, **env: str) -> subprocess.Popen[str]:
    """Start a process that makes some reports one after the other."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *(told(task, work) for task in tasks)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(work / "peer.log").open("w"),
        text=True,
        env={**os.environ, **env},
    )


def times(process: subprocess.Popen[str], work: Path) -> list[float]:
    """Return when each of a process's reports was there."""
    said = process.communicate()[0].split()
    if process.returncode:
        sys.exit(f"a peer failed:\n{(work / 'peer.log').read_text()[-2000:]}")
    return [float(moment) for moment in said]


def api(parts: Sequence[Sequence[Task]], work: Path) -> list[Peer]:
    """Return how fast papermill's API is with nbconvert, in a process for each part."""
    start = time.monotonic()
    processes = [started(API, part, work) for part in parts]
    ends = [times(process, work) for process in processes]
    return [
        Peer(each[0] - start, statistics.mean(b - a for a, b in pairwise(each))) for each in ends
    ]


def scaled(peers: Sequence[Peer], whole: int) -> float:
    """Return the seconds of so many reports, in as many processes as there are peers."""
    return max(peer.first + (whole / len(peers) - 1) * peer.other for peer in peers)


def warm_cells(tasks: list[Task], work: Path) -> float:
    """Return the seconds of all reports' cells, without pages, in warm processes."""
    parts = [tasks[number::JOBS] for number in range(JOBS)]
    processes = [started(WARM, [p[0], *p], work, **ENVIRONMENT) for p in parts]
    for process in processes:
        assert process.stdout is not None
        if process.stdout.readline() != "warm\n":
            sys.exit(f"a warm process failed:\n{(work / 'peer.log').read_text()[-2000:]}")
    start = time.monotonic()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    return max(times(process, work)[-1] for process in processes) - start


def empty(work: Path) -> tuple[float, int, int]:
    """Return the seconds of an empty notebook and the most MB early and late among `EMPTY`."""
    notebook = work / "empty.ipynb"
    notebook.write_text(json.dumps(EMPTY_NOTEBOOK))
    tasks = [Task(f"empty_{n}", notebook, {"n": str(n)}) for n in range(EMPTY + 1)]
    with Pool(work, 1) as pool:
        finished(list(pool.run(tasks[:1])))  # the warm process starts
        start = time.monotonic()
        results = finished(list(pool.run(tasks[1:])))
        seconds = (time.monotonic() - start) / EMPTY
    peaks = [result.peak_mb for result in results]
    return seconds, max(peaks[:20]), max(peaks[-20:])


def say(label: str, seconds: float, ratio: float | None = None, goal: str = "") -> None:
    """Print one line of the table."""
    shown = "" if ratio is None else f"{ratio:7.2f} x"
    print(f"{label:<58} {seconds:8.1f} s {shown:<10} {goal}", flush=True)


def peers(tasks: Sequence[Task], work: Path, is_full: bool) -> dict[str, tuple[list[Peer], str]]:
    """Return how fast each peer is, with the goal beside it, by its label."""
    whole = len(tasks)
    few, some, half = (whole, whole, whole // JOBS) if is_full else (2, 3, 3)
    each = command_lines(tasks[:few], work)
    parts = [tasks[number::JOBS][:half] for number in range(JOBS)]
    return {
        f"papermill, nbconvert (from {few})": ([Peer(each, each)], "at least 10"),
        f"papermill's API in a loop (from {some})": (api([tasks[:some]], work), "at least 4"),
        f"the same in {JOBS} processes (from {JOBS * half})": (api(parts, work), "at least 2.5"),
    }


def compare(tasks: list[Task], work: Path, others: dict[str, tuple[list[Peer], str]]) -> None:
    """Print the table of ratios of so many reports."""
    whole = len(tasks)
    seconds, memory = ours(tasks, work)
    say(f"{whole} reports with HTML, warm process started, {JOBS} jobs", seconds)
    for label, (found, goal) in others.items():
        took = scaled(found, whole)
        say(label, took, took / seconds, goal)
    took = warm_cells(tasks, work)
    say(f"the cells alone in {JOBS} warm processes: ours / it", took, seconds / took, "at most 1.4")
    print(f"{'most memory of a process that makes a report':<58} {memory:8d} MB", flush=True)


def main() -> None:
    """Make the reports in every way and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="peers make all twelve, too")
    is_full = parser.parse_args().full
    with tempfile.TemporaryDirectory(prefix="povexit-bench-") as folder:
        home, work = Path(folder) / "home", Path(folder) / "work"
        work.mkdir()
        furnish(home)
        reports = county_reports(work)
        print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
        twelve = reports["zh"]
        others = peers(twelve, work, is_full)
        compare(twelve, work, others)
        print(f"{FORTY}: twelve counties in Chinese, in English, the first eight of both again")
        compare(forty(reports), work, others)
        seconds, early, late = empty(work)
        print(f"{'an empty notebook, of 200 (goal 0.1 s)':<58} {seconds:8.3f} s")
        label = "memory of the first 20 and the last 20 of them (flat)"
        print(f"{label:<58} {early:8d} MB, {late} MB")
        print(f"load of the machine after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
