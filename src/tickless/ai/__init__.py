"""The model gateway: the embedded language brain, with deterministic fallbacks."""
