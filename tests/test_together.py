"""Criteria failed together and households in order of income: counted right, and nobody shown."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from povexit import decide, standards
from povexit.poverty import ranked
from povexit.privacy import SMALLEST_SHOWN

STANDARD = standards.load("household_exit", "2016")
IDS = [c.id for c in STANDARD.criteria]
ENGINES = ["pandas", "polars", "lazy", "duckdb"]
LINE = 2952.0


def as_engine(engine: str, frame: pl.DataFrame) -> Any:
    if engine == "lazy":
        return frame.lazy()
    if engine == "duckdb":
        return duckdb.from_arrow(frame.to_arrow())
    if engine == "pandas":
        return frame.to_pandas().convert_dtypes(dtype_backend="numpy_nullable")
    return frame


def decisions(*groups: tuple[set[str], set[str], int]) -> pl.DataFrame:
    """Households of four persons, so many of each: what they fail, what is unknown of them."""
    rows = [
        {c: None if c in unknown else c not in failed for c in IDS}
        for failed, unknown, count in groups
        for _ in range(count)
    ]
    made = pl.DataFrame(rows, schema=dict.fromkeys(IDS, pl.Boolean))
    return made.with_columns(household_size=pl.lit(4, dtype=pl.Int64))


CASES = decisions(
    ({"income"}, set(), 30),
    ({"income", "housing"}, {"water"}, 20),
    ({"housing"}, set(), 9),
    ({"water"}, set(), 3),
    (set(), {"income"}, 40),
    (set(), set(), 50),
)


@pytest.mark.parametrize("engine", ENGINES)
def test_households_are_counted_by_all_they_fail_and_rare_ones_together(engine: str) -> None:
    found = decide.failing_together(as_engine(engine, CASES), STANDARD)
    assert found["households"].tolist() == [30, 20, 12]
    assert found["persons"].tolist() == [120, 80, 48]
    assert found["is_other"].tolist() == [False, False, True]
    assert found["share"].tolist() == pytest.approx([30 / 62, 20 / 62, 12 / 62])
    failed = [{c for c in IDS if row[c]} for row in found.to_dict("records")]
    assert failed == [{"income"}, {"income", "housing"}, set()]


def test_if_the_others_are_few_the_rarest_shown_joins_them() -> None:
    few = decisions(({"income"}, set(), 30), ({"housing"}, set(), 12), ({"water"}, set(), 2))
    found = decide.failing_together(few, STANDARD)
    assert found["households"].tolist() == [30, 14]
    assert found["is_other"].tolist() == [False, True]


@pytest.mark.parametrize("count", [0, 3])
def test_where_few_fail_nothing_is_shown(count: int) -> None:
    few = decisions(({"income"}, set(), count), (set(), set(), 60))
    assert decide.failing_together(few, STANDARD).empty


@given(
    st.lists(st.tuples(st.sets(st.sampled_from(IDS[:4])), st.integers(1, 40)), max_size=12),
    st.integers(1, 6),
)
def test_no_row_stands_for_few_and_all_that_fail_are_counted(groups: list, most: int) -> None:
    table = decisions(*((failed, set(), count) for failed, count in groups))
    found = decide.failing_together(table, STANDARD, most)
    failing = sum(count for failed, count in groups if failed)
    assert (found["households"] >= SMALLEST_SHOWN).all()
    assert found["households"].sum() == (failing if failing >= SMALLEST_SHOWN else 0)
    assert len(found) <= most + 1


# in order of income


def incomes(values: list[float | None], sizes: list[int]) -> pl.DataFrame:
    distance = [None if v is None else v - LINE for v in values]
    schema = {"income_distance_yuan": pl.Float64, "household_size": pl.Int64}
    return pl.DataFrame({"income_distance_yuan": distance, "household_size": sizes}, schema)


@pytest.mark.parametrize("engine", ENGINES)
def test_groups_go_from_the_poorest_to_the_richest_with_their_gaps(engine: str) -> None:
    """Ten households at half the line, ten at the line, ten at twice the line, one unknown."""
    values = [LINE / 2] * 10 + [2 * LINE] * 10 + [LINE] * 10 + [None]
    found = ranked(as_engine(engine, incomes(values, [3] * 10 + [4] * 10 + [3] * 11)), LINE)
    assert found["households"].tolist() == [10, 10, 10, 1]
    assert found["income_yuan"][:3].tolist() == pytest.approx([LINE / 2, LINE, 2 * LINE])
    assert found["population_share"][:3].tolist() == pytest.approx([0.3, 0.6, 1.0])
    assert found["gap_share"][:3].tolist() == pytest.approx([0.15, 0.15, 0.15])
    assert found.iloc[3, 2:].isna().all()


@pytest.mark.parametrize("count", [0, 3, 9])
def test_of_fewer_than_ten_households_no_group_is_shown(count: int) -> None:
    found = ranked(incomes([1000.0] * count, [4] * count), LINE)
    assert found["population_share"].isna().all()
    assert len(found) == 1


@given(
    st.lists(st.tuples(st.floats(0, 20_000), st.integers(1, 9)), min_size=10, max_size=300),
    st.integers(1, 100),
)
def test_the_curve_ends_at_the_poverty_gap_and_bends_one_way(pairs: list, groups: int) -> None:
    income, size = (np.array(x, dtype=float) for x in zip(*pairs, strict=True))
    found = ranked(incomes(list(income), [int(s) for s in size]), LINE, groups).iloc[:-1]
    fgt1 = (np.maximum(LINE - income, 0) * size).sum() / (LINE * size.sum())
    assert found["gap_share"].iloc[-1] == pytest.approx(fgt1, abs=1e-12)
    assert found["population_share"].iloc[-1] == pytest.approx(1)
    assert (found["households"] >= SMALLEST_SHOWN).all()
    assert found["households"].sum() == len(pairs)
    means = found["income_yuan"].to_numpy(dtype=float)
    assert (np.diff(means) >= -1e-6).all()
    x, y = (np.r_[0.0, found[c].to_numpy(dtype=float)] for c in ("population_share", "gap_share"))
    slopes = np.diff(y) / np.diff(x)
    assert (np.diff(slopes) <= 1e-9).all()
    assert found["income_yuan"].mul(found["persons"]).sum() == pytest.approx((income * size).sum())


def test_where_nobody_is_poor_the_curve_is_flat() -> None:
    found = ranked(incomes([LINE] * 20, [4] * 20), LINE)
    assert pd.Series(found["gap_share"][:-1]).tolist() == [0.0] * (len(found) - 1)
