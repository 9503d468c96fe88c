"""What holds before a conversation begins, as the suites write it. Unknown words are errors."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from bench.suite_files import Form, role_text

AccountState = Literal["ok", "locked", "disabled", "password_expired"]
VpnState = Literal["ok", "profile_expired", "gateway_down", "client_old"]
DeviceState = Literal["ok", "disk_full", "offline"]
MailboxState = Literal["ok", "full"]
EntitlementState = Literal["none", "pending"]
IncidentKind = Literal["down", "slow", "errors"]

_INCIDENT = re.compile(r"(?P<service>\{[a-z._]+\}|\S+)(?:\s+(?:is\s+)?(?P<kind>[a-z]+))?")
_REQUEST = re.compile(r"(?P<app>\{[a-z._]+\}|\S+)(?:\s+(?:is\s+)?pending)?(?:\s+from\s+(?P<person>\{[a-z._]+\}|\S+))?")


class Request(Form):
    """A request that waits for its approval. `person`: who asked; None: whoever it is given of."""

    app: str
    person: str | None = None


class Incident(Form):
    """Trouble that runs already, with a case at the machine door."""

    service: str
    kind: IncidentKind = "down"


def _listed(value: object) -> list[object]:
    value = role_text(value)
    return list(value) if isinstance(value, list) else [value]


def _incident(value: object) -> object:
    value = role_text(value)
    if isinstance(value, str):
        matched = _INCIDENT.fullmatch(value.strip())
        if matched is None:
            raise ValueError(f"{value!r} is no incident: write “{{service}} down”")
        return {name: text for name, text in matched.groupdict().items() if text}
    if isinstance(value, dict) and len(value) == 1 and not value.keys() & {"service", "kind"}:
        service, kind = next(iter(value.items()))
        return {"service": _braced(service), "kind": kind}
    return value


def _incidents(value: object) -> list[object]:
    return [_incident(one) for one in _listed(value)]


def _requests(value: object) -> list[object]:
    return [_request(one) for one in _listed(value)]


def _request(value: object) -> object:
    value = role_text(value)
    if isinstance(value, str):
        matched = _REQUEST.fullmatch(value.strip())
        if matched is None:
            raise ValueError(
                f"{value!r} is no request: write “{{app.approval}}”, or “{{app.approval}} from {{report}}”"
            )
        return {name: text for name, text in matched.groupdict().items() if text}
    if isinstance(value, dict) and value.get("state", "pending") == "pending" and "app" in value:
        who = value.get("from", value.get("person"))
        rest = {name: text for name, text in value.items() if name not in {"app", "state", "from", "person"}}
        return {"app": role_text(value["app"]), "person": role_text(who), **rest}
    if isinstance(value, dict) and len(value) == 1:
        app, state = next(iter(value.items()))
        if state == "pending":
            return {"app": _braced(app)}
        return _request(f"{_braced(app)} {state}")
    return value


def _braced(name: object) -> str:
    text = str(role_text(name))
    return (
        f"{{{text}}}"
        if re.fullmatch(r"(?:app|service|colleague|report|manager|me|device)(?:\.[a-z]+)*", text)
        else text
    )


def _named(value: object) -> object:
    """Keys that are roles, with their braces."""
    value = role_text(value)
    return {_braced(key): state for key, state in value.items()} if isinstance(value, dict) else value


Words = Annotated[str, BeforeValidator(role_text)]


class State(Form):
    """What holds for one person."""

    account: AccountState = "ok"
    vpn: VpnState = "ok"
    device: DeviceState = "ok"
    mailbox: MailboxState = "ok"
    entitlement: Annotated[dict[str, EntitlementState], BeforeValidator(_named)] = Field(default_factory=dict)
    request: Annotated[list[Request], BeforeValidator(_requests)] = Field(default_factory=list)


class Given(State):
    """What holds for the writer, for others (`of`), and for services."""

    incident: Annotated[list[Incident], BeforeValidator(_incidents)] = Field(default_factory=list)
    maintenance: Annotated[list[Words], BeforeValidator(_listed)] = Field(default_factory=list)
    of: Annotated[dict[str, State], BeforeValidator(_named)] = Field(default_factory=dict)


def texts_of(value: Any) -> list[str]:
    """Every text in a parsed entry, keys included: what roles have to be picked for."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in (*texts_of(key), *texts_of(inner))]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in texts_of(inner)]
    return []
