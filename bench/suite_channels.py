"""The channels of the human door for suites: servers on loopback that people write through, and the settings that go with them.

Slack is a workspace over its real wire; mails are handed in as the listener does it, and answered over SMTP; REST and MCP are
the house's own site. Each is started only when an entry needs it.
"""

from __future__ import annotations

import asyncio
import email
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import Any, TypeVar

import httpx2

from bench.channel_sink import Sink, sink_server
from bench.suite_house import SuiteHouse
from tickless.app.serving import serving
from tickless.app.settings import ConnectorUse
from tickless.connectors.email.inbox import Found
from tickless.connectors.email.listening import Pace, taken
from tickless.domain.person import Person
from tickless.domain.signal import Payload
from tickless.kit.ids import new_id
from tickless.sdk.testing.mail import Box, MailServer, mail_server
from tickless.sdk.testing.slack import APP_TOKEN, BOT_TOKEN, TEAM, FakeSlack, slack_server

SERVED = frozenset({"slack", "email", "rest", "mcp", "matrix", "teams"})
"""Channels that need a server of their own."""
ARRIVES = 8.0
HELP = "help@larkmoor.example"
DOMAIN = "larkmoor.example"
APP, TENANT = "11111111-2222-3333-4444-555555555555", "99999999-8888-7777-6666-555555555555"
GATE = "mx.larkmoor.example"
STRANGER = "somebody@evil.example"
_THREADS = "t" * 40
_PASSWORD = "mail-password"
T = TypeVar("T")


class NotHeard(Exception):
    """The channel took the message, and the house never heard of it."""


@dataclass
class Channels:
    """The servers that run."""

    slack: FakeSlack | None = None
    mail: MailServer | None = None
    matrix: Sink | None = None
    teams: Sink | None = None
    url: str = ""
    folder: Path | None = None
    """Where their secrets lie."""

    def token(self, house: SuiteHouse, person: Person | None) -> str:
        """A token of the writer's own account; a guest has one that belongs to no person."""
        entrance, login = house.house.entrance, person.username if person else "guest"
        with house.house.journal.read() as tx:
            known = tx.access.user_by_login(login)
        user = known or entrance.create_user(login, roles=["employee"], person=person.id if person else None)
        return entrance.create_token(f"bench-{re.sub('[^a-z]', '-', login)}", user=user, scopes=["act"]).token


@contextmanager
def channel_servers(wanted: frozenset[str], folder: Path) -> Iterator[tuple[Channels, dict[str, ConnectorUse]]]:
    """Start the servers of these channels; yields them and the connectors that speak with them."""
    channels, uses = Channels(folder=folder), {}
    with ExitStack() as stack:
        if "slack" in wanted:
            channels.slack = stack.enter_context(slack_server(FakeSlack()))
            uses["slack"] = ConnectorUse(use="slack", settings=_slack_settings(channels.slack, folder))
        if "email" in wanted:
            boxes = {"help": Box(limit=10_000_000)}
            channels.mail = stack.enter_context(mail_server(MailServer(boxes=boxes, users={"help": _PASSWORD})))
            uses["email"] = ConnectorUse(use="email", settings=_mail_settings(channels.mail, folder))
        if "matrix" in wanted:
            channels.matrix = stack.enter_context(sink_server(Sink(account=f"@tickless:{DOMAIN}")))
            uses["matrix"] = ConnectorUse(use="matrix", settings=_matrix_settings(channels.matrix, folder))
        if "teams" in wanted:
            channels.teams = stack.enter_context(sink_server(Sink()))
            uses["teams"] = ConnectorUse(use="teams", settings=_teams_settings(channels.teams, folder))
        yield channels, uses


def _matrix_settings(sink: Sink, folder: Path) -> dict[str, Any]:
    token = _secret(folder, "matrix", "matrix-token-of-nobody")
    return {"homeserver": sink.url, "user_id": sink.account, "access_token": token, "trust_email": True,
            "email_domain": DOMAIN}  # fmt: skip


def _teams_settings(sink: Sink, folder: Path) -> dict[str, Any]:
    return {
        "app_id": APP,
        "tenant": TENANT,
        "client_secret": _secret(folder, "teams", "teams-secret-of-nobody"),
        "trust_email": True,
        "login_url": sink.url,
        "service_urls": (sink.url,),
    }


def _secret(folder: Path, name: str, value: str) -> str:
    path = folder / f"{name}.secret"
    path.write_text(value, encoding="utf-8")
    return f"file:{path}"


def _slack_settings(slack: FakeSlack, folder: Path) -> dict[str, Any]:
    return {
        "bot_token": _secret(folder, "bot", BOT_TOKEN),
        "app_token": _secret(folder, "app", APP_TOKEN),
        "base_url": slack.api,
        "trust_email": True,
    }


def _mail_settings(server: MailServer, folder: Path) -> dict[str, Any]:
    own = {"host": "127.0.0.1", "tls": "none", "user": "help", "password": _secret(folder, "mail", _PASSWORD)}
    return {
        "imap": {**own, "port": server.imap_port},
        "smtp": {"host": "127.0.0.1", "port": server.smtp_port, "tls": "none"},
        "sender": HELP,
        "authserv_id": GATE,
        "trust_email": True,
        "thread_key": _secret(folder, "threads", _THREADS),
        "listen": False,
        "most_per_hour": 10_000,
    }


@contextmanager
def rest_site(house: SuiteHouse, channels: Channels, wanted: frozenset[str]) -> Iterator[None]:
    """Serve the house's own site where an entry speaks over it: by REST or by MCP."""
    if not wanted & {"rest", "mcp"}:
        yield
        return
    with serving(house.house) as url:
        channels.url = url
        yield


def _until(look: Callable[[], T | None], what: str) -> T:
    end = time.monotonic() + ARRIVES
    while (found := look()) is None:
        if time.monotonic() > end:
            raise NotHeard(what)
        time.sleep(0.02)
    return found


def _head(house: SuiteHouse) -> int:
    """How many messages have come in."""
    with house.house.journal.log_engine.connect() as connection:
        return int(connection.exec_driver_sql("select coalesce(max(seq), 0) from signals").scalar() or 0)


@dataclass
class OutsideLine:
    """A conversation over an outside channel; its id is the thread that the house makes of it."""

    house: SuiteHouse
    person: Person | None
    account: str
    _conversation: str = ""

    @property
    def conversation(self) -> str:
        return self._conversation

    def say(self, text: str) -> None:
        before = _head(self.house)
        self.send(text)
        _until(lambda: True if _head(self.house) > before else None, f"{self.account} was not heard")
        self.house.settle()
        self._conversation = self._conversation or _until(self._thread, f"there is no thread of {self.account}")

    def send(self, text: str) -> None:
        """Put the message into the channel."""
        raise NotImplementedError

    def _thread(self) -> str | None:
        with self.house.house.journal.read() as tx:
            found = [
                one.id for one in tx.threads.where(limit=1_000) if one.account == self.account and not _notices(one.id)
            ]
        return found[-1] if found else None


def _notices(identity: str) -> bool:
    return identity.startswith("notices:")


@dataclass
class SlackLine(OutsideLine):
    """A direct message in the workspace."""

    slack: FakeSlack | None = None
    user: str = ""

    def send(self, text: str) -> None:
        assert self.slack is not None
        self.slack.write(self.user, text)


@dataclass
class MailLine(OutsideLine):
    """A thread of mails; every mail after the first answers the last one that came back."""

    mail: MailServer | None = None
    sent_before: int = 0
    first: str = ""
    pace: Pace = field(default_factory=lambda: Pace(10_000))

    def send(self, text: str) -> None:
        assert self.mail is not None
        message = EmailMessage()
        domain = self.account.rpartition("@")[2]
        message["Authentication-Results"] = f"{GATE}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}"
        name = self.person.name if self.person else "Somebody"
        message["From"] = f'"{name}" <{self.account}>'
        message["To"], message["Subject"] = HELP, "Help"
        message["Message-ID"] = make_msgid(domain=domain)
        self._answer(message)
        message.set_content(text)
        instance = self.house.house.rooms.registry.instances["email"]
        now = self.house.house.rooms.clock.now()
        body, headers = taken(Found(1, now, message.as_bytes()), instance.settings, key=_THREADS, pace=self.pace)
        payload = Payload(
            source="email", received_at=now, content_type="message/rfc822", body=body,
            headers={name.lower(): value for name, value in headers.items()},
        )  # fmt: skip
        asyncio.run(self.house.house.desk.receive(payload))

    def _answer(self, message: EmailMessage) -> None:
        assert self.mail is not None
        mine = self.mail.sent[self.sent_before :]
        if mine:
            last = email.message_from_bytes(mine[-1])
            del message["To"], message["Subject"]
            message["To"] = str(last["Reply-To"] or last["From"])
            message["Subject"] = "Re: Help"
            message["In-Reply-To"] = str(last["Message-ID"])
            message["References"] = " ".join(f"{last['References'] or ''} {last['Message-ID']}".split())
        elif self.first:
            message["In-Reply-To"] = message["References"] = self.first
        self.first = self.first or str(message["Message-ID"])


def _hand_in(house: SuiteHouse, source: str, body: dict[str, Any]) -> None:
    """Hand a message in as its channel does, past the proof of who sends it, which lanes of their own show."""
    now = house.house.rooms.clock.now()
    asyncio.run(house.house.desk.receive(Payload(source=source, received_at=now, body=json.dumps(body).encode())))


@dataclass
class MatrixLine(OutsideLine):
    """A direct room."""

    def send(self, text: str) -> None:
        event = {
            "type": "m.room.message", "event_id": f"${new_id('ev')}:{DOMAIN}", "sender": self.account,
            "origin_server_ts": int(time.time() * 1_000), "content": {"msgtype": "m.text", "body": text},
        }  # fmt: skip
        room = {"id": f"!{self.account.strip('@')}", "direct": True}
        _hand_in(self.house, "matrix", {"event": event, "room": room, "name": self.person.name if self.person else ""})


@dataclass
class TeamsLine(OutsideLine):
    """A personal conversation with the bot."""

    sink: Sink | None = None

    def send(self, text: str) -> None:
        url = self.sink.url if self.sink else ""
        name = self.person.name if self.person else "Somebody"
        _hand_in(self.house, "teams", {
            "type": "message", "id": new_id("act"), "timestamp": self.house.house.rooms.clock.now().isoformat(),
            "serviceUrl": f"{url}/", "channelId": "msteams", "text": text,
            "from": {"id": f"29:{self.account}", "name": name, "aadObjectId": self.account},
            "conversation": {"id": f"a:{self.account}", "tenantId": TENANT, "conversationType": "personal"},
            "recipient": {"id": f"28:{APP}", "name": "Tickless"},
            "channelData": {"tenant": {"id": TENANT}},
        })  # fmt: skip


@dataclass
class RestLine:
    """The API, with a token of the writer's own account."""

    house: SuiteHouse
    url: str
    token: str
    conversation: str = ""

    def say(self, text: str) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        body = {"text": text, **({"conversation": self.conversation} if self.conversation else {})}
        answer = httpx2.post(
            f"{self.url}/api/v1/conversations/messages", json=body, headers=headers, timeout=20, trust_env=False
        )
        if answer.status_code != 202:
            raise NotHeard(f"the API answered {answer.status_code}: {answer.text[:200]}")
        self.conversation = answer.json()["conversation"]


def slack_line(house: SuiteHouse, channels: Channels, person: Person | None) -> SlackLine:
    """A member of the workspace; one that nobody knows where `person` is None."""
    slack = channels.slack
    if slack is None:
        raise NotHeard("the workspace does not run")
    user = "U0" + (person.id.upper() if person else "EVIL")
    slack.members[user] = (person.name, person.email) if person else ("Somebody", STRANGER)
    _until(lambda: True if any(one.is_open for one in slack.sockets) else None, "the socket is not open")
    return SlackLine(house, person, f"{TEAM}:{user}", slack=slack, user=user)


def mail_line(house: SuiteHouse, channels: Channels, person: Person | None) -> MailLine:
    """A mail account: the person's own, or one outside of the company."""
    if channels.mail is None:
        raise NotHeard("the mail server does not run")
    account = person.email if person else STRANGER
    return MailLine(house, person, account, mail=channels.mail, sent_before=len(channels.mail.sent))


def matrix_line(house: SuiteHouse, channels: Channels, person: Person | None) -> MatrixLine:
    """A person of our own homeserver, or one whom its directory does not have."""
    if channels.matrix is None:
        raise NotHeard("the homeserver does not run")
    name = person.email.partition("@")[0] if person else "somebody.unknown"
    return MatrixLine(house, person, f"@{name}:{DOMAIN}")


def teams_line(house: SuiteHouse, channels: Channels, person: Person | None) -> TeamsLine:
    """A member of the organisation, or a guest of it."""
    if channels.teams is None:
        raise NotHeard("the service does not run")
    number = int(person.id.strip("pn") or 0) if person else 999_999
    account = f"00000000-0000-0000-0000-{number:012d}"
    known = {"tenantId": TENANT, "aadObjectId": account, "email": person.email, "userRole": "user"} if person else {}
    channels.teams.members[f"29:{account}"] = known
    return TeamsLine(house, person, account, sink=channels.teams)


def rest_line(house: SuiteHouse, channels: Channels, person: Person | None) -> RestLine:
    """An account of the writer; a guest has one that belongs to no person."""
    return RestLine(house, channels.url, channels.token(house, person))
