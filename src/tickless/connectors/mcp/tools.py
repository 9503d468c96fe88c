"""Tools as their server tells them, pinned by a hash over everything it tells. Pure: what a server says is only ever data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tickless.domain.errors import Rejected
from tickless.domain.runbook import Effect
from tickless.domain.tool_effect import ToolEffect

MOST_NAME = 128


@dataclass(frozen=True)
class Tool:
    """`sha256` is over name, title, descriptions, schemas and annotations: over every word that could lead anybody."""

    name: str
    description: str
    schema: Mapping[str, Any]
    sha256: str


def read_tool(told: Any) -> Tool | None:
    """One entry of `tools/list`; None for what has no usable name."""
    if not isinstance(told, Mapping):
        return None
    name, description, schema = told.get("name"), told.get("description"), told.get("inputSchema")
    if not isinstance(name, str) or not name or len(name) > MOST_NAME or not name.isprintable():
        return None
    return Tool(
        name=name,
        description=description if isinstance(description, str) else "",
        schema=schema if isinstance(schema, Mapping) else {},
        sha256=hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest(),
    )


def check(name: str, tools: Mapping[str, Tool], said: Mapping[str, ToolEffect], *, effect: Effect) -> ToolEffect:
    """What was said of a tool that may be called in this way. Raises `Rejected` for every other: default deny."""
    word = said.get(name)
    if word is None:
        raise Rejected("nobody has said what this tool does", detail=f"tool {name!r}", mend="read it, then classify it")
    if word.effect != effect:
        raise Rejected(f"this tool is classified as {word.effect!r}, not {effect!r}", detail=f"tool {name!r}")
    tool = tools.get(name)
    if tool is None:
        raise Rejected("the server has no such tool any more", detail=f"tool {name!r}")
    if tool.sha256 != word.sha256:
        raise Rejected(
            "this tool has changed since somebody read it",
            detail=f"tool {name!r} is now {tool.sha256}",
            mend="read it again, then classify it again",
        )
    return word


def known_arguments(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the arguments that another tool knows by the same name."""
    properties = schema.get("properties")
    known = properties if isinstance(properties, Mapping) else {}
    return {name: value for name, value in arguments.items() if name in known}


def misfits(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """What is wrong with the arguments at first sight: missing or unknown names, plain types. The server checks the rest."""
    properties = schema.get("properties")
    known = properties if isinstance(properties, Mapping) else {}
    required = schema.get("required")
    wanted = [name for name in required if isinstance(name, str)] if isinstance(required, list) else []
    found = [f"{name} is missing" for name in wanted if name not in arguments]
    if schema.get("additionalProperties") is False or known:
        found += [f"{name} is unknown" for name in arguments if name not in known]
    for name, value in arguments.items():
        part = known.get(name)
        kind = part.get("type") if isinstance(part, Mapping) else None
        if isinstance(kind, str) and not _is(value, kind):
            found.append(f"{name} is no {kind}")
    return found


def _is(value: Any, kind: str) -> bool:
    if kind in {"integer", "number"}:
        return isinstance(value, int if kind == "integer" else (int, float)) and not isinstance(value, bool)
    kinds: dict[str, type] = {"string": str, "boolean": bool, "object": dict, "array": list, "null": type(None)}
    return kind not in kinds or isinstance(value, kinds[kind])
