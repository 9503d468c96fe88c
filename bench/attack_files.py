"""Files sent over chats: their names are what an attacker chooses."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from bench.attack_mail import Attached, AttackMail, Mail, attack_mail
from bench.suite_channels import (
    APP,
    DOMAIN,
    TENANT,
    Channels,
    MatrixLine,
    SlackLine,
    TeamsLine,
    _hand_in,
    matrix_line,
    slack_line,
    teams_line,
)  # fmt: skip
from bench.suite_house import SuiteHouse
from bench.talking import Line
from tickless.domain.person import Person
from tickless.kit.ids import new_id
from tickless.sdk.testing.slack import TEAM

CARRIERS = ("email", "slack", "teams", "matrix")


@dataclass
class _SlackFile(SlackLine):
    name: str = ""

    def send(self, text: str) -> None:
        slack = self.slack
        assert slack is not None
        place, stamp = slack.direct(self.user), slack.stamp()
        file = {"id": new_id("F"), "name": self.name, "title": self.name, "mimetype": "application/octet-stream"}
        said: dict[str, Any] = {"type": "message", "subtype": "file_share", "user": self.user, "text": text, "ts": stamp,
                                "team": TEAM, "files": [file]}  # fmt: skip
        with slack.lock:
            slack.channels.setdefault(place, []).append(said)
        event = {**said, "channel": place, "event_ts": stamp, "channel_type": "im"}
        slack.send("events_api", slack.callback(event))


@dataclass
class _MatrixFile(MatrixLine):
    name: str = ""

    def send(self, text: str) -> None:
        event = {
            "type": "m.room.message", "event_id": f"${new_id('ev')}:{DOMAIN}", "sender": self.account,
            "origin_server_ts": int(time.time() * 1_000),
            "content": {"msgtype": "m.file", "body": self.name, "filename": self.name, "url": f"mxc://{DOMAIN}/x"},
        }  # fmt: skip
        room = {"id": f"!{self.account.strip('@')}", "direct": True}
        _hand_in(self.house, "matrix", {"event": event, "room": room, "name": self.person.name if self.person else ""})


@dataclass
class _TeamsFile(TeamsLine):
    name: str = ""

    def send(self, text: str) -> None:
        name = self.person.name if self.person else "Somebody"
        file = {"contentType": "application/vnd.microsoft.teams.file.download.info", "name": self.name,
                "contentUrl": "https://files.example/x", "content": {"fileType": "bin"}}  # fmt: skip
        _hand_in(self.house, "teams", {
            "type": "message", "id": new_id("act"), "timestamp": self.house.house.rooms.clock.now().isoformat(),
            "serviceUrl": f"{self.sink.url if self.sink else ''}/", "channelId": "msteams", "text": text, "attachments": [file],
            "from": {"id": f"29:{self.account}", "name": name, "aadObjectId": self.account},
            "conversation": {"id": f"a:{self.account}", "tenantId": TENANT, "conversationType": "personal"},
            "recipient": {"id": f"28:{APP}", "name": "Tickless"}, "channelData": {"tenant": {"id": TENANT}},
        })  # fmt: skip


def send_file(
    house: SuiteHouse, channels: Channels, person: Person | None, *, carrier: str, text: str, name: str, content: bytes
) -> Line:
    """Send it with these words; returns the line it went by, for whatever is said next."""
    if carrier == "email":
        line: AttackMail = attack_mail(house, channels, person)
        line.post(Mail(text, files=[Attached(name, content)]))
        return line
    if carrier == "slack":
        plain = slack_line(house, channels, person)
        _SlackFile(house, person, plain.account, slack=plain.slack, user=plain.user, name=name).say(text)
        return plain
    if carrier == "teams":
        away = teams_line(house, channels, person)
        _TeamsFile(house, person, away.account, sink=away.sink, name=name).say(text)
        return away
    room = matrix_line(house, channels, person)
    _MatrixFile(house, person, room.account, name=name).say(text)
    return room
