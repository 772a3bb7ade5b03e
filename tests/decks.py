"""Slides of invented numbers, decks made of them, and what can be read off a deck."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
from pptx import Presentation
from pptx.util import Inches
from tests import executed

from povexit import publish, slides, style
from povexit.slides import Slide

PAGE = publish.Page("领导小组会议材料", "zh", True, executed.PROVENANCE)
ENGLISH = publish.Page("Slides for the leading group", "en", False, executed.PROVENANCE)
LONG = "右江河谷沿岸易地扶贫搬迁集中安置区第二期工程联合管理委员会"
COUNTIES = pd.DataFrame(
    {"name": ["右江", "田阳", LONG], "meets": [0.41, 0.5, None], "fails": [0.57, 0.49, None]}
)


class Printed:
    """A table as `povexit.tables` prints it."""

    def __init__(self, rows: int, columns: int = 3) -> None:
        names = ["县", *(f"指标{i}" for i in range(1, columns))]
        cells = [[f"第{i}县", *["12.5%"] * (columns - 1)] for i in range(rows)]
        self.frame = pd.DataFrame(cells, columns=names, dtype="str")
        self.numeric = (False, *[True] * (columns - 1))
        self.totals = (*[False] * max(rows - 1, 0), *[True] * min(rows, 1))


def bars(**given: Any) -> Slide:
    """A slide of bars, one of them unknown."""
    told = {
        "column": "meets",
        "name": "达标比例",
        "unit": "%",
        "remark": "占判定户",
        "notes": ["共3县"],
    }
    return slides.bars("田阳达标比例最高：50.0%", COUNTIES, **told | given)


def every() -> list[Slide]:
    """One slide of each kind."""
    style.use("zh", "slides")
    parts = {"meets": ("达标", "pass"), "fails": ("未达标", "fail")}
    way = {"meets": ("实际", "reached"), "fails": ("目标", "wanted")}
    drawn = slides.canvas()
    drawn.plot([0, 1], [0, 1])
    return [
        slides.cover("脱贫攻坚进展", ["2016-06", "全部 12 个县已交付。"], ["开场"]),
        bars(),
        slides.stacked("各县构成", COUNTIES, parts=parts, unit="%"),
        slides.paths("逐月进度", COUNTIES, parts=way, unit="人"),
        slides.table("各县各项", Printed(12)),
        slides.picture("示意图", drawn),
        slides.lines("上月未交付", ["无法比较。"]),
    ]


def notebook(path: Path, made: list[Slide]) -> Path:
    """Write slides as the outputs of an executed notebook."""
    shown = [json.loads(json.dumps(slide._repr_mimebundle_())) for slide in made]
    return executed.write(path, *(executed.code(data) for data in shown))


def deck(folder: Path, made: list[Slide], page: Any = PAGE, template: Path | None = None) -> Any:
    """Make a deck and open it."""
    source = notebook(folder / "deck.ipynb", made)
    return Presentation(str(publish.deck(source, folder / "deck.pptx", page, template)))


def template(path: Path, size: tuple[float, float] = (13.333, 7.5), keep: int = 11) -> Path:
    """Save an office's template: the layouts python-pptx has, on slides of a size, and one slide."""
    office = Presentation()
    wide = size[0] / 10
    office.slide_width, office.slide_height = (Inches(side) for side in size)
    for layout in list(office.slide_layouts)[keep:]:
        office.slide_layouts.remove(layout)
    for page in (office.slide_master, *office.slide_layouts):
        for shape in page.placeholders:
            if shape._element.spPr.find("{*}xfrm") is not None:
                shape.left, shape.width = int(shape.left * wide), int(shape.width * wide)
    slide = office.slides.add_slide(office.slide_layouts[0])
    slide.shapes.title.text = "去年的会议"
    path.parent.mkdir(parents=True, exist_ok=True)
    office.save(str(path))
    return path


def titles(made: Any) -> list[str]:
    """Return the titles, each on one line."""
    whole = [slide.shapes.title.text_frame.text.replace("\v", " ") for slide in made.slides]
    return [re.sub("(?<=[，；：。]) ", "", title) for title in whole]


def notes(slide: Any) -> str:
    """Return what the speaker reads."""
    return str(slide.notes_slide.notes_text_frame.text)


def charts(made: Any) -> list[Any]:
    """Return the native charts."""
    return [shape.chart for slide in made.slides for shape in slide.shapes if shape.has_chart]


def parts(path: Path) -> dict[str, bytes]:
    """Return every part of a file of Office, those of its workbooks too."""
    with zipfile.ZipFile(path) as source:
        found = {name: source.read(name) for name in source.namelist()}
    for name in [n for n in found if n.endswith(".xlsx")]:
        with zipfile.ZipFile(io.BytesIO(found[name])) as book:
            found |= {f"{name}!{part}": book.read(part) for part in book.namelist()}
    return found
