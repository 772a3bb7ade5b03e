"""Make ``deck.pptx``, the template a deck has unless an office gives its own.

Run by hand when its look changes: ``python lib/povexit/templates/build_deck.py``. It takes the
default template of python-pptx for its structure and gives it wide slides, two layouts, the
house's colours and fonts. The result is an ordinary template: copy it, change it in PowerPoint
or WPS, and hand it to ``povexit deck --template``.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.opc.oxml import serialize_part_xml
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from povexit.publish.slideshow.package import steady
from povexit.publish.slideshow.text import element
from povexit.style import COLORS, STATUS, look

OUT = Path(__file__).with_name("deck.pptx")
KEPT = ("Title Slide", "Title and Content")
LATIN, EAST_ASIAN = "Arial", "微软雅黑"
SIZE = (13.333, 7.5)
#: Left, top, width, height in inches; alignment; anchor; size in points; bold.
TITLE = ((0.55, 0.3, 12.2, 1.05), "l", "ctr", 28, True)
CONTENT = ((0.55, 1.55, 12.2, 5.25), "l", "t", 20, False)
COVER = ((1.2, 1.9, 11.3, 1.9), "l", "b", 40, True)
UNDER = ((1.2, 4.05, 11.3, 2.2), "l", "t", 20, False)
FOOT: dict[str | None, Any] = {
    "ftr": ((0.55, 6.98, 3.4, 0.34), "ctr", "ctr", 12, False),
    "dt": ((8.0, 6.98, 3.2, 0.34), "r", "ctr", 12, False),
    "sldNum": ((11.55, 6.98, 1.2, 0.34), "r", "ctr", 12, False),
}
THEME = {
    "dk1": COLORS["ink"],
    "lt1": "#FFFFFF",
    "dk2": look()["sequential"]["colors"][-1],
    "lt2": COLORS["pale"],
    "accent1": STATUS["pass"].color,
    "accent2": STATUS["fail"].color,
    "accent3": COLORS["muted"],
    "accent4": look()["sequential"]["colors"][2],
    "accent5": COLORS["accent"],
    "accent6": look()["kind"]["poor"]["color"],
    "hlink": look()["sequential"]["colors"][3],
    "folHlink": COLORS["muted"],
}


def build() -> bytes:
    """Return the template as a file's bytes."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = (Inches(side) for side in SIZE)
    for layout in list(deck.slide_layouts):
        if layout.name not in KEPT:
            deck.slide_layouts.remove(layout)
    master = deck.slide_master
    _style(master, {"title": TITLE, "body": CONTENT, **FOOT})
    _band(master, (0.55, 1.4, 12.2, 0.035))
    title_slide, content = deck.slide_layouts
    _style(title_slide, {"ctrTitle": COVER, "subTitle": UNDER, **FOOT})
    _style(content, {"title": TITLE, None: CONTENT, **FOOT})
    title_slide._element.set("showMasterSp", "0")
    _band(title_slide, (0, 0, 0.45, SIZE[1]))
    _theme(master)
    out = io.BytesIO()
    deck.save(out)
    return steady(out.getvalue())


def _style(page: Any, boxes: dict[str | None, Any]) -> None:
    """Put each placeholder in its place and set its text; drop what has none."""
    for shape in list(page.placeholders):
        kind = shape._element.ph.get("type")
        if kind not in boxes:
            shape._element.getparent().remove(shape._element)
            continue
        box, align, anchor, size, bold = boxes[kind]
        shape.left, shape.top, shape.width, shape.height = (Inches(x) for x in box)
        body = shape._element.txBody
        body.bodyPr.set("anchor", anchor)
        body.bodyPr.set("lIns", "0")
        for fit in list(body.bodyPr):
            body.bodyPr.remove(fit)
        _first_level(body, align, size, bold, is_foot=kind in FOOT)


def _first_level(body: Any, align: str, size: int, bold: bool, is_foot: bool) -> None:
    styles = body.find(qn("a:lstStyle"))
    for child in list(styles):
        styles.remove(child)
    level = _under(styles, "a:lvl1pPr", algn=align, marL="0", indent="0")
    _under(level, "a:buNone")
    run = _under(level, "a:defRPr", sz=str(Pt(size).centipoints), b=str(int(bold)))
    fill = _under(run, "a:solidFill")
    _under(fill, "a:schemeClr", val="accent3" if is_foot else "tx1")


def _band(page: Any, box: tuple[float, float, float, float]) -> None:
    """Draw a band of the first accent, behind everything else."""
    slide = Presentation().slides.add_slide(Presentation().slide_layouts[6])
    band = slide.shapes.add_shape(1, *(Inches(x) for x in box))._element
    for style in band.findall(qn("p:style")):
        band.remove(style)
    properties = band.spPr
    fill = _under(properties, "a:solidFill")
    _under(fill, "a:schemeClr", val="accent1")
    line = _under(properties, "a:ln")
    _under(line, "a:noFill")
    band.nvSpPr.cNvPr.set("id", "99")
    band.nvSpPr.cNvPr.set("name", "Band")
    page.shapes._spTree.insert(2, band)


def _under(parent: Any, name: str, **attributes: str) -> Any:
    child = element(name, **attributes)
    parent.append(child)
    return child


def _theme(master: Any) -> None:
    part = next(r.target_part for r in master.part.rels.values() if r.reltype.endswith("/theme"))
    theme = parse_xml(part.blob)
    theme.set("name", "povexit")
    for name, color in THEME.items():
        slot = theme.find(f".//{qn('a:clrScheme')}/{qn('a:' + name)}")
        for child in list(slot):
            slot.remove(child)
        _under(slot, "a:srgbClr", val=color.lstrip("#"))
    for kind in ("majorFont", "minorFont"):
        font = theme.find(f".//{qn('a:' + kind)}")
        for child in list(font):
            font.remove(child)
        for name, face in (("latin", LATIN), ("ea", EAST_ASIAN), ("cs", LATIN)):
            _under(font, f"a:{name}", typeface=face)
        _under(font, "a:font", script="Hans", typeface=EAST_ASIAN)
    part._blob = serialize_part_xml(theme)


if __name__ == "__main__":
    OUT.write_bytes(build())
