"""Brings what the journal holds into the one form that figures are computed from."""

from tickless.stages.measure.facts.reading import read_material, read_these

__all__ = ["read_material", "read_these"]
