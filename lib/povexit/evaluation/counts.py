"""The register counts behind the composite rate: rolled up, and checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from povexit.errors import SchemaError
from povexit.evaluation.measures import Composite, Denominator, edition
from povexit.schema.frames import enter


@dataclass(frozen=True, eq=False)
class Counts:
    """Persons by place, in the order of the estimates.

    ``remaining`` poor persons in the register, shape (places,); ``people`` each sampled
    rate is a rate of, shape (rates, places); ``population`` divided by, shape (places,).
    NaN where a count is not known.
    """

    remaining: Any
    people: Any
    population: Any

    @property
    def known(self) -> Any:
        """Whether all of a place's counts are known, shape (places,)."""
        return np.isfinite(self.remaining + self.people.sum(axis=0) + self.population)


def register_counts(
    households: Any, villages: Any, by: Sequence[str] = ("county_code",)
) -> pd.DataFrame:
    """Return the counts the composite rate needs, from the register and the village ledger.

    Parameters
    ----------
    households
        ``cleaned_households``: the whole register of the places; pandas, Polars or DuckDB.
    villages
        ``cleaned_villages``: all of their villages, with ``persons_total``.
    by
        Columns that name the place.

    Returns
    -------
    pandas.DataFrame
        One row a place: ``by``; persons as ``poor_persons`` (still in the register),
        ``exited_persons``, ``rural_persons`` (of all villages) and ``unregistered_persons``
        (the rest of them). Missing where a household's size or a village's population is,
        or where the register holds more persons than the villages have.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    sizes = enter(
        households, "cleaned_households", [*by, "register_status", "household_size"]
    ).with_columns(
        is_out=nw.col("register_status").is_in(edition().composite.exited),
    )
    persons = _summed(sizes, [*by, "is_out"], "household_size").set_index([*by, "is_out"])
    wide = persons["household_size"].unstack(fill_value=0)
    people = enter(villages, "cleaned_villages", [*by, "persons_total"])
    rural = _summed(people, list(by), "persons_total").set_index(list(by))["persons_total"]
    counts = pd.DataFrame(
        {"poor_persons": wide.get(False, 0), "exited_persons": wide.get(True, 0)}, index=wide.index
    )
    counts = counts.join(rural.rename("rural_persons"), how="outer").astype("Int64")
    rest = counts["rural_persons"] - counts["poor_persons"] - counts["exited_persons"]
    return counts.assign(unregistered_persons=rest.mask(rest < 0)).reset_index()


def _summed(frame: nw.LazyFrame[Any], by: Sequence[str], column: str) -> pd.DataFrame:
    """Return sums by place, missing where a summand is."""
    lacking = nw.col(column).is_null().cast(nw.Int64)
    sums = frame.with_columns(_lacking=lacking).group_by(*by).agg(nw.col(column, "_lacking").sum())
    found = sums.sort(*by).collect().to_pandas()
    whole = found[column].astype("Int64").mask(found["_lacking"] > 0)
    return found.assign(**{column: whole}).drop(columns="_lacking")


def checked(
    counts: pd.DataFrame, places: pd.DataFrame, rule: Composite, below: Denominator
) -> Counts:
    """Return the counts of the places estimated.

    Raises
    ------
    SchemaError
        If a column or a place is missing, a place is there twice, or a count is negative,
        infinite or not a number, or a population is zero. A missing one is unknown.
    """
    wanted = [rule.remaining, *rule.parts.values(), below.column]
    absent = [c for c in [*places.columns, *wanted] if c not in counts]
    if absent:
        raise SchemaError(
            "counts for the composite rate are missing",
            where=", ".join(absent),
            expected=f"one row a place with {', '.join(wanted)}",
            found=", ".join(map(str, counts.columns)),
        )
    found = _matched(counts[[*places.columns, *wanted]], places)
    numbers = {c: _persons(found[c], places) for c in wanted}
    _check_population(numbers[below.column], below.column, places)
    people = np.array([numbers[c] for c in rule.parts.values()])
    return Counts(numbers[rule.remaining], people, numbers[below.column])


def _matched(counts: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    keys = list(places.columns)
    if not keys:
        if len(counts) != 1:
            raise SchemaError(
                "counts of everyone together are one row", where="counts", found=f"{len(counts)}"
            )
        return counts.reset_index(drop=True)
    if counts.duplicated(keys).any():
        raise SchemaError(
            "a place has two rows of counts",
            where="counts",
            found=_names(counts[counts.duplicated(keys)], keys),
        )
    found = places.merge(counts, on=keys, how="left", validate="1:1", indicator="_in")
    if (found["_in"] == "left_only").any():
        raise SchemaError(
            "a place in the sample has no counts",
            where="counts",
            found=_names(found[found["_in"] == "left_only"], keys),
            hint="add its row of register counts, or leave it out of the sample's table",
        )
    return found


def _persons(column: pd.Series, places: pd.DataFrame) -> Any:
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    wrong = (np.isnan(numbers) & column.notna().to_numpy()) | np.isinf(numbers) | (numbers < 0)
    if wrong.any():
        raise SchemaError(
            "a count of persons cannot be one",
            where=f"{column.name}: {_names(places[wrong], list(places.columns))}",
            expected="a number, 0 or more, or nothing where it was not found",
            found=", ".join(map(str, column[wrong])),
        )
    return numbers


def _check_population(numbers: Any, name: str, places: pd.DataFrame) -> None:
    if (numbers == 0).any():
        raise SchemaError(
            "the population divided by is zero",
            where=f"{name}: {_names(places[numbers == 0], list(places.columns))}",
            expected="above 0",
        )


def _names(rows: pd.DataFrame, keys: list[str]) -> str:
    return ", ".join("|".join(map(str, row)) for row in rows[keys].to_numpy()) or "all"
