"""How far `povexit.poverty` is from R: the tables in docs/poverty.md.

For every entry of the reference files in tests/golden/r_poverty the largest relative
difference of estimates and of standard errors; — where R gives none. Run
``python benchmarks/r_poverty.py`` and put the output into the page.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.r_poverty import difference, ineq, ours, results


def shown(difference: float) -> str:
    """Return a difference in one digit."""
    return f"{difference:.0e}".replace("0e+00", "0")


def main() -> None:
    """Print the tables."""
    print("| ineq | R | difference |\n|---|---|---|")
    for name, mine, theirs in ineq():
        print(f"| {name} | {theirs:.12g} | {shown(difference(mine, theirs))} |")
    print("\n| households | estimate | standard error |\n|---|---|---|")
    for key, r in results("poverty").items():
        table = ours(key)
        gaps = [difference(table["estimate"], r["est"])]
        gaps += [difference(table["se"], r["se"])] if r["se"] else []
        print(f"| {key} | {' | '.join([*map(shown, gaps), '—'][:2])} |")


if __name__ == "__main__":
    main()
