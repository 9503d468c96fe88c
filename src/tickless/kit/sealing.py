"""Sealing: values that must be stored for a short while, unreadable without the house's own key file."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken


class Seal:
    """Encrypts and authenticates with Fernet (AES-128-CBC, HMAC-SHA-256). The key never leaves its file."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)
        self._marks = hashlib.sha256(b"tickless marks:" + key).digest()

    @classmethod
    def from_file(cls, path: Path) -> Seal:
        """Read the key, or make one that only its owner can read (mode 0600)."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f".{path.name}.{os.getpid()}")
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(Fernet.generate_key())
            with contextlib.suppress(FileExistsError):  # another process was first: its key counts
                os.link(draft, path)
            draft.unlink()
        return cls(path.read_bytes().strip())

    def close(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """The text, or None if it was sealed with another key or changed."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None

    def mark(self, text: str) -> str:
        """What only the holder of the key can say about this text: HMAC-SHA-256, 40 hex digits of it."""
        return hmac.digest(self._marks, text.encode(), "sha256").hex()[:40]
