"""A procedure is described in plain words, drafted, proposed, signed by somebody else, met in chat, and ends verified."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.story.stage import Stage

from tickless.domain.errors import Forbidden
from tickless.flow.keeping import Keeper

AUTHOR, SIGNER = Keeper("user:author", roles=frozenset({"operator"})), Keeper("user:signer", roles=frozenset({"admin"}))
DESCRIBED = (
    "When a person's mailbox is full, give the mailbox more room by 50 percent, up to 50 GB. Check "
    "that the mailbox is below 100 percent. "
    "If that fails, set the old quota again. Tell them that there is room now."
)


@pytest.fixture(scope="module")
def stage(make_stage: Callable[..., Any]) -> Iterator[Stage]:
    with make_stage() as made:
        yield made


def test_from_plain_words_to_a_verified_run(stage: Stage) -> None:
    architect = stage.house.desk.architect
    tried = architect.describe(DESCRIBED, by=AUTHOR.by, name="mailbox.more-room")
    assert tried.drafted.gaps == ()
    assert tried.played is not None
    assert tried.played.end == "verified"
    assert tried.beside == "mailbox.raise-quota"
    proposed = architect.propose(tried.drafted.text, by=AUTHOR, described=DESCRIBED, method=tried.drafted.method)
    assert "mailbox.more-room" not in stage.house.rooms.runbooks, "a draft never runs"
    with pytest.raises(Forbidden):
        architect.publish(proposed.id, by=AUTHOR)
    architect.publish(proposed.id, by=SIGNER, reason="tried")
    assert "mailbox.more-room" in stage.house.rooms.runbooks

    person = stage.cast.draw(lambda one: one.employment == "employee")
    stage.estate.fault("mailbox_full", person.username)
    started = stage.house.desk.run(
        "mailbox.more-room", {"person": person.username}, by=person.id, reason="my mailbox is full"
    )
    case = asyncio.run(started)
    first = stage.over(id=case.id)
    assert first.outcome == "handed_off", "on the rung suggest a person is asked first"
    assert stage.effects("mailbox.set_quota") == []

    asyncio.run(stage.house.desk.autonomy.set_rung("mailbox.more-room", rung="auto", keeper=SIGNER, reason="seen"))
    case = asyncio.run(
        stage.house.desk.run("mailbox.more-room", {"person": person.username}, by=person.id, reason="it is full")
    )
    assert stage.over(id=case.id).outcome == "verified"
    assert len(stage.effects("mailbox.set_quota")) == 1
    with stage.house.journal.read() as tx:
        actions = [row.action for row in tx.audit.latest(limit=400)]
    assert {"architect.described", "runbook.proposed", "runbook.signed", "runbook.published"} <= set(actions)
