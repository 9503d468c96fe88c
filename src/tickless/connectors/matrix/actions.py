"""What can be done in a room. The transaction id is the call's key, so that the homeserver takes each event once."""

from __future__ import annotations

from contextlib import suppress

from tickless.connectors.matrix.client import Matrix
from tickless.connectors.matrix.connect import account_of, alone, alone_with
from tickless.connectors.matrix.render import render, render_over
from tickless.domain.errors import OutsideError, Rejected
from tickless.kit.canonical import digest
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.chat import Amended, Outgoing, Posted


@action("post", params=Outgoing, output=Posted)
def post(call: Call, params: Outgoing) -> Result:
    """Say something in a room or thread. What is private is only said where that person and we are alone at this moment."""
    matrix = account_of(call.instance)
    drawn = render(params)
    room = _room(call, matrix, params.address)
    if params.private and "room" in params.address:
        user = params.address.get("user", "")
        if not alone(matrix, room, me=call.settings.user_id, user=user, timeout=call.timeout):
            raise Rejected("others can read this room by now", mend="write to us in a direct room")
    if call.dry_run:
        return Result(output=Posted(external=""), changed=True, summary="would say something in a room")
    external = matrix.send(room, "m.room.message", drawn.content, key=_transaction(call.key), timeout=call.timeout)
    with suppress(OutsideError):  # it is said: reactions below it are a convenience
        _put_down(matrix, room, external, drawn.reactions, call)
    return Result(output=Posted(external=external), changed=True, summary="said something in a room")


def _put_down(matrix: Matrix, room: str, event: str, reactions: tuple[str, ...], call: Call) -> None:
    for number, key in enumerate(reactions):
        content = {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": key}}
        matrix.send(room, "m.reaction", content, key=f"{_transaction(call.key)}-{number}", timeout=call.timeout)


@action("update", params=Amended, output=Posted)
def update(call: Call, params: Amended) -> Result:
    """Edit a message of ours: nothing left to press, and what came of it."""
    matrix = account_of(call.instance)
    content = render_over(params)
    room = _room(call, matrix, params.address)
    if call.dry_run:
        return Result(output=Posted(external=params.external), changed=True, summary="would edit a message")
    matrix.send(room, "m.room.message", content, key=_transaction(call.key), timeout=call.timeout)
    return Result(output=Posted(external=params.external), changed=True, summary="edited a message")


def _room(call: Call, matrix: Matrix, address: dict[str, str]) -> str:
    """The room of an address, or the one in which we are alone with somebody (`direct`), opened if need be."""
    user = address.get("direct", "")
    if "room" not in address and user.startswith("@"):
        create = not call.dry_run
        return alone_with(matrix, call.settings.user_id, user, timeout=call.timeout, create=create) or ""
    room = address.get("room", "")
    if not room.startswith("!"):
        raise Rejected("there is no room to answer in", detail=room[:100])
    return room


def _transaction(key: str) -> str:
    return f"tickless-{digest(key)[:40]}"
