"""Teams operations over a small Bot Connector; `tests/lane/test_lane_teams.py` plays both directions through a house."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tickless.sdk.testing import Answer, Asked, ContractCase, World, http_faults, serve

SECRETS = {"TEAMS_SECRET": "teams-secret-7Pq2-0123456789-very-secret"}
APP, TENANT = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
TOKEN = "bot-connector-token-3Hh8-very-secret"
PEOPLE = {"29:ida": {"name": "Ida Holm", "email": "ida@larkmoor.example", "tenantId": TENANT}}


def settings(login: str, service: str) -> dict[str, Any]:
    return {
        "app_id": APP, "tenant": TENANT, "client_secret": "env:TEAMS_SECRET", "login_url": login,
        "service_urls": [service], "when_unsure": "refuse",
    }  # fmt: skip


def signing_in(asked: Asked) -> Answer | None:
    if not asked.path.endswith("/oauth2/v2.0/token"):
        return None
    right = SECRETS["TEAMS_SECRET"] in asked.body.decode()
    return (
        Answer(body={"access_token": TOKEN, "expires_in": 3_600}) if right else Answer(400, {"error": "invalid_client"})
    )


@contextmanager
def serving(how: str = "") -> Iterator[World]:
    activities: dict[str, str] = {"before": "old"}

    def answer(asked: Asked) -> Answer:
        if (token := signing_in(asked)) is not None:
            return token
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer(401)
        last = asked.path.rpartition("/")[2]
        if asked.method == "GET":
            return Answer(body=PEOPLE["29:ida"])
        if asked.method == "PUT":
            activities[last] = asked.body.decode()
            return Answer(body={"id": last})
        if last == "conversations":
            return Answer(body={"id": "a:personal"})
        activities[f"1:{len(activities)}"] = asked.path + asked.body.decode()
        return Answer(201, {"id": f"1:{len(activities) - 1}"})

    with serve(answer) as server:
        there = {"service_url": server.url, "conversation": "a:1"}
        place = {"aside": {"direct": json.dumps({"user": "29:ida", "tenant": TENANT, "service_url": server.url})}}
        params = {"service_url": server.url} if how == "asking" else {"address": place.get(how, there)}
        yield World(settings(server.url, server.url), SECRETS, lambda: dict(activities), params)


def failing(params: dict[str, Any]) -> Any:
    """Signing in works, and the service fails."""

    def world_at(url: str) -> World:
        place = {"address": {"service_url": url, "conversation": "a:1"}} if params else {"service_url": url}
        return World(settings(url, url), SECRETS, params=place)

    return http_faults(world_at)


CHOICES = {"kind": "choices", "question": "que_1", "options": ["LM-1", "LM-2"]}
ANSWER = {"text": "Which one?", "card": CHOICES, "private": True}
OVER = {"external": "before", "text": "Which one?", "card": CHOICES, "note": "Answered"}
CASES = [
    ContractCase(
        "member",
        lambda: serving("asking"),
        {"conversation": "a:1", "user": "29:ida"},
        expect={"name": "Ida Holm"},
        faults=failing({}),
    ),
    ContractCase("post", serving, ANSWER, changes=True, refuses_repeat=True, faults=failing(ANSWER)),
    ContractCase("post", lambda: serving("aside"), ANSWER, changes=True, refuses_repeat=True, name="aside"),
    ContractCase("update", serving, OVER, changes=True, expect={"external": "before"}, faults=failing(OVER)),
]
