"""Templates of messages: values are told from words, memory is bounded, what was learnt can be kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tickless.stages.sense.patterns import Miner, fingerprint_of
from tickless.stages.sense.patterns.bursts import Bursts
from tickless.stages.sense.patterns.words import MAX_WORDS, VALUE, shape_of

WORDS = ("alpha", "bravo", "carol", "delta", "echo", "fox", "golf", "hotel")


def test_plain_values_are_one_value_however_they_are_written() -> None:
    said = [
        "took 5.4 KB (free 378.2 KB) at Fri Jun 17 07:07:00 2005 from 10.0.0.1:22 (host-1.example.org)",
        "took 93 B (free 1.1 GB) at Sat Jun 18 02:08:10 2005 from 10.20.0.9:2200 ()",
    ]
    assert shape_of(said[0]) == shape_of(said[1])
    assert shape_of("open /var/log/a.log failed: id=77") == ("open", VALUE, "failed", ":", "id", "=", VALUE)


def test_a_place_with_many_words_is_a_value_and_one_with_two_is_a_choice() -> None:
    miner = Miner()
    for word in WORDS:
        miner.learn(f"session opened for user {word} now")
        miner.learn(f"link {'up' if word < 'd' else 'down'} on port")
    read = {word: miner.read(f"session opened for user {word} now") for word in WORDS}
    assert {pattern.text for pattern in read.values()} == {f"session opened for user {VALUE} now"}
    assert miner.read("link up on port") != miner.read("link down on port")


def test_new_is_what_is_the_same_as_nothing_before() -> None:
    miner = Miner()
    assert miner.learn("disk 7 is full").new
    assert not miner.learn("disk 8 is full").new
    assert miner.learn("disk 8 was replaced by hand").new
    for word in WORDS:
        miner.learn(f"user {word} came in by the door")
    assert not miner.learn("user zulu came in by the door").new


@given(st.lists(st.text(max_size=60), max_size=30))
def test_any_text_has_a_pattern_and_reading_agrees_with_learning(said: list[str]) -> None:
    miner = Miner()
    for text in said:
        learnt = miner.learn(text)
        assert len(shape_of(text)) <= MAX_WORDS
        assert miner.read(text) == learnt.pattern
    assert all(len(fingerprint_of(text)) == 32 for text in said)


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join), max_size=80))
def test_what_was_learnt_survives_being_stored(said: list[str]) -> None:
    miner = Miner()
    for text in said:
        miner.learn(text)
    again = Miner.load(miner.dump())
    assert len(again) == len(miner)
    assert [again.read(text) for text in said] == [miner.read(text) for text in said]


def test_memory_is_bounded_by_shapes_and_by_family() -> None:
    miner = Miner(most=50)
    for a in WORDS:
        for b in WORDS:
            miner.learn(" ".join([a] * (1 + WORDS.index(b))))
    assert len(miner) <= 50 + len(WORDS)
    crowd = Miner()
    for number in range(600):
        name = "".join(chr(97 + number // 26**place % 26) for place in range(3))
        crowd.learn(f"hello {name} my friend")
    assert len(crowd) <= 201
    assert not crowd.learn("hello zzzz my friend").new
    assert crowd.read("hello somebody my friend").text == f"hello {VALUE} my friend"


def test_a_burst_begins_once_and_ends_when_it_is_over() -> None:
    bursts = Bursts()
    for minute in range(60):
        assert bursts.count("f", minute * 60.0, 3 + minute % 3) is None
    begun = [bursts.count("f", 3_600.0 + second, 10) for second in range(20)]
    firing = [one for one in begun if one is not None]
    assert [one.state for one in firing] == ["firing"]
    assert firing[0].seen > 5 * firing[0].usual
    assert bursts.look(3_610.0) == []
    assert [one.state for one in bursts.look(3_600.0 + 180)] == ["resolved"]
    assert bursts.look(3_600.0 + 240) == []


def test_what_is_new_is_no_burst_for_its_rate_is_not_known() -> None:
    bursts = Bursts()
    assert all(bursts.count("f", second / 10) is None for second in range(1_000))
