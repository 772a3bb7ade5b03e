"""The steps whose results are tables: clean, then judge, county by county.

One notebook takes several counties, so that a kernel is started once and not
twelve times; what changed is decided for each county apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from povexit import store
from povexit.batch import records
from povexit.batch.options import CLEAN, JUDGE, Options, Step
from povexit.batch.parts import Basis, parts
from povexit.batch.records import Record
from povexit.batch.worker import Result, Task

Unit = tuple[str, str]  # month, county


@dataclass(frozen=True)
class Due:
    """One county and month that a step has to do again."""

    month: str
    county: str
    basis: Basis


def clean_inputs(options: Options) -> dict[Unit, dict[str, str]]:
    """Return what cleaning reads for every month and county: the county's own delivery.

    Raises
    ------
    PrivacyError
        If the key that hides real persons is too short.
    """
    return {
        (month, county): found.of(county).inputs()
        for month, found in options.deliveries.items()
        for county in options.counties
    }


def judge_inputs(cleaned: Mapping[Unit, Record]) -> dict[Unit, dict[str, str]]:
    """Return what judging reads: what cleaning wrote, where it did."""
    return {unit: dict(record.outputs) for unit, record in cleaned.items() if record.ok}


def parameters(step: Step, options: Options, month: str, county: str) -> dict[str, str]:
    """Return the parameters of a step for one month and one or more counties."""
    given = {
        "month": month,
        "county": county,
        "edition": options.edition,
        "lang": options.lang,
    }
    return {name: given[name] for name in step.parameters}


def basis(step: Step, options: Options, unit: Unit, read: dict[str, str]) -> Basis:
    """Return all that a step's tables of one month and county depend on, given what it reads."""
    return Basis(read, parameters(step, options, *unit), parts(step.path))


def record_name(step: Step, county: str) -> str:
    """Return the name under which a table step is remembered."""
    return f"{step_name(step)}_{county}"


def step_name(step: Step) -> str:
    """Return the step's word in outcomes: ``clean`` for ``01_clean.ipynb``."""
    return step.notebook.removesuffix(".ipynb").split("_", 1)[1]


def split(
    step: Step, options: Options, inputs: Mapping[Unit, dict[str, str]]
) -> tuple[dict[Unit, Record], list[Due]]:
    """Return what stands from an earlier run, and what has to be done."""
    kept: dict[Unit, Record] = {}
    due = []
    for (month, county), read in inputs.items():
        made = basis(step, options, (month, county), read)
        known = None if options.force else records.fresh(record_name(step, county), month, made.key)
        if known:
            kept[month, county] = known
        else:
            due.append(Due(month, county, made))
    return kept, due


Planned = dict[str, tuple[Task, list[Due]]]


def tasks(step: Step, options: Options, due: Sequence[Due]) -> Planned:
    """Return one task for each share of the counties, enough to keep all processes busy."""
    months = sorted({d.month for d in due})
    shares = math.ceil(options.jobs / max(1, len(months)))
    # two shards may keep their notebooks in one folder
    own = f"{options.shard.name}_" if options.shard else ""
    planned: Planned = {}
    for month in months:
        part = [d for d in due if d.month == month]
        for number in range(min(shares, len(part))):
            planned |= _planned(step, options, part[number::shares], f"{month}_{own}{number + 1}")
    return planned


def alone(step: Step, options: Options, due: Sequence[Due]) -> Planned:
    """Return a task for each county, so that what ends one notebook ends no other county."""
    return {name: task for d in due for name, task in _planned(step, options, [d], "").items()}


def _planned(step: Step, options: Options, part: list[Due], name: str) -> Planned:
    """Return a task; a single county's bears its name, so that its notebook is found."""
    month = part[0].month
    name = f"{month}_{part[0].county}" if len(part) == 1 else name
    stem = f"{step.notebook.removesuffix('.ipynb')}_{name}"
    counties = ",".join(d.county for d in part)
    return {stem: (Task(stem, step.path, parameters(step, options, month, counties)), part)}


def states(due: Iterable[Due]) -> dict[str, dict[str, records.State]]:
    """Return the table files of every month concerned, to see afterwards what was written."""
    return {month: records.partition_state(month) for month in {d.month for d in due}}


@dataclass(frozen=True)
class Ended:
    """How a task of a table step ended.

    Attributes
    ----------
    result
        What the worker said.
    wrote
        The files that appeared or were replaced meanwhile, by county.
    """

    result: Result
    wrote: Mapping[str, list[str]]

    def silent(self, step: Step, due: Due) -> bool:
        """Tell whether the notebook ended before it said how it went for a county."""
        path = store.outcome_path(step_name(step), due.month, due.county)
        return path.relative_to(store.root()).as_posix() not in self.wrote.get(due.county, [])


def ended(result: Result, month: str, before: Mapping[str, records.State]) -> Ended:
    """Return how a task ended, from the table files before it and those that are there now."""
    after = records.partition_state(month)
    return Ended(
        result, {c: records.written(before.get(c, {}), state) for c, state in after.items()}
    )


def finish(step: Step, due: Due, end: Ended) -> Record:
    """Record how a task went for one of its counties, and return the record."""
    error = _error(step, due, end)
    if error:
        discard(due, end)
        _forget(step, due, error)
    return records.save(
        Record(
            name=record_name(step, due.county),
            month=due.month,
            key=due.basis.key,
            status="failed" if error else "ok",
            inputs=due.basis.inputs,
            parameters=due.basis.parameters,
            outputs={} if error else records.sums(end.wrote.get(due.county, [])),
            seconds=round(end.result.seconds, 2),
            peak_mb=end.result.peak_mb,
            error=error,
            notebook=step.notebook,
            parts=due.basis.parts,
        )
    )


def discard(due: Due, end: Ended) -> None:
    """Remove what a notebook wrote for a county before it broke off."""
    for name in end.wrote.get(due.county, []):
        (store.root() / name).unlink(missing_ok=True)


def _forget(step: Step, due: Due, error: dict[str, str]) -> None:
    """Remove what earlier runs computed for a county, so that nothing takes it for this run's.

    This step and those that build on it say why, in the same words, instead.
    """
    later = (CLEAN, JUDGE) if step is CLEAN else (JUDGE,)
    known = [records.load(record_name(step, due.county), due.month) for step in later]
    for name in (name for record in known if record for name in record.outputs):
        (store.root() / name).unlink(missing_ok=True)
    for made in later:
        records.path(record_name(made, due.county), due.month).unlink(missing_ok=True)
        outcome = {"status": "failed", "error": error}
        store.save_outcome(step_name(made), due.month, due.county, outcome)


def _error(step: Step, due: Due, end: Ended) -> dict[str, str] | None:
    """Return what went wrong for one county: what the notebook said of it, or the notebook's end."""
    if end.silent(step, due):
        return end.result.error or {
            "problem": f"{step.notebook} did not say how it went for this county",
            "hint": "send the notebook in reports/.../notebooks to whoever maintains povexit",
        }
    outcome = store.load_outcome(step_name(step), due.month, due.county) or {}
    if outcome.get("status") == "ok":
        return None
    told = {k: str(v) for k, v in (outcome.get("error") or {}).items() if v is not None}
    return told or {"problem": f"{step.notebook} failed for this county"}
