"""How poor, and how near the line: sums over households that add up.

Written once against narwhals, for pandas, Polars and DuckDB tables alike. A
household without a known income is counted as unknown, never as poor or not.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd

# Width of a bar and reach of the axis in yuan: a matter of drawing, not of the rule.
BIN_WIDTH_YUAN = 250
BIN_REACH_YUAN = 5000


def line_distance_bins(
    decisions: Any, width: int = BIN_WIDTH_YUAN, reach: int = BIN_REACH_YUAN
) -> pd.DataFrame:
    """Count households by the distance of their income per person to the line.

    Parameters
    ----------
    decisions
        One row a household with ``income_distance_yuan`` (income less line, yuan
        per person and year) and ``household_size``; any engine narwhals knows.
    width
        Width of a bin, in yuan.
    reach
        Distances beyond this are counted in the outermost bins, in yuan.

    Returns
    -------
    pandas.DataFrame
        ``low_yuan``, ``high_yuan`` (a bin holds low < distance <= high, so a
        household exactly at the line lies below it, as the rule has it),
        ``households``, ``persons``. The row of unknown distance has no edges.
        Bins of two counties add up to the bins of both.

    Examples
    --------
    >>> table = pd.DataFrame({"income_distance_yuan": [0.0, 1.0], "household_size": [3, 4]})
    >>> line_distance_bins(table, width=500, reach=500).to_numpy().tolist()
    [[-500.0, 0.0, 1, 3], [0.0, 500.0, 1, 4]]
    """
    distance = nw.col("income_distance_yuan").cast(nw.Float64)
    frame = nw.from_native(decisions).lazy()
    counted = (
        frame.select(distance.alias("distance"), nw.col("household_size").cast(nw.Int64))
        .with_columns(nw.col("distance").clip(-reach + width / 2, reach).alias("distance"))
        .with_columns((nw.col("distance") / width).ceil().alias("step"))
        .group_by("step")
        .agg(nw.len().alias("households"), nw.col("household_size").sum().alias("persons"))
        .collect()
        .to_pandas()
    )
    return _with_empty_bins(counted, width, reach)


def _with_empty_bins(counted: pd.DataFrame, width: int, reach: int) -> pd.DataFrame:
    """Add the bins nobody fell in, so that tables of all counties have the same rows."""
    steps = [float(s) for s in range(-reach // width + 1, reach // width + 1)]
    known = {float(s): (int(h), int(p)) for s, h, p in _rows(counted) if pd.notna(s)}
    unknown = [(int(h), int(p)) for s, h, p in _rows(counted) if pd.isna(s)]
    rows: list[tuple[Any, ...]] = [
        ((s - 1) * width, s * width, *known.get(s, (0, 0))) for s in steps
    ]
    rows += [(pd.NA, pd.NA, *pair) for pair in unknown]
    table = pd.DataFrame(rows, columns=["low_yuan", "high_yuan", "households", "persons"])
    return table.astype({"low_yuan": "Float64", "high_yuan": "Float64"})


def _rows(counted: pd.DataFrame) -> list[tuple[Any, Any, Any]]:
    return list(counted[["step", "households", "persons"]].itertuples(index=False, name=None))


def near_line(bins: pd.DataFrame, within_yuan: float) -> dict[str, int]:
    """Count households just above and just below the line.

    Parameters
    ----------
    bins
        From `line_distance_bins`.
    within_yuan
        How far from the line still counts as near; a multiple of the bin's width.

    Returns
    -------
    dict
        ``above`` (0 < distance <= within), ``below`` (-within < distance <= 0),
        ``unknown`` and ``total`` households.
    """
    low, high, households = (
        bins["low_yuan"].astype(float),
        bins["high_yuan"].astype(float),
        bins["households"],
    )
    return {
        "above": int(households[(low >= 0) & (high <= within_yuan)].sum()),
        "below": int(households[(high <= 0) & (low >= -within_yuan)].sum()),
        "unknown": int(households[low.isna()].sum()),
        "total": int(households.sum()),
    }
