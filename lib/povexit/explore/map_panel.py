"""The map explorer: choose indicator, month and unit; a click opens the county's report."""

from __future__ import annotations

import ipywidgets as w

from povexit import geography, maps, store
from povexit.explore.county_view import NAMES, TABLES, ByCounty, by_county, mappable
from povexit.explore.data import latest
from povexit.explore.widgets import CopyLine, MapWidget, choice, watch
from povexit.style import language, pick

FIRST = "meets_standard"


class MapPanel(w.VBox):
    """A map with its controls; ``found`` is what it shows, as `povexit.by_county` gives it.

    Attributes
    ----------
    controls
        ``count``, ``indicator``, ``month``.
    """

    def __init__(self, month: str | None = None, lang: str | None = None) -> None:
        self.lang = language(lang)
        month = latest(TABLES["households"][0], month)
        months = [(m, m) for m in store.saved_months(TABLES["households"][0])]
        counts = [(pick(self.lang, *NAMES[c]), c) for c in TABLES]
        self.controls: dict[str, w.ValueWidget] = {
            "count": choice(pick(self.lang, "单位", "Unit"), counts, "households"),
            "indicator": choice(
                pick(self.lang, "指标", "Indicator"), self._indicators("households"), FIRST
            ),
            "month": choice(pick(self.lang, "月份", "Month"), months, month),
        }
        self.found = self._ask()
        self.map = MapWidget(self._drawn())
        self.line = CopyLine(self.found.call, self.lang)
        super().__init__([*self.controls.values(), self.map, self.line])
        self.controls["count"].observe(lambda _: self._offer(), names="value")
        watch(self.controls, self._move)

    def _indicators(self, count: str) -> list[tuple[str, str]]:
        rows = mappable(count, self.lang)
        return [(f"{row.meaning} {row.unit}".strip(), str(row.Index)) for row in rows.itertuples()]

    def _offer(self) -> None:
        """Offer the indicators of households or villages, keeping the one shown if both have it."""
        indicator = self.controls["indicator"]
        options = self._indicators(self.controls["count"].value)
        kept = indicator.value if indicator.value in [key for _, key in options] else FIRST
        indicator.options = options
        indicator.value = kept

    def _ask(self) -> ByCounty:
        asked = {name: self.controls[name].value for name in ("month", "count")}
        return by_county(self.controls["indicator"].value, **asked, lang=self.lang)

    def _drawn(self) -> maps.CountyMap:
        return self.found.map(_pages(self.found.month))

    def _move(self) -> None:
        if self.controls["indicator"].value is None:
            return
        self.found = self._ask()
        self.map.show(self._drawn())
        self.line.line = self.found.call


def _pages(month: str) -> dict[str, str]:
    """Return the reports that have been made, as seen from the project's folder."""
    folder = f"reports/{month}/"
    codes = geography.counties()["county_code"]
    return {
        c: p for c, p in maps.county_pages(codes, folder).items() if (store.root() / p).is_file()
    }
