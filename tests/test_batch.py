"""A month is made once, again only where something changed, and one county's trouble is its own.

Real papermill, real kernels and worker processes, on the small project of `tests.tiny_month`.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.tiny_month import (
    BEFORE,
    COUNTIES,
    FILE,
    MONTH,
    A,
    B,
    C,
    Home,
    notebook,
    three_counties,
    watch,
)

from povexit import batch, privacy, publish, store
from povexit.batch import Summary, keys, pages, products, records, tables, worker, workshop
from povexit.batch.options import CITY_PAGES, CLEAN, JUDGE
from povexit.errors import DeliveryError, PovexitError, PrivacyError, StoreError, UnknownNameError

CITY = set(CITY_PAGES)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A project whose month was made once, whole; tests take copies."""
    home = Home(tmp_path_factory.mktemp("finished") / "home").furnish()
    with pytest.MonkeyPatch.context() as patch:
        _at(home, patch)
        summary = home.run()
        assert not summary.failed
    return home


@pytest.fixture
def home(finished: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy of the finished project, in another place."""
    shutil.copytree(finished.folder, tmp_path / "home")
    (tmp_path / "home" / "kernels.txt").unlink()
    return _at(Home(tmp_path / "home"), monkeypatch)


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A project in which nothing was made yet, of a city of twelve: three are no whole city."""
    return _at(Home(tmp_path / "home").furnish(), monkeypatch, few=False)


def _at(home: Home, patch: pytest.MonkeyPatch, few: bool = True) -> Home:
    patch.setenv("POVEXIT_HOME", str(home.folder))
    patch.setenv("POVEXIT_KEY_FILE", str(home.folder.parent / "key"))
    if few:
        three_counties(patch)
    return home


def _failed(summary: Summary) -> dict[str, str | None]:
    return {entry.name: entry.problem for entry in summary.failed}


# -- made once ---------------------------------------------------------------------------


def test_a_month_is_made_whole(finished: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    _at(finished, monkeypatch)
    names = [*CITY, "index", *(f"county_{c}" for c in COUNTIES)]
    assert all(finished.page(name).is_file() for name in names)
    assert "now: good by 2016; before: good by 2016" in finished.page(f"county_{A}").read_text()
    index = finished.page("index").read_text()
    assert all(f'href="{name}.html"' in index for name in names if name != "index")
    kept = {p.name for p in (finished.folder / "reports" / MONTH / "notebooks").iterdir()}
    assert {"city.ipynb", "maps.ipynb", f"county_{B}.ipynb"} <= kept
    assert {p.split("_2016")[0] for p in kept if p[0] == "0"} == {"01_clean", "02_judge"}
    assert not finished.left_over()


def test_the_manifest_tells_what_was_made_from_what(
    finished: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(finished, monkeypatch)
    told = json.loads((finished.folder / "reports" / MONTH / "manifest.json").read_text())
    report = told["reports"][f"county_{A}"]
    assert report["parameters"] == {"month": MONTH, "county": A, "edition": "2016", "lang": "zh"}
    page = f"reports/{MONTH}/county_{A}.html"
    assert report["outputs"][page] == store.sha256(finished.folder / page)
    raw = finished.folder / "data" / "raw" / MONTH / FILE.format(county=A)
    assert told["tables"][MONTH][f"clean_{A}"]["inputs"][raw.name] == store.sha256(raw)
    assert told["environment"]["papermill"]
    assert str(finished.folder) not in json.dumps(told)


# -- made again only where something changed ----------------------------------------------


def test_nothing_is_done_where_nothing_changed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch.Pool, "_ready", lambda _: pytest.fail("a process was started"))
    for path in (home.folder / "data" / "raw").rglob("*.xlsx"):
        os.utime(path)
    before = home.state()
    summary = home.run()
    assert summary.made == ()
    assert not summary.failed
    assert home.state() == before


def test_a_changed_county_is_made_again_and_the_city_with_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = watch(monkeypatch)
    home.deliver(B, "better")
    assert set(home.run().made) == {f"county_{B}", *CITY}
    assert done[:2] == [f"01_clean_{MONTH}_{B}", f"02_judge_{MONTH}_{B}"]
    assert set(done[2:]) == {f"county_{B}", *CITY}
    assert "now: better by 2016; before: good" in home.page(f"county_{B}").read_text()
    assert f"{B}: better" in home.page("city").read_text()


def test_english_beside_chinese_cleans_and_judges_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = watch(monkeypatch)
    chinese = home.page(f"county_{A}").read_bytes()
    summary = home.run(lang="en", counties=[A])
    assert done == [f"county_{A}"]
    assert summary.index == home.page("index", "en")
    english = home.page(f"county_{A}", "en").read_text()
    assert f"{A} en" in english
    assert "The edition in force that month was not found" in english
    assert home.page(f"county_{A}").read_bytes() == chinese


def test_another_edition_judges_again_and_cleans_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = watch(monkeypatch)
    summary = home.run(edition="2017", counties=[A])
    assert not any(name.startswith("01_clean") for name in done)
    assert "now: good by 2017; before: good by 2017" in home.page(f"county_{A}").read_text()
    status = {entry.name: entry.status for entry in summary.entries}
    assert status[f"county_{A}"] == "delivered"
    # the index is about edition 2017: a page judged by 2016 is an earlier run's
    assert status[f"county_{B}"] == "kept"
    assert not summary.failed


def test_force_makes_everything_again(home: Home) -> None:
    for force in (False, True):
        options = batch.check(MONTH, force=force)
        cleaned, due = tables.split(CLEAN, options, tables.clean_inputs(options))
        judged, _ = tables.split(JUDGE, options, tables.judge_inputs(cleaned))
        found = pages.reports(options, pages.Tables(cleaned, judged))
        stand = [report.name for report in found if pages.fresh(options, report)]
        assert (len(due), len(stand)) == ((6, 0) if force else (0, 3 + len(CITY)))


def test_what_was_lost_or_tampered_with_is_made_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = watch(monkeypatch)
    good = home.page(f"county_{A}").read_bytes()
    home.page(f"county_{A}").write_text("tampered")
    home.page("maps").unlink()
    home.table("cleaned_households", B).write_text("tampered")
    home.table("decisions_summary", C).unlink()
    home.run()
    assert home.page(f"county_{A}").read_bytes() == good
    assert home.page("maps").is_file()
    assert home.table("cleaned_households", B).read_text() == "good"
    assert home.table("decisions_summary", C).is_file()
    tables, shown = done[:2], set(done[2:])
    assert tables == [f"01_clean_{MONTH}_{B}", f"02_judge_{MONTH}_{C}"]
    assert shown == {f"county_{A}", "maps"}


def test_a_changed_notebook_makes_its_pages_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = watch(monkeypatch)
    path = home.folder / "notebooks" / "03_map_counties.ipynb"
    path.write_text(path.read_text().replace("# city", "# map"))
    assert home.run().made == ("maps",)
    assert done == ["maps"]


def test_persons_that_turn_out_real_are_hidden_by_the_real_key(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done = watch(monkeypatch)
    (home.folder / "data" / "raw" / MONTH / "SOURCES.toml").unlink()
    home.run(counties=[A])
    assert f"01_clean_{MONTH}_{A}" in done
    assert "A new key for hashing identities was made" in capsys.readouterr().err
    done.clear()
    monkeypatch.setenv("POVEXIT_KEY", "k" * privacy.KEY_BYTES)
    home.run(counties=[A])
    assert f"01_clean_{MONTH}_{A}" in done
    monkeypatch.setenv("POVEXIT_KEY", "short")
    with pytest.raises(PrivacyError, match="too short"):
        home.run(counties=[A])


# -- one county's trouble is its own --------------------------------------------------------


@pytest.fixture(scope="module")
def troubled(finished: Home, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Summary]:
    """A finished project whose three counties sent again: better, refused, not to be drawn."""
    home = Home(tmp_path_factory.mktemp("troubled") / "home")
    shutil.copytree(finished.folder, home.folder)
    with pytest.MonkeyPatch.context() as patch:
        _at(home, patch)
        for county, text in ((A, "better"), (B, "refused"), (C, "page-bug")):
            home.deliver(county, text)
        return home, home.run()


def test_trouble_stops_nobody_else(troubled: tuple[Home, Summary]) -> None:
    home, summary = troubled
    assert set(summary.made) == {f"county_{A}", *CITY}
    assert "now: better" in home.page(f"county_{A}").read_text()
    assert not home.left_over()


def test_a_refused_county_keeps_its_last_page_and_says_why(
    troubled: tuple[Home, Summary], finished: Home
) -> None:
    home, summary = troubled
    assert _failed(summary)[f"county_{B}"] == "sheet missing"
    assert home.page(f"county_{B}").read_bytes() == finished.page(f"county_{B}").read_bytes()
    failure = home.page(f"county_{B}.failed").read_text()
    assert f"{B}.xlsx" in failure
    assert "ask the county for it" in failure
    assert f'href="county_{B}.html"' in failure
    assert f"county_{B}.failed.html" in home.page("index").read_text()


def test_a_refused_countys_old_numbers_are_not_taken_for_new_ones(
    troubled: tuple[Home, Summary], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, _ = troubled
    _at(home, monkeypatch)
    city = home.page("city").read_text()
    assert f"{A}: better" in city
    assert B not in city
    outcomes = {step: store.load_outcome(step, MONTH, B) for step in ("clean", "judge")}
    assert all(o and o["status"] == "failed" for o in outcomes.values())
    assert not home.table("decisions_summary", B).is_file()
    assert home.table("decisions_summary", B, BEFORE).is_file()


def test_a_page_that_cannot_be_drawn_leaves_its_notebook_as_far_as_it_got(
    troubled: tuple[Home, Summary], finished: Home
) -> None:
    home, summary = troubled
    assert _failed(summary)[f"county_{C}"] == "an unexpected error stopped the notebook"
    failure = home.page(f"county_{C}.failed").read_text()
    assert "ZeroDivisionError: this page cannot be drawn" in failure
    kept = home.folder / "reports" / MONTH / "notebooks" / f"county_{C}.failed.ipynb"
    assert "this page cannot be drawn" in kept.read_text()
    assert home.page(f"county_{C}").read_bytes() == finished.page(f"county_{C}").read_bytes()
    assert summary.log
    assert "this page cannot be drawn" in summary.log.read_text()


def test_a_repaired_county_is_delivered_and_its_trouble_forgotten(
    troubled: tuple[Home, Summary], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(troubled[0].folder, tmp_path / "home")
    home = _at(Home(tmp_path / "home"), monkeypatch)
    home.deliver(B, "good")
    assert not home.run(counties=[B]).failed
    assert not home.page(f"county_{B}.failed").is_file()
    assert home.table("decisions_summary", B).is_file()


def test_what_ends_a_notebook_ends_one_county(fresh: Home) -> None:
    """And a month without the one before it is made."""
    shutil.rmtree(fresh.folder / "data" / "raw" / BEFORE)
    d = "451023"
    for county, text in ((A, "kernel-killed"), (B, "worker-killed"), (d, "bug")):
        fresh.deliver(county, text)
    summary = fresh.run(counties=[A, B, C, d])
    from_outside = "the process that ran the notebook was ended from outside"
    assert _failed(summary) == {
        f"county_{A}": from_outside,
        f"county_{B}": from_outside,
        f"county_{d}": "an unexpected error stopped the notebook",
    }
    assert summary.made == (f"county_{C}",)
    assert "now: good by 2016; before: nothing" in fresh.page(f"county_{C}").read_text()
    # written before the end, and no longer there
    assert not fresh.table("cleaned_villages", A).is_file()
    assert fresh.table("cleaned_villages", C).is_file()
    assert not fresh.left_over()
    assert "nobody thought of this" in fresh.page(f"county_{d}.failed").read_text()
    assert summary.log
    assert "nobody thought of this" in summary.log.read_text()


def test_last_months_delivery_is_half_of_a_comparison(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = watch(monkeypatch)
    home.deliver(B, "refused", BEFORE)
    home.deliver(C, "corrected", BEFORE)
    summary = home.run(counties=["田阳", "451022"])
    assert not summary.failed
    assert f"01_clean_{MONTH}_{B}" not in done
    assert "now: good by 2016; before: nothing" in home.page(f"county_{B}").read_text()
    assert "now: good by 2016; before: corrected" in home.page(f"county_{C}").read_text()


@pytest.mark.parametrize("what", ["missing", "empty", "of strangers"])
def test_a_month_before_that_nobody_delivered_is_not_waited_for(home: Home, what: str) -> None:
    before = home.folder / "data" / "raw" / BEFORE
    shutil.rmtree(before)
    if what != "missing":
        before.mkdir()
    if what == "of strangers":
        (before / "说明.txt").write_text("nothing")
    assert batch.check(MONTH).months == (MONTH,)


def test_a_county_that_sent_nothing_fails_alone_and_needs_no_key(home: Home) -> None:
    (home.folder / "data" / "raw" / MONTH / FILE.format(county=A)).unlink()
    assert set(_failed(home.run(counties=[A, B]))) == {f"county_{A}"}
    assert not (home.folder.parent / "key").exists()


def test_files_that_are_nobodys_are_named(home: Home) -> None:
    (home.folder / "data" / "raw" / MONTH / "450125_建档立卡.xlsx").write_text("another city's")
    assert home.run(counties=[A]).strangers == ("450125_建档立卡.xlsx",)


# -- time, memory, disk -----------------------------------------------------------------


def test_a_notebook_that_hangs_is_ended(home: Home, tmp_path: Path) -> None:
    home.deliver(A, "slow")
    path = home.folder / "notebooks" / "01_clean.ipynb"
    task = worker.Task("t", path, {"month": MONTH, "county": A}, longest=2)
    result = worker.run(task, str(tmp_path), str(home.folder))
    assert result.error
    assert result.error["problem"] == "the notebook did not get on, and was ended"
    assert "timed out" in result.error["found"]
    assert "obey(text, code)" in (tmp_path / "t.ipynb").read_text()
    assert _soon(lambda: not _alive(home.kernels()[0][0]))


def _alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def _soon(true: Callable[[], object], seconds: float = 120) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.1)
    return bool(true())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for the tables of one county and no page, if one may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=180k", "tmpfs", str(place)]
    if not sys.platform.startswith("linux") or shutil.which("mount") is None:
        pytest.skip("no mount here")
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("not allowed to mount")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_loses_nothing_and_the_next_run_goes_on(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = _at(Home(small_disk / "home").furnish(), monkeypatch)
    with pytest.raises(StoreError, match="No space left"):
        home.run(counties=[A])
    whole = [p for p in small_disk.rglob("*.html") if "</html>" not in p.read_text()]
    assert whole == []
    assert not home.left_over()
    subprocess.run(["mount", "-o", "remount,size=50m", str(small_disk)], check=True)
    cleaned = len(home.kernels())
    assert not home.run(counties=[A]).failed
    assert len(home.kernels()) == cleaned  # what was cleaned was not cleaned again


def test_a_page_that_cannot_be_published_leaves_the_old_one(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = home.page(f"county_{A}").read_bytes()
    options = batch.check(MONTH, counties=[A])
    report = pages.reports(options, pages.Tables({}, {}))[0]
    for suffix in pages.SUFFIXES:
        (tmp_path / f"{report.name}{suffix}").write_text("new")
    replace = Path.replace

    def full(self: Path, target: Path) -> Path:
        if target.suffix == ".html":
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StoreError, match="what stood there before still stands"):
        pages.finish(options, report, worker.Result(report.name, 1.0), tmp_path)
    assert home.page(f"county_{A}").read_bytes() == good
    # the notebook that went before it is not the one of the page: both are made again
    assert records.fresh(f"zh_county_{A}", MONTH, report.basis.key) is None


@pytest.mark.parametrize("place", ["reports", "data/processed"])
def test_folders_that_cannot_be_written_are_named(fresh: Home, place: str) -> None:
    (fresh.folder / place).write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="could not write") as error:
        fresh.run()
    assert place in str(error.value.where)
    assert isinstance(error.value.__cause__, OSError)


# -- interrupted ------------------------------------------------------------------------


@contextlib.contextmanager
def _running(home: Home, *given: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command line in a process group of its own, as a terminal does."""
    command = [sys.executable, "-m", "povexit.cli", "run", "--month", MONTH, *given]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(home.folder.parent / "tmp")},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _stopped(home: Home, number: signal.Signals) -> tuple[int, str]:
    """Run until a county's cleaning hangs, send a signal as the terminal would, return the end."""
    (home.folder.parent / "tmp").mkdir()
    home.deliver(B, "slow")
    with _running(home, "--county", A, "--county", B) as process:
        assert _soon((home.folder / "hangs").is_file)
        time.sleep(0.3)
        os.killpg(process.pid, number)
        return process.wait(120), process.communicate()[1]


def _nothing_runs(home: Home) -> bool:
    processes = {p for kernel, parent, _ in home.kernels() for p in (kernel, parent)}
    return not any(map(_alive, processes))


def test_ctrl_c_leaves_nothing_behind_but_what_was_finished(fresh: Home) -> None:
    status, said = _stopped(fresh, signal.SIGINT)
    assert status == 130
    assert "the same command goes on from here" in said
    assert "Traceback" not in said
    assert _soon(lambda: _nothing_runs(fresh))
    assert not fresh.left_over()
    assert not list((fresh.folder.parent / "tmp").iterdir())
    # of the notebook that was stopped, too, what it had finished stands
    finished = {path.stem for path in keys.records_dir(MONTH).glob("clean_*.json")}
    assert finished == {f"clean_{A}"}


def test_a_killed_run_ends_its_processes_and_the_next_one_tidies_up(fresh: Home) -> None:
    status, _ = _stopped(fresh, signal.SIGKILL)
    assert status == -signal.SIGKILL
    assert _soon(lambda: _nothing_runs(fresh))
    assert _soon(lambda: not list((fresh.folder.parent / "tmp").iterdir()))
    (left,) = (p.name for p in fresh.left_over())
    # and of the figures, which are a folder
    half = fresh.folder / "reports" / MONTH / ".figures.x.part"
    half.mkdir()
    (half / "a.png").write_text("half")
    with workshop.alone(), workshop.working_folder(batch.check(MONTH)) as work:
        assert left not in [p.name for p in fresh.left_over()]
        assert work.is_dir()
        # of a notebook that was killed while it wrote a table
        (store.processed_dir() / ".part.parquet.x.part").write_text("half")
    assert not fresh.left_over()


def test_two_runs_at_a_time_are_one_too_many(home: Home) -> None:
    with workshop.alone(), pytest.raises(StoreError, match="another povexit run is going on"):
        home.run()


# -- what is asked for ------------------------------------------------------------------

HOSTILE = ["../../etc", "", "'; import os #", '"', "a\nb", "\x00", "田阳县\n", "*", "{county}"]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", ["month", "county", "edition", "lang"])
def test_hostile_values_start_nothing(home: Home, name: str, value: str) -> None:
    if (name, value) == ("county", "田阳县\n"):
        assert batch.check(MONTH, counties=[value]).counties == (B,)  # blanks do not matter
        return
    given = {"month": MONTH} | ({"counties": [value]} if name == "county" else {name: value})
    before = home.state()
    with pytest.raises(UnknownNameError):
        home.run(**given)
    assert home.state() == before


def test_a_missing_month_names_those_there_are(home: Home) -> None:
    with pytest.raises(StoreError, match="months delivered: 2016-05, 2016-06") as error:
        home.run("2016-08")
    assert "make the folder data/raw/2016-08" in str(error.value)


def test_an_empty_month_says_so(home: Home) -> None:
    (home.folder / "data" / "raw" / "2016-07").mkdir()
    with pytest.raises(DeliveryError, match="no deliveries for 2016-07"):
        home.run("2016-07")


def test_a_wrong_home_says_which(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POVEXIT_HOME", str(home.folder / "nowhere"))
    with pytest.raises(StoreError, match="set POVEXIT_HOME") as error:
        home.run()
    assert "nowhere" in str(error.value.where)


def test_a_home_named_from_here_is_the_same_in_a_kernel(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home.folder.parent)
    monkeypatch.setenv("POVEXIT_HOME", "home")
    home.page(f"county_{A}").unlink()
    assert home.run(counties=[A]).made == (f"county_{A}",)
    assert "now: good by 2016; before: good" in home.page(f"county_{A}").read_text()


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (None, "a notebook is missing"),
        ('{"cells": [', "a notebook cannot be read"),
        ('{"cells": []}', "has no parameters cell"),
        (notebook(("month",), []), "does not take a parameter of this name"),
        (
            notebook(("month", "county", "edition", "lang"), []).replace(
                'lang = \\"\\"', "lang = 1"
            ),
            "another type",
        ),
        (notebook(("month", "1x"), []), "a notebook cannot be read"),
    ],
)
def test_a_notebook_that_cannot_be_run_stops_the_run_before_it_starts(
    home: Home, text: str | None, match: str
) -> None:
    path = home.folder / "notebooks" / "04_county_report.ipynb"
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises((StoreError, UnknownNameError), match=match) as error:
        home.run()
    assert path.name in str(error.value)


def test_a_list_of_simulated_files_that_cannot_be_read_is_named(home: Home) -> None:
    (home.folder / "data" / "raw" / MONTH / "SOURCES.toml").write_text("[[file")
    with pytest.raises(DeliveryError, match=r"SOURCES\.toml"):
        home.run()


def test_torn_records_are_as_good_as_none(home: Home) -> None:
    told = keys.deliveries(MONTH)
    keys.remember(MONTH, told)
    for path in keys.records_dir(MONTH).glob("*.json"):
        path.write_text('{"name": "cl')
    assert records.load(f"clean_{A}", MONTH) is None
    assert keys.deliveries(MONTH) == told


# -- errors in words --------------------------------------------------------------------


def test_an_error_keeps_its_parts_through_a_notebook() -> None:
    error = DeliveryError("sheet\nmissing", where="a.xlsx", expected="户表", found="x", hint="ask")
    assert worker.parts_of(str(error)) == {
        "problem": "sheet\nmissing",
        "where": "a.xlsx",
        "expected": "户表",
        "found": "x",
        "hint": "ask",
    }
    assert worker.told(error) == worker.parts_of(str(error))


def test_every_error_of_the_package_is_known_by_name() -> None:
    assert {"DeliveryError", "StoreError", "SchemaError"} <= worker._own_errors()
    assert PovexitError.__name__ in worker._own_errors()


def test_a_full_disk_is_told_as_one() -> None:
    told = worker.told(OSError(errno.ENOSPC, "No space left on device"))
    assert told["found"] == "No space left on device"
    assert "free some space" in told["hint"]


def test_an_unfinished_notebook_makes_no_page(tmp_path: Path) -> None:
    path = tmp_path / "x.ipynb"
    path.write_text(notebook(("month",), ["1 + 1"]))
    with pytest.raises(StoreError, match="did not run to its end"):
        worker.check_complete(path)


def test_a_page_knows_the_note_on_its_edition(home: Home) -> None:
    options = batch.check(MONTH, lang="en", counties=[A])
    report = pages.reports(options, pages.Tables({}, {}))[0]
    assert "not found" in pages.page(options, report).provenance["edition_note"]


def test_a_run_with_nothing_to_make_imports_nothing_that_draws_or_computes(home: Home) -> None:
    heavy = "pandas", "polars", "numpy", "matplotlib", "nbformat", "fontTools"
    given = ["run", "--month", MONTH, "--county", A, "--pages-only"]
    asked = (
        f"import sys; from povexit import cli; cli.main({given}); "
        f"print([m for m in {heavy} if m in sys.modules])"
    )
    ends = [
        subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert "unchanged" in ends[1].stdout
    assert ends[1].stdout.splitlines()[-1] == "[]", ends[1].stderr


# -- after the pages --------------------------------------------------------------------

PRODUCTS = {"figures", "volume", "workbook", "slides"}


def _writes(
    notebooks: Path | tuple[Path, ...], out: Path, page: object, each: object = None
) -> Path:
    """Stand in for the functions of publish."""
    books = [notebooks] if isinstance(notebooks, Path) else notebooks
    return store.write_atomic(out, " ".join(book.name for book in books))


def _breaks(*_: object) -> Path:
    raise StoreError("no drawing today")


@pytest.fixture
def made_of_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make all products in this process, of text."""
    for kind in products.FORMS:
        monkeypatch.setattr(publish, kind, _writes)
    each = batch.Pool.each

    def here(self: batch.Pool, function: Callable[..., Any], tasks: list[Any]) -> Iterator[Any]:
        if function is not products.make:
            yield from each(self, function, tasks)
        else:
            yield from [function(task, "", str(store.root())) for task in tasks]

    monkeypatch.setattr(batch.Pool, "each", here)


def _product_names(home: Home) -> set[str]:
    told = json.loads((home.folder / "reports" / MONTH / "manifest.json").read_text())["reports"]
    return {name for name in told if name in PRODUCTS or name.startswith("pdf_")}


def test_the_same_inputs_give_the_same_bytes_in_another_place(finished: Home, home: Home) -> None:
    home.run(force=True)
    before = finished.folder / "reports" / MONTH
    kept = [p for p in before.rglob("*") if p.suffix in (".html", ".ipynb")]
    assert len(kept) > 2 * len(CITY)
    for path in kept:
        made = home.folder / "reports" / MONTH / path.relative_to(before)
        assert made.read_bytes() == path.read_bytes(), path.name
    assert str(finished.folder) not in (before / "notebooks" / "city.ipynb").read_text()


def test_products_are_made_once_after_the_pages(home: Home, made_of_text: None) -> None:
    summary = home.run(with_products=True)
    assert not summary.lacking
    folder = home.folder / "reports" / MONTH
    assert "city.ipynb" in (folder / "pdf" / "volume.pdf").read_text()
    assert (folder / "pdf" / f"county_{A}.pdf").read_text() == f"county_{A}.ipynb"
    assert (folder / "deck.pptx").read_text() == "deck.ipynb"
    assert PRODUCTS | {"pdf_city", f"pdf_county_{A}"} <= _product_names(home)
    index = (folder / "index.html").read_text()
    assert 'href="pdf/volume.pdf"' in index
    assert f'href="pdf/county_{A}.pdf"' in index
    before = home.state()
    home.run(with_products=True)
    assert home.state() == before
    home.deliver(B, "better")
    due = {one.name: one.why for one in batch.plan(MONTH, with_products=True)}
    first = "its pages will be made again"
    assert due["volume"] == due["slides"] == due[f"pdf_county_{B}"] == first
    assert due[f"pdf_county_{A}"] == ""


def test_products_of_an_earlier_run_are_said_to_be(home: Home, made_of_text: None) -> None:
    home.run(with_products=True)
    home.run(force=True, edition="2017")
    page = (home.folder / "reports" / MONTH / "index.html").read_text()
    assert f'href="pdf/county_{A}.pdf"' not in page
    volume = page.partition('href="pdf/volume.pdf"')[2].partition("</tr>")[0]
    assert "px-kept" in volume


def test_what_is_made_later_names_the_edition_of_the_run(home: Home) -> None:
    home.run(edition="2017")
    assert {one.page.provenance["edition"] for one in batch.delivered(MONTH)} == {"2017"}


def test_a_product_that_fails_stops_no_other_and_the_last_one_stands(
    home: Home, made_of_text: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.run(with_products=True)
    volume = home.folder / "reports" / MONTH / "pdf" / "volume.pdf"
    good = volume.read_text()
    monkeypatch.setattr(publish, "volume", _breaks)
    summary = home.run(with_products=True, force=False)
    assert not summary.lacking  # it is up to date
    volume.write_text("tampered")
    summary = home.run(with_products=True)
    assert summary.lacking == {"volume": "no drawing today"}
    assert volume.read_text() != good
    monkeypatch.setattr(publish, "volume", _writes)
    assert not home.run(with_products=True).lacking
    assert volume.read_text() == good


def test_one_countys_run_prints_that_county_alone(home: Home, made_of_text: None) -> None:
    home.run(with_products=True, counties=[A])
    assert _product_names(home) == {f"pdf_county_{A}"}
