"""The sample company with a Slack workspace: people write there, and what they are told is read there."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from tests.waiting import until

from tickless.app.build import House
from tickless.app.listening import Listening
from tickless.app.sample_house import SampleHouse, open_sample_house, sample_settings
from tickless.app.serving import serving
from tickless.app.settings import ConnectorUse, PaceSettings
from tickless.domain.case import Case
from tickless.domain.channel import Binding
from tickless.domain.person import Person
from tickless.sample.company import make_company
from tickless.sample.day_cast import Cast
from tickless.sample.estate.control import Estate
from tickless.sdk.testing.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, TEAM, Body, FakeSlack, slack_server

PACE = PaceSettings(answer=30.0, approval=60.0, first_look=30.0, gather=1.0)
HOME = "https://help.larkmoor.example"
T = TypeVar("T")


@dataclass
class Town:
    sample: SampleHouse
    slack: FakeSlack
    url: str
    cast: Cast

    @property
    def house(self) -> House:
        return self.sample.house

    def member(self, person: Person, *, bound: bool = True) -> str:
        """A person's Slack id; bound to them by an administrator unless told otherwise."""
        user = "U0" + person.id.upper().replace("-", "")
        self.slack.members[user] = (person.name, person.email)
        if bound:
            binding = Binding(id=f"slack:{TEAM}:{user}", channel="slack", account=f"{TEAM}:{user}", person=person.id,
                              way="administrator", at=self.house.desk.clock.now(), by="admin")  # fmt: skip
            with self.house.journal.write() as tx:
                tx.bindings.put(binding)
        return user

    def told(self, channel: str, words: str, *, number: int = 1) -> Body:
        """Wait until the bot said something with these words in a channel; the message."""

        def look() -> Body | None:
            found = [
                one for one in self.slack.said(channel) if words.casefold() in json.dumps(one["blocks"]).casefold()
            ]
            return found[number - 1] if len(found) >= number else None

        return until(look)

    def said(self, channel: str) -> str:
        return json.dumps(self.slack.said(channel))

    def case_of(self, person: Person, need: str) -> Case | None:
        with self.house.journal.read() as tx:
            found = tx.cases.by(requester=person.id)
        return next((case for case in found if case.need == need), None)

    def ended(self, person: Person, need: str) -> Case:
        def look() -> Case | None:
            case = self.case_of(person, need)
            return case if case is not None and not case.live else None

        return until(look)

    def code(self, person: Person) -> str:
        """The newest code on that person's phone."""

        def look() -> str | None:
            texts = self.sample.estate.sms(person.phone or "")
            found = re.findall(r"code is (\d{6})", texts[-1]) if texts else []
            return found[0] if found else None

        return until(look)

    def prove(self, person: Person, user: str, *, channel: str = "") -> Body:
        """The member fills in the code from their phone, once it is asked for. Returns the message that asked."""
        place = channel or self.slack.direct(user)
        asked = self.told(place, "field:answer")
        self.slack.press(user, place, asked, "Send", fields={"field:answer": self.code(person)})
        return asked

    def heard(self, user: str) -> list[str]:
        """What a member said, as it stands in the house's conversations."""
        account = f"{TEAM}:{user}"
        with self.house.journal.read() as tx:
            threads = [one for one in tx.threads.where(limit=10_000) if one.account == account]
            lines = [line for thread in threads for line in tx.conversation(thread.id)]
        return [line.text.raw for line in lines if line.author == "person"]

    def event(self, user: str, words: str) -> Body:
        """An event as the Events API sends it, without a socket."""
        stamp = self.slack.stamp()
        message = {"type": "message", "user": user, "text": words, "ts": stamp, "team": TEAM, "event_ts": stamp,
                   "channel": self.slack.direct(user), "channel_type": "im"}  # fmt: skip
        self.slack.channels.setdefault(self.slack.direct(user), [])
        return self.slack.callback(message)

    def post(
        self, body: Body, *, secret: str = SIGNING_SECRET, age: int = 0, source: str = "slackhook"
    ) -> httpx2.Response:
        """Post to the receiver as Slack does, with a signature of this age."""
        raw = json.dumps(body).encode()
        stamp = str(int(time.time()) - age)
        signed = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
        headers = {
            "content-type": "application/json",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={signed}",
        }
        return httpx2.post(f"{self.url}/hooks/{source}", content=raw, headers=headers, timeout=20)

    def doctor(self, name: str) -> tuple[bool, str]:
        check = next(one for one in self.house.desk.doctor() if one.check == name)
        return check.ok, check.detail

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """Nobody listens meanwhile, as when the process is down."""
        self.house.listening.stop()
        yield
        registry = self.house.rooms.registry
        self.house.listening = Listening(desk=self.house.desk, registry=registry, node=self.house.node)
        self.house.listening.start()


def _connectors(slack: FakeSlack, folder: Path) -> dict[str, Any]:
    for name, value in {"bot": BOT_TOKEN, "app": APP_TOKEN, "secret": SIGNING_SECRET}.items():
        (folder / name).write_text(value, encoding="utf-8")
    ways = {name: f"file:{folder / name}" for name in ("bot", "app", "secret")}
    given = {"bot_token": ways["bot"], "app_token": ways["app"], "base_url": slack.api, "trust_email": True}
    hook = {"bot_token": ways["bot"], "signing_secret": ways["secret"], "mode": "events", "base_url": slack.api}
    return {"slack": ConnectorUse(use="slack", settings=given), "slackhook": ConnectorUse(use="slack", settings=hook)}


@contextmanager
def open_town(folder: Path) -> Iterator[Town]:
    """Everything started; stopped at the end."""
    company = make_company()
    with ExitStack() as stack:
        estate = stack.enter_context(Estate.start(company, folder / "estate", interval=0.3))
        slack = stack.enter_context(slack_server(FakeSlack()))
        own = sample_settings(estate, folder / "house").connectors
        connectors = {**own, **_connectors(slack, folder)}
        sample = open_sample_house(estate, company, folder / "house", connectors=connectors, pace=PACE, home=HOME)
        stack.callback(sample.house.stop)
        sample.house.start()
        url = stack.enter_context(serving(sample.house))
        town = Town(sample, slack, url, Cast(company, seed=7))
        until(lambda: any(one.is_open for one in slack.sockets))
        yield town
