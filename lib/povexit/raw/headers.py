"""Where a sheet's headers stand, when someone put a line above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from povexit.errors import DeliveryError
from povexit.raw.columnmap import Header, Source, plain
from povexit.raw.layouts import limit
from povexit.raw.table import Finding

Row = Sequence[str | None]


@dataclass(frozen=True)
class Headers:
    """Group and header of each column; ``row`` is the header's, from 1."""

    row: int
    names: tuple[Header, ...]


def find_headers(
    rows: Sequence[Row], usual: Sequence[int], source: Source
) -> tuple[Headers, tuple[Finding, ...]]:
    """Return the headers among the first rows of a sheet: where most of them are known.

    Parameters
    ----------
    rows
        The sheet from its first row on; more than it takes may be given.
    usual
        Rows in which they usually stand, from 1: groups, if there are any, and headers.
    source
        Where they are looked for.

    Returns
    -------
    Headers
        What was found.
    tuple of Finding
        A note if they stand elsewhere than usual.

    Raises
    ------
    DeliveryError
        If no row holds the headers.
    """
    first = rows[: limit("header_rows")]
    known = {e.heading[1] for e in source.entries()}
    scores = [len(known & {plain(cell) for cell in row}) for row in first]
    usual_place = usual[-1] - 1
    # the first of equals is the usual one
    order = sorted(range(len(first)), key=lambda i: i != usual_place)
    best = max(order, key=scores.__getitem__, default=0)
    if not first or scores[best] * 100 < limit("header_percent") * len(known):
        raise _no_headers(usual, source)
    groups = _groups(first, best, source) if len(usual) > 1 else [""] * len(first[best])
    names = tuple(zip(groups, [cell or "" for cell in first[best]], strict=True))
    return Headers(best + 1, names), _shifted(best, usual, source)


def _groups(rows: Sequence[Row], header: int, source: Source) -> list[str]:
    """Return the group above each header: merged cells hold their text in the first only."""
    above: Row = rows[header - 1] if header else [None] * len(rows[0])
    known = {e.heading[0] for e in source.entries()}
    if not known & {plain(cell) for cell in above}:
        raise _no_groups(header + 1, source)
    groups, last = [], ""
    for cell in above:
        last = cell if cell and cell.strip() else last
        groups.append(last)
    return groups


def _shifted(found: int, usual: Sequence[int], source: Source) -> tuple[Finding, ...]:
    if found + 1 == usual[-1]:
        return ()
    said = f"the headers stand in row {found + 1}, not in row {usual[-1]}: read from there"
    return (Finding("note", source.where(), said),)


def _some(source: Source, part: int) -> str:
    names = dict.fromkeys((e.group, e.header)[part] for e in source.entries())
    return ", ".join(list(names)[:5])


def _no_headers(usual: Sequence[int], source: Source) -> DeliveryError:
    return DeliveryError(
        "no row of headers was found",
        where=replace(source, row=usual[-1]).where(),
        expected=f"headers such as {_some(source, 1)}",
        found=f"no row among the first {limit('header_rows')} that holds most of them",
        hint="check that it is the right file and sheet"
        + (
            ", and restore the rows of headers"
            if source.sheet
            else ", and that it was exported as UTF-8 or GB18030"
        ),
    )


def _no_groups(header_row: int, source: Source) -> DeliveryError:
    return DeliveryError(
        "the row of groups above the headers is missing",
        where=replace(source, row=header_row).where(),
        expected=f"groups such as {_some(source, 0)}",
        hint="restore the row above the headers, then save",
    )
