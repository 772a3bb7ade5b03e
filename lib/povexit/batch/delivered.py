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
    options = check(month, lang=lang)
    # slides are no report to print: `deck` makes a presentation of them
    city = [name for name in CITY_PAGES if name != SLIDES]
    names = [*city, *(f"county_{code}" for code in options.counties)]
    found = [report for name in names if (report := _delivered(options, name))]
    if not found:
        raise StoreError(
            f"no report of {month} was made",
            where=options.folder,
            hint=f"run: povexit run --month {month}" + ("" if lang == "zh" else f" --lang {lang}"),
        )
    return found


def slides(month: str, lang: str = "zh") -> Delivered:
    """Return the slides of a month, as the notebook that was executed holds them.

    Raises
    ------
    UnknownNameError, StoreError, DeliveryError
        If there is no such month, or its slides were not made in the language.
    """
    options = check(month, lang=lang)
    found = _delivered(options, SLIDES)
    if found is None:
        raise StoreError(
            f"no slides of {month} were made",
            where=pages.files(options, SLIDES)[1],
            hint=f"run all counties: povexit run --month {month}"
            + ("" if lang == "zh" else f" --lang {lang}"),
        )
    return found


def _delivered(options: Options, name: str) -> Delivered | None:
    record = records.load(pages.record_name(options, name), options.month)
    notebook = pages.files(options, name)[1]
    if record is None or not record.ok or not notebook.is_file():
        return None
    code = name.removeprefix("county_")
    is_county = code != name
    report = pages.Report(
        name=name,
        title=pages.title(options, "county", keys.county_names()[code][options.lang])
        if is_county
        else pages.title(options, name),
        step=COUNTY if is_county else CITY_PAGES[name],
        parameters=record.parameters,
        inputs=record.inputs,
        simulated=options.simulated((code,) if is_county else options.counties),
    )
    return Delivered(name, notebook, pages.page(options, report))


def whole(month: str, lang: str, title: str) -> publish.Page:
    """Return what a product of a whole month says of itself; ``title`` as in ``words.toml``."""
    options = check(month, lang=lang)
    said = {"month": month, "edition": options.edition, "code": keys.code_version()}
    simulated = options.simulated(options.counties)
    return publish.Page(pages.title(options, title), lang, simulated, said)
