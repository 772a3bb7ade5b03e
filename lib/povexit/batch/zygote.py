"""Processes forked from a warm one, so that none starts cold.

`start` runs a function in a new process at the other end of a pipe. Where this process is
itself warm it is forked; else it asks a warm process beside it, started when it is first
needed, to fork. The warm one has one thread, its own session and its own scratch folder; it
ends with the process that asked for it, and all it forked ends with it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Mapping
from functools import cache
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from povexit.batch.forking import (
    WATCH_SECONDS,
    Process,
    ProcessEnded,
    Target,
    end_with_parent,
    fork,
    run,
)
from povexit.batch.warm import ENVIRONMENT

#: Sockets of kernels have paths of at most 107 bytes (104 on a Mac); the names in the folder take 40.
LONGEST_SCRATCH = 60
#: pandas, say, asks when it is imported whether it is to print into a notebook; it is.
SERVE = """
import builtins, sys, types
builtins.get_ipython = lambda: types.SimpleNamespace(kernel=None)
from povexit.batch import zygote
zygote.serve(int(sys.argv[1]), sys.argv[2])
"""

_this = {"is_warm": False}


def start(target: Target, *args: Any) -> Process:
    """Run ``target(connection, *args)`` in a new process forked from a warm one.

    Raises
    ------
    ProcessEnded
        If the warm process cannot be started; the message says why.
    """
    if _this["is_warm"]:
        return fork(target, args)
    return _beside(os.getpid()).start(target, *args)


@cache
def _beside(_process: int) -> Zygote:
    """Return the warm process beside this one; a forked copy of this one gets its own."""
    return Zygote()


class Zygote:
    """The warm process beside this one; started, and replaced if it dies, when it is needed.

    Parameters
    ----------
    is_wanted
        Asked now and then while a call is waited for; when it says no, the call is ended.
    """

    def __init__(self, is_wanted: Callable[[], bool] | None = None) -> None:
        self._is_wanted = is_wanted
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._scratch = ""
        self._closed = False

    def start(self, target: Target, *args: Any) -> Process:
        """Run a target in a process forked from the warm one.

        Raises
        ------
        ProcessEnded
            If the warm process cannot be started; the message says why.
        """
        ours, theirs = Pipe()
        with theirs:
            pid = self._fork(theirs)
        process = Process(pid, ours)
        with contextlib.suppress(BrokenPipeError):  # who waits for its answer will learn of it
            ours.send((_own_environment(os.environ), target, args))
        return process

    def call(self, function: Callable[..., Any], *args: Any) -> Any:
        """Return what a function returns in a process of its own.

        Raises
        ------
        ProcessEnded
            If the process ended before it had answered, or is no longer wanted.
        """
        process = self.start(_answer, function, args)
        try:
            self._wait(process)
            error, value = process.connection.recv()
        except (EOFError, OSError) as ended:
            raise ProcessEnded("the process was ended from outside") from ended
        finally:
            process.kill()
        if error is not None:
            raise error
        return value

    def _wait(self, process: Process) -> None:
        """Wait for an answer, or the end, of a process as long as it is wanted."""
        if self._is_wanted is None:
            return
        while not process.connection.poll(WATCH_SECONDS):
            if not self._is_wanted():
                raise ProcessEnded("the run that asked for the process has ended")

    def _fork(self, theirs: Connection) -> int:
        """Return the number of a new process that holds one end of a pipe."""
        with self._lock:
            for _ in range(0 if self._closed else 2):  # one that died is replaced once
                try:
                    return self._asked(theirs)
                except (OSError, EOFError):
                    self._end()
        raise ProcessEnded("the warm process ended")

    def _asked(self, theirs: Connection) -> int:
        control = self._control or self._launch()
        socket.send_fds(control, [b"+"], [theirs.fileno()])
        said = control.recv(65536)
        if not said:
            raise EOFError
        if said.isdigit():
            return int(said)
        raise ProcessEnded(said.decode("utf-8", "replace"))

    def _launch(self) -> socket.socket:
        self._scratch = tempfile.mkdtemp(prefix="povexit-", dir=_scratch_parent())
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-P", "-c", SERVE, str(theirs.fileno()), self._scratch],
                pass_fds=[theirs.fileno()],
                env={**os.environ, **ENVIRONMENT},
                stdin=subprocess.DEVNULL,
                # what libraries say there helps no clerk; errors come back as results
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                # the terminal's Ctrl-C is for the process that decides
                start_new_session=True,
            )
        return self._control

    def close(self) -> None:
        """End the warm process and all it forked."""
        self._closed = True
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._server is not None:
            self._server.wait()
            # it does so itself, unless it was killed
            shutil.rmtree(self._scratch, ignore_errors=True)
        self._control = self._server = None


def _own_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what a forked process takes over of its asker's environment."""
    return {k: v for k, v in environment.items() if k not in (*ENVIRONMENT, *_scratch_variables())}


def _scratch_variables(folder: str = "") -> dict[str, str]:
    return {
        "TMPDIR": folder,
        "JUPYTER_RUNTIME_DIR": folder,
        # the user's own start-up files and settings must not change a report
        "IPYTHONDIR": f"{folder}/ipython",
    }


def _scratch_parent() -> str:
    usual = tempfile.gettempdir()
    return "/tmp" if len(os.fsencode(usual)) > LONGEST_SCRATCH else usual


def _answer(connection: Connection, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    end_with_parent(os.getppid())
    answer: tuple[Exception | None, Any]
    try:
        answer = (None, function(*args))
    except Exception as error:
        answer = (error, None)
    connection.send(answer)


# -- in the warm process -----------------------------------------------------------------


def serve(control: int, scratch: str) -> None:
    """Get warm, then fork a process whenever asked, until the asker is gone."""
    os.environ.update(_scratch_variables(scratch))
    tempfile.tempdir = None
    children: set[int] = set()
    try:
        with socket.socket(fileno=control) as asker:
            _serve(asker, children)
    finally:
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        shutil.rmtree(scratch, ignore_errors=True)


def _serve(asker: socket.socket, children: set[int]) -> None:
    from povexit.batch import warm

    failed = ""
    try:
        warm.prepare()
        _this["is_warm"] = True
    except Exception:
        failed = traceback.format_exc()
    while True:
        said, ends, _, _ = socket.recv_fds(asker, 1, 1)
        if not said:
            return
        _reap(children)
        if failed:
            asker.send(failed.encode()[-60000:])
            return
        pid = _fork_for(ends[0])
        os.close(ends[0])
        children.add(pid)
        with contextlib.suppress(BrokenPipeError):
            asker.send(str(pid).encode())


def _fork_for(end: int) -> int:
    pid = os.fork()
    if pid == 0:
        run(Connection(end), _take_over, ())
    return pid


def _take_over(connection: Connection) -> None:
    """Become what the asker wants: take its environment, then run its target."""
    os.setsid()
    environment, target, args = connection.recv()
    kept = {k: v for k, v in os.environ.items() if k in (*ENVIRONMENT, *_scratch_variables())}
    os.environ.clear()
    os.environ.update({**environment, **kept})
    target(connection, *args)


def _reap(children: set[int]) -> None:
    for child in list(children):
        with contextlib.suppress(ChildProcessError):
            if os.waitpid(child, os.WNOHANG)[0]:
                children.discard(child)
