"""Notifications to a JSON receiver."""

from collections.abc import Iterator
from contextlib import contextmanager

from tickless.sdk.testing import Answer, ContractCase, World, http_faults, serve

TOKEN = "apprise-token-2Hx8-very-secret"


def at(url: str) -> World:
    place = url.removeprefix("http://")
    settings = {"targets": {"on-call": "env:ONCALL_URL"}, "phone": "env:PHONE_URL"}
    urls = {"ONCALL_URL": f"json://alice:{TOKEN}@{place}/in", "PHONE_URL": f"json://alice:{TOKEN}@{place}/to/{{phone}}"}
    return World(settings, {**urls, "TOKEN": TOKEN})


@contextmanager
def receiver() -> Iterator[World]:
    with serve(lambda _: Answer()) as server:
        world = at(server.url)
        yield World(world.settings, world.secrets, look=lambda: [asked.json()["message"] for asked in server.asked])


TEXT = {"phone": "+491700000017", "text": "Your code is 123456"}
PARAMS = {"target": "on-call", "title": "Shop is down", "text": "Errors since 09:28"}
CASES = [
    ContractCase(
        "send", receiver, PARAMS, changes=True, expect={"sent": True}, refuses_repeat=True, faults=http_faults(at)
    ),
    ContractCase(
        "phone_send", receiver, TEXT, changes=True, expect={"sent": True}, refuses_repeat=True, faults=http_faults(at)
    ),
]
