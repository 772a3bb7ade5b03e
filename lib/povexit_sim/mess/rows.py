"""Mess of whole rows: households twice, persons in two counties, parts that contradict each other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from povexit_sim.allocation import bases
from povexit_sim.identities import SHARED_AREA, identity_numbers
from povexit_sim.incomes import BUSINESS
from povexit_sim.mess.log import Log, Sheets, chosen
from povexit_sim.noise import stream
from povexit_sim.sheets import Sheet

Plant = Callable[[Sheets, Log, np.random.Generator, float], None]
_TOTALS = ("net_income_yuan", "net_income_per_capita_stated_yuan")


def insert(sheet: Sheet, rows: list[int], after: list[int]) -> list[int]:
    """Copy ``rows`` to behind the rows ``after``; return where the copies lie."""
    order = list(range(len(sheet)))
    where = np.array(after) + 1
    order = np.insert(np.array(order), where, rows).tolist()
    sheet.take(order)
    if sheet.heads[0].column == "serial":
        sheet.cells[0] = list(range(1, len(sheet) + 1))
    # np.insert keeps the order of equal places, so the k-th copy moved down by k
    by_place = np.argsort(where, kind="stable")
    copies = np.empty(len(rows), dtype=np.int64)
    copies[by_place] = where[by_place] + np.arange(len(rows))
    return copies.tolist()


def _lock(sheet: Sheet, log: Log, column: str, values: set[str]) -> None:
    own = sheet.cells[sheet.at(column)]
    log.locked.setdefault(sheet.table, set()).update(i for i, v in enumerate(own) if v in values)


def duplicate_household(sheets: Sheets, log: Log, rng: np.random.Generator, rate: float) -> None:
    """Enter households twice, members and all."""
    homes, people = sheets["register_households"], sheets["register_persons"]
    rows = chosen(rng, len(homes), rate)
    numbers = {homes.cells[homes.at("household_number")][r] for r in rows}
    behind = [int(rng.integers(r, min(len(homes), r + 40))) for r in rows]
    for row in insert(homes, rows, behind):
        number = homes.cells[homes.at("household_number")][row]
        log.note("duplicate_household", homes, row, "household_number", number, number)
    own = people.cells[people.at("household_number")]
    members = [i for i, number in enumerate(own) if number in numbers]
    for row in insert(people, members, [len(people) - 1] * len(members)):
        number = people.cells[people.at("id_number")][row]
        log.note("duplicate_household", people, row, "id_number", number, number)
    _lock(homes, log, "household_number", numbers)
    _lock(people, log, "household_number", numbers)


def _shared(seed_pair: tuple[str, str], n: int) -> list[dict[str, str]]:
    """Return identities that two counties both have; both sides draw the same ones."""
    rng = stream(0, seed_pair[0], "shared persons", seed_pair[1])
    year, month, day = rng.integers(1978, 1990, n), rng.integers(1, 13, n), rng.integers(1, 29, n)
    place = list(bases()).index(seed_pair[0])
    # births of one pair never meet those of another: the day of the month tells the pair
    birth = year * 10000 + month * 100 + (1 + place * 2 + day % 2)
    number = identity_numbers(SHARED_AREA, birth, np.ones(n, dtype=np.int64))
    return [
        {"id_number": str(i), "birth_date": f"{y}-{m:02d}"}
        for i, y, m in zip(number, year, month, strict=True)
    ]


def person_two_counties(sheets: Sheets, log: Log, rng: np.random.Generator, rate: float) -> None:
    """Give a few sons the identity that a son in the neighbouring county has too."""
    people, order = sheets["register_persons"], list(bases())
    place = order.index(log.county_code)
    pairs = [(order[place], order[(place + 1) % 12]), (order[place - 1], order[place])]
    # both sides must take as many, so the number hangs on the size of neither
    n = 3 if len(people) < 20_000 else 3 + round(20_000 * rate)
    relation, birth = people.cells[people.at("relation")], people.cells[people.at("birth_date")]
    able = [
        i
        for i in range(len(people))
        if relation[i] == "03" and "1978" <= (birth[i] or "") < "1990" and log.is_free(people, i, 0)
    ]
    rows = [able[i] for i in rng.permutation(len(able))]
    for row, identity in zip(rows, _shared(pairs[0], n) + _shared(pairs[1], n), strict=False):
        for column, value in identity.items():
            log.put("person_two_counties", people, row, people.at(column), value)
        log.locked.setdefault(people.table, set()).add(row)


def size_disagrees(sheets: Sheets, log: Log, rng: np.random.Generator, rate: float) -> None:
    """Write a household size that the person sheet does not bear out."""
    homes = sheets["register_households"]
    place = homes.at("household_size")
    for row in chosen(rng, len(homes), rate):
        if log.is_free(homes, row, place):
            size = homes.cells[place][row]
            log.put("size_disagrees", homes, row, place, size + (1 if size < 3 else -1))


def land_over_50(sheets: Sheets, log: Log, rng: np.random.Generator, rate: float) -> None:
    """Write cultivated land above 50 mu a person, as a slipped decimal point does."""
    homes = sheets["register_households"]
    place, size = homes.at("cultivated_land_mu"), homes.cells[homes.at("household_size")]
    for row in chosen(rng, len(homes), rate):
        if log.is_free(homes, row, place):
            log.put("land_over_50", homes, row, place, round(size[row] * rng.uniform(55, 95), 1))


def _free_money(homes: Sheet, log: Log, row: int) -> bool:
    places = [i for i, h in enumerate(homes.heads) if h.column.endswith("_yuan")]
    return all(log.is_free(homes, row, i) for i in (*places, homes.at("household_size")))


def business_without_cost(sheets: Sheets, log: Log, rng: np.random.Generator, rate: float) -> None:
    """Leave the cost of business out, and net income equal to the gross."""
    homes = sheets["register_households"]
    places = [homes.at(c) for c in BUSINESS]
    for row in chosen(rng, len(homes), rate):
        if not _free_money(homes, log, row) or not any(homes.cells[i][row] for i in places):
            continue
        total = homes.cells[homes.at("total_income_yuan")][row]
        size = homes.cells[homes.at("household_size")][row]
        values = (0, total, round(total / size, 2))
        for column, value in zip(("production_cost_yuan", *_TOTALS), values, strict=True):
            log.put("business_without_cost", homes, row, homes.at(column), value)


def cost_without_business(sheets: Sheets, log: Log, rng: np.random.Generator, rate: float) -> None:
    """Leave business incomes out though their cost stays."""
    homes = sheets["register_households"]
    places = [homes.at(c) for c in BUSINESS]
    for row in chosen(rng, len(homes), rate):
        cost = homes.cells[homes.at("production_cost_yuan")][row]
        if not cost or not _free_money(homes, log, row):
            continue
        for place in places:
            if homes.cells[place][row]:
                log.put("cost_without_business", homes, row, place, 0)


ROW_KINDS: dict[str, Plant] = {
    f.__name__: f
    for f in (
        duplicate_household,
        person_two_counties,
        size_disagrees,
        land_over_50,
        business_without_cost,
        cost_without_business,
    )
}
