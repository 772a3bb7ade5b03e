"""``povexit-sim``: write the simulated deliveries of a month."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from povexit.errors import PovexitError
from povexit_sim.mess import FATAL_KINDS, KINDS, ORDINARY
from povexit_sim.month import make_month
from povexit_sim.settings import settings


def _scale(text: str) -> float:
    named = settings()["scale"]
    try:
        value = float(named[text]) if text in ("demo", "full") else float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not demo, full or a number above 0, at most 1"
        )
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="povexit-sim",
        description="Write what twelve counties would deliver for a month, with known truth.",
        epilog=f"kinds of mess: {', '.join(KINDS)}; only on request: {', '.join(FATAL_KINDS)}",
    )
    parser.add_argument("--month", required=True, help="such as 2016-06")
    parser.add_argument(
        "--scale", type=_scale, default="demo", help="demo (1/40), full, or a number up to 1"
    )
    parser.add_argument(
        "--seed", type=int, default=2016, help="same seed, same people (default: 2016)"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the deliveries")
    parser.add_argument("--truth", type=Path, help="folder for the truth behind them")
    mess = parser.add_mutually_exclusive_group()
    mess.add_argument("--mess", metavar="KIND,...", help="plant only these kinds of mess")
    mess.add_argument("--no-mess", action="store_true", help="plant none")
    return parser


def _kinds(given: argparse.Namespace) -> list[str]:
    if given.no_mess:
        return []
    return given.mess.split(",") if given.mess else list(ORDINARY)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 if all was written, 2 if it was called wrongly."""
    given = _parser().parse_args(arguments)
    try:
        names = make_month(
            given.month, given.out, given.scale, given.seed, _kinds(given), given.truth
        )
    except PovexitError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(names)} simulated files for {given.month} in {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
