"""Shared by all tests: a project folder of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# machines are shared and noisy: no test is about time
settings.register_profile("povexit", deadline=None)
settings.load_profile("povexit")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project folder that `povexit.store` takes for the checkout."""
    for folder in ("data/raw", "data/processed", "notebooks", "reports"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.setenv("POVEXIT_HOME", str(tmp_path))
    return tmp_path
