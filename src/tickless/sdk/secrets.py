"""Secrets by reference: `env:NAME` or `file:/path`. Values are read when needed and never stored."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tickless.domain.errors import SettingsInvalid

REFERENCE = re.compile(r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:/\S+)$")


class Secrets:
    """Resolves references. `extra` serves the sample company and tests: name → value for `env:` references."""

    def __init__(self, extra: dict[str, str] | None = None) -> None:
        self._extra = dict(extra or {})
        self._seen: set[str] = set()

    def reveal(self, reference: str) -> str:
        """The value behind a reference. Raises `SettingsInvalid` that names the reference, never the value."""
        if not REFERENCE.fullmatch(reference):
            raise SettingsInvalid(
                "a secret must be a reference", mend="write env:NAME or file:/path instead of the value"
            )
        scheme, _, name = reference.partition(":")
        value = self._from_env(name) if scheme == "env" else self._from_file(name)
        if value is None:
            raise SettingsInvalid(f"there is no secret behind {reference}", mend="set it, then start again")
        if value:
            self._seen.add(value)
        return value

    def _from_env(self, name: str) -> str | None:
        return self._extra.get(name, os.environ.get(name))

    @staticmethod
    def _from_file(name: str) -> str | None:
        path = Path(name)
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError:
            return None

    @property
    def seen(self) -> frozenset[str]:
        """Values revealed so far, for masking them in anything that is written down."""
        return frozenset(self._seen)
