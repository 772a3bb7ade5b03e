"""A process killed at any moment leaves whole files or none, and the same command makes the rest.

A small form of `benchmarks/kill_workers.py`: which process is drawn by a fixed seed, the moments
are those at which an undisturbed run had one of its kind.
"""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
from tests import killing
from tests.tiny_month import MONTH, A, Home

SEED = 20160601
Undisturbed = tuple[Home, dict[str, str], dict[str, list[float]]]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """A run that nobody disturbed, its pages, and its processes' moments."""
    home = Home(tmp_path_factory.mktemp("undisturbed") / "home").furnish()
    return home, *killing.undisturbed(home)


@pytest.mark.parametrize("kind", killing.KINDS)
def test_a_killed_process_leaves_whole_files_and_the_next_run_makes_the_rest(
    undisturbed: Undisturbed, kind: str, tmp_path: Path
) -> None:
    _, wanted, moments = undisturbed
    rng = random.Random(f"{SEED} {kind}")
    home = Home(tmp_path / "home").furnish()
    wait = rng.choice(moments[kind]) - moments[kind][0]
    one = killing.disturbed(home, kind, wait, rng)
    assert one.faults == [], one
    assert killing.again(home, wanted) == []


@pytest.mark.parametrize("spoil", ["page cut", "page without notebook", "pdf cut", "record cut"])
def test_what_is_not_whole_is_found(undisturbed: Undisturbed, tmp_path: Path, spoil: str) -> None:
    """Else the test above could not fail."""
    shutil.copytree(undisturbed[0].folder, tmp_path / "home")
    home = Home(tmp_path / "home")
    assert killing.broken(home) == []
    reports = home.folder / "reports" / MONTH
    files = {
        "page cut": home.page(f"county_{A}"),
        "pdf cut": reports / "pdf" / f"county_{A}.pdf",
        "record cut": next((home.folder / "data" / "processed").rglob("records/**/*.json")),
        "page without notebook": reports / "notebooks" / f"county_{A}.ipynb",
    }
    path = files[spoil]
    if spoil == "page without notebook":
        told = json.loads(path.read_text())
        told["cells"][-1]["execution_count"] = None
        path.write_text(json.dumps(told))
    else:
        path.write_bytes(path.read_bytes()[:-200])
    assert any(path.name in fault for fault in killing.broken(home))
