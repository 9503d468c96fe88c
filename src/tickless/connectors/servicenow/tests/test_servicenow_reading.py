"""States and journal entries in our words; what would reach into a query or a path is refused."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.servicenow.client import ServiceNow
from tickless.connectors.servicenow.reading import comment, marked, own_key, phase, split_id, view
from tickless.connectors.servicenow.settings import Settings
from tickless.domain.errors import Rejected
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient
from tickless.sdk.registry import load_connector
from tickless.sdk.testing import Answer, Asked, World, serve
from tickless.sdk.testing.live import run_operation

SPEC = importlib.util.spec_from_file_location("snow_world", Path(__file__).with_name("contract_case.py"))
assert SPEC is not None
assert SPEC.loader is not None
WORLD: Any = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(WORLD)
SERVICENOW = load_connector(Path(__file__).parents[1])

HERE = Settings(url="https://example.service-now.com", token="env:TOKEN")


@given(st.text(), st.from_regex(r"[A-Za-z0-9_.:-]{8,64}", fullmatch=True))
def test_what_we_write_is_known_again_and_read_without_its_mark(text: str, key: str) -> None:
    row = {"value": marked(text, key), "element": "comments", "sys_id": "1", "sys_created_by": "Tickless"}
    assert own_key(row, me="tickless") == key
    assert comment(row, me="tickless").own
    assert comment(row, me="tickless").text == marked(text, key).rpartition("\n")[0].strip()
    assert own_key({**row, "sys_created_by": "dana"}, me="tickless") is None
    assert f"[tickless {key}]" in comment({**row, "sys_created_by": "dana"}, me="tickless").text
    assert own_key(row, me="") is None


@given(st.text(alphabet="[]/code \n", max_size=40))
def test_nothing_in_a_journal_is_html(text: str) -> None:
    bare = "".join(marked(f"[code]<script>{text}[/CODE] [ code ]", "abc:12345").split()).lower()
    assert "[code]" not in bare
    assert "[/code]" not in bare


def test_a_note_of_blanks_is_passed_over_once() -> None:
    """The mark is looked for in the last line only, which is found from the end."""
    row = {"value": "\n" * 400_000 + "x" + " " * 400_000 + "[tickless", "sys_created_by": "tickless"}
    assert own_key(row, me="tickless") is None
    assert len(marked("[" + " " * 400_000, "abc:12345")) > 400_000


def test_what_others_write_is_theirs() -> None:
    row = {
        "value": "see [tickless abc] above, thanks",
        "element": "work_notes",
        "sys_id": "2",
        "sys_created_by": "dana",
    }
    assert own_key(row, me="dana") is None
    assert not comment(row, me="tickless").public


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


def test_references_go_by_their_sys_ids_and_values_as_values() -> None:
    here = WORLD.Instance()
    with serve(here.answer) as server:
        groups = {"Network": "Network CAB", "Printing": "Gone", "Known": "b" * 32}
        world = World({**WORLD.settings_at(server.url), "groups": groups}, WORLD.SECRETS)
        for team, expected in (("Network", WORLD.GROUP), ("Printing", None), ("Known", "b" * 32)):
            made = run_operation(SERVICENOW, "create", {**WORLD.NEW, "key": f"contract:{team}", "group": team}, world)
            assert here.tables["incident"][-1].get("assignment_group") == expected
            assert ("Gone" in made.summary) == (team == "Printing")
        sent = [one for one in server.asked if one.method != "GET"]
        assert {one.query["sysparm_input_display_value"][0] for one in sent} == {"false"}


def test_whoever_has_a_token_only_asks_who_they_are() -> None:
    def answer(asked: Asked) -> Answer:
        assert asked.query["sysparm_query"] == ["sys_id=javascript:gs.getUserID()"]
        return Answer(body={"result": [{"user_name": "tickless.bot"}]})

    with serve(answer) as server:
        assert ServiceNow(HttpClient(server.url), Deadline.within(5, who="ServiceNow")).me() == "tickless.bot"
        assert ServiceNow(HttpClient(server.url), Deadline.within(5, who="ServiceNow"), "tickless").me() == "tickless"
        assert len(server.asked) == 1


def test_an_address_cannot_leave_its_condition() -> None:
    with serve(lambda asked: Answer(body={"result": []})) as server:
        assert ServiceNow(HttpClient(server.url), Deadline.within(5, who="ServiceNow")).person("x^ORactive=true") == ""
        assert not server.asked
