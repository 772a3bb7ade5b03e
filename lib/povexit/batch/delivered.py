"""The reports of a month already run: their executed notebooks, and what their pages say.

All further products are made from these, without running anything again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from povexit import publish
from povexit.batch import keys, pages, records
from povexit.batch.options import CITY_PAGES, COUNTY, Options, check
from povexit.errors import StoreError

SLIDES = "deck"


@dataclass(frozen=True)
class Delivered:
    """One report that was made.

    Attributes
    ----------
    name
        ``city``, ``maps`` or ``county_<code>``.
    notebook
        Its executed notebook.
    page
        What its page says about itself.
    """

    name: str
    notebook: Path
    page: publish.Page


def delivered(month: str, lang: str = "zh") -> list[Delivered]:
    """Return the reports of a month that were made, the city's first.

    Raises
    ------
    UnknownNameError, StoreError, DeliveryError
        If there is no such month, or none of its reports was made in the language.
    """
    return reports(last_run(month, lang))


def slides(month: str, lang: str = "zh") -> Delivered:
    """Return the slides of a month, as the notebook that was executed holds them.

    Raises
    ------
    UnknownNameError, StoreError, DeliveryError
        If there is no such month, or its slides were not made in the language.
    """
    options = last_run(month, lang)
    if (found := report(options, SLIDES)) is None:
        raise StoreError(
            f"no slides of {month} were made",
            where=pages.files(options, SLIDES)[1],
            hint=f"run all counties: {_command(month, lang)}",
        )
    return found


def last_run(month: str, lang: str) -> Options:
    """Return what a month's reports were made by: the edition above all.

    Raises
    ------
    UnknownNameError, StoreError, DeliveryError
        If there is no such month, or none of its reports was made in the language.
    """
    options = check(month, lang=lang)
    for name in _names(options):
        record = records.load(pages.record_name(options, name), month)
        if record is not None and record.ok:
            return check(month, lang=lang, edition=record.parameters.get("edition"))
    raise StoreError(
        f"no report of {month} was made",
        where=options.folder,
        hint=f"run: {_command(month, lang)}",
    )


def _command(month: str, lang: str) -> str:
    return f"povexit run --month {month}" + ("" if lang == "zh" else f" --lang {lang}")


def reports(options: Options) -> list[Delivered]:
    """Return the reports asked for that were made, the city's first; slides are no report."""
    found = (report(options, name) for name in _names(options))
    return [delivered for delivered in found if delivered is not None]


def _names(options: Options) -> list[str]:
    city = [name for name in CITY_PAGES if name != SLIDES] if options.whole_city else []
    return [*city, *(f"county_{code}" for code in options.counties)]


def report(options: Options, name: str) -> Delivered | None:
    """Return one report if it was made by the edition asked for."""
    record = records.load(pages.record_name(options, name), options.month)
    notebook = pages.files(options, name)[1]
    if record is None or not record.ok or not notebook.is_file():
        return None
    if record.parameters.get("edition") not in (None, options.edition):
        return None
    code = name.removeprefix("county_")
    is_county = code != name
    made = pages.Report(
        name=name,
        title=pages.title(options, "county", keys.county_names()[code][options.lang])
        if is_county
        else pages.title(options, name),
        step=COUNTY if is_county else CITY_PAGES[name],
        parameters=record.parameters,
        inputs=record.inputs,
        simulated=options.simulated((code,) if is_county else options.counties),
    )
    return Delivered(name, notebook, pages.page(options, made))


def whole(options: Options, kind: str) -> publish.Page:
    """Return what a product of a whole month says of itself; ``kind`` as in ``words.toml``."""
    said = {"month": options.month, "edition": options.edition, "code": keys.code_version()}
    simulated = options.simulated(options.counties)
    return publish.Page(pages.title(options, kind), options.lang, simulated, said)
