"""LDAP against a real slapd: a real lockout is seen and ended, passwords work, hostile names find nobody."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.lane.instances import call_of, instance_of, run
from tests.servers.slapd import Slapd

from tickless.domain.errors import Rejected, Unreachable
from tickless.sdk.connector import Instance


def directory(slapd: Slapd, **changes: Any) -> Instance:
    values = {
        "url": slapd.url,
        "bind_dn": slapd.service_dn,
        "password": "env:LDAP_PASSWORD",
        "people_base": slapd.people_base,
        "groups_base": slapd.groups_base,
        "policy_dn": slapd.policy,
    }
    return instance_of(
        "ldap", {**values, **changes}, {"LDAP_PASSWORD": slapd.service_password, "NEW": "new-password-1"}
    )


def test_a_real_lockout_is_seen_and_ended(slapd: Slapd) -> None:
    ldap = directory(slapd)
    slapd.lock_out("anna")
    state = run(ldap, "account", username="anna").output
    assert state.locked
    assert dt.datetime.now(dt.UTC) - state.locked_since < dt.timedelta(seconds=30)
    assert run(ldap, "unlock", username="anna").changed
    assert slapd.can_sign_in("anna")
    assert not run(ldap, "account", username="anna").output.locked


def test_an_account_tells_its_name_and_groups(slapd: Slapd) -> None:
    state = run(directory(slapd), "account", username="anna").output
    assert (state.display_name, state.groups) == ("Anna Schmidt", ("vpn-users", "wiki-editors"))
    assert run(directory(slapd), "account", username="chloe").output.display_name == "Chloé (Ops) Martin"


def test_a_new_password_works_must_be_changed_and_is_set_once(slapd: Slapd) -> None:
    ldap = directory(slapd)
    began = dt.datetime.now(dt.UTC)
    assert run(ldap, "set_password", username="ben", password="env:NEW").output.must_change_password
    assert slapd.can_sign_in("ben", "new-password-1")
    assert not slapd.can_sign_in("ben")
    again = run(ldap, "set_password", first_started=began, username="ben", password="env:NOT_THERE_ANY_MORE")
    assert not again.changed


def test_a_password_may_be_set_for_good(slapd: Slapd) -> None:
    result = run(directory(slapd), "set_password", username="ben", password="env:NEW", must_change=False)
    assert not result.output.must_change_password
    assert slapd.attribute(slapd.dn("ben"), "pwdReset") == []


def test_the_stored_password_is_hashed(slapd: Slapd) -> None:
    run(directory(slapd), "set_password", username="ben", password="env:NEW")
    assert slapd.attribute(slapd.dn("ben"), "userPassword")[0].startswith("{SSHA}")


def test_a_password_against_the_policy_is_rejected_without_telling_it(slapd: Slapd) -> None:
    ldap = instance_of(
        "ldap", directory(slapd).settings.model_dump(), {"LDAP_PASSWORD": slapd.service_password, "NEW": "tiny!"}
    )
    with pytest.raises(Rejected) as refused:
        run(ldap, "set_password", username="ben", password="env:NEW")
    assert "tiny!" not in refused.value.detail + refused.value.public


def test_a_disabled_account_is_not_unlocked(slapd: Slapd) -> None:
    ldap = directory(slapd)
    assert run(ldap, "set_enabled", username="dora", enabled=False).changed
    assert not slapd.can_sign_in("dora")
    state = run(ldap, "account", username="dora").output
    assert (state.enabled, state.locked) == (False, False)
    assert not run(ldap, "unlock", username="dora").changed
    assert not slapd.can_sign_in("dora")
    assert run(ldap, "set_enabled", username="dora", enabled=True).output.enabled
    assert slapd.can_sign_in("dora")


def test_a_lockout_ends_and_a_password_expires_by_the_policy_in_the_directory(slapd: Slapd) -> None:
    ldap = directory(slapd)
    _set(slapd, slapd.policy, "pwdLockoutDuration", b"600")
    try:
        slapd.lock_out("anna")
        soon, later = (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes) for minutes in (9, 11))
        assert run(ldap, "account", now=soon, username="anna").output.locked
        assert not run(ldap, "account", now=later, username="anna").output.locked
    finally:
        _set(slapd, slapd.policy, "pwdLockoutDuration", b"0")
    quarter = dt.datetime.now(dt.UTC) + dt.timedelta(days=91)
    assert not run(ldap, "account", username="ben").output.password_expired
    assert run(ldap, "account", now=quarter, username="ben").output.password_expired


def test_a_star_in_a_name_is_only_a_star(slapd: Slapd) -> None:
    assert run(directory(slapd), "account", username="o*brien").output.exists
    for hostile in ("*", "a*", "anna)(uid=*", "*)(objectClass=*", "\\2a", "anna\x00", "anna)("):
        assert not run(directory(slapd), "account", username=hostile).output.exists


@settings(max_examples=40, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(username=st.text(st.sampled_from("an*()\\\x00&|!=~ é"), min_size=1, max_size=12))
def test_no_text_finds_somebody_else(slapd: Slapd, username: str) -> None:
    assert run(directory(slapd), "account", username=username).output.exists == (username.strip() in slapd.people)


def test_an_ambiguous_name_is_refused(slapd: Slapd) -> None:
    ldap = directory(slapd, login_attribute="objectClass")
    with pytest.raises(Rejected, match="several"):
        run(ldap, "unlock", username="inetOrgPerson")


def test_the_last_member_of_a_group_stays(slapd: Slapd) -> None:
    with pytest.raises(Rejected):
        run(directory(slapd), "remove_from_group", username="anna", group="wiki-editors")
    assert run(directory(slapd), "member", username="anna", group="wiki-editors").output.member


def test_the_active_directory_dialect_writes_what_it_reads(slapd: Slapd) -> None:
    # by uid: this schema gives sAMAccountName no matching rule, so that slapd finds nobody by it
    ad = directory(slapd, dialect="active_directory", people_base=slapd.ad_base, login_attribute="uid")
    before = run(ad, "account", username="eva").output
    assert (before.enabled, before.locked, before.must_change_password) == (True, False, False)
    eva = f"cn=Eva Berg,{slapd.ad_base}"
    _set(slapd, eva, "lockoutTime", b"133497504000000000")
    assert run(ad, "account", username="eva").output.locked
    assert not run(ad, "unlock", username="eva").output.locked
    assert slapd.attribute(eva, "lockoutTime") == ["0"]
    assert not run(ad, "set_enabled", username="eva", enabled=False).output.enabled
    assert slapd.attribute(eva, "userAccountControl") == ["514"]
    assert run(ad, "set_enabled", username="eva", enabled=True).output.enabled
    assert run(ad, "set_password", username="eva", password="env:NEW").output.must_change_password
    assert slapd.attribute(eva, "pwdLastSet") == ["0"]
    _set(slapd, eva, "pwdLastSet", b"133497504000000000")


def _set(slapd: Slapd, dn: str, attribute: str, value: bytes) -> None:
    import ldap

    connection = slapd.as_admin()
    connection.modify_s(dn, [(ldap.MOD_REPLACE, attribute, value)])
    connection.unbind_s()


def test_tls_is_spoken_and_the_certificate_checked(slapd: Slapd, tmp_path: Path) -> None:
    assert run(directory(slapd, url=slapd.tls_url, ca_file=slapd.ca_file), "account", username="anna").output.exists
    assert run(directory(slapd, start_tls=True, ca_file=slapd.ca_file), "account", username="anna").output.exists
    stranger = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(stranger)
    for changes in ({"url": slapd.tls_url}, {"start_tls": True}):
        with pytest.raises(Unreachable):
            run(directory(slapd, ca_file=str(stranger), **changes), "account", username="anna")


def test_a_call_is_named_by_its_instance(slapd: Slapd) -> None:
    ldap = directory(slapd)
    result = run(ldap, "add_to_group", username="dora", group="vpn-users")
    assert result.undo is not None
    assert result.undo.uses == f"{call_of(ldap).instance.name}.remove_from_group"
    assert run(ldap, result.undo.uses.partition(".")[2], **result.undo.with_).changed


NEW = {"username": "j.smith2", "given_name": "Jane", "family_name": "Smith", "display_name": "Jane Smith, jr",
       "email": "j.smith2@example.test", "title": "Buyer", "department": "Sales", "location": "Leeds"}  # fmt: skip


def test_a_new_account_is_off_until_it_is_enabled_and_is_gone_when_taken_back(slapd: Slapd) -> None:
    ldap = directory(slapd)
    began = dt.datetime.now(dt.UTC)
    made = run(ldap, "create_account", **NEW)
    assert run(ldap, "create_account", first_started=began, **NEW).output.exists, "a try after a crash goes on"
    with pytest.raises(Rejected, match="already"):
        run(ldap, "create_account", **NEW)
    state = run(ldap, "account", username="j.smith2").output
    assert (state.exists, state.enabled, state.display_name) == (True, False, "Jane Smith, jr")
    assert slapd.attribute(slapd.dn("j.smith2"), "mail") == ["j.smith2@example.test"]
    run(ldap, "set_enabled", username="j.smith2", enabled=True)
    run(ldap, "set_password", username="j.smith2", password="env:NEW")
    assert slapd.can_sign_in("j.smith2", "new-password-1")
    run(ldap, made.undo.uses.partition(".")[2], **made.undo.with_)
    assert "j.smith2" not in slapd.logins()


def test_an_account_with_a_password_is_nobodys_earlier_try(slapd: Slapd) -> None:
    ldap = directory(slapd)
    taken = {**NEW, "username": "anna", "display_name": "Anna Schmidt"}
    with pytest.raises(Rejected, match="already"):
        run(ldap, "create_account", first_started=dt.datetime.now(dt.UTC), **taken)


def test_active_directory_makes_a_disabled_user(slapd: Slapd) -> None:
    """Microsoft's schema is here, its password rules are not."""
    from tickless.connectors.ldap.dialects import ActiveDirectory
    from tickless.sdk.capabilities.directory import NewAccount

    names, attributes = ActiveDirectory().new_account(NewAccount(**NEW))
    assert (names, attributes["sAMAccountName"], int(attributes["userAccountControl"]) & 2) == ("cn", "j.smith2", 2)
