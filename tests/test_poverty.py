"""Distances to the line: sums that add up, unknown kept apart, on three engines."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from povexit.poverty import line_distance_bins, near_line

HOUSEHOLDS = {
    "income_distance_yuan": [0.0, 0.01, 250.0, -250.0, 9999.0, -9999.0, None],
    "household_size": [1, 2, 3, 4, 5, 6, 7],
}


def as_engine(engine: str, data: dict[str, list[Any]]) -> Any:
    frame = pl.DataFrame(
        data, schema={"income_distance_yuan": pl.Float64, "household_size": pl.Int64}
    )
    if engine == "polars":
        return frame
    if engine == "lazy":
        return frame.lazy()
    if engine == "duckdb":
        return duckdb.from_arrow(frame.to_arrow())
    return pd.DataFrame(
        {
            "income_distance_yuan": pd.array(data["income_distance_yuan"], dtype="Float64"),
            "household_size": pd.array(data["household_size"], dtype="Int64"),
        }
    )


@pytest.mark.parametrize("engine", ["pandas", "polars", "lazy", "duckdb"])
def test_a_household_exactly_at_the_line_lies_below_it(engine: str) -> None:
    bins = line_distance_bins(as_engine(engine, HOUSEHOLDS))
    by_low = bins.dropna().set_index("low_yuan")["households"]
    assert by_low.loc[[-500, -250, 0]].tolist() == [1, 1, 2]
    assert by_low.iloc[[0, -1]].tolist() == [1, 1]
    assert bins["persons"].sum() == 28
    assert near_line(bins, 250) == {"above": 2, "below": 1, "unknown": 1, "total": 7}


@pytest.mark.parametrize("engine", ["pandas", "polars", "lazy", "duckdb"])
def test_no_household_gives_empty_bins(engine: str) -> None:
    bins = line_distance_bins(as_engine(engine, {k: [] for k in HOUSEHOLDS}))
    assert bins["households"].sum() == 0
    assert len(bins) == 40


distances = st.lists(
    st.one_of(st.none(), st.floats(-20000, 20000).map(lambda x: round(x, 2))), max_size=30
)


@given(distances, distances)
def test_two_counties_add_up(first: list[float | None], second: list[float | None]) -> None:
    def bins(values: list[float | None]) -> pd.DataFrame:
        data = {"income_distance_yuan": values, "household_size": [4] * len(values)}
        return line_distance_bins(as_engine("polars", data)).fillna({"low_yuan": 1e9})

    def counts(table: pd.DataFrame) -> pd.Series:
        return table.groupby("low_yuan")["households"].sum()

    both = counts(bins(first + second))
    assert counts(pd.concat([bins(first), bins(second)])).equals(both)
    assert both.sum() == len(first) + len(second)
