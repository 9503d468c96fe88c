"""What a decision was made from, written down and read again, gives the same decision; what was changed gives another."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from tests.stages.decide.test_choose import NOW, situations

from tickless.domain.decision import Decision
from tickless.stages.decide.core import Choice, Ruled, Situation, choose
from tickless.stages.decide.evidence import (
    AskedAnew,
    Witness,
    decide_again,
    differences,
    pack,
    runbooks_body,
    unpack,
    world_body,
)


def kept(witness: Witness) -> dict[str, object]:
    """As it comes back from the journal."""
    return json.loads(json.dumps(witness.inputs))  # type: ignore[no-any-return]


def made_of(choice: Choice) -> Decision:
    return Decision(
        id="d", case="c", attempt=1, decided_at=NOW, **{n: getattr(choice, n) for n in Choice.__dataclass_fields__}
    )


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(situations())
def test_the_same_inputs_give_the_same_decision(given: tuple[Situation, Ruled]) -> None:
    situation = given[0]
    witness = Witness(situation)
    choice = choose(witness.situation)
    assert choice == choose(situation), "to be listened to changes nothing"
    world, runbooks = unpack(pack(world_body(situation.world))), unpack(pack(runbooks_body(situation.runbooks)))
    again = decide_again(kept(witness), world=world, runbooks=runbooks)
    assert differences(made_of(choice), again) == []


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(situations())
def test_answers_that_were_not_given_then_are_missed(given: tuple[Situation, Ruled]) -> None:
    witness = Witness(given[0])
    choice = choose(witness.situation)
    body = kept(witness)
    asked = body["answers"]
    if not asked:
        return
    with pytest.raises(AskedAnew):
        decide_again(
            {**body, "answers": {}}, world=world_body(given[0].world), runbooks=runbooks_body(given[0].runbooks)
        )
    assert choice.summary


def test_a_decision_that_came_out_otherwise_says_in_what() -> None:
    one, other = Choice("wait", "A", wait_seconds=1.0), Choice("refuse", "B")
    assert differences(made_of(one), other) == ["kind", "summary", "wait_seconds"]


def test_what_cannot_be_read_is_no_decision() -> None:
    with pytest.raises(ValueError, match="case"):
        decide_again({"data": {}, "answers": {}}, world={}, runbooks=[])
