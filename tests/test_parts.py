"""A result is made again exactly when something it depends on differs, and what differs is named."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from povexit.batch import keys, parts
from povexit.batch.parts import Basis

NAMES = st.sampled_from(["a.csv", "b.xlsx", "data/t.parquet", "pandas", "code", "title"])
CONTENTS = st.dictionaries(NAMES, st.sampled_from(["1", "2"]), max_size=4)
BASES = st.builds(
    Basis,
    inputs=CONTENTS,
    parameters=CONTENTS,
    parts=st.fixed_dictionaries(dict.fromkeys(parts.FORMS, CONTENTS)),
)


def _told(before: Basis, now: Basis) -> list[str]:
    given_ = parts.changed(before.parameters, now.parameters)
    read = parts.read_changes(before.inputs, now.inputs)
    return [*given_, *read, *parts.changes(before.parts, now.parts)]


@given(BASES, BASES)
def test_the_key_differs_exactly_when_something_is_told(before: Basis, now: Basis) -> None:
    assert (before.key != now.key) == bool(_told(before, now))
    assert not _told(before, copy.deepcopy(before))


def test_every_kind_of_part_has_its_words() -> None:
    made = parts.parts()
    assert set(made) == set(parts.FORMS)
    assert list(parts.changes({}, made)) == [parts.OLD]


def test_rules_and_code_make_up_the_whole_package() -> None:
    rules = parts.package()["rules"]
    assert {"standards/county_exit_2017.toml", "targets/baise_2016.toml"} <= set(rules)
    assert {"reference/poverty_line_yuan.csv", "clean/rules.csv"} <= set(rules)
    assert not any(name.endswith((".py", ".j2", ".ttf")) for name in rules)
    assert set(rules) < set(keys.package_sums())


@pytest.mark.parametrize("changed", ["standards/household_exit_2016.toml", "style/text.py"])
def test_a_rule_changes_no_code_and_code_no_rule(
    changed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, sums = parts.parts(), keys.package_sums()
    monkeypatch.setattr(keys, "package_sums", lambda: sums | {changed: "0" * 64})
    parts.package.cache_clear()
    try:
        said = list(parts.changes(before, parts.parts()))
    finally:
        parts.package.cache_clear()
    rule = f"the rules changed: {changed}"
    assert said == [rule if parts.is_rule(changed) else "the code changed"]


def test_many_deliveries_are_counted_and_all_else_named_apart() -> None:
    new = {f"{n}.xlsx": "1" for n in range(5)} | {"reports/x.ipynb": "1", "key for identities": "1"}
    assert list(parts.read_changes({}, new)) == [
        "the delivery 0.xlsx is new",
        "the delivery 1.xlsx is new",
        "the delivery 2.xlsx is new",
        "2 more deliveries changed",
        "what it reads changed: key for identities, reports/x.ipynb",
    ]
