"""Secrets by reference: `env:NAME`, `file:/path`, `vault:mount/path#key`, or `once:id` for one that the house made.

Read when needed, never kept.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from tickless.domain.errors import SettingsInvalid

REFERENCE = re.compile(
    r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:/\S+|once:[A-Za-z0-9_]+|vault:[A-Za-z0-9_-]+(/[A-Za-z0-9_.@=-]+)+#[A-Za-z0-9_.-]+)$"
)


class Secrets:
    """Resolves references. `extra`: further names for `env:`; `once`: opens the house's own secrets; `vault`: reads Vault."""

    def __init__(
        self,
        extra: dict[str, str] | None = None,
        *,
        once: Callable[[str], str | None] | None = None,
        vault: Callable[[str], str | None] | None = None,
    ) -> None:
        self._extra = dict(extra or {})
        self._once = once
        self._vault = vault
        self._seen: set[str] = set()

    def reveal(self, reference: str) -> str:
        """The value behind a reference. Raises `SettingsInvalid` naming the reference, not the value; Vault: `OutsideError`."""
        if not REFERENCE.fullmatch(reference):
            raise SettingsInvalid(
                "a secret must be a reference",
                mend="write env:NAME, file:/path or vault:mount/path#key instead of the value",
            )
        scheme, _, name = reference.partition(":")
        value = self._value(scheme, name)
        if value is None:
            raise SettingsInvalid(f"there is no secret behind {reference}", mend="set it, then start again")
        if value:
            self._seen.add(value)
        return value

    def _value(self, scheme: str, name: str) -> str | None:
        if scheme == "once":
            return self._once(name) if self._once else None
        if scheme == "vault":
            if self._vault is None:
                raise SettingsInvalid("there is no Vault to read from", mend="set `vault.url` in the settings")
            return self._vault(name)
        return self._from_env(name) if scheme == "env" else self._from_file(name)

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
