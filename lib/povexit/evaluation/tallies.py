"""How many places a survey settles, measure by measure."""

from __future__ import annotations

import pandas as pd

VERDICTS = ("meets", "fails", "undetermined", "unknown")


def tallied(found: pd.DataFrame) -> pd.DataFrame:
    """Count places by verdict on each measure.

    Parameters
    ----------
    found
        A row a measure and place, with ``measure``, ``name_zh``, ``name_en``, ``estimate`` and ``verdict``;
        without an estimate nothing is known.

    Returns
    -------
    pandas.DataFrame
        One row a measure, in the order they come: ``measure``, ``name_zh``, ``name_en``, ``meets``, ``fails``,
        ``undetermined``, ``unknown``.

    Examples
    --------
    >>> rows = pd.DataFrame({"measure": "m", "name_zh": "率", "name_en": "rate",
    ...                      "estimate": [0.1, None], "verdict": "fails"})
    >>> tallied(rows)[["fails", "unknown"]].values.tolist()
    [[1, 1]]
    """
    state = found["verdict"].mask(found["estimate"].isna(), "unknown")
    keys = ["measure", "name_zh", "name_en"]
    rows = found[keys].assign(state=state.where(state.isin(VERDICTS), "unknown"))
    counts = rows.groupby([*keys, "state"], sort=False).size().unstack(fill_value=0)
    table = counts.reindex(columns=list(VERDICTS), fill_value=0).rename_axis(columns=None)
    return table.reset_index()
