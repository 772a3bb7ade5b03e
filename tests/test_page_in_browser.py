"""A report in a real browser: what a county typed does nothing there, and our one script sorts.

Needs Chromium (Debian: ``apt-get install chromium``); skipped where it is not installed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pypdf import PdfReader
from tests import executed
from tests import finished_tables as finished
from tests.executed import PAGE, code, figure, prose, table, write
from tests.test_publish import HOSTILE

from povexit import publish, tables

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


class Visit:
    """One page opened, with all it said and asked for meanwhile."""

    def __init__(self, browser: Any, path: Path, **view: Any) -> None:
        self.page = browser.new_page(**view)
        self.dialogs: list[str] = []
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("dialog", lambda d: (self.dialogs.append(d.message), d.dismiss()))
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.refused: dict[str, str] = {}
        self.page.on("requestfailed", lambda r: self.refused.update({r.url: r.failure}))
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.page.goto(path.as_uri())
        self.page.wait_for_timeout(200)

    def outside(self) -> list[str]:
        """Return what was asked for beyond the page's own file."""
        return [url for url in self.requests[1:] if not url.startswith("data:")]

    def column(self, head: str) -> list[str]:
        """Return the texts of a table's column, without its total."""
        return self.page.evaluate(
            """head => {
              const th = [...document.querySelectorAll('thead th')].find(t => t.textContent === head);
              const rows = [...th.closest('table').tBodies[0].rows];
              return rows.filter(r => !r.classList.contains('px-total')).map(r => r.cells[th.cellIndex].textContent);
            }""",
            head,
        )

    def sort(self, head: str, key: str = "Enter") -> str | None:
        """Press the head of a column by key; return what it then says of its order."""
        button = self.page.locator("thead th").filter(has_text=head).first.locator("[role=button]")
        button.focus()
        self.page.keyboard.press(key)
        return self.page.locator("thead th").filter(has_text=head).first.get_attribute("aria-sort")


def styler(text: str) -> str:
    """Return what a pandas Styler makes of text, its headers not escaped."""
    return pd.DataFrame({text: [text]}, index=[text]).style.set_caption(text).to_html()


def folium(text: str) -> str:
    """Return a map widget's markup as folium writes it, with text in its popup."""
    return f'<div class="folium-map"><iframe srcdoc="{text}"></iframe><script>{text}</script></div>'


def hostile(folder: Path, text: str) -> Path:
    """Write the page of a report in which a county typed ``text`` wherever it can."""
    villages = executed.many_villages(3).assign(village_name=text, township_name=text)
    frame = tables.villages(villages, "zh").captioned(text)
    field = tables.base.Field((text, text), ("village_name",), lambda row, lang: text)
    headed = tables.base.build(villages, [field], "zh", (text, text), note=text)
    cells = [
        prose(f"# 田东县 {text}"),
        prose(f"{text}\n\n- {text}\n\n[{text}]({text})"),
        prose(f"## {text}"),
        table(frame),
        table(headed),
        figure(text, text),
        code({"text/html": styler(text)}, {"text/html": folium(text)}, {"text/html": text}),
        code({"text/markdown": text}, {"image/svg+xml": f"<svg>{text}</svg>"}),
    ]
    page = publish.Page(text, "zh", True, {"month": "2016-06", "inputs": text}, "index.html")
    return publish.render(write(folder / "a.ipynb", *cells), folder / "a.html", page)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_county_typed_does_nothing_in_a_browser(
    text: str, browser: Any, tmp_path: Path
) -> None:
    visit = Visit(browser, hostile(tmp_path, text))
    visit.page.mouse.move(300, 300)
    assert visit.dialogs == []
    assert visit.outside() == []
    assert visit.page.url.endswith("a.html")
    assert visit.page.evaluate("document.scripts.length") == 1
    # it is there to be read: in a cell, a head, a caption and in the prose
    seen = visit.page.inner_text("main")
    shown = " ".join(text.split())
    assert " ".join(seen.split()).count(shown) >= 8


def test_a_script_that_slipped_through_would_still_not_run(browser: Any, tmp_path: Path) -> None:
    path = executed.report(tmp_path / "a.ipynb")
    page = publish.render(path, tmp_path / "a.html", PAGE)
    text = page.read_text(encoding="utf-8")
    bad = "<script>alert(1)</script><img src=x onerror=alert(2)><img src=https://evil.example/x>"
    page.write_text(text.replace("</main>", f"{bad}</main>", 1), encoding="utf-8")
    visit = Visit(browser, page)
    assert visit.dialogs == []
    assert "csp" in visit.refused["https://evil.example/x"].lower()


@pytest.fixture
def counties(browser: Any, tmp_path: Path) -> Visit:
    cell = table(tables.counties(finished.counties(), "zh"))
    path = write(tmp_path / "a.ipynb", prose("# 题"), cell)
    return Visit(browser, publish.render(path, tmp_path / "a.html", PAGE))


def test_a_head_sorts_by_the_number_up_down_and_back(counties: Visit) -> None:
    given = counties.column("判定户数")
    numbers = [int(text.replace(",", "")) for text in given]
    assert counties.sort("判定户数") == "ascending"
    assert [int(t.replace(",", "")) for t in counties.column("判定户数")] == sorted(numbers)
    assert counties.sort("判定户数") == "descending"
    assert [int(t.replace(",", "")) for t in counties.column("判定户数")] == sorted(numbers)[::-1]
    assert counties.sort("判定户数") is None
    assert counties.column("判定户数") == given
    assert counties.errors == []


def test_what_is_not_known_stands_last_both_ways_and_the_total_at_the_end(counties: Visit) -> None:
    for _ in ("up", "down"):
        counties.sort("达标户比上月")
        assert counties.column("达标户比上月")[-1] == "未知"
        last = counties.page.locator("tbody tr").last
        assert last.inner_text().startswith("全市")


def test_only_one_head_says_that_it_sorts(counties: Visit) -> None:
    counties.sort("判定户数")
    counties.sort("达标户", " ")
    assert counties.page.locator("th[aria-sort]").count() == 1


def test_without_scripts_the_page_is_whole(browser: Any, tmp_path: Path) -> None:
    page = publish.render(executed.report(tmp_path / "a.ipynb"), tmp_path / "a.html", PAGE)
    visit = Visit(browser, page, java_script_enabled=False)
    assert visit.page.locator("thead [role=button]").count() == 0
    assert visit.page.locator("table").count() == 2
    assert visit.page.locator(".px-contents a").count() == 2


def test_data_and_notebook_can_be_saved_from_the_page(browser: Any, tmp_path: Path) -> None:
    page = publish.render(executed.report(tmp_path / "a.ipynb"), tmp_path / "a.html", PAGE)
    visit = Visit(browser, page, accept_downloads=True)
    with visit.page.expect_download() as waiting:
        visit.page.locator(".px-data a").nth(1).click()
    saved = waiting.value
    assert saved.suggested_filename == "达标与未达标.csv"
    assert Path(saved.path()).read_text(encoding="utf-8-sig").splitlines()[1] == "达标,3"


def test_on_paper_a_long_table_repeats_its_head_and_the_banner(
    browser: Any, tmp_path: Path
) -> None:
    cell = table(tables.villages(executed.many_villages(120), "zh"))
    path = write(tmp_path / "a.ipynb", prose("# 题"), cell)
    visit = Visit(browser, publish.render(path, tmp_path / "a.html", PAGE))
    visit.page.pdf(path=tmp_path / "a.pdf", prefer_css_page_size=True)
    pages = [page.extract_text() for page in PdfReader(tmp_path / "a.pdf").pages]
    held = [page for page in pages if "作登瑶族乡" in page]
    assert len(held) > 2
    assert all("行政村" in page and "模拟数据" in page for page in held)
    assert not [page for page in held if "下载" in page]


@pytest.mark.parametrize("width", [320, 390, 1400])
def test_a_page_is_never_wider_than_its_screen(width: int, browser: Any, tmp_path: Path) -> None:
    long_name = "百色市田东县作登瑶族乡很长很长很长很长的名字的第"
    rows = executed.many_villages(400, long_name)
    cells = [
        prose("# 题"),
        prose("## 一"),
        table(tables.villages(rows, "zh")),
        figure(),
        prose("## 二"),
    ]
    page = publish.render(write(tmp_path / "a.ipynb", *cells), tmp_path / "a.html", PAGE)
    visit = Visit(browser, page, viewport={"width": width, "height": 844})
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(visit.column("行政村")) == 400
