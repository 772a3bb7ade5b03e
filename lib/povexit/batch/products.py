"""What is made of a month's executed notebooks after the pages: print, tables, figures, slides.

Each product is made in a process of its own and again only if a notebook it is made of, or
the code, changed. One that fails stops no other, and what was made before stands.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from povexit import publish, store
from povexit.batch import pages, records
from povexit.batch.delivered import SLIDES, Delivered, report, reports, whole
from povexit.batch.options import Options
from povexit.batch.parts import Basis, parts
from povexit.batch.records import Record
from povexit.batch.worker import Result, attempt

#: What one opens it with.
FORMS = {
    "pdf": "PDF",
    "volume": "PDF",
    "workbook": "Excel",
    "figures": "HTML",
    "deck": "PowerPoint",
}
#: Names of those made of the whole city's reports.
WHOLE = ("volume", "workbook", "figures", "slides")
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

    @cached_property
    def basis(self) -> Basis:
        """Return all it depends on, as it is when first asked for; the code goes by its parts."""
        root = store.root()
        read = {p.relative_to(root).as_posix(): store.sha256(p) for p in self.notebooks}
        # what a page says of the code is said by the parts
        said = {k: v for k, v in self.page.provenance.items() if k != "code"}
        said |= {"title": self.page.title, "simulated": str(self.page.simulated)}
        office = records.sums(["office.toml"])
        return Basis(read, parts=parts(page=said | office))

    @property
    def title(self) -> str:
        """Return what a reader calls it."""
        return f"{self.page.title} · {FORMS[self.kind]}"

    @property
    def first(self) -> Path:
        """Return the file to open."""
        return self.out / "index.html" if self.kind == "figures" else self.out


def products(options: Options) -> list[Product]:
    """Return what can be made of the reports there are, what is of the whole month first."""
    found = reports(options)
    whole_city = _whole(options, found) if found and options.whole_city else []
    return [*whole_city, *(_pdf(options, one) for one in found)]


def _pdf(options: Options, one: Delivered) -> Product:
    out = options.folder / "pdf" / f"{one.name}.pdf"
    return Product(f"pdf_{one.name}", "pdf", (one.notebook,), out, one.page)


def _whole(options: Options, found: Sequence[Delivered]) -> Iterator[Product]:
    every = tuple(one.notebook for one in found)
    bound = tuple(r.notebook for r in found if r.name == "city" or r.name.startswith("county_"))
    places = {
        "volume": (bound, "pdf/volume.pdf"),
        "workbook": (every, f"tables_{options.month}.xlsx"),
        "figures": (every, "figures"),
    }
    for kind, (books, place) in places.items():
        yield Product(kind, kind, books, options.folder / place, whole(options, kind))
    if (shown := report(options, SLIDES)) is not None:
        yield Product("slides", "deck", (shown.notebook,), options.folder / "deck.pptx", shown.page)


def fresh(options: Options, product: Product) -> bool:
    """Tell whether a product need not be made again."""
    if options.force:
        return False
    name = pages.record_name(options, product.name)
    return records.fresh(name, options.month, product.basis.key) is not None


def make(product: Product, _work: str, home: str) -> Result:
    """Make a product; every failure becomes part of the result."""
    os.environ["POVEXIT_HOME"] = home
    return _made(product)


def figures(product: Product, each: Callable[..., Iterable[Any]]) -> Result:
    """Make the figures, as `make`; ``each`` runs the work on each of its notebooks."""
    return _made(product, each=each)


def _made(product: Product, **how: Any) -> Result:
    books = product.notebooks[0] if product.kind in OF_ONE else product.notebooks
    write = partial(getattr(publish, product.kind), books, product.out, product.page, **how)
    return attempt(product.name, write)


def finish(options: Options, product: Product, result: Result) -> Record:
    """Record how a product went; what was made before still stands if it failed."""
    inside = sorted(product.out.rglob("*")) if product.out.is_dir() else [product.out]
    root = store.root()
    return records.save(
        Record(
            name=pages.record_name(options, product.name),
            month=options.month,
            key=product.basis.key,
            status="failed" if result.error else "ok",
            inputs=product.basis.inputs,
            outputs=records.sums(p.relative_to(root).as_posix() for p in inside),
            seconds=round(result.seconds, 2),
            peak_mb=result.peak_mb,
            error=result.error,
            parts=product.basis.parts,
        )
    )


def lacking(options: Options, wanted: Sequence[Product]) -> dict[str, str]:
    """Return name to problem of the products that could not be made."""
    found = {
        p.name: records.load(pages.record_name(options, p.name), options.month) for p in wanted
    }
    return {n: (r.error or {}).get("problem", "") for n, r in found.items() if r and not r.ok}


def entry(options: Options, product: Product) -> publish.Entry:
    """Return what the month's index says of a product."""
    record = records.load(pages.record_name(options, product.name), options.month)
    there = product.first.is_file()
    # of the notebooks that stand now, or of those of an earlier run
    ok = record is not None and record.ok and records.sums(record.inputs) == record.inputs
    return publish.Entry(
        name=product.name,
        title=product.title,
        status="delivered" if ok and there else "kept" if there else "missing",
        page=product.first.relative_to(options.folder).as_posix() if there else None,
        problem=(record.error or {}).get("problem") if record and not ok else None,
    )
