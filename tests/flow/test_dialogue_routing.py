"""To which of several open questions an answer goes: by what it says, whatever the order; two that fit are asked about."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.decision import Question
from tickless.flow.talking.routing import Waiting, route
from tickless.stages.understand.mention import Mention

WORDS = ("amber", "birch", "cedar", "denim", "ember", "fjord", "grove", "hazel", "ivory", "jasper", "kelp", "lilac")


@st.composite
def parallel(draw: st.DrawFn) -> list[Waiting]:
    """Questions of different cases whose choices have no word in common."""
    words = list(draw(st.permutations(WORDS)))
    count = draw(st.integers(2, 4))
    return [
        Waiting(
            f"que_{n}", 10 + n, Question(about=f"thing{n}", text=f"Which {n}?", choices=tuple(words[3 * n : 3 * n + 3]))
        )
        for n in range(count)
    ]


@given(waiting=parallel(), data=st.data())
def test_a_choice_goes_to_the_question_that_offers_it_in_whatever_order(
    waiting: list[Waiting], data: st.DataObject
) -> None:
    meant = data.draw(st.sampled_from(waiting))
    said = data.draw(st.sampled_from(meant.question.choices))
    for order in (waiting, waiting[::-1]):
        way = route(said, order, ())
        assert (way.to, way.sure, way.clash) == (meant, True, ())


@given(waiting=parallel(), data=st.data())
def test_what_two_questions_offer_is_asked_about_and_a_number_settles_it(
    waiting: list[Waiting], data: st.DataObject
) -> None:
    meant = data.draw(st.sampled_from(waiting))
    said = data.draw(st.sampled_from(meant.question.choices))
    twin = Waiting("que_twin", 99, meant.question)
    way = route(said, [twin, *waiting], ())
    assert way.to is None
    assert {one.id for one in way.clash} == {meant.id, twin.id}
    for words in (f"#{meant.number} {said}", f"case {meant.number}: {said}", f"for case {meant.number}, {said}"):
        settled = route(words, [twin, *waiting], ())
        assert (settled.to, settled.text, settled.sure) == (meant, said, True)


@given(waiting=parallel(), number=st.integers(100_000, 999_999))
def test_a_code_goes_to_the_newest_question_for_a_code_and_never_to_a_case_number(
    waiting: list[Waiting], number: int
) -> None:
    older, newer = (Waiting(f"que_code{n}", number, Question(about="step_up", text="code?")) for n in (1, 2))
    for said in (str(number), f"{number // 1000} {number % 1000:03d}", f"the code is {number}"):
        way = route(said, [newer, *waiting, older], ())
        assert (way.to, way.text, way.sure) == (newer, said, True)


@given(waiting=parallel(), text=st.text(max_size=200))
def test_any_words_are_routed_to_one_that_waits_or_asked_about(waiting: list[Waiting], text: str) -> None:
    way = route(text, waiting, ())
    assert way.to is None or way.to in waiting
    assert way.to is not None or len(way.clash) > 1
    assert set(way.clash) <= set(waiting)


def test_a_record_goes_to_the_question_for_its_kind_before_the_newest_that_takes_any_words() -> None:
    device = Waiting("que_d", 1, Question(about="device", text="Which device?"))
    reason = Waiting("que_r", 2, Question(about="reason", text="What is the reason?"))
    named = Mention("device", 0, 7, "LM-0042", "d042", 1.0)
    assert route("LM-0042", [reason, device], (named,)).to == device
    free = route("because she left", [reason, device], ())
    assert (free.to, free.sure) == (reason, False)


def test_a_bare_yes_for_two_yes_or_no_questions_is_asked_about() -> None:
    two = [Waiting(f"que_{n}", n, Question(about="confirm", text="Go ahead?")) for n in (1, 2)]
    assert route("yes", two, ()).clash == tuple(two)
    assert route("yes", two[:1], ()).to == two[0]
