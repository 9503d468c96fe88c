"""Lessons: what an end teaches, and what the past says against teaching it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tickless.stages.learn.lessons import (
    LONGEST,
    SEVERAL,
    SHORTEST,
    UNSURE,
    Contrary,
    Reread,
    Said,
    drawn,
    judge,
    without_names,
)

NEEDS = st.frozensets(st.sampled_from(["vpn_trouble", "account_unlock", "mailbox_quota"]), max_size=2)
REREAD = st.builds(Reread, st.text(max_size=20), st.none() | NEEDS, NEEDS, NEEDS)
SAID = st.builds(
    Said,
    st.lists(st.sampled_from(["my", "vpn", "is", "kaputt"]), max_size=50).map(" ".join),
    st.sampled_from(["need", "correct", "thanks"]),
    st.sampled_from([None, "vpn_trouble", "account_unlock"]),
    st.floats(0, 1),
    by_model=st.booleans(),
    alone=st.booleans(),
)


@given(st.lists(SAID, max_size=3), st.none() | SAID)
def test_a_lesson_is_a_sentence_that_was_said_and_not_surely_understood(
    attached: list[Said], heard: Said | None
) -> None:
    for one in drawn("vpn_trouble", attached, heard):
        assert SHORTEST <= len(one.text.split()) <= LONGEST
        told = next(said for said in ([heard] if heard else []) + attached[:1] if said.text == one.text)
        surely = told.need == "vpn_trouble" and told.confidence >= UNSURE and not told.by_model
        assert not surely or one.source == "clarified"


def test_how_lessons_come() -> None:
    said = Said("the tunnel thing is kaputt", "need", "vpn_trouble", 0.6)
    assert [one.source for one in drawn("vpn_trouble", [said])] == ["confirmed"]
    (corrected,) = drawn("account_unlock", [said])
    assert (corrected.source, corrected.taken_for) == ("corrected", "vpn_trouble")
    odd = Said("the gubbins will not gubbin", "need", None, 0.2)
    sure = Said("vpn does not work", "need", "vpn_trouble", 0.99)
    assert [(one.source, one.text) for one in drawn("vpn_trouble", [sure], odd)] == [("clarified", odd.text)]
    model = Said("the tunnel thing is kaputt", "need", "vpn_trouble", 0.9, by_model=True)
    assert [one.source for one in drawn("vpn_trouble", [model])] == ["model"]
    assert not list(drawn("vpn_trouble", [Said("vpn and mail", "need", "vpn_trouble", 0.5, alone=False)]))


@given(st.lists(REREAD, max_size=30), st.lists(REREAD, max_size=30))
def test_every_message_that_changes_is_told_once_and_a_loss_forbids(past: list[Reread], known: list[Reread]) -> None:
    judged = judge(past, known)
    moved = [one for one in past if one.before != one.after]
    assert sorted(map(repr, (*judged.helped, *judged.harmed, *judged.otherwise))) == sorted(map(repr, moved))
    assert judged.read == len(past) + len(known)
    if judged.harmed:
        assert not judged.fits
    for one in judged.harmed:
        assert one.right is not None


@given(st.lists(REREAD, max_size=20))
def test_what_changes_nothing_fits(past: list[Reread]) -> None:
    same = [Reread(one.text, one.right, one.before, one.before) for one in past]
    assert judge(same, same).fits


def test_small_talk_that_would_become_a_need_is_a_loss() -> None:
    thanks = Reread("thank you", frozenset(), frozenset(), frozenset({"vpn_trouble"}))
    assert judge([thanks], []).harmed == (thanks,)
    nobody_knows = Reread("hm", None, frozenset(), frozenset({"vpn_trouble"}))
    assert judge([nobody_knows], []).otherwise == (nobody_knows,)
    assert judge([nobody_knows], []).fits


def test_one_loss_among_what_was_left_out_is_chance_and_ten_are_not() -> None:
    lost = Reread("vpn is down", frozenset({"vpn_trouble"}), frozenset({"vpn_trouble"}), frozenset())
    assert judge([], [lost]).fits
    assert not judge([], [lost] * 10).fits
    gained = Reread("vpn is down", frozenset({"vpn_trouble"}), frozenset(), frozenset({"vpn_trouble"}))
    assert judge([], [lost] * 10 + [gained] * 10).fits


def test_what_is_sure_is_turned_round_by_several_people_only() -> None:
    alone = Contrary("vpn pls", "need.vpn_trouble", 0.99, people=1)
    assert not judge([], [], [alone]).fits
    assert judge([], [], [Contrary("vpn pls", "need.vpn_trouble", 0.99, people=SEVERAL), None]).fits


@given(st.text(max_size=60))
def test_names_are_taken_out(around: str) -> None:
    text = without_names(f"{around} unlock TOM SMITH please", ["Tom Smith", " "])
    assert "tom smith" not in text.casefold()
    assert "\n" not in text
