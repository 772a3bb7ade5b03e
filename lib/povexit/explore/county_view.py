"""One indicator a county, of any month, counted in households, persons or villages: the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from povexit import maps, privacy, schema, store
from povexit.errors import StoreError, UnknownNameError
from povexit.explore.data import is_simulated, latest
from povexit.maps import SHARE, CountyMap
from povexit.style import SIMULATED, figure_of, fmt_int, fmt_share, foot, known, language, pick

if TYPE_CHECKING:
    import polars as pl

#: Where indicators of households and of villages are looked for.
TABLES = {
    "households": ("decisions_households", "indicators_households"),
    "persons": ("decisions_households", "indicators_households"),
    "villages": ("decisions_villages", "indicators_villages"),
}
NAMES = {
    "households": ("户", "households"),
    "persons": ("人", "persons"),
    "villages": ("村", "villages"),
}
WEIGHT = "household_size"


@dataclass(frozen=True, eq=False)
class ByCounty:
    """One indicator of one month, county by county.

    Attributes
    ----------
    indicator, month, count
        What is shown, and what it counts: ``households``, ``persons`` or ``villages``.
    table
        One row a county: ``county_code``, ``value`` (a share of 0 to 1 for yes or no, else the
        median), ``units`` (households or villages it rests on), ``unknown_share`` (of all) and
        ``status``; a county of fewer than ten is suppressed.
    call
        The line of Python that gives this.
    lang
        Language of the map.
    """

    indicator: str
    month: str
    count: str
    table: pd.DataFrame
    call: str
    lang: str

    @property
    def unit(self) -> str:
        """The unit printed: ``%`` for shares."""
        column = _column(self.indicator, self.count)
        is_share = column.dtype == "bool" or column.unit == "share"
        return SHARE if is_share else schema.unit_label(column.unit, self.lang)

    @property
    def title(self) -> str:
        """What the map shows, of whom, and when."""
        name, count = (
            _column(self.indicator, self.count).label(self.lang),
            pick(self.lang, *NAMES[self.count]),
        )
        kind = (
            pick(self.lang, "比例", "share of")
            if self.unit == SHARE
            else pick(self.lang, "中位数", "median of")
        )
        return pick(
            self.lang,
            f"{name}（{count}{kind}），{self.month}",
            f"{name}: {kind} {count}, {self.month}",
        )

    def map(self, pages: dict[str, str] | None = None) -> CountyMap:
        """Return a map to point at; ``pages`` names what a click opens, by county."""
        remarks = [_remark(row, self.count, self.lang) for row in self.table.to_dict("records")]
        return maps.county_map_svg(
            self.table.assign(remark=remarks),
            title=self.title,
            unit=self.unit,
            pages=pages,
            note=" ".join(notes(self.month, self.lang)),
            lang=self.lang,
        )

    def axes(self, ax: Axes | None = None) -> Axes:
        """Draw the same with matplotlib, for a report; return the axes."""
        ax = maps.choropleth(self.table, title=self.title, unit=self.unit, lang=self.lang, ax=ax)
        foot(notes(self.month, self.lang), figure_of(ax), bold=True)
        return ax

    def _repr_mimebundle_(self, **asked: object) -> dict[str, object]:
        return self.map()._repr_mimebundle_()


def by_county(
    indicator: str, *, month: str | None = None, count: str = "households", lang: str | None = None
) -> ByCounty:
    """Return one indicator, county by county: a map to point at, a frame, axes.

    Parameters
    ----------
    indicator
        A criterion (``housing``, ``meets_standard``) or an indicator
        (``net_income_per_capita_yuan``); `mappable` lists them.
    month
        Such as ``2016-06``; the latest without it.
    count
        ``households``, ``persons`` (each household with its members) or ``villages``.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.

    Raises
    ------
    UnknownNameError
        If there is no such indicator; the nearest are named.
    StoreError
        If the month was not run, or by an edition without that criterion.

    Notes
    -----
    A share is of all units, those of unknown answer among them, as in the reports; how many
    those are stands beside it. A median is of the known.
    """
    table = _column(indicator, known(count, TABLES, "count")).table
    month = latest(table, month)
    scan = store.scan(table, month)
    if indicator not in scan.collect_schema().names():
        raise StoreError(
            f"the edition by which {month} was judged has no {indicator}",
            where=table,
            found=indicator,
            hint="choose another indicator, or run the month by another edition",
        )
    found = _by_county(scan, indicator, count)
    shown = privacy.suppress_small(found, "units", ["value", "unknown_share"])
    call = f"px.by_county({indicator!r}, month={month!r}, count={count!r})"
    return ByCounty(indicator, month, count, shown, call, language(lang))


def mappable(count: str = "households", lang: str | None = None) -> pd.DataFrame:
    """Return what `by_county` can show.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``indicator``: ``meaning``, ``unit`` and ``kind`` (share or median).
    """
    rows = [
        {
            "indicator": name,
            "meaning": column.label(language(lang)),
            "unit": schema.unit_label(column.unit, language(lang)),
            "kind": "share" if column.dtype == "bool" else "median",
        }
        for name, column in _columns(known(count, TABLES, "count")).items()
    ]
    return pd.DataFrame(rows).set_index("indicator")


@cache
def _columns(count: str) -> dict[str, schema.Column]:
    """Return verdicts, then what says yes or no or a number, by name."""
    decisions, indicators = TABLES[count]
    verdicts = [c for c in schema.columns(decisions).values() if c.dtype == "bool"]
    kinds = ("bool", "int", "float")
    numbers = [c for c in schema.columns(indicators).values() if c.dtype in kinds]
    return {c.name: c for c in (*verdicts, *numbers) if c.role != "unrecorded"}


def _column(indicator: str, count: str) -> schema.Column:
    columns = _columns(count)
    if indicator in columns:
        return columns[indicator]
    raise UnknownNameError(
        f"no indicator {indicator!r} of {count}",
        found=indicator,
        hint=schema.nearest(indicator, columns),
    )


def _by_county(scan: pl.LazyFrame, indicator: str, count: str) -> pd.DataFrame:
    import polars as pl

    weight = pl.col(WEIGHT).fill_null(0) if count == "persons" else pl.lit(1)
    rows = scan.select("county_code", value=pl.col(indicator), weight=weight.cast(pl.Float64))
    is_share = rows.collect_schema()["value"] == pl.Boolean
    kept = rows if is_share else rows.filter(pl.col("value").is_not_null())
    unknown = rows.group_by("county_code").agg(
        unknown_share=pl.col("weight").filter(pl.col("value").is_null()).sum()
        / pl.col("weight").sum()
    )
    number = _share() if is_share else _median()
    values = kept.group_by("county_code").agg(value=number, units=pl.len())
    table = unknown.join(values, on="county_code", how="left").sort("county_code").collect()
    return table.to_pandas().astype({"value": "Float64", "units": "Int64", "county_code": "string"})


def _share() -> pl.Expr:
    import polars as pl

    return pl.col("weight").filter(pl.col("value")).sum() / pl.col("weight").sum()


def _median() -> pl.Expr:
    """Return the least value that half of the weight does not exceed."""
    import polars as pl

    value, weight = pl.col("value"), pl.col("weight")
    reached = weight.sort_by(value).cum_sum() >= weight.sum() / 2
    return value.cast(pl.Float64).sort().filter(reached).first()


def _remark(row: Mapping[Any, Any], count: str, lang: str) -> str:
    if row["status"] != "shown":
        return ""
    units = NAMES["villages" if count == "villages" else "households"]
    number, unknown = fmt_int(row["units"], lang=lang), fmt_share(row["unknown_share"], lang=lang)
    return pick(
        lang, f"{units[0]}数{number}，未知{unknown}", f"{number} {units[1]}, {unknown} unknown"
    )


def notes(month: str, lang: str) -> list[str]:
    """Return what stands under every figure of a month: that its data are simulated, if they are."""
    return [SIMULATED[lang]] if is_simulated(month) else []
