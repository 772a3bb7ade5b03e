"""Tables short enough for a slide, and numbers of one target in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from povexit.style import ABSENT, STATUS, UNKNOWN, fmt_share, language
from povexit.tables.base import Cell, Field, Row, build, capital, is_missing, of
from povexit.tables.goals import amount, deadline, standing, target_name
from povexit.tables.table import Table
from povexit.tables.verdicts import county

_VERDICTS = {"meets": "pass", "fails": "fail", "undetermined": "undetermined"}


def main_targets(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return targets in few columns: now, due now, asked, by when, status.

    Parameters
    ----------
    table
        From `povexit.progress.judged`: rows of one place, in the order to show.
    lang
        Language, or that of `povexit.style.use`.
    """
    fields = [
        Field(("目标", "Target"), ("name_zh", "name_en"), target_name),
        Field(("现在", "Now"), ("value", "unit"), amount("value"), True, of("value")),
        Field(("应达", "Due now"), ("expected", "unit"), amount("expected"), True, of("expected")),
        Field(("要求", "Asked"), ("wanted", "unit"), amount("wanted"), True, of("wanted")),
        Field(("期限", "By"), ("deadline",), deadline, numeric=True),
        Field(("进度", "Status"), ("status", "reason"), standing),
    ]
    return build(table, fields, lang, ("主要目标", "Main targets"))


def due(table: pd.DataFrame, lang: str | None = None) -> Table:
    """Return late targets with who answers, where they stand, and what is due by next month's end.

    Parameters
    ----------
    table
        From `povexit.progress.due`.
    lang
        Language, or that of `povexit.style.use`.
    """
    next_month = ("下月底应达", "Due next month")
    fields = [
        Field(("牵头", "Answers"), ("answers_zh", "answers_en"), _answers),
        Field(("目标", "Target"), ("name_zh", "name_en"), target_name),
        Field(("现在", "Now"), ("value", "unit"), amount("value"), True, of("value")),
        Field(next_month, ("due_next", "unit"), amount("due_next"), True, of("due_next")),
    ]
    return build(table, fields, lang, ("滞后的目标", "Targets that are late"))


def spoken(row: Row, lang: str | None = None) -> dict[str, str]:
    """Return a target's numbers and status as tables print them, for sentences.

    Parameters
    ----------
    row
        One row of `povexit.progress.judged`.
    lang
        Language, or that of `povexit.style.use`.
    """
    lang = language(lang)
    numbers = {name: amount(name)(row, lang) for name in ("value", "expected", "wanted")}
    return numbers | {"status": standing(row, lang)}


def survey_grid(estimates: pd.DataFrame, lang: str | None = None) -> Table:
    """Return what the survey settles, a row a county and a column a measure.

    Parameters
    ----------
    estimates
        From `povexit.evaluation.rates`: ``county_code``, ``measure``, ``name_zh``, ``name_en``,
        ``estimate``, ``verdict``.
    lang
        Language, or that of `povexit.style.use`.
    """
    names = estimates.drop_duplicates("measure")[["measure", "name_zh", "name_en"]]
    rows: dict[str, dict[str, Any]] = {}
    for row in estimates.to_dict("records"):
        own = rows.setdefault(row["county_code"], {"county_code": row["county_code"]})
        own[row["measure"]] = row
    table = pd.DataFrame(list(rows.values()), columns=["county_code", *names["measure"]])
    measures = [
        Field((zh, capital(en)), (measure,), _verdict(measure))
        for measure, zh, en in names.itertuples(index=False)
    ]
    return build(table, [county(), *measures], lang, ("抽样结论", "What the survey settles"))


def _answers(row: Row, lang: str) -> str:
    return capital(str(row[f"answers_{lang}"])) or ABSENT


def _verdict(measure: str) -> Cell:
    def cell(row: Row, lang: str) -> str:
        found = row[measure]
        if not isinstance(found, Mapping) or is_missing(found["estimate"]):
            return UNKNOWN[lang]
        share = fmt_share(found["estimate"], lang=lang)
        if found["verdict"] not in _VERDICTS:
            return share
        return f"{STATUS[_VERDICTS[found['verdict']]].label(lang)} {share}"

    return cell
