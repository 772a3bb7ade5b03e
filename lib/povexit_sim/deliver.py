"""A county's delivery of a month: register, village and programme ledgers, survey, with their mess."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from povexit.clean.units import NAMES
from povexit.geography import counties, county_name
from povexit_sim.county import Population
from povexit_sim.mess import soil, soil_ledgers
from povexit_sim.mess.log import Log, Sheets
from povexit_sim.programmes import LEDGERS
from povexit_sim.settings import settings
from povexit_sim.sheets import heads, lay_out, shuffled, with_hidden_copy
from povexit_sim.survey import make_survey
from povexit_sim.write import write_table, write_workbook

_HIDDEN = "net_income_per_capita_stated_yuan"


@dataclass(frozen=True)
class Delivered:
    """What was written: the files' names, the planted defects and the survey as it is in truth."""

    files: list[str]
    defects: pl.DataFrame
    survey: pl.DataFrame


def _called(county: str, is_messy: bool) -> str:
    """Return the county's name in its files' names; today's name where the mess asks for it."""
    table = counties().set_index("county_code")
    return str(table.at[county, "name_today"]) if is_messy else county_name(county)


def file_names(county: str, month: str, kinds: Collection[str]) -> dict[str, str]:
    """Return the name of the file of each table of a county.

    Examples
    --------
    >>> file_names("451023", "2016-06", ["county_alias"])["village_ledger"]
    '平果市村台账2016年6月.xlsx'
    """
    name = _called(county, "county_alias" in kinds)
    year, number = month[:4], int(month[5:])
    register = f"{name}建档立卡信息导出_{month}.xlsx"
    return {
        "register_households": register,
        "register_persons": register,
        "village_ledger": f"{name}村台账{year}年{number}月.xlsx",
        "household_survey": f"{name}入户调查_{month}.csv",
        **dict.fromkeys(LEDGERS, f"{name}专项台账{year}年{number}月.xlsx"),
    }


def _clean_sheets(population: Population, survey: pl.DataFrame, kinds: Collection[str]) -> Sheets:
    county = population.county_code
    name, code = (
        pl.lit(county_name(county)).alias("county_name"),
        pl.lit(county).alias("county_name"),
    )
    frames = {
        "register_households": population.households.with_columns(name),
        "register_persons": population.persons.with_columns(name),
        "village_ledger": population.villages.with_columns(name),
        "household_survey": survey.with_columns(code),
    }
    return _laid_out(frames, population, kinds)


def _ledger_sheets(population: Population, kinds: Collection[str]) -> Sheets:
    """Return the programme ledgers as sheets; what names other kinds of units stays empty."""
    named = {**dict.fromkeys(NAMES), "county_name": county_name(population.county_code)}
    frames = {
        table: frame.with_columns(
            pl.lit(value, pl.String).alias(column)
            for column, value in named.items()
            if column not in frame.columns
        )
        for table, frame in population.ledgers.items()
    }
    return _laid_out(frames, population, kinds)


def _laid_out(
    frames: Mapping[str, pl.DataFrame], population: Population, kinds: Collection[str]
) -> Sheets:
    county, month = population.county_code, population.month
    names, made = file_names(county, month, kinds), {}
    for table, frame in frames.items():
        layout = heads(table, county, month)
        if "column_order" in kinds:
            layout = shuffled(layout, population.seed, county)
        made[table] = lay_out(frame, table, names[table], layout)
    return made


def _hit(county: str, kind: str, kinds: Collection[str]) -> bool:
    return kind in kinds and county in settings()["mess_counties"][kind]


def _hide(sheets: Sheets, log: Log) -> None:
    homes = sheets["register_households"]
    sheets["register_households"] = with_hidden_copy(homes, _HIDDEN)
    log.note_file("hidden_column", homes.file, homes.name, _HIDDEN)


def _shift(ledgers: Sheets, log: Log) -> None:
    """Put a line between title and headers, as a form that was filled in has."""
    for sheet in ledgers.values():
        sheet.extra_rows = 1
        log.note_file("ledger_shifted_header", sheet.file, sheet.name)


def _write_books(
    sheets: Sheets, folder: Path, log: Log, kinds: Collection[str], month: str
) -> None:
    name, when = county_name(log.county_code), f"{month[:4]}年{int(month[5:])}月"
    made = datetime(int(month[:4]), int(month[5:]), 28, 9, 0)
    register = [sheets["register_households"], sheets["register_persons"]]
    titles = [f"{name}建档立卡贫困户信息表（{when}）", f"{name}建档立卡贫困人口信息表（{when}）"]
    file = register[0].file
    if _hit(log.county_code, "missing_sheet", kinds):
        log.note_file("missing_sheet", file, register.pop().name)
    write_workbook(folder / file, register, titles[: len(register)], made)
    villages = sheets["village_ledger"]
    write_workbook(folder / villages.file, [villages], [f"{name}行政村台账（{when}）"], made)
    if _hit(log.county_code, "truncated_file", kinds):
        whole = (folder / file).read_bytes()
        (folder / file).write_bytes(whole[: len(whole) * 3 // 5])
        log.note_file("truncated_file", file)


def _write_ledgers(ledgers: Sheets, folder: Path, log: Log, month: str) -> None:
    name, when = county_name(log.county_code), f"{month[:4]}年{int(month[5:])}月"
    made = datetime(int(month[:4]), int(month[5:]), 28, 9, 0)
    sheets = list(ledgers.values())
    titles = [f"{name}{sheet.name}台账（{when}）" for sheet in sheets]
    write_workbook(folder / sheets[0].file, sheets, titles, made)


def _write_survey(sheets: Sheets, folder: Path, log: Log, kinds: Collection[str]) -> None:
    survey = sheets["household_survey"]
    has_mark = _hit(log.county_code, "csv_bom", kinds)
    has_crlf = _hit(log.county_code, "csv_crlf", kinds)
    encoding, line_end = "utf-8-sig" if has_mark else "gb18030", "\r\n" if has_crlf else "\n"
    write_table(folder / survey.file, survey, encoding, line_end)
    for kind, is_hit in {"csv_bom": has_mark, "csv_crlf": has_crlf}.items():
        if is_hit:
            log.note_file(kind, survey.file)


def write_delivery(population: Population, folder: Path, kinds: Collection[str]) -> Delivered:
    """Write a county's four files of a month.

    Parameters
    ----------
    population
        From `simulate_county`.
    folder
        An existing folder.
    kinds
        Kinds of mess to plant (`mess.KINDS`); empty for a clean delivery.
    """
    county, month, seed = population.county_code, population.month, population.seed
    frames = {n: getattr(population, n) for n in ("villages", "households", "unregistered")}
    survey = make_survey(county, month, seed, population.scale, frames)
    sheets, log = _clean_sheets(population, survey, kinds), Log(county)
    soil(sheets, log, kinds, seed, month)
    ledgers = _ledger_sheets(population, kinds)
    if _hit(county, "ledger_shifted_header", kinds):
        _shift(ledgers, log)
    soil_ledgers(ledgers, log, kinds, seed, month)
    every = sorted({s.file for s in (*sheets.values(), *ledgers.values())})
    if _called(county, "county_alias" in kinds) != county_name(county):
        for file in every:
            log.note_file("county_alias", file)
    if _hit(county, "hidden_column", kinds):
        _hide(sheets, log)
    _write_books(sheets, folder, log, kinds, month)
    _write_ledgers(ledgers, folder, log, month)
    _write_survey(sheets, folder, log, kinds)
    return Delivered(every, log.frame(), survey)
