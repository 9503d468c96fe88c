"""What is handed to Ansible: checked variables, and the inventory of the settings. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tickless.connectors.ansible.settings import Playbook, Settings, Variable
from tickless.domain.errors import Rejected

LONGEST = 10_000


def check_variables(playbook: Playbook, given: Mapping[str, Any]) -> list[str]:
    """What is wrong with the variables: unknown, missing, of another type, not allowed."""
    found = [f"{name} is unknown" for name in given if name not in playbook.variables]
    found += [f"{name} is missing" for name, one in playbook.variables.items() if one.required and name not in given]
    found += [
        f"{name} {wrong}"
        for name, one in playbook.variables.items()
        if name in given and (wrong := _wrong(one, given[name]))
    ]
    return found


def _wrong(variable: Variable, value: Any) -> str:
    kinds: dict[str, tuple[type, ...]] = {"text": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,)}
    if not isinstance(value, kinds[variable.type]) or (isinstance(value, bool) and variable.type != "boolean"):
        return f"is no {variable.type}"
    if not isinstance(value, str):
        return ""
    if len(value) > LONGEST or any(ord(letter) < 32 and letter not in "\n\t" for letter in value):
        return "holds what no variable may hold"
    if variable.choices and value not in variable.choices:
        return "is none of its choices"
    if variable.pattern and re.fullmatch(variable.pattern, value) is None:
        return "does not have the right form"
    return ""


def written(values: Mapping[str, Any]) -> str:
    """Variables as the YAML that Ansible reads: every text is `!unsafe`, so that nothing in it is ever a template."""
    lines = [f"{_quoted(name)}: {_value(value)}" for name, value in values.items()]
    return "\n".join(["---", *lines, ""]) if lines else "--- {}\n"


def _value(value: Any) -> str:
    return f"!unsafe {_quoted(value)}" if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    """A text in YAML's double quotes, all but plain ASCII escaped (YAML 1.2, 5.7; JSON's surrogates would not do)."""
    return (
        '"'
        + "".join(letter if " " <= letter <= "~" and letter not in '"\\' else _escaped(letter) for letter in text)
        + '"'
    )


def _escaped(letter: str) -> str:
    return f"\\U{ord(letter):08x}"


def limit_of(settings: Settings, allowed: Sequence[str], asked: Sequence[str]) -> tuple[str, ...]:
    """Names of the hosts that are meant: those asked for, if each may be, or all. Raises `Rejected`."""
    may = _members(settings, allowed)
    strange = [name for name in asked if name not in allowed and name not in may]
    if strange:
        raise Rejected(
            "that may not be run on these hosts", detail=", ".join(strange)[:200], mend="see `hosts` in the settings"
        )
    return _members(settings, asked) if asked else may


def _members(settings: Settings, names: Sequence[str]) -> tuple[str, ...]:
    found = [one for name in names for one in settings.groups.get(name, (name,))]
    return tuple(dict.fromkeys(found))


def inventory_of(settings: Settings, *, python: str) -> dict[str, Any]:
    """The hosts and groups of the settings, as Ansible's own YAML (JSON) inventory."""
    hosts: dict[str, Any] = {
        name: {
            "ansible_host": host.address,
            "ansible_port": host.port,
            "ansible_user": host.username,
            "ansible_connection": "ssh",
            "ansible_python_interpreter": settings.python,
        }
        for name, host in settings.hosts.items()
    }
    if settings.local:
        hosts["localhost"] = {"ansible_connection": "local", "ansible_python_interpreter": python}
    children: dict[str, Any] = {
        name: {"hosts": {member: {} for member in members}} for name, members in settings.groups.items()
    }
    return {"all": {"hosts": hosts, "children": children}}
