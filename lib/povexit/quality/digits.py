"""Where answers heap: last digits that come too often, ages that end in 0 and 5.

A number that was measured ends in each digit about as often; one that was guessed ends in 0 or
5. Whipple's index asks that of ages 23 to 62, Myers' blended index of all ages from 10 on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from povexit.errors import SchemaError

#: Shares that would be equal: one of ten digits.
EVEN = 0.1
#: The ages Whipple's index looks at (United Nations 1955), and the two spans Myers blends (1940).
WHIPPLE, MYERS = (23, 62), ((10, 89), (20, 99))


def digits(
    table: pd.DataFrame, column: str, by: Sequence[str] = (), place: int = 1
) -> pd.DataFrame:
    """Count the last digit of a column's whole numbers.

    Parameters
    ----------
    table
        Any table.
    column
        Numbers; those that are missing, not above zero or no whole number are left out.
    by
        Columns that name a place or an interviewer; none for all together.
    place
        Which digit: 1 the last, 2 the one before.

    Returns
    -------
    pandas.DataFrame
        One row a group and digit 0 to 9: ``by``, ``digit``, ``n`` (numbers that end so),
        ``whole`` (numbers in all), ``share`` and ``dissimilarity`` of the group: which share
        of its numbers would have to end otherwise for all digits to be even.

    Raises
    ------
    SchemaError
        If the column is missing.
    """
    numbers = _numbers(table, column)
    kept = table.loc[numbers.index, list(by)].assign(digit=numbers // 10 ** (place - 1) % 10)
    kept = kept[numbers >= 10 ** (place - 1)]
    groups = kept.groupby([*by, "digit"], observed=True).size()
    if by:
        wide = groups.unstack("digit", fill_value=0).reindex(columns=range(10), fill_value=0)
    else:
        wide = groups.reindex(range(10), fill_value=0).to_frame().T
    whole = wide.sum(axis=1)
    shares = wide.div(whole.mask(whole == 0), axis=0)
    apart = (shares - EVEN).abs().sum(axis=1, min_count=1) / 2
    long = wide.stack().rename("n").reset_index().rename(columns={"level_1": "digit"})
    long = long.drop(columns=[c for c in ("level_0",) if not by and c in long])
    total = np.repeat(whole.to_numpy(), 10)
    out = long.assign(whole=total, dissimilarity=np.repeat(apart.to_numpy(), 10))
    return out.assign(share=out["n"] / out["whole"].mask(out["whole"] == 0))


def _numbers(table: pd.DataFrame, column: str) -> pd.Series:
    if column not in table:
        raise SchemaError("no such column", expected=column, found=list(table))
    values = table[column].astype("Float64")
    is_whole = (values > 0) & (values == values.round())
    return values[is_whole.fillna(False)].astype("int64")


def whipple(ages: pd.Series) -> float:
    """Return Whipple's index: 100 if ages 23 to 62 end in 0 or 5 as often as they should.

    500 if all do. Below 105 the United Nations call ages very accurate, above 175 very rough.

    Examples
    --------
    >>> whipple(pd.Series(range(23, 63))), whipple(pd.Series([30, 45]))
    (100.0, 500.0)
    """
    known = ages.dropna().astype(int)
    asked = known[known.between(*WHIPPLE)]
    return float(500 * (asked % 5 == 0).mean()) if len(asked) else float("nan")


def myers(ages: pd.Series) -> float:
    """Return Myers' blended index: which percentage of ages would have to end otherwise.

    0 where every digit is even, 90 where all ages end in one.

    Examples
    --------
    >>> round(myers(pd.Series(range(10, 100))), 6), round(myers(pd.Series([20, 30, 40, 50])), 6)
    (0.0, 90.0)
    """
    known = ages.dropna().astype(int)
    first, later = (_by_digit(known[known.between(*span)]) for span in MYERS)
    blended = np.arange(1, 11) * first + np.arange(9, -1, -1) * later
    if not blended.sum():
        return float("nan")
    return float(100 * np.abs(blended / blended.sum() - EVEN).sum() / 2)


def _by_digit(ages: pd.Series) -> np.ndarray:
    return np.bincount(ages % 10, minlength=10)
