"""Tickets at a real Request Tracker, and at one that fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from tests.servers.request_tracker import fresh_request_tracker
from tests.servers.worlds import need

from tickless.sdk.testing import ContractCase, World, http_faults

SECRETS = {"RT_TOKEN": "1-99-not-a-token-of-anybody-5be1"}
_numbers = count(1)


@contextmanager
def tracker() -> Iterator[World]:
    """With one ticket in it, made for this case; what is looked at is everything that can be read of the queue."""
    need("request_tracker")
    server = fresh_request_tracker()
    key = f"contract:{next(_numbers):06d}"
    settings = {"url": server.url, "token": "env:RT_TOKEN"}
    number = server.make(f"For {key}", refers_to=f"tickless:{key}")

    def look() -> object:
        tickets = server.all()
        state = "resolved" if server.ticket(number)["Status"] == "resolved" else "not resolved"
        return len(tickets), state, server.texts(number)

    yield World(settings, {"RT_TOKEN": server.token}, look, {"ticket": number})


@contextmanager
def for_a_key() -> Iterator[World]:
    with tracker() as world:
        yield World(world.settings, world.secrets, world.look, {"key": f"contract:new:{next(_numbers)}"})


@contextmanager
def without_the_ticket() -> Iterator[World]:
    with tracker() as world:
        yield World(world.settings, world.secrets, world.look, {"ticket": "99999999"})


@contextmanager
def as_it_is() -> Iterator[World]:
    with tracker() as world:
        yield World(world.settings, world.secrets, world.look)


@contextmanager
def with_a_wrong_token() -> Iterator[World]:
    with tracker() as world:
        yield World(world.settings, SECRETS, world.look)


def at(url: str) -> World:
    return World({"url": url, "token": "env:RT_TOKEN"}, SECRETS)


FAULTS = http_faults(at)
FOR_TICKETS = {**FAULTS, "unauthenticated": with_a_wrong_token, "not_found": without_the_ticket}
NEW = {
    "title": "VPN does not connect",
    "body": "What we think: the profile has expired.\n\n  <b>not html</b>",
    "priority": 2,
    "requester": "anna@larkmoor.example",
}

CASES = [
    ContractCase("find", for_a_key, {"key": "contract:other"}, expect={"exists": False}, faults=FAULTS),
    ContractCase(
        "read", tracker, {"ticket": "1"}, expect={"exists": True, "state": "open", "owner": ""}, faults=FAULTS
    ),
    ContractCase("history", as_it_is, faults=FAULTS),
    ContractCase("comments", tracker, {"ticket": "1"}, faults=FAULTS),
    ContractCase(
        "create",
        for_a_key,
        {"key": "contract:other", **NEW},
        changes=True,
        expect={"exists": True, "state": "open"},
        faults=FAULTS,
    ),
    ContractCase(
        "comment",
        tracker,
        {"ticket": "1", "key": "contract:said-it", "text": "It happens at home only.", "public": True},
        changes=True,
        faults=FOR_TICKETS,
    ),
    ContractCase(
        "comment",
        tracker,
        {"ticket": "1", "key": "contract:said-it", "text": "Restarted the gateway.", "public": False},
        changes=True,
        name="internal",
    ),
    ContractCase(
        "set_state",
        tracker,
        {"ticket": "1", "state": "resolved", "note": "works"},
        changes=True,
        expect={"state": "resolved"},
        undo_restores=True,
        faults=FOR_TICKETS,
    ),
    ContractCase("set_state", tracker, {"ticket": "1", "state": "open"}, expect={"state": "open"}, name="is already"),
]
