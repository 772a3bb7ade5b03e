"""The choices behind a specification in words, for those who read charts of them."""

from __future__ import annotations

import pandas as pd

from povexit.evaluation.measures import edition, measures, weightings
from povexit.evaluation.survey import Choices, counted
from povexit.evaluation.words import sentence

#: The columns of `specifications` that hold a choice, in the order readers meet them.
NAMES = ("judged_by", "unit", "weighting", "lonely", "missing", "denominator")


def spelled(found: pd.DataFrame, lang: str = "zh") -> pd.DataFrame:
    """Return specifications with their choices in words, as charts take them.

    Parameters
    ----------
    found
        From `specifications`.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    pandas.DataFrame
        ``found``, the words of each choice in the columns of the choices, and ``changed``:
        the words of those that differ from the ones stated, or that nothing does.

    Raises
    ------
    UnknownNameError
        If there is no such language.
    """
    said = pd.DataFrame(
        {
            name: [
                _words(name, option, measure, lang)
                for option, measure in zip(found[name], found["measure"], strict=True)
            ]
            for name in NAMES
        },
        index=found.index,
        dtype=object,
    )
    stated = said[found["is_stated"]].groupby(found["measure"]).first()
    differs = said.ne(stated.loc[found["measure"]].set_axis(found.index))
    usual, comma = sentence("as_stated", lang), sentence("comma", lang)
    changed = [
        comma.join(words[other]) or usual
        for words, other in zip(said.to_numpy(), differs.to_numpy(), strict=True)
    ]
    return found.assign(**said, changed=changed)


def _words(name: str, option: str, measure: str, lang: str) -> str:
    if name == "judged_by":
        return option
    if name == "weighting":
        found = weightings()[option]
        return found.name if lang == "zh" else found.name_en
    if name == "denominator":
        known = {
            d.id: d.name if lang == "zh" else d.name_en for d in edition().composite.denominator
        }
        return known.get(option, "")
    if name == "unit":
        option = _unit(measure, option)
    return sentence(f"{name}.{option}", lang)


def _unit(measure: str, option: str) -> str:
    """Return persons or households; the composite rate counts what its parts do."""
    part = next(iter(edition().composite.parts)) if measure == edition().composite.id else measure
    return counted(next(m for m in measures() if m.id == part), Choices(unit=option))
