"""The county map of pages and notebooks: well-formed, safe, small, focusable, masked."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest

from povexit.errors import SchemaError, UnknownNameError
from povexit.geography import counties
from povexit.maps import county_map_svg, pool_classes, svg
from povexit.publish import html, parts

CODES = list(counties()["county_code"])
HOSTILE = "<script>alert(1)</script>\"' onload=x"


def values(**given: Any) -> pd.DataFrame:
    shares = [0.01 * n for n in range(1, 13)]
    return pd.DataFrame({"county_code": CODES, "value": shares, **given})


def drawn(**given: Any) -> svg.CountyMap:
    asked = {"values": values(), "title": "达标户比例", "unit": "%", "lang": "zh"} | given
    return county_map_svg(asked.pop("values"), **asked)


def areas(map_: svg.CountyMap) -> dict[str, ElementTree.Element]:
    root = ElementTree.fromstring(map_.svg())
    return {e.attrib["data-county"]: e for e in root.iter() if "data-county" in e.attrib}


def words(element: ElementTree.Element) -> str:
    return " ".join(element.itertext())


def test_every_county_can_be_reached_by_keyboard_and_says_its_name_and_number() -> None:
    found = areas(drawn())
    assert set(found) == set(CODES)
    for code, area in found.items():
        assert area.attrib["tabindex"] == "0"
        name = counties().set_index("county_code").at[code, "name_zh"]
        assert area[0].tag.endswith("title")
        assert area[0].text is not None
        assert area[0].text.startswith(name + "：")
    assert words(found[CODES[0]]).count("1.0%") == 3


def test_the_map_says_what_it_shows() -> None:
    told = drawn(lang="en", title="Share").svg()
    assert "12 counties have a value, from Youjiang" in told
    assert 'aria-label="Share"' in told


def test_it_needs_nothing_from_elsewhere_and_is_small() -> None:
    text = drawn(pages={code: f"county_{code}.html" for code in CODES}).svg()
    assert re.findall(r"https?://[^\"' ]+", text) == ["http://www.w3.org/2000/svg"]
    assert "<script" not in text
    assert len(text.encode()) < 13_000


def test_what_a_county_typed_is_text_and_nothing_else() -> None:
    map_ = drawn(title=HOSTILE, note=HOSTILE, values=values(remark=HOSTILE), unit=HOSTILE)
    root = ElementTree.fromstring(map_.svg())
    assert not [e for e in root.iter() if e.tag.endswith("script")]
    assert not [a for e in root.iter() for a in e.attrib if a.startswith("on")]
    assert HOSTILE in words(root)


@pytest.mark.parametrize(
    "page", ["javascript:alert(1)", "http://x.test/a.html", "a.html?x", "/etc/a.html", "a b.html"]
)
def test_a_click_leads_to_a_page_beside_and_nowhere_else(page: str) -> None:
    with pytest.raises(SchemaError, match="not the name of a page"):
        drawn(pages={CODES[0]: page})
    hostile = drawn().to_json()
    hostile["rows"][0]["page"] = page
    with pytest.raises(SchemaError):
        svg.county_map_from(hostile)


def test_a_page_makes_its_county_a_link_and_others_not() -> None:
    found = areas(drawn(pages={"451022": "../2016-06/county_451022.html"}))
    assert found["451022"].attrib["href"] == "../2016-06/county_451022.html"
    assert found["451022"].tag.endswith("}a")
    assert found["451021"].tag.endswith("}g")


def test_suppressed_and_unknown_differ_and_a_suppressed_number_is_nowhere() -> None:
    status = ["shown"] * 10 + ["suppressed", "unknown"]
    table = values(status=status).replace({"value": {0.11: 0.7654}})
    map_ = drawn(values=table)
    found = areas(map_)
    assert "样本少，不显示" in words(found[CODES[10]])
    assert "未知" in words(found[CODES[11]])
    assert "76.5" not in map_.svg()
    assert "0.7654" not in str(map_.to_json())
    fills = [found[c][1].attrib["fill"].split("-")[1] for c in CODES[10:]]
    assert fills == ["suppressed", "unknown"]


def test_a_county_that_is_missing_is_unknown_and_none_at_all_is_said() -> None:
    assert "未知" in words(areas(drawn(values=values().iloc[1:]))[CODES[0]])
    empty = drawn(values=values().assign(value=None))
    assert "没有可显示的数值" in empty.svg()


def test_compared_maps_share_their_classes() -> None:
    whole = pool_classes(pd.Series([0.0, 0.1, 0.5, 1.0]))
    map_ = drawn(classes=whole)
    assert map_.edges == whole.edges
    above = drawn(values=values().assign(value=3.0), classes=whole)
    assert areas(above)[CODES[0]][1].attrib["fill"] == "#ffffff"


def test_a_county_twice_or_unknown_is_refused() -> None:
    with pytest.raises(SchemaError):
        drawn(values=pd.concat([values(), values().iloc[:1]]))
    with pytest.raises(UnknownNameError):
        drawn(values=values().assign(county_code="999999"))


def test_a_page_draws_the_map_from_its_data_and_not_from_markup() -> None:
    map_ = drawn()
    assert parts.COUNTY_MAP == svg.MIME
    assert svg.county_map_from(map_.to_json()) == map_
    item = {"data": map_._repr_mimebundle_()}
    item["data"]["text/html"] = "<b onclick='x()'>something else</b>"
    fragment = html.fragment(parts.part_of(item), "en")
    assert map_.svg() in fragment
    assert "something else" not in fragment


@pytest.mark.parametrize("broken", [{}, {"rows": 3}, {"title": "x", "rows": [{}]}])
def test_data_that_are_no_map_are_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(SchemaError, match="not the data of a county map"):
        svg.county_map_from(broken)


def test_the_same_values_give_the_same_bytes_and_other_values_other_patterns() -> None:
    assert drawn().svg() == drawn().svg()
    marks = [re.findall(r"px-unknown-(\w+)\"", drawn(title=t).svg())[0] for t in ("a", "b")]
    assert marks[0] != marks[1]
