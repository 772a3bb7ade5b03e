"""How a command ends, and what it says to the person who gave it."""

from __future__ import annotations

import sys

DELIVERED, SOME_FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130


def say(text: str) -> None:
    """Print for the person, not for the next program."""
    print(text, file=sys.stderr, flush=True)
