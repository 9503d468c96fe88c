"""Signing in at Google: the key shows up nowhere, and its way of saying "too fast" is understood."""

import datetime as dt
import json

import pytest
from tests.servers.idp import Town
from tests.servers.idp_google import ADMIN, TOKEN, key_file, serve_google

from tickless.connectors.google_workspace.client import Workspace
from tickless.connectors.google_workspace.proof import access_token, assertion
from tickless.connectors.google_workspace.settings import Settings
from tickless.domain.errors import AuthFailed, RateLimited, SettingsInvalid
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient
from tickless.sdk.testing import Answer, serve

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def settings(url: str = "http://127.0.0.1:1") -> Settings:
    return Settings(key="env:K", acts_as=ADMIN, api_url=url, token_url=f"{url}/token")


def test_a_signed_word_is_taken_and_anybody_elses_is_not() -> None:
    deadline = Deadline.within(10, who="Google")
    with serve_google(Town.fresh()) as url:
        assert access_token(settings(url), key_file(), now=NOW, deadline=deadline) == TOKEN
        with pytest.raises(AuthFailed):
            access_token(settings(url), key_file(1), now=NOW, deadline=deadline)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "hunter2-is-no-key", json.dumps({"private_key": "hunter2", "client_email": "x"})]
)
def test_something_that_is_no_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        assertion(settings(), text, now=NOW)
    assert "hunter2" not in f"{refused.value!r} {refused.value.detail}"


@pytest.mark.parametrize(("reason", "error"), [("userRateLimitExceeded", RateLimited), ("forbidden", AuthFailed)])
def test_too_fast_is_told_from_not_allowed(reason: str, error: type[Exception]) -> None:
    body = {"error": {"errors": [{"reason": reason}]}}
    with serve(lambda _: Answer(403, body)) as server, pytest.raises(error):
        Workspace(HttpClient(server.url), Deadline.within(5, who="Google")).person("anna@example.com")


def test_groups_are_read_over_every_page() -> None:
    with serve_google(Town.fresh(domain="@example.com", extra_groups=5)) as url:
        http = HttpClient(url, {"authorization": f"Bearer {TOKEN}"})
        person = Workspace(http, Deadline.within(10, who="Google")).person("anna@example.com")
    assert person is not None
    assert len(person.state.groups) == 6
