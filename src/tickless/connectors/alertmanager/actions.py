"""What can be done on an Alertmanager: silence, and end a silence."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.connectors.alertmanager.client import Alertmanager
from tickless.connectors.alertmanager.parameters import NewSilence, Silence, SilenceId
from tickless.connectors.alertmanager.probes import connect
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action


@action("silence", params=NewSilence, output=Silence)
def silence(call: Call, params: NewSilence) -> Result:
    """Silence alerts for a while. The comment carries the key, so that a second try finds the first one's silence."""
    server = connect(call)
    mark = f"[{call.key}]"
    made = next((each for each in server.silences(params.labels) if _is_ours(each, mark)), None)
    if made is not None:
        return _made(call, str(made.get("id", "")), changed=False)
    if call.dry_run:
        output = Silence(silence_id="", active=True)
        return Result(output=output, changed=True, summary=f"would silence for {params.minutes:g} minutes")
    silence_id = server.create_silence(
        params.labels,
        starts_at=call.now.isoformat(),
        ends_at=(call.now + dt.timedelta(minutes=params.minutes)).isoformat(),
        author=call.settings.created_by,
        comment=f"{params.reason} (owner: {params.owner}) {mark}",
    )
    return _made(call, silence_id, changed=True)


def _is_ours(found: dict[str, Any], mark: str) -> bool:
    return str(found.get("comment", "")).endswith(mark) and _state(found) != "expired"


def _state(found: dict[str, Any]) -> str:
    status = found.get("status")
    return str(status.get("state", "")) if isinstance(status, dict) else ""


def _made(call: Call, silence_id: str, *, changed: bool) -> Result:
    return Result(
        output=Silence(silence_id=silence_id, active=True),
        changed=changed,
        summary="the alerts are silenced" if changed else "the alerts were silenced already by this step",
        undo=UndoStep(uses=f"{call.instance.name}.expire_silence", with_={"silence_id": silence_id}),
    )


@action("expire_silence", params=SilenceId, output=Silence)
def expire_silence(call: Call, params: SilenceId) -> Result:
    """End a silence now. One that has ended already is left as it is."""
    server = connect(call)
    found = server.silence(params.silence_id)
    if found is None:
        raise Rejected("there is no such silence", detail=params.silence_id)
    if _state(found) == "expired":
        output = Silence(silence_id=params.silence_id, active=False)
        return Result(output=output, summary="the silence had ended already")
    if not call.dry_run:
        server.expire_silence(params.silence_id)
    return _ended(server, params.silence_id, dry_run=call.dry_run)


def _ended(server: Alertmanager, silence_id: str, *, dry_run: bool) -> Result:
    active = dry_run or _state(server.silence(silence_id) or {}) == "active"
    word = "would end" if dry_run else "ended"
    return Result(output=Silence(silence_id=silence_id, active=active), changed=True, summary=f"{word} the silence")
