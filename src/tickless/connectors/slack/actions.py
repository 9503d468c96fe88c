"""What can be done in Slack: say something, draw a message again, open a direct conversation."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.connectors.slack.client import SlackClient
from tickless.connectors.slack.envelope import text
from tickless.connectors.slack.parameters import Direct, UserId
from tickless.connectors.slack.render import render, render_over
from tickless.domain.errors import AuthFailed, Rejected
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.chat import Amended, Outgoing, Posted

EVENT = "tickless_message"
SKEW = dt.timedelta(minutes=2)
MOST_READ = 400


def client_of(call: Call) -> SlackClient:
    settings = call.settings
    return SlackClient(token=call.secret(settings.bot_token), base_url=settings.base_url, timeout=call.timeout)


@action("post", params=Outgoing, output=Posted)
def post(call: Call, params: Outgoing) -> Result:
    """Say something where the person wrote. After a try that may have got through, Slack is asked for it first."""
    client = client_of(call)
    drawn = render(params)
    if call.dry_run:
        return Result(output=Posted(external=""), changed=True, summary="would say something in Slack")
    channel, thread = _place(client, params.address), params.address.get("thread", "")
    before = _said_before(call, client, channel, thread) if call.first_started is not None else ""
    if before:
        return Result(output=Posted(external=f"{channel}:{before}"), summary="it is said in Slack already")
    answer = client.call(
        "chat.postMessage",
        channel=channel,
        thread_ts=thread,
        text=drawn.text,
        blocks=drawn.blocks,
        metadata={"event_type": EVENT, "event_payload": {"key": call.key}},
        parse="none",
        link_names=False,
        unfurl_links=False,
        unfurl_media=False,
    )
    external = f"{text(answer, 'channel') or channel}:{text(answer, 'ts')}"
    return Result(output=Posted(external=external), changed=True, summary="said it in Slack")


def _place(client: SlackClient, address: dict[str, str]) -> str:
    """Raises `Rejected` for an address that is none of ours."""
    if address.get("channel"):
        return address["channel"]
    if not address.get("direct"):
        raise Rejected("this is no address in Slack")
    return _open(client, address["direct"])[0]


def _open(client: SlackClient, user: str) -> tuple[str, bool]:
    """(the direct conversation with a member, whether it was there already)"""
    answer = client.call("conversations.open", users=user)
    channel = text(answer, "channel", "id")
    if not channel:
        raise Rejected("Slack opened no conversation")
    return channel, bool(answer.get("already_open"))


def _said_before(call: Call, client: SlackClient, channel: str, thread: str) -> str:
    """The time stamp of what an earlier try with this key said; empty if nothing is found.

    Without the right to read there, nobody can tell: `when_unsure` decides. Raises `Rejected` if that is to refuse.
    """
    since = ((call.first_started or call.now) - SKEW).timestamp()
    where: dict[str, Any] = {"channel": channel, "oldest": f"{since:.6f}", "include_all_metadata": True}
    method = "conversations.replies" if thread else "conversations.history"
    try:
        for message in client.pages(method, "messages", most=MOST_READ, **where, ts=thread):
            metadata = message.get("metadata") or {}
            if metadata.get("event_type") == EVENT and text(metadata, "event_payload", "key") == call.key:
                return text(message, "ts")
    except AuthFailed:
        if call.settings.when_unsure == "refuse":
            raise Rejected("an earlier try may have got through", mend="ask the person, or set `when_unsure`") from None
    return ""


@action("update", params=Amended, output=Posted)
def update(call: Call, params: Amended) -> Result:
    """Draw a message of ours again, with nothing left to press."""
    channel, _, stamp = params.external.rpartition(":")
    if not channel or not stamp:
        raise Rejected("this is no message in Slack")
    drawn = render_over(params)
    if not call.dry_run:
        client_of(call).call(
            "chat.update",
            channel=channel,
            ts=stamp,
            text=drawn.text,
            blocks=drawn.blocks,
            parse="none",
            link_names=False,
        )
    summary = "would draw a message again" if call.dry_run else "drew a message again"
    return Result(output=Posted(external=params.external), changed=True, summary=summary)


@action("open_direct", params=UserId, output=Direct)
def open_direct(call: Call, params: UserId) -> Result:
    """Open the direct conversation with a member. A dry run cannot tell whether there is one, for asking opens it."""
    if call.dry_run:
        return Result(output=Direct(channel=""), changed=True, summary="would open a direct conversation")
    channel, known = _open(client_of(call), params.user)
    words = "the direct conversation is open already" if known else "opened a direct conversation"
    return Result(output=Direct(channel=channel), changed=not known, summary=words)
