"""Vectors of sentences, kept on disk between starts: what was taught yesterday costs nothing today."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tickless.ai.encoder.store import Floats32, replaced

MOST = 40_000
"""Sentences that are kept, the newest; about 60 MB."""
KEY_BYTES = 16


def key_of(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()


def read_vectors(path: Path) -> dict[bytes, Floats32]:
    """Key → vector; empty where the file is absent or is not what it should be: it is only a memory."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            keys, vectors = file["keys"], file["vectors"]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError):
        return {}
    if keys.ndim != 2 or keys.shape[1] != KEY_BYTES or vectors.shape[:1] != keys.shape[:1]:
        return {}
    return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}


def write_vectors(path: Path, vectors: Mapping[bytes, Floats32]) -> None:
    """Keep the last `MOST` of them. Processes that write at once lose nothing but the memory of some sentences."""
    kept: Sequence[bytes] = list(vectors)[-MOST:]
    with replaced(path) as draft, draft.open("wb") as file:
        keys = np.frombuffer(b"".join(kept), dtype=np.uint8).reshape(-1, KEY_BYTES)
        np.savez(file, keys=keys, vectors=np.stack([vectors[key] for key in kept]))
