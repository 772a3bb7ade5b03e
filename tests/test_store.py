"""Tables come back as they went in; a file is whole or not there."""

from __future__ import annotations

import errno
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from povexit import store
from povexit.errors import DeliveryError, StoreError, UnknownNameError

VILLAGES = pl.DataFrame(
    {
        "village_code": ["v1", "v2", "v3"],
        "is_poor_village": [True, None, False],
        "households_total": [120, None, 0],
        "longitude": [106.5, None, 105.0],
        "village_name": ["那一", None, ""],
    }
)


def test_missing_stays_apart_from_false_zero_and_empty_text(project: Path) -> None:
    store.save(VILLAGES, "cleaned_villages", "2016-06", "451021")
    back = store.load("cleaned_villages", "2016-06", "451021")
    assert back["is_poor_village"].tolist() == [True, pd.NA, False]
    assert back["households_total"].tolist() == [120, pd.NA, 0]
    assert back["village_name"].tolist() == ["那一", pd.NA, ""]
    assert {c: str(d) for c, d in back.dtypes.items()} == {
        "village_code": "string",
        "is_poor_village": "boolean",
        "households_total": "Int64",
        "longitude": "Float64",
        "village_name": "string",
    }


def test_pandas_in_and_polars_in_give_the_same_bytes(project: Path) -> None:
    first = store.save(VILLAGES, "cleaned_villages", "2016-06", "451021").read_bytes()
    frame = store.load("cleaned_villages", "2016-06", "451021")
    again = store.save(frame, "cleaned_villages", "2016-06", "451021")
    assert pl.read_parquet(again).equals(VILLAGES)
    assert store.save(VILLAGES, "cleaned_villages", "2016-06", "451021").read_bytes() == first


def test_all_counties_are_read_together_in_order(project: Path) -> None:
    for county in ("451022", "451021"):
        frame = VILLAGES.with_columns(pl.lit(county).alias("county_code"))
        store.save(frame, "cleaned_villages", "2016-06", county)
    codes = store.load("cleaned_villages", "2016-06")["county_code"].unique().tolist()
    assert codes == ["451021", "451022"]
    assert store.saved_counties("cleaned_villages", "2016-06") == codes
    assert not store.exists("cleaned_villages", "2016-05", "451021")


def test_a_table_that_is_not_there_says_what_to_run_or_what_was_meant(project: Path) -> None:
    with pytest.raises(StoreError, match="povexit run --month 2016-06"):
        store.load("cleaned_villages", "2016-06")
    with pytest.raises(StoreError, match="cleaned_villages"):
        store.load("cleaned_vilages", "2016-06")


@pytest.mark.parametrize("month", ["2016-6", "2016-13", "201606", "../2016-06", "", "2016-06-01"])
def test_a_month_has_one_form(month: str) -> None:
    with pytest.raises(UnknownNameError, match="not a month"):
        store.raw_dir(month)


def test_a_full_disk_leaves_the_old_file_and_no_other(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = store.write_atomic(project / "reports" / "a.html", "old")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(StoreError, match="free some space"):
        store.write_atomic(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in path.parent.iterdir()] == ["a.html"]


def test_an_interrupted_writer_leaves_the_old_file(project: Path) -> None:
    path = store.write_atomic(project / "a.txt", "old")

    def half() -> None:
        with store.whole(path) as beside:
            beside.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert path.read_text() == "old"
    assert not list(project.glob(".a.txt*"))


def test_one_county_that_fails_is_recorded_and_its_old_numbers_go(project: Path) -> None:
    store.save(VILLAGES, "cleaned_villages", "2016-06", "451021")
    with store.outcome("clean", "2016-06", "451021", ["cleaned_villages"]):
        raise DeliveryError("sheet missing", where="田阳县.xlsx", hint="ask for it")
    with store.outcome("clean", "2016-06", "451022") as record:
        record["rows"] = 3
    table = store.outcomes("clean", "2016-06").set_index("county_code")
    assert table["status"].to_dict() == {"451021": "failed", "451022": "ok"}
    assert table.loc["451021", "hint"] == "ask for it"
    assert not store.exists("cleaned_villages", "2016-06", "451021")
    assert store.load_outcome("clean", "2016-06", "451022") == {"status": "ok", "rows": 3}
    assert store.load_outcome("judge", "2016-06", "451022") is None


def test_a_full_disk_is_not_one_countys_failure(project: Path) -> None:
    with pytest.raises(StoreError), store.outcome("clean", "2016-06", "451021"):
        raise StoreError("full") from OSError(errno.ENOSPC, "full")


def test_a_bug_is_not_swallowed(project: Path) -> None:
    with pytest.raises(ZeroDivisionError), store.outcome("clean", "2016-06", "451021"):
        _ = 1 / 0


def test_outside_a_project_the_error_names_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POVEXIT_HOME", "")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(store, "__file__", str(tmp_path / "site-packages" / "store.py"))
    with pytest.raises(StoreError, match="POVEXIT_HOME"):
        store.root()
