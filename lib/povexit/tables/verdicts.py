"""Who meets the standard: by criterion, county and village, and between two editions."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from povexit.geography import county_name
from povexit.style import STATUS, pick
from povexit.tables.base import (
    REGISTER,
    Cell,
    Field,
    Row,
    Words,
    build,
    capital,
    change,
    count,
    is_missing,
    label,
    share,
    text,
    yes_no,
)
from povexit.tables.table import Table

#: What a notebook writes for all counties together: the row of the whole city.
CITY = "all"
MEETS: Words = ("达标户", "Meet")
FAILS: Words = ("未达标户", "Do not meet")
UNKNOWNS: Words = ("未知户", "Unknown")
COUNTY: Words = ("县（市、区）", "County")
_CITY_NAME: Words = ("全市", "Whole city")
_EDITIONS: dict[str, Words] = {
    "from": ("前一版本", "First edition"),
    "to": ("后一版本", "Second edition"),
}
_VERDICT = {True: "pass", False: "fail"}


def criteria(summary: pd.DataFrame, lang: str | None = None) -> Table:
    """Return who passes, fails and is unknown, criterion by criterion, in one place.

    Parameters
    ----------
    summary
        From `povexit.decide.summary`, of one place, in the order to show: ``criterion``,
        ``name_zh``, ``name_en``, ``households``, ``passed``, ``failed``, ``unknown``,
        ``not_applicable``, and with them ``passed_share``, ``failed_share``,
        ``unknown_share`` (0 to 1, of ``households``). The row ``meets_standard`` is the whole.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        Field(("指标", "Criterion"), ("name_zh", "name_en"), _name),
        count(("判定户数", "Households"), "households"),
        count(MEETS, "passed"),
        count(FAILS, "failed"),
        count(UNKNOWNS, "unknown"),
        count(("其中不适用", "Not applicable"), "not_applicable"),
        share(("达标率", "Share meeting"), "passed_share"),
        share(("未达标率", "Share failing"), "failed_share"),
        share(("未知率", "Share unknown"), "unknown_share"),
    ]
    note = pick(
        lang,
        "各比率以判定户数为分母，三者合计为100%；不适用的户计入达标户。",
        "Shares are of all households judged and add up to 100%;"
        " those a criterion does not concern count as meeting it.",
    )
    totals = summary["criterion"] == "meets_standard" if "criterion" in summary else None
    return build(
        summary,
        fields,
        lang,
        ("各项指标判定结果", "Verdicts by criterion"),
        note=note,
        totals=totals,
        source=REGISTER,
    )


def months(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return the verdicts of one place month by month.

    Parameters
    ----------
    table
        A row a month: ``month``, ``households``, ``meets``, ``fails``, ``unknown`` and
        ``meets_share``, from `povexit.decide.verdicts`; missing where the month was not run.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        text(("月份", "Month"), "month"),
        count(("判定户数", "Households"), "households"),
        count(MEETS, "meets"),
        count(FAILS, "fails"),
        count(UNKNOWNS, "unknown"),
        share(("达标率", "Share meeting"), "meets_share"),
    ]
    caption = ("逐月判定结果", "Verdicts month by month")
    return build(table, fields, lang, caption, source=REGISTER)


def _name(row: Row, lang: str) -> str:
    return str(row["name_zh"]) if lang == "zh" else capital(str(row["name_en"]))


def county() -> Field:
    """Return the field of the county's name, or of the whole city's."""

    def cell(row: Row, lang: str) -> str:
        code = row["county_code"]
        return pick(lang, *_CITY_NAME) if code == CITY else county_name(code, lang)

    return Field(COUNTY, ("county_code",), cell)


def counties(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return the counties side by side, against last month.

    Parameters
    ----------
    table
        ``county_code`` (``all`` is the row of the whole city), ``households``, ``persons``,
        ``meets``, ``fails``, ``unknown`` (households), ``meets_share`` (0 to 1, of
        ``households``) and ``meets_change`` (households meeting it, less last month's;
        missing where last month was not delivered).
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        county(),
        count(("判定户数", "Households"), "households"),
        count(("人数", "Persons"), "persons"),
        count(MEETS, "meets"),
        count(FAILS, "fails"),
        count(UNKNOWNS, "unknown"),
        share(("达标率", "Share meeting"), "meets_share"),
        change(("达标户比上月", "Change on last month"), "meets_change"),
    ]
    note = pick(
        lang,
        "达标率以判定户数（含未知户）为分母。",
        "Shares are of all households judged, the unknown among them.",
    )
    totals = table["county_code"] == CITY if "county_code" in table else None
    return build(
        table,
        fields,
        lang,
        ("各县（市、区）判定结果", "Verdicts by county"),
        note=note,
        totals=totals,
        source=REGISTER,
    )


def villages(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return a county's villages, those of too few households without their numbers.

    Parameters
    ----------
    table
        ``township_name``, ``village_name``, ``is_poor_village``, ``n``, ``meets``, ``fails``,
        ``unknown`` (households), ``value`` (share meeting the standard, 0 to 1, of ``n``) and
        ``status`` (shown, unknown, suppressed).
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    village = "cleaned_villages"
    fields = [
        text(label(village, "village_name"), "village_name"),
        text(label(village, "township_name"), "township_name"),
        yes_no(label(village, "is_poor_village"), "is_poor_village"),
        count(("判定户数", "Households"), "n"),
        count(MEETS, "meets"),
        count(FAILS, "fails"),
        count(UNKNOWNS, "unknown"),
        replace(share(("达标率", "Share meeting"), "value"), needs=("value", "status")),
    ]
    note = pick(
        lang,
        "达标率以判定户数（含未知户）为分母。",
        "Shares are of all households judged, the unknown among them.",
    )
    caption = ("各村判定结果", "Verdicts by village")
    return build(table, fields, lang, caption, note=note, source=REGISTER)


def flips(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return how many households two editions judge differently, and which clause decides.

    Parameters
    ----------
    table
        ``from_edition``, ``to_edition`` (their names, such as 2016), ``from_verdict``,
        ``to_verdict`` (true, false, missing for unknown), ``name_zh``, ``name_en`` of the
        criterion, ``households``.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        Field(("指标", "Criterion"), ("name_zh", "name_en"), _name),
        edition_field(table, "from"),
        edition_field(table, "to"),
        count(("户数", "Households"), "households"),
    ]
    caption = ("两个版本判定不同的户", "Households that two editions judge differently")
    return build(table, fields, lang, caption, source=REGISTER)


def edition_field(table: pd.DataFrame, side: str) -> Field:
    """Return the field of one edition's verdict, headed by the edition's name."""
    column = f"{side}_verdict"
    names = [str(name) for name in table.get(f"{side}_edition", pd.Series(dtype="str")).unique()]
    header = (
        ("、".join(names) + "年版", "Edition " + ", ".join(names)) if names else _EDITIONS[side]
    )
    return Field(header, (f"{side}_edition", column), _verdict(column))


def _verdict(column: str) -> Cell:
    def cell(row: Row, lang: str) -> str:
        verdict = row[column]
        return STATUS["unknown" if is_missing(verdict) else _VERDICT[bool(verdict)]].label(lang)

    return cell
