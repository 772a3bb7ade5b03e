"""Income as the register computes it, and what of it counts for exit.

2016: all sources less production cost, by household size (S31). 2017: without
basic pension, temporary relief, and dibao unless it is of class A or B in a
household wholly or partly without labour ability (S30). Amounts are added in
whole fen, so that an income exactly at the line stays exactly at the line.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

import narwhals as nw

from povexit.indicators.logic import is_true

ANIMALS = (
    "livestock_income_yuan",
    "poultry_income_yuan",
    "sericulture_income_yuan",
    "fishery_income_yuan",
)
SOURCES = (
    "wage_income_yuan",
    "crop_income_yuan",
    "forestry_income_yuan",
    *ANIMALS,
    "other_business_income_yuan",
    "property_income_yuan",
    "family_planning_income_yuan",
    "basic_pension_income_yuan",
    "border_subsidy_yuan",
    "dibao_income_yuan",
    "remittance_income_yuan",
    "farm_subsidy_yuan",
    "relief_income_yuan",
    "other_transfer_income_yuan",
    "other_income_yuan",
)
COST = "production_cost_yuan"
STATED = ("total_income_yuan", "net_income_yuan")
INCOME_COLUMNS = (*SOURCES, COST, *STATED)
EXCLUDED = ("basic_pension_income_yuan", "relief_income_yuan")
FEN = 100


def _name(column: str) -> str:
    return f"{column}_fen"


def _fen(column: str) -> nw.Expr:
    # floor of x + 1/2: engines round halves differently
    return (nw.col(column) * FEN + 0.5).floor().cast(nw.Int64).alias(_name(column))


def _sum(columns: tuple[str, ...]) -> nw.Expr:
    return reduce(add, (nw.col(_name(c)) for c in columns))


def _zero_where(condition: nw.Expr, amount: nw.Expr) -> nw.Expr:
    """Return zero fen where the condition is known to hold, else null."""
    return nw.when(is_true(condition)).then(amount * 0)


def with_fen(households: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add every amount in fen; a blank one is zero where the stated sum leaves nothing for it.

    A register leaves sources blank that a household does not have. Only if the
    others add up to the stated total is a blank read as zero; the blank cost is
    zero if stated net and gross income are equal. Otherwise it is unknown.
    """
    total, net = (nw.col(_name(c)) for c in STATED)
    gross, zero = nw.col("gross_fen"), nw.col("zero_fen")
    known = reduce(add, (nw.col(_name(c)).fill_null(0) for c in SOURCES))
    return (
        households.with_columns(*(_fen(c) for c in INCOME_COLUMNS))
        .with_columns(gross_fen=known)
        .with_columns(zero_fen=_zero_where(total == gross, gross))
        .with_columns(*(nw.coalesce(nw.col(_name(c)), zero).alias(_name(c)) for c in SOURCES))
        .with_columns(gross_fen=_sum(SOURCES))
        .with_columns(zero_fen=_zero_where(net == gross, gross))
        .with_columns(nw.coalesce(nw.col(_name(COST)), zero).alias(_name(COST)))
    )


def _per_person(fen: nw.Expr) -> nw.Expr:
    size = nw.col("household_size")
    return fen.cast(nw.Float64) / (nw.when(size > 0).then(size) * FEN).cast(nw.Float64)


def net_income() -> nw.Expr:
    """Return a household's income of all sources less production cost, in fen."""
    return nw.col("gross_fen") - nw.col(_name(COST))


def dibao_left_out() -> nw.Expr:
    """Return the dibao that does not count for exit in 2017, in fen; none where none was paid."""
    dibao = nw.col(_name("dibao_income_yuan"))
    share = 1 - nw.col("has_qualifying_dibao").cast(nw.Int64)
    return nw.when(is_true(dibao == 0)).then(dibao).otherwise(dibao * share)


def incomes() -> dict[str, nw.Expr]:
    """Return the indicators of income by name."""
    return {
        "animal_income_yuan": _sum(ANIMALS).cast(nw.Float64) / FEN,
        "net_income_per_capita_yuan": _per_person(net_income()),
        "exit_income_per_capita_yuan": _per_person(
            net_income() - _sum(EXCLUDED) - dibao_left_out()
        ),
    }
