"""A directory's cases at the Directory API as it is documented, and at services that fail."""

from typing import Any

from tests.servers.idp import directory_cases
from tests.servers.idp_google import ADMIN, key_file, serve_google

from tickless.sdk.testing import World

SECRETS = {"GOOGLE_KEY": key_file(), "NEW_PASSWORD": "new-password-6c1e-very-secret"}


def settings_at(url: str) -> dict[str, Any]:
    return {"key": "env:GOOGLE_KEY", "acts_as": ADMIN, "api_url": url, "token_url": f"{url}/token"}


def refused(url: str) -> World:
    return World(settings_at(url), {**SECRETS, "GOOGLE_KEY": key_file(1)})


CASES = directory_cases(serve_google, settings_at=settings_at, secrets=SECRETS, refused=refused, domain="@example.com")
