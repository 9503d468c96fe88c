"""The part of GitLab's REST API that pipelines and deployments need (docs.gitlab.com/api, version 4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from tickless.connectors.gitlab.settings import Deployed, Settings
from tickless.domain.errors import Rejected
from tickless.sdk import Call
from tickless.sdk.deadline import Deadline
from tickless.sdk.fields import time_of
from tickless.sdk.http import HttpClient

MOST = 100
"""Deployments that are looked through, the newest first."""


@dataclass(frozen=True)
class Deployment:
    """One deployment. `job` 0: GitLab's own pipelines did not make it, so that nothing can run it again."""

    id: int
    sha: str
    status: str
    job: int
    created_at: dt.datetime | None
    updated_at: dt.datetime | None


@dataclass(frozen=True)
class GitLab:
    """One API. By its deadline, every request has to be answered."""

    http: HttpClient
    deadline: Deadline

    def pipeline(self, project: str, identifier: int) -> Mapping[str, Any]:
        """A pipeline. Raises `Rejected` when there is none."""
        return _mapping(self._send("GET", f"{_of(project)}/pipelines/{identifier}"))

    def run_again(self, project: str, identifier: int) -> Mapping[str, Any]:
        """Run those jobs of a pipeline again that failed or were cancelled."""
        return _mapping(self._send("POST", f"{_of(project)}/pipelines/{identifier}/retry"))

    def deployments(self, of: Deployed) -> list[Deployment]:
        """Deployments to the environment, the newest first."""
        query = urlencode({"environment": of.environment, "order_by": "id", "sort": "desc", "per_page": MOST})
        found = self._send("GET", f"{_of(of.project)}/deployments?{query}")
        if not isinstance(found, list):
            raise Rejected("GitLab did not answer with a list")
        return [_deployment(one) for one in found if isinstance(one, Mapping)]

    def deploy_again(self, project: str, job: int) -> None:
        """Run a deployment's job again, as GitLab's own button for going back does."""
        self._send("POST", f"{_of(project)}/jobs/{job}/retry")

    def _send(self, method: str, path: str) -> Any:
        return self.http.send(method, path, timeout=self.deadline.left()).json()


def connect(call: Call) -> GitLab:
    """The API of the call's settings."""
    settings: Settings = call.settings
    headers = {"private-token": call.secret(settings.token), "accept": "application/json", "user-agent": "tickless"}
    base = settings.url.rstrip("/") + "/api/v4"
    return GitLab(
        HttpClient(base, headers, verify=settings.ca_file or True), Deadline.within(call.timeout, who="GitLab")
    )


def _of(project: str) -> str:
    return f"/projects/{quote(project, safe='')}"


def _deployment(told: Mapping[str, Any]) -> Deployment:
    made = told.get("deployable")
    job = made.get("id") if isinstance(made, Mapping) else None
    number, sha, status = told.get("id"), told.get("sha"), told.get("status")
    return Deployment(
        id=number if isinstance(number, int) else 0,
        sha=sha if isinstance(sha, str) else "",
        status=status if isinstance(status, str) else "",
        job=job if isinstance(job, int) else 0,
        created_at=time_of(told.get("created_at")),
        updated_at=time_of(told.get("updated_at")),
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Rejected("GitLab did not answer with an object")
    return value
