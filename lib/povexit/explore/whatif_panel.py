"""The controls of *what if*: poverty line, edition, one clause more, denominators."""

from __future__ import annotations

import ipywidgets as w

from povexit import standards
from povexit.explore.data import latest
from povexit.explore.ground import ground, rules_of
from povexit.explore.whatif import COUNTS, SHOWS, WHOLES, WhatIf, thresholds, what_if
from povexit.explore.widgets import CopyLine, MapWidget, choice, printed, slider, watch
from povexit.schema import columns
from povexit.standards import Value
from povexit.style import fmt_number, language, pick

LINE = "poverty_line_yuan"
#: Poor persons of a village are held against its population, or against another count of persons.
INCIDENCE = "remaining_poor_persons of"
WHOLE_OF_INCIDENCE = ("persons_total", "register_persons", "poor_persons")
#: Steps of a slider over the range of the data.
STEPS = 100


class WhatIfPanel(w.VBox):
    """Controls above; map, table and the line that gives the same below.

    Attributes
    ----------
    found
        What is shown, as `povexit.what_if` gives it.
    controls
        ``line``, ``edition``, ``key``, ``value``, ``whole``, ``shows``, ``count``, ``of``.
    """

    def __init__(
        self, month: str | None = None, county: str = "all", lang: str | None = None
    ) -> None:
        self.month, self.county = latest("indicators_households", month), county
        self.lang = language(lang)
        self.controls = _controls(self.month, self.lang)
        self.found = self._ask()
        self.text, self.table = w.HTML(), w.HTML()
        self.map = MapWidget(self.found.map(self.controls["shows"].value))
        self.line = CopyLine(self.found.call, self.lang)
        super().__init__([*self.controls.values(), self.text, self.map, self.line, self.table])
        self._show()
        self.controls["edition"].observe(lambda _: self._offer(), names="value")
        self.controls["key"].observe(lambda _: self._range(), names="value")
        watch(self.controls, self._move)

    def changes(self) -> dict[str, Value]:
        """Return what the controls change, as `povexit.what_if` takes it."""
        known = thresholds(self.month, self.controls["edition"].value)["value"]
        asked = {
            LINE: self.controls["line"].value,
            INCIDENCE: self.controls["whole"].value,
            self.controls["key"].value: self.controls["value"].value,
        }
        there = {k: _plain(v) for k, v in asked.items() if k and k in known}
        return {k: v for k, v in there.items() if v != known[[k]].iloc[0]}

    def _ask(self) -> WhatIf:
        usual = rules_of(self.month)["household"].edition
        edition = self.controls["edition"].value
        return what_if(
            self.changes(),
            month=self.month,
            county=self.county,
            edition="" if edition == usual else edition,
            count=self.controls["count"].value,
            of=self.controls["of"].value,
            lang=self.lang,
        )

    def _move(self) -> None:
        self.found = self._ask()
        self._show()

    def _show(self) -> None:
        self.text.value = f"<p>{self.found.said().html()}</p>"
        self.map.show(self.found.map(self.controls["shows"].value))
        self.line.line = self.found.call
        tables = (self.found.table(), self.found.flipped())
        self.table.value = printed(*tables)

    def _offer(self) -> None:
        """Offer the clauses of the edition chosen."""
        self.controls["key"].options = _clauses(
            self.month, self.controls["edition"].value, self.lang
        )

    def _range(self) -> None:
        """Let the slider reach over what the clause compares, from the value in force."""
        key, edition = self.controls["key"].value, self.controls["edition"].value
        control = self.controls["value"]
        control.disabled = not key
        if not key:
            return
        row = thresholds(self.month, edition).loc[[key]].iloc[0]
        low, high = self._ends(str(row["indicator"]), float(row["value"]))
        # in this order the ends never cross
        control.min, control.max = min(low, control.min), max(high, control.max)
        control.value = float(row["value"])
        control.min, control.max, control.step = low, high, (high - low) / STEPS

    def _ends(self, indicator: str, value: float) -> tuple[float, float]:
        """Return the range of a slider: of most households, or a share's."""
        homes = ground(self.month, self.county).base.homes
        if indicator not in homes.columns:
            return 0.0, max(2 * value, 1.0) if value > 1 else 1.0
        low, high = (float(homes[indicator].quantile(q) or 0) for q in (0.02, 0.98))
        return min(low, value), max(high, value, low + 1)


def _plain(value: Value) -> Value:
    """Return a whole number as one, so that the line reads 3200 and not 3200.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _controls(month: str, lang: str) -> dict[str, w.ValueWidget]:
    """Return the controls, set to what is in force."""
    rule = rules_of(month)["household"]
    value = thresholds(month)["value"]
    line = float(value[LINE])
    people = columns("indicators_villages")
    editions = [(e.edition, e.edition) for e in standards.editions("household_exit")]
    wholes = [(people[c].label(lang), c) for c in WHOLE_OF_INCIDENCE]
    counts = zip(pick(lang, "户 人口", "households persons").split(), COUNTS, strict=True)
    shown = pick(lang, "改判户比例", "share that flips"), pick(lang, "现达标率", "share meeting it")
    known = (pick(lang, "全部判定户", "all judged"), pick(lang, "结论明确的", "of known verdict"))

    def say(zh: str, en: str) -> str:
        return pick(lang, zh, en)

    return {
        "line": slider(
            say("贫困线（元/人·年）", "Poverty line (yuan)"), line, line / 2, 2 * line, 1
        ),
        "edition": choice(say("版本", "Edition"), editions, rule.edition),
        "key": choice(say("另改一条", "Also change"), _clauses(month, rule.edition, lang), ""),
        "value": slider(say("改为", "to"), 0.0, 0.0, 1.0, 0.01, disabled=True),
        "whole": choice(
            say("贫困发生率的分母", "Incidence is of"), wholes, value[[INCIDENCE]].iloc[0]
        ),
        "shows": choice(
            say("地图显示", "Map shows"), list(zip(shown, SHOWS, strict=True)), "flips"
        ),
        "count": choice(say("比例按", "Shares count"), list(counts), COUNTS[0]),
        "of": choice(say("占", "out of"), list(zip(known, WHOLES, strict=True)), WHOLES[0]),
    }


def _clauses(month: str, edition: str, lang: str) -> list[tuple[str, str]]:
    """Return the thresholds of an edition in words, each with its key; first none."""
    found = thresholds(month, edition, lang)
    found = found[~found.index.str.endswith(" of") & (found.index != LINE)]
    rows = found[~found.index.duplicated()].itertuples()
    named = [(f"{r.asked} {fmt_number(r.value, 2)} {r.unit}".strip(), str(r.Index)) for r in rows]
    return [(pick(lang, "不改", "nothing"), ""), *named]
