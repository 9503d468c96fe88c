"""What people say of impact and urgency raises the priority a step each, and never lowers it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.case import Impact
from tickless.stages.correlate.reported import Reported, raised, reported


@pytest.mark.parametrize(
    ("text", "many", "urgent"),
    [
        ("the whole floor can't print", True, False),
        ("the shop website is dead for everyone in our office", True, False),
        ("none of us gets into the intranet", True, False),
        ("production is down, nothing moves", False, True),
        ("orders won't open and I have a client on the phone", False, True),
        ("vpn broken, demo starts in ten minutes", False, True),
        ("the entire team is stuck and customers are waiting", True, True),
        ("my mailbox is full", False, False),
        ("not the whole team, only me", False, False),
        ("it's not an emergency", False, False),
        ("printing is slow, no rush", False, False),
        ("I work in production and need access to Driftview", False, False),
    ],
)
def test_what_is_said_of_it(text: str, many: bool, urgent: bool) -> None:
    found = reported(text)
    assert (bool(found.many), bool(found.urgent)) == (many, urgent)
    assert bool(found.told) == (many or urgent)


def test_each_makes_it_one_step_more_urgent_and_words_alone_never_make_it_the_most_urgent() -> None:
    before = Impact(priority=3, reason="One person is held up in their work.")
    both = Reported(many="whole floor", urgent="client on the phone")
    assert raised(before, Reported(many="whole floor"), kind="incident").priority == 2
    after = raised(before, both, kind="incident")
    assert after.priority == 2
    assert "whole floor" in after.reason
    assert raised(Impact(priority=1, reason="the map"), both, kind="incident").priority == 1
    assert raised(Impact(priority=4, reason=""), both, kind="request").priority == 3


@given(st.integers(1, 4), st.sampled_from(["incident", "risk", "request", "question"]), st.text(), st.text())
def test_it_is_never_made_less_urgent(priority: int, kind: str, many: str, urgent: str) -> None:
    before = Impact(priority=priority, reason="")
    assert raised(before, Reported(many, urgent), kind=kind).priority <= priority  # type: ignore[arg-type]
