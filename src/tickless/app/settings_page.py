"""Writes the reference of the settings from the settings themselves: `python -m tickless.app.settings_page FILE`."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tickless.app.settings import FILE_NAME, ConnectorUse, Settings

HEAD = f"""# Settings

This page is made from the program: `python -m tickless.app.settings_page docs/reference/settings.md`.

Settings stand in `{FILE_NAME}`, in the data folder or where the command is started. An environment variable wins over the file.
What is not said keeps its default. Secrets are never values: write `env:NAME` or `file:/path`.

| setting | environment | type | default | what it is |
|---|---|---|---|---|
"""
TAIL = """
## Connectors

Each entry below `connectors` has a name of your own and these fields:

| setting | type | default | what it is |
|---|---|---|---|
"""
OTHERS = {
    "host": "Address to listen on. Anything but loopback needs a name in `entrance.hosts` and TLS in front.",
    "port": "Port to listen on; 0: a free one.",
    "log_level": "The least important events that are written to standard error.",
    "log_form": "Lines for people, or one JSON object a line.",
    "connectors": "Your name → which connector it is and how it is set up: see below.",
    "session_hours": "How long a browser stays signed in.",
    "use": "The connector's id: its folder's name, as `docs/reference/connectors.md` lists them.",
    "settings": "The connector's own settings, as its README lists them.",
}
"""What the names and types of these settings leave open and no docstring says."""


@dataclass(frozen=True)
class Row:
    """One setting: its dotted name, environment variable, type, default and the sentence that belongs to it."""

    name: str
    variable: str
    type: str
    default: str
    text: str


def rows(model: type[BaseModel] = Settings, prefix: tuple[str, ...] = ()) -> Iterator[Row]:
    """Every setting, nested ones by their dotted name, in the order of the source."""
    texts = _texts(model)
    for name, field in model.model_fields.items():
        inner = field.annotation
        if inspect.isclass(inner) and issubclass(inner, BaseModel):
            yield from rows(inner, (*prefix, name))
            continue
        dotted = (*prefix, name)
        variable = "TICKLESS_" + "__".join(part.upper() for part in dotted)
        yield Row(".".join(dotted), variable, _type(field), _default(field), texts.get(name) or OTHERS[name])


def _texts(model: type[BaseModel]) -> dict[str, str]:
    """Field → the docstring that stands below it, or the model's own when a field is all it has."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    assert isinstance(tree, ast.ClassDef)
    found: dict[str, str] = {}
    for before, after in zip(tree.body, tree.body[1:], strict=False):
        named = isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name)
        said = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        if named and said:
            found[before.target.id] = " ".join(str(after.value.value).split())  # type: ignore[attr-defined]
    return found


def _type(field: FieldInfo) -> str:
    kind: Any = field.annotation
    text = kind.__name__ if inspect.isclass(kind) and not hasattr(kind, "__args__") else str(kind)
    return re.sub(r"\b(?:typing|pathlib|tickless(?:\.[a-z_]+)+)\.", "", text).replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "must be given"
    if value is None:
        return "none"
    return f"`{value}`" if value not in ((), {}) else "empty"


def page() -> str:
    """The whole page."""
    lines = [f"| `{r.name}` | `{r.variable}` | {r.type} | {r.default} | {r.text} |" for r in rows()]
    uses = [f"| `connectors.<name>.{r.name}` | {r.type} | {r.default} | {r.text} |" for r in rows(ConnectorUse)]
    return HEAD + "\n".join(lines) + "\n" + TAIL + "\n".join(uses) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
