"""What `amtool` asks for is what it gets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.errors import BadInput
from tickless.domain.matchers import fits, read_matchers

LABELS = {"service": "shop", "instance": "edge-1:9100", "note": 'say "hi"\n'}


@pytest.mark.parametrize(
    ("written", "fit"),
    [
        ('service="shop"', True), ("service=shop", True), ("service!=shop", False), ("other=", True), ("other!=x", True),
        ('instance=~"edge-.*"', True), ("instance=~edge", False), ("instance!~edge-2.*", True), ("service=~shop|crm", True),
        (r'note="say \"hi\"\n"', True), (' service = "shop" ', True), ('"service"="shop"', True),
    ],
)  # fmt: skip
def test_a_matcher_compares_the_whole_value(written: str, fit: bool) -> None:
    assert fits(read_matchers([written])[0], LABELS) is fit


@pytest.mark.parametrize("written", ["", "service", "=x", 'service=~"("', "service=~(?=x)"])
def test_what_is_no_matcher_is_told(written: str) -> None:
    with pytest.raises(BadInput):
        read_matchers([written])


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_filter_breaks_anything(written: str, value: str) -> None:
    try:
        found = read_matchers([written])
    except BadInput:
        return
    assert fits(found[0], {found[0].name: value}) in {True, False}


def test_a_hostile_pattern_takes_no_time() -> None:
    assert not fits(read_matchers(['service=~"(a+)+b"'])[0], {"service": "a" * 20_000})
