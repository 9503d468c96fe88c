"""A runbook with five example sentences and nothing else, put into the folder of a running house: it is reached in chat in
words that nobody taught, what it does is verified, and the intents page shows with what it is confused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.story.stage import Stage
from tests.waiting import until

from tickless.app.shipped import shipped

GROUP = "app-tallybook"
SENTENCES = (
    "I need a parking permit",
    "please let my car through the parking barrier",
    "the garage barrier doesn't know my number plate",
    "can I get access to the parking garage",
    "register my new car for the car park",
)
RUNBOOK = f"""\
runbook: parking.permit
revision: 1.0.0
title: Give a parking permit
description: For a story.
owner: service-desk
kind: request
serves:
  intents: [parking_permit]
  says: {list(SENTENCES)}
inputs:
  person: {{type: person, from: requester}}
subject: person:${{{{ inputs.person.id }}}}/parking
effect: change
undo: steps
steps:
  - id: permit
    uses: directory.add_to_group
    with: {{username: "${{{{ inputs.person.username }}}}", group: {GROUP}}}
    undo:
      uses: directory.remove_from_group
      with: {{username: "${{{{ inputs.person.username }}}}", group: {GROUP}}}
verify:
  - uses: directory.member
    with: {{username: "${{{{ inputs.person.username }}}}", group: {GROUP}}}
    expect: ${{{{ result.member }}}}
say:
  done: Your parking permit is there. I read it back from the directory.
  failed: The permit did not get through. A colleague takes over with everything I found.
value: {{minutes_saved: 5, basis: A story.}}
tests:
  - name: none of its own
    signal: {{class: service_down, severity: critical, state: firing, service: shop-web}}
    expect: {{serves: false}}
"""
UNTAUGHT = (
    "hi, could I please have a permit for parking my car?",
    "the parking garage does not open for my car",
    "I'd need my car registered for the garage",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("new") / "runbooks"
    made.mkdir()
    return made


@pytest.fixture(scope="module")
def stage(make_stage: Callable[..., Any], folder: Path) -> Iterator[Stage]:
    with make_stage(runbooks=(shipped("runbooks"), folder)) as made:
        (folder / "parking.yaml").write_text(RUNBOOK, encoding="utf-8")
        published = made.house.desk.runbooks.sync(by="user:a")
        assert published.added == ("parking.permit",)
        yield made


@pytest.mark.parametrize("words", UNTAUGHT)
def test_it_is_reached_in_words_that_nobody_taught_and_ends_verified(stage: Stage, words: str) -> None:
    person = stage.cast.draw(lambda one: GROUP not in one.groups)
    talk = stage.talk(person).say(words)
    story = talk.ends()
    assert (story.case.need, story.case.outcome) == ("parking_permit", "verified")
    assert f"{person.username}/{GROUP}" in stage.effects("directory.add_to_group")
    talk.hears("your parking permit is there")


def test_what_others_say_still_reaches_what_is_theirs(stage: Stage) -> None:
    person = stage.cast.draw()
    stage.estate.fault("lock", person.username)
    assert stage.talk(person).say("i am locked out of my account").ends().case.need == "account_unlock"
    other = stage.cast.without(stage.app("sprigboard"))
    assert stage.talk(other).say("can I get access to Sprigboard").ends().case.need == "access_request"


def test_the_intents_page_shows_it_with_what_it_is_confused_with(stage: Stage) -> None:
    browser = _browser(stage, "operator")
    row = until(lambda: _row(browser.get("/intents").text, "parking permit"))
    assert "5 examples" in row
    report = stage.house.desk.intents()
    assert report is not None
    found = next(one for one in report.labels if one.label == "need.parking_permit")
    mistaken = [sentence for rival in found.rivals for sentence in rival.sentences]
    assert found.right + found.refused + sum(rival.count for rival in found.rivals) >= found.examples
    assert mistaken, "one of the five sounds like asking for access to something"
    for sentence in mistaken[:3]:
        assert sentence.text in SENTENCES
        assert sentence.text in row
        assert sentence.sounds_like in row


def test_a_file_that_does_not_compile_is_named_and_what_held_goes_on_holding(stage: Stage, folder: Path) -> None:
    browser = _browser(stage, "admin")
    broken = folder / "parking.yaml"
    broken.write_text(RUNBOOK.replace("effect: change", "effect: read"), encoding="utf-8")
    guard = re.search(r'name="csrf" value="([^"]+)"', browser.get("/runbooks").text)
    assert guard is not None
    page = browser.post("/runbooks/sync", data={"csrf": guard[1]}, headers={"Origin": "http://127.0.0.1"}).text
    assert "parking.yaml:" in page
    assert "what held before goes on holding" in page
    assert [one.ok for one in stage.house.desk.doctor() if one.check == "runbooks"] == [False]
    person = stage.cast.draw(lambda one: GROUP not in one.groups)
    assert stage.talk(person).say("I need a parking permit please").ends().case.outcome == "verified"
    broken.write_text(RUNBOOK, encoding="utf-8")
    mended = browser.post("/runbooks/sync", data={"csrf": guard[1]}, headers={"Origin": "http://127.0.0.1"}).text
    assert "Nothing has changed" in mended
    assert [one.ok for one in stage.house.desk.doctor() if one.check == "runbooks"] == [True]


def _browser(stage: Stage, role: str) -> TestClient:
    entrance = stage.house.entrance
    user = entrance.create_user(f"is-{role}", roles=[role])
    session = entrance.redeem_link(entrance.make_link(user), address="127.0.0.1")
    return TestClient(stage.house.site, base_url="http://127.0.0.1", cookies={"tickless_session": session.token})


def _row(page: str, intent: str) -> str:
    """The text of the row of an intent; empty while there is none."""
    for row in re.findall(r"<tr[^>]*>.*?</tr>", page, re.DOTALL):
        text = " ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split())
        if text.casefold().startswith(intent):
            return text
    return ""
