"""Choose a rate and what to put side by side; figure, tables and the line below."""

from __future__ import annotations

import io

import ipywidgets as w
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from povexit import evaluation, geography, schema, store
from povexit.explore.comparing import BY, SURVEY, Comparison, compare
from povexit.explore.data import latest
from povexit.explore.widgets import CopyLine, choice, printed, watch
from povexit.style import figure_of, language, pick

ALL = "all"


class ComparePanel(w.VBox):
    """Controls above; ``found`` is what they show, as `povexit.compare` gives it.

    Attributes
    ----------
    controls
        ``what``, ``by``, ``county``.
    """

    def __init__(self, month: str | None = None, lang: str | None = None) -> None:
        self.lang, self.month = language(lang), latest(SURVEY, month)
        codes = store.saved_counties(SURVEY, self.month)
        names = [(geography.county_name(code, self.lang), code) for code in codes]
        by = [(pick(self.lang, *words), key) for key, words in BY.items()]
        everywhere = (pick(self.lang, "全市", "whole city"), ALL)
        what = _rates(self.lang)
        self.controls: dict[str, w.ValueWidget] = {
            "what": choice(pick(self.lang, "比例", "Rate"), what, what[0][1]),
            "by": choice(pick(self.lang, "比较", "Compare"), by, "county_code"),
            "county": choice(pick(self.lang, "范围", "Where"), [everywhere, *names], ALL),
        }
        self.found = self._ask()
        self.figure, self.tables = w.HTML(), w.HTML()
        self.line = CopyLine(self.found.call, self.lang)
        super().__init__([*self.controls.values(), self.figure, self.tables, self.line])
        self._show()
        watch(self.controls, self._move)

    def _ask(self) -> Comparison:
        asked = {name: control.value for name, control in self.controls.items()}
        months = None if asked["by"] == "month" else self.month
        county = None if asked["county"] == ALL else asked["county"]
        return compare(asked["what"], asked["by"], months=months, county=county, lang=self.lang)

    def _move(self) -> None:
        self.found = self._ask()
        self._show()

    def _show(self) -> None:
        self.figure.value = drawn(self.found.axes())
        self.tables.value = printed(self.found.table(), self.found.table_of_differences())
        self.line.line = self.found.call


def _rates(lang: str) -> list[tuple[str, str]]:
    """Return the measures, then the answers, each in words with its name."""
    measures = [(pick(lang, m.name, m.name_en), m.id) for m in evaluation.measures()]
    columns = schema.columns(SURVEY).values()
    return [*measures, *((c.label(lang), c.name) for c in columns if c.dtype == "bool")]


def drawn(ax: Axes) -> str:
    """Return a figure as SVG for a widget, and close it."""
    figure, text = figure_of(ax), io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    plt.close(figure)
    return text.getvalue()[text.getvalue().index("<svg") :]
