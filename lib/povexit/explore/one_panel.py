"""Choose a household near the standard, or a village: why, how near, what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets as w

from povexit import geography, standards, store
from povexit.explore.data import latest
from povexit.explore.ground import rules_of
from povexit.explore.one import HOMES, VILLAGES, One, household, near_misses, village
from povexit.explore.widgets import CopyLine, choice, printed, watch
from povexit.schema import column, unit_label
from povexit.style import fmt_number, language, pick

#: Of a hash that much is enough to tell households apart in a list.
SHORT = 9
UNITS = ("household", "village")


class OnePanel(w.VBox):
    """Controls above, words and table below; ``found`` is what they show.

    Attributes
    ----------
    found
        As `povexit.household` or `povexit.village` gives it; None if there is none to show.
    controls
        ``county``, ``unit``, ``edition``, ``item``.
    """

    def __init__(self, month: str | None = None, county: str = "", lang: str | None = None) -> None:
        self.lang, self.month = language(lang), latest(HOMES, month)
        self.found: One | None = None
        self.controls = self._controls(county)
        self.text, self.table = w.HTML(), w.HTML()
        self.line = CopyLine("", self.lang)
        super().__init__([*self.controls.values(), self.text, self.table, self.line])
        self._offer()
        for name in ("county", "unit", "edition"):
            self.controls[name].observe(lambda _: self._offer(), names="value")
        watch({"item": self.controls["item"]}, self._move)

    def _controls(self, county: str) -> dict[str, w.ValueWidget]:
        codes = store.saved_counties(HOMES, self.month)
        names = [(geography.county_name(code, self.lang), code) for code in codes]
        units = zip(pick(self.lang, "户 村", "household village").split(), UNITS, strict=True)
        editions = [(e.edition, e.edition) for e in standards.editions("household_exit")]
        usual = rules_of(self.month)["household"].edition
        code = geography.resolve_county(county) if county else codes[0]
        return {
            "county": choice(pick(self.lang, "县", "County"), names, code),
            "unit": choice(pick(self.lang, "看", "Look at"), list(units), UNITS[0]),
            "edition": choice(pick(self.lang, "版本", "Edition"), editions, usual),
            "item": choice(pick(self.lang, "哪一个", "Which"), [], None),
        }

    def _offer(self) -> None:
        """List what can be looked at in the county."""
        item = self.controls["item"]
        item.options = self._items()
        item.index = 0 if item.options else None
        self._move()

    def _items(self) -> list[tuple[str, str]]:
        county, edition = (self.controls[name].value for name in ("county", "edition"))
        if self.controls["unit"].value == "village":
            names = ["village_code", "village_name"]
            rows = store.load(VILLAGES, self.month, county, names).fillna("?")
            return [
                (f"{r.village_name} {r.village_code}", str(r.village_code))
                for r in rows.itertuples()
            ]
        found = near_misses(self.month, county, edition)
        return [(self._told(row), row["household_id"]) for row in found.to_dict("records")]

    def _told(self, row: Mapping[Any, Any]) -> str:
        """Return a household in a list: its hash, and what it is short of."""
        known = column(str(row["indicator"]), HOMES)
        label, unit = (
            (known.label(self.lang), unit_label(known.unit, self.lang)) if known else ("", "")
        )
        short = pick(self.lang, "差", "short by")
        return (
            f"{str(row['household_id'])[:SHORT]} · {label} {short} {fmt_number(row['gap'])} {unit}"
        )

    def _move(self) -> None:
        key, edition = self.controls["item"].value, self.controls["edition"].value
        if key is None:
            self.found, self.table.value, self.line.line = None, "", ""
            self.text.value = pick(
                self.lang, "没有只差一项的户。", "No household fails by one number only."
            )
            return
        look = village if self.controls["unit"].value == "village" else household
        self.found = look(key, month=self.month, edition=edition, lang=self.lang)
        lines = self.found.why().html().splitlines()
        why = "".join(f"<li>{line.removeprefix('- ')}</li>" for line in lines)
        self.text.value = f"<ul>{why}</ul><strong>{self.found.like().html()}</strong>"
        self.table.value = printed(self.found.near())
        self.line.line = self.found.call
