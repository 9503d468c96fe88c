"""Pure parts: nothing a person types becomes filter syntax; odd times never raise; the dialects agree with themselves."""

import datetime as dt
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tickless.connectors.ldap.client import library
from tickless.connectors.ldap.dialects import ActiveDirectory, OpenLdap, Policy
from tickless.connectors.ldap.entries import Change, Entry, escape, filetime, generalized_time
from tickless.connectors.ldap.settings import Settings
from tickless.domain.errors import SettingsInvalid

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
BASE = {"bind_dn": "cn=t", "password": "env:P", "people_base": "ou=people"}


@given(st.text())
def test_an_escaped_value_holds_no_syntax_and_says_the_same(value: str) -> None:
    escaped = escape(value)
    assert re.fullmatch(r"(?:[^()*\\\x00]|\\[0-9a-f]{2})*", escaped)
    octets = re.sub(rb"\\([0-9a-f]{2})", lambda found: bytes.fromhex(found[1].decode()), escaped.encode())
    assert octets == value.encode()


@given(st.text(max_size=40) | st.from_regex(r"\d{14}(\.\d+)?Z", fullmatch=True))
def test_any_text_is_a_time_or_none(text: str) -> None:
    found = generalized_time(text)
    assert found is None or found.strftime("%m%d%H%M%SZ") == text[4:14] + "Z"


@given(st.integers(min_value=-(2**63), max_value=2**63))
def test_any_number_is_a_file_time_or_none(ticks: int) -> None:
    found = filetime(ticks)
    assert (found is None) or found > dt.datetime(1601, 1, 1, tzinfo=dt.UTC) - dt.timedelta(seconds=1)


def test_file_time_counts_from_1601() -> None:
    assert filetime(133497504000000000) == dt.datetime(2024, 1, 15, tzinfo=dt.UTC)


def entry(**attributes: str) -> Entry:
    return Entry.of("cn=x", {name.replace("_", "-"): [value.encode()] for name, value in attributes.items()})


def after(before: Entry, changes: list[Change]) -> Entry:
    values = dict(before.values)
    for change in changes:
        values[change.attribute.lower()] = change.values
    return Entry(before.dn, values)


def test_an_expired_lockout_is_no_lockout() -> None:
    locked = entry(pwdAccountLockedTime="20260302092000Z")
    standing = OpenLdap().standing(locked, policy=Policy(lockout_seconds=900), now=NOW)
    assert standing.locked
    assert standing.locked_since == NOW - dt.timedelta(minutes=10)
    assert not OpenLdap().standing(locked, policy=Policy(lockout_seconds=600), now=NOW).locked
    assert OpenLdap().standing(locked, policy=Policy(), now=NOW).locked


def test_a_password_expires_by_the_policy() -> None:
    old = entry(pwdChangedTime="20260301093000Z")
    assert OpenLdap().standing(old, policy=Policy(max_age_seconds=86_400), now=NOW).password_expired
    assert not OpenLdap().standing(old, policy=Policy(max_age_seconds=86_401), now=NOW).password_expired


def test_locked_for_good_is_disabled_and_not_locked() -> None:
    standing = OpenLdap().standing(entry(pwdAccountLockedTime="000001010000Z"), policy=Policy(), now=NOW)
    assert (standing.enabled, standing.locked, standing.locked_since) == (False, False, None)


@given(st.integers(min_value=0, max_value=2**31 - 1), st.booleans())
def test_active_directory_changes_one_flag_only(flags: int, enabled: bool) -> None:
    dialect = ActiveDirectory()
    before = entry(userAccountControl=str(flags))
    changed = after(before, dialect.set_enabled(before, enabled=enabled))
    assert dialect.standing(changed, policy=Policy(), now=NOW).enabled == enabled
    assert changed.number("userAccountControl") & ~2 == flags & ~2


def test_active_directory_trusts_the_computed_flags_over_the_old_lockout_time() -> None:
    over = entry(lockoutTime="133497504000000000", msDS_User_Account_Control_Computed="0")
    assert not ActiveDirectory().standing(over, policy=Policy(), now=NOW).locked
    holds = entry(lockoutTime="133497504000000000", msDS_User_Account_Control_Computed=str(0x10 | 0x800000))
    standing = ActiveDirectory().standing(holds, policy=Policy(), now=NOW)
    assert (standing.locked, standing.password_expired) == (True, True)


def test_active_directory_takes_quoted_utf16_passwords() -> None:
    assert ActiveDirectory().set_password("Aé1") == [Change("unicodePwd", ('"Aé1"'.encode("utf-16-le"),))]


def test_readable_passwords_cross_no_network() -> None:
    with pytest.raises(ValidationError, match="ldaps"):
        Settings(url="ldap://directory.internal", **BASE)
    for safe in ({"url": "ldaps://d"}, {"url": "ldap://d", "start_tls": True}, {"url": "ldap://127.0.0.1:389"}):
        assert Settings(**safe, **BASE).people_base == "ou=people"


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ldap", None)
    with pytest.raises(SettingsInvalid) as refused:
        library()
    assert refused.value.mend == "install tickless[ldap]"
