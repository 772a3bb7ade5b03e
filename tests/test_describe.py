"""A figure leaves with what it shows: a name, a sentence with its numbers, its masked data."""

from __future__ import annotations

import copy
import inspect
import io
import json
from collections.abc import Iterator

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.figure import Figure
from tests import finished_tables as finished
from tests.all_figures import DRAWN, criteria

from povexit import charts, maps, style
from povexit.errors import UnknownNameError
from povexit.publish import html, parts
from povexit.publish.redrawn import redraw
from povexit.style.describe import masked, plain

LANGS = ["zh", "en"]
#: Names that are data, and Chinese in both languages.
CHINESE_NAMES = {
    *finished.villages()["village_name"],
    *finished.villages()["township_name"],
    *(name for _, name in finished.RULES),
}


@pytest.fixture(autouse=True)
def _own_look() -> Iterator[None]:
    with plt.rc_context():
        style.use("zh")
        yield
    style.use("zh")
    plt.close("all")


def figure(name: str, lang: str, title: str = "题 Title") -> Figure:
    style.use(lang)
    drawn = DRAWN[name](lang, title)
    return drawn if isinstance(drawn, Figure) else style.figure_of(drawn)


def told(fig: Figure) -> dict:
    """What stands in the notebook: strict JSON, read again."""
    return json.loads(json.dumps(style.description(fig), allow_nan=False))


def svg(fig: Figure) -> str:
    file = io.StringIO()
    fig.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def test_every_chart_and_map_is_among_those_tested() -> None:
    offered = [getattr(room, name) for room in (charts, maps) for name in room.__all__]
    draws = {
        f.__name__
        for f in offered
        if inspect.isfunction(f) and f.__annotations__["return"] in ("Axes", "Figure")
    }
    assert set(DRAWN) == draws


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_drawn_from_what_it_carries_is_the_same_to_the_byte(name: str, lang: str) -> None:
    """So its data are all that is drawn, and nothing that is not shown is needed to draw it."""
    fig = figure(name, lang)
    again = redraw(told(fig))
    assert svg(again) == svg(fig)
    assert told(again) == told(fig)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", DRAWN)
def test_what_it_shows_is_a_sentence_with_numbers_in_its_language(name: str, lang: str) -> None:
    found = told(figure(name, lang))
    assert (found["name"], found["title"], found["lang"]) == (name, "题 Title", lang)
    assert any(char.isdigit() for char in found["alt"])
    assert found["alt"].endswith("。" if lang == "zh" else ".")
    assert not {"nan", "None", "NA", "<NA>"} & set(found["alt"].replace(".", " ").split())
    if lang == "en":
        chinese = {char for char in found["alt"] if ord(char) > 0x2E7F}
        assert chinese <= {char for name in CHINESE_NAMES for char in name}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("emptied", ["no rows", "nothing known"])
def test_without_a_row_or_a_value_it_is_drawn_and_says_so(
    name: str, lang: str, emptied: str
) -> None:
    found = told(figure(name, lang))
    columns, rows = found["data"]["columns"], found["data"]["rows"]
    if emptied == "nothing known":
        found["data"]["rows"] = [
            [
                None if isinstance(x, float) and c not in RULES else x
                for c, x in zip(columns, row, strict=True)
            ]
            for row in rows
        ]
    else:
        # a figure of several maps has at least one
        found["data"]["rows"] = [] if name != "small_multiples" else rows[:1]
    again = told(redraw(found))
    assert again["alt"]
    assert not {"nan", "None", "<NA>"} & set(again["alt"].split())


#: Columns that are rules, plans and edges, not found by asking.
RULES = ("threshold", "target", "level", "true_rate", "low_yuan", "high_yuan", "meets", "fails")


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.sampled_from(["shown", "unknown", "suppressed", None])),
        max_size=20,
    )
)
def test_only_values_that_are_shown_leave_with_a_figure(cells: list) -> None:
    table = pd.DataFrame(cells, columns=["value", "status"]).assign(secret="x")
    kept = masked(table, ["value", "status", "absent"], ["value"])
    assert list(kept) == ["value", "status"]
    shown = table["status"] == "shown"
    assert list(kept.loc[shown, "value"]) == list(table.loc[shown, "value"])
    assert kept.loc[~shown, "value"].isna().all()


@pytest.mark.parametrize("name", ["choropleth", "small_multiples", "county_map", "village_ranking"])
def test_a_suppressed_value_is_nowhere_in_what_a_figure_carries(name: str) -> None:
    assert "0.987" not in json.dumps(told(figure(name, "zh")))


def test_tables_become_json_with_null_for_what_is_missing() -> None:
    table = pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": [pd.NaT, float("nan")]})
    assert plain(table) == {"columns": ["a", "b"], "rows": [[1, None], [None, None]]}


def test_a_notebooks_kernel_sends_it_beside_the_drawing() -> None:
    shell = InteractiveShell()
    style.show_in(shell)
    fig = figure("criteria_bars", "zh")
    data, _ = shell.display_formatter.format(fig)
    assert data[style.FIGURE_MIME] == style.description(fig)
    data, _ = shell.display_formatter.format(plt.figure())
    assert style.FIGURE_MIME not in data


def test_a_page_reads_it_out_in_place_of_the_picture() -> None:
    fig = figure("criteria_bars", "en", "Criteria <b>")
    item = {"data": {"image/svg+xml": svg(fig), style.FIGURE_MIME: told(fig)}}
    assert 'alt="Criteria &lt;b&gt; 10 criteria' in html.fragment(parts.part_of(item), "en")


def test_a_notebook_may_name_a_figure_it_draws_more_than_once() -> None:
    ax = style.named(charts.county_ranking(finished.ranking(), "zh"), "ranking_omission")
    found = told(style.figure_of(ax))
    assert found["name"] == "ranking_omission"
    assert svg(redraw(found)) == svg(style.figure_of(ax))


def test_several_charts_on_one_figure_tell_all_they_show() -> None:
    fig, axes = plt.subplots(1, 2)
    charts.criteria_bars(criteria("zh"), title="甲", ax=axes[0])
    charts.county_ranking(finished.ranking(), title="乙", ax=axes[1])
    found = told(fig)
    assert "甲: 10项标准" in found["alt"]
    assert "乙: 12行估计值" in found["alt"]
    assert len(found["data"]["rows"]) == 10 + 12
    with pytest.raises(UnknownNameError, match="cannot be drawn again"):
        redraw(found)


@pytest.mark.parametrize(
    "by", ["charts.base", "os.system", "charts.__all__", "", "maps.Classes.of"]
)
def test_only_a_chart_or_map_there_is_can_draw_again(by: str) -> None:
    found = copy.deepcopy(told(figure("criteria_bars", "zh")))
    found["drawn"]["by"] = by
    with pytest.raises(UnknownNameError):
        redraw(found)
