"""Counties computed together get what each would get alone; one that fails fails alone."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import lab_month

from povexit import jointly, store
from povexit.errors import SchemaError, StoreError

MONTH = "2016-06"
FIRST, SECOND, THIRD = COUNTIES = ("451002", "451021", "451022")
READS, MAKES = ["cleaned_villages"], ["indicators_villages", "decisions_villages"]
NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "02_judge.ipynb"


def villages(county: str) -> pl.DataFrame:
    return pl.DataFrame({"county_code": [county] * 2, "village_code": [county + "1", county + "2"]})


def deliver(*counties: str) -> None:
    for county in counties:
        store.save(villages(county), "cleaned_villages", MONTH, county)


def work(refused: str = "") -> list[tuple[str, ...]]:
    """Save what was read twice, in Polars and pandas; refuse a county. Return the parts tried."""
    tried = []
    for part in jointly.parts("judge", MONTH, COUNTIES, READS, MAKES):
        with part:
            tried.append(part.counties)
            (table,) = part.tables()
            if refused in table["county_code"]:
                raise SchemaError("columns are missing", where=refused)
            part.save([table, table.to_pandas()])
            for county in part.counties:
                part.facts[county]["rows"] = table.height
    return tried


def statuses() -> dict[str, str]:
    return store.outcomes("judge", MONTH).set_index("county_code")["status"].to_dict()


def test_counties_are_read_together_and_each_gets_its_own_rows(project: Path) -> None:
    deliver(*COUNTIES)
    assert work() == [COUNTIES]
    for county in COUNTIES:
        for name in MAKES:
            assert pl.read_parquet(store.partition(name, MONTH, county)).equals(villages(county))
        assert store.load_outcome("judge", MONTH, county) == {"status": "ok", "rows": 6}


def test_a_county_that_fails_fails_alone(project: Path) -> None:
    deliver(*COUNTIES)
    store.save(villages(SECOND), MAKES[0], MONTH, SECOND)
    assert work(refused=SECOND) == [COUNTIES, (FIRST,), (SECOND,), (THIRD,)]
    assert statuses() == {FIRST: "ok", SECOND: "failed", THIRD: "ok"}
    assert [store.exists(MAKES[0], MONTH, c) for c in COUNTIES] == [True, False, True]
    told = store.load_outcome("judge", MONTH, SECOND)
    assert told == {
        "status": "failed",
        "error": {"problem": "columns are missing", "where": SECOND},
    }


def test_a_county_without_its_tables_does_not_hold_up_the_others(project: Path) -> None:
    deliver(FIRST, THIRD)
    tried = work()
    assert (SECOND,) in tried
    assert statuses() == {FIRST: "ok", SECOND: "failed", THIRD: "ok"}
    told = store.load_outcome("judge", MONTH, SECOND)
    assert told is not None
    assert told["error"]["problem"] == f"no table cleaned_villages for {MONTH}, county {SECOND}"


def test_large_counties_are_alone(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(*COUNTIES)
    monkeypatch.setattr(jointly, "MOST_BYTES", 10)
    assert work() == [(FIRST,), (SECOND,), (THIRD,)]
    assert set(statuses().values()) == {"ok"}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.one_of(st.none(), st.integers(1, 130)), max_size=12))
def test_groups_keep_the_order_and_hold_no_more_than_may_be_read(
    sizes: list[int | None], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jointly, "MOST_BYTES", 100)
    held = {f"{451001 + i}": size for i, size in enumerate(sizes)}
    for county, size in held.items():
        path = store.partition("cleaned_villages", MONTH, county)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        if size is not None:
            path.write_bytes(b"x" * size)
    found = jointly.groups(MONTH, list(held), READS)
    assert [county for group in found for county in group] == list(held)
    for group in found:
        known = [held[county] for county in group]
        assert len(group) == 1 or sum(size or 100 for size in known) <= 100


def broken(error: Exception) -> None:
    for part in jointly.parts("judge", MONTH, COUNTIES, READS, MAKES):
        with part:
            raise error


def test_a_full_disk_is_not_a_countys_failure(project: Path) -> None:
    deliver(*COUNTIES)
    full = StoreError("could not write the file")
    full.__cause__ = OSError(errno.ENOSPC, "full")
    with pytest.raises(StoreError, match="could not write"):
        broken(full)


def test_a_defect_ends_the_work(project: Path) -> None:
    deliver(*COUNTIES)
    with pytest.raises(ZeroDivisionError):
        broken(ZeroDivisionError())
    assert store.load_outcome("judge", MONTH, FIRST) is None


def judged(county: str) -> dict[str, bytes]:
    """Judge counties by the notebook; return every file that judging writes."""
    space: dict[str, Any] = {}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            exec(source, space)
            if "parameters" in cell["metadata"].get("tags", []):
                space |= {"month": lab_month.MONTH, "county": county}
            if "jointly.parts" in source:
                break
    folder = store.processed_dir()
    files = [p for name in (*space["MAKES"], "outcomes") for p in (folder / name).rglob("*.*")]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files if p.is_file()}


def test_judged_together_is_judged_alone(project: Path, lab_home: Path) -> None:
    shutil.copytree(lab_home / "data", project / "data", dirs_exist_ok=True)
    together = judged("all")
    done = {p: b for p, b in together.items() if "outcomes" not in p or "step=judge" in p}
    assert len(done) >= 12 * len(lab_month.COUNTIES)
    for path in done:
        (store.processed_dir() / path).unlink()
    for county in lab_month.COUNTIES:
        alone = judged(county)
        own = {p: b for p, b in done.items() if f"county={county}" in p}
        assert own == {p: b for p, b in alone.items() if f"county={county}" in p}
