"""A household survey of one's own: from any file to the measures of the county reports.

    text = own.propose("survey.sav")   # a first mapping, to read and mend
    survey = own.read("survey.sav", "survey.toml")
    own.estimates(survey, by="region")

A mapping in TOML says what each column means; nothing is guessed when a survey is read.
What the file lacks, and what that costs, is said in ``survey.remarks()``. How to write a
mapping: ``docs/own_survey.md``.
"""

from povexit.own.estimates import (
    AMOUNTS,
    MEASURES,
    deprivations,
    distribution,
    estimates,
    for_map,
    overview,
)
from povexit.own.files import read_file
from povexit.own.mapping import read_mapping
from povexit.own.propose import Proposal, propose
from povexit.own.survey import Survey, read

__all__ = [
    "AMOUNTS",
    "MEASURES",
    "Proposal",
    "Survey",
    "deprivations",
    "distribution",
    "estimates",
    "for_map",
    "overview",
    "propose",
    "read",
    "read_file",
    "read_mapping",
]
