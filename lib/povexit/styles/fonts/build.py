"""Derive the two static fonts of this folder from the variable Noto Sans CJK.

Run at build time only, by whoever changes the set of characters (see README.md)::

    python build.py path/to/NotoSansCJK-VF.otf.ttc

matplotlib takes a variable font at its default weight only (here 100, hairline), and
``instantiateVariableFont`` cannot downgrade this one's CFF2 outlines. So each glyph is drawn
at the weight wanted and its cubic curves are turned into the quadratic ones of TrueType.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

HERE = Path(__file__).parent
FAMILY = "Povexit Sans SC"
FACE = "Noto Sans CJK SC"
WEIGHTS = {"Regular": 400, "Bold": 700}
VERSION = "1.000"
#: How far, in thousandths of the em, a quadratic curve may leave the cubic one.
TOLERANCE = 1.0
#: 2026-01-01 in seconds since 1904: a fixed date, so that two builds give the same bytes.
BUILT = 3_850_070_400
PUNCTUATION = "·×–—‘’“”…‰℃²³≥≤≠≈−±→←↑↓▲▼△▽●○■□◆◇★☆①②③④⑤⑥⑦⑧⑨⑩№℉Ω√∑∞∂µ°§¶†‡•€£¥"


def gb2312() -> set[str]:
    """Return the characters of GB 2312: 6,763 Han and the signs beside them."""
    found: set[str] = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            found.update(bytes([row, cell]).decode("gb2312", errors="ignore"))
    return found


def place_names() -> set[str]:
    """Return every character of the shipped county and township names."""
    found: set[str] = set()
    for file in (HERE.parents[1] / "codes").glob("*.csv"):
        with file.open(encoding="utf-8") as rows:
            found.update(*(text or "" for row in csv.DictReader(rows) for text in row.values()))
    return found


def characters() -> set[str]:
    """Return all characters the fonts should have."""
    latin = {chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x100))}
    extra = set((HERE / "extra_characters.txt").read_text(encoding="utf-8"))
    wanted = gb2312() | latin | place_names() | extra | set(PUNCTUATION)
    return {c for c in wanted if c.isprintable() or c == "\u00a0"}


def face(collection: Path) -> TTFont:
    """Return the simplified Chinese face of the collection."""
    for font in TTCollection(str(collection), lazy=True).fonts:
        if font["name"].getDebugName(1) == FACE:
            return font
    raise SystemExit(f"{collection}: no face named {FACE}")


def outlines(source: TTFont, names: list[str], weight: int) -> tuple[dict, dict]:
    """Return glyf outlines and advance widths at a weight."""
    drawn = source.getGlyphSet(location={"wght": weight})
    glyphs: dict[str, Any] = {}
    widths: dict[str, int] = {}
    for name in names:
        pen = TTGlyphPen(None)
        drawn[name].draw(Cu2QuPen(pen, max_err=TOLERANCE, reverse_direction=True))
        glyphs[name] = pen.glyph()
        widths[name] = round(drawn[name].width)
    return glyphs, widths


def naming(source: TTFont, style: str) -> dict[str, str]:
    """Return the name table: renamed, with the copyright and licence kept."""
    record = source["name"].getDebugName
    return {
        "copyright": record(0),
        "familyName": FAMILY,
        "styleName": style,
        "uniqueFontIdentifier": f"{VERSION};{FAMILY} {style}",
        "fullName": f"{FAMILY} {style}",
        "version": f"Version {VERSION}; derived from {FACE} {record(5)}",
        "psName": f"{FAMILY.replace(' ', '')}-{style}",
        "licenseDescription": record(13),
        "licenseInfoURL": record(14),
    }


def metrics(source: TTFont, style: str) -> dict[str, Any]:
    """Return the OS/2 table: the source's heights, this style's weight."""
    heights = (
        "sTypoAscender",
        "sTypoDescender",
        "sTypoLineGap",
        "usWinAscent",
        "usWinDescent",
        "sxHeight",
        "sCapHeight",
    )
    return {
        "version": 4,
        "usWeightClass": WEIGHTS[style],
        "fsSelection": 0x20 if style == "Bold" else 0x40,
        "achVendID": "PVXT",
        **{name: getattr(source["OS/2"], name) for name in heights},
    }


def build(source: TTFont, style: str) -> TTFont:
    """Return one static font of the family."""
    cmap = source.getBestCmap()
    if absent := sorted(c for c in characters() if ord(c) not in cmap):
        raise SystemExit(f"not in {FACE}: {' '.join(absent)}")
    codes = {ord(c): cmap[ord(c)] for c in sorted(characters())}
    names = [".notdef", *sorted(set(codes.values()) - {".notdef"})]
    glyphs, widths = outlines(source, names, WEIGHTS[style])
    builder = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(codes)
    builder.setupGlyf(glyphs)
    edges = {name: glyphs[name].xMin if glyphs[name].numberOfContours else 0 for name in names}
    builder.setupHorizontalMetrics({name: (widths[name], edges[name]) for name in names})
    head = source["hhea"]
    builder.setupHorizontalHeader(ascent=head.ascent, descent=head.descent)
    builder.setupNameTable(naming(source, style))
    builder.setupOS2(**metrics(source, style))
    builder.font["OS/2"].recalcUnicodeRanges(builder.font)
    builder.font["OS/2"].recalcCodePageRanges(builder.font)
    builder.setupPost(keepGlyphNames=False)
    builder.updateHead(created=BUILT, modified=BUILT, macStyle=int(style == "Bold"))
    builder.font.recalcTimestamp = False
    return builder.font


def main() -> None:
    """Write both fonts beside this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("collection", type=Path, help="NotoSansCJK-VF.otf.ttc")
    source = face(parser.parse_args().collection)
    for style in WEIGHTS:
        target = HERE / f"PovexitSansSC-{style}.ttf"
        build(source, style).save(target)
        print(f"{target.name}: {target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
