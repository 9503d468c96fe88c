"""A directory's cases at Okta's API as it is documented, and at services that fail."""

from typing import Any

from tests.servers.idp import directory_cases
from tests.servers.idp_okta import TOKEN, serve_okta

from tickless.sdk.testing import World

SECRETS = {"OKTA_TOKEN": TOKEN, "NEW_PASSWORD": "new-password-6c1e-very-secret"}


def settings_at(url: str) -> dict[str, Any]:
    return {"url": url, "token": "env:OKTA_TOKEN"}


def refused(url: str) -> World:
    return World(settings_at(url), {**SECRETS, "OKTA_TOKEN": "some-other-token-1"})


CASES = directory_cases(
    serve_okta, settings_at=settings_at, secrets=SECRETS, refused=refused, domain="@example.com", unlocks=True
)
