"""A rule that is in force nowhere: a copy of an edition with other thresholds, said to be one.

The copy carries what was changed and a name that says so, so that every table, figure and
sentence made from it says so too. It passes the same checks as an edition read from a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from povexit.errors import StandardError, UnknownNameError
from povexit.schema import nearest
from povexit.standards.model import NUMERIC_TESTS, Change, Leaf, Standard, Value, Variant
from povexit.standards.read import leaf as checked

#: Marks name, edition and source of a changed copy.
MARK = ("假设", "hypothetical")
#: Ends a key that names a denominator: ``remaining_poor_persons of``.
OF = " of"


def changeable(standard: Standard) -> dict[str, Leaf]:
    """Return what can be changed in a standard: each key with the first clause it concerns.

    Keys are a dated series (``poverty_line_yuan``), an indicator with its test
    (``floor_area_per_person_m2 >=``) and, for its denominator, an indicator with ``of``. Clauses
    that only say whom a rule concerns are left out.
    """
    found: dict[str, Leaf] = {}
    for leaf in _asked(standard):
        for key in _keys(leaf):
            found.setdefault(key, leaf)
    return found


def hypothetical(standard: Standard, changes: Mapping[str, Value]) -> Standard:
    """Return a copy of a standard in which thresholds or denominators are other ones.

    Parameters
    ----------
    standard
        An edition in force, or a copy.
    changes
        Key, as `changeable` gives it, to the new value. The test may be left out of a key where
        the standard compares the indicator in one way.

    Returns
    -------
    Standard
        With ``changes`` and a name, edition and source that say hypothetical; the standard
        itself if nothing differs.

    Raises
    ------
    UnknownNameError
        If the standard compares no such thing; the nearest are named.
    StandardError
        If a value does not fit: a share above 1, a denominator of another unit.

    Examples
    --------
    >>> from povexit.standards import load
    >>> copy = hypothetical(load("household_exit", "2016"), {"poverty_line_yuan": 3200})
    >>> copy.label("en"), copy.changes[0].new
    ('eight haves, one above (hypothetical)', 3200)
    """
    wanted = {_full(key, standard): value for key, value in changes.items()}
    made: list[Change] = []
    criteria = tuple(
        replace(c, variants=tuple(_variant(v, wanted, standard.unit, made) for v in c.variants))
        for c in standard.criteria
    )
    if not made:
        return standard
    return replace(
        standard,
        name=f"{standard.name.removesuffix(f'（{MARK[0]}）')}（{MARK[0]}）",
        name_en=f"{standard.name_en.removesuffix(f' ({MARK[1]})')} ({MARK[1]})",
        edition=f"{standard.edition.removesuffix('+' + '/'.join(MARK))}+{'/'.join(MARK)}",
        source="/".join(MARK),
        confidence="/".join(MARK),
        criteria=criteria,
        changes=(*standard.changes, *dict.fromkeys(made)),
    )


def _asked(standard: Standard) -> Iterable[Leaf]:
    return (x for c in standard.criteria for v in c.variants for x in (*v.all, *v.any))


def _keys(leaf: Leaf) -> list[str]:
    """Return the keys under which a clause can be changed; none if it compares no number."""
    if leaf.parameter:
        return [leaf.parameter, *([f"{leaf.indicator}{OF}"] if leaf.of else [])]
    is_number = leaf.test in NUMERIC_TESTS and isinstance(leaf.value, int | float)
    own = [f"{leaf.indicator} {leaf.test}"] if is_number else []
    return [*own, *([f"{leaf.indicator}{OF}"] if leaf.of else [])]


def _full(key: str, standard: Standard) -> str:
    """Return the key with its test."""
    known = changeable(standard)
    if key in known:
        return key
    meant = [k for k in known if k.split(" ")[0] == key and not k.endswith(OF)]
    if len(meant) == 1:
        return meant[0]
    raise UnknownNameError(
        f"{standard.id}, edition {standard.edition}, compares no {key!r}"
        if not meant
        else f"{key!r} is compared in more than one way",
        where=standard.id,
        found=key,
        hint=f"say one of {', '.join(meant)}" if meant else nearest(key, known),
    )


def _variant(
    variant: Variant, wanted: Mapping[str, Value], unit: str, made: list[Change]
) -> Variant:
    """Return a variant with its clauses changed; what was changed is added to ``made``."""
    before = len(made)
    asked, one_of = (
        tuple(_leaf(x, wanted, unit, made) for x in group) for group in (variant.all, variant.any)
    )
    source = "/".join(MARK) if len(made) > before else variant.source
    return replace(variant, all=asked, any=one_of, source=source)


def _leaf(leaf: Leaf, wanted: Mapping[str, Value], unit: str, made: list[Change]) -> Leaf:
    for key in _keys(leaf):
        if key in wanted:
            leaf = _changed(leaf, key, wanted[key], unit, made)
    return leaf


def _changed(leaf: Leaf, key: str, value: Value, unit: str, made: list[Change]) -> Leaf:
    data = {k: v for k, v in vars(leaf).items() if v is not None and k != "source"}
    if key.endswith(OF):
        old: Value | None = leaf.of
        data |= {"of": value}
    else:
        old = leaf.parameter or leaf.value
        data.pop("parameter", None)
        data |= {"value": value}
    if old == value:
        return leaf
    if isinstance(value, bool):
        raise StandardError("not a threshold", where=key, found=repr(value))
    made.append(Change(leaf.indicator, leaf.test, old, value, key.endswith(OF)))
    return replace(checked(data, unit, f"hypothetical {key}"), source="/".join(MARK))
