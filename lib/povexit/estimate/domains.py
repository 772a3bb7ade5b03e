"""Which rows belong to which domain, and which belong at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from povexit.errors import DesignError
from povexit.estimate.blocks import Block, blocked
from povexit.estimate.design import Design
from povexit.estimate.read import Codes, Flags, codes, grouped, in_order, numbers
from povexit.estimate.variance import Cells

By = str | Sequence[str]
Where = str | Mapping[str, Any] | None


@dataclass(frozen=True, eq=False)
class Domains:
    """The domains of a table.

    Parameters
    ----------
    table
        One row a domain: its ``by`` columns; none for a single domain of all rows.
    code
        Domain of each row.
    unit
        Sampled unit of each row.
    """

    table: pd.DataFrame
    code: Codes
    unit: Codes

    @cached_property
    def order(self) -> Codes:
        """The rows sorted by domain, in the table's order within each."""
        return in_order(self.code)

    @cached_property
    def size(self) -> Codes:
        """Rows of each domain."""
        return np.bincount(self.code, minlength=len(self.table))

    @cached_property
    def blocks(self) -> tuple[list[Block], Cells]:
        """The rows in blocks, and the (domain, unit) pairs that their cells are."""
        cell, first = grouped(self.code, self.unit)
        cells = Cells(self.code[first], self.unit[first], len(self.table))
        return blocked(self.code, cell), cells


def domains(design: Design, by: By) -> Domains:
    """Return the domains of the ``by`` columns; an unknown label is a domain of its own.

    They are worked out once for each design and ``by``.
    """
    names = (by,) if isinstance(by, str) else tuple(by)
    if names not in design.coded:
        design.coded[names] = _domains(design, names)
    found: Domains = design.coded[names]
    return found


def _domains(design: Design, names: tuple[str, ...]) -> Domains:
    if not names:
        everyone = np.zeros(len(design.weight), dtype=np.int64)
        return Domains(pd.DataFrame(index=range(1)), everyone, design.unit)
    found = {name: codes(design.frame, name) for name in names}
    code, first = grouped(*(np.where(c < 0, len(labels), c) for c, labels in found.values()))
    table = {name: labels.take(c[first], allow_fill=True) for name, (c, labels) in found.items()}
    return Domains(pd.DataFrame(table), code, design.unit)


def membership(design: Design, where: Where) -> tuple[Flags, Flags]:
    """Return which rows belong, and which rows might.

    They differ where a row does not say: an unknown condition neither holds nor fails.
    """
    belongs = np.ones(len(design.weight), dtype=bool)
    if where is None:
        return belongs, belongs
    if not isinstance(where, Mapping):
        answer = numbers(design.frame, where)
        unknown = np.isnan(answer)
        if not (unknown | (answer == 0) | (answer == 1)).all():
            raise DesignError(
                "where= is not a yes/no column", where=where, expected="true, false or null"
            )
        return answer == 1, (answer == 1) | unknown
    might = belongs.copy()
    for name, value in where.items():
        code, labels = codes(design.frame, name)
        holds = np.isin(code, np.flatnonzero(np.asarray(labels) == value))
        belongs, might = belongs & holds, might & (holds | (code < 0))
    return belongs, might
