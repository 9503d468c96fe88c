"""LDAP against a real Active Directory (Samba's domain controller): lockouts, passwords, flags, groups in groups, pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.lane.instances import instance_of, run
from tests.servers.samba import BASE, GROUPS, STAFF, Samba

from tickless.domain.errors import AuthFailed, Rejected
from tickless.sdk.connector import Instance

NEW_PASSWORD = "Quite-new-4711-password"
NEW = {"username": "j.smith2", "given_name": "Jane", "family_name": "Smith", "display_name": "Jane Smith, jr",
       "email": "j.smith2@example.test", "title": "Buyer", "department": "Sales", "location": "Leeds"}  # fmt: skip


def directory(samba: Samba, **changes: Any) -> Instance:
    values = {
        "url": samba.url, "ca_file": samba.ca_file, "bind_dn": samba.service_dn, "password": "env:LDAP_PASSWORD",
        "dialect": "active_directory", "people_base": STAFF, "groups_base": GROUPS,
    }  # fmt: skip
    secrets = {"LDAP_PASSWORD": samba.service_password, "NEW": NEW_PASSWORD, "WEAK": "weak"}
    return instance_of("ldap", {**values, **changes}, secrets)


def test_a_real_lockout_is_seen_and_ended(samba: Samba) -> None:
    ad = directory(samba)
    samba.lock_out("anna")
    state = run(ad, "account", username="anna").output
    assert (state.locked, state.enabled) == (True, True)
    assert abs(dt.datetime.now(dt.UTC) - state.locked_since) < dt.timedelta(minutes=5)
    assert run(ad, "unlock", username="anna").changed
    assert samba.can_sign_in("anna")
    assert not run(ad, "unlock", username="anna").changed


def test_an_account_that_is_switched_off_stays_so_and_comes_back(samba: Samba) -> None:
    ad = directory(samba)
    done = run(ad, "set_enabled", username="ben", enabled=False)
    assert not done.output.enabled
    assert not samba.can_sign_in("ben")
    assert not run(ad, "unlock", username="ben").changed
    assert run(ad, done.undo.uses.partition(".")[2], **done.undo.with_).output.enabled
    assert samba.can_sign_in("ben")
    assert samba.attribute(samba.dn("ben"), "userAccountControl") == ["512"]


def test_a_password_is_set_over_tls_must_be_changed_and_obeys_the_policy(samba: Samba) -> None:
    ad = directory(samba)
    assert run(ad, "set_password", username="ben", password="env:NEW").output.must_change_password
    assert samba.attribute(samba.dn("ben"), "pwdLastSet") == ["0"]
    for_good = run(ad, "set_password", username="chloe", password="env:NEW", must_change=False)
    assert not for_good.output.must_change_password
    assert samba.can_sign_in("chloe", NEW_PASSWORD)
    with pytest.raises(Rejected) as refused:
        run(ad, "set_password", username="chloe", password="env:WEAK")
    assert "weak" not in refused.value.public + refused.value.detail


def test_start_tls_is_as_good_as_ldaps_and_without_either_no_password_is_taken(samba: Samba) -> None:
    ad = directory(samba, url=samba.plain_url, start_tls=True)
    assert run(ad, "set_password", username="ben", password="env:NEW", must_change=False).changed
    assert samba.can_sign_in("ben", NEW_PASSWORD)
    plain = directory(samba, url=samba.plain_url, allow_plaintext=True)
    with pytest.raises((Rejected, AuthFailed)):
        run(plain, "set_password", username="ben", password="env:NEW")


def test_groups_by_their_members_names_and_groups_in_groups(samba: Samba) -> None:
    ad, nested = directory(samba), directory(samba, nested_groups=True)
    assert run(ad, "account", username="anna").output.groups == ("vpn-users", "wiki-editors")
    assert run(nested, "account", username="anna").output.groups == ("all-staff", "vpn-users", "wiki-editors")
    assert not run(ad, "member", username="anna", group="all-staff").output.member
    assert run(nested, "member", username="anna", group="all-staff").output.member
    assert run(nested, "add_to_group", username="anna", group="all-staff").changed, (
        "being in it through another is not being in it"
    )
    done = run(ad, "add_to_group", username="ben", group="wiki-editors")
    assert done.output.member
    assert samba.dn("ben") in samba.attribute(f"CN=wiki-editors,{GROUPS}", "member")
    run(ad, done.undo.uses.partition(".")[2], **done.undo.with_)
    assert not run(ad, "member", username="ben", group="wiki-editors").output.member


def test_a_new_account_is_off_until_it_has_a_password_and_is_gone_when_taken_back(samba: Samba) -> None:
    ad = directory(samba)
    made = run(ad, "create_account", **NEW)
    state = run(ad, "account", username="j.smith2").output
    assert (state.exists, state.enabled, state.display_name) == (True, False, "Jane Smith, jr")
    run(ad, "set_password", username="j.smith2", password="env:NEW", must_change=False)
    assert run(ad, "set_enabled", username="j.smith2", enabled=True).output.enabled
    assert samba.can_sign_in("j.smith2", NEW_PASSWORD)
    run(ad, made.undo.uses.partition(".")[2], **made.undo.with_)
    assert not run(ad, "account", username="j.smith2").output.exists


def test_the_service_account_can_do_what_it_was_given_and_no_more(samba: Samba) -> None:
    wide = directory(samba, people_base=f"CN=Users,{BASE}")
    for operation, params in (("set_enabled", {"enabled": False}), ("set_password", {"password": "env:NEW"})):
        with pytest.raises(AuthFailed):
            run(wide, operation, username="Administrator", **params)


def test_more_groups_than_a_page_are_all_told(samba: Samba, monkeypatch: pytest.MonkeyPatch) -> None:
    from tickless.connectors.ldap import client

    monkeypatch.setattr(client, "PAGE", 1)
    assert run(directory(samba), "account", username="anna").output.groups == ("vpn-users", "wiki-editors")


def test_a_hostile_name_finds_nobody(samba: Samba) -> None:
    for hostile in ("*", "a*", "anna)(objectClass=*", "*)(sAMAccountName=*"):
        assert not run(directory(samba), "account", username=hostile).output.exists
