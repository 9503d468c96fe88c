"""From a question to a cited answer, whether it helped, and what nobody could answer."""

from __future__ import annotations

import asyncio

from tests.story.stage import Stage
from tests.waiting import until

from tickless.domain.signal import Deed, Sender
from tickless.flow.talking.knowing import helped


def test_a_question_is_answered_with_its_source_and_confirmed_by_a_yes(stage: Stage) -> None:
    talk = stage.talk(stage.cast.draw()).say("who do I ask about expenses?")
    said = talk.hears("expenses@larkmoor.example")
    assert "[1]" in said
    assert "Did that answer it?" in said
    card = next(line.card for line in talk.lines() if line.card and line.card["kind"] == "answer")
    assert [one["href"] for one in card["citations"]] == ["/knowledge/expenses#who-to-ask"]
    talk.question()
    story = talk.say("yes").ends()
    assert (story.case.kind, story.case.outcome) == ("question", "confirmed")
    with stage.house.journal.read() as tx:
        asked = tx.asked.by(conversation=talk.conversation)
    assert [(one.article, one.helped) for one in asked] == [("expenses", True)]


def test_after_a_no_comes_the_next_best_passage_once_and_then_a_colleague(stage: Stage) -> None:
    talk = stage.talk(stage.cast.draw()).say("how do I get to the shared drive?")
    talk.question(1)
    talk.say("no")
    talk.question(2)
    assert len({text for text in talk.told() if "[1]" in text}) == 2
    story = talk.say("no").ends()
    assert (story.case.outcome, [d.kind for d in story.decisions]) == ("handed_off", ["answer", "answer", "hand_off"])
    assert "colleague" in talk.told()[-1]


def test_silence_is_assumed_and_never_counts_as_confirmed(stage: Stage) -> None:
    story = stage.talk(stage.cast.draw()).say("what is our password policy?").ends()
    assert story.case.outcome == "assumed"


def test_what_no_article_answers_goes_to_people_and_is_kept_as_unanswered(stage: Stage) -> None:
    talk = stage.talk(stage.cast.draw()).say("how do I set up a kubernetes cluster?")
    story = talk.ends()
    assert (story.case.outcome, story.decisions[-1].kind) == ("handed_off", "hand_off")
    assert "don't know" in talk.told()[-1]
    with stage.house.journal.read() as tx:
        asked = tx.asked.by(conversation=talk.conversation)
    assert [(one.article, one.case) for one in asked] == [(None, story.case.id)]


def test_what_is_out_of_scope_is_answered_all_the_same_where_an_article_speaks_of_it(stage: Stage) -> None:
    talk = stage.talk(stage.cast.draw()).say("how many vacation days do i have left")
    assert "Peoplepath" in talk.hears("Did that answer it?")


def test_somebody_else_gets_no_text_that_is_not_for_them(stage: Stage) -> None:
    people = stage.sample.company.people
    for department, allowed in (("Finance", True), ("Design", False)):
        person = next(one for one in people if one.department == department and one.active)
        talk = stage.talk(person).say("how do I close the month in Tallybook?")
        until(lambda talk=talk: [text for text in talk.told() if "?" in text or "colleague" in text])
        assert any("accruals" in text for text in talk.told()) is allowed
    guest = stage.talk(None).say("how does a visitor get internet access?")
    assert "Larkmoor-Guest" in guest.hears("[1]")
    stranger = stage.talk(None).say("when do I get my salary?")
    until(stranger.told)
    assert not any("[1]" in text for text in stranger.told())


def test_a_button_pressed_late_makes_an_assumed_answer_a_confirmed_one(stage: Stage) -> None:
    person = stage.cast.draw()
    talk = stage.talk(person).say("when is the canteen open?")
    story = talk.ends()
    assert story.case.outcome == "assumed"
    sender = Sender(channel="web", account=person.username, conversation=talk.conversation, person=person.id)
    other = Sender(channel="web", account="x", conversation="elsewhere", person="p001")
    now, learn = stage.house.rooms.clock.now(), stage.house.rooms.learn
    deed = Deed(kind="helped", ref=story.case.id)
    with stage.house.journal.write() as tx:
        assert helped(tx, deed, other, learn=learn, now=now) == []
    assert stage.story(story.case).case.outcome == "assumed"
    with stage.house.journal.write() as tx:
        assert helped(tx, deed, sender, learn=learn, now=now) == []
    assert stage.story(story.case).case.outcome == "confirmed"


def test_two_needs_and_a_question_in_one_message(stage: Stage) -> None:
    person = stage.cast.draw()
    stage.estate.fault("lock", person.username)
    talk = stage.talk(person).say("I'm locked out of my account, and who do I ask about expenses?")
    assert talk.ends("account_unlock").case.outcome == "verified"
    assert "expenses@larkmoor.example" in talk.hears("[1]")


def test_an_article_that_changes_is_known_at_once(stage: Stage) -> None:
    desk = stage.house.desk
    with stage.house.journal.write() as tx:
        article = tx.articles.need("canteen")
        assert article.source == "larkmoor/canteen.md"
    asyncio.run(asyncio.to_thread(desk.renew))
    assert "canteen" in stage.house.rooms.library().articles
