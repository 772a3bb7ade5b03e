"""What if the rule were another one: who flips, in counties, villages and households."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from matplotlib.axes import Axes

from povexit import maps, narrative, privacy, standards, tables
from povexit.errors import UnknownNameError
from povexit.explore import flips
from povexit.explore.data import is_simulated, latest
from povexit.explore.flips import COUNTS
from povexit.explore.ground import UNITS, VERDICT, Ground, Judged, ground, rules_of
from povexit.maps import SHARE, Classes, CountyMap
from povexit.narrative.prose import Prose
from povexit.schema import nearest
from povexit.standards import Standard
from povexit.standards.model import Value
from povexit.style import SIMULATED, SUPPRESSED, figure_of, foot, known, language, pick

#: What a share counts, and of whom.
WHOLES = ("all", "known")
COUNTED = {"households": "户", "persons": "人口"}
#: What a map can show: who flips, or who meets it after. The classes are the same on every move,
#: so that a colour keeps its meaning.
SHOWS = {
    "flips": Classes((0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 1.0)),
    "share": Classes((0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)),
}


@dataclass(frozen=True, eq=False)
class WhatIf:
    """A month by its own rule and by another one.

    Attributes
    ----------
    ground, after
        The month with the verdicts of its own rule, and judged by the other.
    call
        The line of Python that gives this, for a report's cell.
    count, of
        What shares count (households or persons) and of whom (all, or those of known verdict).
    lang
        Language of table, map and text.
    """

    ground: Ground
    after: Judged
    call: str
    count: str = COUNTS[0]
    of: str = WHOLES[0]
    lang: str = "zh"

    @property
    def month(self) -> str:
        """The month."""
        return self.ground.month

    @property
    def before(self) -> Judged:
        """The month judged by its own rule."""
        return self.ground.base

    @property
    def rules(self) -> Mapping[str, Standard]:
        """The rule of each unit by which ``after`` was judged."""
        return self.after.rules

    @property
    def is_hypothetical(self) -> bool:
        """Tell whether any of the rules is in force nowhere."""
        return any(rule.is_hypothetical for rule in self.rules.values())

    @cached_property
    def counties(self) -> pd.DataFrame:
        """One row a county: what it had before and after, and who flipped.

        ``county_code``, ``households``, ``persons``, ``share_before``, ``share_after`` (0 to 1),
        ``gained`` and ``lost`` (households that meet it after and before only), ``villages``,
        ``villages_failing_before``, ``villages_failing_after``, ``verdict_before``,
        ``verdict_after`` (of the county) and ``status``: a county of fewer than ten households is suppressed.
        """
        table = flips.by_county(flips.counts(self.before, self.after), self.count, self.of)
        table = table.merge(flips.villages(self.before, self.after), on="county_code", how="left")
        for name, side in (("before", self.before), ("after", self.after)):
            verdicts = side.counties.set_index("county_code")[VERDICT]
            table[f"verdict_{name}"] = table["county_code"].map(verdicts).astype("boolean")
        hidden = ["share_before", "share_after", "gained", "lost", "persons"]
        return privacy.suppress_small(table, "households", hidden)

    @cached_property
    def villages(self) -> pd.DataFrame:
        """The villages whose verdict flips: code, name, county, persons, before and after."""
        keys = ["village_code", "village_name", "county_code", "persons_total"]
        old = self.before.villages[["village_code", VERDICT]]
        both = self.after.villages[[*keys, VERDICT]].merge(
            old, on="village_code", suffixes=("_after", "_before"), validate="1:1"
        )
        named = both.rename(columns={f"{VERDICT}_{s}": f"verdict_{s}" for s in ("before", "after")})
        pair = named[["verdict_before", "verdict_after"]].astype("string").fillna("unknown")
        return named[pair["verdict_before"] != pair["verdict_after"]].reset_index(drop=True)

    @cached_property
    def totals(self) -> pd.DataFrame:
        """How many households, villages and counties meet either rule, fail it or are unknown."""
        return pd.concat([flips.totals(self.before), flips.totals(self.after)], ignore_index=True)

    def said(self) -> Prose:
        """Return what was changed and who flips, in a sentence."""
        return narrative.what_if(self.rules.values(), self.counties, self.villages, self.lang)

    def table(self) -> tables.Table:
        """Return the counties before and after as a printed table."""
        return tables.what_if(self.counties, self.lang, is_hypothetical=self.is_hypothetical)

    def flipped(self) -> tables.Table:
        """Return the villages that flip as a printed table; a very small one is not named."""
        shown = privacy.suppress_small(self.villages, "persons_total", [])
        hidden = shown["status"] == "suppressed"
        return tables.flipped_villages(
            shown.assign(village_name=shown["village_name"].mask(hidden, SUPPRESSED)), self.lang
        )

    def map(self, shows: str = "flips") -> CountyMap:
        """Return a map to point at: the share of households that flip, or (``share``) that meets.

        Villages that flip are dots; what a county was before is told with it.
        """
        table = self._shown(shows)
        remarks = [narrative.flip(row, self.lang) for row in table.to_dict("records")]
        drawn = maps.county_map_svg(
            table.assign(remark=remarks),
            title=self._title(shows),
            unit=SHARE,
            classes=SHOWS[shows],
            note=" ".join(self._notes()),
            lang=self.lang,
        )
        dots = self.villages.merge(self.ground.places, on="village_code", how="left")
        dots["said"] = [narrative.flipped_village(r, self.lang) for r in dots.to_dict("records")]
        return drawn.marked(dots, pick(self.lang, "改判的村", "villages that flip"))

    def axes(self, shows: str = "flips", ax: Axes | None = None) -> Axes:
        """Draw the same with matplotlib, for a report; return the axes."""
        ax = maps.choropleth(
            self._shown(shows),
            title=self._title(shows),
            unit=SHARE,
            classes=SHOWS[shows],
            lang=self.lang,
            ax=ax,
        )
        foot(self._notes(), figure_of(ax), bold=True)
        return ax

    def _shown(self, shows: str) -> pd.DataFrame:
        """Return the counties with the value a map shows."""
        table = self.counties
        if known(shows, SHOWS, "map") == "share":
            return table.assign(value=table["share_after"])
        return table.assign(value=(table["gained"] + table["lost"]) / table["households"])

    def _notes(self) -> list[str]:
        notes = [narrative.not_in_force(self.lang)] if self.is_hypothetical else []
        return [*notes, SIMULATED[self.lang]] if is_simulated(self.month) else notes

    def _title(self, shows: str) -> str:
        rule = self.rules["household"].label(self.lang)
        who = pick(self.lang, COUNTED[self.count], self.count.capitalize())
        if shows == "flips":
            zh, en = f"改判户占判定户的比例：{rule}", f"Households that flip: {rule}"
        else:
            zh, en = f"达标{who}比例：{rule}", f"{who} meeting it: {rule}"
        return pick(self.lang, f"{zh}，{self.month}", f"{en}, {self.month}")

    def _repr_mimebundle_(self, **asked: object) -> dict[str, object]:
        return {"text/html": self.table()._repr_html_(), "text/plain": self.call}


def what_if(
    changes: Mapping[str, Value] | None = None,
    *,
    month: str | None = None,
    county: str = "all",
    edition: str = "",
    count: str = "households",
    of: str = "all",
    lang: str | None = None,
) -> WhatIf:
    """Return who would flip if the rule were another one.

    Parameters
    ----------
    changes
        What to change and to what: ``{"poverty_line_yuan": 3200}``,
        ``{"floor_area_per_person_m2": 15}``, ``{"remaining_poor_persons of":
        "register_persons"}``; `thresholds` lists what there is. Each is changed in the
        standards of households, villages and counties alike.
    month
        Such as ``2016-06``; the latest without it.
    county
        ``all``, a county, or several with commas between.
    edition
        The edition to judge by and change; that of the month without it.
    count, of
        Whether shares count ``households`` or ``persons``, of ``all`` or those of ``known`` verdict.
    lang
        ``zh`` or ``en``; the language of `style.use` without it.

    Raises
    ------
    UnknownNameError
        If no standard compares such a thing; the nearest are named.
    StandardError
        If a value does not fit.
    """
    month = latest("indicators_households", month)
    known(count, COUNTS, "count"), known(of, WHOLES, "denominator")
    start: Ground = ground(month, county)
    rules = changed(rules_of(month, edition), changes or {})
    given = {"month": month, "county": county, "edition": edition, "count": count, "of": of}
    call = _call(dict(changes or {}), given)
    after = start.base if rules == start.base.rules else start.judged(rules)
    return WhatIf(start, after, call, count, of, language(lang))


def changed(rules: Mapping[str, Standard], changes: Mapping[str, Value]) -> dict[str, Standard]:
    """Return standards with changes, each made wherever it concerns one of them.

    Raises
    ------
    UnknownNameError
        If a change concerns none of them.
    """
    out = dict(rules)
    for key, value in changes.items():
        units = [u for u in out if _concerns(out[u], key)]
        if not units:
            keys = {k for rule in rules.values() for k in standards.changeable(rule)}
            raise UnknownNameError(
                f"no standard compares {key!r}", found=key, hint=nearest(key, sorted(keys))
            )
        for unit in units:
            out[unit] = standards.hypothetical(out[unit], {key: value})
    return out


def _concerns(rule: Standard, key: str) -> bool:
    return any(key in (k, k.split(" ")[0]) for k in standards.changeable(rule))


def _call(changes: dict[str, Value], given: Mapping[str, str]) -> str:
    """Return the line that gives this again; what is usual is left out."""
    usual = {"county": "all", "edition": "", "count": COUNTS[0], "of": WHOLES[0]}
    parts = [repr(changes)] if changes else []
    parts += [f"{k}={v!r}" for k, v in given.items() if usual.get(k) != v]
    return f"px.what_if({', '.join(parts)})"


def thresholds(
    month: str | None = None, edition: str = "", lang: str | None = None
) -> pd.DataFrame:
    """Return what a rule compares and `what_if` can change.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``key``: ``standard`` (of household, village or county), ``asked`` (in words),
        ``value`` (a number, or the denominator's column), ``indicator``, ``unit``.
    """
    month = latest("indicators_households", month)
    rules = rules_of(month, edition)
    rows = [
        narrative.threshold(rules[unit], key, int(month[:4]), lang)
        for unit in UNITS
        for key in standards.changeable(rules[unit])
    ]
    return pd.DataFrame(rows).set_index("key")
