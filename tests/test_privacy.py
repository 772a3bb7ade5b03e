"""Identities become keyed hashes; few units are not shown."""

from __future__ import annotations

import stat
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from povexit import privacy
from povexit.errors import PrivacyError

KEY = b"k" * 32


def test_same_key_joins_and_another_key_does_not() -> None:
    numbers = pl.Series("id", ["451099198501010018", None, "451099198501010018"])
    hashed = privacy.hash_series(numbers, KEY, "p")
    assert hashed[0] == hashed[2] == privacy.hash_value(numbers[0], KEY, "p")
    assert hashed[1] is None
    assert privacy.hash_series(numbers, b"j" * 32, "p")[0] != hashed[0]


@given(st.text(min_size=6))
def test_the_hash_does_not_hold_the_identity(text: str) -> None:
    assert text not in privacy.hash_value(text, KEY, "p")


@given(st.lists(st.text(), unique=True, min_size=2, max_size=50))
def test_different_identities_get_different_hashes(texts: list[str]) -> None:
    assert privacy.hash_series(pl.Series("id", texts), KEY, "p").n_unique() == len(texts)


def test_the_key_is_made_once_readable_by_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("POVEXIT_KEY", raising=False)
    monkeypatch.setenv("POVEXIT_KEY_FILE", str(tmp_path / "conf" / "key"))
    first = privacy.load_key(simulated=False)
    assert "Keep it safe" in capsys.readouterr().err
    assert privacy.load_key(simulated=False) == first
    assert not capsys.readouterr().err
    assert stat.S_IMODE((tmp_path / "conf" / "key").stat().st_mode) == 0o600
    assert privacy.load_key(simulated=True) == privacy.DEMO_KEY != first


def test_a_key_that_another_process_is_just_making_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key"
    path.touch()
    monkeypatch.delenv("POVEXIT_KEY", raising=False)
    monkeypatch.setenv("POVEXIT_KEY_FILE", str(path))
    monkeypatch.setattr(privacy.time, "sleep", lambda _: path.write_bytes(KEY))
    assert privacy.load_key(simulated=False) == KEY
    path.write_text("")
    monkeypatch.setattr(privacy.time, "sleep", lambda _: None)
    with pytest.raises(PrivacyError, match="too short"):
        privacy.load_key(simulated=False)


def test_a_weak_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POVEXIT_KEY", "secret")
    with pytest.raises(PrivacyError, match="too short"):
        privacy.load_key(simulated=False)


@given(st.lists(st.one_of(st.none(), st.integers(0, 30)), min_size=1, max_size=20))
def test_no_small_cell_is_shown_and_unknown_is_not_small(counts: list[int | None]) -> None:
    frame = pd.DataFrame({"n": pd.array(counts, dtype="Int64"), "share": 0.5})
    out = privacy.suppress_small(frame, "n", ["share"])
    shown = out["status"] == "shown"
    assert (frame["n"][shown] >= privacy.SMALLEST_SHOWN).all()
    assert out.loc[out["status"] == "suppressed", ["n", "share"]].isna().all(axis=None)
    assert (out["status"] == "unknown").tolist() == [c is None for c in counts]
    assert frame["share"].notna().all()


def test_a_single_small_cell_takes_the_next_smallest_with_it() -> None:
    frame = pd.DataFrame({"n": [4, 30, 12, None], "share": [0.1, 0.2, 0.3, 0.4]})
    out = privacy.suppress_small(frame, "n", ["share"])
    assert out["status"].tolist() == ["suppressed", "shown", "suppressed", "unknown"]
    two = privacy.suppress_small(frame.assign(n=[4, 30, 5, 12]), "n", ["share"])
    assert two["status"].tolist() == ["suppressed", "shown", "suppressed", "shown"]
    assert privacy.suppress_small(frame.iloc[:1], "n", ["share"])["status"].tolist() == [
        "suppressed"
    ]
