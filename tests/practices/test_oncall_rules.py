"""How somebody is paged: nothing twice, nothing before its minutes, no heap of the same, quiet hours for what can wait."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tickless.domain.hours import read_hours
from tickless.domain.oncall_rules import PagedBy, PagingRules, PagingRulesDraft, Ways
from tickless.practices.oncall.rules import DEFAULT, MOST_AGAIN, all_in_words, begins_at, due_turns, ways_of

CALLED = dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
SLACK_THEN_MAIL = Ways(steps=(PagedBy(by="slack"), PagedBy(after=5, by="mail")), again=10)


def rules(**given_: object) -> PagingRules:
    plain = {"urgent": SLACK_THEN_MAIL, "person": "ada", "made_by": "ada", "made_at": CALLED}
    return PagingRules.model_validate({**plain, **given_})


ways = st.builds(
    lambda steps, again: Ways(steps=tuple(sorted(steps, key=lambda one: one.after)), again=again),
    st.lists(st.builds(PagedBy, after=st.integers(0, 60), by=st.sampled_from(["usual", "slack", "mail"])),
             min_size=1, max_size=5, unique=True),
    st.none() | st.integers(5, 60),
)  # fmt: skip


@given(ways, st.lists(st.integers(1, 90), min_size=1, max_size=12))
def test_each_rule_pages_once_and_not_before_its_minutes(made: Ways, pauses: list[int]) -> None:
    done: list[int] = []
    waited = 0
    for pause in pauses:
        waited += pause
        found = due_turns(made, CALLED, CALLED + waited * MINUTE, done=done)
        numbers = [one.number for one in found]
        assert numbers == sorted(set(numbers))
        assert not set(numbers) & set(done)
        assert sum(number >= len(made.steps) for number in numbers) <= 1, "of what is said again only the latest"
        for one in found:
            again = max(0, one.number - len(made.steps) + 1) * (made.again or 0)
            assert waited >= made.steps[min(one.number, len(made.steps) - 1)].after + again
        done += numbers
        assert due_turns(made, CALLED, CALLED + waited * MINUTE, done=done) == []
    assert {number for number, one in enumerate(made.steps) if one.after <= waited} <= set(done), "none is left out"


def test_at_once_then_by_mail_then_again() -> None:
    at = [due_turns(SLACK_THEN_MAIL, CALLED, CALLED + one * MINUTE, done=range(done)) for one, done in
          ((0, 0), (4, 1), (5, 1), (14, 2), (15, 2), (25, 3), (100_000, 4))]  # fmt: skip
    assert [[(one.number, one.by) for one in found] for found in at] == [
        [(0, "slack")], [], [(1, "mail")], [], [(2, "mail")], [(3, "mail")], [(1 + MOST_AGAIN, "mail")]
    ]  # fmt: skip
    assert all_in_words(SLACK_THEN_MAIL) == (
        "at once by slack, after 5 min by mail, then again each 10 min until somebody has it"
    )


def test_after_what_did_not_get_through_the_next_does_not_wait() -> None:
    found = due_turns(SLACK_THEN_MAIL, CALLED, CALLED, done=[0], failed=[0])
    assert [(one.number, one.rule) for one in found] == [
        (1, "after 5 min by mail, at once: what was sent before did not get through")
    ]
    assert due_turns(SLACK_THEN_MAIL, CALLED, CALLED + 5 * MINUTE, done=[0, 1], failed=[0, 1]) == []
    later = due_turns(SLACK_THEN_MAIL, CALLED, CALLED + 15 * MINUTE, done=[0, 1], failed=[0, 1])
    assert [one.number for one in later] == [2], "what failed last is said again when it is due"


def test_without_rules_it_is_the_usual_channel_at_once() -> None:
    assert ways_of(None, urgent=True) == ways_of(None, urgent=False) == DEFAULT
    assert [one.rule for one in due_turns(DEFAULT, CALLED, CALLED, done=())] == ["at once in the usual channel"]
    assert due_turns(DEFAULT, CALLED, CALLED + 900 * MINUTE, done=[0]) == []


def test_what_is_not_urgent_may_have_ways_of_its_own() -> None:
    mail = Ways(steps=(PagedBy(by="mail"),))
    assert ways_of(rules(other=mail), urgent=False) == mail
    assert ways_of(rules(other=mail), urgent=True) == ways_of(rules(), urgent=False) == SLACK_THEN_MAIL


@given(
    st.integers(0, 20_000),
    st.sampled_from(["daily 22:00-07:00", "Mon-Fri 18:00-08:00 Europe/Berlin", "Sat-Sun 00:00-24:00"]),
)
def test_quiet_hours_put_off_what_can_wait_until_they_end(minutes: int, quiet: str) -> None:
    called, hours = CALLED + minutes * MINUTE, read_hours(quiet)
    begins = begins_at(rules(quiet=quiet), called, urgent=False)
    assert begins >= called
    assert not hours.covers(begins)
    assert hours.covers(called) == (begins > called)
    assert begins == called or hours.covers(begins - MINUTE), "the first moment that is not quiet"
    assert begins_at(rules(quiet=quiet), called, urgent=True) == called
    assert begins_at(None, called, urgent=False) == called


@pytest.mark.parametrize(
    ("given_", "why"),
    [
        ({"urgent": {"steps": [{"after": 6}]}}, "begin earlier"),
        ({"urgent": {"steps": [{"after": 5}, {"after": 0}]}}, "order of their minutes"),
        ({"urgent": {"steps": [{"by": "mail"}, {"by": "mail"}]}}, "leave one of them out"),
        ({"urgent": {"steps": []}}, "at least 1"),
        ({"urgent": {"steps": [{}], "again": 1}}, "greater than or equal to 5"),
        ({"urgent": {"steps": [{}]}, "quiet": "24x7"}, "swap on the schedule"),
        ({"urgent": {"steps": [{}]}, "quiet": "at night"}, "are no hours"),
    ],
)
def test_what_would_leave_somebody_asleep_is_refused(given_: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        PagingRulesDraft.model_validate(given_)
