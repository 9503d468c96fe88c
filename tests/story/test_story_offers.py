"""“What can I ask for?”: the catalogue in the conversation, as far as it is for the person, to be tapped or said."""

from __future__ import annotations

import pytest
from tests.story.stage import Stage
from tests.waiting import until

from tickless.flow.saying import phrases


@pytest.mark.parametrize("words", ["what can I ask for?", "What can you do?", "help", "show me the catalogue"])
def test_groups_come_first_and_a_tap_shows_what_is_in_one(stage: Stage, words: str) -> None:
    person = stage.cast.draw()
    talk = stage.talk(person).say(words)
    assert "Apps" in talk.hears(phrases.YOU_CAN_ASK_FOR)
    card = until(lambda: talk.lines()[-1].card)
    taps = dict(card["items"])  # type: ignore[union-attr]
    talk.say(taps["Apps"])
    told = until(lambda: next((line for line in talk.lines()[3:] if line.author == "tickless"), None))
    world = stage.house.rooms.world()
    offered = {item.name for item in world.catalogue.values() if item.offered_to(person)}
    others = {item.name for item in world.catalogue.values() if not item.offered_to(person)} - offered
    shown = [label for label, _ in told.card["items"]]  # type: ignore[index]
    assert "about a minute" in told.text.raw
    assert all(any(label.startswith(name) for name in offered) or label == phrases.MORE for label in shown)
    assert not [label for label in shown for name in others if label.startswith(f"{name} (")]
    assert not stage.cases(conversation=talk.conversation), "looking round opens nothing"


def test_a_tap_asks_for_the_thing(stage: Stage) -> None:
    talk = stage.talk(stage.cast.draw()).say("what can I ask for in Apps?")
    talk.hears(phrases.YOU_CAN_ASK_FOR)
    card = until(lambda: talk.lines()[-1].card)
    talk.say(card["items"][0][1])  # type: ignore[index]
    assert talk.case().need == "access_request"


def test_what_nobody_supports_is_said_to_be_so(stage: Stage) -> None:
    talk = stage.talk(stage.cast.draw()).say("can I have an espresso machine?")
    talk.hears("neither provides nor supports")
    assert not stage.cases(conversation=talk.conversation)


def test_what_is_for_others_says_for_whom(stage: Stage) -> None:
    world = stage.house.rooms.world()
    item = next(one for one in world.catalogue.values() if one.departments and one.active)
    person = next(p for p in world.people.values() if p.active and not item.offered_to(p))
    talk = stage.talk(person).say(f"who supports {item.name}?")
    talk.hears("only, so I can't give it to you")
