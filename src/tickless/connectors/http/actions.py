"""What can be done over HTTP: one request, at most once."""

from __future__ import annotations

from typing import Any

from tickless.connectors.http.client import service
from tickless.connectors.http.parameters import Answered, Request
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action
from tickless.sdk.http import Reply

READS = frozenset({"GET", "HEAD"})
REPEATABLE = READS | {"PUT", "DELETE"}
"""Methods of which a second request has no second effect (RFC 9110, 9.2.2)."""


@action("request", params=Request, output=Answered)
def request(call: Call, params: Request) -> Result:
    """Send one request with the step's key as `Idempotency-Key`.

    Raises `Rejected` instead of sending a POST or PATCH again that an earlier try may have sent, unless the service
    honours the key.
    """
    changes = params.method not in READS
    if call.dry_run:
        summary = f"would send {params.method} {params.path}"
        return Result(output=Answered(status=0), changed=changes, summary=summary)
    _refuse_repeat(call, params)
    reply = service(call).send(
        params.method,
        params.path,
        timeout=call.timeout,
        json=params.json_body,
        headers={"idempotency-key": call.key},
    )
    summary = f"{params.method} {params.path} was answered with {reply.status}"
    return Result(
        output=Answered(status=reply.status, body=_json_or_none(reply)),
        changed=changes,
        summary=summary,
        undo=_undo(call, params),
    )


def _refuse_repeat(call: Call, params: Request) -> None:
    tried = call.first_started is not None
    if tried and params.method not in REPEATABLE and not call.settings.honours_idempotency_key:
        raise Rejected(
            "an earlier try may have had its effect, and this service may not notice a repeat",
            mend="look at the service; set `honours_idempotency_key` if it knows Idempotency-Key",
        )


def _undo(call: Call, params: Request) -> UndoStep | None:
    undo = call.settings.undo.get(f"{params.method} {params.path}")
    if undo is None:
        return None
    return UndoStep(uses=f"{call.instance.name}.request", with_=undo.model_dump(by_alias=True))


def _json_or_none(reply: Reply) -> Any:
    try:
        return reply.json() if reply.body else None
    except Rejected:
        return None
