"""Brings what the journal holds into the one form that figures are computed from."""

from tickless.stages.measure.facts.reading import MOST, read_material, read_these
from tickless.stages.measure.facts.things import Thing, things_of

__all__ = ["MOST", "Thing", "read_material", "read_these", "things_of"]
