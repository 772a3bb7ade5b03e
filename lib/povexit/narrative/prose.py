"""Text that a notebook shows."""

from __future__ import annotations

import html
import re

#: What Markdown takes for something else than itself.
SPECIAL = re.compile(r"[\\`*_\[\]<>&$~|#]")
STRONG = re.compile(r"\*\*(.+?)\*\*")


class Prose(str):
    """Text that a notebook shows as Markdown."""

    __slots__ = ()

    def html(self) -> str:
        """Return the text as HTML for a widget: escaped, with what was strong.

        Examples
        --------
        >>> Prose("**A** < B").html()
        '<strong>A</strong> &lt; B'
        """
        return STRONG.sub(r"<strong>\1</strong>", html.escape(str(self), quote=False))

    def _repr_markdown_(self) -> str:
        return str(self)


def literal(text: str) -> str:
    """Return text that a county typed so that Markdown shows it as it stands.

    Examples
    --------
    >>> literal("a_b*<c>.xlsx")
    'a\\\\_b\\\\*\\\\<c\\\\>.xlsx'
    """
    return SPECIAL.sub(r"\\\g<0>", text)
