"""A yes by whoever may give it, and what stops a change although it was allowed: through the doors that people use."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.story.stage import Stage, Talk
from tests.waiting import until

from tickless.app.settings import PaceSettings
from tickless.app.shipped import shipped
from tickless.domain.brake import BrakeSettings
from tickless.domain.case import Case
from tickless.domain.decision import ApprovalRequest
from tickless.domain.person import Person
from tickless.flow.approvals.escalating import Escalating
from tickless.flow.approvals.links import make_link
from tickless.flow.brake_watch import BrakeWatch

APP = "driftview"
BOOK = """\
runbook: story.breaks
revision: 1.0.0
title: Something that breaks
description: For a story.
owner: service-desk
kind: request
serves: {intents: [story_breaks], says: [the breaking story please]}
inputs:
  person: {type: person, from: requester}
subject: person:${{ inputs.person.id }}
effect: change
undo: steps
steps:
  - id: join
    uses: directory.add_to_group
    with: {username: "${{ inputs.person.username }}", group: no-such-group-anywhere}
    undo:
      uses: directory.remove_from_group
      with: {username: "${{ inputs.person.username }}", group: no-such-group-anywhere}
verify:
  - uses: directory.member
    with: {username: "${{ inputs.person.username }}", group: no-such-group-anywhere}
    expect: ${{ result.member }}
    within: 1s
    every: 500ms
say: {done: Done., failed: It did not work.}
value: {minutes_saved: 1, basis: A story.}
tests:
  - name: none of its own
    signal: {class: service_down, severity: critical, state: firing, service: shop-web}
    expect: {serves: false}
"""
BRAKES = BrakeSettings(failures=2, rest=600.0, changes_per_hour=2, hold_bar=0.9, hold_least=2, hold_least_all=50)
_numbers = count()


@pytest.fixture(scope="module")
def stage(make_stage: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("runbooks")
    (folder / "breaks.yaml").write_text(BOOK, encoding="utf-8")
    pace = PaceSettings(answer=60.0, approval=24.0, escalate=0.2, first_look=2.0, gather=1.5)
    with make_stage(runbooks=(shipped("runbooks"), folder), pace=pace, brakes=BRAKES) as made:
        yield made


class Api:
    """The REST API with somebody's own token."""

    def __init__(self, stage: Stage, person: Person | None, *roles: Any) -> None:
        entrance = stage.house.entrance
        login = f"{person.username if person else 'boss'}.{next(_numbers)}"
        user = entrance.create_user(login, roles=roles or ("employee",), person=person.id if person else None)
        scopes: tuple[Any, ...] = ("admin", "act", "read") if "admin" in roles else ("act",)
        token = entrance.create_token(f"story-{login}", user=user, scopes=scopes).token
        self._url, self._headers = f"{stage.url}/api/v1", {"Authorization": f"Bearer {token}"}

    def post(self, path: str, **body: Any) -> httpx2.Response:
        return httpx2.post(self._url + path, json=body, headers=self._headers, timeout=20, trust_env=False)

    def get(self, path: str) -> Any:
        answer = httpx2.get(self._url + path, headers=self._headers, timeout=20, trust_env=False)
        assert answer.status_code == 200, answer.text
        return answer.json()


def asks(stage: Stage) -> tuple[Person, Talk, ApprovalRequest]:
    person = stage.cast.without(stage.app(APP))
    talk = stage.talk(person).say("could I get access to Driftview please")
    return person, talk, stage.approval_of(talk.case())


def approval(stage: Stage, identity: str) -> ApprovalRequest:
    with stage.house.journal.read() as tx:
        return tx.approvals.need(identity)


def said_by(stage: Stage, case: Case, *kinds: str) -> set[str]:
    """The policies that spoke in this case's decisions (of these kinds)."""
    return {why.policy for one in stage.story(case).decisions if not kinds or one.kind in kinds for why in one.reasons}


def waits_for(stage: Stage, case: Case) -> set[str]:
    """The policies for which this case waits."""
    return said_by(stage, case, "wait")


def test_whoever_stands_in_may_say_yes_and_the_record_names_both(stage: Stage) -> None:
    person, talk, asked = asks(stage)
    boss, deputy = stage.person(person.manager or ""), stage.cast.draw()
    stranger = Api(stage, deputy)
    refused = stranger.post(f"/approvals/{asked.id}/answer", approve=True, reason="")
    assert refused.status_code in {403, 404}, "not before somebody lets them"
    end = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).isoformat()
    made = Api(stage, None, "admin").post(
        "/delegations", person=boss.username, delegate=deputy.username, until=end, approves=True
    )
    assert made.status_code == 201, made.text
    assert stranger.post(f"/approvals/{asked.id}/answer", approve=True, reason="").status_code == 200
    assert talk.ends().case.outcome == "verified"
    answer = approval(stage, asked.id).answers[-1]
    assert (answer.by, answer.on_behalf_of) == (deputy.id, boss.id)


def test_a_letters_link_is_good_for_one_yes(stage: Stage) -> None:
    person, talk, asked = asks(stage)
    with stage.house.journal.write() as tx:
        token = make_link(tx, asked, person=person.manager or "", now=stage.house.rooms.clock.now())
    letter = f"{stage.url}/answer-approval/{token}"
    assert httpx2.get(letter, timeout=20, trust_env=False).status_code == 200
    assert approval(stage, asked.id).state == "pending", "to look at it answers nothing"
    said = {"answer": "approve", "reason": ""}
    assert httpx2.post(letter, data=said, timeout=20, trust_env=False).status_code < 400
    assert talk.ends().case.outcome == "verified"
    assert httpx2.post(letter, data=said, timeout=20, trust_env=False).status_code == 404


def test_when_nobody_answers_the_next_above_is_asked_and_may(stage: Stage) -> None:
    person, talk, asked = asks(stage)
    chore = Escalating(stage.house.rooms)  # the clock does it once a minute

    def look() -> ApprovalRequest | None:
        chore.look(stage.house.rooms.clock.now())
        return one if (one := approval(stage, asked.id)).escalations else None

    grown = until(look)
    above = grown.escalations[0].to[0]
    assert above in grown.approvers
    assert above not in {person.id, person.manager}
    assert Api(stage, stage.person(above)).post(f"/approvals/{asked.id}/answer", approve=True).status_code == 200
    assert talk.ends().case.outcome == "verified"


def test_nothing_begins_in_a_freeze_and_what_waited_goes_on_at_its_end(stage: Stage) -> None:
    admin, person = Api(stage, None, "admin"), stage.cast.draw()
    soon = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).isoformat()
    rule = admin.post("/brakes/rules", kind="freeze", title="Closing", reason="books", ends_at=soon)
    assert rule.status_code == 201, rule.text
    stage.estate.fault("lock", person.username)
    talk = stage.talk(person).say("i am locked out of my account")
    try:
        until(lambda: "brakes.freeze" in waits_for(stage, talk.case()))
        assert person.username not in stage.effects("directory.unlock")
    finally:
        admin.post(f"/brakes/rules/{rule.json()['id']}/end", reason="closed early")
    assert talk.ends().case.outcome == "verified"
    assert stage.effects("directory.unlock").count(person.username) == 1


def test_what_fails_again_and_again_is_left_alone_until_a_person_says_otherwise(stage: Stage) -> None:
    person, admin = stage.cast.draw(), Api(stage, None, "admin")
    for _ in range(BRAKES.failures):
        case = asyncio.run(
            stage.house.desk.run("story.breaks", {"person": person.username}, by=person.id, reason="a story")
        )
        until(lambda case=case: not stage.story(case).case.live)  # type: ignore[misc]
    target = f"person:{person.id}"
    resting = {one["target"]: one for one in admin.get("/brakes")["targets"]}
    assert resting[target]["resting"], resting
    stage.estate.fault("lock", person.username)
    talk = stage.talk(person).say("i am locked out of my account")
    until(lambda: "brakes.circuit-open" in said_by(stage, talk.case()))
    assert person.username not in stage.effects("directory.unlock")
    assert admin.post("/brakes/targets/try-again", target=target, reason="mended").status_code == 200
    assert not {one["target"]: one for one in admin.get("/brakes")["targets"]}.get(target, {}).get("resting")


def test_a_runbook_whose_results_do_not_hold_is_stopped_until_a_person_releases_it(stage: Stage) -> None:
    name = "runbook:directory.unlock-account"
    people = [stage.cast.draw() for _ in range(BRAKES.hold_least + 1)]
    for person in people:
        stage.estate.fault("lock", person.username)
        stage.talk(person).say("i am locked out of my account").ends()
        stage.estate.fault("lock", person.username)  # it does not hold

    watch = BrakeWatch(stage.house.rooms, BRAKES)  # the clock does it once a minute

    def stopped() -> bool:
        watch.look(stage.house.rooms.clock.now())
        return any(one.name == name and one.by == "tickless" for one in stage.house.desk.brakes.board().switches)

    until(stopped)
    other = stage.cast.draw()
    stage.estate.fault("lock", other.username)
    talk = stage.talk(other).say("i am locked out of my account")
    until(lambda: waits_for(stage, talk.case()))
    assert other.username not in stage.effects("directory.unlock")
    stage.switch(name, on=False)
    case = talk.case()
    asked = stage.approval_of(case)  # what did not hold went down the ladder, too: a person has to agree now
    stage.decide(asked, stage.person(asked.approvers[0]), approve=True)
    ended = until(lambda: one if not (one := stage.story(case).case).live else None)
    assert ended.outcome == "verified", [(one.kind, one.summary) for one in stage.story(case).decisions]
