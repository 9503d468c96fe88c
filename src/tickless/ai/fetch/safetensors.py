"""Reads a safetensors file: eight bytes of length, a JSON header, then the numbers. Nothing in it is ever executed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tickless.ai.encoder.store import Floats32

MOST_HEADER_BYTES = 10_000_000


def read_tensors(path: Path) -> Mapping[str, Floats32]:
    """Name → array of every 32-bit float tensor, mapped from the file. Raises ValueError if the file is no such thing."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 0 < length <= MOST_HEADER_BYTES:
            raise ValueError("no safetensors header")
        header = json.loads(file.read(length))
    data = np.memmap(path, mode="r", dtype=np.uint8, offset=8 + length)
    found: dict[str, Floats32] = {}
    for name, told in header.items():
        if name != "__metadata__" and told["dtype"] == "F32":
            begin, end = told["data_offsets"]
            found[name] = data[begin:end].view(np.float32).reshape(told["shape"])
    return found
