"""How far `povexit.estimate` is from R: the table in docs/estimation.md.

For every entry of the reference files in tests/golden/r_survey the largest relative
difference over all its numbers; 0 means equal to the last bit, — that R has no such
entry. Run ``python benchmarks/r_agreement.py`` and put the output into the page.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests import r_weights
from tests.r_survey import answers, difference, entries, tolerance


def largest() -> dict[tuple[str, str], float]:
    """Return each entry's largest relative difference."""
    found = {}
    for file, key in entries():
        pairs = answers(file, key)
        if pairs:
            found[file, key] = max(difference(ours, theirs) for _, ours, theirs in pairs)
    return found


def moved() -> dict[tuple[str, str], float]:
    """Return the same of calibration and replicates, by design and method, then quantity."""
    found: dict[tuple[str, str], float] = {}
    for file, key in r_weights.entries():
        method = re.sub(r"\.(mean\.|total\.|ratio|by\.).*", "", key)
        stops = " *" if r_weights.tolerance(key) > 1e-10 else ""
        for quantity, ours, theirs in r_weights.answers(file, key):
            place = ("lonely." if file == "03_lonely_jkn" else "") + method + stops
            kind = "weights" if quantity == "factors" else quantity
            found[place, kind] = max(found.get((place, kind), 0.0), difference(ours, theirs))
    return found


def grid(cells: dict[tuple[str, str], float], corner: str) -> str:
    """Return a Markdown table of differences by row and column."""
    rows, columns = (list(dict.fromkeys(k[i] for k in cells)) for i in (0, 1))
    lines = [f"| {corner} | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for row in rows:
        shown = [f"{cells[row, c]:.0e}" if (row, c) in cells else "—" for c in columns]
        lines.append(f"| {row} | {' | '.join(shown)} |".replace("0e+00", "0"))
    return "\n".join(lines)


def main() -> None:
    """Print the tables, and a last line that sums them up."""
    found = largest()
    api = {tuple(reversed(k.split(".", 1))): d for (f, k), d in found.items() if f == "01_api"}
    print(grid(api, "entry"), end="\n\n")  # type: ignore[arg-type]
    lonely = {}
    for (file, key), d in found.items():
        if file == "03_lonely_psu":
            tag, rule, *rest = key.split(".")
            lonely[f"{tag} {'total' if rest[-1] == 'total' else 'mean'}", rule] = d
    print(grid(lonely, "lonely PSU"), end="\n\n")
    zero = {tuple(k.rsplit(".", 1)): d for (f, k), d in found.items() if f == "11_zero_events"}
    print(grid(zero, "shares"), end="\n\n")  # type: ignore[arg-type]
    weights = moved()
    print(grid(weights, "calibration and replicates"), end="\n\n")
    loose = [k for k in found if tolerance(k[1]) > 1e-10]
    tight = {k: d for k, d in found.items() if k not in loose}
    print(
        f"{len(tight)} entries, largest difference {max(tight.values()):.1e}; "
        f"{len(loose)} entries of R's fitted logit, {max(found[k] for k in loose):.1e}. "
        f"Calibration and replicates: {len(r_weights.entries())} entries, largest difference "
        f"{max(d for (row, _), d in weights.items() if not row.endswith('*')):.1e} but for *."
    )


if __name__ == "__main__":
    main()
