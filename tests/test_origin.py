"""Of every delivered file it can be told what it was made from, back to the counties' files."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.tiny_month import BEFORE, FILE, MONTH, A, B, C, Home, three_counties

import povexit
from povexit import batch, cli, store
from povexit.batch import parts, records
from povexit.batch.records import Record
from povexit.errors import StoreError, UnknownNameError


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A project whose month was made, but for one county."""
    home = Home(tmp_path_factory.mktemp("origin") / "home").furnish()
    home.deliver(B, "refused")
    with pytest.MonkeyPatch.context() as patch:
        _at(home, patch)
        home.run()
        volume = home.folder / "reports" / MONTH / "pdf" / "volume.pdf"
        store.write_atomic(volume, "bound")
        books = [f"reports/{MONTH}/notebooks/county_{A}.ipynb"]
        out = volume.relative_to(home.folder).as_posix()
        records.save(
            Record("zh_volume", MONTH, "k", "ok", records.sums(books), outputs=records.sums([out]))
        )
    return home


@pytest.fixture
def home(made: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    return _at(made, monkeypatch)


def _at(home: Home, patch: pytest.MonkeyPatch) -> Home:
    patch.setenv("POVEXIT_HOME", str(home.folder))
    patch.setenv("POVEXIT_KEY_FILE", str(home.folder.parent / "key"))
    three_counties(patch)
    return home


def _delivered(home: Home, county: str, month: str) -> str:
    path = home.folder / "data" / "raw" / month / FILE.format(county=county)
    return f"  {store.sha256(path)}  {path.name}"


def test_a_page_goes_back_to_both_months_deliveries(home: Home) -> None:
    said = batch.why(f"county_{A}", MONTH).splitlines()
    assert said[0] == f"zh_county_{A} of {MONTH}: made"
    assert said[1].startswith("made by: notebooks/04_county_report.ipynb, in ")
    assert f"parameters: county {A}, edition 2016, lang zh, month {MONTH}" in said
    assert "edition: 2016" in said
    for month in (BEFORE, MONTH):
        start = said.index(f"delivered for {month}:")
        assert _delivered(home, A, month) in said[start : start + 3]
    assert not any(FILE.format(county=C) in line for line in said)
    page = home.page(f"county_{A}")
    assert f"  {store.sha256(page)}  reports/{MONTH}/{page.name}" in said
    assert any(line.startswith(f"code: {povexit.__version__}, fingerprint ") for line in said)
    assert any(line.startswith("environment: ") and "pandas " in line for line in said)
    assert said[-1] == "today the same would be made"
    assert not any("ALTERED" in line or "MISSING" in line for line in said)


def test_the_city_goes_back_to_all_that_could_be_used(home: Home) -> None:
    said = batch.why("city", MONTH).splitlines()
    assert _delivered(home, A, MONTH) in said
    assert _delivered(home, C, MONTH) in said
    assert _delivered(home, B, MONTH) not in said
    assert _delivered(home, B, BEFORE) in said


@pytest.mark.parametrize("absolute", [True, False])
def test_a_file_goes_back_through_its_notebooks(home: Home, absolute: bool) -> None:
    name = f"reports/{MONTH}/pdf/volume.pdf"
    said = batch.why(str(home.folder / name) if absolute else name, MONTH)
    assert said.startswith(f"zh_volume of {MONTH}: made")
    assert _delivered(home, A, MONTH) in said.splitlines()
    assert "edition: 2016" in said
    assert said == batch.why("volume", MONTH)


def test_what_failed_says_why_by_name_and_by_file(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    page = f"reports/{MONTH}/county_{B}.failed.html"
    assert (home.folder / page).is_file()
    assert cli.main(["why", f"county_{B}", "--month", MONTH]) == 0
    said = capsys.readouterr().out
    assert f"zh_county_{B} of {MONTH}: FAILED" in said
    assert "problem: sheet missing" in said
    assert "hint: ask the county for it" in said
    assert batch.why(f"clean_{B}", MONTH).startswith(f"clean_{B} of {MONTH}: FAILED")
    assert batch.why(page, MONTH) + "\n" == said


def test_what_was_altered_or_made_again_since_is_said(home: Home) -> None:
    page = home.page("maps")
    good = page.read_bytes()
    page.write_text("tampered")
    assert f"reports/{MONTH}/maps.html  ALTERED" in batch.why("maps", MONTH)
    page.write_bytes(good)
    known = records.load("zh_targets", MONTH)
    assert known is not None
    name = next(n for n in known.inputs if "/" in n)
    later = Record("zh_later", MONTH, "k", "ok", {**known.inputs, name: "0" * 64, "a/b": "1"})
    records.save(later)
    said = batch.why("later", MONTH)
    assert f"since (a run would make this again):\n  {name}" in said
    assert "of unknown origin:\n  a/b" in said
    records.path("zh_later", MONTH).unlink()


def test_what_would_be_made_otherwise_today_is_told_with_the_step(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = home.folder / "data" / "raw" / MONTH / FILE.format(county=A)
    first = delivery.read_text()
    home.deliver(A, "better")
    said = batch.why(f"county_{A}", MONTH).splitlines()
    start = said.index("would be made again today:")
    assert said[start + 1 :] == [
        f"  clean_{A} {MONTH}: the delivery {FILE.format(county=A)} changed",
        f"  judge_{A} {MONTH}: its tables will be made again",
        f"  county_{A}: its tables will be made again",
    ]
    assert batch.why(f"county_{C}", MONTH).endswith("today the same would be made")
    assert f"  clean_{A} {MONTH}: the delivery" in batch.why("city", MONTH)
    assert "  volume: its pages will be made again" in batch.why("volume", MONTH)
    home.deliver(A, first)
    path = home.folder / "notebooks" / "04_county_report.ipynb"
    good = path.read_text()
    path.write_text(good.replace("before", "then"))
    assert batch.why(f"county_{A}", MONTH).endswith(
        f"again today:\n  county_{A}: the notebook changed: {path.name}"
    )
    path.write_text(good)
    monkeypatch.setattr(store, "raw_dir", lambda month: home.folder / "gone" / month)
    assert "cannot be told: not a povexit project" in batch.why("city", MONTH)


def test_a_record_of_an_earlier_version_says_so(home: Home) -> None:
    known = records.load(f"zh_county_{A}", MONTH)
    assert known is not None
    records.save(replace(known, parts={}))
    said = batch.why(f"county_{A}", MONTH).splitlines()
    assert said.count(parts.OLD) == 1
    assert said[-1] == f"  county_{A}: {parts.OLD}"
    records.save(known)


def test_nobodys_names_and_months_are_answered(home: Home) -> None:
    with pytest.raises(UnknownNameError) as error:
        batch.why("county_45100", MONTH)
    assert f"county_{A}" in str(error.value.hint)
    with pytest.raises(UnknownNameError):
        batch.why("../../etc/passwd", MONTH)
    with pytest.raises(StoreError, match="nothing was made for 2016-09"):
        batch.why("city", "2016-09")
    with pytest.raises(UnknownNameError):
        batch.why("city", "../2016")
