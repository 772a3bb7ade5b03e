"""One verdict in sentences, for the researcher who asks why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from povexit.decide.verdict import KEYS, judge, name, threshold
from povexit.errors import UnknownNameError
from povexit.schema import Column, columns, value_label
from povexit.schema.frames import enter
from povexit.standards import Criterion, Leaf, Standard, Variant, series

TABLES = {
    "household": "indicators_households",
    "interview": "indicators_survey_households",
    "village": "indicators_villages",
    "county": "indicators_counties",
}
RULE = {"zh": "规则本身未找到", "en": "the rule itself was not found"}
PASS = {"zh": "达标", "en": "met"}
NOT_APPLICABLE = {"zh": "不适用，视同达标", "en": "does not apply, counts as met"}
YES = {"zh": {True: "是", False: "否"}, "en": {True: "yes", False: "no"}}
UNKNOWN = {"zh": "未知", "en": "unknown"}
TESTS = {
    "zh": {">=": "不低于", ">": "高于", "<=": "不超过", "<": "低于", "==": "等于", "in": "属于"},
    "en": {
        ">=": "at least",
        ">": "above",
        "<=": "at most",
        "<": "below",
        "==": "exactly",
        "in": "one of",
    },
}
FORMS = {
    "zh": {
        "leaf": "{label}为{found}（要求{test}{limit}）",
        "bool": "{label}：{found}（要求：{limit}）",
        "share": "{label}{found}，分母{whole}{base}，即{least}（要求{test}{limit}）",
        "open_share": "{label}{found}，另有{unknown}未知，分母{whole}{base}，即{least}至{most}（要求{test}{limit}）",
        "unknown": "{label}未知",
        "any": "以下各项无一满足：{parts}",
        "pass": "{item}：达标。",
        "not_applicable": "{item}：不适用，视同达标。",
        "fail": "{item}：未达标。{parts}。",
        "open": "{item}：无法判定。{parts}。",
        "join": "；",
    },
    "en": {
        "leaf": "{label} is {found} (asked: {test} {limit})",
        "bool": "{label}: {found} (asked: {limit})",
        "share": "{label}: {found} of {base} ({whole}), {least} (asked: {test} {limit})",
        "open_share": "{label}: {found} and {unknown} unknown of {base} ({whole}), {least} to {most} (asked: {test} {limit})",
        "unknown": "{label} is unknown",
        "any": "none of these holds: {parts}",
        "pass": "{item}: met.",
        "not_applicable": "{item}: does not apply, counts as met.",
        "fail": "{item}: not met. {parts}.",
        "open": "{item}: cannot be decided. {parts}.",
        "join": "; ",
    },
}


def spelled(deciding: pd.DataFrame, standard: Standard, lang: str = "zh") -> pd.DataFrame:
    """Return the clauses that decide with their criterion and what is asked, in words.

    Parameters
    ----------
    deciding
        From `povexit.decide.deciding`.
    standard
        The edition by which the places were judged.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    pandas.DataFrame
        ``deciding`` with ``name`` of the criterion and ``asked``, the clause's indicator; the
        rule itself where its text was not found.
    """
    names = {c.id: c.label(lang) for c in standard.criteria}
    known = {k: c.label(lang) for k, c in columns(TABLES[standard.unit]).items()}
    asked = deciding["indicator"].map(known).fillna(RULE[lang])
    return deciding.assign(name=deciding["criterion"].map(names), asked=asked)


def reason_label(reason: str, lang: str = "zh", unit: str = "household") -> str:
    """Return a reason code of `povexit.decide.household` in words.

    Parameters
    ----------
    reason
        Such as ``fail:floor_area_per_person_m2``.
    lang
        ``zh`` or ``en``.
    unit
        Of what unit the verdict is, as standards name it: ``household``, ``village`` ...

    Raises
    ------
    UnknownNameError
        If it is no such code.

    Examples
    --------
    >>> reason_label("fail:floor_area_per_person_m2", "en")
    'floor area per person'
    >>> reason_label("unknown:rule", "zh")
    '规则本身未找到'
    """
    fixed = {"pass": PASS, "not_applicable": NOT_APPLICABLE, "unknown:rule": RULE}
    if reason in fixed:
        return fixed[reason][lang]
    kind, _, asked = reason.partition(":")
    known = columns(TABLES[unit])
    if kind in ("fail", "unknown") and asked in known:
        return known[asked].label(lang)
    if kind == "unknown":
        return series(asked).label(lang)
    raise UnknownNameError("not a reason code", found=reason)


def explain(row: Mapping[str, Any] | pd.Series, standard: Standard, lang: str = "zh") -> list[str]:
    """Return a sentence a criterion on one household or place: met or not, and what decided it.

    Parameters
    ----------
    row
        The indicators of one unit, such as ``indicators.iloc[0]``; its month names
        the year whose poverty line counts.
    standard
        The edition to judge by.
    lang
        ``zh`` or ``en``.
    """
    names = list(dict.fromkeys([*KEYS[standard.unit], *standard.indicators]))
    values = {**dict.fromkeys(names), **dict(row)}
    year = int(str(values["month"])[:4])
    frame = enter(pd.DataFrame([values]), TABLES[standard.unit], names)
    judged = judge(frame, standard, year).collect().to_polars().row(0, named=True)
    words = _Sentence(judged, columns(TABLES[standard.unit]), year, lang)
    return [words.criterion(c) for c in standard.criteria]


class _Sentence:
    """The words for one unit: its judged row, the columns' labels, the year and the language."""

    def __init__(
        self, row: Mapping[str, Any], known: Mapping[str, Column], year: int, lang: str
    ) -> None:
        self.row, self.known, self.year = row, known, year
        self.lang, self.forms = lang, FORMS[lang]

    def criterion(self, criterion: Criterion) -> str:
        verdict, item = self.row[criterion.id], criterion.label(self.lang)
        if verdict:
            return self.forms["pass" if self._concerns(criterion) else "not_applicable"].format(
                item=item
            )
        parts = [
            part
            for number, variant in enumerate(criterion.variants)
            if self.row[name("variant", criterion, number)] is verdict
            for part in self._parts(criterion, number, variant)
        ]
        form = self.forms["fail" if verdict is False else "open"]
        return form.format(item=item, parts=self.forms["join"].join(dict.fromkeys(parts)))

    def _concerns(self, criterion: Criterion) -> bool:
        applies = [name("applies", criterion, n) for n in range(len(criterion.variants))]
        return any(self.row.get(a, True) is not False for a in applies)

    def _parts(self, criterion: Criterion, number: int, variant: Variant) -> list[str]:
        """Return what is short in a failed variant, or what is unknown in an open one."""
        is_open = self.row[name("variant", criterion, number)] is None
        wanted = None if is_open else False
        found = [
            (self.row[name("leaf", criterion, number, position)], leaf)
            for position, leaf in enumerate(variant.leaves)
        ]
        first_any = len(variant.leaves) - len(variant.any)
        parts = [self._leaf(leaf) for state, leaf in found[:first_any] if state is wanted]
        short = [self._leaf(leaf) for state, leaf in found[first_any:] if state is wanted]
        if short and is_open:
            parts += short
        elif len(short) == len(variant.any) and short:
            parts.append(self.forms["any"].format(parts=self.forms["join"].join(short)))
        return parts or [RULE[self.lang]]

    def _leaf(self, leaf: Leaf) -> str:
        label = self.known[leaf.indicator].label(self.lang)
        limit = threshold(leaf, self.year)
        if self.row[leaf.indicator] is None:
            return self.forms["unknown"].format(label=label)
        if leaf.test.startswith("is_"):
            asked = YES[self.lang][leaf.test == "is_true"]
            found = self._value(leaf, self.row[leaf.indicator])
            return self.forms["bool"].format(label=label, found=found, limit=asked)
        if limit is None and leaf.parameter:
            return self.forms["unknown"].format(label=series(leaf.parameter).label(self.lang))
        if leaf.of:
            return self._share(leaf, label, limit)
        return self.forms["leaf"].format(
            label=label,
            found=self._value(leaf, self.row[leaf.indicator]),
            test=TESTS[self.lang][leaf.test],
            limit=self._value(leaf, limit),
        )

    def _share(self, leaf: Leaf, label: str, limit: Any) -> str:
        """Return what is counted, of what, and between which shares the answer lies."""
        counted, unknown, base = (self.row[c] for c in leaf.columns)
        whole = self.known[str(leaf.of)].label(self.lang)
        if unknown is None or not base or counted + unknown > base:
            return self.forms["unknown"].format(label=f"{label} / {whole}")
        ends = {"least": counted / base, "most": (counted + unknown) / base, "limit": limit}
        return self.forms["open_share" if unknown else "share"].format(
            label=label,
            found=self._value(leaf, counted),
            unknown=self._value(leaf, unknown),
            base=self._value(leaf, base),
            whole=whole,
            test=TESTS[self.lang][leaf.test],
            **{end: f"{self._value(leaf, 100 * part)}%" for end, part in ends.items()},
        )

    def _value(self, leaf: Leaf, value: Any) -> str:
        if isinstance(value, bool):
            return YES[self.lang][value]
        if isinstance(value, tuple):
            join = "、" if self.lang == "zh" else ", "
            return join.join(self._value(leaf, v) for v in value)
        if isinstance(value, str):
            return value_label(self.known[leaf.indicator].codes, value, self.lang)
        return f"{value:,.2f}".rstrip("0").rstrip(".")
