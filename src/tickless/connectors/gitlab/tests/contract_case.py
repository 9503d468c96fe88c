"""Pipelines and deployments at GitLab's API as it is documented, and at services that fail."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from tickless.sdk.testing import Answer, Asked, ContractCase, World, http_faults, serve

SECRETS = {"GITLAB_TOKEN": "glpat-11AA-very-secret-word"}
SHOP = "larkmoor/shop"
OLD, NEW = "a" * 40, "b" * 40


class Projects:
    """A failed pipeline, one that went well, and an environment with two versions; a deployment is over at once."""

    def __init__(self) -> None:
        self.pipelines: dict[int, dict[str, Any]] = {
            1: {"id": 1, "status": "failed", "ref": "main", "sha": NEW},
            2: {"id": 2, "status": "success", "ref": "main", "sha": NEW},
        }
        self.deployments = [self.deployment(71, NEW, 702), self.deployment(70, OLD, 701)]

    @staticmethod
    def deployment(number: int, sha: str, job: int, *, at: str = "2026-03-01T08:00:00.000Z") -> dict[str, Any]:
        return {"id": number, "iid": number, "ref": "main", "sha": sha, "status": "success", "created_at": at,
                "updated_at": at, "environment": {"name": "production"}, "deployable": {"id": job}}  # fmt: skip

    def look(self) -> Any:
        return {number: one["status"] for number, one in self.pipelines.items()}, self.deployments[0]["sha"]

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("private-token") != SECRETS["GITLAB_TOKEN"]:
            return Answer(401, {"message": "401 Unauthorized"})
        path = unquote(asked.path)
        if found := re.fullmatch(rf"/api/v4/projects/{SHOP}/pipelines/(\d+)(/retry)?", path):
            pipeline = self.pipelines.get(int(found[1]))
            if pipeline is None:
                return Answer(404, {"message": "404 Not found"})
            if found[2] and asked.method == "POST":
                pipeline["status"] = "running"
                return Answer(201, pipeline)
            return Answer(200, pipeline)
        if path == f"/api/v4/projects/{SHOP}/deployments":
            return Answer(200, self.deployments)
        if (found := re.fullmatch(rf"/api/v4/projects/{SHOP}/jobs/(\d+)/retry", path)) and asked.method == "POST":
            source = next((one for one in self.deployments if one["deployable"]["id"] == int(found[1])), None)
            if source is None:
                return Answer(404, {"message": "404 Not found"})
            number = self.deployments[0]["id"] + 1
            at = dt.datetime.now(dt.UTC).isoformat()
            self.deployments.insert(0, self.deployment(number, source["sha"], 631 + number, at=at))
            return Answer(201, {"id": 631 + number, "status": "pending"})
        return Answer(404, {"message": "404 Project Not Found"})


def at(url: str) -> World:
    services = {"shop": {"project": SHOP}, "gone": {"project": "larkmoor/gone"}}
    return World({"url": url, "token": "env:GITLAB_TOKEN", "projects": [SHOP], "services": services}, SECRETS)


@contextmanager
def gitlab(state: Projects | None = None) -> Iterator[World]:
    there = state or Projects()
    with serve(there.answer) as server:
        world = at(server.url)
        yield World(world.settings, world.secrets, there.look)


@contextmanager
def while_it_rolls() -> Iterator[World]:
    state = Projects()
    state.deployments.insert(0, {**Projects.deployment(72, "c" * 40, 703), "status": "running"})
    with gitlab(state) as world:
        yield world


@contextmanager
def with_one_version() -> Iterator[World]:
    state = Projects()
    state.deployments = state.deployments[:1]
    with gitlab(state) as world:
        yield world


@contextmanager
def unknown_pipeline() -> Iterator[World]:
    with gitlab() as world:
        yield World(world.settings, world.secrets, world.look, {"pipeline": 99})


@contextmanager
def another_project() -> Iterator[World]:
    with gitlab() as world:
        yield World(world.settings, world.secrets, world.look, {"project": "larkmoor/other"})


@contextmanager
def unnamed_service() -> Iterator[World]:
    with gitlab() as world:
        yield World(world.settings, world.secrets, world.look, {"service": "billing"})


@contextmanager
def project_gone() -> Iterator[World]:
    with gitlab() as world:
        yield World(world.settings, world.secrets, world.look, {"service": "gone"})


FAULTS = http_faults(at)
FAILED, FINE = {"project": SHOP, "pipeline": 1}, {"project": SHOP, "pipeline": 2}
SERVICE = {"service": "shop"}
CASES = [
    ContractCase("pipeline", gitlab, FAILED, expect={"done": True, "succeeded": False},
                 faults={**FAULTS, "not_found": unknown_pipeline}),
    ContractCase("release", gitlab, SERVICE, expect={"known": True, "version": NEW, "previous": OLD, "rolling": False},
                 faults={**FAULTS, "not_found": project_gone, "invalid": unnamed_service}),
    ContractCase("release", while_it_rolls, SERVICE, expect={"version": NEW, "rolling": True}, name="a deployment goes on"),
    ContractCase("run_again", gitlab, FAILED, changes=True, expect={"done": False, "status": "running"},
                 faults={**FAULTS, "not_found": unknown_pipeline, "invalid": another_project}),
    ContractCase("run_again", gitlab, FINE, expect={"succeeded": True}, name="went well"),
    ContractCase("roll_back", gitlab, SERVICE, changes=True, expect={"version": OLD}, undo_restores=True,
                 faults={**FAULTS, "not_found": project_gone, "invalid": while_it_rolls}),
    ContractCase("roll_back", gitlab, {**SERVICE, "to": NEW}, expect={"version": NEW}, name="is live already"),
]  # fmt: skip
