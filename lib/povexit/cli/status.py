"""How a command ends, and what it says to the person who gave it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

DELIVERED, SOME_FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130


WIDEST = 1000


def grid(heads: Sequence[str], rows: Iterable[tuple[Sequence[str], str]]) -> None:
    """Print rows, each with its style, under heads; in a pipe a row is a line."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    for row, style in rows:
        table.add_row(*row, style=style)
    # what files and errors say is text, never markup
    width = None if sys.stdout.isatty() else WIDEST
    console = Console(highlight=False, markup=False, emoji=False, width=width)
    with console.capture() as shown:
        console.print(table)
    print("\n".join(line.rstrip() for line in shown.get().splitlines()))


def say(text: str) -> None:
    """Print for the person, not for the next program."""
    print(text, file=sys.stderr, flush=True)
