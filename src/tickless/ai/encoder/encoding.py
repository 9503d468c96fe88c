"""The sentence encoder: a promise, and the one that runs on ONNX Runtime."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from tickless.ai.encoder.remembered import key_of, read_vectors, write_vectors
from tickless.ai.encoder.store import MODEL, Floats32, ModelFiles
from tickless.ai.features import MAX_CHARACTERS, unmasked
from tickless.domain.errors import NotFound

WIDTH = 384
MOST_TOKENS = 256
RECENT = 4_096
"""Sentences whose vectors stay in memory, beside those that were taught."""


class Encoder(Protocol):
    """Turns sentences into vectors whose products are cosines. Deterministic: a sentence's vector depends on nothing else."""

    def __hash__(self) -> int: ...

    @property
    def version(self) -> str:
        """Changes whenever the same sentence may get another vector."""

    def encode(self, texts: Sequence[str], *, keep: bool = False) -> Floats32:
        """len(texts) × width; rows of length one. `keep`: remember them beyond this process. Never raises."""


class OnnxEncoder:
    """The int8 model on one core. Safe to share between threads."""

    def __init__(self, files: ModelFiles, *, threads: int = 1) -> None:
        """Load it (about 0.1 s). Raises `NotFound` with what to do, unless `files.state()` is `ready`."""
        state = files.state()
        if state != "ready":
            raise NotFound(f"the sentence encoder is not ready: {state}", mend="tickless brain fetch")
        hashes = files.hashes()
        assert hashes is not None, "a ready folder has a manifest"
        self.version = hashes[MODEL][:12]
        self._session = _session(files.model, threads)
        self._tokenizer = _tokenizer(files.tokenizer)
        self._memory: Path = files.folder / f"sentences-{self.version}.npz"
        self._kept: dict[bytes, Floats32] | None = None
        self._recent: OrderedDict[bytes, Floats32] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str], *, keep: bool = False) -> Floats32:
        """See `Encoder`. About 2 ms for a sentence that was not seen of late."""
        found = np.zeros((len(texts), WIDTH), dtype=np.float32)
        fresh: dict[bytes, Floats32] = {}
        for place, text in enumerate(texts):
            key = key_of(text)
            known = self._known(key, keep=keep)
            if known is None:
                known = fresh.get(key)
            if known is None:
                known = fresh[key] = self._read(text)
            found[place] = known
        if fresh:
            self._remember(fresh, keep=keep)
        return found

    def _known(self, key: bytes, *, keep: bool) -> Floats32 | None:
        with self._lock:
            if keep:
                if self._kept is None:
                    self._kept = read_vectors(self._memory)
                return self._kept.get(key)
            known = self._recent.get(key)
            if known is not None:
                self._recent.move_to_end(key)
            return known if known is not None or self._kept is None else self._kept.get(key)

    def _remember(self, fresh: dict[bytes, Floats32], *, keep: bool) -> None:
        with self._lock:
            if keep:
                self._kept = {**(self._kept or {}), **fresh}
                with suppress(OSError):  # a folder that can't be written to makes the next start slower, no more
                    write_vectors(self._memory, {**read_vectors(self._memory), **self._kept})
                return
            self._recent.update(fresh)
            while len(self._recent) > RECENT:
                self._recent.popitem(last=False)

    def _read(self, text: str) -> Floats32:
        tokens = self._tokenizer.encode(unmasked(text[:MAX_CHARACTERS])).ids
        (vector,) = self._session.run(None, {"ids": np.array(tokens, dtype=np.int64)})
        return np.asarray(vector, dtype=np.float32)


def _session(path: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Processors without VNNI would saturate sums of int8 products; this makes them exact there, too.
    options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_TOKENS)
    return tokenizer
