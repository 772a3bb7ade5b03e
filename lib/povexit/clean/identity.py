"""Identity numbers: what state they are in, and the digits that stay the same in every form.

An eighteen-digit number is seventeen digits and a check character (GB 11643, ISO 7064
MOD 11-2); the old fifteen-digit one lacks the century and the check; a disability card adds
two digits at the end. The seventeen digits identify the person in all forms, so they are what is
hashed: a wrong check character or an old number does not make someone else of a person.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from povexit import privacy

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
CARD_LENGTHS = (20, 22)


def examine(numbers: pl.Series) -> pl.DataFrame:
    """Return what is known of each identity number as delivered.

    Parameters
    ----------
    numbers
        Text, n numbers, blanks around them removed.

    Returns
    -------
    polars.DataFrame
        n rows: ``body`` (17 digits; null if there are none), ``status`` (code list
        ``id_number_status``) and ``rule`` (of cleaning; null where nothing was done).

    Examples
    --------
    >>> examine(pl.Series(["451060198506150012", "451060850615001", None]))["status"].to_list()
    ['valid', 'fifteen', 'missing']
    """
    plain = numbers.str.normalize("NFKC").str.replace_all(r"\s", "")
    upper = plain.str.to_uppercase()
    table = pl.DataFrame({"typed": plain, "number": upper}).with_columns(
        length=pl.col("number").str.len_chars(),
        is_long=pl.col("number").str.contains(r"^[0-9]{17}[0-9X]"),
        is_short=pl.col("number").str.contains(r"^[0-9]{15}$"),
    )
    is_long = (pl.col("length").is_in([18, *CARD_LENGTHS])) & pl.col("is_long")
    body = (
        pl.when(is_long)
        .then(pl.col("number").str.slice(0, 17))
        .when("is_short")
        .then(pl.col("number").str.slice(0, 6) + "19" + pl.col("number").str.slice(6))
    )
    table = table.with_columns(body=body, is_long=is_long.fill_null(False))
    table = table.with_columns(is_right=_check() == pl.col("number").str.slice(17, 1))
    return table.select("body", status=_status(), rule=_rule())


@cache
def _check() -> pl.Expr:
    """Return the check character that belongs to the first seventeen digits."""
    total: pl.Expr = pl.lit(0)
    for place, weight in enumerate(WEIGHTS):
        total = total + pl.col("body").str.slice(place, 1).cast(pl.Int64, strict=False) * weight
    return (total % len(CHECKS)).replace_strict(
        dict(enumerate(CHECKS)), default=None, return_dtype=pl.String
    )


@cache
def _status() -> pl.Expr:
    return (
        pl.when(pl.col("number").is_null())
        .then(pl.lit("missing"))
        .when("is_short")
        .then(pl.lit("fifteen"))
        .when(~pl.col("is_long"))
        .then(pl.lit("length"))
        .when("is_right")
        .then(pl.lit("valid"))
        .otherwise(pl.lit("checksum"))
    )


@cache
def _rule() -> pl.Expr:
    return (
        pl.when(pl.col("number").is_null())
        .then(None)
        .when("is_short")
        .then(pl.lit("id_15"))
        .when(~pl.col("is_long"))
        .then(pl.lit("id_length"))
        .when(~pl.col("is_right"))
        .then(pl.lit("id_checksum"))
        .when(pl.col("typed") != pl.col("number"))
        .then(pl.lit("id_lower_x"))
    )


def birth_month(body: pl.Expr) -> pl.Expr:
    """Return the first day of the month of birth that seventeen digits tell, if it is a date."""
    return (body.str.slice(6, 6) + "01").str.to_date("%Y%m%d", strict=False)


def hashed(values: pl.Series, key: bytes, prefix: str) -> pl.Series:
    """Return the keyed hash of each value; see `povexit.privacy.hash_series`."""
    return privacy.hash_series(values, key, prefix)
