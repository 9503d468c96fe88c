"""What telemetry learnt, in one file: written whole or not at all, read only by the version that wrote it."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

VERSION: Final = 1
Arrays = dict[str, NDArray[Any]]


def write(path: Path, arrays: Mapping[str, NDArray[Any]], told: Mapping[str, Any]) -> None:
    """Replace the file. Raises OSError; then the old one stands."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    said = json.dumps({"version": VERSION, **told}, ensure_ascii=True).encode()
    try:
        with beside.open("wb") as file:
            np.savez(file, allow_pickle=False, told=np.frombuffer(said, np.uint8), **arrays)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(0o600)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read(path: Path) -> tuple[Arrays, dict[str, Any]] | None:
    """(arrays, what else was told), or None when there is no file that this version can read."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        told = json.loads(arrays.pop("told").tobytes())
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return (arrays, told) if isinstance(told, dict) and told.get("version") == VERSION else None
