"""Commands that answer and make nothing."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

from povexit import store
from povexit.cli.status import DELIVERED, SOME_FAILED, grid
from povexit.errors import PovexitError


def why(given: argparse.Namespace) -> int:
    """Say what a report was made from."""
    from povexit import batch

    print(batch.why(given.report, given.month, given.lang))
    return DELIVERED


def diff(given: argparse.Namespace) -> int:
    """Print what changed between two months and why; write it to a file if asked."""
    from povexit import batch

    found = batch.diff(
        given.first, given.second, counties=given.county, edition=given.edition, lang=given.lang
    )
    table = found.difference.table(every=bool(given.county))
    rows = table.frame.itertuples(index=False, name=None)
    grid(
        list(table.frame.columns),
        [(row, "bold" * total) for row, total in zip(rows, table.totals, strict=True)],
    )
    print("", table.note, *found.remarks, sep="\n")
    if given.csv:
        text = found.difference.data.to_csv(index=False, lineterminator="\n")
        print(store.write_atomic(given.csv, text))
    return DELIVERED


def check(given: argparse.Namespace) -> int:
    """Say of each delivered file whether it can be used, and what is wrong if not."""
    from povexit import clean, raw

    # of a whole folder, the deliveries
    files = [path for path in given.files if raw.is_delivery(path)]
    fine = [_checked(str(path), partial(clean.check_file, path)) for path in files]
    fine.append(_checked("these files together", partial(raw.refuse_twins, files)))
    return DELIVERED if all(fine) else SOME_FAILED


def _checked(name: str, ask: Callable[[], str | None]) -> bool:
    """Print what a check said; tell whether all was well."""
    try:
        said = ask()
    except PovexitError as error:
        print(f"{name}: CANNOT BE USED", *str(error).splitlines(), sep="\n  ")
        return False
    if said:
        print(f"{name}: can be used", *said.splitlines(), sep="\n  ")
    return True
