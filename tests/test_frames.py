"""The door for users' tables: what comes in goes out again, missing stays missing."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pytest

from povexit.errors import SchemaError
from povexit.schema.frames import enter, lazily, leave

TABLE = "cleaned_households"
NAMES = ["household_id", "household_size", "floor_area_m2"]


def homes() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "household_id": ["a", "b", None],
            "household_size": pd.array([2**53 + 1, pd.NA, 3], dtype="Int64"),
            "floor_area_m2": [1.5, np.nan, 0.0],
            "of_the_user": [1, 2, 3],
        },
        index=[7, 7, 9],
    )


def test_a_pandas_table_comes_back_as_it_went_in_with_an_index_of_its_own() -> None:
    found = leave(enter(homes(), TABLE, NAMES), like=homes())
    wanted = homes()[NAMES].reset_index(drop=True)
    types = dict(zip(NAMES, ["string", "Int64", "Float64"], strict=True))
    pd.testing.assert_frame_equal(found, wanted.astype(types))


def test_inside_a_missing_number_is_null_and_nothing_else() -> None:
    inside = enter(homes(), TABLE, NAMES).collect().to_polars()
    assert inside["floor_area_m2"].to_list() == [1.5, None, 0.0]
    assert inside["household_size"].to_list() == [2**53 + 1, None, 3]


def test_dates_of_pandas_keep_their_day() -> None:
    given = pd.DataFrame({"month": ["2016-06"] * 2, "moved_date": [dt.date(2016, 6, 1), None]})
    inside = enter(given, "cleaned_relocations", list(given)).collect().to_polars()
    assert inside["moved_date"].to_list() == [dt.date(2016, 6, 1), None]


def test_a_table_is_lazy_whatever_it_was_and_pandas_is_polars() -> None:
    for native in (homes(), pl.from_pandas(homes()), pl.from_pandas(homes()).lazy()):
        assert lazily(native).implementation.is_polars()


def test_a_missing_column_is_named() -> None:
    with pytest.raises(SchemaError, match="floor_area_m2"):
        enter(homes().drop(columns="floor_area_m2"), TABLE, NAMES)
