"""A Slack workspace on 127.0.0.1: its Web API and Socket Mode as far as bots use them, over the real wire. For tests.

It refuses what Slack refuses (tokens, scopes, blocks beyond the limits), keeps what was said, and sends an envelope again
until it is acknowledged.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema

from tickless.sdk.testing.websocket import ServerSocket

Body = dict[str, Any]
LONGEST_HOLD = 20.0
SCHEMA = json.loads((Path(__file__).parent / "block_kit.schema.json").read_text(encoding="utf-8"))
BOT_TOKEN = "xoxb-111111111111-222222222222-aVerySecretBotToken"  # noqa: S105 (of nobody)
APP_TOKEN = "xapp-1-A0TICKLESS-333333333333-aVerySecretAppToken"  # noqa: S105 (of nobody)
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105 (of nobody)
TEAM, BOT_USER, BOT, APP = "T0LARKMOOR", "U0TICKLESS", "B0TICKLESS", "A0TICKLESS"


@dataclass(frozen=True)
class Refusal:
    """How the next call of a method is refused. `after_it`: done all the same, as when an answer is lost."""

    status: int = 200
    error: str = "internal_error"
    retry_after: int = 0
    after_it: bool = False


@dataclass
class FakeSlack:
    """The workspace. Fill `members` (Slack id → (name, e-mail)) before anybody speaks."""

    members: dict[str, tuple[str, str]] = field(default_factory=dict)
    scopes: set[str] = field(default_factory=lambda: {"im:history", "channels:history", "users:read.email"})
    url: str = ""
    channels: dict[str, list[Body]] = field(default_factory=dict)
    asked: list[tuple[str, Body]] = field(default_factory=list)
    refusals: dict[str, list[Refusal]] = field(default_factory=dict)
    sockets: list[ServerSocket] = field(default_factory=list)
    waiting: dict[str, Body] = field(default_factory=dict)
    """Envelopes that are not acknowledged yet."""
    acknowledged: list[str] = field(default_factory=list)
    opened: int = 0
    """Connections that were ever opened."""
    held: dict[str, threading.Event] = field(default_factory=dict)
    """Methods whose answers wait until the event is set, though what was asked is done."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    _count: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def api(self) -> str:
        return f"{self.url}/api/"

    def stamp(self) -> str:
        """A new message's time stamp, which is its id in its channel."""
        return f"{time.time():.0f}.{next(self._count):06d}"

    def direct(self, user: str) -> str:
        """The direct conversation with a member; it is there once somebody opened it."""
        return "D" + user.removeprefix("U")

    # What people do

    def write(self, user: str, words: str, *, channel: str = "", thread: str = "", quiet: bool = False) -> Body:
        """A member writes to the bot; in a channel by naming it. `quiet`: Slack tells nobody. Returns the message."""
        place = channel or self.direct(user)
        said: Body = {"type": "message", "user": user, "text": words, "ts": self.stamp(), "team": TEAM}
        if thread:
            said["thread_ts"] = thread
        with self.lock:
            self.channels.setdefault(place, []).append(said)
        event = {**said, "channel": place, "event_ts": said["ts"], "channel_type": "channel" if channel else "im"}
        if channel:
            event = {**event, "type": "app_mention", "text": f"<@{BOT_USER}> {words}"}
        if not quiet:
            self.send("events_api", self.callback(event))
        return said

    def callback(self, event: Body) -> Body:
        """An event as the Events API wraps it."""
        authorization = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}
        return {
            "token": "not-looked-at",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{next(self._count):09d}",
            "event_time": int(time.time()),
            "authorizations": [authorization],
            "is_ext_shared_channel": False,
        }

    def press(
        self, user: str, channel: str, message: Body, label: str, *, fields: dict[str, str] | None = None
    ) -> None:
        """A member presses the button of this label, after filling in the fields (block id → text or option)."""
        elements = [
            (block, element)
            for block in message["blocks"]
            for element in [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]
        ]
        block, pressed = next(
            (block, one) for block, one in elements if one["type"] == "button" and one["text"]["text"] == label
        )
        action = {
            "type": "button",
            "action_id": pressed["action_id"],
            "block_id": block.get("block_id", "b1"),
            "text": pressed["text"],
            "value": pressed.get("value", ""),
            "action_ts": self.stamp(),
        }
        state = {
            "values": {
                name: {"a": {"type": "plain_text_input", "value": said}} for name, said in (fields or {}).items()
            }
        }
        self.send("interactive", self.action(user, channel, message, action, state))

    def action(self, user: str, channel: str, message: Body, action: Body, state: Body) -> Body:
        """A `block_actions` payload."""
        container = {"type": "message", "message_ts": message["ts"], "channel_id": channel, "is_ephemeral": False}
        if "thread_ts" in message:
            container["thread_ts"] = message["thread_ts"]
        return {
            "type": "block_actions",
            "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": TEAM},
            "api_app_id": APP,
            "token": "not-looked-at",
            "container": container,
            "trigger_id": f"{next(self._count)}.1.abc",
            "team": {"id": TEAM, "domain": "larkmoor"},
            "enterprise": None,
            "channel": {"id": channel, "name": "directmessage" if channel.startswith("D") else "general"},
            "message": message,
            "state": state,
            "response_url": f"{self.url}/actions/{TEAM}",
            "actions": [action],
        }

    def command(self, user: str, words: str) -> None:
        """A member uses the slash command."""
        body = {"team_id": TEAM, "channel_id": "C0GENERAL", "channel_name": "general", "user_id": user, "text": words,
                "command": "/tickless", "user_name": user.lower(), "api_app_id": APP,
                "trigger_id": f"{next(self._count)}.2.abc"}  # fmt: skip
        self.send("slash_commands", body)

    # What Slack does

    def send(self, kind: str, payload: Body) -> str:
        """Send an envelope to the newest connection, and again on the next one until it is acknowledged."""
        identity = f"envelope-{next(self._count)}"
        envelope = {
            "envelope_id": identity,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        with self.lock:
            self.waiting[identity] = envelope
            live = [one for one in self.sockets if one.is_open]
        if live:
            _try(live[-1], envelope)
        return identity

    def send_again(self) -> None:
        """What was not acknowledged within three seconds, Slack sends once more."""
        with self.lock:
            waiting, live = list(self.waiting.values()), [one for one in self.sockets if one.is_open]
        for envelope in waiting:
            envelope["retry_attempt"] = int(envelope.get("retry_attempt", 0)) + 1
            envelope["retry_reason"] = "timeout"
            if live:
                _try(live[-1], envelope)

    def refresh(self) -> None:
        """Slack announces that it will close the connection; a new one is to be opened."""
        for one in [one for one in self.sockets if one.is_open]:
            _try(one, {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "applink-1"}})

    def hang_up(self) -> None:
        """Every connection breaks."""
        for one in self.sockets:
            one.hang_up()

    def refuse(self, method: str, *refusals: Refusal) -> None:
        """The next calls of this method are refused like this, one after the other."""
        with self.lock:
            self.refusals.setdefault(method, []).extend(refusals)

    def said(self, channel: str) -> list[Body]:
        """What the bot said in a channel, in order, as it stands now."""
        with self.lock:
            return [one for one in self.channels.get(channel, []) if one.get("bot_id") == BOT]

    # The Web API

    def answer(self, method: str, token: str, given: Body) -> tuple[int, Body, dict[str, str]]:
        """(status, body, headers)"""
        with self.lock:
            self.asked.append((method, given))
            refusal = self.refusals[method].pop(0) if self.refusals.get(method) else None
            if refusal is not None and not refusal.after_it:
                headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
                return refusal.status, {"ok": False, "error": refusal.error}, headers
            wanted = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
            if token != wanted:
                return 200, {"ok": False, "error": "invalid_auth" if token else "not_authed"}, {}
            known: dict[str, Callable[[Body], Body]] = {
                "auth.test": self._auth_test,
                "apps.connections.open": self._connections_open,
                "users.info": self._users_info,
                "users.conversations": self._users_conversations,
                "conversations.open": self._conversations_open,
                "conversations.history": self._history,
                "conversations.replies": self._history,
                "chat.postMessage": self._post,
                "chat.update": self._update,
            }
            if method not in known:
                return 200, {"ok": False, "error": "unknown_method"}, {}
            body = known[method](given)
            if refusal is not None:
                return refusal.status, {"ok": False, "error": refusal.error}, {}
            return 200, body, {}

    def _auth_test(self, given: Body) -> Body:
        return {"ok": True, "url": "https://larkmoor.slack.com/", "team": "Larkmoor", "user": "tickless", "team_id": TEAM,
                "user_id": BOT_USER, "bot_id": BOT, "is_enterprise_install": False}  # fmt: skip

    def _connections_open(self, given: Body) -> Body:
        return {
            "ok": True,
            "url": f"{self.url.replace('http', 'ws', 1)}/link/?ticket=t{next(self._count)}&app_id={APP}",
        }

    def _users_info(self, given: Body) -> Body:
        if given.get("user") not in self.members:
            return {"ok": False, "error": "user_not_found"}
        name, email = self.members[given["user"]]
        profile = {"real_name": name, "display_name": name.split()[0]}
        if "users:read.email" in self.scopes:
            profile["email"] = email
        user = {"id": given["user"], "team_id": TEAM, "name": name.lower(), "deleted": False, "profile": profile,
                "is_bot": False, "is_restricted": False, "is_ultra_restricted": False, "is_email_confirmed": True}  # fmt: skip
        return {"ok": True, "user": user}

    def _users_conversations(self, given: Body) -> Body:
        found = [
            {"id": channel, "is_im": True, "user": "U" + channel[1:]} for channel in self.channels if channel[0] == "D"
        ]
        return {"ok": True, "channels": found, "response_metadata": {"next_cursor": ""}}

    def _conversations_open(self, given: Body) -> Body:
        user = str(given.get("users", ""))
        if user not in self.members:
            return {"ok": False, "error": "user_not_found"}
        channel = self.direct(user)
        known = channel in self.channels
        self.channels.setdefault(channel, [])
        return {"ok": True, "channel": {"id": channel}, **({"no_op": True, "already_open": True} if known else {})}

    def _history(self, given: Body) -> Body:
        channel = str(given.get("channel", ""))
        needed = "im:history" if channel.startswith("D") else "channels:history"
        if needed not in self.scopes:
            return {"ok": False, "error": "missing_scope", "needed": needed, "provided": ",".join(sorted(self.scopes))}
        if channel not in self.channels:
            return {"ok": False, "error": "channel_not_found"}
        oldest, thread = float(given.get("oldest", 0)), given.get("ts", "")
        found = [one for one in self.channels[channel] if float(one["ts"]) > oldest]
        found = [one for one in found if not thread or thread in {one.get("thread_ts"), one["ts"]}]
        if str(given.get("include_all_metadata", "")) not in {"1", "true", "True"}:
            found = [{key: value for key, value in one.items() if key != "metadata"} for one in found]
        return {"ok": True, "messages": found if thread else found[::-1], "has_more": False}

    def _post(self, given: Body) -> Body:
        channel = str(given.get("channel", ""))
        if channel not in self.channels:
            return {"ok": False, "error": "channel_not_found"}
        problem = _refused_content(given)
        if problem:
            return problem
        message: Body = {"type": "message", "user": BOT_USER, "bot_id": BOT, "app_id": APP, "team": TEAM, "ts": self.stamp(),
                   **{key: given[key] for key in ("text", "blocks", "metadata", "thread_ts") if key in given}}  # fmt: skip
        self.channels[channel].append(message)
        return {"ok": True, "channel": channel, "ts": message["ts"], "message": message}

    def _update(self, given: Body) -> Body:
        found = [one for one in self.channels.get(str(given.get("channel", "")), []) if one["ts"] == given.get("ts")]
        if not found:
            return {"ok": False, "error": "message_not_found"}
        problem = _refused_content(given)
        if problem:
            return problem
        if found[0].get("bot_id") != BOT:
            return {"ok": False, "error": "cant_update_message"}
        found[0].update({key: given[key] for key in ("text", "blocks") if key in given})
        return {"ok": True, "channel": given["channel"], "ts": given["ts"], "text": given.get("text", "")}

    # Socket Mode

    def connected(self, connection: ServerSocket) -> None:
        """Serve one connection until it is over."""
        with self.lock:
            self.sockets.append(connection)
            self.opened += 1
        _try(connection, {"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}})
        self.send_again()
        while (heard := connection.receive()) is not None:
            with self.lock:
                identity = json.loads(heard).get("envelope_id", "")
                if self.waiting.pop(identity, None) is not None:
                    self.acknowledged.append(identity)


def _try(connection: ServerSocket, envelope: Body) -> None:
    try:
        connection.send(json.dumps(envelope))
    except OSError:
        connection.is_open = False


def _refused_content(given: Body) -> Body | None:
    if not given.get("text") and not given.get("blocks"):
        return {"ok": False, "error": "no_text"}
    problems = problems_of(given.get("blocks") or [])
    if problems:
        return {"ok": False, "error": "invalid_blocks", "response_metadata": {"messages": problems[:5]}}
    return None


def problems_of(blocks: list[Body]) -> list[str]:
    """What Slack would refuse in these blocks: its schema, and that ids stand once."""
    found = [
        f"{list(error.path)}: {error.message[:200]}"
        for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(blocks)
    ]
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        found.append("a block_id stands twice")
    for block in blocks:
        actions = [one["action_id"] for one in block.get("elements", []) if "action_id" in one]
        if len(actions) != len(set(actions)):
            found.append("an action_id stands twice in a block")
    return found


@contextmanager
def slack_server(slack: FakeSlack) -> Iterator[FakeSlack]:
    """Serve the workspace on a free port for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
            """Say nothing: a test's output is about the test."""

        def do_GET(self) -> None:
            if self.headers.get("Upgrade", "").lower() == "websocket":
                slack.connected(ServerSocket(self))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            method = urlsplit(self.path).path.removeprefix("/api/")
            token = self.headers.get("authorization", "").removeprefix("Bearer ")
            status, answer, headers = slack.answer(method, token, _given(body, self.headers.get("content-type", "")))
            data = json.dumps(answer).encode()
            if method in slack.held:
                slack.held[method].wait(LONGEST_HOLD)
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Connection": "close", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            with suppress(OSError):  # who asked may be dead by now
                self.end_headers()
                self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    slack.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield slack
    finally:
        slack.hang_up()
        server.shutdown()
        thread.join()
        server.server_close()


def _given(body: bytes, content_type: str) -> Body:
    if "json" in content_type:
        return dict(json.loads(body or b"{}"))
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}
