"""Finished tables of invented numbers for charts of verdicts: limits, specifications, plans."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
from tests.finished_tables import CODES, UNKNOWN_COUNTY

STATED = {"zh": "现行口径", "en": "as stated"}
#: Each choice with its options in both languages, the one stated first.
OPTIONS = {
    "judged_by": [("2016年贫困线", "line of 2016"), ("2018年贫困线", "line of 2018")],
    "unit": [("按人计", "by persons"), ("按户计", "by households")],
    "weighting": [
        ("全县加权", "weighted to the county"),
        ("抽中村加权", "weighted to the sampled villages"),
        ("不加权", "unweighted"),
    ],
    "lonely": [("单村层对总均值", "lone village: from the mean")],
    "missing": [("未知不计", "unknown left out"), ("未知算未达标", "unknown as failing")],
    "denominator": [("", "")],
}


def limits() -> pd.DataFrame:
    """Limits of a funnel at 95 % and 99.8 %: one county beyond each, one without an estimate."""
    size = np.linspace(130, 340, len(CODES)).round()
    table = pd.DataFrame({"county_code": CODES, "even_households": size, "target": 0.02})
    table["estimate"] = [0.06, 0.001, 0.065, 0.031, *[0.02] * (len(CODES) - 4)]
    table.loc[table["county_code"] == UNKNOWN_COUNTY, ["estimate", "even_households"]] = np.nan
    parts = []
    for level, reach in ((0.95, 0.4), (0.998, 0.55)):
        high = 0.02 + reach / np.sqrt(size)
        low = np.maximum(0.02 - reach / np.sqrt(size), 0)
        outside = (table["estimate"] < low) | (table["estimate"] > high)
        known = outside.astype("boolean").where(table["estimate"].notna())
        made = {"limit_low": low, "limit_high": high, "is_outside": known}
        parts.append(table.assign(level=level, **made))
    found = pd.concat(parts, ignore_index=True)
    gone = found["estimate"].isna()
    return found.assign(**{c: found[c].mask(gone) for c in ("limit_low", "limit_high")})


def specifications(lang: str) -> pd.DataFrame:
    """All combinations for all counties; unweighted, unknown as failing and both change verdicts."""
    place = {"zh": 0, "en": 1}[lang]
    rows = []
    for code, chosen in product(CODES, product(*OPTIONS.values())):
        made = {name: words[place] for name, words in zip(OPTIONS, chosen, strict=True)}
        other = [w for n, w in made.items() if w != OPTIONS[n][0][place]]
        rows.append(_row(code, made, other, lang))
    return pd.DataFrame(rows)


def _row(code: str, made: dict[str, str], other: list[str], lang: str) -> dict[str, object]:
    place = {"zh": 0, "en": 1}[lang]
    failing = made["missing"] == OPTIONS["missing"][1][place]
    plain = made["weighting"] == OPTIONS["weighting"][2][place]
    verdict = "fails" if failing else "meets" if plain else "undetermined"
    estimate = {"fails": 0.061, "meets": 0.004, "undetermined": 0.014}[verdict]
    bound = {"fails": 0.031, "meets": 0.015, "undetermined": 0.048}[verdict]
    if code == UNKNOWN_COUNTY:
        estimate, bound, verdict = float("nan"), float("nan"), "undetermined"
    return {
        "county_code": code,
        "measure": "omission_rate",
        **made,
        "changed": "、".join(other) or STATED[lang],
        "n_changed": len(other),
        "is_stated": not other,
        "estimate": estimate + 0.001 * len(other),
        "bound": bound,
        "threshold": 0.02,
        "verdict": verdict,
        "flips": verdict != "undetermined",
    }


def of_one_county(lang: str) -> pd.DataFrame:
    """The specifications of one county; two of them have no estimate."""
    table = specifications(lang)
    found = table[table["county_code"] == CODES[0]].reset_index(drop=True)
    found.loc[[5, 6], ["estimate", "bound", "verdict"]] = [np.nan, np.nan, "undetermined"]
    return found


def plans(lang: str) -> pd.DataFrame:
    """Chances of verdicts of three plans by the true rate."""
    rates = np.linspace(0.001, 0.08, 60)
    parts = []
    for villages, households in ((30, 20), (60, 10), (107, 5)):
        name = {"zh": f"{villages}村×{households}户", "en": f"{villages} villages x {households}"}
        meets = np.exp(-rates * villages * 3)
        chances = {"meets": meets, "fails": (1 - meets) * (rates > 0.02)}
        parts.append(pd.DataFrame({"name": name[lang], "true_rate": rates, **chances}))
    return pd.concat(parts, ignore_index=True)
