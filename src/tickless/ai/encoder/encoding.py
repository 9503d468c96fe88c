"""What a sentence encoder promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tickless.ai.encoder.store import Floats32


class Encoder(Protocol):
    """Turns sentences into vectors whose products are cosines. Deterministic: a sentence's vector depends on nothing else."""

    @property
    def version(self) -> str:
        """Changes whenever the same sentence may get another vector."""

    def encode(self, texts: Sequence[str]) -> Floats32:
        """len(texts) × width; rows of length one. Never raises, whatever the texts."""
