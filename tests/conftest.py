"""Shared by all tests: a project folder of one's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from povexit.style.look import set_context, set_language

# machines are shared and noisy: no test is about time
settings.register_profile("povexit", deadline=None)
settings.load_profile("povexit")


@pytest.fixture(scope="module", autouse=True)
def own_look() -> None:
    """Let no module see the language or context that another one chose."""
    set_language("zh")
    set_context("report")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project folder that `povexit.store` takes for the checkout."""
    for folder in ("data/raw", "data/processed", "notebooks", "reports"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.setenv("POVEXIT_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="session")
def lab_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two counties of the demo month, judged; not to be written to."""
    from tests import lab_month

    home = tmp_path_factory.mktemp("lab")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POVEXIT_HOME", str(home))
        lab_month.make(home)
    return home


@pytest.fixture
def lab(lab_home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The month of `lab_home`, that project being the one in use."""
    monkeypatch.setenv("POVEXIT_HOME", str(lab_home))
    return "2016-06"


@pytest.fixture
def own_lab(lab_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of `lab_home` that a test may change, in use."""
    home = tmp_path / "home"
    shutil.copytree(lab_home, home)
    monkeypatch.setenv("POVEXIT_HOME", str(home))
    return home
