"""Reads intent data sets, found by pattern and content: `seq.in`/`label` folders, CSV with text and category, CLINC's JSON."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.report import CannotRun
from tickless.ai import Example
from tickless.ai.encoder import ModelFiles, OnnxEncoder
from tickless.app.settings import read_settings

DATA = Path(os.environ.get("TICKLESS_BENCH_DATA", "../shared/data"))

Said = list[Example]


@dataclass(frozen=True)
class Split:
    """A data set: parts by name, such as `train`, `train_10`, `test`, `val`, `oos_val`."""

    folder: Path
    parts: dict[str, Said]


def data_folder(given: Path | None, name: str) -> Path:
    """The folder to measure on. Raises `CannotRun` when it is not there."""
    folder = given or DATA / name
    if not folder.is_dir():
        raise CannotRun(f"there is no {folder}: name a folder in the layout of {name}/ with --data")
    return folder


def read_split(folder: Path) -> Split:
    """Every part that lies in the folder. Raises `CannotRun` when there is no training part."""
    parts: dict[str, Said] = {}
    for path in sorted(folder.rglob("*")):
        if path.name == "seq.in" and (path.parent / "label").is_file():
            texts, labels = (_lines(path.parent / name) for name in ("seq.in", "label"))
            parts[path.parent.name] = [Example(label, text) for text, label in zip(texts, labels, strict=True)]
    for path in sorted(folder.rglob("*.csv")):
        rows = _rows(path)
        if rows:
            parts.setdefault(path.stem, rows)
    for path in sorted([*folder.rglob("*.json"), *folder.rglob("*.json.gz")]):
        parts |= {name: said for name, said in _keys(path) if name not in parts}
    if "train" not in parts:
        raise CannotRun(f"{folder} holds no training part: a CSV called train, or JSON with the key train")
    return Split(folder, parts)


def encoder() -> OnnxEncoder:
    """The sentence encoder. Raises `CannotRun` when its files are not there."""
    files = ModelFiles(read_settings().brain.folder)
    state = files.state()
    if state != "ready":
        raise CannotRun(f"the sentence encoder is not ready ({state}): run `tickless brain fetch`")
    return OnnxEncoder(files)


def fifth(said: Sequence[Example]) -> tuple[Said, Said]:
    """The rest, and every fifth sentence of each label: a validation part where none is given."""
    seen: dict[str, int] = {}
    rest: Said = []
    held: Said = []
    for one in said:
        seen[one.label] = seen.get(one.label, -1) + 1
        (held if seen[one.label] % 5 == 0 else rest).append(one)
    return rest, held


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _rows(path: Path) -> Said:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names = reader.fieldnames or []
        label = next((name for name in ("category", "label", "intent") if name in names), None)
        if label is None or "text" not in names:
            return []
        return [Example(row[label], row["text"]) for row in reader]


def _keys(path: Path) -> Iterator[tuple[str, Said]]:
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    found = json.loads(text)
    if isinstance(found, dict):
        for name, pairs in found.items():
            if isinstance(pairs, list) and all(isinstance(one, list) and len(one) == 2 for one in pairs):
                yield name, [Example(label, said) for said, label in pairs]
