"""Signing: short words signed with Ed25519, to be checked by anybody who has the public key."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


@dataclass(frozen=True)
class PublicKey:
    """What checks signatures. `text` is the 32 bytes in base64."""

    text: str

    @classmethod
    def read(cls, given: str) -> PublicKey:
        """From PEM or base64. Raises ValueError for anything else."""
        if "BEGIN PUBLIC KEY" in given:
            key = load_pem_public_key(given.encode())
            if not isinstance(key, Ed25519PublicKey):
                raise ValueError("only Ed25519 keys are used here")
            return cls(base64.b64encode(_raw(key)).decode())
        raw = base64.b64decode(given.strip(), validate=True)
        Ed25519PublicKey.from_public_bytes(raw)
        return cls(base64.b64encode(raw).decode())

    @property
    def id(self) -> str:
        """Short name: the first 16 hex digits of the key's SHA-256."""
        return hashlib.sha256(base64.b64decode(self.text)).hexdigest()[:16]

    @property
    def pem(self) -> str:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(self.text))
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def signed(self, words: bytes, signature: str) -> bool:
        """Whether the holder of the private key signed exactly these words."""
        try:
            key = Ed25519PublicKey.from_public_bytes(base64.b64decode(self.text))
            key.verify(base64.b64decode(signature, validate=True), words)
        except (InvalidSignature, ValueError):
            return False
        return True


class SigningKey:
    """A private key. It never leaves its file or secret store."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(base64.b64encode(_raw(key.public_key())).decode())

    @classmethod
    def new(cls) -> SigningKey:
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, pem: str) -> SigningKey:
        """From PKCS 8 PEM, not encrypted. Raises ValueError for anything else."""
        key = load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("only Ed25519 keys are used here")
        return cls(key)

    @classmethod
    def from_file(cls, path: Path) -> SigningKey:
        """Read the key, or make one that only its owner can read (mode 0600)."""
        if not path.exists():
            cls.new().write(path)
        return cls.read(path.read_text(encoding="ascii"))

    def write(self, path: Path, *, replace: bool = False) -> None:
        """Into a file of mode 0600, whole or not at all; a file that is there stays unless it is to be replaced."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(file.fileno())
        if replace:
            draft.replace(path)
            return
        with contextlib.suppress(FileExistsError):  # another process was first: its key counts
            os.link(draft, path)
        draft.unlink()

    def sign(self, words: bytes) -> str:
        return base64.b64encode(self._key.sign(words)).decode()
