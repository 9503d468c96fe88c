"""The language brain: what understands words without deciding anything."""

from tickless.ai.brain import Brain, Example, Guess, LeftOut
from tickless.ai.teaching import build_brain

__all__ = ["Brain", "Example", "Guess", "LeftOut", "build_brain"]
