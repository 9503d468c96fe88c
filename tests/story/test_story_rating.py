"""How it was, asked where there is nothing to tap: two numbers are an answer, and only there and then."""

from __future__ import annotations

from tests.story.stage import Stage
from tests.waiting import until

from tickless.flow.saying import words


def test_two_numbers_are_two_taps(stage: Stage) -> None:
    person = stage.cast.draw()
    stage.estate.fault("lock", person.username)
    talk = stage.talk(person).say("i am locked out of my account")
    case = talk.ends().case
    talk.say("thanks").hears(words.HOW_WAS_IT)
    assert talk.told()[-2:] == [words.THANKS, words.HOW_WAS_IT], "thanked first, asked then"
    talk.say("2, 3").hears(words.RATED)
    with stage.house.journal.read() as tx:
        [rating] = tx.ratings.by(case=case.id)
    assert (rating.effort, rating.expected) == (2, "better")
    talk.say("4 1")
    until(lambda: len(talk.told()) > talk.told().index(words.RATED) + 1)
    with stage.house.journal.read() as tx:
        assert tx.ratings.by(case=case.id) == [rating], "numbers that answer nothing change nothing"
