"""A case that is over, or open anew, while a step of its run is under way asks nobody for anything and stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.flow.still_house import StillHouse

from tickless.domain.case import Case
from tickless.domain.decision import OpenQuestion, Question
from tickless.domain.knowledge import Asked
from tickless.flow.asking import Asking
from tickless.flow.case_steps import CaseSteps
from tickless.flow.names import case_workflow
from tickless.flow.run_steps import STOPPED, RunSteps
from tickless.flow.talking.does_it_help import helped
from tickless.flow.talking.knowing import ABOUT, Knowing
from tickless.flow.talking.questions import Questions

WITHDRAWN: dict[str, Any] = {"state": "resolved", "outcome": "withdrawn"}
ANEW: dict[str, Any] = {"generation": 1}
Over = Callable[[Case], Case]


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StillHouse]:
    made = StillHouse.open(tmp_path_factory.mktemp("still"))
    yield made
    made.house.journal.close()


@pytest.fixture(params=[WITHDRAWN, ANEW], ids=["withdrawn", "open anew"])
def over(request: pytest.FixtureRequest, still: StillHouse) -> Over:
    return lambda case: still.change(case, **request.param)


def test_nothing_is_asked_inside_a_run(still: StillHouse, over: Over) -> None:
    case = still.case()
    run = still.run(case).id
    ended = over(case)
    steps = RunSteps(still.rooms)
    assert steps.ask(run, "s", {"who": "requester", "text": "Which?", "choices": [], "within": 60}) == STOPPED
    assert steps.approve(run, "s", {"by": "manager", "text": "May I?", "within": 60}) == STOPPED
    steps.checks(run)
    assert (still.read(case), still.questions(case), still.approvals(case)) == (ended, [], [])


def test_nothing_is_asked_by_a_story(still: StillHouse, over: Over) -> None:
    case = still.case()
    question = Question(about="app", text="Which app?")
    asking = still.decision(case, question=question)
    approving = still.decision(
        case, turn=1, kind="ask_approval", plan=still.plan(case), approvers=("p2",), role="manager"
    )
    ended = over(case)
    assert Asking(still.rooms).ask_person(case.id, asking.id)["question"] is None
    approval = Asking(still.rooms).ask_approval(case.id, approving.id)["approval"]
    assert Asking(still.rooms).close_approval(case.id, approval, True) == "again"
    assert CaseSteps(still.rooms).hand_off(case.id, asking.id) == "handed_off"
    assert CaseSteps(still.rooms).close(case.id, asking.id, "refuse") == "closed"
    assert (still.read(case), still.questions(case), still.approvals(case)) == (ended, [], [])


def test_an_answer_to_what_is_over_changes_nothing(still: StillHouse, over: Over) -> None:
    case = still.case()
    asked = OpenQuestion(id=f"que_{case.id.removeprefix('case_')}_0_0", case=case.id, conversation=case.conversation,
                         about="reason", text="Why?", waiting="w", asked_at=still.clock.now())  # fmt: skip
    with still.house.journal.write() as tx:
        tx.questions.put(asked)
    ended = over(case)
    heard = {"type": "answer", "question": asked.id, "text": "for drawings", "slots": {}}
    assert Asking(still.rooms).take_answer(case.id, asked.id, heard) == "again"
    assert still.read(case) == ended


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ("yes", "resolved"),
        ("yes it does", "resolved"),
        ("it helps", "resolved"),
        ("no", "again"),
        ("it doesn't help", "again"),
    ],
)
def test_a_workaround_helps_in_whatever_words(still: StillHouse, said: str, end: str) -> None:
    case = still.case(kind="incident", need="incident_report")
    asked = OpenQuestion(id=f"que_{case.id.removeprefix('case_')}_0_0", case=case.id, conversation=case.conversation,
                         about="workaround", text="Does it help?", choices=("it helps", "it doesn't help"),
                         waiting=case_workflow(case.id, 0), asked_at=still.clock.now())  # fmt: skip
    with still.house.journal.write() as tx:
        tx.questions.put(asked)
    heard = {"type": "answer", "question": asked.id, "text": said, "slots": {}}
    assert Asking(still.rooms).take_answer(case.id, asked.id, heard) == end
    after = still.read(case)
    assert after.inputs["workaround"] == ("it helps" if end == "resolved" else "it doesn't help")
    assert after.outcome == ("confirmed" if end == "resolved" else None)


def answered(still: StillHouse) -> tuple[Case, OpenQuestion]:
    case = still.case(kind="question", need="question")
    key = f"{case.id.removeprefix('case_')}_0_0"
    asked = OpenQuestion(id=f"que_{key}", case=case.id, conversation=case.conversation, about=ABOUT, text="Did it?",
                         waiting=case_workflow(case.id, 0), asked_at=still.clock.now())  # fmt: skip
    given_ = Asked(id=f"ask_{key}", conversation=case.conversation or "", case=case.id, question="How?", article="a",
                   at=still.clock.now())  # fmt: skip
    with still.house.journal.write() as tx:
        tx.questions.put(asked)
        tx.asked.put(given_)
    return case, asked


@pytest.mark.parametrize("other", ["corrected", "answer"])
def test_only_an_answer_to_the_question_says_whether_an_article_helped(still: StillHouse, other: str) -> None:
    case, asked = answered(still)
    heard = {"type": other, "question": "que_another", "text": "no", "slots": {}}
    assert Knowing(still.rooms).take_feedback(case.id, asked.id, heard) == "again"
    with still.house.journal.read() as tx:
        assert [
            one for one in tx.asked.by(conversation=case.conversation) if one.case == case.id and one.helped is False
        ] == []
    assert [one.state for one in still.questions(case)] == ["withdrawn"]
    case, asked = answered(still)
    yes = {"type": "answer", "question": asked.id, "text": "it helped, thanks", "slots": {}}
    assert Knowing(still.rooms).take_feedback(case.id, asked.id, yes) == "resolved"


YES = ["yes", "it does", "Yep", "that helped", "no problem, it works"]


@given(st.sampled_from(["", "well, ", "Hi! "]), st.sampled_from(YES), st.sampled_from(["", ".", " !", " thanks"]))
def test_a_yes_is_a_yes_and_its_contrary_is_not(before: str, word: str, after: str) -> None:
    assert helped(before + word + after) is True
    assert helped(f"{before}it does not{after}") is False
    assert helped(f"{before}it still doesn’t help{after}") is False


def test_what_a_case_that_is_over_asked_waits_for_nobody(still: StillHouse) -> None:
    conversation = "web:ada:alone"
    case = still.case(conversation=conversation)
    asked = OpenQuestion(id="que_left_open", case=case.id, conversation=conversation, about="reason", text="Why?", waiting="w",
                         asked_at=still.clock.now())  # fmt: skip
    with still.house.journal.write() as tx:
        tx.questions.put(asked)
        assert Questions(still.rooms).here(tx, conversation) == [asked]
    still.change(case, **WITHDRAWN)
    with still.house.journal.read() as tx:
        assert Questions(still.rooms).here(tx, conversation) == []


@pytest.mark.parametrize("said", ["how does that work", "what does it mean?", "does that help with Outlook, ok?", "hm"])
def test_a_question_is_no_yes(said: str) -> None:
    assert helped(said) is None
