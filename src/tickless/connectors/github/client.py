"""The part of GitHub's REST API that workflow runs need (docs.github.com: Actions, version 2022-11-28)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from tickless.connectors.github.settings import RollBack, Settings
from tickless.domain.errors import AuthFailed, RateLimited, Rejected
from tickless.sdk import Call
from tickless.sdk.deadline import Deadline
from tickless.sdk.fields import time_of
from tickless.sdk.http import HttpClient, Reply

Run = Mapping[str, Any]
MOST_DEPLOYMENTS = 20
WENT_WELL = frozenset({"success", "inactive"})
"""A deployment that went well is `success`, and `inactive` once another one took its place."""


@dataclass(frozen=True)
class Deployment:
    """One deployment, by the newest of its statuses."""

    sha: str
    state: str
    since: dt.datetime | None


@dataclass(frozen=True)
class GitHub:
    """One API. By its deadline, every request has to be answered."""

    http: HttpClient
    deadline: Deadline

    def run(self, repository: str, identifier: int) -> Run:
        """A workflow run. Raises `Rejected` when there is none."""
        return _mapping(self._send("GET", f"/repos/{repository}/actions/runs/{identifier}").json())

    def run_again(self, repository: str, identifier: int) -> None:
        """Run those jobs again that failed."""
        self._send("POST", f"/repos/{repository}/actions/runs/{identifier}/rerun-failed-jobs", body={})

    def started(self, back: RollBack, key: str) -> Run | None:
        """The newest run of the workflow that a step with this key began; None when there is none among the latest."""
        query = urlencode({"event": "workflow_dispatch", "per_page": 50})
        path = f"/repos/{back.repository}/actions/workflows/{quote(back.workflow, safe='')}/runs?{query}"
        found = _mapping(self._send("GET", path).json()).get("workflow_runs")
        if not isinstance(found, list):
            raise Rejected("GitHub did not answer with a list")
        return next(
            (run for run in found if isinstance(run, Mapping) and key in str(run.get("display_title", ""))), None
        )

    def dispatch(self, back: RollBack, key: str) -> None:
        """Start the workflow."""
        body = {"ref": back.ref, "inputs": {**back.inputs, back.step_input: key}}
        path = f"/repos/{back.repository}/actions/workflows/{quote(back.workflow, safe='')}/dispatches"
        self._send("POST", path, body=body)

    def deployments(self, back: RollBack) -> list[Deployment]:
        """The latest deployments to the environment with how each stands, the newest first; as many as say what is live."""
        query = urlencode({"environment": back.environment, "per_page": MOST_DEPLOYMENTS})
        told = self._send("GET", f"/repos/{back.repository}/deployments?{query}").json()
        if not isinstance(told, list):
            raise Rejected("GitHub did not answer with a list")
        found: list[Deployment] = []
        for one in told[:MOST_DEPLOYMENTS]:
            if isinstance(one, Mapping):
                found.append(self._deployment(back, one))
                if len({seen.sha for seen in found if seen.state in WENT_WELL}) == 2:
                    break
        return found

    def _deployment(self, back: RollBack, told: Run) -> Deployment:
        number, sha = told.get("id"), told.get("sha")
        path = f"/repos/{back.repository}/deployments/{number if isinstance(number, int) else 0}/statuses?per_page=1"
        statuses = self._send("GET", path).json()
        newest = statuses[0] if isinstance(statuses, list) and statuses and isinstance(statuses[0], Mapping) else {}
        state = newest.get("state")
        return Deployment(
            sha=sha if isinstance(sha, str) else "",
            state=state if isinstance(state, str) else "pending",
            since=time_of(newest.get("created_at")),
        )

    def _send(self, method: str, path: str, *, body: Any = None) -> Reply:
        reply = self.http.send(method, path, timeout=self.deadline.left(), json=body, accept=frozenset({403}))
        if reply.status != 403:
            return reply
        told = {name.lower(): value for name, value in reply.headers.items()}
        if told.get("x-ratelimit-remaining") == "0" or "retry-after" in told:
            after = told.get("retry-after", "")
            raise RateLimited("GitHub asks us to slow down", after=float(after) if after.isdigit() else 60.0)
        raise AuthFailed("GitHub does not let us do that (403)", mend="look at the token's permissions")


def connect(call: Call) -> GitHub:
    """The API of the call's settings."""
    settings: Settings = call.settings
    headers = {
        "authorization": f"Bearer {call.secret(settings.token)}",
        "accept": "application/vnd.github+json",
        "x-github-api-version": "2022-11-28",
        "user-agent": "tickless",
    }
    return GitHub(HttpClient(settings.api_url, headers), Deadline.within(call.timeout, who="GitHub"))


def _mapping(value: Any) -> Run:
    if not isinstance(value, Mapping):
        raise Rejected("GitHub did not answer with an object")
    return value
