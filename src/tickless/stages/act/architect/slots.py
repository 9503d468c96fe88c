"""Parameters of an operation → the inputs of the runbook and values that the words give. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tickless.stages.act.architect import words
from tickless.stages.act.architect.lexicon import Doing

_PERSON = {"type": "person", "from": "requester", "label": ["account", "username", "user"], "ask": "Whom is it about?"}
_NAMED = {"type": "person", "from": "message", "ask": "Whom is it about? Please give the full name or the user name."}
_TEXTS: dict[str, tuple[str, list[str], str]] = {
    "host": ("host", ["host", "hostname", "node", "instance"], "On which host?"),
    "path": ("path", ["path", "mountpoint", "filesystem"], "Which file system?"),
    "namespace": ("namespace", ["namespace"], "In which namespace?"),
    "node": ("node", ["node", "instance"], "Which node?"),
    "backend": ("backend", ["backend", "proxy"], "Which backend?"),
    "server": ("server", ["server", "host"], "Which server?"),
    "table": ("table", ["table", "relname"], "Which table?"),
    "repository": ("repository", ["repository", "repo"], "Which repository, as owner/name?"),
    "email": ("email", ["email"], "Which e-mail address?"),
    "group": ("group", ["group"], "Which group?"),
    "query": ("query", ["query"], "Which of the named queries?"),
    "statement": ("statement", ["statement"], "Which of the named statements?"),
    "command": ("command", ["command"], "Which of the named commands?"),
    "target": ("target", ["target"], "Which target?"),
    "tool": ("tool", ["tool"], "Which tool?"),
    "user": ("user", ["user"], "Which user?"),
    "type": ("type", ["type"], "Of which type?"),
}
"""Parameter → input, labels, question."""
_NAMES = {
    "certificate": (
        "certificate",
        ["certificate", "name", "common_name", "cn", "host"],
        "Which certificate, by the name it is issued for?",
    ),
    "certificates": ("certificate", ["certificate", "name", "common_name"], "Which certificate?"),
    "kubernetes": ("workload", ["deployment", "workload", "statefulset", "name"], "Which workload, by its name?"),
    "dns": ("record", ["record", "name"], "Which name in DNS?"),
}
_NUMBERS = {"replicas": "How many replicas?", "quota_mb": "How big, in MiB?", "run": "Which run, by its number?"}


@dataclass
class Inputs:
    """The inputs so far, by name. `loop`: parameters that are one of a list now → what they are read from."""

    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    loop: dict[str, str] = field(default_factory=dict)
    named: bool = False
    """The person is somebody whom the message names, not whoever writes."""
    machine: bool = False

    def person(self) -> str:
        if "person" not in self.found:
            self.found = {"person": dict(_NAMED if self.named else _PERSON), **self.found}
        return "person"

    def add(self, name: str, described: Mapping[str, Any]) -> str:
        self.found.setdefault(name, dict(described))
        return name

    def service(self) -> str:
        return self.add(
            "service",
            {"type": "service", "from": "service", "label": ["service", "app", "job"], "ask": "Which service?"},
        )


def value_of(parameter: str, use: str, inputs: Inputs, *, doing: Doing | None = None, text: str = "") -> Any:
    """What the parameter is given: a literal out of the words, or an expression over an input; None: unknown."""
    if parameter in inputs.loop:
        return inputs.loop[parameter]
    if doing is not None and parameter in doing.given:
        return doing.given[parameter]
    area = use.partition(".")[0]
    match parameter:
        case "username":
            return f"${{{{ inputs.{inputs.person()}.username }}}}"
        case "person":
            return f"${{{{ inputs.{inputs.person()}.id }}}}"
        case "device":
            inputs.add("device", {"type": "device", "from": "requester", "label": ["device"], "ask": "Which device?"})
            return "${{ inputs.device.id }}"
        case "package" | "group" if not (parameter == "group" and words.quoted(text)):
            inputs.add("app", {"type": "app", "from": "message", "ask": "Which app?"})
            return f"${{{{ inputs.app.{parameter} }}}}"
        case "service":
            return f"${{{{ inputs.{inputs.service()}.id }}}}"
        case "process":
            inputs.add(
                "process",
                {
                    "type": "ci",
                    "from": "signal",
                    "label": ["ci", "process", "program"],
                    "kind": "process",
                    "ask": "Which process?",
                },
            )
            return "${{ inputs.process.name }}"
        case "older_than_days":
            return words.days(text) if re.search(r"\bold", text) else None
        case "name" if area in _NAMES:
            return _text(_NAMES[area], inputs)
        case "group":
            return words.quoted(text)
        case _:
            return _other(parameter, inputs, text)


def _other(parameter: str, inputs: Inputs, text: str) -> Any:
    named = re.search(r"\b(aaaa|cname|mx|txt|srv|ptr|caa) record", text)
    if parameter == "type" and named is not None:
        return named[1].upper()
    if parameter == "values":
        inputs.add("value", {"type": "text", "ask": "Which value?"})
        return ["${{ inputs.value }}"]
    if parameter in {"kind", "type", "must_change", "revision", "ttl", "timeout"}:
        return None
    if parameter in _NUMBERS:
        return _amount(parameter, inputs, text)
    return _text(_TEXTS[parameter], inputs) if parameter in _TEXTS else None


def _text(described: tuple[str, list[str], str], inputs: Inputs) -> str:
    name, labels, ask = described
    inputs.add(name, {"type": "text", "from": "signal", "label": labels, "ask": ask})
    return f"${{{{ inputs.{name} }}}}"


def _amount(parameter: str, inputs: Inputs, text: str) -> Any:
    if parameter == "quota_mb":
        bounded = re.split(r"\b(?:but )?(?:never|not|no more|up to|at most|a maximum)\b", text, maxsplit=1)
        most = words.size_mb(bounded[1]) if len(bounded) > 1 else None
        given, part = words.size_mb(bounded[0] if most is not None else text), words.share(text)
        if part is not None and given is None:
            given = most
        by_size = re.search(r"\bby\b", bounded[0]) is not None and part is None and given is not None
        if by_size and most is not None:
            more = f"double(steps.before.quota_mb) + {given:.1f}"
            return f"${{{{ {more} > {most:.1f} ? {most:.1f} : {more} }}}}"
        if part is not None:
            more = f"double(steps.before.quota_mb) * {1 + part / 100:g}".replace("* 2", "* 2.0")
            return f"${{{{ {more} > {given:.1f} ? {given:.1f} : {more} }}}}" if given else f"${{{{ {more} }}}}"
        if re.search(r"\bdoubl", text):
            return "${{ double(steps.before.quota_mb) * 2.0 }}"
        if given is not None:
            return f"${{{{ double(steps.before.quota_mb) + {given:.1f} }}}}" if by_size else given
        return "${{ double(steps.before.quota_mb) * 1.5 }}"
    amount = words.number(text) if parameter == "replicas" else None
    if amount is not None:
        return int(amount)
    name = {"replicas": "replicas", "run": "run"}[parameter]
    inputs.add(name, {"type": "number", "ask": _NUMBERS[parameter], "from": "signal", "label": [name]})
    return f"${{{{ int(inputs.{name}) }}}}"
