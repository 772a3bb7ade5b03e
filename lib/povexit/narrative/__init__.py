"""What a table says, in sentences: Chinese or English, one fact each.

Sentences are built from finished numbers; nothing is computed here beyond
choosing which fact to tell. Unknown is told beside every share.
"""

from __future__ import annotations

from povexit.narrative.frame import (
    chooser,
    delivered,
    edition_note,
    heading,
    index_numbers,
    limits,
    sources,
    title,
)
from povexit.narrative.goals import (
    campaign,
    no_comparison,
    no_list,
    not_delivered,
    outlook,
    published_note,
    reconciles,
    scale_note,
    why_changed,
)
from povexit.narrative.households import headline, near_line, why_not
from povexit.narrative.prose import Prose
from povexit.narrative.records import findings, quality
from povexit.narrative.rules import (
    flip,
    flipped_village,
    not_in_force,
    rule_changes,
    threshold,
    what_if,
)
from povexit.narrative.sample import assumptions, no_league_table, survey, verdicts

__all__ = [
    "Prose",
    "assumptions",
    "campaign",
    "chooser",
    "delivered",
    "edition_note",
    "findings",
    "flip",
    "flipped_village",
    "heading",
    "headline",
    "index_numbers",
    "limits",
    "near_line",
    "no_comparison",
    "no_league_table",
    "no_list",
    "not_delivered",
    "not_in_force",
    "outlook",
    "published_note",
    "quality",
    "reconciles",
    "rule_changes",
    "scale_note",
    "sources",
    "survey",
    "threshold",
    "title",
    "verdicts",
    "what_if",
    "why_changed",
    "why_not",
]
