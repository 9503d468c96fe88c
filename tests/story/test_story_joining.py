"""A report joins what is known: planned work, a known error, an incident that runs, many people with the same trouble."""

from __future__ import annotations

import asyncio
import datetime as dt

from tests.story.stage import Stage
from tests.waiting import until

from tickless.domain.known import Bulletin, KnownError, Maintenance
from tickless.domain.signal import Deed, Sender
from tickless.flow.talking import experience
from tickless.flow.talking.joining import Joining

HOUR = dt.timedelta(hours=1)


def test_planned_work_is_told_and_when_it_is_over_everybody_hears(stage: Stage) -> None:
    now = stage.house.rooms.clock.now()
    service = next(iter(stage.house.rooms.world().services.values()))
    window = Maintenance(id="mnt_1", service=service.id, title="New disks", starts_at=now - HOUR, ends_at=now + HOUR,
                         note="Reading works")  # fmt: skip
    with stage.house.journal.write() as tx:
        tx.maintenance.put(window)
    talk = stage.talk(stage.cast.draw()).say(f"{service.name} is down for me")
    assert "planned work" in talk.hears("New disks")
    story = talk.ends()
    assert (story.case.outcome, story.case.inputs["maintenance"]) == ("muted", "mnt_1")
    with stage.house.journal.write() as tx:
        tx.maintenance.put(window.model_copy(update={"ends_at": now}))
        Joining(stage.house.rooms).sweep(tx, now=stage.house.rooms.clock.now())
        Joining(stage.house.rooms).sweep(tx, now=stage.house.rooms.clock.now())
    talk.hears("is over. Does it work for you")
    assert sum("is over. Does it" in text for text in talk.told()) == 1
    talk.say("no, still not working")
    talk.hears("looking at it again")
    until(lambda: stage.story(story.case).case.generation == 1)


def test_a_known_error_offers_its_workaround_and_a_yes_confirms(stage: Stage) -> None:
    now = stage.house.rooms.clock.now()
    error = KnownError(id="ke_1", title="Printers on the third floor lose their queue", opened_at=now,
                       symptoms=("the printer on floor 3 does not print", "print queue on the third floor is stuck"),
                       workaround="Print to the second floor and pick it up there")  # fmt: skip
    with stage.house.journal.write() as tx:
        tx.known_errors.put(error)
    talk = stage.talk(stage.cast.draw()).say("our printer on floor 3 is not printing anything, it is broken")
    assert "second floor" in talk.hears("Does it help")
    story = talk.say("it helps").ends()
    assert (story.case.outcome, story.case.inputs["known_error"]) == ("confirmed", "ke_1")
    other = stage.talk(stage.cast.draw()).say("the printer on floor 3 is down, it does not print")
    other.hears("Does it help")
    assert other.say("it doesn't help").ends().case.outcome == "handed_off"
    third = stage.talk(stage.cast.draw()).say("our printer on floor 3 is broken, it is not printing")
    third.hears("Does it help")
    assert third.say("yes it does").ends().case.outcome == "confirmed"


def test_many_people_with_the_same_words_are_one_incident_and_all_are_told_when_it_is_over(stage: Stage) -> None:
    texts = ("the badge readers at the entrance are down", "badge reader at the entrance is broken, down?",
             "entrance badge readers down", "badge readers at the entrance do not work, down")  # fmt: skip
    people = [stage.cast.draw() for _ in texts]
    talks = [stage.talk(person).say(text) for person, text in zip(people, texts, strict=True)]
    incident = until(lambda: next((c for c in stage.cases(door="human") if "surge" in c.inputs), None))
    assert len([case for case in stage.cases(door="human") if "surge" in case.inputs]) == 1
    assert incident.impact.people is not None
    for talk in talks:
        talk.hears("You're not alone")
    now = stage.house.rooms.clock.now()
    until(lambda: not stage.story(incident).case.live)
    with stage.house.journal.write() as tx:
        tx.bulletins.put(Bulletin(id="bul_1", case=incident.id, text="A supplier is on the way", by="op", at=now,
                                  next_update_at=now + HOUR))  # fmt: skip
    late = stage.talk(stage.cast.draw()).say("the badge readers at the entrance are down again")
    assert "A supplier is on the way" in late.hears("You're not alone")
    asyncio.run(stage.house.desk.close(incident.id, by="op", how="confirm", reason="readers replaced"))
    for talk in [*talks, late]:
        talk.hears("is said to be solved")
    late.say("no, still not working")
    own = until(lambda: next((c for c in stage.cases(conversation=late.conversation) if c.parent == incident.id), None))
    assert own.requester == late.person.id  # type: ignore[union-attr]
    assert own.title.raw.startswith("Still not working")


def test_a_rating_is_asked_for_once_a_week_and_only_its_person_may_give_it(stage: Stage) -> None:
    person, stranger = stage.cast.draw(), stage.cast.draw()
    stage.estate.fault("lock", person.username)
    talk = stage.talk(person).say("i am locked out, please unlock my account")
    case = talk.ends().case
    talk.say("thanks, works now")
    talk.hears("How was that?")
    talk.say("thank you so much!")
    assert sum("How was that?" in text for text in talk.told()) == 1
    now = stage.house.rooms.clock.now()
    tap = Deed(kind="rate", ref=case.id, values={"effort": "1", "expected": "better"})
    own = Sender(channel="web", account="x", conversation=talk.conversation, person=person.id, assurance="signed_in")
    other = Sender(channel="web", account="y", conversation="elsewhere", person=stranger.id, assurance="signed_in")
    with stage.house.journal.write() as tx:
        experience.rate(tx, tap, other, now)
        assert tx.ratings.by(case=case.id) == []
        experience.rate(tx, tap, own, now)
        experience.rate(tx, Deed(kind="rate", ref=case.id, values={"satisfaction": "5", "effort": "9"}), own, now)
        rating = tx.ratings.by(case=case.id)[0]
    assert (rating.effort, rating.expected, rating.satisfaction) == (1, "better", 5)
