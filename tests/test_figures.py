"""Figures as files: all formats of each, named stably, saying their origin, the same to the byte."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.figure import Figure
from pypdf import PdfReader
from tests import executed
from tests import finished_tables as finished
from tests.all_figures import DRAWN
from tests.executed import ENGLISH, PAGE, code, prose, write
from tests.test_publish import HOSTILE

from povexit import batch, charts, cli, maps, publish, store, style
from povexit.errors import StoreError
from povexit.publish import drawings, geodata, library
from povexit.publish.folder import whole_folder

NAMES = ["criteria_bars", "choropleth", "county_map"]


@pytest.fixture(autouse=True)
def _own_look() -> Iterator[None]:
    with plt.rc_context():
        style.use("zh")
        yield
    style.use("zh")
    plt.close("all")


def cell(fig: Figure, name: str | None = None):
    """Return a cell that shows a figure as a notebook's file holds it."""
    told = style.description(fig)
    data = {"image/svg+xml": drawings.as_svg(fig)}
    if told:
        data[style.FIGURE_MIME] = json.loads(json.dumps(told | ({"name": name} if name else {})))
    return code(data)


def drawn(name: str, lang: str = "zh") -> Figure:
    made = DRAWN[name](lang, f"图 {name}")
    return made if isinstance(made, Figure) else style.figure_of(made)


def notebook(path: Path, *names: str, lang: str = "zh") -> Path:
    with style.within(lang, "report"):
        cells = [cell(drawn(name, lang)) for name in names]
    return write(path, prose("# 田东县月报"), *cells)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    there = tmp_path_factory.mktemp("month")
    book = notebook(there / "county_451022.ipynb", *NAMES, "criteria_bars")
    publish.figures([book], there / "figures", PAGE)
    return there / "figures"


def listed(folder: Path) -> pd.DataFrame:
    text = (folder / library.INDEX).read_text(encoding="utf-8-sig")
    return pd.read_csv(io.StringIO(text), dtype="string").fillna("").set_index("name")


def pixels(file: Path) -> tuple[int, int]:
    return struct.unpack(">II", file.read_bytes()[16:24])


def test_every_figure_has_its_files_and_is_listed_with_its_words(folder: Path) -> None:
    table = listed(folder)
    wanted = [f"county_451022__{name}" for name in (*NAMES, "criteria_bars_2")]
    assert list(table.index) == wanted
    kinds = ["projection_png", "paper_png", "svg", "pdf", "csv"]
    places = [place for kind in kinds for place in table[kind]]
    places += [p for kind in ("gpkg", "geojson") for p in table[kind] if p]
    assert len(places) == len(set(places)) == 4 * 5 + 2 * 2
    assert all((folder / place).stat().st_size > 100 for place in places)
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert there == {*places, "index.html", "sheet.pdf", library.INDEX}
    assert table.loc[wanted[0], "alt"].startswith("10项标准")
    assert table.loc[wanted[0], "report"] == "田东县月报"
    assert "天地图" in table.loc[wanted[1], "source"]


def test_the_same_notebook_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    book = notebook(tmp_path / "county_451022.ipynb", *NAMES, "criteria_bars")
    again = publish.figures([book], tmp_path / "figures", PAGE).parent
    for file in (p for p in folder.rglob("*") if p.is_file()):
        assert (again / file.relative_to(folder)).read_bytes() == file.read_bytes(), file.name


def test_a_projected_figure_fills_the_screen_and_a_printed_one_has_300_dots(folder: Path) -> None:
    for row in listed(folder).to_dict("records"):
        width, height = pixels(folder / row["projection_png"])
        assert width <= 1921
        assert height <= 1081
        assert width >= 1919 or height >= 1079
    name = listed(folder)["paper_png"].iloc[0]
    assert pixels(folder / name)[0] == pytest.approx(6.7 * 300, abs=2)


def test_where_letters_would_be_small_the_figure_is_drawn_anew(folder: Path) -> None:
    walls = listed(folder)["on_a_wall"]
    assert walls["county_451022__criteria_bars"] == "as_printed"
    assert walls["county_451022__choropleth"] == "drawn_anew"
    screen = style.projection()
    with style.within("zh", "slides"):
        width, height = style.stage()
        again = publish.redraw(json.loads(json.dumps(style.description(drawn("choropleth")))))
        assert tuple(again.get_size_inches()) <= (width, height)
        letters = style.text_size() * min(screen["width"] / width, screen["height"] / height) / 72
    assert letters >= screen["text"]


def test_a_figure_says_its_report_and_edition_and_that_it_is_simulated() -> None:
    assert drawings.origin(PAGE, "田东县月报") == [
        "模拟数据 simulated",
        "田东县月报 · 标准版本 2016",
    ]
    assert drawings.origin(ENGLISH, "Report") == ["Report · Edition of the standard 2016"]
    with style.within("zh", "report"):
        svg = drawings.as_svg(drawn("criteria_bars"))
        made = [
            drawings.with_foot(svg, lines, title="<题>", alt="甲 & 乙", bold=True)
            for lines in (["模拟数据 simulated", "月报"], ["月报"])
        ]
    heights = [drawings.size(text)[1] for text in (svg, *made)]
    assert heights[0] < heights[2] < heights[1]
    assert "<title>&lt;题&gt;</title>" in made[0]
    assert "<desc>甲 &amp; 乙</desc>" in made[0]
    ids = re.findall(r'\bid="([^"]+)"', made[0])
    links = re.findall(r'(?:href="#|url\(#)([^")]+)', made[0])
    assert len(ids) == len(set(ids))
    assert set(links) <= set(ids)


def test_a_pdf_is_archivable_has_one_page_and_the_words_of_the_figure(folder: Path) -> None:
    file = folder / "pdf" / "county_451022__criteria_bars.pdf"
    pdf = PdfReader(file)
    assert len(pdf.pages) == 1
    assert pdf.metadata is not None
    assert pdf.metadata.title == "图 criteria_bars"
    raw = file.read_bytes().decode("latin-1")
    assert "<pdfaid:part>2</pdfaid:part>" in raw
    width, height = (float(x) for x in pdf.pages[0].mediabox[2:])
    assert width == pytest.approx(6.7 * 72, abs=0.1)
    assert height > 100


def test_the_sheets_show_every_figure_and_say_that_data_are_simulated(folder: Path) -> None:
    html = (folder / "index.html").read_text(encoding="utf-8")
    for name, row in listed(folder).iterrows():
        assert str(name) in html
        assert f'href="{row["svg"]}"' in html
        assert f'alt="{row["alt"]}"' in html
    assert "模拟数据" in html
    assert "<script" not in html
    text = "".join(page.extract_text() for page in PdfReader(folder / "sheet.pdf").pages)
    assert text.count("county_451022") == 4
    assert "模拟数据" in text


# maps


@pytest.mark.parametrize("ending", ["gpkg", "geojson"])
def test_a_map_of_counties_has_their_areas_and_only_the_values_shown(
    folder: Path, ending: str
) -> None:
    frame = gpd.read_file(folder / "maps" / f"county_451022__choropleth.{ending}")
    assert len(frame) == 12
    assert frame.crs.to_epsg() == 4326
    assert (
        36_000 < frame.to_crs("+proj=aea +lat_1=25 +lat_2=47 +lon_0=105").area.sum() / 1e6 < 36_400
    )
    by = frame.set_index("status")["value"]
    assert by.drop("shown").isna().all()
    assert by["shown"].notna().all()


@pytest.mark.parametrize("ending", ["gpkg", "geojson"])
def test_a_map_of_villages_has_their_points(folder: Path, ending: str) -> None:
    frame = gpd.read_file(folder / "maps" / f"county_451022__county_map.{ending}")
    table = finished.villages()
    assert len(frame) == len(table)
    assert frame.geometry.isna().sum() == 1
    assert frame.loc[frame["status"] != "shown", "value"].isna().all()
    first = frame.set_index("village_name").loc[table["village_name"][1]]
    assert first.geometry.x == pytest.approx(table["longitude"][1], abs=1e-6)


def test_geodata_name_the_source_of_the_boundaries(folder: Path) -> None:
    text = (folder / "maps" / "county_451022__choropleth.geojson").read_text(encoding="utf-8")
    assert "天地图" in json.loads(text)["description"]


@pytest.mark.parametrize("name", [name for name in maps.__all__ if name in DRAWN])
def test_every_map_has_a_layer_with_its_values(name: str) -> None:
    told = json.loads(json.dumps(style.description(drawn(name))))
    frame = geodata.layer(told)
    assert frame is not None
    assert len(frame) == len(told["data"]["rows"])
    assert set(told["data"]["columns"]) - {"longitude", "latitude"} <= set(frame.columns)
    assert frame.geometry.notna().sum() >= len(frame) - 1
    assert geodata.geopackage(frame, name, "x") == geodata.geopackage(frame, name, "x")


def test_a_chart_is_no_map_and_a_map_without_rows_has_no_layer() -> None:
    assert geodata.layer(json.loads(json.dumps(style.description(drawn("criteria_bars"))))) is None
    empty = style.description(
        style.figure_of(maps.choropleth(finished.county_values().iloc[:0], title="", unit="%"))
    )
    assert geodata.layer(empty or {}) is None
    assert geodata.layer({}) is None


# what may come in a notebook


def test_names_of_a_notebook_lead_out_of_no_folder_and_text_is_no_formula(tmp_path: Path) -> None:
    with style.within("zh", "report"):
        table = finished.ranking().assign(name="=cmd|'/c calc'!A0")
        fig = style.figure_of(charts.county_ranking(table, title=" ".join(HOSTILE)))
        book = write(
            tmp_path / "a.ipynb", prose("# " + " ".join(HOSTILE)), cell(fig, "../../Öut /x")
        )
    publish.figures([book], tmp_path / "figures", PAGE)
    files = [p for p in (tmp_path / "figures").rglob("*") if p.is_file()]
    assert {p.stem for p in files} <= {"a__ut_x", "index", "sheet", "figures"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.ipynb", "figures"]
    with (tmp_path / "figures" / "data" / "a__ut_x.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert {row["name"][0] for row in rows} == {"'"}
    for ending in ("html", "svg"):
        (text,) = (p.read_text(encoding="utf-8") for p in files if p.suffix == f".{ending}")
        assert "<script" not in text.lower()


@pytest.mark.parametrize(
    "inside", ["<script>alert(1)</script>", "<g onload='x()'/>", "<foreignObject/>"]
)
def test_a_drawing_that_would_run_in_a_browser_is_left_out(inside: str, tmp_path: Path) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50">{inside}</svg>'
    book = write(tmp_path / "a.ipynb", prose("# 题"), code({"image/svg+xml": svg}))
    assert list(drawings.read(book)) == []
    with pytest.raises(StoreError, match="none of the reports has a figure"):
        publish.figures([book], tmp_path / "figures", PAGE)
    assert not (tmp_path / "figures").exists()


def test_a_figure_drawn_freely_has_its_files_and_is_told_small_where_it_is(tmp_path: Path) -> None:
    with style.within("en", "report"):
        cells = [cell(plt.subplots(figsize=size)[0]) for size in ((6.7, 4), (6.7, 9))]
    book = write(tmp_path / "own.ipynb", prose("# Own"), prose("## A question"), *cells)
    publish.figures([book], tmp_path / "figures", ENGLISH)
    table = listed(tmp_path / "figures")
    assert list(table.index) == ["own__figure", "own__figure_2"]
    assert list(table["on_a_wall"]) == ["as_printed", "small_letters"]
    assert set(table["title"]) == {"A question"}
    assert "csv" not in table


# whole or not at all


def test_what_stood_there_stays_until_all_is_made_and_goes_then(tmp_path: Path) -> None:
    out = tmp_path / "figures"
    out.mkdir()
    (out / "earlier.png").write_text("x")
    torn = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><g></svg>'
    bad = write(tmp_path / "bad.ipynb", prose("# 题"), code({"image/svg+xml": torn}))
    good = notebook(tmp_path / "good.ipynb", "criteria_bars")
    with pytest.raises(StoreError, match="could not be turned into a file"):
        publish.figures([good, bad], out, PAGE)
    assert [p.name for p in out.iterdir()] == ["earlier.png"]
    publish.figures([good], out, PAGE)
    assert not (out / "earlier.png").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.ipynb", "figures", "good.ipynb"]


def test_a_full_disk_is_told_and_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(library.raster, "pdf", full)
    with pytest.raises(StoreError, match="could not write"):
        publish.figures([notebook(tmp_path / "a.ipynb", "criteria_bars")], tmp_path / "f", PAGE)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.ipynb"]


def test_a_run_killed_between_the_two_names_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / ".f.before").mkdir()
    (tmp_path / ".f.before" / "a").write_text("earlier")
    with pytest.raises(RuntimeError), whole_folder(tmp_path / "f"):
        raise RuntimeError
    assert (tmp_path / "f" / "a").read_text() == "earlier"


def test_the_look_of_the_caller_is_left_as_it_was(tmp_path: Path) -> None:
    style.use("en", "screen")
    publish.figures([notebook(tmp_path / "a.ipynb", "choropleth")], tmp_path / "f", PAGE)
    assert style.current() == ("en", "screen")
    assert plt.rcParams["font.size"] == 10
    style.use("zh")
    assert plt.get_fignums() == []


def test_an_english_sheet_is_english(tmp_path: Path) -> None:
    book = notebook(tmp_path / "a.ipynb", "criteria_bars", lang="en")
    html = publish.figures([book], tmp_path / "f", ENGLISH).read_text(encoding="utf-8")
    assert "1 figures; click one for the picture to project" in html
    assert "PNG to project" in html
    assert store.sha256(tmp_path / "f" / "sheet.pdf")


def test_every_report_of_the_tests_is_taken(tmp_path: Path) -> None:
    """A figure that carries words but not how it was drawn, as another tool may write."""
    publish.figures([executed.report(tmp_path / "a.ipynb")], tmp_path / "f", PAGE)
    assert list(listed(tmp_path / "f").index) == ["a__meets"]


def test_the_command_writes_the_figures_of_all_reports_beside_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    books = [notebook(tmp_path / "notebooks" / f"{n}.ipynb", "criteria_bars") for n in "ab"]
    reports = [batch.Delivered(book.stem, book, PAGE) for book in books]
    monkeypatch.setattr(batch, "delivered", lambda month, lang: reports)
    monkeypatch.setattr(batch, "last_run", lambda month, lang: None)
    monkeypatch.setattr(batch, "whole", lambda options, title: PAGE)
    assert cli.main(["figures", "--month", "2016-06"]) == cli.DELIVERED
    assert Path(capsys.readouterr().out.strip()) == tmp_path / "figures" / "index.html"
    assert list(listed(tmp_path / "figures").index) == ["a__criteria_bars", "b__criteria_bars"]
