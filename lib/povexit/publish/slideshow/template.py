"""The template of a deck: the house's, or an office's, asked for what it must have."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER as KIND
from pptx.exc import PackageNotFoundError
from pptx.oxml.ns import qn

from povexit.errors import StoreError

#: Wide slides are 16 to 9; what Office calls so varies a little.
_WIDE, _ROUGHLY = 16 / 9, 0.02
#: What a file may hold when it is unpacked: an office's template has some megabytes.
_LARGEST_BYTES = 300_000_000
_TITLES = (KIND.TITLE, KIND.CENTER_TITLE)
_FEET = (KIND.DATE, KIND.FOOTER, KIND.SLIDE_NUMBER, KIND.HEADER)
#: The part of a slide that a body takes at least.
_LEAST = 0.3
EXPECTED = (
    "a layout with a title and a subtitle (标题幻灯片 / Title Slide), and one with a title and one"
    " large body (标题和内容 / Title and Content)"
)
HINT = "add the layouts in PowerPoint or WPS (视图 > 幻灯片母版), or leave out --template"


@dataclass(frozen=True)
class Template:
    """An open presentation without slides, and the layouts to use."""

    presentation: Any
    cover: Any
    content: Any

    @property
    def scale(self) -> float:
        """How large its slides are against slides of 13.33 inches: text grows with them."""
        return round(float(self.presentation.slide_width) / 914400 / (40 / 3), 2)


def load(path: Path | None) -> Template:
    """Open a template and find its layouts; slides it holds are dropped.

    Parameters
    ----------
    path
        An office's ``.pptx``; the house's own without it.

    Raises
    ------
    StoreError
        If it is missing, no presentation, damaged, holds macros, is not 16 to 9, or lacks a
        layout.
    """
    own = path is None
    path = Path(str(files("povexit") / "templates" / "deck.pptx")) if path is None else path
    deck = _opened(path)
    _check_size(deck, path)
    _empty(deck)
    layouts = [layout for master in deck.slide_masters for layout in master.slide_layouts]
    cover = next((x for x in layouts if _has(x, _TITLES, (KIND.SUBTITLE,))), None)
    content = next(
        (x for x in layouts if _has(x, _TITLES, (KIND.OBJECT,)) and _is_large(x, deck)), None
    )
    if cover is None or content is None:
        raise StoreError(
            "the template lacks a layout that a deck needs",
            where=path,
            expected=EXPECTED,
            found="; ".join(map(_described, layouts)) or "no layout",
            hint="restore the file from the repository" if own else HINT,
        )
    return Template(deck, cover, content)


def _opened(path: Path) -> Any:
    if not path.is_file():
        raise StoreError("no such template", where=path, hint="give the path of a .pptx file")
    if path.suffix.lower() != ".pptx":
        raise StoreError(
            "this kind of file is no template for a deck",
            where=path,
            expected="a .pptx file",
            found=path.suffix or "a name without an ending",
            hint="open it in PowerPoint or WPS and save it as .pptx (演示文稿), without macros",
        )
    _check_parts(path)
    try:
        return Presentation(str(path))
    except (PackageNotFoundError, KeyError, ValueError, AttributeError, SyntaxError) as error:
        raise _damaged(path, error) from error


def _check_parts(path: Path) -> None:
    """Refuse what is no ZIP, unpacks to too much, or holds macros under a harmless name."""
    try:
        with zipfile.ZipFile(path) as parts:
            broken = parts.testzip() if _fits(parts) else "a part that unpacks without end"
            names = parts.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise _damaged(path, error) from error
    if broken:
        raise _damaged(path, broken)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise StoreError(
            "the template holds macros",
            where=path,
            expected="a presentation without macros",
            hint="save it as .pptx (演示文稿) in PowerPoint or WPS, which leaves macros out",
        )


def _fits(parts: zipfile.ZipFile) -> bool:
    return sum(info.file_size for info in parts.infolist()) <= _LARGEST_BYTES


def _damaged(path: Path, found: object) -> StoreError:
    return StoreError(
        "the template cannot be opened: damaged, under a password, or no presentation",
        where=path,
        expected="a .pptx file that PowerPoint or WPS opens",
        found=found if isinstance(found, str) else type(found).__name__,
        hint="open it in PowerPoint or WPS, save it again as .pptx, and try again",
    )


def _check_size(deck: Any, path: Path) -> None:
    wide, high = deck.slide_width, deck.slide_height
    if wide and high and abs(wide / high - _WIDE) <= _ROUGHLY:
        return
    found = f"{wide / 914400:.1f} × {high / 914400:.1f} inches" if wide and high else "no size"
    raise StoreError(
        "the template's slides are not wide",
        where=path,
        expected="16:9",
        found=found,
        hint="in PowerPoint: 设计 > 幻灯片大小 > 宽屏 (16:9), then save",
    )


def _empty(deck: Any) -> None:
    """Drop the slides a template holds, and the list of sections that names them."""
    listed = deck.slides._sldIdLst
    for slide in list(listed):
        deck.part.drop_rel(slide.rId)
        listed.remove(slide)
    root = deck.part._element
    for extensions in root.findall(qn("p:extLst")):
        root.remove(extensions)


def _kinds(layout: Any, kinds: tuple[Any, ...]) -> list[Any]:
    return [p for p in layout.placeholders if p.placeholder_format.type in kinds]


def _has(layout: Any, *asked: tuple[Any, ...]) -> bool:
    """Tell whether a layout has one placeholder of each kind asked, and no other but its foot."""
    others = [p for p in layout.placeholders if p.placeholder_format.type not in _FEET]
    return len(others) == len(asked) and all(len(_kinds(layout, kinds)) == 1 for kinds in asked)


def _is_large(layout: Any, deck: Any) -> bool:
    """Tell a body that a chart can stand in from a line of text, or from upright text."""
    (body,) = _kinds(layout, (KIND.OBJECT,))
    area = (body.width or 0) * (body.height or 0)
    return bool(area >= _LEAST * deck.slide_width * deck.slide_height)


def _described(layout: Any) -> str:
    kinds = [p.placeholder_format.type.name.lower() for p in layout.placeholders]
    return f"{layout.name} ({', '.join(kinds)})"
