"""The language brain: what understands words without deciding anything."""

from tickless.ai.brain import Brain, Example, Guess
from tickless.ai.teaching import build_brain

__all__ = ["Brain", "Example", "Guess", "build_brain"]
