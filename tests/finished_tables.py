"""Finished tables of invented numbers, as notebooks hand them to charts, maps and tables.

Each holds what real months hold: a value that is not known, one that rests on too few
households, long names, a share of none and of all.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import shapely

from povexit import geography, poverty, standards

CODES = list(geography.counties()["county_code"])
UNKNOWN_COUNTY, SUPPRESSED_COUNTY = "451030", "451027"
LONG_VILLAGE = "右江河谷沿岸易地扶贫搬迁集中安置区第二期工程联合管理委员会所辖弄那坡金村民小组片"


def criteria() -> pd.DataFrame:
    """Verdicts of one county by criterion, with shares; television is known of nobody."""
    standard = standards.load("household_exit", "2016")
    names = [(c.id, c.name, c.name_en) for c in standard.criteria]
    names.append(("meets_standard", standard.name, standard.name_en))
    table = pd.DataFrame(names, columns=["criterion", "name_zh", "name_en"])
    table["households"] = 1250
    table["failed"] = [188, 412, 1, 0, 96, 240, 3, 0, 520, 790]
    table["unknown"] = [31, 12, 0, 40, 2, 18, 0, 1250, 9, 61]
    table["not_applicable"] = [0, 0, 0, 610, 55, 0, 0, 0, 0, 0]
    table["passed"] = table["households"] - table["failed"] - table["unknown"]
    for part in ("passed", "failed", "unknown"):
        table[f"{part}_share"] = table[part] / table["households"]
    return table


def counties() -> pd.DataFrame:
    """All counties and the city against last month; one was not delivered last month."""
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"county_code": CODES})
    table["households"] = rng.integers(260, 640, len(CODES))
    table["persons"] = (table["households"] * 3.95).astype(int)
    table["unknown"] = rng.integers(0, 25, len(CODES))
    table["fails"] = (table["households"] * rng.uniform(0.3, 0.9, len(CODES))).astype(int)
    table["fails"] -= table["unknown"]
    table["meets"] = table["households"] - table["fails"] - table["unknown"]
    city = table.drop(columns="county_code").sum().to_dict()
    table = pd.concat([table, pd.DataFrame([{"county_code": "all", **city}])], ignore_index=True)
    table["meets_share"] = table["meets"] / table["households"]
    table["meets_change"] = pd.array([5, -3, 0, *range(1, 11)], dtype="Int64")
    table.loc[table["county_code"] == UNKNOWN_COUNTY, "meets_change"] = pd.NA
    return table


def county_values(seed: int = 2, low: float = 0.06, high: float = 0.42) -> pd.DataFrame:
    """One share a county for a map: one unknown, one suppressed that still has its value."""
    values = np.random.default_rng(seed).uniform(low, high, len(CODES))
    table = pd.DataFrame({"county_code": CODES, "value": pd.array(values, dtype="Float64")})
    table["status"] = "shown"
    table.loc[table["county_code"] == UNKNOWN_COUNTY, ["value", "status"]] = [pd.NA, "unknown"]
    table.loc[table["county_code"] == SUPPRESSED_COUNTY, ["value", "status"]] = [
        0.987,
        "suppressed",
    ]
    return table


def ranking() -> pd.DataFrame:
    """Estimates of all counties: one without an interval, one without an estimate."""
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"county_code": CODES, "estimate": rng.uniform(0.004, 0.04, len(CODES))})
    width = rng.uniform(0.003, 0.02, len(CODES))
    table["low"] = (table["estimate"] - width).clip(lower=0)
    table["high"] = table["estimate"] + width
    table["n"] = rng.integers(270, 520, len(CODES))
    table["rank_low"] = pd.array([max(1, i - 3) for i in range(12)], dtype="Int64")
    table["rank_high"] = pd.array([min(12, i + 4) for i in range(12)], dtype="Int64")
    table["verdict"] = "undetermined"
    table.loc[table["high"] < 0.02, "verdict"] = "meets"
    table.loc[table["low"] > 0.02, "verdict"] = "fails"
    missing = ["estimate", "low", "high", "rank_low", "rank_high", "verdict"]
    table.loc[table["county_code"] == UNKNOWN_COUNTY, missing] = pd.NA
    table.loc[table["county_code"] == SUPPRESSED_COUNTY, ["low", "high"]] = pd.NA
    return table


def months() -> pd.DataFrame:
    """Last month's and this month's share of each county; either may be missing."""
    rng = np.random.default_rng(4)
    table = pd.DataFrame({"county_code": CODES, "previous": rng.uniform(0.1, 0.5, len(CODES))})
    table["current"] = table["previous"] + rng.uniform(-0.04, 0.09, len(CODES))
    table.loc[table["county_code"] == UNKNOWN_COUNTY, "previous"] = pd.NA
    table.loc[table["county_code"] == SUPPRESSED_COUNTY, ["previous", "current"]] = pd.NA
    return table


def villages(code: str = "451022", count: int = 120) -> pd.DataFrame:
    """A county's villages with points: unknown, suppressed, outside, without a point."""
    rng = np.random.default_rng(5)
    towns = geography.townships(code)
    table = pd.DataFrame({"village_name": [f"{_name(i)}村" for i in range(count)]})
    table.loc[0, "village_name"] = LONG_VILLAGE
    table["township_name"] = [towns[i % len(towns)] for i in range(count)]
    table["is_poor_village"] = pd.array(rng.random(count) < 0.4, dtype="boolean")
    table["n"] = pd.array(rng.integers(10, 60, count), dtype="Int64")
    table["unknown"] = pd.array(rng.integers(0, 3, count), dtype="Int64")
    table["meets"] = ((table["n"] - table["unknown"]) * 0.4).astype("Int64")
    table["fails"] = table["n"] - table["unknown"] - table["meets"]
    table["value"] = pd.array(rng.beta(2, 4, count), dtype="Float64")
    table.loc[0, "value"] = 0.0
    table["status"] = "shown"
    table.loc[5:9, ["value", "status"]] = [pd.NA, "unknown"]
    table.loc[10:29, ["value", "status"]] = [0.987, "suppressed"]
    table.loc[30, "is_poor_village"] = pd.NA
    for column, values in zip(("longitude", "latitude"), _points_in(code, count), strict=True):
        table[column] = pd.array(values, dtype="Float64")
    table.loc[31, ["longitude", "latitude"]] = pd.NA
    table.loc[32, ["longitude", "latitude"]] = [107.9, 22.1]
    return table


def _name(number: int) -> str:
    first, second = "那弄巴百龙大陇岜坡新", "洪平架隆屯金笔山兰甲"
    return first[number % 10] + second[number // 10 % 10] + ("上" if number >= 100 else "")


@cache
def _points_in(code: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes and latitudes of points inside a county."""
    areas = geography.county_boundaries().set_index("county_code").to_crs(4326)
    left, low, right, high = areas.at[code, "geometry"].bounds
    rng = np.random.default_rng(7)
    points = rng.uniform((left, low), (right, high), (20 * count, 2))
    inside = points[shapely.contains_xy(areas.at[code, "geometry"], *points.T)]
    return inside[:count, 0], inside[:count, 1]


def income_bins() -> pd.DataFrame:
    """Households by distance to the line, as `povexit.poverty.line_distance_bins` counts them."""
    low = np.arange(-5000, 5000, 250.0)
    households = 90 * np.exp(-(((low + 300) / 1800) ** 2)) + 4
    table = pd.DataFrame(
        {
            "low_yuan": pd.array([*low, pd.NA], dtype="Float64"),
            "high_yuan": pd.array([*(low + 250), pd.NA], dtype="Float64"),
            "households": [*households.astype(int), 17],
        }
    )
    table.loc[39, "households"] = 160
    return table


RULES = [
    ("R1", "家庭人口数与成员表人数不一致"),
    ("R2", "证件号码校验位有误或位数不对"),
    ("R3", "耕地面积人均超过五十亩"),
    ("R4", "有经营支出而没有经营收入"),
    ("R5", "饮水困难为否而取水距离超过一千米的住户"),
    ("R6", "同一人在两个县登记"),
]


def quality() -> pd.DataFrame:
    """How often each rule is broken in each county; one could be checked nowhere."""
    rng = np.random.default_rng(6)
    rows = [
        {"county_code": c, "rule_id": r, "name": name, "checked": 400}
        for r, name in RULES
        for c in CODES
    ]
    table = pd.DataFrame(rows)
    table["flagged"] = (400 * rng.beta(0.6, 25, len(table))).astype(int)
    table["unknown"] = rng.integers(0, 9, len(table))
    table["share"] = table["flagged"] / table["checked"]
    nowhere = (table["rule_id"] == "R4") | (table["county_code"] == UNKNOWN_COUNTY)
    table.loc[nowhere, ["share", "flagged"]] = pd.NA
    table.loc[nowhere, "checked"] = 0
    return table


def verdicts(lang: str) -> pd.DataFrame:
    """The measures of the evaluation: open with and without a remedy, met, failed, unknown."""
    measures = [
        ("wrong_exit_rate", "错退率", "wrong-exit rate", "<", 0.02, 0.012, 0.002, 0.033),
        ("omission_rate", "漏评率", "omission rate", "<", 0.02, 0.019, 0.004, 0.098),
        ("recognition_rate", "群众认可度", "recognition", ">=", 0.9, 0.931, 0.902, 0.958),
        ("inner_rate", "核查率", "rate of review", "<", 0.03, 0.21, 0.17, 0.26),
        ("composite_rate", "综合贫困发生率", "composite poverty rate", "<", 0.03, None, None, None),
    ]
    names = ["measure", "zh", "en", "test", "threshold", "estimate", "low", "high"]
    table = pd.DataFrame(measures, columns=names)
    table["name"] = table[lang]
    table["verdict"] = ["undetermined", "undetermined", "meets", "fails", "undetermined"]
    table["bound"] = [0.029, 0.081, 0.908, 0.176, None]
    table["bound_side"] = ["upper", "upper", "lower", "lower", "upper"]
    table["more_villages"] = pd.array([9, None, None, None, None], dtype="Int64")
    table["more_households"] = pd.array([450, None, None, None, None], dtype="Int64")
    return table.assign(n=412, clusters=14, unknown=3, reason="")


def verdicts_of_counties(lang: str) -> pd.DataFrame:
    """The same of every county, one measure unknown in one of them."""
    parts = [verdicts(lang).assign(county_code=code) for code in CODES]
    parts[3].loc[0, "verdict"] = "meets"
    return pd.concat(parts, ignore_index=True)


def estimates() -> pd.DataFrame:
    """The survey's measures: one settled, one not, one without an estimate."""
    columns = ["name", "estimate", "low", "high", "n", "clusters", "unknown", "threshold"]
    rows = [
        ("错退率", 0.012, 0.004, 0.031, 412, 14, 3, 0.02),
        ("漏评率", 0.006, 0.002, 0.011, 380, 14, 0, 0.02),
        ("群众认可度", 0.931, 0.902, 0.958, 401, 14, 11, 0.9),
        ("综合贫困发生率", pd.NA, pd.NA, pd.NA, 9, 1, 0, pd.NA),
    ]
    table = pd.DataFrame(rows, columns=columns)
    table["verdict"] = ["undetermined", "meets", "meets", pd.NA]
    table["reason"] = ["", pd.NA, "", "样本只有一个村，无法给出区间"]
    return table


def together() -> pd.DataFrame:
    """Criteria that households fail together, the rarest combinations as one row."""
    standard = standards.load("household_exit", "2016")
    ids = [c.id for c in standard.criteria]
    sets = [("income",), ("income", "housing"), ("housing",), ("income", "water", "housing"), ()]
    rows = [{c: c in failed for c in ids} for failed in sets]
    table = pd.DataFrame(rows).assign(households=[140, 52, 31, 12, 17])
    table["persons"] = table["households"] * 4
    return table.assign(is_other=[False] * 4 + [True], share=table["households"] / 252)


def ranked(seed: int = 8, mean: float = 3600) -> pd.DataFrame:
    """Households in order of income, as `povexit.poverty.ranked` groups them; the top is far off."""
    rng = np.random.default_rng(seed)
    income = rng.lognormal(np.log(mean), 0.6, 900)
    income[:3] = 60_000
    sizes = rng.integers(1, 8, 900)
    table = pd.DataFrame({"income_distance_yuan": income - 2952, "household_size": sizes})
    table.loc[10:30, "income_distance_yuan"] = np.nan
    return poverty.ranked(table, 2952)
