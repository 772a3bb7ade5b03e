"""The command line: parse, call, say what happened."""

from __future__ import annotations

import argparse
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from povexit import store
from povexit.cli import month, products, questions
from povexit.cli.parser import PRODUCTS, parser
from povexit.cli.status import DELIVERED, INTERRUPTED, SOME_FAILED, WRONG_USE, say
from povexit.errors import PovexitError

__all__ = ["DELIVERED", "PRODUCTS", "main", "parser"]

COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "run": month.run,
    "village": month.village,
    "merge": month.merge,
    "pdf": products.pdf,
    "workbook": products.workbook,
    "new": products.new,
    "deck": products.deck,
    "figures": products.figures,
    "why": questions.why,
    "diff": questions.diff,
    "check": questions.check,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status; no error shows a traceback."""
    given = parser().parse_args(arguments)
    try:
        return COMMANDS[given.command](given)
    except KeyboardInterrupt:
        say("\nStopped. What was finished stays; the same command goes on from here.")
        return INTERRUPTED
    except PovexitError as error:
        say(f"povexit: {error}")
        # a disk that is full or may not be written stops a run; anything else, before it starts
        return SOME_FAILED if isinstance(error.__cause__, OSError) else WRONG_USE
    except Exception:
        say(f"povexit: something unforeseen went wrong; details are in {_log(given)}")
        return SOME_FAILED


def _log(given: argparse.Namespace) -> Path:
    """Write down what went wrong, beside the reports or, if that cannot be, where anyone may."""
    text = traceback.format_exc()
    try:
        return store.write_atomic(store.reports_dir(given.month) / "error.log", text)
    except (AttributeError, PovexitError):
        with tempfile.NamedTemporaryFile(
            "w", prefix="povexit-", suffix=".log", delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
        return Path(file.name)
