"""Workflow runs at GitHub's API as it is documented, and at services that fail."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tickless.sdk.testing import Answer, Asked, ContractCase, World, http_faults, serve

SECRETS = {"GITHUB_TOKEN": "github_pat_11AA-very-secret-word"}
SHOP = "larkmoor/shop"


class Actions:
    """One failed run, one that went well, and a workflow that shows its step in its title."""

    def __init__(self) -> None:
        self.runs: dict[int, dict[str, Any]] = {
            1: {"id": 1, "status": "completed", "conclusion": "failure", "run_attempt": 1},
            2: {"id": 2, "status": "completed", "conclusion": "success", "run_attempt": 1},
        }
        self.back: list[dict[str, Any]] = []
        self.deployed = {9: ("c" * 40, "failure"), 8: ("b" * 40, "success"), 7: ("a" * 40, "inactive")}

    def look(self) -> Any:
        return {number: (run["status"], run["run_attempt"]) for number, run in self.runs.items()}, len(self.back)

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {SECRETS['GITHUB_TOKEN']}":
            return Answer(401, {"message": "Bad credentials", "status": "401"})
        if found := re.fullmatch(rf"/repos/{SHOP}/actions/runs/(\d+)(/rerun-failed-jobs)?", asked.path):
            run = self.runs.get(int(found[1]))
            if run is None:
                return Answer(404, {"message": "Not Found", "status": "404"})
            if found[2] and asked.method == "POST":
                run |= {"status": "queued", "conclusion": None, "run_attempt": run["run_attempt"] + 1}
                return Answer(201, {})
            return Answer(200, run)
        if asked.path == f"/repos/{SHOP}/actions/workflows/rollback.yml/dispatches" and asked.method == "POST":
            title = f"Roll back ({asked.json()['inputs']['tickless_step']})"
            self.back.insert(
                0, {"id": 70 + len(self.back), "status": "queued", "conclusion": None, "display_title": title}
            )
            return Answer(204)
        if asked.path == f"/repos/{SHOP}/deployments":
            return Answer(200, [{"id": number, "sha": sha} for number, (sha, _) in self.deployed.items()])
        if found := re.fullmatch(rf"/repos/{SHOP}/deployments/(\d+)/statuses", asked.path):
            state = self.deployed[int(found[1])][1]
            return Answer(200, [{"state": state, "created_at": "2026-03-01T08:00:00Z"}])
        if asked.path == f"/repos/{SHOP}/actions/workflows/rollback.yml/runs":
            return Answer(200, {"total_count": len(self.back), "workflow_runs": self.back})
        return Answer(404, {"message": "Not Found", "status": "404"})


def at(url: str) -> World:
    back = {
        "shop": {"repository": SHOP, "workflow": "rollback.yml"},
        "gone": {"repository": SHOP, "workflow": "gone.yml"},
    }
    return World({"api_url": url, "token": "env:GITHUB_TOKEN", "repositories": [SHOP], "roll_backs": back}, SECRETS)


@contextmanager
def github() -> Iterator[World]:
    state = Actions()
    with serve(state.answer) as server:
        world = at(server.url)
        yield World(world.settings, world.secrets, state.look)


@contextmanager
def too_often() -> Iterator[World]:
    """As GitHub says so: 403, and nothing left."""
    with serve(lambda _: Answer(403, {"message": "rate limit"}, {"x-ratelimit-remaining": "0"})) as server:
        yield at(server.url)


@contextmanager
def unknown_run() -> Iterator[World]:
    with github() as world:
        yield World(world.settings, world.secrets, world.look, {"run": 99})


@contextmanager
def another_repository() -> Iterator[World]:
    with github() as world:
        yield World(world.settings, world.secrets, world.look, {"repository": "larkmoor/other"})


@contextmanager
def without_a_way_back() -> Iterator[World]:
    with github() as world:
        yield World(world.settings, world.secrets, world.look, {"service": "billing"})


@contextmanager
def without_the_workflow() -> Iterator[World]:
    with github() as world:
        yield World(world.settings, world.secrets, world.look, {"service": "gone"})


FAULTS = {**http_faults(at), "rate_limited": too_often}
FAILED, FINE = {"repository": SHOP, "run": 1}, {"repository": SHOP, "run": 2}
CASES = [
    ContractCase("run", github, FAILED, expect={"done": True, "succeeded": False}, faults={**FAULTS, "not_found": unknown_run}),
    ContractCase("release", github, {"service": "shop"},
                 expect={"known": True, "version": "b" * 40, "previous": "a" * 40, "rolling": False, "failed": True},
                 faults={**FAULTS, "invalid": without_a_way_back}),
    ContractCase("run_again", github, FAILED, changes=True, expect={"done": False, "attempt": 2},
                 faults={**FAULTS, "not_found": unknown_run, "invalid": another_repository}),
    ContractCase("run_again", github, FINE, expect={"succeeded": True}, name="went well"),
    ContractCase("roll_back", github, {"service": "shop"}, changes=True, expect={"rolling": True},
                 faults={**FAULTS, "not_found": without_the_workflow, "invalid": without_a_way_back}),
]  # fmt: skip
