"""A directory's cases at Graph as it is documented, and at services that fail."""

from typing import Any

from tests.servers.idp import directory_cases
from tests.servers.idp_entra import CLIENT, SECRET, serve_graph

from tickless.sdk.testing import World

SECRETS = {"ENTRA_SECRET": SECRET, "NEW_PASSWORD": "new-password-6c1e-very-secret"}


def settings_at(url: str) -> dict[str, Any]:
    return {
        "tenant": "example.onmicrosoft.com",
        "client_id": CLIENT,
        "client_secret": "env:ENTRA_SECRET",
        "graph_url": f"{url}/v1.0",
        "login_url": url,
    }


def refused(url: str) -> World:
    return World(settings_at(url), {**SECRETS, "ENTRA_SECRET": "some-other-secret-1"})


CASES = directory_cases(serve_graph, settings_at=settings_at, secrets=SECRETS, refused=refused, domain="@example.com")
