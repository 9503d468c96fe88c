"""Somebody on call is paged as they say: by chat at once, by mail after five minutes, again until they have it; the page says
what went where. Channels are real connectors against local servers; the postman is turned by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from tests.doors.practice_site import PracticeSite, look, send
from tests.flow.practice_house import by, close, open_house

from tickless.app.settings import ConnectorUse
from tickless.domain.channel import Thread
from tickless.domain.oncall import Layer, ScheduleDraft
from tickless.flow.posting.postman import Postman
from tickless.sdk.testing.mail import MailServer, mail_server
from tickless.sdk.testing.slack import BOT_TOKEN, FakeSlack, Refusal, slack_server

CY = "U0CY"
RULES = {
    "urgent": {"steps": [{"after": 0, "by": "slack"}, {"after": 5, "by": "mail"}], "again": 10},
    "other": {"steps": [{"after": 0, "by": "mail"}]},
    "quiet": "daily 22:00-07:00 Europe/Berlin",
}


@dataclass
class Place:
    site: PracticeSite
    slack: FakeSlack
    mail: MailServer
    postman: Postman

    def on(self, **span: float) -> tuple[int, int]:
        """Time goes on; how many pages were heard in Slack and by mail until then."""
        self.site.room.on(**span)
        for channel in ("slack", "mail"):
            self.postman.work(channel)
        return len(self.slack.said("D0CY")), len(self.mail.sent)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    slack = FakeSlack({CY: ("Cy", "cy@larkmoor.example")})
    slack.channels["D0CY"] = []
    with slack_server(slack), mail_server(MailServer(boxes={}, users={})) as mail:
        smtp = {"host": "127.0.0.1", "port": mail.smtp_port, "tls": "none"}
        room = open_house(
            tmp_path,
            connectors={
                "slack": ConnectorUse(
                    use="slack", settings={"bot_token": "env:BOT", "base_url": slack.api, "mode": "events"}
                ),
                "mail": ConnectorUse(use="email", settings={"smtp": smtp, "sender": "help@larkmoor.example"}),
            },
            secrets={"BOT": BOT_TOKEN},
        )
        layer = Layer(people=("cy", "fay"), first_day=dt.date(2026, 3, 2), at=dt.time(8, 0))
        steps = ({"after": 0, "whom": "on_call"}, {"after": 60, "whom": "next"})
        draft = ScheduleDraft.model_validate(
            {"title": "Shop", "services": ("Shop",), "layers": (layer,), "steps": steps}
        )
        room.desk.on_call.keep(draft, by=by("ada"))
        with room.house.journal.write() as tx:
            tx.threads.put(
                Thread(id="slack:cy", channel="slack", account=f"T0:{CY}", person="cy", private=True,
                       address={"channel": "D0CY", "direct": CY}, last_heard_at=room.clock.now())
            )  # fmt: skip
        yield Place(PracticeSite(room), slack, mail, Postman(rooms=room.house.desk._rooms, node="n"))
        close(room)


def page_of(place: Place) -> dict[str, Any]:
    (found,) = place.site.api("ada").get("/api/v1/on-call/pages").json()["items"]
    return dict(place.site.api("ada").get(f"/api/v1/on-call/pages/{found['id']}").json())


def test_by_chat_at_once_by_mail_after_five_minutes_and_again_until_they_have_it(place: Place) -> None:
    site = place.site
    assert site.api("cy").put("/api/v1/on-call/rules/me", json=RULES).status_code == 200
    site.room.tell("shop-down", "firing", service="shop", severity="critical")
    assert place.on(minutes=0) == (1, 0)
    assert place.on(minutes=4) == (1, 0)
    assert place.on(minutes=1) == (1, 1)
    assert place.on(minutes=10) == (1, 2)
    letter = message_from_bytes(place.mail.sent[0], policy=policy.default)
    assert letter["To"] == "cy@larkmoor.example"
    assert "called for case 1" in letter["Subject"]
    shown = page_of(place)
    assert [(one["notice"]["rule"], one["notice"]["channel"], bool(one["sent_at"])) for one in shown["sent"]] == [
        ("at once by slack", "slack", True), ("after 5 min by mail", "mail", True),
        ("again each 10 min, by mail", "mail", True),
    ]  # fmt: skip
    identity = shown["page"]["id"]
    cy = site.browser("cy")
    assert "after 5 min by mail" in look(cy, f"/on-call/pages/{identity}").one("main").text
    send(cy, f"/on-call/pages/{identity}", f"/on-call/pages/{identity}/acknowledge")
    assert place.on(minutes=120) == (1, 2), "whoever has it is left alone"


def test_what_does_not_get_through_brings_the_next_way_forward(place: Place) -> None:
    site = place.site
    assert site.api("cy").put("/api/v1/on-call/rules/me", json=RULES).status_code == 200
    place.slack.refuse("chat.postMessage", Refusal(status=200, error="channel_not_found"))
    site.room.tell("shop-down", "firing", service="shop", severity="critical")
    assert place.on(minutes=0) == (0, 0)
    assert place.on(minutes=0) == (0, 1), "nobody waits five minutes for what will never come"
    shown = page_of(place)["sent"]
    assert [one["failed"] for one in shown] == [True, False]
    assert "at once: what was sent before did not get through" in shown[1]["notice"]["rule"]
    assert place.on(minutes=5) == (0, 1), "once"


def test_where_they_are_not_reached_it_goes_to_the_usual_channel_and_says_so(place: Place) -> None:
    site = place.site
    rules = {"urgent": {"steps": [{"after": 0, "by": "slack"}, {"after": 2, "by": "mail"}]}}
    assert site.api("fay").put("/api/v1/on-call/rules/fay", json=rules).status_code == 200
    assert "not written to us in slack" in site.cli("fay", "on-call", "rules-show", "me")
    site.room.tell("shop-down", "firing", service="shop", severity="critical")
    place.on(minutes=0)
    (found,) = site.api("ada").get("/api/v1/on-call/pages").json()["items"]
    site.api("cy").post(f"/api/v1/on-call/pages/{found['id']}/pass-on")
    place.on(minutes=2)
    theirs = [one["notice"] for one in page_of(place)["sent"] if one["notice"]["person"] == "fay"]
    assert [(one["channel"], one["why"]) for one in theirs] == [
        ("", "they have not written to us in slack yet"), ("mail", "")
    ]  # fmt: skip
    assert len(place.mail.sent) == 1
