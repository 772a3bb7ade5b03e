"""Shards, merged and run, are what one run is; what is not whole or not alike is not merged."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
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
    content,
    three_counties,
    watch,
)

from povexit import batch, cli
from povexit.batch import keys, records, workshop
from povexit.batch.options import CITY_PAGES
from povexit.errors import StoreError, UnknownNameError


def at(home: Home, patch: pytest.MonkeyPatch) -> Home:
    patch.setenv("POVEXIT_HOME", str(home.folder))
    patch.setenv("POVEXIT_KEY_FILE", str(home.folder.parent / "key"))
    patch.delenv("POVEXIT_KEY", raising=False)
    three_counties(patch)
    return home


def copy(home: Home, folder: Path) -> Home:
    shutil.copytree(home.folder, folder)
    return Home(folder)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A month that one run made."""
    home = Home(tmp_path_factory.mktemp("whole") / "home").furnish()
    with pytest.MonkeyPatch.context() as patch:
        assert not at(home, patch).run().failed
    return home


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A project in which the first of two shards was made."""
    return _shard(Home(tmp_path_factory.mktemp("first") / "home"), "1/2")


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Another project in which the second was made."""
    return _shard(Home(tmp_path_factory.mktemp("second") / "home"), "2/2")


def _shard(home: Home, shard: str) -> Home:
    home.furnish()
    with pytest.MonkeyPatch.context() as patch:
        assert not at(home, patch).run(shard=shard).failed
    return home


@pytest.fixture
def both(
    first: Home, second: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Home, Home]:
    """A copy of each; the first is the project in use."""
    mine, other = (copy(home, tmp_path / name) for home, name in ((first, "a"), (second, "b")))
    return at(mine, monkeypatch), other


# -- one shard -----------------------------------------------------------------------------


def test_a_shard_makes_its_counties_and_nothing_of_the_city(
    both: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, _ = both
    done = watch(monkeypatch)
    summary = home.run(shard="1/2")
    assert summary.asked == (f"county_{A}", f"county_{C}")
    assert summary.made == ()
    assert done == []
    shown = {p.name for p in (home.folder / "reports" / MONTH).glob("*.*")}
    own = "manifest.shard-1-of-2.json"
    assert shown == {f"county_{A}.html", f"county_{C}.html", own}
    assert summary.index == home.folder / "reports" / MONTH / own
    told = json.loads(summary.index.read_text())
    assert told["shard"] == "1/2"
    assert set(told["reports"]) == {f"county_{A}", f"county_{C}"}
    steps = {f"{step}_{county}" for step in ("clean", "judge") for county in (A, C)}
    assert {month: set(of) for month, of in told["tables"].items()} == {BEFORE: steps, MONTH: steps}
    assert not home.left_over()


def test_the_only_shard_of_one_makes_no_city_pages_either(
    whole: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = at(copy(whole, tmp_path / "home"), monkeypatch)
    home.page("city").unlink()
    assert home.run(shard="1/1", with_products=True).asked == tuple(f"county_{c}" for c in COUNTIES)
    assert not home.page("city").exists()
    assert not {one.name for one in batch.plan(MONTH, shard="1/1", with_products=True)} & {
        *CITY_PAGES,
        "volume",
    }


def test_shards_that_run_at_the_same_time_in_one_folder_do_not_meet(
    whole: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = at(Home(tmp_path / "home").furnish(), monkeypatch)
    runs = [_started(home, shard) for shard in ("1/3", "2/3", "3/3")]
    assert [run.wait(300) for run in runs] == [0, 0, 0], [run.communicate()[1] for run in runs]
    assert batch.merge(MONTH).failed == {}
    home.run()
    assert content(home) == content(whole)
    assert not home.left_over()


def _started(home: Home, shard: str) -> subprocess.Popen[str]:
    """Start a shard of a city of three counties from the command line."""
    code = (
        "import sys, pytest; from tests.tiny_month import three_counties; from povexit import cli;"
        "three_counties(pytest.MonkeyPatch()); sys.exit(cli.main(sys.argv[1:]))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, "run", "--month", MONTH, "--shard", shard],
        cwd=Path(__file__).parents[1],
        stderr=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path]),
        },
    )


def test_a_shard_leaves_alone_what_is_anothers(both: tuple[Home, Home]) -> None:
    home, _ = both
    reports = home.folder / "reports" / MONTH
    work = [reports / f".work-shard-{name}-x" for name in ("1-of-2", "2-of-2", "1-of-20")]
    for folder in work:
        folder.mkdir()
    records_ = keys.records_dir(MONTH)
    parts = [records_ / f".clean_{county}.json.x.part" for county in (A, B)]
    for part in parts:
        part.write_text("half")
    told = reports / "manifest.shard-2-of-2.json"
    told.write_text("{}")
    home.run(shard="1/2")
    assert [folder.exists() for folder in work] == [False, True, True]
    assert [part.exists() for part in parts] == [False, True]
    assert told.exists()
    # a run has all to itself, and clears what is left of any
    home.run(counties=[A])
    assert not home.left_over()


def test_what_was_told_of_another_division_is_forgotten(both: tuple[Home, Home]) -> None:
    home, _ = both
    reports = home.folder / "reports" / MONTH
    (reports / "error.shard-1-of-2.log").write_text("of the last time")
    home.run(shard="1/3")
    assert [p.name for p in reports.glob("*.shard-*")] == ["manifest.shard-1-of-3.json"]


def test_shards_of_the_same_counties_and_a_whole_run_wait_for_one_another(
    both: tuple[Home, Home],
) -> None:
    home, _ = both
    with workshop.alone([A, C]):
        with pytest.raises(StoreError, match=f"another shard is at work on county {A}"):
            home.run(shard="1/3")
        for busy in (lambda: home.run(counties=[B]), lambda: batch.merge(MONTH)):
            with pytest.raises(StoreError, match="another povexit run is going on"):
                busy()
        with workshop.alone([B]):
            pass
    with workshop.alone(), pytest.raises(StoreError, match="another povexit run is going on"):
        home.run(shard="1/2")


@pytest.mark.parametrize("shard", ["5/4", "0/2", "x", "1/0", "-1/2", "1/2/3", "", "½", "1/2\n"])
def test_what_is_no_shard_is_refused(both: tuple[Home, Home], shard: str) -> None:
    before = both[0].state()
    with pytest.raises(UnknownNameError, match="not a shard"):
        both[0].run(shard=shard)
    assert both[0].state() == before


def test_more_shards_than_counties_are_refused_by_all_of_them(both: tuple[Home, Home]) -> None:
    for shard in ("1/4", "4/4"):
        with pytest.raises(UnknownNameError, match="start 3 shards or fewer"):
            both[0].run(shard=shard)


@pytest.mark.parametrize(
    ("more", "match"),
    [(["--county", A], "which counties it takes"), (["--pages-only"], "leave out --pages-only")],
)
def test_what_contradicts_a_shard_is_refused(
    both: tuple[Home, Home], more: list[str], match: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", "--month", MONTH, "--shard", "1/2", *more]) == 2
    assert match in capsys.readouterr().err


# -- together ------------------------------------------------------------------------------


def test_shards_of_two_folders_merged_and_run_are_one_run(
    both: tuple[Home, Home],
    whole: Home,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mine, other = both
    before = other.state()
    _break_off(other, monkeypatch)
    assert cli.main(["merge", "--month", MONTH, str(other.folder)]) == 0
    said = capsys.readouterr().out.splitlines()
    manifest = mine.folder / "reports" / MONTH / "manifest.json"
    assert said[-2].endswith(f"what is of the whole city remains: povexit run --month {MONTH}")
    assert said[-1] == str(manifest)
    assert set(json.loads(manifest.read_text())["reports"]) == {f"county_{c}" for c in COUNTIES}
    done = watch(monkeypatch)
    assert not mine.run().failed
    assert set(done) == {*CITY_PAGES}
    assert content(mine) == content(whole)
    assert other.state() == before


def _break_off(other: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Merge until the disk is full."""
    save = records.save

    def breaks(record: records.Record) -> records.Record:
        if record.name.startswith("judge"):
            raise StoreError("disk full")
        return save(record)

    with monkeypatch.context() as patch:
        patch.setattr(records, "save", breaks)
        with pytest.raises(StoreError, match="disk full"):
            batch.merge(MONTH, [other.folder])


def test_english_and_another_edition_are_kept_apart_and_said(
    both: tuple[Home, Home], capsys: pytest.CaptureFixture[str]
) -> None:
    mine, _ = both
    mine.run(shard="1/1", lang="en", edition="2017")
    with pytest.raises(StoreError, match="shards are missing: 2/2"):
        batch.merge(MONTH)
    assert cli.main(["merge", "--month", MONTH, "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert f"povexit run --month {MONTH} --lang en --edition 2017\n" in out
    told = json.loads((mine.folder / "reports" / MONTH / "en" / "manifest.json").read_text())
    assert (told["lang"], told["edition"]) == ("en", "2017")


def test_a_county_that_failed_is_told_and_tried_again_by_the_run(
    whole: Home,
    both: tuple[Home, Home],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mine, other = at(copy(whole, tmp_path / "c"), monkeypatch), both[1]
    for home in (mine, other):
        home.deliver(B, "bug")
    mine.run(shard="1/2")
    monkeypatch.setenv("POVEXIT_HOME", str(other.folder))
    log = other.run(shard="2/2").log
    assert log == other.folder / "reports" / MONTH / "error.shard-2-of-2.log"
    assert "nobody thought of this" in log.read_text()
    monkeypatch.setenv("POVEXIT_HOME", str(mine.folder))
    assert cli.main(["merge", "--month", MONTH, str(other.folder)]) == 1
    assert "the next run tries again: 田阳县: an unexpected" in capsys.readouterr().out
    # what an earlier run left here stays until the next one, whose record tells of it
    assert mine.table("decisions_summary", B).is_file()
    done = watch(monkeypatch)
    assert [entry.name for entry in mine.run().failed] == [f"county_{B}"]
    assert set(done) == {f"01_clean_{MONTH}_{B}", *CITY_PAGES}
    assert not mine.table("decisions_summary", B).is_file()
    assert B not in mine.page("city").read_text()


# -- what is not merged --------------------------------------------------------------------


def _manifest(home: Home, shard: str = "2-of-2") -> Path:
    return home.folder / "reports" / MONTH / f"manifest.shard-{shard}.json"


def _tell(**words: Any) -> Callable[[Home], object]:
    """Return what changes words of the second shard's manifest."""

    def change(other: Home) -> None:
        path = _manifest(other)
        told = json.loads(path.read_text())
        for name, value in words.items():
            told[name] = {**told[name], **value} if isinstance(value, dict) else value
        path.write_text(json.dumps(told))

    return change


def _record(**words: Any) -> Callable[[Home], object]:
    """Return what changes words of what the second shard recorded of its report."""

    def change(other: Home) -> None:
        path = _manifest(other)
        told = json.loads(path.read_text())
        told["reports"][f"county_{B}"] |= words
        path.write_text(json.dumps(told))

    return change


def _parts(**words: dict[str, str]) -> Callable[[Home], object]:
    """Return what changes with what the second shard's report was made."""

    def change(other: Home) -> None:
        told = json.loads(_manifest(other).read_text())["reports"][f"county_{B}"]["parts"]
        _record(parts={k: {**v, **words.get(k, {})} for k, v in told.items()})(other)

    return change


def _tamper(name: str) -> Callable[[Home], object]:
    return lambda other: (other.folder / name).write_text("tampered")


PAGE = f"reports/{MONTH}/county_{B}.html"
SPOILT: dict[str, tuple[Callable[[Home], object], list[str]]] = {
    "other code": (_parts(code={"fingerprint": "x"}), ["the code changed", "same data/raw"]),
    "other packages": (_parts(environment={"pandas": "1.0"}), ["pandas 1.0 -> "]),
    "older records": (_record(parts={}), ["made by an earlier version"]),
    "other edition": (_tell(edition="2017"), ["another edition", "found:    2017"]),
    "other month": (_tell(month="2016-07"), ["another month"]),
    "no month before": (_tell(tables=None), ["another months", "found:    []"]),
    "no json": (lambda other: _manifest(other).write_text("{"), ["cannot be read", "again"]),
    "a list": (lambda other: _manifest(other).write_text("[]"), ["cannot be read"]),
    "another division": (_tell(shard="2/3"), ["different divisions"]),
    "no shard": (_tell(shard="3/2"), ["cannot be read", "not a shard"]),
    "page altered": (_tamper(PAGE), ["a file of shard 2/2 is altered", "county_451021.html"]),
    "table lost": (
        lambda other: next((other.folder / "data/processed").rglob(f"county={B}/*")).unlink(),
        ["is missing", "run the shard again"],
    ),
    "strange field": (_record(colour="red"), ["cannot be read"]),
    "other name": (
        _record(name="../../../../evil"),
        ["not made from what is here", "name, parameters or key"],
    ),
    "other key": (_record(key="0"), [f"zh_county_{B} of {MONTH} in", "key changed"]),
    "a place outside": (
        _record(outputs={"../../evil": "0"}),
        ["not where it belongs"],
    ),
    "another county's place": (
        _record(outputs={f"reports/{MONTH}/county_{A}.html": "0"}),
        ["not where it belongs"],
    ),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_a_spoilt_shard_is_named_and_nothing_is_merged(both: tuple[Home, Home], kind: str) -> None:
    mine, other = both
    spoil, words = SPOILT[kind]
    spoil(other)
    before = mine.state()
    with pytest.raises(StoreError) as error:
        batch.merge(MONTH, [other.folder])
    assert all(word in str(error.value) for word in words), str(error.value)
    assert mine.state() == before


@pytest.mark.parametrize("what", ["delivery", "notebook"])
def test_a_shard_of_something_else_is_not_merged(both: tuple[Home, Home], what: str) -> None:
    mine, other = both
    if what == "delivery":
        mine.deliver(B, "better")
        match = f"clean_{B} of {MONTH} in .*\n.*the delivery {FILE.format(county=B)} changed"
    else:
        path = mine.folder / "notebooks" / "02_judge.ipynb"
        path.write_text(path.read_text().replace("by {edition}", "of {edition}"))
        match = r"the notebook changed: 02_judge\.ipynb"
    before = mine.state()
    with pytest.raises(StoreError, match=match):
        batch.merge(MONTH, [other.folder])
    assert mine.state() == before


def test_a_merge_of_nothing_says_how_to_make_a_shard(
    whole: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at(whole, monkeypatch)
    with pytest.raises(StoreError, match=f"povexit run --month {MONTH} --shard 1/2"):
        batch.merge(MONTH)
    with pytest.raises(StoreError, match="no such folder"):
        batch.merge(MONTH, [tmp_path / "nowhere"])
    with pytest.raises(StoreError, match=f"no shard of {MONTH} in this folder"):
        batch.merge(MONTH, [tmp_path])


def test_a_missing_shard_is_named_with_its_command(both: tuple[Home, Home]) -> None:
    with pytest.raises(StoreError, match="shards are missing: 2/2") as error:
        batch.merge(MONTH)
    assert f"povexit run --month {MONTH} --shard 2/2" in str(error.value)


def test_a_shard_that_is_there_twice_is_refused(both: tuple[Home, Home], tmp_path: Path) -> None:
    mine, other = both
    twin = copy(other, tmp_path / "twin")
    with pytest.raises(StoreError, match="shard 2/2 is there twice") as error:
        batch.merge(MONTH, [other.folder, twin.folder])
    assert str(twin.folder) in str(error.value)
    # a folder named twice is one
    assert batch.merge(MONTH, [other.folder, other.folder, mine.folder]).shards == 2


def test_a_shard_that_did_not_end_is_missing(
    both: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, other = both

    def full(*_: object) -> None:
        raise StoreError("disk full")

    monkeypatch.setattr(batch.Run, "page_step", full)
    with pytest.raises(StoreError, match="disk full"):
        mine.run(shard="1/2")
    with pytest.raises(StoreError, match="shards are missing: 1/2"):
        batch.merge(MONTH, [other.folder])


def test_shards_of_real_persons_need_one_key(both: tuple[Home, Home]) -> None:
    other = both[1]
    path = _manifest(other)
    told = json.loads(path.read_text())
    told["tables"][MONTH][f"clean_{B}"]["inputs"]["key for identities"] = "another"
    path.write_text(json.dumps(told))
    with pytest.raises(StoreError, match="reads changed: key for identities"):
        batch.merge(MONTH, [other.folder])
