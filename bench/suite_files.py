"""Reads suites: lists in YAML files, found by what is in them; every problem names the file, the entry and the key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from bench.report import CannotRun

SUITES = Path(__file__).parent / "suites"
ENDINGS = frozenset({".yaml", ".yml"})
Model = TypeVar("Model", bound="Entry")


class Form(BaseModel):
    """A part of an entry. What the form does not know is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Entry(Form):
    """One entry of a suite. `file`: the name of the file that it stands in."""

    id: str
    file: str = ""


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice in one mapping: the first would be lost silently. Yes and no are words here."""


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen: set[object] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        key = str(key) if isinstance(key, dict | list) else key
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands twice", key_node.start_mark)
        seen.add(key)
    return {
        _plain(loader.construct_object(key, deep=True)): loader.construct_object(value, deep=True)
        for key, value in node.value
    }


def _plain(key: object) -> object:
    """`{app.free}: none` without quotes is a mapping of one name to YAML: read it as the role that was meant."""
    return role_text(key) if isinstance(key, dict) else key


def role_text(value: object) -> object:
    """`{me}` written without quotes is a mapping with one empty key to YAML; everything else stays as it is."""
    if isinstance(value, dict) and len(value) == 1 and next(iter(value.values())) is None:
        return f"{{{next(iter(value))}}}"
    return value


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
"""`off` and `no` stay the words that somebody wrote."""


def read_suite(folder: Path, form: type[Model], *, keys: Iterable[str]) -> list[Model]:
    """Every entry of every file below `folder` whose entries have these keys; `test` folders alone where there are some.

    Raises `CannotRun` with all problems, each with file, id and key.
    """
    wanted, found = frozenset(keys), list[Model]()
    problems: list[str] = []
    for path in _files(folder):
        entries = _entries(path, problems)
        if not any(isinstance(entry, dict) and wanted <= entry.keys() for entry in entries):
            continue
        for place, entry in enumerate(entries, 1):
            name = str(entry.get("id", f"entry {place}")) if isinstance(entry, dict) else f"entry {place}"
            try:
                found.append(form.model_validate({**_dict(entry), "file": path.name}))
            except ValidationError as error:
                problems += [f"{path}: {name}: {text}" for text in _told(error)]
    problems += _twice(found)
    if problems:
        raise CannotRun("\n".join(problems))
    if not found:
        raise CannotRun(f"{folder} holds no entries with {', '.join(sorted(wanted))}")
    return found


def _files(folder: Path) -> list[Path]:
    if not folder.exists():
        raise CannotRun(f"there is no folder {folder}")
    found = sorted(path for path in folder.rglob("*") if path.suffix in ENDINGS) if folder.is_dir() else [folder]
    tests = [path for path in found if "test" in {part.lower() for part in path.relative_to(folder).parts[:-1]}]
    return tests or found


def _entries(path: Path, problems: list[str]) -> list[Any]:
    try:
        read = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems.append(f"{path}: it is no YAML: {' '.join(str(error).split())}")
        return []
    if isinstance(read, dict) and isinstance(read.get("test"), list):
        return list(read["test"])
    return read if isinstance(read, list) else []


def _dict(entry: object) -> dict[str, Any]:
    return entry if isinstance(entry, dict) else {"id": "?", "entry": entry}


def _told(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False):
        key = ".".join(str(part) for part in problem["loc"]) or "the entry"
        known = "there is no such key" if problem["type"] == "extra_forbidden" else problem["msg"]
        yield f"{key}: {known}"


def _twice(found: Iterable[Entry]) -> list[str]:
    seen: dict[str, str] = {}
    problems = []
    for entry in found:
        if entry.id in seen:
            problems.append(f"{entry.file}: {entry.id}: id: it stands in {seen[entry.id]} already")
        seen[entry.id] = entry.file
    return problems
