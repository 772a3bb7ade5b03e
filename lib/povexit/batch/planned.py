"""What a run would make and why, told without making or writing anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from povexit import privacy
from povexit.batch import pages, parts, products, records, tables
from povexit.batch.options import CLEAN, JUDGE, Options, Step, check
from povexit.batch.parts import Basis
from povexit.batch.records import Record
from povexit.batch.tables import Unit

TABLES_FIRST = "its tables will be made again"
PAGES_FIRST = "its pages will be made again"


@dataclass(frozen=True)
class Planned:
    """One result of a run, and why it would be made; nothing if it stays as it is."""

    name: str
    why: str


def plan(month: str, *, with_products: bool = False, **asked: Any) -> list[Planned]:
    """Return every table step, page and product of a run and why it would be made.

    What a page reads is known only when its tables are made. So of a page whose tables will
    be made again this says just that; if they turn out the same, the page stays.

    Parameters
    ----------
    month, with_products, asked
        As `povexit.batch.run`.

    Raises
    ------
    UnknownNameError, StoreError, DeliveryError, PrivacyError
        As `povexit.batch.run` before anything starts.
    """
    options = check(month, **asked)
    cleaned, clean_kept = _tables(CLEAN, options, _clean_inputs(options), {})
    judged, judge_kept = _tables(JUDGE, options, _judge_inputs(cleaned, clean_kept), cleaned)
    found = pages.reports(options, pages.Tables(clean_kept, judge_kept))
    again = [unit for step in (cleaned, judged) for unit, why in step.items() if why]
    shown = {report.name: _page(options, report, again) for report in found}
    made = _products(options, shown) if with_products and not options.shard else {}
    named = [
        Planned(f"{tables.record_name(step, county)} {month}", why)
        for step, all_whys in ((CLEAN, cleaned), (JUDGE, judged))
        for (month, county), why in all_whys.items()
    ]
    return named + [Planned(name, why) for name, why in {**shown, **made}.items()]


def reason(options: Options, name: str, month: str, basis: Basis) -> str:
    """Return why a result would be made again, or nothing if it stays."""
    known = records.load(name, month)
    why = _surely(options, known, basis.parameters)
    if why or known is None:
        return why
    return "; ".join(_differences(known, basis))


def _differences(known: Record, basis: Basis) -> Iterator[str]:
    """Yield how what a result was made from differs from what it would be made from now."""
    yield from parts.read_changes(known.inputs, basis.inputs)
    yield from parts.changes(known.parts, basis.parts)
    if names := parts.changed(known.outputs, records.sums(known.outputs)):
        yield f"files missing or altered: {parts.some(names)}"


def _surely(options: Options, known: Record | None, parameters: Mapping[str, str]) -> str:
    """Return the reasons that need no look at what is read."""
    if options.force:
        return "--force"
    if known is None:
        return "never made"
    if not known.ok:
        return f"failed last time: {(known.error or {}).get('problem', 'nobody knows why')}"
    names = sorted({*known.parameters, *parameters})
    told = [(n, known.parameters.get(n), parameters.get(n)) for n in names]
    changed = [f"{n} was {old}, is {new}" for n, old, new in told if old != new]
    return f"parameters changed: {', '.join(changed)}" if changed else ""


def _clean_inputs(options: Options) -> dict[Unit, dict[str, str]]:
    """Return what cleaning reads; where a key must first be made, what there is without it."""
    return {
        (month, county): one.inputs() if privacy.has_key(not one.real) else dict(one.files)
        for month, found in options.deliveries.items()
        for county, one in ((code, found.of(code)) for code in options.counties)
    }


def _judge_inputs(
    cleaned: Mapping[Unit, str], kept: Mapping[Unit, Record]
) -> dict[Unit, dict[str, str]]:
    return {unit: dict(kept[unit].outputs) if unit in kept else {} for unit in cleaned}


def _tables(
    step: Step,
    options: Options,
    inputs: Mapping[Unit, dict[str, str]],
    before: Mapping[Unit, str],
) -> tuple[dict[Unit, str], dict[Unit, Record]]:
    """Return why each county's tables would be made, and the records of those that stay."""
    whys, kept = {}, {}
    for unit, read in inputs.items():
        basis = tables.basis(step, options, unit, read)
        name = tables.record_name(step, unit[1])
        known = records.load(name, unit[0])
        if before.get(unit):
            whys[unit] = _surely(options, known, basis.parameters) or TABLES_FIRST
        else:
            whys[unit] = reason(options, name, unit[0], basis)
        if known and not whys[unit]:
            kept[unit] = known
    return whys, kept


def _page(options: Options, report: pages.Report, again: Sequence[Unit]) -> str:
    name = pages.record_name(options, report.name)
    code = report.parameters.get("county")
    if any(code in (None, county) for _, county in again):  # a page of no county is of all
        known = records.load(name, options.month)
        return _surely(options, known, report.parameters) or TABLES_FIRST
    return reason(options, name, options.month, report.basis)


def _products(options: Options, shown: Mapping[str, str]) -> dict[str, str]:
    """Return why each product would be made, from why its pages would."""
    there = {product.name: product for product in products.products(options)}
    reports = [name for name in shown if name != products.SLIDES]
    sources: dict[str, Iterable[str]] = {}
    if options.whole_city:
        sources |= dict.fromkeys(products.WHOLE, reports) | {"slides": [products.SLIDES]}
    sources |= {f"pdf_{name}": [name] for name in reports}
    return {
        name: _product(options, name, there.get(name), any(shown[n] for n in of))
        for name, of in sources.items()
    }


def _product(options: Options, name: str, made: products.Product | None, first: bool) -> str:
    recorded = pages.record_name(options, name)
    if made is None or first:
        return _surely(options, records.load(recorded, options.month), {}) or PAGES_FIRST
    return reason(options, recorded, options.month, made.basis)
