"""Simulated deliveries with known truth. Everything made here is synthetic.

`simulate_county` makes a county's people in a month, `write_delivery` the files it would send,
`make_month` both for all counties. ``parameters.toml`` and ``bases.csv`` hold what is assumed;
``docs/simulator.md`` says why.
"""

from povexit_sim.county import Population, simulate_county
from povexit_sim.deliver import Delivered, write_delivery
from povexit_sim.mess import KINDS, ORDINARY
from povexit_sim.month import make_month

__all__ = [
    "KINDS",
    "ORDINARY",
    "Delivered",
    "Population",
    "make_month",
    "simulate_county",
    "write_delivery",
]
