"""Sentences as vectors of meaning: optional, and told apart from what works without."""

from tickless.ai.encoder.encoding import Encoder, OnnxEncoder
from tickless.ai.encoder.store import ModelFiles

__all__ = ["Encoder", "ModelFiles", "OnnxEncoder"]
