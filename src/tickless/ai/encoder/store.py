"""Where the encoder's files lie, what they were made of, and whether they are whole."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats32 = NDArray[np.float32]
State = Literal["ready", "no packages", "no files", "damaged"]

MODEL_NAME = "all-MiniLM-L6-v2"
SOURCES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
"""The only files that are accepted, wherever they come from, by their SHA-256."""
CONVERTER = 1
"""Changes whenever the same weights would make another graph: files made by an older one are made again."""
MODEL, TOKENIZER, MANIFEST = "model-int8.onnx", "tokenizer.json", "manifest.json"


@dataclass(frozen=True)
class ModelFiles:
    """The files of one folder."""

    folder: Path

    @property
    def model(self) -> Path:
        return self.folder / MODEL

    @property
    def tokenizer(self) -> Path:
        return self.folder / TOKENIZER

    def hashes(self) -> dict[str, str] | None:
        """File name → SHA-256 as it was written down when they were made; None if that can't be read or is out of date."""
        try:
            told = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
            current = told["converter"] == CONVERTER and told["sources"] == SOURCES
            return {name: str(told["files"][name]) for name in (MODEL, TOKENIZER)} if current else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def state(self) -> State:
        """Whether the encoder can be used. Reads both files (a few hundredths of a second)."""
        if not packages_are_there():
            return "no packages"
        hashes = self.hashes()
        if hashes is None:
            return "no files"
        try:
            whole = all(sha256(self.folder / name) == expected for name, expected in hashes.items())
        except OSError:
            return "no files"
        return "ready" if whole else "damaged"

    def seal(self) -> str:
        """Write the manifest for the two files that lie here now; returns the model's hash. Raises OSError."""
        files = {name: sha256(self.folder / name) for name in (MODEL, TOKENIZER)}
        told = {"model": MODEL_NAME, "converter": CONVERTER, "sources": SOURCES, "files": files}
        with replaced(self.folder / MANIFEST) as path:
            path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        return files[MODEL]


def packages_are_there() -> bool:
    """Whether what runs the model is installed (the extra `brain`)."""
    return all(find_spec(name) is not None for name in ("onnxruntime", "tokenizers"))


def sha256(path: Path) -> str:
    """Of a file's bytes. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A path to write to that takes the place of `path` all at once when the block ends well, and is gone otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        draft.chmod(0o644)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
