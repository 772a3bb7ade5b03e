"""What a survey says of exits: wrong-exit rate 错退率, omission rate 漏评率, recognition 群众认可度,
and the composite rate 综合贫困发生率 made of them.

The measures, their denominators and thresholds are data (``reference/evaluation.toml``).
A sample gives each rate an interval and a verdict: *meets*, *fails*, or *undetermined*
with the further sample that would settle it. `rates` and `composite` estimate and judge;
`adjusted`, `ranks` and `funnel` look at many counties at once; `specifications` asks which
choice flips a verdict, `spelled` says them in words; `acceptance_number`,
`operating_characteristic`, `sample_options` and `allocate` design the next sample.
Methods: ``docs/methods``.
"""

from __future__ import annotations

from povexit.evaluation.choices import spelled
from povexit.evaluation.composite import composite
from povexit.evaluation.counties import (
    adjusted,
    benjamini_hochberg,
    funnel,
    holm,
    joint_level,
    ranks,
)
from povexit.evaluation.counts import register_counts
from povexit.evaluation.evidence import Evidence, Mixture, evidence, lower, p_fails, p_meets, upper
from povexit.evaluation.measures import (
    Composite,
    Decision,
    Denominator,
    Edition,
    Measure,
    Rule,
    Weighting,
    decision,
    edition,
    editions,
    measures,
    weightings,
)
from povexit.evaluation.plans import (
    Field,
    acceptance_number,
    acceptance_size,
    operating_characteristic,
    sample_options,
)
from povexit.evaluation.rates import design_facts, rates, reachable, remark, worded
from povexit.evaluation.specifications import specifications
from povexit.evaluation.strata import allocate
from povexit.evaluation.survey import Choices, design
from povexit.evaluation.tails import Even, at_least, at_most, lower_bound, upper_bound
from povexit.evaluation.tallies import tallied
from povexit.evaluation.verdicts import verdict

__all__ = [
    "Choices",
    "Composite",
    "Decision",
    "Denominator",
    "Edition",
    "Even",
    "Evidence",
    "Field",
    "Measure",
    "Mixture",
    "Rule",
    "Weighting",
    "acceptance_number",
    "acceptance_size",
    "adjusted",
    "allocate",
    "at_least",
    "at_most",
    "benjamini_hochberg",
    "composite",
    "decision",
    "design",
    "design_facts",
    "edition",
    "editions",
    "evidence",
    "funnel",
    "holm",
    "joint_level",
    "lower",
    "lower_bound",
    "measures",
    "operating_characteristic",
    "p_fails",
    "p_meets",
    "ranks",
    "rates",
    "reachable",
    "register_counts",
    "remark",
    "sample_options",
    "specifications",
    "spelled",
    "tallied",
    "upper",
    "upper_bound",
    "verdict",
    "weightings",
    "worded",
]
