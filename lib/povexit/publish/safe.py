"""HTML and Markdown that cannot do harm.

Everything a county typed may reach an output: a village name is as good a
place for a script as any. So no tag and no attribute passes unless it is on a list.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Any

import nh3

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

    # a tag in Markdown is something that a county typed: it is shown as it stands
    renderer = IPythonRenderer(
        escape=True, allow_harmful_protocols=False, exclude_anchor_links=True
    )
    return MarkdownWithMath(renderer=renderer)


def markdown(text: str) -> str:
    """Return Markdown as safe HTML; raw HTML inside is shown as text.

    Examples
    --------
    >>> markdown("## 田阳 <script>").strip()
    '<h2>田阳 &lt;script&gt;</h2>'
    """
    return align_numbers(clean_html(str(_renderer().render(text))))
