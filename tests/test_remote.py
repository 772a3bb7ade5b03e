"""The workers of a dask scheduler run what processes on one machine run, and may die meanwhile.

A real scheduler with two worker processes; notebooks of a second; workers killed by ``kill -9``.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.tiny_month import MONTH, A, B, Home, content, three_counties

from povexit import batch, cli
from povexit.batch import forking, keys, remote, workshop
from povexit.batch.worker import ENDED_FROM_OUTSIDE
from povexit.errors import StoreError

distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("dask")
LONGEST = 240
#: Kills, once, the dask worker beside which it runs: the parent of the warm process.
KILL_WORKER_ONCE = """
import os, signal, time
from pathlib import Path
flag = Path({flag!r})
if not flag.exists():
    flag.touch()
    stat = Path(f"/proc/{{os.getppid()}}/stat").read_text()
    os.kill(int(stat.rsplit(")", 1)[1].split()[1]), signal.SIGKILL)
    time.sleep(600)
flag.write_text("made by another")
"""
SLEEP = """
import os, time
from pathlib import Path
Path({flag!r}).write_text(str(os.getpid()))
time.sleep(600)
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A scheduler with two workers of one thread; a task may kill one of them, not two."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=":0",
            silence_logs=50,
        ) as made,
    ):
        yield made


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    return at(Home(tmp_path / "home").furnish(), monkeypatch)


def at(home: Home, patch: pytest.MonkeyPatch) -> Home:
    patch.setenv("POVEXIT_HOME", str(home.folder))
    patch.setenv("POVEXIT_KEY_FILE", str(home.folder.parent / "key"))
    patch.delenv("POVEXIT_KEY", raising=False)
    three_counties(patch)
    return home


@pytest.fixture
def executor(cluster: Any, home: Home) -> Iterator[remote.DaskExecutor]:
    """The executor of a run, and nothing that it would do."""
    cluster.wait_for_workers(2)  # one that a test killed is being replaced
    options = batch.check(MONTH)
    with (
        remote.connected(cluster.scheduler_address) as client,
        workshop.working_folder(options) as work,
        remote.RemotePool(work, options, client) as pool,
    ):
        assert pool.jobs == 2
        assert isinstance(pool._executor, remote.DaskExecutor)
        yield pool._executor


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])


def _alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _soon(true: Callable[[], object]) -> bool:
    end = time.monotonic() + LONGEST
    while not true() and time.monotonic() < end:
        time.sleep(0.1)
    return bool(true())


# -- calls ---------------------------------------------------------------------------------


def test_a_call_is_made_in_a_process_beside_a_worker(
    executor: remote.DaskExecutor, home: Home
) -> None:
    workers = set(executor._client.run(os.getpid).values())
    warm = executor.submit(os.getppid).result()
    assert warm not in workers
    assert _parent(warm) in workers
    assert executor.submit(os.getenv, "POVEXIT_HOME").result() == str(home.folder)
    assert executor.submit(os.getenv, "PYTHONHASHSEED").result() == "0"
    with pytest.raises(ZeroDivisionError):
        executor.submit(divmod, 1, 0).result()
    with pytest.raises(forking.ProcessEnded):
        executor.submit(os._exit, 3).result()


def test_a_killed_worker_s_call_is_made_by_another(
    executor: remote.DaskExecutor, tmp_path: Path
) -> None:
    flag = tmp_path / "once"
    made = executor.submit(exec, KILL_WORKER_ONCE.format(flag=str(flag)))
    others = [executor.submit(pow, 2, n) for n in range(6)]
    made.result(LONGEST)
    assert flag.read_text() == "made by another"
    assert [one.result(LONGEST) for one in others] == [1, 2, 4, 8, 16, 32]


def test_a_call_outlives_neither_its_run_nor_a_killed_one(
    executor: remote.DaskExecutor, tmp_path: Path
) -> None:
    flag = tmp_path / "pid"
    running = executor.submit(exec, SLEEP.format(flag=str(flag)))
    assert _soon(lambda: flag.is_file() and flag.read_text())
    process = int(flag.read_text())
    # what the next run does with what a killed one left
    executor._site.lease.unlink()
    with pytest.raises(forking.ProcessEnded, match="the run that asked"):
        running.result(LONGEST)
    assert _soon(lambda: not _alive(process))


def test_a_scheduler_that_is_gone_stops_the_run_and_nothing_runs_on(
    home: Home, tmp_path: Path
) -> None:
    flags = [tmp_path / name for name in "ab"]
    options = batch.check(MONTH)
    cluster = distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, dashboard_address=":0", silence_logs=50
    )
    with (
        remote.connected(cluster.scheduler_address) as client,
        workshop.working_folder(options) as work,
        remote.RemotePool(work, options, client) as pool,
    ):
        running = [pool._ready().submit(exec, SLEEP.format(flag=str(flag))) for flag in flags]
        assert _soon(lambda: all(flag.is_file() and flag.read_text() for flag in flags))
        cluster.close()
        for one in running:
            with pytest.raises(StoreError, match="the dask scheduler is gone") as error:
                one.result(LONGEST)
            assert isinstance(error.value.__cause__, OSError)
    assert _soon(lambda: not any(_alive(int(flag.read_text())) for flag in flags))


# -- a month -------------------------------------------------------------------------------


def test_a_month_is_what_one_machine_makes(
    cluster: Any, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not home.run(scheduler=cluster.scheduler_address).failed
    assert not home.left_over()
    other = at(Home(tmp_path / "other").furnish(), monkeypatch)
    assert not other.run().failed
    assert content(home) == content(other)


def test_a_notebook_whose_workers_die_fails_alone(
    cluster: Any, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notebook's process, the one that forked it, the warm one, the worker."""
    deadly = (
        "import os, signal, time\n"
        "from pathlib import Path\n"
        "def above(n): return int(Path(f'/proc/{n}/stat').read_text().rsplit(')', 1)[1].split()[1])\n"
        f"if county == '{A}':\n"
        "    os.kill(above(above(os.getppid())), signal.SIGKILL)\n"
        "    time.sleep(600)\n"
    )
    path = home.folder / "notebooks" / "04_county_report.ipynb"
    told = json.loads(path.read_text())
    told["cells"][1]["source"] += "\n" + deadly
    path.write_text(json.dumps(told))
    summary = home.run(counties=[A, B], scheduler=cluster.scheduler_address)
    assert {e.name: e.problem for e in summary.failed} == {
        f"county_{A}": ENDED_FROM_OUTSIDE["problem"]
    }
    assert summary.made == (f"county_{B}",)
    assert not home.page(f"county_{A}").exists()
    assert home.page(f"county_{A}.failed").is_file()
    assert not home.left_over()


def test_ctrl_c_ends_what_runs_at_the_workers_and_leaves_them(cluster: Any, home: Home) -> None:
    home.deliver(B, "slow")
    command = [sys.executable, "-m", "povexit.cli", "run", "--month", MONTH, "--county", B]
    with subprocess.Popen(
        [*command, "--scheduler", cluster.scheduler_address],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert _soon((home.folder / "hangs").is_file)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=LONGEST)[1]
    assert process.returncode == 130, said
    assert "the same command goes on from here" in said
    assert "Traceback" not in said
    ran = {pid for kernel, parent, _ in home.kernels() for pid in (kernel, parent)}
    assert _soon(lambda: not any(map(_alive, ran)))
    assert not home.left_over()
    assert len(cluster.scheduler_info["workers"]) == 2


# -- who cannot take part --------------------------------------------------------------------


def test_without_dask_the_extra_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    before = home.state()
    with pytest.raises(StoreError, match=r"pip install 'povexit\[dask\]'"):
        home.run(scheduler="tcp://127.0.0.1:1")
    assert home.state() == before


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nowhere", "", "ftp://x", "a\nb"])
def test_an_address_at_which_nobody_answers_is_named(
    home: Home,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(remote, "ANSWER_SECONDS", 1)
    before = home.state()
    assert cli.main(["run", "--month", MONTH, "--scheduler", address]) == 2
    said = capsys.readouterr().err
    assert "no dask scheduler answers" in said
    assert repr(address) in said
    assert "dask worker ADDRESS" in said
    assert home.state() == before


def test_a_scheduler_without_workers_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "ANSWER_SECONDS", 1)
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50) as none,
        pytest.raises(StoreError, match="has no workers"),
    ):
        home.run(scheduler=none.scheduler_address)


@pytest.mark.parametrize("what", ["code", "folder"])
def test_a_worker_that_has_other_code_or_another_folder_is_named(
    cluster: Any, home: Home, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what == "code":
        monkeypatch.setattr(keys, "code_version", lambda: "9.9 · new")
        match = "it has povexit .*, not 9.9 · new"
    else:
        monkeypatch.setattr(remote, "TOKEN", "another")
        match = "it cannot use the folder"
    with pytest.raises(StoreError, match=match) as error:
        home.run(scheduler=cluster.scheduler_address)
    assert "tcp://" in str(error.value.where)
    assert not home.left_over()


def _site(home: Home, **changed: str) -> remote.Site:
    work = home.folder / "work"
    work.mkdir(exist_ok=True)
    (work / remote.TOKEN).write_text("token")
    given = {"home": str(home.folder), "work": str(work), "token": "token", "key": ""}
    return remote.Site(**{**given, **changed}, versions=remote._versions())


def test_a_worker_says_itself_what_it_lacks(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert remote.problem(_site(home)) == ""
    assert "is another folder of the same name" in remote.problem(_site(home, token="x"))
    # that of this run's machine: a missing key is not made here, a weak one not taken
    monkeypatch.setenv("POVEXIT_KEY_FILE", str(home.folder / "no-key"))
    assert "its key for identities" in remote.problem(_site(home, key="x"))
    assert not (home.folder / "no-key").exists()
    monkeypatch.setenv("POVEXIT_KEY", "k" * 40)
    assert remote.problem(_site(home, key=remote._key(True))) == ""
    monkeypatch.setattr(forking, "can_fork", lambda: False)
    assert "only Linux can" in remote.problem(_site(home))


def test_a_worker_that_came_later_is_asked_at_its_first_task(home: Home) -> None:
    with pytest.raises(StoreError, match="a dask worker cannot take part"):
        remote.call(_site(home, token="x"), os.getpid)


def test_jobs_are_the_workers_to_say(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--scheduler", "tcp://127.0.0.1:1", "--jobs", "2"]
    assert cli.main(["run", "--month", MONTH, *given]) == 2
    assert "start the workers with --nthreads" in capsys.readouterr().err
