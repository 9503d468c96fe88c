"""GitHub's webhooks: what went live is a deployment, a push a change, a workflow that fails on its main branch trouble."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence

from tickless.connectors.github.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item, receiver
from tickless.sdk.fields import Fields, identity, read_object

MEND = "send the events `deployment_status`, `workflow_run` and `push`, as JSON"
_FAILED = frozenset({"failure", "timed_out", "startup_failure"})


def authenticate(payload: Payload, settings: Settings, reveal: Callable[[str], str]) -> bool:
    """HMAC-SHA256 of the raw body with the webhook's secret."""
    if not settings.webhook_secret:
        return False
    expected = "sha256=" + hmac.new(reveal(settings.webhook_secret).encode(), payload.body, hashlib.sha256).hexdigest()
    given = payload.headers.get("x-hub-signature-256", "")
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One body is one event."""
    return [payload.body]


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one event, by what it holds: the header that names it may have got lost on the way."""
    document = read_object(raw, what="this", mend=MEND)
    repository = document.part("repository").text("full_name")
    if not repository:
        raise PayloadRejected("this is no event of a repository", mend=MEND)
    if document.part("deployment_status"):
        return _deployment(document, repository)
    if document.part("workflow_run"):
        return _run(document, repository)
    if document.text("ref") and "commits" in document:
        return _push(document, repository)
    raise PayloadRejected("this event says nothing that counts here", mend=MEND)


def _deployment(document: Fields, repository: str) -> Item:
    status, deployment = document.part("deployment_status"), document.part("deployment")
    state = status.text("state")
    place = deployment.text("environment")
    failed = state in {"failure", "error"}
    return Item(
        fingerprint=identity("deployment", repository, place, deployment.text("id"), state),
        title=f"{repository} to {place or 'somewhere'}: {state or 'unknown'}",
        kind="alert" if failed else "deploy" if state == "success" else "change",
        state="info",
        severity="warning" if failed else None,
        event_key=identity("deployment", repository, status.text("id"), state),
        labels=_labels(
            repository, environment=place, ref=deployment.text("ref"), commit=deployment.text("sha"), state=state
        ),
        link=status.text("target_url", "log_url") or None,
        occurred_at=status.time("created_at"),
    )


def _run(document: Fields, repository: str) -> Item:
    run = document.part("workflow_run")
    branch, conclusion = run.text("head_branch"), run.text("conclusion")
    main = document.part("repository").text("default_branch")
    counts = document.text("action") == "completed" and branch == main
    firing, resolved = counts and conclusion in _FAILED, counts and conclusion == "success"
    return Item(
        fingerprint=identity("workflow", repository, run.text("workflow_id", "name"), branch),
        title=f"{run.text('name') or 'workflow'} of {repository}: {conclusion or run.text('status') or 'unknown'}",
        kind="alert",
        state="firing" if firing else "resolved" if resolved else "info",
        severity="warning" if firing else None,
        event_key=identity(
            "workflow", repository, run.text("id"), run.text("run_attempt"), conclusion, document.text("action")
        ),
        labels=_labels(
            repository, workflow=run.text("name"), branch=branch, commit=run.text("head_sha"), run=run.text("id")
        ),
        link=run.text("html_url") or None,
        occurred_at=run.time("updated_at"),
    )


def _push(document: Fields, repository: str) -> Item:
    head = document.part("head_commit")
    branch = document.text("ref").removeprefix("refs/heads/")
    first = head.text("message").partition("\n")[0]
    return Item(
        fingerprint=identity("push", repository, branch, document.text("after")),
        title=f"{repository} {branch}: {first}" if first else f"{repository} {branch} was pushed to",
        kind="change",
        state="info",
        labels=_labels(
            repository, branch=branch, commit=document.text("after"), by=document.part("pusher").text("name")
        ),
        link=document.text("compare") or None,
        occurred_at=head.time("timestamp"),
    )


def _labels(repository: str, **told: str) -> dict[str, str]:
    service = repository.partition("/")[2]
    return {name: value for name, value in {"repository": repository, "service": service, **told}.items() if value}


RECEIVER = receiver(split=split, read=read, authenticate=authenticate)
