"""Buttons, menus and forms that come back → words and deeds. Pure and total."""

from __future__ import annotations

from typing import Any

from tickless.connectors.slack import buttons
from tickless.connectors.slack.buttons import FIELD, OURS, Button
from tickless.connectors.slack.envelope import MEND, items, part, text
from tickless.connectors.slack.spoken import Heard
from tickless.domain.errors import PayloadRejected


def presses(body: dict[str, Any]) -> list[Heard]:
    """What was pressed in a message of ours. Links and other apps' buttons are nothing."""
    heard = []
    for action in items(body, "actions"):
        if not text(action, "action_id").startswith(f"{OURS}:"):
            continue
        button = _button(action)
        if button is not None:
            heard.append(_heard(body, action, button))
    return heard


def _button(action: dict[str, Any]) -> Button | None:
    """A button carries everything in its value; a menu and a field carry the question in their `action_id`."""
    if text(action, "type") == "button":
        return buttons.read(text(action, "value"))
    _, _, rest = text(action, "action_id").partition(":")
    kind, _, ref = rest.partition(":")
    answer = _answer(action)
    if kind != "answer" or not ref or not answer:
        return None
    return Button("answer", ref, {"answer": answer})


def _answer(field: dict[str, Any]) -> str:
    return (text(field, "selected_option", "value") or text(field, "value")).strip()


def _gathered(state: dict[str, Any]) -> dict[str, str]:
    """The fields of a form, by their names."""
    found: dict[str, str] = {}
    for block, fields in part(state, "values").items():
        if isinstance(block, str) and block.startswith(FIELD) and isinstance(fields, dict):
            answer = next((_answer(one) for one in fields.values() if isinstance(one, dict)), "")
            if answer:
                found[block.removeprefix(FIELD)] = answer
    return found


def _heard(body: dict[str, Any], action: dict[str, Any], button: Button) -> Heard:
    channel = text(body, "channel", "id") or text(body, "container", "channel_id")
    message = text(body, "container", "message_ts") or text(body, "message", "ts")
    stamp = text(action, "action_ts")
    if not (text(body, "user", "id") and channel and stamp):
        raise PayloadRejected("something was pressed, and nobody is said to have done it", mend=MEND)
    values = dict(button.values) | (_gathered(part(body, "state")) if button.gathers else {})
    direct = channel.startswith("D") or text(body, "channel", "name") == "directmessage"
    thread = text(body, "container", "thread_ts") or text(body, "message", "thread_ts")
    return Heard(
        account=_account(body),
        user=text(body, "user", "id"),
        name=text(body, "user", "name"),
        channel=channel,
        thread=thread or ("" if direct else message),
        direct=direct,
        words=button.says or _words(action, values),
        key=f"pressed/{channel}/{message}/{stamp}/{text(action, 'action_id')[:80]}",
        at=stamp,
        deed=button.deed,
        ref=button.ref,
        values=values,
    )


def _account(body: dict[str, Any]) -> str:
    team = text(body, "user", "team_id") or text(body, "team", "id") or text(body, "enterprise", "id")
    return f"{team}:{text(body, 'user', 'id')}"


def _words(action: dict[str, Any], values: dict[str, str]) -> str:
    """For the record: what stood on the button, or what was filled in."""
    told = "; ".join(values.values())
    return told or text(action, "text", "text") or "pressed a button"


def forms(body: dict[str, Any]) -> list[Heard]:
    """A view of ours that was filled in: where it belongs stands in its `private_metadata`."""
    view = part(body, "view")
    if text(view, "callback_id") != OURS:
        return []
    button = buttons.read(text(view, "private_metadata"))
    if button is None or not text(body, "user", "id") or not text(view, "id"):
        raise PayloadRejected("a form came back that is none of ours", mend=MEND)
    values = _gathered(part(view, "state"))
    return [
        Heard(
            account=_account(body),
            user=text(body, "user", "id"),
            name=text(body, "user", "name"),
            direct=True,
            words="; ".join(values.values()) or "sent a form",
            key=f"form/{text(view, 'id')}/{text(view, 'hash')}",
            deed=button.deed,
            ref=button.ref,
            values={**button.values, **values},
        )
    ]
