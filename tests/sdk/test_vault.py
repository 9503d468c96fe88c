"""Secrets out of Vault: read when needed, by token or role, and never told in an error."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.errors import AuthFailed, Rejected, SettingsInvalid, Unreachable
from tickless.sdk.secrets import Secrets
from tickless.sdk.testing.vault import VaultDouble, run_vault
from tickless.sdk.vault import Vault, VaultSettings

PASSWORD = "ldap-password-51aa-very-secret"


@pytest.fixture
def vault() -> Iterator[VaultDouble]:
    with run_vault({"secret/tickless/ldap": {"password": PASSWORD}}) as double:
        yield double


def secrets(double: VaultDouble, **changes: Any) -> Secrets:
    own = Secrets({"TOKEN": double.token, "ROLE_SECRET": double.role_secret, "WRONG": "nobody"})
    settings = VaultSettings(url=double.url, **({"token": "env:TOKEN"} | changes))
    return Secrets(vault=Vault(settings, own.reveal).read)


def test_a_reference_is_read_out_of_the_engine_of_either_version(vault: VaultDouble) -> None:
    assert secrets(vault).reveal("vault:secret/tickless/ldap#password") == PASSWORD
    assert secrets(vault, version=1).reveal("vault:secret/tickless/ldap#password") == PASSWORD


def test_a_value_is_read_anew_each_time_so_that_a_rotation_is_seen(vault: VaultDouble) -> None:
    store = secrets(vault)
    assert store.reveal("vault:secret/tickless/ldap#password") == PASSWORD
    vault.secrets["secret/tickless/ldap"]["password"] = "rotated"
    assert store.reveal("vault:secret/tickless/ldap#password") == "rotated"
    assert store.seen == {PASSWORD, "rotated"}


def test_a_role_logs_in_once_and_again_when_its_token_is_revoked(vault: VaultDouble) -> None:
    store = secrets(vault, token="", role="tickless", role_secret="env:ROLE_SECRET")
    for _ in range(3):
        assert store.reveal("vault:secret/tickless/ldap#password") == PASSWORD
    assert vault.logins == 1
    vault.valid.clear()
    assert store.reveal("vault:secret/tickless/ldap#password") == PASSWORD
    assert vault.logins == 2


def test_a_namespace_is_named(vault: VaultDouble) -> None:
    vault.namespace = "it/ops"
    assert secrets(vault, namespace="it/ops").reveal("vault:secret/tickless/ldap#password") == PASSWORD
    with pytest.raises(AuthFailed):
        secrets(vault).reveal("vault:secret/tickless/ldap#password")


@pytest.mark.parametrize("reference", ["vault:secret/tickless/none#password", "vault:secret/tickless/ldap#none"])
def test_what_is_not_there_is_named_by_its_reference(vault: VaultDouble, reference: str) -> None:
    with pytest.raises(SettingsInvalid, match="no secret behind vault:"):
        secrets(vault).reveal(reference)


def test_refusals_and_failures_are_told_apart_and_tell_no_secret(vault: VaultDouble) -> None:
    reference = "vault:secret/tickless/ldap#password"
    for changes in ({"token": "env:WRONG"}, {"token": "", "role": "other", "role_secret": "env:WRONG"}):
        with pytest.raises(AuthFailed) as refused:
            secrets(vault, **changes).reveal(reference)
        assert PASSWORD not in f"{refused.value!r} {refused.value.detail}"
    vault.sealed = True
    with pytest.raises(Unreachable):
        secrets(vault).reveal(reference)
    vault.sealed = False
    with pytest.raises(SettingsInvalid, match="token, or a role"):
        secrets(vault, token="").reveal(reference)


def test_without_a_vault_a_reference_to_one_says_what_to_do() -> None:
    with pytest.raises(SettingsInvalid, match="no Vault"):
        Secrets().reveal("vault:secret/x#y")


@given(st.text(max_size=60))
def test_only_references_are_references(text: str) -> None:
    plain = text if not text.startswith(("env:", "file:/", "once:", "vault:")) else ""
    with pytest.raises(SettingsInvalid):
        Secrets().reveal(plain)


@pytest.mark.parametrize(
    "reference", ["vault:secret#x", "vault:secret/../sys#x", "vault:secret/x", "vault:a/b?c=d#x", "vault:a//b#x"]
)
def test_a_path_leads_nowhere_else(vault: VaultDouble, reference: str) -> None:
    with pytest.raises((SettingsInvalid, Rejected)):
        secrets(vault).reveal(reference)
    assert vault.server is not None
    assert all(".." not in asked.path for asked in vault.server.asked)
