"""One deadline for many requests: never more than was given, and an error of the house's once it is over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.errors import Unreachable
from tickless.sdk.deadline import Deadline


@given(st.floats(min_value=60, max_value=86_400))
def test_what_is_left_never_grows_past_what_was_given(seconds: float) -> None:
    deadline = Deadline.within(seconds, who="the printer")
    first, second = deadline.left(), deadline.left()
    assert 0 < second <= first <= seconds
    assert not deadline.passed


@given(st.floats(max_value=0, min_value=-1e6))
def test_a_deadline_that_has_passed_says_who_was_slow(seconds: float) -> None:
    deadline = Deadline.within(seconds, who="the printer")
    assert deadline.passed
    with pytest.raises(Unreachable, match="the printer took too long"):
        deadline.left()
