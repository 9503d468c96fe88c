"""Approvals in a real house, over its doors: quorums, stand-ins, letters, and every way to approve what is one's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bench.approval_form import Event as Do
from bench.approval_form import History, Wanted, Who
from bench.approval_play import Hall, Play, open_hall
from bench.t3_approvals import generated


@pytest.fixture(scope="module")
def hall() -> Iterator[Hall]:
    with open_hall() as opened:
        yield opened


ASK, GO = Do(decide=True), Do(decide=True)


@pytest.mark.parametrize(("wants", "events"), [
    ("manager", (Do(answer="mia", door="console"),)),
    ("manager", (Do(answer="mia", door="letter"),)),
    ("manager", (Do(answer="mia", door="chat"),)),
    ("manager", (Do(who="mia", delegate="dan"), Do(answer="dan"))),
    ("manager", (Do(who="mia", delegate="dan", by="mia"), Do(answer="dan", door="console"))),
    ("manager", (Do(wait=40.0), Do(answer="max"))),
    ("manager_and_owner", (Do(answer="olga", of=1), Do(answer="mia", of=0))),
    ("two_of_group", (Do(answer="gus"), Do(answer="gia"))),
    ("two_approvers", (Do(answer="gus"), Do(answer="otto"))),
    ("halfway_manager", (Do(answer="mia", door="letter"),)),
    ("halfway_manager", (Do(who="mia", delegate="dan"), Do(answer="dan"))),
    ("halfway_manager", (Do(wait=40.0), Do(answer="max"))),
    ("halfway_two", (Do(answer="gus"), Do(answer="gia"))),
])  # fmt: skip
def test_who_may_and_is_asked_brings_it_about(hall: Hall, wants: Wanted, events: tuple[Do, ...]) -> None:
    played = Play(hall, History(id="good", wants=wants, events=(ASK, *events, GO))).run()
    assert (played.effects, dict(played.wrong)) == (1, {})


@pytest.mark.parametrize(("requester", "wants", "events"), [
    ("ana", "manager", (Do(answer="ana"), Do(answer="ana-admin"), Do(answer="bob"))),
    ("ana", "manager", (Do(answer="mia", door="assisted"),)),
    ("ana", "two_of_group", (Do(answer="gil"), Do(answer="gil-alt"))),
    ("ana", "two_of_group", (Do(answer="gil"), Do(answer="ana-admin"), Do(answer="ana-bot"))),
    ("ana", "manager", (Do(key="token", who="mia", by="ana"), Do(answer="mia"))),
    ("ana", "manager", (Do(key="password", who="mia", by="ana"), Do(answer="mia", door="console"))),
    ("ana", "manager", (Do(who="mia", delegate="dan", by="ana"), Do(answer="dan"))),
    ("ana", "manager", (Do(key="link", who="mia", by="ana"), Do(who="mia", delegate="dan", by="mia"), Do(answer="dan"))),
    ("ana", "manager", (Do(who="mia", delegate="ana"), Do(answer="ana"))),
    ("ana", "manager", (Do(who="mia", delegate="dan"), Do(who="dan", delegate="eve"), Do(answer="eve"))),
    ("ana", "manager", (Do(wait=73.0), Do(answer="mia"))),
    ("ana", "manager", (Do(answer="mia"), Do(change="revision"))),
    ("ana", "manager", (Do(answer="mia"), Do(change="inputs"))),
    ("ana", "manager", (Do(answer="mia"), Do(become="requester", who="mia"))),
    ("ana", "manager", (Do(become="beneficiary", who="mia"), Do(answer="mia"))),
    ("ana", "manager", (Do(answer="mia", approve=False),)),
    ("ana", "manager", (Do(leaves="mia"), Do(answer="mia"))),
    ("ana", "halfway_manager", (Do(answer="ana"), Do(answer="ana-admin"), Do(answer="bob"))),
    ("ana", "halfway_manager", (Do(answer="mia"), Do(become="requester", who="mia"))),
    ("ana", "halfway_manager", (Do(answer="mia"), Do(reopen=True))),
    ("ana", "halfway_manager", (Do(wait=73.0), Do(answer="mia"))),
    ("ana", "halfway_two", (Do(answer="gil"), Do(answer="gil-alt"), Do(answer="ana-admin"))),
])  # fmt: skip
def test_nobody_approves_their_own_nor_what_is_no_more(
    hall: Hall, requester: Who, wants: Wanted, events: tuple[Do, ...]
) -> None:
    played = Play(hall, History(id="bad", requester=requester, wants=wants, events=(ASK, *events, GO))).run()
    assert (played.effects, dict(played.wrong)) == (0, {})


def test_a_letters_link_works_once_and_only_before_it_is_over(hall: Hall) -> None:
    twice = (ASK, Do(answer="mia", door="letter"), Do(answer="mia", door="letter", again=True), GO)
    played = Play(hall, History(id="letter", events=twice)).run()
    assert (played.effects, dict(played.wrong)) == (1, {})


def test_a_yes_is_for_one_time(hall: Hall) -> None:
    again = (ASK, Do(answer="mia"), GO, Do(reopen=True), Do(decide=True), Do(answer="mia", of=0), Do(decide=True))
    played = Play(hall, History(id="again", events=again)).run()
    assert (played.effects, dict(played.wrong)) == (1, {})


def test_whatever_happens_nothing_begins_without_its_yes(hall: Hall) -> None:
    """The first of those that the bench plays ten thousand of."""
    for history in generated(40, seed=7):
        played = Play(hall, history).run()
        assert not played.wrong, (history, played)
        assert played.effects or not history.honest, history
