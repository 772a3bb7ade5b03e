"""Which files of a month's folder are whose."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from povexit import store
from povexit.errors import DeliveryError
from povexit.geography import county_aliases, county_name
from povexit.raw.columnmap import plain
from povexit.raw.layouts import Kind, kinds, layouts

_MONTH_IN_NAME = re.compile(r"(20\d\d)\D?(0?[1-9]|1[0-2])(?!\d)")


@dataclass(frozen=True)
class Delivery:
    """What one county sent for one month.

    Attributes
    ----------
    files
        All of the county's files, in order of their names.
    strangers
        Files of the folder that belong to no county or kind.
    """

    county_code: str
    month: str
    folder: Path
    files: tuple[Path, ...]
    strangers: tuple[Path, ...] = ()

    @property
    def simulated(self) -> bool:
        """Whether every file is listed as simulated with the content it has now.

        One real file among simulated ones makes the county's persons real.
        """
        return bool(self.files) and all(self.is_simulated(p) for p in self.files)

    def is_simulated(self, path: Path) -> bool:
        """Return whether one file is listed as simulated with the content it has now."""
        return store.sha256(path) == listed_simulated(self.folder).get(path.name)

    def has(self, kind: Kind) -> bool:
        """Return whether the county sent any file of a kind."""
        return any(kind_of(p) == kind for p in self.files)

    def path(self, kind: str) -> Path:
        """Return the county's file of a kind.

        Raises
        ------
        DeliveryError
            If there is none, or more than one.
        """
        wanted = kinds()[kind]
        own = [p for p in self.files if kind_of(p) == wanted]
        if len(own) == 1:
            return own[0]
        raise self._not_one(wanted, own)

    def _not_one(self, wanted: Kind, own: list[Path]) -> DeliveryError:
        name = county_name(self.county_code)
        names = ", ".join(p.name for p in (own or self.strangers))
        if own:
            return DeliveryError(
                f"{name} sent {len(own)} files of one kind",
                where=self.folder,
                expected=f"one file *{wanted.keyword}*{wanted.suffix}",
                found=names,
                hint="keep the one that holds and move the others out of the folder",
            )
        return DeliveryError(
            f"{name} has no file *{wanted.keyword}*{wanted.suffix}",
            where=self.folder,
            expected=f"{name}…{wanted.keyword}…{wanted.suffix}",
            found=f"files that belong to no county or kind: {names}" if names else None,
            hint="ask the county for it, or rename the file so that county and kind can be read",
        )


@cache
def _listed_at(path: Path, changed: int) -> dict[str, str]:
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8"))
        files = listed.get("file", [])
        return {f["name"]: f["sha256"] for f in files if f.get("simulated") is True}
    except (ValueError, KeyError) as error:
        raise DeliveryError(
            "the list of simulated files cannot be read",
            where=path,
            expected="as povexit-sim writes it",
            found=str(error),
            hint="take it from the version control again; real deliveries need no such file",
        ) from error


def listed_simulated(folder: Path) -> dict[str, str]:
    """Return name to SHA-256 of the files that a month's folder lists as simulated.

    Raises
    ------
    DeliveryError
        If the list cannot be read.
    """
    path = folder / "SOURCES.toml"
    return _listed_at(path, path.stat().st_mtime_ns) if path.is_file() else {}


def kind_of(path: Path) -> Kind | None:
    """Return the kind a file's name tells, or None."""
    name = plain(path.name)
    return next((k for k in kinds().values() if k.keyword in name), None)


def county_of(path: Path) -> str | None:
    """Return the county whose name or code a file's name bears; None if no or several counties'.

    Examples
    --------
    >>> county_of(Path("平果市村台账2016年6月.xlsx")), county_of(Path("x.xlsx"))
    ('451023', None)
    """
    name = plain(path.name)
    named = {code for text, code in county_aliases().items() if plain(text) in name}
    return named.pop() if len(named) == 1 else None


def named_month(path: Path) -> str | None:
    """Return the month a file's name bears, or None.

    Examples
    --------
    >>> named_month(Path("平果市村台账2016年6月.xlsx")), named_month(Path("x_2016-05.csv"))
    ('2016-06', '2016-05')
    """
    told = _MONTH_IN_NAME.search(plain(path.name))
    return f"{told[1]}-{int(told[2]):02d}" if told else None


def month_of(path: Path) -> str | None:
    """Return the month whose folder a file lies in, else the month its name bears, or None."""
    folder = path.resolve().parent.name
    return folder if store.MONTH.fullmatch(folder) else named_month(path)


def refuse_twins(files: Iterable[Path]) -> None:
    """Make sure that no two of the files are one county's, of one kind and in one folder.

    Raises
    ------
    DeliveryError
        If two are; it names them.
    """
    own: dict[tuple[Path, str], list[Path]] = {}
    for path in files:
        if county := county_of(path):
            own.setdefault((path.resolve().parent, county), []).append(path)
    for (folder, county), group in own.items():
        delivery = Delivery(county, folder.name, folder, tuple(group))
        for kind in {k.id for path in group if (k := kind_of(path))}:
            delivery.path(kind)


def is_delivery(path: Path) -> bool:
    """Tell whether a file counts as delivered, and is not one that lies in folders anyhow.

    Examples
    --------
    >>> is_delivery(Path("靖西市村台账.xlsx")), is_delivery(Path("SOURCES.toml"))
    (True, False)
    """
    # "~$" is the lock file of a workbook that is open somewhere
    return not path.name.startswith((".", "~$")) and path.name not in layouts()["ignored_files"]


def _candidates(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.is_file() and is_delivery(p))


def _found_instead(place: Path) -> str:
    if not place.is_dir():
        return "no such folder"
    folders = sorted(p.name for p in place.iterdir() if p.is_dir())
    return f"only folders: {', '.join(folders)}" if folders else "an empty folder"


def find_deliveries(month: str, folder: Path | None = None) -> dict[str, Delivery]:
    """Return each county's delivery of a month, by county code.

    A county that sent two files of a kind, or lacks one, is still listed: reading it says so.

    Parameters
    ----------
    month
        Such as ``2016-06``.
    folder
        The month's folder; ``data/raw/<month>`` without it.

    Raises
    ------
    DeliveryError
        If the folder is not there or empty.
    """
    place = folder or store.raw_dir(month)
    found = _candidates(place) if place.is_dir() else []
    if not found:
        raise DeliveryError(
            f"no deliveries for {month}",
            where=place,
            expected="the counties' files of the month",
            found=_found_instead(place),
            hint="put the counties' files into this folder itself",
        )
    owner = {p: county_of(p) if kind_of(p) else None for p in found}
    strangers = tuple(p for p, county in owner.items() if county is None)
    return {
        county: Delivery(
            county, month, place, tuple(p for p in found if owner[p] == county), strangers
        )
        for county in sorted({c for c in owner.values() if c})
    }


def find_delivery(month: str, county: str, folder: Path | None = None) -> Delivery:
    """Return one county's delivery of a month.

    If it sent nothing, the delivery has no files: reading it says so.

    Raises
    ------
    DeliveryError
        If the month's folder is not there or empty.
    """
    found = find_deliveries(month, folder)
    if county in found:
        return found[county]
    place = folder or store.raw_dir(month)
    # with no county's file at all, every file is a stranger
    strangers = next(iter(found.values())).strangers if found else tuple(_candidates(place))
    return Delivery(county, month, place, (), strangers)
