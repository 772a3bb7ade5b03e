"""What was asked for, checked before anything starts."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from povexit import store
from povexit.batch import keys
from povexit.batch.declared import check_parameters
from povexit.batch.keys import Month
from povexit.batch.shards import Shard, parse
from povexit.errors import DeliveryError, StoreError, UnknownNameError

STANDARD = "household_exit"
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Step:
    """A notebook of the flow and the parameters it is given."""

    notebook: str
    parameters: tuple[str, ...]

    @property
    def path(self) -> Path:
        """Return the notebook's file."""
        return store.root() / "notebooks" / self.notebook


CLEAN = Step("01_clean.ipynb", ("month", "county"))
JUDGE = Step("02_judge.ipynb", ("month", "county", "edition"))
MAPS = Step("03_map_counties.ipynb", ("month", "edition", "lang"))
COUNTY = Step("04_county_report.ipynb", ("month", "county", "edition", "lang"))
CITY = Step("05_city_report.ipynb", ("month", "edition", "lang"))
EDITIONS = Step("06_editions.ipynb", ("month", "lang"))
TARGETS = Step("07_targets.ipynb", ("month", "edition", "lang"))
RELOCATION = Step("08_relocation.ipynb", ("month", "edition", "lang"))
RECONCILIATION = Step("09_reconciliation.ipynb", ("month", "edition", "lang"))
VILLAGE = Step("10_village.ipynb", ("month", "village", "edition", "lang"))
DECK = Step("11_deck.ipynb", ("month", "edition", "lang"))
#: Pages of the whole city by name.
CITY_PAGES = {
    "city": CITY,
    "maps": MAPS,
    "targets": TARGETS,
    "relocation": RELOCATION,
    "reconciliation": RECONCILIATION,
    "editions": EDITIONS,
    "deck": DECK,
}
#: Pages that take a second or two: run last, they leave no process idle for long at the end.
SHORT = (TARGETS, RELOCATION, RECONCILIATION)
STEPS = (CLEAN, JUDGE, COUNTY, *CITY_PAGES.values(), VILLAGE)


@dataclass(frozen=True)
class Options:
    """A checked request.

    Attributes
    ----------
    month
        The month to report.
    deliveries
        That month and, if any county delivered it, the one before to compare with: what
        was delivered.
    edition, edition_note
        The edition all months are judged by, and what to say about it.
    lang
        ``zh`` or ``en``.
    counties
        Codes, in the order of the codes' table.
    force, jobs
        Do everything again; how many notebooks at a time.
    shard
        The share of the counties that this is, if others see to the other ones.
    """

    month: str
    deliveries: Mapping[str, Month]
    edition: str
    edition_note: str | None
    lang: str
    counties: tuple[str, ...]
    force: bool
    jobs: int
    shard: Shard | None = None

    @property
    def months(self) -> tuple[str, ...]:
        """Return the month before, if there is one, and the month."""
        return tuple(sorted(self.deliveries))

    @property
    def whole_city(self) -> bool:
        """Tell whether all counties were asked for, so that the city's reports are due."""
        return self.shard is None and set(self.counties) == set(keys.county_names())

    def simulated(self, counties: Sequence[str]) -> bool:
        """Tell whether any delivery of these counties is simulated, of either month."""
        return any(m.of(county).simulated for m in self.deliveries.values() for county in counties)

    @property
    def folder(self) -> Path:
        """Return where the reports go."""
        folder = store.reports_dir(self.month)
        return folder if self.lang == "zh" else folder / self.lang


def check(
    month: str,
    *,
    edition: str | None = None,
    lang: str = "zh",
    counties: Sequence[str] | None = None,
    force: bool = False,
    jobs: int = 2,
    shard: str | None = None,
) -> Options:
    """Return the request if all of it can be done.

    Raises
    ------
    UnknownNameError
        If a month, county, edition, language or shard is not known, or a notebook does not take it
        as a parameter of this name and type; the nearest are named.
    StoreError
        If the month's folder or a notebook is missing.
    DeliveryError
        If the month's folder is empty.
    """
    store.check_month(month)
    check_choice("language", lang, LANGUAGES)
    if jobs < 1:
        raise UnknownNameError("too few jobs", expected="1 or more", found=jobs)
    edition, note = _edition(edition, month, lang)
    part = _shard(shard, counties)
    wanted = part.share(tuple(keys.county_names())) if part else _counties(counties)
    _check_folder(month)
    given = {"month": month, "county": ",".join(wanted), "edition": edition, "lang": lang}
    given["village"] = ""  # none is asked for yet; that a code is text can be told
    for step in STEPS:
        check_parameters(step.path, {name: given[name] for name in step.parameters})
    delivered = {month: keys.deliveries(month)} | _before(store.previous_month(month))
    return Options(month, delivered, edition, note, lang, wanted, force, jobs, part)


def _before(month: str) -> dict[str, Month]:
    """Return the month before, or nothing if no county delivered it: then nothing is compared."""
    if not store.raw_dir(month).is_dir():
        return {}
    try:
        found = keys.deliveries(month)
    except DeliveryError:
        return {}
    return {month: found} if found.counties else {}


def _check_folder(month: str) -> None:
    folder = store.raw_dir(month)
    if not folder.parent.is_dir():
        raise StoreError(
            "not a povexit project",
            where=store.root().absolute(),
            expected="a folder with data/raw and notebooks",
            hint="set POVEXIT_HOME to the project's folder, or leave it unset and change into it",
        )
    if not folder.is_dir():
        there = sorted(p.name for p in folder.parent.glob("20*") if p.is_dir())
        raise StoreError(
            f"no deliveries for {month}",
            where=folder,
            expected="a folder with the counties' files",
            found="months delivered: " + (", ".join(there) or "none"),
            hint=f"make the folder data/raw/{month} and put the counties' files in it",
        )


def check_choice(what: str, value: str, choices: Sequence[str]) -> None:
    """Refuse what is not one of the choices, with the nearest.

    Raises
    ------
    UnknownNameError
        If it is none of them.
    """
    if value not in choices:
        near = difflib.get_close_matches(value, choices, n=1) or choices
        raise UnknownNameError(
            f"unknown {what}",
            expected=", ".join(choices),
            found=repr(value),
            hint=f"did you mean {near[0]}?",
        )


def _edition(edition: str | None, month: str, lang: str) -> tuple[str, str | None]:
    from povexit import standards

    if edition is not None:
        check_choice("edition", edition, [s.edition for s in standards.editions(STANDARD)])
    standard, note = standards.choose(STANDARD, month, edition or "", lang)
    return standard.edition, note


def _shard(text: str | None, counties: Sequence[str] | None) -> Shard | None:
    if text is None:
        return None
    if counties is not None:
        raise UnknownNameError(
            "a shard says by itself which counties it takes",
            expected="a shard or counties, not both",
            found=f"shard {text!r} and counties {', '.join(counties)}",
        )
    return parse(text, len(keys.county_names()))


def _counties(names: Sequence[str] | None) -> tuple[str, ...]:
    known = tuple(keys.county_names())
    if names is None or list(names) == ["all"]:
        return known
    from povexit.geography import resolve_county

    wanted = {resolve_county(name) for name in names}
    return tuple(c for c in known if c in wanted)
