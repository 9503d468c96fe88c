"""Brings what the journal holds into the one form that figures are computed from."""

from tickless.stages.measure.facts.reading import MOST, read_material, read_these

__all__ = ["MOST", "read_material", "read_these"]
