"""Persons stop here: keyed hashes join tables, small cells are not shown.

A plain hash of an identity number is reversible, since all numbers can be
tried; a keyed one (BLAKE2b) is not without the key. The key lies outside the
repository. Simulated deliveries hold no persons and use a fixed demo key, so
that two clones give the same output.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from povexit.errors import PrivacyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import polars as pl

DEMO_KEY = b"povexit demo key: simulated deliveries hold no persons"
KEY_BYTES = 32
# Cells under ten persons or households are hidden; see docs/privacy.md for why ten.
SMALLEST_SHOWN = 10


def key_path() -> Path:
    """Return where the key lies: ``$POVEXIT_KEY_FILE`` or the user's configuration folder."""
    if named := os.environ.get("POVEXIT_KEY_FILE"):
        return Path(named)
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "povexit" / "key"


def load_key(simulated: bool) -> bytes:
    """Return the key that identities are hashed with.

    Parameters
    ----------
    simulated
        True for simulated deliveries, which use the fixed demo key.

    Raises
    ------
    PrivacyError
        If the key that was found is too short to protect anyone.
    """
    if simulated:
        return DEMO_KEY
    if given := os.environ.get("POVEXIT_KEY"):
        return _strong(given.encode("utf-8"), "environment variable POVEXIT_KEY")
    path = key_path()
    if not path.exists():
        _create(path)
    return _strong(_read(path), str(path))


def has_key(simulated: bool) -> bool:
    """Tell whether `load_key` finds a key; if not, it makes one."""
    return simulated or bool(os.environ.get("POVEXIT_KEY")) or key_path().exists()


def _strong(key: bytes, where: str) -> bytes:
    if len(key) < KEY_BYTES:
        raise PrivacyError(
            "the key for hashing identities is too short",
            where=where,
            expected=f"at least {KEY_BYTES} characters",
            found=f"{len(key)}",
            hint="use the key of earlier months, or a new random one (then months do not join)",
        )
    return key


def _read(path: Path) -> bytes:
    """Return the key in a file; wait a second for who has just made it and is about to write."""
    for _ in range(20):
        if key := path.read_bytes().strip():
            break
        time.sleep(0.05)
    return key


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return  # another process made it in this instant: theirs counts
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_hex(KEY_BYTES).encode("ascii"))
    print(
        f"A new key for hashing identities was made: {path}\n"
        "Keep it safe and never in the repository: months hashed under another key do not join.",
        file=sys.stderr,
    )


def hash_value(value: str, key: bytes, prefix: str) -> str:
    """Return the keyed hash of one identity, with a prefix that tells its kind.

    Examples
    --------
    >>> hash_value("x", DEMO_KEY, "h") == hash_value("x", DEMO_KEY, "h")
    True
    >>> len(hash_value("x", DEMO_KEY, "h"))
    25
    """
    # BLAKE2b takes at most 64 key bytes; a longer key is condensed, not cut
    short = hashlib.sha256(key).digest()
    return prefix + hashlib.blake2b(value.encode("utf-8"), key=short, digest_size=12).hexdigest()


def hash_series(values: pl.Series, key: bytes, prefix: str) -> pl.Series:
    """Return the keyed hash of each value; a missing value stays missing.

    Parameters
    ----------
    values
        Identities as text, length n.
    key
        From `load_key`.
    prefix
        One letter for the kind: ``h`` household, ``p`` person.

    Returns
    -------
    polars.Series
        Text, length n, same name.
    """
    import polars as pl

    short = hashlib.sha256(key).digest()
    blake = hashlib.blake2b
    hashed = [
        None
        if v is None
        else prefix + blake(v.encode("utf-8"), key=short, digest_size=12).hexdigest()
        for v in values.to_list()
    ]
    return pl.Series(values.name, hashed, dtype=pl.String)


def suppress_small(
    frame: pd.DataFrame,
    count_column: str,
    value_columns: Sequence[str],
    minimum: int = SMALLEST_SHOWN,
) -> pd.DataFrame:
    """Blank values that rest on few units and say so in a column ``status``.

    Parameters
    ----------
    frame
        One row a cell of a table or area of a map.
    count_column
        The unweighted number of units a row rests on.
    value_columns
        What must not be shown when there are too few.
    minimum
        The smallest count that is shown.

    Returns
    -------
    pandas.DataFrame
        A copy with ``status`` one of ``shown``, ``suppressed``, ``unknown``; an
        unknown count is unknown, never small. Where a single row would be hidden, the
        smallest of the others is hidden with it: totals are published too, and one gap
        in a sum is no secret.
    """
    out = frame.copy()
    count = out[count_column].astype("Float64")
    small = (count < minimum).fillna(False).astype(bool)
    others = count[~small].dropna()
    if small.sum() == 1 and len(others):
        small |= count.index == others.idxmin()
    for column in [*value_columns, count_column]:
        out[column] = out[column].astype("Float64").mask(small)
    out["status"] = "shown"
    out.loc[count.isna().to_numpy(), "status"] = "unknown"
    out.loc[small.to_numpy(), "status"] = "suppressed"
    return out


def for_map(table: pd.DataFrame, column: str, count_column: str = "households") -> pd.DataFrame:
    """Return one column as a map takes it: ``county_code``, ``value`` and ``status``.

    Parameters
    ----------
    table
        One row a county, with ``county_code`` and the columns named.
    column
        The value to show.
    count_column
        The unweighted number of units it rests on.
    """
    named = table.assign(value=table[column])
    shown = suppress_small(named, count_column, ["value"])
    return shown[["county_code", "value", "status"]]
