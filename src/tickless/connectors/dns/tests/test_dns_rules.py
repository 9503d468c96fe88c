"""What may be changed is what the settings name, and nothing a name can be written as gets around that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tickless.connectors.dns.client import NameServer
from tickless.connectors.dns.settings import Settings, Zone
from tickless.domain.errors import Rejected
from tickless.sdk.capabilities.dns import SetRecord
from tickless.sdk.deadline import Deadline

ZONES = {"example.com": Zone(names=("www", "*.dev"), types=("A",)), "sub.example.com": Zone()}
SERVER = NameServer(
    Settings(server="127.0.0.1", zones=ZONES, key_name="tickless", secret="env:T"), Deadline.within(60, who="DNS"), {}
)


def may(name: str, kind: str = "A") -> bool:
    try:
        SERVER.may_change(name, kind)  # type: ignore[arg-type]
    except Rejected:
        return False
    return True


def test_named_records_may_be_changed_and_their_neighbours_may_not() -> None:
    assert may("www.example.com")
    assert may("WWW.Example.Com.")
    assert may("app.dev.example.com")
    for name in (
        "example.com",
        "dev.example.com",
        "wwww.example.com",
        "www.example.org",
        "www.sub.example.com",
        "notexample.com",
    ):
        assert not may(name), name
    assert not may("www.example.com", "TXT")


@given(st.text(max_size=60))
def test_any_text_is_a_name_that_may_or_may_not(name: str) -> None:
    if may(name):
        assert name.lower().rstrip(".").endswith(".example.com")


@pytest.mark.parametrize("name", ["a b.example.com", "x\n.example.com", "..", "", "a." * 200 + "com"])
def test_odd_names_are_no_parameters(name: str) -> None:
    with pytest.raises(ValidationError):
        SetRecord(name=name, values=("192.0.2.1",))
