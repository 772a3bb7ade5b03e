"""Notebooks run by the workers of a dask scheduler, on this machine or on many.

A worker has threads and is never forked: beside it stands a warm process of this run, and that
forks one for each call, as it does on one machine (`povexit.batch.zygote`). All see the project's
folder on a disk they share; whether they do, and run the same code, is asked of each before the
first task. A process lives as long as the run that asked for it: the token in the run's working
folder is its lease.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from povexit import privacy, store
from povexit.batch import forking, keys
from povexit.batch.forking import ProcessEnded
from povexit.batch.options import Options
from povexit.batch.pool import Pool
from povexit.batch.worker import Result
from povexit.batch.zygote import Zygote
from povexit.errors import StoreError

T = TypeVar("T")
ANSWER_SECONDS = 5
TOKEN = "token"


@dataclass(frozen=True)
class Site:
    """Where a run works and with what, as each of its workers must find it.

    Attributes
    ----------
    home, work
        The project's folder and the run's working folder, named from the root.
    token
        What the file `TOKEN` in the working folder holds.
    versions
        Name to version of the code and of the packages.
    key
        Digest of the key that hides persons; empty if all are simulated.
    """

    home: str
    work: str
    token: str
    versions: tuple[tuple[str, str], ...]
    key: str

    @property
    def lease(self) -> Path:
        """Return the file that is there as long as the run is."""
        return Path(self.work) / TOKEN


def _versions() -> tuple[tuple[str, str], ...]:
    return (("povexit", keys.code_version()), *keys.environment().items())


def _key(is_real: bool) -> str:
    return privacy.hash_value("", privacy.load_key(False), "")[: keys.SHORT] if is_real else ""


# -- in the run ------------------------------------------------------------------------------


@contextlib.contextmanager
def connected(address: str | None) -> Iterator[Any]:
    """Give a client of the scheduler at an address; None without an address.

    Raises
    ------
    StoreError
        If dask is not installed, nobody answers there, or no worker does.
    """
    if address is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        raise StoreError(
            "--scheduler needs dask's distributed, which is not installed",
            hint="install the extra, here and on the workers' machines: pip install 'povexit[dask]'",
        ) from None
    start = "start one with: dask scheduler; on each machine: dask worker ADDRESS --nthreads 1"
    try:
        client = Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        found = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise StoreError(
            "no dask scheduler answers", where=repr(address), found=found, hint=start
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=ANSWER_SECONDS)
        except OSError:
            raise StoreError(
                "the dask scheduler has no workers", where=address, hint=start
            ) from None
        yield client


class RemotePool(Pool):
    """Processes beside the workers of a scheduler; as many at a time as those have threads."""

    def __init__(self, work: Path, options: Options, client: Any) -> None:
        super().__init__(work, sum(client.nthreads().values()))
        if not store.root().is_absolute():  # the workers stand elsewhere
            os.environ["POVEXIT_HOME"] = str(store.root().resolve())
        is_real = any(
            month.of(county).real
            for month in options.deliveries.values()
            for county in options.counties
        )
        home, folder = str(store.root().resolve()), str(work.resolve())
        site = Site(home, folder, secrets.token_hex(8), _versions(), _key(is_real))
        store.write_atomic(site.lease, site.token)
        _check_all(client, site)
        self._executor = DaskExecutor(client, site)

    def each(self, function: Callable[..., Result], tasks: Sequence[Any]) -> Iterator[Result]:
        """Call ``function(task, work, home)`` for each task, each in a folder of its own."""
        return super().each(partial(apart, function), tasks)


def _check_all(client: Any, site: Site) -> None:
    """Raise unless every worker there is can take part."""
    for address, found in client.run(problem, site, on_error="return").items():
        if found:
            raise _unfit(address, found)


def _unfit(address: str, found: object) -> StoreError:
    return StoreError(
        "a dask worker cannot take part",
        where=address,
        found=found if isinstance(found, str) else f"{type(found).__name__}: {found}",
        hint="all workers need this project's folder under the same name on a disk they share,"
        " the same povexit and packages (restart them after an update) and, for real persons,"
        " the same key",
    )


class DaskExecutor(Executor):
    """Runs each call in a process forked beside a worker of a dask scheduler.

    A call whose worker dies is made by another one. One whose workers die again and again ends,
    alone, as one does whose process ends: its future raises `forking.ProcessEnded`. (dask's own
    executor leaves futures waiting for ever when the scheduler is gone.)
    """

    def __init__(self, client: Any, site: Site) -> None:
        self._client = client
        self._site = site
        self._made: set[Any] = set()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run a function that can be pickled, with arguments that can."""
        future: Future[T] = Future()
        made = self._client.submit(call, self._site, partial(fn, *args, **kwargs), pure=False)
        self._made.add(made)  # one that nobody holds is cancelled
        made.add_done_callback(partial(self._hand_over, future))
        return future

    def _hand_over(self, future: Future[T], made: Any) -> None:
        """Give a future what dask's came to, in this package's terms."""
        from distributed.scheduler import KilledWorker

        try:
            future.set_result(made.result())
        except KilledWorker as error:
            future.set_exception(ProcessEnded(str(error)))
        except CancelledError:
            future.set_exception(_gone())
        except Exception as error:
            future.set_exception(error)
        self._made.discard(made)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for what runs, or end it too if what waits is to be cancelled."""
        if self._client.status != "running":
            return
        if cancel_futures:
            self._client.cancel(list(self._made))
        elif wait:
            self._wait(list(self._made))
        self._client.run(end, self._site, on_error="ignore")

    def _wait(self, made: list[Any]) -> None:
        from distributed import wait

        wait(made)


def _gone() -> StoreError:
    error = StoreError(
        "the dask scheduler is gone",
        hint="start it again, then run the same command again: it goes on from here",
    )
    error.__cause__ = ConnectionError("lost")
    return error


# -- at a worker -----------------------------------------------------------------------------

_lock = threading.Lock()
_warm: dict[Site, Zygote] = {}


def call(site: Site, function: Callable[[], T]) -> T:
    """Return what a function returns in a process of its own beside this worker.

    Raises
    ------
    StoreError
        If this worker cannot take part: one that came after the run had asked all.
    forking.ProcessEnded
        If the process ended before it had answered, or the run did.
    """
    with _lock:
        if site not in _warm:
            if found := problem(site):
                raise _unfit("one that came later", found)
            _tidy()
            _warm[site] = Zygote(site.lease.is_file)
        warm = _warm[site]
    return warm.call(_at_home, site.home, function)  # type: ignore[no-any-return]


def end(site: Site) -> None:
    """End the warm process of a run and all it forked."""
    with _lock:
        warm = _warm.pop(site, None)
    if warm is not None:
        warm.close()


def _tidy() -> None:
    """End the warm processes of runs that did not live to do so."""
    for site in [site for site in _warm if not site.lease.is_file()]:
        _warm.pop(site).close()


def problem(site: Site) -> str:
    """Return why this worker cannot take part in a run, or nothing."""
    try:
        if site.lease.read_text() != site.token:
            return f"its {site.work} is another folder of the same name"
        with tempfile.TemporaryFile(dir=site.work):
            pass
    except OSError as error:
        return f"it cannot use the folder {site.work}: {error.strerror or error}"
    here, there = dict(_versions()), dict(site.versions)
    if names := [name for name in {**there, **here} if here.get(name) != there.get(name)]:
        said = [
            f"{name} {here.get(name, 'absent')}, not {there.get(name, 'absent')}" for name in names
        ]
        return f"it has {'; '.join(said)}"
    if not forking.can_fork():
        return "it cannot fork processes: only Linux can"
    if site.key and not (privacy.has_key(False) and _key(True) == site.key):
        return "its key for identities is another one, or missing"
    return ""


def _at_home(home: str, function: Callable[[], T]) -> T:
    """Call a function in a process just forked, for which this is the project's folder."""
    os.environ["POVEXIT_HOME"] = home
    return function()


def apart(function: Callable[..., Result], task: Any, work: str, home: str) -> Result:
    """Do a task in a folder of its own, then move what it made into the working folder.

    A worker that everybody takes for dead may live on: it never writes where another one does.
    """
    with store.writing(Path(work)):
        own = Path(tempfile.mkdtemp(dir=work))
    try:
        result = function(task, str(own), home)
        with store.writing(Path(work)):
            for made in own.iterdir():
                made.replace(Path(work) / made.name)
    finally:
        shutil.rmtree(own, ignore_errors=True)
    return result
