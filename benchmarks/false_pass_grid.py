"""How often a county exactly at the threshold passes, by the rule of its verdict.

Villages are drawn, households within them, and whole households fail: a true rate of 2 %,
20 to 100 villages of 5 to 30 households, intra-class correlation 0 to 0.15, three ways in
which failing households may lie over villages, equal and unequal weights, one to eight
persons a household (the rate is of persons). For each cell and rule: the share of samples
that pass. Then what each rule costs in power, what happens beyond the assumption, and the
composite rate. Prints the tables of ``docs/methods/false_pass.md``; seeded.

    python benchmarks/false_pass_grid.py            # the page, some minutes
    python benchmarks/false_pass_grid.py --quick    # a corner of the grid, seconds
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from scipy import stats

from povexit.evaluation import edition, measures, upper_bound
from povexit.evaluation.tails import most_events
from povexit_sim.village_samples import (
    LAWS,
    RULE,
    RULES,
    SETS,
    WEIGHTS,
    Cell,
    Samples,
    drawn,
    household_weights,
    korn_graubard,
    one_set,
    passing,
    verdict_meets,
    village_rates,
)

VILLAGES, HOUSEHOLDS = (20, 30, 50, 100), (5, 10, 20, 30)
ICCS = (0.0, 0.02, 0.05, 0.10, 0.15)
RATES = (0.002, 0.005, 0.010)
ASSUMED = (0.15, 0.10, 0.05, 0.02)
#: Of two strata, the first one's share of the people and of the villages visited.
STRATA = ((0.30, 0.55), (0.55, 0.30), (0.80, 0.50), (0.15, 0.60))


def grid(laws: Iterable[str] = LAWS, iccs: Iterable[float] = ICCS) -> list[Cell]:
    """Return the cells at the threshold; without correlation all laws are one."""
    cells = product(VILLAGES, HOUSEHOLDS, iccs, laws, WEIGHTS)
    return [Cell(*c) for c in cells if c[2] > 0 or c[3] == "beta"]


def table(head: list[str], rows: Iterable[list[object]]) -> str:
    """Return a Markdown table."""
    shown = [[f"{100 * x:.1f}" if isinstance(x, float) else str(x) for x in row] for row in rows]
    lines = [head, ["---"] * len(head), *shown]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def worst(found: dict[Cell, dict[str, float]], rule: str, **like: object) -> float:
    """Return the largest share of passes by a rule among cells alike."""
    return max(
        v[rule] for c, v in found.items() if all(getattr(c, k) == x for k, x in like.items())
    )


def print_false_passes(cells: list[Cell], size: int) -> None:
    """Print how often a county at the threshold passes: by law, and cell by cell."""
    found = {cell: passing(cell, size) for cell in cells}
    laws, weights = (sorted({getattr(c, k) for c in cells}) for k in ("law", "weights"))
    print(f"Largest false pass (%) over {len(cells)} cells of {size:,} samples:\n")
    rows = [
        [law, w, *(worst(found, r, law=law, weights=w) for r in (*RULES, "fails"))]
        for law, w in product(laws, weights)
    ]
    print(table(["villages are", "weights", *RULES, "false *fails*"], rows), end="\n\n")
    print("False pass of the verdict (%), the worst of laws and weights in each cell:\n")
    iccs, villages = (sorted({getattr(c, k) for c in cells}) for k in ("icc", "villages"))
    households = sorted({c.households for c in cells})
    lines = [
        [icc_text(icc), v]
        + [worst(found, "verdict", icc=icc, villages=v, households=h) for h in households]
        for icc, v in product(iccs, villages)
    ]
    print(table(["icc", "villages", *(f"{h} households" for h in households)], lines), end="\n\n")


def icc_text(icc: float) -> str:
    """Return a correlation as text, so that it is not taken for a percentage."""
    return f"{icc:.2f}"


def print_power(cells: list[Cell], rates: Iterable[float], size: int) -> None:
    """Print how often a county that is well below the threshold passes."""
    print(f"Power (% of {size:,} samples that pass), by the true rate:\n")
    head = ["true rate", "icc", "villages", "households", *RULES, "icc known"]
    rows: list[list[object]] = []
    for cell, rate in product(cells, rates):
        found = passing(replace(cell, rate=rate), size)
        oracle = known_clustering(replace(cell, rate=rate), size)
        shown = [f"{100 * rate:.1f} %", icc_text(cell.icc), cell.villages, cell.households]
        rows.append([*shown, *(found[r] for r in RULES), oracle])
    print(table(head, rows), end="\n\n")


def known_clustering(cell: Cell, size: int) -> float:
    """Return the power of the exact test that knows how villages differ."""
    passed = []
    for s in drawn(cell, size):
        limit = most_events(s.even, RULE.threshold, cell.icc, RULE.tail) / s.households
        passed.append((s.share <= limit).mean())
    return float(np.mean(passed))


def print_assumed(size: int) -> None:
    """Print what a lower assumption would buy in power, were there a source for it."""
    print(f"Power of the verdict (% of {size:,} samples) by the correlation assumed:\n")
    rows: list[list[object]] = []
    for (v, h), rate in product(((30, 20), (50, 20)), RATES):
        cell = Cell(v, h, 0.02, rate=rate)
        rules = [replace(cell, rule=replace(RULE, icc=icc)) for icc in ASSUMED]
        found = [passing(c, size, ("verdict",))["verdict"] for c in rules]
        rows.append([f"{100 * rate:.1f} %", v, h, *found])
    head = ["true rate", "villages", "households", *(f"assumed {icc_text(i)}" for i in ASSUMED)]
    print(table(head, rows), end="\n\n")


def print_strata(size: int) -> None:
    """Print what happens where failings all lie in one of two strata, unequally sampled."""
    print("False pass (%) where all failings lie in one of two strata, 20 households a village:\n")
    rows: list[list[object]] = []
    for v, icc, law in product((30, 50, 100), (0.05, 0.15), ("beta", "concentrated")):
        cell = Cell(v, 20, icc, law)
        found = [stratified(cell, *shares, size) for shares in STRATA]
        plain, verdict = (max(f[k] for f in found) for k in (0, 1))
        rows.append([law, icc_text(icc), v, plain, verdict])
    print(table(["villages are", "icc", "villages", "Korn-Graubard", "verdict"], rows), end="\n\n")


def stratified(cell: Cell, people: float, visited: float, size: int) -> tuple[float, float]:
    """Return false passes where failings lie in one stratum, the worse of the two.

    The first stratum has a share of the ``people`` and of the villages ``visited``.
    """
    rng, first = cell.generator(), round(cell.villages * visited)
    parts = ((people, first), (1 - people, cell.villages - first))
    sizes = household_weights(rng, cell)
    village = np.concatenate([np.full(n, share / n) for share, n in parts])
    weight = village[:, None] * sizes
    found = []
    for failing in (0, 1):
        true = [cell.rate / share * (k == failing) for k, (share, _) in enumerate(parts)]
        rates = [
            village_rates(rng, replace(cell, rate=rate), (size, n))
            for rate, (_, n) in zip(true, parts, strict=True)
        ]
        s = one_set(rng, weight, cell, size, np.concatenate(rates, axis=1), first)
        found.append((korn_graubard(s, cell).mean(), verdict_meets(s, cell).mean()))
    return max(f[0] for f in found), max(f[1] for f in found)


def print_recognition(size: int) -> None:
    """Print how often a county passes where one household in ten fails, nothing assumed."""
    rule = measures()[2].rule
    cells = [
        Cell(v, h, icc, law, w, rule.threshold, rule)
        for v, h, icc, law, w in product((18, 27, 50), (15, 45), ICCS, LAWS, WEIGHTS)
        if icc > 0 or law == "beta"
    ]
    shown = ("Korn-Graubard", "verdict")
    found = {cell: passing(cell, size, shown) for cell in cells}
    print(f"Recognition at 90 %: largest false pass (%) over {len(cells)} cells:\n")
    rows = [[icc_text(i), *(worst(found, r, icc=i) for r in (*shown, "fails"))] for i in ICCS]
    print(table(["icc", *shown, "false *fails*"], rows), end="\n\n")


def print_beyond(size: int) -> None:
    """Print what happens where villages are more alike inside than was assumed."""
    print("False pass (%) where the correlation is above the one assumed:\n")
    rows: list[list[object]] = []
    for law, icc, (v, h) in product(LAWS, (0.20, 0.30), ((25, 30), (50, 20), (100, 30))):
        found = passing(Cell(v, h, icc, law), size)
        rows.append([law, icc_text(icc), v, h, *(found[r] for r in RULES)])
    print(table(["villages are", "icc", "villages", "households", *RULES], rows), end="\n\n")


def composite_passes(first: Cell, size: int, together: bool) -> float:
    """Return how often a composite rate exactly at its threshold passes.

    Two rates from the same villages, the second of twice the households; ``together``: the
    villages where one rate is high are those where the other is. The register's poor are a
    third of the threshold, the exited a tenth of the population.
    """
    rng, threshold = first.generator(), edition().composite.thresholds["west"]
    base, parts = threshold / 3, (0.10, 0.85)
    rate = (threshold - base) / sum(parts)
    cells = [replace(first, rate=rate, households=h * first.households) for h in (1, 2)]
    passed = []
    for _ in range(SETS):
        seeds = rng.integers(1 << 60, size=2)
        seeds[1] = seeds[0] if together else seeds[1]
        bound = base
        for cell, part, seed in zip(cells, parts, seeds, strict=True):
            weight = household_weights(rng, cell)
            samples = one_set(np.random.default_rng(seed), weight, cell, -(-size // SETS))
            bound = bound + part * upper_bounds(samples)
        passed.append((bound < threshold).mean())
    return float(np.mean(passed))


def upper_bounds(s: Samples) -> Any:
    """Return the upper bound of every sample; the slow part between nodes by a line."""
    nodes = np.linspace(0, s.share.max() + 1e-9, 60)
    unseen = [upper_bound(x * s.households, s.even, RULE.icc, RULE.tail) for x in nodes]
    shown = stats.beta.ppf(RULE.level, s.share * s.shown + 1, (1 - s.share) * s.shown)
    return np.maximum(np.interp(s.share, nodes, unseen), shown)


def print_composite(villages: Iterable[int], size: int) -> None:
    """Print the composite rate's false passes."""
    print("Composite rate at its threshold, false pass of the verdict (%):\n")
    rows: list[list[object]] = []
    for v, icc, law in product(villages, (0.0, 0.05, 0.15), ("beta", "concentrated")):
        cell = Cell(v, 10, icc, law, "unequal")
        apart, joined = (composite_passes(cell, size, t) for t in (False, True))
        rows.append([law, icc_text(icc), v, apart, joined])
    head = ["villages are", "icc", "villages", "rates independent", "in the same villages"]
    print(table(head, rows), end="\n\n")


def main() -> None:
    """Run the grid asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a corner of the grid, in seconds")
    quick = parser.parse_args().quick
    if quick:
        few = [c for c in grid(iccs=(0.0, 0.15)) if c.villages in (20, 50) and c.households == 20]
        print_false_passes(few, 1000)
        return
    print_false_passes(grid(), 10_000)
    sizes = ((30, 20), (50, 10), (50, 20), (100, 10), (100, 20))
    print_power([Cell(*s, icc) for s in sizes for icc in (0.0, 0.05, 0.15)], RATES, 4000)
    print_assumed(4000)
    print_beyond(4000)
    print_strata(4000)
    print_recognition(4000)
    print_composite((20, 30, 50, 100), 4000)


if __name__ == "__main__":
    main()
