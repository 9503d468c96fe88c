"""SCIM against a real server: what is changed there is what the server then has."""

import pytest
from tests.lane.instances import instance_of, run
from tests.servers.scim import Scim

from tickless.sdk.connector import Instance


def service(scim: Scim) -> Instance:
    return instance_of("scim", {"url": scim.url, "token": "env:SCIM_TOKEN"}, {"SCIM_TOKEN": scim.token})


def test_a_leaver_is_disabled_and_comes_back(scim: Scim) -> None:
    here = service(scim)
    result = run(here, "set_enabled", username="anna", enabled=False)
    assert scim.read(f"Users/{scim.people['anna']}")["active"] is False
    assert not run(here, "account", username="anna").output.enabled
    run(here, result.undo.uses.partition(".")[2], **result.undo.with_)
    assert run(here, "account", username="anna").output.enabled


def test_access_is_given_and_taken(scim: Scim) -> None:
    here = service(scim)
    run(here, "add_to_group", username="ben", group="vpn-users")
    assert scim.members("vpn-users") == {scim.people["anna"], scim.people["ben"]}
    run(here, "remove_from_group", username="anna", group="vpn-users")
    assert scim.members("vpn-users") == {scim.people["ben"]}


def test_a_name_full_of_syntax_is_found_by_itself_only(scim: Scim) -> None:
    assert run(service(scim), "account", username='quo"te\\d').output.display_name == "Quo Ted"


@pytest.mark.parametrize("hostile", ['x" or userName pr or userName eq "', "*", "anna\\", '"', "\x00", "anna\n"])
def test_hostile_names_find_nobody(scim: Scim, hostile: str) -> None:
    assert not run(service(scim), "account", username=hostile).output.exists


def test_a_missing_group_is_said_to_be_missing(scim: Scim) -> None:
    output = run(service(scim), "member", username="anna", group="no-such-group").output
    assert (output.member, output.group_exists) == (False, False)


def test_a_new_account_is_not_active_and_is_gone_when_taken_back(scim: Scim) -> None:
    here = service(scim)
    new = {"username": "j.smith2", "given_name": "Jane", "family_name": "Smith", "display_name": "Jane Smith",
           "email": "j.smith2@example.test"}  # fmt: skip
    made = run(here, "create_account", **new)
    state = run(here, "account", username="j.smith2").output
    assert (state.exists, state.enabled, state.display_name) == (True, False, "Jane Smith")
    assert run(here, "set_enabled", username="j.smith2", enabled=True).output.enabled
    run(here, made.undo.uses.partition(".")[2], **made.undo.with_)
    assert not run(here, "account", username="j.smith2").output.exists
