"""Planned samples, and how often rules err in simulated ones."""

from __future__ import annotations

import pandas as pd

from povexit.style import ABSENT, UNKNOWN, fmt_int, fmt_number, pick
from povexit.tables.base import (
    Field,
    Row,
    Words,
    build,
    count,
    is_missing,
    share,
    text,
)
from povexit.tables.table import Table


def _number(header: Words, column: str, digits: int = 2) -> Field:
    """Return a field of numbers that are no shares, such as a correlation."""

    def cell(row: Row, lang: str) -> str:
        return fmt_number(row[column], digits, lang=lang)

    return Field(header, (column,), cell, numeric=True)


def _events(header: Words, column: str) -> Field:
    """Return a field of acceptance numbers; below 0 and infinite there is none."""

    def cell(row: Row, lang: str) -> str:
        value = row[column]
        if is_missing(value):
            return UNKNOWN[lang]
        return fmt_int(value, lang=lang) if 0 <= value < float("inf") else ABSENT

    return Field(header, (column,), cell, numeric=True)


def sample_options(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return the samples that settle a question with the power wanted, cheapest first.

    Parameters
    ----------
    table
        From `povexit.evaluation.sample_options`: ``households_per_village``, ``villages``,
        ``households``, ``accept``, ``refuse``, ``power`` (0 to 1), ``cost``.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        count(("每村户数", "Households a village"), "households_per_village"),
        count(("村数", "Villages"), "villages"),
        count(("总户数", "Households"), "households"),
        _events(("至多几户判达标", "Meets up to"), "accept"),
        _events(("至少几户判未达标", "Fails from"), "refuse"),
        share(("把握度", "Power"), "power"),
        count(("费用", "Cost"), "cost"),
    ]
    note = pick(
        lang,
        "“至多/至少几户”指样本中未达标的户数（折合户）。",
        "Meets up to, fails from: failing households of the sample, as even ones.",
    )
    return build(table, fields, lang, ("样本方案", "Samples that would do"), note=note)


def allocation(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return how villages are shared out over strata.

    Parameters
    ----------
    table
        ``name`` (of the stratum), ``size`` (households), ``rate`` (share of failings
        expected, 0 to 1), and villages by size and by Neyman's rule: ``proportional``,
        ``neyman``.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        text(("层", "Stratum"), "name"),
        count(("户数", "Households"), "size"),
        share(("预计未达标比例", "Failing, expected"), "rate"),
        count(("按规模分配的村", "Villages by size"), "proportional"),
        count(("按奈曼分配的村", "Villages by Neyman"), "neyman"),
    ]
    return build(table, fields, lang, ("样本村在各层的分配", "Villages by stratum"))


def pass_rates(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return how often simulated counties pass, by rule.

    Parameters
    ----------
    table
        ``true_rate``, ``icc``, ``villages``, ``households`` (a village) and the shares of
        samples (0 to 1) that pass by ``sample rate``, ``Korn-Graubard`` and ``verdict``,
        and that the verdict ``fails``; see `povexit_sim.village_samples.passing`.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        share(("真实比例", "True rate"), "true_rate"),
        _number(("村内相关", "Correlation in villages"), "icc"),
        count(("村数", "Villages"), "villages"),
        count(("每村户数", "Households a village"), "households"),
        share(("样本比例低于标准", "Passes: sample rate"), "sample rate"),
        share(("Korn-Graubard 界限", "Passes: Korn-Graubard"), "Korn-Graubard"),
        share(("判达标", "Verdict: meets"), "verdict"),
        share(("判未达标", "Verdict: fails"), "fails"),
    ]
    return build(table, fields, lang, ("通过的比例（模拟）", "How often counties pass (simulated)"))


def coverage(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return how often intervals hold the truth and verdicts err, by measure.

    Parameters
    ----------
    table
        From `povexit_sim.coverage.held`, with ``name`` of the measure: shares of surveys
        (0 to 1) ``interval``, ``korn_graubard``, ``one_sided``, ``settled``,
        ``false_meets``, ``false_fails``; and ``surveys``, how many there were.
    lang
        Language, or that of `povexit.style.use`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    fields = [
        text(("指标", "Measure"), "name"),
        count(("模拟调查次数", "Surveys"), "surveys"),
        share(("区间含真值", "Interval holds"), "interval"),
        share(("不假定相关的区间含真值", "Plain interval holds"), "korn_graubard"),
        share(("单侧界限成立", "Bound holds"), "one_sided"),
        share(("有定论", "Settled"), "settled"),
        share(("误判达标", "False meets"), "false_meets"),
        share(("误判未达标", "False fails"), "false_fails"),
    ]
    return build(table, fields, lang, ("区间与结论对照真值", "Intervals against the truth"))
