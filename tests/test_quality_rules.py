"""The register's quality rules as data: what the file says, and what the loader refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from povexit import quality
from povexit.errors import StandardError, UnknownNameError
from povexit.quality import Leaf

PAGE = Path(__file__).parent.parent / "docs" / "quality.md"
ASKED = tuple(rule for rule in quality.rules() if rule.leaves)


def test_the_rules_are_those_of_the_source() -> None:
    assert [g.id for g in quality.groups()] == list(range(1, 12))
    found = [rule.group for rule in quality.rules()]
    assert found == sorted(found)
    assert set(found) == set(range(1, 12))
    assert {r.source for r in quality.rules()} == {"S35", "povexit"}
    assert {r.id for r in quality.rules() if r.source == "povexit"} == {
        "size_disagrees",
        "cost_without_business",
    }


def test_thresholds_are_those_of_the_source() -> None:
    numbers = {v for r in ASKED for x in r.leaves for v in x.values if isinstance(v, int | float)}
    ages = {6, 23, 16, 65, 14, 20}
    assert numbers == {2952, 2014, 2017, 50, 70, 100_000, 12, 0} | ages


def test_what_cannot_be_checked_says_why_in_both_languages() -> None:
    silent = [r for r in quality.rules() if not r.leaves and not r.quarantine]
    assert len(silent) == 6
    for rule in silent:
        assert rule.why_not("zh").endswith("。")
        assert rule.why_not("en").endswith(".")
    assert not any(r.why_not() for r in ASKED)


def test_names_in_both_languages_are_told_apart() -> None:
    for lang in ("zh", "en"):
        names = [quality.rule_label(r.id, lang) for r in quality.rules()]
        assert len(set(names)) == len(names)
    assert quality.group_label(11) == "重复登记"
    with pytest.raises(UnknownNameError, match="no_helper"):
        quality.rule_label("no_helpers")
    with pytest.raises(UnknownNameError, match="1 to 11"):
        quality.group_label(12)


def test_the_page_lists_every_rule() -> None:
    page = PAGE.read_text(encoding="utf-8").splitlines()
    rows = {r.split("`")[1]: r for r in page if re.match(r"\| \d+ \| `", r)}
    assert list(rows) == [r.id for r in quality.rules()]
    for rule in quality.rules():
        cells = [c.strip() for c in rows[rule.id].strip("|").split("|")]
        assert cells[0] == str(rule.group)
        assert cells[2] == rule.label("en")
        assert cells[3] == rule.unit


GROUP = '[[group]]\nid = 1\nname = "一"\nname_en = "one"\n'
HEAD = """
[[rule]]
id = "toy"
group = 1
unit = "household"
name = "玩具"
name_en = "toy"
source = "none"
"""
GOOD = 'all = [{ column = "floor_area_m2", test = ">", value = 1 }]\n'


def leaf(text: str, unit: str = "household") -> str:
    return GROUP + HEAD.replace("household", unit) + f"any = [{{ {text} }}]\n"


WRONG = {
    "not TOML": ("[[group", "not TOML"),
    "no rules": (GROUP, "rule"),
    "unknown key": (GROUP + HEAD + GOOD + 'denominator = "all"\n', "denominator"),
    "unknown key of a group": (GROUP + 'about = "x"\n' + HEAD + GOOD, "about"),
    "name missing": (GROUP + HEAD.replace('name_en = "toy"\n', "") + GOOD, "name_en"),
    "group is text": (GROUP + HEAD.replace("group = 1", 'group = "1"') + GOOD, "group"),
    "group unknown": (GROUP + HEAD.replace("group = 1", "group = 2") + GOOD, "unknown group"),
    "group twice": (GROUP + GROUP + HEAD + GOOD, "twice"),
    "rule twice": (GROUP + (HEAD + GOOD) * 2, "toy"),
    "unit unknown": (GROUP + HEAD.replace("household", "village") + GOOD, "unknown unit"),
    "asks nothing": (GROUP + HEAD, "not_checkable"),
    "asks an empty list": (GROUP + HEAD + "all = []\n", "all"),
    "all and any": (GROUP + HEAD + GOOD + GOOD.replace("all", "any"), "all, any"),
    "leaves and quarantine": (GROUP + HEAD + GOOD + 'quarantine = ["x"]\n', "all, quarantine"),
    "applies to, of rows set aside": (
        GROUP + HEAD + 'quarantine = ["x"]\n' + GOOD.replace("all", "applies_to"),
        "quarantine",
    ),
    "reason of a rule that is checked": (GROUP + HEAD + GOOD + 'reason = "x"\n', "reason"),
    "not checkable without reason": (GROUP + HEAD + 'status = "not_checkable"\n', "reason_en"),
    "status of another kind": (
        GROUP + HEAD + 'status = "later"\nreason = "x"\nreason_en = "x"\n',
        "later",
    ),
    "leaf is no table": (GROUP + HEAD + "all = [1]\n", "leaf"),
    "leaf with an unknown key": (leaf('column = "fuel", test = "is_missing", unit = "m2"'), "unit"),
    "column unknown": (leaf('column = "floor_area", test = "is_missing"'), "floor_area_m2"),
    "person's column of a household": (leaf('column = "health", test = "is_missing"'), "health"),
    "members' column of a household": (leaf('column = "has_head", test = "is_true"'), "has_head"),
    "household's column of a person": (
        leaf('column = "fuel", test = "is_missing"', "person"),
        "fuel",
    ),
    "test unknown": (leaf('column = "fuel", test = "!="'), "!="),
    "code unknown": (leaf('column = "fuel", test = "in", value = ["gas"]'), "gas"),
    "code for a column without codes": (
        leaf('column = "village_name", test = "==", value = "x"'),
        "village_name",
    ),
    "two values for ==": (leaf('column = "fuel", test = "==", value = ["coal", "clean"]'), "=="),
    "no value": (leaf('column = "floor_area_m2", test = ">"'), "does not fit"),
    "text for a number": (leaf('column = "floor_area_m2", test = ">", value = "1"'), "'1'"),
    "truth for a number": (leaf('column = "floor_area_m2", test = ">", value = true'), "True"),
    "truth in a list": (leaf('column = "exit_year", test = "within", value = [true, 3]'), "True"),
    "value where none is asked": (
        leaf('column = "has_helper", test = "is_true", value = 1'),
        "is_true",
    ),
    "is_true of a number": (leaf('column = "floor_area_m2", test = "is_true"'), "is_true"),
    "range with one end": (leaf('column = "exit_year", test = "within", value = [2014]'), "within"),
    "range upside down": (
        leaf('column = "exit_year", test = "within", value = [2017, 2014]'),
        "within",
    ),
    "list of numbers": (leaf('column = "exit_year", test = "in", value = [2014]'), "test in"),
    "definition unknown": (
        leaf('column = "age_years", test = "within", definition = "work_age"', "person"),
        "work_age",
    ),
    "definition that does not fit": (
        leaf('column = "age_years", test = "within", definition = "sick"', "person"),
        "chronic",
    ),
    "value and definition": (
        leaf(
            'column = "age_years", test = "within", value = [1, 2], definition = "sick"', "person"
        ),
        "not both",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_loader_refuses(name: str) -> None:
    text, said = WRONG[name]
    with pytest.raises(StandardError) as error:
        quality.parse(text, "toy.toml")
    assert said in str(error.value)
    assert "toy.toml" in str(error.value)


def test_the_loader_takes_what_is_right() -> None:
    groups, rules = quality.parse(GROUP + HEAD + GOOD, "toy.toml")
    assert groups[0].label("en") == "one"
    assert rules[0].all == (Leaf("floor_area_m2", ">", (1,)),)
