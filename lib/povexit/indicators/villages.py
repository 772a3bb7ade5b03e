"""From households to their village: counts of the village ledger, held against the register.

The ledger counts what the village office counts, of all its households; the register says it
of poor households one by one. The ledger's count stands, less what the register denies: a
household the register shows to fail cannot be counted, and one of unknown answer may fail. So
each count has two columns: what is known to count, and of how many it is unknown.
What no ledger holds (role ``unrecorded`` in the catalogue) is unknown of every village.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw

from povexit.indicators.logic import is_one_of, is_true, one, unrecorded
from povexit.schema import columns
from povexit.schema.frames import enter, lazily, leave
from povexit.standards import definition

TABLE = "indicators_villages"
KEYS = ("village_code", "month", "county_code")
NOBODY = nw.lit(0, dtype=nw.Int64)
#: What is known to count, and of how many it is unknown.
Pair = tuple[nw.Expr, nw.Expr]
#: Household criteria of which failing and unknown households are counted per village.
JUDGED = ("housing", "medical", "education", "water", "electricity", "television")
#: Poor persons who do not meet the standard, and of how many that is unknown.
REMAINING = ("remaining_poor_persons", "remaining_poor_persons_unknown")
HOME_COLUMNS = (
    "household_id",
    "month",
    "hamlet_name",
    "has_labour",
    "months_away_longest_member",
    "other_dropouts_count",
)
DECISION_COLUMNS = (
    *KEYS,
    "household_id",
    "register_status",
    "household_size",
    *JUDGED,
    "road",
    "meets_standard",
)


def village(villages: Any, households: Any, decisions: Any) -> Any:
    """Return the indicators of every village of the ledger or the register.

    Parameters
    ----------
    villages
        ``cleaned_villages``: the village ledger, of the counties of the register.
    households
        From `povexit.indicators.household`.
    decisions
        From `povexit.decide.household`, by the household standard of the edition by which the
        villages will be judged. All three of one kind: pandas, Polars or DuckDB.

    Returns
    -------
    table of the same kind as ``villages``
        One row a village, ordered by ``village_code`` and ``month``; columns and units as the
        catalogue's ``indicators_villages`` says. A village without a row in the ledger is
        there, with what the register says of it. Each count ``x`` has ``x_unknown``; both are
        null where the ledger contradicts itself or the register: a part larger than its whole,
        more register households than households.

    Raises
    ------
    SchemaError
        If a column is missing.

    Notes
    -----
    How each count comes about is in docs/standards.md.
    """
    return from_members(villages, _members(households, decisions))


def from_members(villages: Any, members: nw.LazyFrame[Any]) -> Any:
    """Return what `village` does, from households whose indicators and verdicts stand in one row.

    Parameters
    ----------
    villages
        The village ledger; pandas, Polars or DuckDB.
    members
        `HOME_COLUMNS` and `DECISION_COLUMNS`, typed as `povexit.schema.frames.enter` does.
    """
    both = _every(_ledger(villages), _register(members))
    known = both.with_columns(**_gaps()).with_columns(**_counts(), **unrecorded(TABLE))
    return leave(known.select(list(columns(TABLE))).sort("village_code", "month"), like=villages)


def recounted(known: Any, villages: Any, members: nw.LazyFrame[Any]) -> Any:
    """Return village indicators with those still poor counted anew, all else as it was.

    What `from_members` gives as long as no verdict of `JUDGED` or on the road has changed, in a
    fraction of the time.

    Parameters
    ----------
    known
        The villages' indicators as they were.
    villages, members
        As for `from_members`.
    """
    keys = list(KEYS)
    sums = members.with_columns(**_remaining()).group_by(*KEYS)
    counted = sums.agg(nw.col(c).sum() for c in REMAINING)
    ledger = enter(villages, "cleaned_villages", [*KEYS, "poor_persons"])
    ledger = ledger.rename({"poor_persons": "ledger_poor_persons"})
    frame = lazily(known).drop(*REMAINING)
    joined = frame.join(ledger, on=keys, how="left").join(counted, on=keys, how="left")
    filled = joined.with_columns(nw.col(c).fill_null(0).cast(nw.Int64) for c in REMAINING)
    poor = dict(zip(REMAINING, _still_poor(), strict=True))
    ready = filled.with_columns(**_gaps()).with_columns(**poor)
    return leave(ready.select(list(columns(TABLE))).sort("village_code", "month"), like=villages)


def hamlets(households: Any, decisions: Any) -> Any:
    """Return the hamlets whose road the register shows to fall short, or not to be known.

    Parameters
    ----------
    households, decisions
        As for `village`.

    Returns
    -------
    table of the same kind as ``decisions``
        One row a hamlet of which no household is known to have the road asked for:
        ``village_code``, ``month``, ``county_code``, ``hamlet_name`` (empty where not given),
        ``households`` of the register that live there, ``failing`` (true: some are known to
        lack the road; false: it is not known).

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    return leave(
        _hamlets(_members(households, decisions)).sort(*KEYS, "hamlet_name"), like=decisions
    )


def _ledger(villages: Any) -> nw.LazyFrame[Any]:
    """Return the ledger's columns under names of their own, so that indicators can have theirs."""
    counted = {c: f"ledger_{c}" for c in LEDGER_COUNTS}
    own = (c for c in columns(TABLE) if c in columns("cleaned_villages") and c not in counted)
    frame = enter(villages, "cleaned_villages", [*own, *counted])
    return frame.with_columns(has_ledger=~nw.col("village_code").is_null()).rename(counted)


LEDGER_COUNTS = (
    "poor_households",
    "poor_persons",
    "safe_housing_households",
    "insured_persons",
    "school_age_dropouts",
    "safe_water_households",
    "electricity_households",
    "tv_households",
    "hamlets_20plus_with_road",
    "industry_households",
)


def _members(households: Any, decisions: Any) -> nw.LazyFrame[Any]:
    homes = enter(households, "indicators_households", HOME_COLUMNS)
    decided = enter(decisions, "decisions_households", DECISION_COLUMNS)
    return decided.join(homes, on=["household_id", "month"], how="left")


def _is_poor() -> nw.Expr:
    return is_one_of("register_status", definition("remaining_poor").values)


def _is_concerned() -> nw.Expr:
    """Tell whether industry should reach a poor household: it has labour, and that is at home."""
    long_away = nw.col("months_away_longest_member") >= definition("long_away_months").minimum
    return nw.col("has_labour") & ~long_away


def _register(members: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return what the register says of each village."""
    poor, size = _is_poor(), nw.col("household_size")
    flags = {
        "poor_households": one(poor),
        "poor_persons": one(poor) * size,
        **_remaining(),
        "concerned": one(poor & _is_concerned()),
        "perhaps_concerned": one(poor & _is_concerned().is_null()),
        "medical_doubtful_persons": (1 - one(nw.col("medical"))) * size,
        "excused_dropouts": one(nw.col("education")) * nw.col("other_dropouts_count"),
        **{f"{i}_failed": one(~nw.col(i)) for i in JUDGED},
        **{f"{i}_open": nw.col(i).is_null().cast(nw.Int64) for i in JUDGED},
    }
    sums = members.with_columns(**flags, members=size).group_by(*KEYS)
    counted = sums.agg(
        nw.len().alias("register_households"),
        nw.col("members").sum().alias("register_persons"),
        *(nw.col(f).sum() for f in flags),
    )
    roads = _hamlets(members).with_columns(
        hamlets_failed=one(nw.col("failing")), hamlets_open=one(~nw.col("failing"))
    )
    lacking = roads.group_by(*KEYS).agg(
        nw.col("hamlets_failed").sum(), nw.col("hamlets_open").sum()
    )
    return counted.join(lacking, on=list(KEYS), how="left")


def _remaining() -> dict[str, nw.Expr]:
    """Return the persons of a household who are poor and known not to meet, or perhaps not."""
    poor, meets, size = _is_poor(), nw.col("meets_standard"), nw.col("household_size")
    return dict(
        zip(REMAINING, (one(poor & ~meets) * size, one(poor & meets.is_null()) * size), strict=True)
    )


def _hamlets(members: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    failed, passed = one(~nw.col("road")), one(nw.col("road"))
    named = members.with_columns(
        hamlet_name=nw.col("hamlet_name").fill_null(""), failed=failed, passed=passed
    )
    counted = named.group_by(*KEYS, "hamlet_name").agg(
        nw.len().alias("households"), nw.col("failed").sum(), nw.col("passed").sum()
    )
    short = counted.filter((nw.col("failed") > 0) | (nw.col("passed") == 0))
    return short.with_columns(
        households=nw.col("households").cast(nw.Int64), failing=nw.col("failed") > 0
    ).select(*KEYS, "hamlet_name", "households", "failing")


def _every(ledger: nw.LazyFrame[Any], register: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return every village of either side; a village without register households has none."""
    keys = list(KEYS)
    seen = nw.concat([ledger.select(keys), register.select(keys)], how="vertical").unique()
    joined = seen.join(ledger, on=keys, how="left").join(register, on=keys, how="left")
    counts = [c for c in register.collect_schema().names() if c not in keys]
    filled = (nw.col(c).fill_null(0).cast(nw.Int64) for c in counts)
    return joined.with_columns(*filled, has_ledger=is_true(nw.col("has_ledger")))


def _gaps() -> dict[str, nw.Expr]:
    """Return what the ledger counts and the register lacks: poor persons who are not in it."""
    ledger, register = nw.col("ledger_poor_persons"), nw.col("poor_persons")
    empty = nw.col("register_households") == 0
    is_known = ~(ledger.is_null() & empty)
    missing = nw.max_horizontal(ledger.fill_null(0) - register, NOBODY)
    return {"missing_poor_persons": nw.when(is_known).then(missing).cast(nw.Int64)}


def _counts() -> dict[str, nw.Expr]:
    """Return every count that a ledger or the register makes, with its unknown."""
    col = nw.col
    homes, people = col("households_total"), col("persons_total")
    fits_homes = col("register_households") <= homes
    fits_people = col("register_persons") <= people
    pairs = {
        "households_with_housing": _of_households("housing", "safe_housing_households"),
        "households_with_water": _of_households("water", "safe_water_households"),
        "households_with_power": _of_households("electricity", "electricity_households"),
        "households_with_television": _between(
            _of_households("television", "tv_households")[0],
            homes - col("television_failed"),
            fits_homes & _is_part("tv_households", homes),
        ),
        "persons_with_medical_cover": _kept(
            people,
            col("ledger_insured_persons"),
            (col("medical_failed"), col("medical_doubtful_persons")),
            fits_people & _is_part("insured_persons", people),
        ),
        "hamlets_with_road": _kept(
            col("hamlets_20plus"),
            col("ledger_hamlets_20plus_with_road"),
            (col("hamlets_failed"), col("hamlets_failed") + col("hamlets_open")),
            _is_part("hamlets_20plus_with_road", col("hamlets_20plus")),
        ),
        "children_out_of_school": _dropouts(),
        "households_in_industry": _industry(),
        "remaining_poor_persons": _still_poor(),
    }
    named = {name: pair[0] for name, pair in pairs.items()}
    named |= {f"{name}_unknown": pair[1] for name, pair in pairs.items()}
    return named | {"industry_poor_households": _concerned()}


def _still_poor() -> Pair:
    missing = nw.col("missing_poor_persons")
    known, unknown = (nw.col(c) for c in REMAINING)
    return nw.when(~missing.is_null()).then(known), unknown + missing


def _is_part(ledger: str, whole: nw.Expr) -> nw.Expr:
    """Tell whether a count of the ledger, where given, is no larger than its whole."""
    return (nw.col(f"ledger_{ledger}").fill_null(0) <= whole) & (whole > 0)


def _of_households(criterion: str, ledger: str) -> Pair:
    homes, failed = nw.col("households_total"), nw.col(f"{criterion}_failed")
    fits = (nw.col("register_households") <= homes) & _is_part(ledger, homes)
    doubtful = failed + nw.col(f"{criterion}_open")
    return _kept(homes, nw.col(f"ledger_{ledger}"), (failed, doubtful), fits)


def _kept(whole: nw.Expr, ledger: nw.Expr, denied: Pair, fits: nw.Expr) -> Pair:
    """Return the ledger's count less what the register denies, at least and at most.

    Without the ledger's count nobody is known to count, and all may whom nothing denies.
    """
    failed, doubtful = denied
    most = nw.min_horizontal(ledger.fill_null(whole), whole - failed)
    least = nw.min_horizontal(ledger.fill_null(0), whole - doubtful)
    return _between(nw.max_horizontal(least, NOBODY), most, fits)


def _between(least: nw.Expr, most: nw.Expr, fits: nw.Expr) -> Pair:
    """Return a count and its unknown; null where the numbers contradict one another."""
    fits = fits & (least <= most)
    # on an empty pandas table the smaller of two whole numbers is a float
    parts = (nw.when(fits).then(n).cast(nw.Int64) for n in (least, most - least))
    counted, unknown = parts
    return counted, unknown


def _dropouts() -> Pair:
    """Return children out of school against the rule: one at least in each failing household.

    At most all whom the ledger counts, less those the register shows to be excused.
    """
    children, ledger = nw.col("school_age_children"), nw.col("ledger_school_age_dropouts")
    failed = nw.col("education_failed")
    most = nw.max_horizontal(ledger.fill_null(children) - nw.col("excused_dropouts"), failed)
    return _between(failed, most, (ledger.fill_null(0) <= children) & (failed <= children))


def _concerned() -> nw.Expr:
    """Return the poor households industry concerns; null if none is known and some may be."""
    concerned = nw.col("concerned")
    return nw.when((concerned > 0) | (nw.col("perhaps_concerned") == 0)).then(concerned)


def _industry() -> Pair:
    """Return concerned households in an industry: the ledger counts poor households of any kind."""
    ledger, poor, concerned = (
        nw.col(c) for c in ("ledger_industry_households", "poor_households", "concerned")
    )
    least = nw.max_horizontal(ledger.fill_null(0) - (poor - concerned), NOBODY)
    most = nw.min_horizontal(ledger.fill_null(poor), concerned)
    return _between(least, most, ledger.fill_null(0) <= poor)
