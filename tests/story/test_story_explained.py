"""Every decision is explained, made again to the same result, and vouched for; and who asked can be erased afterwards."""

from __future__ import annotations

from tests.story.stage import Stage

from tickless.domain.case import Case
from tickless.flow.desk.accounting import Accounted, account
from tickless.flow.desk.explaining import Explained, explain
from tickless.practices.people.erasing import ERASED


def explained(stage: Stage, case: Case) -> list[Explained]:
    record = stage.house.desk.record
    record.checkpoint()
    chain = record.verify()
    with stage.house.journal.read() as tx:
        return explain(tx, tx.cases.need(case.id), chain=chain)


def every(stage: Stage) -> Accounted:
    return account(stage.house.journal, stage.house.desk.record, cases=500)


def test_every_decision_of_a_day_is_made_again_to_the_same_result(stage: Stage) -> None:
    person = stage.cast.draw()
    stage.estate.fault("lock", person.username)
    case = stage.talk(person).say("i am locked out of my account").ends().case
    found = explained(stage, case)
    assert found
    assert found[-1].decision.kind == "act"
    for one in found:
        assert (one.again.state, one.again.detail) == ("same", ""), one.decision.kind
        assert (one.policy_again.state, one.policy_again.detail) == ("same", "")
        assert one.asked
        assert set(one.asked[-1].policies) <= {reason.policy for reason in one.decision.reasons}
        assert one.vouched
        assert one.who["speaker"] == person.id
        assert one.decision.policy
    with stage.house.journal.read() as tx:
        others = [each for each in tx.cases.where(limit=200) if tx.decisions.by(case=each.id)]
    for each in others:
        states = {one.again.state for one in explained(stage, each)}
        assert states <= {"same"}, (each.number, states)

    accounted = every(stage)
    assert accounted.decisions >= len(found)
    assert (accounted.share, accounted.unaccounted, accounted.chain_ok) == (1.0, (), True)

    stage.house.desk.erasing.erase(person.id, by="user:root", reason="request 17")
    with stage.house.journal.read() as tx:
        gone = tx.cases.need(case.id)
        assert gone.title.raw == ERASED
        assert tx.audit.verify().broken_at is None
        assert not tx.people.need(person.id).active
    assert {one.again.state for one in explained(stage, gone)} <= {"same", "erased"}
