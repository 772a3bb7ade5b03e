"""A process forked from this one, at the other end of a pipe.

What is forked runs one function and ends. It keeps none of its parent's files, and ends when
its parent does.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn, Protocol

#: How often a process looks whether the one that started it is still there.
WATCH_SECONDS = 0.5


class ProcessEnded(Exception):
    """The process at the other end ended before it had answered."""


class Target(Protocol):
    """What runs in a forked process."""

    def __call__(self, connection: Connection, *args: Any) -> None:
        """Run at one end of a pipe."""


@dataclass
class Process:
    """A forked process, seen from the one that asked for it."""

    pid: int
    connection: Connection

    def kill(self) -> None:
        """End it and what it started, at once."""
        self.connection.close()
        for end in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                end(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def can_fork() -> bool:
    """Tell whether processes can be forked here: on Linux they can."""
    return sys.platform == "linux"


def fork(target: Target, args: tuple[Any, ...]) -> Process:
    """Run ``target(connection, *args)`` in a fork of this process, which must have one thread."""
    ours, theirs = Pipe()
    pid = os.fork()
    if pid == 0:
        run(theirs, target, args)
    theirs.close()
    return Process(pid, ours)


def run(connection: Connection, target: Target, args: tuple[Any, ...]) -> NoReturn:
    """Run a target in a process just forked, and end; nothing of the parent is ever run on."""
    status = 1
    try:
        _empty_all_but(connection.fileno())
        for number in (signal.SIGINT, signal.SIGALRM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        target(connection, *args)
        status = 0
    finally:
        os._exit(status)


def _empty_all_but(kept: int) -> None:
    """Part from the parent's files, whose numbers stay taken.

    An object of the parent's that is collected here closes its number; were that free for
    others, it would close theirs, and Polars, say, would wait for ever.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in [int(path.name) for path in Path("/proc/self/fd").iterdir()]:
        if number not in (0, 1, 2, kept, nothing):
            os.dup2(nothing, number, inheritable=False)


def end_with_parent(parent: int) -> None:
    """End when the parent does. By a timer: a thread would be in the way of forking."""

    def look(*_: object) -> None:
        if os.getppid() != parent:
            os.killpg(0, signal.SIGKILL)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, WATCH_SECONDS, WATCH_SECONDS)
