"""What is counted in the programme ledgers; a function a measure.

A ledger says how things stand at the end of its month. A date that is missing means not yet.
"""

from __future__ import annotations

import polars as pl

from povexit.progress.register import VERDICT, is_on_register, is_pre_exit
from povexit.progress.tally import Given, count, ratio

PERSONS = pl.col("household_size")


def _homes(given: Given) -> pl.LazyFrame:
    names = ["household_id", "register_status", "planned_exit_year", "household_size"]
    return given.take("cleaned_households", names)


def _listed(frame: pl.LazyFrame, key: str, name: str) -> pl.LazyFrame:
    """Return the distinct keys of a frame with a flag that says they are listed."""
    return frame.select(key).unique().with_columns(pl.lit(True).alias(name))


# industry


def _led(given: Given, kind: str) -> pl.LazyFrame:
    ledger = given.take("cleaned_industry", ["unit_type", "unit_id"])
    return _listed(ledger.filter(pl.col("unit_type") == kind), "unit_id", "is_led")


def villages_led(given: Given) -> pl.LazyFrame:
    """Poor villages with a company or co-operative."""
    villages = given.take("cleaned_villages", ["village_code", "is_poor_village"])
    both = villages.join(
        _led(given, "village"), left_on="village_code", right_on="unit_id", how="left"
    )
    return count(both, pl.col("is_led").fill_null(False), of=pl.col("is_poor_village"))


def households_led(given: Given) -> pl.LazyFrame:
    """Register households with a company or co-operative."""
    both = _homes(given).join(
        _led(given, "household"), left_on="household_id", right_on="unit_id", how="left"
    )
    return count(both, pl.col("is_led").fill_null(False), of=is_on_register())


# relocation


def _moving(given: Given, names: list[str]) -> pl.LazyFrame:
    return given.pick("cleaned_relocations", ["household_id", "persons", *names]).unique(
        "household_id", maintain_order=True
    )


def persons_moved(given: Given) -> pl.LazyFrame:
    """Persons of households that moved in, each household once."""
    frame = _moving(given, ["moved_date"])
    return count(frame, pl.col("moved_date").is_not_null(), weight=pl.col("persons"))


def persons_with_keys(given: Given) -> pl.LazyFrame:
    """Persons of households that have their keys."""
    frame = _moving(given, ["keys_date"])
    return count(frame, pl.col("keys_date").is_not_null(), weight=pl.col("persons"))


def flats_finished(given: Given) -> pl.LazyFrame:
    """Households whose flat is finished."""
    return count(_moving(given, ["is_flat_finished"]), pl.col("is_flat_finished"))


# money


def funds_paid(given: Given) -> pl.LazyFrame:
    """Yuan paid of yuan granted."""
    names = ["paid_yuan", "granted_yuan"]
    return ratio(given.pick("cleaned_funds", names), *names)


def carry_over_cleared(given: Given) -> pl.LazyFrame:
    """Yuan of earlier years' funds that are paid."""
    names = ["paid_yuan", "granted_yuan"]
    frame = given.pick("cleaned_funds", [*names, "fund_year"])
    return ratio(frame.filter(pl.col("fund_year") < given.year), *names)


def _borrowers(given: Given) -> pl.LazyFrame:
    """Return the households of the register with what the loan ledger says of them.

    One that the ledger does not list has no loan and was not rated; whether it could and would
    borrow is not known.
    """
    names = ["household_id", "is_rated", "is_eligible", "is_willing", "loan_yuan"]
    ledger = given.take("cleaned_loans", names).with_columns(is_listed=pl.lit(True))
    both = _homes(given).join(ledger, on="household_id", how="left", validate="1:1")
    is_absent = pl.col("is_listed").is_null()
    return both.with_columns(
        has_loan=pl.col("loan_yuan").fill_null(0) > 0,
        is_rated=pl.when(is_absent).then(False).otherwise("is_rated"),
        is_pre_exit=is_pre_exit(given.year),
    )


def loans_of_all(given: Given) -> pl.LazyFrame:
    """Pre-exit households with a loan, of all of them."""
    return count(_borrowers(given), pl.col("has_loan"), of=pl.col("is_pre_exit"))


def loans_of_rated(given: Given) -> pl.LazyFrame:
    """Pre-exit households with a loan, of those rated and credited."""
    rated = pl.col("is_pre_exit") & pl.col("is_rated")
    return count(_borrowers(given), pl.col("has_loan"), of=rated)


def loans_of_willing(given: Given) -> pl.LazyFrame:
    """Pre-exit households with a loan, of those eligible and willing."""
    willing = pl.col("is_pre_exit") & pl.col("is_eligible") & pl.col("is_willing")
    return count(_borrowers(given), pl.col("has_loan"), of=willing)


def loans_overdue(given: Given) -> pl.LazyFrame:
    """Yuan overdue, of the balance; nothing recorded as repaid means nothing repaid."""
    frame = given.take("cleaned_loans", ["loan_yuan", "repaid_yuan", "overdue_yuan"])
    lent = frame.filter(pl.col("loan_yuan") > 0)
    balance = pl.col("loan_yuan") - pl.col("repaid_yuan").fill_null(0)
    return ratio(lent.with_columns(balance_yuan=balance), "overdue_yuan", "balance_yuan")


# zones and tourism


def zone_persons(given: Given) -> pl.LazyFrame:
    """Poor persons of each zone, each household once in a zone; a row (``part``) a zone."""
    ledger = given.pick("cleaned_zones", ["zone_name", "household_id"]).unique()
    both = ledger.join(_homes(given), on="household_id", how="left")
    counted = count(both, is_on_register(), weight=PERSONS, by=["zone_name"])
    return counted.rename({"zone_name": "part"})


def persons_in_zones(given: Given) -> pl.LazyFrame:
    """Register persons in at least one zone, each once across zones."""
    listed = _listed(given.pick("cleaned_zones", ["household_id"]), "household_id", "is_covered")
    both = _homes(given).join(listed, on="household_id", how="left")
    covered = pl.col("is_covered").fill_null(False)
    return count(both, covered, of=is_on_register(), weight=PERSONS)


def persons_by_tourism(given: Given) -> pl.LazyFrame:
    """Persons supported by tourism whose household meets the standard."""
    ledger = given.take("cleaned_tourism", ["household_id", "supported_persons"])
    decided = given.take("decisions_households", ["household_id", VERDICT])
    both = ledger.join(decided, on="household_id", how="left")
    return count(both, pl.col(VERDICT), weight=pl.col("supported_persons"))


# works, services, inspections


def works_done(given: Given) -> pl.LazyFrame:
    """Units whose works are done."""
    return count(given.pick("cleaned_works", ["is_done"]), pl.col("is_done"))


def villages_connected(given: Given) -> pl.LazyFrame:
    """Poor villages planned to exit this year whose works are done; not listed means unknown."""
    names = ["village_code", "is_poor_village", "planned_exit_year"]
    due = pl.col("is_poor_village") & (pl.col("planned_exit_year") == given.year)
    works = given.pick("cleaned_works", ["unit_type", "unit_id", "is_done"])
    works = works.filter(pl.col("unit_type") == "village")
    both = given.take("cleaned_villages", names).join(
        works, left_on="village_code", right_on="unit_id", how="left"
    )
    return count(both, pl.col("is_done"), of=due)


def persons_reached(given: Given) -> pl.LazyFrame:
    """Persons reached of those entitled."""
    names = ["reached_persons", "entitled_persons"]
    return ratio(given.pick("cleaned_services", names), *names)


def visits_done(given: Given) -> pl.LazyFrame:
    """Visits done of those due; one unit's surplus does not stand in for another's lack."""
    frame = given.pick("cleaned_inspections", ["visits_done", "visits_due"])
    done = pl.when(pl.col("visits_done") > pl.col("visits_due")).then("visits_due")
    return ratio(frame.with_columns(done=done.otherwise("visits_done")), "done", "visits_due")


def findings_closed(given: Given) -> pl.LazyFrame:
    """Findings with a date of closing."""
    frame = given.take("cleaned_findings", ["closed_date"])
    return count(frame, pl.col("closed_date").is_not_null())
