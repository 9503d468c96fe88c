"""Answers to what Tickless asked."""

import datetime as dt

import pytest

from tickless.domain.case import Case, Impact
from tickless.domain.decision import Question

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
CHOICES = ("Tom Frost (Finance)", "Tom Baker (Engineering)")


def ask(about: str, *choices: str) -> Question:
    return Question(about=about, text="Which one?", choices=choices)


def case() -> Case:
    return Case(
        id="case_1",
        number=1,
        kind="incident",
        need="account_unlock",
        title="locked",
        door="human",
        impact=Impact(priority=4, reason="one person"),
        opened_at=NOW,
        updated_at=NOW,
    )


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("the first one", CHOICES[0]),
        ("2", CHOICES[1]),
        ("number two please", CHOICES[1]),
        ("yes the first one", CHOICES[0]),
        ("frost", CHOICES[0]),
        ("the one in enginering", CHOICES[1]),
        ("Tom Baker (Engineering)", CHOICES[1]),
        ("the latter", CHOICES[1]),
    ],
)
def test_a_choice_is_taken_by_name_place_or_number(say, text, chosen):
    (finding,) = say(text, question=ask("for", *CHOICES))
    assert (finding.act, finding.slots) == ("answer", {"for": chosen})


@pytest.mark.parametrize("text", ["tom", "either", "3", "the first or the second"])
def test_what_is_no_choice_is_not_taken_for_one(say, text):
    assert all(finding.slots.get("for") not in CHOICES for finding in say(text, question=ask("for", *CHOICES)))


@pytest.mark.parametrize("text", ["482913", "code 482913", "the code is 482 913.", "here you go: 482913"])
def test_a_one_time_code_is_read(say, text):
    (finding,) = say(text, question=ask("step_up"))
    assert (finding.act, finding.slots) == ("answer", {"code": "482913"})


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("yes", "confirm"),
        ("yep go ahead", "confirm"),
        ("no thanks", "deny"),
        ("nope, still not working", "deny"),
        ("never mind", "cancel"),
    ],
)
def test_yes_no_and_leave_it(say, text, act):
    (finding,) = say(text, question=ask("confirm"))
    assert (finding.act, finding.need) == (act, None)


def test_an_answer_is_linked_to_the_record_that_was_asked_for(say):
    (app,) = say("the pdf editor", question=ask("app"))
    assert (app.act, app.slots) == ("answer", {"app": "acrobat"})
    (person,) = say("tom from finance", question=ask("person"))
    assert (person.act, person.slots) == ("answer", {"person": "p002"})


def test_an_ambiguous_person_is_no_answer_but_two_candidates(say):
    (finding,) = say("tom", question=ask("person"))
    assert (finding.act, finding.slots) == ("answer", {})
    assert finding.entities[0].alternatives == ("p002", "p003")


def test_any_words_answer_a_free_question(say):
    (finding,) = say("I need it for the quarterly report", question=ask("reason"))
    assert (finding.act, finding.slots) == ("answer", {"reason": "I need it for the quarterly report"})


def test_a_new_need_beside_the_answer_is_heard(say):
    answer, need = say("yes, and my mailbox is full", question=ask("confirm"))
    assert (answer.act, need.need) == ("confirm", "mailbox_quota")


def test_a_new_need_instead_of_an_answer_is_heard(say):
    (finding,) = say("my vpn keeps dropping", question=ask("step_up"))
    assert (finding.act, finding.need) == ("need", "vpn_trouble")


def test_over_confirms_and_still_denies_while_a_case_is_open(say):
    assert [one.act for one in say("great, it works again", cases=(case(),))] == ["confirm"]
    assert [one.act for one in say("I still can't log in", cases=(case(),))] == ["deny"]
