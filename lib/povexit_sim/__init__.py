"""Simulated deliveries with known truth. Everything made here is synthetic."""
