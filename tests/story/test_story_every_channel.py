"""The conversations that every service desk meets, over every channel: each ends as a thoughtful colleague would end it, and an
operator reads the whole story in the console. They are data: `bench/suites/conversations/every-channel.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

import pytest
from bench.conversation_form import CONVERSATIONS, Conversation, read_conversations
from bench.playing import Player
from bench.suite_channels import SERVED, Channels
from bench.suite_house import SuiteHouse
from bench.suite_workers import open_suite
from starlette.testclient import TestClient

from tickless.domain.case import Case
from tickless.journal import Tx

SUITE = read_conversations(CONVERSATIONS / "every-channel.yaml")
COOKIE = "tickless_session"
WHOLE = {"web", "slack", "teams", "email", "matrix", "rest", "mcp"}


@dataclass
class Place:
    """A house with every channel, and whoever plays in it."""

    house: SuiteHouse
    player: Player

    def operator(self) -> TestClient:
        entrance = self.house.house.entrance
        user = entrance.create_user("operator", roles=["operator"])
        session = entrance.redeem_link(entrance.make_link(user), address="127.0.0.1")
        return TestClient(self.house.house.site, base_url="http://127.0.0.1", cookies={COOKIE: session.token})


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with ExitStack() as stack:
        house, channels = stack.enter_context(open_suite(SERVED))
        assert isinstance(channels, Channels)
        yield Place(house, Player(house, channels))


class _Text(HTMLParser):
    """The words of a page, scripts aside."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside not in {"script", "style"}:
            self.words.append(data)


def flat(text: str) -> str:
    """Comparable: signs of any kind aside."""
    return " ".join(re.findall(r"\w+", unescape(text))).casefold()


def read_page(browser: TestClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    parser = _Text()
    parser.feed(answer.text)
    return flat(" ".join(parser.words))


def test_the_suite_has_every_conversation_on_every_channel() -> None:
    held: dict[str, set[str]] = {}
    for one in SUITE:
        held.setdefault(one.id.partition("@")[0], set()).add(one.channel)
    assert len(held) >= 8
    assert set(map(frozenset, held.values())) == {frozenset(WHOLE)}


@pytest.mark.parametrize("conversation", SUITE, ids=[one.id for one in SUITE])
def test_it_ends_as_a_thoughtful_colleague_would_end_it(place: Place, conversation: Conversation) -> None:
    played = place.player.play(conversation)
    told = "\n".join((*played.problems, *played.transcript))
    assert played.passed, told
    assert not played.wrong, told
    browser = place.operator()
    with place.house.house.journal.read() as tx:
        spoken = {line.conversation for line in tx.messages.where(limit=1_000) if line.author == "person"}
        own = [one for one in tx.cases.where(limit=100) if one.door == "human" and one.conversation in spoken]
        lines = {one: tx.conversation(one) for one in spoken}
        wanted = {case.number: list(story_of(tx, case)) for case in own}
    assert own or not lines or played.per_need[0][0] in {"out_of_scope", "incident_report"}, told
    for conversation_id, said in lines.items():
        page = read_page(browser, f"/conversations/{conversation_id}")
        missing = [line.text.raw for line in said if not line.private and flat(line.text.raw)[:300] not in page]
        assert not missing, f"the conversation's page does not show {missing}\n{told}"
    for number, parts in wanted.items():
        page = read_page(browser, f"/cases/{number}")
        assert not (lost := [part for part in parts if flat(part) not in page]), f"case {number} does not tell {lost}"


def story_of(tx: Tx, case: Case) -> Iterator[str]:
    """What the page of a case has to tell: the person's words, why it was so understood, what was decided and by which rule,
    what was done, and what was read back."""
    yield case.title.raw.splitlines()[0][:80]
    findings = [one for one in tx.cases.findings_of(case.id) if one.need == case.need]
    assert findings, "nothing says how it was understood"
    for piece in findings[0].evidence:
        yield piece.text
    decisions = tx.decisions.by(case=case.id)
    assert decisions, "nothing was decided"
    yield decisions[-1].summary
    for reason in decisions[-1].reasons:
        yield reason.text
    for run in tx.runs.by(case=case.id):
        yield run.plan.title
        for receipt in tx.receipts_of(run.id):
            yield receipt.summary
    verdicts = tx.verdicts.by(case=case.id)
    assert verdicts or case.outcome != "verified", "nobody looked whether it held"
    for verdict in verdicts:
        for reading in verdict.readings:
            yield reading.evidence
