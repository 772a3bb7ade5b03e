"""What a run would do is told beforehand, with the reason, and nothing is written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.tiny_month import BEFORE, COUNTIES, FILE, MONTH, A, B, C, Home, three_counties

from povexit import batch, cli
from povexit.batch import keys, parts, records
from povexit.batch.options import CITY_PAGES

TABLES = "its tables will be made again"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A project whose month was made once; tests take copies."""
    made = Home(tmp_path_factory.mktemp("plan") / "home").furnish()
    with pytest.MonkeyPatch.context() as patch:
        _at(made, patch)
        made.run()
    return made


@pytest.fixture
def home(finished: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    shutil.copytree(finished.folder, tmp_path / "home")
    yield _at(Home(tmp_path / "home"), monkeypatch)
    parts.package.cache_clear()


def _at(home: Home, patch: pytest.MonkeyPatch) -> Home:
    patch.setenv("POVEXIT_HOME", str(home.folder))
    patch.setenv("POVEXIT_KEY_FILE", str(home.folder.parent / "key"))
    patch.delenv("POVEXIT_KEY", raising=False)
    three_counties(patch)
    return home


def _due(home: Home, **asked: object) -> dict[str, str]:
    """Return what would be made and why, and see that telling wrote nothing."""
    before = home.state()
    found = {one.name: one.why for one in batch.plan(MONTH, **asked)}
    assert home.state() == before
    assert not (home.folder.parent / "key").exists()
    return {name: why for name, why in found.items() if why}


def test_a_finished_month_stays(home: Home) -> None:
    assert _due(home) == {}
    names = [one.name for one in batch.plan(MONTH)]
    steps = [f"{s}_{c} {m}" for s in ("clean", "judge") for m in (BEFORE, MONTH) for c in COUNTIES]
    assert sorted(names) == sorted([*steps, *CITY_PAGES, *(f"county_{c}" for c in COUNTIES)])


def test_of_a_month_never_run_all_is_new(home: Home, tmp_path: Path) -> None:
    for folder in ("reports", "data/processed"):
        shutil.rmtree(home.folder / folder)
    due = _due(home, with_products=True)
    assert set(due.values()) == {"never made"}
    assert {"volume", "slides", "pdf_city", f"pdf_county_{A}", f"clean_{C} {BEFORE}"} <= set(due)
    assert "pdf_deck" not in due


def test_another_delivery_names_the_file_and_all_that_follows(home: Home) -> None:
    home.deliver(B, "better")
    due = _due(home)
    assert due.pop(f"clean_{B} {MONTH}") == f"the delivery {FILE.format(county=B)} changed"
    assert due == dict.fromkeys([f"judge_{B} {MONTH}", f"county_{B}", *CITY_PAGES], TABLES)
    # and that is what the run makes
    assert set(home.run().made) == {f"county_{B}", *CITY_PAGES}
    assert _due(home) == {}


def test_another_edition_is_named_with_the_one_before(home: Home) -> None:
    due = _due(home, edition="2017")
    assert due[f"judge_{A} {MONTH}"] == "parameters changed: edition was 2016, is 2017"
    assert due["city"] == due[f"county_{A}"] == due[f"judge_{A} {MONTH}"]
    assert due["editions"] == TABLES
    assert not any(name.startswith("clean") for name in due)


def test_a_changed_notebook_and_lost_files_are_told_apart(home: Home) -> None:
    path = home.folder / "notebooks" / "03_map_counties.ipynb"
    path.write_text(path.read_text().replace("# city", "# map"))
    home.page("city").write_text("tampered")
    home.page(f"county_{A}").unlink()
    home.table("decisions_summary", C).unlink()
    assert _due(home, counties=[A]) == {
        f"county_{A}": f"files missing or altered: reports/{MONTH}/county_{A}.html"
    }
    due = _due(home)
    assert due["maps"] == due["city"] == due[f"county_{C}"] == TABLES
    assert due[f"judge_{C} {MONTH}"].startswith("files missing or altered: data/processed/deci")
    home.run(counties=[C])
    due = _due(home)
    assert due["maps"] == "the notebook changed: 03_map_counties.ipynb"
    assert due["city"] == f"files missing or altered: reports/{MONTH}/city.html"


def test_what_else_changed_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    sums, versions = keys.package_sums(), keys.environment()
    rule, code = "standards/household_exit_2017.toml", "decide/clauses.py"
    _now(monkeypatch, sums | {rule: "other"}, versions | {"pandas": "99.1"})
    said = f"the rules changed: {rule}; pandas {versions['pandas']} -> 99.1"
    due = _due(home)
    assert due[f"clean_{A} {MONTH}"] == due[f"clean_{C} {BEFORE}"] == said
    assert due["city"] == due[f"judge_{A} {MONTH}"] == TABLES
    _now(monkeypatch, sums | {code: "other"}, versions)
    assert _due(home)[f"clean_{A} {MONTH}"] == "the code changed"
    _now(monkeypatch, sums, versions)
    assert _due(home) == {}


def _now(patch: pytest.MonkeyPatch, sums: dict[str, str], versions: dict[str, str]) -> None:
    """Let the package consist of other files, and other packages be installed."""
    patch.setattr(keys, "package_sums", lambda: sums)
    patch.setattr(keys, "environment", lambda: versions)
    parts.package.cache_clear()


def test_a_record_without_parts_is_made_anew_with_a_plain_reason(home: Home) -> None:
    path = records.path(f"clean_{A}", MONTH)
    told = json.loads(path.read_text(encoding="utf-8"))
    del told["parts"]
    told["key"] = "of another version"
    path.write_text(json.dumps(told), encoding="utf-8")
    due = _due(home, counties=[A])
    assert due[f"clean_{A} {MONTH}"] == parts.OLD
    assert f"clean_{A} {BEFORE}" not in due
    home.run(counties=[A])
    assert _due(home, counties=[A]) == {}


def test_what_failed_is_tried_again_and_force_makes_all(home: Home) -> None:
    home.deliver(B, "refused")
    home.run(counties=[B])
    due = _due(home)
    assert due[f"clean_{B} {MONTH}"] == "failed last time: sheet missing"
    assert set(_due(home, force=True).values()) == {"--force"}


def test_persons_that_turn_out_real_need_a_key_that_is_not_made_yet(home: Home) -> None:
    (home.folder / "data" / "raw" / MONTH / "SOURCES.toml").unlink()
    assert _due(home)[f"clean_{A} {MONTH}"] == "what it reads changed: key for identities"


def test_products_follow_their_pages(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.deliver(B, "better")
    before = home.state()
    assert cli.main(["run", "--month", MONTH, "--dry-run"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert home.state() == before
    assert f"county_{A}: stays" in said
    assert f"pdf_county_{A}: never made" in said
    assert f"county_{B}: {TABLES}" in said
    assert "volume: never made" in said
