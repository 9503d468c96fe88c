"""Notifications to a JSON receiver."""

from collections.abc import Iterator
from contextlib import contextmanager

from tickless.sdk.testing import Answer, ContractCase, World, http_faults, serve

TOKEN = "apprise-token-2Hx8-very-secret"


def at(url: str) -> World:
    place = url.removeprefix("http://")
    settings = {"targets": {"on-call": "env:ONCALL_URL"}}
    return World(settings, {"ONCALL_URL": f"json://alice:{TOKEN}@{place}/in", "TOKEN": TOKEN})


@contextmanager
def receiver() -> Iterator[World]:
    with serve(lambda _: Answer()) as server:
        world = at(server.url)
        yield World(world.settings, world.secrets, look=lambda: [asked.json()["message"] for asked in server.asked])


PARAMS = {"target": "on-call", "title": "Shop is down", "text": "Errors since 09:28"}
CASES = [
    ContractCase(
        "send", receiver, PARAMS, changes=True, expect={"sent": True}, refuses_repeat=True, faults=http_faults(at)
    )
]
