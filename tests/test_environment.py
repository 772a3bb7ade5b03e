"""The three lists of packages say the same; the repository holds what it should."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
# conda-forge's names where they differ
CONDA_NAMES = {"python-duckdb": "duckdb", "pandera-polars": "pandera"}
CONDA_ONLY = {"python", "pip", "brotli-python", "zopfli"}


def wanted() -> dict[str, Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = project["dependencies"] + project["optional-dependencies"]["dev"]
    return {canonicalize_name(r.name): r for r in map(Requirement, texts)}


def locked() -> dict[str, list[Version]]:
    pins: dict[str, list[Version]] = {}
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE):
        pins.setdefault(canonicalize_name(name), []).append(Version(version))
    return pins


def conda() -> dict[str, Requirement]:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    texts = [t for t in listed if isinstance(t, str)]
    texts += [t for d in listed if isinstance(d, dict) for t in d["pip"] if not t.startswith("-")]
    found = {canonicalize_name(r.name): r for r in map(Requirement, texts)}
    return {CONDA_NAMES.get(n, n): r for n, r in found.items() if n not in CONDA_ONLY}


def test_every_range_is_met_by_every_pin() -> None:
    pins = locked()
    for name, requirement in wanted().items():
        assert name in pins, f"{name} is in pyproject.toml and not in requirements.lock"
        assert all(requirement.specifier.contains(v) for v in pins[name]), name


def test_conda_users_get_the_same_set_and_ranges() -> None:
    ours = {n: r.specifier for n, r in wanted().items()}
    assert {n: r.specifier for n, r in conda().items()} == ours


def test_the_lock_holds_hashes_and_no_host() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in pin for pin in pins)
    assert "://" not in text
    assert "--index" not in text


def test_every_dependency_has_its_line_on_why() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    named = {canonicalize_name(n) for n in re.findall(r"^\| `([\w.-]+)`", page, re.MULTILINE)}
    assert named == set(wanted())


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_the_package_is_not_ignored_by_git() -> None:
    modules = sorted(str(p.relative_to(ROOT)) for p in (ROOT / "lib").rglob("*.py"))
    ignored = subprocess.run(["git", "check-ignore", *modules], cwd=ROOT, capture_output=True)
    assert modules
    assert ignored.stdout == b""


def test_notebooks_are_stored_without_outputs() -> None:
    for path in sorted((ROOT / "notebooks").rglob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = [c for c in cells if c["cell_type"] == "code"]
        assert not any(c["outputs"] or c["execution_count"] for c in code), path.name
