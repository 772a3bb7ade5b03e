"""Whether the order of places depends on the cut-off and the weights chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from povexit.errors import DesignError
from povexit.estimate import Design
from povexit.estimate.domains import By
from povexit.estimate.read import Floats
from povexit.poverty.index import Index, Number
from povexit.poverty.multidimensional import multidimensional

RANKED = ("H", "M0")


def rank_robustness(
    design: Design,
    indices: Mapping[str, Index],
    cutoffs: Sequence[Number],
    by: By,
    measure: str = "M0",
) -> pd.DataFrame:
    """Compare the order of places under every cut-off and set of weights with the first.

    Parameters
    ----------
    design
        The sample.
    indices
        Named indices, such as one and its ``reweighted`` variants, which leave households
        with unknown indicators out; the first is the base.
    cutoffs
        The first is the base.
    by
        Columns that name the places.
    measure
        ``M0`` or ``H``.

    Returns
    -------
    pandas.DataFrame
        One row a set of weights and cut-off: ``weights``, ``k``; ``places`` compared,
        those with a value in both; ``kendall`` (tau-b) and ``spearman`` correlation of
        the values; ``pairs`` of places that differ in the base, and ``kept``, the share
        of them in the same order here (Alkire et al. 2015, ch. 8).

    Raises
    ------
    DesignError
        If there is no index or cut-off, the measure is another, or an index gives bounds.
    """
    bounded = any(i.missing != "drop" for i in indices.values())
    if measure not in RANKED or not indices or not cutoffs or not by or bounded:
        raise DesignError(
            "nothing to rank",
            where="indices, cutoffs, by, measure",
            expected=f'at least one of each (indices with missing="drop"); {" or ".join(RANKED)}',
            found=f"{len(indices)} indices, {len(cutoffs)} cut-offs, {by}, {measure}",
        )
    values: dict[tuple[str, str], Floats] = {}
    for name, index in indices.items():
        found = multidimensional(design, index, cutoffs, by)
        ranked = found[found["measure"] == measure]
        values |= {(name, str(k)): part["estimate"].to_numpy() for k, part in ranked.groupby("k")}
    base = values[next(iter(indices)), str(cutoffs[0])]
    order = [(name, str(k)) for name in indices for k in cutoffs]
    return pd.DataFrame([{"weights": n, "k": k, **_compared(base, values[n, k])} for n, k in order])


def _compared(base: Floats, other: Floats) -> dict[str, float]:
    from scipy import stats  # a second to import, and this alone needs it

    both = ~(np.isnan(base) | np.isnan(other))
    a, b = base[both], other[both]
    pairs = [(i, j) for i, j in combinations(range(len(a)), 2) if a[i] != a[j]]
    kept = [np.sign(a[i] - a[j]) == np.sign(b[i] - b[j]) for i, j in pairs]
    varied = len(a) > 1 and np.ptp(a) > 0 and np.ptp(b) > 0
    return {
        "places": len(a),
        "kendall": float(stats.kendalltau(a, b).statistic) if varied else np.nan,
        "spearman": float(stats.spearmanr(a, b).statistic) if varied else np.nan,
        "pairs": len(pairs),
        "kept": float(np.mean(kept)) if pairs else np.nan,
    }
