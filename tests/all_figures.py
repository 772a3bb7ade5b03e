"""Every chart and map once, drawn from finished tables of invented numbers."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from tests import finished_tables as finished
from tests import finished_verdicts, own_files
from tests import test_place_figures as places
from tests import test_progress_shown as progress

from povexit import charts, decide, maps, own, standards, tables


def criteria(lang: str) -> pd.DataFrame:
    table = finished.criteria()
    return table.assign(name=table[f"name_{lang}"])


def several() -> list[tuple[str, pd.DataFrame]]:
    return [(f"2016-{i + 4:02d}", finished.county_values(i, 0.1, 0.3)) for i in range(3)]


def persons(lang: str) -> str:
    return tables.unit("persons", lang)


def years() -> pd.DataFrame:
    return pd.DataFrame({"county_code": finished.CODES[:8], "year": [2016] * 3 + [2017] * 5})


def criteria_of_villages(lang: str) -> dict[str, str]:
    return {c.id: c.label(lang) for c in places.VILLAGE.criteria}


def surveyed() -> own.Survey:
    """A survey of one's own with groups of which some are too small to show."""
    table = own_files.households()
    table["size"] = ["few"] * 9 + ["some"] * 40 + ["many"] * 71
    labels = {"region": {"1": "hill", "2": "plain"}}
    groups = {"area": "region", "kind": "size"}
    money = {**own_files.MAPPING["money"], "currency": "yuan"}
    return own.read(table, own_files.changed(labels=labels, groups=groups, money=money))


def measured(measure: str) -> pd.DataFrame:
    found = own.overview(surveyed())
    return found[found["measure"] == measure]


def criteria_names(lang: str) -> dict[str, str]:
    return {c.id: c.label(lang) for c in standards.load("household_exit", "2016").criteria}


def two_months() -> pd.DataFrame:
    parts = [
        finished.ranked().assign(name="2016-05"),
        finished.ranked(9, 4100).assign(name="2016-06"),
    ]
    return pd.concat(parts, ignore_index=True)


def digits() -> pd.DataFrame:
    counts = [410, 62, 55, 48, 51, 220, 40, 47, 66, 51]
    return pd.DataFrame({"digit": range(10), "n": counts, "share": [n / 1050 for n in counts]})


DRAWN: dict[str, Callable[[str, str], Axes | Figure]] = {
    "criteria_bars": lambda lang, title: charts.criteria_bars(criteria(lang), title=title),
    "county_ranking": lambda lang, title: charts.county_ranking(
        finished.ranking(), threshold=0.02, title=title
    ),
    "month_change": lambda lang, title: charts.month_change(
        finished.months().assign(status="shown"), months=("2016-05", "2016-06"), title=title
    ),
    "income_histogram": lambda lang, title: charts.income_histogram(
        finished.income_bins(), near_yuan=500, line_yuan=2952, title=title
    ),
    "quality_heat": lambda lang, title: charts.quality_heat(finished.quality(), title=title),
    "verdict_strips": lambda lang, title: charts.verdict_strips(
        finished.verdicts(lang), title=title
    ),
    "verdict_grid": lambda lang, title: charts.verdict_grid(
        finished.verdicts_of_counties(lang), title=title
    ),
    "village_ranking": lambda lang, title: charts.village_ranking(finished.villages(), title=title),
    "funnel": lambda lang, title: charts.funnel(finished_verdicts.limits(), title=title),
    "choice_grid": lambda lang, title: charts.choice_grid(
        finished_verdicts.specifications(lang), title=title
    ),
    "specification_curve": lambda lang, title: charts.specification_curve(
        finished_verdicts.of_one_county(lang), title=title
    ),
    "operating_characteristic": lambda lang, title: charts.operating_characteristic(
        finished_verdicts.plans(lang), threshold=0.02, title=title
    ),
    "choropleth": lambda lang, title: maps.choropleth(
        finished.county_values(), title=title, unit="%"
    ),
    "small_multiples": lambda lang, title: maps.small_multiples(several(), title=title, unit="%"),
    "county_map": lambda lang, title: maps.county_map(
        "451022", finished.villages(), title=title, unit="%"
    ),
    "flow_map": lambda lang, title: maps.flow_map(
        progress.moves().assign(status="shown"), title=title, unit=persons(lang)
    ),
    "year_map": lambda lang, title: maps.year_map(years(), title=title),
    "progress_path": lambda lang, title: charts.progress_path(
        progress.path(), progress.band(), wanted=5040, unit=persons(lang), title=title
    ),
    "waterfall": lambda lang, title: charts.waterfall(
        progress.steps(lang), unit=persons(lang), title=title
    ),
    "funds_by_age": lambda lang, title: charts.funds_by_age(progress.funds(), title=title),
    "published_editions": lambda lang, title: charts.published_editions(
        progress.editions(), unit=persons(lang), title=title
    ),
    "standards_heat": lambda lang, title: charts.standards_heat(
        places.decided().assign(name=["A", "B", "C"]), criteria_of_villages(lang), title=title
    ),
    "county_standard": lambda lang, title: charts.county_standard(
        decide.spelled(decide.deciding(places.clauses("county")), places.COUNTY, lang), title=title
    ),
    "edition_flips": lambda lang, title: charts.edition_flips(
        places.flips().assign(name=places.flips()[f"name_{lang}"]), title=title
    ),
    "welfare_distribution": lambda lang, title: charts.welfare_distribution(
        own.distribution(surveyed()), line=3000, title=title, **surveyed().terms(lang)
    ),
    "welfare_groups": lambda lang, title: charts.welfare_groups(measured("fgt0"), title=title),
    "failing_together": lambda lang, title: charts.failing_together(
        finished.together(), criteria_names(lang), title=title
    ),
    "pens_parade": lambda lang, title: charts.pens_parade(
        finished.ranked(), line_yuan=2952, title=title
    ),
    "tip_curve": lambda lang, title: charts.tip_curve(two_months(), title=title),
    "slope_graph": lambda lang, title: charts.slope_graph(
        finished.months().assign(status="shown"), months=("2016-05", "2016-06"), title=title
    ),
    "point_map": lambda lang, title: maps.point_map(
        finished.county_values(3, 20, 900).assign(value=lambda t: t["value"].round()),
        title=title,
        unit=tables.unit("households", lang),
    ),
    "verdict_map": lambda lang, title: maps.verdict_map(
        finished.ranking(), title=title, threshold=0.02
    ),
    "digit_bars": lambda lang, title: charts.digit_bars(digits(), title=title),
}
