"""One of several shares of a month's counties, for machines that know nothing of each other.

A job array, a CI matrix or a cron table starts `povexit run --shard i/n` n times; who has which
county follows from the table of counties alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from povexit.errors import UnknownNameError

FORM = re.compile(r"([0-9]{1,4})/([0-9]{1,4})")


@dataclass(frozen=True)
class Shard:
    """The ``number``-th of ``of`` shares, counted from 1.

    Examples
    --------
    >>> Shard(2, 4).share("abcdefghi")
    ('b', 'f')
    >>> str(Shard(2, 4)), Shard(2, 4).name
    ('2/4', 'shard-2-of-4')
    """

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @property
    def name(self) -> str:
        """Return what the shard's own files bear in their names."""
        return f"shard-{self.number}-of-{self.of}"

    def share(self, counties: Sequence[str]) -> tuple[str, ...]:
        """Return the counties of this share: every ``of``-th, so that neighbours are spread."""
        return tuple(counties[self.number - 1 :: self.of])


def parse(text: str, most: int) -> Shard:
    """Return the shard that a text such as ``2/4`` names.

    Parameters
    ----------
    text
        Number and count.
    most
        How many counties there are to share.

    Raises
    ------
    UnknownNameError
        If it is none, or there would be shards without a county.

    Examples
    --------
    >>> parse("2/4", most=12)
    Shard(number=2, of=4)
    """
    found = FORM.fullmatch(text)
    number, of = map(int, found.groups()) if found else (0, 0)
    if not 1 <= number <= of:
        raise UnknownNameError(
            "not a shard",
            expected="number/count with number from 1 to count, such as 1/4, 2/4, 3/4 and 4/4",
            found=repr(text),
        )
    if of > most:
        raise UnknownNameError(
            "more shards than counties",
            expected=f"at most {most} shards",
            found=of,
            hint=f"start {most} shards or fewer: each works on one county or more",
        )
    return Shard(number, of)
