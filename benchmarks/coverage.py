"""Whether the project's own intervals hold the truth on the project's own surveys.

What `povexit_sim.coverage` finds in all counties. Prints the table of
``docs/methods/verdict.md``; seeded.

    python benchmarks/coverage.py            # 12 counties, 200 surveys each, some minutes
    python benchmarks/coverage.py --quick    # two counties, 20 surveys each
"""

from __future__ import annotations

import argparse
from typing import Any

import pandas as pd

from povexit_sim import simulate_county
from povexit_sim.allocation import bases
from povexit_sim.coverage import checked, held

MONTH, SCALE, SURVEYS = "2016-06", 0.2, 200


def shown(found: pd.DataFrame) -> str:
    """Return the table as Markdown, in per cent."""
    head = ["measure", *found.columns]
    lines = [head, ["---"] * len(head)]
    for measure, row in found.iterrows():
        cells = [f"{int(x):,}" if c == "surveys" else f"{100 * x:.1f}" for c, x in row.items()]
        lines.append([str(measure), *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Survey the counties asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two counties, 20 surveys each")
    quick = parser.parse_args().quick
    codes: list[Any] = list(bases())[:2] if quick else list(bases())
    scale, surveys = (0.025, 20) if quick else (SCALE, SURVEYS)
    tables = [checked(simulate_county(code, MONTH, scale), range(1, surveys + 1)) for code in codes]
    print(shown(held(pd.concat(tables, ignore_index=True))))


if __name__ == "__main__":
    main()
