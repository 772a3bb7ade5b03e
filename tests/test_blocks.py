"""Sums over many blocks of rows are those of the rows one by one, in whatever order they come."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from povexit import estimate
from povexit.estimate import Design, Sums
from povexit.estimate.blocks import ROWS

COUNT = 2 * ROWS + 777
NAMES = ["year", "gap", "poor"]


def sample(ordered: bool) -> pd.DataFrame:
    """Return households of three blocks: a large offset, an indicator, holes in one answer."""
    draw = np.random.default_rng(5)
    village = np.sort(draw.integers(0, 60, COUNT))
    gap = np.where(draw.random(COUNT) < 0.1, draw.random(COUNT), 0.0)
    table = pd.DataFrame(
        {
            "county": village // 20,
            "village": village,
            "weight": draw.uniform(5, 15, COUNT),
            "year": 2016.0 + draw.integers(0, 3, COUNT),
            "gap": gap,
            "poor": gap > 0,
            "asked": draw.random(COUNT) < 0.3,
        }
    )
    table["holes"] = table["gap"].where(draw.random(COUNT) > 0.2)
    return table if ordered else table.sample(frac=1, random_state=2).reset_index(drop=True)


def sums(table: pd.DataFrame, names: list[str], where: str | None = None) -> Sums:
    return estimate.sums(Design(table, "weight", None, "village"), names, "county", where)


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize(("names", "where"), [(NAMES, None), (NAMES, "asked"), (["holes"], None)])
def test_sums_are_those_of_the_rows(ordered: bool, names: list[str], where: str | None) -> None:
    table = sample(ordered)
    found = sums(table, names, where)
    used = table[table[where]] if where else table
    used = used.dropna(subset=names)
    values = used[names].astype(float).assign(one=1.0)[["one", *names]]
    weighted = values.mul(used["weight"], axis=0)
    expected = weighted.groupby([used["county"], used["village"]]).sum()
    offset = found.offset[found.cells.domain]
    totals = found.totals.copy()
    totals[:, 1:] += offset[:, 1:] * totals[:, :1]
    assert found.cells.unit.tolist() == expected.index.get_level_values("village").tolist()
    assert totals == pytest.approx(expected.to_numpy(), rel=1e-11)
    assert found.n.tolist() == used.groupby("county").size().tolist()
    assert (found.n + found.unknown).sum() == (len(used) if where else len(table))
    squares = (weighted**2).groupby(used["county"]).sum()
    assert found.squares == pytest.approx(squares.to_numpy(), rel=1e-11)
    for d, rows in values.groupby(used["county"]):
        from_shift = rows.to_numpy() - found.offset[d]
        from_shift[:, 0] = 1.0
        moments = (from_shift * used.loc[rows.index, ["weight"]].to_numpy()).T @ from_shift
        assert found.moments[d] == pytest.approx(moments, rel=1e-11, abs=1e-9)


def test_only_what_keeps_away_from_0_is_shifted() -> None:
    found = sums(sample(False), NAMES)
    assert (found.shift[:, 1] >= 2016).all()
    assert (found.shift[:, [0, 2, 3]] == 0).all()


def test_the_order_of_rows_does_not_matter_between_blocks() -> None:
    a, b = (estimate.mean(sums(sample(ordered), ["gap"]), "gap") for ordered in (True, False))
    pd.testing.assert_frame_equal(a, b, rtol=1e-9)


def test_a_variable_that_never_varies_in_a_domain_has_no_error_at_all() -> None:
    table = sample(False).assign(line=lambda t: 2300.0 + 0.1 * t["county"])
    found = estimate.mean(sums(table, ["line"]), "line")
    assert found["estimate"].tolist() == [2300.0, 2300.1, 2300.2]
    assert found["se"].tolist() == [0.0, 0.0, 0.0]
