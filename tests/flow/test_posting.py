"""The post: each message once, in order, with patience; what is private stays private; cards that are over are closed.

The channel is Slack's connector over a local workspace, the postman is turned by hand, and the clock stands still.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.journal.databases import BOTH, empty

from tickless.app.build import House, build
from tickless.app.settings import ConnectorUse, Settings
from tickless.domain.case import Case, Impact
from tickless.domain.channel import Delivery, Thread
from tickless.domain.decision import ApprovalRequest, OpenQuestion
from tickless.domain.errors import AuthFailed, RateLimited, Rejected, TicklessError, Unreachable
from tickless.domain.experience import Rating
from tickless.domain.person import Person
from tickless.domain.record import Untrusted
from tickless.domain.ticket import Ticket
from tickless.flow.desk.channel_health import channel_checks
from tickless.flow.posting.postman import Postman
from tickless.flow.posting.rules import GIVE_UP_AFTER, LONGEST_PAUSE, look_again_after, next_try
from tickless.flow.saying.conversation import personal, say
from tickless.kit.clock import ManualClock
from tickless.kit.ids import new_id
from tickless.sdk.testing.slack import BOT_TOKEN, FakeSlack, Refusal, slack_server

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
ADA, TOM = "U0ADA", "U0TOM"
_numbers = itertools.count(1)


@dataclass
class Post:
    house: House
    slack: FakeSlack
    clock: ManualClock
    postman: Postman = field(init=False)

    def __post_init__(self) -> None:
        self.postman = self.another_postman(self.house.node)

    @property
    def now(self) -> dt.datetime:
        return self.clock.now()

    def thread(self, account: str, *, place: str = "", person: str | None = None) -> str:
        """A conversation that is held in Slack: direct, or in this channel."""
        channel = place or f"D0{account[2:]}"
        self.slack.channels.setdefault(channel, [])
        thread = Thread(
            id=f"slack:{account}:{new_id('cnv')}", channel="slack", account=f"T0LARKMOOR:{account}", person=person,
            address={"channel": channel, "direct": account}, private=not place, last_heard_at=self.clock.now(),
        )  # fmt: skip
        with self.house.journal.write() as tx:
            tx.threads.put(thread)
        return thread.id

    def say(self, thread: str, text: str, **given: Any) -> None:
        with self.house.journal.write() as tx:
            say(tx, conversation=thread, case=None, text=text, key=new_id("key"), at=self.clock.now(), **given)

    def turn(self, *, after: float = 0.0, by: Postman | None = None) -> int:
        """Let the postman work, so many seconds later."""
        self.clock.advance(dt.timedelta(seconds=after))
        return (by or self.postman).work("slack")

    def heard(self, channel: str) -> list[str]:
        return [one["text"] for one in self.slack.said(channel)]

    def deliveries(self) -> list[Delivery]:
        with self.house.journal.read() as tx:
            return tx.deliveries.where()

    def another_postman(self, node: str) -> Postman:
        """As after a start anew, or on another machine."""
        return Postman(rooms=self.house.desk._rooms, node=node)

    def told(self) -> tuple[bool, str]:
        with self.house.journal.read() as tx:
            (check,) = channel_checks(tx, self.house.desk._rooms)
        return check.ok, check.detail


@pytest.fixture(scope="module", params=BOTH)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """A house with a door only, so that nothing is delivered unless a test says so."""
    folder = tmp_path_factory.mktemp("posting")
    (folder / "runbooks").mkdir()
    clock = ManualClock(NOW)
    members = {ADA: ("Ada Byron", "ada@larkmoor.example"), TOM: ("Tom Moor", "tom@larkmoor.example")}
    with empty(request.param, folder / "db", request) as urls, slack_server(FakeSlack(members)) as slack:
        given = {"bot_token": "env:BOT", "base_url": slack.api, "mode": "events"}
        settings = Settings(
            data=folder / "data", database=urls.main if request.param == "postgres" else None,
            runbooks=(folder / "runbooks",), connectors={"slack": ConnectorUse(use="slack", settings=given)},
        )  # fmt: skip
        house = build(settings, role="door", clock=clock, secret_values={"BOT": BOT_TOKEN})
        yield Post(house, slack, clock)
        house.journal.close()


@pytest.fixture
def post(place: Post) -> Post:
    """Two days later, with nothing left to deliver."""
    place.clock.advance(dt.timedelta(days=2))
    place.slack.channels.clear()
    place.slack.refusals.clear()
    place.slack.scopes.add("channels:history")
    with place.house.journal.write() as tx:
        for shelf in (tx.deliveries, tx.threads, tx.approvals, tx.questions, tx.ratings, tx.tickets):
            for record in shelf.where():
                shelf.delete(record.id)
    return Post(place.house, place.slack, place.clock)


def test_each_message_goes_once_and_in_order(post: Post) -> None:
    ada, tom = post.thread(ADA), post.thread(TOM)
    for text in ("one", "two", "three"):
        post.say(ada, text)
        post.clock.advance(dt.timedelta(milliseconds=2))
    post.say(tom, "for Tom")
    assert post.turn() == 4
    assert post.heard("D0ADA") == ["one", "two", "three"]
    assert post.heard("D0TOM") == ["for Tom"]
    assert post.turn(after=60) == 0
    assert {one.state for one in post.deliveries()} == {"sent"}
    assert all(one.external.startswith("D0") for one in post.deliveries())


def test_when_asked_to_slow_down_it_waits_and_keeps_the_order(post: Post) -> None:
    ada, tom = post.thread(ADA), post.thread(TOM)
    post.say(ada, "one")
    post.clock.advance(dt.timedelta(milliseconds=2))
    post.say(ada, "two")
    post.clock.advance(dt.timedelta(milliseconds=2))
    post.say(tom, "for Tom")
    post.slack.refuse("chat.postMessage", Refusal(429, "ratelimited", retry_after=30))
    post.turn()
    assert post.heard("D0ADA") == []
    assert post.heard("D0TOM") == ["for Tom"]
    assert post.turn(after=29) == 0
    post.turn(after=2)
    assert post.heard("D0ADA") == ["one", "two"]


def test_a_message_that_is_put_off_holds_up_nobody(post: Post) -> None:
    ada = post.thread(ADA)
    post.say(ada, "by the way")
    (notice,) = post.deliveries()
    with post.house.journal.write() as tx:
        tx.deliveries.put(notice.model_copy(update={"due_at": post.now + dt.timedelta(hours=9)}))
    post.clock.advance(dt.timedelta(milliseconds=2))
    post.say(ada, "an answer")
    post.turn()
    assert post.heard("D0ADA") == ["an answer"]
    post.turn(after=9 * 3_600)
    assert post.heard("D0ADA") == ["an answer", "by the way"]


@pytest.mark.parametrize("channel", ["", "C0GENERAL"])
def test_a_crash_between_post_and_record_posts_nothing_twice(post: Post, channel: str) -> None:
    thread = post.thread(ADA, place=channel)
    post.say(thread, "your account is unlocked")
    post.turn()
    (sent,) = post.deliveries()
    begun = {"state": "pending", "external": "", "begun_at": post.now}
    with post.house.journal.write() as tx:
        tx.deliveries.put(sent.model_copy(update=begun))
    assert post.turn(by=post.another_postman(post.house.node)) == 1
    assert post.heard(channel or "D0ADA") == ["your account is unlocked"]
    assert post.deliveries() == [sent.model_copy(update={"tries": 2})]


def test_an_answer_that_is_lost_on_the_way_posts_nothing_twice(post: Post) -> None:
    post.say(post.thread(ADA), "once")
    post.slack.refuse("chat.postMessage", Refusal(503, after_it=True))
    assert post.turn() == 1
    assert post.turn(after=60) == 1
    assert post.heard("D0ADA") == ["once"]
    assert [one.state for one in post.deliveries()] == ["sent"]


def test_where_nobody_can_tell_it_comes_rather_twice_than_never(post: Post) -> None:
    post.slack.scopes.discard("channels:history")
    post.say(post.thread(ADA, place="C0GENERAL"), "once or twice")
    post.slack.refuse("chat.postMessage", Refusal(503, after_it=True))
    post.turn()
    post.turn(after=60)
    assert post.heard("C0GENERAL") == ["once or twice"] * 2


def test_what_is_useless_is_given_up_at_once_and_seen(post: Post) -> None:
    thread = post.thread(ADA)
    post.say(thread, "nobody there")
    del post.slack.channels["D0ADA"]
    post.turn()
    (lost,) = post.deliveries()
    assert (lost.state, lost.tries) == ("failed", 1)
    assert "channel_not_found" in lost.reason
    ok, detail = post.told()
    assert not ok
    assert "1 messages of the last day were given up" in detail
    with post.house.journal.read() as tx:
        rows = [row for row in tx.audit.rows(after=0, limit=1_000) if row.action == "delivery.failed"]
    assert [row.detail["delivery"] for row in rows].count(lost.id) == 1


def test_a_revoked_token_is_waited_for_and_then_given_up(post: Post) -> None:
    post.say(post.thread(ADA), "hello?")
    post.slack.refuse("chat.postMessage", *[Refusal(error="token_revoked")] * 2)
    post.turn()
    assert post.told()[0] is False
    assert "token_revoked" in post.told()[1]
    post.turn(after=40)
    assert post.heard("D0ADA") == []
    post.turn(after=LONGEST_PAUSE)
    assert post.heard("D0ADA") == ["hello?"]
    assert post.told()[0] is True


def test_what_is_a_day_late_is_given_up(post: Post) -> None:
    post.say(post.thread(ADA), "hello?")
    post.slack.refuse("chat.postMessage", *[Refusal(503)] * 20)
    tries = sum(post.turn(after=4 * 3_600) for _ in range(20))
    assert 3 < tries < 10
    (lost,) = post.deliveries()
    assert lost.state == "failed"
    with post.house.journal.read() as tx:
        written = tx.messages.need(lost.message).at
    assert post.now - written >= GIVE_UP_AFTER


def test_one_process_at_a_time_delivers(post: Post) -> None:
    ada = post.thread(ADA)
    post.say(ada, "one")
    post.turn()
    post.say(ada, "two")
    assert post.turn(by=post.another_postman("another")) == 0
    assert post.turn(after=60, by=post.another_postman("another")) == 1
    assert post.heard("D0ADA") == ["one", "two"]


def test_what_is_private_is_said_aside(post: Post) -> None:
    """In a channel Ada gets the answer; the link to her password she gets alone, in a conversation that is opened for it."""
    thread = post.thread(ADA, place="C0GENERAL", person="p1")
    post.say(thread, "I sent you the password, to yourself only")
    post.say(thread, "Your new password", card={"kind": "secret", "href": "https://vault.example/ots_1"}, private=True)
    post.turn()
    assert post.heard("C0GENERAL") == ["I sent you the password, to yourself only"]
    assert post.heard("D0ADA") == ["Your new password"]
    assert "ots_1" not in json.dumps(post.slack.channels["C0GENERAL"])


def test_notices_go_where_the_person_was_heard_last(post: Post) -> None:
    post.thread(TOM, person="p2")
    post.clock.advance(dt.timedelta(seconds=5))
    post.thread(ADA, person="p1")
    post.thread(ADA, place="C0GENERAL", person="p1")
    post.say(personal("p1"), "an approval waits for you", private=True)
    post.say(personal("p3"), "to somebody who is nowhere")
    post.turn()
    assert post.heard("D0ADA") == ["an approval waits for you"]
    assert post.heard("D0TOM") == post.heard("C0GENERAL") == []


def labels(message: dict[str, Any]) -> list[str]:
    return [
        one["text"]["text"]
        for block in message["blocks"]
        for one in block.get("elements", [])
        if one["type"] == "button"
    ]


def test_an_approval_that_was_answered_elsewhere_can_be_pressed_no_more(post: Post) -> None:
    asked = ApprovalRequest(
        id="apr_1", case="cas_1", decision="dec_1", plan_hash="h", requester="p2", role="manager", approvers=("p1",),
        title="A licence for Tom", asked_at=post.now, expires_at=post.now + dt.timedelta(days=3),
    )  # fmt: skip
    with post.house.journal.write() as tx:
        tx.people.put(Person(id="p1", username="ada", name="Ada Byron", email="ada@larkmoor.example", department="IT"))
        tx.approvals.put(asked)
    post.house.desk.renew()
    card = {"kind": "approval", "approval": "apr_1", "title": "A licence for Tom", "summary": "Figma, 12 a month"}
    post.say(post.thread(ADA, person="p1"), "Tom asks for a licence", card=card)
    post.turn()
    assert labels(post.slack.said("D0ADA")[0]) == ["Approve", "Deny"]
    post.turn(after=10)
    assert labels(post.slack.said("D0ADA")[0]) == ["Approve", "Deny"]
    with post.house.journal.write() as tx:
        tx.approvals.put(asked.model_copy(update={"state": "approved", "answered_by": "p1", "answered_at": post.now}))
    post.turn(after=10)
    (message,) = post.slack.said("D0ADA")
    assert labels(message) == []
    assert "Approved by Ada Byron" in json.dumps(message["blocks"])
    assert [one.state for one in post.deliveries()] == ["sent"]


def test_a_question_that_is_over_can_be_pressed_no_more(post: Post) -> None:
    asked = OpenQuestion(
        id="q_1", case="cas_1", conversation="c", about="device", text="Which?", waiting="w", asked_at=NOW
    )
    with post.house.journal.write() as tx:
        tx.questions.put(asked)
    post.say(post.thread(ADA), "Which?", card={"kind": "choices", "question": "q_1", "options": ["LT-1", "LT-2"]})
    post.turn()
    assert labels(post.slack.said("D0ADA")[0]) == ["LT-1", "LT-2"]
    with post.house.journal.write() as tx:
        tx.questions.put(asked.model_copy(update={"state": "answered"}))
    post.slack.refuse("chat.update", Refusal(429, "ratelimited", retry_after=5))
    post.turn(after=10)
    assert labels(post.slack.said("D0ADA")[0]) == ["LT-1", "LT-2"]
    post.turn(after=60)
    assert labels(post.slack.said("D0ADA")[0]) == []


@given(age=st.floats(0, 10**7), urgent=st.booleans())
def test_a_card_is_looked_at_often_at_first_and_never_forgotten(age: float, urgent: bool) -> None:
    pause = look_again_after(dt.timedelta(seconds=age), urgent=urgent).total_seconds()
    assert 1.0 <= pause <= (60.0 if urgent else 3_600.0)
    assert pause <= max(1.0, age / 2)


ERRORS = st.one_of(
    st.floats(0, 100_000).map(lambda after: RateLimited("slow", after=after)),
    st.just(Unreachable("away")), st.just(AuthFailed("who are you")), st.just(Rejected("no")), st.just(TicklessError("?")),
)  # fmt: skip


@given(error=ERRORS, tries=st.integers(1, 5_000), age=st.floats(0, 200_000))
def test_waiting_is_bounded(error: TicklessError, tries: int, age: float) -> None:
    now = NOW + dt.timedelta(seconds=age)
    due = next_try(error, tries=tries, written=NOW, now=now)
    if due is not None:
        asked = error.retry.seconds if error.code == "rate_limited" else 0.0
        assert now < due <= NOW + GIVE_UP_AFTER
        assert asked <= (due - now).total_seconds() + 0.001 <= max(asked, LONGEST_PAUSE) + 0.01
    else:
        assert (
            isinstance(error, Rejected)
            or error.retry.when == "never"
            or age + max(error.retry.seconds, LONGEST_PAUSE) >= GIVE_UP_AFTER.total_seconds() - 0.01
        )


def test_what_nobody_waits_for_goes_out_by_day_and_an_answer_at_once(post: Post) -> None:
    ada = post.thread(ADA)
    until_night = dt.timedelta(hours=23 - post.now.hour, minutes=-post.now.minute)
    post.clock.advance(until_night if until_night > dt.timedelta() else dt.timedelta(days=1) + until_night)
    post.say(ada, "it is over", proactive=True)
    post.clock.advance(dt.timedelta(milliseconds=2))
    post.say(ada, "your answer")
    assert post.turn() == 1
    assert post.heard("D0ADA") == ["your answer"]
    assert post.turn(after=8.5 * 3_600) == 1
    assert post.heard("D0ADA") == ["your answer", "it is over"]


def a_case(post: Post, **given: Any) -> Case:
    known: dict[str, Any] = {
        "id": new_id("case"), "number": next(_numbers), "kind": "incident", "need": "incident_report",
        "title": Untrusted("It is down"), "door": "human", "impact": Impact(priority=3, reason="one person"),
        "opened_at": post.now, "updated_at": post.now, "resolved_at": post.now,
    }  # fmt: skip
    with post.house.journal.write() as tx:
        return tx.cases.put(Case(**{**known, **given}))


def pressable(post: Post, *, after: float = 3_600.0) -> bool:
    post.turn(after=after)
    post.turn(after=after)
    return bool(labels(post.slack.said("D0ADA")[-1]))


@pytest.mark.parametrize(
    ("state", "outcome"),
    [("resolved", "verified"), ("handed_off", "handed_off"), ("muted", "muted"), ("resolved", "confirmed")],
)
def test_does_it_work_can_be_pressed_until_it_was(post: Post, state: str, outcome: str) -> None:
    """Also where a colleague's ticket is solved, planned work is over, or an operator said that an incident is."""
    case = a_case(post, state=state, outcome=outcome)
    ticket = Ticket(id=f"tkt_{case.id}", case=case.id, system="own", state="resolved", made_at=post.now,
                    asked_at=post.now)  # fmt: skip
    with post.house.journal.write() as tx:
        tx.tickets.put(ticket)
    ada = post.thread(ADA, person="p1")
    post.say(ada, "Does it work?", card={"kind": "solved", "case": case.id, "number": case.number})
    post.turn()
    assert pressable(post)
    with post.house.journal.write() as tx:
        tx.tickets.put(ticket.model_copy(update={"asked_at": None}))
        tx.audit.append(at=post.now, actor="p1", action="case.person_confirmed", subject="x", case=case.id, detail={})
    assert not pressable(post)


def test_how_was_it_can_be_pressed_until_both_rows_were_this_time(post: Post) -> None:
    case = a_case(post, state="resolved", outcome="verified", resolved_at=post.now)
    before = Rating(id=new_id("rate"), case=case.id, person="p1", conversation="x", at=post.now - dt.timedelta(days=9),
                    effort=1, expected="better")  # fmt: skip
    post.say(post.thread(ADA, person="p1"), "How was that?", card={"kind": "rating", "case": case.id, "number": 7})
    post.turn()
    with post.house.journal.write() as tx:
        tx.ratings.put(before)
    assert pressable(post)
    tapped = Rating(id=new_id("rate"), case=case.id, person="p1", conversation="x", at=post.now, effort=2)
    with post.house.journal.write() as tx:
        tx.ratings.put(tapped)
    assert pressable(post)
    with post.house.journal.write() as tx:
        tx.ratings.put(tapped.model_copy(update={"expected": "better"}))
    assert not pressable(post)


def by_day(post: Post) -> None:
    """Ten in the morning of the next day."""
    post.clock.advance(dt.timedelta(days=1) + dt.timedelta(hours=10 - post.now.hour, minutes=-post.now.minute))


def test_how_often_somebody_is_spoken_to_unasked_counts_what_was_sent_within_the_hour(post: Post) -> None:
    """Cards that wait for an answer for days do not silence the house, and two conversations make one person."""
    by_day(post)
    ada, other = post.thread(ADA, person="p1"), post.thread(ADA, place="C0GENERAL", person="p1")
    case = a_case(post, state="resolved", outcome="verified")
    card = {"kind": "solved", "case": case.id, "number": case.number}
    for number in range(6):
        post.say(ada, f"it is over: {number}", card=card, proactive=True)
    assert post.turn() == 6
    post.say(other, "one too many", proactive=True)
    assert post.turn(after=60) == 0
    for _ in range(30):
        post.turn(after=300)
    assert post.heard("C0GENERAL") == ["one too many"]
    post.say(ada, "the next day's news", proactive=True)
    assert post.turn() == 1


def test_what_was_put_off_holds_up_no_answer_however_much_it_is(post: Post) -> None:
    ada = post.thread(ADA, person="p1")
    later, table = post.now + dt.timedelta(hours=9), []
    for number in range(2_100):
        key = f"msg_000{number:05}"
        table.append(Delivery(id=f"{key}@{ada}", message=key, thread=ada, proactive=True, due_at=later))
    with post.house.journal.write() as tx:
        tx.deliveries.put_all(table)
    post.say(ada, "your answer")
    assert post.turn() == 1
    assert post.heard("D0ADA") == ["your answer"]
