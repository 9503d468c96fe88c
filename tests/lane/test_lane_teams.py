"""Teams in both directions, over HTTP through a serving house: what Microsoft signs comes in, cards go out and are pressed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.lane.channels import ANNA, BEN, bind, code_on, house_with, said_by_people
from tests.lane.houses import wait_for_case
from tests.servers.bot_connector import SECRET, BotConnector, Posted, new_key
from tests.servers.slapd import Slapd
from tests.servers.webhook import Inbox
from tests.waiting import until

from tickless.app.build import House
from tickless.app.serving import serving

OURS = "tickless"
CHANNEL = {"id": "19:all@thread.tacv2;messageid=1", "conversationType": "channel", "isGroup": True}


class Teams:
    """A person's Teams, with a house behind it."""

    def __init__(self, side: BotConnector, house: House, hook: str) -> None:
        self.side = side
        self.house = house
        self.hook = hook

    def say(self, text: str, **changes: Any) -> None:
        assert self.side.write(self.hook, self.side.activity(text, **changes)) == 200

    def press(self, data: dict[str, Any], **filled: str) -> None:
        """Press a button, with what was filled in beside it."""
        given = {f"entry:{name}": value for name, value in filled.items()}
        value = {OURS: data[OURS], **given}
        assert self.side.write(self.hook, {**self.side.activity(), "text": None, "value": value}) == 200

    def sees(self, words: str, *, conversation: str = "a:anna") -> Posted:
        """The newest message of the house with these words."""
        look = lambda: [one for one in self.side.seen(conversation) if words in one.words.lower()]  # noqa: E731
        return until(look, f"{words!r} in {conversation}")[-1]


@contextmanager
def opened(folder: Path, side: BotConnector, slapd: Slapd, phones: Inbox, **settings: Any) -> Iterator[Teams]:
    with (
        house_with(folder, slapd, phones, name="teams", use="teams", settings=side.settings(**settings),
                   secrets={"TEAMS": SECRET}) as house,
        serving(house) as url,
    ):  # fmt: skip
        yield Teams(side, house, f"{url}/hooks/teams")


@pytest.fixture
def teams(bot_connector: BotConnector, slapd: Slapd, webhook_inbox: Inbox, tmp_path: Path) -> Iterator[Teams]:
    with opened(tmp_path, bot_connector, slapd, webhook_inbox) as running:
        yield running
    slapd.restore()


def buttons(posted: Posted) -> list[dict[str, Any]]:
    card = posted.activity["attachments"][0]["content"]
    return [action for element in card["body"] if element["type"] == "ActionSet" for action in element["actions"]]


def test_a_locked_account_is_unlocked_with_a_card(teams: Teams, slapd: Slapd, webhook_inbox: Inbox) -> None:
    bind(teams.house, ANNA, channel="teams", account="aad-anna")
    slapd.lock_out("anna")
    teams.say("i am locked out of my account since this morning")
    question = teams.sees("code")
    send = next(one for one in buttons(question) if one["title"] == "Send code")
    teams.press(send["data"], answer=code_on(webhook_inbox, ANNA))
    case = wait_for_case(teams.house, "a verified unlock", lambda one: one.outcome == "verified")
    assert case.requester == "p1"
    assert slapd.can_sign_in("anna")
    teams.sees("unlocked")
    over = until(lambda: question if question.edits else None, "the answered card is drawn again")
    assert buttons(over) == []


def test_only_what_microsoft_signed_for_us_comes_in(teams: Teams) -> None:
    side, hour = teams.side, dt.timedelta(hours=1)
    wrong = {
        "another key": side.token(key=new_key()),
        "an unknown key": side.token(kid="k2"),
        "another issuer": side.token(iss="https://sts.windows.net/"),
        "another bot": side.token(aud="99999999-9999-9999-9999-999999999999"),
        "too old": side.token(exp=dt.datetime.now(dt.UTC) - hour),
        "without an end": side.token(exp=None),
        "another service": side.token(serviceurl="https://smba.trafficmanager.net/emea/"),
        "no service": side.token(serviceurl=None),
        "no token": "",
        "nonsense": "a.b.c",
        "unsigned": "eyJhbGciOiJub25lIiwia2lkIjoiazEifQ.e30.",
    }
    told = {name: side.write(teams.hook, side.activity("hello"), token=token) for name, token in wrong.items()}
    assert set(told.values()) == {401}, told
    foreign = "33333333-3333-3333-3333-333333333333"
    place = {"id": "a:anna", "conversationType": "personal", "tenantId": foreign}
    assert side.write(teams.hook, {**side.activity("hello", channelData={}), "conversation": place}) == 401
    assert side.write(teams.hook, side.activity("hello", channelData={"tenant": {"id": foreign}})) == 401
    elsewhere = side.activity("hello", serviceUrl="https://evil.example/")
    assert side.write(teams.hook, elsewhere, token=side.token(serviceurl="https://evil.example/")) == 401
    assert side.write(teams.hook, side.activity("hello", channelId="webchat")) == 401
    assert side.write(teams.hook, side.activity("really me")) == 200
    until(lambda: said_by_people(teams.house) == ["really me"], "the genuine one is heard, and no other")


def test_in_a_channel_the_mention_is_stripped_and_the_answer_stays_there(teams: Teams) -> None:
    mention = {
        "type": "mention",
        "text": "<at>Tickless</at>",
        "mentioned": {"id": "28:11111111-1111-1111-1111-111111111111"},
    }
    place = {**CHANNEL, "tenantId": "22222222-2222-2222-2222-222222222222"}
    activity = teams.side.activity("<at>Tickless</at> hello", entities=[mention])
    assert teams.side.write(teams.hook, {**activity, "conversation": place}) == 200
    teams.sees("hello", conversation=CHANNEL["id"])
    with teams.house.journal.read() as tx:
        (thread,) = tx.threads.where()
    assert not thread.private
    assert said_by_people(teams.house) == ["hello"]
    assert teams.side.seen("a:anna") == []


def test_typing_and_repeats_are_nothing_new(teams: Teams) -> None:
    side = teams.side
    for kind in ("typing", "conversationUpdate", "messageReaction", "installationUpdate", "invoke"):
        assert side.write(teams.hook, side.activity(type=kind, text=None)) == 200
    once = side.activity("hello")
    assert [side.write(teams.hook, once) for _ in range(3)] == [200, 200, 200]
    teams.sees("hello")
    assert said_by_people(teams.house) == ["hello"]
    assert len(side.seen("a:anna")) == 1


def test_the_directory_knows_its_own_people_and_no_guests(
    bot_connector: BotConnector, slapd: Slapd, webhook_inbox: Inbox, tmp_path: Path
) -> None:
    tenant = "22222222-2222-2222-2222-222222222222"
    own = {"tenantId": tenant, "aadObjectId": "aad-ben", "email": BEN.email, "userPrincipalName": BEN.email}
    guest = {**own, "aadObjectId": "aad-anna", "email": ANNA.email, "userPrincipalName": "anna#EXT#@x.onmicrosoft.com"}
    bot_connector.members = {"29:ben": own, "29:anna": guest}
    with opened(tmp_path, bot_connector, slapd, webhook_inbox, trust_email=True) as teams:
        teams.say("hello", user="29:ben", conversation="a:ben")
        teams.say("hello", user="29:anna")
        teams.sees("hello", conversation="a:ben")
        teams.sees("hello")
        senders = [one.signal.sender for one in teams.house.journal.signals.newest()]
        with teams.house.journal.read() as tx:
            people = {thread.account: thread.person for thread in tx.threads.where()}
    assert {one.account: one.email for one in senders if one} == {"aad-ben": BEN.email, "aad-anna": ""}
    assert people == {"aad-ben": BEN.id, "aad-anna": None}
