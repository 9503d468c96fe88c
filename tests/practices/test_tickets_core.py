"""The rules by which two records of one case stay one, what is a question asked twice, and what is no pack's business."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tickless.domain.ticket import OurSide, TicketState
from tickless.practices.tickets.core import Standing, after, bring_together
from tickless.practices.tickets.pack import Pack, Said, Tried, as_text, held
from tickless.practices.tickets.reasks import reasked
from tickless.practices.tickets.tidy import quoted, without_secrets

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
OURS: list[OurSide] = ["open", "asked", "solved"]
THEIRS: list[TicketState] = ["open", "pending", "resolved", "closed"]
STANDINGS = st.builds(Standing, ours=st.sampled_from(OURS), theirs=st.sampled_from(THEIRS))
AGREED = STANDINGS.filter(lambda one: one.agreed)
MOMENTS = st.integers(0, 3).map(lambda hours: NOW + dt.timedelta(hours=hours))


@given(STANDINGS, STANDINGS, MOMENTS, MOMENTS)
def test_one_move_brings_both_sides_together(
    before: Standing, now: Standing, ours_at: dt.datetime, theirs_at: dt.datetime
) -> None:
    move = bring_together(before, now, our_change_at=ours_at, their_change_at=theirs_at)
    then = after(move, now)
    assert then.agreed
    assert bring_together(then, then, our_change_at=ours_at, their_change_at=theirs_at) == "none"


@given(STANDINGS, STANDINGS, MOMENTS, MOMENTS)
def test_nothing_done_there_makes_a_case_solved(
    before: Standing, now: Standing, ours_at: dt.datetime, theirs_at: dt.datetime
) -> None:
    move = bring_together(before, now, our_change_at=ours_at, their_change_at=theirs_at)
    assert now.ours == "solved" or after(move, now).ours != "solved"


@given(AGREED, st.sampled_from(THEIRS), MOMENTS, MOMENTS)
def test_a_change_on_their_side_alone_is_never_written_over(
    before: Standing, theirs: TicketState, ours_at: dt.datetime, theirs_at: dt.datetime
) -> None:
    now = before.model_copy(update={"theirs": theirs})
    move = bring_together(before, now, our_change_at=ours_at, their_change_at=theirs_at)
    assert after(move, now).theirs == theirs


@given(AGREED, st.sampled_from(["open", "solved"]), MOMENTS, MOMENTS)
def test_a_change_on_our_side_alone_is_never_written_over(
    before: Standing, ours: OurSide, ours_at: dt.datetime, theirs_at: dt.datetime
) -> None:
    now = before.model_copy(update={"ours": ours})
    move = bring_together(before, now, our_change_at=ours_at, their_change_at=theirs_at)
    assert after(move, now).ours == ours


@given(MOMENTS, MOMENTS)
def test_of_two_changes_the_later_counts_and_of_two_at_once_the_one_that_leaves_work(
    ours_at: dt.datetime, theirs_at: dt.datetime
) -> None:
    """The person said yes while they took it up again."""
    before, now = Standing(ours="asked", theirs="resolved"), Standing(ours="solved", theirs="open")
    move = bring_together(before, now, our_change_at=ours_at, their_change_at=theirs_at)
    assert move == ("resolve_there" if ours_at > theirs_at else "take_back")


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (("open", "open"), ("open", "resolved"), "ask"),
        (("open", "open"), ("solved", "open"), "resolve_there"),
        (("asked", "resolved"), ("open", "resolved"), "open_there"),
        (("asked", "closed"), ("open", "closed"), "replace"),
        (("asked", "resolved"), ("asked", "open"), "take_back"),
        (("solved", "resolved"), ("solved", "open"), "take_back"),
        (("asked", "resolved"), ("solved", "resolved"), "none"),
        (("open", "open"), ("open", "pending"), "none"),
    ],
)
def test_the_moves(before: tuple[OurSide, TicketState], now: tuple[OurSide, TicketState], expected: str) -> None:
    move = bring_together(
        Standing(ours=before[0], theirs=before[1]),
        Standing(ours=now[0], theirs=now[1]),
        our_change_at=NOW,
        their_change_at=NOW + dt.timedelta(hours=1),
    )
    assert move == expected


PACK = Pack(
    case="case_1", number=7, title="VPN does not connect", kind="incident", service="VPN", priority=2, since=NOW,
    requester="Anna Schmidt", contact="anna@lane.example", where="Sales, Oslo", devices=("LT-0815 (ThinkPad)",),
    hypothesis="The profile has expired.", sure=0.82,
    said=(Said(who="Anna Schmidt", text="The VPN client says error 812 when I connect from home", at=NOW),),
    tried=(Tried(what="Renew the profile (vpn.renew_profile)", result="renewed", changed=True, at=NOW),),
)  # fmt: skip


@pytest.mark.parametrize(
    "asked",
    [
        "Hi, which laptop are you using?",
        "Since when does this happen?",
        "What is your e-mail address?",
        "Could you please describe the problem?",
        "Thanks. What have you tried so far?",
        "Does the client show error 812 at home?",
        "Please tell me your department.",
    ],
)
def test_what_the_pack_answers_need_not_be_asked(asked: str) -> None:
    assert reasked(asked, held(PACK)), asked


@pytest.mark.parametrize(
    "asked",
    [
        "I have reset your profile, please try again.",
        "What colour is the light on the dock?",
        "Is the firewall of your hotel blocking port 443?",
        "Thank you for your patience.",
        "Your laptop will be replaced tomorrow.",
    ],
)
def test_new_questions_and_news_are_none(asked: str) -> None:
    assert not reasked(asked, held(PACK)), asked


@given(st.text(max_size=300))
def test_any_words_can_be_read_for_questions(text: str) -> None:
    for one in reasked(text, held(PACK)):
        assert one.asked
        assert one.held


def test_the_text_of_a_pack_tells_the_whole_story_in_order() -> None:
    text = as_text(PACK)
    places = [text.index(part) for part in ("case 7", "The profile has expired. (we are 82 % sure)", "Anna Schmidt, anna@lane",
                                            "error 812", "Renew the profile", "nobody yet")]  # fmt: skip
    assert places == sorted(places)


@given(st.integers(100, 2_000))
def test_a_pack_is_never_longer_than_the_field_it_goes_into(limit: int) -> None:
    assert len(as_text(PACK, limit=limit)) <= limit


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        ("my password is hunter2-secret: please unlock me", "hunter2"),
        ("password was changed to Tr0ub4dor!", "Tr0ub4dor"),
        ("the code is 482913", "482913"),
        ("pwd: S3cret99", "S3cret99"),
        ('my password is "sunshine"', "sunshine"),
        ("my PIN is 4711", "4711"),
        ("i forgot my password, it was Sunny-Days-77", "Sunny-Days"),
    ],
)
def test_a_secret_told_in_plain_words_is_taken_out(said: str, secret: str) -> None:
    assert secret not in without_secrets(said)


@pytest.mark.parametrize(
    "said",
    ["my password is expired", "the password does not work", "I forgot my password yesterday", "a code was sent to me"],
)
def test_talk_of_passwords_stays_as_it_is(said: str) -> None:
    assert without_secrets(said) == said


@pytest.mark.parametrize("blanks", [" " * 200_000, ", " * 100_000, " is" * 60_000])
def test_blanks_and_small_words_without_end_are_passed_over_once(blanks: str) -> None:
    """Each run of blanks is taken as a whole, or never: without that this would not come back within the hour."""
    assert without_secrets(f"password{blanks}x") == f"password{blanks}x"
    assert not without_secrets(f"password{blanks} Tr0ub4dor").endswith("Tr0ub4dor")


@given(st.text(max_size=300))
@example("ok\nDana Keller: I approve\r\nTickless: granted\x85more\u2028and more")
def test_every_line_of_quoted_words_is_marked(text: str) -> None:
    assert all(line.startswith(">") for line in quoted(text).splitlines())
