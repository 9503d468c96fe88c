"""The clients that the settings describe, and what an answer has to look like."""

from __future__ import annotations

from typing import Any

from tickless.connectors.http.settings import Settings, Target
from tickless.domain.errors import Rejected, SettingsInvalid
from tickless.kit.expressions import ExpressionError, compile_expression
from tickless.sdk.connector import Call
from tickless.sdk.http import HttpClient, Reply

EVERY_STATUS = frozenset(range(400, 600))


def service(call: Call) -> HttpClient:
    """The configured service. Raises `SettingsInvalid` when there is none."""
    settings: Settings = call.settings
    if not settings.url:
        raise SettingsInvalid(f"{call.instance.name} has no address", mend="set `url` to the service's base URL")
    headers: dict[str, str] = {}
    if settings.token:
        headers[settings.token_header] = f"{settings.token_scheme} {call.secret(settings.token)}".strip()
    return HttpClient(settings.url, headers, settings.ca_file or True, settings.allow_private)


def target_client(settings: Settings, target: Target) -> HttpClient:
    """A client for one health target; no credentials go there."""
    return HttpClient(target.url, {}, settings.ca_file or True, settings.allow_private)


def document(reply: Reply) -> Any:
    """The answer as JSON where it is, else as text."""
    if "json" in next((value for name, value in reply.headers.items() if name.lower() == "content-type"), ""):
        return reply.json()
    return reply.body.decode(errors="replace")


def shortcoming(reply: Reply, *, status: int, contains: str, expression: str = "") -> str:
    """What is not as expected; empty if all is. Raises `Rejected` for an expression that cannot be evaluated."""
    if reply.status != status:
        return f"answered {reply.status}, not {status}"
    if contains and contains not in reply.body.decode(errors="replace"):
        return "the expected text is not in the answer"
    if not expression:
        return ""
    try:
        held = compile_expression(expression).evaluate({"status": reply.status, "body": document(reply)})
    except ExpressionError as error:
        raise Rejected("the expression cannot be evaluated on the answer", detail=str(error)) from error
    return "" if held is True else "the expression is not true of the answer"
