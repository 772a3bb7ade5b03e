"""Whether a killed process ever leaves a broken file: kill -9 at random, look at all that is there.

A small project of two counties is run again and again from nothing by the command line, PDFs
included. In each try one process of the run, of a random kind (warm process, worker, kernel, the
run itself), is killed at a random moment at which an undisturbed run had one. Then every published
file must be whole, the run must have ended and left no process, and the same command must make the
pages of an undisturbed run, byte for byte. Seeded; the moments are the machine's. Exit status 1 if
anything was broken. What is killed and looked at is in `tests/killing.py`, shared with the tests.

    python benchmarks/kill_workers.py             # twenty tries, some minutes
    python benchmarks/kill_workers.py --tries 3
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.killing import KINDS, Try, again, disturbed, undisturbed
from tests.tiny_month import Home

TRIES, SEED = 20, 20160601


def tries(folder: Path, count: int) -> list[Try]:
    """Do some tries and tell of each."""
    rng = random.Random(SEED)
    wanted, moments = undisturbed(Home(folder / "undisturbed" / "home").furnish())
    seconds = moments["run"][-1]
    print(f"undisturbed: {len(wanted)} pages and PDFs in {seconds:.1f} s", flush=True)
    done = []
    for number in range(count):
        home = Home(folder / str(number) / "home").furnish()
        kind = KINDS[-1 - number % len(KINDS)]
        one = disturbed(home, kind, rng.choice(moments[kind]) - moments[kind][0], rng)
        one.faults += again(home, wanted)
        done.append(one)
        said = f"{one.kind or 'nothing':<13} at {one.moment:5.2f} s, status {one.status:3d}"
        print(f"{number + 1:3d} {said}, {one.whole:3d} files", *one.faults or ["whole"], flush=True)
    return done


def main() -> None:
    """Do the tries, print what was hit, and end with 1 if anything was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=TRIES, help=f"how many (default {TRIES})")
    count = parser.parse_args().tries
    with tempfile.TemporaryDirectory(prefix="povexit-kill-") as folder:
        done = tries(Path(folder), count)
    hits = Counter(one.kind or "nothing, too late" for one in done)
    print("hit:", ", ".join(f"{kind} {times}" for kind, times in hits.most_common()))
    bad = sum(bool(one.faults) for one in done)
    print(f"tries with anything broken: {bad} of {len(done)} (goal 0)")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
