"""Brings what the journal holds into the one form that figures are computed from."""

from tickless.stages.measure.facts.reading import read_material

__all__ = ["read_material"]
