"""Draw the figures that the README shows, from the demo month.

Run ``make report`` first, then ``.venv/bin/python docs/figures/make.py``. The data are
simulated, and each figure says so.
"""

from __future__ import annotations

from pathlib import Path

from matplotlib.axes import Axes

from povexit import charts, decide, evaluation, geography, store, style

MONTH, LANG = "2016-06", "en"
HERE = Path(__file__).parent
SOURCE = "simulated deliveries of June 2016, scaled 1 : 40"


def save(ax: Axes, name: str) -> None:
    """Write a figure beside this file, stamped with where its numbers come from."""
    figure = style.figure_of(ax)
    style.stamp(figure, simulated=True, lang=LANG, source=SOURCE, edition="2016")
    figure.savefig(HERE / name, dpi=160, metadata={"Software": None})


def main() -> None:
    """Draw both figures."""
    style.use(LANG)
    criteria = decide.totals(store.load("decisions_summary", MONTH))
    criteria["name"] = criteria["name_en"]
    title = "Who meets which criterion: register households of twelve counties"
    save(charts.criteria_bars(criteria, LANG, title=title), "criteria.png")

    rates = evaluation.rates(store.load("decisions_survey_households", MONTH))
    rates = rates[rates["measure"] == "omission_rate"]
    rates["name"] = [geography.county_name(c, LANG, short=True) for c in rates["county_code"]]
    title = "Omission rate by county, with what the sample can and cannot settle"
    threshold = float(rates["threshold"].iloc[0])
    save(charts.county_ranking(rates, LANG, threshold=threshold, title=title), "omission.png")


if __name__ == "__main__":
    main()
