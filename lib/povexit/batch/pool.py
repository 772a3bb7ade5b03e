"""Several notebooks at a time, and a word to the person who waits."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from povexit import store
from povexit.batch import forking, zygote
from povexit.batch.warm import ENVIRONMENT
from povexit.batch.worker import ENDED_FROM_OUTSIDE, Result, Task, run

S = TypeVar("S")
T = TypeVar("T")


class ForkExecutor(Executor):
    """Runs each call in a process of its own, forked from one warm process, some at a time.

    What ends one process ends one call: its future raises `forking.ProcessEnded`.
    """

    def __init__(self, jobs: int) -> None:
        self._warm = zygote.Zygote()
        self._waiting = ThreadPoolExecutor(jobs)

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run a function that can be pickled, with arguments that can."""
        return self._waiting.submit(self._warm.call, partial(fn, *args, **kwargs))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for what runs, or end it too if what waits is to be cancelled."""
        if cancel_futures:
            self._waiting.shutdown(wait=False, cancel_futures=True)
            self._warm.close()
        self._waiting.shutdown(wait=wait)
        self._warm.close()


class Pool(AbstractContextManager["Pool"]):
    """Processes that run tasks in a working folder; made when the first task comes."""

    def __init__(self, work: Path, jobs: int) -> None:
        self.work = work
        self.jobs = jobs
        self._executor: Executor | None = None

    def run(self, tasks: Sequence[Task]) -> Iterator[Result]:
        """Run notebooks; give each result as soon as it is there."""
        yield from self.each(run, tasks)

    def each(self, function: Callable[..., Result], tasks: Sequence[Any]) -> Iterator[Result]:
        """Call ``function(task, work, home)``, which can be pickled, for each task."""
        places = str(self.work), str(store.root().resolve())
        pending = {self._ready().submit(function, task, *places): task for task in tasks}
        while pending:
            # not for ever: Polars' handling of Ctrl-C lets Python see it only when a wait ends
            done, _ = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
            for future in done:
                yield _result(pending.pop(future), future)

    def map(self, function: Callable[[S], T], things: Sequence[S]) -> Iterator[T]:
        """Call a function for each of some things; give what it returns in their order.

        Raises
        ------
        Exception
            What the function raised, at its turn; `forking.ProcessEnded` if its process died.
        """
        pending = [self._ready().submit(function, thing) for thing in things]
        return (future.result() for future in pending)

    def _ready(self) -> Executor:
        if self._executor is None:
            self._executor = ForkExecutor(self.jobs) if forking.can_fork() else _cold(self.jobs)
        return self._executor

    def __exit__(self, *_: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)


def _result(task: Any, future: Future[Result]) -> Result:
    """Return what a task came to, also if its process is gone."""
    try:
        return future.result()
    except (forking.ProcessEnded, BrokenProcessPool) as error:
        told = {**ENDED_FROM_OUTSIDE, "where": task.name}
        return Result(task.name, 0.0, told, str(error))


def _cold(jobs: int) -> Executor:
    """Return processes that start cold, where none can be forked, and say so."""
    print("povexit: no forking on this system: plain papermill, slower", file=sys.stderr)
    return ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=os.environ.update,
        initargs=(dict(ENVIRONMENT),),
    )


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
