"""Text that a notebook shows."""

from __future__ import annotations


class Prose(str):
    """Text that a notebook shows as Markdown."""

    __slots__ = ()

    def _repr_markdown_(self) -> str:
        return str(self)
