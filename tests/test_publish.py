"""A page needs nothing but itself, does no harm, and is the same to the byte each time."""

from __future__ import annotations

import base64
import csv
import hashlib
import importlib
import io
import itertools
import pkgutil
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from tests import figures
from tests import finished_tables as finished
from tests.executed import report as executed_report

from povexit import publish, style, tables
from povexit.errors import DeliveryError, StoreError
from povexit.publish import fonts
from povexit.publish.html import anchored, as_csv, fragment, fragments, nested
from povexit.publish.page import sorting
from povexit.publish.parts import part_of, parts
from povexit.publish.safe import align_numbers, clean_html, markdown

PROVENANCE = {"month": "2016-06", "edition": "2016", "inputs": "3f1a9c22b0de"}
PAGE = publish.Page("田东县脱贫退出月报（2016-06）", "zh", True, PROVENANCE, "index.html")

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    '<img src=x onerror="alert(1)">',
    "<img src='https://evil.example/pixel.png'>",
    '<svg onload="alert(1)"><script>alert(2)</script></svg>',
    "<math><mtext></table><img src onerror=alert(1)></mtext></math>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVa\tScript:alert(1)">x</a>',
    '<a href=" data:text/html,<script>alert(1)</script>">x</a>',
    '<iframe src="https://evil.example"></iframe>',
    '<object data="x.swf"></object><embed src="x.swf">',
    '<link rel="stylesheet" href="https://evil.example/x.css">',
    "<style>body{background:url(https://evil.example)}</style>",
    '<p style="background:url(https://evil.example)">x</p>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    '<form action="https://evil.example"><input name="q"><button>go</button></form>',
    '<div onmouseover="alert(1)" id="x">x</div>',
    '<img src="data:text/html;base64,PHNjcmlwdD4=">',
    "</main></body><script>alert(1)</script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<video><source onerror=alert(1)></video>",
    "<template><script>alert(1)</script></template>",
]
LOADING = {"src", "srcset", "data", "poster", "background", "action", "formaction", "ping"}


class Seen(HTMLParser):
    """Tags with their attributes and text, as a browser would take a page apart."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every tag of a name."""
        return [attrs for name, attrs in self.tags if name == tag]


def output(item: dict, lang: str = "zh") -> str:
    """Return what a page shows of one output; nothing if none of its types is allowed."""
    part = part_of(item)
    return fragment(part, lang) if part else ""


def harm(html: str) -> list[str]:
    """Return what in a page could run, or reach outside it, but for the script that sorts."""
    found = []
    html = html.replace(f"<script>{sorting()}</script>", "", 1)
    for tag, attrs in Seen(html).tags:
        if tag in {"script", "iframe", "object", "embed", "link", "base", "form", "svg", "math"}:
            found.append(f"<{tag}>")
        for name, value in attrs.items():
            text = re.sub(r"\s", "", value or "").lower()
            outside = name in LOADING and not text.startswith("data:image/")
            runs = name.startswith("on") or text.startswith(("javascript:", "vbscript:"))
            data_link = name == "href" and text.startswith("data:")
            data_link &= not ("download" in attrs and text.startswith("data:text/csv;"))
            if outside or runs or data_link or (name == "style"):
                found.append(f"{tag} {name}={value}")
    return found


def shown(data: dict[str, str]) -> dict:
    return new_output("display_data", data)


def notebook(tmp_path: Path, *cells) -> Path:
    path = tmp_path / "executed.ipynb"
    nbformat.write(new_notebook(cells=list(cells)), path)
    return path


def code(*data: dict[str, str], **metadata: object):
    cell = new_code_cell("secret = 1", metadata=metadata)
    cell.outputs = [shown(d) for d in data]
    return cell


@cache
def svg() -> str:
    with plt.rc_context():
        style.use("zh")
        fig, ax = plt.subplots()
        ax.bar(["达标", "未达标"], [3, 4])
        buffer = io.StringIO()
        fig.savefig(buffer, format="svg", metadata={"Date": None})
        plt.close(fig)
    return buffer.getvalue()


@pytest.fixture
def executed(tmp_path: Path) -> Path:
    """A small report as papermill leaves it: prose, tables, a figure, noise."""
    frame = pd.DataFrame({"县": ["田东县"], "户": [1250]})
    table = tables.criteria(finished.criteria(), "zh")
    noise = code({"text/plain": "42"}, {"application/javascript": "alert(1)"})
    noise.outputs.append(new_output("stream", name="stdout", text="progress 50%"))
    return notebook(
        tmp_path,
        new_markdown_cell("# 田东县脱贫退出月报\n\n谁达标，**为什么**。见[目录](index.html)。"),
        code({"text/html": table._repr_html_(), "text/plain": "table"}),
        new_markdown_cell("## 离贫困线多远"),
        code({"image/svg+xml": svg(), "image/png": "aGk=", "text/plain": "figure"}),
        code({"text/html": frame.to_html(), "text/plain": "frame"}),
        noise,
        code({"text/plain": "x"}, tags=["remove"]),
    )


def rendered(notebook_: Path, out: Path, page: publish.Page = PAGE) -> str:
    return publish.render(notebook_, out, page).read_text(encoding="utf-8")


# harm


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_survives_in_a_fragment(text: str) -> None:
    for html in (clean_html(text), markdown(text), markdown(f"## 田阳 {text}\n\n- {text}")):
        assert harm(html) == []


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("mime", ["text/html", "text/markdown"])
def test_nothing_hostile_survives_in_an_output(mime: str, text: str) -> None:
    assert harm(output(shown({mime: f"<p>{text}</p>\n\n{text}"}))) == []


def test_links_written_in_markdown_are_harmless() -> None:
    for target in ("javascript:alert(1)", "data:text/html,x", "vbscript:x"):
        assert harm(markdown(f"[x]({target}) ![x]({target}) <{target}>")) == []
    assert 'href="county.html"' in markdown("[县](county.html)")


def test_a_script_in_a_drawing_stays_inside_an_image() -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    html = output(shown({"image/svg+xml": drawing}))
    assert [tag for tag, _ in Seen(html).tags] == ["figure", "div", "img", "figcaption"]
    assert harm(html) == []


def test_a_whole_page_of_hostile_text_does_no_harm(tmp_path: Path) -> None:
    cells = [new_markdown_cell(f"## {t}") for t in HOSTILE]
    cells += [code({"text/html": t}, {"text/markdown": t}) for t in HOSTILE]
    worst = "\n".join(HOSTILE)
    page = publish.Page(worst, "zh", True, {"month": worst}, "index.html")
    html = rendered(notebook(tmp_path, *cells), tmp_path / "x.html", page)
    assert harm(html) == []


def test_index_and_failure_page_print_hostile_text_as_text(tmp_path: Path) -> None:
    listed = [
        publish.Entry(f"county_{i}", text, "missing", None, "f.html", text, {text: text})
        for i, text in enumerate(HOSTILE)
    ]
    worst = "\n".join(HOSTILE)
    error = DeliveryError(worst, where=worst, expected=worst, found=worst, hint=worst)
    page = publish.Page(worst, "zh", True, {"month": worst})
    for path in (
        publish.index(tmp_path / "i.html", page, listed),
        publish.failure_page(tmp_path / "f.html", page, error),
    ):
        html = path.read_text(encoding="utf-8")
        assert harm(html) == []
        assert "<script>alert(1)</script>" in Seen(html).text


@given(st.text(max_size=80))
@settings(deadline=None)
def test_whatever_a_county_typed_does_no_harm(text: str) -> None:
    assert harm(clean_html(f"<td>{text}</td>")) == []


# a page by itself


def test_the_policy_forbids_all_scripts_but_ours_and_everything_from_outside(
    executed: Path,
) -> None:
    html = rendered(executed, executed.with_suffix(".html"))
    metas = Seen(html).all("meta")
    policy = next(m["content"] for m in metas if m.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == rules["font-src"] == "data:"
    assert rules["form-action"] == rules["base-uri"] == "'none'"
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", html, flags=re.S)
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode("utf-8")).digest()).decode()
    assert rules["script-src"] == f"'sha256-{digest}'"
    assert scripts == [sorting()]
    page = publish.failure_page(executed.with_name("f.html"), PAGE, {"problem": "x"})
    assert "script" not in page.read_text(encoding="utf-8")


def test_a_page_loads_nothing_from_anywhere(executed: Path) -> None:
    html = rendered(executed, executed.with_suffix(".html"))
    seen = Seen(html)
    sources = [str(attrs.get("src")) for attrs in seen.all("img")]
    assert sources
    assert all(source.startswith("data:image/") for source in sources)
    links = {attrs["href"] for attrs in seen.all("a") if "download" not in attrs}
    assert links == {"index.html", "#content", "#s2"} - ({"#s2"} if "#s3" not in html else set())
    styles = re.findall(r"url\(\"?([^\")]*)", html)
    assert all(url.startswith("data:font/woff;base64,") for url in styles)
    assert "@import" not in html


def test_prose_tables_and_figures_are_there_and_code_and_noise_are_not(executed: Path) -> None:
    html = rendered(executed, executed.with_suffix(".html"))
    seen = Seen(html)
    assert "谁达标" in seen.text
    assert tables.criteria(finished.criteria(), "zh")._repr_html_() in html
    assert not [word for word in ("secret", "progress 50%", "alert") if word in html]
    assert [attrs["alt"] for attrs in seen.all("img")] == ["离贫困线多远"]
    assert base64.b64decode(str(seen.all("img")[0]["src"]).split(",")[1]).startswith(b"<?xml")


def test_the_same_notebook_gives_the_same_bytes(executed: Path, tmp_path: Path) -> None:
    first = rendered(executed, tmp_path / "a.html")
    fonts.subset.cache_clear()
    assert rendered(executed, tmp_path / "b.html") == first


def test_the_page_carries_the_letters_it_uses_and_no_more(executed: Path) -> None:
    html = rendered(executed, executed.with_suffix(".html"))
    used = set(Seen(re.sub(r"<(style|script)>.*?</\1>", "", html, flags=re.S)).text)
    faces = re.findall(r"font-weight: (\d+);.*?base64,([A-Za-z0-9+/=]+)", html)
    assert [weight for weight, _ in faces] == ["400", "700"]
    for _, data in faces:
        font = TTFont(io.BytesIO(base64.b64decode(data)))
        carried = {chr(code) for code in font.getBestCmap()}
        assert {c for c in used if c.isprintable()} & figures.glyphs() <= carried
        assert len(carried) < 400
    assert len(html) < 400_000


def test_the_printed_foot_has_its_letters_too(tmp_path: Path) -> None:
    page = publish.Page("隆林“县”</style><b>", "zh", False, {"month": "2016-06"})
    path = publish.failure_page(tmp_path / "f.html", page, {"problem": "x"})
    html = path.read_text(encoding="utf-8")
    foot = re.search(r"@bottom-left \{ content: \"([^\"]*)\"", html)
    assert foot is not None
    assert foot[1].startswith("隆林“县”")
    assert "<" not in foot[1]


@pytest.mark.parametrize("simulated", [True, False])
def test_the_banner_stands_on_pages_of_simulated_data_only(
    simulated: bool, executed: Path, tmp_path: Path
) -> None:
    page = publish.Page("题", "zh", simulated, PROVENANCE)
    pages = [
        rendered(executed, tmp_path / "r.html", page),
        publish.index(tmp_path / "i.html", page, []).read_text(encoding="utf-8"),
        publish.failure_page(tmp_path / "f.html", page, {"problem": "x"}).read_text("utf-8"),
    ]
    for html in pages:
        assert ("模拟" in Seen(html).text.split("</style>")[-1]) == simulated
        assert ("px-banner" in {a.get("class") for a in Seen(html).all("div")}) == simulated


@pytest.mark.parametrize(("lang", "told"), [("zh", "输入数据指纹"), ("en", "Fingerprint")])
def test_a_page_says_where_its_numbers_come_from(lang: str, told: str, executed: Path) -> None:
    page = publish.Page("t", lang, False, PROVENANCE, "index.html")
    seen = Seen(rendered(executed, executed.with_suffix(".html"), page))
    assert told in seen.text
    assert "3f1a9c22b0de" in seen.text
    assert publish.words(lang)["home"] in seen.text
    assert seen.all("html") == [{"lang": "zh-CN" if lang == "zh" else "en"}]


def test_a_notebook_that_shows_nothing_gives_no_page(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="shows nothing"):
        publish.render(notebook(tmp_path, code({"text/plain": "1"})), tmp_path / "x.html", PAGE)
    assert not (tmp_path / "x.html").exists()


def test_a_page_that_cannot_be_written_leaves_the_last_one(executed: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.html"
    out.write_text("last month", encoding="utf-8")
    with pytest.raises(StoreError):
        publish.render(notebook(tmp_path), out, PAGE)
    assert out.read_text(encoding="utf-8") == "last month"


# contents, data, sources


def report_page(tmp_path: Path, page: publish.Page = PAGE) -> str:
    return rendered(executed_report(tmp_path / "a.ipynb"), tmp_path / "a.html", page)


def test_the_contents_lead_to_every_heading_below_the_title(tmp_path: Path) -> None:
    cells = [new_markdown_cell(t) for t in ("# 题", "导语", "## 一 & 二", "### 甲", "## 三")]
    seen = Seen(rendered(notebook(tmp_path, *cells), tmp_path / "a.html"))
    leads = [str(a["href"]) for a in seen.all("a") if str(a["href"]).startswith("#s")]
    names = [a["id"] for tag, a in seen.tags if tag in ("h2", "h3") and "id" in a]
    assert leads == [f"#{name}" for name in names]
    assert len(names) == 3
    _, entries = anchored(["<h1>题</h1>", "<h2>一 &amp; 二</h2><h3>甲</h3>", "<h2>三</h2>"])
    sections = [(e.text, [b.text for b in below]) for e, below in nested(entries)]
    assert sections == [("一 & 二", ["甲"]), ("三", [])]


def test_a_name_that_a_county_chose_leads_nowhere(tmp_path: Path) -> None:
    cells = [new_markdown_cell(f"## {text}") for text in HOSTILE]
    seen = Seen(rendered(notebook(tmp_path, *cells), tmp_path / "a.html"))
    assert len([a for a in seen.all("a") if str(a["href"]).startswith("#s")]) == len(HOSTILE)
    assert "<script>alert(1)</script>" in seen.text


def saved(html: str) -> list[list[list[str]]]:
    """Return what every link to data saves, in order."""
    links = [str(a["href"]) for a in Seen(html).all("a") if "csv" in str(a["href"])[:20]]
    texts = [base64.b64decode(link.split(",")[1]).decode("utf-8-sig") for link in links]
    return [list(csv.reader(io.StringIO(text))) for text in texts]


def test_the_data_of_each_table_and_figure_can_be_saved(tmp_path: Path) -> None:
    criteria, figure, villages = saved(report_page(tmp_path))
    assert criteria[0][:2] == ["指标", "判定户数"]
    assert len(criteria) == 1 + len(finished.criteria())
    assert figure == [["判定", "户数"], ["达标", "3"], ["未达标", "4"]]
    few = [row for row in villages if style.SUPPRESSED in row]
    assert few
    assert all(row[3:] == [style.SUPPRESSED] * 5 for row in few)
    shares = [row[7] for row in villages[1:] if style.gap(row[7]) == ""]
    assert shares
    assert all(0 <= float(text) <= 1 for text in shares)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_saved_data_are_no_formulas(text: str) -> None:
    (row,) = csv.reader(io.StringIO(as_csv([[text, -1, "−1"]]).removeprefix("\ufeff"), newline=""))
    assert row == [f"'{text}", "-1", "−1"]


def test_a_figure_says_what_it_shows_beside_it_and_in_its_place(tmp_path: Path) -> None:
    html = report_page(tmp_path)
    (image,) = Seen(html).all("img")
    assert image["alt"] == "达标与未达标 达标 3 户，未达标 4 户。"
    assert "<figcaption>达标 3 户，未达标 4 户。</figcaption>" in html


def test_the_source_notebook_lies_beside(tmp_path: Path) -> None:
    page = publish.Page("题", "zh", notebook="notebooks/a.ipynb")
    links = Seen(report_page(tmp_path, page)).all("a")
    assert {"href": "notebooks/a.ipynb", "download": None} in links
    assert not [a for a in Seen(report_page(tmp_path)).all("a") if ".ipynb" in str(a["href"])]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_headings_run_in_order_and_wide_things_can_be_reached_by_key(
    lang: str, tmp_path: Path
) -> None:
    seen = Seen(report_page(tmp_path, publish.Page("题", lang, True, PROVENANCE)))
    levels = [int(tag[1]) for tag, _ in seen.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))
    wide = [attrs for attrs in seen.all("div") if attrs.get("class") == "px-wide"]
    assert wide
    assert all(attrs["tabindex"] == "0" for attrs in wide)
    assert seen.all("main") == [{"id": "content"}]


def luminance(color: str) -> float:
    """Return a colour's relative luminance, as WCAG 2 defines it."""
    parts_ = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts_]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_all_text_stands_out_from_its_ground(executed: Path) -> None:
    html = rendered(executed, executed.with_suffix(".html"))
    named = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", html))
    pairs = [(named[name], named["paper"]) for name in ("ink", "soft", "warn", "link")]
    for text, ground in [*pairs, (named["warn"], named["warn-paper"]), ("#7a5200", "#ffffff")]:
        light, dark = sorted((luminance(text), luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


# cells


@pytest.mark.parametrize(
    ("text", "is_number"),
    [
        ("5,322", True),
        ("−3.1%", True),
        ("<0.1%", False),
        ("&lt;0.1%", True),
        ("0.4%–3.1%", True),
        ("2016年6月", False),
        ("右江区", False),
        ("", False),
        ("2952 元", False),
    ],
)
def test_cells_that_hold_a_number_alone_align_right(text: str, is_number: bool) -> None:
    assert ("px-num" in align_numbers(f"<td>{text}</td>")) == is_number


def test_a_cell_that_has_a_class_keeps_it() -> None:
    assert align_numbers('<td class="px-text">12</td>') == '<td class="px-text">12</td>'


def image_of(drawing: str, heading: str) -> dict[str, str | None]:
    cells = [new_markdown_cell(heading), code({"image/svg+xml": drawing})]
    return Seen("".join(fragments(parts(cells), "zh"))).all("img")[0]


def test_a_drawing_is_named_by_its_own_title_and_never_by_what_drew_it() -> None:
    """matplotlib writes its own name and version where a reader's software looks for a title."""
    assert "Matplotlib" in svg()
    assert image_of(svg(), "## 各村")["alt"] == "各村"
    titled = svg().replace("<cc:Work>", "<cc:Work><dc:title>达标率</dc:title>", 1)
    assert image_of(titled, "## 各村")["alt"] == "达标率"


def test_the_heading_above_names_a_picture_that_says_nothing_itself() -> None:
    cells = [
        new_markdown_cell("## 一 & 二"),
        code({"image/png": "aGk="}),
        new_markdown_cell("### 三"),
        code({"image/png": "aGk="}),
    ]
    alts = [Seen(f).all("img")[0]["alt"] for f in fragments(parts(cells), "zh") if "<img" in f]
    assert alts == ["一 & 二", "三"]


# index and failure


def entries() -> list[publish.Entry]:
    numbers = {"判定户数": "1,250", "达标户数": "399"}
    return [
        publish.Entry("city", "百色市", "delivered", "city.html"),
        publish.Entry("maps", "地图", "missing", None, "maps.failed.html", "没有数据"),
        publish.Entry("county_451022", "田东县", "delivered", "d.html", numbers=numbers),
        publish.Entry("county_451023", "平果县", "kept", "p.html", "p.failed.html", "表头不认识"),
        publish.Entry("county_451026", "那坡县", "missing", None, "n.failed.html", "文件不全"),
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_index_lists_what_was_delivered_kept_and_not_delivered(
    lang: str, tmp_path: Path
) -> None:
    page = publish.Page("目录", lang, False, PROVENANCE)
    html = publish.index(tmp_path / "index.html", page, entries()).read_text(encoding="utf-8")
    seen, word = Seen(html), publish.words(lang)
    links = [attrs["href"] for attrs in seen.all("a")][1:]
    pages = ["city.html", "maps.failed.html", "d.html", "p.html", "p.failed.html", "n.failed.html"]
    assert links == pages
    assert word["tally"].format(done=1, all=3) in seen.text
    for said in (word["kept"], word["missing"], "表头不认识", "文件不全", "1,250"):
        assert said in seen.text
    assert seen.text.count("—") == 4


def test_the_failure_page_says_what_where_and_what_to_do(tmp_path: Path) -> None:
    error = DeliveryError(
        "表头不认识", where="那坡县.xlsx 户信息", found="住房(平米)", hint="改表头"
    )
    path = publish.failure_page(tmp_path / "f.html", PAGE, error, kept="county_451026.html")
    seen = Seen(path.read_text(encoding="utf-8"))
    told = ("表头不认识", "那坡县.xlsx 户信息", "住房(平米)", "改表头")
    assert [text for text in told if text not in seen.text] == []
    assert publish.words("zh")["expected"] not in seen.text
    assert {"href": "county_451026.html"} in seen.all("a")


def test_an_error_may_come_as_its_parts(tmp_path: Path) -> None:
    parts = {"problem": "x1", "hint": "x2", "where": None, "other": "not told"}
    text = publish.failure_page(tmp_path / "f.html", PAGE, parts).read_text(encoding="utf-8")
    assert "x1" in text
    assert "x2" in text
    assert "not told" not in text


def test_the_words_are_there_in_both_languages() -> None:
    assert set(publish.words("zh")) == set(publish.words("en"))
    assert all(publish.words("zh").values())
    assert all(publish.words("en").values())


def test_a_page_of_failure_links_to_no_notebook(tmp_path: Path) -> None:
    page = publish.Page("题", "zh", notebook="notebooks/a.ipynb")
    failed = publish.failure_page(tmp_path / "f.html", page, {"problem": "x"})
    assert ".ipynb" not in failed.read_text(encoding="utf-8")


def test_no_module_takes_the_name_of_what_another_one_offers() -> None:
    modules = {found.name for found in pkgutil.iter_modules(publish.__path__)}
    for module in modules:
        importlib.import_module(f"povexit.publish.{module}")
    assert not modules & set(publish.__all__)
    for name in publish.__all__:
        assert callable(getattr(publish, name)), name
    with pytest.raises(AttributeError, match="no attribute 'volumes'"):
        publish.volumes  # noqa: B018
