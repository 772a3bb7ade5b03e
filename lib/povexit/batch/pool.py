"""Several notebooks at a time, and a word to the person who waits."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

from povexit import store
from povexit.batch.worker import ENDED_FROM_OUTSIDE, Result, Task, prepare, run

KERNEL_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    # else each kernel compiles the package anew
    "PYTHONDONTWRITEBYTECODE": "",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
#: Sockets have paths of at most 107 bytes (104 on a Mac); the names in the folder take 40.
LONGEST_SOCKET_FOLDER = 60


class Pool(AbstractContextManager["Pool"]):
    """Processes that run tasks in a working folder; made when the first task comes."""

    def __init__(self, work: Path, jobs: int) -> None:
        self.work = work
        self.jobs = jobs
        self._executor: ProcessPoolExecutor | None = None
        self._sockets: str | None = None

    def run(self, tasks: Sequence[Task]) -> Iterator[Result]:
        """Run tasks; give each result as soon as it is there.

        A process ended from outside takes all that is under way with it. What is then
        left is run one at a time: only its cause can fail again, and has all memory.
        """
        left = yield from self._together(tasks)
        for task in left:
            if (yield from self._together([task])):
                told = {**ENDED_FROM_OUTSIDE, "where": task.name}
                yield Result(task.name, 0.0, told, "the worker process was ended from outside")

    def _together(self, tasks: Sequence[Task]) -> Generator[Result, None, list[Task]]:
        """Run tasks side by side; return those that a broken pool left undone."""
        pending = self._submit(tasks)
        left = []
        while pending:
            # not for ever: Polars' handling of Ctrl-C lets Python see it only when a wait ends
            done, _ = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
            for future in done:
                task = pending.pop(future)
                if isinstance(future.exception(), BrokenProcessPool):
                    left.append(task)
                else:
                    yield future.result()
        return sorted(left, key=tasks.index)

    def _submit(self, tasks: Sequence[Task]) -> dict[Future[Result], Task]:
        """Hand tasks to the processes, to new ones if the pool broke meanwhile."""
        with _undisturbed():
            try:
                return {self._ready().submit(run, t, str(self.work)): t for t in tasks}
            except BrokenProcessPool:
                self._end()
                return {self._ready().submit(run, t, str(self.work)): t for t in tasks}

    def _ready(self) -> ProcessPoolExecutor:
        if self._executor is None:
            self._sockets = self._sockets or _socket_folder()
            environment = KERNEL_ENVIRONMENT | {
                "JUPYTER_RUNTIME_DIR": self._sockets,
                "TMPDIR": self._sockets,
                # the user's own start-up files and settings must not change a report
                "IPYTHONDIR": f"{self._sockets}/ipython",
                "POVEXIT_HOME": str(store.root().resolve()),
            }
            self._executor = ProcessPoolExecutor(
                self.jobs,
                # not fork: a warm parent has threads, and a fork of them may hang
                mp_context=multiprocessing.get_context("spawn"),
                initializer=prepare,
                initargs=(os.getpid(), environment),
            )
        return self._executor

    def _end(self) -> None:
        """End the processes now; their kernels follow, as they watch for that."""
        if self._executor is None:
            return
        for process in list((self._executor._processes or {}).values()):
            process.kill()
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor = None

    def __exit__(self, kind: object, *_: object) -> None:
        self._end()
        if self._sockets:
            shutil.rmtree(self._sockets, ignore_errors=True)


def _socket_folder() -> str:
    """Make the folder of the kernels' sockets, whose path must be short."""
    long = len(os.fsencode(tempfile.gettempdir())) > LONGEST_SOCKET_FOLDER
    return tempfile.mkdtemp(prefix="povexit-", dir="/tmp" if long else None)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold Ctrl-C back while processes start, so that none dies of it half made."""
    resource_tracker.ensure_running()  # or it starts meanwhile, and lets Ctrl-C through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Progress(AbstractContextManager["Progress"]):
    """A bar on a terminal, plain lines elsewhere; both on standard error."""

    def __init__(self) -> None:
        self.total = self.done = 0
        self._bar: Any = None
        self._task: Any = None
        if sys.stderr.isatty():
            self._bar, self._task = _rich_bar()

    def expect(self, more: int) -> None:
        """Say that so many more results will come."""
        self.total += more
        if self._bar:
            self._bar.update(self._task, total=self.total)

    def step(self, title: str, result: Result) -> None:
        """Say that one result is there."""
        self.done += 1
        state = "failed" if result.error else f"{result.seconds:.1f} s"
        if self._bar:
            self._bar.update(self._task, completed=self.done, description=title)
        else:
            print(f"[{self.done}/{self.total}] {title}: {state}", file=sys.stderr, flush=True)

    def __enter__(self) -> Progress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()


def _rich_bar() -> tuple[Any, Any]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=Console(stderr=True),
        transient=True,
    )
    return bar, bar.add_task("", total=0)
