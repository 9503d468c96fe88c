"""GitLab's webhooks: what went live is a deployment, a push a change, a pipeline that fails on the main branch trouble."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Callable, Sequence

from tickless.connectors.gitlab.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item, receiver
from tickless.sdk.fields import Fields, identity, read_object

MEND = "send deployment, pipeline and push events, as JSON"
_GOES = frozenset({"running", "created"})
_NOBODY = "0" * 40


def authenticate(payload: Payload, settings: Settings, reveal: Callable[[str], str]) -> bool:
    """The webhook's secret token, compared in constant time."""
    if not settings.webhook_token:
        return False
    given = payload.headers.get("x-gitlab-token", "")
    return hmac.compare_digest(reveal(settings.webhook_token).encode(), given.encode("utf-8", "replace"))


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One body is one event."""
    return [payload.body]


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one event."""
    document = read_object(raw, what="this", mend=MEND)
    kind, project = document.text("object_kind"), document.part("project").text("path_with_namespace")
    if not project:
        raise PayloadRejected("this is no event of a project", mend=MEND)
    if kind == "deployment":
        return _deployment(document, project)
    if kind == "pipeline":
        return _pipeline(document, project)
    if kind in {"push", "tag_push"}:
        return _push(document, project)
    raise PayloadRejected("this event says nothing that counts here", mend=MEND)


def _deployment(document: Fields, project: str) -> Item:
    status, place = document.text("status"), document.text("environment")
    failed = status == "failed"
    return Item(
        fingerprint=identity("deployment", project, place, document.text("deployment_id"), status),
        title=f"{project} to {place or 'somewhere'}: {status or 'unknown'}",
        kind="alert" if failed else "deploy" if status == "success" else "change",
        state="info",
        severity="warning" if failed else None,
        event_key=identity("deployment", project, document.text("deployment_id"), status),
        labels=_labels(
            project,
            environment=place,
            ref=document.text("ref"),
            commit=document.text("commit_sha", "short_sha"),
            state=status,
            by=document.part("user").text("username"),
        ),
        link=document.text("deployable_url", "commit_url") or None,
        occurred_at=_moment(document, "status_changed_at"),
    )


def _pipeline(document: Fields, project: str) -> Item:
    run = document.part("object_attributes")
    status, ref = run.text("status"), run.text("ref")
    counts = ref == document.part("project").text("default_branch") and not run.values.get("tag")
    firing, resolved = counts and status == "failed", counts and status == "success"
    return Item(
        fingerprint=identity("pipeline", project, ref),
        title=f"{run.text('name') or 'Pipeline'} of {project} on {ref or 'nothing'}: {status or 'unknown'}",
        kind="alert",
        state="firing" if firing else "resolved" if resolved else "info",
        severity="warning" if firing else None,
        event_key=identity("pipeline", project, run.text("id"), status, run.text("finished_at", "created_at")),
        labels=_labels(
            project, branch=ref, commit=run.text("sha"), pipeline=run.text("id"), started_by=run.text("source")
        ),
        link=run.text("url") or None,
        occurred_at=_moment(run, "created_at") if status in _GOES else _moment(run, "finished_at", "created_at"),
    )


def _push(document: Fields, project: str) -> Item:
    commits = document.parts("commits")
    last = commits[-1] if commits else Fields({})
    branch = document.text("ref").removeprefix("refs/heads/").removeprefix("refs/tags/")
    after = document.text("after")
    first = last.text("title") or last.text("message").partition("\n")[0]
    gone = after == _NOBODY
    said = "was removed" if gone else first or "was pushed to"
    return Item(
        fingerprint=identity("push", project, branch, after),
        title=f"{project} {branch}: {said}" if first and not gone else f"{project} {branch} {said}",
        kind="change",
        state="info",
        labels=_labels(project, branch=branch, commit="" if gone else after, by=document.text("user_username")),
        link=last.text("url") or None,
        occurred_at=_moment(last, "timestamp"),
    )


def _moment(fields: Fields, *names: str) -> dt.datetime | None:
    """GitLab writes `2026-03-02 09:30:00 UTC` and `… +0200` beside RFC 3339."""
    for name in names:
        text = fields.text(name)
        parts = text.split(" ")
        if len(parts) == 3:
            zone = "+00:00" if parts[2] == "UTC" else f"{parts[2][:3]}:{parts[2][3:]}"
            text = f"{parts[0]}T{parts[1]}{zone}"
        found = Fields({"at": text}).time("at") if text else None
        if found is not None:
            return found
    return None


def _labels(project: str, **told: str) -> dict[str, str]:
    service = project.rpartition("/")[2]
    return {name: value for name, value in {"project": project, "service": service, **told}.items() if value}


RECEIVER = receiver(split=split, read=read, authenticate=authenticate)
