"""What is made of a month's executed notebooks after the pages: print, tables, figures, slides.

Each product is made in a process of its own and again only if a notebook it is made of, or
the code, changed. One that fails stops no other, and what was made before stands.
"""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from povexit import publish, store
from povexit.batch import keys, pages, records
from povexit.batch.delivered import SLIDES, Delivered, delivered, slides, whole
from povexit.batch.options import Options
from povexit.batch.records import Record
from povexit.batch.worker import Result, peak_mb, told
from povexit.errors import StoreError

MAKERS: dict[str, Any] = {
    "pdf": publish.pdf,
    "volume": publish.volume,
    "workbook": publish.workbook,
    "figures": publish.figures,
    "deck": publish.deck,
}
#: Names of those made of the whole city's reports.
WHOLE = ("figures", "volume", "workbook", "slides")
#: Made of one notebook, not of several.
OF_ONE = ("pdf", "deck")


@dataclass(frozen=True)
class Product:
    """One product to make.

    Attributes
    ----------
    name
        ``pdf_city``, ``volume`` and so on.
    kind
        The function of `publish` that makes it.
    notebooks
        The executed notebooks it is made of.
    out
        Its file, or its folder.
    page
        What it says about itself.
    """

    name: str
    kind: str
    notebooks: tuple[Path, ...]
    out: Path
    page: publish.Page

    @property
    def key(self) -> str:
        """Return the digest of all it depends on."""
        read = [store.sha256(path) for path in self.notebooks]
        return keys.digest([self.kind, read, self.page, keys.code_digest(), keys.environment()])


def products(options: Options) -> list[Product]:
    """Return what can be made of the reports there are, the long ones first."""
    try:
        reports = delivered(options.month, options.lang)
    except StoreError:
        return []  # no report was made, and the table says why
    asked = {f"county_{code}" for code in options.counties}
    single = [_pdf(options, r) for r in reports if options.whole_city or r.name in asked]
    return [*(_whole(options, reports) if options.whole_city else []), *single]


def _pdf(options: Options, report: Delivered) -> Product:
    out = options.folder / "pdf" / f"{report.name}.pdf"
    return Product(f"pdf_{report.name}", "pdf", (report.notebook,), out, report.page)


def _whole(options: Options, reports: Sequence[Delivered]) -> Iterator[Product]:
    every = tuple(report.notebook for report in reports)
    bound = tuple(r.notebook for r in reports if r.name == "city" or r.name.startswith("county_"))
    for kind, books, place in (
        ("figures", every, "figures"),
        ("volume", bound, "pdf/volume.pdf"),
        ("workbook", every, f"tables_{options.month}.xlsx"),
    ):
        page = whole(options.month, options.lang, kind)
        yield Product(kind, kind, books, options.folder / place, page)
    if pages.files(options, SLIDES)[1].is_file():
        shown = slides(options.month, options.lang)
        yield Product("slides", "deck", (shown.notebook,), options.folder / "deck.pptx", shown.page)


def fresh(options: Options, product: Product) -> bool:
    """Tell whether a product need not be made again."""
    if options.force:
        return False
    name = pages.record_name(options, product.name)
    return records.fresh(name, options.month, product.key) is not None


def make(product: Product, _work: str, home: str) -> Result:
    """Make a product; every failure becomes part of the result."""
    os.environ["POVEXIT_HOME"] = home
    start = time.perf_counter()
    error, trace = None, ""
    try:
        books = product.notebooks[0] if product.kind in OF_ONE else product.notebooks
        MAKERS[product.kind](books, product.out, product.page)
    except Exception as problem:
        error, trace = told(problem), traceback.format_exc()
    return Result(product.name, time.perf_counter() - start, error, trace, peak_mb())


def finish(options: Options, product: Product, result: Result) -> Record:
    """Record how a product went; what was made before still stands if it failed."""
    inside = sorted(product.out.rglob("*")) if product.out.is_dir() else [product.out]
    root = store.root()
    return records.save(
        Record(
            name=pages.record_name(options, product.name),
            month=options.month,
            key=product.key,
            status="failed" if result.error else "ok",
            inputs={p.relative_to(root).as_posix(): store.sha256(p) for p in product.notebooks},
            outputs=records.sums(p.relative_to(root).as_posix() for p in inside),
            seconds=round(result.seconds, 2),
            error=result.error,
        )
    )


def lacking(options: Options, wanted: Sequence[Product]) -> dict[str, str]:
    """Return name to problem of the products that could not be made."""
    found = {
        p.name: records.load(pages.record_name(options, p.name), options.month) for p in wanted
    }
    return {n: (r.error or {}).get("problem", "") for n, r in found.items() if r and not r.ok}
