"""The real notebooks on the demo deliveries of two counties: what a clerk gets, page by page."""

from __future__ import annotations

import base64
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pptx import Presentation
from tests.decks import notes, titles
from tests.test_engine import shown

from povexit import cli, decide, publish, raw, store, style
from povexit.batch.options import CITY_PAGES, COUNTY, DECK
from povexit.batch.pool import Pool
from povexit.batch.warm import ENVIRONMENT
from povexit.batch.worker import Task
from povexit.publish import Page

ROOT = Path(__file__).parents[1]
BEFORE, MONTH = MONTHS = ("2016-05", "2016-06")
YOUJIANG, XILIN = COUNTIES = ("451002", "451030")
ASKED = ["run", "--month", MONTH, "--county", "右江区", "--county", "西林县"]
PRIVATE = re.compile(r"(head|person|helper)_name|(helper_)?id_number|phone|bank_account")
PICTURE = re.compile(r'src="data:image/svg\+xml;base64,([^"]*)"')
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Made:
    """Two runs: of whole deliveries, then with one county's file cut off."""

    home: Path
    statuses: tuple[int, int]
    before_cut: dict[str, bytes]

    @property
    def reports(self) -> Path:
        return self.home / "reports" / MONTH

    def page(self, name: str) -> str:
        return (self.reports / f"{name}.html").read_text(encoding="utf-8")

    def pages(self) -> list[Path]:
        return sorted(self.reports.rglob("*.html"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    home = tmp_path_factory.mktemp("month")
    shutil.copytree(ROOT / "notebooks", home / "notebooks")
    for month in MONTHS:
        folder = home / "data" / "raw" / month
        folder.mkdir(parents=True)
        for pattern in ("右江区*", "西林县*", "SOURCES.toml"):
            for path in (ROOT / "data" / "raw" / month).glob(pattern):
                shutil.copy(path, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POVEXIT_HOME", str(home))
        patch.setenv("POVEXIT_KEY_FILE", str(home / "key"))
        first = cli.main(ASKED)
        good = {p.name: p.read_bytes() for p in (home / "reports" / MONTH).glob("*.html")}
        (register,) = (home / "data" / "raw" / MONTH).glob("西林县建档立卡*")
        register.write_bytes(register.read_bytes()[:40_000])
        yield Made(home, (first, cli.main(ASKED)), good)


def test_the_statuses_say_that_one_county_was_not_delivered(made: Made) -> None:
    assert made.statuses == (0, 1)


def test_every_page_is_there(made: Made) -> None:
    names = {str(p.relative_to(made.reports)) for p in made.pages()}
    assert names == {
        "index.html",
        f"county_{YOUJIANG}.html",
        f"county_{XILIN}.html",
        f"county_{XILIN}.failed.html",
    }


def test_every_page_needs_nothing_but_itself(made: Made) -> None:
    for path in made.pages():
        page = path.read_text(encoding="utf-8")
        assert page.rstrip().endswith("</html>")
        # one script of ours, which loads nothing
        assert not re.search("<script[^>]", page)
        assert page.count("<script>") <= 1
        assert "<link" not in page
        assert not re.search(r'src="(?!data:)|url\("?(?!"?data:)|@import', page)
        for link in re.findall(r'href="(?!data:)([^"#][^"]*)"', page):
            assert (path.parent / link).is_file(), link


def test_every_page_says_that_it_is_simulated(made: Made) -> None:
    for path in made.pages():
        banner = re.search(r'<div class="px-banner".*?</div>', path.read_text("utf-8"), re.S)
        assert banner
        assert "Simulated data" in banner[0]
        assert "模拟数据" in banner[0]


def test_a_page_lists_the_files_it_is_made_from(made: Made) -> None:
    page = made.page(f"county_{YOUJIANG}")
    files = list((made.home / "data" / "raw" / MONTH).glob("右江区*"))
    assert len(files) == 4
    for path in files:
        assert path.name in page
        assert store.sha256(path)[:12] in page


def test_a_report_has_its_sections_and_figures(made: Made) -> None:
    page = made.page(f"county_{YOUJIANG}")
    assert [number in page for number in "一二三四五六七"] == [True] * 7
    assert len(re.findall("<h2[^>]*>[一二三四五六七]、", page)) == 7
    assert len(PICTURE.findall(page)) >= 4
    assert len(re.findall("<table", page)) >= 6
    assert "上月未交付" not in page


@pytest.fixture(scope="module")
def work(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county's page in English; city report and maps of what there is, one county of twelve."""
    work = tmp_path_factory.mktemp("others")
    given = {"month": MONTH, "edition": "2016", "lang": "zh"}
    english = given | {"county": YOUJIANG, "lang": "en"}
    tasks = [
        Task("english", COUNTY.path, english, Page("Youjiang", "en")),
        *(
            Task(name, step.path, {k: given[k] for k in step.parameters}, Page(name))
            for name, step in CITY_PAGES.items()
        ),
    ]
    with Pool(work, jobs=2) as pool:
        found = {result.name: result.error for result in pool.run(tasks)}
    assert found == dict.fromkeys(["english", *CITY_PAGES])
    return work


@pytest.fixture(scope="module")
def others(work: Path) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in work.glob("*.html")}


def test_warm_pages_show_what_plain_papermill_shows(made: Made, work: Path, tmp_path: Path) -> None:
    given = {"month": MONTH, "edition": "2016", "lang": "zh"}
    steps = {"english": (COUNTY, given | {"county": YOUJIANG, "lang": "en"})}
    steps |= {
        name: (step, {k: given[k] for k in step.parameters}) for name, step in CITY_PAGES.items()
    }
    with ThreadPoolExecutor(2) as pool:
        jobs = [(step.path, tmp_path / f"{name}.ipynb", p) for name, (step, p) in steps.items()]
        assert [*pool.map(_plainly, jobs)] == [""] * len(steps)
    for name, (step, _) in steps.items():
        plain, warmly = shown(tmp_path / f"{name}.ipynb"), shown(work / f"{name}.ipynb")
        for number, (one, other) in enumerate(zip(plain, warmly, strict=True)):
            assert other == one, f"{step.notebook}, cell {number}"


def _plainly(job: tuple[Path, Path, dict[str, str]]) -> str:
    """Run papermill's command line; return what it says if it fails."""
    notebook, out, parameters = job
    given = [word for k, v in parameters.items() for word in ("-r", k, v)]
    command = [sys.executable, "-m", "papermill", str(notebook), str(out), *given]
    environment = {**os.environ, **ENVIRONMENT}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, cwd=notebook.parent
    )
    return done.stderr if done.returncode else ""


def test_an_english_page_has_no_chinese_heading(others: dict[str, str]) -> None:
    page = others["english"]
    heads = re.findall(r"<h[1-4][^>]*>(.*?)</h[1-4]>", page, re.S)
    heads += re.findall(r"<caption[^>]*>(.*?)</caption>", page, re.S)
    for head in re.findall(r"<thead.*?</thead>", page, re.S):
        heads += re.findall(r"<th[^>]*>(.*?)</th>", head, re.S)
    assert len(heads) > 20
    assert [head for head in heads if CHINESE.search(head)] == []


def _secrets(home: Path) -> list[str]:
    """Return every name, identity number, phone and account that the counties sent."""
    found: set[str] = set()
    for month in MONTHS:
        folder = ROOT / "data" / "raw" / month
        for delivery in (raw.find_delivery(month, county, folder) for county in COUNTIES):
            for table in raw.read(delivery).values():
                columns = [c for c in table.frame.columns if PRIVATE.fullmatch(c)]
                for column in columns:
                    found |= set(table.frame[column].drop_nulls().to_list())
    # two characters may be anyone's word; three are a name
    return sorted(text for text in (f.strip() for f in found) if len(text) >= 3)


@pytest.fixture(scope="module")
def secrets(made: Made) -> list[str]:
    found = _secrets(made.home)
    assert len(found) > 3000
    return found


def _holding(texts: list[str], secrets: list[str]) -> list[str]:
    held = pl.Series(texts, dtype=pl.String).str.extract_many(secrets)
    return sorted(set(held.explode().drop_nulls().to_list()))


def test_no_person_is_on_any_page(made: Made, others: dict[str, str], secrets: list[str]) -> None:
    kept = [*made.reports.rglob("*.html"), *made.reports.rglob("*.ipynb")]
    pages = [*others.values(), *(path.read_text(encoding="utf-8") for path in kept)]
    texts = [path.read_text(encoding="utf-8") for path in made.reports.rglob("*.json")]
    for page in pages:
        pictures = [base64.b64decode(p).decode("utf-8") for p in PICTURE.findall(page)]
        texts += [PICTURE.sub("", page), *pictures]
    assert _holding(texts, secrets) == []


def test_no_person_is_in_any_table(made: Made, secrets: list[str]) -> None:
    files = list((made.home / "data" / "processed").rglob("*.parquet"))
    assert len({p.parts[-4] for p in files}) >= 12
    for path in files:
        table = pl.read_parquet(path)
        texts = [table[c] for c in table.columns if table.schema[c] == pl.String]
        assert all(_holding(text.drop_nulls().to_list(), secrets) == [] for text in texts), path
    told = [p.read_text("utf-8") for p in (made.home / "data" / "processed").rglob("*.json")]
    assert _holding(told, secrets) == []


def test_every_row_that_came_in_was_kept_or_quarantined(made: Made) -> None:
    counts = pl.read_parquet(
        made.home / "data/processed/cleaning_counts" / f"month={MONTH}/county={YOUJIANG}/*.parquet"
    )
    assert counts.height == 14  # two sheets of the register, villages, survey, ten ledgers
    assert (counts["rows_in"] == counts["rows_out"] + counts["quarantined"]).all()
    (survey,) = (made.home / "data" / "raw" / MONTH).glob("右江区入户调查*")
    lines = list(csv.reader(survey.read_text(encoding="gb18030").splitlines()))
    asked = counts.filter(pl.col("file") == survey.name)
    assert asked["rows_in"].to_list() == [len(lines) - 1]


def test_executed_notebooks_are_kept_whole(made: Made) -> None:
    folder = made.reports / "notebooks"
    for stem in ("01_clean", "02_judge", f"county_{YOUJIANG}"):
        (path, *_) = sorted(folder.glob(f"{stem}*.ipynb"))
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = [c for c in cells if c["cell_type"] == "code"]
        assert all(c["execution_count"] for c in code)
        assert any("injected-parameters" in c["metadata"].get("tags", []) for c in cells)


def test_the_county_cut_off_keeps_its_page_and_the_other_is_untouched(made: Made) -> None:
    for county in COUNTIES:
        page = f"county_{county}.html"
        assert (made.reports / page).read_bytes() == made.before_cut[page]
    failure = made.page(f"county_{XILIN}.failed")
    assert "西林县建档立卡信息导出_2016-06.xlsx" in failure
    assert "ask the county to send it again" in failure
    assert f'href="county_{XILIN}.html"' in failure
    index = made.page("index")
    assert f"county_{XILIN}.failed.html" in index
    assert "沿用上次" in index


@pytest.mark.parametrize("name", ["city", "maps", "targets", "editions"])
def test_the_city_names_the_county_it_lacks(others: dict[str, str], name: str) -> None:
    assert re.search("<strong>未计入：[^<]*西林县[^<]*</strong>", others[name])


def test_nothing_is_left_of_the_numbers_of_a_county_cut_off(made: Made) -> None:
    processed = made.home / "data" / "processed"
    assert not list(processed.glob(f"*/month={MONTH}/county={XILIN}/*.parquet"))
    assert list(processed.glob(f"*/month={BEFORE}/county={XILIN}/*.parquet"))
    assert list(processed.glob(f"*/month={MONTH}/county={YOUJIANG}/*.parquet"))


def test_a_village_has_its_own_page(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = store.load("cleaned_villages", MONTH, YOUJIANG)
    code, name = ledger.loc[0, ["village_code", "village_name"]]
    assert cli.main(["village", code, "--month", MONTH]) == 0
    path = Path(capsys.readouterr().out.strip())
    assert path == made.reports / f"village_{code}.html"
    page = path.read_text(encoding="utf-8")
    assert name in page
    assert "十一有一低于" in page
    assert "特色产业" in page
    assert not re.search(PRIVATE, page)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (f"{YOUJIANG}999999", "no such village"),
        ("田东", "named by its code"),
        ("451099001001", "451099"),
    ],
)
def test_a_village_that_is_none_is_told(
    made: Made, capsys: pytest.CaptureFixture[str], code: str, said: str
) -> None:
    assert cli.main(["village", code, "--month", MONTH]) == 2
    assert said in capsys.readouterr().err
    assert not list(made.reports.glob(f"village_{code}*"))


def _deck(home: Path, lang: str, work: Path) -> Any:
    """Run the slides' notebook in a project and make their deck."""
    work.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POVEXIT_HOME", str(home))
        patch.setenv("POVEXIT_KEY_FILE", str(home / "key"))
        page = Page("slides", lang, True, {"month": MONTH})
        given = {"month": MONTH, "edition": "2016", "lang": lang}
        with Pool(work, jobs=1) as pool:
            (result,) = pool.run([Task("deck", DECK.path, given, page)])
        assert result.error is None
        return Presentation(str(publish.deck(work / "deck.ipynb", work / "deck.pptx", page)))


def _charts(deck: Any) -> list[list[float | None]]:
    """Return the numbers of every native chart."""
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    return [[v for s in chart.plots[0].series for v in s.values] for chart in charts]


def test_a_deck_of_one_county_is_whole_and_says_what_is_missing(made: Made, tmp_path: Path) -> None:
    deck = _deck(made.home, "zh", tmp_path / "work")
    said = titles(deck)
    assert len(said) == 15
    assert "只有一个县的数字，没有可以比较的" in said
    assert all(any(v is not None for v in values) for values in _charts(deck))
    summary = decide.verdicts(store.load("decisions_summary", MONTH, YOUJIANG)).iloc[0]
    (households,) = (title for title in said if title.startswith("全市判定"))
    numbers = [style.fmt_int(summary[n]) for n in ("households", "meets", "unknown")]
    assert re.findall(r"[\d,]+(?=户)", households) == numbers
    assert "未计入" in notes(deck.slides[4])
    for slide in deck.slides:
        assert "…" not in slide.shapes.title.text_frame.text
        assert any("模拟数据" in s.text_frame.text for s in slide.shapes if s.has_text_frame)


def test_a_deck_without_survey_ledgers_and_last_month_says_so_slide_by_slide(
    made: Made, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(made.home, home, ignore=shutil.ignore_patterns(f"month={BEFORE}", "reports"))
    for table in ("decisions_survey_households", "cleaned_relocations", "cleaned_funds"):
        shutil.rmtree(home / "data" / "processed" / table)
    deck = _deck(home, "en", tmp_path / "work")
    said = titles(deck)
    assert len(said) == 14  # the survey's second slide has nothing to say
    assert "No survey this month: nothing is estimated" in said
    assert "Against last month: there are no data of last month" in said
    texts = [s.text_frame.text for slide in deck.slides for s in slide.shapes if s.has_text_frame]
    assert sum("No county delivered this ledger" in text for text in texts) == 2
    assert all(any(v is not None for v in values) for values in _charts(deck))
    assert not [title for title in said if CHINESE.search(title)]
