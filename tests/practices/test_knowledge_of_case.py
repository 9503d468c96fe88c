"""An article drafted from a solved case: what was asked and what helped, in it and in those like it, and nothing private."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.journal.databases import empty
from tests.journal.samples import NOW, case, plan, run

from tickless.domain.case import Case, Message
from tickless.domain.errors import Conflict
from tickless.domain.record import Untrusted
from tickless.domain.runbook import Step
from tickless.journal import Journal, Tx
from tickless.practices.knowledge.of_case import draft_of_case


@pytest.fixture
def journal(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Journal]:
    with empty("sqlite", tmp_path / "journal", request) as urls:
        opened = urls.open()
        opened.migrate()
        yield opened
        opened.close()


def solved(tx: Tx, number: int, *said: tuple[str, str], private: str = "", **told: Any) -> Case:
    given = {"door": "human", "need": "vpn_trouble", "state": "resolved", "outcome": "confirmed", "service": "vpn"}
    made = tx.cases.put(case(number, **{**given, **told}))
    lines = [*((author, text, False) for author, text in said), *([("operator", private, True)] if private else [])]
    for place, (author, text, hidden) in enumerate(lines):
        tx.messages.put(Message(id=f"msg_{number}_{place}", conversation=f"web:{number}", case=made.id, author=author,
                                name="x", text=Untrusted(text), private=hidden,
                                at=NOW + dt.timedelta(minutes=place)))  # type: ignore[arg-type] # fmt: skip
    return made


def test_what_was_asked_and_what_helped_is_drafted_and_nothing_private(journal: Journal) -> None:
    with journal.write() as tx:
        one = solved(tx, 1, ("person", "Hi, the VPN drops every hour"), ("operator", "Turn off power saving of the adapter."),
                     private="the password is hunter2-Larkmoor")  # fmt: skip
        solved(
            tx,
            2,
            ("person", "vpn disconnects all the time"),
            ("operator", "Write to ana@larkmoor.example for a cable."),
        )
        solved(tx, 3, ("person", "my vpn again"), outcome="handed_off", state="handed_off")
        solved(tx, 4, ("person", "printer is on fire"), need="printer_trouble")
        made = draft_of_case(tx, one, owner="p001", now=NOW)
    assert (made.state, made.owner, made.service) == ("draft", "p001", "vpn")
    assert made.title == "The VPN drops every hour"
    assert made.questions == ("the VPN drops every hour", "vpn disconnects all the time")
    assert "power saving" in made.text
    assert "hunter2" not in made.text
    assert "ana@larkmoor.example" not in made.text


def test_where_a_runbook_did_it_its_steps_are_told(journal: Journal) -> None:
    steps = (Step(id="a", uses="x.y", title="Unlock the account"), Step(id="b", uses="x.z"))
    with journal.write() as tx:
        one = solved(tx, 1, ("person", "i am locked out"), outcome="verified")
        tx.runs.put(run("run_1", plan=plan(case=one.id, steps=steps), state="done"))
        made = draft_of_case(tx, one, owner=None, now=NOW)
    assert "1. Unlock the account" in made.text
    assert "Ask for it in the chat" in made.text


def test_a_case_whose_words_came_before_it_is_asked_for_by_its_title(journal: Journal) -> None:
    with journal.write() as tx:
        one = solved(tx, 1, title=Untrusted("my vpn is slow"))
        assert draft_of_case(tx, one, owner=None, now=NOW).questions == ("my vpn is slow",)


def test_what_nobody_solved_teaches_nothing(journal: Journal) -> None:
    with journal.write() as tx:
        one = solved(tx, 1, ("person", "help"), outcome="handed_off", state="handed_off")
        with pytest.raises(Conflict, match="not solved"):
            draft_of_case(tx, one, owner=None, now=NOW)
