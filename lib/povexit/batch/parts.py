"""All that a result depends on, in parts: then it can be told which of them changed.

What it reads (deliveries, tables, executed notebooks), what it is given, and what it is made
with: the notebook, the rules apart from the code, the code, the packages, and what its page
says of itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import povexit
from povexit import store
from povexit.batch import keys

#: Kind of part to name to content: a digest, a version, or the words themselves.
Parts = dict[str, dict[str, str]]
#: What the package reads and judges by: editions, dated values, targets, codes, column maps.
RULES = ("standards", "reference", "targets", "quality_rules", "codes", "column_maps", "clean")
RULE_FILES = (".toml", ".csv")
MOST_NAMED = 3
OLD = "made by an earlier version, which did not record what with"
FORMS = {
    "notebook": "the notebook changed: {names}",
    "rules": "the rules changed: {names}",
    "code": "the code changed",
    "environment": "{moves}",
    "page": "what its page says of itself changed: {moves}",
}
ABSENT = "absent"


@dataclass(frozen=True)
class Basis:
    """What a result is made from, given and made with.

    Attributes
    ----------
    inputs
        Name to SHA-256 of what is read: of a delivery its name, of all else its path.
    parameters
        What the notebook is given.
    parts
        What it is made with, see `parts`.
    """

    inputs: dict[str, str]
    parameters: dict[str, str] = field(default_factory=dict)
    parts: Parts = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return the digest of all of it."""
        return keys.digest([self.inputs, self.parameters, self.parts])


def parts(notebook: Path | None = None, page: Mapping[str, str] | None = None) -> Parts:
    """Return what a result is made with if it is made now.

    Parameters
    ----------
    notebook
        The notebook that makes it, if one does.
    page
        What its page says of itself, such as the title.
    """
    made_by = {notebook.name: store.sha256(notebook)} if notebook else {}
    whole = {"notebook": made_by, **package(), "environment": keys.environment()}
    return {**whole, "page": dict(page or {})}


@cache
def package() -> Parts:
    """Return the rules file by file, and the version and fingerprint of the rest of the package."""
    sums = keys.package_sums()
    rules = {name: sums[name][: keys.SHORT] for name in sums if is_rule(name)}
    code = keys.digest({name: content for name, content in sums.items() if name not in rules})
    return {
        "rules": rules,
        "code": {"version": povexit.__version__, "fingerprint": code[: keys.SHORT]},
    }


def is_rule(name: str) -> bool:
    """Tell whether a file of the package, named from its folder, holds rules and no code.

    Examples
    --------
    >>> is_rule("standards/household_exit_2016.toml"), is_rule("standards/read.py")
    (True, False)
    """
    return name.split("/")[0] in RULES and name.endswith(RULE_FILES)


def changes(before: Parts, now: Parts) -> Iterator[str]:
    """Yield what differs between what a result was made with and what it would be made with.

    Examples
    --------
    >>> then = {"code": {"fingerprint": "a"}, "environment": {"pandas": "3.0.1"}}
    >>> today = {"code": {"fingerprint": "b"}, "environment": {"pandas": "3.1.0"}}
    >>> list(changes(then, today))
    ['the code changed', 'pandas 3.0.1 -> 3.1.0']
    """
    if not before:
        yield OLD
        return
    for kind, form in FORMS.items():
        old, new = before.get(kind, {}), now.get(kind, {})
        if names := changed(old, new):
            moves = [f"{n} {old.get(n, ABSENT)} -> {new.get(n, ABSENT)}" for n in names]
            yield form.format(names=some(names), moves=some(moves))


def read_changes(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Yield what differs in what is read: deliveries first, then what was made of them.

    Examples
    --------
    >>> list(read_changes({"右江区.xlsx": "a", "田东县.csv": "a"}, {"右江区.xlsx": "b"}))
    ['the delivery 右江区.xlsx changed', 'the delivery 田东县.csv is gone']
    """
    names = changed(before, now)
    delivered = [n for n in names if is_delivery(n)]
    said = [f"the delivery {n} {_how(n, before, now)}" for n in delivered]
    yield from said[:MOST_NAMED]
    if len(said) > MOST_NAMED:
        yield f"{len(said) - MOST_NAMED} more deliveries changed"
    if made := [n for n in names if n not in delivered]:
        yield f"what it reads changed: {some(made)}"


def is_delivery(name: str) -> bool:
    """Tell whether an input is a county's file: named without its folder, as no other input is."""
    return "/" not in name and Path(name).suffix != ""


def _how(name: str, before: Mapping[str, str], now: Mapping[str, str]) -> str:
    if name not in before:
        return "is new"
    return "changed" if name in now else "is gone"


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return the names whose content differs, or that only one side has, in order."""
    return sorted(n for n in {*before, *now} if before.get(n) != now.get(n))


def some(names: list[str]) -> str:
    """Return the first names, and how many more there are.

    Examples
    --------
    >>> some(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
