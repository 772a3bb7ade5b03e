"""What the README claims about speed, cleaning and verdicts, measured here and now.

Times are whole processes on this machine, shown beside a named peer of the same
run where there is one; machines are noisy, so read ratios before seconds.
``--full DIR`` also reads and cleans the full-scale month that
``povexit-sim --scale full --out DIR`` writes (made on first use, some minutes).
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
HERE = Path(__file__).parent
#: Benchmarks that print what they find themselves, with their peers.
PRINTING = (
    "score_cleaning.py",
    "judge_full.py",
    "campaign_full.py",
    "lab_speed.py",
    "estimate_speed.py",
    "multidimensional.py",
    "false_pass_grid.py",
    "coverage.py",
    "batch_speed.py",
)
#: Those of them that have a corner which takes seconds.
QUICK = ("false_pass_grid.py", "coverage.py")


def timed(label: str, command: list[str], **env: str) -> float:
    """Run a command to its end and print its seconds; a failure ends the benchmark."""
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{label}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    print(f"{label:<58} {seconds:8.1f} s", flush=True)
    return seconds


def peak_gb() -> float:
    """Return the largest memory any one finished child process has used, in GB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6


def demo_month() -> None:
    """Time the main job on a copy of the demo deliveries: first run and unchanged rerun."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "data").mkdir()
        for name in ("notebooks", "data/raw"):
            (home / name).symlink_to(ROOT / name)
        run = [str(BIN / "povexit"), "run", "--month", "2016-06"]
        env = {"POVEXIT_HOME": str(home)}
        first = timed("demo month, first run (goal 120 s on 2 cores)", run, **env)
        again = timed("demo month, unchanged rerun (goal 5 s)", run, **env)
        print(f"{'  rerun / first run':<58} {again / first:8.3f}")


def full_month(folder: Path) -> None:
    """Time reading and cleaning of the full-scale register against pandas and openpyxl."""
    if not (folder / "2016-06").is_dir():
        sim = [str(BIN / "povexit-sim"), "--month", "2016-06", "--scale", "full"]
        timed("simulate the full-scale month", [*sim, "--out", str(folder / "2016-06")])
    clean = [sys.executable, str(HERE / "clean_full.py"), str(folder / "2016-06")]
    timed("full register, read and cleaned, 2 processes (goal 60 s)", clean)
    print(f"{'  peak memory of one process (goal 3 GB in all)':<58} {peak_gb():8.2f} GB")


def main() -> None:
    """Run the benchmarks asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", type=Path, metavar="DIR", help="also the full-scale month")
    args = parser.parse_args()
    demo_month()
    for name in PRINTING:
        print(f"\n{name}", flush=True)
        quick = ["--quick"] if name in QUICK else []
        subprocess.run([sys.executable, str(HERE / name), *quick], check=True)
    if args.full:
        full_month(args.full)


if __name__ == "__main__":
    main()
