"""What can be done in Teams: answer, and draw a message again. The Bot Connector knows no idempotency keys."""

from __future__ import annotations

import json
from typing import Any

from tickless.connectors.teams.client import Connector
from tickless.connectors.teams.render import render, render_over
from tickless.connectors.teams.settings import Settings
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.chat import Amended, Outgoing, Posted


@action("post", params=Outgoing, output=Posted)
def post(call: Call, params: Outgoing) -> Result:
    """Say something in a conversation, or in the personal one with somebody (`direct`). Nobody can tell whether an
    interrupted try got through."""
    settings: Settings = call.settings
    if call.first_started is not None and settings.when_unsure == "refuse":
        raise Rejected(
            "an earlier try may have got through", mend="ask the recipient, or set `when_unsure` to send_again"
        )
    activity = render(params)
    at, whom = _place(params.address)
    if call.dry_run:
        return Result(output=Posted(external=""), changed=True, summary="would say something in Teams")
    service = _service(call, at["service_url"])
    conversation = at.get("conversation") or service.open_personal(whom, tenant=at.get("tenant", settings.tenant))
    external = service.post(conversation, activity)
    return Result(output=Posted(external=external), changed=True, summary="said something in Teams")


@action("update", params=Amended, output=Posted)
def update(call: Call, params: Amended) -> Result:
    """Draw a message of ours again: nothing left to press, and what came of it."""
    activity = {**render_over(params), "id": params.external}
    at, whom = _place(params.address)
    if call.dry_run:
        return Result(output=Posted(external=params.external), changed=True, summary="would draw a message again")
    service = _service(call, at["service_url"])
    conversation = at.get("conversation") or service.open_personal(whom, tenant=at.get("tenant", call.settings.tenant))
    service.put(conversation, params.external, activity)
    return Result(output=Posted(external=params.external), changed=True, summary="drew a message again")


def _service(call: Call, url: str) -> Connector:
    secret = call.secret(call.settings.client_secret)
    return Connector(call.settings, url, secret, now=call.now, timeout=call.timeout)


def _place(address: dict[str, str]) -> tuple[dict[str, str], str]:
    """Where to say it, and to whom if it is somebody alone. Raises `Rejected`."""
    if address.get("conversation") and address.get("service_url"):
        return address, ""
    try:
        whom: Any = json.loads(address.get("direct", ""))
    except ValueError:
        whom = None
    if not isinstance(whom, dict) or not all(
        isinstance(whom.get(name), str) for name in ("user", "service_url", "tenant")
    ):
        raise Rejected("there is no conversation to answer in")
    return {"service_url": whom["service_url"], "tenant": whom["tenant"]}, whom["user"]
