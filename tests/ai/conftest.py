"""The sentence encoder for tests: fetched once into `build/brain`, then the same for every run."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from tickless.ai.encoder import ModelFiles, OnnxEncoder
from tickless.ai.fetch import fetch
from tickless.domain.errors import TicklessError

FOLDER = Path(os.environ.get("TICKLESS_TEST_BRAIN", "build/brain"))


@pytest.fixture(scope="session")
def model_files() -> ModelFiles:
    """The files, from wherever this machine gets packages. Without them: a failure where `CI` is set, a skip at a desk."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    files = ModelFiles(FOLDER.absolute())
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            given = os.environ.get("TICKLESS_TEST_BRAIN_FROM")
            fetch(files, folder=Path(given) if given else None, say=lambda text: None)
        except TicklessError as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no sentence encoder here: {error.public}")
    return files


@pytest.fixture(scope="session")
def encoder(model_files: ModelFiles) -> OnnxEncoder:
    return OnnxEncoder(model_files)
