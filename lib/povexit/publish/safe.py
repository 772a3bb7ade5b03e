"""From an executed notebook to fragments of HTML that cannot do harm.

Everything a county typed may reach an output: a village name is as good a
place for a script as any. So nothing passes unless it is on a list: MIME types
first, then tags and attributes. Pictures go in as ``<img>`` with their data
inside, where a browser runs no script; JavaScript and widgets are dropped. A county map is
drawn anew from its data.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import nh3

from povexit.style import FIGURE_MIME

HEADINGS = {"h1", "h2", "h3", "h4"}
TABLE_TAGS = {"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"}
TEXT_TAGS = {"p", "strong", "em", "b", "i", "ul", "ol", "li", "br", "hr", "sub", "sup", "small"}
BLOCK_TAGS = {"span", "div", "section", "blockquote", "dl", "dt", "dd", "code", "pre", "a"}
TAGS = HEADINGS | TABLE_TAGS | TEXT_TAGS | BLOCK_TAGS | {"figure", "figcaption", "img"}
ATTRIBUTES = {
    "*": {"class", "lang", "title"},
    "a": {"href"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan", "data-value"},
    "col": {"span"},
    "ol": {"start"},
    "img": {"src", "alt", "width", "height"},
}
# What is dropped with all it holds; any other unknown tag only loses its brackets.
DROPPED = {"script", "style", "iframe", "object", "template", "noscript", "title", "textarea"}
IMAGE_DATA = re.compile(r"data:image/(png|svg\+xml);base64,[A-Za-z0-9+/=\s]+")
# What a printed number is sorted by.
VALUE = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
# A cell that holds nothing but a number, its sign, separators, unit sign or interval.
NUMBER = re.compile(r"[-+−±≈<>≤≥]?\s?\d[\d,.\s]*[%‰]?(\s?[-–~至]\s?[-−]?\d[\d,.]*\s?%?)?")
CELL = re.compile(r"<td>([^<]*)</td>")
# matplotlib names itself here, in the same words a drawing's title has
SVG_CREATOR = re.compile(r"<dc:creator>.*?</dc:creator>", flags=re.S)
SVG_TITLE = re.compile(r"<(?:dc:)?title[^>]*>\s*([^<]+?)\s*</(?:dc:)?title>")
# As `povexit.maps.svg` names it.
COUNTY_MAP = "application/vnd.povexit.map+json"
# Best first: a drawing that scales, then a table, then words, then a photograph.
PREFERRED = ("image/svg+xml", "image/png", "text/html", "text/markdown")


def clean_html(fragment: str) -> str:
    """Return a fragment with only the tags and attributes of the allow-list.

    Examples
    --------
    >>> clean_html('<h2 onclick="x()">田阳<script>alert(1)</script></h2>')
    '<h2>田阳</h2>'
    """
    return nh3.clean(
        fragment,
        tags=TAGS,
        attributes=ATTRIBUTES,
        clean_content_tags=DROPPED,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if IMAGE_DATA.fullmatch(value) else None
    if name == "data-value":
        return value if VALUE.fullmatch(value) else None
    if name == "href" and value.lstrip().lower().startswith("data:"):
        return None
    return value


def align_numbers(fragment: str) -> str:
    """Mark cells without a class that hold a number alone, so that they align right.

    Examples
    --------
    >>> align_numbers("<td>右江区</td><td>5,322</td><td>2.7%</td>")
    '<td>右江区</td><td class="px-num">5,322</td><td class="px-num">2.7%</td>'
    """

    def mark(cell: re.Match[str]) -> str:
        text = html.unescape(cell[1]).strip()
        return f'<td class="px-num">{cell[1]}</td>' if NUMBER.fullmatch(text) else cell[0]

    return CELL.sub(mark, fragment)


@cache
def _renderer() -> Any:
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    renderer = IPythonRenderer(
        escape=False, allow_harmful_protocols=False, exclude_anchor_links=True
    )
    return MarkdownWithMath(renderer=renderer)


def markdown(text: str) -> str:
    """Return Markdown as safe HTML; raw HTML inside passes the same allow-list.

    Examples
    --------
    >>> markdown("## 田阳 <img src=x onerror=alert(1)>").strip()
    '<h2>田阳 <img></h2>'
    """
    return align_numbers(clean_html(str(_renderer().render(text))))


def image(mime: str, data: str, alt: str) -> str:
    """Return a picture as a figure that carries its own data and a text in its place."""
    raw = data.encode("utf-8") if mime == "image/svg+xml" else base64.b64decode(data)
    encoded = base64.b64encode(raw).decode("ascii")
    return (
        f'<figure class="px-figure"><img src="data:{mime};base64,{encoded}" '
        f'alt="{html.escape(alt, quote=True)}"></figure>'
    )


def _alt(output: Mapping[str, Any], data: str, mime: str, heading: str) -> str:
    """Find words for a picture: said with it, its own title, or the heading above it."""
    metadata = output.get("metadata", {})
    told = output.get("data", {}).get(FIGURE_MIME, {})
    shows = " ".join(told[part] for part in ("title", "alt") if told.get(part))
    said = shows or metadata.get("alt") or metadata.get(mime, {}).get("alt")
    own = SVG_TITLE.search(SVG_CREATOR.sub("", data)) if mime == "image/svg+xml" else None
    return str(said or (html.unescape(own[1]) if own else heading))


def _joined(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)


def output(item: Mapping[str, Any], heading: str = "") -> str:
    """Return one notebook output as safe HTML; empty if none of its types is allowed.

    Parameters
    ----------
    item
        An output of a code cell in nbformat's form.
    heading
        The heading above, the last resort for a picture's alternative text.
    """
    data = item.get("data", {})
    if COUNTY_MAP in data:
        from povexit.maps import svg  # heavy, and few pages have one

        # drawn anew from its numbers: no markup of the notebook's passes
        drawn = svg.county_map_from(data[COUNTY_MAP]).svg()
        return f'<figure class="px-figure">{drawn}</figure>'
    mime = next((m for m in PREFERRED if m in data), None)
    if mime is None:
        return ""
    content = _joined(data[mime])
    if mime.startswith("image/"):
        return image(mime, content, _alt(item, content, mime, heading))
    return markdown(content) if mime == "text/markdown" else align_numbers(clean_html(content))


def fragments(cells: list[Any]) -> Iterator[str]:
    """Give the safe HTML of each Markdown cell and each output, in order, without the code."""
    heading = ""
    for cell in cells:
        if "remove" in cell.get("metadata", {}).get("tags", []):
            continue
        for part in _parts(cell, heading):
            if part.strip():
                yield part
            heading = _last_heading(part) or heading


def _parts(cell: Mapping[str, Any], heading: str) -> Iterator[str]:
    if cell["cell_type"] == "markdown":
        yield markdown(_joined(cell["source"]))
    elif cell["cell_type"] == "code":
        yield from (output(item, heading) for item in cell.get("outputs", []))


def _last_heading(fragment: str) -> str:
    found = re.findall(r"<h[1-4][^>]*>(.*?)</h[1-4]>", fragment, flags=re.S)
    return html.unescape(re.sub(r"<[^>]+>", "", found[-1])).strip() if found else ""
