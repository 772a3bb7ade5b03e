"""Every notebook people explore with, used in a real JupyterLab in a real browser.

Run by ``make test-browser``. Screenshots lie in ``$POVEXIT_SCREENSHOTS``, or in a folder that
the run names.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import lab as labs
from tests.lab import Lab, Watched

CHROMIUM = shutil.which("chromium")
if CHROMIUM is None:
    pytest.skip("no Chromium here: `make test-browser` installs it", allow_module_level=True)
if not os.environ.get("POVEXIT_BROWSER"):
    pytest.skip("in a real browser only by `make test-browser`", allow_module_level=True)

FOLDER = labs.ROOT / "notebooks"
NOTEBOOKS = [
    "start.ipynb",
    *(f"explore/{p.name}" for p in sorted((FOLDER / "explore").glob("*.ipynb"))),
]

#: What a notebook shows: not the pictures of JupyterLab's own buttons.
OUTPUT = ".jp-OutputArea-output"
PANEL = f"{OUTPUT} .widget-html"
#: The county that has the keyboard.
FOCUSED = "() => document.activeElement && document.activeElement.getAttribute('data-county')"
MAP, TABLE = f"{OUTPUT} svg[role]", f"{OUTPUT} .widget-html table"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    home = labs.project(tmp_path_factory.mktemp("lab"))
    with labs.running(home) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-quic", "--disable-sync", *quiet],
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = os.environ.get("POVEXIT_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def watched(browser: Any, lab: Lab) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1400, "height": 2600})
    page = Watched(context.new_page())
    yield page
    page.end()
    context.close()


def errors_in(cells: list[dict[str, Any]]) -> list[str]:
    return [
        f"{output['ename']}: {output['evalue']}"
        for cell in cells
        for output in cell.get("outputs", [])
        if output["output_type"] == "error"
    ]


def shoot(watched: Watched, folder: Path, name: str) -> None:
    """Take pictures of the notebook from its top to its end."""
    for part, at in enumerate(range(0, len(watched.cells()), 8)):
        watched.page.evaluate(labs._SCROLL, at)
        watched.page.wait_for_timeout(800)
        watched.page.screenshot(path=folder / f"{name}-{part}.png")


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_runs_to_its_end(
    notebook: str, lab: Lab, watched: Watched, screenshots: Path
) -> None:
    watched.open(lab, notebook)
    watched.run_all()
    cells = watched.cells()
    shoot(watched, screenshots, Path(notebook).stem)
    assert errors_in(cells) == []
    code = [c for c in cells if c["cell_type"] == "code"]
    assert all(c["execution_count"] for c in code)
    assert any(c["outputs"] for c in code)
    assert watched.errors == []
    assert watched.outside == []
    assert lab.outside == []


def all_is_well(watched: Watched) -> None:
    watched.settle()
    assert errors_in(watched.cells()) == []
    assert watched.errors == []
    assert watched.outside == []


def control(watched: Watched, label: str) -> Any:
    """Return the row of a widget's control by its label."""
    found = watched.page.locator(".jupyter-widgets.widget-inline-hbox")
    return found.filter(has=watched.page.get_by_text(label, exact=True)).first


def drawn(watched: Watched, at: str) -> str:
    """Return all that a cell's widgets show, controls apart."""
    watched.settle()
    shown: str = watched.page.evaluate(
        "(at) => [...document.querySelectorAll(at)].map(e => e.outerHTML).join('')", at
    )
    return shown


def changes(watched: Watched, at: str, act: Any) -> tuple[str, str]:
    """Return what was shown before and after an act, once it has changed."""
    before = drawn(watched, at)
    act()
    watched.page.wait_for_function(
        "([at, before]) => [...document.querySelectorAll(at)].map(e => e.outerHTML).join('') !== before",
        arg=[at, before],
        timeout=60_000,
    )
    return before, drawn(watched, at)


def test_sliding_the_line_flips_households_on_map_and_in_table(
    lab: Lab, watched: Watched, screenshots: Path
) -> None:
    watched.open(lab, "explore/06_what_if.ipynb")
    watched.run_all()
    watched.scroll_to("WhatIfPanel")
    slider = control(watched, "贫困线（元/人·年）").get_by_role("slider")
    slider.focus()

    def slide() -> None:
        for _ in range(6):
            slider.press("ArrowRight")

    for at in (MAP, TABLE):
        changes(watched, at, slide)
    edition = control(watched, "版本").locator("select")
    changes(watched, TABLE, lambda: edition.select_option("2017"))
    watched.page.screenshot(path=screenshots / "06_what_if-moved.png")
    assert "假设" in drawn(watched, OUTPUT)
    all_is_well(watched)


def test_the_map_explorer_follows_its_lists_and_the_keyboard(
    lab: Lab, watched: Watched, screenshots: Path
) -> None:
    watched.open(lab, "explore/08_map.ipynb")
    watched.run_all()
    watched.scroll_to("MapPanel")
    counted, which = (control(watched, name).locator("select") for name in ("单位", "指标"))
    changes(watched, MAP, lambda: which.select_option(index=3))
    changes(watched, MAP, lambda: counted.select_option(index=1))
    county = watched.page.locator(f"{OUTPUT} .px-area").first
    county.focus()
    before = watched.page.evaluate(FOCUSED)
    walked = set()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        watched.page.keyboard.press(key)
        walked.add(watched.page.evaluate(FOCUSED))
    assert walked - {before, None}
    watched.page.screenshot(path=screenshots / "08_map-moved.png")
    all_is_well(watched)


def test_another_household_is_another_answer(lab: Lab, watched: Watched, screenshots: Path) -> None:
    watched.open(lab, "explore/07_household_village.ipynb")
    watched.run_all()
    watched.scroll_to("OnePanel")
    for name, place in (("哪一个", 1), ("县", 4), ("看", 1)):
        chosen = control(watched, name).locator("select")
        changes(watched, PANEL, lambda c=chosen, p=place: c.select_option(index=p))  # type: ignore[misc]
    watched.page.screenshot(path=screenshots / "07_household_village-moved.png")
    all_is_well(watched)


def test_another_measure_is_another_comparison(
    lab: Lab, watched: Watched, screenshots: Path
) -> None:
    watched.open(lab, "explore/09_compare.ipynb")
    watched.run_all()
    watched.scroll_to("ComparePanel")
    for name in ("比例", "比较"):
        chosen = control(watched, name).locator("select")
        changes(watched, PANEL, lambda c=chosen: c.select_option(index=1))  # type: ignore[misc]
    watched.page.screenshot(path=screenshots / "09_compare-moved.png")
    all_is_well(watched)


@pytest.mark.parametrize(
    ("notebook", "before", "after"),
    [
        ("explore/12_own_survey.ipynb", 'measure = "fgt0"', 'measure = "gini"'),
        ("explore/11_ask_in_sql.ipynb", 'county = "田东县"', 'county = "靖西市"'),
        ("start.ipynb", 'lang = "zh"', 'lang = "en"'),
    ],
)
def test_another_parameter_is_another_answer(
    notebook: str, before: str, after: str, lab: Lab, watched: Watched
) -> None:
    watched.open(lab, notebook)
    watched.run_all()
    first = [c["outputs"] for c in watched.cells() if c["cell_type"] == "code"]
    watched.replace(before, after)
    watched.run_all()
    second = [c["outputs"] for c in watched.cells() if c["cell_type"] == "code"]
    assert first != second
    watched.replace(after, before)
    all_is_well(watched)


def test_the_first_page_leads_to_the_notebooks(lab: Lab, watched: Watched) -> None:
    watched.open(lab, "start.ipynb")
    watched.run_all()
    watched.scroll_to("px.start")
    watched.page.get_by_role("link", name="12_own_survey").click()
    opened = (
        "() => window.jupyterapp.shell.currentWidget.context.path.endsWith('12_own_survey.ipynb')"
    )
    watched.page.wait_for_function(opened, timeout=60_000)
    all_is_well(watched)
