"""What is made of a month already run: every report it has, none that it has not, nothing run again."""

from __future__ import annotations

from pathlib import Path

import pytest
from pptx import Presentation
from pypdf import PdfReader
from tests import decks
from tests.tiny_month import COUNTIES, MONTH, Home, three_counties

from povexit import batch, cli
from povexit.batch.options import CITY_PAGES
from povexit.errors import StoreError


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A project whose month was made, but for one county."""
    made = Home(tmp_path_factory.mktemp("delivered") / "home").furnish()
    made.deliver(COUNTIES[1], "refused")
    with pytest.MonkeyPatch.context() as patch:
        at(made, patch)
        made.run()
    return made


def at(home: Home, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("POVEXIT_HOME", str(home.folder))
    patch.setenv("POVEXIT_KEY_FILE", str(home.folder.parent / "key"))
    three_counties(patch)


def test_every_report_made_has_notebook_title_and_provenance(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(home, monkeypatch)
    found = {report.name: report for report in batch.delivered(MONTH)}
    made = [f"county_{code}" for code in (COUNTIES[0], COUNTIES[2])]
    assert list(found) == [*(name for name in CITY_PAGES if name != "deck"), *made]
    assert all(report.notebook.is_file() for report in found.values())
    page = found[made[0]].page
    assert page.title == "右江区脱贫退出月报（2016-06）"
    assert page.simulated
    assert page.provenance["notebook"] == "notebooks/04_county_report.ipynb"
    assert page.provenance["month"] == MONTH
    # the very provenance that the page in HTML has
    assert page.provenance["inputs"] in home.page(made[0]).read_text(encoding="utf-8")


def test_a_language_not_made_says_which_command_makes_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(home, monkeypatch)
    with pytest.raises(StoreError) as told:
        batch.delivered(MONTH, "en")
    assert told.value.hint == f"run: povexit run --month {MONTH} --lang en"


def test_the_command_makes_a_pdf_of_each_and_a_volume(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at(home, monkeypatch)
    kernels = len(home.kernels())
    assert cli.main(["pdf", "--month", MONTH]) == cli.DELIVERED
    names = [Path(line).name for line in capsys.readouterr().out.splitlines()]
    counties = [f"county_{code}.pdf" for code in (COUNTIES[0], COUNTIES[2])]
    assert names == [
        *(f"{kind}.pdf" for kind in CITY_PAGES if kind != "deck"),
        *counties,
        "volume.pdf",
    ]
    folder = home.folder / "reports" / MONTH / "pdf"
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    bound = PdfReader(folder / "volume.pdf")
    assert [mark["/Title"] for mark in bound.outline if not isinstance(mark, list)][1:] == [
        "city zh",
        "451002 zh",
        "451022 zh",
    ]
    assert len(home.kernels()) == kernels


@pytest.mark.parametrize("product", cli.PRODUCTS)
def test_a_month_never_run_is_named_with_the_command(
    product: str, home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at(home, monkeypatch)
    assert cli.main([product, "--month", "2016-05"]) == cli.WRONG_USE
    assert "povexit run --month 2016-05" in capsys.readouterr().err


def test_slides_are_no_report_and_have_a_command_of_their_own(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at(home, monkeypatch)
    found = batch.slides(MONTH)
    assert found.name == "deck"
    assert found.page.title == "百色市脱贫攻坚领导小组会议材料（2016-06）"
    # the tiny month's notebook shows no slide: the command says so and what to do
    assert cli.main(["deck", "--month", MONTH]) == cli.WRONG_USE
    assert "the notebook has no slides" in capsys.readouterr().err
    assert cli.main(["deck", "--month", MONTH, "--lang", "en"]) == cli.WRONG_USE
    assert f"povexit run --month {MONTH} --lang en" in capsys.readouterr().err


def test_the_command_writes_the_deck_beside_the_reports(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at(home, monkeypatch)
    decks.notebook(batch.slides(MONTH).notebook, [decks.bars()])
    assert cli.main(["deck", "--month", MONTH]) == cli.DELIVERED
    out = home.folder / "reports" / MONTH / "deck.pptx"
    assert capsys.readouterr().out.strip() == str(out)
    assert decks.titles(Presentation(str(out))) == [decks.bars().title]
