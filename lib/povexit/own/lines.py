"""Where the poverty line of each household lies: one for all, by column, by group, by purchasing power."""

from __future__ import annotations

import numpy as np
import pandas as pd

from povexit.errors import SurveyError
from povexit.own.households import LINE_GROUP, Found
from povexit.own.mapping import SurveyMap, units


def lines(mapping: SurveyMap, made: pd.DataFrame, found: Found) -> pd.Series:
    """Return each household's line, a year.

    Raises
    ------
    SurveyError
        If dollars have no conversion factor, or groups are not those of the file.
    """
    line = mapping.line
    a_year = units()["period"][line.get("period", "year")]["a_year"]
    nothing = pd.Series(np.nan, index=made.index)
    if not line:
        return nothing
    if "amount" in line:
        return nothing.fillna(float(line["amount"]) * a_year)
    if "dollars_a_day" in line:
        if "ppp" not in line:
            raise SurveyError(
                "a line in dollars needs the conversion factor",
                where=f"{mapping.where}, [line]",
                expected="ppp = local currency per international dollar",
            )
        amount = float(line["dollars_a_day"]) * float(line["ppp"]) * 365
        found["line_by_user"] = amount
        return nothing.fillna(amount)
    if "column" in line:
        found_lines = made["line"].astype(float) * a_year
    else:
        found_lines = _by_group(mapping, made, a_year)
    found["no_line_for"] = int(found_lines.isna().sum())
    return found_lines


def _by_group(mapping: SurveyMap, made: pd.DataFrame, a_year: float) -> pd.Series:
    line = mapping.line
    if "by" not in line:
        where = f"{mapping.where}, [line]"
        raise SurveyError("lines by group need the group's column", where=where, expected="by")
    known = {str(k): float(v) * a_year for k, v in line["amounts"].items()}
    there = set(made[LINE_GROUP].dropna())
    if strange := set(known) - there:
        raise SurveyError(
            "a line is given for a group that the file does not have",
            where=f"{mapping.where}, [line.amounts]",
            expected=", ".join(sorted(there)),
            found=", ".join(sorted(strange)),
        )
    return made[LINE_GROUP].map(known).astype(float)
