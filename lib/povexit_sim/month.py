"""All counties' deliveries of a month, and the truth about them."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from povexit_sim.allocation import bases
from povexit_sim.county import simulate_county
from povexit_sim.deliver import write_delivery
from povexit_sim.mess import check_kinds
from povexit_sim.settings import month_number, settings
from povexit_sim.write import write_sources

DEFECTS = "truth_defects"


@dataclass(frozen=True)
class Task:
    """One county's part of a month."""

    county_code: str
    month: str
    folder: Path
    scale: float
    seed: int
    kinds: frozenset[str]
    truth: Path | None


def _run(task: Task) -> list[str]:
    population = simulate_county(task.county_code, task.month, task.scale, task.seed)
    done = write_delivery(population, task.folder, task.kinds)
    if task.truth is not None:
        tables = {
            "households": population.households,
            "persons": population.persons,
            "villages": population.villages,
            "unregistered": population.unregistered,
            "survey": done.survey,
            "rates": population.rates,
            DEFECTS: done.defects,
            **population.ledgers,
        }
        for name, frame in tables.items():
            frame.write_parquet(_part(task.truth, name, task.county_code), compression="zstd")
    return done.files


def _part(truth: Path, name: str, county: str) -> Path:
    path = truth / name / f"{county}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _results(tasks: list[Task], scale: float) -> Iterator[list[str]]:
    """Run the tasks; in processes once a county takes longer than a process to start."""
    if scale < settings()["survey"]["full_from_scale"]:
        yield from map(_run, tasks)
        return
    # spawn, not fork: Polars holds threads
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        yield from pool.map(_run, tasks)


def _gather(truth: Path, counties: Iterable[str]) -> None:
    """Join the counties' defects into one file, as the issue's readers expect it."""
    parts = [_part(truth, DEFECTS, c) for c in counties]
    pl.concat([pl.read_parquet(p) for p in parts]).write_parquet(truth / f"{DEFECTS}.parquet")
    for part in parts:
        part.unlink()
    parts[0].parent.rmdir()


def make_month(
    month: str,
    out: Path,
    scale: float,
    seed: int,
    mess: Collection[str],
    truth: Path | None = None,
    counties: Collection[str] | None = None,
) -> list[str]:
    """Write the deliveries of a month into a folder, with ``SOURCES.toml``.

    Parameters
    ----------
    month
        Such as ``2016-06``.
    out
        Folder, made if need be; files in it that are not of this delivery stay.
    scale
        1 for the full register.
    seed
        Seed of the simulation.
    mess
        Kinds of mess to plant.
    truth
        Folder for the truth: ``truth_defects.parquet`` (kind, county_code, file, sheet, row,
        column, clean_value, dirty_value) and a folder a clean table with a file a county.
    counties
        Codes; all twelve without it.

    Returns
    -------
    list of str
        Names of the files written.

    Raises
    ------
    UnknownNameError
        If the month or a kind of mess is not known.
    """
    month_number(month)
    kinds = check_kinds(mess)
    out.mkdir(parents=True, exist_ok=True)
    wanted = list(counties or bases())
    tasks = [Task(c, month, out, scale, seed, kinds, truth) for c in wanted]
    names = [name for files in _results(tasks, scale) for name in files]
    write_sources(out, month, names)
    if truth is not None:
        _gather(truth, wanted)
    return sorted(names)
