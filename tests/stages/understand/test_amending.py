"""Corrections and changes of mind."""

import datetime as dt

import pytest

from tickless.domain.case import Case, Impact
from tickless.domain.decision import Question

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def case(need: str, **inputs: str) -> Case:
    return Case(
        id="case_1", number=1, kind="request", need=need, title="x", door="human", inputs=inputs, requester="p001",
        impact=Impact(priority=4, reason="one person"), opened_at=NOW, updated_at=NOW,
    )  # fmt: skip


def test_the_other_one_of_two_phones(say):
    (finding,) = say("no, the other phone", cases=(case("device_trouble", device="d3"),))
    assert (finding.act, finding.slots) == ("correct", {"device": "d4", "instead_of": "d3"})


def test_the_other_one_is_asked_for_where_it_is_not_known_which_one_was_meant(say):
    (finding,) = say("no, the other phone", cases=(case("device_trouble"),))
    assert (finding.act, finding.slots) == ("correct", {})
    assert finding.entities[0].alternatives == ("d3", "d4")


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("I meant Aisha Khan", {"for": "p008", "person": "p008"}),
        ("no, for Aisha Khan", {"for": "p008", "person": "p008"}),
        ("sorry, I meant tom", {"for": "?"}),
        ("not figma, tableau", {"app": "tableau", "instead_of": "figma"}),
        ("I meant my boss", {"for": "role:manager"}),
    ],
)
def test_what_is_meant_is_in_the_slots(say, text, slots):
    (finding,) = say(text, cases=(case("access_request"),))
    assert (finding.act, finding.slots) == ("correct", slots)


def test_another_need_is_meant(say):
    (finding,) = say("not the vpn, the mailbox", cases=(case("vpn_trouble"),))
    assert (finding.act, finding.need, finding.slots["instead_of"]) == ("correct", "mailbox_quota", "vpn_trouble")


def test_a_question_is_corrected_rather_than_denied(say):
    asked = Question(about="confirm", text="Shall I install it on LT-0042?")
    (finding,) = say("no, I meant figma", question=asked, cases=(case("software_install"),))
    assert (finding.act, finding.slots) == ("correct", {"app": "figma"})


@pytest.mark.parametrize(
    "text", ["not urgent, my mouse is broken", "no rush, but my laptop is slow", "it's not my password, it's the vpn"]
)
def test_a_message_of_its_own_is_no_correction(say, text):
    assert all(one.act != "correct" or "vpn" in text for one in say(text))


def test_a_change_of_mind_gives_up_one_thing_and_keeps_another(say):
    cancel, need = say("actually leave it, just the vpn")
    assert (cancel.act, cancel.slots) == ("cancel", {"keep": "vpn_trouble"})
    assert need.need == "vpn_trouble"


def test_an_app_instead_of_an_app(say):
    cancel, need = say("forget figma, just tableau please", cases=(case("software_install"),))
    assert (cancel.act, cancel.slots["app"]) == ("cancel", "figma")
    assert (need.need, need.slots["app"]) == ("software_install", "tableau")


@pytest.mark.parametrize(
    "text",
    ["I forgot my password. oh wait, found it. forget it", "please remove my tableau licence, no wait, keep it!"],
)
def test_what_is_taken_back_at_the_end_was_never_asked(say, text):
    assert [one.act for one in say(text)] == ["cancel"]


@pytest.mark.parametrize("text", ["I need tableau, my vpn is broken and I'm locked out"])
def test_needs_come_in_the_order_in_which_they_are_best_met(say, text):
    needs = [one for one in say(text) if one.need]
    order = [next(e.ref for e in one.evidence if e.source == "order") for one in needs]
    assert [one.need for one in needs][:2] == ["account_unlock", "vpn_trouble"]
    assert order == [str(at) for at in range(1, len(needs) + 1)]


def test_unlock_comes_before_reset(say):
    assert [one.need for one in say("reset my password, but first unlock me")] in (
        ["account_unlock", "password_reset"],
        ["password_reset"],
    )


def test_the_question_comes_last(say):
    needs = [one.need for one in say("who do I ask about expenses? and I'm locked out, and need vpn too")]
    assert needs == ["account_unlock", "vpn_trouble", "question"]


@pytest.mark.parametrize("text", ["it works now, thanks", "works again, thank you!", "ok it's fixed now"])
def test_it_works_now_is_a_yes(say, text):
    assert [one.act for one in say(text)] == ["confirm"]


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("sorry wrong app, figma is the one", {"app": "figma"}),
        ("oops, wrong one. figma please", {"app": "figma"}),
        ("meant figma, not tableau, sorry", {"app": "figma", "instead_of": "tableau"}),
    ],
)
def test_a_correction_in_few_words_is_one(say, text, slots):
    (finding,) = say(text, cases=(case("access_request", app="tableau"),))
    assert (finding.act, finding.slots) == ("correct", slots)


@pytest.mark.parametrize(
    "text",
    [
        "please remove my tableau access. hmm no wait, I need it for the closing. keep it!",
        "no longer necessary, drop the request",
        "the request isn't needed any longer, take it back",
    ],
)
def test_what_is_not_needed_any_longer_is_given_up(say, text):
    assert [one.act for one in say(text, cases=(case("access_request", app="tableau"),))] == ["cancel"]
