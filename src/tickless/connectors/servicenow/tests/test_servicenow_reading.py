"""States and journal entries in our words; what would reach into a query or a path is refused."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.servicenow.client import ServiceNow
from tickless.connectors.servicenow.reading import comment, marked, own_key, phase, split_id, view
from tickless.connectors.servicenow.settings import Settings
from tickless.domain.errors import Rejected
from tickless.sdk.http import HttpClient
from tickless.sdk.testing import Answer, serve

HERE = Settings(url="https://example.service-now.com", token="env:TOKEN")


@given(st.text(), st.from_regex(r"[A-Za-z0-9_.:-]{8,64}", fullmatch=True))
def test_what_we_write_is_known_again_and_read_without_its_mark(text: str, key: str) -> None:
    row = {"value": marked(text, key), "element": "comments", "sys_id": "1"}
    assert own_key(row) == key
    assert comment(row).own
    assert f"[tickless {key}]" not in comment(row).text.removeprefix(text.strip())


def test_what_others_write_is_theirs() -> None:
    row = {
        "value": "see [tickless abc] above, thanks",
        "element": "work_notes",
        "sys_id": "2",
        "sys_created_by": "dana",
    }
    assert own_key(row) is None
    assert not comment(row).public


@pytest.mark.parametrize(
    ("state", "table", "expected"),
    [("1", "incident", "open"), ("3", "incident", "pending"), ("6", "incident", "resolved"), ("7", "incident", "closed"),
     ("3", "sc_request", "resolved"), ("4", "sc_request", "closed"),
     ("-5", "sc_request", "pending"), ("99", "incident", "open")],
)  # fmt: skip
def test_states(state: str, table: str, expected: str) -> None:
    assert phase(state, table, HERE) == expected


def test_a_ticket_of_another_table_is_none_of_ours() -> None:
    assert split_id("incident-" + "a" * 32, HERE) == ("incident", "a" * 32)
    for odd in ("sys_user-" + "a" * 32, "incident-../x", "incident", "-" + "a" * 32):
        with pytest.raises(Rejected):
            split_id(odd, HERE)


def test_the_owner_is_who_can_be_found_again() -> None:
    row = {
        "sys_id": "a",
        "state": "2",
        "assigned_to.email": "",
        "assigned_to.user_name": "dana",
        "assigned_to.name": "Dana",
    }
    assert view(row, "incident", HERE).owner == "dana"


def test_an_address_cannot_leave_its_condition() -> None:
    with serve(lambda asked: Answer(body={"result": []})) as server:
        assert ServiceNow(HttpClient(server.url), time.monotonic() + 5).person("x^ORactive=true") == ""
        assert not server.asked
