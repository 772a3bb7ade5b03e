"""What a table says, in sentences: Chinese or English, one fact each.

Sentences are built from finished numbers; nothing is computed here beyond
choosing which fact to tell. Unknown is told beside every share.
"""

from __future__ import annotations

from povexit.narrative.asked import (
    data_asks,
    definitions_notes,
    due_message,
    headline_message,
    target_message,
    targets_message,
)
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
from povexit.narrative.messages import (
    behind_message,
    change_message,
    hardest_message,
    meeting_message,
    no_survey,
    places_message,
    places_note,
    quality_message,
    remedy_message,
    settled_message,
)
from povexit.narrative.prose import Prose
from povexit.narrative.records import findings, quality
from povexit.narrative.rules import (
    flip,
    flipped_village,
    look_alikes,
    not_in_force,
    rule_changes,
    threshold,
    what_if,
)
from povexit.narrative.sample import assumptions, no_league_table, survey, verdicts

__all__ = [
    "Prose",
    "assumptions",
    "behind_message",
    "campaign",
    "change_message",
    "chooser",
    "data_asks",
    "definitions_notes",
    "delivered",
    "due_message",
    "edition_note",
    "findings",
    "flip",
    "flipped_village",
    "hardest_message",
    "heading",
    "headline",
    "headline_message",
    "index_numbers",
    "limits",
    "look_alikes",
    "meeting_message",
    "near_line",
    "no_comparison",
    "no_league_table",
    "no_list",
    "no_survey",
    "not_delivered",
    "not_in_force",
    "outlook",
    "places_message",
    "places_note",
    "published_note",
    "quality",
    "quality_message",
    "reconciles",
    "remedy_message",
    "rule_changes",
    "scale_note",
    "settled_message",
    "sources",
    "survey",
    "target_message",
    "targets_message",
    "threshold",
    "title",
    "verdicts",
    "what_if",
    "why_changed",
    "why_not",
]
