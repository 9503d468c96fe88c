"""Sentences as vectors of meaning: optional, and told apart from what works without."""

from tickless.ai.encoder.encoding import Encoder

__all__ = ["Encoder"]
