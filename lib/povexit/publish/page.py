"""The frame every page shares: head, policy, banner, letters, footer."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from povexit import store
from povexit.publish import fonts

# A page may show pictures and letters it carries inside, and nothing else at all; of scripts,
# only one whose very bytes it names.
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)
# no text of a page can hold this: it would be escaped
_FACES = "<style>\n/* faces */"
MARKUP = re.compile(r'<(style|script)>.*?</\1>|(src|href)="data:[^"]*"', flags=re.S)


@dataclass(frozen=True)
class Page:
    """What a page says about itself.

    Attributes
    ----------
    title
        Shown in the browser's tab and at the foot of every printed page.
    lang
        ``zh`` or ``en``.
    simulated
        Whether any number on it comes from simulated deliveries.
    provenance
        Where its numbers come from: word (see ``words.toml``) to text, in order.
        No time of day, so that the same inputs give the same bytes.
    home
        The page to go back to; none without it.
    notebook
        Where the executed notebook lies, seen from the page; no link to it without it.
    """

    title: str
    lang: str = "zh"
    simulated: bool = False
    provenance: Mapping[str, str] = field(default_factory=dict)
    home: str | None = None
    notebook: str | None = None


@cache
def words(lang: str) -> dict[str, str]:
    """Return the fixed words of all pages in one language."""
    source = (files("povexit") / "templates" / "words.toml").read_text(encoding="utf-8")
    return {key: both[lang] for key, both in tomllib.loads(source).items()}


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(str(files("povexit") / "templates"))
    return Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def compose(template: str, page: Page, *, script: str = "", **content: Any) -> str:
    """Return a whole page as text.

    Parameters
    ----------
    template
        A file in ``templates/`` that extends ``page.html.j2``.
    page
        What the page says about itself.
    script
        The one script that the page may run.
    **content
        What the template asks for; escaped unless it is marked safe.

    Raises
    ------
    StoreError
        If a font file is missing.
    """
    style = (files("povexit") / "templates" / "page.css").read_text(encoding="utf-8")
    body = (
        _environment()
        .get_template(template)
        .render(
            page=page,
            word=words(page.lang),
            policy=POLICY + (f"; script-src '{_hash(script)}'" if script else ""),
            script=script,
            style=style,
            foot=_css_text(page),
            **content,
        )
    )
    counted = [words(page.lang)[kind] for kind in ("figure", "table")]  # set by the style sheet
    faces = fonts.faces([*_seen(body), page.title, *counted])
    return body.replace(_FACES, f"<style>\n{faces}", 1)


@cache
def sorting() -> str:
    """Return the script that sorts a report's tables."""
    return (files("povexit") / "templates" / "sort.js").read_text(encoding="utf-8")


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")


def _seen(body: str) -> str:
    """Return the text a reader may see, so that the font needs no more letters than that."""
    return html.unescape(MARKUP.sub("", body)) + "0123456789 /"


def _css_text(page: Page) -> str:
    """Return the title as a CSS string: the foot of a printed page is set by the style sheet."""
    safe = re.sub(r"[\"\\\n\r<>&]", " ", page.title)
    return f'"{safe}"'


def write(path: Path, text: str) -> Path:
    """Write a page whole or not at all.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    return store.write_atomic(path, text)
