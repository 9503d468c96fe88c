"""Who is alive, who is silent, and how much a source may send."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.errors import TooFast
from tickless.sdk import Item
from tickless.stages.sense.heartbeats import Life, SourceRule, as_beat, back, is_watchdog, judge, silence, spell
from tickless.stages.sense.sources import Allowance, SourceBook, beats

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
RULE = SourceRule(heartbeat=300)
SECONDS = st.integers(0, 4_000).map(lambda seconds: dt.timedelta(seconds=seconds))
LIVES = st.builds(
    Life,
    heard_at=st.none() | SECONDS.map(lambda ago: NOW - ago),
    beat_at=st.none() | SECONDS.map(lambda ago: NOW - ago),
    payloads=st.integers(0, 9),
    refused=st.integers(0, 9),
    unread=st.integers(0, 9),
    minutes=st.dictionaries(st.integers(1, 40), st.integers(1, 9), max_size=12),
)


@given(SECONDS, SECONDS)
def test_silent_is_who_was_not_heard_for_longer_than_it_may(heard: dt.timedelta, watched: dt.timedelta) -> None:
    condition = judge(RULE, Life(beat_at=NOW - heard), watched_since=NOW - watched, now=NOW)
    assert condition == ("silent" if min(heard, watched) > dt.timedelta(seconds=300) else "alive")


def test_a_source_has_its_whole_interval_after_we_were_away() -> None:
    long_ago = Life(beat_at=NOW - dt.timedelta(days=1))
    assert judge(RULE, long_ago, watched_since=NOW, now=NOW) == "alive"


@given(SECONDS)
def test_who_is_silent_stays_so_until_it_is_heard_even_over_a_restart(since: dt.timedelta) -> None:
    life = Life(silent_since=NOW - since, beat_at=NOW - since - dt.timedelta(seconds=400))
    assert judge(RULE, life, watched_since=NOW, now=NOW) == "silent"
    heard = life.model_copy(update={"beat_at": NOW - since + dt.timedelta(seconds=1)})
    assert judge(RULE, heard, watched_since=NOW, now=NOW) == "alive"


def test_without_a_heartbeat_silence_is_fine() -> None:
    assert judge(SourceRule(), Life(), watched_since=NOW - dt.timedelta(days=9), now=NOW) == "off"


def test_silence_and_return_are_one_trouble_that_names_its_source_and_say_it_once() -> None:
    life = Life(beat_at=NOW - dt.timedelta(minutes=10))
    gone, again = (silence("prometheus", RULE, life, identity=name, now=NOW) for name in ("a", "b"))
    came = back(
        "prometheus", RULE, Life(beat_at=NOW, silent_since=NOW), identity="c", now=NOW + dt.timedelta(minutes=1)
    )
    assert gone.event_key == again.event_key != came.event_key
    assert gone.fingerprint == came.fingerprint
    assert "prometheus" in gone.title.raw
    assert (gone.state, came.state) == ("firing", "resolved")
    assert gone.occurred_at <= came.occurred_at


@given(LIVES, LIVES, LIVES)
def test_what_was_heard_adds_up_in_any_order(one: Life, two: Life, three: Life) -> None:
    assert one.with_more(two).with_more(three) == one.with_more(two.with_more(three))
    assert Life().with_more(one).payloads == one.payloads


@given(st.integers(1, 600), st.lists(st.floats(0, 90), max_size=200))
def test_no_more_is_let_in_than_a_minutes_worth_and_its_refill(per_minute: int, pauses: list[float]) -> None:
    allowance, at, let_in = Allowance(per_minute), NOW, 0
    for pause in pauses:
        at += dt.timedelta(seconds=pause)
        wait = allowance.wait(at)
        let_in += wait == 0
        assert 0 <= wait <= 60 / per_minute + 0.001
    assert let_in <= per_minute * (1 + (at - NOW).total_seconds() / 60) + 1


def test_who_sends_too_fast_is_told_when_to_come_again_and_is_let_in_then() -> None:
    book = SourceBook({"am": SourceRule(per_minute=60)})
    for _ in range(60):
        book.admit("am", NOW)
    with pytest.raises(TooFast) as refused:
        book.admit("am", NOW)
    assert 0 < refused.value.retry.seconds <= 1
    book.admit("am", NOW + dt.timedelta(seconds=refused.value.retry.seconds))
    book.admit("other", NOW)
    taken = book.take()
    assert (taken["am"].payloads, taken["am"].refused, taken["other"].payloads) == (61, 1, 1)
    assert book.take() == {}


def test_what_could_not_be_kept_is_not_forgotten() -> None:
    book = SourceBook()
    book.admit("am", NOW)
    book.unread("am")
    taken = book.take()
    book.admit("am", NOW + dt.timedelta(minutes=1))
    book.give_back(taken)
    whole = book.take()["am"]
    assert (whole.payloads, whole.unread, sum(whole.minutes.values())) == (2, 1, 2)
    assert whole.heard_at == NOW + dt.timedelta(minutes=1)


def test_a_clock_that_goes_back_lets_nobody_in_for_nothing() -> None:
    allowance = Allowance(1)
    assert allowance.wait(NOW) == 0
    assert allowance.wait(NOW - dt.timedelta(hours=1)) > 0
    assert allowance.wait(NOW + dt.timedelta(seconds=1)) > 0


WATCHDOG = Item(fingerprint="w", title="Watchdog", labels={"alertname": "Watchdog"}, severity="critical")


def test_an_alert_that_always_fires_is_a_heartbeat_and_no_trouble() -> None:
    assert is_watchdog(WATCHDOG.labels)
    assert is_watchdog({"alertname": "Alive"}, "Alive")
    assert not is_watchdog({"alertname": "InstanceDown"})
    assert not is_watchdog(None)
    assert (as_beat(WATCHDOG).kind, as_beat(WATCHDOG).state) == ("heartbeat", "info")


@pytest.mark.parametrize(
    ("items", "alive"),
    [([b"Watchdog firing"], True), ([b"Watchdog resolved"], False), ([b"Other firing"], False), ([], False),
     ([b"Other Watchdog", b"Watchdog firing"], True)],
)  # fmt: skip
def test_a_named_heartbeat_counts_only_while_it_fires(items: list[bytes], alive: bool) -> None:
    def read(item: bytes) -> Item:
        name, _, state = item.decode().partition(" ")
        return Item(
            fingerprint="x",
            title=name,
            labels={"alertname": name},
            state="resolved" if state == "resolved" else "firing",
        )

    assert beats(SourceRule(heartbeat=60, beat="Watchdog"), items, b"".join(items), read) is alive


@pytest.mark.parametrize(
    ("seconds", "said"), [(30, "30 s"), (90, "90 s"), (300, "5 min"), (3_600, "60 min"), (7_200, "2 h")]
)
def test_an_interval_is_told_in_words(seconds: float, said: str) -> None:
    assert spell(seconds) == said


def test_a_heartbeat_by_name_is_watched_by_its_name_and_no_other_is_remembered() -> None:
    book = SourceBook({"opsgenie": SourceRule(named={"nightly-backup": 3_600}, severity="critical")})
    assert book.rule("opsgenie/nightly-backup") == SourceRule(heartbeat=3_600, severity="critical")
    for name in ("nightly-backup", "somebody-elses"):
        ping = Item(
            fingerprint=f"heartbeat:{name}", title="ping", kind="heartbeat", state="info", labels={"heartbeat": name}
        )
        book.beat_of("opsgenie", ping, NOW)
    assert set(book.take()) == {"opsgenie/nightly-backup"}
    alert = Item(fingerprint="x", title="x", kind="alert", state="firing", labels={"heartbeat": "nightly-backup"})
    book.beat_of("opsgenie", alert, NOW)
    assert book.take() == {}
